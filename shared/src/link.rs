//! The wire inside the page: a session on one end, a practice server on the other.
//!
//! It carries every connection of the session, the ones that a server listens for included, and
//! can cut the bytes into reads of a given size.

use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::collections::VecDeque;

use crate::machine::{Conn, Input, Output, OwnedInput, Server, Tick};
use crate::session::Effect;
use crate::world::World;

/// Addresses of RFC 5737, which no real host has.
const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));
const SERVER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
/// The first of the ephemeral ports that both hosts give out.
const EPHEMERAL: u16 = 49_152;

/// A connection with its name on either side.
#[derive(Clone, Copy)]
struct Lane {
    client: Conn,
    server: Conn,
}

pub struct Link {
    server: Box<dyn Server>,
    /// Where the server waits for its first connection.
    port: u16,
    lanes: Vec<Lane>,
    /// Sockets that wait for a connection, by port.
    server_listens: Vec<(u16, Conn)>,
    client_listens: Vec<(u16, Conn)>,
    next_port: u16,
    /// On their way to the session.
    arrivals: VecDeque<OwnedInput>,
    /// The most octets that the session gets in one read.
    chunk: usize,
}

impl Link {
    pub fn new(server: Box<dyn Server>, port: u16) -> Link {
        Link {
            server,
            port,
            lanes: Vec::new(),
            server_listens: Vec::new(),
            client_listens: Vec::new(),
            next_port: EPHEMERAL,
            arrivals: VecDeque::new(),
            chunk: usize::MAX,
        }
    }

    /// Cuts what the session gets into reads of at most so many octets.
    pub fn with_chunk(self, chunk: usize) -> Link {
        Link { chunk: chunk.max(1), ..self }
    }

    pub fn server(&self) -> &dyn Server {
        &*self.server
    }

    /// Carries out one effect of the session.
    pub fn effect(&mut self, effect: Effect, now: Tick, world: &mut World) {
        match effect {
            Effect::Connect { conn, port, .. } => self.connect(conn, port, now, world),
            Effect::Listen { conn } => {
                let port = self.ephemeral_port();
                self.client_listens.push((port, conn));
                let addr = SocketAddr::new(CLIENT, port);
                self.arrivals.push_back(OwnedInput::Listening { conn, addr });
            }
            Effect::Write { conn, bytes } => {
                if let Some(conn) = self.server_name(conn) {
                    self.tell(Input::Bytes { conn, bytes: &bytes }, now, world);
                }
            }
            Effect::Finish { conn } => {
                if let Some(conn) = self.server_name(conn) {
                    self.tell(Input::End { conn }, now, world);
                }
            }
            Effect::Abort { conn } => {
                if let Some(name) = self.server_name(conn) {
                    self.lanes.retain(|lane| lane.client != conn);
                    let why = "connection reset by peer";
                    self.tell(Input::Reset { conn: name, why }, now, world);
                }
                self.client_listens.retain(|(_, listener)| *listener != conn);
            }
            Effect::StartTls { conn } => {
                let why = "the wire inside the page has no TLS".into();
                self.arrivals.push_back(OwnedInput::Failed { conn, why });
            }
            Effect::WakeAt(_) | Effect::Deliver { .. } | Effect::Consumed { .. } => {}
        }
    }

    /// The server's clock has moved on.
    pub fn time(&mut self, now: Tick, world: &mut World) {
        self.tell(Input::Time, now, world);
    }

    /// The next thing for the session. Bulk content is made here, one piece at a time.
    pub fn next_arrival(&mut self, now: Tick, world: &mut World) -> Option<OwnedInput> {
        if self.arrivals.is_empty() {
            self.pull(now, world);
        }
        let mut next = self.arrivals.pop_front()?;
        if let OwnedInput::Bytes { conn, bytes } = &mut next
            && bytes.len() > self.chunk
        {
            let rest = bytes.split_off(self.chunk);
            self.arrivals.push_front(OwnedInput::Bytes { conn: *conn, bytes: rest });
        }
        Some(next)
    }

