//! The pitfalls of Telnet, with their exact bytes.

mod client;
mod commands;
mod loops;
mod notes;
mod pair;
mod python;
mod server;

use crate::machine::{Client, ClientConfig, Conn, Output, ServerConfig};
use crate::testing::{Bench, Step};

pub(super) fn client() -> Box<dyn Client> {
    (super::PROTOCOL.client)(&ClientConfig::practice(23))
}

pub(super) fn bench() -> Bench {
    Bench::new((super::PROTOCOL.server)(&ServerConfig::practice(1)))
}

/// The connection opens and the server sends these.
pub(super) fn opened<'a>(then: &[Step<'a>]) -> Vec<Step<'a>> {
    [&[Step::Opens(Conn::MAIN)], then].concat()
}

pub(super) fn server(bytes: &[u8]) -> Step<'_> {
    Step::Server(Conn::MAIN, bytes)
}

/// What the practice server sends, octet by octet.
pub(super) fn octets(bench: &mut Bench, bytes: &[u8]) -> Vec<u8> {
    let now = Default::default();
    bench.server.handle(
        crate::machine::Input::Bytes { conn: Conn::MAIN, bytes },
        now,
        &mut bench.world,
    );
    let mut out = Vec::new();
    loop {
        while let Some(output) = bench.server.poll() {
            if let Output::Sent { wire, .. } = output {
                assert!(wire.tiles(), "{wire:?}");
                out.extend(wire.bytes);
            }
        }
        match bench.server.pull(Conn::MAIN) {
            Some(piece) => out.extend(piece),
            None => return out,
        }
    }
}

/// The received units, complete or not, each with what it says.
pub(super) fn units(outputs: &[Output]) -> Vec<(Vec<u8>, String)> {
    let units = outputs.iter().filter_map(|output| match output {
        Output::Received { wire, .. } | Output::Growing { wire, .. } => {
            Some((wire.bytes.clone(), wire.says.clone()))
        }
        _ => None,
    });
    units.collect()
}

/// The names of the terms of every received span.
pub(super) fn terms_of(outputs: &[Output]) -> Vec<&'static str> {
    let wires = outputs.iter().filter_map(|output| match output {
        Output::Received { wire, .. } | Output::Growing { wire, .. } => Some(wire),
        _ => None,
    });
    wires.flat_map(|wire| wire.spans.iter().map(|span| span.term.id)).collect()
}

/// The text of the server, commands taken out and doubled octets made one.
pub(super) fn data(outputs: &[Output]) -> Vec<u8> {
    let mut decoder = super::wire::Decoder::default();
    let mut text = Vec::new();
    for octet in units(outputs).into_iter().flat_map(|(bytes, _)| bytes) {
        decoder.feed(octet);
        while let Some(item) = decoder.next() {
            if let super::wire::Item::Text(octet) = item {
                text.push(octet);
            }
        }
    }
    text
}
