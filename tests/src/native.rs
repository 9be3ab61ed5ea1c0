//! A session over a socket of its own, to any server.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use shared::machine::{ClientConfig, Conn, OwnedInput, Tick};
use shared::protocols::Protocol;
use shared::session::{Effect, Session};
use shared::transcript::render;

/// A server that says nothing for so long has nothing more to say.
const QUIET: Duration = Duration::from_millis(500);

/// One connection; protocols with several are not for this.
pub struct Native {
    pub session: Session,
    /// Bulk octets that were delivered.
    pub delivered: Vec<u8>,
    stream: Option<TcpStream>,
    began: Instant,
}

impl Native {
    pub fn connect(protocol: &'static Protocol, host: &str, port: u16) -> Native {
        let config = ClientConfig { host: host.into(), ..ClientConfig::practice(port) };
        let mut native = Native {
            session: Session::new((protocol.client)(&config)),
            delivered: Vec::new(),
            stream: None,
            began: Instant::now(),
        };
        let stream = TcpStream::connect((host, port)).expect("the server listens");
        stream.set_read_timeout(Some(QUIET)).expect("a socket takes a timeout");
        let (local, peer) = (
            stream.local_addr().expect("a connected socket has an address"),
            stream.peer_addr().expect("a connected socket has a peer"),
        );
        native.stream = Some(stream);
        native.arrive(OwnedInput::Opened { conn: Conn::MAIN, local, peer });
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

    /// Carries octets until the server is quiet.
    pub fn settle(&mut self) {
        let mut buffer = [0; 16 * 1024];
        loop {
            self.carry_out();
            let Some(stream) = &mut self.stream else { return };
            let arrival = match stream.read(&mut buffer) {
                Ok(0) => {
                    self.stream = None;
                    OwnedInput::End { conn: Conn::MAIN }
                }
                Ok(n) => OwnedInput::Bytes { conn: Conn::MAIN, bytes: buffer[..n].to_vec() },
                Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => return,
                Err(e) => {
                    self.stream = None;
                    OwnedInput::Reset { conn: Conn::MAIN, why: e.to_string() }
                }
            };
            self.arrive(arrival);
        }
    }

    fn arrive(&mut self, input: OwnedInput) {
        let now = self.now();
        self.session.arrive(input, now);
    }

    fn carry_out(&mut self) {
        while let Some(effect) = self.session.poll_effect() {
            match (effect, &mut self.stream) {
                (Effect::Write { bytes, .. }, Some(stream)) => {
                    stream.write_all(&bytes).expect("the server reads");
                }
                (Effect::Finish { .. }, Some(stream)) => {
                    // The server may have gone already.
                    drop(stream.shutdown(Shutdown::Write));
                }
                (Effect::Abort { .. }, stream) => *stream = None,
                (Effect::Deliver { bytes, .. }, _) => self.delivered.extend(bytes),
                _ => {}
            }
        }
    }

    fn now(&self) -> Tick {
        Tick(self.began.elapsed())
    }
}
