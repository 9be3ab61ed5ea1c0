//! Octets between session, wire and files.

use shared::dialogue::Event;
use shared::explain::Wire;
use shared::machine::{Conn, Tick};
use shared::session::{Effect, Session};
use shared::transcript::{Entry, Side};

use super::Lab;
use crate::state::download::{expected_size, file_name, name_of_path};

/// Content that waits to be put into a file stops the wire inside the page at this many octets.
const BACKLOG: usize = 4 * 1024 * 1024;

/// Arrivals carried in one go before the page is drawn again.
const BUDGET: usize = 128;

impl Lab {
    /// Carries octets between session and wire. Tells whether there is more to carry at once.
    pub fn pump(&mut self, now: Tick) -> bool {
        for _ in 0..BUDGET {
            self.carry_effects();
            if self.downloads.backlog() > BACKLOG {
                return false;
            }
            if !self.happens_if_carried(now) && !self.goes_on_to_predict(now) && !self.advance(now)
            {
                return false;
            }
        }
        true
    }

    /// When the practice server in the page wants to be told the time.
    pub fn server_wakes_at(&self) -> Option<Tick> {
        self.tape.live().link()?.wake_at()
    }

    /// The practice server's clock has moved on, if that is what it waits for.
    pub fn wake_server(&mut self, now: Tick) {
        if self.server_wakes_at().is_some_and(|at| at <= now) {
            self.happens(Event::ServerTime, now);
        }
    }

    /// What the tunnel must do next.
    pub fn next_outgoing(&mut self) -> Option<Effect> {
        self.outgoing.pop_front()
    }

    fn happens_if_carried(&mut self, now: Tick) -> bool {
        let carried = self.happens(Event::Carried, now);
        if carried {
            self.carry_effects();
        }
        carried
    }

    fn carry_effects(&mut self) {
        while let Some(effect) = self.tape.poll_effect() {
            match effect {
                Effect::Deliver { conn, bytes } => {
                    let session = self.tape.live().session();
                    let announced = || announced(session, conn, self.route.protocol.id);
                    self.downloads.deliver(conn, bytes, announced);
                }
                effect => self.outgoing.push_back(effect),
            }
        }
        let session = self.tape.live().session();
        self.downloads.watch(session.transcript().entries(), session.client().state().takes);
    }
}

/// Name and size of the content that begins, from the last command and reply: those on its own
/// connection if it has any.
fn announced(session: &Session, conn: Conn, protocol: &str) -> (String, Option<u64>) {
    let entries = session.transcript().entries();
    let last = |conn: Conn, side| {
        let of_side = entries.iter().rev().filter(|e| e.conn == conn && e.side() == side);
        of_side.filter_map(Entry::wire).next()
    };
    let text = |wire: Option<&Wire>| {
        wire.map(|wire| String::from_utf8_lossy(&wire.bytes).into_owned()).unwrap_or_default()
    };
    let of = if last(conn, Side::Client).is_some() { conn } else { Conn::MAIN };
    let command = last(of, Side::Client);
    // Where the command is nothing but the name of what is asked for, it is found by its meaning.
    let selector = command
        .and_then(|wire| Some((wire, wire.spans.iter().find(|span| span.term.id == "SELECTOR")?)))
        .map(|(wire, span)| String::from_utf8_lossy(&wire.bytes[span.range()]).into_owned());
    let name = match selector {
        Some(selector) => name_of_path(&selector),
        None => file_name(&text(command), protocol),
    };
    (name, expected_size(&text(last(of, Side::Server))))
}
