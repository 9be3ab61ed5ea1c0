//! The practice server.

mod append;
mod auth;
mod expunge;
mod fetch;
mod listing;
mod mailboxes;
mod render;
mod reply;
mod search;
mod select;
mod sort;
mod view;

use core::time::Duration;
use std::collections::VecDeque;

use self::reply::Out;
use self::view::View;
use super::command::{self, Args, Command, beginning};
use super::frame::{Event, Framer, Header, Unit};
use super::{table, utf7};
use crate::machine::{Conn, Input, Output, PIECE, Server, ServerConfig, Tick};
use crate::random::Random;
use crate::table::{Progress, State};
use crate::text::sasl::Exchange;
use crate::world::World;
use crate::world::mail::{QUOTA, canonical};

/// A line without its literals (RFC 2683 section 3.2.1.5).
const LINE_LIMIT: usize = 8000;

/// A literal that is no message: a name, a password, text to look for.
const LITERAL_LIMIT: u64 = 64 * 1024;

/// A command with all its literals, if it has no message.
const COMMAND_LIMIT: u64 = 1024 * 1024;

/// Who says nothing for so long is logged out (RFC 3501 section 5.4).
const PATIENCE: Duration = Duration::from_secs(30 * 60);

const BEFORE_LOGIN: &str =
    "IMAP4rev1 IMAP4rev2 SASL-IR LITERAL+ ID ENABLE IDLE AUTH=CRAM-MD5 AUTH=PLAIN AUTH=LOGIN";
const AFTER_LOGIN: &str = "IMAP4rev1 IMAP4rev2 LITERAL+ ID ENABLE IDLE NAMESPACE UIDPLUS UNSELECT CHILDREN MOVE MULTIAPPEND ESEARCH SEARCHRES LIST-EXTENDED LIST-STATUS SPECIAL-USE CREATE-SPECIAL-USE STATUS=SIZE BINARY WITHIN SORT THREAD=ORDEREDSUBJECT QUOTA QUOTA=RES-STORAGE UNAUTHENTICATE";

/// What the table asks for and this server has.
const HAS: &[&crate::table::Flag] = &[
    &table::CAN_IDLE,
    &table::CAN_NAMESPACE,
    &table::CAN_ID,
    &table::CAN_ENABLE,
    &table::CAN_UNSELECT,
    &table::CAN_MOVE,
    &table::CAN_UIDPLUS,
    &table::CAN_SORT,
    &table::CAN_THREAD,
    &table::CAN_QUOTA,
    &table::CAN_UNAUTHENTICATE,
];

#[derive(Clone)]
pub(super) struct ImapServer {
    name: String,
    patient: bool,
    random: Random,
    progress: Progress,
    queue: VecDeque<Out>,
    framer: Framer,
    now: Tick,
    user: String,
    /// The login under way, with the tag of its command.
    exchange: Option<(String, Exchange)>,
    /// The tag of IDLE.
    idle: Option<String>,
    /// The mailbox that is open.
    view: Option<View>,
    /// ENABLE IMAP4rev2.
    rev2: bool,
    /// UIDs that a SEARCH has saved (RFC 5182).
    saved: Vec<u32>,
    last_input: Tick,
    /// When the host will wake this server.
    alarm: Option<Tick>,
}

impl ImapServer {
    pub(super) fn new(config: &ServerConfig) -> ImapServer {
        let mut progress = Progress::new(&table::TABLE);
        HAS.iter().for_each(|flag| progress.set(flag, true));
        ImapServer {
            name: config.name.clone(),
            patient: config.patient,
            random: Random::new(config.seed),
            progress,
            queue: VecDeque::new(),
            framer: Framer::commands(LINE_LIMIT),
            now: Tick::default(),
            user: String::new(),
            exchange: None,
            idle: None,
            view: None,
            rev2: false,
            saved: Vec::new(),
            last_input: Tick::default(),
            alarm: None,
        }
    }

