//! Octets sent without checks. The client still has to know what the server will take them for,
//! so that replies are matched and secrets are masked.

use super::ImapClient;
use super::advice::COMMANDS;
use super::send::{LINE_LIMIT, NUMBERED, STEADY, name_of, on_the_wire};
use crate::explain::{Scanner, Wire};
use crate::machine::Note;
use crate::protocols::imap::command::{self, beginning};
use crate::protocols::imap::frame::{Event, Framer, Unit};
use crate::protocols::imap::{table, terms};
use crate::text::advice::Write;
use crate::text::content::to_crlf;
use crate::text::off_script;

/// A line that goes on for ever is nothing to be matched any more.
const FOLLOWED: usize = 64 * 1024;

#[derive(Clone, Debug)]
pub(super) struct RawState {
    framer: Framer,
}

impl Default for RawState {
    fn default() -> RawState {
        RawState { framer: Framer::commands(FOLLOWED) }
    }
}

/// One write.
struct Raw {
    write: Write,
    /// The octets of a literal followed without the leave that they need.
    hasty: bool,
    /// The largest literal of the command that asks for no leave.
    plus: Option<u64>,
}

impl Raw {
    /// Says what is wrong with the literals of a command.
    fn literals(&mut self, fix: Option<String>) {
        if core::mem::take(&mut self.hasty) {
            let text = "A literal with its number alone needs the server's leave: wait for the line with + before its octets are sent. A server that refuses the command takes them for commands.";
            self.write
                .notes
                .add(Note { fix: fix.clone(), ..Note::warning(text).rule(3501, "4.3") });
        }
        if self.plus.take().is_some() {
            let text = "A literal with a plus sign does not wait for leave, and that needs the capability LITERAL+, or LITERAL- up to 4096 octets. The server has announced neither.";
            self.write.notes.add(Note { fix, ..Note::warning(text).rule(7888, "3") });
        }
    }
}

impl RawState {
    /// A command was begun that has not come to its end.
    pub(super) fn waits(&self) -> bool {
        !self.framer.is_between()
    }
}

impl ImapClient {
    /// A command that is sent against advice gets a tag too, so that its answer can be told.
    pub(super) fn with_tag(&self, text: &str) -> Vec<u8> {
        let plain = [&table::SASL, &table::IDLING].contains(&self.progress.state());
        let tagged = command::typed(text).is_ok_and(|typed| typed.tag.is_some());
        let mut bytes = Vec::new();
        to_crlf(&mut false, text.trim_end_matches(['\r', '\n']).as_bytes(), &mut bytes);
        bytes.extend_from_slice(b"\r\n");
        match plain || tagged || self.raw.waits() {
            true => bytes,
            false => [self.next_tag(self.serial).as_bytes(), b" ", &bytes].concat(),
        }
    }

    pub(super) fn send_raw(&mut self, bytes: &[u8]) {
        let mut raw = Raw {
            write: Write::new(&COMMANDS, None, &self.progress, self.suggest()),
            hasty: false,
            plus: None,
        };
        let mut wire = Wire::default();
        let mut left = bytes.len();
        for piece in bytes.split_inclusive(|b| *b == b'\n') {
            left -= piece.len();
            let before = self.raw.framer.unit().bytes.clone();
            wire.append(self.explain_raw(piece, &before));
            self.track(piece, &before, left > 0, &mut raw);
        }
        wire.says = "Sent without the lab's checks.".into();
        self.sent(wire);
        raw.literals(None);
        self.tell(raw.write.notes);
    }

