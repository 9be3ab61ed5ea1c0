//! What is said of replies.

use super::super::{client, ready, server};
use super::{asks, case, hello, in_transaction};
use crate::machine::Conn;
use crate::protocols::smtp::PROTOCOL;
use crate::testing::Step;
use crate::testing::advice::check;

#[test]
fn every_pitfall_that_a_server_can_cause_is_told() {
    let exchange = |then: &[Step<'static>]| {
        ready(&[&[Step::Types("AUTH LOGIN"), server(b"334 VXNlcm5hbWU6\r\n")], then].concat())
    };
    check(
        &PROTOCOL,
        &[
            case(
                "SMTP-02",
                asks("VRFY a", b"250-a\r\n550 b\r\n"),
                &[("say 250 and 550", (5321, "4.2.1"), None)],
            ),
            case(
                "SMTP-08",
                ready(&[
                    Step::Batch("MAIL FROM:<a@b>\nRCPT TO:<c@d>\nDATA"),
                    server(b"250 ok\r\n550 no\r\n354 go\r\n"),
                ]),
                &[("none of the recipients", (2920, "3.1"), None)],
            ),
            case(
                "SMTP-11",
                in_transaction(&[Step::Types("EHLO you.lab"), server(b"250 mx\r\n")]),
                &[("EHLO within a transaction clears it", (5321, "4.1.4"), None)],
            ),
            case(
                "SMTP-12",
                asks("AUTH CRAM-MD5", b"334 not base64!\r\n"),
                &[("is not base64", (4954, "4"), None)],
            ),
            case(
                "SMTP-14",
                exchange(&[Step::Types("*"), server(b"535 no\r\n")]),
                &[("the answer to that is 501; this one is \"535\"", (4954, "4"), None)],
            ),
            case(
                "SMTP-22, contradiction",
                asks("NOOP", b"250 5.1.0 ok\r\n"),
                &[("contradicts that of the reply code", (2034, "4"), None)],
            ),
            case(
                "SMTP-22, missing",
                asks("NOOP", b"250-2.1.0 a\r\n250-b\r\n250 c\r\n"),
                &[("others have one: every line should. (2 lines.)", (2034, "4"), None)],
            ),
            case(
                "SMTP-24",
                in_transaction(&[server(b"421 bye\r\n")]),
                &[("was not delivered", (5321, "3.8"), None)],
            ),
            case(
                "SMTP-25",
                hello(b"250-mx\r\n250 AUTH=LOGIN\r\n", &[]),
                &[("AUTH= is an old form", (4954, "3"), None)],
            ),
            case(
                "a code of no list",
                asks("MAIL FROM:<a@b>", b"554 no\r\n"),
                &[(
                    "554 is not among the replies that the RFC has for MAIL: 250, 451,",
                    (5321, "4.1.1.2"),
                    None,
                )],
            ),
            case(
                "an unknown code",
                asks("NOOP", b"299 ok\r\n"),
                &[("299 is not among", (5321, "4.1.1.9"), None)],
            ),
            case("no code", asks("NOOP", b"hello\r\n"), &[("three digits", (5321, "4.2.1"), None)]),
            case(
                "bare LF",
                asks("EHLO a.b", b"250-a\n250-b\n250 SIZE\r\n"),
                &[("bare LF instead of CR LF. (2 lines.)", (5321, "4.2.1"), None)],
            ),
            case(
                "bare CR",
                asks("NOOP", b"250 a\rb\r\n"),
                &[(
                    "carriage return without a line feed stands inside a reply line",
                    (5321, "2.3.8"),
                    None,
                )],
            ),
            case(
                "8 bits",
                asks("NOOP", b"250 gr\xfc\xdf\r\n"),
                &[("above 127", (5321, "2.4"), None)],
            ),
            case(
                "a long line",
                ready(&[Step::Types("NOOP"), long_reply()]),
                &[("more than the 512 octets", (5321, "4.5.3.1.5"), None)],
            ),
            case("unasked", ready(&[server(b"250 what\r\n")]), &[("unasked", (5321, "4.2"), None)]),
            case(
                "cut",
                ready(&[server(b"250-a\r\n25"), Step::Ends(Conn::MAIN)]),
                &[("Truncated", (5321, "4.2"), None)],
            ),
        ],
    );
}

fn long_reply() -> Step<'static> {
    server(format!("250 {}\r\n", "x".repeat(600)).into_bytes().leak())
}

/// SMTP-15 and SMTP-26, whose notes come one after the other.
#[test]
fn what_comes_after_a_leave_for_tls_or_twice_after_a_message_is_told() {
    let notes =
        |steps: &[Step<'static>]| crate::testing::notes(&crate::testing::play(&client, steps));
    let tls = notes(&ready(&[
        Step::Raw(b"STARTTLS\r\n"),
        server(b"220 go\r\n250 injected\r\n250 again\r\n"),
    ]));
    assert!(tls.contains("waits for TLS"), "{tls}");
    assert_eq!(tls.matches("Clear text came after 220").count(), 1, "{tls}");
    let two = [
        Step::Batch("MAIL FROM:<a@b>\nRCPT TO:<c@d>\nRCPT TO:<e@f>\nDATA"),
        server(b"250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n"),
        Step::Types("x"),
        server(b"250 for c\r\n250 for e\r\n250 what\r\n"),
    ];
    let lmtp = notes(&ready(&two));
    assert_eq!(lmtp.matches("LMTP has one for each recipient").count(), 1, "{lmtp}");
    assert_eq!(lmtp.matches("unasked").count(), 1, "{lmtp}");
    let loose = notes(&ready(&[Step::Raw(b"NOOP\n"), server(b"500 bare LF\r\n")]));
    assert!(loose.contains("answers a line that ended with a bare LF"), "{loose}");
}
