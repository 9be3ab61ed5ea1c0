//! `setsockopt()` and `getsockopt()`, by Linux's numbers.

use super::{Inner, Kernel};
use crate::sockets::Told;
use crate::sockets::constants::{
    IPPROTO_IPV6, IPPROTO_TCP, IPV6_V6ONLY, SO_BROADCAST, SO_ERROR, SO_KEEPALIVE, SO_LINGER,
    SO_OOBINLINE, SO_RCVBUF, SO_REUSEADDR, SO_SNDBUF, SO_TYPE, SOL_SOCKET, TCP_NODELAY,
};
use crate::sockets::errno;
use crate::sockets::system::{Answer, Family, Fd, OptionValue, Reply, Type};
use crate::sockets::tcp::{RECEIVE_BUFFER, SEND_BUFFER, Tcb};

/// Linux's smallest buffers, and the largest that it allows without a word of the administrator.
const MIN_SEND: usize = 4608;
const MIN_RECEIVE: usize = 2304;
const MAX_BUFFER: usize = 212_992;

#[derive(Clone)]
pub(super) struct Options {
    pub(super) reuse: bool,
    keepalive: bool,
    pub(super) broadcast: bool,
    oob_inline: bool,
    nodelay: bool,
    pub(super) v6_only: bool,
    /// On, and for how many seconds.
    pub(super) linger: Option<i64>,
    /// As `getsockopt()` gives them: twice what was asked for.
    send_buffer: usize,
    pub(super) receive_buffer: usize,
}

impl Options {
    pub(super) fn new(family: Family, kind: Type) -> Options {
        let tcp = kind == Type::Stream && family != Family::Unix;
        Options {
            reuse: false,
            keepalive: false,
            broadcast: false,
            oob_inline: false,
            nodelay: false,
            v6_only: false,
            linger: None,
            send_buffer: if tcp { SEND_BUFFER } else { MAX_BUFFER },
            receive_buffer: if tcp { 2 * (RECEIVE_BUFFER + 1) } else { MAX_BUFFER },
        }
    }

    /// What a TCP socket may have waiting to be read: Linux keeps the other half for its own records.
    pub(super) fn receive_room(&self) -> usize {
        (self.receive_buffer / 2).min(RECEIVE_BUFFER)
    }

    pub(super) fn apply(&self, tcb: &mut Tcb) {
        tcb.nodelay = self.nodelay;
        tcb.oob_inline = self.oob_inline;
        tcb.send_buffer = self.send_buffer;
        tcb.receive_buffer = self.receive_room();
    }
}

impl Kernel {
    pub(super) fn set_option(
        &mut self,
        fd: Fd,
        level: i64,
        option: i64,
        value: &OptionValue,
    ) -> Reply {
        let Some(socket) = self.sockets.get_mut(&fd) else { return super::bad_fd() };
        let options = &mut socket.options;
        let n = match value {
            OptionValue::Int(n) => *n,
            OptionValue::Octets(octets) => number(octets, 0).unwrap_or(0),
        };
        let on = n != 0;
        let size = |min: usize| {
            let asked = usize::try_from(n).unwrap_or(0).min(MAX_BUFFER);
            (asked * 2).max(min)
        };
        let why = match (level, option) {
            (SOL_SOCKET, SO_REUSEADDR) => {
                options.reuse = on;
                "bind() may take an address that only connections in TIME-WAIT still have, if their sockets had this option too."
            }
            (SOL_SOCKET, SO_KEEPALIVE) => {
                options.keepalive = on;
                "After two hours of silence the kernel asks whether the peer is still there. The lab\u{2019}s kernels send no such probes."
            }
            (SOL_SOCKET, SO_BROADCAST) => {
                options.broadcast = on;
                "Datagrams may go to all hosts of a network."
            }
            (SOL_SOCKET, SO_OOBINLINE) => {
                options.oob_inline = on;
                "The urgent octet stays in the stream; a read stops at its mark."
            }
            (SOL_SOCKET, SO_SNDBUF) => {
                options.send_buffer = size(MIN_SEND);
                "How much may wait to be sent. Linux doubles the number, and has a smallest one."
            }
            (SOL_SOCKET, SO_RCVBUF) => {
                options.receive_buffer = size(MIN_RECEIVE);
                "How much may wait to be read; half of it is TCP\u{2019}s window. Linux doubles the number, and has a smallest one."
            }
            (SOL_SOCKET, SO_LINGER) => {
                let OptionValue::Octets(octets) = value else { return bad_value() };
                let (Some(on), Some(seconds)) = (number(octets, 0), number(octets, 4)) else {
                    return bad_value();
                };
                options.linger = (on != 0).then_some(seconds);
                "With a time of 0, close() drops the connection with a RST and there is no TIME-WAIT. Other times would let close() wait; the lab\u{2019}s does not."
            }
            (IPPROTO_TCP, TCP_NODELAY) if socket.kind == Type::Stream => {
                options.nodelay = on;
                "Nagle\u{2019}s rule is off: a small segment does not wait for the ACK of the one before it."
            }
            (IPPROTO_IPV6, IPV6_V6ONLY) if socket.family == Family::Inet6 => {
                if socket.local.is_some() {
                    return bad_value();
                }
                options.v6_only = on;
                "Off: a socket bound to :: takes IPv4 too."
            }
            _ => return no_option(),
        };
        let options = socket.options.clone();
        if let Some(connection) = self.connection_of(fd) {
            options.apply(&mut connection.tcb);
        }
        Reply::Done(Answer::Nothing, Told::posix("The option is set.", why, "setsockopt"))
    }