    /// Follows a piece that comes behind `before`; `more` of the write follows it.
    fn track(&mut self, piece: &[u8], before: &[u8], more: bool, raw: &mut Raw) {
        let plain = [&table::SASL, &table::IDLING].contains(&self.progress.state());
        self.raw.framer.set_plain(plain);
        let literal = usize::try_from(self.raw.framer.owed()).unwrap_or(usize::MAX);
        let literal = literal.min(piece.len());
        raw.write.skip(literal);
        let start = match literal {
            0 => before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1),
            _ => before.len(),
        };
        let line = [&before[start..], &piece[literal..]].concat();
        let (earlier, utf8) = (before.len() - start, self.known.is_utf8());
        let mut rest = piece;
        let mut seen = line.is_empty();
        while let Some(event) = self.raw.framer.next(&mut rest) {
            match event {
                Event::Literal(header) => {
                    self.raw.framer.collect();
                    raw.write.line(&line, earlier, LINE_LIMIT, utf8);
                    raw.hasty |= header.waits && more;
                    if !header.waits {
                        raw.plus = raw.plus.max(Some(header.size));
                    }
                    seen = true;
                }
                Event::Unit(unit) => {
                    self.raw_advice(&unit.bytes, &line, earlier, raw);
                    self.raw_line(&unit);
                    seen = true;
                }
                Event::Data(_) | Event::TooLong(_) => {}
            }
        }
        if !seen {
            let begun = self.raw.framer.unit().bytes.clone();
            self.raw_advice(&begun, &line, earlier, raw);
        }
    }

    /// Looks at a command, or at what there is of one, whose last line so far is `line`; `earlier`
    /// octets of that are from another write.
    fn raw_advice(&self, whole: &[u8], line: &[u8], earlier: usize, raw: &mut Raw) {
        let assumed = self.progress.assumed();
        let (checked, mut notes) = self.inspect(whole, &assumed);
        let name = checked.name.clone();
        let shifts = self.progress.pending().any(|other| !STEADY.contains(&other.name));
        if NUMBERED.contains(&&*name) && shifts {
            let text = "Numbers of messages may shift while the command before this one runs, so this one may mean others: its answer must be read first. UIDs do not shift.";
            raw.write.notes.add(Note::warning(text).rule(3501, "5.5"));
        }
        let accepts = |fix: &str| self.accepts(fix, &assumed);
        let typed = checked.typed.clone().filter(|fix| !checked.secret && accepts(fix));
        let taken = self.progress.has(&table::CAN_LITERAL_PLUS)
            || (raw.plus <= Some(4096) && self.progress.has(&table::CAN_LITERAL_MINUS));
        if taken {
            raw.plus = None;
        }
        let patient = checked.typed.clone().map(|text| text.replace("+}\n", "}\n"));
        let patient = patient.filter(|fix| !checked.secret && accepts(fix));
        raw.literals(if raw.plus.is_some() { patient } else { typed });
        raw.write.command(line, earlier, LINE_LIMIT, &self.progress, checked, &accepts);
        notes.take().into_iter().for_each(|note| raw.write.notes.add(note));
    }

    fn raw_line(&mut self, unit: &Unit) {
        let line = unit.bytes.trim_ascii();
        if self.progress.state() == &table::SASL {
            self.progress.sent(&table::RESPONSE);
            return;
        }
        if self.progress.state() == &table::IDLING {
            if line.eq_ignore_ascii_case(b"DONE") {
                let done = if self.was_selected { &table::DONE } else { &table::DONE_AUTH };
                self.progress.sent(done);
            }
            return;
        }
        let Some((tag, name)) = beginning(line) else { return };
        let known = table::TABLE.verb(&name).filter(|verb| !verb.name.starts_with('('));
        let selected = self.progress.state() == &table::SELECTED;
        let verb = on_the_wire(known.unwrap_or(&table::NOOP), selected);
        let parsed = command::parse(&unit.bytes, &[], self.known.is_utf8(), false);
        let name = parsed.command.map(|command| name_of(&command)).unwrap_or_default();
        self.begin(tag, verb, name);
    }

    /// Spans for a line or a piece of one: what looks like a login is masked, well formed or not.
    fn explain_raw(&self, piece: &[u8], before: &[u8]) -> Wire {
        let mut scan = Scanner::new(piece);
        if self.progress.state() == &table::SASL && piece != b"*\r\n" {
            let n = scan.rest().len();
            scan.take_secret(&terms::SASL_RESPONSE, n);
            return scan.finish("");
        }
        let known = off_script(piece, |line| {
            let line = format!("{line}\r\n");
            let parsed = command::parse(line.as_bytes(), &[], self.known.is_utf8(), true);
            parsed.command.is_ok().then_some(parsed.wire)
        });
        // Its tag may be missing.
        let whole = String::from_utf8_lossy(&[before, piece].concat()).to_ascii_uppercase();
        let at = whole
            .split_whitespace()
            .take(2)
            .position(|word| matches!(word, "LOGIN" | "AUTHENTICATE"));
        let Some(at) = at.filter(|_| !before.is_empty() || known.spans.len() <= 1) else {
            return known;
        };
        if before.is_empty() {
            for term in [&terms::TAG, &terms::LOGIN].iter().skip(1 - at) {
                scan.word(term);
                scan.spaces();
            }
        }
        let n = scan.rest().len();
        scan.take_secret(&terms::PASSWORD, n);
        scan.finish("")
    }
}
