//! The client side.

mod active;
mod codes;
mod content;
mod guide;
mod order;
mod raw;
mod remarks;
mod replies;
mod text;
mod transfer;

use core::net::{IpAddr, SocketAddr};
use std::collections::VecDeque;

use super::{table, wire};
use crate::machine::{
    Client, ClientConfig, Conn, Fact, Input, Note, Output, Refused, Suggestion, Tick,
};
use crate::table::{Illegal, Progress, State, Verb};
use crate::text::lines::Lines;
use crate::text::reply::Replies;
use crate::text::split_verb;
use transfer::{Data, Transfer};

#[derive(Clone)]
pub(super) struct FtpClient {
    config: ClientConfig,
    progress: Progress,
    outputs: VecDeque<Output>,
    lines: Lines,
    replies: Replies,
    /// The beginning of a command line that is sent without checks.
    raw: Vec<u8>,
    /// The commands that await a reply, with their arguments.
    asked: VecDeque<(&'static Verb, String)>,
    /// The data connection that is opening, open, or in use.
    data: Option<Data>,
    /// PORT or EPRT, which waits for the socket that it is to name.
    announcing: Option<&'static Verb>,
    transfer: Option<Transfer>,
    /// Replies that came before the data connection had ended; they count when it has.
    held: Vec<String>,
    next_conn: u16,
    peer: Option<IpAddr>,
    /// Our own address, as the server sees it unless somebody translates it.
    local: Option<IpAddr>,
    open: bool,
    now: Tick,
    /// So long a connection of the server may be on its way.
    patience: Option<Tick>,
    known: Known,
}

/// What was learned from the replies.
#[derive(Clone, Debug, Default)]
struct Known {
    user: Option<String>,
    cwd: Option<String>,
    system: Option<String>,
    features: Vec<String>,
    image: bool,
    /// The offset that the next transfer begins at.
    rest: Option<String>,
    /// The file that RNFR has named.
    rename: Option<String>,
    /// What SIZE has said: of which file, how many octets, and whether octet for octet.
    size: Option<(String, u64, bool)>,
    epsv_all: bool,
    /// PORT or EPRT named an address that is not ours; the next transfer goes there.
    elsewhere: Option<SocketAddr>,
    /// Verbs that were answered, or whose transfer is over.
    tried: Vec<&'static str>,
    /// A data connection could not be opened.
    no_data: bool,
}

impl FtpClient {
    pub(super) fn new(config: &ClientConfig) -> FtpClient {
        FtpClient {
            config: config.clone(),
            progress: Progress::new(&table::TABLE),
            outputs: VecDeque::new(),
            lines: Replies::lines(),
            replies: wire::reply::replies(),
            raw: Vec::new(),
            asked: VecDeque::new(),
            data: None,
            announcing: None,
            transfer: None,
            held: Vec::new(),
            next_conn: 1,
            peer: None,
            local: None,
            open: false,
            now: Tick::default(),
            patience: None,
            known: Known::default(),
        }
    }

    fn send(&mut self, text: &str) -> Result<(), Refused> {
        if self.progress.state() == &table::UPLOAD {
            return self.whole_content(text.as_bytes());
        }
        let (name, argument) = split_verb(text);
        let verb = self.legal(name)?;
        let active = matches!(verb.name, "PORT" | "EPRT");
        if active && argument.is_none() {
            self.withhold(verb)?;
            self.listen(verb);
            return Ok(());
        }
        let (verb, wire) = wire::command(text)?;
        self.withhold(verb)?;
        if active || matches!(verb.name, "PASV" | "EPSV") {
            self.drop_unused_data();
        }
        if active {
            self.send_elsewhere(argument.unwrap_or_default());
        }
        self.outputs.push_back(Output::Sent { conn: Conn::MAIN, wire });
        if !core::mem::take(&mut self.raw).is_empty() {
            let text = "What was sent before without checks has no end, so the server reads it and this as one line.";
            self.note(Note::warning(text).rule(959, "5.3"));
        }
        self.note_spaces(verb, argument.unwrap_or_default());
        self.expect(verb, argument);
        self.order(verb);
        Ok(())
    }

    /// A command went out: its reply will come.
    fn expect(&mut self, verb: &'static Verb, argument: Option<&str>) {
        let argument = argument.unwrap_or_default();
        self.asked.push_back((verb, argument.into()));
        self.progress.sent(verb);
        match (table::moves_data(verb), &self.transfer) {
            (Some(upload), None) => self.transfer = Some(Transfer::new(verb, argument, upload)),
            (None, Some(_)) if verb == &table::ABOR => self.abort_asked(),
            _ => {}
        }
    }

