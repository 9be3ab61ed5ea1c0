//! Search in the record: what is looked for, and which entries it is found in.

use shared::explain::Wire;
use shared::transcript::{Entry, Kind, Side};

use super::text::{exact, has_secret};

/// What is looked for; an empty field asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Criteria {
    /// Plain text in any case, or a regular expression between two slashes.
    pub text: String,
    pub side: Option<Side>,
    /// A code such as `250` or `+OK`; `x` stands for any digit.
    pub reply: String,
    /// A command, and with it its replies.
    pub verb: String,
}

/// How the text is looked for.
pub enum Pattern<'a> {
    Any,
    Plain(&'a str),
    /// Somebody else's regular expression.
    Tested(&'a dyn Fn(&str) -> bool),
}

/// What the record knows of an entry beside its octets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    pub code: Option<&'a str>,
    pub verb: Option<&'a str>,
}

impl Criteria {
    pub fn is_empty(&self) -> bool {
        *self == Criteria::default()
    }

    /// The regular expression and its flags, if the text is one.
    pub fn expression(&self) -> Option<(&str, &str)> {
        let (pattern, flags) = self.text.strip_prefix('/')?.rsplit_once('/')?;
        (!pattern.is_empty()).then_some((pattern, flags))
    }

    /// Whether an entry is looked for. What is masked is not found, or a search would tell it.
    pub fn fits(
        &self,
        entry: &Entry,
        facts: Facts<'_>,
        pattern: &Pattern<'_>,
        secrets: bool,
    ) -> bool {
        self.side.is_none_or(|side| side == entry.side())
            && (self.reply.is_empty()
                || facts.code.is_some_and(|code| fits_code(&self.reply, code)))
            && (self.verb.is_empty()
                || facts.verb.is_some_and(|verb| verb.eq_ignore_ascii_case(self.verb.trim())))
            && fits_text(entry, pattern, secrets)
    }
}

/// Whether a reply's code is the one asked for.
pub fn fits_code(asked: &str, code: &str) -> bool {
    let (asked, code) = (asked.trim().as_bytes(), code.as_bytes());
    asked.len() == code.len()
        && asked.iter().zip(code).all(|(asked, code)| {
            asked.eq_ignore_ascii_case(code)
                || (matches!(asked, b'x' | b'X') && code.is_ascii_digit())
        })
}

fn fits_text(entry: &Entry, pattern: &Pattern<'_>, secrets: bool) -> bool {
    match pattern {
        Pattern::Any => true,
        Pattern::Tested(fits) => fits(&exact(entry, secrets)) || says(entry).is_some_and(fits),
        Pattern::Plain(text) => {
            let in_octets = match &entry.kind {
                Kind::Sent(wire) | Kind::Received(wire) => in_wire(wire, text, secrets),
                Kind::Data { head, .. } => contains(head, text),
                _ => contains(exact(entry, secrets).as_bytes(), text),
            };
            in_octets || says(entry).is_some_and(|says| contains(says.as_bytes(), text))
        }
    }
}

fn says(entry: &Entry) -> Option<&str> {
    entry.wire().map(|wire| wire.says.as_str())
}

fn in_wire(wire: &Wire, text: &str, secrets: bool) -> bool {
    match secrets || !has_secret(wire) {
        true => contains(&wire.bytes, text),
        false => contains(&wire.masked(), text),
    }
}

/// In any case of ASCII letters; other letters as they are.
fn contains(octets: &[u8], text: &str) -> bool {
    let text = text.as_bytes();
    let Some(first) = text.first() else { return true };
    octets
        .windows(text.len())
        .any(|window| window[0].eq_ignore_ascii_case(first) && window.eq_ignore_ascii_case(text))
}

/// The entries that were found, kept up as the record grows.
#[derive(Clone, Debug, Default)]
pub struct Found {
    entries: Vec<u32>,
    looked_at: usize,
}

impl Found {
    /// Looks at the entries that are new; ones that are gone are dropped.
    pub fn sync(&mut self, entries: usize, fits: impl Fn(usize) -> bool) {
        if entries < self.looked_at {
            let keep = self.entries.partition_point(|n| (*n as usize) < entries);
            self.entries.truncate(keep);
        } else {
            let new = (self.looked_at..entries).filter(|n| fits(*n)).map(|n| n as u32);
            self.entries.extend(new);
        }
        self.looked_at = entries;
    }

    pub fn clear(&mut self) {
        *self = Found::default();
    }

    pub fn count(&self) -> usize {
        self.entries.len()
    }

    pub fn has(&self, entry: usize) -> bool {
        self.entries.binary_search(&(entry as u32)).is_ok()
    }

    /// Which of those found an entry is, counted from 1.
    pub fn place(&self, entry: usize) -> Option<usize> {
        self.entries.binary_search(&(entry as u32)).ok().map(|at| at + 1)
    }

    /// The next one found from an entry on, around the end.
    pub fn next(&self, from: Option<usize>, down: bool) -> Option<usize> {
        let count = self.entries.len();
        let at = match (from, down) {
            (None, true) => 0,
            (None, false) => count.checked_sub(1)?,
            (Some(from), true) => {
                self.entries.partition_point(|n| *n as usize <= from) % count.max(1)
            }
            (Some(from), false) => {
                let before = self.entries.partition_point(|n| (*n as usize) < from);
                before.checked_sub(1).or_else(|| count.checked_sub(1))?
            }
        };
        self.entries.get(at).map(|n| *n as usize)
    }
}

#[cfg(test)]
mod tests;
