//! What belongs together in a record: which command a reply answers, and for each entry what was last before it. It
//! is kept up entry by entry, so that a page with a hundred thousand of them is drawn without walking over them.

mod lanes;

use shared::machine::Tick;
use shared::protocols::Protocol;
use shared::table::{State, Verb};
use shared::transcript::{Entry, Kind};

use lanes::{Lanes, Place};

/// What is known of one entry. Entry numbers are one more than they are; 0 is none.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    /// Units that crossed the wire, up to this one.
    steps: u32,
    /// The last thing that the server said, up to this one.
    said: u32,
    /// The last thing that crossed the wire, up to this one.
    crossed: u32,
    /// The command that it belongs to; a command belongs to itself.
    command: u32,
    /// Of a command: the last entry that belongs to it.
    last: u32,
    verb: Option<&'static Verb>,
}

#[derive(Clone, Debug, Default)]
pub struct Index {
    known: Vec<Known>,
    lanes: Lanes,
    state: Option<&'static State>,
    /// How often the record was another one.
    records: u64,
    /// Of the last entry: tells whether the record is still the one that was read.
    stamp: (Tick, u64),
}

impl Index {
    /// Reads the entries that are new. A record that is another one is read from its beginning.
    pub fn update<'a>(
        &mut self,
        entries: usize,
        entry: impl Fn(usize) -> Option<&'a Entry>,
        protocol: &'a Protocol,
    ) {
        let last = self.known.len().checked_sub(1);
        let same = last.is_none_or(|last| entry(last).is_some_and(|e| stamp(e) == self.stamp));
        if self.known.len() > entries || !same {
            self.forget();
        }
        for n in self.known.len()..entries {
            if let Some(new) = entry(n) {
                self.take(n, new, protocol, &entry);
            }
        }
    }

    /// The record is another one from now on.
    pub fn forget(&mut self) {
        *self = Index { records: self.records + 1, ..Index::default() };
    }

    /// Another number is another record.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// Units of the protocol among the first `entries`.
    pub fn steps(&self, entries: usize) -> usize {
        self.before(entries).steps as usize
    }

    /// The last thing among the first `entries` that the server said.
    pub fn said(&self, entries: usize) -> Option<usize> {
        number(self.before(entries).said)
    }

    /// The last thing among the first `entries` that crossed the wire.
    pub fn crossed(&self, entries: usize) -> Option<usize> {
        number(self.before(entries).crossed)
    }

    /// The command that this entry is, or answers.
    pub fn command(&self, n: usize) -> Option<usize> {
        number(self.known.get(n)?.command)
    }

    /// The verb that this entry is, or whose reply it is. Content that a command announced has a verb of its own.
    pub fn verb(&self, n: usize) -> Option<&'static Verb> {
        self.known.get(n)?.verb
    }

    /// The entries of the exchange in which this one is: a command and all that belongs to it.
    pub fn exchange(&self, n: usize) -> Vec<usize> {
        let Some(command) = self.command(n) else { return vec![n] };
        let last = number(self.known[command].last).unwrap_or(command);
        (command..=last).filter(|n| self.command(*n) == Some(command)).collect()
    }

    fn before(&self, entries: usize) -> Known {
        entries.checked_sub(1).and_then(|n| self.known.get(n)).copied().unwrap_or_default()
    }

    fn take<'a>(
        &mut self,
        n: usize,
        entry: &'a Entry,
        protocol: &'a Protocol,
        entries: &impl Fn(usize) -> Option<&'a Entry>,
    ) {
        let mut known = Known { command: 0, last: 0, verb: None, ..self.before(n) };
        let here = n as u32 + 1;
        match &entry.kind {
            Kind::Sent(_) | Kind::Received(_) => {
                known.steps += 1;
                known.crossed = here;
                if matches!(entry.kind, Kind::Received(_)) {
                    known.said = here;
                }
            }
            Kind::Data { .. } => known.crossed = here,
            Kind::State(state) => self.state = Some(state),
            _ => {}
        }
        let of = self.lanes.take(&Place { n, entry, protocol, state: self.state, entries });
        if of.is_none() && matches!(entry.kind, Kind::Received(_)) {
            // Nobody has asked: it is what the server says first, or it is strange.
            let state = self.state.unwrap_or_else(|| protocol.table.start());
            known.verb = protocol.table.legal(state).find(|verb| verb.name == "(greeting)");
        }
        if let Some((command, verb)) = of {
            (known.command, known.verb) = (command as u32 + 1, verb);
            match self.known.get_mut(command) {
                Some(command) => command.last = here,
                None => known.last = here,
            }
        }
        self.known.push(known);
        self.stamp = stamp(entry);
    }
}

/// The code of a reply as the protocol's table has it: `250`, `+OK`, `NO`.
pub fn code(entry: &Entry) -> Option<&str> {
    const CODES: [&str; 8] =
        ["CODE", "STATUS_CODE", "OK", "ERR", "NO", "BAD", "PREAUTH", "CONTINUE"];
    let Kind::Received(wire) = &entry.kind else { return None };
    wire.outcome?;
    // Of several lines the last one tells.
    let span = wire.spans.iter().rfind(|span| CODES.contains(&span.term.id))?;
    std::str::from_utf8(&wire.bytes[span.range()]).ok()
}

/// The class of a reply in one word: its first digit, or a code that has none.
pub fn class(entry: &Entry) -> Option<String> {
    code(entry).map(class_of)
}

pub fn class_of(code: &str) -> String {
    let digits = code.len() == 3 && code.as_bytes()[0].is_ascii_digit();
    if digits { format!("{}xx", &code[..1]) } else { code.into() }
}

/// The verb that a unit begins with.
pub fn verb_of(entry: &Entry, protocol: &Protocol) -> Option<&'static Verb> {
    let Kind::Sent(wire) = &entry.kind else { return None };
    // A tag and a space may stand before it.
    wire.spans.iter().take(3).find_map(|span| {
        let mut verbs = protocol.table.verbs.iter().copied().filter(|verb| verb.term == span.term);
        let first = verbs.next()?;
        // The same word may stand for another verb in some state; that one has its name in brackets.
        Some(if first.name.starts_with('(') { verbs.next().unwrap_or(first) } else { first })
    })
}

fn number(n: u32) -> Option<usize> {
    n.checked_sub(1).map(|n| n as usize)
}

fn stamp(entry: &Entry) -> (Tick, u64) {
    (entry.at, entry.offset)
}

#[cfg(test)]
mod tests;
