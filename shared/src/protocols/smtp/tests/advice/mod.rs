//! What the client says of what is unusual or wrong, pitfall by pitfall.

mod received;

use super::{in_data, ready, server};
use crate::machine::Conn;
use crate::protocols::smtp::PROTOCOL;
use crate::testing::Step;
use crate::testing::advice::{Case, Told, check, check_silent, check_walk, fixes_hold};

type Steps = Vec<Step<'static>>;

fn case(id: &'static str, steps: Steps, told: &'static [Told<'static>]) -> Case<'static> {
    Case { id, steps, told }
}

fn asks(command: &'static str, reply: &'static [u8]) -> Steps {
    ready(&[Step::Types(command), server(reply)])
}

fn hello(reply: &'static [u8], then: &[Step<'static>]) -> Steps {
    let mut steps = vec![
        Step::Opens(Conn::MAIN),
        server(b"220 mx\r\n"),
        Step::Types("EHLO you.lab"),
        server(reply),
    ];
    steps.extend_from_slice(then);
    steps
}

fn in_transaction(then: &[Step<'static>]) -> Steps {
    let begun = [Step::Batch("MAIL FROM:<a@b>\nRCPT TO:<c@d>"), server(b"250 ok\r\n250 ok\r\n")];
    ready(&[&begun, then].concat())
}

#[test]
fn what_a_person_sends_without_checks_is_told() {
    let raw = |raw: &'static [u8]| ready(&[Step::Raw(raw)]);
    let plain = |raw: &'static [u8]| {
        vec![
            Step::Opens(Conn::MAIN),
            server(b"220 mx\r\n"),
            Step::Types("HELO you.lab"),
            server(b"250 mx\r\n"),
            Step::Raw(raw),
        ]
    };
    check(
        &PROTOCOL,
        &[
            case(
                "SMTP-07",
                plain(b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"),
                &[(
                    "needs the extension PIPELINING. Wait for the reply, or say EHLO and see whether the server takes several commands at once (RFC 2920 section 3.1). (2 lines.)",
                    (2920, "3.1"),
                    Some("MAIL FROM:<a@b>"),
                )],
            ),
            case(
                "SMTP-07, at its end",
                raw(b"NOOP\r\nRSET\r\n"),
                &[("behind NOOP without waiting", (2920, "3.1"), Some("NOOP"))],
            ),
            case(
                "SMTP-09",
                raw(b"MAIL FROM: <a@b>\r\n"),
                &[(
                    "no space between the colon and the address",
                    (5321, "4.1.1.2"),
                    Some("MAIL FROM:<a@b>"),
                )],
            ),
            case(
                "SMTP-09, no brackets",
                raw(b"MAIL FROM:a@b SIZE=3\r\n"),
                &[("between < and >", (5321, "4.1.1.2"), Some("MAIL FROM:<a@b> SIZE=3"))],
            ),
            case(
                "SMTP-10",
                raw(b"RCPT TO:<a@b>\r\n"),
                &[(
                    "RCPT is not legal in the state",
                    (5321, "4.1.1.3"),
                    Some("MAIL FROM:<student@practice.lab>"),
                )],
            ),
            case(
                "SMTP-10, twice",
                in_transaction(&[Step::Raw(b"MAIL FROM:<a@b>\r\n")]),
                &[("MAIL is not legal", (5321, "4.1.1.2"), Some("DATA"))],
            ),
            case(
                "SMTP-14",
                ready(&[
                    Step::Types("AUTH LOGIN"),
                    server(b"334 VXNlcm5hbWU6\r\n"),
                    Step::Raw(b"no base64!\r\n"),
                ]),
                &[("it is not base64", (4954, "4"), None)],
            ),
            case(
                "SMTP-16",
                in_transaction(&[Step::Raw(b"BDAT 6\r\n.\r\n")]),
                &[("3 octets more than came with it", (3030, "2"), None)],
            ),
            case(
                "SMTP-17",
                in_transaction(&[Step::Raw(b"BDAT 5 LAST\r\nabcdefg\r\nhi\r\n")]),
                &[(
                    "the rest of it goes out as commands. (2 lines.)",
                    (3030, "2"),
                    Some("BDAT LAST\nabcdefg"),
                )],
            ),
            case(
                "SMTP-21",
                raw(b"MAIL FROM:<x>\r\nDATA\r\n"),
                &[
                    (
                        "MAIL: <x> has no domain",
                        (5321, "4.1.1.2"),
                        Some("MAIL FROM:<x@practice.lab>"),
                    ),
                    ("DATA is not legal", (5321, "4.1.1.4"), Some("RCPT TO:<you@practice.lab>")),
                ],
            ),
            case(
                "SMTP-23",
                vec![Step::Opens(Conn::MAIN), Step::Raw(b"EHLO you.lab\r\n")],
                &[("before the server had greeted", (5321, "3.1"), None)],
            ),
            case(
                "SMTP-26",
                raw(b"LHLO you.lab\r\n"),
                &[("There is no command \"LHLO\"", (5321, "4.1.1"), Some("EHLO you.lab"))],
            ),
            case(
                "no EHLO",
                vec![
                    Step::Opens(Conn::MAIN),
                    server(b"220 mx\r\n"),
                    Step::Raw(b"MAIL FROM:<a@b>\r\n"),
                ],
                &[("MAIL is not legal", (5321, "4.1.1.2"), Some("EHLO you.lab"))],
            ),
            case(
                "an extension after HELO",
                plain(b"AUTH LOGIN\r\n"),
                &[("AUTH needs the extension AUTH", (4954, "4"), Some("EHLO you.lab"))],
            ),
            case(
                "a parameter of no extension",
                raw(b"MAIL FROM:<a@b> SMTPUTF8\r\n"),
                &[(
                    "not announced the extension SMTPUTF8",
                    (5321, "4.1.1.2"),
                    Some("MAIL FROM:<a@b>"),
                )],
            ),
            case(
                "nobody to send to",
                ready(&[
                    Step::Types("MAIL FROM:<a@b>"),
                    server(b"250 ok\r\n"),
                    Step::Raw(b"DATA\r\n"),
                ]),
                &[("DATA is not legal", (5321, "4.1.1.4"), Some("RCPT TO:<you@practice.lab>"))],
            ),
            case("bare LF", raw(b"NOOP\n"), &[("bare LF", (5321, "2.3.8"), Some("NOOP"))]),
            case("a secret", raw(b"AUTH PLAIN AHUAcA==\n"), &[("bare LF", (5321, "2.3.8"), None)]),
            case("no end", raw(b"NOOP"), &[("no CR LF", (5321, "2.3.8"), Some("NOOP"))]),
            case(
                "bare CR",
                raw(b"NO\rOP\r\n"),
                &[("carriage return", (5321, "2.3.8"), Some("NOOP"))],
            ),
            case("8 bits", raw(b"VRFY \xfc\r\n"), &[("above 127", (5321, "2.4"), None)]),
            case(
                "too long",
                ready(&[long_command()]),
                &[("the 512 octets that SMTP allows", (5321, "4.5.3.1.4"), None)],
            ),
            case(
                "misspelled",
                raw(b"NOPO\r\n"),
                &[("no command \"NOPO\"", (5321, "4.1.1"), Some("NOOP"))],
            ),
            case(
                "an argument too many",
                raw(b"RSET now\r\n"),
                &[("RSET takes no argument", (5321, "4.1.1.5"), Some("RSET"))],
            ),
            case(
                "no argument",
                raw(b"EHLO\r\n"),
                &[("The argument is missing", (5321, "4.1.1.1"), Some("EHLO you.lab"))],
            ),
            case(
                "a size that is not taken",
                ready(&[Step::Types("MAIL FROM:<a@b> SIZE=1001")]),
                &[("more than the 1000 that the server takes", (1870, "6.1"), None)],
            ),
        ],
    );
}

fn long_command() -> Step<'static> {
    Step::Raw(format!("NOOP {}\r\n", "x".repeat(600)).into_bytes().leak())
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
        &PROTOCOL,
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
        &PROTOCOL,
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

#[test]
fn every_pitfall_has_its_place() {
    let others = [(15, "what_comes_after_a_leave_for_tls_or_twice_after_a_message_is_told")];
    let tables = [include_str!("mod.rs"), include_str!("received.rs")];
    check_walk("SMTP", 27, &tables, &others);
}
