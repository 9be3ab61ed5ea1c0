//! Going through the record: back and forward, and by the clock. Looking at an earlier step changes
//! nothing; the session stays where it is.

use std::time::Duration;

use shared::dialogue::Event;
use shared::machine::Tick;
use shared::session::{Breakpoint, Gate, Mode};
use shared::transcript::Kind;

use super::record::crosses;
use super::{Lab, Turn};

/// How fast a dialogue runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    #[default]
    AtOnce,
    /// In hundredths of a step a second.
    Steps(u16),
}

impl Pace {
    pub const ALL: [Pace; 6] = [
        Pace::AtOnce,
        Pace::Steps(400),
        Pace::Steps(200),
        Pace::Steps(100),
        Pace::Steps(50),
        Pace::Steps(25),
    ];

    pub fn label(self) -> &'static str {
        match self {
            Pace::AtOnce => "at once",
            Pace::Steps(400) => "4\u{d7}",
            Pace::Steps(200) => "2\u{d7}",
            Pace::Steps(50) => "\u{bd}\u{d7}",
            Pace::Steps(25) => "\u{bc}\u{d7}",
            Pace::Steps(_) => "1\u{d7}",
        }
    }

    fn interval(self) -> Option<Duration> {
        match self {
            Pace::AtOnce => None,
            Pace::Steps(hundredths) => Some(Duration::from_secs(100) / hundredths.into()),
        }
    }
}

impl Lab {
    /// An earlier step is looked at.
    pub fn is_back(&self) -> bool {
        self.cursor.is_some()
    }

    /// Looks at the step before the shown one. `false`: there is none.
    pub fn step_back(&mut self) -> bool {
        match self.crossed_before(self.shown_len()) {
            Some(n) if n > 0 => {
                self.go_to(n);
                true
            }
            _ => false,
        }
    }

    /// Looks at the step after the shown one; at the end, opens a gate.
    pub fn step_forward(&mut self, now: Tick) {
        let Some(cursor) = self.cursor else { return self.step(now) };
        let mut crossing = (cursor..self.len()).filter(|n| self.entry(*n).is_some_and(crosses));
        crossing.next();
        match crossing.next() {
            Some(next) => self.go_to(next),
            None => self.back_to_live(),
        }
    }

    /// Shows only the first `entries` entries, and the step that they end with.
    pub fn go_to(&mut self, entries: usize) {
        self.cursor = (entries < self.len()).then_some(entries.max(1));
        self.select(None, 0);
    }

    pub fn back_to_live(&mut self) {
        self.cursor = None;
        self.select(None, 0);
    }

    /// Opens a gate once.
    pub fn step(&mut self, now: Tick) {
        self.happens(Event::Step, now);
    }

    /// What the person chose; a pace makes a run of steps.
    pub fn set_mode(&mut self, mode: Mode, now: Tick) {
        self.slow = false;
        self.playing = mode == Mode::Run && self.pace != Pace::AtOnce;
        self.predictions = None;
        let mode = if self.playing { Mode::Step } else { mode };
        if mode != self.session().mode() {
            self.happens(Event::Mode(mode), now);
        }
    }

    /// Whether the dialogue goes on without steps by hand.
    pub fn mode(&self) -> Mode {
        if self.playing { Mode::Run } else { self.session().mode() }
    }

    pub fn set_pace(&mut self, pace: Pace, now: Tick) {
        let runs = self.mode() == Mode::Run;
        self.pace = pace;
        if runs {
            self.set_mode(Mode::Run, now);
        }
    }

    /// Plays what is recorded from the shown step on, or stops.
    pub fn set_playing(&mut self, on: bool) {
        self.playing = on;
        if on && self.pace == Pace::AtOnce {
            self.pace = Pace::Steps(100);
        }
    }

    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// Goes through the shown entry octet by octet, or stops.
    pub fn set_slow_motion(&mut self, on: bool) {
        let Some(shown) = self.shown().filter(|_| on) else {
            self.slow = false;
            return;
        };
        self.select(Some(shown), 0);
        self.slow = true;
    }

    pub fn is_slow_motion(&self) -> bool {
        self.slow
    }

    pub fn set_breakpoints(&mut self, list: Vec<Breakpoint>, now: Tick) {
        self.happens(Event::Breakpoints(list), now);
    }

    /// After how long [`Lab::tick`] is to be called next.
    pub fn wants_tick(&self) -> Option<Duration> {
        if self.slow {
            return Some(self.pace.interval().unwrap_or(Duration::from_secs(1)) / 4);
        }
        let waits = self.cursor.is_some() || self.turn() == Turn::Held;
        self.pace.interval().filter(|_| self.playing && waits)
    }

    /// Takes the step that the clock was waited for.
    pub fn tick(&mut self, now: Tick) {
        if self.slow {
            self.next_octet();
        } else if self.playing && (self.is_back() || self.session().gate() != Gate::Open) {
            self.step_forward(now);
            let stops =
                self.session().stopped_at().is_some() || self.is_back() && self.stops_here();
            self.playing &= !stops;
        }
    }

    /// Whether the record is at a breakpoint.
    fn stops_here(&self) -> bool {
        let entry = self.crossed_before(self.shown_len()).and_then(|n| self.entry(n));
        let points = self.session().breakpoints();
        entry.is_some_and(|entry| points.iter().any(|point| point.is_at(&entry.kind)))
    }

    fn next_octet(&mut self) {
        let octets =
            self.selected.and_then(|n| self.entry(n)).map_or(0, |entry| match &entry.kind {
                Kind::Sent(wire) | Kind::Received(wire) => wire.bytes.len(),
                Kind::Data { head, .. } => head.len(),
                _ => 0,
            });
        if self.octet + 1 < octets {
            self.octet += 1;
        } else {
            self.slow = false;
        }
    }
}
