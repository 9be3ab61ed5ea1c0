//! What the views read out of the record beside its entries: which belong together, how long they took, how they
//! came in.

use std::cell::Ref;
use std::time::Duration;

use shared::machine::Conn;
use shared::table::{Rule, Verb};
use shared::transcript::{Kind, Read};

use super::Lab;
use crate::state::copy::{Copied, copied};
use crate::state::index::{self, Index};
use crate::state::reads::Arrival;

/// What a reply was to its command.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    pub code: &'a str,
    /// `None`: nothing was asked for.
    pub verb: Option<&'static Verb>,
    /// `None`: the table does not have this code for the verb.
    pub rule: Option<&'static Rule>,
}

/// How far back the last thing sent is looked for, before the command itself is taken for it.
const NEAR: usize = 64;

impl Lab {
    /// Another number is another record, not the same one grown.
    pub fn record(&self) -> u64 {
        self.index().records()
    }

    /// The shown step and how many there are: units that crossed the wire.
    pub fn steps(&self) -> (usize, usize) {
        let index = self.index();
        (index.steps(self.shown_len()), index.steps(self.len()))
    }

    /// What the server said last, in words.
    pub fn server_said(&self) -> Option<&str> {
        let index = self.index();
        let mut before = self.shown_len();
        // Pieces of a block have no words of their own.
        loop {
            let n = index.said(before)?;
            let says = &self.entry(n)?.wire()?.says;
            if !says.is_empty() {
                return Some(says);
            }
            before = n;
        }
    }

    /// The command that an entry is, or answers.
    pub fn command_of(&self, n: usize) -> Option<usize> {
        self.index().command(n)
    }

    pub fn verb_of(&self, n: usize) -> Option<&'static Verb> {
        self.index().verb(n)
    }

    /// The entries of the exchange in which an entry is, as far as they are shown.
    pub fn exchange(&self, n: usize) -> Vec<usize> {
        let mut all = self.index().exchange(n);
        all.retain(|n| *n < self.shown_len());
        all
    }

    /// What a reply says, by the protocol's table.
    pub fn answered(&self, n: usize) -> Option<Answered<'_>> {
        let code = index::code(self.entry(n)?)?;
        let verb = self.verb_of(n);
        let table = self.route.protocol.table;
        let rule = match verb {
            Some(verb) => table.rule(verb, code),
            None => table.generic.iter().find(|rule| rule.matches(code)),
        };
        Some(Answered { code, verb, rule })
    }

    /// How long a reply took, since what was sent for it.
    pub fn elapsed(&self, n: usize) -> Option<Duration> {
        let reply = self.entry(n).filter(|entry| matches!(entry.kind, Kind::Received(_)))?;
        reply.wire()?.outcome?;
        let index = self.index();
        let command = index.command(n).filter(|command| *command < n)?;
        let sent = |at: &usize| {
            let entry = self.entry(*at);
            index.command(*at) == Some(command)
                && entry.is_some_and(|entry| matches!(entry.kind, Kind::Sent(_)))
        };
        let near = (command.max(n.saturating_sub(NEAR))..n).rev().find(sent).unwrap_or(command);
        Some(reply.at.0.saturating_sub(self.entry(near)?.at.0))
    }

    /// How an entry came in, read by read. Of earlier sessions nobody knows it any more.
    pub fn arrival(&self, n: usize) -> Option<Arrival> {
        let conn = self.entry(n).filter(|_| n >= self.of_session(0))?.conn;
        Arrival::of(n, |n| self.entry(n), self.reads(conn))
    }

    /// The octets of an entry after which a read ended.
    pub fn read_ends(&self, n: usize, octets: u64) -> Vec<u64> {
        let Some(entry) = self.entry(n).filter(|_| n >= self.of_session(0)) else {
            return Vec::new();
        };
        if !matches!(entry.kind, Kind::Received(_) | Kind::Data { .. }) {
            return Vec::new();
        }
        let (from, to) = (entry.offset, entry.offset + octets);
        let reads = self.reads(entry.conn);
        let first = reads.partition_point(|read| read.end <= from);
        reads[first..]
            .iter()
            .map(|read| read.end)
            .take_while(|end| *end <= to)
            .map(|end| end - from)
            .collect()
    }

    /// An exchange for the clipboard.
    pub fn copy_exchange(&self, n: usize) -> Copied {
        copied(self.exchange(n), |n| self.entry(n), &self.marks)
    }

    /// These entries for the clipboard.
    pub fn copy_all(&self, entries: impl IntoIterator<Item = usize>) -> Copied {
        copied(entries, |n| self.entry(n), &self.marks)
    }

    fn reads(&self, conn: Conn) -> &[Read] {
        self.session().transcript().reads(conn)
    }

    pub(super) fn index(&self) -> Ref<'_, Index> {
        self.index.borrow_mut().update(self.len(), |n| self.entry(n), self.route.protocol);
        self.index.borrow()
    }
}
