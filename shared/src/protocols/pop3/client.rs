//! The client side.

use std::collections::VecDeque;

use super::table;
use super::wire::{self, Status};
use crate::explain::{Composer, common};
use crate::machine::{
    Client, ClientConfig, Conn, Fact, Input, Note, Output, Refused, Suggestion, Tick,
};
use crate::table::{Progress, State, Verb};
use crate::text::dot::{BlockReader, BlockStep, Explain, LINE_LIMIT};
use crate::text::lines::{Ending, Line, Lines};
use crate::text::{message, off_script, reply};

/// What is remembered of a command until its reply has come.
#[derive(Clone, Copy, Debug)]
struct Asked {
    /// LIST or UIDL of one message, whose reply is one line.
    single: bool,
    /// How the lines of a block that may follow are explained.
    block: Option<Explain>,
}

#[derive(Clone)]
pub(super) struct Pop3Client {
    config: ClientConfig,
    progress: Progress,
    outputs: VecDeque<Output>,
    lines: Lines,
    /// Parallel to the commands that await a reply.
    asked: VecDeque<Asked>,
    block: Option<BlockReader>,
    /// The CAPA reply under way or last read.
    capabilities: Vec<String>,
    /// From the greeting.
    timestamp: Option<String>,
    mailbox: Option<String>,
    /// Messages and octets, from STAT.
    stat: Option<(u64, u64)>,
    done: Vec<&'static str>,
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
            done: Vec::new(),
            open: false,
        }
    }

    fn send(&mut self, text: &str) -> Result<(), Refused> {
        let (verb, wire) = if self.progress.state() == &table::SASL {
            (&table::RESPONSE, wire::response(text)?)
        } else {
            let name = text.split(' ').next().unwrap_or_default();
            self.progress.legal(name).map_err(Refused::Illegal)?;
            wire::command(text)?
        };
        self.progress.may_follow(verb.name, Some(&table::PIPELINING)).map_err(Refused::Illegal)?;
        let (_, argument) = crate::text::split_verb(text);
        let single = argument.is_some();
        let block: Option<Explain> = match verb.name {
            "LIST" if !single => Some(wire::explain_list),
            "UIDL" if !single => Some(wire::explain_uidl),
            "CAPA" | "(list of mechanisms)" => Some(wire::explain_capa),
            "RETR" | "TOP" => Some(message::explain),
            _ => None,
        };
        match verb.name {
            "CAPA" => self.capabilities.clear(),
            "USER" => self.mailbox = argument.map(Into::into),
            "APOP" => {
                self.mailbox = argument.and_then(|a| a.split(' ').next()).map(Into::into);
            }
            _ => {}
        }
        self.asked.push_back(Asked { single, block });
        self.progress.sent(verb);
        self.outputs.push_back(Output::Sent { conn: Conn::MAIN, wire });
        Ok(())
    }

    /// All or nothing: the lines are tried on a copy of the progress first.
    fn batch(&mut self, text: &str) -> Result<(), Refused> {
        let mut trial = self.progress.clone();
        for line in text.lines() {
            let name = line.split(' ').next().unwrap_or_default();
            trial.legal(name).map_err(Refused::Illegal)?;
            let (verb, _) = wire::command(line)?;
            trial.may_follow(name, Some(&table::PIPELINING)).map_err(Refused::Illegal)?;
            trial.sent(verb);
        }
        text.lines().try_for_each(|line| self.send(line))
    }

    fn read(&mut self, bytes: &[u8]) {
        self.lines.push(bytes);
        while let Some(line) = self.lines.next_line() {
            match self.block.take() {
                Some(block) => self.block_line(block, &line),
                None => self.status_line(&line),
            }
        }
    }

    fn status_line(&mut self, line: &Line) {
        let verb = self.progress.oldest();
        let asked = if verb.is_some() { self.asked.front().copied() } else { None };
        let single = asked.is_some_and(|asked| asked.single);
        let (status, wire) = wire::status(&line.bytes, verb, single);
        self.outputs.push_back(Output::Received { conn: Conn::MAIN, wire });
        if line.ending == Ending::Lf {
            self.note(
                Note::warning(
                    "The line ends with a bare LF; POP3 asks for CR LF. It is read as if it had.",
                )
                .rule(1939, "3"),
            );
        }
        if verb.is_none() {
            self.note(
                Note::warning(
                    "The server sent this unasked: no command awaits a reply. Whoever took it \
                     for the answer to the next command would be off by one.",
                )
                .rule(1939, "3"),
            );
        }
        if status == Status::Strange {
            self.note(Note::error(
                "A reply must begin with +OK or -ERR. The lab takes this line as a failure and goes on.",
            )
            .rule(1939, "3"));
        }
        let code = if status == Status::Strange { "-ERR" } else { status.code() };
        let answer = self.progress.reply(code);
        if verb.is_some() {
            self.asked.pop_front();
        }
        if let Some(verb) = answer.verb.filter(|_| status == Status::Ok) {
            self.learn(verb, line);
            self.done.push(verb.name);
        }
        if let (Some(Asked { block: Some(explain), .. }), Status::Ok) = (asked, status) {
            self.block = Some(BlockReader::new(explain));
            self.lines.become_strict(LINE_LIMIT);
        }
        self.moved(answer.moved);
    }

    fn learn(&mut self, verb: &'static Verb, line: &Line) {
        let text = String::from_utf8_lossy(line.text()).into_owned();
        match verb.name {
            "(greeting)" => {
                self.timestamp =
                    wire::stamp(text.as_bytes()).map(|(start, end)| text[start..end].into());
            }
            "STAT" => {
                let mut words = text.split(' ').skip(1).map(str::parse);
                if let (Some(Ok(count)), Some(Ok(size))) = (words.next(), words.next()) {
                    self.stat = Some((count, size));
                }
            }
            _ => {}
        }
    }

    fn block_line(&mut self, mut block: BlockReader, line: &Line) {
        let capabilities = self.done.last() == Some(&"CAPA");
        if capabilities && line.bytes != b".\r\n" {
            self.capabilities.push(String::from_utf8_lossy(line.text()).into_owned());
        }
        match block.line(line) {
            BlockStep::More => self.block = Some(block),
            BlockStep::Unit(wire) => {
                self.outputs.push_back(Output::Received { conn: Conn::MAIN, wire });
                self.block = Some(block);
            }
            BlockStep::End(mut wire) => {
                wire.says = format!("{} lines, {} octets.", block.line_count(), block.octets());
                self.outputs.push_back(Output::Received { conn: Conn::MAIN, wire });
                self.lines.become_lenient(reply::LINE_LIMIT);
                let mail = matches!(self.done.last(), Some(&("RETR" | "TOP")));
                let rules = if mail { &wire::MAIL } else { &wire::LISTING };
                for note in block.inspector().notes(rules) {
                    self.note(note);
                }
                if capabilities {
                    let granted = self
                        .capabilities
                        .iter()
                        .any(|line| line.eq_ignore_ascii_case("PIPELINING"));
                    self.progress.set(&table::PIPELINING, granted);
                }
            }
        }
    }

    /// The connection will bring no more.
    fn end(&mut self, why: &str) {
        let rest = self.lines.finish();
        let was_cut = rest.is_some() || self.block.is_some();
        let wire = match self.block.take() {
            Some(mut block) => block.cut(rest),
            None => rest.map(|line| {
                let mut out = Composer::new();
                out.put(&common::TRUNCATED, &line.bytes);
                out.finish("The connection ended inside this line.")
            }),
        };
        if let Some(wire) = wire {
            self.outputs.push_back(Output::Received { conn: Conn::MAIN, wire });
        }
        let expected = self.progress.state() == &table::CLOSED;
        if was_cut {
            self.note(Note::error(format!("Truncated: {why} in the middle of a reply.")));
        } else if !expected {
            self.note(
                Note::error(format!(
                    "{why} without QUIT. Messages marked as deleted are not removed."
                ))
                .rule(1939, "6"),
            );
        }
        self.open = false;
        self.asked.clear();
        let moved = self.progress.over();
        self.moved(moved);
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

impl Client for Pop3Client {
    fn handle(&mut self, input: Input<'_>, _: Tick) -> Result<(), Refused> {
        match input {
            Input::Opened { .. } => {
                self.open = true;
                self.asked.push_back(Asked { single: false, block: None });
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
            Input::Raw { bytes, .. } => {
                let in_sasl = self.progress.state() == &table::SASL;
                let wire = off_script(bytes, |line| match in_sasl {
                    true => wire::response(line).ok(),
                    false => wire::command(line).ok().map(|(_, wire)| wire),
                });
                self.outputs.push_back(Output::Sent { conn: Conn::MAIN, wire });
                self.expect_for_raw(bytes);
            }
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

impl Pop3Client {
    /// Raw octets that hold whole lines will be answered: each is matched to a command if it looks
    /// like one, so that the replies are framed as the server meant them.
    fn expect_for_raw(&mut self, bytes: &[u8]) {
        for line in bytes.split_inclusive(|b| *b == b'\n') {
            let Some(line) = line.strip_suffix(b"\r\n") else { continue };
            let line = String::from_utf8_lossy(line);
            if self.progress.state() == &table::SASL {
                self.asked.push_back(Asked { single: false, block: None });
                self.progress.sent(&table::RESPONSE);
                continue;
            }
            let (name, argument) = crate::text::split_verb(&line);
            let single = argument.is_some();
            let verb = table::TABLE.verb(name).unwrap_or(&table::NOOP);
            let block: Option<Explain> = match verb.name {
                "LIST" if !single => Some(wire::explain_list),
                "UIDL" if !single => Some(wire::explain_uidl),
                "CAPA" => Some(wire::explain_capa),
                "RETR" | "TOP" => Some(message::explain),
                _ => None,
            };
            self.asked.push_back(Asked { single, block });
            self.progress.sent(verb);
        }
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
