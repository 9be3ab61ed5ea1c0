//! What the client says of what is unusual or wrong, pitfall by pitfall.

use super::{GREETING, client, logged_in, server};
use crate::machine::Conn;
use crate::protocols::pop3::PROTOCOL;
use crate::testing::Step;
use crate::testing::advice::{Case, Told, check, check_silent, check_walk, fixes_hold};

fn greeted(then: &[Step<'static>]) -> Vec<Step<'static>> {
    [&[Step::Opens(Conn::MAIN), GREETING], then].concat()
}

fn case(
    id: &'static str,
    steps: Vec<Step<'static>>,
    told: &'static [Told<'static>],
) -> Case<'static> {
    Case { id, steps, told }
}

const OCTETS_3000: &[u8] = &{
    let mut line = [b'x'; 3014];
    line[0] = b'+';
    line[1] = b'O';
    line[2] = b'K';
    line[3] = b'\r';
    line[4] = b'\n';
    line[3007] = b'\r';
    line[3008] = b'\n';
    line[3009] = b'.';
    line[3010] = b'\r';
    line[3011] = b'\n';
    line[3012] = b'\r';
    line[3013] = b'\n';
    line
};

#[test]
fn every_pitfall_that_a_server_can_cause_is_told() {
    let asks = |command: &'static str, reply: &'static [u8]| {
        logged_in(&[Step::Types(command), server(reply)])
    };
    check(
        &PROTOCOL,
        &[
            case(
                "POP-07",
                asks("STAT", b"+OK 2 320 extra\r\n"),
                &[("more behind the two numbers", (1939, "5"), None)],
            ),
            case(
                "POP-07, unreadable",
                asks("STAT", b"+OK two\r\n"),
                &[("These are not there", (1939, "5"), None)],
            ),
            case(
                "POP-08",
                asks("RETR 1", b"+OK\r\nx\n.\n.\r\n\r\n.\r\n"),
                &[("bare line feeds", (1939, "3"), None), ("smuggled", (1939, "3"), None)],
            ),
            case(
                "NNTP-04 in POP3",
                asks("RETR 1", b"+OK\r\n.a\r\n.b\r\n..c\r\n.\r\n"),
                &[(
                    "did not double. The receiver removes it by the rule, and so it is lost. (2 lines.)",
                    (1939, "3"),
                    None,
                )],
            ),
            case(
                "POP-09",
                logged_in(&[
                    Step::Types("LIST 1"),
                    server(b"+OK 1 14\r\n"),
                    Step::Types("RETR 1"),
                    server(b"+OK 14 octets\r\nA: b\r\n\r\nno end\r\n.\r\n"),
                ]),
                &[("14 octets, and 16 came. The two more end the last line", (1939, "11"), None)],
            ),
            case(
                "POP-10",
                asks("NOOP", b"+ \r\n"),
                &[(
                    "+ is not among the replies that the RFC has for NOOP: +OK, -ERR",
                    (1939, "5"),
                    None,
                )],
            ),
            case(
                "POP-13",
                greeted(&[
                    Step::Types("AUTH PLAIN"),
                    server(b"+ \r\n"),
                    Step::Types("*"),
                    server(b"+OK\r\n"),
                ]),
                &[("gives the login up", (5034, "4"), None)],
            ),
            case(
                "POP-15",
                logged_in(&[Step::Types("DELE 1"), server(b"+OK\r\n"), Step::Ends(Conn::MAIN)]),
                &[("marked as deleted are not removed", (1939, "6"), None)],
            ),
            case(
                "POP-16",
                logged_in(&[
                    Step::Types("DELE 1"),
                    server(b"+OK\r\n"),
                    Step::Types("RETR 1"),
                    server(b"-ERR\r\n"),
                ]),
                &[("keeps its number until QUIT", (1939, "5"), Some("RSET"))],
            ),
            case(
                "POP-17",
                logged_in(&[
                    Step::Types("CAPA"),
                    server(b"+OK\r\nUSER\r\n.\r\n"),
                    Step::Types("STAT"),
                    server(b"-ERR [IN-USE] busy\r\n"),
                ]),
                &[("has not announced RESP-CODES", (2449, "8"), None)],
            ),
            case(
                "POP-21, NUL",
                asks("RETR 1", b"+OK\r\na\0b\r\n.\r\n"),
                &[("NUL", (5322, "4.1"), None)],
            ),
            case(
                "POP-21, bare CR",
                asks("RETR 1", b"+OK\r\na\rb\r\n.\r\n"),
                &[("carriage return", (1939, "3"), None)],
            ),
            case(
                "POP-23, lower case",
                vec![Step::Opens(Conn::MAIN), server(b"+ok\r\n")],
                &[("upper case", (1939, "3"), None)],
            ),
            case(
                "POP-23",
                asks("STAT", b"+OKAY\r\n"),
                &[("must begin with +OK or -ERR", (1939, "3"), None)],
            ),
            case(
                "UIDL",
                asks("UIDL", b"+OK\r\n1 a b\r\n2\r\n3 ok\r\n.\r\n"),
                &[(
                    "1 to 70 printable octets without spaces. This one is not. (2 lines.)",
                    (1939, "7"),
                    None,
                )],
            ),
            case(
                "LIST",
                asks("LIST", b"+OK\r\n1 big\r\n.\r\n"),
                &[("a number and a size", (1939, "5"), None)],
            ),
            case("bare LF in a reply", asks("NOOP", b"+OK\n"), &[("bare LF", (1939, "3"), None)]),
            case(
                "bare CR in a reply",
                asks("NOOP", b"+OK a\rb\r\n"),
                &[("(At octet 5.)", (1939, "3"), None)],
            ),
            case(
                "8-bit in a reply",
                asks("NOOP", b"+OK gr\xfc\xdf\r\n"),
                &[("above 127", (2449, "3"), None)],
            ),
            case(
                "a reply that nobody asked for",
                logged_in(&[server(b"+OK\r\n")]),
                &[("unasked", (1939, "3"), None)],
            ),
            case(
                "a long reply line",
                logged_in(&[Step::Types("NOOP"), long_reply()]),
                &[("512 octets", (2449, "4"), None)],
            ),
        ],
    );
    let long = logged_in(&[Step::Types("RETR 1"), server(&OCTETS_3000[..3012])]);
    check(&PROTOCOL, &[case("POP-21", long, &[("998 octets", (5322, "2.1.1"), None)])]);
}

