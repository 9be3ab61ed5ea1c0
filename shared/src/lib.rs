//! Everything of Wirelab that knows a protocol, without a socket, a clock or a source of randomness.
//!
//! | module | what it holds |
//! |---|---|
//! | [`machine`] | the border of a protocol machine: what goes in, what comes out |
//! | [`table`] | legal moves as data, and [`table::Progress`], which obeys them |
//! | [`explain`] | bytes and their meaning, made together |
//! | [`text`] | what line protocols share: lines, dot blocks, replies, SASL |
//! | [`protocols`] | the registry and one folder for each protocol |
//! | [`python`] | what the methods of Python's modules do on the wire |
//! | [`world`] | what the practice servers serve |
//! | [`transcript`] | the append-only record that every view is drawn from |
//! | [`faults`] | what goes wrong on purpose between a practice server and its wire |
//! | [`session`] | one client machine, its transcript and its gates, over any wire |
//! | [`sockets`] | two hosts with a kernel each, and what the module `socket` does with them |
//! | [`lesson`] | experiments as files: read, checked, followed |
//! | [`link`] | the in-memory wire between a session and a practice server |
//! | [`dialogue`] | session, link and world as one, to which events happen |
//! | [`tape`] | the record of those events: going back, forking, keeping |
//! | [`room`] | what a presenter shows to a class, and what a class says |
//! | [`tunnel`] | frames and multiplexer between page and relay |
//! | [`wisp`] | what other programs speak to the relay: Wisp version 1 and wsproxy |

pub mod dialogue;
pub mod explain;
pub mod faults;
pub mod lesson;
pub mod link;
pub mod machine;
pub mod protocols;
pub mod python;
pub mod random;
pub mod room;
pub mod session;
pub mod sockets;
pub mod table;
pub mod tape;
#[cfg(test)]
pub(crate) mod testing;
pub mod text;
pub mod transcript;
pub mod tunnel;
pub mod wisp;
pub mod world;
