//! The kernel of one simulated host: its sockets, its connections, and what it does with packets and time.

mod datagram;
mod ending;
mod options;
mod ports;
mod stream;
mod traffic;
mod unix;
mod view;

use std::collections::{BTreeMap, VecDeque};

use super::Told;
use super::errno::{self, Errno};
use super::host::Host;
use super::segment::{Body, Packet};
use super::state::State;
use super::system::{Address, Answer, Call, Failure, Family, Fd, Reply, System, Type};
use super::tcp::{Taken, Tcb};
use crate::machine::Tick;
use crate::random::Random;

pub use view::{SocketView, Timer};

/// Sockets of one program. Linux has 1024; nobody looks at more than these.
const MAX_SOCKETS: usize = 64;

/// A way that a connection or a listening socket took.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Counts the changes of this host.
    pub number: u64,
    /// `192.0.2.1:12345 ↔ 192.0.2.2:40000`
    pub connection: String,
    pub taken: Taken,
}

pub struct Kernel {
    pub host: &'static Host,
    sockets: BTreeMap<Fd, Socket>,
    connections: BTreeMap<u32, Connection>,
    ends: BTreeMap<u32, unix::End>,
    next_id: u32,
    next_port: u16,
    random: Random,
    out: VecDeque<Packet>,
    changes: Vec<Change>,
    changed: u64,
}

struct Socket {
    family: Family,
    kind: Type,
    options: options::Options,
    /// Its address, asked for or chosen by the kernel.
    local: Option<Local>,
    inner: Inner,
}

#[derive(Clone, Copy)]
struct Local {
    addr: core::net::SocketAddr,
    /// By `bind()`: it stays when a connection fails.
    asked: bool,
    /// Of a connection that failed: still shown, and free for others.
    stale: bool,
}

enum Inner {
    Stream(stream::Stream),
    Datagram(datagram::Datagram),
    Unix(u32),
}

/// A TCP connection. It may outlive its socket.
struct Connection {
    local: core::net::SocketAddr,
    peer: core::net::SocketAddr,
    tcb: Tcb,
    /// A listening socket that it belongs to until it is accepted.
    listener: Option<Fd>,
    reuse: bool,
}

impl Kernel {
    pub fn new(host: &'static Host, seed: u64) -> Kernel {
        Kernel {
            host,
            sockets: BTreeMap::new(),
            connections: BTreeMap::new(),
            ends: BTreeMap::new(),
            next_id: 0,
            next_port: 40_000,
            random: Random::new(seed),
            out: VecDeque::new(),
            changes: Vec::new(),
            changed: 0,
        }
    }

    pub fn next_packet(&mut self) -> Option<Packet> {
        self.out.pop_front()
    }

    pub fn take_changes(&mut self) -> Vec<Change> {
        core::mem::take(&mut self.changes)
    }

    /// A packet for this host. Says what became of it where that is not to be seen from an answer.
    pub fn arrive(&mut self, packet: &Packet, now: Tick) -> Option<Told> {
        let told = match &packet.body {
            Body::Tcp(segment) => self.segment_arrives(packet, segment, now),
            Body::Udp(data) => self.datagram_arrives(packet, data),
            Body::Unreachable => self.unreachable_arrives(packet),
        };
        self.collect();
        told
    }

    /// The moment of the next thing that happens by itself.
    pub fn deadline(&self) -> Option<Tick> {
        self.connections.values().filter_map(|connection| connection.tcb.deadline()).min()
    }

    pub fn time(&mut self, now: Tick) {
        for connection in self.connections.values_mut() {
            connection.tcb.time(now);
        }
        self.collect();
    }

    /// The program has ended: all its sockets are closed.
    pub fn exit(&mut self, now: Tick) {
        let all: Vec<Fd> = self.sockets.keys().copied().collect();
        for fd in all {
            self.close(fd, now);
        }
        self.collect();
    }

    fn socket(&self, fd: Fd) -> Result<&Socket, Reply> {
        self.sockets.get(&fd).ok_or_else(bad_fd)
    }

