//! The client side.

mod advice;
mod raw;
mod receive;
mod send;
mod suggest;

use std::collections::VecDeque;

use super::{table, wire};
use crate::machine::{
    Client, ClientConfig, Conn, Fact, Input, Note, Output, Refused, Suggestion, Tick,
};
use crate::table::{Progress, State};
use crate::text::advice::{Inspector, Notes};
use crate::text::dot::BlockReader;
use crate::text::lines::Lines;
use crate::text::reply::Replies;
use crate::text::sasl::Mechanism;

/// What is remembered of a command until its reply has come.
#[derive(Clone, Debug, Default)]
struct Asked {
    /// As it was typed, to be suggested again after a login. Empty if it holds a secret.
    line: String,
    /// It named an article by message-id, so the current article stays.
    by_id: bool,
    /// The user name or the group that it names.
    name: String,
    /// The lone star that gives a login up.
    gives_up: bool,
}

/// The selected group, from 211.
#[derive(Clone, Debug)]
struct Selected {
    name: String,
    text: String,
}

/// What both sides know by now.
#[derive(Clone, Debug, Default)]
struct Known {
    posting: Option<bool>,
    encrypted: bool,
    user: Option<String>,
    capabilities: Vec<String>,
    group: Option<Selected>,
    /// The number of the current article, with its message-id once that was said.
    article: Option<(String, String)>,
    /// The first group of a list that has articles, from the server's own words.
    listed: Option<String>,
    /// The message-id that the server gave the article posted last.
    posted: Option<String>,
}

/// A SASL exchange under way.
#[derive(Clone, Debug)]
struct Exchange {
    mechanism: Mechanism,
    /// Responses given.
    given: usize,
    challenge: Vec<u8>,
}

/// What the octets that come in are.
#[derive(Clone, Debug)]
enum Incoming {
    Replies,
    Block(Block),
    /// Compressed: shown as they come.
    Opaque,
}

#[derive(Clone, Debug)]
struct Block {
    reader: BlockReader,
    /// The command whose block this is.
    verb: &'static str,
    /// Lines that are not as the command's are.
    unreadable: usize,
}

/// An article that comes in pieces.
#[derive(Clone, Debug, Default)]
struct Upload {
    stuffer: crate::text::dot::Stuffer,
    inspector: Option<Inspector>,
    after_cr: bool,
}

#[derive(Clone)]
pub(super) struct NntpClient {
    config: ClientConfig,
    progress: Progress,
    outputs: VecDeque<Output>,
    lines: Lines,
    replies: Replies,
    incoming: Incoming,
    /// The reply line under way is longer than the limit, so this is the rest of it.
    continued: bool,
    /// Parallel to the commands that await a reply.
    asked: VecDeque<Asked>,
    known: Known,
    /// Commands that were answered, whatever the answer.
    answered: Vec<&'static str>,
    /// The command that wanted a login first.
    denied: Option<String>,
    /// GROUP was answered with 411.
    group_refused: bool,
    exchange: Option<Exchange>,
    upload: Option<Upload>,
    raw: raw::RawState,
    open: bool,
}

impl NntpClient {
    pub(super) fn new(config: &ClientConfig) -> NntpClient {
        NntpClient {
            config: config.clone(),
            progress: Progress::new(&table::TABLE),
            outputs: VecDeque::new(),
            lines: Replies::lines(),
            replies: wire::replies(),
            incoming: Incoming::Replies,
            continued: false,
            asked: VecDeque::new(),
            known: Known::default(),
            answered: Vec::new(),
            denied: None,
            group_refused: false,
            exchange: None,
            upload: None,
            raw: raw::RawState::default(),
            open: false,
        }
    }

    fn did(&self, verb: &str) -> bool {
        self.answered.contains(&verb)
    }

    fn output(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    fn note(&mut self, note: Note) {
        self.output(Output::Note(note));
    }

    fn tell_notes(&mut self, mut notes: Notes) {
        self.outputs.extend(notes.take().into_iter().map(Output::Note));
    }

    fn moved(&mut self, moved: Option<&'static State>) {
        if let Some(state) = moved {
            self.output(Output::State(state));
        }
    }
}

impl Client for NntpClient {
    fn handle(&mut self, input: Input<'_>, _: Tick) -> Result<(), Refused> {
        match input {
            Input::Opened { .. } => {
                self.open = true;
                self.asked.push_back(Asked::default());
                self.progress.sent(&table::GREETING);
            }
            Input::Bytes { bytes, .. } => self.read(bytes),
            Input::TlsStarted { .. } => self.encrypted(),
            Input::End { .. } if self.open => {
                // Compression ended the client's side before.
                let finished = matches!(self.incoming, Incoming::Opaque);
                self.end("The server ended the connection");
                if !finished {
                    self.output(Output::Finish { conn: Conn::MAIN });
                }
            }
            Input::Reset { why, .. } | Input::Failed { why, .. } => {
                self.end(&format!("The connection is gone ({why})"));
            }
            Input::Command(_)
            | Input::Batch(_)
            | Input::Content(_)
            | Input::ContentEnd
            | Input::Raw { .. }
                if !self.open =>
            {
                return Err(Refused::NotConnected);
            }
            Input::Command(text) => self.send(text)?,
            Input::Batch(text) => self.batch(text)?,
            Input::Content(bytes) => self.content(bytes)?,
            Input::ContentEnd => self.content_end()?,
            Input::Raw { bytes, .. } => self.raw(bytes),
            Input::End { .. } | Input::Listening { .. } | Input::Time => {}
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
        self.tell()
    }
}
