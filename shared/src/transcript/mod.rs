//! The record of a session. Append-only; every view is a pure function of it and a cursor.

mod compare;
mod reads;
mod script;

use core::net::SocketAddr;

use crate::explain::Wire;
use crate::machine::{Conn, Direction, Note, OwnedInput, Tick};
use crate::table::State;

pub use compare::{Pair, compare};
use reads::Reads;
pub use reads::{READS_LIMIT, Read};
pub use script::{render, render_entry, visible};

/// Who is responsible for an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Client,
    Server,
    Lab,
}

impl Side {
    pub fn word(self) -> &'static str {
        match self {
            Side::Client => "client",
            Side::Server => "server",
            Side::Lab => "lab",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Sent(Wire),
    Received(Wire),
    /// A run of bulk octets. It grows until something else happens on its connection.
    Data {
        direction: Direction,
        head: Vec<u8>,
        octets: u64,
    },
    Connecting {
        host: String,
        port: u16,
    },
    Opened {
        local: SocketAddr,
        peer: SocketAddr,
    },
    /// No connection came about.
    Failed {
        why: String,
    },
    /// That side will send no more (FIN).
    Ended(Direction),
    /// The connection is gone.
    Reset {
        why: String,
    },
    State(&'static State),
    Note(Note),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub at: Tick,
    pub conn: Conn,
    /// Octets on this connection and in this direction before this entry.
    pub offset: u64,
    pub kind: Kind,
}

impl Entry {
    pub fn side(&self) -> Side {
        match &self.kind {
            Kind::Sent(_) | Kind::Data { direction: Direction::Sent, .. } => Side::Client,
            Kind::Received(_) | Kind::Data { direction: Direction::Received, .. } => Side::Server,
            _ => Side::Lab,
        }
    }

    pub fn wire(&self) -> Option<&Wire> {
        match &self.kind {
            Kind::Sent(wire) | Kind::Received(wire) => Some(wire),
            _ => None,
        }
    }
}

/// Of a run of bulk octets this many are kept for the views: enough to look at, and a download
/// of any size does not fill the memory.
pub const HEAD: usize = 64 * 1024;

#[derive(Clone, Debug, Default)]
pub struct Transcript {
    entries: Vec<Entry>,
    /// Received units that are not yet complete, by connection, and which entry each is.
    growing: Vec<(Conn, usize)>,
    /// Runs of bulk octets that may go on, likewise.
    runs: Vec<(Conn, usize)>,
    /// Octets so far by connection: sent, received.
    octets: Vec<(Conn, [u64; 2])>,
    reads: Reads,
}

impl Transcript {
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Octets that crossed a connection so far.
    pub fn octets(&self, conn: Conn, direction: Direction) -> u64 {
        self.octets.iter().find(|(c, _)| *c == conn).map_or(0, |(_, n)| n[index(direction)])
    }

    /// The reads of a connection so far, as they came from the wire: whatever a gate held back since.
    pub fn reads(&self, conn: Conn) -> &[Read] {
        self.reads.of(conn)
    }

    /// Something came from the wire.
    pub(crate) fn arrived(&mut self, input: &OwnedInput, at: Tick) {
        if let OwnedInput::Bytes { conn, bytes } = input {
            self.reads.add(*conn, bytes.len(), at);
        }
    }

    /// A copy that can be continued, but has only the entries that may still grow.
    pub(crate) fn bare(&self) -> Transcript {
        let mut kept: Vec<usize> =
            self.growing.iter().chain(&self.runs).map(|(_, at)| *at).collect();
        kept.sort_unstable();
        let moved = |list: &[(Conn, usize)]| {
            list.iter().map(|(conn, at)| (*conn, kept.partition_point(|k| k < at))).collect()
        };
        let entries = kept.iter().map(|at| {
            let mut entry = self.entries[*at].clone();
            if let Kind::Data { head, .. } = &mut entry.kind {
                head.clear();
            }
            entry
        });
        Transcript {
            entries: entries.collect(),
            growing: moved(&self.growing),
            runs: moved(&self.runs),
            octets: self.octets.clone(),
            reads: self.reads.bare(),
        }
    }

    /// Whether the last unit received on this connection is not yet complete.
    pub(crate) fn is_growing(&self, conn: Conn) -> bool {
        self.growing.iter().any(|(c, _)| *c == conn)
    }

    /// Shows a unit that is not yet complete; a longer one takes its place.
    pub(crate) fn push_growing(&mut self, at: Tick, conn: Conn, wire: Wire) {
        self.push(at, conn, Kind::Received(wire));
        if !self.is_growing(conn) {
            self.growing.push((conn, self.entries.len() - 1));
        }
    }

    pub(crate) fn push_received(&mut self, at: Tick, conn: Conn, wire: Wire) {
        self.push(at, conn, Kind::Received(wire));
        self.growing.retain(|(c, _)| *c != conn);
    }

    pub(crate) fn push(&mut self, at: Tick, conn: Conn, kind: Kind) {
        if let Kind::Received(wire) = &kind
            && let Some((_, entry)) = self.growing.iter().find(|(c, _)| *c == conn)
        {
            let entry = *entry;
            let before = self.entries[entry].wire().map_or(0, |wire| wire.bytes.len());
            let more = wire.bytes.len().saturating_sub(before) as u64;
            self.count(conn, Direction::Received, more);
            self.entries[entry].kind = kind;
            return;
        }
        let (direction, size) = match &kind {
            Kind::Sent(wire) => (Direction::Sent, wire.bytes.len() as u64),
            Kind::Received(wire) => (Direction::Received, wire.bytes.len() as u64),
            Kind::Data { direction, octets, .. } => (*direction, *octets),
            _ => (Direction::Sent, 0),
        };
        let offset = self.count(conn, direction, size);
        self.runs.retain(|(c, _)| *c != conn);
        if let Kind::Data { .. } = kind {
            self.runs.push((conn, self.entries.len()));
        }
        self.entries.push(Entry { at, conn, offset, kind });
    }

    /// Adds bulk octets to the run under way on this connection, or begins one.
    pub(crate) fn push_data(&mut self, at: Tick, conn: Conn, direction: Direction, bytes: &[u8]) {
        let run = self.runs.iter().find(|(c, _)| *c == conn).map(|(_, at)| *at);
        if let Some(at) = run
            && let Kind::Data { direction: d, head, octets } = &mut self.entries[at].kind
            && *d == direction
        {
            let room = HEAD.saturating_sub(head.len()).min(bytes.len());
            head.extend_from_slice(&bytes[..room]);
            *octets += bytes.len() as u64;
            self.count(conn, direction, bytes.len() as u64);
            return;
        }
        let head = bytes[..bytes.len().min(HEAD)].to_vec();
        self.push(at, conn, Kind::Data { direction, head, octets: bytes.len() as u64 });
    }

    /// Counts octets and gives how many there were before.
    fn count(&mut self, conn: Conn, direction: Direction, size: u64) -> u64 {
        let at = match self.octets.iter().position(|(c, _)| *c == conn) {
            Some(at) => at,
            None => {
                self.octets.push((conn, [0, 0]));
                self.octets.len() - 1
            }
        };
        let count = &mut self.octets[at].1[index(direction)];
        let before = *count;
        *count += size;
        before
    }
}

fn index(direction: Direction) -> usize {
    match direction {
        Direction::Sent => 0,
        Direction::Received => 1,
    }
}
