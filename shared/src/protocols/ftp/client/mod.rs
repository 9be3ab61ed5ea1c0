//! The client side.

mod active;
mod content;
mod guide;
mod replies;
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
use crate::text::{off_script, split_verb};
use transfer::{Data, Transfer};

#[derive(Clone)]
pub(super) struct FtpClient {
    config: ClientConfig,
    progress: Progress,
    outputs: VecDeque<Output>,
    lines: Lines,
    replies: Replies,
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
            asked: VecDeque::new(),
            data: None,
            announcing: None,
            transfer: None,
            held: Vec::new(),
            next_conn: 1,
            peer: None,
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
        let state = self.progress.state();
        let (name, argument) = split_verb(text);
        let verb = table::TABLE
            .verb(name)
            .ok_or_else(|| Refused::Illegal(table::TABLE.unknown(name, state)))?;
        table::TABLE.check(verb, state, self.progress.flags()).map_err(Refused::Illegal)?;
        self.turn(verb).map_err(Refused::Illegal)?;
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
        self.order(verb);
        self.expect(verb, argument);
        Ok(())
    }

    /// FTP has no pipelining (RFC 959 section 5.4), but a transfer can be asked about and broken
    /// off while it is under way.
    fn turn(&self, verb: &'static Verb) -> Result<(), Illegal> {
        self.check_announcing(verb)?;
        let mut pending = self.progress.pending();
        let (Some(first), None) = (pending.next(), pending.next()) else {
            return self.progress.may_follow(verb.name, None);
        };
        let under_way = first == &table::TRANSFER || first == &table::CONTENT;
        let asked_for = table::moves_data(first).is_some() && verb == &table::ABOR;
        if under_way || asked_for {
            return Ok(());
        }
        self.progress.may_follow(verb.name, None)
    }

    /// Commands that the lab can write but would not know how to go on with.
    fn withhold(&self, verb: &'static Verb) -> Result<(), Refused> {
        let (what, expected) = match verb.name {
            "AUTH" => (
                "was not sent: the lab cannot go on in TLS yet.",
                "USER; what follows crosses in clear text",
            ),
            "PASV" | "PORT" | "EPRT" if self.known.epsv_all => {
                ("was not sent: you promised with EPSV ALL to use nothing but EPSV.", "EPSV")
            }
            _ => return Ok(()),
        };
        Err(Refused::Malformed {
            what: format!("{} {what}", verb.name),
            expected: expected.into(),
            rule: if self.known.epsv_all {
                crate::explain::Rfc::new(2428, "4")
            } else {
                verb.term.rfc
            },
        })
    }

    /// Some commands must directly precede another one.
    fn order(&mut self, verb: &'static Verb) {
        let moves = table::moves_data(verb).is_some();
        if let Some(rest) = self.known.rest.take()
            && !moves
            && verb.name != "REST"
        {
            self.note(
                Note::warning(format!(
                    "{} stands between REST {rest} and the transfer. REST must directly precede the transfer, so the server may have forgotten it.",
                    verb.name
                ))
                .rule(959, "4.1.3"),
            );
        }
        if self.progress.has(&table::RENAME) && verb != &table::RNTO {
            self.progress.set(&table::RENAME, false);
            self.note(
                Note::warning(format!(
                    "{} stands between RNFR and RNTO, so the server may have forgotten which file to rename.",
                    verb.name
                ))
                .rule(959, "4.1.3"),
            );
        }
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

    /// Raw octets that hold whole lines will be answered: each is matched to a command if it
    /// looks like one. A server that has said 421 or 221 answers nothing more.
    fn expect_for_raw(&mut self, bytes: &[u8]) {
        if self.progress.state() == &table::CLOSED {
            return;
        }
        for line in bytes.split_inclusive(|b| *b == b'\n') {
            let Some(line) = line.strip_suffix(b"\r\n") else { continue };
            let commands = line.iter().position(u8::is_ascii_alphabetic).unwrap_or(0);
            let line = String::from_utf8_lossy(&line[commands..]);
            let (name, argument) = split_verb(&line);
            let verb = table::TABLE.verb(name).filter(|verb| !verb.name.starts_with('('));
            self.expect(verb.unwrap_or(&table::NOOP), argument);
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
            self.note(Note::error(format!("Truncated: {why} in the middle of a reply.")));
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
            Input::Opened { conn: Conn::MAIN, peer, .. } => {
                self.open = true;
                self.peer = Some(peer.ip().to_canonical());
                self.asked.push_back((&table::GREETING, String::new()));
                self.progress.sent(&table::GREETING);
            }
            Input::Opened { conn, .. } => self.data_opened(conn),
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
            Input::Raw { conn, bytes } => {
                let wire = off_script(bytes, |line| wire::command(line).ok().map(|(_, wire)| wire));
                self.outputs.push_back(Output::Sent { conn, wire });
                if conn == Conn::MAIN {
                    self.expect_for_raw(bytes);
                }
            }
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
