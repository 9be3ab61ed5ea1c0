//! The practice server.

use std::collections::VecDeque;

use super::client::apop_digest;
use super::maildrop::Maildrop;
use super::wire::LINE_LIMIT;
use super::{table, terms};
use crate::explain::{Composer, Outcome, Wire};
use crate::machine::{Conn, Input, Output, Server, ServerConfig, Tick};
use crate::random::Random;
use crate::table::{Progress, State, Verb};
use crate::text::dot::{explain_stuffed, stuff};
use crate::text::lines::{Ending, Line, Lines};
use crate::text::sasl::{self, Exchange, Mechanism, Verdict};
use crate::text::{message, split_verb};
use crate::world::World;
use crate::world::mail::Message;

/// What CAPA lists, before and after login.
const CAPABILITIES: &[&str] = &[
    "TOP",
    "USER",
    "SASL PLAIN LOGIN CRAM-MD5",
    "RESP-CODES",
    "AUTH-RESP-CODE",
    "PIPELINING",
    "UIDL",
    "EXPIRE NEVER",
    "IMPLEMENTATION Wirelab",
];

#[derive(Clone)]
pub(super) struct Pop3Server {
    name: String,
    /// Names this session to the mailbox lock.
    session: u64,
    random: Random,
    progress: Progress,
    outputs: VecDeque<Output>,
    lines: Lines,
    /// The rest of a line over the limit is skipped.
    skipping: bool,
    timestamp: String,
    user: String,
    exchange: Option<Exchange>,
    maildrop: Maildrop,
}

impl Pop3Server {
    pub(super) fn new(config: &ServerConfig) -> Pop3Server {
        Pop3Server {
            name: config.name.clone(),
            session: config.seed,
            random: Random::new(config.seed),
            progress: Progress::new(&table::TABLE),
            outputs: VecDeque::new(),
            lines: Lines::strict(LINE_LIMIT),
            skipping: false,
            timestamp: String::new(),
            user: String::new(),
            exchange: None,
            maildrop: Maildrop::default(),
        }
    }

    fn line(&mut self, line: &Line, world: &mut World) {
        if self.skipping || line.ending == Ending::TooLong {
            let ends = line.ending != Ending::TooLong;
            self.skipping = !ends;
            if ends {
                self.unknown(&format!("line too long: at most {LINE_LIMIT} octets (RFC 2449)"));
            }
            return;
        }
        let text = line.text();
        if line.ending == Ending::Lf || text.iter().any(|b| matches!(b, b'\r' | 0)) {
            self.unknown("bare CR, bare LF or NUL in a command; lines end with CR LF");
            return;
        }
        let text = String::from_utf8_lossy(text).into_owned();
        if self.progress.state() == &table::SASL {
            self.progress.sent(&table::RESPONSE);
            self.response(&text, world);
            return;
        }
        let (name, argument) = split_verb(&text);
        match self.progress.legal(name) {
            Ok(verb) => {
                let bare_auth = verb.name == "AUTH" && argument.is_none();
                self.progress.sent(if bare_auth { &table::AUTH_LIST } else { verb });
                self.obey(verb, argument, world);
            }
            Err(illegal) if illegal.known.is_some() => {
                self.unknown(&format!(
                    "{name} is not allowed in the state {}",
                    illegal.state.title
                ));
            }
            Err(_) => self.unknown("unknown command"),
        }
    }

