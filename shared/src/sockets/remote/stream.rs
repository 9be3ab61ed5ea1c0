//! TCP through the relay.

use core::net::SocketAddr;
use std::collections::VecDeque;

use super::{Inner, Remote, not_asked, waits_for_relay};
use crate::machine::Tick;
use crate::sockets::Told;
use crate::sockets::errno;
use crate::sockets::system::{Address, Answer, Call, Fd, Reply, Target, Type, Wait};
use crate::tunnel::{
    BindAt, Event, IncomingInfo, Listen, MAX_BACKLOG, PAGE_WINDOW, Phase, Reason, Reset, StreamId,
    Target as TunnelTarget,
};

/// A TCP socket of the relay: not open, a listener, or one end of a connection.
#[derive(Default)]
pub(super) struct Stream {
    pub(super) id: Option<StreamId>,
    pub(super) stage: Stage,
    pub(super) local: Option<SocketAddr>,
    pub(super) peer: Option<SocketAddr>,
    /// Has come and waits for `recv()`.
    pub(super) unread: VecDeque<u8>,
    /// The other end has sent FIN; `recv()` has said so.
    pub(super) end: bool,
    pub(super) end_read: bool,
    /// The relay's words of what went wrong.
    pub(super) why: Option<String>,
    pub(super) shut_read: bool,
    pub(super) shut_write: bool,
    pub(super) written: u64,
    /// At a listener: connections that wait for `accept()`.
    pub(super) queue: VecDeque<(StreamId, IncomingInfo)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Stage {
    #[default]
    Closed,
    Asking,
    Listening,
    Connecting,
    Open,
    Broken,
}

/// What can be seen of it.
pub(super) struct Seen {
    pub(super) stage: Stage,
    pub(super) unread: Vec<u8>,
    pub(super) unread_len: usize,
    pub(super) queue: usize,
    pub(super) written: u64,
    pub(super) end: bool,
    pub(super) end_read: bool,
    pub(super) shut_write: bool,
}

impl Stream {
    pub(super) fn ends(&self) -> (Option<SocketAddr>, Option<SocketAddr>) {
        (self.local, self.peer)
    }

    pub(super) fn lost(&mut self) {
        self.id = None;
        self.stage = Stage::Broken;
        self.queue.clear();
    }

    /// Whether this was about it.
    pub(super) fn reset(&mut self, id: StreamId, why: &str) -> bool {
        if self.id == Some(id) {
            self.id = None;
            self.stage = Stage::Broken;
            self.why = Some(why.into());
            return true;
        }
        // A connection that nobody has accepted is no error of the listener.
        self.queue.retain(|(waiting, _)| *waiting != id);
        false
    }

    pub(super) fn seen(&self, head: usize) -> Seen {
        Seen {
            stage: self.stage,
            unread: self.unread.iter().take(head).copied().collect(),
            unread_len: self.unread.len(),
            queue: self.queue.len(),
            written: self.written,
            end: self.end,
            end_read: self.end_read,
            shut_write: self.shut_write,
        }
    }
}

impl Remote {
    /// Whether it was an event of a stream or a listener.
    pub(super) fn stream_event(&mut self, event: &Event) -> bool {
        match event {
            Event::Opened(id, info) => {
                if let Some(stream) = self.stream_of(*id) {
                    stream.stage = Stage::Open;
                    (stream.local, stream.peer) = (Some(info.local), Some(info.peer));
                }
            }
            Event::Data(id, bytes) => match self.stream_of(*id) {
                Some(stream) => stream.unread.extend(bytes),
                // The socket was closed meanwhile: a kernel answers with RST.
                None => self.mux.abort(*id, Reset::new(Reason::CANCELLED, Phase::Local)),
            },
            Event::Fin(id) => {
                if let Some(stream) = self.stream_of(*id) {
                    stream.end = true;
                }
            }
            Event::Listening(id, info) => {
                if let Some(stream) = self.stream_of(*id) {
                    stream.stage = Stage::Listening;
                    stream.local = Some(info.bound);
                }
            }
            Event::Incoming(id, info) => match self.stream_of(info.listener) {
                Some(listener) => listener.queue.push_back((*id, info.clone())),
                None => self.mux.abort(*id, Reset::new(Reason::CANCELLED, Phase::Local)),
            },
            _ => return false,
        }
        true
    }

