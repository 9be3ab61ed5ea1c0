//! What kind of address an address is: the special-purpose blocks of IANA's registries, and the
//! IPv4 addresses that some IPv6 addresses carry inside.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A block of addresses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Net {
    address: IpAddr,
    prefix: u8,
}

/// A block, or several, with a purpose of its own.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Class {
    /// For rules.
    pub(crate) id: &'static str,
    /// Goes on after "is".
    pub(crate) what: &'static str,
    pub(crate) source: &'static str,
    nets: &'static [Net],
    /// What it carries inside is judged instead.
    only_carries: bool,
}

/// From the IANA IPv4 and IPv6 Special-Purpose Address Registries and the IPv6 address space
/// registry, with what was there before and still is in some systems. The narrower stand first.
pub(crate) const CLASSES: &[Class] = &[
    class(
        "metadata",
        "the address at which a cloud tells its machines their secrets",
        "RFC 3927 and the clouds' manuals",
        &[
            v4([169, 254, 169, 254], 32),
            v4([100, 100, 100, 200], 32),
            v4([192, 0, 0, 192], 32),
            v4([168, 63, 129, 16], 32),
            v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254], 128),
            v6([0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254], 128),
        ],
    ),
    class(
        "this-network",
        "an address of “this network”, which many systems take for themselves",
        "RFC 791, 3.2",
        &[v4([0, 0, 0, 0], 8), v6([0; 8], 128)],
    ),
    class(
        "loopback",
        "a loopback address, which is the relay's own machine",
        "RFC 1122, 3.2.1.3; RFC 4291, 2.5.3",
        &[v4([127, 0, 0, 0], 8), v6([0, 0, 0, 0, 0, 0, 0, 1], 128)],
    ),
    class(
        "private",
        "a private address, which belongs to a network behind the relay",
        "RFC 1918; RFC 4193",
        &[
            v4([10, 0, 0, 0], 8),
            v4([172, 16, 0, 0], 12),
            v4([192, 168, 0, 0], 16),
            v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7),
        ],
    ),
    class(
        "shared",
        "an address that a provider uses inside its own network",
        "RFC 6598",
        &[v4([100, 64, 0, 0], 10)],
    ),
    class(
        "link-local",
        "a link-local address, which belongs to the relay's own link",
        "RFC 3927; RFC 4291, 2.5.6",
        &[v4([169, 254, 0, 0], 16), v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10)],
    ),
    class(
        "site-local",
        "a site-local address, the private ones of earlier days",
        "RFC 3879",
        &[v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10)],
    ),
    class("broadcast", "the broadcast address", "RFC 919, 7", &[v4([255, 255, 255, 255], 32)]),
    class(
        "multicast",
        "a multicast address, which is many hosts at once",
        "RFC 1112, 4; RFC 4291, 2.7",
        &[v4([224, 0, 0, 0], 4), v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8)],
    ),
    class(
        "documentation",
        "an address for examples in documents",
        "RFC 5737; RFC 3849; RFC 9637",
        &[
            v4([192, 0, 2, 0], 24),
            v4([198, 51, 100, 0], 24),
            v4([203, 0, 113, 0], 24),
            v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
            v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
        ],
    ),
    class(
        "benchmarking",
        "an address for measuring network devices",
        "RFC 2544, C.2.2; RFC 5180, 8",
        &[v4([198, 18, 0, 0], 15), v6([0x2001, 2, 0, 0, 0, 0, 0, 0], 48)],
    ),
    class(
        "reserved",
        "a reserved address, which belongs to nobody",
        "RFC 1112, 4",
        &[v4([240, 0, 0, 0], 4)],
    ),
    class(
        "discard",
        "an address whose packets are thrown away",
        "RFC 6666; RFC 9780",
        &[v6([0x100, 0, 0, 0, 0, 0, 0, 0], 63)],
    ),
    class(
        "teredo",
        "a Teredo address, which carries IPv4 addresses inside",
        "RFC 4380, 4",
        &[v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32)],
    ),
    class(
        "6to4",
        "a 6to4 address, which carries an IPv4 address inside",
        "RFC 3056, 2; RFC 7526",
        &[v4([192, 88, 99, 0], 24), v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16)],
    ),
    class(
        "protocols",
        "an address that the IETF keeps for protocols",
        "RFC 6890, 2.2; RFC 2928",
        &[v4([192, 0, 0, 0], 24), v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23)],
    ),
    class(
        "nat64-local",
        "a NAT64 address of a local network, which carries an IPv4 address inside",
        "RFC 8215",
        &[v6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48)],
    ),
    Class {
        only_carries: true,
        ..class(
            "nat64",
            "a NAT64 address, which carries an IPv4 address inside",
            "RFC 6052, 2.1",
            &[v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96)],
        )
    },
    class(
        "mapped",
        "an IPv4 address as IPv6 writes it",
        "RFC 4291, 2.5.5.2; RFC 2765, 2.1",
        &[v6([0, 0, 0, 0, 0, 0xffff, 0, 0], 96), v6([0, 0, 0, 0, 0xffff, 0, 0, 0], 96)],
    ),
    class(
        "compatible",
        "an IPv4 address as IPv6 wrote it in earlier days",
        "RFC 4291, 2.5.5.1",
        &[v6([0; 8], 96)],
    ),
    class(
        "segment-routing",
        "an address inside of a segment routing network",
        "RFC 9602",
        &[v6([0x5f00, 0, 0, 0, 0, 0, 0, 0], 16)],
    ),
];

/// All that is none of the above and outside of 2000::/3.
const UNASSIGNED: Class = class(
    "unassigned",
    "outside of 2000::/3, in which the global IPv6 addresses are",
    "RFC 4291, 2.4",
    &[v6([0; 8], 0)],
);