    fn obey(&mut self, verb: &'static Verb, argument: Option<&str>, world: &mut World) {
        match (verb.name, argument) {
            ("USER", Some(user)) if !user.is_empty() => {
                self.user = user.into();
                self.ok("send PASS");
            }
            ("PASS", Some(password)) => {
                let right = world.accounts.admits(&self.user, password);
                self.login(right, world);
            }
            ("APOP", Some(argument)) => {
                let (user, digest) = split_verb(argument);
                let right = world.accounts.password(user).is_some_and(|password| {
                    Some(apop_digest(&self.timestamp, password).as_str()) == digest
                });
                self.user = user.into();
                self.login(right, world);
            }
            ("AUTH", None) => {
                let names = Mechanism::ALL.map(|m| m.name().to_string());
                self.block("the mechanisms follow", &names.join("\r\n"), listing);
            }
            ("AUTH", Some(argument)) => self.auth(argument, world),
            ("CAPA", None) => {
                self.block("the capabilities follow", &CAPABILITIES.join("\r\n"), listing);
            }
            ("STAT", None) => {
                let (count, octets) = self.maildrop.total();
                self.answer(|out| {
                    out.put(&terms::COUNT, count.to_string())
                        .space()
                        .put(&terms::SIZE, octets.to_string());
                });
            }
            ("LIST" | "UIDL", which) => self.list(verb.name == "UIDL", which),
            ("RETR", Some(n)) => {
                if let Some(message) = self.message(n) {
                    if let Some(mailbox) = world.mail.mailbox_mut(&self.user) {
                        mailbox.mark_seen(message.uid);
                    }
                    let first = format!("{} octets", message.bytes.len());
                    self.block_bytes(&first, &message.bytes, message::explain);
                }
            }
            ("TOP", Some(argument)) => {
                let (n, lines) = split_verb(argument);
                match lines.map(str::parse::<usize>) {
                    Some(Ok(lines)) => {
                        if let Some(message) = self.message(n) {
                            let top = top(&message.bytes, lines);
                            self.block_bytes("the top follows", &top, message::explain);
                        }
                    }
                    _ => self.refuse("", "TOP wants a message number and a number of lines"),
                }
            }
            ("DELE", Some(n)) => {
                if self.message(n).is_some() {
                    self.maildrop.mark(n);
                    self.ok(&format!("message {n} is marked as deleted"));
                }
            }
            ("RSET", None) => {
                self.maildrop.unmark_all();
                self.ok("no message is marked as deleted");
            }
            ("NOOP", None) => self.ok(""),
            ("QUIT", None) => {
                if self.progress.state() == &table::TRANSACTION {
                    self.update(world);
                }
                self.ok(&format!("{} says good bye", self.name));
                self.outputs.push_back(Output::Finish { conn: Conn::MAIN });
            }
            _ => self.refuse("", &format!("the form is: {}", verb.syntax)),
        }
    }

    fn auth(&mut self, argument: &str, world: &mut World) {
        let (name, initial) = split_verb(argument);
        let Some(mechanism) = Mechanism::by_name(name) else {
            self.refuse("", "this mechanism is not offered; AUTH without argument lists them");
            return;
        };
        let stamp = format!("<{}@{}>", self.random.hex(), self.name);
        let exchange = Exchange::new(mechanism, stamp);
        let first = exchange.begin();
        let takes_initial = exchange.takes_initial_response();
        self.exchange = Some(exchange);
        match initial {
            None => self.challenge(&first),
            Some(_) if !takes_initial => {
                self.refuse("", "in CRAM-MD5 the server speaks first");
            }
            Some("=") => self.response("", world),
            Some(initial) => self.response(initial, world),
        }
    }

    fn response(&mut self, line: &str, world: &mut World) {
        let Some(mut exchange) = self.exchange.take() else { return };
        if line == "*" {
            self.refuse("", "the exchange was given up");
            return;
        }
        let Some(response) = sasl::decode(line) else {
            self.refuse("", "the response is not base64");
            return;
        };
        match exchange.respond(&response, world) {
            Verdict::Challenge(next) => {
                self.exchange = Some(exchange);
                self.challenge(&next);
            }
            Verdict::Accepted(user) => {
                self.user = user;
                self.login(true, world);
            }
            Verdict::Denied => self.login(false, world),
            Verdict::Malformed => self.refuse("", "the response does not fit the mechanism"),
        }
    }

    fn login(&mut self, right: bool, world: &mut World) {
        if !right || world.mail.mailbox(&self.user).is_none() {
            self.refuse("AUTH", "wrong name or password");
            return;
        }
        if !world.mail.lock(&self.user, self.session) {
            self.refuse("IN-USE", "another session has this mailbox");
            return;
        }
        self.maildrop = world.mail.mailbox(&self.user).map(Maildrop::open).unwrap_or_default();
        let count = self.maildrop.len();
        self.ok(&format!("{}'s mailbox has {count} messages", self.user));
    }

    /// The UPDATE state: what is marked goes, and the mailbox is free again.
    fn update(&mut self, world: &mut World) {
        let marked = self.maildrop.marked();
        if let Some(mailbox) = world.mail.mailbox_mut(&self.user).filter(|_| !marked.is_empty()) {
            mailbox.remove(&marked);
        }
        world.mail.unlock(&self.user, self.session);
    }

    fn list(&mut self, uids: bool, which: Option<&str>) {
        let value = |message: &Message| {
            if uids { format!("{:08x}", message.uid) } else { message.bytes.len().to_string() }
        };
        let term = if uids { &terms::UID } else { &terms::SIZE };
        match which {
            Some(n) => {
                if let Some(message) = self.message(n) {
                    self.answer(|out| {
                        out.put(&terms::NUMBER, n).space().put(term, value(&message));
                    });
                }
            }
            None => {
                let lines: Vec<String> =
                    self.maildrop.present().map(|(n, m)| format!("{n} {}", value(m))).collect();
                let first = format!("{} messages", lines.len());
                self.block(&first, &lines.join("\r\n"), if uids { uid_lines } else { size_lines });
            }
        }
    }

