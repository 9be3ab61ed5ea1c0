//! The practice server.

mod auth;
mod commands;
mod delivery;

use core::net::IpAddr;
use std::collections::VecDeque;

use self::delivery::Envelope;
use super::reply::enhanced_words;
use super::wire::{self, RESPONSE_LIMIT, line_limit};
use super::{table, terms};
use crate::explain::{Composer, Outcome};
use crate::machine::{Conn, Input, Output, Server, ServerConfig, Tick};
use crate::random::Random;
use crate::table::{Progress, State};
use crate::text::dot::{self, unstuff};
use crate::text::lines::{Ending, Line, Lines};
use crate::text::sasl::Exchange;
use crate::text::split_verb;
use crate::world::World;

/// The most octets of one message: the page keeps it in memory until it is delivered.
const SIZE_LIMIT: usize = 10 * 1024 * 1024;

/// What the next octets are.
#[derive(Clone, Debug)]
enum Reading {
    Commands,
    /// The message behind DATA.
    Content,
    /// So many octets of a BDAT chunk.
    Chunk {
        octets: u64,
        left: u64,
        last: bool,
        refused: Option<String>,
    },
}

/// The message as it comes in.
#[derive(Clone, Debug, Default)]
struct Incoming {
    bytes: Vec<u8>,
    /// More came than [`SIZE_LIMIT`]; the rest was dropped.
    too_large: bool,
    /// The line before was cut, so this is the rest of it.
    continued: bool,
}

impl Incoming {
    fn push(&mut self, octets: &[u8]) {
        if self.bytes.len() + octets.len() > SIZE_LIMIT {
            self.too_large = true;
            self.bytes = Vec::new();
        }
        if !self.too_large {
            self.bytes.extend_from_slice(octets);
        }
    }
}

#[derive(Clone)]
pub(super) struct SmtpServer {
    name: String,
    random: Random,
    progress: Progress,
    outputs: VecDeque<Output>,
    lines: Lines,
    reading: Reading,
    /// The rest of a line over the limit is skipped.
    skipping: bool,
    local: Option<IpAddr>,
    peer: Option<IpAddr>,
    /// As EHLO or HELO said.
    client: String,
    /// The client has said EHLO, not HELO.
    extended: bool,
    user: Option<String>,
    exchange: Option<Exchange>,
    envelope: Envelope,
    incoming: Incoming,
}

impl SmtpServer {
    pub(super) fn new(config: &ServerConfig) -> SmtpServer {
        SmtpServer {
            name: config.name.clone(),
            random: Random::new(config.seed),
            progress: Progress::new(&table::TABLE),
            outputs: VecDeque::new(),
            lines: Lines::strict(RESPONSE_LIMIT),
            reading: Reading::Commands,
            skipping: false,
            local: None,
            peer: None,
            client: String::new(),
            extended: false,
            user: None,
            exchange: None,
            envelope: Envelope::default(),
            incoming: Incoming::default(),
        }
    }

    fn read(&mut self, bytes: &[u8], now: Tick, world: &mut World) {
        self.lines.push(bytes);
        while self.progress.state() != &table::CLOSED {
            if let Reading::Chunk { .. } = self.reading {
                if !self.chunk(now, world) {
                    return;
                }
                continue;
            }
            if let Reading::Content = self.reading {
                let Some(line) = self.lines.next_line() else { return };
                self.content_line(&line, now, world);
            } else {
                let Some(line) = self.lines.next_command() else { return };
                self.line(&line, world);
            }
        }
    }

    fn line(&mut self, line: &Line, world: &mut World) {
        if self.skipping || line.ending == Ending::TooLong {
            self.skipping = line.ending == Ending::TooLong;
            if !self.skipping {
                self.too_long(RESPONSE_LIMIT);
            }
            return;
        }
        let text = line.text();
        if line.ending == Ending::Lf || text.iter().any(|b| matches!(b, b'\r' | 0)) {
            self.refuse(
                "500",
                "5.5.2",
                "bare CR, bare LF or NUL in a command; lines end with CR LF",
            );
            return;
        }
        let Ok(text) = core::str::from_utf8(text) else {
            self.refuse("500", "5.5.2", "a command is ASCII, or UTF-8 after SMTPUTF8");
            return;
        };
        if self.progress.state() == &table::SASL {
            self.progress.sent(&table::RESPONSE);
            self.response(text, world);
            return;
        }
        let (name, argument) = split_verb(text);
        let limit = line_limit(name);
        if line.bytes.len() > limit {
            self.too_long(limit);
            return;
        }
        // A space behind a command without argument is no argument.
        let argument = argument.filter(|argument| !argument.trim().is_empty());
        if name.eq_ignore_ascii_case("BDAT") {
            self.begin_chunk(argument.unwrap_or_default());
            return;
        }
        match self.progress.legal(name) {
            Ok(verb) if verb.name.starts_with('(') || verb == &table::ETRN => self.unknown(name),
            Ok(verb) => {
                let early = verb == &table::RSET && self.progress.state() == &table::CONNECTED;
                self.progress.sent(if early { &table::RSET_EARLY } else { verb });
                self.obey(verb, argument, world);
            }
            Err(illegal) => match (illegal.known, illegal.needs) {
                (Some(verb), _) if verb.name.starts_with('(') || verb == &table::ETRN => {
                    self.unknown(name);
                }
                (Some(verb), needs) => self.out_of_sequence(verb.name, needs),
                (None, _) => self.unknown(name),
            },
        }
    }

