//! What a message means. Writing is in `encode.rs`, reading in `decode.rs`; `docs/tunnel.md` has every layout.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::{IncomingInfo, Listen, ListeningInfo, Query, Reason, ResolvedInfo, UdpBind, UdpInfo};

/// The number of a stream, or of another socket: odd if the page asked for it, even if a listener
/// of the relay got it. 0 is the session and never a `StreamId`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct StreamId(pub u32);

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stream {}", self.0)
    }
}

/// One message.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Frame<'a> {
    Hello(Hello),
    Welcome(Welcome),
    Ping(u64),
    Pong(u64),
    Goaway(Goaway),
    Open(StreamId, Target),
    Opened(StreamId, OpenedInfo),
    Data(StreamId, &'a [u8]),
    /// So many more bytes may be sent; always an increment.
    Window(StreamId, u32),
    /// No more bytes come from this end; the other direction goes on.
    Fin(StreamId),
    /// Both directions are dead.
    Reset(StreamId, Reset),
    Listen(StreamId, Listen),
    Listening(StreamId, ListeningInfo),
    /// A listener has got a connection; it has this new number.
    Incoming(StreamId, IncomingInfo),
    UdpBind(StreamId, UdpBind),
    UdpBound(StreamId, UdpInfo),
    /// From the page: whom it is for; from the relay: who sent it.
    Datagram(StreamId, SocketAddr, &'a [u8]),
    /// So many datagrams would stand here and were dropped.
    Dropped(StreamId, u32),
    /// Something went wrong with a datagram to this address; the socket lives on.
    UdpError(StreamId, SocketAddr, Reset),
    Resolve(StreamId, Query),
    Resolved(StreamId, ResolvedInfo),
    /// The relay stops when the streams have ended, or after this time, to the second.
    Draining(Duration),
    /// A type with the high bit set that this version does not know.
    Ignored(u8),
}

macro_rules! kinds {
    ($($code:literal $variant:ident $name:literal)*) => {
        /// The first byte of a frame.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum Kind { $($variant = $code),* }

        impl Kind {
            /// Every type this version knows, in the order of the codes.
            pub const ALL: &[Kind] = &[$(Kind::$variant),*];

            pub fn from_code(code: u8) -> Option<Kind> {
                match code {
                    $($code => Some(Kind::$variant),)*
                    _ => None,
                }
            }

            /// The name as the specification writes it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Kind::$variant => $name),*
                }
            }
        }
    };
}

kinds! {
    0x01 Hello "HELLO"
    0x02 Welcome "WELCOME"
    0x03 Ping "PING"
    0x04 Pong "PONG"
    0x05 Goaway "GOAWAY"
    0x10 Open "OPEN"
    0x11 Opened "OPENED"
    0x12 Data "DATA"
    0x13 Window "WINDOW"
    0x14 Fin "FIN"
    0x15 Reset "RESET"
    0x20 Listen "LISTEN"
    0x21 Listening "LISTENING"
    0x22 Incoming "INCOMING"
    0x30 UdpBind "UDP_BIND"
    0x31 UdpBound "UDP_BOUND"
    0x32 Datagram "DATAGRAM"
    0x33 Dropped "DROPPED"
    0x34 UdpError "UDP_ERROR"
    0x40 Resolve "RESOLVE"
    0x41 Resolved "RESOLVED"
    0x85 Draining "DRAINING"
}

/// The page's first frame.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Hello {
    pub version: u8,
    /// What the client calls itself, for the relay's log.
    pub client: String,
}

/// The relay's first frame: who it is and what it allows.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Welcome {
    pub version: u8,
    /// The relay's own host name, as `gethostname` gives it.
    pub hostname: String,
    /// The page's address as the relay sees it.
    pub peer: SocketAddr,
    pub max_streams: u16,
    /// Credit the relay grants each stream when it opens.
    pub window: u32,
    /// `lab` or `open`.
    pub policy: String,
    /// What the policy means, or any other word of the house.
    pub text: String,
}

/// The last frame: the session is over, and every stream with it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Goaway {
    pub reason: Reason,
    pub text: String,
}

