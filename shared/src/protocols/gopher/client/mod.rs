//! The client side: a connection for each request, and the reply read by the type asked for.

mod guide;
mod raw;

use std::collections::VecDeque;

use super::item;
use super::reply::{Item, Reply, Stop};
use super::request::{Here, Request};
use super::table;
use crate::explain::{Rfc, Wire};
use crate::machine::{
    Client, ClientConfig, Conn, Direction, Fact, Input, Note, Output, Refused, Suggestion, Tick,
};
use crate::table::{Progress, State, Verb};

/// Items of all menus read, for the way on and for requests typed without checks.
const KNOWN_LIMIT: usize = 2000;

#[derive(Clone)]
pub(super) struct GopherClient {
    config: ClientConfig,
    progress: Progress,
    outputs: VecDeque<Output>,
    here: Here,
    /// The first connection has been opened.
    began: bool,
    /// Open, and no request has gone out on it.
    free: Option<Conn>,
    /// What goes out when its connection is open.
    waiting: Option<(Conn, Wire, Option<Request>)>,
    reply: Option<Reply>,
    next_conn: u16,
    /// The beginning of a line sent without checks.
    raw: Vec<u8>,
    /// What is to be said of octets that wait for their connection.
    remarks: Vec<Note>,
    /// The server spoke before it was asked.
    spoke_first: bool,
    asked: Vec<Request>,
    known: Vec<Item>,
    /// The items of the last reply, if that was a menu.
    offered: Vec<Item>,
}

impl GopherClient {
    pub(super) fn new(config: &ClientConfig) -> GopherClient {
        GopherClient {
            config: config.clone(),
            progress: Progress::new(&table::TABLE),
            outputs: VecDeque::new(),
            here: Here(vec![(config.host.clone(), config.port)]),
            began: false,
            free: None,
            waiting: None,
            reply: None,
            next_conn: 1,
            raw: Vec::new(),
            remarks: Vec::new(),
            spoke_first: false,
            asked: Vec::new(),
            known: Vec::new(),
            offered: Vec::new(),
        }
    }

    fn command(&mut self, text: &str) -> Result<(), Refused> {
        let state = self.progress.state();
        let legal = |verb| table::TABLE.check(verb, state, &[]).map_err(Refused::Illegal);
        if text == "." {
            legal(&table::LEAVE)?;
            self.leave();
            return Ok(());
        }
        // In the wrong state every request is as wrong as the other.
        legal(&table::MENU)?;
        let (_, request) = Request::typed(text, &self.here)?;
        let wire = request.wire();
        if !core::mem::take(&mut self.raw).is_empty() {
            let text = "What was sent before without checks has no end, so the server reads it and this as one line.";
            self.remarks.push(Note::warning(text).rule(1436, "2"));
        }
        self.send(wire, Some(request));
        Ok(())
    }

    /// On the open connection that nobody has used, or else on a new one.
    fn send(&mut self, wire: Wire, request: Option<Request>) {
        if let Some(conn) = self.free {
            self.put(conn, wire, request);
            return;
        }
        let conn = Conn(self.next_conn);
        self.next_conn = self.next_conn.checked_add(1).unwrap_or(1);
        self.waiting = Some((conn, wire, request));
        let (host, port) = (self.config.host.clone(), self.config.port);
        self.outputs.push_back(Output::Connect { conn, host, port });
        self.advance(&table::MENU, "connect");
    }

    /// `None` for octets that are not yet a request.
    fn put(&mut self, conn: Conn, wire: Wire, request: Option<Request>) {
        self.outputs.push_back(Output::Sent { conn, wire });
        let remarks = core::mem::take(&mut self.remarks);
        remarks.into_iter().for_each(|note| self.note(note));
        self.free = Some(conn);
        let Some(request) = request else {
            let moved = self.progress.enter(&table::READY);
            self.moved(moved);
            return;
        };
        self.free = None;
        self.offered.clear();
        if self.asked.len() < KNOWN_LIMIT {
            self.asked.push(request.clone());
        }
        self.reply = Some(Reply::new(conn, request, self.here.clone()));
        self.advance(&table::MENU, "sent");
    }

    fn bytes(&mut self, conn: Conn, bytes: &[u8], now: Tick) {
        if let Some(reply) = self.reply.as_mut().filter(|reply| reply.conn == conn) {
            if !reply.push(bytes, now, &mut self.outputs) {
                self.reply = None;
                self.advance(&table::REPLY, "gone");
            }
            return;
        }
        if self.free == Some(conn) && !core::mem::replace(&mut self.spoke_first, true) {
            self.note(
                Note::warning(
                    "The server speaks before it is asked. A Gopher server waits for the request, so this is probably a server of another protocol.",
                )
                .rule(1436, "2"),
            );
        }
        let direction = Direction::Received;
        self.outputs.push_back(Output::Data { conn, direction, bytes: bytes.into() });
    }

    fn ended(&mut self, conn: Conn, now: Tick) {
        if !self.began || self.progress.state() == &table::CLOSED {
            return;
        }
        self.outputs.push_back(Output::Finish { conn });
        if self.reply.as_ref().is_some_and(|reply| reply.conn == conn) {
            self.replied(Stop::End, now);
        } else if self.free == Some(conn) {
            self.free = None;
            self.raw.clear();
            self.note(
                Note::info(
                    "The server ended the connection before a request. The next request gets another one.",
                )
                .rule(1436, "2"),
            );
        }
    }

