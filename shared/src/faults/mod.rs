//! Faults on purpose: what goes wrong between a practice server and its wire, by name.
//!
//! A fault is data: a pace, and rules that say when something happens and what. [`Faulty`] is a
//! server around a server that obeys them, so page and relay break in the same way. Nothing is
//! left to chance: the same inputs at the same ticks give the same octets.

mod list;
mod reader;
mod server;
#[cfg(test)]
mod tests;

use crate::machine::{Server, ServerConfig};
use crate::protocols::Protocol;

pub use list::ALL;
pub use server::Faulty;

/// One thing that goes wrong.
#[derive(Debug)]
pub struct Fault {
    /// As in the page's address: `451-every-3rd-rcpt`.
    pub id: &'static str,
    /// The same in words, for the status line.
    pub title: &'static str,
    /// What happens, and what a good client does about it.
    pub text: &'static str,
    cases: &'static [Case],
}

impl PartialEq for Fault {
    fn eq(&self, other: &Fault) -> bool {
        self.id == other.id
    }
}

impl Fault {
    pub fn fits(&self, protocol: &Protocol) -> bool {
        self.case(protocol).is_some()
    }

    fn case(&self, protocol: &Protocol) -> Option<&'static Case> {
        self.cases.iter().find(|case| case.of.is_empty() || case.of.contains(&protocol.id))
    }
}

/// How a fault shows in some protocols.
#[derive(Debug)]
struct Case {
    /// The protocols by id; empty for every one.
    of: &'static [&'static str],
    pace: Pace,
    rules: &'static [Rule],
}

/// How octets leave.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Pace {
    Usual,
    /// In segments of so many octets.
    Segments(usize),
    /// So many milliseconds late.
    Late(u64),
    /// One by one, so many milliseconds apart.
    Trickle(u64),
    /// All that is there after so many milliseconds in one segment.
    Together(u64),
}

/// The first rule that hits is the one that counts.
#[derive(Debug)]
struct Rule {
    when: When,
    which: Which,
    act: Act,
}

#[derive(Debug)]
enum When {
    /// A command line comes; `""` is any.
    Command(&'static str),
    /// A reply goes out that begins so, to a command that begins so. `""` is any; a tag is not
    /// looked at. Content on the connection of the commands answers [`CONTENT`].
    Reply { begins: &'static str, to: &'static str },
    /// A block goes out that ends with a lone dot.
    Block,
    /// So many octets of content have gone out on one connection.
    Content(usize),
}

/// What is answered when it was no command.
const CONTENT: &str = "(content)";

#[derive(Debug)]
enum Which {
    Every,
    /// On this connection.
    Nth(u32),
    /// On all connections together: a client that comes again goes on counting.
    EveryNth(u32),
    /// This very line has not come before, on any connection.
    FirstSight,
}

#[derive(Debug)]
enum Act {
    /// The server never sees the command; this is the answer. A tag is put before it.
    Answer(&'static str),
    /// The same, and then the connection ends.
    Farewell(&'static str),
    /// The connection ends (FIN) before it.
    Close,
    /// The connection ends after it.
    CloseAfter,
    /// The connection is dropped (RST) before it.
    Reset,
    /// Only half of it goes out, and then the connection ends.
    Half,
    /// This stands in the place of what the reply begins with.
    Begin(&'static str),
    /// It goes out without its end of line.
    NoEnd,
    /// Its lines end with LF alone.
    BareLf,
    /// The lone dot stays away, and the connection ends.
    NoDot,
    /// Octets that mean nothing go out before it.
    Garbage,
    /// It waits for the next reply and goes out with it.
    Join,
    /// It names an address that is not the server's.
    Elsewhere,
}

/// The practice server of a protocol, with a fault or without.
pub fn server(
    protocol: &'static Protocol,
    config: &ServerConfig,
    fault: Option<&'static Fault>,
) -> Box<dyn Server> {
    let inner = (protocol.server)(config);
    match fault {
        None => inner,
        Some(fault) => match fault.case(protocol) {
            None => inner,
            Some(case) => Box::new(Faulty::new(inner, protocol, fault, case)),
        },
    }
}

/// The faults that fit a protocol.
pub fn of(protocol: &Protocol) -> impl Iterator<Item = &'static Fault> {
    ALL.iter().filter(|fault| fault.fits(protocol))
}

/// The fault of this name, if it fits; or a sentence that lists those that do.
pub fn named(id: &str, protocol: &Protocol) -> Result<&'static Fault, String> {
    of(protocol).find(|fault| fault.id == id).ok_or_else(|| {
        let known: Vec<_> = of(protocol).map(|fault| fault.id).collect();
        format!("{} has no fault {id:?}. Those that fit are: {}.", protocol.name, known.join(", "))
    })
}
