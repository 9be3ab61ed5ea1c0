//! One message is one packet: reading and writing. All numbers are little-endian.

use std::fmt;

use super::{CloseReason, MAX_HOST};

/// Type and stream.
pub(super) const HEADER: usize = 5;

const CONNECT: u8 = 1;
const DATA: u8 = 2;
const CONTINUE: u8 = 3;
const CLOSE: u8 = 4;

/// A packet of Wisp version 1. Stream 0 is the connection itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Packet<'a> {
    /// Client: a new stream, under a number of the client's choice.
    Connect {
        id: u32,
        transport: Transport,
        host: String,
        port: u16,
    },
    Data(u32, &'a [u8]),
    /// Server: so many packets may be sent on this stream; on stream 0, on every new one.
    Continue(u32, u32),
    Close(u32, CloseReason),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Transport {
    Tcp = 1,
    Udp = 2,
}

/// A message that is no packet of version 1.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PacketError {
    /// The stream it was for, if it had a whole header.
    pub id: Option<u32>,
    pub fault: Fault,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    CutHeader { length: usize },
    Cut { packet: &'static str, length: usize, expected: usize },
    UnknownType(u8),
    UnknownTransport(u8),
    HostNotUtf8,
    HostLength(usize),
    NoPort,
}

impl<'a> Packet<'a> {
    /// Reads one whole message. What follows the last field of a CONTINUE or CLOSE is passed over,
    /// as other programs do; later versions put more there.
    pub fn decode(message: &'a [u8]) -> Result<Packet<'a>, PacketError> {
        let Some((header, payload)) = message.split_first_chunk::<HEADER>() else {
            return Err(PacketError {
                id: None,
                fault: Fault::CutHeader { length: message.len() },
            });
        };
        let [kind, a, b, c, d] = *header;
        let id = u32::from_le_bytes([a, b, c, d]);
        Packet::of(kind, id, payload).map_err(|fault| PacketError { id: Some(id), fault })
    }

    fn of(kind: u8, id: u32, payload: &'a [u8]) -> Result<Packet<'a>, Fault> {
        let cut = |packet, expected| Fault::Cut { packet, length: payload.len(), expected };
        match kind {
            CONNECT => {
                let Some(([transport, low, high], host)) = payload.split_first_chunk::<3>() else {
                    return Err(cut("CONNECT", 4));
                };
                let transport = match transport {
                    1 => Transport::Tcp,
                    2 => Transport::Udp,
                    other => return Err(Fault::UnknownTransport(*other)),
                };
                let port = u16::from_le_bytes([*low, *high]);
                if host.is_empty() || host.len() > MAX_HOST {
                    return Err(Fault::HostLength(host.len()));
                }
                let host = std::str::from_utf8(host).map_err(|_| Fault::HostNotUtf8)?.to_owned();
                match port {
                    0 => Err(Fault::NoPort),
                    _ => Ok(Packet::Connect { id, transport, host, port }),
                }
            }
            DATA => Ok(Packet::Data(id, payload)),
            CONTINUE => match payload.first_chunk::<4>() {
                Some(packets) => Ok(Packet::Continue(id, u32::from_le_bytes(*packets))),
                None => Err(cut("CONTINUE", 4)),
            },
            // The reason is for information; a stream whose CLOSE lacks it ends all the same.
            CLOSE => {
                let reason =
                    payload.first().map_or(CloseReason::UNKNOWN, |code| CloseReason(*code));
                Ok(Packet::Close(id, reason))
            }
            other => Err(Fault::UnknownType(other)),
        }
    }

    /// The message.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Packet::Connect { id, transport, host, port } => {
                let mut message = header(CONNECT, *id, 3 + host.len());
                message.push(*transport as u8);
                message.extend(port.to_le_bytes());
                message.extend(host.as_bytes());
                message
            }
            Packet::Data(id, bytes) => {
                let mut message = header(DATA, *id, bytes.len());
                message.extend_from_slice(bytes);
                message
            }
            Packet::Continue(id, packets) => {
                let mut message = header(CONTINUE, *id, 4);
                message.extend(packets.to_le_bytes());
                message
            }
            Packet::Close(id, reason) => {
                let mut message = header(CLOSE, *id, 1);
                message.push(reason.0);
                message
            }
        }
    }
}

fn header(kind: u8, id: u32, payload: usize) -> Vec<u8> {
    let mut message = Vec::with_capacity(HEADER + payload);
    message.push(kind);
    message.extend(id.to_le_bytes());
    message
}

impl fmt::Display for PacketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(id) = self.id {
            write!(f, "packet of stream {id}: ")?;
        }
        match &self.fault {
            Fault::CutHeader { length } => write!(
                f,
                "a message of {length} bytes has no whole header; expected {HEADER} bytes and more"
            ),
            Fault::Cut { packet, length, expected } => write!(
                f,
                "{packet} has {length} bytes after its header; expected at least {expected}"
            ),
            Fault::UnknownType(kind) => {
                write!(f, "type 0x{kind:02x} is unknown; expected 0x01 to 0x04 (Wisp version 1)")
            }
            Fault::UnknownTransport(kind) => {
                write!(f, "stream type 0x{kind:02x} is unknown; expected 0x01 (TCP) or 0x02 (UDP)")
            }
            Fault::HostNotUtf8 => write!(f, "the host name of CONNECT is not UTF-8"),
            Fault::HostLength(length) => {
                write!(f, "the host name of CONNECT has {length} bytes; expected 1 to {MAX_HOST}")
            }
            Fault::NoPort => write!(f, "CONNECT names port 0; expected 1 to 65535"),
        }
    }
}

impl std::error::Error for PacketError {}