fn long_reply() -> Step<'static> {
    let text = format!("+OK {}\r\n", "x".repeat(600));
    server(text.into_bytes().leak())
}

#[test]
fn what_a_person_sends_without_checks_is_told() {
    let early = |raw: &'static [u8]| greeted(&[Step::Raw(raw)]);
    let inside = |raw: &'static [u8]| logged_in(&[Step::Raw(raw)]);
    check(
        &PROTOCOL,
        &[
            case(
                "POP-01",
                greeted(&[Step::Types("APOP u 00000000000000000000000000000000")]),
                &[("had no timestamp", (1939, "7"), Some("USER student"))],
            ),
            case(
                "POP-14",
                greeted(&[
                    Step::Types("USER student"),
                    server(b"+OK\r\n"),
                    Step::Types("PASS two words "),
                ]),
                &[("begins or ends with a space", (1939, "7"), None)],
            ),
            case(
                "POP-18",
                early(b"USER u\r\nPASS p\r\nSTAT\r\n"),
                &[(
                    "needs the capability PIPELINING. Wait for the reply, or ask with CAPA whether the server takes several commands at once (RFC 2449 section 6.6). (2 lines.)",
                    (2449, "6.6"),
                    Some("USER u"),
                )],
            ),
            case(
                "POP-19",
                greeted(&[Step::Raw(b"STLS\r\n")]),
                &[("There is no command \"STLS\"", (1939, "3"), None)],
            ),
            case(
                "wrong order",
                early(b"STAT\r\n"),
                &[("STAT is not legal in the state", (1939, "5"), Some("USER student"))],
            ),
            case(
                "a password first",
                early(b"PASS secret\r\n"),
                &[("PASS is not legal", (1939, "7"), Some("USER student"))],
            ),
            case(
                "before the greeting",
                vec![Step::Opens(Conn::MAIN), Step::Raw(b"USER u\r\n")],
                &[("The server speaks first", (1939, "4"), None)],
            ),
            case("bare LF", inside(b"STAT\n"), &[("bare LF", (1939, "3"), Some("STAT"))]),
            case("bare LF with a secret", early(b"APOP u x\n"), &[("bare LF", (1939, "3"), None)]),
            case("no end", inside(b"STAT"), &[("no CR LF", (1939, "3"), Some("STAT"))]),
            case(
                "bare CR",
                inside(b"NOO\rP\r\n"),
                &[("carriage return", (1939, "3"), Some("NOOP"))],
            ),
            case("8 bits", inside(b"STAT \xfc\r\n"), &[("above 127", (1939, "3"), None)]),
            case(
                "8 bits as typed",
                greeted(&[Step::Types("USER m\u{fc}ller")]),
                &[("above 127", (1939, "3"), None)],
            ),
            case("too long", greeted(&[long_command()]), &[("the 255 octets", (2449, "4"), None)]),
            case(
                "an unknown command",
                inside(b"DELETE 1\r\n"),
                &[("There is no command \"DELETE\"", (1939, "3"), Some("DELE 1"))],
            ),
            case(
                "many unknown commands",
                inside(b"A\r\nB\r\nC\r\n"),
                &[
                    ("There is no command \"A\" in this protocol. Legal now", (1939, "3"), None),
                    ("PIPELINING", (2449, "6.6"), None),
                ],
            ),
            case(
                "a missing argument",
                inside(b"RETR\r\n"),
                &[("RETR: its argument is missing or wrong. Expected", (1939, "5"), None)],
            ),
            case(
                "a space too many",
                inside(b"RETR  1 \r\n"),
                &[("RETR: its argument", (1939, "5"), Some("RETR 1"))],
            ),
            case(
                "a response that is not base64",
                greeted(&[
                    Step::Types("AUTH PLAIN"),
                    server(b"+ \r\n"),
                    Step::Raw(b"not base64\r\n"),
                ]),
                &[("it is not base64", (5034, "4"), None)],
            ),
            case(
                "a response in the same write",
                greeted(&[Step::Raw(b"AUTH PLAIN\r\nAHUAcA==\r\n")]),
                &[("behind AUTH without waiting", (2449, "6.6"), Some("AUTH PLAIN"))],
            ),
        ],
    );
}

