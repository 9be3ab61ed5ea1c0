//! How long each exchange took: from a command to the first octet of its reply and to the end of it.

use std::time::Duration;

use shared::explain::Outcome;
use shared::machine::{Conn, Direction, Tick};
use shared::transcript::{Entry, Kind};

use super::ladder::label;

#[derive(Debug)]
pub struct Exchange {
    /// The command's entry.
    pub n: usize,
    pub conn: Conn,
    pub label: String,
    /// Nothing happened for so long before the command.
    pub idle: Duration,
    /// From the command to the first octet that came back.
    pub first: Option<Duration>,
    /// From the command to the end of its reply.
    pub whole: Option<Duration>,
    at: Tick,
    /// Its last reply was a preliminary one: with some verbs that is all.
    preliminary: bool,
}

#[derive(Default)]
struct Watch {
    exchanges: Vec<Exchange>,
    /// Those that wait for the end of their reply, oldest first.
    open: Vec<usize>,
    /// The one whose reply ended last, while what follows may still belong to it.
    ended: Option<usize>,
    last: Option<Tick>,
    /// The protocol says in its replies where they end.
    says_end: bool,
}

pub fn exchanges<'a>(entries: impl Iterator<Item = (usize, &'a Entry)>) -> Vec<Exchange> {
    let mut watch = Watch::default();
    for (n, entry) in entries {
        watch.see(n, entry);
    }
    watch.exchanges
}

impl Watch {
    fn see(&mut self, n: usize, entry: &Entry) {
        match &entry.kind {
            Kind::Sent(wire) if !wire.by_itself => self.sent(n, entry),
            Kind::Received(wire) => self.received(entry, wire.outcome),
            Kind::Data { direction: Direction::Received, .. } => self.received(entry, None),
            // The machine has seen the end of content that the reply announced.
            Kind::State(_) => {
                // A reply that moves the machine and is preliminary is not the last one.
                for at in &self.open {
                    self.exchanges[*at].preliminary = false;
                }
                if let Some(ended) = self.ended.take() {
                    self.reach(ended, entry.at);
                }
                return;
            }
            Kind::Ended(_) | Kind::Reset { .. } => {
                // What ends the connection ends the reply that has no other end.
                let exchanges = &self.exchanges;
                self.open.retain(|at| exchanges[*at].conn != entry.conn);
                self.ended = None;
                return;
            }
            Kind::Note(_) => return,
            _ => {}
        }
        self.last = Some(entry.at);
    }

    fn sent(&mut self, n: usize, entry: &Entry) {
        self.ended = None;
        let (exchanges, says_end) = (&self.exchanges, self.says_end);
        let over = |x: &Exchange| x.preliminary || (!says_end && x.first.is_some());
        self.open.retain(|at| !over(&exchanges[*at]));
        let idle = self.last.map_or(Duration::ZERO, |last| entry.at.0.saturating_sub(last.0));
        self.open.push(self.exchanges.len());
        self.exchanges.push(Exchange {
            n,
            conn: entry.conn,
            label: label(entry),
            idle,
            first: None,
            whole: None,
            at: entry.at,
            preliminary: false,
        });
    }

    fn received(&mut self, entry: &Entry, outcome: Option<Outcome>) {
        self.says_end |= outcome.is_some();
        let own = self.open.iter().position(|at| self.exchanges[*at].conn == entry.conn);
        // A data connection carries the reply to a command of another one.
        let Some(place) = own.or((!self.open.is_empty()).then_some(0)) else {
            if let Some(ended) = self.ended {
                self.reach(ended, entry.at);
            }
            return;
        };
        let at = self.open[place];
        self.reach(at, entry.at);
        match outcome {
            None => {}
            Some(Outcome::Preliminary) => self.exchanges[at].preliminary = true,
            Some(_) => {
                self.open.remove(place);
                self.ended = Some(at);
            }
        }
    }

    fn reach(&mut self, at: usize, now: Tick) {
        let exchange = &mut self.exchanges[at];
        let since = now.0.saturating_sub(exchange.at.0);
        exchange.first.get_or_insert(since);
        exchange.whole = Some(since);
    }
}

#[cfg(test)]
mod tests;
