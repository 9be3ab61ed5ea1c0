//! Octets that a person sends without the lab's checks. They go out as they are; what is said of
//! them comes beside.

use super::{LineRules, Notes, refusal, remedies};
use crate::machine::{Note, Refused, Suggestion};
use crate::table::{Batch, Flag, Progress, REPLY, Takes};

/// One write without checks, looked at line by line.
#[derive(Debug)]
pub struct Write {
    pub notes: Notes,
    rules: &'static LineRules,
    /// The flag that lets commands follow each other; see [`Progress::may_follow`].
    grant: Option<&'static Flag>,
    /// What was suggested before it.
    next: Option<Suggestion>,
    /// Commands were unanswered when it went out.
    waited: bool,
    /// The first command of it, if nothing was wrong with that one.
    first: Option<String>,
    lines: usize,
    /// Octets of it that were looked at.
    at: usize,
}

/// What a client makes of one command line.
#[derive(Debug)]
pub struct Checked {
    /// As the table names it, or as it was typed if the table does not.
    pub name: String,
    /// What it would have been refused with, had it come alone.
    pub refused: Option<Refused>,
    /// It holds a secret, which no note may show.
    pub secret: bool,
    /// Octets above 127 were agreed on for it.
    pub utf8: bool,
    /// What to type instead, if the client knows; without the secret.
    pub repaired: Option<String>,
    /// As it would be typed, where that is not the line itself.
    pub typed: Option<String>,
}

impl Write {
    pub fn new(
        rules: &'static LineRules,
        grant: Option<&'static Flag>,
        progress: &Progress,
        next: Option<Suggestion>,
    ) -> Write {
        let waited = progress.is_waiting();
        let notes = Notes::default();
        Write { notes, rules, grant, next, waited, first: None, lines: 0, at: 0 }
    }

    /// Passes over octets that are no command.
    pub fn skip(&mut self, octets: usize) {
        self.at += octets;
    }

    /// Octets that were looked at.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Looks at a line that is not the last one of its command.
    pub fn line(&mut self, line: &[u8], before: usize, limit: usize, utf8: bool) {
        let seven_bit = self.rules.seven_bit.filter(|_| !utf8);
        let rules = LineRules { seven_bit, ..*self.rules };
        self.notes.line(&rules, line, self.at.saturating_sub(before), limit, None);
        self.at += line.len() - before;
    }

    /// Looks at a command line, or at the beginning of one, that may have `limit` octets; `before`
    /// of them were in an earlier write. The commands of this write before it are among those
    /// that `progress` waits for. `accepts` tells whether the client would send a text instead, and
    /// may show it.
    pub fn command(
        &mut self,
        line: &[u8],
        before: usize,
        limit: usize,
        progress: &Progress,
        checked: Checked,
        accepts: &dyn Fn(&str) -> bool,
    ) {
        let Checked { name, refused, secret, utf8, repaired, typed } = checked;
        let text = typed.unwrap_or_else(|| plain(line));
        let seven_bit = self.rules.seven_bit.filter(|_| !utf8);
        let rules = LineRules { seven_bit, ..*self.rules };
        let right = refused.is_none() && !secret;
        let fits = text.len() + 2 <= limit && (seven_bit.is_none() || text.is_ascii());
        let fits = fits && right;
        let told_of = (line.len() > limit, seven_bit.is_some() && !line.is_ascii());
        let fix = match told_of {
            _ if fits => Some(&text),
            (_, true) => repaired.as_ref().filter(|fix| accepts(fix)),
            _ => None,
        };
        let at = self.at.saturating_sub(before);
        self.notes.line(&rules, line, at, limit, fix.map(String::as_str));
        self.at += line.len() - before;
        self.lines += 1;
        if self.lines == 1 {
            self.first = (fits && line.ends_with(b"\r\n")).then(|| text.clone());
        }
        if !line.ends_with(b"\r\n") {
            return;
        }
        let early = self.order(progress, &name);
        // What is wrong because of its length, its octets or its place was told of already.
        let refused = refused.filter(|why| match why {
            Refused::TooLong { .. } => !told_of.0,
            Refused::Malformed { .. } => !told_of.1,
            // Behind a command that ends the session.
            Refused::Illegal(illegal) => !(early && illegal.state.takes == Takes::Nothing),
            _ => true,
        });
        if let Some(refused) = refused {
            let fixes = match (&refused, repaired) {
                (_, Some(repaired)) => vec![repaired],
                (Refused::Illegal(illegal), None) => {
                    remedies(illegal, &text, &progress.assumed(), self.next.as_ref())
                }
                _ if secret => Vec::new(),
                _ => respaced(&text).into_iter().collect(),
            };
            let fix = fixes.into_iter().find(|fix| accepts(fix));
            self.notes.add(Note { fix, ..refusal(self.rules, &refused) });
        }
    }

    /// Notes it if the command may not yet follow the ones that are unanswered.
    fn order(&mut self, progress: &Progress, name: &str) -> bool {
        let illegal = progress.may_follow(name, self.grant).err();
        let Some(flag) = illegal.and_then(|illegal| illegal.needs) else { return false };
        let mut before = progress.pending().filter(|verb| verb.batch == Batch::Last);
        let text = match before.next() {
            Some(verb) if verb.name == "(greeting)" => {
                let text = "A command was sent before the server had greeted. The server speaks first: a client that does not wait is taken for a program that sends spam, or is cut off.";
                self.notes.add(Note { rule: Some(verb.term.rfc), ..Note::warning(text) });
                return true;
            }
            Some(verb) if *flag == REPLY => format!(
                "A command was sent behind {} without waiting: the reply to that one must be read before anything else is sent, and what was sent too early may be lost or misread.",
                verb.called()
            ),
            _ => format!(
                "A command was sent before the one ahead of it was answered, and that needs {}. {}",
                flag.title, flag.text
            ),
        };
        let fix = self.first.clone().filter(|_| !self.waited);
        self.notes.add(Note { fix, rule: Some(self.rules.batches), ..Note::warning(text) });
        true
    }
}

/// With one space between words and none at the ends, if that is not so.
fn respaced(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let respaced = words.join(" ");
    (respaced != text).then_some(respaced)
}

/// A line without its end, and without the octets that no line may have.
pub fn plain(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    text.chars().filter(|c| !matches!(c, '\r' | '\n' | '\0')).collect()
}
