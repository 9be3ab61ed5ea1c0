//! Octets sent without checks. The client still has to know what the server will take them for,
//! so that replies are matched and secrets are masked.

use super::{Asked, SmtpClient};
use crate::explain::{Composer, Scanner, Wire, common};
use crate::machine::{Conn, Note, Output, Refused};
use crate::protocols::smtp::{table, terms, wire};
use crate::table::Progress;
use crate::text::advice::{Checked, Inspector, Write, plain, retyped};
use crate::text::dot::{BlockState, LINE_LIMIT};
use crate::text::{off_script, split_verb};

/// How far raw octets have got.
#[derive(Clone, Debug)]
pub(super) struct RawState {
    /// Octets of a BDAT chunk that are still to come.
    chunk: u64,
    /// The start of a line that was sent without its end.
    partial: Vec<u8>,
    /// Lines that ended with a bare LF: nobody knows whether the server answers them.
    loose: usize,
    /// DATA was sent raw: content follows, up to the lone dot.
    content: bool,
    inspector: Inspector,
    /// AUTH was sent raw: so many of the lines that follow are responses.
    sasl: u8,
}

impl Default for RawState {
    fn default() -> RawState {
        RawState {
            chunk: 0,
            partial: Vec::new(),
            loose: 0,
            content: false,
            inspector: Inspector::wire(),
            sasl: 0,
        }
    }
}

impl RawState {
    /// Raw octets will be, or are, the message.
    pub(super) fn in_content(&self) -> bool {
        self.content
    }

    /// DATA was refused.
    pub(super) fn leave_content(&mut self) {
        self.content = false;
        self.inspector = Inspector::wire();
    }

    pub(super) fn take_loose(&mut self) -> bool {
        let is_loose = self.loose > 0;
        self.loose = self.loose.saturating_sub(1);
        is_loose
    }
}

/// One write, and what in it ends before its end.
struct Raw<'a> {
    write: Write,
    /// As it was before.
    begun: Progress,
    bytes: &'a [u8],
    /// Where the chunk that ended last began, and whether it had LAST.
    chunk: Option<(usize, bool)>,
    /// The lone dot has ended the message.
    ended: bool,
    /// No command came since.
    after_dot: bool,
    /// What to type instead of a message that was sent in one write.
    retyped: Option<String>,
}

