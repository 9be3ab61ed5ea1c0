//! The session's WebSocket to the relay, and the multiplexer behind it.

use std::cell::Cell;
use std::rc::Rc;

use shared::tunnel::Mux;

use super::super::line::{self, Heard, Line};
use super::super::{Runner, clock};

pub(super) struct Socket {
    pub(super) line: Line,
    pub(super) mux: Mux,
}

pub(super) fn dial(runner: &Runner) -> Result<Socket, String> {
    let this = runner.clone();
    let was_open = Rc::new(Cell::new(false));
    let line = line::dial(move |heard| {
        match heard {
            Heard::Open => was_open.set(true),
            Heard::Message(bytes) => receive(&this, &bytes),
            Heard::Closed(why) => {
                // A browser does not tell why. Perhaps the relay wants its token again.
                if !was_open.get() {
                    this.look_for_relay();
                }
                this.0.tunnel.borrow_mut().gone(&why);
            }
        }
        this.pump();
    })?;
    Ok(Socket { line, mux: Mux::page("Wirelab page") })
}

fn receive(runner: &Runner, bytes: &[u8]) {
    let mut tunnel = runner.0.tunnel.borrow_mut();
    let broken = match &mut tunnel.socket {
        Some(socket) => socket.mux.receive(bytes, clock::now().0).err(),
        None => return,
    };
    if let Some(violation) = broken {
        tunnel.gone(&format!("the relay broke the rules of the tunnel: {violation}"));
    }
}
