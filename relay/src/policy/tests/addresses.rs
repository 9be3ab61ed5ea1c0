//! Every class of addresses under every policy, whichever way it is written or carried.

use super::super::Host;
use super::super::classes::{CLASSES, special};
use super::super::{Denied, Parameters, PolicyName};
use super::{at, doors, policy, with};
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

const GLOBAL: [&str; 12] = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "198.17.255.255",
    "223.255.255.255",
    "2606:4700::1111",
    "64:ff9b::8.8.8.8",
];

/// The first and the last address of each block, or one in its middle, and its class.
const SPECIAL: [(&str, &str); 63] = [
    ("0.0.0.0", "this-network"),
    ("0.255.255.255", "this-network"),
    ("10.0.0.0", "private"),
    ("10.255.255.255", "private"),
    ("100.64.0.0", "shared"),
    ("100.127.255.255", "shared"),
    ("100.100.100.200", "metadata"),
    ("127.0.0.0", "loopback"),
    ("127.255.255.255", "loopback"),
    ("169.254.0.0", "link-local"),
    ("169.254.255.255", "link-local"),
    ("169.254.169.254", "metadata"),
    ("168.63.129.16", "metadata"),
    ("172.16.0.0", "private"),
    ("172.31.255.255", "private"),
    ("192.0.0.0", "protocols"),
    ("192.0.0.192", "metadata"),
    ("192.0.2.0", "documentation"),
    ("192.88.99.1", "6to4"),
    ("192.168.0.0", "private"),
    ("192.168.255.255", "private"),
    ("198.18.0.0", "benchmarking"),
    ("198.19.255.255", "benchmarking"),
    ("198.51.100.1", "documentation"),
    ("203.0.113.255", "documentation"),
    ("224.0.0.0", "multicast"),
    ("239.255.255.255", "multicast"),
    ("240.0.0.0", "reserved"),
    ("255.255.255.254", "reserved"),
    ("255.255.255.255", "broadcast"),
    ("::", "this-network"),
    ("::1", "loopback"),
    ("::2", "compatible"),
    ("::127.0.0.1", "compatible"),
    ("::8.8.8.8", "compatible"),
    ("::ffff:0:127.0.0.1", "mapped"),
    ("64:ff9b::127.0.0.1", "loopback"),
    ("64:ff9b::10.0.0.1", "private"),
    ("64:ff9b::169.254.169.254", "metadata"),
    ("64:ff9b::0.0.0.0", "this-network"),
    ("64:ff9b:1::8.8.8.8", "nat64-local"),
    ("64:ff9b:1:7f00:0:100::", "nat64-local"),
    ("100::1", "discard"),
    ("100:0:0:1::1", "discard"),
    ("2001::1", "teredo"),
    ("2001:2::1", "benchmarking"),
    ("2001:10::1", "protocols"),
    ("2001:1ff:ffff::1", "protocols"),
    ("2001:db8::1", "documentation"),
    ("2002:7f00:1::1", "6to4"),
    ("2002:808:808::1", "6to4"),
    ("3fff:fff:ffff::1", "documentation"),
    ("4000::1", "unassigned"),
    ("5f00::1", "segment-routing"),
    ("fc00::1", "private"),
    ("fdff:ffff::1", "private"),
    ("fd00:ec2::254", "metadata"),
    ("fe80::1", "link-local"),
    ("febf:ffff::1", "link-local"),
    ("fec0::1", "site-local"),
    ("feff::1", "site-local"),
    ("ff02::1", "multicast"),
    ("2606:4700::5efe:7f00:1", "loopback"),
];

#[test]
fn every_address_is_in_its_class_and_every_class_has_an_address() {
    for ip in GLOBAL {
        assert_eq!(special(ip.parse().unwrap()), None, "{ip}");
    }
    for (ip, class) in SPECIAL {
        let ip = ip.parse::<IpAddr>().unwrap();
        assert_eq!(special(ip).map(|special| special.class.id), Some(class), "{ip}");
    }
    let seen: BTreeSet<_> = SPECIAL.iter().map(|(_, class)| *class).collect();
    for class in CLASSES.iter().filter(|class| class.id != "nat64") {
        assert!(seen.contains(class.id), "{}", class.id);
        assert!(class.source.contains("RFC "), "{}", class.id);
    }
}

#[test]
fn public_reaches_global_addresses_only_and_says_why() {
    let public = policy(PolicyName::Public);
    for ip in GLOBAL {
        let address = SocketAddr::new(ip.parse().unwrap(), 110);
        assert_eq!(public.check(None, address, &doors()), Ok(address), "{ip}");
    }
    for (ip, _) in SPECIAL {
        let address = SocketAddr::new(ip.parse().unwrap(), 110);
        let Err(Denied(why)) = public.check(None, address, &doors()) else { panic!("{ip}") };
        let rules = ["`not-global`", "`this-machine`", "`nowhere`"];
        assert!(rules.iter().any(|rule| why.contains(rule)) && why.contains("RFC"), "{ip}: {why}");
    }
    let here = public.check(None, at("9.9.9.9:110"), &doors()).unwrap_err().to_string();
    assert!(here.contains("`this-machine`"), "{here}");
    let through = public.check(None, at("[64:ff9b::9.9.9.9]:110"), &doors()).unwrap_err();
    assert!(through.to_string().contains("`this-machine`"), "{through}");
}

