//! What a person has marked in the record: rows hidden by hand, and markers. Keyed by the number of the entry.

use std::collections::BTreeSet;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    hidden: BTreeSet<usize>,
    markers: BTreeSet<usize>,
    /// Counts the changes of what is hidden: whoever keeps a list of rows makes it anew then.
    changes: u64,
}

impl Marks {
    pub fn is_hidden(&self, entry: usize) -> bool {
        self.hidden.contains(&entry)
    }

    pub fn hide(&mut self, entry: usize) {
        self.changes += u64::from(self.hidden.insert(entry));
    }

    /// Shows the entries from here up to there again.
    pub fn show(&mut self, from: usize, to: usize) {
        let before = self.hidden.len();
        self.hidden.retain(|entry| !(from..to).contains(entry));
        self.changes += u64::from(self.hidden.len() != before);
    }

    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Sets a marker or takes it away. Tells whether there is one now.
    pub fn toggle(&mut self, entry: usize) -> bool {
        let set = !self.markers.remove(&entry);
        if set {
            self.markers.insert(entry);
        }
        set
    }

    /// Markers are numbered from the top: the number of the one at this entry.
    pub fn marker(&self, entry: usize) -> Option<usize> {
        self.markers.contains(&entry).then(|| self.markers.range(..=entry).count())
    }

    pub fn markers(&self) -> impl Iterator<Item = usize> {
        self.markers.iter().copied()
    }

    /// The next marker after an entry, or the last one before it.
    pub fn next_marker(&self, entry: Option<usize>, down: bool) -> Option<usize> {
        match (entry, down) {
            (Some(at), true) => self.markers.range(at + 1..).next().copied(),
            (Some(at), false) => self.markers.range(..at).next_back().copied(),
            (None, true) => self.markers.first().copied(),
            (None, false) => self.markers.last().copied(),
        }
    }

    /// The record is another one.
    pub fn clear(&mut self) {
        *self = Marks { changes: self.changes + 1, ..Marks::default() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_numbered_from_the_top_and_found_both_ways() {
        let mut marks = Marks::default();
        assert!(marks.toggle(7) && marks.toggle(3) && marks.toggle(9));
        assert_eq!((marks.marker(3), marks.marker(9), marks.marker(4)), (Some(1), Some(3), None));
        let next = |at, down| marks.next_marker(at, down);
        assert_eq!((next(Some(3), true), next(Some(3), false)), (Some(7), None));
        assert_eq!((next(None, true), next(None, false)), (Some(3), Some(9)));
        assert!(!marks.toggle(3));
        assert_eq!(marks.marker(7), Some(1));
    }

    #[test]
    fn only_what_is_hidden_counts_as_a_change() {
        let mut marks = Marks::default();
        marks.hide(4);
        marks.hide(4);
        marks.toggle(4);
        marks.show(5, 9);
        assert_eq!((marks.changes(), marks.is_hidden(4)), (1, true));
        marks.show(0, 5);
        assert_eq!((marks.changes(), marks.is_hidden(4)), (2, false));
        marks.clear();
        assert_eq!((marks.changes(), marks.marker(4)), (3, None));
    }
}