    /// The message of this number; answers the client itself if there is none.
    fn message(&mut self, n: &str) -> Option<Message> {
        match self.maildrop.message(n) {
            Ok(message) => Some(message.clone()),
            Err(why) => {
                self.refuse("", &why);
                None
            }
        }
    }

    fn ok(&mut self, text: &str) {
        self.answer(|out| {
            out.put(&terms::TEXT, text);
        });
    }

    fn answer(&mut self, text: impl FnOnce(&mut Composer)) {
        let mut out = Composer::new();
        out.put(&terms::OK, "+OK").outcome(Outcome::Done);
        let mut rest = Composer::new();
        text(&mut rest);
        let mut wire = out.finish("");
        if !rest.is_empty() {
            let mut space = Composer::new();
            space.space();
            wire.append(space.finish(""));
            wire.append(rest.finish(""));
        }
        let mut end = Composer::new();
        end.crlf();
        wire.append(end.finish(""));
        self.reply("+OK", wire);
    }

    fn refuse(&mut self, code: &str, text: &str) {
        let mut out = Composer::new();
        out.put(&terms::ERR, "-ERR").outcome(Outcome::Permanent).space();
        if !code.is_empty() {
            out.put(&terms::RESPONSE_CODE, format!("[{code}]")).space();
        }
        out.put(&terms::TEXT, text).crlf();
        self.reply("-ERR", out.finish(""));
    }

    /// Refuses what is no legal command: nothing was begun, so the state stays.
    fn unknown(&mut self, text: &str) {
        let mut out = Composer::new();
        out.put(&terms::ERR, "-ERR").outcome(Outcome::Permanent).space();
        out.put(&terms::TEXT, text).crlf();
        self.outputs.push_back(Output::Sent { conn: Conn::MAIN, wire: out.finish("") });
    }

    fn challenge(&mut self, challenge: &str) {
        let mut out = Composer::new();
        out.put(&terms::CONTINUE, "+").outcome(Outcome::More).space();
        out.secret(&terms::SASL_RESPONSE, sasl::encode(challenge)).crlf();
        self.reply("+", out.finish(""));
    }

    fn block(&mut self, first: &str, lines: &str, explain: crate::text::dot::Explain) {
        self.block_bytes(first, lines.as_bytes(), explain);
    }

    fn block_bytes(&mut self, first: &str, content: &[u8], explain: crate::text::dot::Explain) {
        self.ok(first);
        let mut stuffed = stuff(content);
        stuffed.extend_from_slice(b".\r\n");
        let wire = explain_stuffed(&stuffed, explain);
        self.outputs.push_back(Output::Sent { conn: Conn::MAIN, wire });
    }

    fn reply(&mut self, code: &str, wire: Wire) {
        self.outputs.push_back(Output::Sent { conn: Conn::MAIN, wire });
        if let Some(state) = self.progress.reply(code).moved {
            self.outputs.push_back(Output::State(state));
        }
    }
}

impl Server for Pop3Server {
    fn handle(&mut self, input: Input<'_>, now: Tick, world: &mut World) {
        match input {
            Input::Opened { .. } => {
                let pid = self.random.next_u64() % 100_000;
                self.timestamp = format!("<{pid}.{}@{}>", world.date(now).0, self.name);
                self.progress.sent(&table::GREETING);
                let mut out = Composer::new();
                out.put(&terms::OK, "+OK").outcome(Outcome::Done).space();
                out.put(&terms::TEXT, format!("{} POP3 ready ", self.name));
                out.put(&terms::TIMESTAMP, self.timestamp.clone()).crlf();
                self.reply("+OK", out.finish(""));
            }
            Input::Bytes { bytes, .. } if self.progress.state() != &table::CLOSED => {
                self.lines.push(bytes);
                while self.progress.state() != &table::CLOSED {
                    let Some(line) = self.lines.next_command() else { break };
                    self.line(&line, world);
                }
            }
            Input::End { .. } | Input::Reset { .. } => {
                // No QUIT, no UPDATE (RFC 1939 section 6): only the lock goes.
                world.mail.unlock(&self.user, self.session);
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

use super::wire::{explain_capa as listing, explain_list as size_lines, explain_uidl as uid_lines};

/// Header, empty line, and the first lines of the body.
fn top(message: &[u8], lines: usize) -> Vec<u8> {
    let body = message::body_start(message);
    let end = message[body..]
        .split_inclusive(|b| *b == b'\n')
        .take(lines)
        .map(<[u8]>::len)
        .sum::<usize>();
    message[..body + end].to_vec()
}
