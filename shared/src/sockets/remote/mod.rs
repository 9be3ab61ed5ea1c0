//! Real sockets, behind the relay: the other [`System`] that a desk can stand on.
//!
//! No socket is opened here. Calls become frames of the tunnel's [`Mux`], and what comes back in frames ends the
//! calls that wait. What the relay's kernel does between is not seen, so there are no segments to look at: addresses,
//! errors, octets and ends are those of real sockets.

mod datagram;
mod names;
mod options;
mod stream;
mod transfer;
mod view;

use core::net::{IpAddr, SocketAddr};
use std::collections::BTreeMap;

use super::Told;
use super::errno::{self, Errno};
use super::system::{Address, Answer, Call, Family, Fd, Reply, System, Type, Wait};
use crate::machine::Tick;
use crate::tunnel::{Event, Mux, OpenError, Reason, Reset, ResolvedInfo, StreamId, Violation};

use datagram::Datagrams;
use stream::Stream;

/// Descriptors of one page. A lesson has some dozens.
const MAX_SOCKETS: usize = 64;

/// Sockets that both desks have through one relay.
pub struct Remote {
    mux: Mux,
    sockets: BTreeMap<Fd, Socket>,
    next: u32,
    /// What names stand for, as far as the relay was asked.
    names: BTreeMap<String, Name>,
    /// Why there is no relay any more.
    gone: Option<String>,
}

struct Socket {
    family: Family,
    kind: Type,
    /// `bind()` of a stream socket, which the relay hears of with `listen()`.
    bound: Option<SocketAddr>,
    reuse: bool,
    /// `SO_LINGER` of no seconds: `close()` resets.
    abort: bool,
    /// For `SO_ERROR`, and for the next call.
    error: Option<&'static Errno>,
    inner: Inner,
}

enum Inner {
    Stream(Stream),
    Datagrams(Datagrams),
}

enum Name {
    Asked(StreamId),
    Known(Vec<IpAddr>),
    Unknown,
}

impl Remote {
    pub fn new(client: &str) -> Remote {
        Remote {
            mux: Mux::page(client),
            sockets: BTreeMap::new(),
            next: 3,
            names: BTreeMap::new(),
            gone: None,
        }
    }

    /// A message for the relay.
    pub fn poll_message(&mut self, now: Tick) -> Option<Vec<u8>> {
        self.mux.poll_message(now.0)
    }

    /// A message of the relay. Calls that wait may go on now.
    pub fn receive(&mut self, message: &[u8], now: Tick) -> Result<(), Violation> {
        let done = self.mux.receive(message, now.0);
        while let Some(event) = self.mux.poll_event() {
            self.event(event);
        }
        done
    }

    /// The WebSocket has ended.
    pub fn lost(&mut self, why: &str) {
        self.gone.get_or_insert_with(|| why.into());
        for socket in self.sockets.values_mut() {
            socket.error = Some(&errno::ECONNRESET);
            match &mut socket.inner {
                Inner::Stream(stream) => stream.lost(),
                Inner::Datagrams(datagrams) => datagrams.id = None,
            }
        }
    }

    pub fn gone(&self) -> Option<&str> {
        self.gone.as_deref()
    }

    /// The relay's name and what it allows, once it has answered.
    pub fn welcome(&self) -> Option<(&str, &str)> {
        self.mux.welcome().map(|welcome| (welcome.hostname.as_str(), welcome.text.as_str()))
    }

    /// Closes what a desk has left: its kernel would, when Python ends.
    pub fn close_all(&mut self, of: &[Fd], now: Tick) {
        for fd in of {
            self.call(&mut Call::Close { fd: *fd }, now);
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Resolved(id, ResolvedInfo { addresses, .. }) => {
                self.named(
                    id,
                    if addresses.is_empty() { Name::Unknown } else { Name::Known(addresses) },
                );
            }
            Event::Reset(id, reset) => {
                self.named(id, Name::Unknown);
                self.reset(id, &reset);
            }
            Event::Goaway(goaway) => self.lost(goaway.text.trim_end_matches('.')),
            other => {
                if !self.stream_event(&other) {
                    self.datagram_event(other);
                }
            }
        }
    }

