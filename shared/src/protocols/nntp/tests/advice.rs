//! What the client says of what is unusual or wrong, pitfall by pitfall.

use super::{client, in_group, open, server};
use crate::machine::Conn;
use crate::protocols::nntp::PROTOCOL;
use crate::testing::Step;
use crate::testing::advice::{Case, Told, check, check_silent, check_walk, fixes_hold};

type Steps = Vec<Step<'static>>;

fn case(id: &'static str, steps: Steps, told: &'static [Told<'static>]) -> Case<'static> {
    Case { id, steps, told }
}

fn asks(command: &'static str, reply: &'static [u8]) -> Steps {
    open(&[Step::Types(command), server(reply)])
}

fn reads(command: &'static str, reply: &'static [u8]) -> Steps {
    in_group(&[Step::Types(command), server(reply)])
}

fn posting(then: &[Step<'static>]) -> Steps {
    open(&[&[Step::Types("POST"), server(b"340 go\r\n")], then].concat())
}

#[test]
fn every_pitfall_that_a_server_can_cause_is_told() {
    check(
        &PROTOCOL,
        &[
            case(
                "NNTP-04",
                reads("BODY 1", b"222 1 <a@b>\r\n.single\r\n..two\r\n.\r\n"),
                &[("did not double", (3977, "3.1.1"), None)],
            ),
            case(
                "NNTP-05",
                reads("BODY 1", b"222 1 <a@b>\r\nline\n.\n.\r\n\r\n.\r\n"),
                &[("bare line feeds", (3977, "3.1.1"), None), ("smuggled", (3977, "3.1.1"), None)],
            ),
            case(
                "NNTP-10",
                asks("GROUP g", b"480 who are you\r\n"),
                &[("wants a login", (3977, "3.2.1"), Some("AUTHINFO USER student"))],
            ),
            case(
                "NNTP-12",
                open(&[
                    Step::Types("AUTHINFO SASL PLAIN"),
                    server(b"383 =\r\n"),
                    Step::Types("*"),
                    server(b"482 no\r\n"),
                ]),
                &[("the answer to that is 481; this one is \"482\"", (4643, "2.4.1"), None)],
            ),
            case(
                "NNTP-12, no base64",
                asks("AUTHINFO SASL CRAM-MD5", b"383 no!\r\n"),
                &[("is not base64", (4643, "2.4.1"), None)],
            ),
            case(
                "NNTP-17",
                asks("GROUP g", b"211 many g\r\n"),
                &[("three numbers", (3977, "6.1.1.1"), None)],
            ),
            case(
                "NNTP-18",
                reads("OVER 1", b"224 ok\r\nno number\r\n.\r\n"),
                &[("begins with a number and a TAB. This one is not so.", (3977, "8.3.2"), None)],
            ),
            case(
                "NNTP-19",
                open(&[Step::Batch("DATE\nHELP"), server(b"400 closing\r\n")]),
                &[("commands that were sent already have no answer", (3977, "3.2.1"), None)],
            ),
            case(
                "NNTP-20",
                asks("LIST", b"215 ok\r\na.b high low y\r\nc.d 2 1\r\n.\r\n"),
                &[(
                    "the low mark, and the status. This one is not so. (2 lines.)",
                    (3977, "7.6.3"),
                    None,
                )],
            ),
            case(
                "NNTP-21",
                in_group(&[Step::Types("BODY 1"), long_body()]),
                &[("more than 998 octets", (5322, "2.1.1"), None)],
            ),
            case(
                "NNTP-24",
                asks("DATE", b"299 a\r\n"),
                &[(
                    "299 is not among the replies that the RFC has for DATE: 111,",
                    (3977, "7.1"),
                    None,
                )],
            ),
            case(
                "NNTP-24, refused",
                asks("DATE", b"599 a\r\n"),
                &[("599 is not among", (3977, "7.1"), None)],
            ),
            case(
                "NNTP-22",
                asks("STARTTLS", b"382 go\r\n101 mine\r\n"),
                &[("Clear text came after 382", (4642, "2.2"), None)],
            ),
            case(
                "NNTP-23",
                asks("COMPRESS DEFLATE", b"206 ok\r\n\x4b\x4c"),
                &[("both directions are compressed", (8054, "2.2"), None)],
            ),
            case(
                "NUL",
                reads("BODY 1", b"222 1 <a@b>\r\na\0b\r\n.\r\n"),
                &[("NUL", (3977, "3.1.1"), None)],
            ),
            case(
                "bare CR",
                reads("BODY 1", b"222 1 <a@b>\r\na\rb\r\n.\r\n"),
                &[("carriage return", (3977, "3.1.1"), None)],
            ),
            case(
                "bare LF",
                asks("DATE", b"111 20240506070809\n"),
                &[("bare LF", (3977, "3.1"), None)],
            ),
            case(
                "bare CR in a reply",
                asks("QUIT", b"205 a\rb\r\n"),
                &[("inside a reply line", (3977, "3.1"), None)],
            ),
            case(
                "a long reply",
                open(&[Step::Types("QUIT"), long_reply()]),
                &[("more than the 512 octets", (3977, "3.1"), None)],
            ),
            case("no code", asks("DATE", b"hello\r\n"), &[("three digits", (3977, "3.2"), None)]),
            case("unasked", open(&[server(b"205 bye\r\n")]), &[("unasked", (3977, "3.2"), None)]),
        ],
    );
}

fn long_body() -> Step<'static> {
    server(format!("222 1 <a@b>\r\n{}\r\n.\r\n", "x".repeat(2500)).into_bytes().leak())
}

fn long_reply() -> Step<'static> {
    server(format!("205 {}\r\n", "x".repeat(600)).into_bytes().leak())
}

#[test]
fn what_a_person_sends_without_checks_is_told() {
    let raw = |raw: &'static [u8]| open(&[Step::Raw(raw)]);
    check(
        &PROTOCOL,
        &[
            case(
                "NNTP-09",
                raw(b"MODE READER\r\nDATE\r\n"),
                &[("behind MODE READER without waiting", (3977, "3.5"), Some("MODE READER"))],
            ),
            case(
                "NNTP-11",
                raw(b"AUTHINFO PASS p\r\n"),
                &[("AUTHINFO PASS is not legal", (4643, "2.3"), Some("AUTHINFO USER student"))],
            ),
            case(
                "NNTP-12",
                open(&[
                    Step::Types("AUTHINFO SASL PLAIN"),
                    server(b"383 =\r\n"),
                    Step::Raw(b"\r\n"),
                ]),
                &[("it is not base64", (4643, "2.4.2"), None)],
            ),
            case(
                "NNTP-13",
                posting(&[Step::Raw(b"From: a\r\n\r\n.x\r\n.\r\n")]),
                &[("did not double", (3977, "3.1.1"), Some("From: a\n\n.x"))],
            ),
            case(
                "NNTP-13, a lone dot",
                posting(&[Step::Raw(b"From: a\r\n\r\n.\r\nmore to come\r\n.\r\n")]),
                &[("has ended the article", (3977, "3.1.1"), Some("From: a\n\n.\nmore to come"))],
            ),
            case(
                "NNTP-14",
                raw(b"POST\r\nFrom: a\r\n\r\nx\r\n"),
                &[
                    (
                        "behind POST without waiting: the reply to that one must be read before anything else is sent, and what was sent too early may be lost or misread. (3 lines.)",
                        (3977, "3.5"),
                        Some("POST"),
                    ),
                    ("There is no command \"From:\"", (3977, "3.2.1"), None),
                ],
            ),
            case(
                "NNTP-15",
                open(&[
                    Step::Types("MODE STREAM"),
                    server(b"203 ok\r\n"),
                    Step::Raw(b"TAKETHIS <a@b>\r\nFrom: a\n\r\nx\r\n.\r\n"),
                ]),
                &[("bare line feeds", (3977, "3.1.1"), Some("TAKETHIS <a@b>\nFrom: a\n\nx"))],
            ),
            case(
                "no stream",
                raw(b"CHECK <a@b>\r\n"),
                &[("CHECK needs the capability STREAMING", (4644, "2.4"), Some("MODE STREAM"))],
            ),
            case(
                "no group",
                raw(b"STAT 1\r\n"),
                &[("STAT needs a selected group", (3977, "6.2.4"), Some("GROUP comp.lang.python"))],
            ),
            case(
                "no number",
                raw(b"ARTICLE\r\n"),
                &[(
                    "ARTICLE needs a selected group",
                    (3977, "6.2.1"),
                    Some("GROUP comp.lang.python"),
                )],
            ),
            case(
                "an id without brackets",
                raw(b"ARTICLE a@b\r\n"),
                &[("its arguments do not fit", (3977, "6.2.1"), Some("ARTICLE <a@b>"))],
            ),
            case(
                "a pattern for a group",
                raw(b"GROUP comp.*\r\n"),
                &[("its arguments do not fit", (3977, "6.1.1"), Some("LIST ACTIVE comp.*"))],
            ),
            case(
                "a variant that is none",
                raw(b"LIST NONSENSE\r\n"),
                &[("LIST has no such variant", (3977, "3.2.1"), Some("LIST"))],
            ),
            case("unknown", raw(b"XYZZY\r\n"), &[("no command \"XYZZY\"", (3977, "3.2.1"), None)]),
            case(
                "misspelled",
                raw(b"GRUOP comp.lang.python\r\n"),
                &[("no command \"GRUOP\"", (3977, "3.2.1"), Some("GROUP comp.lang.python"))],
            ),
            case("bare LF", raw(b"DATE\n"), &[("bare LF", (3977, "3.1"), Some("DATE"))]),
            case("a secret", raw(b"AUTHINFO PASS p\n"), &[("bare LF", (3977, "3.1"), None)]),
            case("no end", raw(b"DATE"), &[("no CR LF", (3977, "3.1"), Some("DATE"))]),
            case(
                "bare CR",
                raw(b"DA\rTE\r\n"),
                &[("carriage return", (3977, "3.1"), Some("DATE"))],
            ),
            case("not UTF-8", raw(b"GROUP \xfc\r\n"), &[("not UTF-8", (3977, "3.1"), None)]),
            case(
                "too long",
                open(&[long_command()]),
                &[("the 512 octets that NNTP allows", (3977, "3.1"), None)],
            ),
            case(
                "before the greeting",
                vec![Step::Opens(Conn::MAIN), Step::Raw(b"DATE\r\n")],
                &[("before the server had greeted", (3977, "5.1"), None)],
            ),
            case(
                "an article with a long line",
                posting(&[Step::Types(long_article())]),
                &[("more than 998 octets", (5322, "2.1.1"), None)],
            ),
        ],
    );
}

fn long_command() -> Step<'static> {
    Step::Raw(format!("GROUP {}\r\n", "x".repeat(600)).into_bytes().leak())
}

