//! The border of a protocol machine.
//!
//! A machine opens no socket and reads no clock. Its host hands in what happened ([`Input`]) and
//! the time, then drains [`Output`]s with `poll` until it gets `None`. The same inputs give the
//! same outputs, however the bytes were cut into reads.
//!
//! Three rules hold for every machine:
//!
//! * Each octet that goes out is in exactly one [`Output::Sent`] or [`Output::Data`]. Each octet
//!   that comes in to a client leaves in exactly one [`Output::Received`] or [`Output::Data`], in
//!   order. A server reports what it sends; what it reads it only obeys. Where a unit has no end
//!   that could be waited for, [`Output::Growing`] shows it before it is complete.
//! * A command that is refused changes nothing and sends nothing.
//! * A server gives bulk octets only when asked with [`Server::pull`], so a host whose socket is
//!   full holds one [`PIECE`], not a file.

mod copy;

use core::fmt;
use core::net::SocketAddr;
use core::time::Duration;

use crate::explain::{Rfc, Wire};
use crate::table::{Flag, Illegal, Progress, State};
use crate::world::World;

pub use copy::{CopyClient, CopyServer};

/// The most octets of bulk content in one piece: one frame of the tunnel.
pub const PIECE: usize = 16 * 1024;

/// Time since the session began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tick(pub Duration);

impl Tick {
    pub fn after(self, wait: Duration) -> Tick {
        Tick(self.0 + wait)
    }
}

/// The name of a byte stream within a session. FTP has several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conn(pub u16);

impl Conn {
    /// The connection that the session began with.
    pub const MAIN: Conn = Conn(0);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Sent,
    Received,
}

