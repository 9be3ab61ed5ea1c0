//! Literals on the way to the server: at any place, split anywhere.

use super::*;
use crate::machine::{Direction, PIECE};
use crate::protocols::imap::frame::Framer;

/// A session with literals of every kind, as one stream.
const SCRIPT: &[u8] = b"a1 LOGIN {7}\r\nstudent {10}\r\nlab-secret\r\n\
a2 CREATE {4+}\r\na b/\r\n\
a3 APPEND {3+}\r\na b (\\Seen) {13}\r\nA: {3}\r\n\r\nx\r\n\r\n\
a4 APPEND {3}\r\na b ~{8+}\r\nB: \0\r\n\r\n {6+}\r\nC:\r\n\r\n\r\n\
a5 SELECT \"a b\"\r\n\
a6 SEARCH OR SUBJECT {1}\r\nx HEADER {1+}\r\nA {3}\r\n{3}\r\n\
a7 FETCH 1 (BODY[] BODY[HEADER.FIELDS ({1}\r\nA)])\r\n\
a8 STATUS {5}\r\nINBOX (MESSAGES)\r\n\
a9 LOGOUT\r\n";

#[test]
fn literals_are_read_however_they_are_cut() {
    let whole = bench(1).ask(SCRIPT);
    for with in [
        "a1 OK",
        "a2 OK",
        "a3 OK [APPENDUID 12 1]",
        "a4 OK [APPENDUID 12 2:3]",
        "* SEARCH 1\r\n",
        "BODY[] {13}\r\nA: {3}\r\n\r\nx\r\n BODY[HEADER.FIELDS (A)] {10}\r\nA: {3}\r\n\r\n",
        "* STATUS INBOX (MESSAGES 5)",
        "a9 OK",
    ] {
        assert!(whole.contains(with), "no {with} in\n{whole}");
    }
    assert_eq!(whole.matches("+ go ahead\r\n").count(), 8, "one for each that waits\n{whole}");
    assert_eq!(bench(1).ask_slowly(SCRIPT), whole);
    for at in 1..SCRIPT.len() {
        let mut bench = bench(1);
        let answer = bench.ask(&SCRIPT[..at]) + &bench.ask(&SCRIPT[at..]);
        assert_eq!(answer, whole, "cut at {at}");
    }
}

#[test]
fn a_literal_that_is_not_wanted_is_refused_before_it_comes() {
    let mut bench = inside();
    answers(&mut bench, "b1 APPEND Nowhere {10}", "b1 NO [TRYCREATE] there is no mailbox Nowhere");
    answers(&mut bench, "b2 NOOP", "b2 OK");
    // Who does not wait is heard out, and what he sends is no command.
    let answer = bench.ask(b"b3 APPEND Nowhere {12+}\r\nb4 LOGOUT\r\n\r\nb5 NOOP\r\n");
    assert_eq!(answer, "b3 NO [TRYCREATE] there is no mailbox Nowhere\r\nb5 OK done\r\n");
    answers(&mut bench, "b6 FETCH {10}", "b6 BAD FETCH is not allowed");
    answers(&mut bench, "b7 SELECT {70000}", "b7 BAD a literal here has at most");
    answers(&mut bench, "b8 APPEND INBOX {99999999999999999999999}", "b8 NO [OVERQUOTA]");
    answers(&mut bench, "b9 XYZZY {3}", "b9 BAD there is no command XYZZY");
    let answer = bench.ask(b"{3+}\r\nabc\r\nc1 NOOP\r\n");
    assert!(answer.starts_with("* BAD") && answer.ends_with("c1 OK done\r\n"), "{answer}");
    answers(&mut bench, "c2 SELECT {3}\r\na\0b", "c2 BAD");
}

#[test]
fn a_file_is_sent_behind_its_size() {
    let steps = selected(&[Step::Types("APPEND Drafts (\\Draft)")]);
    let mut client = after(&steps);
    assert_eq!(client.state().id, "message");
    let now = Default::default();
    // Lines get their CR LF, wherever the pieces are cut; 40 000 lines of "x".
    for piece in b"x\n".repeat(40_000).chunks(7777) {
        client.handle(Input::Content(piece), now).expect("content is wanted");
    }
    assert!(client.poll().is_none(), "nothing goes out before the size is known");
    client.handle(Input::ContentEnd, now).expect("the content ends");
    let put = |client: &mut Box<dyn Client>| {
        let mut sent: Vec<u8> = Vec::new();
        while let Some(output) = client.poll() {
            match output {
                Output::Sent { wire, .. } => sent.extend(wire.bytes),
                Output::Data { direction: Direction::Sent, bytes, .. } => {
                    assert!(bytes.len() <= PIECE);
                    sent.extend(bytes);
                }
                _ => {}
            }
        }
        sent
    };
    assert_eq!(put(&mut client), b"a3 APPEND Drafts (\\Draft) {120000}\r\n");
    let go = Input::Bytes { conn: Conn::MAIN, bytes: b"+ OK\r\n" };
    client.handle(go, now).expect("bytes are never refused");
    let sent = put(&mut client);
    assert_eq!(sent.len(), 120_002);
    assert!(sent.starts_with(b"x\r\nx\r\n") && sent.ends_with(b"x\r\n\r\n"));
    assert_eq!(client.state().id, "selected");
    assert!(client.handle(Input::Content(b"more"), now).is_err(), "nobody wants more");
}

#[test]
fn what_follows_a_refused_literal_is_read_as_it_was_meant() {
    let mut framer = Framer::commands(100);
    let mut bytes: &[u8] = b"a X {3+}\r\n";
    let Some(super::super::frame::Event::Literal(header)) = framer.next(&mut bytes) else {
        panic!("a literal is announced");
    };
    framer.abandon(header);
    let mut rest: &[u8] = b"abc {2+}\r\nde\r\nb NOOP\r\n";
    let unit = framer.next(&mut rest);
    assert!(
        matches!(&unit, Some(super::super::frame::Event::Unit(unit)) if unit.bytes == b"b NOOP\r\n"),
        "{unit:?}"
    );
}
