//! The practice server: a gopherhole over the files of the world.
//!
//! Several connections at a time, each for one request; nothing is remembered between them.

mod hole;
mod menus;

use std::collections::{BTreeMap, VecDeque};

use super::request::{LINE_LIMIT, SELECTOR_LIMIT};
use super::{PORT, table};
use crate::machine::{Conn, Input, Output, PIECE, Server, ServerConfig, Tick};
use crate::table::State;
use crate::text::dot::Stuffer;
use crate::text::lines::{Ending, Lines};
use crate::world::World;
use crate::world::files::Content;
use hole::Answer;
use menus::Home;

/// Octets of a file that one [`PIECE`] is made from: text may double.
const READ: usize = PIECE / 2;

/// Connections at a time. A program opens one for each request, so this is many.
const VISITS_LIMIT: usize = 256;

#[derive(Clone)]
pub(super) struct GopherServer {
    name: String,
    outputs: VecDeque<Output>,
    visits: BTreeMap<Conn, Visit>,
    state: &'static State,
}

/// One connection, for one request.
#[derive(Clone)]
struct Visit {
    home: Home,
    lines: Lines,
    stage: Stage,
    /// The client will send no more.
    client_done: bool,
}

#[derive(Clone)]
enum Stage {
    Request,
    Sending(Sending),
    Done,
}

/// A file on its way.
#[derive(Clone)]
struct Sending {
    content: Content,
    at: u64,
    /// For a text, which gets doubled dots and an end; anything else goes out as it is.
    text: Option<Stuffer>,
}

impl GopherServer {
    pub(super) fn new(config: &ServerConfig) -> GopherServer {
        GopherServer {
            name: config.name.clone(),
            outputs: VecDeque::new(),
            visits: BTreeMap::new(),
            state: &table::READY,
        }
    }

    fn read(&mut self, conn: Conn, bytes: &[u8], world: &World) {
        let Some(visit) = self.visits.get_mut(&conn) else { return };
        if !matches!(visit.stage, Stage::Request) {
            return;
        }
        visit.lines.push(bytes);
        let Some(line) = visit.lines.next_line() else { return };
        self.state = &table::READING;
        let visit_home = visit.home.clone();
        let answer = match line.ending {
            Ending::TooLong => Err(format!("The request is longer than {LINE_LIMIT} octets")),
            Ending::Lf => Err("A request ends with CR LF, not with LF alone".into()),
            Ending::CrLf | Ending::Cut => request(line.text()),
        };
        let answer = match answer {
            Ok((selector, words)) => hole::answer(&selector, words.as_deref(), &visit_home, world),
            Err(why) => Answer::Menu(menus::refusal(&why)),
        };
        self.answer(conn, answer);
    }

    fn answer(&mut self, conn: Conn, answer: Answer) {
        let stage = match answer {
            Answer::Menu(wire) => {
                self.outputs.push_back(Output::Sent { conn, wire });
                Stage::Done
            }
            Answer::Page(wire) => {
                self.outputs.push_back(Output::Sent { conn, wire });
                Stage::Done
            }
            Answer::Text(content) => {
                Stage::Sending(Sending { content, at: 0, text: Some(Stuffer::default()) })
            }
            Answer::Octets(content) if content.is_empty() => Stage::Done,
            Answer::Octets(content) => Stage::Sending(Sending { content, at: 0, text: None }),
        };
        let done = matches!(stage, Stage::Done);
        if let Some(visit) = self.visits.get_mut(&conn) {
            visit.stage = stage;
        }
        if done {
            self.finish(conn);
        }
    }

    /// The reply is out: the server closes.
    fn finish(&mut self, conn: Conn) {
        self.outputs.push_back(Output::Finish { conn });
        self.state = table::next(&table::REPLY, "end").unwrap_or(&table::READY);
        if let Some(visit) = self.visits.get_mut(&conn) {
            visit.stage = Stage::Done;
            if visit.client_done {
                self.visits.remove(&conn);
            }
        }
    }

    /// The client has ended its side: what it asked for before is answered all the same.
    fn ended(&mut self, conn: Conn) {
        let Some(visit) = self.visits.get_mut(&conn) else { return };
        visit.client_done = true;
        match visit.stage {
            Stage::Sending(_) => {}
            Stage::Done => {
                self.visits.remove(&conn);
            }
            Stage::Request if visit.lines.is_empty() => self.finish(conn),
            Stage::Request => {
                let why = "The request has no end; a request ends with CR LF";
                self.answer(conn, Answer::Menu(menus::refusal(why)));
            }
        }
    }
}

impl Server for GopherServer {
    fn handle(&mut self, input: Input<'_>, _: Tick, world: &mut World) {
        match input {
            Input::Opened { conn, .. } if self.visits.len() >= VISITS_LIMIT => {
                self.outputs.push_back(Output::Abort { conn });
            }
            Input::Opened { conn, local, .. } => {
                // At its own port the server is reached by its name; elsewhere (on a relay) only
                // by the address that the visitor found.
                let host = match local.port() {
                    PORT => self.name.clone(),
                    _ => local.ip().to_canonical().to_string(),
                };
                let home = Home { host, port: local.port() };
                let lines = Lines::lenient(LINE_LIMIT);
                let visit = Visit { home, lines, stage: Stage::Request, client_done: false };
                self.visits.insert(conn, visit);
            }
            Input::Bytes { conn, bytes } => self.read(conn, bytes, world),
            Input::End { conn } => self.ended(conn),
            Input::Reset { conn, .. } | Input::Failed { conn, .. } => {
                self.visits.remove(&conn);
            }
            _ => {}
        }
    }

    fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn pull(&mut self, conn: Conn) -> Option<Vec<u8>> {
        let visit = self.visits.get_mut(&conn)?;
        let Stage::Sending(sending) = &mut visit.stage else { return None };
        let piece = sending.next();
        if sending.is_done() {
            self.finish(conn);
        }
        Some(piece)
    }

    fn state(&self) -> &'static State {
        self.state
    }
}

impl Sending {
    fn next(&mut self) -> Vec<u8> {
        let read = self.content.read(self.at, READ);
        self.at += read.len() as u64;
        let done = self.is_done();
        let Some(stuffer) = &mut self.text else { return read };
        let mut out = Vec::with_capacity(read.len() + 64);
        stuffer.push(&read, &mut out);
        if done {
            stuffer.finish(&mut out);
            out.extend_from_slice(b".\r\n");
        }
        out
    }

    fn is_done(&self) -> bool {
        self.at >= self.content.len()
    }
}

/// Selector and search words of a request line. What follows a further tab belongs to Gopher+,
/// which this server does not speak.
fn request(line: &[u8]) -> Result<(String, Option<String>), String> {
    if line.iter().any(|b| matches!(b, 0 | b'\r')) {
        return Err("A request holds no NUL and no carriage return".into());
    }
    let mut fields = line.split(|b| *b == b'\t');
    let selector = fields.next().unwrap_or_default();
    if selector.len() > SELECTOR_LIMIT {
        return Err(format!("The selector is longer than {SELECTOR_LIMIT} octets"));
    }
    // No selector of this server is anything but UTF-8, so another one is not found.
    let selector = String::from_utf8_lossy(selector).into_owned();
    let words = fields.next().map(|words| String::from_utf8_lossy(words).into_owned());
    Ok((selector, words))
}
