//! Advice on what crossed the wire, whatever the line protocol: on octets that a person sends
//! without the lab's checks, and on replies and content that are not as the RFC has them.
//!
//! A cause is told once: [`Notes`] counts where it comes again.

mod content;
mod order;
mod raw;
mod reply;

pub use content::{ContentRules, Inspector, retyped};
pub use order::remedies;
pub use raw::{Checked, Write, plain};
pub use reply::{ReplyRules, unlisted};

use crate::explain::Rfc;
use crate::machine::{Note, Refused};
use crate::table::Illegal;

/// What a protocol asks of every command line.
#[derive(Clone, Copy, Debug)]
pub struct LineRules {
    /// As people call it.
    pub protocol: &'static str,
    /// Which octets end a line, and that no others do.
    pub line_end: Rfc,
    /// How long a line may be.
    pub length: Rfc,
    /// Commands are ASCII; `None` where they may be UTF-8.
    pub seven_bit: Option<Rfc>,
    /// When several commands may be sent without waiting.
    pub batches: Rfc,
    /// What is legal at all: for a command that nobody knows.
    pub commands: Rfc,
}

/// Notes on one write, or on one unit that was read.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    found: Vec<Found>,
}

#[derive(Clone, Debug)]
struct Found {
    note: Note,
    times: usize,
    /// Octets before the first of them.
    at: Option<usize>,
}

impl Notes {
    pub fn add(&mut self, note: Note) {
        self.found(1, None, note);
    }

    /// For something that stands at one place of the unit.
    pub fn add_at(&mut self, at: usize, note: Note) {
        self.found(1, Some(at), note);
    }

    /// For something that so many lines have.
    pub fn add_lines(&mut self, lines: usize, note: Note) {
        if lines > 0 {
            self.found(lines, None, note);
        }
    }

    /// What was found, each cause once, in the order in which they came up.
    pub fn take(&mut self) -> Vec<Note> {
        core::mem::take(&mut self.found).into_iter().map(Found::told).collect()
    }

    /// Looks at a command line with its end, or at the beginning of one: `at` octets of the unit
    /// are before it, and it may have `limit`. `fix` is what to type instead of a line that only
    /// its octets make wrong.
    pub fn line(
        &mut self,
        rules: &LineRules,
        line: &[u8],
        at: usize,
        limit: usize,
        fix: Option<&str>,
    ) {
        let protocol = rules.protocol;
        let fixed = |note: Note| Note { fix: fix.map(Into::into), ..note };
        let mut found = |offset: Option<usize>, rule: Rfc, text: String| {
            let note = Note { rule: Some(rule), ..fixed(Note::warning(text)) };
            self.found(1, offset.map(|offset| at + offset), note);
        };
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        if text.len() == line.len() {
            let text = format!(
                "The last line has no CR LF, which ends a command of {protocol}: the server waits for the rest of it."
            );
            found(None, rules.line_end, text);
        } else if !text.ends_with(b"\r") {
            let text = format!(
                "A command ends with a bare LF; {protocol} asks for CR LF. A strict server takes what stands before it for no command, a lax one does."
            );
            found(None, rules.line_end, text);
        }
        let text = line.strip_suffix(b"\r\n").unwrap_or(text);
        if let Some(offset) = text.iter().position(|b| *b == b'\r') {
            let text = "A carriage return without a line feed stands inside a command. It ends nothing, and no command may have one.";
            found(Some(offset), rules.line_end, text.into());
        }
        if let Some(offset) = text.iter().position(|b| *b == 0) {
            found(Some(offset), rules.line_end, "A NUL stands inside a command.".into());
        }
        if let Some(rule) = rules.seven_bit
            && let Some(offset) = text.iter().position(|b| *b >= 0x80)
        {
            let text = format!(
                "An octet above 127 stands inside a command, and a command of {protocol} is ASCII unless something else was agreed on."
            );
            found(Some(offset), rule, text);
        }
        if line.len() > limit {
            let text = format!(
                "A command line has more than the {limit} octets that {protocol} allows, its end included. A server may refuse it, or cut it."
            );
            found(None, rules.length, text);
        }
    }

    fn found(&mut self, times: usize, at: Option<usize>, note: Note) {
        // What varies within one cause stands in quotes.
        let cause = |note: &Note| note.text.split('"').next().map(str::len);
        let same = |found: &&mut Found| {
            let length = cause(&found.note);
            found.note.rule == note.rule
                && length == cause(&note)
                && length.is_some_and(|n| found.note.text[..n] == note.text[..n])
        };
        match self.found.iter_mut().find(same) {
            Some(found) => found.times += times,
            None => self.found.push(Found { note, times, at }),
        }
    }
}

impl Found {
    fn told(self) -> Note {
        let Found { mut note, times, at } = self;
        match (times, at) {
            (1, None) => {}
            (1, Some(at)) => note.text.push_str(&format!(" (At octet {at}.)")),
            (_, None) => note.text.push_str(&format!(" ({times} lines.)")),
            (_, Some(at)) => note.text.push_str(&format!(" ({times} lines, first at octet {at}.)")),
        }
        note
    }
}

/// So many legal commands are named in a note.
const NAMED: usize = 12;

/// What the lab would have refused a command with, as a note on the command that was sent all the
/// same.
pub fn refusal(rules: &LineRules, refused: &Refused) -> Note {
    let rule = match refused {
        Refused::Illegal(illegal) => illegal.known.map(|verb| verb.term.rfc),
        Refused::Malformed { rule, .. } | Refused::TooLong { rule, .. } => Some(*rule),
        Refused::NotConnected => None,
    };
    let text = match refused {
        Refused::Illegal(illegal) if illegal.needs.is_none() && illegal.legal.len() > NAMED => {
            let (named, more) = illegal.legal.split_at(NAMED);
            let some = Illegal { legal: named.to_vec(), ..illegal.clone() }.to_string();
            format!("{} and {} more.", some.trim_end_matches('.'), more.len())
        }
        refused => refused.to_string(),
    };
    let text = text.replacen(" was not sent. ", ": ", 1).replacen(" was not sent:", ":", 1);
    Note { rule: rule.or(Some(rules.commands)), ..Note::warning(text) }
}

#[cfg(test)]
mod tests;
