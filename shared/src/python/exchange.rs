//! What was sent and what came back for it.

use core::ops::Range;

use crate::explain::{Outcome, Wire, common};
use crate::machine::{Conn, Direction};
use crate::transcript::{Entry, Kind};

/// What the client sent in one go on the main connection, and everything until it sends again.
#[derive(Clone, Debug)]
pub struct Exchange<'a> {
    /// Where it stands in the transcript.
    pub range: Range<usize>,
    entries: &'a [Entry],
    masked: bool,
}

/// The exchanges among these entries, of which the first is number `base` of the transcript. In the ones that are
/// `masked`, secrets do not appear.
pub fn exchanges(entries: &[Entry], base: usize, masked: bool) -> Vec<Exchange<'_>> {
    let mut starts = Vec::new();
    let mut answered = true;
    for (at, entry) in entries.iter().enumerate() {
        match entry.kind {
            Kind::Sent(_) if entry.conn == Conn::MAIN && answered => {
                starts.push(at);
                answered = false;
            }
            Kind::Received(_) => answered = true,
            _ => {}
        }
    }
    let ends = starts.iter().skip(1).copied().chain([entries.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| Exchange {
            range: base + start..base + end,
            entries: &entries[*start..end],
            masked,
        })
        .collect()
}

impl Exchange<'_> {
    /// What was sent, without its last line end; several commands of one write are joined by LF.
    pub fn sent(&self) -> String {
        let texts: Vec<String> = self.units().map(|wire| self.text(wire)).collect();
        texts.join("\n")
    }

    /// Whether it is one command, as the lab composes it: not several in one write, and not octets of the person's own.
    pub fn is_plain(&self) -> bool {
        let own = |wire: &Wire| wire.spans.iter().any(|span| *span.term == common::OFF_SCRIPT);
        self.units().count() == 1 && !self.units().any(own)
    }

    /// What was sent, octet for octet.
    pub fn octets(&self) -> Vec<u8> {
        self.units().flat_map(|wire| self.bytes(wire)).collect()
    }

    /// The content that was sent in pieces after the reply, if the transcript has kept the whole of it; empty if
    /// there was none.
    pub fn sent_content(&self) -> Option<Vec<u8>> {
        let mut all = Vec::new();
        for entry in self.entries.iter().filter(|entry| entry.conn == Conn::MAIN) {
            if let Kind::Data { direction: Direction::Sent, head, octets } = &entry.kind {
                all.extend_from_slice(head);
                if head.len() as u64 != *octets {
                    return None;
                }
            }
        }
        Some(all)
    }

    /// Every line that came back, without its end.
    pub fn lines(&self) -> Vec<Vec<u8>> {
        let all: Vec<u8> = self.received().flat_map(|wire| self.bytes(wire)).collect();
        all.split_inclusive(|b| *b == b'\n')
            .map(|line| line.strip_suffix(b"\n").unwrap_or(line))
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line).to_vec())
            .collect()
    }

    /// Its replies in order: each with its lines joined by LF, without the last line end.
    pub fn replies(&self) -> Vec<String> {
        self.received().filter(|wire| wire.outcome.is_some()).map(|wire| self.text(wire)).collect()
    }

    /// The last reply; empty if there is none.
    pub fn reply(&self) -> String {
        self.replies().pop().unwrap_or_default()
    }

    /// How the last reply ended the command.
    pub fn outcome(&self) -> Option<Outcome> {
        self.received().filter_map(|wire| wire.outcome).last()
    }

    /// The octets of the block that followed, as they crossed the wire.
    pub fn block(&self) -> Vec<u8> {
        let blocks = self.received().filter(|wire| wire.outcome.is_none());
        blocks.flat_map(|wire| self.bytes(wire)).collect()
    }

    /// The content that came, as much of it as the transcript keeps.
    pub fn content(&self) -> Vec<u8> {
        let runs = self.entries.iter().filter_map(|entry| match &entry.kind {
            Kind::Data { direction: Direction::Received, head, .. } => Some(head.as_slice()),
            _ => None,
        });
        runs.flatten().copied().collect()
    }

    fn units(&self) -> impl Iterator<Item = &Wire> {
        self.entries.iter().filter_map(|entry| match &entry.kind {
            Kind::Sent(wire) if entry.conn == Conn::MAIN => Some(wire),
            _ => None,
        })
    }

    fn received(&self) -> impl Iterator<Item = &Wire> {
        self.entries.iter().filter_map(|entry| match &entry.kind {
            Kind::Received(wire) if entry.conn == Conn::MAIN => Some(wire),
            _ => None,
        })
    }

    fn bytes(&self, wire: &Wire) -> Vec<u8> {
        if self.masked { wire.masked() } else { wire.bytes.clone() }
    }

    fn text(&self, wire: &Wire) -> String {
        let bytes = self.bytes(wire);
        let bytes = bytes.strip_suffix(b"\r\n").unwrap_or(&bytes);
        String::from_utf8_lossy(bytes).replace("\r\n", "\n")
    }
}
