//! The dialogue as a ladder: two lines for each connection, and a rung for each thing that happened.
//!
//! It is made from a part of the transcript, so that a long session costs no more than a short one:
//! a connection that opened before that part is drawn from its top.

mod export;
mod scene;
mod words;

use std::time::Duration;

use shared::machine::{Conn, Direction, Tick};
use shared::transcript::{Entry, Kind};

use crate::text::t;

pub use export::{ALL as EXPORTED, svg};
pub use scene::{Group, Head, Scene, Shape};
pub(crate) use scene::{run, tip};
pub use words::label;

/// Entries drawn at once.
pub const WINDOW: usize = 200;

/// The height of a rung. It can be hit with a finger.
pub const RUNG: i32 = 30;
/// A pixel to scale is a millisecond; what took longer than this many is cut and says so.
const CUT: i32 = 90;
/// Where the names of the lanes stand.
const TOP: i32 = 8;
const NAME: i32 = 22;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Whether time that passed takes room.
    pub to_scale: bool,
    /// From one line of a lane to the other.
    pub width: i32,
}

/// What a rung shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A command or a reply.
    Unit,
    /// A run of bulk octets.
    Data,
    Connect,
    Fin,
    Open,
    /// Reset, or never opened.
    Gone,
    State,
    Note,
}

#[derive(Debug)]
pub struct Rung {
    /// The entry's number.
    pub n: usize,
    pub lane: usize,
    pub what: What,
    /// `None` for what goes neither way.
    pub direction: Option<Direction>,
    /// Of its middle.
    pub y: i32,
    pub at: Tick,
    /// Since the rung before it.
    pub wait: Duration,
    /// The time before it is not drawn to scale.
    pub cut: bool,
    pub label: String,
}

#[derive(Debug)]
pub struct Lane {
    pub conn: Conn,
    pub name: String,
    /// A lane that has ended leaves its column to others.
    pub column: usize,
    pub top: i32,
    pub bottom: i32,
    /// By the client's side, by the server's.
    ended: [bool; 2],
}

impl Lane {
    pub fn is_over(&self) -> bool {
        self.ended == [true, true]
    }
}

#[derive(Debug)]
pub struct Ladder {
    pub lanes: Vec<Lane>,
    pub rungs: Vec<Rung>,
    pub columns: usize,
    pub height: i32,
    pub options: Options,
}

/// The first entry of the part to draw: the shown step is in it, and it does not move with every step.
pub fn window(shown: usize, len: usize) -> usize {
    let last = len.saturating_sub(WINDOW);
    if shown >= last { last } else { shown.saturating_sub(WINDOW / 2) / 50 * 50 }
}

/// Whether the entry goes from one side to the other.
pub fn is_arrow(entry: &Entry) -> bool {
    kind(&entry.kind).1.is_some()
}

impl Ladder {
    pub fn of<'a>(entries: impl Iterator<Item = (usize, &'a Entry)>, options: Options) -> Ladder {
        let mut ladder =
            Ladder { lanes: Vec::new(), rungs: Vec::new(), columns: 0, height: TOP, options };
        for (n, entry) in entries {
            ladder.add(n, entry);
        }
        ladder.height += RUNG / 2;
        for lane in &mut ladder.lanes {
            if !lane.is_over() {
                lane.bottom = ladder.height;
            }
        }
        ladder.columns = ladder.lanes.iter().map(|lane| lane.column + 1).max().unwrap_or(1);
        ladder
    }

    pub fn rung(&self, n: usize) -> Option<&Rung> {
        let at = self.rungs.binary_search_by_key(&n, |rung| rung.n).ok()?;
        self.rungs.get(at)
    }

    fn add(&mut self, n: usize, entry: &Entry) {
        let (what, direction) = kind(&entry.kind);
        let begin = self.rungs.last().map_or(entry.at, |rung| rung.at);
        let wait = entry.at.0.saturating_sub(begin.0);
        let millis = i32::try_from(wait.as_millis()).unwrap_or(i32::MAX);
        let cut = self.options.to_scale && millis > CUT;
        if self.options.to_scale {
            self.height += millis.min(CUT);
        }
        let lane = self.lane_of(entry, what);
        let y = self.height + RUNG / 2;
        self.height += RUNG;
        let lane_now = &mut self.lanes[lane];
        // The machine's own marks stand beside the lane, whether or not it is over.
        if !matches!(what, What::State | What::Note) {
            lane_now.bottom = y;
        }
        match (what, direction) {
            (What::Fin, Some(Direction::Sent)) => lane_now.ended[0] = true,
            (What::Fin, _) => lane_now.ended[1] = true,
            (What::Gone, _) => lane_now.ended = [true, true],
            _ => {}
        }
        let label = label(entry);
        self.rungs.push(Rung { n, lane, what, direction, y, at: entry.at, wait, cut, label });
    }

    /// The lane that this belongs to; one that begins makes room for its name.
    fn lane_of(&mut self, entry: &Entry, what: What) -> usize {
        let last = self.lanes.iter().rposition(|lane| lane.conn == entry.conn);
        let begins = match (what, last) {
            (What::Connect, _) => true,
            // After Connect it is the same lane.
            (What::Open, Some(last)) => self.lanes[last].is_over() || !self.is_dialled(last),
            _ => false,
        };
        if let Some(last) = last.filter(|_| !begins) {
            return last;
        }
        let top = if begins || what == What::Open || self.rungs.is_empty() {
            self.height += NAME;
            self.height - NAME
        } else {
            TOP
        };
        let free = |column: &usize| {
            let mut there = self.lanes.iter().filter(|lane| lane.column == *column);
            there.all(|lane| lane.is_over() && lane.bottom <= top)
        };
        let column = (0..).find(free).unwrap_or(0);
        let name = match entry.conn {
            Conn::MAIN => t!("lane-main").into(),
            Conn(n) => t!("lane-other", number = n),
        };
        let lane = Lane { conn: entry.conn, name, column, top, bottom: top, ended: [false; 2] };
        self.lanes.push(lane);
        self.lanes.len() - 1
    }

    /// Whether the last thing on this lane was the client's wish to connect.
    fn is_dialled(&self, lane: usize) -> bool {
        let last = self.rungs.iter().rev().find(|rung| rung.lane == lane);
        last.is_some_and(|rung| rung.what == What::Connect)
    }
}

fn kind(kind: &Kind) -> (What, Option<Direction>) {
    match kind {
        Kind::Sent(_) => (What::Unit, Some(Direction::Sent)),
        Kind::Received(_) => (What::Unit, Some(Direction::Received)),
        Kind::Data { direction, .. } => (What::Data, Some(*direction)),
        Kind::Connecting { .. } => (What::Connect, Some(Direction::Sent)),
        Kind::Opened { .. } => (What::Open, None),
        Kind::Failed { .. } | Kind::Reset { .. } => (What::Gone, None),
        Kind::Ended(direction) => (What::Fin, Some(*direction)),
        Kind::State(_) => (What::State, None),
        Kind::Note(_) => (What::Note, None),
    }
}

#[cfg(test)]
mod tests;
