//! What a rung says.

use shared::explain::Wire;
use shared::machine::Direction;
use shared::transcript::{Entry, Kind, visible};

use crate::state::bench::shortened;
use crate::text::t;

/// Longer ones are cut for the drawing; the list shows this much.
const MOST: usize = 120;

/// One line, secrets always masked.
pub fn label(entry: &Entry) -> String {
    let text = match &entry.kind {
        Kind::Sent(wire) | Kind::Received(wire) => unit(wire),
        Kind::Data { octets, .. } => t!("octets", octets = *octets),
        Kind::Connecting { host, port } => t!("rung-connect", host = host, port = *port),
        Kind::Opened { local, peer } => {
            t!("rung-open", local = &local.to_string(), peer = &peer.to_string())
        }
        Kind::Failed { why } => t!("rung-failed", why = why),
        Kind::Ended(Direction::Sent) => t!("rung-fin-client").into(),
        Kind::Ended(Direction::Received) => t!("rung-fin-server").into(),
        Kind::Reset { why } => t!("rung-reset", why = why),
        Kind::State(state) => t!("rung-state", state = state.title),
        Kind::Note(note) => t!("rung-note", note = &note.text),
    };
    shortened(&text, MOST)
}

/// The first line, and how many follow. What is no text is told in words.
fn unit(wire: &Wire) -> String {
    let bytes = wire.masked();
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = visible(first.strip_suffix(b"\r").unwrap_or(first));
    if (line.is_empty() || line.starts_with("\\x")) && !wire.says.is_empty() {
        return wire.says.clone();
    }
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
    match lines {
        0 | 1 => line,
        n => format!("{line} {}", t!("rung-more-lines", lines = n - 1)),
    }
}
