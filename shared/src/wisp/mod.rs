//! Wisp version 1 and wsproxy: what other programs speak to reach sockets through a WebSocket.
//!
//! [Wisp](https://github.com/MercuryWorkshop/wisp-protocol) carries many streams in packets of one
//! binary message each, wsproxy one connection whose bytes are the messages themselves.
//! `docs/wisp.md` has the rules that are kept here:
//!
//! * [`Packet`] is what a message means: total decode, encode, nothing else.
//! * [`Server`] keeps the streams of one WebSocket at the end that has the sockets, and speaks
//!   wsproxy as well; [`Client`] keeps them at the other.
//! * [`CloseReason`] is the one list of why a stream ended, with a sentence for each.

mod client;
mod packet;
mod reason;
mod server;
mod stream;
#[cfg(test)]
mod tests;

pub use client::{Client, ClientEvent, NotReady};
pub use packet::{Fault, Packet, PacketError, Transport};
pub use reason::CloseReason;
pub use server::{Event, Over, Server};

/// Packets of a TCP stream that a client may have on their way and at the server: what every
/// published server grants, so clients are used to it.
pub const CREDIT: u32 = 128;

/// Longest message. The protocol has no limit; a WebSocket library's usual one is this, and longer
/// packets gain nothing.
pub const MAX_MESSAGE: usize = 1024 * 1024;

/// Most bytes in a DATA packet that we send on a TCP stream: a stream's turn.
pub const MAX_DATA: usize = 16 * 1024;

/// What waits per stream until the WebSocket takes it. There is no credit in this direction, so a
/// full queue is what stops the reading of a socket.
pub const SEND_BUFFER: usize = 4 * MAX_DATA;

/// Longest datagram that waits: the longest that IP takes (RFC 768 and RFC 791).
pub const MAX_DATAGRAM: usize = 65_507;

/// What clients sent and sockets have not taken, of all streams of a WebSocket together. Credit
/// counts packets and not bytes, so it alone would allow 128 MiB per stream; at this limit the
/// WebSocket is not read. Two streams of full credit in packets of 64 KiB stay below.
pub const MAX_WAITING: usize = 24 * 1024 * 1024;

/// The same for wsproxy, which has one stream and no credit: not reading is its back pressure.
pub const MAX_WAITING_RAW: usize = 256 * 1024;

/// Datagrams that wait for a UDP socket, by their octets; the newest is dropped.
pub const UDP_QUEUE: usize = 256 * 1024;

/// Answers that may wait until the client reads; beyond, the WebSocket is not read either.
pub const MAX_WAITING_CONTROL: usize = 1024;

/// Longest host name in CONNECT: the limit of DNS (RFC 1035, section 2.3.4).
pub const MAX_HOST: usize = 255;