fn long_command() -> Step<'static> {
    Step::Raw(format!("USER {}\r\n", "x".repeat(300)).into_bytes().leak())
}

#[test]
fn after_stls_clear_text_is_not_trusted() {
    let steps = vec![
        Step::Opens(Conn::MAIN),
        GREETING,
        Step::Raw(b"STLS\r\n"),
        server(b"+OK begin\r\n+OK hacked\r\n+OK again\r\n"),
    ];
    let outputs = crate::testing::play(&client, &steps);
    let notes = crate::testing::notes(&outputs);
    assert!(notes.contains("waits for TLS"), "{notes}");
    assert_eq!(notes.matches("Clear text came").count(), 1, "{notes}");
}

#[test]
fn an_answer_to_a_bare_line_feed_is_not_called_unasked() {
    let steps = logged_in(&[Step::Raw(b"STAT\n"), server(b"-ERR bare LF\r\n"), server(b"+OK\r\n")]);
    let notes = crate::testing::notes(&crate::testing::play(&client, &steps));
    assert!(notes.contains("answers a line that ended with a bare LF"), "{notes}");
    assert_eq!(notes.matches("unasked").count(), 1, "{notes}");
}

#[test]
fn nothing_is_said_of_what_is_right() {
    let asks = |command: &'static str, reply: &'static [u8]| {
        logged_in(&[Step::Types(command), server(reply)])
    };
    check_silent(
        &PROTOCOL,
        &[
            ("POP-02", asks("RETR 1", b"+OK 120 octets\r\nA: b\r\n\r\n..dot\r\n...\r\n.\r\n")),
            ("POP-04", asks("LIST 2", b"+OK 2 200\r\n")),
            ("POP-05", asks("LIST", b"-ERR no\r\n")),
            ("POP-06", asks("UIDL", b"+OK\r\n.\r\n")),
            ("POP-11", greeted(&[Step::Types("AUTH PLAIN AHUAcA=="), server(b"+OK\r\n")])),
            ("POP-12", greeted(&[Step::Types("AUTH CRAM-MD5"), server(b"+ PDE4OTY+\r\n")])),
            ("POP-17", asks("STAT", b"-ERR [IN-USE] busy\r\n")),
            ("POP-20", asks("TOP 1 0", b"+OK\r\nA: b\r\n\r\n.\r\n")),
            ("POP-24", asks("NOOP", b"+OK\r\n")),
            ("raw and right", logged_in(&[Step::Raw(b"LIST 1\r\n"), server(b"+OK 1 2\r\n")])),
            (
                "raw in pieces",
                logged_in(&[
                    Step::Types("CAPA"),
                    server(b"+OK\r\nPIPELINING\r\n.\r\n"),
                    Step::Raw(b"STAT\r\nRSET\r\n"),
                    server(b"+OK 1 2\r\n+OK\r\n"),
                ]),
            ),
        ],
    );
}

#[test]
fn a_fix_is_taken_where_the_wrong_command_was_not() {
    let inside: &[&str] = &["USER student", "PASS lab-secret"];
    fixes_hold(
        &PROTOCOL,
        &[
            (&[], b"STAT\r\n"),
            (&[], b"PASS lab-secret\r\n"),
            (&[], b"USER student\r\nPASS lab-secret\r\n"),
            (&[], b"USER student\n"),
            (&["USER student"], b"RETR 1\r\n"),
            (inside, b"STAT\n"),
            (inside, b"STAT"),
            (inside, b"NOO\rP\r\n"),
            (inside, b"RETR  1 \r\n"),
            (inside, b"RETRIEVE 1\r\n"),
            (inside, b"DELETE 1\r\n"),
            (inside, b"QIUT\r\n"),
            (&["USER student", "PASS lab-secret", "DELE 1"], b"RETR 1\r\n"),
        ],
    );
}

#[test]
fn every_pitfall_has_its_place() {
    let others = [
        (3, "every case is played whole, octet by octet, and cut at every place"),
        (22, "refused before it is sent: pop_22 of this folder"),
    ];
    check_walk("POP", 24, &[include_str!("advice.rs")], &others);
}
