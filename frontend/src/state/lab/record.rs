//! The record of the page: the entries of this session and of the ones before it, which of them is
//! shown, and machines and world as they were then.

use shared::dialogue::Dialogue;
use shared::machine::Client;
use shared::transcript::{Entry, Kind};
use shared::world::World;

use super::{Lab, Turn};

impl Lab {
    /// The client machine at the shown step.
    pub fn client(&self) -> &dyn Client {
        self.moment().map_or(self.session(), Dialogue::session).client()
    }

    /// The client machine before the last unit of the shown step crossed the wire.
    pub fn client_before(&self) -> Option<&dyn Client> {
        Some(self.moment_before()?.session().client())
    }

    /// The practice servers' world at the shown step.
    pub fn world(&self) -> &World {
        self.moment().map_or(self.world_now(), Dialogue::world)
    }

    /// The world before the last unit of the shown step crossed the wire.
    pub fn world_before(&self) -> Option<&World> {
        Some(self.moment_before()?.world())
    }

    /// Whether a view may ask for the step before: while content flows, that would be worked out anew
    /// with each piece.
    pub fn is_settled(&self) -> bool {
        self.moment_at().is_some() || self.turn() != Turn::Servers
    }

    /// The world when this session began.
    pub fn world_at_start(&self) -> &World {
        self.tape.start().world()
    }

    /// Whether the shown step is too far in for machines and world to have been kept.
    pub fn moment_is_lost(&self) -> bool {
        self.moment_at().is_some() && self.moment().is_none()
    }

    /// How many entries there are at the moment whose state and world are shown; `None` is now.
    pub fn moment_at(&self) -> Option<usize> {
        let at = self.selected.map(|n| n + 1).or(self.cursor)?;
        (at < self.len()).then_some(at)
    }

    /// How many entries the views show: all of them unless an earlier step is looked at.
    pub fn shown_len(&self) -> usize {
        self.cursor.unwrap_or_else(|| self.len())
    }

    /// Number of entries, those of earlier sessions included.
    pub fn len(&self) -> usize {
        self.past_len() + self.tape.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn entry(&self, mut n: usize) -> Option<&Entry> {
        for tape in self.past.iter().chain([&self.tape]) {
            let entries = tape.live().session().transcript().entries();
            match entries.get(n) {
                Some(entry) => return Some(entry),
                None => n -= entries.len(),
            }
        }
        None
    }

    /// Every entry that is shown, those of earlier sessions first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        let tapes = self.past.iter().chain([&self.tape]);
        let entries = tapes.flat_map(|tape| tape.live().session().transcript().entries());
        entries.take(self.shown_len())
    }

    /// The entry that the panes show: the one selected, or the last one that crossed the wire.
    pub fn shown(&self) -> Option<usize> {
        self.selected.or_else(|| self.crossed_before(self.shown_len()))
    }

    pub fn selected(&self) -> Option<usize> {
        self.selected
    }

    pub fn select(&mut self, entry: Option<usize>, octet: usize) {
        let entry = entry.filter(|n| *n < self.shown_len());
        if entry != self.selected {
            self.slow = false;
        }
        self.selected = entry;
        self.octet = octet;
        self.forget_moments();
    }

    /// The entry of the page that is the session's entry `n`.
    pub fn of_session(&self, n: usize) -> usize {
        self.past_len() + n
    }

    pub(super) fn past_len(&self) -> usize {
        self.past.iter().map(|tape| tape.len()).sum()
    }

    /// The last entry before `n` that crossed the wire.
    pub(super) fn crossed_before(&self, n: usize) -> Option<usize> {
        self.index().crossed(n)
    }

    pub(super) fn forget_moments(&mut self) {
        self.moment.take();
        self.moment_before.take();
    }

    fn moment(&self) -> Option<&Dialogue> {
        let look = || self.dialogue_at(self.moment_at()?);
        self.moment.get_or_init(look).as_ref()
    }

    fn moment_before(&self) -> Option<&Dialogue> {
        let look = || {
            let shown = self.moment_at().unwrap_or_else(|| self.len());
            self.dialogue_at(self.crossed_before(shown)?)
        };
        self.moment_before.get_or_init(look).as_ref()
    }

    /// Machines and world when the first `n` entries of the page were there; `None` if they were
    /// not kept.
    fn dialogue_at(&self, mut n: usize) -> Option<Dialogue> {
        for tape in &self.past {
            if n <= tape.len() {
                return tape.at(n).ok();
            }
            n -= tape.len();
        }
        self.tape.at(n).ok()
    }
}

/// Whether octets of this entry crossed the wire.
pub(super) fn crosses(entry: &Entry) -> bool {
    entry.wire().is_some() || matches!(entry.kind, Kind::Data { .. })
}
