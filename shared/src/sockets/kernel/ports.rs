//! Addresses and ports of sockets.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::{Inner, Kernel, Local, Socket, name_failure};
use crate::sockets::Told;
use crate::sockets::errno;
use crate::sockets::state::State;
use crate::sockets::system::{Address, Answer, Family, Fd, Reply, Target, Type};

/// Below it only the administrator may bind.
const PRIVILEGED: u16 = 1024;

/// Linux's last ephemeral port.
const LAST_PORT: u16 = 60_999;

impl Kernel {
    pub(super) fn bind(&mut self, fd: Fd, to: &Target) -> Reply {
        let socket = match self.socket(fd) {
            Ok(socket) => socket,
            Err(reply) => return reply,
        };
        if let Inner::Unix(end) = socket.inner {
            return self.bind_end(end, to);
        }
        let fail =
            |errno, what: &str, why: &str| Reply::failed(errno, Told::posix(what, why, "bind"));
        if socket.local.is_some_and(|local| !local.stale) {
            return fail(
                &errno::EINVAL,
                "The socket has an address already.",
                "An address is given once. Make another socket for another address.",
            );
        }
        let addr = match self.host.look_up(socket.family, to) {
            Ok(addr) => addr,
            Err(failure) => return name_failure(failure, host_of(to)),
        };
        if !self.host.is_here(addr.ip()) {
            return fail(
                &errno::EADDRNOTAVAIL,
                "That address belongs to another host.",
                "bind() chooses one of this host\u{2019}s own addresses. '' stands for all of them, 127.0.0.1 for the loopback.",
            );
        }
        if addr.port() != 0 && addr.port() < PRIVILEGED {
            return fail(
                &errno::EACCES,
                "Ports below 1024 are kept for the administrator.",
                "They belong to well-known services, so that no ordinary program can pose as one. Take a port above 1023.",
            );
        }
        if addr.port() != 0
            && let Some(why) = self.in_use(fd, socket, addr)
        {
            return fail(&errno::EADDRINUSE, "The port is taken.", &why);
        }
        let port = if addr.port() == 0 { self.free_port(socket.kind) } else { addr.port() };
        let addr = SocketAddr::new(addr.ip(), port);
        if let Some(socket) = self.sockets.get_mut(&fd) {
            socket.local = Some(Local { addr, asked: true, stale: false });
        }
        let told = Told::posix(
            format!("The socket\u{2019}s own address is {addr}."),
            if addr.ip().is_loopback() {
                "It is a loopback address: only programs of this host reach it."
            } else if addr.is_ipv6() && addr.ip().is_unspecified() {
                "It stands for all addresses of this host, and those of IPv4 too, written as ::ffff:192.0.2.1, unless IPV6_V6ONLY is set. Nothing is sent, and nobody can connect before listen()."
            } else if addr.ip().is_unspecified() {
                "It stands for all addresses of this host. Nothing is sent, and nobody can connect before listen()."
            } else {
                "Only what is sent to this very address reaches it: not what goes to the loopback. Nothing is sent, and nobody can connect before listen()."
            },
            "bind",
        );
        Reply::Done(Answer::Nothing, told)
    }

    /// Gives the socket an address if it has none.
    pub(super) fn auto_bind(&mut self, fd: Fd, ip: IpAddr) -> SocketAddr {
        let kind = self.sockets.get(&fd).map_or(Type::Stream, |socket| socket.kind);
        let local = self.sockets.get(&fd).and_then(|socket| socket.local);
        if let Some(local) = local.filter(|local| !local.stale) {
            return local.addr;
        }
        let addr = SocketAddr::new(ip, self.free_port(kind));
        if let Some(socket) = self.sockets.get_mut(&fd) {
            socket.local = Some(Local { addr, asked: false, stale: false });
        }
        addr
    }

