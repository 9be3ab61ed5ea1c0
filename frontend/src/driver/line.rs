//! A WebSocket to the relay: opened, heard, and missed when it goes.

use std::cell::Cell;
use std::rc::Rc;

use shared::tunnel::SUBPROTOCOL;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

use super::clock;
use crate::text::t;

/// The browser's own queue is kept this short, so that what a multiplexer puts first goes first.
const BUFFERED: u32 = 256 * 1024;

pub(super) enum Heard {
    Open,
    Message(Vec<u8>),
    /// It is gone, and why.
    Closed(String),
}

/// Why a WebSocket is gone, as far as browsers tell.
pub(super) struct Gone {
    pub(super) was_open: bool,
    /// What the relay said to it, or nothing.
    pub(super) reason: String,
}

pub(super) struct Line {
    socket: WebSocket,
    /// Kept alive as long as the socket may call them.
    _callbacks: Vec<Closure<dyn FnMut(web_sys::Event)>>,
}

impl Line {
    /// Whether the browser's queue is short enough for more.
    pub(super) fn has_room(&self) -> bool {
        self.socket.ready_state() == WebSocket::OPEN && self.socket.buffered_amount() < BUFFERED
    }

    pub(super) fn is_open(&self) -> bool {
        self.socket.ready_state() == WebSocket::OPEN
    }

    pub(super) fn is_full(&self) -> bool {
        self.socket.ready_state() == WebSocket::OPEN && !self.has_room()
    }

    /// Whether the browser took it.
    pub(super) fn send(&self, message: &[u8]) -> bool {
        self.socket.send_with_u8_array(message).is_ok()
    }

    /// Nothing that it still has to say is heard any more.
    pub(super) fn drop_quietly(self) {
        for handler in [WebSocket::set_onclose, WebSocket::set_onmessage, WebSocket::set_onopen] {
            handler(&self.socket, None);
        }
        drop(self.socket.close());
    }
}

/// Connects to the tunnel of the relay that the page came from.
pub(super) fn dial(heard: impl Fn(Heard) + Clone + 'static) -> Result<Line, String> {
    let (this, opened) = (heard.clone(), heard.clone());
    let line = open(
        "/tunnel",
        SUBPROTOCOL,
        move || opened(Heard::Open),
        move |bytes| this(Heard::Message(bytes)),
        move |gone| {
            heard(Heard::Closed(match (gone.was_open, gone.reason.as_str()) {
                (true, "") => "the relay went away".to_string(),
                (true, reason) => format!("the relay went away: {reason}"),
                (false, _) => {
                    "the relay cannot be reached, or lets nobody in now; is it running? Start it with cargo xtask serve".into()
                }
            }));
        },
    );
    line.map_err(|address| t!("relay-cannot", address = &address))
}

/// Connects to a path of the relay that the page came from. The error is the address that no browser connects to.
pub(super) fn open(
    path: &str,
    subprotocol: &str,
    opened: impl Fn() + 'static,
    message: impl Fn(Vec<u8>) + 'static,
    closed: impl Fn(Gone) + 'static,
) -> Result<Line, String> {
    let location = clock::window().location();
    let url = |part: Result<String, _>| part.unwrap_or_default();
    let scheme = if url(location.protocol()) == "https:" { "wss" } else { "ws" };
    let address = format!("{scheme}://{}{path}", url(location.host()));
    let Ok(socket) = WebSocket::new_with_str(&address, subprotocol) else { return Err(address) };
    socket.set_binary_type(BinaryType::Arraybuffer);
    let mut callbacks = Vec::new();
    let mut on = |run: Box<dyn FnMut(web_sys::Event)>| -> js_sys::Function {
        let callback = Closure::wrap(run);
        let function = callback.as_ref().unchecked_ref::<js_sys::Function>().clone();
        callbacks.push(callback);
        function
    };
    let was_open = Rc::new(Cell::new(false));
    let open = was_open.clone();
    let opened = on(Box::new(move |_| {
        open.set(true);
        opened();
    }));
    let message = on(Box::new(move |event| {
        let event: &MessageEvent = event.unchecked_ref();
        if let Ok(buffer) = event.data().dyn_into::<js_sys::ArrayBuffer>() {
            message(js_sys::Uint8Array::new(&buffer).to_vec());
        }
    }));
    let closed = on(Box::new(move |event| {
        let event: &CloseEvent = event.unchecked_ref();
        closed(Gone { was_open: was_open.get(), reason: event.reason() });
    }));
    socket.set_onopen(Some(&opened));
    socket.set_onmessage(Some(&message));
    socket.set_onclose(Some(&closed));
    Ok(Line { socket, _callbacks: callbacks })
}
