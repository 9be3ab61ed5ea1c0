//! A session over sockets of its own, to any server.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

use shared::machine::{ClientConfig, Conn, OwnedInput, Tick};
use shared::protocols::Protocol;
use shared::session::{Effect, Session};
use shared::transcript::render;

/// A server that says nothing for so long has nothing more to say.
const QUIET: Duration = Duration::from_millis(500);

/// Between two looks at the sockets.
const PAUSE: Duration = Duration::from_millis(2);

pub struct Native {
    pub session: Session,
    /// Bulk octets that were delivered.
    pub delivered: Vec<u8>,
    streams: BTreeMap<Conn, TcpStream>,
    began: Instant,
}

impl Native {
    pub fn connect(protocol: &'static Protocol, host: &str, port: u16) -> Native {
        let config = ClientConfig { host: host.into(), ..ClientConfig::practice(port) };
        let mut native = Native {
            session: Session::new((protocol.client)(&config)),
            delivered: Vec::new(),
            streams: BTreeMap::new(),
            began: Instant::now(),
        };
        native.open(Conn::MAIN, host, port);
        native.settle();
        native
    }

    pub fn types(&mut self, text: &str) {
        let now = self.now();
        if let Err(refused) = self.session.command(text, now) {
            panic!("{text:?} was refused: {refused}\n{}", self.text());
        }
        self.settle();
    }

    pub fn batch(&mut self, text: &str) {
        let now = self.now();
        if let Err(refused) = self.session.batch(text, now) {
            panic!("{text:?} was refused: {refused}\n{}", self.text());
        }
        self.settle();
    }

    pub fn state(&self) -> &'static str {
        self.session.client().state().id
    }

    /// The transcript as text.
    pub fn text(&self) -> String {
        render(self.session.transcript())
    }

    /// Carries octets until every server is quiet or gone.
    pub fn settle(&mut self) {
        let mut quiet = Instant::now();
        loop {
            self.carry_out();
            if self.streams.is_empty() || quiet.elapsed() > QUIET {
                return;
            }
            let conns: Vec<Conn> = self.streams.keys().copied().collect();
            let arrived = conns.into_iter().filter(|conn| self.read(*conn)).count();
            if arrived > 0 {
                quiet = Instant::now();
            } else {
                sleep(PAUSE);
            }
        }
    }

    fn open(&mut self, conn: Conn, host: &str, port: u16) {
        let stream = TcpStream::connect((host, port)).expect("the server listens");
        stream.set_nonblocking(true).expect("a socket can be read without waiting");
        let (local, peer) = (
            stream.local_addr().expect("a connected socket has an address"),
            stream.peer_addr().expect("a connected socket has a peer"),
        );
        self.streams.insert(conn, stream);
        self.arrive(OwnedInput::Opened { conn, local, peer });
    }

    /// Takes what has come on one connection; tells whether anything had.
    fn read(&mut self, conn: Conn) -> bool {
        let mut buffer = [0; 16 * 1024];
        let Some(stream) = self.streams.get_mut(&conn) else { return false };
        let arrival = match stream.read(&mut buffer) {
            Ok(0) => {
                self.streams.remove(&conn);
                OwnedInput::End { conn }
            }
            Ok(n) => OwnedInput::Bytes { conn, bytes: buffer[..n].to_vec() },
            Err(e) if e.kind() == ErrorKind::WouldBlock => return false,
            Err(e) => {
                self.streams.remove(&conn);
                OwnedInput::Reset { conn, why: e.to_string() }
            }
        };
        self.arrive(arrival);
        self.carry_out();
        true
    }

    fn arrive(&mut self, input: OwnedInput) {
        let now = self.now();
        self.session.arrive(input, now);
    }

    fn carry_out(&mut self) {
        while let Some(effect) = self.session.poll_effect() {
            match effect {
                Effect::Connect { conn, host, port } => self.open(conn, &host, port),
                Effect::Write { conn, bytes } => {
                    if let Some(stream) = self.streams.get_mut(&conn) {
                        write(stream, &bytes);
                    }
                }
                Effect::Finish { conn } => {
                    if let Some(stream) = self.streams.get(&conn) {
                        // The server may have gone already.
                        drop(stream.shutdown(Shutdown::Write));
                    }
                }
                Effect::Abort { conn } => drop(self.streams.remove(&conn)),
                Effect::Deliver { bytes, .. } => self.delivered.extend(bytes),
                _ => {}
            }
        }
    }

    fn now(&self) -> Tick {
        Tick(self.began.elapsed())
    }
}

fn write(stream: &mut TcpStream, bytes: &[u8]) {
    stream.set_nonblocking(false).expect("a socket can wait");
    stream.write_all(bytes).expect("the server reads");
    stream.set_nonblocking(true).expect("a socket can be read without waiting");
}
