//! The pitfalls of NNTP, with their exact bytes.

mod advice;
mod commands;
mod framing;
mod login;
mod posting;
mod python;
mod server;
mod walk;

use crate::machine::{Client, ClientConfig, Conn, Input, Output, Refused, ServerConfig, Tick};
use crate::testing::{Bench, Step, addr, received};

const GREETING: Step<'_> = Step::Server(Conn::MAIN, b"200 ready\r\n");

fn client() -> Box<dyn Client> {
    (super::PROTOCOL.client)(&ClientConfig::practice(119))
}

fn server(bytes: &'static [u8]) -> Step<'static> {
    Step::Server(Conn::MAIN, bytes)
}

/// Connected and greeted.
fn open(then: &[Step<'static>]) -> Vec<Step<'static>> {
    let mut steps = vec![Step::Opens(Conn::MAIN), GREETING];
    steps.extend_from_slice(then);
    steps
}

/// With a group selected that has the articles 1 to 3.
fn in_group(then: &[Step<'static>]) -> Vec<Step<'static>> {
    let mut steps = open(&[Step::Types("GROUP g"), server(b"211 3 1 3 g\r\n")]);
    steps.extend_from_slice(then);
    steps
}

/// The last unit received: its octets and what it says.
fn last(outputs: &[Output]) -> (String, String) {
    received(outputs).pop().expect("something was received")
}

/// A client that has read the greeting and `bytes`, for what cannot be played as a script.
fn greeted(bytes: &[u8]) -> Box<dyn Client> {
    let mut client = client();
    let opened = Input::Opened { conn: Conn::MAIN, local: addr(1), peer: addr(2) };
    client.handle(opened, Tick::default()).expect("opening is no command");
    for bytes in [b"200 ready\r\n", bytes] {
        let input = Input::Bytes { conn: Conn::MAIN, bytes };
        client.handle(input, Tick::default()).expect("bytes are never refused");
    }
    while client.poll().is_some() {}
    client
}

fn fact(client: &dyn Client, name: &str) -> Option<String> {
    client.facts().into_iter().find(|fact| fact.name == name).map(|fact| fact.value)
}

/// What a greeted client refuses an input with; nothing may have left.
fn refuses(input: Input<'_>) -> Refused {
    let mut client = greeted(b"");
    let refused = client.handle(input, Tick::default()).expect_err("must be refused");
    assert_eq!(client.poll(), None);
    assert_eq!(client.state().id, "open");
    refused
}

fn bench() -> Bench {
    Bench::new((super::PROTOCOL.server)(&ServerConfig::practice(1)))
}

/// A bench that is logged in.
fn admitted() -> Bench {
    let mut bench = bench();
    assert!(bench.ask(b"AUTHINFO USER student\r\n").starts_with("381 "));
    assert!(bench.ask(b"AUTHINFO PASS lab-secret\r\n").starts_with("281 "));
    bench
}
