//! The session's connections through the relay, and the multiplexer that carries them.

mod websocket;

use std::collections::VecDeque;
use std::time::Duration;

use shared::machine::{Conn, OwnedInput};
use shared::session::Effect;
use shared::tunnel::{
    Event, IncomingInfo, Listen, PAGE_WINDOW, Phase, Reason, Reset, StreamId, Target,
};

use super::{Runner, clock};
use websocket::Socket;

/// One connection of the session.
struct Lane {
    conn: Conn,
    /// `None` until the relay has said WELCOME. While the connection is to come in, its listener.
    stream: Option<StreamId>,
    goal: Goal,
    opened: bool,
    /// What the multiplexer has not taken yet.
    pending: VecDeque<u8>,
    finishing: bool,
    /// Our side has ended, and the server's. With both the lane goes.
    finished: bool,
    ended: bool,
}

/// How a connection is to come about.
enum Goal {
    Connect(Target),
    /// From the host that the main connection goes to, at the address that it comes from.
    Listen,
}

impl Lane {
    fn new(conn: Conn, goal: Goal) -> Lane {
        Lane {
            conn,
            stream: None,
            goal,
            opened: false,
            pending: VecDeque::new(),
            finishing: false,
            finished: false,
            ended: false,
        }
    }
}

#[derive(Default)]
pub(super) struct Tunnel {
    socket: Option<Socket>,
    lanes: Vec<Lane>,
    arrivals: VecDeque<OwnedInput>,
    /// Why the relay was lost while connections were open, until the page has told it.
    lost: Option<String>,
    /// In how long the relay is going to stop, until the page has told it.
    stopping: Option<Duration>,
    /// Waits until what was written has gone.
    pub(super) room_wanted: Option<js_sys::Function>,
}

impl Tunnel {
    /// Drops every connection of the session; the WebSocket stays for the next one.
    pub(super) fn leave(&mut self) -> Vec<Conn> {
        let lanes = core::mem::take(&mut self.lanes);
        if let Some(socket) = &mut self.socket {
            for id in lanes.iter().filter_map(|lane| lane.stream) {
                socket.mux.abort(id, Reset::new(Reason::CANCELLED, Phase::Local));
            }
        }
        self.arrivals.clear();
        lanes.iter().map(|lane| lane.conn).collect()
    }

    pub(super) fn take_arrivals(&mut self) -> VecDeque<OwnedInput> {
        core::mem::take(&mut self.arrivals)
    }

    pub(super) fn take_lost(&mut self) -> Option<String> {
        self.lost.take()
    }

    pub(super) fn take_stopping(&mut self) -> Option<Duration> {
        self.stopping.take()
    }

    pub(super) fn consumed(&mut self, conn: Conn, octets: usize) {
        let stream = self.lanes.iter().find(|lane| lane.conn == conn).and_then(|lane| lane.stream);
        if let (Some(id), Some(socket)) = (stream, &mut self.socket) {
            socket.mux.consumed(id, octets);
        }
    }

    /// Octets written that the relay has not yet given credit for.
    pub(super) fn pending(&self) -> usize {
        self.lanes.iter().map(|lane| lane.pending.len()).sum()
    }

    fn lane(&mut self, conn: Conn) -> Option<&mut Lane> {
        self.lanes.iter_mut().find(|lane| lane.conn == conn)
    }

    fn conn(&self, id: StreamId) -> Option<Conn> {
        self.lanes.iter().find(|lane| lane.stream == Some(id)).map(|lane| lane.conn)
    }

