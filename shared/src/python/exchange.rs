//! What was sent and what came back for it.

use core::net::SocketAddr;
use core::ops::Range;

use super::Played;
use crate::explain::{Outcome, Wire, common};
use crate::machine::{Conn, Direction};
use crate::table::State;
use crate::transcript::{Entry, Kind};

/// What the client sent in one go, and everything until it sends again. What a machine sends by itself begins none.
#[derive(Clone)]
pub struct Exchange<'a> {
    /// Where it stands in the transcript.
    pub range: Range<usize>,
    /// The connection that it was sent on: the main one, unless each request has its own.
    pub conn: Conn,
    /// Everything since the session began.
    pub session: &'a [Entry],
    /// The methods that were played in the session, before it and after it.
    pub played: &'a [&'a Played],
    entries: &'a [Entry],
    masked: bool,
}

/// The host and the port that a session was opened to.
pub fn server(session: &[Entry]) -> (&str, u16) {
    let opened = session.iter().find_map(|entry| match &entry.kind {
        Kind::Connecting { host, port } if entry.conn == Conn::MAIN => Some((host.as_str(), *port)),
        _ => None,
    });
    opened.unwrap_or_default()
}

/// The exchanges among these entries of a session. In the ones that are `masked`, secrets do not appear.
pub fn exchanges(session: &[Entry], among: Range<usize>, masked: bool) -> Vec<Exchange<'_>> {
    exchanges_beside(session, among, &[], masked)
}

/// The same in a session in which these methods were played.
pub(super) fn exchanges_beside<'a>(
    session: &'a [Entry],
    among: Range<usize>,
    played: &'a [&'a Played],
    masked: bool,
) -> Vec<Exchange<'a>> {
    let mut starts: Vec<usize> = Vec::new();
    let mut answered = true;
    for (at, entry) in session.iter().enumerate().take(among.end).skip(among.start) {
        match &entry.kind {
            Kind::Sent(wire) if !wire.by_itself => {
                let other = starts.last().is_some_and(|start| session[*start].conn != entry.conn);
                if answered || other {
                    starts.push(at);
                }
                answered = false;
            }
            Kind::Received(_) => answered = true,
            _ => {}
        }
    }
    let ends = starts.iter().skip(1).copied().chain([among.end]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| Exchange {
            range: *start..end,
            conn: session[*start].conn,
            session,
            played,
            entries: &session[*start..end],
            masked,
        })
        .collect()
}

/// Puts those together whose answer `joins` tells to be only the leave to go on with the same command.
pub fn joined<'a>(
    exchanges: Vec<Exchange<'a>>,
    joins: impl Fn(&Exchange<'_>) -> bool,
) -> Vec<Exchange<'a>> {
    let mut all: Vec<Exchange<'a>> = Vec::new();
    for exchange in exchanges {
        match all.last_mut() {
            Some(last) if last.range.end == exchange.range.start && joins(last) => {
                last.range.end = exchange.range.end;
                last.entries = &last.session[last.range.clone()];
            }
            _ => all.push(exchange),
        }
    }
    all
}

