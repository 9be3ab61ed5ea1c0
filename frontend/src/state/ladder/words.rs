//! What a rung says, and how long something took.

use std::time::Duration;

use shared::explain::Wire;
use shared::machine::Direction;
use shared::transcript::{Entry, Kind, visible};

use crate::state::bench::shortened;

/// Longer ones are cut for the drawing; the list shows this much.
const MOST: usize = 120;

/// One line, secrets always masked.
pub fn label(entry: &Entry) -> String {
    let text = match &entry.kind {
        Kind::Sent(wire) | Kind::Received(wire) => unit(wire),
        Kind::Data { octets: 1, .. } => "1 octet".into(),
        Kind::Data { octets, .. } => format!("{octets} octets"),
        Kind::Connecting { host, port } => format!("connect to {host}, port {port}"),
        Kind::Opened { local, peer } => format!("open: {local} to {peer}"),
        Kind::Failed { why } => format!("no connection: {why}"),
        Kind::Ended(Direction::Sent) => "FIN: client is done".into(),
        Kind::Ended(Direction::Received) => "FIN: server is done".into(),
        Kind::Reset { why } => format!("RST: {why}"),
        Kind::State(state) => format!("state: {}", state.title),
        Kind::Note(note) => format!("note: {}", note.text),
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
        2 => format!("{line} +1 line"),
        n => format!("{line} +{} lines", n - 1),
    }
}

/// With as many digits as tell something.
pub fn waited(time: Duration) -> String {
    let tenths = |whole: u128, unit: u128, name: &str| {
        format!("{}.{} {name}", whole / unit, whole % unit * 10 / unit)
    };
    match time.as_micros() {
        micros @ 0..10_000 => tenths(micros, 1_000, "ms"),
        micros @ 10_000..1_000_000 => format!("{} ms", micros / 1_000),
        micros @ 1_000_000..60_000_000 => tenths(micros, 1_000_000, "s"),
        micros => {
            let seconds = micros / 1_000_000;
            format!("{} min {} s", seconds / 60, seconds % 60)
        }
    }
}
