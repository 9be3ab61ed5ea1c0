//! What is unusual in replies and blocks, and what would have been right.

use super::super::{table, wire};
use super::{Asked, Block, NntpClient};
use crate::machine::Note;
use crate::text::advice::Notes;
use crate::text::sasl;

impl NntpClient {
    /// What is unusual in a reply, seen with its command.
    pub(super) fn remark(&self, asked: &Asked, code: u16, text: &str, notes: &mut Notes) {
        let [first, low, high, name] = wire::first_words(text);
        let is_number = |word: &str| word.parse::<u64>().is_ok();
        if asked.gives_up && code != 481 {
            let text = format!(
                "A lone star gives the login up, and the answer to that is 481; this one is \"{code}\"."
            );
            notes.add(Note::warning(text).rule(4643, "2.4.1"));
        }
        match code {
            211 if ![first, low, high].into_iter().all(is_number) || name.is_empty() => {
                let text = "Behind 211 stand three numbers (how many, lowest, highest) and the name of the group. These are not there.";
                notes.add(Note::warning(text).rule(3977, "6.1.1.1"));
            }
            283 | 383 if first != "=" && sasl::decode(first).is_none() => {
                let text = "What the server sends for the login is not base64.";
                notes.add(Note::warning(text).rule(4643, "2.4.1"));
            }
            400 if self.progress.is_waiting() => {
                let text = "The server closes the connection, and commands that were sent already have no answer. Connect again later, not at once.";
                notes.add(Note::warning(text).rule(3977, "3.2.1"));
            }
            480 if !self.progress.has(&table::LOGGED_IN) => {
                let text = "The server wants a login before it does that. Nothing has changed; log in, and send the command again.";
                let fix = format!("AUTHINFO USER {}", self.config.user);
                notes.add(Note::info(text).rule(3977, "3.2.1").fix(fix));
            }
            _ => {}
        }
    }

    /// A reply came although no command awaits one.
    pub(super) fn unasked(&mut self, code: u16, notes: &mut Notes) {
        if code == 400 {
            return;
        }
        notes.add(if self.raw.loose > 0 {
            self.raw.loose -= 1;
            let text = "This answers a line that ended with a bare LF: this server takes it for a line, or says that it does not.";
            Note::info(text).rule(3977, "3.1")
        } else {
            let text = "The server sent this unasked: no command awaits a reply.";
            Note::warning(text).rule(3977, "3.2")
        });
    }

    /// What is to be said of a block at its end.
    pub(super) fn block_notes(&mut self, block: &Block) {
        let article = matches!(block.verb, "ARTICLE" | "HEAD" | "BODY");
        let rules = if article { &wire::ARTICLE } else { &wire::LISTING };
        let mut notes = Notes::default();
        block.reader.inspector().notes(rules).into_iter().for_each(|note| notes.add(note));
        let (text, section) = match block.verb {
            "LISTGROUP" => ("A line of this list is a number.", "6.1.2.2"),
            "OVER" | "XOVER" => ("A line of the overview begins with a number and a TAB.", "8.3.2"),
            _ => (
                "A line of this list is a name, the high mark, the low mark, and the status.",
                "7.6.3",
            ),
        };
        let text = format!("{text} This one is not so.");
        notes.add_lines(block.unreadable, Note::warning(text).rule(3977, section));
        self.tell_notes(notes);
    }
}

/// Whether a line of a block is as those of the command are.
pub(super) fn readable(verb: &str, line: &[u8]) -> bool {
    let is_number =
        |word: &[u8]| core::str::from_utf8(word).is_ok_and(|n| n.parse::<u64>().is_ok());
    match verb {
        "LISTGROUP" => is_number(line),
        "OVER" | "XOVER" => {
            let tab = line.iter().position(|octet| *octet == b'\t');
            tab.is_some_and(|tab| is_number(&line[..tab]))
        }
        "LIST" | "LIST ACTIVE" => {
            let text = String::from_utf8_lossy(line);
            let [_, high, low, status] = wire::first_words(&text);
            is_number(high.as_bytes()) && is_number(low.as_bytes()) && !status.is_empty()
        }
        _ => true,
    }
}
