//! The pitfalls of Gopher, with their exact bytes.

mod chaos;
mod client;
mod notes;
mod plus;
mod replies;
mod server;

use crate::machine::{Client, ClientConfig, Conn, Direction, Output};
use crate::testing::{Step, notes, play};

use super::terms;

const OPENS: Step<'_> = Step::Opens(Conn::MAIN);
const ENDS: Step<'_> = Step::Ends(Conn::MAIN);

/// Its server is the host `h`.
fn client() -> Box<dyn Client> {
    let config = ClientConfig { host: "h".into(), ..ClientConfig::practice(70) };
    (super::PROTOCOL.client)(&config)
}

fn server(bytes: &[u8]) -> Step<'_> {
    Step::Server(Conn::MAIN, bytes)
}

/// Asks, reads what the server sends, and sees it close.
fn ask(request: &str, bytes: &[u8]) -> Vec<Output> {
    play(&client, &[OPENS, Step::Types(request), server(bytes), ENDS])
}

/// A client that has just done this, to be looked at.
fn after(steps: &[Step<'_>]) -> Box<dyn Client> {
    let mut client = client();
    for step in steps {
        crate::testing::apply(&mut *client, step, &|bytes| vec![bytes.len()]);
    }
    while client.poll().is_some() {}
    client
}

/// What would be typed for each item of a menu that came.
fn offers(menu: &[u8]) -> Vec<String> {
    let client = after(&[OPENS, Step::Types("1"), server(menu), ENDS]);
    client.offers().into_iter().map(|offer| offer.text).collect()
}

/// The content of the reply: the lines without doubled dots and without the last dot, or the
/// octets.
fn content(outputs: &[Output]) -> Vec<u8> {
    let frame = [&terms::STUFFED_DOT, &terms::END, &terms::PLUS_LENGTH];
    let mut all = Vec::new();
    for output in outputs {
        match output {
            Output::Received { wire, .. } => {
                let mut skip = false;
                for span in &wire.spans {
                    let framing = frame.contains(&span.term);
                    // The end of a line of framing belongs to it.
                    let its_end = skip && span.term.id == "CRLF";
                    skip = framing && span.term != &terms::STUFFED_DOT;
                    if !framing && !its_end {
                        all.extend_from_slice(&wire.bytes[span.range()]);
                    }
                }
            }
            Output::Data { direction: Direction::Received, bytes, .. } => all.extend(bytes),
            _ => {}
        }
    }
    all
}

/// The octets of every received span with this term.
fn spans(outputs: &[Output], term: &'static crate::explain::Term) -> Vec<String> {
    let wires = outputs.iter().filter_map(|output| match output {
        Output::Received { wire, .. } => Some(wire),
        _ => None,
    });
    let found = wires.flat_map(|wire| {
        let spans = wire.spans.iter().filter(|span| span.term == term);
        spans.map(|span| String::from_utf8_lossy(&wire.bytes[span.range()]).into_owned())
    });
    found.collect()
}

/// The notes of these spans.
fn span_notes(outputs: &[Output], term: &'static crate::explain::Term) -> String {
    let wires = outputs.iter().filter_map(|output| match output {
        Output::Received { wire, .. } => Some(wire),
        _ => None,
    });
    let found = wires.flat_map(|wire| wire.spans.iter().filter(|span| span.term == term));
    found.filter_map(|span| span.note.as_deref()).collect::<Vec<_>>().join("\n")
}

/// Nothing was warned of.
fn is_clean(outputs: &[Output]) -> bool {
    use crate::machine::Level;
    outputs.iter().all(|output| match output {
        Output::Note(note) => note.level == Level::Info,
        _ => true,
    })
}
