//! The client side.

mod advice;
mod raw;
mod receive;
mod remarks;
mod send;

use std::collections::VecDeque;

use super::body::BodyReader;
use super::fields::Fields;
use super::head::{Head, HeadReader};
use super::request::Request;
use super::table;
use crate::machine::{
    Client, ClientConfig, Conn, Direction, Fact, Input, Note, Output, Refused, Suggestion, Tick,
};
use crate::table::{Progress, State, Verb};
use raw::Tracker;
use send::Upload;

/// Content that must be decoded to be explained is kept up to this; more would take the memory of
/// the page.
const KEPT_LIMIT: usize = 1 << 20;

/// A request whose response has not come.
#[derive(Clone, Debug, Default)]
struct Asked {
    method: String,
    target: String,
    fields: Fields,
    /// Kept so that a redirect can ask for the same again.
    content: Option<Vec<u8>>,
}

impl Asked {
    fn of(request: &Request) -> Asked {
        Asked {
            method: request.method.clone(),
            target: request.target.clone(),
            fields: request.fields.clone(),
            content: request.content.clone(),
        }
    }
}

/// What the octets that come in belong to.
#[derive(Clone)]
enum Reading {
    Head(HeadReader),
    Body(BodyReader, Box<Incoming>),
    /// Another protocol.
    Foreign,
    /// Nothing that HTTP can frame: the connection is not used again.
    Lost,
}

/// The response whose content is read.
#[derive(Clone)]
struct Incoming {
    head: Head,
    /// Nothing stands against another request on this connection.
    persists: bool,
    /// Content that is looked into when it is complete.
    kept: Option<Vec<u8>>,
}

/// A request with its response.
#[derive(Clone, Debug)]
struct Exchange {
    asked: Asked,
    status: u16,
    fields: Fields,
}

#[derive(Clone)]
pub(super) struct HttpClient {
    config: ClientConfig,
    progress: Progress,
    outputs: VecDeque<Output>,
    open: bool,
    /// Parallel to the requests that await their response, oldest first.
    asked: VecDeque<Asked>,
    reading: Reading,
    upload: Option<Upload>,
    tracker: Tracker,
    last: Option<Exchange>,
    /// Requests that were answered, as `GET /path`.
    done: Vec<String>,
    redirects: u32,
    version: Option<u8>,
    server: Option<String>,
    /// Name and value.
    cookies: Vec<(String, String)>,
    /// What the content coding of the last response did.
    decoded: Option<String>,
    /// The nonce of Digest last used, and how often.
    nonce: (String, u32),
}

impl HttpClient {
    pub(super) fn new(config: &ClientConfig) -> HttpClient {
        HttpClient {
            config: config.clone(),
            progress: Progress::new(&table::TABLE),
            outputs: VecDeque::new(),
            open: false,
            asked: VecDeque::new(),
            reading: Reading::Head(HeadReader::default()),
            upload: None,
            tracker: Tracker::default(),
            last: None,
            done: Vec::new(),
            redirects: 0,
            version: None,
            server: None,
            cookies: Vec::new(),
            decoded: None,
            nonce: (String::new(), 0),
        }
    }

    /// What Host says: the port only if it is not the usual one (RFC 9110 section 7.2).
    fn host(&self) -> String {
        let host = &self.config.host;
        let name = if host.contains(':') && !host.starts_with('[') {
            format!("[{host}]")
        } else {
            host.clone()
        };
        match self.config.port {
            80 => name,
            port => format!("{name}:{port}"),
        }
    }

    fn note(&mut self, note: Note) {
        self.outputs.push_back(Output::Note(note));
    }

    fn data(&mut self, direction: Direction, bytes: &[u8]) {
        if !bytes.is_empty() {
            let bytes = bytes.to_vec();
            self.outputs.push_back(Output::Data { conn: Conn::MAIN, direction, bytes });
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

    /// The connection is not used again: the client ends its side.
    fn hang_up(&mut self) {
        if self.open {
            self.outputs.push_back(Output::Finish { conn: Conn::MAIN });
        }
        self.over();
    }

    fn over(&mut self) {
        self.open = false;
        self.reading = Reading::Lost;
        self.upload = None;
        self.asked.clear();
        let moved = self.progress.over();
        self.moved(moved);
    }
}

impl Client for HttpClient {
    fn handle(&mut self, input: Input<'_>, now: Tick) -> Result<(), Refused> {
        match input {
            Input::Opened { .. } => self.open = true,
            Input::Bytes { bytes, .. } => self.read(bytes),
            Input::End { .. } if self.open => self.end(None),
            Input::Reset { why, .. } | Input::Failed { why, .. } => self.end(Some(why)),
            Input::Command(_)
            | Input::Batch(_)
            | Input::Content(_)
            | Input::ContentEnd
            | Input::Raw { .. }
                if !self.open =>
            {
                return Err(Refused::NotConnected);
            }
            Input::Command(text) => self.command(text, now)?,
            Input::Batch(text) => self.batch(text)?,
            Input::Content(bytes) => self.content(bytes)?,
            Input::ContentEnd => self.content_end()?,
            Input::Raw { bytes, .. } => self.raw(bytes),
            Input::Time => self.waited(now),
            Input::End { .. } | Input::Listening { .. } | Input::TlsStarted { .. } => {}
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
        if self.open { self.advise() } else { None }
    }

    fn facts(&self) -> Vec<Fact> {
        self.known()
    }
}
