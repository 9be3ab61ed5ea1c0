//! A client machine against any server, any person and any network.
//!
//! Records: `<` octets of the server, `1` to `9` on a further connection, `*` many of them; `>` a
//! command, `B` a batch, `C` and `E` content and its end, `!` octets without checks; `o` opened, `l`
//! listening, `f` failed, `e` ended, `r` reset, each with the number of a connection; `t` seconds.

use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use core::time::Duration;

use shared::machine::{Client, ClientConfig, Conn, Direction, Input, Output, Tick};
use shared::protocols::Protocol;

use super::conns::{Conns, Stage};
use super::records::{number, records};

/// What a machine may hold back of what came in: a block of 16 KiB and a line of 64 KiB, which is
/// the longest that any protocol here allows, and room to spare.
const HELD: usize = 256 * 1024;

/// However the octets are cut, the machine says the same.
pub fn client(protocol: &'static Protocol, octets: &[u8]) {
    let whole = Host::play(protocol, octets, usize::MAX);
    for size in [1, 3] {
        let cut = Host::play(protocol, octets, size);
        for (at, (one, other)) in whole.iter().zip(&cut).enumerate() {
            assert_eq!(one, other, "{} cut by {size}, output {at}", protocol.id);
        }
        assert_eq!(whole.len(), cut.len(), "{} cut by {size}", protocol.id);
    }
}

struct Host {
    client: Box<dyn Client>,
    conns: Conns,
    now: Tick,
    wake_at: Option<Tick>,
    /// The most octets in one read.
    size: usize,
    outputs: Vec<Output>,
    /// By connection: octets that came, and that the machine has shown.
    came: Vec<(Conn, Vec<u8>)>,
    shown: Vec<(Conn, usize)>,
}

impl Host {
    fn play(protocol: &Protocol, octets: &[u8], size: usize) -> Vec<Output> {
        let as_python = octets.starts_with(b"p");
        let config = ClientConfig { as_python, ..ClientConfig::practice(protocol.port) };
        let mut host = Host {
            client: (protocol.client)(&config),
            conns: Conns::default(),
            now: Tick::default(),
            wake_at: None,
            size,
            outputs: Vec::new(),
            came: Vec::new(),
            shown: Vec::new(),
        };
        host.conns.set(Conn::MAIN, Stage::Asked);
        host.opened(Conn::MAIN);
        for (what, text) in records(octets) {
            host.does(what, text);
            // Views ask at any time.
            let _ = (host.client.suggestion(), host.client.offers(), host.client.facts());
        }
        host.outputs
    }

    fn does(&mut self, what: u8, text: &[u8]) {
        use Stage::*;
        let words = || String::from_utf8_lossy(text).into_owned();
        let n = number(text);
        match what {
            b'<' => self.arrives(0, text),
            b'1'..=b'9' => self.arrives(usize::from(what - b'0'), text),
            b'*' if text.len() > 1 => {
                let count = 1usize << (n % 13);
                let many = text[1..].repeat(count.min(100_000 / text.len()));
                self.arrives(0, &many);
            }
            b'>' => self.types(Input::Command(&words())),
            b'B' => self.types(Input::Batch(&words())),
            b'C' => self.types(Input::Content(text)),
            b'E' => self.types(Input::ContentEnd),
            b'!' if self.conns.stage(Conn::MAIN) == Some(Open) => {
                self.types(Input::Raw { conn: Conn::MAIN, bytes: text });
            }
            b'o' => {
                if let Some(conn) = self.conns.nth(n, &[Asked, Listens]) {
                    self.opened(conn);
                }
            }
            b'l' => {
                if let Some(conn) = self.conns.nth(n, &[AskedToListen]) {
                    self.conns.set(conn, Listens);
                    self.wire(Input::Listening { conn, addr: address(50_413) });
                }
            }
            b'f' => {
                if let Some(conn) = self.conns.nth(n, &[Asked, AskedToListen, Listens]) {
                    self.conns.set(conn, Gone);
                    self.wire(Input::Failed { conn, why: "connection refused" });
                }
            }
            b'e' => {
                if let Some(conn) = self.conns.nth(n, &[Open]) {
                    self.conns.set(conn, Ended);
                    self.wire(Input::End { conn });
                    let (came, shown) = self.count(conn);
                    assert_eq!(came, shown, "octets are not shown at the end of {conn:?}");
                }
            }
            b'r' => {
                if let Some(conn) = self.conns.nth(n, &[Open, Ended]) {
                    self.conns.set(conn, Gone);
                    self.wire(Input::Reset { conn, why: "connection reset by peer" });
                }
            }
            b't' => {
                self.now = self.now.after(Duration::from_secs(n as u64));
                if self.wake_at.is_some_and(|at| at <= self.now) {
                    self.wake_at = None;
                    self.wire(Input::Time);
                }
            }
            _ => {}
        }
    }