    fn named(&mut self, id: StreamId, answer: Name) {
        let asked = |name: &&mut Name| matches!(name, Name::Asked(asked) if *asked == id);
        if let Some(name) = self.names.values_mut().find(asked) {
            *name = answer;
        }
    }

    fn reset(&mut self, id: StreamId, reset: &Reset) {
        let error = errno_of(reset);
        let text = reset.to_string();
        for socket in self.sockets.values_mut() {
            let found = match &mut socket.inner {
                Inner::Stream(stream) => stream.reset(id, &text),
                Inner::Datagrams(datagrams) => datagrams.reset(id, &text),
            };
            if found {
                socket.error = Some(error);
                return;
            }
        }
    }

    fn add(&mut self, family: Family, kind: Type, inner: Inner) -> Fd {
        let fd = Fd(self.next);
        self.next += 1;
        let socket =
            Socket { family, kind, bound: None, reuse: false, abort: false, error: None, inner };
        self.sockets.insert(fd, socket);
        fd
    }

    fn new_socket(&mut self, family: i64, kind: i64) -> Reply {
        let fail = |errno, why: &str| {
            Reply::failed(errno, Told::posix("There is no such socket.", why, "socket"))
        };
        let family = match family {
            2 => Family::Inet,
            10 => Family::Inet6,
            1 => {
                return fail(
                    &errno::EAFNOSUPPORT,
                    "AF_UNIX sockets have paths of one machine\u{2019}s files, and the relay opens none for a page. The two hosts in the page have them.",
                );
            }
            _ => return fail(&errno::EAFNOSUPPORT, "The relay knows AF_INET and AF_INET6."),
        };
        let (kind, inner) = match kind {
            1 => (Type::Stream, Inner::Stream(Stream::default())),
            2 => (Type::Datagram, Inner::Datagrams(Datagrams::default())),
            _ => {
                return fail(
                    &errno::ESOCKTNOSUPPORT,
                    "The relay knows SOCK_STREAM and SOCK_DGRAM.",
                );
            }
        };
        if self.sockets.len() >= MAX_SOCKETS {
            return fail(
                &errno::EMFILE,
                "The page has as many sockets as it may; close one first.",
            );
        }
        let fd = self.add(family, kind, inner);
        let told = Told::posix(
            format!("Descriptor {} stands for a socket that is not open yet.", fd.0),
            "The relay opens it when it is known what for: at connect(), listen(), or for UDP at bind().",
            "socket",
        );
        Reply::Done(Answer::Socket { fd, family, kind }, told)
    }
}

impl System for Remote {
    fn call(&mut self, call: &mut Call, now: Tick) -> Reply {
        if let (Some(why), false) = (&self.gone, matches!(call, Call::Close { .. })) {
            let told = Told::posix(
                format!("The relay is gone: {why}"),
                "Its sockets went with it. This is the tunnel\u{2019}s error, not the other program\u{2019}s.",
                "connect",
            );
            return Reply::failed(&errno::ENETDOWN, told);
        }
        if self.mux.welcome().is_none() && !matches!(call, Call::Socket { .. } | Call::Close { .. })
        {
            return waits_for_relay("its first word");
        }
        match call {
            Call::Socket { family, kind, .. } => self.new_socket(*family, *kind),
            Call::Pair { .. } => Reply::failed(
                &errno::EOPNOTSUPP,
                Told::posix(
                    "The relay has no pairs.",
                    "A pair is of one machine; the two hosts in the page have them.",
                    "socketpair",
                ),
            ),
            Call::HostName => {
                let name = self.mux.welcome().map(|w| w.hostname.clone()).unwrap_or_default();
                let told = Told::posix(
                    "The name of the relay\u{2019}s machine.",
                    "The sockets are there, and so is the host that they belong to.",
                    "gethostname",
                );
                Reply::Done(Answer::Text(name), told)
            }
            Call::SetOption { fd, level, option, value } => {
                self.set_option(*fd, *level, *option, value)
            }
            Call::GetOption { fd, level, option, .. } => self.get_option(*fd, *level, *option),
            Call::Name { fd } | Call::Peer { fd } => {
                let fd = *fd;
                let (local, peer) = self.ends(fd);
                let (what, address) = match call {
                    Call::Name { .. } => ("This end.", local),
                    _ => ("The other end.", peer),
                };
                match address {
                    Some(address) => {
                        Reply::Done(Answer::Address(address), Told::posix(what, "", "getsockname"))
                    }
                    None if !self.sockets.contains_key(&fd) => bad_fd(),
                    None => Reply::failed(
                        &errno::ENOTCONN,
                        Told::posix("The socket has no such end yet.", "", "getpeername"),
                    ),
                }
            }
            call => {
                let fd = call.fd().unwrap_or(Fd(0));
                match self.sockets.get(&fd).map(|socket| socket.kind) {
                    None => bad_fd(),
                    Some(Type::Stream) => self.stream_call(fd, call, now),
                    Some(Type::Datagram) => self.datagram_call(fd, call),
                }
            }
        }
    }

