//! What the multiplexer tells its owner.

use std::fmt;
use std::time::Duration;

use super::{FrameError, Goaway, Hello, OpenedInfo, Reason, Reset, StreamId, Target, Welcome};

/// Something that happened. For one stream the order is: `OpenRequested` or `Opened`, then `Data`,
/// then `Fin`, then `Reset`; `Writable` comes in between, and nothing comes after `Reset`.
#[derive(Clone, PartialEq, Eq, Debug)]
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

/// Why [`Mux::open`](super::Mux::open) did not even ask.
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
