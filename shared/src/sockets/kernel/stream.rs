//! TCP's calls.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::collections::VecDeque;

use super::ports::{host_of, shown};
use super::{Change, Connection, Inner, Kernel, Local, Socket, name_failure};
use crate::machine::Tick;
use crate::sockets::Told;
use crate::sockets::errno;
use crate::sockets::state::{State, Trigger, way};
use crate::sockets::system::{Address, Answer, Family, Fd, Reply, Target, Type, Wait};
use crate::sockets::tcp::{Taken, Tcb};

#[derive(Default)]
pub(super) struct Stream {
    pub(super) connection: Option<u32>,
    pub(super) listener: Option<Listener>,
    /// `connect()` was called and has not said how it ended.
    connecting: bool,
    pub(super) shut_read: bool,
    pub(super) shut_write: bool,
}

pub(super) struct Listener {
    pub(super) backlog: usize,
    /// Connections whose handshake is over.
    pub(super) queue: VecDeque<u32>,
}

impl Stream {
    /// Its own connection, or those that wait to be accepted.
    pub(super) fn connections(&self) -> impl Iterator<Item = u32> + '_ {
        let queue = self.listener.iter().flat_map(|listener| listener.queue.iter());
        self.connection.iter().chain(queue).copied()
    }
}

impl Kernel {
    pub(super) fn stream(&mut self, fd: Fd) -> Option<&mut Stream> {
        match &mut self.sockets.get_mut(&fd)?.inner {
            Inner::Stream(stream) => Some(stream),
            _ => None,
        }
    }

    pub(super) fn listen_stream(&mut self, fd: Fd, family: Family, backlog: i64) -> Reply {
        let fail =
            |errno, what: &str, why: &str| Reply::failed(errno, Told::posix(what, why, "listen"));
        let any = match family {
            Family::Inet6 => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
            _ => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        };
        if self.stream(fd).is_some_and(|stream| stream.connection.is_some()) {
            return fail(
                &errno::EINVAL,
                "The socket is connected.",
                "A socket either listens or is one end of a connection.",
            );
        }
        let addr = self.auto_bind(fd, any);
        let taken = self.sockets.iter().any(|(other, socket)| {
            *other != fd
                && matches!(&socket.inner, Inner::Stream(s) if s.listener.is_some())
                && socket.local.is_some_and(|local| local.addr == addr)
        });
        if taken {
            return fail(
                &errno::EADDRINUSE,
                "Another socket listens on this port.",
                "A SYN must find one listening socket. SO_REUSEADDR allows the same address, but not that both listen.",
            );
        }
        let backlog = backlog.clamp(0, 4096) as usize;
        let Some(stream) = self.stream(fd) else { return super::bad_fd() };
        match &mut stream.listener {
            Some(listener) => listener.backlog = backlog,
            None => {
                stream.listener = Some(Listener { backlog, queue: VecDeque::new() });
                self.note_listener(addr, State::Closed, Trigger::PassiveOpen);
            }
        }
        let told = Told::tcp(
            format!("The kernel answers every SYN to {addr} from now on."),
            format!(
                "It makes the connections by itself and queues them until accept() takes them. When {} wait, further SYNs are not answered.",
                backlog + 1
            ),
            "3.10.1",
        );
        Reply::Done(Answer::Nothing, told)
    }

    pub(super) fn note_listener(&mut self, addr: SocketAddr, from: State, trigger: Trigger) {
        if let Some(edge) = way(from, trigger) {
            let connection = format!("{addr}, listening");
            self.changed += 1;
            let taken = Taken { from, edge };
            self.changes.push(Change { number: self.changed, connection, taken });
        }
    }

    pub(super) fn accept(&mut self, fd: Fd) -> Reply {
        let family = match self.socket(fd) {
            Err(reply) => return reply,
            Ok(socket) => match socket.inner {
                Inner::Unix(end) => return self.accept_end(end),
                Inner::Datagram(_) => {
                    return Reply::failed(
                        &errno::EOPNOTSUPP,
                        Told::udp(
                            "UDP has no connections to accept.",
                            "recvfrom() gets datagrams from anybody and says from whom each came.",
                        ),
                    );
                }
                Inner::Stream(_) => socket.family,
            },
        };
        let Some(listener) = self.stream(fd).and_then(|stream| stream.listener.as_mut()) else {
            let why = "accept() takes connections off the queue of a listening socket. Call listen() first.";
            return Reply::failed(
                &errno::EINVAL,
                Told::posix("The socket does not listen.", why, "accept"),
            );
        };
        let Some(id) = listener.queue.pop_front() else {
            let why = "No connection waits in the queue. The call goes on when a client\u{2019}s handshake is over.";
            return Reply::Waits(
                Wait::Connection,
                Told::posix("Waits for a client.", why, "accept"),
            );
        };
        let left = listener.queue.len();
        let options = self.sockets[&fd].options.clone();
        let Some(connection) = self.connections.get_mut(&id) else { return super::bad_fd() };
        connection.listener = None;
        let (addr, peer) = (connection.local, connection.peer);
        let local = Some(Local { addr, asked: true, stale: false });
        let inner = Inner::Stream(Stream { connection: Some(id), ..Stream::default() });
        let new = self.put(Socket { family, kind: Type::Stream, options, local, inner });
        let told = Told::posix(
            format!("Takes the connection with {peer} off the queue, as socket {}.", new.0),
            format!(
                "The handshake is over already: the kernel made it. The new socket is one end of this connection; the old one goes on listening, with {left} more in its queue."
            ),
            "accept",
        );
        let peer = Address::Inet(shown(family, peer));
        Reply::Done(Answer::Accepted { fd: new, family, peer }, told)
    }

