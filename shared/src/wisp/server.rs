//! The server's end of a WebSocket that speaks Wisp version 1 or wsproxy.
//!
//! The owner moves messages in ([`Server::receive`]) and events and messages out, and has the
//! sockets. Wisp's flow control is kept like this:
//!
//! * From the client: CONTINUE *sets* the client's counter and knows nothing of the packets on their
//!   way, so a server that always says what is free promises the same room twice. This one says
//!   how many packets were used up since its last CONTINUE. The sum of all it ever said is then at
//!   most what was used up plus [`CREDIT`], hence a client that keeps the rules never has more than
//!   [`CREDIT`] packets that wait here, wherever its packets were when a CONTINUE came. It
//!   cannot get stuck either: half of [`CREDIT`] is the least that is granted, and what makes the
//!   next grant due.
//! * To the client there is no credit. A socket is read while its stream has room, a stream has
//!   room while the WebSocket takes messages, and the streams take turns, one message each.

use std::collections::{BTreeMap, VecDeque};

use super::packet::HEADER;
use super::stream::{Heard, Stream};
use super::{
    CREDIT, CloseReason, Fault, MAX_WAITING, MAX_WAITING_CONTROL, MAX_WAITING_RAW, Packet,
    PacketError, Transport,
};

/// The only stream of a wsproxy connection.
const RAW: u32 = 1;

/// The server's end of one WebSocket.
pub struct Server {
    framing: Framing,
    streams: BTreeMap<u32, Stream>,
    /// CONTINUE, and CLOSE of streams that are not there.
    control: VecDeque<Vec<u8>>,
    /// Streams that have a message, in the order of their turns.
    turns: VecDeque<u32>,
    events: VecDeque<Event>,
    /// Bytes that were told and neither used up nor released.
    waiting: usize,
    over: Option<Over>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Framing {
    Packets,
    Raw,
}

/// What the owner has to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// Connect, and call [`Server::close`] if that fails. Bytes may come before it is done.
    Connect { id: u32, transport: Transport, host: String, port: u16 },
    /// Bytes for the socket, or one datagram. Call [`Server::consumed`] when it has taken them.
    Data(u32, Vec<u8>),
    /// The client closed the stream. What it sent before is still to be written; these bytes count
    /// until [`Server::released`].
    Closed { id: u32, reason: CloseReason, left: usize },
    /// The client broke the rules on this stream; the connection is to be reset. As above.
    Broken { id: u32, why: String, left: usize },
}

/// Why the whole WebSocket is to be closed once no message is left.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Over {
    pub reason: CloseReason,
    pub text: String,
}

impl Server {
    /// Wisp. The first message is the CONTINUE that clients wait for.
    pub fn wisp() -> Server {
        let mut server = Server::new(Framing::Packets);
        server.control.push_back(Packet::Continue(0, CREDIT).encode());
        server
    }

    /// Wsproxy: the address named one host, and the messages are its bytes.
    pub fn wsproxy(host: &str, port: u16) -> Server {
        let mut server = Server::new(Framing::Raw);
        server.add(RAW, Transport::Tcp, host.to_owned(), port);
        server
    }

    fn new(framing: Framing) -> Server {
        Server {
            framing,
            streams: BTreeMap::new(),
            control: VecDeque::new(),
            turns: VecDeque::new(),
            events: VecDeque::new(),
            waiting: 0,
            over: None,
        }
    }

    /// Whether the WebSocket may be read. If not, bytes must first be used up or answers be sent.
    pub fn takes_more(&self) -> bool {
        let limit = match self.framing {
            Framing::Packets => MAX_WAITING,
            Framing::Raw => MAX_WAITING_RAW,
        };
        self.waiting < limit && self.control.len() < MAX_WAITING_CONTROL && self.over.is_none()
    }

    /// Whether a text message is worth its bytes, as it is in wsproxy.
    pub fn takes_text(&self) -> bool {
        self.framing == Framing::Raw
    }

    /// A binary message came.
    pub fn receive(&mut self, message: &[u8]) {
        if self.over.is_some() {
            return;
        }
        if self.framing == Framing::Raw {
            let open = self.streams.get_mut(&RAW).filter(|s| s.closing.is_none());
            if let Some(stream) = open.filter(|_| !message.is_empty()) {
                stream.hold(message.len());
                self.tell(RAW, message);
            }
            return;
        }
        match Packet::decode(message) {
            Ok(Packet::Connect { id: id @ 0, .. }) => self.invalid(id, "CONNECT names stream 0."),
            Ok(Packet::Connect { id, .. }) if self.streams.contains_key(&id) => {
                self.invalid(id, "CONNECT names a stream that is open.");
            }
            Ok(Packet::Connect { id, transport, host, port }) => {
                self.add(id, transport, host, port);
            }
            Ok(Packet::Data(id, bytes)) => self.hear(id, bytes),
            Ok(Packet::Continue(id, _)) => {
                self.malformed(id, "CONTINUE came from the client; only servers send it.");
            }
            Ok(Packet::Close(id, reason)) => {
                // It is not answered: the client has forgotten the stream.
                if let Some(mut stream) = self.streams.remove(&id) {
                    let left = stream.detach();
                    self.events.push_back(Event::Closed { id, reason, left });
                }
            }
            Err(error) => self.unreadable(&error),
        }
    }

    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// The next message. Ask only when the WebSocket can take one: what stays here keeps its turn.
    pub fn poll_message(&mut self) -> Option<Vec<u8>> {
        if let Some(message) = self.control.pop_front() {
            return Some(message);
        }
        while let Some(id) = self.turns.pop_front() {
            let Some(stream) = self.streams.get_mut(&id) else { continue };
            stream.in_turns = false;
            let header = if self.framing == Framing::Packets { HEADER } else { 0 };
            if let Some(message) = stream.take_turn(header) {
                self.settle(id);
                return Some(message);
            }
            if let Some(reason) = stream.closing {
                self.streams.remove(&id);
                if self.framing == Framing::Packets {
                    return Some(Packet::Close(id, reason).encode());
                }
            }
        }
        None
    }