const GLOBAL_UNICAST: Net = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// Why an address is none that everybody on the internet can reach.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Special {
    pub(crate) class: &'static Class,
    /// What it carries inside is meant.
    inside: Option<Ipv4Addr>,
}

/// `None` for a global unicast address.
pub(crate) fn special(ip: IpAddr) -> Option<Special> {
    let own = |ip| CLASSES.iter().find(|class| class.contains(ip));
    let outer = match (own(ip), ip) {
        (Some(class), _) if !class.only_carries => Some(class),
        (None, IpAddr::V6(_)) if !GLOBAL_UNICAST.contains(ip) => Some(&UNASSIGNED),
        _ => None,
    };
    let outer = outer.map(|class| Special { class, inside: None });
    outer.or_else(|| {
        embedded(ip).into_iter().find_map(|inside| {
            let class = own(inside.into())?;
            Some(Special { class, inside: Some(inside) })
        })
    })
}

/// The IPv4 addresses inside of an IPv6 address: every place where one could be read.
pub(crate) fn embedded(ip: IpAddr) -> Vec<Ipv4Addr> {
    let IpAddr::V6(ip) = ip else { return Vec::new() };
    let octets = ip.octets();
    let at = |from: usize| Ipv4Addr::from([0, 1, 2, 3].map(|n| octets[from + n]));
    match ip.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => Vec::new(),
        [0, 0, 0, 0, 0, 0 | 0xffff, ..] | [0, 0, 0, 0, 0xffff, 0, ..] => vec![at(12)],
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => vec![at(12)],
        // RFC 6052, 2.2: after a prefix of 48 bits it stands around octet 8, which is zero.
        [0x64, 0xff9b, 1, ..] => {
            vec![at(12), Ipv4Addr::new(octets[6], octets[7], octets[9], octets[10])]
        }
        [0x2002, ..] => vec![at(2)],
        // The server, and the client behind its NAT, whose bits are inverted.
        [0x2001, 0, ..] => vec![at(4), Ipv4Addr::from(!u32::from(at(12)))],
        // ISATAP (RFC 5214, 6.1): the identifier of the interface, below any prefix.
        [_, _, _, _, 0 | 0x200, 0x5efe, ..] => vec![at(12)],
        _ => Vec::new(),
    }
}

/// The class of this name, in a rule.
pub(crate) fn named(id: &str) -> Option<&'static Class> {
    CLASSES.iter().find(|class| class.id == id)
}

impl Class {
    pub(crate) fn contains(&self, ip: IpAddr) -> bool {
        self.nets.iter().any(|net| net.contains(ip))
    }
}

impl Net {
    pub(crate) fn contains(&self, ip: IpAddr) -> bool {
        match (self.address, ip) {
            (IpAddr::V4(net), IpAddr::V4(ip)) => {
                let differs = u32::from(net) ^ u32::from(ip);
                differs.checked_shr(32 - u32::from(self.prefix)).unwrap_or(0) == 0
            }
            (IpAddr::V6(net), IpAddr::V6(ip)) => {
                let differs = u128::from(net) ^ u128::from(ip);
                differs.checked_shr(128 - u32::from(self.prefix)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl FromStr for Net {
    type Err = String;

    /// Reads `192.168.1.0/24`, `2001:db8::/32`, or one address.
    fn from_str(text: &str) -> Result<Net, String> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let address: IpAddr = address.parse().map_err(|_| {
            format!("{text:?} is no address and no network; expected 192.168.1.0/24 or 2001:db8::1")
        })?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => bits,
            Some(prefix) => prefix
                .parse()
                .ok()
                .filter(|prefix| *prefix <= bits)
                .ok_or_else(|| format!("{text:?}: after / stands a number from 0 to {bits}"))?,
        };
        let net = Net { address, prefix };
        let first = net.first();
        if first != address {
            return Err(format!("{text:?} has bits after its prefix; {first}/{prefix} is meant?"));
        }
        if address.to_canonical() != address {
            let canonical = address.to_canonical();
            return Err(format!("{text:?} is an IPv4 address; write it as one: {canonical}"));
        }
        Ok(net)
    }
}

impl Net {
    fn first(&self) -> IpAddr {
        match self.address {
            IpAddr::V4(ip) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0);
                Ipv4Addr::from(u32::from(ip) & mask).into()
            }
            IpAddr::V6(ip) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or(0);
                Ipv6Addr::from(u128::from(ip) & mask).into()
            }
        }
    }
}

impl fmt::Display for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.address, self.prefix) {
            (IpAddr::V4(_), 32) | (IpAddr::V6(_), 128) => self.address.fmt(f),
            _ => write!(f, "{}/{}", self.address, self.prefix),
        }
    }
}

impl fmt::Display for Special {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Class { what, source, .. } = self.class;
        match self.inside {
            Some(inside) => write!(f, "carries {inside} inside, which is {what} ({source})"),
            None => write!(f, "is {what} ({source})"),
        }
    }
}

const fn class(
    id: &'static str,
    what: &'static str,
    source: &'static str,
    nets: &'static [Net],
) -> Class {
    Class { id, what, source, nets, only_carries: false }
}

const fn v4([a, b, c, d]: [u8; 4], prefix: u8) -> Net {
    Net { address: IpAddr::V4(Ipv4Addr::new(a, b, c, d)), prefix }
}

const fn v6([a, b, c, d, e, f, g, h]: [u16; 8], prefix: u8) -> Net {
    Net { address: IpAddr::V6(Ipv6Addr::new(a, b, c, d, e, f, g, h)), prefix }
}