    fn ends(&self, fd: Fd) -> (Option<Address>, Option<Address>) {
        let Some(socket) = self.sockets.get(&fd) else { return (None, None) };
        let (local, peer) = match &socket.inner {
            Inner::Stream(stream) => stream.ends(),
            Inner::Datagrams(datagrams) => (datagrams.local, datagrams.peer),
        };
        (local.or(socket.bound).map(Address::Inet), peer.map(Address::Inet))
    }
}

fn bad_fd() -> Reply {
    Reply::failed(
        &errno::EBADF,
        Told::posix("There is no such socket.", "It has been closed, or never was.", "close"),
    )
}

/// A call that ends at once on one's own machine takes a moment here.
fn waits_for_relay(what: &str) -> Reply {
    let told = Told::posix(
        format!("The relay is asked: {what}."),
        "On one\u{2019}s own machine the kernel answers at once; here the answer comes through the tunnel.",
        "socket",
    );
    Reply::Waits(Wait::Relay, told)
}

/// The multiplexer itself refused to ask.
fn not_asked(why: &OpenError) -> Reply {
    let errno = match why {
        OpenError::TooManyStreams { .. } | OpenError::OutOfNumbers => &errno::EMFILE,
        OpenError::HostTooLong { .. } => &errno::EINVAL,
        OpenError::NotWelcomed | OpenError::SessionOver | OpenError::NotThePage => &errno::ENETDOWN,
    };
    Reply::failed(errno, Told::posix(why.to_string(), "", "socket"))
}

/// The error's own number if the lab knows it; else the nearest by its reason.
fn errno_of(reset: &Reset) -> &'static Errno {
    let number = i64::from(reset.errno);
    let known = errno::ALL.iter().find(|errno| number != 0 && errno.number == number);
    if let Some(errno) = known {
        return errno;
    }
    match reset.reason {
        Reason::NOT_ALLOWED | Reason::NOT_PERMITTED => &errno::EACCES,
        Reason::REFUSED => &errno::ECONNREFUSED,
        Reason::UNREACHABLE => &errno::ENETUNREACH,
        Reason::CONNECT_TIMEOUT | Reason::PEER_TIMEOUT => &errno::ETIMEDOUT,
        Reason::ADDRESS_IN_USE => &errno::EADDRINUSE,
        Reason::ADDRESS_NOT_HERE => &errno::EADDRNOTAVAIL,
        Reason::TOO_LONG => &errno::EMSGSIZE,
        Reason::BROKEN_PIPE => &errno::EPIPE,
        Reason::TOO_MANY_SOCKETS | Reason::TOO_MANY_STREAMS | Reason::TOO_FAST => &errno::EMFILE,
        Reason::BAD_BIND | Reason::BAD_TARGET | Reason::NAME_NOT_FOUND => &errno::EINVAL,
        _ => &errno::ECONNRESET,
    }
}
