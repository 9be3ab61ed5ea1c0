//! Writing a frame.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::frame::{Frame, Kind, Reset};
use super::{Allow, BindAt, MAX_ADDRESSES, MAX_DATA, MAX_DATAGRAM, MAX_HOST, MAX_TEXT, StreamId};

impl Frame<'_> {
    pub fn kind(&self) -> Option<Kind> {
        Some(match self {
            Frame::Hello(_) => Kind::Hello,
            Frame::Welcome(_) => Kind::Welcome,
            Frame::Ping(_) => Kind::Ping,
            Frame::Pong(_) => Kind::Pong,
            Frame::Goaway(_) => Kind::Goaway,
            Frame::Open(..) => Kind::Open,
            Frame::Opened(..) => Kind::Opened,
            Frame::Data(..) => Kind::Data,
            Frame::Window(..) => Kind::Window,
            Frame::Fin(_) => Kind::Fin,
            Frame::Reset(..) => Kind::Reset,
            Frame::Listen(..) => Kind::Listen,
            Frame::Listening(..) => Kind::Listening,
            Frame::Incoming(..) => Kind::Incoming,
            Frame::UdpBind(..) => Kind::UdpBind,
            Frame::UdpBound(..) => Kind::UdpBound,
            Frame::Datagram(..) => Kind::Datagram,
            Frame::Dropped(..) => Kind::Dropped,
            Frame::UdpError(..) => Kind::UdpError,
            Frame::Resolve(..) => Kind::Resolve,
            Frame::Resolved(..) => Kind::Resolved,
            Frame::Draining(_) => Kind::Draining,
            Frame::Ignored(_) => return None,
        })
    }

    /// The message. Texts and lists over their limit are cut, so that what is written can be read.
    pub fn encode(&self) -> Vec<u8> {
        let code = match self {
            Frame::Ignored(code) => *code,
            _ => self.kind().map_or(0, |kind| kind as u8),
        };
        let stream = self.stream().map_or(0, |id| id.0);
        let mut out = Vec::with_capacity(match self {
            Frame::Data(_, bytes) => 5 + bytes.len(),
            Frame::Datagram(_, _, octets) => 24 + octets.len(),
            _ => 64,
        });
        out.push(code);
        out.extend(stream.to_be_bytes());
        self.encode_payload(&mut out);
        out
    }

    /// `None` is the session.
    pub fn stream(&self) -> Option<StreamId> {
        match self {
            Frame::Open(id, _)
            | Frame::Opened(id, _)
            | Frame::Data(id, _)
            | Frame::Window(id, _)
            | Frame::Fin(id)
            | Frame::Reset(id, _)
            | Frame::Listen(id, _)
            | Frame::Listening(id, _)
            | Frame::Incoming(id, _)
            | Frame::UdpBind(id, _)
            | Frame::UdpBound(id, _)
            | Frame::Datagram(id, ..)
            | Frame::Dropped(id, _)
            | Frame::UdpError(id, ..)
            | Frame::Resolve(id, _)
            | Frame::Resolved(id, _) => Some(*id),
            Frame::Hello(_)
            | Frame::Welcome(_)
            | Frame::Ping(_)
            | Frame::Pong(_)
            | Frame::Goaway(_)
            | Frame::Draining(_)
            | Frame::Ignored(_) => None,
        }
    }

    fn encode_payload(&self, out: &mut Vec<u8>) {
        match self {
            Frame::Hello(hello) => {
                out.push(hello.version);
                text(out, &hello.client, MAX_TEXT);
            }
            Frame::Welcome(welcome) => {
                out.push(welcome.version);
                text(out, &welcome.hostname, MAX_HOST);
                address(out, welcome.peer);
                out.extend(welcome.max_streams.to_be_bytes());
                out.extend(welcome.window.to_be_bytes());
                text(out, &welcome.policy, MAX_TEXT);
                text(out, &welcome.text, MAX_TEXT);
            }
            Frame::Ping(opaque) | Frame::Pong(opaque) => out.extend(opaque.to_be_bytes()),
            Frame::Goaway(goaway) => {
                out.extend(goaway.reason.0.to_be_bytes());
                text(out, &goaway.text, MAX_TEXT);
            }
            Frame::Open(_, target) => {
                out.push(target.family as u8);
                out.extend(target.window.to_be_bytes());
                let tenths = target.timeout.as_millis().div_ceil(100);
                out.extend(u16::try_from(tenths).unwrap_or(u16::MAX).to_be_bytes());
                out.extend(target.port.to_be_bytes());
                text(out, &target.host, MAX_HOST);
            }
            Frame::Opened(_, info) => {
                address(out, info.local);
                address(out, info.peer);
                out.extend(info.window.to_be_bytes());
                micros(out, info.dns);
                micros(out, info.connect);
                host_addresses(out, &info.resolved);
                let attempts = &info.attempts[..info.attempts.len().min(MAX_ADDRESSES)];
                out.push(attempts.len() as u8);
                for attempt in attempts {
                    host_address(out, attempt.address);
                    out.extend(attempt.errno.to_be_bytes());
                    micros(out, attempt.took);
                }
            }
            Frame::Data(_, bytes) => {
                debug_assert!((1..=MAX_DATA).contains(&bytes.len()));
                out.extend_from_slice(bytes);
            }
            Frame::Window(_, increment) => out.extend(increment.to_be_bytes()),
            Frame::Draining(limit) => seconds(out, *limit),
            Frame::Fin(_) | Frame::Ignored(_) => {}
            Frame::Reset(_, reset) => failure(out, reset),
            Frame::Listen(_, listen) => {
                bind_at(out, listen.at);
                out.extend(listen.port.to_be_bytes());
                out.push(u8::from(listen.reuse));
                out.extend(listen.backlog.to_be_bytes());
                match listen.allow {
                    Allow::Anyone => out.push(1),
                    Allow::Address(ip) => host_address(out, ip),
                    Allow::PeerOf(id) => stream(out, id),
                }
                out.extend(listen.accepts.to_be_bytes());
                seconds(out, listen.lifetime);
            }
            Frame::Listening(_, info) => {
                address(out, info.bound);
                address(out, info.advertised);
                out.extend(info.backlog.to_be_bytes());
                out.extend(info.accepts.to_be_bytes());
                seconds(out, info.lifetime);
            }
            Frame::Incoming(_, info) => {
                out.extend(info.listener.0.to_be_bytes());
                address(out, info.local);
                address(out, info.peer);
                out.extend(info.window.to_be_bytes());
            }
            Frame::UdpBind(_, bind) => {
                bind_at(out, bind.at);
                out.extend(bind.port.to_be_bytes());
                match bind.peer {
                    None => out.push(0),
                    Some(peer) => address(out, peer),
                }
                out.extend(bind.window.to_be_bytes());
            }
            Frame::UdpBound(_, info) => {
                address(out, info.local);
                out.extend(info.window.to_be_bytes());
            }
            Frame::Datagram(_, with, octets) => {
                debug_assert!(octets.len() <= MAX_DATAGRAM);
                address(out, *with);
                out.extend_from_slice(octets);
            }
            Frame::Dropped(_, count) => out.extend(count.to_be_bytes()),
            Frame::UdpError(_, with, error) => {
                address(out, *with);
                failure(out, error);
            }
            Frame::Resolve(_, query) => {
                out.push(query.family as u8);
                text(out, &query.host, MAX_HOST);
            }
            Frame::Resolved(_, info) => {
                micros(out, info.took);
                host_addresses(out, &info.addresses);
            }
        }
    }
}

