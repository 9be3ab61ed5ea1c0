//! The list of the transcript: which entries are rows of it, after what a person looks for and what was hidden.

use std::ops::Range;

use shared::machine::Level;
use shared::transcript::{Entry, Kind};

use super::Lab;
use super::find::{Criteria, Facts, Found, Pattern};
use super::index::code;
use super::rows::{PX, Rows};

/// Lines of an entry that are drawn unless it is selected.
pub const LINES: usize = 14;

#[derive(Default)]
pub struct Listing {
    pub rows: Rows,
    pub found: Found,
    /// Entries that do not fit, and are shown all the same.
    revealed: Vec<Range<usize>>,
    made_for: MadeFor,
}

/// What the list was made for: anything else needs another one.
#[derive(Clone, Default, PartialEq)]
struct MadeFor {
    criteria: Criteria,
    secrets: bool,
    record: u64,
    only: bool,
    hidden: u64,
    revealed: usize,
}

impl Listing {
    /// Takes in what is new in the record. With `only`, entries that do not fit are no rows.
    pub fn sync(&mut self, lab: &Lab, criteria: &Criteria, pattern: &Pattern<'_>, only: bool) {
        let wanted = MadeFor {
            criteria: criteria.clone(),
            secrets: lab.show_secrets,
            record: lab.record(),
            only: only && !criteria.is_empty(),
            hidden: lab.marks.changes(),
            revealed: self.revealed.len(),
        };
        let before = &self.made_for;
        if before.criteria != wanted.criteria || before.record != wanted.record {
            self.revealed.clear();
        }
        let searched = (&before.criteria, before.secrets, before.record);
        if searched != (&wanted.criteria, wanted.secrets, wanted.record) {
            self.found.clear();
        }
        if *before != wanted {
            self.rows.clear();
        }
        self.made_for = MadeFor { revealed: self.revealed.len(), ..wanted };
        let len = lab.shown_len();
        if !criteria.is_empty() {
            self.found.sync(len, |n| fits(lab, n, criteria, pattern));
        }
        let (found, revealed, only) = (&self.found, &self.revealed, self.made_for.only);
        let is_shown = |n: usize| {
            !lab.marks.is_hidden(n)
                && (!only || found.has(n) || revealed.iter().any(|range| range.contains(&n)))
        };
        self.rows.sync(len, is_shown, |n| lab.entry(n).map_or(0, estimate));
    }

    /// Shows entries again, whether they were hidden by hand or did not fit.
    pub fn reveal(&mut self, lab: &mut Lab, from: usize, to: usize) {
        lab.marks.show(from, to);
        if self.made_for.only {
            self.revealed.push(from..to);
        }
    }

    /// Whether an entry was left out because it does not fit.
    pub fn leaves_out(&self, n: usize) -> bool {
        let revealed = self.revealed.iter().any(|range| range.contains(&n));
        self.made_for.only && !self.found.has(n) && !revealed
    }
}

fn fits(lab: &Lab, n: usize, criteria: &Criteria, pattern: &Pattern<'_>) -> bool {
    let Some(entry) = lab.entry(n) else { return false };
    // A verb is only looked for where one is asked for: it takes the whole record.
    let verb = if criteria.verb.is_empty() { None } else { lab.verb_of(n).map(|verb| verb.name) };
    let facts = Facts { code: code(entry), verb };
    criteria.fits(entry, facts, pattern, lab.show_secrets)
}

/// About how high a row will be.
fn estimate(entry: &Entry) -> u32 {
    let px = match &entry.kind {
        Kind::Sent(wire) | Kind::Received(wire) => {
            let lines = wire.bytes.iter().filter(|b| **b == b'\n').take(LINES).count().max(1);
            34 + 20 * lines as u32
        }
        Kind::Data { head, .. } => {
            16 + 20 * head.iter().filter(|b| **b == b'\n').take(LINES).count().max(1) as u32
        }
        Kind::Note(note) if note.level >= Level::Warning || note.text.len() > 80 => 48,
        _ => 26,
    };
    px * PX
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::testing::{send, session};

    fn texts(listing: &Listing, lab: &Lab) -> Vec<String> {
        let rows = (0..listing.rows.len()).filter_map(|row| listing.rows.get(row));
        rows.map(|row| match row.entry() {
            Some(n) => crate::state::text::exact(lab.entry(n).expect("an entry"), false),
            None => format!("({})", row.to - row.from),
        })
        .collect()
    }

    fn looked_for(text: &str) -> Criteria {
        Criteria { text: text.into(), ..Criteria::default() }
    }

    #[test]
    fn what_does_not_fit_and_what_was_hidden_leave_stubs_that_open_again() {
        let mut lab = session("pop3", &["USER student", "PASS lab-secret", "STAT"]);
        let mut listing = Listing::default();
        let criteria = looked_for("stat");
        let sync = |listing: &mut Listing, lab: &Lab, criteria: &Criteria| {
            listing.sync(lab, criteria, &Pattern::Plain(&criteria.text), true);
        };
        sync(&mut listing, &lab, &criteria);
        let all = texts(&listing, &lab);
        assert!(all.iter().any(|text| text == "STAT"), "{all:?}");
        assert!(all[0].starts_with('('), "{all:?}");
        // New entries are looked at as they come.
        send(&mut lab, "STAT");
        sync(&mut listing, &lab, &criteria);
        assert_eq!(texts(&listing, &lab).iter().filter(|text| *text == "STAT").count(), 2);
        let len = lab.len();
        listing.reveal(&mut lab, 0, len);
        sync(&mut listing, &lab, &criteria);
        assert!(texts(&listing, &lab).contains(&"USER student".to_string()));
        // Another search forgets what was opened in this one.
        sync(&mut listing, &lab, &looked_for("capa"));
        assert_eq!(texts(&listing, &lab), [format!("({})", lab.len())]);
        // Nothing looked for: everything but what was hidden by hand.
        lab.marks.hide(1);
        lab.marks.hide(2);
        sync(&mut listing, &lab, &Criteria::default());
        let all = texts(&listing, &lab);
        assert_eq!((all.len(), all[1].as_str()), (lab.len() - 1, "(2)"));
        assert!(!listing.leaves_out(1));
    }

    #[test]
    fn a_search_may_also_only_mark() {
        let lab = session("pop3", &["USER student"]);
        let mut listing = Listing::default();
        listing.sync(&lab, &looked_for("user"), &Pattern::Plain("user"), false);
        assert_eq!(listing.rows.len(), lab.len());
        assert!(listing.found.count() >= 1 && listing.found.count() < lab.len());
    }

    #[test]
    fn another_record_makes_another_list() {
        let mut lab = session("pop3", &["USER student"]);
        let mut listing = Listing::default();
        lab.marks.hide(0);
        listing.sync(&lab, &Criteria::default(), &Pattern::Any, true);
        let other = crate::state::Route::practice(shared::protocols::by_id("smtp").expect("SMTP"));
        lab.connect(other, shared::machine::Tick::default());
        while lab.pump(shared::machine::Tick::default()) {}
        listing.sync(&lab, &Criteria::default(), &Pattern::Any, true);
        let all = texts(&listing, &lab);
        assert!(all[0].contains("port 25") && all.len() == lab.len(), "{all:?}");
    }
}