/// What the page wants to connect to.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Target {
    /// A name or an address, without brackets.
    pub host: String,
    pub port: u16,
    /// Credit the page grants the relay at once.
    pub window: u32,
    /// How long the relay may try, in steps of 100 ms; zero leaves it to the relay.
    pub timeout: Duration,
    pub family: Family,
}

impl Target {
    /// With the usual window, the relay's own timeout, and any family.
    pub fn new(host: impl Into<String>, port: u16) -> Target {
        Target {
            host: host.into(),
            port,
            window: super::PAGE_WINDOW,
            timeout: Duration::ZERO,
            family: Family::Any,
        }
    }
}

/// Which addresses of the host may be tried.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[repr(u8)]
pub enum Family {
    #[default]
    Any = 0,
    V4 = 4,
    V6 = 6,
}

/// How the connection came about.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct OpenedInfo {
    /// The relay's end of the connection: `getsockname`.
    pub local: SocketAddr,
    /// The server's end: `getpeername`.
    pub peer: SocketAddr,
    /// Credit the relay grants the page at once.
    pub window: u32,
    /// How long the name took, to the microsecond.
    pub dns: Duration,
    /// How long the successful attempt took, to the microsecond.
    pub connect: Duration,
    /// All addresses of the host, in the order in which they are tried.
    pub resolved: Vec<IpAddr>,
    /// What was tried; the last one succeeded.
    pub attempts: Vec<Attempt>,
}

/// One `connect()`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Attempt {
    pub address: IpAddr,
    /// The relay's `errno`; 0 is success, and a refusal that came from no system call.
    pub errno: u16,
    pub took: Duration,
}

/// Why a stream is dead.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Reset {
    pub reason: Reason,
    /// The relay's `errno`, or 0.
    pub errno: u16,
    pub phase: Phase,
    /// What happened, for the person at the page.
    pub text: String,
}

impl Reset {
    /// With the reason's own sentence.
    pub fn new(reason: Reason, phase: Phase) -> Reset {
        Reset { reason, errno: 0, phase, text: reason.sentence().to_owned() }
    }
}

impl fmt::Display for Reset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = if self.text.is_empty() { self.reason.sentence() } else { &self.text };
        f.write_str(text)?;
        if self.errno != 0 { write!(f, " (errno {})", self.errno) } else { Ok(()) }
    }
}

/// What was being done when a stream died.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Phase {
    /// An end decided it, no system call failed.
    Local = 0,
    Resolve = 1,
    Policy = 2,
    Connect = 3,
    Read = 4,
    Write = 5,
    /// Binding, listening, or taking connections.
    Bind = 6,
}

/// A message that is no frame: which, where, and what was expected.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FrameError {
    /// The frame's name, or `frame` while it is not known.
    pub frame: &'static str,
    /// Offset in the message.
    pub at: usize,
    pub fault: Fault,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Fault {
    /// The message ends inside this field.
    Ends {
        field: &'static str,
    },
    /// Bytes are left after the last field.
    Trailing {
        extra: usize,
    },
    /// A field has a value it may not have.
    Value {
        field: &'static str,
        got: u64,
        expected: &'static str,
    },
    /// A field is not UTF-8.
    NotText {
        field: &'static str,
    },
    UnknownType {
        code: u8,
    },
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}: ", self.frame, self.at)?;
        match &self.fault {
            Fault::Ends { field } => write!(f, "the message ends inside its {field}"),
            Fault::Trailing { extra } => {
                write!(f, "{extra} bytes follow the last field; expected the end of the message")
            }
            Fault::Value { field, got, expected } => {
                write!(f, "its {field} is {got}; expected {expected}")
            }
            Fault::NotText { field } => write!(f, "its {field} is not UTF-8"),
            Fault::UnknownType { code } => write!(
                f,
                "type {code:#04x} is unknown and, being below 0x80, may not be ignored; \
                 reload the page so that both ends speak the same version"
            ),
        }
    }
}

impl std::error::Error for FrameError {}
