//! What the client says of what is unusual or wrong, pitfall by pitfall.

use super::{client, in_data, ready, server};
use crate::machine::Conn;
use crate::protocols::smtp::PROTOCOL;
use crate::testing::Step;
use crate::testing::advice::{Case, Told, check, check_silent, fixes_hold};

type Steps = Vec<Step<'static>>;

pub(super) fn case(
    id: &'static str,
    steps: Steps,
    told: &'static [Told<'static>],
) -> Case<'static> {
    Case { id, steps, told }
}

pub(super) fn asks(command: &'static str, reply: &'static [u8]) -> Steps {
    ready(&[Step::Types(command), server(reply)])
}

pub(super) fn hello(reply: &'static [u8], then: &[Step<'static>]) -> Steps {
    let mut steps = vec![
        Step::Opens(Conn::MAIN),
        server(b"220 mx\r\n"),
        Step::Types("EHLO you.lab"),
        server(reply),
    ];
    steps.extend_from_slice(then);
    steps
}

pub(super) fn in_transaction(then: &[Step<'static>]) -> Steps {
    let begun = [Step::Batch("MAIL FROM:<a@b>\nRCPT TO:<c@d>"), server(b"250 ok\r\n250 ok\r\n")];
    ready(&[&begun, then].concat())
}

#[test]
fn every_pitfall_that_a_server_can_cause_is_told() {
    let exchange = |then: &[Step<'static>]| {
        ready(&[&[Step::Types("AUTH LOGIN"), server(b"334 VXNlcm5hbWU6\r\n")], then].concat())
    };
    check(
        &client,
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

#[test]
fn what_is_wrong_with_a_message_is_told() {
    let raw = |raw: &'static [u8]| in_data(&[Step::Raw(raw)]);
    let sized = |size: &'static str, text: &'static str| {
        let mail: &'static str = format!("MAIL FROM:<a@b> SIZE={size}\nRCPT TO:<c@d>\nDATA").leak();
        ready(&[Step::Batch(mail), server(b"250 ok\r\n250 ok\r\n354 go\r\n"), Step::Types(text)])
    };
    let long: &'static str = "x".repeat(999).leak();
    check(
        &client,
        &[
            case(
                "SMTP-03",
                raw(b"A: b\r\n\r\n.x\r\n.y\r\n.\r\n"),
                &[(
                    "begins with one dot that the sender did not double. The receiver removes it by the rule, and so it is lost. (2 lines.)",
                    (5321, "4.5.2"),
                    Some("A: b\n\n.x\n.y"),
                )],
            ),
            case(
                "SMTP-03, a lone dot",
                raw(b"one\r\n.\r\ntwo three\r\n.\r\n"),
                &[(
                    "A line with nothing but a dot has ended the message",
                    (5321, "4.5.2"),
                    Some("one\n.\ntwo three"),
                )],
            ),
            case(
                "SMTP-05",
                raw(b"a\n.\nb\r\n.\r\n"),
                &[
                    ("bare line feeds", (5321, "2.3.8"), Some("a\n.\nb")),
                    ("can be smuggled in", (5321, "2.3.8"), Some("a\n.\nb")),
                ],
            ),
            case(
                "SMTP-05, without an end",
                raw(b"a\n.\r\n"),
                &[
                    ("bare line feeds", (5321, "2.3.8"), None),
                    ("can be smuggled in", (5321, "2.3.8"), None),
                ],
            ),
            case(
                "SMTP-05, CR",
                raw(b"a\r.\rb\r\n.\r\n"),
                &[
                    ("carriage return", (5321, "2.3.8"), Some("a.b")),
                    ("can be smuggled in", (5321, "2.3.8"), Some("a.b")),
                ],
            ),
            case(
                "SMTP-18",
                sized("3", "four and more"),
                &[("has 15 octets, and MAIL has announced 3", (1870, "6.3"), None)],
            ),
            case(
                "SMTP-18, over the limit",
                in_data(&[Step::Types(lines_1100())]),
                &[("has 1100 octets, and the server takes 1000", (1870, "6.1"), None)],
            ),
            case(
                "SMTP-27, long",
                in_data(&[Step::Types(long)]),
                &[
                    ("more than 998 octets", (5321, "4.5.3.1.6"), None),
                    ("the server takes 1000", (1870, "6.1"), None),
                ],
            ),
            case(
                "SMTP-27, 8 bits",
                raw(b"gr\xfc\xdf\r\n\xfc\r\n.\r\n"),
                &[(
                    "MAIL did not say BODY=8BITMIME: by its word the message has 7 bits. (2 lines.)",
                    (6152, "3"),
                    None,
                )],
            ),
            case("SMTP-27, NUL", raw(b"a\0b\r\n.\r\n"), &[("NUL", (5322, "4.1"), Some("ab"))]),
        ],
    );
}

fn lines_1100() -> &'static str {
    "12345678\n".repeat(110).leak()
}

#[test]
fn nothing_is_said_of_what_is_right() {
    check_silent(
        &client,
        &[
            ("SMTP-01", hello(b"250-mx hi\r\n250-SIZE 1000\r\n250 AUTH PLAIN LOGIN\r\n", &[])),
            ("SMTP-04", in_data(&[Step::Types("no end"), server(b"250 ok\r\n")])),
            (
                "SMTP-06",
                in_data(&[
                    Step::Raw(b"a\r\n"),
                    Step::Raw(b"."),
                    Step::Raw(b"\r"),
                    Step::Raw(b"\n"),
                    server(b"250 ok\r\n"),
                ]),
            ),
            (
                "SMTP-07",
                ready(&[
                    Step::Raw(b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\nDATA\r\n"),
                    server(b"250 ok\r\n250 ok\r\n550 no\r\n354 go\r\n"),
                    Step::Raw(b"A: b\r\n\r\n..x\r\n..\r\n.\r\n"),
                    server(b"250 ok\r\n"),
                ]),
            ),
            ("SMTP-13", asks("AUTH PLAIN", b"334 \r\n")),
            (
                "SMTP-14",
                ready(&[
                    Step::Types("AUTH LOGIN"),
                    server(b"334 VXNlcm5hbWU6\r\n"),
                    Step::Types("*"),
                    server(b"501 cancelled\r\n"),
                ]),
            ),
            (
                "SMTP-16",
                in_transaction(&[
                    Step::Raw(b"BDAT 6\r\n.\r\na\r\nBDAT 0 LAST\r\n"),
                    server(b"250 ok\r\n250 ok\r\n"),
                ]),
            ),
            (
                "SMTP-18",
                ready(&[
                    Step::Batch("MAIL FROM:<a@b> SIZE=16\nRCPT TO:<c@d>\nDATA"),
                    server(b"250 ok\r\n250 ok\r\n354 go\r\n"),
                    Step::Types(".234567890\n1234"),
                    server(b"250 ok\r\n"),
                ]),
            ),
            ("SMTP-19", ready(&[Step::Raw(b"MAIL FROM:<>\r\n"), server(b"250 ok\r\n")])),
            (
                "SMTP-20",
                ready(&[Step::Raw(b"MAIL FROM:<\"a> b\"@c>\r\n"), server(b"250 2.1.0 ok\r\n")]),
            ),
            (
                "SMTP-22",
                ready(&[
                    Step::Types("MAIL FROM:<a@b>"),
                    server(b"250 2.1.0 ok\r\n"),
                    Step::Types("RCPT TO:<c@d>"),
                    server(b"550-5.1.1 a\r\n550 5.1.1 b\r\n"),
                ]),
            ),
            ("SMTP-23", vec![Step::Opens(Conn::MAIN), server(b"220-slow\r\n220 mx\r\n")]),
        ],
    );
}

#[test]
fn a_fix_is_taken_where_the_wrong_command_was_not() {
    let begun: &[&str] =
        &["EHLO you.lab", "MAIL FROM:<student@practice.lab>", "RCPT TO:<you@practice.lab>"];
    let in_data = [begun, &["DATA"]].concat();
    fixes_hold(
        &PROTOCOL,
        &[
            (&[], b"MAIL FROM:<student@practice.lab>\r\n"),
            (&[], b"EHLO\r\n"),
            (&[], b"EHLO you.lab\n"),
            (&["HELO you.lab"], b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"),
            (&["HELO you.lab"], b"AUTH LOGIN\r\n"),
            (&["EHLO you.lab"], b"RCPT TO:<you@practice.lab>\r\n"),
            (&["EHLO you.lab"], b"MAIL FROM: <student@practice.lab>\r\n"),
            (&["EHLO you.lab"], b"MAIL FROM student@practice.lab\r\n"),
            (&["EHLO you.lab"], b"MAIL FROM:<student@practice.lab> BODY=BINARYMIME\r\n"),
            (&["EHLO you.lab"], b"NOOP\r\nRSET\r\n"),
            (&["EHLO you.lab"], b"LHLO you.lab\r\n"),
            (&begun[..2], b"DATA\r\n"),
            (&begun[..2], b"RCPT TO: you@practice.lab\r\n"),
            (&begun[..2], b"RCPT TO:<you>\r\n"),
            (begun, b"MAIL FROM:<student@practice.lab>\r\n"),
            (begun, b"DATE\r\n"),
            (begun, b"BDAT 5 LAST\r\nabcdefg\r\n"),
            (&in_data, b"A: b\r\n\r\n.x\r\n.\r\n"),
            (&in_data, b"one\r\n.\r\ntwo three\r\n.\r\n"),
            (&in_data, b"a\n.\nb\r\n.\r\n"),
        ],
    );
}