    fn connect(&mut self, conn: Conn, port: u16, now: Tick, world: &mut World) {
        let server = if conn == Conn::MAIN && port == self.port {
            Some(Conn::MAIN)
        } else {
            let at = self.server_listens.iter().position(|(p, _)| *p == port);
            at.map(|at| self.server_listens.swap_remove(at).1)
        };
        let Some(server) = server else {
            let why = format!("connection refused: nothing listens on port {port}");
            self.arrivals.push_back(OwnedInput::Failed { conn, why });
            return;
        };
        let local = SocketAddr::new(CLIENT, self.ephemeral_port());
        let peer = SocketAddr::new(SERVER, port);
        self.lanes.push(Lane { client: conn, server });
        self.arrivals.push_back(OwnedInput::Opened { conn, local, peer });
        self.tell(Input::Opened { conn: server, local: peer, peer: local }, now, world);
    }

    fn tell(&mut self, input: Input<'_>, now: Tick, world: &mut World) {
        self.server.handle(input, now, world);
        self.drain(now, world);
    }

    fn drain(&mut self, now: Tick, world: &mut World) {
        while let Some(output) = self.server.poll() {
            match output {
                Output::Sent { conn, wire } => self.deliver(conn, wire.bytes),
                Output::Listen { conn } => {
                    let port = self.ephemeral_port();
                    self.server_listens.push((port, conn));
                    let addr = SocketAddr::new(SERVER, port);
                    self.server.handle(Input::Listening { conn, addr }, now, world);
                }
                Output::Connect { conn, port, .. } => self.connect_back(conn, port, now, world),
                Output::Finish { conn } => {
                    if let Some(conn) = self.client_name(conn) {
                        self.arrivals.push_back(OwnedInput::End { conn });
                    }
                }
                Output::Abort { conn } => {
                    if let Some(name) = self.client_name(conn) {
                        self.lanes.retain(|lane| lane.server != conn);
                        let why = "connection reset by peer".into();
                        self.arrivals.push_back(OwnedInput::Reset { conn: name, why });
                    }
                    self.server_listens.retain(|(_, listener)| *listener != conn);
                }
                Output::WakeAt(at) if at <= now => self.server.handle(Input::Time, now, world),
                Output::StartTls { .. }
                | Output::Received { .. }
                | Output::Growing { .. }
                | Output::Data { .. }
                | Output::State(_)
                | Output::Note(_)
                | Output::WakeAt(_) => {}
            }
        }
    }

    /// The server connects to a socket that the session listens on.
    fn connect_back(&mut self, conn: Conn, port: u16, now: Tick, world: &mut World) {
        let Some(at) = self.client_listens.iter().position(|(p, _)| *p == port) else {
            let why = "connection refused";
            self.server.handle(Input::Failed { conn, why }, now, world);
            return;
        };
        let client = self.client_listens.swap_remove(at).1;
        let local = SocketAddr::new(SERVER, self.ephemeral_port());
        let peer = SocketAddr::new(CLIENT, port);
        self.lanes.push(Lane { client, server: conn });
        self.arrivals.push_back(OwnedInput::Opened { conn: client, local: peer, peer: local });
        self.server.handle(Input::Opened { conn, local, peer }, now, world);
    }

    fn pull(&mut self, now: Tick, world: &mut World) {
        for at in 0..self.lanes.len() {
            let Lane { client, server } = self.lanes[at];
            if let Some(bytes) = self.server.pull(server) {
                self.arrivals.push_back(OwnedInput::Bytes { conn: client, bytes });
                self.drain(now, world);
                return;
            }
        }
        self.drain(now, world);
    }

    fn deliver(&mut self, conn: Conn, bytes: Vec<u8>) {
        if let Some(conn) = self.client_name(conn) {
            self.arrivals.push_back(OwnedInput::Bytes { conn, bytes });
        }
    }

    fn server_name(&self, client: Conn) -> Option<Conn> {
        self.lanes.iter().find(|lane| lane.client == client).map(|lane| lane.server)
    }

    fn client_name(&self, server: Conn) -> Option<Conn> {
        self.lanes.iter().find(|lane| lane.server == server).map(|lane| lane.client)
    }

    fn ephemeral_port(&mut self) -> u16 {
        let port = self.next_port;
        self.next_port = self.next_port.checked_add(1).unwrap_or(EPHEMERAL);
        port
    }
}
