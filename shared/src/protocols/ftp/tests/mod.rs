//! The pitfalls of FTP, with their exact bytes.

mod active;
mod chaos;
mod commands;
mod notes;
mod python;
mod real;
mod replies;
mod server;
mod server_data;
mod transfers;
mod visitor;

use crate::machine::{Client, ClientConfig, Conn, Input, Output, Refused};
use crate::testing::{Step, notes, play, received, refused, sent, state};

const DATA: Conn = Conn(1);
const GREETING: Step<'static> = Step::Server(Conn::MAIN, b"220 ready\r\n");

fn client() -> Box<dyn Client> {
    (super::PROTOCOL.client)(&ClientConfig::practice(21))
}

fn server(bytes: &'static [u8]) -> Step<'static> {
    Step::Server(Conn::MAIN, bytes)
}

/// Logged in, then this.
fn ready(then: &[Step<'static>]) -> Vec<Step<'static>> {
    let mut steps = vec![
        Step::Opens(Conn::MAIN),
        GREETING,
        Step::Types("USER student"),
        server(b"331 password\r\n"),
        Step::Types("PASS lab-secret"),
        server(b"230 in\r\n"),
    ];
    steps.extend_from_slice(then);
    steps
}

/// Logged in, with a data connection, then this.
fn passive(then: &[Step<'static>]) -> Vec<Step<'static>> {
    let mut steps = ready(&[
        Step::Types("PASV"),
        server(b"227 Entering Passive Mode (127,0,0,1,4,1)\r\n"),
        Step::Opens(DATA),
    ]);
    steps.extend_from_slice(then);
    steps
}

/// A client to which these steps have happened.
fn after(steps: &[Step<'static>]) -> Box<dyn Client> {
    let mut client = client();
    for step in steps {
        let done = client.handle(step.input(), Default::default());
        done.unwrap_or_else(|why| panic!("{step:?}: {why}"));
    }
    while client.poll().is_some() {}
    client
}

fn drain(client: &mut Box<dyn Client>) -> Vec<Output> {
    std::iter::from_fn(|| client.poll()).collect()
}

fn fact(client: &dyn Client, name: &str) -> Option<String> {
    client.facts().into_iter().find(|fact| fact.name == name).map(|fact| fact.value)
}

fn last(outputs: &[Output]) -> (String, String) {
    received(outputs).pop().expect("something was received")
}

/// The octets of a span of the last unit that was received.
fn span(outputs: &[Output], term: &str) -> Option<String> {
    let wire = outputs.iter().rev().find_map(|output| match output {
        Output::Received { wire, .. } => Some(wire),
        _ => None,
    })?;
    let span = wire.spans.iter().find(|span| span.term.id == term)?;
    Some(String::from_utf8_lossy(&wire.bytes[span.range()]).into_owned())
}

fn connects(outputs: &[Output]) -> Vec<(String, u16)> {
    let connects = outputs.iter().filter_map(|output| match output {
        Output::Connect { host, port, .. } => Some((host.clone(), *port)),
        _ => None,
    });
    connects.collect()
}
