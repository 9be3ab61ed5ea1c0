//! A practice server with somebody who talks to it.

use crate::machine::{Conn, Direction, Input, Output, Server, ServerConfig};
use crate::testing::{Bench, addr};
use crate::world::files::Node;

pub(super) fn machine() -> Box<dyn Server> {
    (super::super::PROTOCOL.server)(&ServerConfig::practice(1))
}

pub(super) fn bench() -> Bench {
    Bench::new(machine())
}

/// Logged in as the student, in TYPE I.
pub(super) fn inside() -> Bench {
    let mut bench = bench();
    assert!(bench.ask(b"USER student\r\nPASS lab-secret\r\nTYPE I\r\n").contains("230 Welcome"));
    bench
}

pub(super) fn guest() -> Bench {
    let mut bench = bench();
    assert!(bench.ask(b"USER anonymous\r\nPASS a@b\r\nTYPE I\r\n").contains("\r\n230 "));
    bench
}

/// The connection that the server has asked for last.
pub(super) fn asked(bench: &Bench) -> Conn {
    let asked = bench.outputs.iter().rev().find_map(|output| match output {
        Output::Listen { conn } | Output::Connect { conn, .. } => Some(*conn),
        _ => None,
    });
    asked.expect("the server asked for a connection")
}

/// Opens a passive data connection.
pub(super) fn data_connection(bench: &mut Bench) -> Conn {
    assert_eq!(bench.ask(b"PASV\r\n"), "", "the address is not known yet");
    let conn = asked(bench);
    let reply = bench.input(Input::Listening { conn, addr: addr(5001) });
    assert_eq!(reply, "227 Entering Passive Mode (127,0,0,1,19,137)\r\n");
    bench.input(Input::Opened { conn, local: addr(5001), peer: addr(50_000) });
    conn
}

pub(super) fn data(bench: &Bench, on: Conn) -> Vec<u8> {
    let pieces = bench.outputs.iter().filter_map(|output| match output {
        Output::Data { conn, direction: Direction::Sent, bytes } if *conn == on => {
            Some(bytes.as_slice())
        }
        _ => None,
    });
    pieces.collect::<Vec<_>>().concat()
}

/// What the server answers to a download, and the octets that came.
pub(super) fn fetch(bench: &mut Bench, command: &str) -> (String, Vec<u8>) {
    let conn = data_connection(bench);
    let reply = bench.ask(format!("{command}\r\n").as_bytes());
    (reply, data(bench, conn))
}

/// What the server answers to an upload, its 150 not included.
pub(super) fn store(bench: &mut Bench, command: &str, content: &[u8]) -> String {
    let conn = data_connection(bench);
    let reply = bench.ask(format!("{command}\r\n").as_bytes());
    if !reply.starts_with("150 ") {
        return reply;
    }
    bench.input(Input::Bytes { conn, bytes: content });
    bench.input(Input::End { conn })
}

pub(super) fn stored(bench: &Bench, path: &str) -> Option<Vec<u8>> {
    let content = bench.world.files.get(path).and_then(Node::content)?;
    Some(content.read(0, content.len() as usize))
}
