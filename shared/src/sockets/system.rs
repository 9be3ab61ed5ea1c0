//! The edge between a desk and the sockets below it: calls with their arguments, and what comes of them.
//!
//! The simulated [`kernel`](super::kernel) is one [`System`]. Real sockets of a relay would be another: a desk knows
//! no more of them than this.

use core::net::SocketAddr;

use super::Told;
use super::errno::Errno;
use crate::machine::Tick;

/// A file descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fd(pub u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Inet,
    Inet6,
    Unix,
}

impl Family {
    pub fn name(self) -> &'static str {
        match self {
            Family::Inet => "AF_INET",
            Family::Inet6 => "AF_INET6",
            Family::Unix => "AF_UNIX",
        }
    }

    pub fn number(self) -> i64 {
        match self {
            Family::Inet => 2,
            Family::Inet6 => 10,
            Family::Unix => 1,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Stream,
    Datagram,
}

impl Type {
    pub fn name(self) -> &'static str {
        match self {
            Type::Stream => "SOCK_STREAM",
            Type::Datagram => "SOCK_DGRAM",
        }
    }

    pub fn number(self) -> i64 {
        match self {
            Type::Stream => 1,
            Type::Datagram => 2,
        }
    }
}

/// An address as a program gives it: names are looked up by the system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Host { host: String, port: u16 },
    Path(String),
}

/// An address as the system gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    Inet(SocketAddr),
    /// Empty: without a name.
    Path(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Read,
    Write,
    Both,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    pub peek: bool,
    pub urgent: bool,
    pub dont_wait: bool,
}

/// A call with its arguments. One that waits is made again with the same value, which remembers how far it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    Socket {
        family: i64,
        kind: i64,
        protocol: i64,
    },
    Pair {
        family: i64,
        kind: i64,
    },
    Bind {
        fd: Fd,
        to: Target,
    },
    Listen {
        fd: Fd,
        backlog: i64,
    },
    Accept {
        fd: Fd,
    },
    Connect {
        fd: Fd,
        to: Target,
        begun: bool,
    },
    /// `all`: `sendall()`. How much the kernel has taken so far is in `sent`.
    Send {
        fd: Fd,
        data: Vec<u8>,
        sent: usize,
        all: bool,
        flags: Flags,
    },
    SendTo {
        fd: Fd,
        data: Vec<u8>,
        to: Target,
        flags: Flags,
    },
    Receive {
        fd: Fd,
        n: usize,
        flags: Flags,
        from: bool,
    },
    Shutdown {
        fd: Fd,
        how: How,
    },
    Close {
        fd: Fd,
    },
    Name {
        fd: Fd,
    },
    Peer {
        fd: Fd,
    },
    SetOption {
        fd: Fd,
        level: i64,
        option: i64,
        value: OptionValue,
    },
    GetOption {
        fd: Fd,
        level: i64,
        option: i64,
        octets: usize,
    },
    HostName,
}

impl Call {
    /// The function of the system, as it is written.
    pub fn name(&self) -> &'static str {
        match self {
            Call::Socket { .. } => "socket()",
            Call::Pair { .. } => "socketpair()",
            Call::Bind { .. } => "bind()",
            Call::Listen { .. } => "listen()",
            Call::Accept { .. } => "accept()",
            Call::Connect { .. } => "connect()",
            Call::Send { all: true, .. } => "sendall()",
            Call::Send { .. } => "send()",
            Call::SendTo { .. } => "sendto()",
            Call::Receive { from: true, .. } => "recvfrom()",
            Call::Receive { .. } => "recv()",
            Call::Shutdown { .. } => "shutdown()",
            Call::Close { .. } => "close()",
            Call::Name { .. } => "getsockname()",
            Call::Peer { .. } => "getpeername()",
            Call::SetOption { .. } => "setsockopt()",
            Call::GetOption { .. } => "getsockopt()",
            Call::HostName => "gethostname()",
        }
    }

    /// The socket that it is about.
    pub fn fd(&self) -> Option<Fd> {
        match self {
            Call::Socket { .. } | Call::Pair { .. } | Call::HostName => None,
            Call::Bind { fd, .. }
            | Call::Listen { fd, .. }
            | Call::Accept { fd }
            | Call::Connect { fd, .. }
            | Call::Send { fd, .. }
            | Call::SendTo { fd, .. }
            | Call::Receive { fd, .. }
            | Call::Shutdown { fd, .. }
            | Call::Close { fd }
            | Call::Name { fd }
            | Call::Peer { fd }
            | Call::SetOption { fd, .. }
            | Call::GetOption { fd, .. } => Some(*fd),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum OptionValue {
    Int(i64),
    Octets(Vec<u8>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Nothing,
    Socket {
        fd: Fd,
        family: Family,
        kind: Type,
    },
    Pair(Fd, Fd, Family, Type),
    /// A socket and the address at its other end.
    Accepted {
        fd: Fd,
        family: Family,
        peer: Address,
    },
    Count(usize),
    Octets(Vec<u8>),
    /// Octets and where they came from; on a connection that is not said.
    From(Vec<u8>, Option<Address>),
    Address(Address),
    Int(i64),
    Text(String),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    Errno(&'static Errno),
    /// The name cannot be looked up: number and text of `getaddrinfo`.
    Name(i64, &'static str),
}

/// What a call waits for. A socket that must not wait fails with an error by this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// A connection was asked for just now.
    Connecting,
    /// It was asked for before, and there is no answer yet.
    StillConnecting,
    /// A connection to be accepted.
    Connection,
    /// Something to be read.
    Data,
    /// Room to write to.
    Room,
    /// The relay's answer, to a call that would not wait on one's own machine. No timeout ends it.
    Relay,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    Done(Answer, Told),
    Failed(Failure, Told),
    Waits(Wait, Told),
}

impl Reply {
    pub(super) fn failed(errno: &'static Errno, told: Told) -> Reply {
        Reply::Failed(Failure::Errno(errno), told)
    }
}

/// Sockets of a host.
pub trait System {
    fn call(&mut self, call: &mut Call, now: Tick) -> Reply;
    /// The addresses of both ends as a program may ask for them, without saying so.
    fn ends(&self, fd: Fd) -> (Option<Address>, Option<Address>);
}
