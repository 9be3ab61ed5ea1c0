//! A room: one presents a dialogue, many look on. What is said in it, and what a viewer has of it.
//!
//! The presenter's page says [`Item`]s. A relay numbers each batch of them, and whoever applies all
//! batches in order to a [`Shown`] has what the room shows. A `Shown` can be told in items again, so a
//! late viewer gets those, and then what follows. Nothing here knows a protocol: a viewer needs no
//! machine, and the relay none to keep a room. `docs/rooms.md` has the octets.

mod code;
mod item;
mod line;
mod message;
mod shown;
#[cfg(test)]
mod tests;

pub use code::{ALPHABET, Code, NotACode};
pub use item::{
    Begin, Choice, Item, Knows, Move, Pane, Question, Script, Stage, TheState, Turn, View,
};
pub use line::{Line, LineKind, Term, Token};
pub use message::{FromRelay, Refusal, Seen, ToRelay, Up};
pub use shown::{Broken, Shown};

/// The subprotocol that a WebSocket of a room names in its handshake.
pub const SUBPROTOCOL: &str = "wirelab-room";

/// Entries of a dialogue that a room keeps: an hour of typing has some hundreds.
pub const MAX_LINES: usize = 20_000;

/// Octets that a room keeps, and so the largest snapshot.
pub const MAX_OCTETS: usize = 8 * 1024 * 1024;

/// Octets of one message to the relay: a unit of 16 KiB with its explanation has room, and NATS takes
/// 1 MiB.
pub const MAX_MESSAGE: usize = 512 * 1024;

/// Octets of the record that a try can begin from. A longer one is not shared.
pub const MAX_JOURNAL: usize = 1024 * 1024;

/// Entries of a list within an item: facts, moves, states. More of them would take many times the memory
/// of the message that they came in.
pub const MAX_LIST: usize = 10_000;

/// Octets of a name that a viewer gives, and of a line that one types.
pub const MAX_NAME: usize = 64;
pub const MAX_TYPED: usize = 4096;

/// A viewer, as everybody in the room may know it. The number that makes a viewer this one stays between
/// it and the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(pub u64);