fn failure(out: &mut Vec<u8>, reset: &Reset) {
    out.extend(reset.reason.0.to_be_bytes());
    out.extend(reset.errno.to_be_bytes());
    out.push(reset.phase as u8);
    text(out, &reset.text, MAX_TEXT);
}

fn bind_at(out: &mut Vec<u8>, at: BindAt) {
    match at {
        BindAt::Address(ip) => host_address(out, ip),
        BindAt::LikeStream(id) => stream(out, id),
    }
}

/// In the place of a host address, whose first byte is never 0.
fn stream(out: &mut Vec<u8>, id: StreamId) {
    out.push(0);
    out.extend(id.0.to_be_bytes());
}

fn seconds(out: &mut Vec<u8>, duration: Duration) {
    out.extend(u16::try_from(duration.as_secs()).unwrap_or(u16::MAX).to_be_bytes());
}

fn host_addresses(out: &mut Vec<u8>, addresses: &[IpAddr]) {
    let addresses = &addresses[..addresses.len().min(MAX_ADDRESSES)];
    out.push(addresses.len() as u8);
    addresses.iter().for_each(|&ip| host_address(out, ip));
}

fn text(out: &mut Vec<u8>, text: &str, limit: usize) {
    let cut = text.floor_char_boundary(limit.min(text.len()));
    out.extend((cut as u16).to_be_bytes());
    out.extend_from_slice(&text.as_bytes()[..cut]);
}

fn address(out: &mut Vec<u8>, address: SocketAddr) {
    host_address(out, address.ip());
    out.extend(address.port().to_be_bytes());
}

fn host_address(out: &mut Vec<u8>, ip: IpAddr) {
    match ip {
        IpAddr::V4(v4) => {
            out.push(4);
            out.extend(v4.octets());
        }
        IpAddr::V6(v6) => {
            out.push(6);
            out.extend(v6.octets());
        }
    }
}

/// Microseconds in a `u32`: up to 71 minutes, then the longest.
fn micros(out: &mut Vec<u8>, duration: Duration) {
    out.extend(u32::try_from(duration.as_micros()).unwrap_or(u32::MAX).to_be_bytes());
}
