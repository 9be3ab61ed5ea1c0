//! Legal moves as data: the machine obeys it, the page draws it, the tests walk it.
//!
//! A protocol has one [`Table`] for both sides. A client asks [`Progress::legal`] before it sends,
//! a server before it obeys, and both move by the [`Rule`] of the reply that went over the wire.

pub mod layout;
#[cfg(test)]
mod layout_tests;
mod progress;

use core::fmt;

use crate::explain::Term;

pub use progress::{Answer, Progress};

/// What the client may type in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    Commands,
    /// Content of many lines, such as a mail: the only legal move is the verb of this state.
    Content,
    /// Nothing: it is the server's turn, or the session is over.
    Nothing,
}

#[derive(Debug)]
pub struct State {
    pub id: &'static str,
    pub title: &'static str,
    /// What it means to be here, in a sentence.
    pub text: &'static str,
    pub takes: Takes,
}

impl PartialEq for State {
    fn eq(&self, other: &State) -> bool {
        self.id == other.id
    }
}

/// A condition beside the state.
#[derive(Debug)]
pub struct Flag {
    pub id: &'static str,
    /// Completes "needs …".
    pub title: &'static str,
    /// How one gets it.
    pub text: &'static str,
}

/// Needed by a command that is to be sent while another one awaits its reply.
pub static REPLY: Flag = Flag {
    id: "reply",
    title: "the reply to the command before it",
    text: "Wait for that reply: nothing may follow that command in the same batch.",
};

impl PartialEq for Flag {
    fn eq(&self, other: &Flag) -> bool {
        self.id == other.id
    }
}

/// Where a command may stand when several are sent in one write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Batch {
    Anywhere,
    /// Its reply must be read before anything else is sent.
    Last,
}

/// A command, or content that takes the place of one.
#[derive(Debug)]
pub struct Verb {
    /// As in the RFC, in upper case. A name in brackets, such as `(message)`, is content.
    pub name: &'static str,
    pub syntax: &'static str,
    /// An example that works on the practice server.
    pub template: &'static str,
    pub term: &'static Term,
    pub legal: &'static [&'static State],
    pub needs: &'static [&'static Flag],
    pub batch: Batch,
    /// The replies, success first. Codes not listed here or in [`Table::generic`] leave the state.
    pub rules: &'static [Rule],
}

impl Verb {
    pub const fn new(name: &'static str, syntax: &'static str, term: &'static Term) -> Verb {
        Verb {
            name,
            syntax,
            template: syntax,
            term,
            legal: &[],
            needs: &[],
            batch: Batch::Anywhere,
            rules: &[],
        }
    }

    pub const fn template(mut self, template: &'static str) -> Verb {
        self.template = template;
        self
    }

    pub const fn legal(mut self, states: &'static [&'static State]) -> Verb {
        self.legal = states;
        self
    }

    pub const fn needs(mut self, flags: &'static [&'static Flag]) -> Verb {
        self.needs = flags;
        self
    }

    /// Must end a batch.
    pub const fn last(mut self) -> Verb {
        self.batch = Batch::Last;
        self
    }

    pub const fn rules(mut self, rules: &'static [Rule]) -> Verb {
        self.rules = rules;
        self
    }

    /// What it does if all goes well: the first reply after the preliminary ones.
    pub fn success(&self) -> Option<&'static Rule> {
        self.rules.iter().find(|rule| !rule.goes_on)
    }

    /// As it is called within a sentence.
    pub fn called(&self) -> String {
        match self.name.strip_prefix('(') {
            Some(name) => format!("the {}", name.trim_end_matches(')')),
            None => self.name.into(),
        }
    }

    /// Stands for whatever was sent without checks and is no command of the table.
    pub fn is_other(&self) -> bool {
        self.name == "(other)"
    }
}

/// What a reply to a verb means and does.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// `250`, `+OK`; an `x` stands for any digit, as in `2xx`.
    pub code: &'static str,
    pub says: &'static str,
    /// `None`: the state stays.
    pub to: Option<&'static State>,
    pub sets: &'static [&'static Flag],
    pub clears: &'static [&'static Flag],
    /// Another reply to the same verb follows (1xx).
    pub goes_on: bool,
}

impl Rule {
    pub const fn new(code: &'static str, says: &'static str) -> Rule {
        Rule { code, says, to: None, sets: &[], clears: &[], goes_on: false }
    }

    pub const fn to(mut self, state: &'static State) -> Rule {
        self.to = Some(state);
        self
    }

    pub const fn sets(mut self, flags: &'static [&'static Flag]) -> Rule {
        self.sets = flags;
        self
    }

    pub const fn clears(mut self, flags: &'static [&'static Flag]) -> Rule {
        self.clears = flags;
        self
    }

    pub const fn goes_on(mut self) -> Rule {
        self.goes_on = true;
        self
    }

    /// Names one code, and no class of them.
    pub fn is_exact(&self) -> bool {
        !self.code.contains('x')
    }

    pub fn matches(&self, code: &str) -> bool {
        self.code.len() == code.len()
            && self
                .code
                .bytes()
                .zip(code.bytes())
                .all(|(rule, c)| rule == c || (rule == b'x' && c.is_ascii_digit()))
    }
}

/// All that is legal in a protocol.
#[derive(Debug)]
pub struct Table {
    /// The first is where a session starts, the last where it ends.
    pub states: &'static [&'static State],
    pub flags: &'static [&'static Flag],
    pub verbs: &'static [&'static Verb],
    /// Replies that may come to any verb, after the verb's own rules.
    pub generic: &'static [Rule],
}

