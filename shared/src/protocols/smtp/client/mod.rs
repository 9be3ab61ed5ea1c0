//! The client side.

mod advice;
mod content;
mod raw;
mod replies;
mod suggest;

use std::collections::VecDeque;

use super::{table, wire};
use crate::explain::Wire;
use crate::machine::{Client, ClientConfig, Conn, Fact, Input, Note, Output, Refused};
use crate::machine::{Suggestion, Tick};
use crate::table::{Progress, State, Verb};
use crate::text::advice::{Inspector, Notes};
use crate::text::dot::{BlockState, Stuffer};
use crate::text::lines::Lines;
use crate::text::reply::Replies;
use crate::text::sasl::Mechanism;

/// What is remembered of a command until its reply has come.
#[derive(Clone, Debug, Default)]
struct Asked {
    /// Of MAIL and RCPT.
    address: String,
    eight_bit: bool,
    binary: bool,
    mechanism: Option<Mechanism>,
    /// Of MAIL.
    size: Option<u64>,
    /// The lone star that gives a login up.
    gives_up: bool,
    /// STARTTLS, which can only be sent raw.
    tls: bool,
}

impl Asked {
    fn of(command: &wire::Command) -> Asked {
        Asked {
            address: command.address.clone(),
            eight_bit: command.eight_bit,
            binary: command.binary,
            mechanism: command.mechanism,
            size: command.size,
            ..Asked::default()
        }
    }
}

/// The message under way, as far as the server has agreed.
#[derive(Clone, Debug, Default)]
struct Envelope {
    sender: Option<String>,
    recipients: Vec<String>,
    /// Recipients that the server did not take.
    refused: usize,
    eight_bit: bool,
    binary: bool,
    size: Option<u64>,
}

#[derive(Clone)]
pub(super) struct SmtpClient {
    config: ClientConfig,
    progress: Progress,
    outputs: VecDeque<Output>,
    lines: Lines,
    /// The reply under way, and what is to be said of its lines.
    replies: Option<Replies>,
    reply_notes: Notes,
    /// Parallel to the commands that await a reply.
    asked: VecDeque<Asked>,
    server: String,
    /// Keywords in upper case, with their parameters.
    extensions: Vec<(String, String)>,
    envelope: Envelope,
    mechanism: Option<Mechanism>,
    /// The last challenge of the exchange, decoded, and how many came before it.
    challenge: (usize, Vec<u8>),
    logged_in: bool,
    /// The server has answered 530.
    login_required: bool,
    /// Where the chunks sent so far have brought the message.
    chunks: BlockState,
    /// Content that comes in pieces.
    streaming: Option<(Stuffer, Inspector)>,
    raw: raw::RawState,
    delivered: u32,
    /// Replies that LMTP would give to the message sent last, beyond the one of SMTP.
    lmtp: usize,
    /// The server waits for a TLS handshake; `true`: clear text came instead, and was told of.
    tls: Option<bool>,
    /// Verbs that the server has refused.
    failed: Vec<&'static str>,
    open: bool,
}

impl SmtpClient {
    pub(super) fn new(config: &ClientConfig) -> SmtpClient {
        SmtpClient {
            config: config.clone(),
            progress: Progress::new(&table::TABLE),
            outputs: VecDeque::new(),
            lines: Replies::lines(),
            replies: None,
            reply_notes: Notes::default(),
            asked: VecDeque::new(),
            server: String::new(),
            extensions: Vec::new(),
            envelope: Envelope::default(),
            mechanism: None,
            challenge: (0, Vec::new()),
            logged_in: false,
            login_required: false,
            chunks: BlockState::default(),
            streaming: None,
            raw: raw::RawState::default(),
            delivered: 0,
            lmtp: 0,
            tls: None,
            failed: Vec::new(),
            open: false,
        }
    }

