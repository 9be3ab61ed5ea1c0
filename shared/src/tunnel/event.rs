//! What the multiplexer tells its owner.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use super::{
    FrameError, Goaway, Hello, IncomingInfo, Listen, ListeningInfo, MAX_DATAGRAM, OpenedInfo,
    Query, Reason, Reset, ResolvedInfo, StreamId, Target, UdpBind, UdpInfo, Welcome,
};

/// Something that happened. For one stream the order is: `OpenRequested`, `Opened` or `Incoming`,
/// then `Data`, then `Fin`, then `Reset`; `Writable` comes in between, and nothing comes after
/// `Reset`. Other sockets have no `Fin`; what a listener got is told before its `Reset`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Event {
    /// Relay: the page said who it is.
    Hello(Hello),
    /// Page: the relay answered, streams may be opened.
    Welcome(Welcome),
    /// Relay: answer with [`Mux::opened`](super::Mux::opened) or
    /// [`Mux::reset`](super::Mux::reset).
    OpenRequested(StreamId, Target),
    /// Page: the socket is connected.
    Opened(StreamId, OpenedInfo),
    /// All bytes that came since the last `Data` of this stream. Say
    /// [`Mux::consumed`](super::Mux::consumed) when they are used up, or no more will come.
    Data(StreamId, Vec<u8>),
    /// [`Mux::send`](super::Mux::send) took less than it was offered; now it takes more.
    Writable(StreamId),
    /// The other end sends no more; this end still may.
    Fin(StreamId),
    /// Both directions are dead. Before `Opened` it means: refused.
    Reset(StreamId, Reset),
    /// Relay: answer with [`Mux::listening`](super::Mux::listening) or a reset.
    ListenRequested(StreamId, Listen),
    /// Page: the listener is there.
    Listening(StreamId, ListeningInfo),
    /// Page: somebody has connected. Answer with [`Mux::accept`](super::Mux::accept) or
    /// [`Mux::abort`](super::Mux::abort).
    Incoming(StreamId, IncomingInfo),
    /// Relay: answer with [`Mux::udp_bound`](super::Mux::udp_bound) or a reset.
    UdpRequested(StreamId, UdpBind),
    /// Page: the UDP socket is there.
    UdpBound(StreamId, UdpInfo),
    /// One datagram: at the page from this address, at the relay for it. Say
    /// [`Mux::datagram_consumed`](super::Mux::datagram_consumed) when it is used up.
    Datagram(StreamId, SocketAddr, Vec<u8>),
    /// Page: so many datagrams would have come here and were dropped by the relay.
    Dropped(StreamId, u32),
    /// Page: what happened to a datagram sent to this address. The socket lives on.
    UdpError(StreamId, SocketAddr, Reset),
    /// Relay: answer with [`Mux::resolved`](super::Mux::resolved) or a reset.
    ResolveRequested(StreamId, Query),
    /// Page: what the name stands for. Nothing more comes for this number.
    Resolved(StreamId, ResolvedInfo),
    /// How long a PING took there and back.
    Pong(Duration),
    /// The session is over, and every stream that is left with it.
    Goaway(Goaway),
}

/// The other end broke the rules. GOAWAY is queued; send what
/// [`Mux::poll_message`](super::Mux::poll_message) still gives and close the WebSocket.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    pub reason: Reason,
    /// Which frame, on which stream, and what was allowed.
    pub text: String,
}

impl Violation {
    pub(super) fn new(reason: Reason, text: impl Into<String>) -> Violation {
        Violation { reason, text: text.into() }
    }
}

impl From<FrameError> for Violation {
    fn from(error: FrameError) -> Violation {
        let reason = match error.fault {
            super::Fault::UnknownType { .. } => Reason::UNKNOWN_FRAME,
            _ => Reason::MALFORMED,
        };
        Violation::new(reason, error.to_string())
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.reason, self.text)
    }
}

impl std::error::Error for Violation {}

/// Why [`Mux::open`](super::Mux::open), or a sister of it, did not even ask.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OpenError {
    NotWelcomed,
    SessionOver,
    TooManyStreams { limit: u16 },
    HostTooLong { length: usize },
    OutOfNumbers,
    NotThePage,
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::NotWelcomed => {
                f.write_str("The relay has not answered yet; wait for its WELCOME.")
            }
            OpenError::SessionOver => {
                f.write_str("The session with the relay is over; connect to it again.")
            }
            OpenError::TooManyStreams { limit } => write!(
                f,
                "The relay allows {limit} connections at a time and all are in use; close one first."
            ),
            OpenError::HostTooLong { length } => {
                write!(f, "The host name has {length} bytes; a name has at most 255.")
            }
            OpenError::OutOfNumbers => {
                f.write_str("This session has used up its stream numbers; connect again.")
            }
            OpenError::NotThePage => f.write_str("Only the page opens streams."),
        }
    }
}

impl std::error::Error for OpenError {}

/// Why [`Mux::datagram`](super::Mux::datagram) did not take a datagram.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DatagramError {
    /// The socket is not bound yet, or not any more.
    NotOpen,
    TooLong {
        length: usize,
    },
    /// At the page: `Writable` tells when to offer it again. At the relay: it counts as dropped.
    NoRoom,
}

impl fmt::Display for DatagramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DatagramError::NotOpen => f.write_str("The UDP socket is not bound."),
            DatagramError::TooLong { length } => write!(
                f,
                "The datagram has {length} bytes; the tunnel takes {MAX_DATAGRAM}, and IP still less."
            ),
            DatagramError::NoRoom => f.write_str("Too many datagrams are waiting to be sent."),
        }
    }
}

impl std::error::Error for DatagramError {}
