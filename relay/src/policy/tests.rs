//! What is allowed, and what is not, address by address.

mod addresses;
mod hosts;
mod lists;

use super::{
    Denied, Doors, Facts, Host, Parameters, Policy, PolicyName, Practice, Protocol, Reach, Route,
};
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

fn at(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn host(text: &str) -> Host {
    Host::read(text).unwrap()
}

fn policy(name: PolicyName) -> Policy {
    with(name, &Parameters::default(), "127.0.0.1:8080")
}

/// 9.9.9.9 is the relay's own machine.
fn with(name: PolicyName, parameters: &Parameters, own: &str) -> Policy {
    let practice = |standard_port, port| Practice {
        standard_port,
        address: SocketAddr::from(([127, 0, 0, 1], port)),
    };
    let facts = Facts {
        own: vec![at(own), at("127.0.0.1:9090")],
        practice: vec![practice(110, 40110), practice(21, 40021)],
        hostname: "Classroom".to_owned(),
        here: |ip| ip == IpAddr::from([9, 9, 9, 9]),
    };
    Policy::new(name, parameters, Arc::new(facts))
}

fn doors() -> Doors {
    Doors {
        data: BTreeSet::from([at("127.0.0.1:50999")]),
        listeners: BTreeSet::from([at("127.0.0.1:12345"), at("127.0.1.1:12345")]),
        udp: BTreeSet::from([at("127.0.0.1:12346")]),
    }
}

#[test]
fn the_practice_host_has_its_servers_under_every_policy() {
    for name in [PolicyName::Lab, PolicyName::Public, PolicyName::Classroom, PolicyName::Open] {
        let route = |text, port| policy(name).route(host(text), port, &doors());
        assert_eq!(route("practice.lab", 110), Ok(Route::Practice(at("127.0.0.1:40110"))));
        assert_eq!(route("Practice.LAB.", 21), Ok(Route::Practice(at("127.0.0.1:40021"))));
        assert_eq!(route("practice.lab", 40021), Ok(Route::Practice(at("127.0.0.1:40021"))));
        assert_eq!(route("practice.lab", 50999), Ok(Route::Practice(at("127.0.0.1:50999"))));
        let Err(Denied(why)) = route("practice.lab", 23) else { panic!("port 23 is open") };
        assert!(why.contains("110, 21"), "{why}");
    }
}

#[test]
fn lab_reaches_nothing_else() {
    let lab = policy(PolicyName::Lab);
    for name in ["example.org", "practice.lab.example", "127.0.0.1x"] {
        assert!(lab.route(host(name), 110, &doors()).is_err(), "{name}");
    }
    for (own, name) in
        [("localhost", "localhost"), ("Classroom", "classroom"), ("classroom.", "classroom")]
    {
        assert_eq!(lab.route(host(own), 12345, &doors()), Ok(Route::Resolve(name.to_owned())));
    }
    for ours in [
        "127.0.0.1:40110",
        "[::ffff:127.0.0.1]:40110",
        "127.0.0.1:50999",
        "127.0.0.1:12345",
        "[::ffff:127.0.1.1]:12345",
    ] {
        assert!(lab.check(None, at(ours), &doors()).is_ok(), "{ours}");
    }
    for other in [
        "127.0.0.1:110",
        "127.0.0.2:40110",
        "[::1]:40110",
        "0.0.0.0:40110",
        "192.0.2.1:40110",
        "127.0.0.1:51000",
        "127.0.0.1:12346",
        "127.0.0.2:12345",
        "127.0.0.1:8080",
        "[::ffff:7f00:2]:40110",
        "169.254.169.254:80",
    ] {
        assert!(lab.check(None, at(other), &doors()).is_err(), "{other}");
    }
    assert!(lab.check(None, at("127.0.0.1:50999"), &Doors::default()).is_err(), "no longer waits");
}

#[test]
fn the_checked_address_is_canonical() {
    let open = policy(PolicyName::Open);
    assert_eq!(open.check(None, at("[::ffff:192.0.2.1]:25"), &doors()), Ok(at("192.0.2.1:25")));
}

#[test]
fn open_reaches_everything_but_the_relay() {
    let open = policy(PolicyName::Open);
    assert_eq!(
        open.route(host("example.org"), 25, &doors()),
        Ok(Route::Resolve("example.org".to_owned()))
    );
    for other in ["192.0.2.1:25", "127.0.0.1:8081", "[::1]:8080"] {
        assert!(open.check(None, at(other), &doors()).is_ok(), "{other}");
    }
    for denied in ["127.0.0.1:8080", "[::ffff:127.0.0.1]:8080", "0.0.0.0:8080", "192.0.2.1:0"] {
        assert!(open.check(None, at(denied), &doors()).is_err(), "{denied}");
    }
    let everywhere = with(PolicyName::Open, &Parameters::default(), "[::]:8080");
    for denied in ["127.0.0.1:8080", "127.9.9.9:8080", "[::1]:8080", "9.9.9.9:8080"] {
        assert!(everywhere.check(None, at(denied), &doors()).is_err(), "{denied}");
    }
}

#[test]
fn a_page_s_listener_is_no_practice_server() {
    assert!(policy(PolicyName::Lab).route(host("practice.lab"), 12345, &doors()).is_err());
}

#[test]
fn lab_opens_unprivileged_ports_on_the_loopback() {
    let lab = policy(PolicyName::Lab);
    let may = |text: &str, reach| lab.may_bind(Protocol::Tcp, at(text), reach);
    for here in ["127.0.0.1:0", "127.0.1.1:12345", "[::1]:1024"] {
        assert_eq!(may(here, Reach::Anyone), Ok(at(here)));
    }
    assert_eq!(may("[::ffff:127.0.0.1]:12345", Reach::Anyone), Ok(at("127.0.0.1:12345")));
    for not in ["127.0.0.1:1023", "127.0.0.1:1", "127.0.0.1:8080", "127.0.0.2:40110"] {
        assert!(may(not, Reach::Anyone).is_err(), "{not}");
        assert!(may(not, Reach::Peer).is_err(), "{not}");
    }
    for not in ["0.0.0.0:12345", "[::]:0", "192.0.2.1:12345"] {
        for reach in [Reach::Anyone, Reach::One] {
            let Err(Denied(why)) = may(not, reach) else { panic!("{not}") };
            assert!(why.contains("loopback only"), "{why}");
        }
    }
    // The practice servers may be at another address; what the page opened may answer it.
    assert!(may("192.0.2.1:0", Reach::Peer).is_ok());
}

#[test]
fn open_asks_for_one_peer_away_from_the_loopback() {
    let open = policy(PolicyName::Open);
    assert!(open.may_bind(Protocol::Tcp, at("127.0.0.1:80"), Reach::Anyone).is_ok());
    for away in ["0.0.0.0:12345", "192.0.2.1:0"] {
        let Err(Denied(why)) = open.may_bind(Protocol::Tcp, at(away), Reach::Anyone) else {
            panic!("{away}")
        };
        assert!(why.contains("name the one address"), "{why}");
        assert!(open.may_bind(Protocol::Tcp, at(away), Reach::One).is_ok());
    }
    assert!(open.may_bind(Protocol::Tcp, at("127.0.0.1:8080"), Reach::One).is_err());
}

#[test]
fn datagrams_go_to_pages_and_to_whoever_wrote_first() {
    let lab = policy(PolicyName::Lab);
    let may = |text: &str, known| lab.may_send(at(text), known, &doors());
    assert_eq!(may("127.0.0.1:12346", false), Ok(at("127.0.0.1:12346")));
    assert_eq!(may("[::ffff:127.0.0.1]:53000", true), Ok(at("127.0.0.1:53000")));
    for (not, known) in [
        ("127.0.0.1:53000", false),
        ("127.0.0.1:12345", false),
        ("192.0.2.1:53", true),
        ("127.0.0.1:8080", true),
        ("127.0.0.1:0", true),
        ("0.0.0.0:12346", true),
    ] {
        assert!(may(not, known).is_err(), "{not}");
    }
    let open = policy(PolicyName::Open);
    assert!(open.may_send(at("192.0.2.1:53"), false, &doors()).is_ok());
    assert!(open.may_send(at("127.0.0.1:8080"), false, &doors()).is_err());
}