    /// Opens what waited for the relay's WELCOME.
    fn open_lanes(&mut self) {
        let Some(socket) = self.socket.as_mut().filter(|s| s.mux.welcome().is_some()) else {
            return;
        };
        let main = self.lanes.iter().find(|lane| lane.conn == Conn::MAIN && lane.opened);
        let main = main.and_then(|lane| lane.stream);
        let mut failed = Vec::new();
        for lane in self.lanes.iter_mut().filter(|lane| lane.stream.is_none()) {
            let asked = match (&lane.goal, main) {
                (Goal::Connect(target), _) => socket.mux.open(target.clone()),
                (Goal::Listen, Some(main)) => socket.mux.listen(Listen::for_peer_of(main)),
                (Goal::Listen, None) => {
                    failed.push((lane.conn, "there is no server to wait for".into()));
                    continue;
                }
            };
            match asked {
                Ok(id) => lane.stream = Some(id),
                Err(why) => failed.push((lane.conn, why.to_string())),
            }
        }
        for (conn, why) in failed {
            self.lanes.retain(|lane| lane.conn != conn);
            self.arrivals.push_back(OwnedInput::Failed { conn, why });
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Welcome(_) => self.open_lanes(),
            Event::Opened(id, info) => {
                let Some(conn) = self.conn(id) else { return };
                if let Some(lane) = self.lane(conn) {
                    lane.opened = true;
                }
                let (local, peer) = (info.local, info.peer);
                self.arrivals.push_back(OwnedInput::Opened { conn, local, peer });
            }
            Event::Listening(id, info) => {
                if let Some(conn) = self.conn(id) {
                    let addr = info.advertised;
                    self.arrivals.push_back(OwnedInput::Listening { conn, addr });
                }
            }
            Event::Incoming(id, info) => self.incoming(id, info),
            Event::Data(id, bytes) => match self.conn(id) {
                Some(conn) => self.arrivals.push_back(OwnedInput::Bytes { conn, bytes }),
                None => {
                    if let Some(socket) = &mut self.socket {
                        socket.mux.consumed(id, bytes.len());
                    }
                }
            },
            Event::Fin(id) => {
                let Some(conn) = self.conn(id) else { return };
                if let Some(lane) = self.lane(conn) {
                    lane.ended = true;
                }
                self.arrivals.push_back(OwnedInput::End { conn });
            }
            Event::Reset(id, reset) => {
                let Some(conn) = self.conn(id) else { return };
                let why = reset.to_string();
                let opened = self.lane(conn).is_some_and(|lane| lane.opened);
                self.lanes.retain(|lane| lane.conn != conn);
                self.arrivals.push_back(if opened {
                    OwnedInput::Reset { conn, why }
                } else {
                    OwnedInput::Failed { conn, why }
                });
            }
            Event::Goaway(goaway) => {
                // The relay speaks in sentences, and this stands inside one.
                let why = goaway.text.trim_end_matches('.');
                self.gone(&format!("the relay said good bye: {why}"))
            }
            Event::Draining(limit) => self.stopping = Some(limit),
            // What the page does not ask for, and the relay's own.
            Event::Writable(_)
            | Event::Pong(_)
            | Event::UdpBound(..)
            | Event::Datagram(..)
            | Event::Dropped(..)
            | Event::UdpError(..)
            | Event::Resolved(..)
            | Event::Hello(_)
            | Event::OpenRequested(..)
            | Event::ListenRequested(..)
            | Event::UdpRequested(..)
            | Event::ResolveRequested(..) => {}
        }
    }

    /// The server has connected: from here on the lane is that stream. What the relay says of the
    /// listener after it has no lane, and is not wanted.
    fn incoming(&mut self, id: StreamId, info: IncomingInfo) {
        let Some(socket) = &mut self.socket else { return };
        let lane = self.lanes.iter_mut().find(|lane| lane.stream == Some(info.listener));
        match lane {
            Some(lane) if socket.mux.accept(id, PAGE_WINDOW) => {
                lane.stream = Some(id);
                lane.opened = true;
                let (conn, local, peer) = (lane.conn, info.local, info.peer);
                self.arrivals.push_back(OwnedInput::Opened { conn, local, peer });
            }
            _ => socket.mux.abort(id, Reset::new(Reason::CANCELLED, Phase::Local)),
        }
    }