    pub(super) fn stream_call(&mut self, fd: Fd, call: &mut Call, _now: Tick) -> Reply {
        match call {
            Call::Bind { to, .. } => self.bind_stream(fd, &to.clone()),
            Call::Listen { backlog, .. } => self.listen(fd, *backlog),
            Call::Accept { .. } => self.accept(fd),
            Call::Connect { to, begun, .. } => {
                let (to, again) = (to.clone(), *begun);
                *begun = true;
                self.connect(fd, &to, again)
            }
            Call::Send { data, sent, all, .. } => self.send(fd, data, sent, *all),
            Call::SendTo { data, .. } => {
                let (data, mut sent) = (data.clone(), 0);
                self.send(fd, &data, &mut sent, false)
            }
            Call::Receive { n, flags, from, .. } => self.read(fd, *n, *flags, *from),
            Call::Shutdown { how, .. } => self.shutdown(fd, *how),
            Call::Close { .. } => self.close_stream(fd),
            _ => super::bad_fd(),
        }
    }

    fn bind_stream(&mut self, fd: Fd, to: &Target) -> Reply {
        let Some(socket) = self.sockets.get(&fd) else { return super::bad_fd() };
        if socket.bound.is_some() {
            let told = Told::posix("The socket has an address already.", "", "bind");
            return Reply::failed(&errno::EINVAL, told);
        }
        let family = socket.family;
        let address = match self.address(family, to) {
            Ok(address) => address,
            Err(reply) => return reply,
        };
        if let Some(socket) = self.sockets.get_mut(&fd) {
            socket.bound = Some(address);
        }
        let told = Told::posix(
            format!("The socket is to have the address {address}."),
            "The relay binds and listens in one step, so whether the address is free shows at listen(), and not here.",
            "bind",
        );
        Reply::Done(Answer::Nothing, told)
    }