fn long_article() -> &'static str {
    format!("From: a\n\n{}", "x".repeat(999)).leak()
}

#[test]
fn an_article_ends_between_two_crlf_only() {
    let steps = posting(&[Step::Raw(b"From: a\r\n\r\nx\n.\r\ny\r\n.\r\n"), server(b"240 ok\r\n")]);
    let outputs = crate::testing::play(&client, &steps);
    let notes = crate::testing::notes(&outputs);
    assert!(notes.contains("smuggled") && !notes.contains("unasked"), "{notes}");
    assert_eq!(crate::testing::state(&outputs), Some("open"));
}

#[test]
fn nothing_is_said_of_what_is_right() {
    check_silent(
        &PROTOCOL,
        &[
            ("NNTP-01", asks("LISTGROUP g", b"211 3 1 3 g\r\n1\r\n2\r\n3\r\n.\r\n")),
            ("NNTP-02", reads("ARTICLE 1", b"220 1 <a@b>\r\nA: b\r\n\r\n..x\r\n...\r\n.\r\n")),
            ("NNTP-06", reads("OVER 1", b"224 ok\r\n.\r\n")),
            (
                "NNTP-07",
                in_group(&[Step::Batch("STAT 1\nQUIT"), server(b"223 1 <a@b>\r\n205 bye\r\n")]),
            ),
            (
                "NNTP-08",
                open(&[
                    Step::Raw(b"GROUP g\r\nSTAT\r\nNEXT\r\n"),
                    server(b"211 3 1 3 g\r\n223 1 <a@b>\r\n223 2 <c@d>\r\n"),
                ]),
            ),
            (
                "NNTP-11",
                open(&[
                    Step::Types("AUTHINFO USER u"),
                    server(b"381 go\r\n"),
                    Step::Raw(b"QUIT\r\n"),
                    server(b"205 bye\r\n"),
                ]),
            ),
            (
                "NNTP-12",
                open(&[
                    Step::Types("AUTHINFO SASL PLAIN"),
                    server(b"383 =\r\n"),
                    Step::Types("*"),
                    server(b"481 no\r\n"),
                ]),
            ),
            (
                "NNTP-15",
                open(&[
                    Step::Types("MODE STREAM"),
                    server(b"203 ok\r\n"),
                    Step::Raw(b"TAKETHIS <a@b>\r\nFrom: a\r\n\r\nx\r\n.\r\n"),
                    server(b"239 <a@b>\r\n"),
                ]),
            ),
            ("NNTP-16", reads("BODY <a@b>", b"222 0 <a@b>\r\nx\r\n.\r\n")),
            ("NNTP-17", asks("GROUP g", b"211 0 5 4 g\r\n")),
            (
                "NNTP-18",
                reads("OVER 1", b"224 ok\r\n1\ts\tf\td\t<i>\t\t100\t5\tXref: h g:1\r\n.\r\n"),
            ),
            ("NNTP-20", asks("LIST", b"215 ok\r\na.b 0000000010 0000000001 y\r\n.\r\n")),
        ],
    );
}

