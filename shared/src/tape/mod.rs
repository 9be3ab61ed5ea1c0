//! The record of everything that happened to a dialogue, from which any of its steps can be shown
//! again, and another end be tried.
//!
//! Events are kept, not states. Every so often a copy of the machines and the world is put beside
//! them, without the transcript, so that a step far in is shown at once.

mod code;
#[cfg(test)]
mod tests;

use crate::dialogue::{Dialogue, Event};
use crate::machine::{OwnedInput, Refused, Tick};
use crate::session::Effect;

pub use code::{Reader, Writer};

/// A copy is made each time that so many events have passed: playing them takes some milliseconds.
const SNAPSHOT_EVERY: usize = 256;

/// The octets of events kept: a hundred thousand commands and replies take half of it. What happens
/// after that is not kept, and cannot be shown again.
pub const LIMIT: usize = 24 * 1024 * 1024;

/// What an event takes beside its octets.
const OVERHEAD: usize = 64;

#[derive(Clone)]
struct Moment {
    at: Tick,
    event: Event,
    /// Entries of the transcript after it.
    entries: u32,
}

#[derive(Clone)]
pub struct Tape {
    live: Dialogue,
    moments: Vec<Moment>,
    /// The dialogue before so many events; the first before any.
    snapshots: Vec<(usize, Dialogue)>,
    octets: usize,
    limit: usize,
}

/// Why a step is not shown as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotKept;

impl Tape {
    /// `start` is a dialogue to which nothing has happened.
    pub fn new(start: Dialogue) -> Tape {
        Tape::with_limit(start, LIMIT)
    }

    pub fn with_limit(start: Dialogue, limit: usize) -> Tape {
        let snapshots = vec![(0, start.bare())];
        Tape { live: start, moments: Vec::new(), snapshots, octets: 0, limit }
    }

    /// The dialogue before anything happened.
    pub fn start(&self) -> &Dialogue {
        &self.snapshots[0].1
    }

    pub fn live(&self) -> &Dialogue {
        &self.live
    }

    /// Lets it happen, and keeps it if anything did. Tells whether.
    pub fn act(&mut self, event: Event, now: Tick) -> Result<bool, Refused> {
        let done = self.live.apply(&event, now)?;
        if done {
            self.keep(event, now);
        }
        Ok(done)
    }

    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.live.poll_effect()
    }

    /// Entries of the transcript.
    pub fn len(&self) -> usize {
        self.live.session().transcript().entries().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every event so far.
    pub fn events(&self) -> impl ExactSizeIterator<Item = (Tick, &Event)> {
        self.moments.iter().map(|moment| (moment.at, &moment.event))
    }

    /// Whether nothing was left out because of the limit.
    pub fn is_whole(&self) -> bool {
        self.octets <= self.limit
    }

    /// Machines and world as they stood when the first `entries` entries were there and no more.
    /// Of its transcript it has only what came since some earlier step.
    pub fn at(&self, entries: usize) -> Result<Dialogue, NotKept> {
        if entries == 0 {
            return self.played(0);
        }
        // Entries that came with one event are told apart if octets brought them.
        let inside = self.moments.partition_point(|moment| (moment.entries as usize) < entries);
        let exact = self.moments.get(inside).is_some_and(|m| m.entries as usize == entries);
        let whole = inside + usize::from(exact);
        let mut dialogue = self.played(whole)?;
        if !exact && inside < self.moments.len() {
            let before = inside.checked_sub(1).map_or(0, |at| self.moments[at].entries as usize);
            let Moment { event, at, .. } = &self.moments[inside];
            dialogue.apply_until(event, *at, entries - before);
        }
        Ok(dialogue)
    }

    /// How many entries there are once everything is over that brought entry `entry`: where a fork
    /// can begin.
    pub fn fork_point(&self, entry: usize) -> Option<usize> {
        let inside = self.moments.partition_point(|moment| (moment.entries as usize) <= entry);
        self.moments.get(inside).map(|moment| moment.entries as usize)
    }

    /// Another dialogue that begins with the events that brought the entries up to `entry`, and
    /// what of it the host still has to carry out.
    pub fn fork(&self, entry: usize) -> Result<Tape, NotKept> {
        let events = self.moments.partition_point(|moment| (moment.entries as usize) <= entry) + 1;
        if events > self.moments.len() && !self.is_whole() {
            return Err(NotKept);
        }
        Ok(self.replay(events.min(self.moments.len())))
    }

    /// Plays the first `events` events anew.
    pub fn replay(&self, events: usize) -> Tape {
        let mut tape = Tape::with_limit(self.start().clone(), self.limit);
        for Moment { at, event, .. } in &self.moments[..events] {
            let done = tape.act(event.clone(), *at);
            debug_assert!(done.is_ok(), "an event is refused the second time: {event:?}");
            tape.forget_effects();
        }
        tape
    }

    /// What happened before is played again: what was done for the host then is not done again.
    pub fn forget_effects(&mut self) {
        self.live.forget_effects();
    }

    fn keep(&mut self, event: Event, now: Tick) {
        self.octets += OVERHEAD + octets(&event);
        if !self.is_whole() {
            return;
        }
        let entries = u32::try_from(self.len()).unwrap_or(u32::MAX);
        // Many commands in one event take long to play.
        let is_long = matches!(event, Event::Typed(OwnedInput::Batch(_)));
        self.moments.push(Moment { at: now, event, entries });
        let since = self.moments.len() - self.snapshots.last().map_or(0, |(before, _)| *before);
        if is_long || since >= SNAPSHOT_EVERY {
            let mut copy = self.live.bare();
            // The host does with the live one what there is to do.
            copy.forget_effects();
            self.snapshots.push((self.moments.len(), copy));
        }
    }

    /// The dialogue after so many events, from the last copy before them.
    fn played(&self, events: usize) -> Result<Dialogue, NotKept> {
        if events == self.moments.len() && self.is_whole() {
            return Ok(self.live.bare());
        }
        if events == self.moments.len() {
            return Err(NotKept);
        }
        let at = self.snapshots.partition_point(|(before, _)| *before <= events) - 1;
        let (before, snapshot) = &self.snapshots[at];
        let mut dialogue = snapshot.clone();
        for Moment { at, event, .. } in &self.moments[*before..events] {
            let done = dialogue.apply(event, *at);
            debug_assert!(done.is_ok(), "an event is refused the second time: {event:?}");
            dialogue.forget_effects();
        }
        Ok(dialogue)
    }
}

fn octets(event: &Event) -> usize {
    match event {
        Event::Typed(input) | Event::Arrived(input) => OwnedInput::octets(input),
        _ => 0,
    }
}
