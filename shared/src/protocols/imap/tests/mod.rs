//! The pitfalls of IMAP, with their exact bytes.

mod advice;
mod chaos;
mod commands;
mod framing;
mod idle;
mod literals;
mod python;
mod responses;
mod searching;
mod server;
mod units;

use crate::machine::{Client, ClientConfig, Conn, Input, Output, ServerConfig};
use crate::testing::{Bench, Step, addr, received};

const GREETING: Step<'_> = Step::Server(Conn::MAIN, b"* OK ready\r\n");

fn client() -> Box<dyn Client> {
    (super::PROTOCOL.client)(&ClientConfig::practice(143))
}

fn server(bytes: &'static [u8]) -> Step<'static> {
    Step::Server(Conn::MAIN, bytes)
}

/// Logged in, with these capabilities announced, and then this.
fn logged_in(then: &[Step<'static>]) -> Vec<Step<'static>> {
    let mut steps = vec![
        Step::Opens(Conn::MAIN),
        GREETING,
        Step::Types("LOGIN student lab-secret"),
        server(b"a1 OK [CAPABILITY IMAP4rev1 IDLE ID UIDPLUS MOVE UNSELECT ENABLE] in\r\n"),
    ];
    steps.extend_from_slice(then);
    steps
}

/// With a mailbox of 23 messages open.
fn selected(then: &[Step<'static>]) -> Vec<Step<'static>> {
    let mut steps =
        logged_in(&[Step::Types("SELECT INBOX"), server(b"* 23 EXISTS\r\na2 OK [READ-WRITE]\r\n")]);
    steps.extend_from_slice(then);
    steps
}

/// What the last unit says.
fn last(outputs: &[Output]) -> String {
    received(outputs).pop().map(|(_, says)| says).unwrap_or_default()
}

/// A client that has gone through a script.
fn after(steps: &[Step<'_>]) -> Box<dyn Client> {
    let mut client = client();
    let now = Default::default();
    for step in steps {
        let input = match step {
            Step::Opens(conn) => Input::Opened { conn: *conn, local: addr(1), peer: addr(2) },
            Step::Server(conn, bytes) => Input::Bytes { conn: *conn, bytes },
            Step::Types(text) => Input::Command(text),
            other => panic!("{other:?} is not for this"),
        };
        client.handle(input, now).expect("the script is legal");
    }
    while client.poll().is_some() {}
    client
}

/// The value of a fact after a script.
fn fact(steps: &[Step<'_>], name: &str) -> Option<String> {
    after(steps).facts().into_iter().find(|fact| fact.name == name).map(|fact| fact.value)
}

fn bench(seed: u64) -> Bench {
    Bench::new((super::PROTOCOL.server)(&ServerConfig::practice(seed)))
}

/// Logged in.
fn inside() -> Bench {
    let mut bench = bench(1);
    assert!(bench.ask(b"x LOGIN student lab-secret\r\n").starts_with("x OK"));
    bench
}

/// With the INBOX open.
fn inbox() -> Bench {
    let mut bench = inside();
    assert!(bench.ask(b"x SELECT INBOX\r\n").contains("* 5 EXISTS\r\n"));
    bench
}

/// The server answers this with a line that has that.
fn answers(bench: &mut Bench, line: &str, with: &str) {
    let answer = bench.ask(format!("{line}\r\n").as_bytes());
    assert!(answer.contains(with), "{line}\nexpected {with}\nanswered {answer}");
}