/// One arrow of the state diagram.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    pub from: &'static State,
    pub verb: &'static Verb,
    pub rule: &'static Rule,
    pub to: &'static State,
}

impl Table {
    pub fn start(&self) -> &'static State {
        self.states[0]
    }

    pub fn end(&self) -> &'static State {
        self.states[self.states.len() - 1]
    }

    /// By name, in any case.
    pub fn verb(&self, name: &str) -> Option<&'static Verb> {
        self.verbs.iter().copied().find(|verb| verb.name.eq_ignore_ascii_case(name))
    }

    pub fn rule(&self, verb: &'static Verb, code: &str) -> Option<&'static Rule> {
        verb.rules.iter().chain(self.generic).find(|rule| rule.matches(code))
    }

    /// The verbs that the state allows, whether or not their flags are set.
    pub fn legal(&self, state: &State) -> impl Iterator<Item = &'static Verb> {
        self.verbs.iter().copied().filter(move |verb| verb.legal.contains(&state))
    }

    /// The moves from a state: each verb, and if it is not legal, why.
    pub fn moves(
        &self,
        state: &'static State,
        flags: &[&'static Flag],
    ) -> Vec<(&'static Verb, Result<(), Illegal>)> {
        self.verbs
            .iter()
            .filter(|verb| !verb.syntax.is_empty())
            .map(|verb| (*verb, self.check(verb, state, flags)))
            .collect()
    }

    pub fn check(
        &self,
        verb: &'static Verb,
        state: &'static State,
        flags: &[&'static Flag],
    ) -> Result<(), Illegal> {
        let missing = verb.needs.iter().copied().find(|flag| !flags.contains(flag));
        if verb.legal.contains(&state) && missing.is_none() {
            return Ok(());
        }
        let legal = self.to_type(state);
        let needs = if verb.legal.contains(&state) { missing } else { None };
        Err(Illegal { verb: verb.name.into(), known: Some(verb), state, needs, legal })
    }

    pub fn unknown(&self, verb: &str, state: &'static State) -> Illegal {
        let legal = self.to_type(state);
        Illegal { verb: verb.into(), known: None, state, needs: None, legal }
    }

    /// The names that a refusal lists: verbs without syntax cannot be typed.
    fn to_type(&self, state: &State) -> Vec<&'static str> {
        self.legal(state).filter(|verb| !verb.syntax.is_empty()).map(|verb| verb.name).collect()
    }

    /// Every arrow that leads to another state.
    pub fn edges(&self) -> Vec<Edge> {
        let mut edges = Vec::new();
        for verb in self.verbs {
            for from in verb.legal {
                for rule in verb.rules {
                    if let Some(to) = rule.to.filter(|to| to != from) {
                        edges.push(Edge { from, verb, rule, to });
                    }
                }
            }
        }
        edges
    }

    /// How many commands that succeed lead from a state to one where `verb` is legal.
    pub fn distance(&self, from: &'static State, verb: &Verb) -> Option<usize> {
        let mut seen = vec![(from, 0)];
        let mut at = 0;
        while let Some(&(state, distance)) = seen.get(at) {
            if verb.legal.contains(&state) {
                return Some(distance);
            }
            for to in self.legal(state).filter_map(|verb| verb.success()?.to) {
                if !seen.iter().any(|(other, _)| *other == to) {
                    seen.push((to, distance + 1));
                }
            }
            at += 1;
        }
        None
    }

    /// The states that a session can come to.
    pub fn reachable(&self) -> Vec<&'static State> {
        let edges = self.edges();
        let mut seen = vec![self.start()];
        let mut at = 0;
        while at < seen.len() {
            let from = seen[at];
            for edge in edges.iter().filter(|edge| edge.from == from) {
                if !seen.contains(&edge.to) {
                    seen.push(edge.to);
                }
            }
            at += 1;
        }
        seen
    }
}

/// A move that the table does not have.
#[derive(Clone, Debug, PartialEq)]
pub struct Illegal {
    pub verb: String,
    pub known: Option<&'static Verb>,
    pub state: &'static State,
    /// The state allows it, but this is missing.
    pub needs: Option<&'static Flag>,
    pub legal: Vec<&'static str>,
}

impl PartialEq for Verb {
    fn eq(&self, other: &Verb) -> bool {
        self.name == other.name && self.syntax == other.syntax
    }
}

impl fmt::Display for Illegal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Illegal { verb, known, state, needs, legal } = self;
        match (known, needs) {
            (Some(_), Some(flag)) => {
                return write!(f, "{verb} needs {}. {}", flag.title, flag.text);
            }
            (Some(known), None) if !known.legal.is_empty() => {
                let states: Vec<_> = known.legal.iter().map(|state| state.title).collect();
                write!(
                    f,
                    "{verb} is not legal in the state \u{201c}{}\u{201d}; it belongs to \u{201c}{}\u{201d} ({}).",
                    state.title,
                    states.join("\u{201d}, \u{201c}"),
                    known.term.rfc
                )?;
            }
            _ => write!(f, "There is no command {verb:?} in this protocol.")?,
        }
        match legal.as_slice() {
            [] => write!(f, " Nothing can be sent now: {}", state.text),
            legal => write!(f, " Legal now: {}.", legal.join(", ")),
        }
    }
}
