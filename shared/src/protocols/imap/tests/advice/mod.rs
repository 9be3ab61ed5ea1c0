//! What the client says of what is unusual or wrong, pitfall by pitfall.

mod received;

use super::{GREETING, logged_in, selected, server};
use crate::machine::Conn;
use crate::protocols::imap::PROTOCOL;
use crate::testing::Step;
use crate::testing::advice::{Case, Told, check, check_silent, check_walk, fixes_hold};

type Steps = Vec<Step<'static>>;

fn case(id: &'static str, steps: Steps, told: &'static [Told<'static>]) -> Case<'static> {
    Case { id, steps, told }
}

fn greeted(then: &[Step<'static>]) -> Steps {
    [&[Step::Opens(Conn::MAIN), GREETING], then].concat()
}

/// In an open mailbox of 23 messages, during a NOOP with the tag a3.
fn said(line: &'static [u8]) -> Steps {
    selected(&[Step::Types("NOOP"), server(line)])
}

#[test]
fn what_a_person_sends_without_checks_is_told() {
    let raw = |raw: &'static [u8]| selected(&[Step::Raw(raw)]);
    let early = |raw: &'static [u8]| greeted(&[Step::Raw(raw)]);
    let idle = |raw: &'static [u8]| {
        selected(&[Step::Types("IDLE"), server(b"+ idling\r\n"), Step::Raw(raw)])
    };
    check(
        &PROTOCOL,
        &[
            case(
                "IMAP-09",
                raw(b"x SELECT {5}\r\nINBOX\r\n"),
                &[("needs the server's leave", (3501, "4.3"), Some("SELECT {5}\nINBOX"))],
            ),
            case(
                "IMAP-09, a secret",
                early(b"x LOGIN {2}\r\nme {4}\r\nhush\r\n"),
                &[("needs the server's leave", (3501, "4.3"), None)],
            ),
            case(
                "IMAP-10",
                raw(b"x SELECT {5+}\r\nINBOX\r\n"),
                &[("announced neither", (7888, "3"), Some("SELECT {5}\nINBOX"))],
            ),
            case(
                "IMAP-15",
                idle(b"x DONE\r\n"),
                &[("takes no other command", (2177, "3"), Some("DONE"))],
            ),
            case(
                "IMAP-15, another command",
                idle(b"x NOOP\r\n"),
                &[("takes no other command", (2177, "3"), Some("DONE"))],
            ),
            case(
                "IMAP-21",
                raw(b"x FETCH 30:* FLAGS\r\n"),
                &[(
                    "has 23 messages, and the set names a higher number",
                    (3501, "9"),
                    Some("FETCH 23 FLAGS"),
                )],
            ),
            case(
                "IMAP-21, typed",
                selected(&[Step::Types("STORE 20:99 +FLAGS (\\Seen)")]),
                &[("a higher number", (3501, "9"), Some("STORE 20:23 +FLAGS (\\Seen)"))],
            ),
            case(
                "IMAP-21, UIDs",
                logged_in(&[
                    Step::Types("SELECT INBOX"),
                    server(b"* 23 EXISTS\r\n* OK [UIDNEXT 40] x\r\na2 OK x\r\n"),
                    Step::Raw(b"x UID FETCH 50:* FLAGS\r\n"),
                ]),
                &[("begins past the last UID", (3501, "6.4.8"), None)],
            ),
            case(
                "IMAP-27",
                greeted(&[
                    Step::Types("AUTHENTICATE PLAIN"),
                    server(b"+ \r\n"),
                    Step::Raw(b"no base64!\r\n"),
                ]),
                &[("The response is not base64", (3501, "6.2.2"), None)],
            ),
            case(
                "IMAP-30",
                raw(b"x SELECT My Box\r\n"),
                &[("SELECT: at octet 12", (3501, "6.3.1"), Some("SELECT \"My Box\""))],
            ),
            case(
                "IMAP-30, 8 bits",
                raw(b"x SELECT Entw\xc3\xbcrfe\r\n"),
                &[("above 127", (3501, "4.3"), Some("SELECT Entw&APw-rfe"))],
            ),
            case("no tag", raw(b"NOOP\r\n"), &[("NOOP has no tag", (3501, "2.2.1"), Some("NOOP"))]),
            case(
                "a tag twice",
                raw(b"x NOOP\r\nx NOOP\r\n"),
                &[(
                    "The tag x belongs to a command that is still unanswered",
                    (3501, "2.2.1"),
                    Some("NOOP"),
                )],
            ),
            case(
                "wrong order",
                early(b"x SELECT INBOX\r\n"),
                &[(
                    "SELECT is not legal in the state",
                    (3501, "6.3.1"),
                    Some("AUTHENTICATE PLAIN"),
                )],
            ),
            case(
                "no mailbox",
                logged_in(&[Step::Raw(b"x FETCH 1 FLAGS\r\n")]),
                &[("FETCH is not legal in the state", (3501, "6.4.5"), Some("SELECT INBOX"))],
            ),
            case(
                "a capability that is not there",
                raw(b"x SORT (DATE) UTF-8 ALL\r\n"),
                &[("SORT needs the capability SORT", (5256, "3"), None)],
            ),
            case(
                "unknown",
                raw(b"x XYZZY 1\r\n"),
                &[(
                    "There is no command \"XYZZY\" in this protocol. Legal now: CAPABILITY,",
                    (3501, "6"),
                    None,
                )],
            ),
            case(
                "misspelled",
                raw(b"x SERACH ALL\r\n"),
                &[("no command \"SERACH\"", (3501, "6"), Some("SEARCH ALL"))],
            ),
            case(
                "malformed",
                raw(b"x FETCH 1\r\n"),
                &[("FETCH: at octet 9", (3501, "6.4.5"), None)],
            ),
            case(
                "numbers may shift",
                raw(b"x EXPUNGE\r\ny FETCH 1 FLAGS\r\n"),
                &[("Numbers of messages may shift", (3501, "5.5"), None)],
            ),
            case(
                "behind LOGOUT",
                raw(b"x LOGOUT\r\ny NOOP\r\n"),
                &[("behind LOGOUT without waiting", (3501, "5.5"), Some("LOGOUT"))],
            ),
            case("bare LF", raw(b"x NOOP\n"), &[("bare LF", (3501, "2.2"), Some("NOOP"))]),
            case("a secret", early(b"x LOGIN me hush\n"), &[("bare LF", (3501, "2.2"), None)]),
            case("no end", raw(b"x NOOP"), &[("no CR LF", (3501, "2.2"), Some("NOOP"))]),
            case(
                "bare CR",
                raw(b"x NO\rOP\r\n"),
                &[("carriage return", (3501, "2.2"), Some("NOOP"))],
            ),
            case(
                "too long",
                selected(&[long_command()]),
                &[("the 8000 octets", (2683, "3.2.1.5"), None)],
            ),
            case(
                "before the greeting",
                vec![Step::Opens(Conn::MAIN), Step::Raw(b"x NOOP\r\n")],
                &[("before the server had greeted", (3501, "7.1"), None)],
            ),
            case(
                "LOGINDISABLED",
                vec![
                    Step::Opens(Conn::MAIN),
                    server(b"* OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN] x\r\n"),
                    Step::Types("LOGIN me hush"),
                ],
                &[("announced LOGINDISABLED", (3501, "6.2.3"), Some("AUTHENTICATE PLAIN"))],
            ),
            case(
                "STATUS of the open mailbox",
                selected(&[Step::Types("STATUS INBOX (MESSAGES)")]),
                &[("for mailboxes that are not open", (3501, "6.3.10"), Some("NOOP"))],
            ),
        ],
    );
}

fn long_command() -> Step<'static> {
    Step::Raw(format!("x SEARCH TEXT {}\r\n", "y".repeat(9000)).into_bytes().leak())
}

#[test]
fn nothing_is_said_of_what_is_right() {
    check_silent(
        &PROTOCOL,
        &[
            (
                "IMAP-01",
                said(b"* 1 FETCH (BODY[TEXT] {2}\r\nhi BODY[HEADER] {3}\r\nabc FLAGS ())\r\n"),
            ),
            ("IMAP-02", said(b"* 1 FETCH (BODY[] {20}\r\na1 OK done\r\n* BYE\r\n))\r\n")),
            ("IMAP-25", said(b"* 1 FETCH (BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 2 1)(\"TEXT\" \"HTML\" NIL NIL NIL \"7BIT\" 2 1) \"ALTERNATIVE\" NIL NIL NIL))\r\n")),
            ("IMAP-26", said(b"* 1 FETCH (BODY[HEADER.FIELDS (SUBJECT)]<0> {5}\r\nA: b\n)\r\n")),
            ("IMAP-05", said(b"* 1 FETCH (X \"a{2}\")\r\n")),
            ("IMAP-06", said(b"* LIST (\\HasNoChildren) \"/\" {3}\r\na b\r\n")),
            ("IMAP-07", said(b"* 1 FETCH (BODY[] {0}\r\n)\r\n")),
            ("IMAP-11", said(b"* 24 EXISTS\r\n* 3 EXPUNGE\r\na3 OK x\r\n")),
            ("IMAP-14", greeted(&[Step::Types("AUTHENTICATE PLAIN"), server(b"+ \r\n")])),
            (
                "IMAP-15",
                selected(&[
                    Step::Raw(b"x IDLE\r\n"),
                    server(b"+ idling\r\n* 24 EXISTS\r\n"),
                    Step::Raw(b"DONE\r\n"),
                    server(b"x OK x\r\n"),
                ]),
            ),
            ("IMAP-17", said(b"a3 NO [TRYCREATE] none\r\n")),
            ("IMAP-21", selected(&[Step::Raw(b"x FETCH 20:* FLAGS\r\n")])),
            ("IMAP-22", said(b"* list () nil inbox\r\n")),
            ("IMAP-23", said(b"* LIST () \"/\" &U,BTFw-\r\n")),
            (
                "IMAP-27",
                greeted(&[
                    Step::Types("AUTHENTICATE PLAIN"),
                    server(b"+ \r\n"),
                    Step::Raw(b"\r\n"),
                ]),
            ),
            ("IMAP-31", said(b"* XFOO a (b {1}\r\nc)\r\n")),
            (
                "a literal that waits",
                selected(&[
                    Step::Raw(b"x SELECT {5}\r\n"),
                    server(b"+ go\r\n"),
                    Step::Raw(b"INBOX\r\n"),
                ]),
            ),
            ("in one write", selected(&[Step::Raw(b"x NOOP\r\ny SEARCH ALL\r\n")])),
        ],
    );
}

#[test]
fn a_fix_is_taken_where_the_wrong_command_was_not() {
    let inside: &[&str] = &["LOGIN student lab-secret"];
    let inbox: &[&str] = &["LOGIN student lab-secret", "SELECT INBOX"];
    let idle: &[&str] = &["LOGIN student lab-secret", "SELECT INBOX", "IDLE"];
    fixes_hold(
        &PROTOCOL,
        &[
            (&[], b"x SELECT INBOX\r\n"),
            (&[], b"CAPABILITY\r\n"),
            (&[], b"x CAPABILITY\n"),
            (&[], b"x LOGOUT\r\ny NOOP\r\n"),
            (inside, b"x FETCH 1 FLAGS\r\n"),
            (inside, b"x SELECT {5}\r\nINBOX\r\n"),
            (inside, b"x CREATE My Box\r\n"),
            (inside, b"x CREATE Entw\xc3\xbcrfe\r\n"),
            (inbox, b"x FETCH 9 FLAGS\r\n"),
            (inbox, b"x SERACH ALL\r\n"),
            (inbox, b"x NO\rOP\r\n"),
            (inbox, b"x NOOP"),
            (inbox, b"x STATUS INBOX (MESSAGES)\r\n"),
            (inbox, b"x SELECT Nowhere\r\n"),
            (idle, b"x NOOP\r\n"),
        ],
    );
}

#[test]
fn every_pitfall_has_its_place() {
    let others = [(3, "every case is played whole, octet by octet, and cut at every place")];
    let tables = [include_str!("mod.rs"), include_str!("received.rs")];
    check_walk("IMAP", 32, &tables, &others);
}