    fn read(&mut self, mut bytes: &[u8], world: &mut World) {
        while self.progress.state() != &table::CLOSED {
            let plain = self.exchange.is_some() || self.idle.is_some();
            self.framer.set_plain(plain);
            match self.framer.next(&mut bytes) {
                None => return,
                Some(Event::Literal(header)) => self.literal(header, world),
                Some(Event::Unit(unit)) => self.line(&unit, world),
                Some(Event::TooLong(line)) => {
                    let tag = beginning(&line).map_or_else(|| "*".into(), |(tag, _)| tag);
                    self.refuse(&tag, &format!("the line has more than {LINE_LIMIT} octets"));
                }
                Some(Event::Data(_)) => {}
            }
        }
    }

    /// A literal is announced: it is wanted, or the command is refused before it comes.
    fn literal(&mut self, header: Header, world: &World) {
        let bytes = self.framer.unit().bytes.clone();
        let refusal = match beginning(&bytes) {
            None => Some(("*".into(), "BAD", "a command begins with a tag and a space".into())),
            Some((tag, name)) => {
                self.unwanted(&bytes, &name, header, world).map(|(code, text)| (tag, code, text))
            }
        };
        match refusal {
            Some((tag, code, text)) => {
                self.framer.abandon(header);
                self.status(&tag, code, &text);
            }
            None => {
                self.framer.collect();
                if header.waits {
                    self.put(b"+ go ahead\r\n".to_vec());
                }
            }
        }
    }

    /// Why the literal is not wanted: the status and its text.
    fn unwanted(
        &self,
        line: &[u8],
        name: &str,
        header: Header,
        world: &World,
    ) -> Option<(&'static str, String)> {
        if let Err(illegal) = self.progress.legal(name) {
            return Some(("BAD", not_now(&illegal)));
        }
        if !name.eq_ignore_ascii_case("APPEND") {
            let so_far = line.len() as u64 + header.size;
            let fits = header.size <= LITERAL_LIMIT && so_far <= COMMAND_LIMIT;
            let text = || format!("a literal here has at most {LITERAL_LIMIT} octets");
            return (!fits).then(|| ("BAD", text()));
        }
        // The line as if it ended behind this literal.
        let closed = [line, b"\r\n"].concat();
        let parsed = command::parse(&closed, &[line.len()], self.rev2, false);
        if let Ok(Command { args: Args::Append { name, .. }, .. }) = parsed.command
            && let Err(refusal) = self.existing(&name, world)
        {
            return Some(("NO", format!("[TRYCREATE] {refusal}")));
        }
        let octets = world.mail.octets(&self.user) + line.len() as u64;
        let full = octets.saturating_add(header.size) > QUOTA;
        full.then(|| ("NO", format!("[OVERQUOTA] there is room for {QUOTA} octets")))
    }

    fn line(&mut self, unit: &Unit, world: &mut World) {
        if let Some(tag) = self.idle.take() {
            return self.end_idle(tag, unit, world);
        }
        if let Some((tag, exchange)) = self.exchange.take() {
            return self.response(tag, exchange, unit, world);
        }
        let bytes = &unit.bytes;
        if !bytes.ends_with(b"\r\n") {
            return self.refuse("*", "bare LF; lines end with CR LF");
        }
        let Some((tag, name)) = beginning(bytes) else {
            return self.refuse("*", "a command begins with a tag and a space");
        };
        let verb = match self.progress.legal(&name) {
            Ok(verb) => verb,
            Err(illegal) => return self.refuse(&tag, &not_now(&illegal)),
        };
        match command::parse(bytes, &[], self.rev2, false).command {
            Ok(command) => {
                self.progress.sent(verb);
                self.obey(&command, world);
            }
            Err(fault) => {
                let text =
                    format!("at octet {} of the command: expected {}", fault.at, fault.expected);
                self.refuse(&tag, &text);
            }
        }
    }

