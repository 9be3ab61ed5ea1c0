//! The client's end of a WebSocket that speaks Wisp version 1.
//!
//! The owner waits for `Ready`, then opens streams. Wisp confirms no connection: what can be seen is
//! bytes, or the `Closed` of one that did not come about. It has no credit in this direction, so
//! who cannot take more bytes has to stop reading the WebSocket.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use super::{CloseReason, MAX_DATA, Packet, PacketError, Transport};

/// The client's end of one WebSocket.
#[derive(Default)]
pub struct Client {
    /// What the server grants every new stream; it came first.
    initial: Option<u32>,
    streams: BTreeMap<u32, Outgoing>,
    last_id: u32,
    messages: VecDeque<Vec<u8>>,
    events: VecDeque<ClientEvent>,
}

struct Outgoing {
    transport: Transport,
    credit: u32,
    /// `send` took less than offered.
    short: bool,
}

/// What happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ClientEvent {
    /// Streams may be opened.
    Ready,
    Data(u32, Vec<u8>),
    /// There is credit again, after `send` took less than offered.
    Writable(u32),
    Closed(u32, CloseReason),
}

/// A stream cannot be opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotReady;

impl Client {
    pub fn new() -> Client {
        Client::default()
    }

    /// A binary message came. An error leaves everything as it was.
    pub fn receive(&mut self, message: &[u8]) -> Result<(), PacketError> {
        match Packet::decode(message)? {
            Packet::Continue(0, packets) => {
                if self.initial.replace(packets).is_none() {
                    self.events.push_back(ClientEvent::Ready);
                }
            }
            Packet::Continue(id, packets) => {
                let Some(stream) = self.streams.get_mut(&id) else { return Ok(()) };
                stream.credit = packets;
                if packets > 0 && std::mem::take(&mut stream.short) {
                    self.events.push_back(ClientEvent::Writable(id));
                }
            }
            Packet::Data(id, bytes) => {
                if self.streams.contains_key(&id) {
                    self.events.push_back(ClientEvent::Data(id, bytes.to_vec()));
                }
            }
            Packet::Close(id, reason) => {
                if self.streams.remove(&id).is_some() {
                    self.events.push_back(ClientEvent::Closed(id, reason));
                }
            }
            // Only clients send it.
            Packet::Connect { .. } => {}
        }
        Ok(())
    }

    pub fn poll_event(&mut self) -> Option<ClientEvent> {
        self.events.pop_front()
    }

    /// The next message. What waits here is at most the credit of each stream.
    pub fn poll_message(&mut self) -> Option<Vec<u8>> {
        self.messages.pop_front()
    }

    /// Opens a stream. Bytes may be sent at once.
    pub fn connect(&mut self, to: Transport, host: &str, port: u16) -> Result<u32, NotReady> {
        let credit = self.initial.ok_or(NotReady)?;
        self.last_id = self.last_id.checked_add(1).ok_or(NotReady)?;
        let id = self.last_id;
        self.streams.insert(id, Outgoing { transport: to, credit, short: false });
        let connect = Packet::Connect { id, transport: to, host: host.to_owned(), port };
        self.messages.push_back(connect.encode());
        Ok(id)
    }

    /// Sends what there is credit for and returns how many bytes that was. On a UDP stream, which
    /// has no credit, the bytes are one datagram.
    pub fn send(&mut self, id: u32, bytes: &[u8]) -> usize {
        let Some(stream) = self.streams.get_mut(&id) else { return 0 };
        if stream.transport == Transport::Udp {
            self.messages.push_back(Packet::Data(id, bytes).encode());
            return bytes.len();
        }
        let mut sent = 0;
        for part in bytes.chunks(MAX_DATA).take(stream.credit as usize) {
            self.messages.push_back(Packet::Data(id, part).encode());
            stream.credit -= 1;
            sent += part.len();
        }
        stream.short |= sent < bytes.len();
        sent
    }

    /// Closes both directions at once.
    pub fn close(&mut self, id: u32, reason: CloseReason) {
        if self.streams.remove(&id).is_some() {
            self.messages.push_back(Packet::Close(id, reason).encode());
        }
    }
}

impl fmt::Display for NotReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "no stream can be opened: the server's first CONTINUE has not come, or all numbers are used"
        )
    }
}

impl std::error::Error for NotReady {}
