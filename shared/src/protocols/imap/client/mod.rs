//! The client side.

mod advice;
mod known;
mod raw;
mod receive;
mod send;
mod suggest;

use std::collections::VecDeque;

use self::known::Known;
use self::send::{Held, Part};
use super::frame::Framer;
use super::table;
use crate::explain::Wire;
use crate::machine::{
    Client, ClientConfig, Conn, Fact, Input, Note, Output, Refused, Suggestion, Tick,
};
use crate::table::{Progress, State, Verb};
use crate::text::advice::Notes;
use crate::text::sasl::Mechanism;

/// A line of a response is read up to this, its literals not counted: what Python's imaplib takes
/// too, and enough for a SEARCH that finds a hundred thousand messages.
const LINE_LIMIT: usize = 1024 * 1024;

/// A literal up to this size is shown within its response; a larger one goes past as content, so
/// that a mail of megabytes is a file and not an entry.
const INLINE: u64 = 64 * 1024;

/// No literal is larger (RFC 3501 section 9: a number has 32 bits).
const LITERAL_LIMIT: u64 = u32::MAX as u64;

/// What is remembered of a command until its tagged reply has come.
#[derive(Clone, Debug)]
struct Asked {
    tag: String,
    verb: &'static Verb,
    /// The mailbox, user or message numbers that it named, as far as the reply needs them.
    name: String,
    /// The mailbox that was open until then, of SELECT and EXAMINE.
    left: Option<String>,
}

#[derive(Clone)]
pub(super) struct ImapClient {
    config: ClientConfig,
    progress: Progress,
    outputs: VecDeque<Output>,
    framer: Framer,
    /// Octets of the response under way that were put out already.
    shown: usize,
    asked: Vec<Asked>,
    /// Of the tag given last.
    serial: u32,
    /// What of the last command waits for the server's leave.
    parts: VecDeque<Part>,
    /// An APPEND whose message is wanted.
    held: Option<Held>,
    /// Where the session was before the literal that is streamed.
    before_content: Option<&'static State>,
    /// A mailbox was selected before IDLE, or before the message of an APPEND.
    was_selected: bool,
    mechanism: Option<Mechanism>,
    /// The last challenge of the exchange, decoded, and how many came before it.
    challenge: (usize, Vec<u8>),
    known: Known,
    raw: raw::RawState,
    tls: bool,
    done: Vec<&'static str>,
    /// Verbs that the server has refused.
    failed: Vec<&'static str>,
    /// The stream cannot be followed any more.
    lost: bool,
    open: bool,
}

impl ImapClient {
    pub(super) fn new(config: &ClientConfig) -> ImapClient {
        ImapClient {
            config: config.clone(),
            progress: Progress::new(&table::TABLE),
            outputs: VecDeque::new(),
            framer: Framer::replies(LINE_LIMIT),
            shown: 0,
            asked: Vec::new(),
            serial: 0,
            parts: VecDeque::new(),
            held: None,
            before_content: None,
            was_selected: false,
            mechanism: None,
            challenge: (0, Vec::new()),
            known: Known::default(),
            raw: raw::RawState::default(),
            tls: false,
            done: Vec::new(),
            failed: Vec::new(),
            lost: false,
            open: false,
        }
    }

    fn sent(&mut self, wire: Wire) {
        self.outputs.push_back(Output::Sent { conn: Conn::MAIN, wire });
    }

    fn received(&mut self, wire: Wire) {
        self.outputs.push_back(Output::Received { conn: Conn::MAIN, wire });
    }

    fn note(&mut self, note: Note) {
        self.outputs.push_back(Output::Note(note));
    }

    fn tell(&mut self, mut notes: Notes) {
        self.outputs.extend(notes.take().into_iter().map(Output::Note));
    }

    fn moved(&mut self, moved: Option<&'static State>) {
        if moved == Some(&table::AUTH) || moved == Some(&table::NONAUTH) {
            self.known.leave_mailbox();
        }
        self.entered(moved);
    }

    /// As [`ImapClient::moved`], where a mailbox that is open stays so.
    fn entered(&mut self, moved: Option<&'static State>) {
        self.outputs.extend(moved.map(Output::State));
    }

    /// The announced capabilities, as conditions of commands.
    fn set_capabilities(&mut self, words: &[String]) {
        let has = |wanted: &str| words.iter().any(|word| word.eq_ignore_ascii_case(wanted));
        let begins = |wanted: &str| {
            words.iter().any(|word| {
                word.get(..wanted.len()).is_some_and(|start| start.eq_ignore_ascii_case(wanted))
            })
        };
        let rev2 = has("IMAP4rev2");
        for (word, flag) in table::CAPABILITIES {
            let there = match *word {
                "SORT" | "QUOTA" | "METADATA" => begins(word),
                "THREAD" => begins("THREAD="),
                word => has(word),
            };
            self.progress.set(flag, there || (rev2 && table::REV2.contains(flag)));
        }
        self.known.capabilities = words.to_vec();
    }
}

impl Client for ImapClient {
    fn handle(&mut self, input: Input<'_>, _: Tick) -> Result<(), Refused> {
        match input {
            Input::Opened { .. } => {
                self.open = true;
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
            Input::TlsStarted { .. } => self.tls_started(),
            Input::Command(_)
            | Input::Batch(_)
            | Input::Raw { .. }
            | Input::Content(_)
            | Input::ContentEnd
                if !self.open =>
            {
                return Err(Refused::NotConnected);
            }
            Input::Command(text) => self.send(text)?,
            Input::Batch(text) => self.batch(text)?,
            Input::Content(bytes) => self.content_piece(bytes)?,
            Input::ContentEnd => self.content_end()?,
            Input::Raw { bytes, .. } => self.send_raw(bytes),
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

    fn octets_of(&self, text: &str) -> Option<Vec<u8>> {
        Some(self.with_tag(text))
    }

    fn facts(&self) -> Vec<Fact> {
        let encryption = if self.tls { "TLS" } else { "none: everything crosses in clear text" };
        let mut facts = vec![Fact::new("encryption", encryption)];
        facts.extend(self.known.facts());
        let waiting: Vec<String> =
            self.asked.iter().map(|asked| format!("{} {}", asked.tag, asked.verb.name)).collect();
        if !waiting.is_empty() {
            facts.push(Fact::new("without an answer", waiting.join(", ")));
        }
        facts
    }
}
