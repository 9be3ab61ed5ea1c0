//! Commands on the way out, with their literals, and the message of an APPEND.

use super::{Asked, ImapClient, advice};
use crate::explain::{Composer, Rfc, Wire};
use crate::machine::{Conn, Direction, Note, Output, PIECE, Refused};
use crate::protocols::imap::command::{self, Args, Command, Typed, Ways};
use crate::protocols::imap::token::Fault;
use crate::protocols::imap::{table, terms};
use crate::table::{Illegal, REPLY, State, Verb};
use crate::text::advice::refusal;
use crate::text::content::to_crlf;
use crate::text::sasl::Mechanism;
use crate::text::single_line;

/// A message that is handed in for APPEND has at most so many octets: the most that the practice
/// server has room for. It is kept whole, because its size goes first.
const MESSAGE_LIMIT: usize = 64 * 1024 * 1024;

/// A line without its literals: what RFC 2683 section 3.2.1.5 asks clients to keep to is 1000,
/// and servers to take 8000.
pub(super) const LINE_LIMIT: usize = 8000;

/// Commands that name messages by numbers.
pub(super) const NUMBERED: &[&str] = &["FETCH", "STORE", "COPY", "MOVE"];

/// Commands during which no message can be expunged, so that numbers stay.
pub(super) const STEADY: &[&str] = &["FETCH", "STORE", "SEARCH"];

/// Something to be sent behind the server's `+`.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Unit(Wire),
    Data(Vec<u8>),
    /// The next `+` is needed first.
    Pause,
}

/// An APPEND whose message is wanted.
#[derive(Clone, Debug)]
pub(super) struct Held {
    typed: Typed,
    tag: String,
    message: Vec<u8>,
    after_cr: bool,
}

impl ImapClient {
    pub(super) fn send(&mut self, text: &str) -> Result<(), Refused> {
        if self.progress.state() == &table::MESSAGE {
            return self.content(text);
        }
        if self.progress.state() == &table::SASL {
            return self.respond(text);
        }
        let (typed, tag) = self.check(&self.progress, text, self.serial)?;
        if typed.verb == &table::DONE {
            return self.done(&typed);
        }
        if typed.verb == &table::APPEND && command::begins_append(&typed.rest) {
            return self.hold(typed, tag);
        }
        let line = self.compose(&typed, &tag)?;
        let remarks = self.remarks(&line.0, &typed.text());
        self.launch(line, None);
        self.tell(remarks);
        Ok(())
    }

    /// All or nothing: the lines are tried on a copy of the progress first.
    pub(super) fn batch(&mut self, text: &str) -> Result<(), Refused> {
        let mut trial = self.progress.clone();
        let lines: Vec<&str> = text.lines().collect();
        for (n, line) in lines.iter().enumerate() {
            let (typed, tag) = self.check(&trial, line, self.serial + n as u32)?;
            let (command, _, pauses) = self.compose(&typed, &tag)?;
            if !pauses.is_empty() && n + 1 < lines.len() {
                let (verb, state) = (command.verb.name.into(), trial.state());
                let (known, needs) = (Some(command.verb), Some(&table::LITERAL));
                return Err(Refused::Illegal(Illegal { verb, known, state, needs, legal: vec![] }));
            }
            trial.sent(on_the_wire(command.verb, trial.state() == &table::SELECTED));
        }
        lines.iter().try_for_each(|line| self.send(line))
    }

    pub(super) fn content_piece(&mut self, piece: &[u8]) -> Result<(), Refused> {
        let Some(held) = &mut self.held else { return self.no_content() };
        let before = (held.message.len(), held.after_cr);
        to_crlf(&mut held.after_cr, piece, &mut held.message);
        let octets = held.message.len();
        if octets > MESSAGE_LIMIT {
            held.message.truncate(before.0);
            held.after_cr = before.1;
            return Err(too_long("message", octets, MESSAGE_LIMIT));
        }
        Ok(())
    }

