//! Responses on the way in.

use super::{Asked, INLINE, ImapClient, LITERAL_LIMIT};
use crate::explain::{Composer, Scanner, Wire, common};
use crate::machine::{Conn, Direction, Note, Output};
use crate::protocols::imap::frame::{Event, Framer, Header, Unit};
use crate::protocols::imap::response::{self, Code, Data, Parsed, Reply, Status};
use crate::protocols::imap::{table, terms};
use crate::table::Verb;
use crate::text::advice::unlisted;
use crate::text::sasl;

/// A response is kept whole up to this, its literals included; past it literals of any size go
/// past as content.
const RESPONSE_LIMIT: usize = 1024 * 1024;

/// Commands during which the numbers of messages stay (RFC 3501 section 7.4.1).
const STEADY: &[&str] = &["FETCH", "STORE", "SEARCH"];

impl ImapClient {
    pub(super) fn read(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.lost {
                self.data(bytes);
                return;
            }
            match self.framer.next(&mut bytes) {
                None => return,
                Some(Event::Literal(header)) => self.literal(header),
                Some(Event::Data(data)) => {
                    self.data(data);
                    if self.framer.owed() == 0
                        && let Some(state) = self.before_content.take()
                    {
                        let moved = self.progress.enter(state);
                        self.entered(moved);
                    }
                }
                Some(Event::Unit(unit)) if self.progress.state() == &table::TLS => {
                    self.injected(&unit.bytes);
                }
                Some(Event::Unit(unit)) => self.unit(&unit),
                Some(Event::TooLong(bytes)) => {
                    let mut out = Composer::new();
                    let bytes = bytes.get(self.shown..).unwrap_or_default();
                    out.put(&common::TOO_LONG, bytes);
                    self.shown = 0;
                    self.received(out.finish("A response without an end."));
                    let text = format!(
                        "A line is longer than {} octets. It is shown as it came, and nothing of it is used.",
                        super::LINE_LIMIT
                    );
                    self.note(Note::warning(text).rule(2683, "3.2.1.5"));
                }
            }
        }
    }

    /// The connection will bring no more.
    pub(super) fn end(&mut self, why: &str) {
        let owed = self.framer.owed();
        let rest = self.framer.finish().bytes;
        let rest = rest.get(self.shown..).unwrap_or_default();
        let was_cut = !rest.is_empty() || owed > 0;
        self.shown = 0;
        if !rest.is_empty() {
            let mut out = Composer::new();
            out.put(&common::TRUNCATED, rest);
            self.received(out.finish("The connection ended inside this response."));
        }
        let expected = self.progress.state() == &table::CLOSED;
        if was_cut {
            let text = format!("Truncated: {why} in the middle of a response.");
            self.note(Note::error(text).rule(3501, "2.2"));
        } else if !expected {
            let text = format!("{why} without BYE.{}", self.unanswered());
            self.note(Note::error(text).rule(3501, "7.1.5"));
        } else if !self.asked.is_empty() {
            let text = format!("{why}.{}", self.unanswered());
            self.note(Note::warning(text));
        }
        self.open = false;
        self.give_up();
        let moved = self.progress.over();
        self.moved(moved);
    }

    pub(super) fn tls_started(&mut self) {
        self.tls = true;
        self.framer = Framer::replies(super::LINE_LIMIT);
        // What was said in clear text may have been changed on the way (RFC 3501 section 6.2.1).
        self.set_capabilities(&[]);
        self.progress.sent(&table::HANDSHAKE);
        let moved = self.progress.reply("tls").moved;
        self.moved(moved);
    }

    fn literal(&mut self, header: Header) {
        if header.size > LITERAL_LIMIT {
            self.show_so_far("A literal of more octets than there can be.");
            let text = format!(
                "A literal claims more octets than the {LITERAL_LIMIT} that a number can name. Where it ends cannot be known, so the lab drops the connection."
            );
            self.note(Note::error(text).rule(3501, "9"));
            self.lost = true;
            self.give_up();
            self.outputs.push_back(Output::Abort { conn: Conn::MAIN });
            let moved = self.progress.over();
            self.moved(moved);
            return;
        }
        let octets = self.framer.unit().bytes.len() as u64 + header.size;
        let in_clear = self.progress.state() == &table::TLS;
        if header.size > INLINE || octets > RESPONSE_LIMIT as u64 || in_clear {
            self.show_so_far(&format!("A response with a literal of {} octets.", header.size));
            self.framer.stream();
            if !in_clear {
                self.before_content = Some(self.progress.state());
                let moved = self.progress.enter(&table::READING);
                self.entered(moved);
            }
        } else {
            self.framer.collect();
        }
    }

    /// Puts out what has come of a response whose literal follows as data.
    fn show_so_far(&mut self, says: &str) {
        let unit = self.framer.unit();
        let length = unit.bytes.len();
        let holes = [&*unit.holes, &[length]].concat();
        let mut wire = response::parse(&unit.bytes, &holes, false, true).wire;
        let mut wire = wire.split_off(self.shown);
        wire.says = says.into();
        self.shown = length;
        self.received(wire);
    }

    fn unit(&mut self, unit: &Unit) {
        let secret = self.in_exchange();
        let utf8 = self.known.is_utf8();
        let Parsed { reply, wire, faults } =
            response::parse(&unit.bytes, &unit.holes, secret, utf8);
        let wire = self.unshown(wire);
        self.received(wire);
        let notes = self.unit_notes(unit, &reply, faults);
        self.tell(notes);
        match reply {
            Reply::Status { tag: None, status, code, .. } => self.untagged(status, code),
            Reply::Status { tag: Some(tag), status, code, .. } => self.tagged(&tag, status, code),
            Reply::Continue(text) => self.continuation(&text),
            Reply::Data(data) => self.untagged_data(&data),
            Reply::Strange => {}
        }
    }

    /// Without what was put out of it before.
    fn unshown(&mut self, mut wire: Wire) -> Wire {
        let shown = core::mem::take(&mut self.shown);
        if shown == 0 {
            return wire;
        }
        let mut rest = wire.split_off(shown);
        (rest.says, rest.outcome) = (wire.says, wire.outcome);
        rest
    }

    fn untagged(&mut self, status: Status, code: Option<Code>) {
        if self.progress.oldest() == Some(&table::GREETING) {
            if let Some(code) = &code {
                self.learn(code);
            }
            let answer = self.progress.reply(status.code());
            if status != Status::Bye && answer.moved.is_none() {
                self.note(Note::error("A greeting is OK, PREAUTH or BYE.").rule(3501, "7.1"));
                self.progress.sent(&table::GREETING);
            }
            self.moved(answer.moved);
            return;
        }
        if let Some(code) = &code {
            self.learn(code);
        }
        match status {
            Status::Bye if self.asked.iter().any(|asked| asked.verb == &table::LOGOUT) => {}
            Status::Bye => {
                let text = format!("The server ends the session.{}", self.unanswered());
                self.note(Note::warning(text).rule(3501, "7.1.5"));
                self.give_up();
                let moved = self.progress.over();
                self.moved(moved);
            }
            Status::Bad => self.note(
                Note::warning(
                    "The server complains without a tag: it did not take something for a command.",
                )
                .rule(3501, "7.1.3"),
            ),
            _ => {}
        }
    }

    fn tagged(&mut self, tag: &str, status: Status, code: Option<Code>) {
        let Some(at) = self.asked.iter().position(|asked| asked.tag == tag) else {
            self.note(
                Note::warning(format!("No command with the tag {tag} is waiting for a reply."))
                    .rule(3501, "2.2.2"),
            );
            return;
        };
        let asked = self.asked.remove(at);
        let is_last = at == self.asked.len();
        if is_last && !self.parts.is_empty() {
            self.parts.clear();
            self.progress.set(&table::LITERAL, false);
            self.note(
                Note::info(
                    "The server has answered before it gave leave, so the literal is not sent.",
                )
                .rule(3501, "4.3"),
            );
        }
        let verb = self.answered(&asked);
        if !self.progress.answers_first(verb) {
            self.progress.sent(verb);
            self.progress.answers_first(verb);
        }
        let selects = asked.verb == &table::SELECT || asked.verb == &table::EXAMINE;
        if status == Status::Ok {
            if selects {
                self.known.mailbox = Some(asked.name.clone());
                self.known.read_only = asked.verb == &table::EXAMINE;
            }
            self.done.push(asked.verb.name);
        } else {
            self.failed.push(asked.verb.name);
        }
        if status == Status::No && selects {
            self.known.leave_mailbox();
        }
        if let Some(code) = &code {
            self.learn(code);
        }
        let remarks = self.end_remarks(&asked, status, at > 0);
        let answer = self.progress.reply(status.code());
        self.outputs.extend(unlisted(&answer, status.code()).map(Output::Note));
        self.tell(remarks);
        if answer.moved == Some(&table::AUTH) && status == Status::Ok {
            match asked.verb.name {
                "LOGIN" => self.known.user = Some(asked.name.clone()),
                "AUTHENTICATE" => self.known.user = Some(self.config.user.clone()),
                _ => {}
            }
        }
        self.moved(answer.moved);
        match (asked.verb.name, status) {
            ("STARTTLS", Status::Ok) => {
                self.outputs.push_back(Output::StartTls { conn: Conn::MAIN });
            }
            ("COMPRESS", Status::Ok) => {
                self.note(
                    Note::info("From here on everything is compressed. The lab shows what crosses the wire and does not inflate it, so it ends the connection.")
                        .rule(4978, "3"),
                );
                self.outputs.push_back(Output::Finish { conn: Conn::MAIN });
            }
            ("UNAUTHENTICATE", Status::Ok) => {
                self.known.user = None;
                self.known.enabled.clear();
            }
            _ => {}
        }
    }

    /// The verb by whose rules a tagged reply moves the session.
    fn answered(&self, asked: &Asked) -> &'static Verb {
        let state = self.progress.state();
        match asked.verb.name {
            "AUTHENTICATE" if state == &table::SASL => &table::RESPONSE,
            "IDLE" if state == &table::IDLING && self.was_selected => &table::DONE,
            "IDLE" if state == &table::IDLING => &table::DONE_AUTH,
            _ => asked.verb,
        }
    }

    /// A `+`: what it gives leave to depends on what is under way.
    fn continuation(&mut self, text: &str) {
        if !self.parts.is_empty() {
            self.go_on();
            return;
        }
        if self.in_exchange() {
            let verb = match self.progress.state() == &table::SASL {
                true => &table::RESPONSE,
                false => &table::AUTHENTICATE,
            };
            let asked_before = self.progress.answers_first(verb) && verb == &table::RESPONSE;
            self.challenge.0 += usize::from(asked_before);
            self.challenge.1 = sasl::decode(text.trim_ascii()).unwrap_or_default();
            let moved = self.progress.reply("+").moved;
            self.moved(moved);
        } else if self.progress.answers_first(&table::IDLE) {
            self.was_selected = self.progress.state() == &table::SELECTED;
            let moved = self.progress.reply("+").moved;
            self.entered(moved);
        } else if !self.raw.waits() {
            self.note(
                Note::warning("The server gives leave to go on, but nothing waits for it.")
                    .rule(3501, "7.5"),
            );
        }
    }

    /// A login waits for a challenge, or has got one.
    fn in_exchange(&self) -> bool {
        self.parts.is_empty()
            && (self.progress.state() == &table::SASL
                || self.progress.pending().any(|verb| verb == &table::AUTHENTICATE))
    }

    fn untagged_data(&mut self, data: &Data) {
        if self.progress.oldest() == Some(&table::GREETING) {
            self.note(Note::error("The first response must be the greeting.").rule(3501, "7.1"));
        }
        let idle = self.progress.state() == &table::IDLING;
        let shifts = idle || self.asked.iter().any(|asked| !STEADY.contains(&asked.verb.name));
        if matches!(data, Data::Expunge(_)) && !shifts {
            self.note(
                Note::warning("A message was expunged while its number had to stay: no command is running, or one that relies on numbers.")
                    .rule(3501, "7.4.1"),
            );
        }
        if let Data::Capability(words) = data {
            self.set_capabilities(words);
        }
        if let Some(note) = self.known.data(data) {
            self.note(note);
        }
    }

    fn learn(&mut self, code: &Code) {
        if let Code::Capability(words) = code {
            self.set_capabilities(words);
        }
        self.known.code(code);
    }

    /// Octets in clear text where TLS must begin.
    fn injected(&mut self, bytes: &[u8]) {
        let bytes = bytes.get(self.shown..).unwrap_or_default();
        self.shown = 0;
        let mut scan = Scanner::new(bytes);
        scan.line(&terms::CLEAR_AFTER_TLS);
        self.received(scan.finish("Clear text where the TLS handshake must begin."));
        self.note(
            Note::error("Clear text came after OK, where the TLS handshake must begin. Somebody on the way may have slipped it in, so nothing of it is obeyed.")
                .rule(3501, "6.2.1"),
        );
    }

    fn unanswered(&self) -> String {
        match self.asked.as_slice() {
            [] => String::new(),
            [one] => format!(" {} has no answer.", one.verb.name),
            [first, ..] => {
                format!(" {} commands have no answer, {} first.", self.asked.len(), first.verb.name)
            }
        }
    }

    fn give_up(&mut self) {
        self.asked.clear();
        self.parts.clear();
        self.held = None;
        self.progress.set(&table::LITERAL, false);
    }

    fn data(&mut self, bytes: &[u8]) {
        let (direction, bytes) = (Direction::Received, bytes.to_vec());
        self.outputs.push_back(Output::Data { conn: Conn::MAIN, direction, bytes });
    }
}