    /// The connection is gone, or did not come about.
    fn gone(&mut self, conn: Conn, why: &str, now: Tick) {
        if self.progress.state() == &table::CLOSED {
            return;
        }
        if self.reply.as_ref().is_some_and(|reply| reply.conn == conn) {
            self.replied(Stop::Broken(why), now);
        } else if self.waiting.as_ref().is_some_and(|(waiting, ..)| *waiting == conn) {
            self.waiting = None;
            self.raw.clear();
            self.remarks.clear();
            self.note(
                Note::error(format!(
                    "No connection for the request: {why}. Nothing was sent; send it again, or leave with a dot."
                ))
                .rule(1436, "2"),
            );
            self.advance(&table::CONNECTION, "failed");
        } else if conn == Conn::MAIN {
            // The session's first connection stands for the session: whoever drops it when it is
            // not in use ends the session.
            self.note(Note::error(format!("The session is over: {why}.")));
            if let Some(reply) = &self.reply {
                self.outputs.push_back(Output::Abort { conn: reply.conn });
                self.replied(Stop::Broken(why), now);
            }
            self.over();
        } else if self.free == Some(conn) {
            self.free = None;
        }
    }

    fn replied(&mut self, stop: Stop<'_>, now: Tick) {
        let Some(reply) = self.reply.take() else { return };
        let rule = if matches!(stop, Stop::End) { "end" } else { "gone" };
        if matches!(stop, Stop::Silence) {
            self.outputs.push_back(Output::Abort { conn: reply.conn });
        }
        let outcome = reply.stop(stop, now, &mut self.outputs);
        if let Some(menu) = outcome.menu {
            let room = KNOWN_LIMIT - self.known.len();
            let new = menu.items.iter().filter(|item| !self.known.contains(item));
            let new: Vec<Item> = new.take(room).cloned().collect();
            self.known.extend(new);
            self.offered = menu.items;
        }
        self.advance(&table::REPLY, rule);
    }

    fn leave(&mut self) {
        if let Some(conn) = self.free {
            self.outputs.push_back(Output::Finish { conn });
        }
        self.note(
            Note::info(
                "Nothing was sent: Gopher has no farewell. Between two requests there is no connection, and the server remembers nothing.",
            )
            .rule(1436, "2"),
        );
        self.over();
    }

    fn over(&mut self) {
        self.free = None;
        self.waiting = None;
        self.offered.clear();
        let moved = self.progress.over();
        self.moved(moved);
    }

    fn opened(&mut self, conn: Conn) {
        match self.waiting.take_if(|(waiting, ..)| *waiting == conn) {
            Some((conn, wire, request)) => self.put(conn, wire, request),
            None => self.outputs.push_back(Output::Abort { conn }),
        }
    }

    /// Moves by a rule of the table.
    fn advance(&mut self, verb: &'static Verb, code: &str) {
        if let Some(to) = table::next(verb, code) {
            let moved = self.progress.enter(to);
            self.moved(moved);
        }
    }

    fn moved(&mut self, moved: Option<&'static State>) {
        if let Some(state) = moved {
            self.outputs.push_back(Output::State(state));
        }
    }

    fn note(&mut self, note: Note) {
        self.outputs.push_back(Output::Note(note));
    }
}

impl Client for GopherClient {
    fn handle(&mut self, input: Input<'_>, now: Tick) -> Result<(), Refused> {
        let over = !self.began || self.progress.state() == &table::CLOSED;
        match input {
            Input::Opened { conn: Conn::MAIN, peer, .. } => {
                self.began = true;
                self.free = Some(Conn::MAIN);
                self.here.0.push((peer.ip().to_canonical().to_string(), peer.port()));
                if let Some(service) = item::other_service(self.config.port) {
                    self.note(
                        Note::warning(format!(
                            "Port {} belongs to {service}. A server of {service} would take a selector for a command.",
                            self.config.port
                        ))
                        .rule(4266, "4"),
                    );
                }
            }
            Input::Opened { conn, .. } => self.opened(conn),
            Input::Bytes { conn, bytes } => self.bytes(conn, bytes, now),
            Input::End { conn } => self.ended(conn, now),
            Input::Failed { conn: Conn::MAIN, why } if !self.began => {
                self.note(Note::error(format!("The connection could not be opened: {why}.")));
                self.over();
            }
            Input::Reset { conn, why } | Input::Failed { conn, why } => self.gone(conn, why, now),
            Input::Command(_) | Input::Batch(_) | Input::Raw { .. } if over => {
                return Err(Refused::NotConnected);
            }
            Input::Command(text) => self.command(text)?,
            Input::Batch(text) => match text.split_once('\n') {
                None | Some((_, "")) => self.command(text.trim_end_matches(['\r', '\n']))?,
                Some(_) => {
                    return Err(Refused::Malformed {
                        what: "Several requests cannot be sent together: a server answers one and closes the connection.".into(),
                        expected: "one request; the next one gets a connection of its own".into(),
                        rule: Rfc::new(1436, "2"),
                    });
                }
            },
            Input::Raw { bytes, .. } => self.send_raw(bytes),
            Input::Time => match self.reply.as_ref().and_then(Reply::deadline) {
                Some(until) if until <= now => self.replied(Stop::Silence, now),
                // The alarm of a reply before, or a clock that is early.
                Some(until) => self.outputs.push_back(Output::WakeAt(until)),
                None => {}
            },
            Input::Listening { .. }
            | Input::TlsStarted { .. }
            | Input::Content(_)
            | Input::ContentEnd => {}
        }
        Ok(())
    }

    fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn progress(&self) -> &Progress {
        &self.progress
    }

    fn suggestion(&self) -> Option<Suggestion> {
        self.suggest()
    }

    fn offers(&self) -> Vec<Suggestion> {
        self.offer()
    }

    fn facts(&self) -> Vec<Fact> {
        self.known_facts()
    }
}