impl Exchange<'_> {
    /// What was sent, without its last line end; several commands of one write are joined by LF.
    pub fn sent(&self) -> String {
        let texts: Vec<String> = self.units().map(|wire| self.text(wire)).collect();
        texts.join("\n")
    }

    /// Whether it is one command, as the lab composes it: not several in one write, and not octets of the person's own.
    pub fn is_plain(&self) -> bool {
        self.units().count() == 1 && !self.is_off_script()
    }

    /// Whether there are octets of the person's own in it, which are no command that the lab knows.
    pub fn is_off_script(&self) -> bool {
        self.units().any(|wire| wire.spans.iter().any(|span| *span.term == common::OFF_SCRIPT))
    }

    /// Everything that went this way on the main connection, content included; nothing, if the transcript has not
    /// kept the whole of it.
    pub fn whole(&self, way: Direction) -> Option<Vec<u8>> {
        let mut all = Vec::new();
        for entry in self.entries.iter().filter(|entry| entry.conn == Conn::MAIN) {
            match &entry.kind {
                Kind::Sent(wire) if way == Direction::Sent => all.extend(self.bytes(wire)),
                Kind::Received(wire) if way == Direction::Received => all.extend(self.bytes(wire)),
                Kind::Data { direction, head, octets } if *direction == way => {
                    all.extend_from_slice(head);
                    if head.len() as u64 != *octets {
                        return None;
                    }
                }
                _ => {}
            }
        }
        Some(all)
    }

    /// With its secrets.
    pub fn clear(&self) -> Self {
        Exchange { masked: false, ..self.clone() }
    }

    pub fn is_masked(&self) -> bool {
        self.masked
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
        self.data(Direction::Received).0
    }

    /// The content that went this way: as much of it as the transcript keeps, and how many octets it has.
    pub fn data(&self, way: Direction) -> (Vec<u8>, u64) {
        let mut all = (Vec::new(), 0);
        for entry in self.entries {
            if let Kind::Data { direction, head, octets } = &entry.kind
                && *direction == way
            {
                all.0.extend_from_slice(head);
                all.1 += octets;
            }
        }
        all
    }

    /// Everything that came on its connection, content included, as much of it as the transcript keeps.
    pub fn everything(&self) -> Vec<u8> {
        let came = self.entries.iter().filter(|entry| entry.conn == self.conn);
        let came = came.filter_map(|entry| match &entry.kind {
            Kind::Received(wire) => Some(wire.bytes.as_slice()),
            Kind::Data { direction: Direction::Received, head, .. } => Some(head.as_slice()),
            _ => None,
        });
        came.flatten().copied().collect()
    }

    /// Its connection has ended or broken.
    pub fn is_over(&self) -> bool {
        let ends =
            |kind: &Kind| matches!(kind, Kind::Ended(Direction::Received) | Kind::Reset { .. });
        self.entries.iter().any(|entry| entry.conn == self.conn && ends(&entry.kind))
    }

    /// What came of another connection that it asked for; `Err`: why there is none.
    pub fn opened(&self) -> Option<Result<(), &str>> {
        let others = self.entries.iter().filter(|entry| entry.conn != Conn::MAIN);
        others.rev().find_map(|entry| match &entry.kind {
            Kind::Opened { .. } => Some(Ok(())),
            Kind::Failed { why } => Some(Err(why.as_str())),
            _ => None,
        })
    }

    /// Another connection was accepted, not asked for.
    pub fn has_accepted(&self) -> bool {
        let opened = |conn: Conn| {
            self.session
                .iter()
                .any(|entry| entry.conn == conn && matches!(entry.kind, Kind::Connecting { .. }))
        };
        self.entries.iter().any(|entry| {
            entry.conn != Conn::MAIN
                && matches!(entry.kind, Kind::Opened { .. })
                && !opened(entry.conn)
        })
    }

    /// Whether anything happened on another connection.
    pub fn has_others(&self) -> bool {
        self.entries.iter().any(|entry| entry.conn != Conn::MAIN)
    }

    /// What the lab said right before it.
    pub fn note_before(&self) -> Option<&str> {
        match &self.session[..self.range.start].last()?.kind {
            Kind::Note(note) => Some(&note.text),
            _ => None,
        }
    }

    /// The state that the session was in before it.
    pub fn state_before(&self) -> Option<&'static State> {
        self.session[..self.range.start].iter().rev().find_map(|entry| match entry.kind {
            Kind::State(state) => Some(state),
            _ => None,
        })
    }

    /// The host and the port that the session was opened to.
    pub fn server(&self) -> (&str, u16) {
        server(self.session)
    }

    /// The client's own end of the main connection.
    pub fn local(&self) -> Option<SocketAddr> {
        self.session.iter().find_map(|entry| match &entry.kind {
            Kind::Opened { local, .. } if entry.conn == Conn::MAIN => Some(*local),
            _ => None,
        })
    }

    fn units(&self) -> impl Iterator<Item = &Wire> {
        self.entries.iter().filter_map(|entry| match &entry.kind {
            Kind::Sent(wire) if entry.conn == self.conn && !wire.by_itself => Some(wire),
            _ => None,
        })
    }

    fn received(&self) -> impl Iterator<Item = &Wire> {
        self.entries.iter().filter_map(|entry| match &entry.kind {
            Kind::Received(wire) if entry.conn == self.conn => Some(wire),
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