    fn open(&mut self, family: i64, kind: i64, protocol: i64) -> Result<(Family, Type), Reply> {
        let what = format!("socket({family}, {kind}, {protocol})");
        let fail = |errno: &'static Errno, why: &str| {
            Err(Reply::failed(errno, Told::posix(format!("{what} fails."), why, "socket")))
        };
        let known = [Family::Inet, Family::Inet6, Family::Unix];
        let Some(family) = known.into_iter().find(|known| known.number() == family) else {
            return fail(
                &errno::EAFNOSUPPORT,
                "The lab has AF_INET (IPv4), AF_INET6 (IPv6) and AF_UNIX (within one host).",
            );
        };
        let Some(kind) =
            [Type::Stream, Type::Datagram].into_iter().find(|known| known.number() == kind)
        else {
            return fail(&errno::EINVAL, "The lab has SOCK_STREAM and SOCK_DGRAM.");
        };
        let usual = if kind == Type::Stream { 6 } else { 17 };
        if protocol != 0 && (protocol != usual || family == Family::Unix) {
            return fail(
                &errno::EPROTONOSUPPORT,
                "SOCK_STREAM is TCP (6) and SOCK_DGRAM is UDP (17); 0 chooses the usual one.",
            );
        }
        if self.sockets.len() >= MAX_SOCKETS {
            return fail(
                &errno::EMFILE,
                "The lab gives a program 64 sockets at a time. Close some.",
            );
        }
        Ok((family, kind))
    }

    /// The lowest number that is free, as POSIX asks; 0, 1 and 2 are standard input, output and error.
    fn put(&mut self, socket: Socket) -> Fd {
        let fd = (3..).map(Fd).find(|fd| !self.sockets.contains_key(fd)).unwrap_or(Fd(3));
        self.sockets.insert(fd, socket);
        fd
    }

    fn create(&mut self, family: i64, kind: i64, protocol: i64) -> Reply {
        let (family, kind) = match self.open(family, kind, protocol) {
            Ok(chosen) => chosen,
            Err(reply) => return reply,
        };
        let inner = match (family, kind) {
            (Family::Unix, _) => Inner::Unix(self.new_end(kind)),
            (_, Type::Stream) => Inner::Stream(stream::Stream::default()),
            (_, Type::Datagram) => Inner::Datagram(datagram::Datagram::default()),
        };
        let options = options::Options::new(family, kind);
        let fd = self.put(Socket { family, kind, options, local: None, inner });
        let what = match (family, kind) {
            (Family::Unix, Type::Stream) => "a stream between programs of this host",
            (Family::Unix, Type::Datagram) => "datagrams between programs of this host",
            (_, Type::Stream) => "TCP",
            (_, Type::Datagram) => "UDP",
        };
        let why = "Nothing crosses the wire: the kernel makes a record and gives its number, the file descriptor. It has no address yet.";
        let told = Told::posix(format!("A socket for {what}, number {}.", fd.0), why, "socket");
        Reply::Done(Answer::Socket { fd, family, kind }, told)
    }

    fn close(&mut self, fd: Fd, now: Tick) -> Reply {
        let Some(socket) = self.sockets.remove(&fd) else { return bad_fd() };
        let told = match socket.inner {
            Inner::Stream(stream) => {
                self.close_stream(fd, &stream, socket.local, &socket.options, now)
            }
            Inner::Datagram(_) => Told::udp(
                "The port is free again.",
                "UDP has no connection to end: nothing is sent.",
            ),
            Inner::Unix(end) => self.close_end(end),
        };
        Reply::Done(Answer::Nothing, told)
    }

    fn names(&self, fd: Fd) -> Reply {
        let Err(reply) = self.socket(fd) else {
            let what = "The address of this end.";
            let why = "An unbound socket has the address 0.0.0.0 and port 0. bind() sets it; connect() and sendto() choose one if it has none.";
            let address = self.own_address(fd).unwrap_or(Address::Path(String::new()));
            return Reply::Done(Answer::Address(address), Told::posix(what, why, "getsockname"));
        };
        reply
    }

    fn peer(&self, fd: Fd) -> Reply {
        if let Err(reply) = self.socket(fd) {
            return reply;
        }
        match self.peer_address(fd) {
            Some(address) => {
                let told = Told::posix(
                    "The address of the other end.",
                    "A connection is named by the addresses and ports of both ends.",
                    "getpeername",
                );
                Reply::Done(Answer::Address(address), told)
            }
            None => {
                let why = "There is no other end: the socket is not connected, or no longer.";
                Reply::failed(
                    &errno::ENOTCONN,
                    Told::posix("There is no peer.", why, "getpeername"),
                )
            }
        }
    }

    /// Takes what the connections have to send and what they went through; forgets those that are over.
    fn collect(&mut self) {
        for connection in self.connections.values_mut() {
            let base = (connection.tcb.iss, connection.tcb.irs);
            while let Some((segment, told)) = connection.tcb.next_segment() {
                self.out.push_back(Packet {
                    from: connection.local,
                    to: connection.peer,
                    body: Body::Tcp(segment),
                    told,
                    base,
                });
            }
            let name = format!("{} \u{2194} {}", connection.local, connection.peer);
            for taken in connection.tcb.take_taken() {
                self.changed += 1;
                let (number, connection) = (self.changed, name.clone());
                self.changes.push(Change { number, connection, taken });
            }
        }
        let owned: Vec<u32> = self
            .sockets
            .values()
            .filter_map(|socket| match &socket.inner {
                Inner::Stream(stream) => Some(stream),
                _ => None,
            })
            .flat_map(stream::Stream::connections)
            .collect();
        self.connections
            .retain(|id, connection| owned.contains(id) || connection.tcb.state() != State::Closed);
    }
}