    fn send(&mut self, text: &str) -> Result<(), Refused> {
        if self.progress.state() == &table::CONTENT {
            return self.content(text);
        }
        if self.progress.state() == &table::SASL {
            let wire = wire::response(text)?;
            let verb = &table::RESPONSE;
            self.progress.may_follow(verb.name, None).map_err(Refused::Illegal)?;
            let asked = Asked { gives_up: text == "*", ..Asked::default() };
            self.command_out(verb, asked, wire);
            return Ok(());
        }
        let mut chunks = self.chunks.clone();
        let command = self.check(&self.progress, text, &mut chunks)?;
        self.chunks = chunks;
        let asked = Asked::of(&command);
        let notes = self.remarks(&command);
        if command.mechanism.is_some() {
            self.challenge = (0, Vec::new());
            self.mechanism = command.mechanism;
        }
        self.command_out(command.verb, asked, command.wire);
        self.tell(notes);
        Ok(())
    }

    /// All or nothing: the lines are tried on a copy of the progress first.
    fn batch(&mut self, text: &str) -> Result<(), Refused> {
        let mut trial = self.progress.clone();
        for line in text.lines() {
            let command = self.check(&trial, line, &mut self.chunks.clone())?;
            trial.sent(command.verb);
        }
        text.lines().try_for_each(|line| self.send(line))
    }

    /// Composes a command, if it may be sent after what `progress` has seen.
    fn check(
        &self,
        progress: &Progress,
        text: &str,
        chunks: &mut BlockState,
    ) -> Result<wire::Command, Refused> {
        let name = text.split([' ', '\n']).next().unwrap_or_default().trim_end_matches('\r');
        progress.legal(name).map_err(Refused::Illegal)?;
        progress.may_follow(name, Some(&table::PIPELINING)).map_err(Refused::Illegal)?;
        let mut command = wire::command(text, chunks)?;
        for extension in &command.needs {
            if self.extension(extension).is_none() {
                let what = format!("The server has not announced the extension {extension}.");
                let expected = "only parameters of extensions that EHLO has listed";
                return Err(wire::malformed(command.verb, what, expected));
            }
        }
        if command.verb == &table::DATA && self.envelope.binary {
            let what = "The message was announced as BINARYMIME, which has no lines.".into();
            return Err(wire::malformed(command.verb, what, "BDAT (RFC 3030 section 3)"));
        }
        if command.verb == &table::RSET && progress.state() == &table::CONNECTED {
            command.verb = &table::RSET_EARLY;
        }
        Ok(command)
    }

    fn command_out(&mut self, verb: &'static Verb, asked: Asked, wire: Wire) {
        self.outputs.push_back(Output::Sent { conn: Conn::MAIN, wire });
        self.expect(verb, asked);
    }

    /// A reply to this will come.
    fn expect(&mut self, verb: &'static Verb, asked: Asked) {
        self.asked.push_back(asked);
        self.progress.sent(verb);
        self.lmtp = 0;
    }

    fn extension(&self, keyword: &str) -> Option<&str> {
        self.extensions.iter().find(|(name, _)| name == keyword).map(|(_, rest)| rest.as_str())
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

impl Client for SmtpClient {
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
            Input::End { .. }
            | Input::Listening { .. }
            | Input::TlsStarted { .. }
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
        self.suggest()
    }

    fn facts(&self) -> Vec<Fact> {
        let mut facts = vec![Fact::new("encryption", "none: everything crosses in clear text")];
        if !self.server.is_empty() {
            facts.push(Fact::new("server", &self.server));
        }
        if !self.extensions.is_empty() {
            let list = self.extensions.iter().map(|(name, rest)| format!("{name} {rest}"));
            let list: Vec<String> = list.map(|item| item.trim_end().to_string()).collect();
            facts.push(Fact::new("extensions", list.join(", ")));
        }
        if self.logged_in {
            facts.push(Fact::new("login", "the server knows who you are"));
        }
        if let Some(sender) = &self.envelope.sender {
            facts.push(Fact::new("sender", format!("<{sender}>")));
        }
        if !self.envelope.recipients.is_empty() {
            facts.push(Fact::new("recipients", self.envelope.recipients.join(", ")));
        }
        if self.envelope.refused > 0 {
            facts.push(Fact::new("recipients refused", self.envelope.refused.to_string()));
        }
        if self.delivered > 0 {
            facts.push(Fact::new("messages delivered", self.delivered.to_string()));
        }
        facts
    }
}