    /// Who has the port, if that forbids it to this socket: Linux's rule.
    fn in_use(&self, fd: Fd, socket: &Socket, addr: SocketAddr) -> Option<String> {
        for (other_fd, other) in &self.sockets {
            let Some(local) = other.local.filter(|local| !local.stale) else { continue };
            let clash = *other_fd != fd && other.kind == socket.kind && overlap(local.addr, addr);
            let listens = matches!(&other.inner, Inner::Stream(s) if s.listener.is_some());
            if clash && !(socket.options.reuse && other.options.reuse && !listens) {
                return Some(format!(
                    "Socket {} of this host has {}{}.",
                    other_fd.0,
                    local.addr,
                    if listens { " and listens" } else { "" }
                ));
            }
        }
        if socket.kind == Type::Datagram {
            return None;
        }
        let taken = self.connections.values().find(|connection| {
            overlap(connection.local, addr)
                && connection.tcb.state() != State::Closed
                && !(socket.options.reuse && connection.reuse)
        })?;
        Some(format!(
            "The connection {} \u{2194} {} is still in {}. Wait until it is over (pass time), or set SO_REUSEADDR on the server\u{2019}s sockets before bind().",
            taken.local,
            taken.peer,
            taken.tcb.state()
        ))
    }

    fn free_port(&mut self, kind: Type) -> u16 {
        for _ in 0..=LAST_PORT {
            let port = self.next_port;
            self.next_port = if port >= LAST_PORT { 32_768 } else { port + 1 };
            let taken =
                self.sockets.values().any(|socket| {
                    socket.kind == kind && socket.local.is_some_and(|l| l.addr.port() == port)
                }) || self.connections.values().any(|connection| connection.local.port() == port);
            if !taken {
                return port;
            }
        }
        self.next_port
    }

    pub(super) fn own_address(&self, fd: Fd) -> Option<Address> {
        let socket = self.sockets.get(&fd)?;
        if let Inner::Unix(end) = socket.inner {
            return Some(Address::Path(self.end_path(end)));
        }
        let unbound = match socket.family {
            Family::Inet6 => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
            _ => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        };
        let addr = match &socket.inner {
            Inner::Stream(stream) => {
                stream.connection.and_then(|id| self.connections.get(&id)).map(|c| c.local)
            }
            _ => None,
        };
        let addr = addr.or(socket.local.map(|local| local.addr));
        let addr = addr.unwrap_or(SocketAddr::new(unbound, 0));
        Some(Address::Inet(shown(socket.family, addr)))
    }

    pub(super) fn peer_address(&self, fd: Fd) -> Option<Address> {
        let socket = self.sockets.get(&fd)?;
        let addr = match &socket.inner {
            Inner::Unix(end) => return self.end_peer(*end).map(Address::Path),
            Inner::Datagram(datagram) => datagram.peer?,
            Inner::Stream(stream) => {
                let connection = self.connections.get(&stream.connection?)?;
                let state = connection.tcb.state();
                let gone = [State::Closed, State::SynSent, State::TimeWait];
                (!gone.contains(&state)).then_some(connection.peer)?
            }
        };
        Some(Address::Inet(shown(socket.family, addr)))
    }

    pub(super) fn listen(&mut self, fd: Fd, backlog: i64) -> Reply {
        match self.socket(fd).map(|socket| (&socket.inner, socket.family)) {
            Err(reply) => reply,
            Ok((Inner::Unix(end), _)) => {
                let end = *end;
                self.listen_end(end)
            }
            Ok((Inner::Datagram(_), _)) => Reply::failed(
                &errno::EOPNOTSUPP,
                Told::udp(
                    "UDP has nothing to listen for.",
                    "It has no connections. After bind() datagrams can be received at once.",
                ),
            ),
            Ok((Inner::Stream(_), family)) => self.listen_stream(fd, family, backlog),
        }
    }
}

/// IPv4 within an IPv6 socket is shown as RFC 4291 section 2.5.5.2 has it.
pub(super) fn shown(family: Family, addr: SocketAddr) -> SocketAddr {
    match (family, addr.ip()) {
        (Family::Inet6, IpAddr::V4(ip)) => {
            SocketAddr::new(IpAddr::V6(ip.to_ipv6_mapped()), addr.port())
        }
        _ => addr,
    }
}

pub(super) fn host_of(target: &Target) -> &str {
    match target {
        Target::Host { host, .. } => host,
        Target::Path(path) => path,
    }
}

fn overlap(a: SocketAddr, b: SocketAddr) -> bool {
    a.port() == b.port()
        && a.is_ipv4() == b.is_ipv4()
        && (a.ip() == b.ip() || a.ip().is_unspecified() || b.ip().is_unspecified())
}