    pub(super) fn content_end(&mut self) -> Result<(), Refused> {
        let Some(held) = self.held.clone() else { return self.no_content() };
        let mut head = held.typed.clone();
        head.rest = head.rest.trim_end_matches(['\r', '\n']).into();
        let size = held.message.len() as u64;
        let line = head.line(&held.tag, self.ways(), Some(size))?;
        let hole = line.len() - 2;
        let mut wire = command::parse(&line, &[hole], self.known.is_utf8(), true).wire;
        let mut end = wire.split_off(hole);
        end.says = "The end of the command.".into();
        wire.says = format!("A message of {size} octets, please file it.");
        let moved = self.begin_append(&held);
        self.sent(wire);
        self.entered(moved);
        let pieces = held.message.chunks(PIECE).map(|piece| Part::Data(piece.to_vec()));
        self.parts = [Part::Pause].into_iter().chain(pieces).collect();
        self.parts.push_back(Part::Unit(end));
        self.progress.set(&table::LITERAL, true);
        Ok(())
    }

    /// The server gives leave: sends up to where the next one is needed.
    pub(super) fn go_on(&mut self) {
        self.parts.pop_front();
        while let Some(part) = self.parts.pop_front() {
            match part {
                Part::Unit(wire) => self.sent(wire),
                Part::Data(bytes) => {
                    let direction = Direction::Sent;
                    self.outputs.push_back(Output::Data { conn: Conn::MAIN, direction, bytes });
                }
                Part::Pause => {
                    self.parts.push_front(Part::Pause);
                    return;
                }
            }
        }
        self.progress.set(&table::LITERAL, false);
    }

    /// The message, typed whole.
    fn content(&mut self, text: &str) -> Result<(), Refused> {
        if self.held.as_ref().is_some_and(|held| !held.message.is_empty()) {
            self.content_piece(text.as_bytes())?;
            return self.content_end();
        }
        let Some(held) = self.held.clone() else { return self.no_content() };
        let mut typed = held.typed.clone();
        typed.rest = format!("{}\n{text}", typed.rest.trim_end_matches(['\r', '\n']));
        let line = self.compose(&typed, &held.tag)?;
        self.launch(line, Some(&held));
        Ok(())
    }

    fn no_content(&self) -> Result<(), Refused> {
        let verb = &table::APPENDED;
        self.progress.legal(verb.name).map(|_| ()).map_err(Refused::Illegal)
    }

    /// Takes a typed command apart and sees whether it may be sent after what `progress` has
    /// seen. Gives it with its tag.
    pub(super) fn check(
        &self,
        progress: &crate::table::Progress,
        text: &str,
        serial: u32,
    ) -> Result<(Typed, String), Refused> {
        let typed = command::typed(text)
            .map_err(|word| Refused::Illegal(table::TABLE.unknown(&word, progress.state())))?;
        let verb = progress.legal(typed.verb.name).map_err(Refused::Illegal)?;
        progress.may_follow(verb.name, None).map_err(Refused::Illegal)?;
        let missing = if !self.parts.is_empty() {
            Some(&table::LITERAL)
        } else {
            // Numbers may shift during any other command (RFC 3501 section 5.5).
            let shifts = progress.pending().any(|other| !STEADY.contains(&other.name));
            (NUMBERED.contains(&verb.name) && shifts).then_some(&REPLY)
        };
        if let Some(flag) = missing {
            let (name, state) = (verb.name.into(), progress.state());
            let (known, needs) = (Some(verb), Some(flag));
            return Err(Refused::Illegal(Illegal {
                verb: name,
                known,
                state,
                needs,
                legal: vec![],
            }));
        }
        let used = |tag: &str| self.asked.iter().any(|asked| asked.tag == tag);
        let tag = match &typed.tag {
            Some(tag) if used(tag) => {
                return Err(Refused::Malformed {
                    what: format!("The tag {tag} belongs to a command that is still unanswered."),
                    expected: "another tag, or none: the lab gives one".into(),
                    rule: Rfc::new(3501, "2.2.1"),
                });
            }
            Some(tag) => tag.clone(),
            None => self.next_tag(serial),
        };
        Ok((typed, tag))
    }

    pub(super) fn next_tag(&self, serial: u32) -> String {
        let used = |tag: &String| self.asked.iter().any(|asked| asked.tag == *tag);
        let mut tags = (serial..u32::MAX).map(|n| format!("a{}", n + 1));
        tags.find(|tag| !used(tag)).unwrap_or_default()
    }

