//! What the practice servers' faults remember from one connection to the next.

use std::collections::BTreeMap;

/// Past so many things the tally begins anew, so that nobody can fill it.
const LIMIT: usize = 1000;

#[derive(Clone, Debug, Default)]
pub struct Tally(BTreeMap<String, u32>);

impl Tally {
    /// How often this has happened, this time included.
    pub fn count(&mut self, what: &str) -> u32 {
        if self.0.len() >= LIMIT && !self.0.contains_key(what) {
            self.0.clear();
        }
        let count = self.0.entry(what.into()).or_default();
        *count = count.wrapping_add(1);
        *count
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }
}