    fn obey(&mut self, command: &Command, world: &mut World) {
        let tag = command.tag.as_str();
        let plain = command.verb.name.strip_prefix("UID ");
        let by_uid = plain.is_some();
        match (plain.unwrap_or(command.verb.name), &command.args) {
            ("CAPABILITY", _) => {
                self.untagged(format!("CAPABILITY {}", self.capabilities()));
                self.ok(tag, "that is what this server can do", world);
            }
            ("NOOP" | "CHECK", _) => self.ok(tag, "done", world),
            ("LOGOUT", _) => {
                self.untagged(format!("BYE {} says good bye", self.name));
                self.view = None;
                self.ok(tag, "good bye", world);
                self.finish();
            }
            ("ID", _) => {
                self.untagged("ID (\"name\" \"Wirelab\" \"vendor\" \"Wirelab\")");
                self.ok(tag, "pleased to meet you", world);
            }
            ("LOGIN", Args::Login { user, password }) => {
                let right = world.accounts.admits(user, password);
                self.login(tag, user, right, world);
            }
            ("AUTHENTICATE", Args::Authenticate { mechanism, initial }) => {
                self.authenticate(tag, mechanism, initial.as_deref(), world);
            }
            ("UNAUTHENTICATE", _) => {
                self.view = None;
                (self.rev2, self.saved) = (false, Vec::new());
                self.ok(tag, "who are you?", world);
            }
            ("ENABLE", Args::Words(words)) => {
                let rev2 = words.iter().any(|word| word.eq_ignore_ascii_case("IMAP4rev2"));
                let new = rev2 && !self.rev2;
                self.rev2 |= rev2;
                self.untagged(if new { "ENABLED IMAP4rev2" } else { "ENABLED" });
                self.ok(tag, "agreed", world);
            }
            ("NAMESPACE", _) => {
                self.untagged("NAMESPACE ((\"\" \"/\")) NIL NIL");
                self.ok(tag, "one namespace, without a prefix", world);
            }
            ("IDLE", _) => {
                self.idle = Some(tag.into());
                self.put(b"+ idling\r\n".to_vec());
                self.moved("+");
                self.update(true, world);
            }
            ("SELECT" | "EXAMINE", Args::Mailbox { name, parameters }) => {
                self.select(command, name, parameters, world);
            }
            ("CLOSE", _) => self.close(tag, world),
            ("UNSELECT", _) => {
                self.view = None;
                self.ok(tag, "closed; nothing was removed", world);
            }
            ("LIST", Args::List(list)) => self.list(tag, list, world),
            ("LSUB", Args::List(list)) => self.lsub(tag, list, world),
            ("STATUS", Args::Status { name, items }) => self.status_of(tag, name, items, world),
            ("APPEND", Args::Append { name, messages }) => self.append(tag, name, messages, world),
            ("FETCH", Args::Fetch { set, items, modified }) => {
                self.fetch(command, by_uid, set, (items, *modified), world);
            }
            ("STORE", Args::Store { .. }) => self.store(command, by_uid, world),
            ("COPY" | "MOVE", Args::Copy { set, name }) => {
                self.copy(command, by_uid, set, name, world);
            }
            ("EXPUNGE", args) => self.expunge(tag, args, world),
            ("SEARCH", Args::Search(search)) => self.search(command, by_uid, search, world),
            ("SORT", Args::Sort { order, search }) => {
                self.sort(command, by_uid, order, search, world);
            }
            ("THREAD", Args::Thread { algorithm, search }) => {
                self.thread(command, by_uid, (algorithm, search), world);
            }
            _ => self.mailbox_command(command, world),
        }
    }

    fn end_idle(&mut self, tag: String, unit: &Unit, world: &mut World) {
        let verb = if self.view.is_some() { &table::DONE } else { &table::DONE_AUTH };
        self.progress.sent(verb);
        if unit.bytes.eq_ignore_ascii_case(b"DONE\r\n") {
            self.update(true, world);
            self.ok(&tag, "IDLE is over", world);
        } else {
            self.no(&tag, "BAD", "only DONE can end IDLE", world);
        }
    }

