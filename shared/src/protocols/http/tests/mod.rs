//! The pitfalls of HTTP, with their exact bytes.

mod client;
mod limits;
mod notes;
mod python;
mod responses;
mod server;
mod uploads;

use crate::machine::{Client, ClientConfig, Conn, Direction, Output};
use crate::testing::{Step, play};

const OPENS: Step<'_> = Step::Opens(Conn::MAIN);
const ENDS: Step<'_> = Step::Ends(Conn::MAIN);

fn client() -> Box<dyn Client> {
    (super::PROTOCOL.client)(&ClientConfig::practice(80))
}

fn server(bytes: &'static [u8]) -> Step<'static> {
    Step::Server(Conn::MAIN, bytes)
}

/// Plays one request and what the server sends.
fn get(bytes: &'static [u8]) -> Vec<Output> {
    ask("GET /", bytes)
}

fn ask(request: &'static str, bytes: &'static [u8]) -> Vec<Output> {
    play(&client, &[OPENS, Step::Types(request), server(bytes)])
}

/// As [`get`], and then the server ends the connection.
fn get_and_end(bytes: &'static [u8]) -> Vec<Output> {
    play(&client, &[OPENS, Step::Types("GET /"), server(bytes), ENDS])
}

/// The content that was received.
fn content(outputs: &[Output]) -> Vec<u8> {
    let pieces = outputs.iter().filter_map(|output| match output {
        Output::Data { direction: Direction::Received, bytes, .. } => Some(bytes.as_slice()),
        _ => None,
    });
    pieces.flatten().copied().collect()
}