#[test]
fn public_has_a_list_of_ports_and_never_25() {
    let public = policy(PolicyName::Public);
    for (port, rule) in [(25, "`no-smtp`"), (22, "`other-ports`"), (6000, "`other-ports`")] {
        let address = SocketAddr::from(([1, 1, 1, 1], port));
        let why = public.check(None, address, &doors()).unwrap_err().to_string();
        assert!(why.contains(rule), "{why}");
    }
    // Not even a rule of the file opens it.
    let all = super::lists::rules(&[("all", "allow", "any")]);
    let all = with(
        PolicyName::Public,
        &Parameters { rules: all, ..Parameters::default() },
        "127.0.0.1:8080",
    );
    assert!(all.check(None, at("1.1.1.1:22"), &doors()).is_ok());
    assert!(all.check(None, at("1.1.1.1:25"), &doors()).is_err());
    assert!(all.may_send(at("1.1.1.1:25"), true, &doors()).is_err());
    assert!(public.may_send(at("1.1.1.1:53"), true, &doors()).is_err());
}

/// However an address is written, the policy decides about the same address.
#[test]
fn no_spelling_passes_what_the_plain_one_does_not() {
    let hidden = [
        (
            "127.0.0.1",
            "2130706433 0177.0.0.1 0x7f.1 127.1 127.0.0.1. [::ffff:127.0.0.1] \
          ::ffff:7f00:1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::127.0.0.1 2002:7f00:1:: \
          2001:0:7f00:1:: 2001:0:808:808::80ff:fffe ::ffff:0:7f00:1",
        ),
        (
            "10.0.0.1",
            "167772161 012.0.0.1 0xa.1 10.1 10.0.0.1. ::ffff:a00:1 64:ff9b::a00:1 \
          2002:a00:1:: 2001:0:808:808::f5ff:fffe",
        ),
        (
            "169.254.169.254",
            "2852039166 0251.0376.0251.0376 0xa9.0xfe.43518 ::ffff:a9fe:a9fe \
          64:ff9b::a9fe:a9fe 2002:a9fe:a9fe::",
        ),
        ("0.0.0.0", "0 0x0 00.0 :: [::] ::ffff:0.0.0.0"),
    ];
    let names = [PolicyName::Lab, PolicyName::Public, PolicyName::Classroom];
    for (name, (plain, spellings)) in
        names.iter().flat_map(|name| hidden.iter().map(move |hidden| (*name, hidden)))
    {
        for spelling in std::iter::once(*plain).chain(spellings.split_whitespace()) {
            let Ok(Host::Address(ip)) = Host::read(spelling) else { panic!("{spelling}") };
            for port in [80, 110, 40111, 8080] {
                let address = SocketAddr::new(ip, port);
                let judged = policy(name).check(None, address, &doors());
                let Err(Denied(why)) = judged else { panic!("{spelling} under {name:?}") };
                assert!(why.contains("Refused by rule "), "{why}");
            }
        }
    }
}

/// The page's port and the operator's port, under the policy that allows everything else.
#[test]
fn the_relay_s_own_ports_are_closed_in_every_spelling() {
    for own in ["127.0.0.1:8080", "0.0.0.0:8080", "[::]:8080"] {
        let open = with(PolicyName::Open, &Parameters::default(), own);
        for spelling in [
            "127.0.0.1",
            "2130706433",
            "0x7f.1",
            "127.1",
            "[::ffff:127.0.0.1]",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "::7f00:1",
            "0",
            "::",
        ] {
            let Ok(Host::Address(ip)) = Host::read(spelling) else { panic!("{spelling}") };
            for port in [8080, 9090] {
                let why = open.check(None, SocketAddr::new(ip, port), &doors());
                assert!(why.is_err(), "{spelling} at {port} of {own}");
                assert!(open.may_send(SocketAddr::new(ip, port), true, &doors()).is_err());
            }
        }
    }
    for own in ["0.0.0.0:8080", "[::]:8080"] {
        let open = with(PolicyName::Open, &Parameters::default(), own);
        for here in ["127.0.0.5:8080", "9.9.9.9:8080", "[2002:909:909::]:8080"] {
            assert!(open.check(None, at(here), &doors()).is_err(), "{here} of {own}");
        }
        assert!(open.check(None, at("9.9.9.10:8080"), &doors()).is_ok());
    }
}
