//! Octets sent without checks. The client still has to know what the server will take them for,
//! so that replies are matched and secrets are masked.

use super::ImapClient;
use super::send::{name_of, on_the_wire};
use crate::explain::{Scanner, Wire};
use crate::protocols::imap::command::{self, beginning};
use crate::protocols::imap::frame::{Event, Framer, Unit};
use crate::protocols::imap::{table, terms};
use crate::text::content::to_crlf;
use crate::text::off_script;

/// A line that goes on for ever is nothing to be matched any more.
const LINE_LIMIT: usize = 64 * 1024;

#[derive(Clone, Debug)]
pub(super) struct RawState {
    framer: Framer,
}

impl Default for RawState {
    fn default() -> RawState {
        RawState { framer: Framer::commands(LINE_LIMIT) }
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
        let mut wire = Wire::default();
        for piece in bytes.split_inclusive(|b| *b == b'\n') {
            let before = self.raw.framer.unit().bytes.clone();
            wire.append(self.explain_raw(piece, &before));
            self.track(piece);
        }
        wire.says = "Sent without the lab's checks.".into();
        self.sent(wire);
    }

    fn track(&mut self, mut piece: &[u8]) {
        let plain = [&table::SASL, &table::IDLING].contains(&self.progress.state());
        self.raw.framer.set_plain(plain);
        while let Some(event) = self.raw.framer.next(&mut piece) {
            match event {
                Event::Literal(_) => self.raw.framer.collect(),
                Event::Unit(unit) => self.raw_line(&unit),
                Event::Data(_) | Event::TooLong(_) => {}
            }
        }
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
