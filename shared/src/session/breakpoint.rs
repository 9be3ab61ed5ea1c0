//! Where a session that runs stops by itself.

use crate::explain::{Outcome, Wire};
use crate::machine::Output;
use crate::table::State;
use crate::transcript::Kind;

/// What a session stops at: it goes on in steps from there.
#[derive(Clone, Debug, PartialEq)]
pub enum Breakpoint {
    /// A reply that ends its command like this, once it is shown.
    Outcome(Outcome),
    /// This command, before it goes out.
    Command(String),
    /// Coming to the state of this id.
    State(String),
    /// These octets in a unit: sent, before it goes out; received, once it is shown.
    Octets(Vec<u8>),
}

impl Breakpoint {
    /// Whether to stop at this output.
    pub(super) fn hits(&self, output: &Output) -> bool {
        match output {
            Output::Sent { wire, .. } => self.meets(Met::Sent(wire)),
            Output::Received { wire, .. } => self.meets(Met::Received(wire)),
            Output::State(state) => self.meets(Met::State(state)),
            _ => false,
        }
    }

    /// Whether this entry of a record is what it stops at.
    pub fn is_at(&self, kind: &Kind) -> bool {
        match kind {
            Kind::Sent(wire) => self.meets(Met::Sent(wire)),
            Kind::Received(wire) => self.meets(Met::Received(wire)),
            Kind::State(state) => self.meets(Met::State(state)),
            _ => false,
        }
    }

    fn meets(&self, met: Met<'_>) -> bool {
        match (self, met) {
            (Breakpoint::Outcome(outcome), Met::Received(wire)) => wire.outcome == Some(*outcome),
            (Breakpoint::Command(name), Met::Sent(wire)) => {
                words(wire).any(|word| word.eq_ignore_ascii_case(name.as_bytes()))
            }
            (Breakpoint::State(id), Met::State(state)) => state.id == id,
            (Breakpoint::Octets(octets), Met::Sent(wire) | Met::Received(wire)) => {
                !octets.is_empty() && wire.bytes.windows(octets.len()).any(|w| w == octets)
            }
            _ => false,
        }
    }

    /// What was stopped at, in words.
    pub fn sentence(&self) -> String {
        match self {
            Breakpoint::Outcome(outcome) => format!("a reply \u{201c}{}\u{201d}", outcome.word()),
            Breakpoint::Command(name) => format!("the command {name}"),
            Breakpoint::State(id) => format!("the state \u{201c}{id}\u{201d}"),
            Breakpoint::Octets(octets) => {
                format!("the octets \u{201c}{}\u{201d}", crate::transcript::visible(octets))
            }
        }
    }
}

/// What may be stopped at.
enum Met<'a> {
    Sent(&'a Wire),
    Received(&'a Wire),
    State(&'static State),
}

/// Where a command's name stands: first, or behind IMAP's tag.
fn words(wire: &Wire) -> impl Iterator<Item = &[u8]> {
    wire.bytes.split(|byte| byte.is_ascii_whitespace()).take(2)
}
