//! The client side.

mod receive;
mod send;

use std::collections::VecDeque;

use super::table;
use crate::machine::{
    Client, ClientConfig, Conn, Fact, Input, Note, Output, Refused, Suggestion, Tick,
};
use crate::table::{Progress, State};
use crate::text::advice::Notes;
use crate::text::dot::{BlockReader, Explain};
use crate::text::lines::Lines;
use crate::text::reply;

/// What is remembered of a command until its reply has come.
#[derive(Clone, Copy, Debug, Default)]
struct Asked {
    /// LIST or UIDL of one message, whose reply is one line.
    single: bool,
    /// How the lines of a block that may follow are explained.
    block: Option<Explain>,
    /// The message that it names.
    message: Option<u32>,
    /// The lone star that gives a login up.
    gives_up: bool,
    /// STLS, which can only be sent raw.
    tls: bool,
}

#[derive(Clone, Debug)]
struct Block {
    reader: BlockReader,
    /// The command whose block this is.
    verb: &'static str,
    message: Option<u32>,
    /// Lines that are not as the command's are.
    unreadable: usize,
}

#[derive(Clone)]
pub(super) struct Pop3Client {
    config: ClientConfig,
    progress: Progress,
    outputs: VecDeque<Output>,
    lines: Lines,
    /// Parallel to the commands that await a reply.
    asked: VecDeque<Asked>,
    block: Option<Block>,
    /// The CAPA reply under way or last read.
    capabilities: Vec<String>,
    /// From the greeting.
    timestamp: Option<String>,
    mailbox: Option<String>,
    /// Messages and octets, from STAT.
    stat: Option<(u64, u64)>,
    /// Number and size of messages, from LIST.
    sizes: Vec<(u32, u64)>,
    /// The numbers of the messages that are marked as deleted.
    deleted: Vec<u32>,
    done: Vec<&'static str>,
    raw: send::RawState,
    /// The server waits for a TLS handshake; `true`: clear text came instead, and was told of.
    tls: Option<bool>,
    open: bool,
}

impl Pop3Client {
    pub(super) fn new(config: &ClientConfig) -> Pop3Client {
        Pop3Client {
            config: config.clone(),
            progress: Progress::new(&table::TABLE),
            outputs: VecDeque::new(),
            lines: Lines::lenient(reply::LINE_LIMIT),
            asked: VecDeque::new(),
            block: None,
            capabilities: Vec::new(),
            timestamp: None,
            mailbox: None,
            stat: None,
            sizes: Vec::new(),
            deleted: Vec::new(),
            done: Vec::new(),
            raw: send::RawState::default(),
            tls: None,
            open: false,
        }
    }

    fn note(&mut self, note: Note) {
        self.outputs.push_back(Output::Note(note));
    }

    fn tell(&mut self, mut notes: Notes) {
        self.outputs.extend(notes.take().into_iter().map(Output::Note));
    }

    fn moved(&mut self, moved: Option<&'static State>) {
        if let Some(state) = moved {
            self.outputs.push_back(Output::State(state));
        }
    }
}

impl Client for Pop3Client {
    fn handle(&mut self, input: Input<'_>, _: Tick) -> Result<(), Refused> {
        match input {
            Input::Opened { .. } => {
                self.open = true;
                self.asked.push_back(Asked::default());
                self.progress.sent(&table::GREETING);
            }
            Input::Bytes { bytes, .. } => self.read(bytes),
            Input::End { .. } if self.open => {
                self.end("The server ended the connection");
                self.outputs.push_back(Output::Finish { conn: Conn::MAIN });
            }
            Input::Reset { why, .. } | Input::Failed { why, .. } => {
                self.end(&format!("The connection is gone ({why})"));
            }
            Input::Command(_) | Input::Batch(_) | Input::Raw { .. } if !self.open => {
                return Err(Refused::NotConnected);
            }
            Input::Command(text) => self.send(text)?,
            Input::Batch(text) => self.batch(text)?,
            Input::Raw { bytes, .. } => self.send_raw(bytes),
            Input::End { .. }
            | Input::Listening { .. }
            | Input::TlsStarted { .. }
            | Input::Content(_)
            | Input::ContentEnd
            | Input::Time => {}
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
        if !self.open || self.progress.is_waiting() || self.block.is_some() {
            return None;
        }
        let did = |verb| self.done.contains(&verb);
        let (text, why) = match self.progress.state().id {
            "authorization" => {
                (format!("USER {}", self.config.user), "Say whose mailbox you want to open.")
            }
            "user-given" => (format!("PASS {}", self.config.password), "Prove that it is yours."),
            "sasl" => ("*".into(), "A lone star gives up the exchange."),
            "transaction" if !did("STAT") => ("STAT".into(), "See how many messages there are."),
            "transaction" if self.stat.is_some_and(|(count, _)| count == 0) => {
                ("QUIT".into(), "The mailbox is empty.")
            }
            "transaction" if !did("LIST") => ("LIST".into(), "See the size of each."),
            "transaction" if !did("RETR") => {
                let newest = self.stat.map_or(1, |(count, _)| count);
                (format!("RETR {newest}"), "Fetch the newest message.")
            }
            "transaction" => ("QUIT".into(), "End the session in order."),
            _ => return None,
        };
        Some(Suggestion { text, why: why.into() })
    }

    fn facts(&self) -> Vec<Fact> {
        let mut facts = vec![Fact::new("encryption", "none: everything crosses in clear text")];
        if let Some(mailbox) = &self.mailbox {
            facts.push(Fact::new("mailbox", mailbox));
        }
        if let Some((count, octets)) = self.stat {
            facts.push(Fact::new("messages", format!("{count}, {octets} octets together")));
        }
        if let Some(timestamp) = &self.timestamp {
            facts.push(Fact::new("APOP timestamp", timestamp));
        }
        if !self.capabilities.is_empty() {
            facts.push(Fact::new("capabilities", self.capabilities.join(", ")));
        }
        facts
    }
}

/// The login proof of APOP: MD5 of timestamp and password in lower-case hexadecimal.
pub(super) fn apop_digest(timestamp: &str, password: &str) -> String {
    use md5::Digest;
    let mut hash = md5::Md5::new();
    hash.update(timestamp.as_bytes());
    hash.update(password.as_bytes());
    crate::text::sasl::hex(&hash.finalize())
}
