//! Writing a frame.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::frame::{Frame, Kind};
use super::{MAX_ADDRESSES, MAX_DATA, MAX_HOST, MAX_TEXT};

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
            Frame::Ignored(_) => return None,
        })
    }

    /// The message. Texts and lists over their limit are cut, so that what is written can be read.
    pub fn encode(&self) -> Vec<u8> {
        let (code, stream) = match self {
            Frame::Ignored(code) => (*code, 0),
            Frame::Open(id, _)
            | Frame::Opened(id, _)
            | Frame::Data(id, _)
            | Frame::Window(id, _)
            | Frame::Fin(id)
            | Frame::Reset(id, _) => (self.code(), id.0),
            _ => (self.code(), 0),
        };
        let mut out = Vec::with_capacity(match self {
            Frame::Data(_, bytes) => 5 + bytes.len(),
            _ => 64,
        });
        out.push(code);
        out.extend(stream.to_be_bytes());
        self.encode_payload(&mut out);
        out
    }

    fn code(&self) -> u8 {
        self.kind().map_or(0, |kind| kind as u8)
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
                let resolved = &info.resolved[..info.resolved.len().min(MAX_ADDRESSES)];
                out.push(resolved.len() as u8);
                resolved.iter().for_each(|&ip| host_address(out, ip));
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
            Frame::Fin(_) | Frame::Ignored(_) => {}
            Frame::Reset(_, reset) => {
                out.extend(reset.reason.0.to_be_bytes());
                out.extend(reset.errno.to_be_bytes());
                out.push(reset.phase as u8);
                text(out, &reset.text, MAX_TEXT);
            }
        }
    }
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
