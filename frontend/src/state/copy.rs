//! A piece of the record as plain text for the clipboard: `C:` and `S:` lines, secrets masked. What is hidden is
//! left out, and the text says how much that is.

use shared::transcript::{Entry, render_entry};

use super::marks::Marks;
use crate::text::t;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    pub text: String,
    /// Entries in it.
    pub entries: usize,
    pub hidden: usize,
}

/// What became of a text for the clipboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Copying {
    /// It is there; the sentence says what.
    Done(String),
    /// The browser does not let the page use the clipboard: this text is to be copied by hand.
    ByHand(String),
}

/// These entries of a record.
pub(super) fn copied<'a>(
    numbers: impl IntoIterator<Item = usize>,
    entry: impl Fn(usize) -> Option<&'a Entry>,
    marks: &Marks,
) -> Copied {
    let mut copied = Copied::default();
    for n in numbers {
        match entry(n) {
            Some(_) if marks.is_hidden(n) => copied.hidden += 1,
            Some(entry) => {
                render_entry(entry, &mut copied.text);
                copied.entries += 1;
            }
            None => {}
        }
    }
    if copied.hidden > 0 {
        copied.text.push_str(&format!("== ({} hidden)\n", count(copied.hidden)));
    }
    copied
}

impl Copied {
    /// What to tell the person who asked for it.
    pub fn sentence(&self) -> String {
        let entries = count(self.entries);
        match self.hidden {
            0 => t!("copied", lines = &entries),
            n => t!("copied-without", lines = &entries, hidden = &count(n)),
        }
    }
}

pub fn count(entries: usize) -> String {
    t!("lines", count = entries)
}
