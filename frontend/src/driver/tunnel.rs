//! The WebSocket to the relay, and the multiplexer on it.

use std::collections::VecDeque;

use shared::machine::{Conn, OwnedInput};
use shared::session::Effect;
use shared::tunnel::{Event, Mux, Phase, Reason, Reset, SUBPROTOCOL, StreamId, Target};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

use super::{Runner, clock};

/// The browser's own queue is kept this short, so that what the multiplexer puts first goes first.
const BUFFERED: u32 = 256 * 1024;

/// One connection of the session.
struct Lane {
    conn: Conn,
    /// `None` until the relay has said WELCOME.
    stream: Option<StreamId>,
    target: Target,
    opened: bool,
    /// What the multiplexer has not taken yet.
    pending: VecDeque<u8>,
    finishing: bool,
    /// Our side has ended, and the server's. With both the lane goes.
    finished: bool,
    ended: bool,
}

struct Socket {
    socket: WebSocket,
    mux: Mux,
    /// Kept alive as long as the socket may call them.
    _callbacks: Vec<Closure<dyn FnMut(web_sys::Event)>>,
    open: bool,
}

#[derive(Default)]
pub(super) struct Tunnel {
    socket: Option<Socket>,
    lanes: Vec<Lane>,
    arrivals: VecDeque<OwnedInput>,
    /// Why the relay was lost while connections were open, until the page has told it.
    lost: Option<String>,
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
        let mut failed = Vec::new();
        for lane in self.lanes.iter_mut().filter(|lane| lane.stream.is_none()) {
            match socket.mux.open(lane.target.clone()) {
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
                self.gone(&format!("the relay said good bye: {}", goaway.text))
            }
            Event::Writable(_) | Event::Pong(_) | Event::Hello(_) | Event::OpenRequested(..) => {}
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
            for handler in [WebSocket::set_onclose, WebSocket::set_onmessage, WebSocket::set_onopen]
            {
                handler(&socket.socket, None);
            }
            drop(socket.socket.close());
        }
    }
}

/// Carries out one effect of the session.
pub(super) fn carry(runner: &Runner, effect: Effect) {
    let mut tunnel = runner.0.tunnel.borrow_mut();
    match effect {
        Effect::Connect { conn, host, port } => {
            tunnel.lanes.push(Lane {
                conn,
                stream: None,
                target: Target::new(host, port),
                opened: false,
                pending: VecDeque::new(),
                finishing: false,
                finished: false,
                ended: false,
            });
            if tunnel.socket.is_none() {
                match dial(runner) {
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
        Effect::Listen { conn } => {
            let why = "this relay cannot listen for the page yet".into();
            tunnel.arrivals.push_back(OwnedInput::Failed { conn, why });
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
    while socket.open && socket.socket.buffered_amount() < BUFFERED {
        let Some(message) = socket.mux.poll_message() else { break };
        if socket.socket.send_with_u8_array(&message).is_err() {
            break;
        }
    }
    if socket.open && socket.socket.buffered_amount() >= BUFFERED {
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

fn dial(runner: &Runner) -> Result<Socket, String> {
    let location = clock::window().location();
    let url = |part: Result<String, _>| part.unwrap_or_default();
    let scheme = if url(location.protocol()) == "https:" { "wss" } else { "ws" };
    let address = format!("{scheme}://{}/tunnel", url(location.host()));
    let socket = WebSocket::new_with_str(&address, SUBPROTOCOL)
        .map_err(|_| format!("The relay at {address} cannot be reached."))?;
    socket.set_binary_type(BinaryType::Arraybuffer);
    let mut callbacks = Vec::new();
    let mut on = |run: Box<dyn FnMut(web_sys::Event)>| -> js_sys::Function {
        let callback = Closure::wrap(run);
        let function = callback.as_ref().unchecked_ref::<js_sys::Function>().clone();
        callbacks.push(callback);
        function
    };
    let this = runner.clone();
    let opened = on(Box::new(move |_| {
        if let Some(socket) = &mut this.0.tunnel.borrow_mut().socket {
            socket.open = true;
        }
        this.pump();
    }));
    let this = runner.clone();
    let message = on(Box::new(move |event| {
        receive(&this, event.unchecked_ref());
        this.pump();
    }));
    let this = runner.clone();
    let closed = on(Box::new(move |event| {
        close(&this, event.unchecked_ref());
        this.pump();
    }));
    socket.set_onopen(Some(&opened));
    socket.set_onmessage(Some(&message));
    socket.set_onclose(Some(&closed));
    let mux = Mux::page("Wirelab page");
    Ok(Socket { socket, mux, _callbacks: callbacks, open: false })
}

fn receive(runner: &Runner, event: &MessageEvent) {
    let Ok(buffer) = event.data().dyn_into::<js_sys::ArrayBuffer>() else { return };
    let bytes = js_sys::Uint8Array::new(&buffer).to_vec();
    let mut tunnel = runner.0.tunnel.borrow_mut();
    let broken = match &mut tunnel.socket {
        Some(socket) => socket.mux.receive(&bytes, clock::now().0).err(),
        None => return,
    };
    if let Some(violation) = broken {
        tunnel.gone(&format!("the relay broke the rules of the tunnel: {violation}"));
    }
}

fn close(runner: &Runner, event: &CloseEvent) {
    let mut tunnel = runner.0.tunnel.borrow_mut();
    let opened = tunnel.socket.as_ref().is_some_and(|socket| socket.open);
    let why = match (opened, event.reason().as_str()) {
        (true, "") => "the relay went away".to_string(),
        (true, reason) => format!("the relay went away: {reason}"),
        (false, _) => {
            "the relay cannot be reached; is it running? Start it with cargo xtask serve".into()
        }
    };
    tunnel.gone(&why);
}