    fn begin_chunk(&mut self, argument: &str) {
        let Some((left, last)) = wire::chunk_argument(argument) else {
            self.refuse("501", "5.5.4", "the form is: BDAT octets [LAST]");
            return;
        };
        // Whatever is wrong, the octets of the chunk must be read before the reply (RFC 3030
        // section 2): they would be taken for commands.
        let refused = match self.progress.legal("BDAT") {
            Ok(_) => None,
            Err(_) if self.progress.state() == &table::SENDER => {
                Some("BDAT needs a recipient: RCPT first".into())
            }
            Err(_) => Some("BDAT does not belong here: EHLO, MAIL and RCPT first".into()),
        };
        if refused.is_none() {
            self.progress.sent(if last { &table::BDAT_LAST } else { &table::BDAT });
        }
        self.reading = Reading::Chunk { octets: left, left, last, refused };
    }

    /// Reads of a chunk what has come; tells whether that was all of it.
    fn chunk(&mut self, now: Tick, world: &mut World) -> bool {
        let Reading::Chunk { octets, left, last, refused } = &mut self.reading else { return true };
        let came = self.lines.take_rest();
        let n = came.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
        *left -= n as u64;
        if refused.is_none() {
            self.incoming.push(&came[..n]);
        }
        self.lines.push(&came[n..]);
        if *left > 0 {
            return false;
        }
        let (octets, last, refused) = (*octets, *last, refused.take());
        self.reading = Reading::Commands;
        match refused {
            Some(why) => self.refuse("503", "5.5.1", &why),
            None if self.incoming.too_large => self.reply("552", "5.3.4", &too_large()),
            None if last => self.finish_message(now, world),
            None => self.reply("250", "2.0.0", &format!("{octets} octets taken")),
        }
        true
    }

    fn content_line(&mut self, line: &Line, now: Tick, world: &mut World) {
        let fresh = !self.incoming.continued;
        self.incoming.continued = line.ending == Ending::TooLong;
        if fresh && line.bytes == b".\r\n" {
            self.reading = Reading::Commands;
            self.lines.become_strict(RESPONSE_LIMIT);
            self.progress.sent(&table::MESSAGE);
            self.finish_message(now, world);
            return;
        }
        self.incoming.push(if fresh { unstuff(&line.bytes) } else { &line.bytes });
    }

    fn begin_content(&mut self) {
        self.plain_reply("354", &["send the message; a line with a lone dot ends it"]);
        self.reading = Reading::Content;
        self.lines.become_strict(dot::LINE_LIMIT);
    }

    fn too_long(&mut self, limit: usize) {
        if self.progress.state() == &table::SASL {
            self.exchange = None;
            self.progress.sent(&table::RESPONSE);
            self.reply("500", "5.5.6", &format!("the response is longer than {limit} octets"));
            return;
        }
        self.refuse("500", "5.5.2", &format!("the command line is longer than {limit} octets"));
    }

    /// Answers the command under way.
    fn reply(&mut self, code: &str, enhanced: &str, text: &str) {
        self.reply_lines(code, enhanced, &[text]);
    }

    fn reply_lines(&mut self, code: &str, enhanced: &str, lines: &[&str]) {
        self.put(code, enhanced, lines);
        if let Some(state) = self.progress.reply(code).moved {
            self.outputs.push_back(Output::State(state));
        }
    }

    /// As [`SmtpServer::reply_lines`], for the replies that carry no enhanced code: the greeting,
    /// those to EHLO and HELO, and 3xx (RFC 2034 section 4).
    fn plain_reply(&mut self, code: &str, lines: &[&str]) {
        self.reply_lines(code, "", lines);
    }

    /// Refuses what was not begun, so that the state stays.
    fn refuse(&mut self, code: &str, enhanced: &str, text: &str) {
        self.put(code, enhanced, &[text]);
    }

    fn put(&mut self, code: &str, enhanced: &str, lines: &[&str]) {
        let mut out = Composer::new();
        for (at, line) in lines.iter().enumerate() {
            out.put(&terms::CODE, code);
            if at + 1 < lines.len() {
                out.put(&terms::MORE, "-");
            } else {
                out.space();
            }
            if !enhanced.is_empty() {
                out.put(&terms::ENHANCED, enhanced).note(enhanced_words(enhanced)).space();
            }
            if code == "334" {
                out.secret(&terms::CHALLENGE, line);
            } else {
                out.put(&terms::TEXT, line);
            }
            out.crlf();
        }
        if let Some(outcome) = code.parse().ok().and_then(Outcome::of_code) {
            out.outcome(outcome);
        }
        self.outputs.push_back(Output::Sent { conn: Conn::MAIN, wire: out.finish("") });
    }

    fn clear_transaction(&mut self) {
        self.envelope = Envelope::default();
        self.incoming = Incoming::default();
    }
}

impl Server for SmtpServer {
    fn handle(&mut self, input: Input<'_>, now: Tick, world: &mut World) {
        match input {
            Input::Opened { local, peer, .. } => {
                (self.local, self.peer) = (Some(local.ip()), Some(peer.ip()));
                self.progress.sent(&table::GREETING);
                let greeting = format!("{} ESMTP Wirelab ready", self.name);
                self.plain_reply("220", &[&greeting]);
            }
            Input::Bytes { bytes, .. } => self.read(bytes, now, world),
            Input::End { .. } | Input::Reset { .. } => {
                // A transaction without its end is no message (RFC 5321 section 3.8).
                self.clear_transaction();
                if self.progress.over().is_some() {
                    self.outputs.push_back(Output::Finish { conn: Conn::MAIN });
                }
            }
            _ => {}
        }
    }

    fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn pull(&mut self, _: Conn) -> Option<Vec<u8>> {
        None
    }

    fn state(&self) -> &'static State {
        self.progress.state()
    }
}

fn too_large() -> String {
    format!("the message is larger than {SIZE_LIMIT} octets")
}
