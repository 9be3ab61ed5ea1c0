//! The record of the page: the entries of this session and of the ones before it, and which of them is shown.

use shared::machine::Client;
use shared::transcript::Entry;
use shared::world::World;

use super::Lab;

impl Lab {
    /// The client machine at the shown step.
    pub fn client(&self) -> &dyn Client {
        self.session.client()
    }

    /// The practice servers' world at the shown step.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// How many entries the views show: all of them unless an earlier step is looked at.
    pub fn shown_len(&self) -> usize {
        self.len()
    }

    /// Number of entries, those of earlier sessions included.
    pub fn len(&self) -> usize {
        self.past.len() + self.session.transcript().entries().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn entry(&self, n: usize) -> Option<&Entry> {
        match n.checked_sub(self.past.len()) {
            None => self.past.get(n),
            Some(n) => self.session.transcript().entries().get(n),
        }
    }

    /// Every entry, those of earlier sessions first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.past.iter().chain(self.session.transcript().entries())
    }

    /// The entry that the panes show: the one selected, or the last one that crossed the wire.
    pub fn shown(&self) -> Option<usize> {
        self.selected.or_else(|| self.crossed())
    }

    pub fn selected(&self) -> Option<usize> {
        self.selected
    }

    pub fn select(&mut self, entry: Option<usize>, octet: usize) {
        self.selected = entry.filter(|n| *n < self.len());
        self.octet = octet;
    }

    /// The entry of the page that is the session's entry `n`.
    pub fn of_session(&self, n: usize) -> usize {
        self.past.len() + n
    }
}