    pub(super) fn get_option(&mut self, fd: Fd, level: i64, option: i64, octets: usize) -> Reply {
        let socket = match self.socket(fd) {
            Ok(socket) => socket,
            Err(reply) => return reply,
        };
        let options = &socket.options;
        let stream = matches!(socket.inner, Inner::Stream(_));
        let value = match (level, option) {
            (SOL_SOCKET, SO_REUSEADDR) => i64::from(options.reuse),
            (SOL_SOCKET, SO_TYPE) => socket.kind.number(),
            (SOL_SOCKET, SO_BROADCAST) => i64::from(options.broadcast),
            (SOL_SOCKET, SO_KEEPALIVE) => i64::from(options.keepalive),
            (SOL_SOCKET, SO_OOBINLINE) => i64::from(options.oob_inline),
            (SOL_SOCKET, SO_SNDBUF) => options.send_buffer as i64,
            (SOL_SOCKET, SO_RCVBUF) => options.receive_buffer as i64,
            (SOL_SOCKET, SO_LINGER) => i64::from(options.linger.is_some()),
            (SOL_SOCKET, SO_ERROR) => {
                let error = if stream {
                    self.connection_of(fd).and_then(|connection| connection.tcb.error.take())
                } else {
                    self.take_datagram_error(fd)
                };
                error.map_or(0, |error| error.number)
            }
            (IPPROTO_TCP, TCP_NODELAY) if stream => i64::from(options.nodelay),
            (IPPROTO_IPV6, IPV6_V6ONLY) if socket.family == Family::Inet6 => {
                i64::from(options.v6_only)
            }
            _ => return no_option(),
        };
        let why = if option == SO_ERROR && level == SOL_SOCKET {
            "SO_ERROR gives the error that waits for the next call, and clears it. After connect() on a socket that does not wait it tells how that ended."
        } else {
            "What the kernel has for this socket."
        };
        let told = Told::posix("The option as it is.", why, "getsockopt");
        if octets == 0 {
            return Reply::Done(Answer::Int(value), told);
        }
        let linger = self.sockets.get(&fd).and_then(|socket| socket.options.linger);
        let mut raw = (value as i32).to_le_bytes().to_vec();
        if (level, option) == (SOL_SOCKET, SO_LINGER) {
            raw.extend_from_slice(&(linger.unwrap_or(0) as i32).to_le_bytes());
        }
        raw.truncate(octets);
        Reply::Done(Answer::Octets(raw), told)
    }
}

/// A 32-bit integer at this place, as `struct.pack('ii', …)` writes it on most machines.
fn number(octets: &[u8], at: usize) -> Option<i64> {
    let four = octets.get(at..at + 4)?;
    Some(i64::from(i32::from_le_bytes(four.try_into().ok()?)))
}

fn bad_value() -> Reply {
    let why = "The value does not have the form of this option, or it comes too late. SO_LINGER takes struct.pack('ii', on, seconds).";
    Reply::failed(&errno::EINVAL, Told::posix("The option is not set.", why, "setsockopt"))
}

fn no_option() -> Reply {
    let why = "This kind of socket has no such option here. The lab knows SO_REUSEADDR, SO_KEEPALIVE, SO_LINGER, SO_RCVBUF, SO_SNDBUF, SO_BROADCAST, SO_OOBINLINE, SO_ERROR, SO_TYPE, TCP_NODELAY and IPV6_V6ONLY.";
    Reply::failed(&errno::ENOPROTOOPT, Told::posix("There is no such option.", why, "setsockopt"))
}