    fn opened(&mut self, conn: Conn) {
        self.conns.set(conn, Stage::Open);
        self.wire(Input::Opened { conn, local: address(40_000), peer: address(1) });
    }

    fn arrives(&mut self, n: usize, octets: &[u8]) {
        let Some(conn) = self.conns.nth(n, &[Stage::Open]) else { return };
        // Many octets one by one would only take long.
        let size = if octets.len() > 4096 { self.size.saturating_mul(509) } else { self.size };
        for piece in octets.chunks(size.min(octets.len()).max(1)) {
            entry(&mut self.came, conn).extend_from_slice(piece);
            self.wire(Input::Bytes { conn, bytes: piece });
        }
        let (came, shown) = self.count(conn);
        assert!(came - shown <= HELD, "{} octets of {conn:?} are held back", came - shown);
    }

    /// What comes from the wire is never refused.
    fn wire(&mut self, input: Input<'_>) {
        let what = format!("{input:?}");
        if let Err(refused) = self.client.handle(input, self.now) {
            panic!("{what} was refused: {refused}");
        }
        self.drain();
    }

    /// What a person does may be, and then nothing has changed.
    fn types(&mut self, input: Input<'_>) {
        let (state, flags) = (self.client.state(), self.client.flags());
        match self.client.handle(input, self.now) {
            Ok(()) => self.drain(),
            Err(refused) => {
                assert!(!refused.to_string().is_empty());
                assert_eq!(self.client.poll(), None, "refused, and something is put out");
                assert_eq!(self.client.state(), state, "refused, and the state changed");
                assert_eq!(self.client.flags(), flags, "refused, and the flags changed");
            }
        }
    }

    fn drain(&mut self) {
        while let Some(output) = self.client.poll() {
            self.look(&output);
            match (self.outputs.last_mut(), output) {
                (
                    Some(Output::Data { conn, direction, bytes }),
                    Output::Data { conn: c, direction: d, bytes: more },
                ) if *conn == c && *direction == d => bytes.extend(more),
                (_, output) => {
                    self.replace_growing(&output);
                    self.outputs.push(output);
                }
            }
        }
    }

    fn look(&mut self, output: &Output) {
        match output {
            Output::Sent { wire, .. } => assert!(wire.tiles(), "{wire:?}"),
            Output::Growing { conn, wire } => {
                assert!(wire.tiles(), "{wire:?}");
                self.check_shown(*conn, &wire.bytes);
            }
            Output::Received { conn, wire } => {
                assert!(wire.tiles(), "{wire:?}");
                self.check_shown(*conn, &wire.bytes);
                *entry(&mut self.shown, *conn) += wire.bytes.len();
            }
            Output::Data { conn, direction: Direction::Received, bytes } => {
                self.check_shown(*conn, bytes);
                *entry(&mut self.shown, *conn) += bytes.len();
            }
            Output::Connect { conn, .. } if !self.conns.is_full() => {
                self.conns.set(*conn, Stage::Asked);
            }
            Output::Listen { conn } if !self.conns.is_full() => {
                self.conns.set(*conn, Stage::AskedToListen);
            }
            Output::Abort { conn } => self.conns.set(*conn, Stage::Gone),
            Output::WakeAt(at) => self.wake_at = Some(*at),
            _ => {}
        }
    }

    /// The octets shown are those that came next.
    fn check_shown(&mut self, conn: Conn, octets: &[u8]) {
        let at = *entry(&mut self.shown, conn);
        let came = &entry(&mut self.came, conn)[at..];
        assert!(came.starts_with(octets), "shown on {conn:?} what did not come: {octets:?}");
    }

    fn count(&mut self, conn: Conn) -> (usize, usize) {
        let growing = self.outputs.iter().rev().find_map(|output| match output {
            Output::Growing { conn: c, wire } if *c == conn => Some(wire.bytes.len()),
            _ => None,
        });
        let shown = *entry(&mut self.shown, conn) + growing.unwrap_or(0);
        (entry(&mut self.came, conn).len(), shown)
    }

    /// A unit that is not yet complete goes when a longer one takes its place.
    fn replace_growing(&mut self, by: &Output) {
        let (Output::Growing { conn, wire } | Output::Received { conn, wire }) = by else { return };
        self.outputs.retain(|output| match output {
            Output::Growing { conn: c, wire: shorter } if c == conn => {
                assert!(wire.bytes.starts_with(&shorter.bytes), "{by:?} does not begin as shown");
                false
            }
            _ => true,
        });
    }
}

fn entry<T: Default>(list: &mut Vec<(Conn, T)>, conn: Conn) -> &mut T {
    let at = list.iter().position(|(known, _)| *known == conn).unwrap_or_else(|| {
        list.push((conn, T::default()));
        list.len() - 1
    });
    &mut list[at].1
}

pub(super) fn address(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}
