//! Reads one reply, in the manner that its request calls for.

mod body;
mod framing;
mod header;
mod menu;

use std::collections::VecDeque;

use super::item::Reads;
use super::request::{Here, Request};
use crate::machine::{Conn, Direction, Note, Output, Tick};
use body::Body;
use framing::Framing;
use header::{Header, Step};
pub(super) use menu::{Item, Menu};

/// A menu or a text is shown with the meaning of every octet up to this; that takes many times
/// its size in memory. More is fetched as binary content, which goes to a file.
const SHOWN_LIMIT: u64 = 1 << 20;

/// Why a reply comes no further.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stop<'a> {
    /// The server closed the connection, as it should.
    End,
    /// The connection broke.
    Broken(&'a str),
    /// The lone dot came, and then nothing, not even the end of the connection.
    Silence,
}

/// What a reply was.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    /// Set for a menu.
    pub(super) menu: Option<Menu>,
}

#[derive(Clone)]
pub(super) struct Reply {
    pub(super) conn: Conn,
    pub(super) request: Request,
    stage: Stage,
    octets: u64,
}

#[derive(Clone)]
enum Stage {
    /// Gopher+ was asked for: the first line says how the rest ends.
    Header(Header, Here),
    Body(Box<Body>),
}

impl Reply {
    pub(super) fn new(conn: Conn, request: Request, here: Here) -> Reply {
        let stage = if request.plus.is_some() {
            Stage::Header(Header::default(), here)
        } else {
            Stage::Body(Box::new(Body::new(conn, request.reads(), Framing::plain(), here)))
        };
        Reply { conn, request, stage, octets: 0 }
    }

    /// Takes what came. `false`: it was more than the lab shows, and the reply is over.
    pub(super) fn push(&mut self, mut bytes: &[u8], now: Tick, out: &mut VecDeque<Output>) -> bool {
        while let Stage::Header(header, here) = &mut self.stage {
            let Some(step) = header.push(&mut bytes) else { return true };
            let here = core::mem::take(here);
            self.begin(step, here, now, out);
        }
        let Stage::Body(body) = &mut self.stage else { return true };
        if body.reads() == Reads::Binary {
            self.octets += bytes.len() as u64;
            body.push(bytes, now, out);
            return true;
        }
        let room = SHOWN_LIMIT.saturating_sub(self.octets);
        let (shown, rest) =
            bytes.split_at(usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len()));
        self.octets += shown.len() as u64;
        body.push(shown, now, out);
        if rest.is_empty() {
            return true;
        }
        body.cut(out);
        out.push_back(Output::Note(
            Note::error(format!(
                "The reply is longer than the {SHOWN_LIMIT} octets that the lab explains one by one, so it stops here, at octet {SHOWN_LIMIT}. Ask for the same selector as type 9 to get all of it in a file."
            ))
            .rule(1436, "3.8"),
        ));
        out.push_back(Output::Abort { conn: self.conn });
        let (conn, direction) = (self.conn, Direction::Received);
        out.push_back(Output::Data { conn, direction, bytes: rest.into() });
        false
    }

    /// The lone dot has come: when the server is no longer waited for.
    pub(super) fn deadline(&self) -> Option<Tick> {
        match &self.stage {
            Stage::Body(body) => body.deadline(),
            Stage::Header(..) => None,
        }
    }

    /// Nothing more will come.
    pub(super) fn stop(mut self, stop: Stop<'_>, now: Tick, out: &mut VecDeque<Output>) -> Outcome {
        if let Stage::Header(header, here) = &mut self.stage {
            let (step, here) = (header.give_up(), core::mem::take(here));
            self.begin(step, here, now, out);
        }
        let octets = self.octets;
        let Stage::Body(body) = self.stage else { return Outcome::default() };
        body.stop(stop, octets, out)
    }

    /// The way of the content is known.
    fn begin(&mut self, step: Step, here: Here, now: Tick, out: &mut VecDeque<Output>) {
        let conn = self.conn;
        let (reads, framing, first) = match step {
            Step::Plain(first) => {
                if !first.is_empty() {
                    out.push_back(Output::Note(
                        Note::info("The server answers without the first line of Gopher+: it does not speak it and has ignored the rest of the request.")
                            .rule(4266, "2.3"),
                    ));
                }
                (self.request.reads(), Framing::plain(), first)
            }
            Step::Content(wire, framing) => {
                self.octets += wire.bytes.len() as u64;
                out.push_back(Output::Received { conn, wire });
                (self.request.reads(), framing, Vec::new())
            }
            Step::Error(wire, framing) => {
                self.octets += wire.bytes.len() as u64;
                out.push_back(Output::Received { conn, wire });
                (Reads::Text, framing.error(), Vec::new())
            }
        };
        let asks_attributes = self
            .request
            .plus
            .as_ref()
            .is_some_and(|plus| plus.starts_with(b"!") || plus.starts_with(b"$"));
        let framing = match framing {
            framing if asks_attributes && !framing.is_plain() => framing.attributes(),
            framing => framing,
        };
        let reads = if framing.is_special() { Reads::Text } else { reads };
        let mut body = Body::new(conn, reads, framing, here);
        self.octets += first.len() as u64;
        body.push(&first, now, out);
        self.stage = Stage::Body(Box::new(body));
    }
}
