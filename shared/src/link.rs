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

/// Names from here on are those of further connections to the server's own port, from the highest
/// down; a server counts its own names up from 1.
pub(crate) const VISITS: u16 = 0x8000;

/// A connection with its name on either side.
#[derive(Clone, Copy)]
struct Lane {
    client: Conn,
    server: Conn,
    /// Each side sends no more; with both the lane goes.
    client_done: bool,
    server_done: bool,
}

impl Lane {
    fn new(client: Conn, server: Conn) -> Lane {
        Lane { client, server, client_done: false, server_done: false }
    }
}

#[derive(Clone)]
pub struct Link {
    server: Box<dyn Server>,
    /// Where the server waits for connections.
    port: u16,
    lanes: Vec<Lane>,
    /// Sockets that wait for a connection, by port.
    server_listens: Vec<(u16, Conn)>,
    client_listens: Vec<(u16, Conn)>,
    next_port: u16,
    /// The server's name for the next connection to its own port after the first.
    next_visit: u16,
    /// On their way to the session.
    arrivals: VecDeque<OwnedInput>,
    /// When the server wants to be told the time.
    wake_at: Option<Tick>,
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
            next_visit: u16::MAX,
            arrivals: VecDeque::new(),
            wake_at: None,
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
                if let Some(lane) = self.lanes.iter_mut().find(|lane| lane.client == conn) {
                    lane.client_done = true;
                    let conn = lane.server;
                    self.tell(Input::End { conn }, now, world);
                    self.drop_ended();
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

    /// When [`Link::time`] is to be called.
    pub fn wake_at(&self) -> Option<Tick> {
        self.wake_at
    }

    /// The server's clock has moved on.
    pub fn time(&mut self, now: Tick, world: &mut World) {
        self.wake_at = self.wake_at.filter(|at| *at > now);
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
        let server = if port != self.port {
            let at = self.server_listens.iter().position(|(p, _)| *p == port);
            at.map(|at| self.server_listens.swap_remove(at).1)
        } else if conn == Conn::MAIN {
            Some(Conn::MAIN)
        } else {
            let visit = Conn(self.next_visit);
            self.next_visit =
                if self.next_visit == VISITS { u16::MAX } else { self.next_visit - 1 };
            Some(visit)
        };
        let Some(server) = server else {
            let why = format!("connection refused: nothing listens on port {port}");
            self.arrivals.push_back(OwnedInput::Failed { conn, why });
            return;
        };
        let local = SocketAddr::new(CLIENT, self.ephemeral_port());
        let peer = SocketAddr::new(SERVER, port);
        self.lanes.push(Lane::new(conn, server));
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
                    if let Some(lane) = self.lanes.iter_mut().find(|lane| lane.server == conn) {
                        lane.server_done = true;
                        self.arrivals.push_back(OwnedInput::End { conn: lane.client });
                        self.drop_ended();
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
                Output::WakeAt(at) => self.wake_at = Some(at),
                Output::StartTls { .. }
                | Output::Received { .. }
                | Output::Growing { .. }
                | Output::Data { .. }
                | Output::State(_)
                | Output::Note(_) => {}
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
        self.lanes.push(Lane::new(client, conn));
        self.arrivals.push_back(OwnedInput::Opened { conn: client, local: peer, peer: local });
        self.server.handle(Input::Opened { conn, local, peer }, now, world);
    }

    fn pull(&mut self, now: Tick, world: &mut World) {
        for at in 0..self.lanes.len() {
            let Lane { client, server, .. } = self.lanes[at];
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

    fn drop_ended(&mut self) {
        self.lanes.retain(|lane| !(lane.client_done && lane.server_done));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::{Composer, common};
    use crate::table::{State, Takes};
    use crate::world::EPOCH;

    static OPEN: State =
        State { id: "open", title: "open", text: "It is open.", takes: Takes::Nothing };

    /// Sends back what it gets on each connection, and writes down what it was told.
    #[derive(Clone, Default)]
    struct Echo {
        told: std::rc::Rc<std::cell::RefCell<Vec<String>>>,
        outputs: VecDeque<Output>,
    }

    impl Server for Echo {
        fn handle(&mut self, input: Input<'_>, _: Tick, _: &mut World) {
            match input {
                Input::Opened { conn, .. } => {
                    self.told.borrow_mut().push(format!("open {}", conn.0))
                }
                Input::Bytes { conn, bytes } => {
                    let mut out = Composer::new();
                    out.put(&common::TEXT, bytes);
                    self.outputs.push_back(Output::Sent { conn, wire: out.finish("") });
                    self.outputs.push_back(Output::Finish { conn });
                }
                Input::End { conn } => self.told.borrow_mut().push(format!("end {}", conn.0)),
                _ => {}
            }
        }

        fn poll(&mut self) -> Option<Output> {
            self.outputs.pop_front()
        }

        fn pull(&mut self, _: Conn) -> Option<Vec<u8>> {
            None
        }

        fn state(&self) -> &'static State {
            &OPEN
        }
    }

    #[test]
    fn further_connections_to_the_servers_port_are_visits_of_their_own() {
        let echo = Echo::default();
        let told = echo.told.clone();
        let (mut link, mut world, now) =
            (Link::new(Box::new(echo), 70), World::new(EPOCH), Tick::default());
        let connect = |n, port| Effect::Connect { conn: Conn(n), host: String::new(), port };
        for n in [0, 1, 2] {
            link.effect(connect(n, 70), now, &mut world);
        }
        link.effect(connect(3, 71), now, &mut world);
        for n in [2, 1] {
            let bytes = format!("to {n}").into_bytes();
            link.effect(Effect::Write { conn: Conn(n), bytes }, now, &mut world);
            link.effect(Effect::Finish { conn: Conn(n) }, now, &mut world);
        }
        assert_eq!(
            *told.borrow(),
            ["open 0", "open 65535", "open 65534", "end 65534", "end 65535"]
        );
        let arrivals: Vec<_> = core::iter::from_fn(|| link.next_arrival(now, &mut world)).collect();
        let bytes = |n| OwnedInput::Bytes { conn: Conn(n), bytes: format!("to {n}").into_bytes() };
        let end = |n| OwnedInput::End { conn: Conn(n) };
        assert!(matches!(&arrivals[3], OwnedInput::Failed { conn: Conn(3), .. }), "{arrivals:?}");
        assert_eq!(arrivals[4..], [bytes(2), end(2), bytes(1), end(1)]);
        assert_eq!(link.lanes.len(), 1, "what both sides have ended is forgotten");
    }
}
