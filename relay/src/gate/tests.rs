use super::{Gate, Header};
use hyper::header::{HOST, HeaderMap, HeaderValue};
use std::net::{IpAddr, Ipv4Addr};

/// Where requests come in.
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn gate() -> Gate {
    Gate::new("127.0.0.1:8080".parse().unwrap(), false, &["Lab.Example".to_owned()])
}

fn host(gate: &Gate, host: &str) -> Result<(), String> {
    gate.check_host(&Header::Once(host), None, HERE)
}

#[test]
fn hosts() {
    for own in [
        "127.0.0.1:8080",
        "localhost:8080",
        "LOCALHOST:8080",
        "[::1]:8080",
        "[0:0:0:0:0:0:0:1]:8080",
        "lab.example",
        "LAB.example:444",
    ] {
        assert_eq!(host(&gate(), own), Ok(()), "{own}");
    }
    for foreign in [
        "",
        "evil.example",
        "evil.example:8080",
        "127.0.0.1",
        "127.0.0.1:80",
        "localhost:81",
        "127.0.0.1.evil.example:8080",
        "::1:8080",
        "[::1]",
        "127.0.0.2:8080",
        "0.0.0.0:8080",
        "127.0.0.1:8080x",
        "lab.example.evil:8080",
        "[127.0.0.1]:8080",
        // Names that others may own, or that resolve to here.
        "localhost.:8080",
        "127.0.0.1.:8080",
        "lab.example.",
        "x.lab.example",
        "xlab.example",
        "foo.localhost:8080",
        "127.0.0.1.nip.io:8080",
        // Other spellings of the address.
        "127.1:8080",
        "2130706433:8080",
        "0x7f000001:8080",
        "0177.0.0.1:8080",
        "[::ffff:127.0.0.1]:8080",
        "[::1%25lo]:8080",
        // Tricks with user, port, path and white space.
        "evil.example@127.0.0.1:8080",
        "127.0.0.1:8080@evil.example",
        "user:8080@lab.example",
        "127.0.0.1:+8080",
        "127.0.0.1:08080",
        "127.0.0.1:8080:8080",
        "127.0.0.1:",
        "lab.example:",
        "lab.example:99999",
        "lab.example:0",
        "127.0.0.1:8080/",
        "127.0.0.1:8080,evil.example",
        "127.0.0.1:8080 evil.example",
        "127.0.0.1:8080#",
        "http://127.0.0.1:8080",
    ] {
        assert!(host(&gate(), foreign).is_err(), "{foreign}");
    }
    let port_80 = Gate::new("127.0.0.1:80".parse().unwrap(), false, &[]);
    assert_eq!(host(&port_80, "localhost"), Ok(()));
    let other = Gate::new("192.0.2.1:8080".parse().unwrap(), false, &[]);
    assert_eq!(host(&other, "192.0.2.1:8080"), Ok(()));
    let any = Gate::new("0.0.0.0:8080".parse().unwrap(), false, &[]);
    assert!(host(&any, "0.0.0.0:8080").is_err());
}

#[test]
fn one_host_and_no_other_target() {
    for unclear in [Header::Absent, Header::Unclear] {
        assert!(gate().check_host(&unclear, None, HERE).unwrap_err().contains("one Host header"));
    }
    let check = |target| gate().check_host(&Header::Once("localhost:8080"), Some(target), HERE);
    assert_eq!(check("localhost:8080"), Ok(()));
    assert_eq!(check("LocalHost:8080"), Ok(()));
    for other in ["evil.example", "localhost", "127.0.0.1:8080", "u@localhost:8080", ""] {
        assert!(check(other).unwrap_err().contains("no proxy"), "{other}");
    }
}

#[test]
fn headers_that_are_there_twice_are_none() {
    let mut headers = HeaderMap::new();
    assert_eq!(Header::of(&headers, &HOST), Header::Absent);
    headers.append(HOST, HeaderValue::from_static("a"));
    assert_eq!(Header::of(&headers, &HOST), Header::Once("a"));
    headers.append(HOST, HeaderValue::from_static("a"));
    assert_eq!(Header::of(&headers, &HOST), Header::Unclear);
    headers.insert(HOST, HeaderValue::from_bytes(b"\xff").unwrap());
    assert_eq!(Header::of(&headers, &HOST), Header::Unclear);
}