impl SmtpClient {
    pub(super) fn send_raw(&mut self, bytes: &[u8]) {
        if !self.progress.is_waiting() {
            self.raw.content = self.progress.state() == &table::CONTENT;
            self.raw.sasl = if self.progress.state() == &table::SASL { u8::MAX } else { 0 };
        }
        let whole = self.raw.content && self.raw.partial.is_empty();
        let (rules, grant) = (&wire::COMMANDS, Some(&table::PIPELINING));
        let mut raw = Raw {
            write: Write::new(rules, grant, &self.progress, self.suggest()),
            begun: self.progress.assumed(),
            bytes,
            chunk: None,
            ended: false,
            after_dot: false,
            retyped: if whole { retyped(bytes) } else { None },
        };
        let mut wire = Wire::default();
        let mut rest = bytes;
        while !rest.is_empty() {
            let in_chunk = usize::try_from(self.raw.chunk).unwrap_or(usize::MAX);
            let line = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |at| at + 1);
            let n = if in_chunk > 0 { in_chunk.min(rest.len()) } else { line };
            let (piece, behind) = rest.split_at(n);
            rest = behind;
            if in_chunk > 0 {
                self.raw.chunk -= n as u64;
                raw.write.skip(n);
                let mut out = Composer::new();
                out.put(&common::BODY, piece);
                wire.append(out.finish(""));
            } else {
                wire.append(self.raw_line(piece, &mut raw));
            }
        }
        wire.says = "Sent without the lab's checks.".into();
        self.outputs.push_back(Output::Sent { conn: Conn::MAIN, wire });
        self.raw_notes(raw);
    }

    fn raw_notes(&mut self, raw: Raw<'_>) {
        let mut notes = raw.write.notes;
        if self.raw.chunk > 0 {
            let text = format!(
                "BDAT has announced {} octets more than came with it: whatever is sent next is the rest of the chunk.",
                self.raw.chunk
            );
            notes.add(Note::info(text).rule(3030, "2"));
        }
        let eight_bit = self.raw.inspector.eight_bit();
        for note in self.raw.inspector.take_notes(&wire::CONTENT) {
            notes.add(Note { fix: raw.retyped.clone(), ..note });
        }
        // How large it is can be told at its end.
        let octets = if raw.ended { self.raw.inspector.octets() } else { 0 };
        self.content_remarks(eight_bit, octets, &mut notes);
        if raw.ended {
            self.raw.inspector = Inspector::wire();
        }
        self.tell(notes);
    }

    fn raw_line(&mut self, piece: &[u8], raw: &mut Raw<'_>) -> Wire {
        let fresh = self.raw.partial.is_empty();
        let partial = self.raw.partial.clone();
        self.raw.partial.extend_from_slice(piece);
        let wire = self.explain_raw(piece, fresh);
        let line = self.raw.partial.strip_suffix(b"\r\n");
        let text = line.map(|line| String::from_utf8_lossy(line).into_owned());
        if self.raw.content {
            raw.write.skip(piece.len());
            if text.as_deref() == Some(".") {
                self.raw.content = false;
                (raw.ended, raw.after_dot) = (true, true);
                self.expect(&table::MESSAGE, Asked::default());
            } else {
                self.raw.inspector.look(piece);
            }
        } else {
            self.raw_advice(&partial, piece, raw);
            match &text {
                Some(text) if self.raw.sasl > 0 => {
                    self.raw.sasl -= 1;
                    let asked = Asked { gives_up: text == "*", ..Asked::default() };
                    self.expect(&table::RESPONSE, asked);
                }
                Some(text) => self.raw_command(text, raw),
                None => self.raw.loose += usize::from(piece.ends_with(b"\n")),
            }
        }
        if text.is_some() {
            // Its answer, if it was a command, is that of the line that has come to its end.
            self.raw.take_loose();
        }
        // A bare line feed ends no line for a server that keeps to the rules; but past the length
        // of any line there is nothing left to match.
        let goes_on = text.is_none() && self.raw.partial.len() < LINE_LIMIT;
        if !goes_on {
            self.raw.partial.clear();
        }
        wire
    }

    /// Looks at a piece of a command line that comes behind `partial`.
    fn raw_advice(&self, partial: &[u8], piece: &[u8], raw: &mut Raw<'_>) {
        let start = partial.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let before = partial.len() - start;
        let line = [&partial[start..], piece].concat();
        let text = plain(&line);
        let assumed = self.progress.assumed();
        if self.raw.sasl > 0 {
            let refused = wire::response(&text).err();
            let name = table::RESPONSE.name.into();
            let checked =
                Checked { name, refused, secret: true, utf8: false, repaired: None, typed: None };
            let limit = wire::RESPONSE_LIMIT;
            raw.write.command(&line, before, limit, &self.progress, checked, &|_| false);
            return;
        }
        let (name, _) = split_verb(&text);
        let known = table::TABLE.verb(name).filter(|verb| !verb.name.starts_with('('));
        let accepts = |fix: &str| {
            let checked = self.check(&assumed, fix, &mut self.chunks.clone());
            checked.is_ok_and(|command| command.verb != &table::AUTH || fix.split(' ').count() == 2)
        };
        let ended = line.ends_with(b"\n") && known.is_none();
        if ended && let Some(note) = self.ended_early(raw, piece.len()) {
            raw.write.notes.add(note);
            raw.write.skip(piece.len());
            return;
        }
        let checked = match known {
            Some(verb) if verb == &table::BDAT => self.check_chunk(&assumed, &text),
            _ => self.check(&assumed, &text, &mut self.chunks.clone()),
        };
        if let Ok(command) = &checked {
            for note in self.remarks(command).take() {
                raw.write.notes.add(note);
            }
        }
        let utf8 = checked.is_ok() && !text.is_ascii();
        let refused = checked.err();
        let repairs = refused.as_ref().map(|refused| self.repairs(&text, refused));
        let repaired = repairs.into_iter().flatten().find(|repair| accepts(repair));
        let secret = known == Some(&table::AUTH) && text.split(' ').count() > 2;
        let name = known.map_or(name, |verb| verb.name).into();
        let checked = Checked { name, refused, secret, utf8, repaired, typed: None };
        let limit = wire::line_limit(split_verb(&text).0);
        raw.write.command(&line, before, limit, &self.progress, checked, &accepts);
    }

    /// What is no command stands behind a chunk, or behind the lone dot, of the same write: it
    /// was meant to belong to that.
    fn ended_early(&self, raw: &Raw<'_>, octets: usize) -> Option<Note> {
        if let Some((start, last)) = raw.chunk {
            let end = raw.write.at() + octets;
            let chunk = String::from_utf8_lossy(raw.bytes.get(start..end)?).replace("\r\n", "\n");
            let verb = if last { "BDAT LAST" } else { "BDAT" };
            let fix = Some(format!("{verb}\n{}", chunk.trim_end_matches('\n')));
            let text = "BDAT has announced fewer octets than the chunk has: the rest of it goes out as commands.";
            let note = Note::warning(text).rule(3030, "2");
            let accepts =
                |fix: &String| self.check(&raw.begun, fix, &mut self.chunks.clone()).is_ok();
            return Some(Note { fix: fix.filter(accepts), ..note });
        }
        let text = "A line with nothing but a dot has ended the message, and what stands behind it goes out as commands. Such a line within a message is sent with two dots.";
        let note = Note::warning(text).rule(5321, "4.5.2");
        raw.after_dot.then(|| Note { fix: raw.retyped.clone(), ..note })
    }

    fn check_chunk(&self, progress: &Progress, text: &str) -> Result<wire::Command, Refused> {
        progress.legal(table::BDAT.name).map_err(Refused::Illegal)?;
        let (_, argument) = split_verb(text);
        if argument.and_then(wire::chunk_argument).is_none() {
            let what = "Behind BDAT stands a number, and perhaps LAST.".into();
            return Err(wire::malformed(&table::BDAT, what, "BDAT octets [LAST]"));
        }
        wire::command("BDAT", &mut BlockState::default())
    }

    fn raw_command(&mut self, text: &str, raw: &mut Raw<'_>) {
        let (name, argument) = split_verb(text);
        let known = table::TABLE.verb(name).filter(|verb| !verb.name.starts_with('('));
        let mut verb = known.unwrap_or(&table::OTHER);
        if known.is_some() {
            (raw.chunk, raw.after_dot) = (None, false);
        }
        match verb.name {
            "BDAT" => {
                if let Some((size, last)) = argument.and_then(wire::chunk_argument) {
                    self.raw.chunk = size;
                    raw.chunk = Some((raw.write.at(), last));
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
        let command = wire::command(text, &mut BlockState::default());
        let mut asked = command.map_or_else(|_| Asked::default(), |command| Asked::of(&command));
        asked.tls = name.eq_ignore_ascii_case("STARTTLS");
        self.expect(verb, asked);
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
