//! An entry of the record in words, as the transcript shows it.

use std::time::Duration;

use crate::text::t;
use shared::explain::{Wire, common};
use shared::machine::Direction;
use shared::transcript::{Entry, Kind, Side, visible};

/// So many octets of bulk content are shown.
const CONTENT: usize = 4096;

/// The entry's text: octets as they crossed the wire, one line a line, secrets masked unless `secrets`.
pub fn exact(entry: &Entry, secrets: bool) -> String {
    match &entry.kind {
        Kind::Sent(wire) | Kind::Received(wire) => {
            if secrets || !has_secret(wire) {
                lines(&wire.bytes)
            } else {
                lines(&wire.masked())
            }
        }
        Kind::Data { head, octets, .. } => {
            let shown = lines(&head[..head.len().min(CONTENT)]);
            match *octets > CONTENT as u64 {
                true => format!("{shown}\n{}", t!("entry-data", octets = *octets)),
                false => shown,
            }
        }
        Kind::Connecting { host, port } => t!("entry-connecting", host = host, port = *port),
        Kind::Opened { local, peer } => {
            t!("entry-opened", local = &local.to_string(), peer = &peer.to_string())
        }
        Kind::Failed { why } => t!("entry-failed", why = why),
        Kind::Ended(Direction::Sent) => t!("entry-ended-client").into(),
        Kind::Ended(Direction::Received) => t!("entry-ended-server").into(),
        Kind::Reset { why } => t!("entry-reset", why = why),
        Kind::State(state) => t!("stage-state", state = state.title),
        Kind::Note(note) => match note.rule {
            Some(rule) => format!("{} ({rule})", note.text),
            None => note.text.clone(),
        },
    }
}

pub fn has_secret(wire: &Wire) -> bool {
    wire.spans.iter().any(|span| span.secret)
}

/// The mark of an entry's direction: `->` and `<-`, with stars where the octets are not what the protocol has
/// there, `===` for the lab.
pub fn glyph(entry: &Entry) -> &'static str {
    match (entry.side(), entry.wire().is_some_and(is_strange)) {
        (Side::Client, false) => "->",
        (Side::Client, true) => "**>",
        (Side::Server, false) => "<-",
        (Side::Server, true) => "<**",
        (Side::Lab, _) => "===",
    }
}

/// Whether there are octets in it that do not belong there.
pub fn is_strange(wire: &Wire) -> bool {
    let strange = [
        &common::UNEXPECTED,
        &common::OFF_SCRIPT,
        &common::BARE_LF,
        &common::BARE_CR,
        &common::TRUNCATED,
        &common::TOO_LONG,
    ];
    wire.spans.iter().any(|span| strange.contains(&span.term))
}

/// A time as people say it: `<0.1 ms`, `0.4 ms`, `31 ms`, `2.05 s`.
pub fn elapsed(time: Duration) -> String {
    let micros = time.as_micros();
    match micros {
        0..100 => "<0.1 ms".into(),
        100..10_000 => format!("{}.{} ms", micros / 1000, micros % 1000 / 100),
        10_000..1_000_000 => format!("{} ms", micros / 1000),
        _ => format!("{}.{:02} s", micros / 1_000_000, micros % 1_000_000 / 10_000),
    }
}

/// A control octet, an octet beyond ASCII or another one that has no picture of its own: what stands for it, its
/// short name, and what it is.
pub fn control(octet: u8) -> Option<(char, &'static str, &'static str)> {
    Some(match octet {
        0x00 => ('\u{2205}', "NUL", "null"),
        0x07 => ('\u{266a}', "BEL", "bell"),
        0x08 => ('\u{2190}', "BS", "backspace"),
        0x09 => ('\u{2192}', "TAB", "tab"),
        0x0a => ('\u{2193}', "LF", "line feed"),
        0x0b => ('\u{2193}', "VT", "vertical tab"),
        0x0c => ('\u{2193}', "FF", "form feed"),
        0x0d => ('\u{21b5}', "CR", "carriage return"),
        0x1b => ('\u{2191}', "ESC", "escape"),
        0x7f => ('\u{2190}', "DEL", "delete"),
        0xff => ('\u{25b8}', "IAC", "interpret as command (Telnet)"),
        0x01..0x20 => ('\u{b7}', "", "control character"),
        _ => return None,
    })
}

/// A run of text, or one octet that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Text(&'a str),
    Octet(u8),
}

/// Octets as text and what is no text in it: control octets, and those that are no UTF-8.
pub fn pieces(bytes: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    bytes.utf8_chunks().flat_map(|chunk| {
        let valid =
            chunk.valid().split_inclusive(|c: char| c.is_ascii_control()).flat_map(|part| {
                let control = part.bytes().last().filter(u8::is_ascii_control);
                let text = &part[..part.len() - usize::from(control.is_some())];
                let text = (!text.is_empty()).then_some(Piece::Text(text));
                text.into_iter().chain(control.map(Piece::Octet))
            });
        valid.chain(chunk.invalid().iter().copied().map(Piece::Octet))
    })
}

/// Lines without their CR LF; every other control octet is made visible.
pub(crate) fn lines(bytes: &[u8]) -> String {
    let mut out = String::new();
    let mut rest = bytes;
    loop {
        let at = rest.windows(2).position(|w| w == b"\r\n");
        let line = &rest[..at.unwrap_or(rest.len())];
        out.push_str(&visible(line));
        rest = at.map_or(&[], |at| &rest[at + 2..]);
        if rest.is_empty() {
            return out;
        }
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_where_the_wire_ends_them() {
        for (bytes, text) in [
            (&b"250-a\r\n250 b\r\n"[..], "250-a\n250 b"),
            (b"no end", "no end"),
            (b"\r\n\r\n", "\n"),
            (b"bare\nfeed\r\n", "bare\\nfeed"),
            (b"", ""),
        ] {
            assert_eq!(lines(bytes), text);
        }
    }

    #[test]
    fn what_is_no_text_stands_apart() {
        let all: Vec<_> = pieces(b"a\tb\xff\xfb\x01\r\n\xc3\xbc").collect();
        let octets = |list: &[u8]| list.iter().copied().map(Piece::Octet).collect::<Vec<_>>();
        let mut expected = vec![Piece::Text("a"), Piece::Octet(9), Piece::Text("b")];
        expected.extend(octets(&[0xff, 0xfb, 1, 13, 10]));
        expected.push(Piece::Text("\u{fc}"));
        assert_eq!(all, expected);
        assert_eq!(pieces(b"").count(), 0);
    }

    #[test]
    fn times_have_the_figures_that_matter() {
        let said = |micros| elapsed(Duration::from_micros(micros));
        assert_eq!(
            [said(0), said(456), said(31_900), said(2_050_000)],
            ["<0.1 ms", "0.4 ms", "31 ms", "2.05 s"]
        );
    }
}