    /// The command, its octets, and where these wait for the server's leave.
    pub(super) fn compose(
        &self,
        typed: &Typed,
        tag: &str,
    ) -> Result<(Command, Wire, Vec<usize>), Refused> {
        let line = typed.line(tag, self.ways(), None)?;
        let parsed = command::parse(&line, &[], self.known.is_utf8(), true);
        let command = match parsed.command {
            Ok(command) => command,
            Err(fault) => return Err(malformed(typed, &line, &fault)),
        };
        let has_literal = !(parsed.pauses.is_empty() && parsed.hurried.is_empty());
        if line.len() > LINE_LIMIT && !has_literal {
            return Err(too_long("command line", line.len(), LINE_LIMIT));
        }
        // Literals that do not wait need a server that has said it takes them.
        let small = parsed.hurried.iter().all(|size| *size <= 4096);
        let taken = self.progress.has(&table::CAN_LITERAL_PLUS)
            || (small && self.progress.has(&table::CAN_LITERAL_MINUS));
        if !parsed.hurried.is_empty() && !taken {
            return Err(self.illegal(command.verb, &table::CAN_LITERAL_PLUS));
        }
        self.may_say(&command)?;
        Ok((command, parsed.wire, parsed.pauses))
    }

    /// Forms of a command that need more than the command itself.
    pub(super) fn may_say(&self, command: &Command) -> Result<(), Refused> {
        let needs = match &command.args {
            Args::Authenticate { initial: Some(_), .. } => &table::CAN_SASL_IR,
            Args::List(list) if list.extended => &table::CAN_LIST_EXTENDED,
            Args::Search(search) if search.back.is_some() => &table::CAN_ESEARCH,
            Args::Fetch { modified: true, .. } | Args::Store { modified: true, .. } => {
                &table::CAN_CONDSTORE
            }
            _ => return Ok(()),
        };
        match self.progress.has(needs) {
            true => Ok(()),
            false => Err(self.illegal(command.verb, needs)),
        }
    }

    fn illegal(&self, verb: &'static Verb, needs: &'static crate::table::Flag) -> Refused {
        let (name, state) = (verb.name.into(), self.progress.state());
        let (known, needs) = (Some(verb), Some(needs));
        Refused::Illegal(Illegal { verb: name, known, state, needs, legal: Vec::new() })
    }

    fn ways(&self) -> Ways {
        Ways {
            plus: self.progress.has(&table::CAN_LITERAL_PLUS),
            minus: self.progress.has(&table::CAN_LITERAL_MINUS),
            utf8: self.known.is_utf8(),
        }
    }

    /// Sends a command, as far as it need not wait.
    fn launch(&mut self, line: (Command, Wire, Vec<usize>), held: Option<&Held>) {
        let (command, mut wire, pauses) = line;
        let moved = match held {
            Some(held) => self.begin_append(held),
            None => {
                let selected = self.progress.state() == &table::SELECTED;
                let verb = on_the_wire(command.verb, selected);
                self.begin(command.tag.clone(), verb, name_of(&command));
                None
            }
        };
        if let Args::Authenticate { mechanism, initial } = &command.args {
            self.challenge = (0, Vec::new());
            self.mechanism = Mechanism::by_name(mechanism);
            self.challenge.0 = usize::from(initial.is_some());
        }
        let says = core::mem::take(&mut wire.says);
        let mut parts = VecParts::default();
        for at in pauses.iter().rev() {
            let mut rest = wire.split_off(*at);
            rest.says = "The literal, and what comes behind it.".into();
            parts.push_front(Part::Unit(rest));
            parts.push_front(Part::Pause);
        }
        wire.says = says;
        self.progress.set(&table::LITERAL, !parts.is_empty());
        self.parts = parts;
        self.sent(wire);
        self.entered(moved);
    }

