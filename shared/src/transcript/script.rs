//! The text form of a transcript: `C:` and `S:` lines as the RFCs write dialogues.

use super::{Entry, Kind, Side, Transcript};
use crate::machine::{Conn, Direction, Level};

/// The whole transcript, secrets masked. Lines of other connections than the first carry its
/// number (`S1:`); `==` lines are the lab's.
pub fn render(transcript: &Transcript) -> String {
    let mut out = String::new();
    for entry in transcript.entries() {
        render_entry(entry, &mut out);
    }
    out
}

/// Octets as text in which every control byte and every octet that is no UTF-8 can be seen.
/// CR LF and LF are the caller's to cut at.
pub fn visible(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\t' => out.push_str("\\t"),
                '\r' => out.push_str("\\r"),
                '\n' => out.push_str("\\n"),
                '\\' => out.push_str("\\\\"),
                c if c.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
                c => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

/// One entry in the same form.
pub fn render_entry(entry: &Entry, out: &mut String) {
    let lane = match entry.conn {
        Conn::MAIN => String::new(),
        Conn(n) => n.to_string(),
    };
    let mark = match entry.side() {
        Side::Client => format!("C{lane}:"),
        Side::Server => format!("S{lane}:"),
        Side::Lab => format!("=={lane}"),
    };
    let mut lab = |text: String| out.push_str(&format!("{mark} {text}\n"));
    match &entry.kind {
        Kind::Sent(wire) | Kind::Received(wire) => lines(&mark, &wire.masked(), out),
        Kind::Data { head, octets, .. } => {
            lines(&mark, head, out);
            if *octets > head.len() as u64 {
                out.push_str(&format!("{mark} ({octets} octets in all)\n"));
            }
        }
        Kind::Connecting { host, port } => lab(format!("connecting to {host}:{port}")),
        Kind::Opened { .. } => lab("open".into()),
        Kind::Failed { why } => lab(format!("failed: {why}")),
        Kind::Ended(Direction::Sent) => lab("the client ends its side".into()),
        Kind::Ended(Direction::Received) => lab("the server ends its side".into()),
        Kind::Reset { why } => lab(format!("reset: {why}")),
        Kind::State(state) => lab(format!("state: {}", state.id)),
        Kind::Note(note) => {
            let level = match note.level {
                Level::Info => "note",
                Level::Warning => "warning",
                Level::Error => "error",
            };
            lab(format!("{level}: {}", note.text));
        }
    }
}

/// One line of text for each line on the wire; a last line without CR LF ends with a visible mark.
fn lines(mark: &str, bytes: &[u8], out: &mut String) {
    let mut rest = bytes;
    while !rest.is_empty() {
        let (line, end, next) = match rest.windows(2).position(|w| w == b"\r\n") {
            Some(at) => (&rest[..at], "", &rest[at + 2..]),
            None => (rest, "\\", &[][..]),
        };
        out.push_str(mark);
        if !line.is_empty() || !end.is_empty() {
            out.push(' ');
        }
        out.push_str(&visible(line));
        out.push_str(end);
        out.push('\n');
        rest = next;
    }
}
