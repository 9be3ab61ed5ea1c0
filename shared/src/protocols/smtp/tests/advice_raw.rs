//! The same for what a person sends without checks.

use super::{client, ready, server};
use crate::machine::Conn;
use crate::testing::Step;
use crate::testing::advice::check;

use super::advice::{case, in_transaction};

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
        &client,
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
            case(
                "8 bits",
                raw(b"VRFY \xfc\r\n"),
                &[
                    ("above 127", (5321, "2.4"), None),
                    ("Letters beyond ASCII", (5321, "4.1.1.6"), None),
                ],
            ),
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