    fn listen(&mut self, fd: Fd, backlog: i64) -> Reply {
        let Some(socket) = self.sockets.get(&fd) else { return super::bad_fd() };
        let (bound, reuse, family) = (socket.bound, socket.reuse, socket.family);
        let Inner::Stream(stream) = &socket.inner else { return super::bad_fd() };
        match stream.stage {
            Stage::Listening => {
                let local = stream.local.map_or_else(String::new, |local| local.to_string());
                let told = Told::tcp(
                    format!(
                        "The relay listens at {local}. Any program on its machine can connect."
                    ),
                    "Its kernel makes the connections by itself and queues them until accept() takes them.",
                    "3.10.1",
                );
                return Reply::Done(Answer::Nothing, told);
            }
            Stage::Asking => return waits_for_relay("to listen"),
            Stage::Broken => return self.failed(fd, "The relay could not listen.", "listen"),
            Stage::Closed => {}
            Stage::Connecting | Stage::Open => {
                let told = Told::posix("The socket is connected.", "", "listen");
                return Reply::failed(&errno::EINVAL, told);
            }
        }
        let any = if family == crate::sockets::Family::Inet6 { "::" } else { "0.0.0.0" };
        let address = bound.unwrap_or_else(|| SocketAddr::new(any.parse().expect("an address"), 0));
        // A page's listeners are for programs of the relay's own machine, unless its policy allows more.
        let ip = match address.ip() {
            ip if ip.is_unspecified() && ip.is_ipv4() => [127, 0, 0, 1].into(),
            ip if ip.is_unspecified() => core::net::Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        let backlog = backlog.clamp(1, i64::from(MAX_BACKLOG)) as u16;
        let listen =
            Listen { port: address.port(), reuse, backlog, ..Listen::new(BindAt::Address(ip)) };
        match self.mux.listen(listen) {
            Err(why) => not_asked(&why),
            Ok(id) => {
                if let Some(stream) = self.stream_mut(fd) {
                    (stream.id, stream.stage) = (Some(id), Stage::Asking);
                }
                waits_for_relay("to listen")
            }
        }
    }

    fn accept(&mut self, fd: Fd) -> Reply {
        let Some(family) = self.sockets.get(&fd).map(|socket| socket.family) else {
            return super::bad_fd();
        };
        let Some(stream) = self.stream_mut(fd) else { return super::bad_fd() };
        if stream.stage != Stage::Listening {
            let told = Told::posix(
                "The socket does not listen.",
                "Call bind() and listen() first.",
                "accept",
            );
            return Reply::failed(&errno::EINVAL, told);
        }
        while let Some((id, info)) = self.stream_mut(fd).and_then(|s| s.queue.pop_front()) {
            if !self.mux.accept(id, PAGE_WINDOW) {
                continue;
            }
            let connection = Stream {
                id: Some(id),
                stage: Stage::Open,
                local: Some(info.local),
                peer: Some(info.peer),
                ..Stream::default()
            };
            let accepted = self.add(family, Type::Stream, Inner::Stream(connection));
            let told = Told::tcp(
                format!("A connection from {} is taken off the queue.", info.peer),
                "The handshake was over before: accept() only takes what the kernel has made.",
                "3.5",
            );
            let peer = Address::Inet(info.peer);
            return Reply::Done(Answer::Accepted { fd: accepted, family, peer }, told);
        }
        let told = Told::posix(
            "Nobody has connected yet.",
            "accept() waits. Connect from the other desk, or from any program on the relay\u{2019}s machine.",
            "accept",
        );
        Reply::Waits(Wait::Connection, told)
    }

    fn connect(&mut self, fd: Fd, to: &Target, again: bool) -> Reply {
        let Some(socket) = self.sockets.get(&fd) else { return super::bad_fd() };
        let family = socket.family;
        let Inner::Stream(stream) = &socket.inner else { return super::bad_fd() };
        match stream.stage {
            Stage::Open if again => {
                let (local, peer) = stream.ends();
                let ends =
                    |end: Option<SocketAddr>| end.map_or_else(String::new, |a| a.to_string());
                let told = Told::tcp(
                    format!("Connected: {} to {}.", ends(local), ends(peer)),
                    "The relay\u{2019}s kernel has had its SYN answered.",
                    "3.5",
                );
                return Reply::Done(Answer::Nothing, told);
            }
            Stage::Open | Stage::Listening => {
                let told = Told::posix("The socket is in use already.", "", "connect");
                return Reply::failed(&errno::EISCONN, told);
            }
            Stage::Broken => return self.failed(fd, "No connection came about.", "connect"),
            Stage::Asking | Stage::Connecting => return connecting(!again),
            Stage::Closed => {}
        }
        let host = match to {
            // The relay resolves the name itself, and tries every address.
            Target::Host { host, port }
                if host.parse::<core::net::IpAddr>().is_err() && !host.is_empty() =>
            {
                match self.address(family, to) {
                    Ok(address) => TunnelTarget::new(address.ip().to_string(), *port),
                    Err(reply) => return reply,
                }
            }
            _ => match self.address(family, to) {
                Ok(address) if address.ip().is_unspecified() => {
                    let loopback = if address.is_ipv6() { "::1" } else { "127.0.0.1" };
                    TunnelTarget::new(loopback, address.port())
                }
                Ok(address) => TunnelTarget::new(address.ip().to_string(), address.port()),
                Err(reply) => return reply,
            },
        };
        match self.mux.open(host) {
            Err(why) => not_asked(&why),
            Ok(id) => {
                if let Some(stream) = self.stream_mut(fd) {
                    (stream.id, stream.stage) = (Some(id), Stage::Connecting);
                }
                connecting(true)
            }
        }
    }

    /// The error that the relay has told, once; later calls find a socket without a connection.
    pub(super) fn failed(&mut self, fd: Fd, what: &str, function: &'static str) -> Reply {
        let Some(socket) = self.sockets.get_mut(&fd) else { return super::bad_fd() };
        let Inner::Stream(stream) = &mut socket.inner else { return super::bad_fd() };
        let why = stream.why.clone().unwrap_or_default();
        match socket.error.take() {
            Some(errno) => {
                if function == "connect" || function == "listen" {
                    stream.stage = Stage::Closed;
                }
                Reply::failed(errno, Told::posix(what, why, function))
            }
            None if function == "recv" => {
                let told = Told::posix(
                    "The error was told before.",
                    "After it a read finds the end.",
                    "recv",
                );
                Reply::Done(Answer::Octets(Vec::new()), told)
            }
            None => Reply::failed(&errno::EPIPE, Told::posix(what, why, function)),
        }
    }

    pub(super) fn stream_mut(&mut self, fd: Fd) -> Option<&mut Stream> {
        match &mut self.sockets.get_mut(&fd)?.inner {
            Inner::Stream(stream) => Some(stream),
            Inner::Datagrams(_) => None,
        }
    }

    fn stream_of(&mut self, id: StreamId) -> Option<&mut Stream> {
        self.sockets.values_mut().find_map(|socket| match &mut socket.inner {
            Inner::Stream(stream) if stream.id == Some(id) => Some(stream),
            _ => None,
        })
    }
}

fn connecting(first: bool) -> Reply {
    let told = Told::tcp(
        "The relay connects.",
        "Its kernel has sent a SYN and waits for the answer.",
        "3.5",
    );
    Reply::Waits(if first { Wait::Connecting } else { Wait::StillConnecting }, told)
}
