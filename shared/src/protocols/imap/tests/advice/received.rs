//! What is said of responses.

use super::super::{selected, server};
use super::{case, greeted, said};
use crate::machine::Conn;
use crate::protocols::imap::PROTOCOL;
use crate::testing::Step;
use crate::testing::advice::check;

#[test]
fn every_pitfall_that_a_server_can_cause_is_told() {
    check(
        &PROTOCOL,
        &[
            case(
                "IMAP-04",
                said(b"* OK hi {3}\r\n"),
                &[("ends like the head of a literal", (3501, "7.1"), None)],
            ),
            case(
                "IMAP-08",
                said(b"* 1 FETCH (BODY[] {2}\r\n\0b)\r\n"),
                &[("A literal has a NUL", (3501, "9"), None)],
            ),
            case(
                "IMAP-09",
                greeted(&[Step::Types("LOGIN {2}\nme {4}\nhush"), server(b"a1 NO x\r\n")]),
                &[("before it gave leave", (3501, "4.3"), None)],
            ),
            case(
                "IMAP-11",
                selected(&[Step::Types("NOOP"), server(b"* 22 EXISTS\r\n")]),
                &[("fewer than before", (3501, "7.3.1"), None)],
            ),
            case(
                "IMAP-12",
                selected(&[server(b"* 3 EXPUNGE\r\n")]),
                &[("its number had to stay", (3501, "7.4.1"), None)],
            ),
            case(
                "IMAP-13",
                selected(&[Step::Batch("a3 NOOP\na4 NOOP"), server(b"a4 OK\r\n")]),
                &[("a later command than the oldest", (3501, "5.5"), None)],
            ),
            case(
                "IMAP-13, no such tag",
                selected(&[server(b"a9 OK\r\n")]),
                &[("No command with the tag a9", (3501, "2.2.2"), None)],
            ),
            case(
                "IMAP-14",
                greeted(&[Step::Types("AUTHENTICATE PLAIN"), server(b"+\r\n")]),
                &[("A space belongs behind the plus sign", (3501, "7.5"), None)],
            ),
            case(
                "IMAP-14, unasked",
                selected(&[server(b"+ go on\r\n")]),
                &[("nothing waits for it", (3501, "7.5"), None)],
            ),
            case(
                "IMAP-16",
                said(b"* BYE autologout\r\n"),
                &[("NOOP has no answer", (3501, "7.1.5"), None)],
            ),
            case(
                "IMAP-18",
                said(b"* FLAGS (\\Seen a]b)\r\n"),
                &[("A flag has a ]", (3501, "9"), None)],
            ),
            case(
                "IMAP-19",
                said(b"* LIST () NIL a \r\n"),
                &[("a space at the end of the line", (3501, "9"), None)],
            ),
            case(
                "IMAP-20",
                selected(&[Step::Types("SELECT Nowhere"), server(b"a3 NO no\r\n")]),
                &[(
                    "no mailbox is open now. (It was \"INBOX\".)",
                    (3501, "6.3.1"),
                    Some("SELECT INBOX"),
                )],
            ),
            case(
                "IMAP-23",
                said(b"* LIST () \"/\" \"&Jjo!\"\r\n"),
                &[("not modified UTF-7", (3501, "9"), None)],
            ),
            case(
                "IMAP-23, 8 bits",
                said(b"* LIST () \"/\" \"\xfc\"\r\n"),
                &[("not modified UTF-7", (3501, "9"), None)],
            ),
            case(
                "IMAP-24",
                said(b"* 1 FETCH (INTERNALDATE \"1-Feb-2024 01:02:03 +0100\")\r\n"),
                &[("26 octets", (3501, "9"), None)],
            ),
            case(
                "IMAP-28",
                vec![
                    Step::Opens(Conn::MAIN),
                    server(b"* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n"),
                    Step::Types("STARTTLS"),
                    server(b"a1 OK go\r\n* CAPABILITY EVIL\r\n"),
                ],
                &[("Clear text came after OK", (3501, "6.2.1"), None)],
            ),
            case("IMAP-29, bare LF", said(b"* OK x\n"), &[("bare LF", (3501, "2.2"), None)]),
            case(
                "IMAP-29, spaces",
                said(b"*  OK x\r\n"),
                &[("more than one space", (3501, "9"), None)],
            ),
            case(
                "IMAP-29, lower case",
                said(b"a3 ok done\r\n"),
                &[("upper case", (3501, "9"), None)],
            ),
            case("IMAP-32", said(b"* 4294967296 EXISTS\r\n"), &[("32 bits", (3501, "9"), None)]),
            case(
                "IMAP-32, a literal",
                said(b"* 1 FETCH (BODY[] {99999999999}\r\n"),
                &[("more octets than", (3501, "9"), None)],
            ),
            case(
                "8 bits in a quoted string",
                said(b"* 1 FETCH (X \"\xfc\" Y \"\xfc\")\r\n"),
                &[("A quoted string has an octet above 127", (3501, "9"), None)],
            ),
            case(
                "8 bits in a text",
                said(b"* OK gr\xfc\xdf\r\n"),
                &[("above 127", (3501, "9"), None)],
            ),
            case(
                "bare CR in a text",
                said(b"* OK a\rb\r\n"),
                &[("carriage return", (3501, "2.2"), None)],
            ),
            case(
                "a status of no command",
                said(b"a3 PREAUTH what\r\n"),
                &[(
                    "PREAUTH is not among the replies that the RFC has for NOOP: OK, NO, BAD",
                    (3501, "6.1.2"),
                    None,
                )],
            ),
            case(
                "a greeting of the wrong kind",
                vec![Step::Opens(Conn::MAIN), server(b"* NO\r\n")],
                &[("A greeting is OK, PREAUTH or BYE", (3501, "7.1"), None)],
            ),
        ],
    );
}