/// What happened, told to a machine by its host.
#[derive(Clone, Debug)]
pub enum Input<'a> {
    /// The connection asked for (or accepted) is open.
    Opened {
        conn: Conn,
        local: SocketAddr,
        peer: SocketAddr,
    },
    /// The socket asked for with [`Output::Listen`] waits at this address. The first connection
    /// it accepts is reported as [`Input::Opened`] under the same name, and the socket is closed.
    Listening {
        conn: Conn,
        addr: SocketAddr,
    },
    /// The connection or the listening socket asked for could not be had.
    Failed {
        conn: Conn,
        why: &'a str,
    },
    Bytes {
        conn: Conn,
        bytes: &'a [u8],
    },
    /// The peer will send no more (FIN).
    End {
        conn: Conn,
    },
    /// The connection is gone in both directions.
    Reset {
        conn: Conn,
        why: &'a str,
    },
    /// The TLS handshake asked for with [`Output::StartTls`] is done.
    TlsStarted {
        conn: Conn,
    },
    /// Client only: one command as typed, or in a state that takes content, the whole content
    /// (lines separated by LF or CR LF).
    Command(&'a str),
    /// Client only: several commands in one write, one a line.
    Batch(&'a str),
    /// Client only: a piece of content too large to be typed; [`Input::ContentEnd`] ends it.
    Content(&'a [u8]),
    ContentEnd,
    /// Client only: octets to be sent as they are, without checks.
    Raw {
        conn: Conn,
        bytes: &'a [u8],
    },
    /// The moment asked for with [`Output::WakeAt`] has come; or, for a server, another session
    /// has changed the world ([`World::changes`]). A server does not change it for this alone.
    Time,
}

/// An [`Input`] that owns its bytes: to be kept or held.
#[derive(Clone, Debug, PartialEq)]
pub enum OwnedInput {
    Opened { conn: Conn, local: SocketAddr, peer: SocketAddr },
    Listening { conn: Conn, addr: SocketAddr },
    Failed { conn: Conn, why: String },
    Bytes { conn: Conn, bytes: Vec<u8> },
    End { conn: Conn },
    Reset { conn: Conn, why: String },
    TlsStarted { conn: Conn },
    Command(String),
    Batch(String),
    Content(Vec<u8>),
    ContentEnd,
    Raw { conn: Conn, bytes: Vec<u8> },
    Time,
}

impl OwnedInput {
    pub fn borrow(&self) -> Input<'_> {
        match self {
            OwnedInput::Opened { conn, local, peer } => {
                Input::Opened { conn: *conn, local: *local, peer: *peer }
            }
            OwnedInput::Listening { conn, addr } => Input::Listening { conn: *conn, addr: *addr },
            OwnedInput::Failed { conn, why } => Input::Failed { conn: *conn, why },
            OwnedInput::Bytes { conn, bytes } => Input::Bytes { conn: *conn, bytes },
            OwnedInput::End { conn } => Input::End { conn: *conn },
            OwnedInput::Reset { conn, why } => Input::Reset { conn: *conn, why },
            OwnedInput::TlsStarted { conn } => Input::TlsStarted { conn: *conn },
            OwnedInput::Command(text) => Input::Command(text),
            OwnedInput::Batch(text) => Input::Batch(text),
            OwnedInput::Content(bytes) => Input::Content(bytes),
            OwnedInput::ContentEnd => Input::ContentEnd,
            OwnedInput::Raw { conn, bytes } => Input::Raw { conn: *conn, bytes },
            OwnedInput::Time => Input::Time,
        }
    }

    /// The bytes, commands or content it carries, in octets.
    pub fn octets(&self) -> usize {
        match self {
            OwnedInput::Bytes { bytes, .. } | OwnedInput::Raw { bytes, .. } => bytes.len(),
            OwnedInput::Content(bytes) => bytes.len(),
            OwnedInput::Command(text) | OwnedInput::Batch(text) => text.len(),
            _ => 0,
        }
    }
}

/// What a machine wants done, or wants known.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Write this unit.
    Sent {
        conn: Conn,
        wire: Wire,
    },
    /// This unit was read.
    Received {
        conn: Conn,
        wire: Wire,
    },
    /// The unit under way, as far as it has been read: a prompt must be seen although nothing tells
    /// that it is complete. The next `Growing` or `Received` of this connection takes its place and
    /// has its octets too. Clients only.
    Growing {
        conn: Conn,
        wire: Wire,
    },
    /// A piece of bulk content: to be written, or read. Clients only.
    Data {
        conn: Conn,
        direction: Direction,
        bytes: Vec<u8>,
    },
    Connect {
        conn: Conn,
        host: String,
        port: u16,
    },
    Listen {
        conn: Conn,
    },
    /// Send no more on this connection (FIN), after what was sent before.
    Finish {
        conn: Conn,
    },
    /// Drop the connection (RST).
    Abort {
        conn: Conn,
    },
    StartTls {
        conn: Conn,
    },
    /// The machine moved to this state.
    State(&'static State),
    Note(Note),
    WakeAt(Tick),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Info,
    Warning,
    Error,
}

/// Something that a person should know about what just happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    pub level: Level,
    /// What happened, what was expected, and what to do about it.
    pub text: String,
    pub rule: Option<Rfc>,
    /// What would have been right, as it would be typed.
    pub fix: Option<String>,
}

impl Note {
    pub fn info(text: impl Into<String>) -> Note {
        Note { level: Level::Info, text: text.into(), rule: None, fix: None }
    }

    pub fn warning(text: impl Into<String>) -> Note {
        Note { level: Level::Warning, text: text.into(), rule: None, fix: None }
    }

    pub fn error(text: impl Into<String>) -> Note {
        Note { level: Level::Error, text: text.into(), rule: None, fix: None }
    }

    pub fn rule(self, number: u16, section: &'static str) -> Note {
        Note { rule: Some(Rfc::new(number, section)), ..self }
    }

    /// What to type instead.
    pub fn fix(self, text: impl Into<String>) -> Note {
        Note { fix: Some(text.into()), ..self }
    }
}

