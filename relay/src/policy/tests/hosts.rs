//! Every spelling of a host: an address, a name, or nothing.

use super::super::Host;
use std::net::IpAddr;

fn address(text: &str) -> Host {
    Host::Address(text.parse::<IpAddr>().unwrap())
}

#[test]
fn addresses_are_read_as_a_resolver_reads_them() {
    for (spelling, meant) in [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("2130706433.", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("00000177.0.0.01", "127.0.0.1"),
        ("017700000001", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0X7F.0x0.0.0x1", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.1", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("0x0", "0.0.0.0"),
        ("0.0.0.0", "0.0.0.0"),
        ("10.1", "10.0.0.1"),
        ("192.168.257", "192.168.1.1"),
        ("0xa9fea9fe", "169.254.169.254"),
        ("169.16689662", "169.254.169.254"),
        ("4294967295", "255.255.255.255"),
        ("::1", "::1"),
        ("[::1]", "::1"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("[0000:0000::0001]", "::1"),
        ("::ffff:127.0.0.1", "127.0.0.1"),
        ("[::ffff:127.0.0.1]", "127.0.0.1"),
        ("::FFFF:7F00:1", "127.0.0.1"),
        ("::127.0.0.1", "::7f00:1"),
        ("64:ff9b::127.0.0.1", "64:ff9b::7f00:1"),
        ("FE80::1", "fe80::1"),
    ] {
        assert_eq!(Host::read(spelling), Ok(address(meant)), "{spelling}");
    }
}

#[test]
fn names_are_in_lower_case_without_their_dot() {
    for (spelling, name) in [
        ("Example.ORG", "example.org"),
        ("example.org.", "example.org"),
        ("LOCALHOST.", "localhost"),
        ("a_b.example", "a_b.example"),
        ("xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
        ("127.0.0.1.example", "127.0.0.1.example"),
        ("0x7f.1.example", "0x7f.1.example"),
        ("1e3", "1e3"),
        ("-1", "-1"),
        ("7f000001", "7f000001"),
    ] {
        assert_eq!(Host::read(spelling), Ok(Host::Name(name.to_owned())), "{spelling}");
    }
}

#[test]
fn what_is_neither_is_refused_with_a_reason() {
    let label = "a".repeat(64);
    let name = ["a".repeat(63).as_str(); 4].join(".");
    for (spelling, why) in [
        ("", "is empty"),
        (".", "between two dots"),
        ("..", "between two dots"),
        ("127.0.0.1..", "between two dots"),
        ("a..b", "between two dots"),
        (label.as_str(), "64 characters"),
        (name.as_str(), "255 characters"),
        ("127.0.0.1\0", "U+0000 at position 10"),
        ("127.0.0.1\0.example.org", "U+0000"),
        ("exa mple.org", "U+0020 at position 4"),
        (" 127.0.0.1", "U+0020 at position 1"),
        ("127.0.0.1\n", "U+000A"),
        ("127.0.0.1\t", "U+0009"),
        ("a\u{7f}", "U+007F"),
        // Full-width digits and dots, circled digits, the ideographic stop, an invisible hyphen.
        ("１２７.0.0.1", "U+FF11 at position 1"),
        ("127．0．0．1", "U+FF0E"),
        ("127。0。0。1", "U+3002"),
        ("①②⑦.0.0.1", "U+2460"),
        ("𝟏𝟐𝟕.0.0.1", "U+1D7CF"),
        ("٠.٠.٠.٠", "U+0660"),
        ("local\u{ad}host", "U+00AD"),
        ("ⓛocalhost", "U+24DB"),
        ("münchen.de", "xn--"),
        ("256.0.0.1", "no IPv4 address"),
        ("127.0.0.256", "no IPv4 address"),
        ("1.2.3.4.5", "no IPv4 address"),
        ("4294967296", "no IPv4 address"),
        ("99999999999999999999", "no IPv4 address"),
        ("127.0x1000000", "no IPv4 address"),
        ("0x", "no IPv4 address"),
        ("127.0.0.08", "no IPv4 address"),
        ("example.org.1", "no IPv4 address"),
        ("example.0x7f", "no IPv4 address"),
        ("127.0.0.+1", "'+'"),
        ("[127.0.0.1]", "brackets"),
        ("[::1", "brackets"),
        ("::1]", "no IPv6 address"),
        ("[::1]:80", "brackets"),
        ("127.0.0.1:80", "port goes into"),
        ("fe80::1%eth0", "network interface"),
        ("[fe80::1%25lo]", "brackets"),
        ("::ffff:127.1", "no IPv6 address"),
        ("::ffff:0177.0.0.1", "no IPv6 address"),
        ("127%2e0.0.1", "'%'"),
        ("127.0.0.1/24", "'/'"),
        ("user@localhost", "'@'"),
        ("http://localhost", "no IPv6 address"),
        ("localhost#", "'#'"),
        ("*.example.org", "'*'"),
    ] {
        let denied = Host::read(spelling).expect_err(spelling).to_string();
        assert!(denied.contains(why), "{spelling:?}: {denied}");
    }
}
