//! How long each exchange took: from what was sent to the first octet of its reply and to the end of
//! it.

use std::time::Duration;

use shared::explain::{Outcome, Wire};
use shared::machine::{Conn, Direction, Tick};
use shared::transcript::{Entry, Kind};

use super::ladder::label;

#[derive(Debug)]
pub struct Exchange {
    /// The entry that was sent: a command, or the content that its first reply asked for.
    pub n: usize,
    pub label: String,
    /// Nothing happened for so long before it.
    pub idle: Duration,
    /// Until the first octet that came back.
    pub first: Option<Duration>,
    /// Until the end of the reply.
    pub whole: Option<Duration>,
    at: Tick,
    conn: Conn,
    /// The command that it belongs to.
    command: Option<usize>,
    /// A reply has come that is no preliminary one.
    answered: bool,
}

/// Of these entries. `command_of` tells which command an entry is or belongs to.
pub fn exchanges<'a>(
    entries: impl Iterator<Item = (usize, &'a Entry)>,
    command_of: impl Fn(usize) -> Option<usize>,
) -> Vec<Exchange> {
    let mut watch = Watch::default();
    for (n, entry) in entries {
        watch.see(n, entry, command_of(n));
    }
    watch.exchanges
}

#[derive(Default)]
struct Watch {
    exchanges: Vec<Exchange>,
    /// The one whose reply came last, until something else happens.
    latest: Option<usize>,
    last: Option<Tick>,
}

impl Watch {
    fn see(&mut self, n: usize, entry: &Entry, command: Option<usize>) {
        match &entry.kind {
            Kind::Sent(wire) if !wire.by_itself => self.sent(n, entry, command),
            Kind::Received(wire) => self.received(entry, command, Some(wire)),
            Kind::Data { direction: Direction::Received, .. } => {
                self.received(entry, command, None);
            }
            // The machine has seen the end of content that the reply announced.
            Kind::State(_) => {
                if let Some(latest) = self.latest.take() {
                    self.reach(latest, entry.at);
                }
            }
            Kind::Ended(_) | Kind::Reset { .. } => self.latest = None,
            Kind::Note(_) => return,
            _ => {}
        }
        self.last = Some(entry.at);
    }

    fn sent(&mut self, n: usize, entry: &Entry, command: Option<usize>) {
        self.latest = None;
        let same =
            self.exchanges.last().filter(|last| command.is_some() && last.command == command);
        if same.is_some_and(|last| last.first.is_none()) {
            // Its content went out with it.
            return;
        }
        self.exchanges.push(Exchange {
            n,
            label: label(entry),
            idle: self.last.map_or(Duration::ZERO, |last| entry.at.0.saturating_sub(last.0)),
            first: None,
            whole: None,
            at: entry.at,
            conn: entry.conn,
            command,
            answered: false,
        });
    }

    fn received(&mut self, entry: &Entry, command: Option<usize>, wire: Option<&Wire>) {
        let of = |exchange: &Exchange| command.is_some() && exchange.command == command;
        let at = self.exchanges.iter().rposition(of);
        // What the client itself answered meanwhile is no command of a person.
        let at = at.or_else(|| self.exchanges.iter().rposition(|last| last.conn == entry.conn));
        let Some(at) = at else { return };
        let untagged =
            wire.is_some_and(|w| w.spans.first().is_some_and(|s| s.term.id == "UNTAGGED"));
        if untagged && self.exchanges[at].answered {
            // The server tells something unasked.
            return;
        }
        self.reach(at, entry.at);
        let outcome = wire.and_then(|wire| wire.outcome);
        self.exchanges[at].answered |= outcome.is_some_and(|o| o != Outcome::Preliminary);
        self.latest = Some(at);
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