#[test]
fn a_fix_is_taken_where_the_wrong_command_was_not() {
    let posting: &[&str] = &["POST"];
    fixes_hold(
        &PROTOCOL,
        &[
            (&[], b"MODE READER\r\nDATE\r\n"),
            (&[], b"AUTHINFO PASS lab-secret\r\n"),
            (&[], b"STAT 1\r\n"),
            (&[], b"NEXT\r\n"),
            (&[], b"CHECK <a@b.example>\r\n"),
            (&[], b"ARTICLE python.1@practice.lab\r\n"),
            (&[], b"GROUP comp.*\r\n"),
            (&[], b"LIST NONSENSE\r\n"),
            (&[], b"MODE NONSENSE\r\n"),
            (&[], b"GRUOP comp.lang.python\r\n"),
            (&[], b"DATE\n"),
            (&[], b"DATE"),
            (&[], b"DATE now\r\n"),
            (
                posting,
                b"From: Sam Student <student@practice.lab>\r\nNewsgroups: misc.test\r\nSubject: test\r\n\r\n.x\r\n.\r\n",
            ),
        ],
    );
}

#[test]
fn every_pitfall_has_its_place() {
    let others = [(3, "every case is played whole, octet by octet, and cut at every place")];
    check_walk("NNTP", 24, &[include_str!("advice.rs")], &others);
}
