//! The WebSocket to the relay: opened on demand, heard, and missed when it goes.

use shared::tunnel::{Mux, SUBPROTOCOL};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

use super::super::{Runner, clock};

pub(super) struct Socket {
    pub(super) socket: WebSocket,
    pub(super) mux: Mux,
    /// Kept alive as long as the socket may call them.
    _callbacks: Vec<Closure<dyn FnMut(web_sys::Event)>>,
    pub(super) open: bool,
}

impl Socket {
    /// Nothing that it still has to say is heard any more.
    pub(super) fn drop_quietly(self) {
        for handler in [WebSocket::set_onclose, WebSocket::set_onmessage, WebSocket::set_onopen] {
            handler(&self.socket, None);
        }
        drop(self.socket.close());
    }
}

pub(super) fn dial(runner: &Runner) -> Result<Socket, String> {
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