    fn capabilities(&self) -> &'static str {
        match self.progress.state() == &table::NONAUTH {
            true => BEFORE_LOGIN,
            false => AFTER_LOGIN,
        }
    }

    /// The name of a mailbox of the user that exists, or why not.
    fn existing(&self, name: &str, world: &World) -> Result<String, String> {
        let name = self.named(name)?;
        match world.mail.named(&self.user, &name) {
            Some(_) => Ok(name),
            None => Err(format!("there is no mailbox {}", self.shown(&name))),
        }
    }

    /// What a name from the wire means.
    fn named(&self, name: &str) -> Result<String, String> {
        let decoded = if self.rev2 { Some(name.to_string()) } else { utf7::decode(name) };
        match decoded {
            Some(name) => Ok(canonical(&name)),
            None => Err("the name is not in modified UTF-7".into()),
        }
    }

    /// A name as it goes over the wire.
    fn shown(&self, name: &str) -> String {
        render::mailbox(name, self.rev2)
    }

    fn watch_the_clock(&mut self) {
        let due = self.last_input.after(PATIENCE);
        if !self.patient && self.alarm.is_none_or(|alarm| alarm <= self.now) {
            self.alarm = Some(due);
            self.queue.push_back(Out::Plain(Output::WakeAt(due)));
        }
    }

    /// The clock, or somebody else who has changed the world.
    fn time(&mut self, world: &mut World) {
        if !self.patient && self.now >= self.last_input.after(PATIENCE) {
            self.untagged("BYE nothing has come for half an hour");
            self.finish();
            return;
        }
        if self.idle.is_some() {
            self.update(true, world);
        }
        self.watch_the_clock();
    }

    fn finish(&mut self) {
        self.view = None;
        let moved = self.progress.over();
        self.queue.extend(moved.map(|state| Out::Plain(Output::State(state))));
        self.queue.push_back(Out::Plain(Output::Finish { conn: Conn::MAIN }));
    }
}

fn not_now(illegal: &crate::table::Illegal) -> String {
    match illegal {
        illegal if illegal.known.is_none() => format!("there is no command {}", illegal.verb),
        illegal if illegal.known == Some(&table::STARTTLS) => "this server has no TLS".into(),
        illegal if illegal.needs.is_some() => format!("{} is not offered here", illegal.verb),
        illegal => {
            format!("{} is not allowed in the state {}", illegal.verb, illegal.state.title)
        }
    }
}

impl Server for ImapServer {
    fn handle(&mut self, input: Input<'_>, now: Tick, world: &mut World) {
        self.now = now;
        if self.progress.state() == &table::CLOSED {
            return;
        }
        match input {
            Input::Opened { .. } => {
                self.last_input = now;
                self.progress.sent(&table::GREETING);
                self.untagged(format!("OK [CAPABILITY {BEFORE_LOGIN}] {} IMAP4 ready", self.name));
                self.moved("OK");
                self.watch_the_clock();
            }
            Input::Bytes { bytes, .. } => {
                self.last_input = now;
                self.read(bytes, world);
            }
            Input::Time => self.time(world),
            Input::End { .. } | Input::Reset { .. } => self.finish(),
            _ => {}
        }
    }

    fn poll(&mut self) -> Option<Output> {
        self.next_output()
    }

    fn pull(&mut self, conn: Conn) -> Option<Vec<u8>> {
        let Some(Out::Bulk { bytes, range }) = self.queue.front_mut() else { return None };
        if conn != Conn::MAIN {
            return None;
        }
        let end = range.end.min(range.start + PIECE);
        let piece = bytes[range.start..end].to_vec();
        range.start = end;
        if range.start == range.end {
            self.queue.pop_front();
        }
        Some(piece)
    }

    fn state(&self) -> &'static State {
        self.progress.state()
    }
}
