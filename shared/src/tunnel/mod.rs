//! The tunnel between the page and the relay: many sockets in one WebSocket.
//!
//! The page cannot open a socket, so the relay opens it and the bytes travel in frames, one frame
//! per binary WebSocket message. `docs/tunnel.md` is the specification; this module is the one
//! implementation that both ends run:
//!
//! * [`Frame`] is what a message means: total decode, encode, nothing else.
//! * [`Mux`] keeps streams, listeners, UDP sockets and lookups, their credit and their turn; it
//!   never sees a socket or a clock.
//! * [`Reason`] is the one list of why a stream or the session ended, with a sentence for each.

mod bind;
mod channel;
mod decode;
mod drain;
mod encode;
mod event;
mod frame;
mod inbound;
mod life;
mod listener;
mod mux;
mod pace;
mod queue;
mod reason;
mod sockets;
mod stream;
#[cfg(test)]
mod tests;
mod udp;

pub use bind::{
    Allow, BindAt, IncomingInfo, Listen, ListeningInfo, Query, ResolvedInfo, UdpBind, UdpInfo,
};
pub use event::{DatagramError, Event, OpenError, Violation};
pub use frame::{
    Attempt, Family, Fault, Frame, FrameError, Goaway, Hello, Kind, OpenedInfo, Phase, Reset,
    StreamId, Target, Welcome,
};
pub use mux::{Mux, Role};
pub use reason::Reason;

/// The version in HELLO and WELCOME.
pub const VERSION: u8 = 1;

/// What the page offers, and the relay must pick, as the WebSocket's subprotocol.
pub const SUBPROTOCOL: &str = "wirelab.1";

/// Most bytes in one DATA frame. A stream's turn is one frame, so this is also how long the other
/// streams wait for it: 32 KiB is 3 ms on a 100 Mbit/s line (on a slower one frames are shorter), and what a
/// message costs beside its bytes is small.
pub const MAX_DATA: usize = 32 * 1024;

/// Longest message either end may send. The longest frame is DATA; the rest is room for growth.
pub const MAX_MESSAGE: usize = 64 * 1024;

/// Credit that a relay grants to a stream, and either end to a UDP socket. It fills a 100 Mbit/s line of 20 ms, and
/// bounds what one stream can make a relay remember, which has many.
pub const DEFAULT_WINDOW: u32 = 256 * 1024;

/// Credit that a page grants to a stream: a download over a longer line, and fewer stops of a fast one. What a page does
/// not read piles up in itself.
pub const PAGE_WINDOW: u32 = 1024 * 1024;

/// Most credit that may be outstanding in one direction of a stream.
pub const MAX_WINDOW: u32 = 16 * 1024 * 1024;

/// A stream that has no more than this to send goes before those that have more: a keystroke, a command, a reply.
const LITTLE: usize = 1024;

/// What [`Mux::send`] keeps per stream at a page until it is that stream's turn: half of what the relay grants, so
/// that the owner refills it while the rest is on its way.
pub const SEND_BUFFER: usize = 4 * MAX_DATA;

/// The same at a relay, a quarter of what a page grants. On a fast line it is the size of a step, and to wake the one who
/// reads costs as much as to copy a part of it.
pub const RELAY_SEND_BUFFER: usize = 8 * MAX_DATA;

/// Streams a relay allows per session unless it is told otherwise. A lesson needs two or three
/// (FTP: control and data); 64 leave room for a class exercise and bound the relay's memory at 32 MiB.
pub const DEFAULT_MAX_STREAMS: u16 = 64;

/// Listeners and UDP sockets that a page may have at a time. FTP needs one, a lesson on sockets two
/// or three of either.
pub const MAX_LISTENERS: usize = 4;
pub const MAX_UDP_SOCKETS: usize = 4;

/// Names that may be looked up at a time; each takes a thread of the relay.
pub const MAX_LOOKUPS: usize = 8;

/// Connections that may wait at a listener until the page takes them.
pub const MAX_BACKLOG: u16 = 16;

/// Longest content of a datagram: what fits into a message. IP takes 65 507 bytes; beyond that the
/// relay's operating system shall say what is wrong, and not the tunnel.
pub const MAX_DATAGRAM: usize = MAX_MESSAGE - 24;

/// Credit that a datagram costs beside its content, so that empty ones are bounded, too.
pub const DATAGRAM_COST: usize = 16;

/// Least window of a UDP socket. It is granted again by halves, and the longest datagram must fit
/// into one.
pub const MIN_UDP_WINDOW: u32 = 128 * 1024;

/// What waits at a UDP socket for the other end: about what Linux gives a socket.
pub const UDP_QUEUE: usize = 256 * 1024;

/// Longest host name in OPEN: the limit of DNS (RFC 1035, section 2.3.4).
pub const MAX_HOST: usize = 255;

/// Longest sentence in a frame; longer ones are cut when written.
pub const MAX_TEXT: usize = 1024;

/// Most addresses, and most attempts, that OPENED reports; longer lists are cut when written.
pub const MAX_ADDRESSES: usize = 32;

/// Answers that may wait while the other end does not read. Far above what an end that reads can
/// cause: each stream has at most a few answers on their way.
pub const MAX_WAITING_CONTROL: usize = 1024;

/// PINGs that may be on their way at once; more would measure nothing new.
pub const MAX_PINGS: usize = 8;
