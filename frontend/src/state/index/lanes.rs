//! The commands of each connection that wait for their replies, as a reader of the record sees them.

use std::collections::VecDeque;

use shared::explain::{Outcome, Wire, common};
use shared::machine::Conn;
use shared::protocols::Protocol;
use shared::table::{State, Takes, Verb};
use shared::transcript::{Entry, Kind};

use super::{code, verb_of};

/// The entry of a command, and the verb whose reply comes next.
type Asked = (usize, Option<&'static Verb>);

/// What a reader of the record knows where an entry stands.
pub(super) struct Place<'a, F> {
    pub(super) n: usize,
    pub(super) entry: &'a Entry,
    pub(super) protocol: &'a Protocol,
    pub(super) state: Option<&'static State>,
    /// The entries before this one.
    pub(super) entries: F,
}

#[derive(Clone, Debug, Default)]
struct Lane {
    /// Commands without a final reply, oldest first.
    pending: VecDeque<Asked>,
    /// Those have tags, by which their replies find them.
    tagged: bool,
    /// What the last reply answered.
    answered: Option<Asked>,
    /// What was sent last.
    sent: Option<Asked>,
    /// A reply has asked for more of this command: its content, or the next part of a login.
    goes_on: Option<usize>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Lanes(Vec<(Conn, Lane)>);

impl Lanes {
    /// The command that this entry is or belongs to, with the verb that it stands for.
    pub(super) fn take<'a, F>(&mut self, place: &Place<'a, F>) -> Option<Asked>
    where
        F: Fn(usize) -> Option<&'a Entry>,
    {
        let conn = place.entry.conn;
        match &place.entry.kind {
            // A session begins, and with it its connections.
            Kind::Connecting { .. } if conn == Conn::MAIN => self.0.clear(),
            Kind::Connecting { .. } => self.0.retain(|(c, _)| *c != conn),
            Kind::Sent(wire) => return Some(self.lane(conn).sends(place, wire)),
            Kind::Received(_) if place.protocol.screen.is_some() => return self.lane(conn).sent,
            Kind::Received(wire) => {
                if self.lane(conn).sent.is_some() {
                    return self.lane(conn).receives(place, wire);
                }
                return self.main();
            }
            Kind::Data { .. } => {
                let lane = self.lane(conn);
                return lane.answered.or(lane.sent).or_else(|| self.main());
            }
            _ => {}
        }
        None
    }

    /// What is under way on the main connection: what happens on another one belongs to it.
    fn main(&mut self) -> Option<Asked> {
        let lane = self.lane(Conn::MAIN);
        lane.pending.front().copied().or(lane.answered)
    }

    fn lane(&mut self, conn: Conn) -> &mut Lane {
        let at = self.0.iter().rposition(|(c, _)| *c == conn).unwrap_or_else(|| {
            self.0.push((conn, Lane::default()));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }
}

impl Lane {
    fn sends<'a, F>(&mut self, place: &Place<'a, F>, wire: &Wire) -> Asked
    where
        F: Fn(usize) -> Option<&'a Entry>,
    {
        let verb = verb_of(place.entry, place.protocol);
        let tag = first(wire) == Some("TAG");
        let is_command = match verb {
            _ if self.sent.is_none() => true,
            _ if self.tagged && !tag => false,
            Some(verb) => !is_content(verb),
            None => wire
                .spans
                .iter()
                .any(|span| *span.term == common::OFF_SCRIPT || *span.term == common::UNEXPECTED),
        };
        if !is_command {
            return self.content(place, verb);
        }
        self.goes_on = None;
        self.tagged |= tag;
        self.pending.push_back((place.n, verb));
        self.sent = Some((place.n, verb));
        (place.n, verb)
    }

    /// Content belongs to the command that asked for it. What the server says next is said of the content.
    fn content<'a, F>(&mut self, place: &Place<'a, F>, verb: Option<&'static Verb>) -> Asked
    where
        F: Fn(usize) -> Option<&'a Entry>,
    {
        let verb =
            verb.or_else(|| place.protocol.table.legal(place.state?).find(|verb| is_content(verb)));
        let Some(command) = self.goes_on.take() else {
            let of = self.pending.back().copied().or(self.sent).unwrap_or((place.n, verb));
            return (of.0, verb.or(of.1));
        };
        match self.pending.iter_mut().find(|(pending, _)| *pending == command) {
            Some(pending) => pending.1 = verb.or(pending.1),
            None => self.pending.push_back((command, verb)),
        }
        (command, verb)
    }

    fn receives<'a, F>(&mut self, place: &Place<'a, F>, wire: &Wire) -> Option<Asked>
    where
        F: Fn(usize) -> Option<&'a Entry>,
    {
        let (first, outcome) = (first(wire), wire.outcome);
        let at = match (first, outcome) {
            (Some("TAG"), _) => {
                let same = |(command, _): &Asked| tag(*command, &place.entries) == token(wire);
                Some(self.pending.iter().position(same)?)
            }
            // What has no outcome goes on with what came before, and untagged data with the command under way.
            (Some("UNTAGGED"), _) | (_, Some(_)) if !self.pending.is_empty() => Some(0),
            _ if self.answered.is_none() && !self.pending.is_empty() => Some(0),
            _ => None,
        };
        let Some(at) = at else { return self.answered.filter(|_| outcome.is_none()) };
        let asked = self.pending[at];
        self.answered = Some(asked);
        let asks_for_more = outcome == Some(Outcome::More);
        // An untagged reply or a `+` leaves the command open; of a code the table knows it.
        let rule = asked.1.zip(code(place.entry));
        let rule = rule.and_then(|(verb, code)| place.protocol.table.rule(verb, code));
        let goes_on = rule.map_or(outcome == Some(Outcome::Preliminary), |rule| rule.goes_on);
        if outcome.is_some() && !goes_on && !matches!(first, Some("UNTAGGED" | "CONTINUE")) {
            self.pending.remove(at);
            if self.tagged {
                // What was sent without a tag will not be answered by one.
                self.pending.retain(|(command, _)| tag(*command, &place.entries).is_some());
            }
            self.tagged &= !self.pending.is_empty();
        }
        self.goes_on = asks_for_more.then_some(asked.0);
        Some(asked)
    }
}

/// Whether this is no command but what a command has announced.
fn is_content(verb: &Verb) -> bool {
    let takes = |state: &&State| state.takes == Takes::Content;
    verb.name.starts_with('(') && (verb.term.id == "SASL_RESPONSE" || verb.legal.iter().any(takes))
}

fn first(wire: &Wire) -> Option<&'static str> {
    wire.spans.first().map(|span| span.term.id)
}

fn token(wire: &Wire) -> Option<&[u8]> {
    wire.spans.first().map(|span| &wire.bytes[span.range()])
}

/// The tag of a command.
fn tag<'a, F>(n: usize, entries: &F) -> Option<&'a [u8]>
where
    F: Fn(usize) -> Option<&'a Entry>,
{
    let wire = entries(n)?.wire()?;
    token(wire).filter(|_| first(wire) == Some("TAG"))
}