    /// The WebSocket is to be closed, after the messages that are left.
    pub fn over(&self) -> Option<&Over> {
        let said_all = self.streams.is_empty() || self.framing == Framing::Packets;
        self.over.as_ref().filter(|_| said_all)
    }

    /// Neither end has closed the stream.
    pub fn is_open(&self, id: u32) -> bool {
        self.streams.get(&id).is_some_and(|stream| stream.closing.is_none())
    }

    /// How many bytes `send` would accept now. No more than this is read from a socket.
    pub fn room(&self, id: u32) -> usize {
        self.streams.get(&id).map_or(0, Stream::room)
    }

    /// Queues bytes from a TCP socket and returns how many were accepted.
    pub fn send(&mut self, id: u32, bytes: &[u8]) -> usize {
        let numbered = (self.framing == Framing::Packets).then_some(id);
        let accepted = self.streams.get_mut(&id).map_or(0, |stream| stream.send(numbered, bytes));
        self.settle(id);
        accepted
    }

    /// Queues a datagram. False if it was dropped for want of room, as a network would.
    pub fn send_datagram(&mut self, id: u32, octets: &[u8]) -> bool {
        let sent = self.streams.get_mut(&id).is_some_and(|s| s.send_datagram(id, octets));
        self.settle(id);
        sent
    }

    /// The socket took so many bytes of this stream's `Data`.
    pub fn consumed(&mut self, id: u32, bytes: usize) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        self.waiting -= stream.consumed(bytes);
        self.grant(id);
    }

    /// Ends the stream: CLOSE goes after what is queued, and nothing more is taken. `text` is for a
    /// wsproxy client, whose CLOSE is that of the WebSocket.
    pub fn close(&mut self, id: u32, reason: CloseReason, text: &str) {
        let Some(stream) = self.streams.get_mut(&id).filter(|s| s.closing.is_none()) else {
            return;
        };
        stream.closing = Some(reason);
        if self.framing == Framing::Raw {
            self.over = Some(Over { reason, text: text.to_owned() });
        }
        self.settle(id);
    }

    /// After [`Server::close`]: how many bytes of the client the owner still holds. They count
    /// until [`Server::released`].
    pub fn detach(&mut self, id: u32) -> usize {
        self.streams.get_mut(&id).map_or(0, Stream::detach)
    }

    /// Bytes of a stream that has ended were written, or given up.
    pub fn released(&mut self, bytes: usize) {
        self.waiting = self.waiting.saturating_sub(bytes);
    }

    fn add(&mut self, id: u32, transport: Transport, host: String, port: u16) {
        self.streams.insert(id, Stream::new(transport));
        self.events.push_back(Event::Connect { id, transport, host, port });
    }

    fn hear(&mut self, id: u32, bytes: &[u8]) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        match stream.hear(bytes.len()) {
            Heard::Tell => self.tell(id, bytes),
            Heard::Drop => self.grant(id),
            Heard::Overrun => {
                let why = format!("DATA came without credit; {CREDIT} packets wait already.");
                self.broken(id, CloseReason::THROTTLED, &why);
            }
        }
    }

    fn tell(&mut self, id: u32, bytes: &[u8]) {
        self.waiting += bytes.len();
        self.events.push_back(Event::Data(id, bytes.to_vec()));
    }

    fn grant(&mut self, id: u32) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        if let Some(packets) = stream.take_grant().filter(|_| self.framing == Framing::Packets) {
            self.control.push_back(Packet::Continue(id, packets).encode());
        }
    }

    fn unreadable(&mut self, error: &PacketError) {
        let text = error.to_string();
        match (error.id, &error.fault) {
            (None, _) => self.over = Some(Over { reason: CloseReason::INVALID, text }),
            // Where there is no stream only CONNECT is answered: others may have crossed a CLOSE,
            // and stream 0 is where later versions greet.
            (Some(id), Fault::UnknownType(_) | Fault::Cut { packet: "CONTINUE", .. }) => {
                self.malformed(id, &text);
            }
            (Some(id), _) => self.invalid(id, &text),
        }
    }

    /// A CONNECT that is none; a stream of that number, if there is one, ends with it.
    fn invalid(&mut self, id: u32, why: &str) {
        if self.streams.contains_key(&id) {
            self.broken(id, CloseReason::INVALID, why);
        } else {
            self.control.push_back(Packet::Close(id, CloseReason::INVALID).encode());
        }
    }

    /// A packet that only an open stream could be harmed by.
    fn malformed(&mut self, id: u32, why: &str) {
        if self.streams.contains_key(&id) {
            self.broken(id, CloseReason::INVALID, why);
        }
    }

    fn broken(&mut self, id: u32, reason: CloseReason, why: &str) {
        let left = self.streams.remove(&id).map_or(0, |mut stream| stream.detach());
        self.control.push_back(Packet::Close(id, reason).encode());
        self.events.push_back(Event::Broken { id, why: why.to_owned(), left });
    }

    fn settle(&mut self, id: u32) {
        if let Some(stream) = self.streams.get_mut(&id)
            && stream.wants_turn()
            && !stream.in_turns
        {
            stream.in_turns = true;
            self.turns.push_back(id);
        }
    }
}