    /// Tells every connection that the relay is not there any more.
    fn gone(&mut self, why: &str) {
        if !self.lanes.is_empty() {
            self.lost = Some(why.into());
        }
        for lane in core::mem::take(&mut self.lanes) {
            let (conn, why) = (lane.conn, why.to_string());
            self.arrivals.push_back(if lane.opened {
                OwnedInput::Reset { conn, why }
            } else {
                OwnedInput::Failed { conn, why }
            });
        }
        if let Some(socket) = self.socket.take() {
            socket.line.drop_quietly();
        }
    }
}

/// Carries out one effect of the session.
pub(super) fn carry(runner: &Runner, effect: Effect) {
    let mut tunnel = runner.0.tunnel.borrow_mut();
    match effect {
        Effect::Connect { conn, host, port } => {
            tunnel.lanes.push(Lane::new(conn, Goal::Connect(Target::new(host, port))));
            if tunnel.socket.is_none() {
                match websocket::dial(runner) {
                    Ok(socket) => tunnel.socket = Some(socket),
                    Err(why) => tunnel.gone(&why),
                }
            }
            tunnel.open_lanes();
        }
        Effect::Write { conn, bytes } => {
            if let Some(lane) = tunnel.lane(conn) {
                lane.pending.extend(bytes);
            }
        }
        Effect::Finish { conn } => {
            if let Some(lane) = tunnel.lane(conn) {
                lane.finishing = true;
            }
        }
        Effect::Abort { conn } => {
            let stream = tunnel.lane(conn).and_then(|lane| lane.stream);
            tunnel.lanes.retain(|lane| lane.conn != conn);
            if let (Some(id), Some(socket)) = (stream, &mut tunnel.socket) {
                socket.mux.abort(id, Reset::new(Reason::CANCELLED, Phase::Local));
            }
        }
        Effect::Consumed { conn, octets } => tunnel.consumed(conn, octets),
        Effect::Listen { conn } if tunnel.socket.is_none() => {
            let why = "the relay is gone".into();
            tunnel.arrivals.push_back(OwnedInput::Failed { conn, why });
        }
        Effect::Listen { conn } => {
            tunnel.lanes.push(Lane::new(conn, Goal::Listen));
            tunnel.open_lanes();
        }
        Effect::StartTls { conn } => {
            let why = "the page has no TLS yet".into();
            tunnel.arrivals.push_back(OwnedInput::Failed { conn, why });
        }
        Effect::WakeAt(_) | Effect::Deliver { .. } => {}
    }
}

/// Moves what can be moved: events to arrivals, lanes to multiplexer, multiplexer to WebSocket.
pub(super) fn flush(runner: &Runner) {
    let mut tunnel = runner.0.tunnel.borrow_mut();
    let tunnel = &mut *tunnel;
    // Events first: a WELCOME makes an OPEN, credit makes room, and both want to go out now.
    while let Some(event) = tunnel.socket.as_mut().and_then(|socket| socket.mux.poll_event()) {
        tunnel.event(event);
    }
    let Some(socket) = &mut tunnel.socket else { return };
    for lane in &mut tunnel.lanes {
        let Some(id) = lane.stream.filter(|_| lane.opened) else { continue };
        while !lane.pending.is_empty() {
            let (first, _) = lane.pending.as_slices();
            let taken = socket.mux.send(id, first);
            lane.pending.drain(..taken);
            if taken == 0 {
                break;
            }
        }
        if lane.finishing && lane.pending.is_empty() {
            socket.mux.finish(id);
            lane.finishing = false;
            lane.finished = true;
        }
    }
    tunnel.lanes.retain(|lane| !(lane.finished && lane.ended));
    while socket.line.has_room() {
        let Some(message) = socket.mux.poll_message(clock::now().0) else { break };
        if !socket.line.send(&message) {
            break;
        }
    }
    if socket.line.is_full() {
        // The browser tells nobody when its queue is short again.
        let runner = runner.clone();
        clock::soon(4, move || runner.pump());
    }
    if tunnel.pending() < super::upload::ENOUGH
        && let Some(resolve) = tunnel.room_wanted.take()
    {
        drop(resolve.call0(&wasm_bindgen::JsValue::NULL));
    }
}