#[test]
fn origins() {
    let check = |host, origin| gate().check_origin(host, origin, HERE).is_ok();
    assert!(check("127.0.0.1:8080", "http://127.0.0.1:8080"));
    assert!(check("lab.example", "https://lab.example"));
    assert!(check("lab.example", "http://lab.example"));
    for foreign in [
        "",
        "null",
        "NULL",
        "https://127.0.0.1:8080",
        "http://localhost:8080",
        "http://evil.example",
        "http://127.0.0.1:8081",
        "http://127.0.0.1",
        "http://127.0.0.1:8080/",
        "http://127.0.0.1:8080.evil.example",
        "http://evil.example/127.0.0.1:8080",
        "http://evil.example#http://127.0.0.1:8080",
        "http://u@127.0.0.1:8080",
        "http://127.0.0.1:8080 ",
        "http://127.0.0.1:8080, http://evil.example",
        "http://127.0.0.1.:8080",
        "//127.0.0.1:8080",
        "127.0.0.1:8080",
        "ws://127.0.0.1:8080",
        "file://",
        "blob:http://127.0.0.1:8080",
        "chrome-extension://abcdefgh",
    ] {
        assert!(!check("127.0.0.1:8080", foreign), "{foreign}");
    }
    assert!(!check("lab.example", "https://lab.example:444"));
    assert!(!check("lab.example", "https://x.lab.example"));
}

#[test]
fn programs() {
    let here = IpAddr::from([127, 0, 0, 1]);
    let away = IpAddr::from([192, 0, 2, 9]);
    let check = |host, peer| gate().check_program(host, peer).is_ok();
    assert!(check("127.0.0.1:8080", here));
    assert!(check("[::1]:8080", here));
    assert!(check("127.0.0.1:8080", "::ffff:127.0.0.1".parse().unwrap()));
    assert!(!check("127.0.0.1:8080", away));
    assert!(!check("localhost:8080", here));
    assert!(!check("lab.example", here));
}

#[test]
fn with_tls_the_page_comes_by_https_only() {
    let gate = Gate::new("0.0.0.0:443".parse().unwrap(), true, &["lab.example".to_owned()]);
    for own in ["localhost", "localhost:443", "lab.example", "lab.example:443"] {
        assert_eq!(gate.check_host(&Header::Once(own), None, HERE), Ok(()), "{own}");
        assert!(gate.check_origin(own, &format!("https://{own}"), HERE).is_ok());
        assert!(gate.check_origin(own, &format!("http://{own}"), HERE).is_err());
    }
    assert!(gate.check_host(&Header::Once("localhost:80"), None, HERE).is_err());
    let text = gate.check_host(&Header::Once("evil.example"), None, HERE).unwrap_err();
    assert!(text.contains("https://0.0.0.0:443/"), "{text}");
}

#[test]
fn a_relay_for_all_addresses_answers_to_those_it_is_reached_at() {
    let all = Gate::new("0.0.0.0:8080".parse().unwrap(), false, &[]);
    let at = |gate: &Gate, host, local: &str| {
        gate.check_host(&Header::Once(host), None, local.parse().unwrap()).is_ok()
    };
    assert!(at(&all, "192.0.2.7:8080", "192.0.2.7"));
    assert!(at(&all, "192.0.2.7:8080", "::ffff:192.0.2.7"));
    assert!(at(&all, "[2001:db8::7]:8080", "2001:db8::7"));
    assert!(
        all.check_origin("192.0.2.7:8080", "http://192.0.2.7:8080", [192, 0, 2, 7].into()).is_ok()
    );
    for foreign in
        ["192.0.2.8:8080", "192.0.2.7:80", "192.0.2.7", "192.0.2.7.nip.io:8080", "0.0.0.0:8080"]
    {
        assert!(!at(&all, foreign, "192.0.2.7"), "{foreign}");
    }
    // Whoever listens at one address is reached at that one.
    assert!(!at(&gate(), "192.0.2.7:8080", "192.0.2.7"));
}

#[test]
fn origins_for_others() {
    let own = || {
        ["127.0.0.1", "::1", "2001:db8::7", "fe80::1", "169.254.1.1", "192.0.2.7"]
            .map(|ip| ip.parse().unwrap())
            .to_vec()
    };
    let of = |listen: &str, tls, names: &[&str], came_by: Option<&str>| {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        Gate::new(listen.parse().unwrap(), tls, &names).origins(came_by, own)
    };
    let local = Some("http://localhost:8080");
    let none: [&str; 0] = [];
    assert_eq!(of("127.0.0.1:8080", false, &[], local), none);
    assert_eq!(of("127.0.0.1:8080", false, &[], Some("http://127.0.0.1:8080")), none);
    assert_eq!(of("127.0.0.1:8080", false, &["lab.example"], local), ["https://lab.example"]);
    let by_name = Some("http://lab.example:81");
    assert_eq!(of("127.0.0.1:8080", false, &["lab.example"], by_name), ["http://lab.example:81"]);
    assert_eq!(of("0.0.0.0:8080", false, &[], local), ["http://192.0.2.7:8080"]);
    let both = ["http://192.0.2.7:8080", "http://[2001:db8::7]:8080"];
    assert_eq!(of("[::]:8080", false, &[], Some("http://192.0.2.7:8080")), both);
    assert_eq!(
        of("192.0.2.9:80", false, &["lab:81"], local),
        ["http://lab:81", "http://192.0.2.9"]
    );
    let names = ["lab.example", "b.example:444"];
    assert_eq!(
        of("0.0.0.0:443", true, &names, None),
        ["https://lab.example", "https://b.example:444", "https://192.0.2.7"]
    );
}