    /// Notes that a command is under way.
    pub(super) fn begin(&mut self, tag: String, verb: &'static Verb, name: String) {
        // A tag that a person has typed is not given again, unless it is past all counting.
        let n = tag.strip_prefix('a').and_then(|n| n.parse().ok()).unwrap_or(0);
        if n < u32::MAX / 2 {
            self.serial = self.serial.max(n);
        }
        let mut left = None;
        if verb == &table::SELECT || verb == &table::EXAMINE {
            left = self.known.mailbox.clone();
            self.known.leave_mailbox();
        }
        self.progress.sent(verb);
        self.asked.push(Asked { tag, verb, name, left });
    }

    /// Collects the message first, for its size goes out before it.
    fn hold(&mut self, typed: Typed, tag: String) -> Result<(), Refused> {
        let line = typed.line(&tag, self.ways(), Some(0))?;
        if let Err(fault) = command::parse(&line, &[], self.known.is_utf8(), false).command {
            return Err(malformed(&typed, &line, &fault));
        }
        if self.progress.is_waiting() {
            return Err(self.illegal(&table::APPEND, &REPLY));
        }
        self.was_selected = self.progress.state() == &table::SELECTED;
        self.held = Some(Held { typed, tag, message: Vec::new(), after_cr: false });
        self.progress.sent(&table::APPEND);
        let moved = self.progress.reply("held").moved;
        self.entered(moved);
        self.note(Note::info(
            "The size of the message goes first, so nothing is sent before the lab has all of it.",
        ));
        Ok(())
    }

    /// Gives the state that holds once the command is put out.
    fn begin_append(&mut self, held: &Held) -> Option<&'static State> {
        self.held = None;
        let verb = on_the_wire(&table::APPEND, self.was_selected);
        self.begin(held.tag.clone(), verb, String::new());
        self.progress.answers_first(verb);
        self.progress.reply("sent").moved
    }

    fn done(&mut self, typed: &Typed) -> Result<(), Refused> {
        if !typed.rest.is_empty() || typed.tag.is_some() {
            return Err(Refused::Malformed {
                what: "DONE stands alone: it ends the command that IDLE began.".into(),
                expected: "DONE, without a tag".into(),
                rule: Rfc::new(2177, "3"),
            });
        }
        let mut out = Composer::new();
        out.put(&terms::DONE, &typed.name).crlf();
        self.progress.sent(if self.was_selected { &table::DONE } else { &table::DONE_AUTH });
        self.sent(out.finish("Enough."));
        Ok(())
    }

    fn respond(&mut self, text: &str) -> Result<(), Refused> {
        let text = single_line(text, Rfc::new(3501, "6.2.2"))?;
        self.progress.may_follow(table::RESPONSE.name, None).map_err(Refused::Illegal)?;
        self.progress.sent(&table::RESPONSE);
        self.sent(command::response(text));
        if let Some(refused) = self.response_fault(text) {
            self.note(refusal(&advice::COMMANDS, &refused));
        }
        Ok(())
    }
}

type VecParts = std::collections::VecDeque<Part>;

/// The verb whose replies a command gets.
pub(super) fn on_the_wire(verb: &'static Verb, selected: bool) -> &'static Verb {
    match verb.name {
        "APPEND" if selected => &table::APPENDED,
        "APPEND" => &table::APPENDED_AUTH,
        _ => verb,
    }
}

/// What the reply will be about.
pub(super) fn name_of(command: &Command) -> String {
    match &command.args {
        Args::Mailbox { name, .. } => name.clone(),
        Args::Login { user, .. } => user.clone(),
        _ => String::new(),
    }
}

pub(super) fn malformed(typed: &Typed, line: &[u8], fault: &Fault) -> Refused {
    let at = fault.at.min(line.len());
    let found = String::from_utf8_lossy(&line[at..]).chars().take(20).collect::<String>();
    let found = match found.trim_end() {
        "" => "the command ends there".into(),
        found => format!("there is {found:?}"),
    };
    Refused::Malformed {
        what: format!("{} was not sent: at octet {at} {found}.", typed.verb.name),
        expected: format!("{}; the form is {:?}", fault.expected, typed.verb.syntax),
        rule: typed.verb.term.rfc,
    }
}

fn too_long(what: &'static str, octets: usize, limit: usize) -> Refused {
    Refused::TooLong { what, octets, limit, rule: Rfc::new(3501, "4.3") }
}