    /// The command connection will bring no more.
    fn end(&mut self, why: &str) {
        let rest = self.lines.finish();
        let cut = self.replies.cut(rest);
        let was_cut = cut.is_some();
        if let Some(reply) = cut {
            let (wire, _) = wire::reply::read(&reply, self.progress.oldest());
            self.outputs.push_back(Output::Received { conn: Conn::MAIN, wire });
        }
        self.release();
        if was_cut {
            let text = format!("Truncated: {why} in the middle of a reply.");
            self.note(Note::error(text).rule(959, "4.2"));
        } else if self.progress.state() != &table::CLOSED {
            self.note(
                Note::error(format!("{why} before you sent QUIT and got its reply."))
                    .rule(959, "4.1.1"),
            );
        }
        self.open = false;
        self.asked.clear();
        self.give_up_transfer();
        let moved = self.progress.over();
        self.moved(moved);
    }

    fn new_conn(&mut self) -> Conn {
        let conn = Conn(self.next_conn);
        self.next_conn = self.next_conn.checked_add(1).unwrap_or(1);
        conn
    }

    fn note(&mut self, note: Note) {
        self.outputs.push_back(Output::Note(note));
    }

    fn moved(&mut self, moved: Option<&'static State>) {
        if let Some(state) = moved {
            self.outputs.push_back(Output::State(state));
        }
    }
}

impl Client for FtpClient {
    fn handle(&mut self, input: Input<'_>, now: Tick) -> Result<(), Refused> {
        self.now = now;
        match input {
            Input::Opened { conn: Conn::MAIN, local, peer } => {
                self.open = true;
                self.local = Some(local.ip().to_canonical());
                self.peer = Some(peer.ip().to_canonical());
                self.asked.push_back((&table::GREETING, String::new()));
                self.progress.sent(&table::GREETING);
            }
            Input::Opened { conn, peer, .. } => self.data_opened(conn, peer.ip().to_canonical()),
            Input::Bytes { conn: Conn::MAIN, bytes } => self.read(bytes),
            Input::Bytes { conn, bytes } => self.data_bytes(conn, bytes),
            Input::End { conn: Conn::MAIN } if self.open => {
                self.end("The server ended the connection");
                self.outputs.push_back(Output::Finish { conn: Conn::MAIN });
            }
            Input::End { conn } if conn != Conn::MAIN => self.data_ended(conn, None),
            Input::Failed { conn: Conn::MAIN, why } => {
                self.note(Note::error(format!("The connection could not be opened: {why}.")));
                let moved = self.progress.over();
                self.moved(moved);
            }
            Input::Reset { conn: Conn::MAIN, why } => {
                self.end(&format!("The connection is gone ({why})"));
            }
            Input::Reset { conn, why } => self.data_ended(conn, Some(why)),
            Input::Failed { conn, why } => self.data_failed(conn, why),
            Input::Command(_) | Input::Batch(_) | Input::Raw { .. } if !self.open => {
                return Err(Refused::NotConnected);
            }
            Input::Content(_) | Input::ContentEnd if !self.open => {
                return Err(Refused::NotConnected);
            }
            Input::Command(text) => self.send(text)?,
            Input::Batch(text) => match text.split_once('\n') {
                None | Some((_, "")) => self.send(text.trim_end_matches(['\r', '\n']))?,
                Some(_) if self.progress.state() == &table::UPLOAD => self.send(text)?,
                Some((_, second)) => {
                    let verb = split_verb(second.lines().next().unwrap_or_default()).0.into();
                    let known = table::TABLE.verb(second);
                    let state = self.progress.state();
                    let needs = Some(&crate::table::REPLY);
                    let legal = Vec::new();
                    return Err(Refused::Illegal(Illegal { verb, known, state, needs, legal }));
                }
            },
            Input::Content(bytes) => self.content(bytes)?,
            Input::ContentEnd => self.content_end()?,
            Input::Raw { conn, bytes } => self.send_raw(conn, bytes),
            Input::Listening { conn, addr } => self.listening(conn, addr),
            Input::Time => self.check_patience(now),
            Input::End { .. } | Input::TlsStarted { .. } => {}
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

    fn facts(&self) -> Vec<Fact> {
        self.known_facts()
    }
}
