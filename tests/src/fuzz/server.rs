//! A practice server's machine against any client and any network.
//!
//! Records: `<` octets of the client, `1` to `9` on a further connection, `*` many of them; `v` a
//! further visit; `o` opened, `f` failed, `e` ended, `r` reset, each with the number of a
//! connection; `p` takes no bulk content until the next `p`; `t` seconds.

use core::time::Duration;

use shared::machine::{Conn, Input, Output, Server, ServerConfig, Tick};
use shared::protocols::Protocol;
use shared::world::{EPOCH, World};

use super::client::address;
use super::conns::{Conns, Stage};
use super::records::{number, records};

/// Many requests for large files would only take long: then nothing more is asked and taken.
const ANSWER: usize = 4 * 1024 * 1024;

/// However the octets are cut, the server does the same on each connection.
pub fn server(protocol: &'static Protocol, octets: &[u8]) {
    let whole = Host::play(protocol, octets, usize::MAX);
    if whole.iter().map(|done| done.said.len()).sum::<usize>() >= ANSWER {
        return;
    }
    for size in [1, 3] {
        let cut = Host::play(protocol, octets, size);
        for (one, other) in whole.iter().zip(&cut) {
            assert_eq!(one, other, "{} cut by {size}", protocol.id);
        }
        assert_eq!(whole.len(), cut.len(), "{} cut by {size}", protocol.id);
    }
}

/// What a server did on one connection.
#[derive(Debug, PartialEq)]
struct Done {
    conn: Conn,
    said: Vec<u8>,
    /// Finish, abort, listen and the like, each with the octets said before.
    acts: Vec<(usize, String)>,
}

struct Host {
    server: Box<dyn Server>,
    world: World,
    conns: Conns,
    now: Tick,
    wake_at: Option<Tick>,
    size: usize,
    /// Takes bulk content.
    takes: bool,
    visits: u16,
    answered: usize,
    done: Vec<Done>,
}

impl Host {
    fn play(protocol: &Protocol, octets: &[u8], size: usize) -> Vec<Done> {
        let mut host = Host {
            server: (protocol.server)(&ServerConfig::practice(1)),
            world: World::new(EPOCH),
            conns: Conns::default(),
            now: Tick::default(),
            wake_at: None,
            size,
            takes: true,
            visits: u16::MAX,
            answered: 0,
            done: Vec::new(),
        };
        host.opened(Conn::MAIN);
        for (what, text) in records(octets) {
            if host.answered < ANSWER {
                host.does(what, text);
            }
        }
        host.takes = true;
        host.drain();
        host.done
    }

    fn does(&mut self, what: u8, text: &[u8]) {
        use Stage::*;
        let n = number(text);
        match what {
            b'<' => self.arrives(0, text),
            b'1'..=b'9' => self.arrives(usize::from(what - b'0'), text),
            b'*' if text.len() > 1 => {
                let count = 1usize << (n % 13);
                let many = text[1..].repeat(count.min(100_000 / text.len()));
                self.arrives(0, &many);
            }
            b'v' if !self.conns.is_full() => {
                let visit = Conn(self.visits);
                self.visits -= 1;
                self.opened(visit);
            }
            b'o' => {
                if let Some(conn) = self.conns.nth(n, &[Asked, Listens]) {
                    self.opened(conn);
                }
            }
            b'f' => {
                if let Some(conn) = self.conns.nth(n, &[Asked, Listens]) {
                    self.conns.set(conn, Gone);
                    self.tell(Input::Failed { conn, why: "connection refused" });
                }
            }
            b'e' => {
                if let Some(conn) = self.conns.nth(n, &[Open]) {
                    self.conns.set(conn, Ended);
                    self.tell(Input::End { conn });
                }
            }
            b'r' => {
                if let Some(conn) = self.conns.nth(n, &[Open, Ended]) {
                    self.conns.set(conn, Gone);
                    self.tell(Input::Reset { conn, why: "connection reset by peer" });
                }
            }
            b'p' => {
                self.takes = !self.takes;
                self.drain();
            }
            b't' => {
                self.now = self.now.after(Duration::from_secs(n as u64));
                if self.wake_at.is_some_and(|at| at <= self.now) {
                    self.wake_at = None;
                    self.tell(Input::Time);
                }
            }
            _ => {}
        }
    }

    fn opened(&mut self, conn: Conn) {
        self.conns.set(conn, Stage::Open);
        self.tell(Input::Opened { conn, local: address(1), peer: address(40_000) });
    }

    fn arrives(&mut self, n: usize, octets: &[u8]) {
        let Some(conn) = self.conns.nth(n, &[Stage::Open]) else { return };
        let size = if octets.len() > 4096 { self.size.saturating_mul(509) } else { self.size };
        for piece in octets.chunks(size.min(octets.len()).max(1)) {
            self.tell(Input::Bytes { conn, bytes: piece });
        }
    }

    fn tell(&mut self, input: Input<'_>) {
        self.server.handle(input, self.now, &mut self.world);
        self.drain();
    }

    fn drain(&mut self) {
        loop {
            while let Some(output) = self.server.poll() {
                self.put(output);
            }
            let conns =
                if self.takes && self.answered < ANSWER { self.conns.all() } else { Vec::new() };
            let pulled = conns.into_iter().find_map(|conn| Some((conn, self.server.pull(conn)?)));
            let Some((conn, octets)) = pulled else { return };
            self.said(conn, &octets);
        }
    }

    fn put(&mut self, output: Output) {
        match output {
            Output::Sent { conn, wire } => {
                assert!(wire.tiles(), "{wire:?}");
                self.said(conn, &wire.bytes);
            }
            Output::Listen { conn } => {
                self.acts(conn, "listen");
                self.conns.set(conn, Stage::Listens);
                let addr = address(50_413);
                self.server.handle(Input::Listening { conn, addr }, self.now, &mut self.world);
            }
            Output::Connect { conn, host, port } => {
                self.acts(conn, &format!("connect {host}:{port}"));
                self.conns.set(conn, Stage::Asked);
            }
            Output::Finish { conn } => self.acts(conn, "finish"),
            Output::Abort { conn } => {
                self.acts(conn, "abort");
                self.conns.set(conn, Stage::Gone);
            }
            Output::StartTls { conn } => self.acts(conn, "tls"),
            Output::WakeAt(at) if at <= self.now => {
                self.server.handle(Input::Time, self.now, &mut self.world);
            }
            Output::WakeAt(at) => self.wake_at = Some(at),
            Output::State(_) | Output::Note(_) => {}
            Output::Received { .. } | Output::Growing { .. } | Output::Data { .. } => {
                panic!("a server does not report what it reads: {output:?}");
            }
        }
    }

    fn said(&mut self, conn: Conn, octets: &[u8]) {
        self.answered += octets.len();
        self.on(conn).said.extend_from_slice(octets);
    }

    fn acts(&mut self, conn: Conn, what: &str) {
        let done = self.on(conn);
        done.acts.push((done.said.len(), what.to_owned()));
    }

    fn on(&mut self, conn: Conn) -> &mut Done {
        let at = self.done.iter().position(|done| done.conn == conn).unwrap_or_else(|| {
            self.done.push(Done { conn, said: Vec::new(), acts: Vec::new() });
            self.done.len() - 1
        });
        &mut self.done[at]
    }
}
