//! Octets sent without checks. The client still has to know what the server will take them for,
//! so that replies are matched and secrets are masked.

use super::{Asked, SmtpClient};
use crate::explain::{Composer, Scanner, Wire, common};
use crate::machine::{Conn, Output};
use crate::protocols::smtp::{table, terms, wire};
use crate::text::dot::{BlockState, LINE_LIMIT};
use crate::text::{off_script, split_verb};

/// How far raw octets have got.
#[derive(Clone, Debug, Default)]
pub(super) struct RawState {
    /// Octets of a BDAT chunk that are still to come.
    chunk: u64,
    /// The start of a line that was sent without its end.
    partial: Vec<u8>,
    /// DATA was sent raw: content follows, up to the lone dot.
    content: bool,
    /// AUTH was sent raw: so many of the lines that follow are responses.
    sasl: u8,
}

impl RawState {
    /// Raw octets will be, or are, the message.
    pub(super) fn in_content(&self) -> bool {
        self.content
    }

    /// DATA was refused.
    pub(super) fn leave_content(&mut self) {
        self.content = false;
    }
}

impl SmtpClient {
    pub(super) fn send_raw(&mut self, mut bytes: &[u8]) {
        if !self.progress.is_waiting() {
            self.raw.content = self.progress.state() == &table::CONTENT;
            self.raw.sasl = if self.progress.state() == &table::SASL { u8::MAX } else { 0 };
        }
        let mut wire = Wire::default();
        while !bytes.is_empty() {
            let in_chunk = usize::try_from(self.raw.chunk).unwrap_or(usize::MAX);
            let line = bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| at + 1);
            let n = if in_chunk > 0 { in_chunk.min(bytes.len()) } else { line };
            let (piece, rest) = bytes.split_at(n);
            bytes = rest;
            if in_chunk > 0 {
                self.raw.chunk -= n as u64;
                let mut out = Composer::new();
                out.put(&common::BODY, piece);
                wire.append(out.finish(""));
            } else {
                wire.append(self.raw_line(piece));
            }
        }
        wire.says = "Sent without the lab's checks.".into();
        self.outputs.push_back(Output::Sent { conn: Conn::MAIN, wire });
    }

    fn raw_line(&mut self, piece: &[u8]) -> Wire {
        let fresh = self.raw.partial.is_empty();
        self.raw.partial.extend_from_slice(piece);
        let wire = self.explain_raw(piece, fresh);
        if !piece.ends_with(b"\n") {
            return wire;
        }
        let line = core::mem::take(&mut self.raw.partial);
        let Some(line) = line.strip_suffix(b"\r\n") else {
            // A bare line feed ends no line for a server that keeps to the rules; but past the
            // length of any line there is nothing left to match.
            self.raw.partial = if line.len() < LINE_LIMIT { line } else { Vec::new() };
            return wire;
        };
        let text = String::from_utf8_lossy(line).into_owned();
        if self.raw.content {
            if text == "." {
                self.raw.content = false;
                self.expect(&table::MESSAGE, Asked::default());
            }
            return wire;
        }
        if self.raw.sasl > 0 {
            self.raw.sasl -= 1;
            self.expect(&table::RESPONSE, Asked::default());
            return wire;
        }
        self.raw_command(&text);
        wire
    }

    fn raw_command(&mut self, text: &str) {
        let (name, argument) = split_verb(text);
        let known = table::TABLE.verb(name).filter(|verb| !verb.name.starts_with('('));
        let mut verb = known.unwrap_or(&table::NOOP);
        let mut asked = Asked::default();
        match verb.name {
            "BDAT" => {
                if let Some((size, last)) = argument.and_then(wire::chunk_argument) {
                    self.raw.chunk = size;
                    verb = if last { &table::BDAT_LAST } else { verb };
                }
            }
            "RSET" if self.progress.state() == &table::CONNECTED => verb = &table::RSET_EARLY,
            "DATA" => self.raw.content = self.progress.legal("DATA").is_ok(),
            "AUTH" => {
                let (mechanism, initial) = split_verb(argument.unwrap_or_default());
                let lines = if mechanism.eq_ignore_ascii_case("LOGIN") { 2 } else { 1 };
                self.raw.sasl = lines - u8::from(initial.is_some());
            }
            _ => {}
        }
        if let Ok(command) = wire::command(text, &mut BlockState::default()) {
            asked.address = command.address;
            asked.eight_bit = command.eight_bit;
            asked.binary = command.binary;
            asked.mechanism = command.mechanism;
        }
        asked.tls = name.eq_ignore_ascii_case("STARTTLS");
        self.expect(verb, asked);
    }

    fn expect(&mut self, verb: &'static crate::table::Verb, asked: Asked) {
        self.asked.push_back(asked);
        self.progress.sent(verb);
    }

    /// Spans for a line or a piece of one: what looks like a login is masked, well formed or not.
    fn explain_raw(&self, piece: &[u8], fresh: bool) -> Wire {
        if self.raw.content {
            return off_script(piece, |_| None);
        }
        let mut scan = Scanner::new(piece);
        if self.raw.sasl > 0 && piece != b"*\r\n" {
            let n = scan.rest().len();
            scan.take_secret(&terms::SASL_RESPONSE, n - usize::from(scan.rest().ends_with(b"\r")));
            return scan.finish("");
        }
        let auth = |line: &[u8]| line.get(..5).is_some_and(|w| w.eq_ignore_ascii_case(b"AUTH "));
        if auth(&self.raw.partial) {
            if fresh {
                scan.take(&terms::AUTH, 5);
                scan.word(&terms::MECHANISM);
                scan.spaces();
            }
            let n = scan.rest().len();
            scan.take_secret(&terms::INITIAL_RESPONSE, n);
            return scan.finish("");
        }
        off_script(piece, |line| {
            let command = wire::command(line, &mut BlockState::default());
            command.ok().map(|command| command.wire)
        })
    }
}
