//! The pitfalls of SMTP, with their exact bytes.

mod advice;
mod client;
mod pair;
mod python;
mod replies;
mod server;

use crate::machine::{Client, ClientConfig, Conn, Output, ServerConfig, Tick};
use crate::testing::{Bench, Step, received};

const HELLO: &[u8] = b"250-mx.example hello\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250-CHUNKING\r\n250-DSN\r\n250 AUTH PLAIN LOGIN CRAM-MD5\r\n";

fn client() -> Box<dyn Client> {
    (super::PROTOCOL.client)(&ClientConfig::practice(25))
}

fn server(bytes: &'static [u8]) -> Step<'static> {
    Step::Server(Conn::MAIN, bytes)
}

/// Greeted, and EHLO answered with [`HELLO`].
fn ready(then: &[Step<'static>]) -> Vec<Step<'static>> {
    let mut steps = vec![
        Step::Opens(Conn::MAIN),
        server(b"220 mx.example ESMTP\r\n"),
        Step::Types("EHLO you.lab"),
        server(HELLO),
    ];
    steps.extend_from_slice(then);
    steps
}

/// In the state that takes content.
fn in_data(then: &[Step<'static>]) -> Vec<Step<'static>> {
    let mut steps = ready(&[
        Step::Batch("MAIL FROM:<a@b.example>\nRCPT TO:<c@d.example>\nDATA"),
        server(b"250 ok\r\n250 ok\r\n354 go\r\n"),
    ]);
    steps.extend_from_slice(then);
    steps
}

fn bench(seed: u64) -> Bench {
    Bench::new((super::PROTOCOL.server)(&ServerConfig::practice(seed)))
}

/// A server that has answered EHLO.
fn greeted(seed: u64) -> Bench {
    let mut bench = bench(seed);
    assert!(bench.ask(b"EHLO you.lab\r\n").starts_with("250-practice.lab"));
    bench
}

/// A server that waits for the message to `you`.
fn taking_data(seed: u64) -> Bench {
    let mut bench = greeted(seed);
    let replies =
        bench.ask(b"MAIL FROM:<student@practice.lab>\r\nRCPT TO:<you@practice.lab>\r\nDATA\r\n");
    assert!(replies.lines().last().is_some_and(|line| line.starts_with("354 ")), "{replies}");
    bench
}

/// The newest message in a mailbox, and how many there are.
fn newest(bench: &Bench, user: &str) -> (String, usize) {
    let messages = bench.world.mail.mailbox(user).map_or(&[][..], |mailbox| mailbox.messages());
    let text = messages
        .last()
        .map_or_else(String::new, |message| String::from_utf8_lossy(&message.bytes).into_owned());
    (text, messages.len())
}

/// The newest message behind the lines of trace.
fn content(bench: &Bench, user: &str) -> String {
    let (text, _) = newest(bench, user);
    let mut lines = text.split_inclusive("\r\n");
    let traced: usize = lines
        .by_ref()
        .take_while(|line| {
            line.starts_with('\t')
                || line.starts_with("Return-Path:")
                || line.starts_with("Received:")
        })
        .map(str::len)
        .sum();
    text[traced..].into()
}

fn last(outputs: &[Output]) -> (String, String) {
    received(outputs).pop().expect("something was received")
}

fn terms(outputs: &[Output]) -> Vec<&'static str> {
    let wires = outputs.iter().filter_map(|output| match output {
        Output::Received { wire, .. } => Some(wire),
        _ => None,
    });
    wires.flat_map(|wire| wire.spans.iter().map(|span| span.term.id)).collect()
}

/// A client that the steps have been fed to.
fn after(make: &dyn Fn() -> Box<dyn Client>, steps: &[Step<'_>]) -> Box<dyn Client> {
    let mut client = make();
    for step in steps {
        client.handle(step.input(), Tick::default()).expect("the steps are legal");
    }
    while client.poll().is_some() {}
    client
}

fn fact(client: &dyn Client, name: &str) -> Option<String> {
    client.facts().into_iter().find(|fact| fact.name == name).map(|fact| fact.value)
}

fn suggested(client: &dyn Client) -> Option<String> {
    client.suggestion().map(|suggestion| suggestion.text)
}