impl System for Kernel {
    fn call(&mut self, call: &mut Call, now: Tick) -> Reply {
        let reply = match call {
            Call::Socket { family, kind, protocol } => self.create(*family, *kind, *protocol),
            Call::Pair { family, kind } => self.pair(*family, *kind),
            Call::Bind { fd, to } => self.bind(*fd, to),
            Call::Listen { fd, backlog } => self.listen(*fd, *backlog),
            Call::Accept { fd } => self.accept(*fd),
            Call::Connect { fd, to, begun } => {
                let reply = self.connect(*fd, to, *begun, now);
                *begun = true;
                reply
            }
            Call::Send { fd, data, sent, all, flags } => {
                self.send(*fd, data, sent, *all, *flags, now)
            }
            Call::SendTo { fd, data, to, flags } => self.send_to(*fd, data, to, *flags, now),
            Call::Receive { fd, n, flags, from } => self.receive(*fd, *n, *flags, *from),
            Call::Shutdown { fd, how } => self.shutdown(*fd, *how, now),
            Call::Close { fd } => self.close(*fd, now),
            Call::Name { fd } => self.names(*fd),
            Call::Peer { fd } => self.peer(*fd),
            Call::SetOption { fd, level, option, value } => {
                self.set_option(*fd, *level, *option, value)
            }
            Call::GetOption { fd, level, option, octets } => {
                self.get_option(*fd, *level, *option, *octets)
            }
            Call::HostName => {
                let why = "It need not be a name that others can look up, nor that of the address that they reach.";
                let told = Told::posix("The name of this host.", why, "gethostname");
                Reply::Done(Answer::Text(self.host.name.into()), told)
            }
        };
        self.collect();
        reply
    }

    fn ends(&self, fd: Fd) -> (Option<Address>, Option<Address>) {
        (self.own_address(fd), self.peer_address(fd))
    }
}

fn bad_fd() -> Reply {
    let why = "close() gave the number back. The variable is still there, but there is no socket behind it.";
    Reply::failed(&errno::EBADF, Told::posix("The socket is closed.", why, "close"))
}

fn name_failure(failure: Failure, host: &str) -> Reply {
    let what = format!("{host:?} cannot be looked up.");
    let why = "The name is looked up before anything is sent. The lab knows server.lab, client.lab, filtered.lab, localhost and addresses.";
    Reply::Failed(failure, Told::posix(what, why, "getaddrinfo"))
}
