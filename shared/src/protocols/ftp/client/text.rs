//! Counts what does not belong in text on a data connection.

use super::remarks::plural;
use crate::machine::Note;

/// Of a line of MLSD so much is looked at; names are shorter.
const LINE: usize = 1024;

/// Fed octet by octet, so that it does not matter how they were cut.
#[derive(Clone, Debug, Default)]
pub(super) struct TextCheck {
    after_cr: bool,
    bare_lf: usize,
    lone_cr: usize,
    eight_bit: usize,
    /// The line under way.
    line: Vec<u8>,
    /// Lines without the space between facts and name.
    no_facts: usize,
}

impl TextCheck {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        for octet in bytes {
            let was_cr = core::mem::replace(&mut self.after_cr, *octet == b'\r');
            match octet {
                b'\n' => {
                    self.bare_lf += usize::from(!was_cr);
                    let line = core::mem::take(&mut self.line);
                    self.no_facts += usize::from(!is_entry(line.trim_ascii_end()));
                    continue;
                }
                0 => {}
                _ => self.lone_cr += usize::from(was_cr),
            }
            self.eight_bit += usize::from(*octet > 127);
            if self.line.len() < LINE {
                self.line.push(*octet);
            }
        }
    }

    /// What is to be said of it, if it came (or went) as the text of `verb`.
    pub(super) fn notes(&self, verb: &str) -> Vec<Note> {
        let TextCheck { bare_lf, lone_cr, eight_bit, no_facts, .. } = *self;
        let file = !matches!(verb, "LIST" | "NLST" | "MLSD");
        let mut notes = Vec::new();
        let with_fix = |note: Note| if file { note.fix("TYPE I") } else { note };
        if bare_lf + lone_cr > 0 {
            notes.push(with_fix(
                Note::warning(format!(
                    "In text lines end with CR LF, but here are {} and {} alone. Python's retrlines ends a line at each of them, others do not.",
                    plural(bare_lf, "line feed"),
                    plural(lone_cr, "carriage return")
                ))
                .rule(959, "3.1.1.1"),
            ));
        }
        if eight_bit > 0 && file {
            notes.push(with_fix(
                Note::info(format!(
                    "{} above 127: TYPE A promises ASCII, which has seven bits. Text in UTF-8 gets through nearly everywhere; TYPE I changes no octet for sure.",
                    plural(eight_bit, "octet")
                ))
                .rule(959, "3.1.1.1"),
            ));
        }
        if no_facts > 0 && verb == "MLSD" {
            notes.push(
                Note::warning(format!(
                    "{} of this listing without the space that ends the facts: there is no name in it.",
                    plural(no_facts, "line")
                ))
                .rule(3659, "7.2"),
            );
        }
        notes
    }
}

/// Whether a line of MLSD has a name.
fn is_entry(line: &[u8]) -> bool {
    let space = line.iter().position(|b| *b == b' ');
    space.is_some_and(|at| (at == 0 || line[at - 1] == b';') && at + 1 < line.len())
}
