//! The machines of the lab, and what they know of the network.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::system::{Failure, Family, Target};

pub struct Host {
    pub name: &'static str,
    pub v4: Ipv4Addr,
    pub v6: Ipv6Addr,
}

/// Addresses for documentation: RFC 5737 and RFC 3849.
pub static SERVER: Host = Host {
    name: "server.lab",
    v4: Ipv4Addr::new(192, 0, 2, 1),
    v6: Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1),
};

pub static CLIENT: Host = Host {
    name: "client.lab",
    v4: Ipv4Addr::new(192, 0, 2, 2),
    v6: Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 2),
};

/// A firewall stands before it that drops everything.
static FILTERED: Host = Host {
    name: "filtered.lab",
    v4: Ipv4Addr::new(192, 0, 2, 66),
    v6: Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x42),
};

const HOSTS: [&Host; 3] = [&SERVER, &CLIENT, &FILTERED];

impl Host {
    fn has(&self, ip: IpAddr) -> bool {
        ip == IpAddr::V4(self.v4) || ip == IpAddr::V6(self.v6)
    }

    /// Whether a packet to this address stays on this host.
    pub(super) fn is_here(&self, ip: IpAddr) -> bool {
        ip.is_loopback() || ip.is_unspecified() || self.has(ip)
    }

    /// Whether the network has a way there. Whether anybody answers is another matter.
    pub(super) fn has_route(&self, ip: IpAddr) -> bool {
        let near = match ip {
            IpAddr::V4(ip) => ip.octets()[..3] == self.v4.octets()[..3] || ip.is_broadcast(),
            IpAddr::V6(ip) => ip.segments()[..4] == self.v6.segments()[..4],
        };
        self.is_here(ip) || near
    }

    /// The address that a packet to this one comes from.
    pub(super) fn source_for(&self, ip: IpAddr) -> IpAddr {
        match ip {
            ip if self.is_here(ip) => ip,
            IpAddr::V4(_) => IpAddr::V4(self.v4),
            IpAddr::V6(_) => IpAddr::V6(self.v6),
        }
    }

    /// What Python's modules make of a host and a port.
    pub(super) fn look_up(&self, family: Family, target: &Target) -> Result<SocketAddr, Failure> {
        let Target::Host { host, port } = target else {
            return Err(Failure::Name(-2, "Name or service not known"));
        };
        let wants_v6 = family == Family::Inet6;
        let literal = host.parse::<IpAddr>().ok();
        let ip = match (host.as_str(), literal) {
            ("", _) if wants_v6 => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
            ("", _) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            ("<broadcast>", _) if !wants_v6 => IpAddr::V4(Ipv4Addr::BROADCAST),
            (_, Some(ip)) if ip.is_ipv6() == wants_v6 => ip,
            (_, Some(_)) => {
                return Err(Failure::Name(-9, "Address family for hostname not supported"));
            }
            ("localhost", _) if wants_v6 => IpAddr::V6(Ipv6Addr::LOCALHOST),
            ("localhost", _) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            (name, _) => {
                let Some(host) = HOSTS.iter().find(|known| known.name.eq_ignore_ascii_case(name))
                else {
                    return Err(Failure::Name(-2, "Name or service not known"));
                };
                if wants_v6 { IpAddr::V6(host.v6) } else { IpAddr::V4(host.v4) }
            }
        };
        Ok(SocketAddr::new(ip, *port))
    }
}