    pub(super) fn connect(&mut self, fd: Fd, to: &Target, begun: bool, now: Tick) -> Reply {
        let family = match self.socket(fd) {
            Err(reply) => return reply,
            Ok(socket) => match socket.inner {
                Inner::Unix(end) => return self.connect_end(end, to),
                Inner::Datagram(_) => return self.connect_datagram(fd, to),
                Inner::Stream(_) => socket.family,
            },
        };
        let connected = || {
            let why = "A TCP socket makes one connection in its life. Make another socket for another one.";
            Reply::failed(
                &errno::EISCONN,
                Told::posix("The socket is in use already.", why, "connect"),
            )
        };
        let Some(stream) = self.stream(fd) else { return super::bad_fd() };
        if stream.listener.is_some() {
            return connected();
        }
        let connecting = stream.connecting;
        if let Some(id) = stream.connection {
            let Some(tcb) = self.connections.get_mut(&id).map(|c| &mut c.tcb) else {
                return connected();
            };
            if connecting && let Some(error) = tcb.error.take() {
                return self.connect_failed(fd, error, to);
            }
            return match tcb.state() {
                State::SynSent | State::SynReceived => {
                    let wait = if begun { Wait::Connecting } else { Wait::StillConnecting };
                    let why = "The SYN is under way. The call goes on when the SYN-ACK is here, or a RST.";
                    Reply::Waits(wait, Told::tcp("Waits for the answer to the SYN.", why, "3.5"))
                }
                _ if connecting => {
                    if let Some(stream) = self.stream(fd) {
                        stream.connecting = false;
                    }
                    let why = "connect() returns as soon as this side has seen the SYN-ACK. Whether the server\u{2019}s program has called accept() does not matter.";
                    Reply::Done(Answer::Nothing, Told::tcp("The connection is open.", why, "3.5"))
                }
                _ => connected(),
            };
        }
        let peer = match self.host.look_up(family, to) {
            Ok(peer) => peer,
            Err(failure) => return name_failure(failure, host_of(to)),
        };
        let peer = self.reachable(peer);
        if !self.host.has_route(peer.ip()) {
            return unreachable(peer);
        }
        let source = self.host.source_for(peer.ip());
        let mut local = self.auto_bind(fd, source);
        if local.ip().is_unspecified() {
            local.set_ip(source);
        }
        let options = self.sockets[&fd].options.clone();
        let iss = self.random.next_u64() as u32;
        let mut tcb = Tcb::open(iss, options.receive_room(), now);
        options.apply(&mut tcb);
        let connection = Connection { local, peer, tcb, listener: None, reuse: options.reuse };
        let id = self.add(connection);
        if let Some(stream) = self.stream(fd) {
            stream.connection = Some(id);
            stream.connecting = true;
        }
        let why = format!("A SYN goes from {local} to {peer}. The call waits for the answer.");
        Reply::Waits(Wait::Connecting, Told::tcp("Asks for a connection.", why, "3.5"))
    }

    fn connect_failed(&mut self, fd: Fd, error: &'static errno::Errno, to: &Target) -> Reply {
        if let Some(socket) = self.sockets.get_mut(&fd) {
            if let Some(local) = &mut socket.local
                && !local.asked
            {
                let any = match socket.family {
                    Family::Inet6 => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
                    _ => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
                };
                local.addr.set_ip(any);
                local.stale = true;
            }
            if let Inner::Stream(stream) = &mut socket.inner {
                (stream.connection, stream.connecting) = (None, false);
            }
        }
        let own = host_of(to).eq_ignore_ascii_case(self.host.name);
        let told = if *error == errno::ETIMEDOUT {
            Told::tcp(
                "Nobody has answered.",
                "The SYN was sent again and again without any answer: the host is off, or a firewall drops what comes. A host that is there and has nobody listening would have answered with a RST.",
                "3.8.3",
            )
        } else if own {
            Told::tcp(
                "Refused: a RST came back.",
                "gethostname() is the name of this host, and nobody listens on that port here. The server of the lab is on server.lab.",
                "3.5.2",
            )
        } else {
            Told::tcp(
                "Refused: a RST came back.",
                "The host is there, but no socket listens on that port: the server is not started, has another port, or is bound to another address.",
                "3.5.2",
            )
        };
        Reply::failed(error, told)
    }

    pub(super) fn add(&mut self, connection: Connection) -> u32 {
        self.next_id += 1;
        self.connections.insert(self.next_id, connection);
        self.next_id
    }

    /// 0.0.0.0 as a destination is this host, and an IPv4 address may come in IPv6 clothes.
    pub(super) fn reachable(&self, peer: SocketAddr) -> SocketAddr {
        let ip = match peer.ip().to_canonical() {
            IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
            ip => ip,
        };
        SocketAddr::new(ip, peer.port())
    }

    pub(super) fn connection_of(&mut self, fd: Fd) -> Option<&mut Connection> {
        let id = self.stream(fd)?.connection?;
        self.connections.get_mut(&id)
    }

    pub(super) fn is_shut(&mut self, fd: Fd) -> (bool, bool) {
        self.stream(fd).map_or((false, false), |stream| (stream.shut_read, stream.shut_write))
    }
}

pub(super) fn unreachable(peer: SocketAddr) -> Reply {
    let why = format!(
        "This host knows no way to {}. The lab\u{2019}s network is 192.0.2.0/24.",
        peer.ip()
    );
    Reply::failed(
        &errno::ENETUNREACH,
        Told::posix("The network cannot be reached.", why, "connect"),
    )
}
