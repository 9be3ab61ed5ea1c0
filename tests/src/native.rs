//! A session over sockets of its own, to any server.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use shared::machine::{ClientConfig, Conn, OwnedInput, Tick};
use shared::protocols::Protocol;
use shared::session::{Effect, Session};
use shared::transcript::render;

/// No real server takes so long to answer.
const PATIENCE: Duration = Duration::from_secs(20);

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

    /// Carries octets until it is the client's turn, or the servers are gone.
    fn settle(&mut self) {
        self.until(|native| native.session.client().suggestion().is_some());
    }

    /// Carries octets until this holds, or the servers are gone.
    pub fn until(&mut self, holds: impl Fn(&Native) -> bool) {
        self.carry_out();
        while !holds(self) {
            let Some(conn) = self.streams.keys().next().copied() else { return };
            self.read(conn);
        }
    }

    fn open(&mut self, conn: Conn, host: &str, port: u16) {
        let stream = TcpStream::connect((host, port)).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time above zero");
        let (local, peer) = (
            stream.local_addr().expect("a connected socket has an address"),
            stream.peer_addr().expect("a connected socket has a peer"),
        );
        self.streams.insert(conn, stream);
        self.arrive(OwnedInput::Opened { conn, local, peer });
    }

    /// Waits for what comes on one connection.
    fn read(&mut self, conn: Conn) {
        let mut buffer = [0; 16 * 1024];
        let Some(stream) = self.streams.get_mut(&conn) else { return };
        let arrival = match stream.read(&mut buffer) {
            Ok(0) => {
                self.streams.remove(&conn);
                OwnedInput::End { conn }
            }
            Ok(n) => OwnedInput::Bytes { conn, bytes: buffer[..n].to_vec() },
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                panic!("nothing came for {PATIENCE:?}\n{}", self.text())
            }
            Err(e) => {
                self.streams.remove(&conn);
                OwnedInput::Reset { conn, why: e.to_string() }
            }
        };
        self.arrive(arrival);
        self.carry_out();
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
                        stream.write_all(&bytes).expect("the server reads");
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