/// Why a command was not sent. The session is as it was.
#[derive(Clone, Debug, PartialEq)]
pub enum Refused {
    /// Not a legal move in this state.
    Illegal(Illegal),
    /// The command itself is wrong.
    Malformed { what: String, expected: String, rule: Rfc },
    /// A limit of the protocol or the lab.
    TooLong { what: &'static str, octets: usize, limit: usize, rule: Rfc },
    /// There is no open connection to send it on.
    NotConnected,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Illegal(illegal) => illegal.fmt(f),
            Refused::Malformed { what, expected, rule } => {
                write!(f, "{what} Expected: {expected} ({rule}).")
            }
            Refused::TooLong { what, octets, limit, rule } => write!(
                f,
                "The {what} has {octets} octets; at most {limit} are allowed ({rule}). Shorten it."
            ),
            Refused::NotConnected => f.write_str("There is no open connection. Connect first."),
        }
    }
}

/// Something that one or both sides know by now, for the state pane.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    pub name: &'static str,
    pub value: String,
}

impl Fact {
    pub fn new(name: &'static str, value: impl Into<String>) -> Fact {
        Fact { name, value: value.into() }
    }
}

/// The next sensible command.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// As it would be typed. Lines are separated by LF.
    pub text: String,
    /// One sentence.
    pub why: String,
}

/// What a client is told about its session before it begins.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// The server as the person named it, for Host fields and suggestions.
    pub host: String,
    pub port: u16,
    /// Used in suggestions only; nothing is sent unasked.
    pub user: String,
    pub password: String,
    /// How the client names itself (EHLO).
    pub name: String,
    pub seed: u64,
    /// What the client sends by itself is what the protocol's module of Python would send.
    pub as_python: bool,
}

impl ClientConfig {
    /// For the practice servers and their first account.
    pub fn practice(port: u16) -> ClientConfig {
        ClientConfig {
            host: crate::world::HOST.into(),
            port,
            user: crate::world::USER.into(),
            password: crate::world::PASSWORD.into(),
            name: "you.lab".into(),
            seed: 1,
            as_python: false,
        }
    }
}

#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// The server's own host name.
    pub name: String,
    pub seed: u64,
    /// Never tires of waiting for its client: a person may read and think.
    pub patient: bool,
}

impl ServerConfig {
    pub fn practice(seed: u64) -> ServerConfig {
        ServerConfig { name: crate::world::HOST.into(), seed, patient: false }
    }

    pub fn patient(self) -> ServerConfig {
        ServerConfig { patient: true, ..self }
    }
}

/// The client side of a protocol.
pub trait Client: CopyClient {
    fn handle(&mut self, input: Input<'_>, now: Tick) -> Result<(), Refused>;
    fn poll(&mut self) -> Option<Output>;
    /// Where the session stands in the protocol's table.
    fn progress(&self) -> &Progress;
    fn state(&self) -> &'static State {
        self.progress().state()
    }
    /// Conditions beside the state that legal moves may need.
    fn flags(&self) -> Vec<&'static Flag> {
        self.progress().flags().to_vec()
    }
    /// `None` while it is not the client's turn, or when the session is over.
    fn suggestion(&self) -> Option<Suggestion>;
    /// What the last reply offers to do next, such as the items of a menu: as it would be typed,
    /// with its name.
    fn offers(&self) -> Vec<Suggestion> {
        Vec::new()
    }
    /// What both sides know by now.
    fn facts(&self) -> Vec<Fact>;
    /// The octets of a typed text if they are others than its own letters, for a person who sends
    /// it although it was refused.
    fn octets_of(&self, _text: &str) -> Option<Vec<u8>> {
        None
    }
}

/// The practice server's side of a protocol. Malformed input is never an error to the host: the
/// server answers it as its RFC says.
pub trait Server: CopyServer {
    fn handle(&mut self, input: Input<'_>, now: Tick, world: &mut World);
    fn poll(&mut self) -> Option<Output>;
    /// The next piece of bulk content for a connection that has room. To be asked when `poll`
    /// has nothing more; what follows the content comes from `poll` again after the last piece.
    fn pull(&mut self, conn: Conn) -> Option<Vec<u8>>;
    fn state(&self) -> &'static State;
}
