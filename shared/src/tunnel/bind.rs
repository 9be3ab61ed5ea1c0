//! What the frames of listeners, UDP sockets and name lookups say.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::{DEFAULT_WINDOW, Family, StreamId};

/// The address that a socket is bound to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BindAt {
    /// The unspecified address (0.0.0.0, ::) means every address of the relay's machine.
    Address(IpAddr),
    /// The relay's own address on this stream. FTP's PORT and EPRT need it.
    LikeStream(StreamId),
}

/// Whose connections a listener takes; others are reset.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Allow {
    Anyone,
    Address(IpAddr),
    /// Whoever is at the other end of this stream, from any port.
    PeerOf(StreamId),
}

/// A listener that the page wants. Numbers of zero leave the choice to the relay.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Listen {
    pub at: BindAt,
    pub port: u16,
    /// `SO_REUSEADDR`: bind although old connections of this port are in TIME-WAIT.
    pub reuse: bool,
    /// Connections that may wait until the page takes or refuses them.
    pub backlog: u16,
    pub allow: Allow,
    /// After so many connections the listener closes; zero is any number.
    pub accepts: u16,
    /// In whole seconds.
    pub lifetime: Duration,
}

impl Listen {
    /// At a free port, for anyone, with the relay's own limits.
    pub fn new(at: BindAt) -> Listen {
        Listen {
            at,
            port: 0,
            reuse: false,
            backlog: 0,
            allow: Allow::Anyone,
            accepts: 0,
            lifetime: Duration::ZERO,
        }
    }

    /// For one connection of a stream's peer: what FTP's active mode needs.
    pub fn for_peer_of(stream: StreamId) -> Listen {
        Listen {
            allow: Allow::PeerOf(stream),
            accepts: 1,
            ..Listen::new(BindAt::LikeStream(stream))
        }
    }
}

/// A listener that is there, with the limits it really has.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ListeningInfo {
    /// `getsockname`.
    pub bound: SocketAddr,
    /// Where others find it: `bound`, with an address in place of an unspecified one.
    pub advertised: SocketAddr,
    pub backlog: u16,
    /// Zero is any number.
    pub accepts: u16,
    pub lifetime: Duration,
}

/// A connection that a listener has got.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct IncomingInfo {
    pub listener: StreamId,
    /// The relay's end of the connection.
    pub local: SocketAddr,
    /// Who connected.
    pub peer: SocketAddr,
    /// Credit the relay grants the page.
    pub window: u32,
}

/// A UDP socket that the page wants.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UdpBind {
    pub at: BindAt,
    /// Zero is a free one.
    pub port: u16,
    /// `connect()`: datagrams go to and come from this address only.
    pub peer: Option<SocketAddr>,
    /// Credit the page grants the relay, as `SO_RCVBUF`.
    pub window: u32,
}

impl UdpBind {
    /// At a free port, not connected, with the usual window.
    pub fn new(at: BindAt) -> UdpBind {
        UdpBind { at, port: 0, peer: None, window: DEFAULT_WINDOW }
    }
}

/// A UDP socket that is there.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UdpInfo {
    pub local: SocketAddr,
    /// Credit the relay grants the page.
    pub window: u32,
}

/// A name to be looked up.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Query {
    pub host: String,
    pub family: Family,
}

/// What the name stands for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ResolvedInfo {
    pub took: Duration,
    pub addresses: Vec<IpAddr>,
}
