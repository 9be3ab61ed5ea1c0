//! Octets sent without the lab's checks: what reply they will get, what in them is secret, and what
//! is to be said of them.

use super::super::{table, terms, wire};
use super::{Asked, NntpClient};
use crate::explain::Wire;
use crate::machine::{Conn, Note, Output, Refused};
use crate::table::{Progress, Verb};
use crate::text::advice::{Checked, Inspector, Write, plain, retyped};
use crate::text::dot::LINE_LIMIT;
use crate::text::{off_script, off_script_piece};

/// How far octets without checks have got.
#[derive(Clone, Debug)]
pub(super) struct RawState {
    /// The start of a line that was sent without its end.
    partial: Vec<u8>,
    /// Lines that ended with a bare LF: nobody knows whether the server answers them.
    pub(super) loose: usize,
    /// An article is under way, after this command.
    pub(super) article: Option<&'static Verb>,
    inspector: Inspector,
}

impl Default for RawState {
    fn default() -> RawState {
        RawState { partial: Vec::new(), loose: 0, article: None, inspector: Inspector::wire() }
    }
}

/// One write, and what in it ends before its end.
struct Raw<'a> {
    write: Write,
    bytes: &'a [u8],
    /// The lone dot has ended the article.
    ended: bool,
    /// No command came since.
    after_dot: bool,
    /// What to type instead of an article that was sent in one write.
    retyped: Option<String>,
}

impl NntpClient {
    pub(super) fn raw(&mut self, bytes: &[u8]) {
        if self.raw.article.is_none() && self.progress.state() == &table::POSTING {
            self.raw.article = Some(&table::CONTENT);
        }
        let whole = self.raw.article.is_some() && self.raw.partial.is_empty();
        let mut raw = Raw {
            write: Write::new(&wire::COMMANDS, None, &self.progress, self.suggest()),
            bytes,
            ended: false,
            after_dot: false,
            retyped: if whole { retyped(bytes) } else { None },
        };
        let mut wire = Wire::default();
        for piece in bytes.split_inclusive(|b| *b == b'\n') {
            wire.append(self.raw_line(piece, &mut raw));
        }
        wire.says = "Sent without the lab's checks.".into();
        self.output(Output::Sent { conn: Conn::MAIN, wire });
        for note in self.raw.inspector.take_notes(&wire::ARTICLE) {
            raw.write.notes.add(Note { fix: raw.retyped.clone(), ..note });
        }
        if raw.ended {
            self.raw.inspector = Inspector::wire();
        }
        self.tell_notes(raw.write.notes);
    }

    fn raw_line(&mut self, piece: &[u8], raw: &mut Raw<'_>) -> Wire {
        let before = self.raw.partial.len();
        let line = [core::mem::take(&mut self.raw.partial), piece.to_vec()].concat();
        let text = String::from_utf8_lossy(&line).into_owned();
        let whole = text.strip_suffix("\r\n");
        let wire = if let Some(verb) = self.raw.article {
            raw.write.skip(piece.len());
            if whole == Some(".") {
                self.raw.article = None;
                (raw.ended, raw.after_dot) = (true, true);
                self.await_reply(verb, Asked::default());
            } else {
                self.raw.inspector.look(piece);
            }
            off_script(piece, |_| None)
        } else {
            self.raw_command(&line, before, raw)
        };
        // In an article a bare line feed ends no line; past the length of any line there is
        // nothing left to match.
        let ended = whole.is_some() || (line.ends_with(b"\n") && self.raw.article.is_none());
        if ended {
            self.raw.loose += usize::from(whole.is_none());
        } else if line.len() < LINE_LIMIT {
            self.raw.partial = line;
        }
        wire
    }

    /// A line that is no part of an article, or a piece of one: `before` of it went out earlier.
    fn raw_command(&mut self, line: &[u8], before: usize, raw: &mut Raw<'_>) -> Wire {
        let text = plain(line);
        let parsed = wire::parse(&text);
        // The lines behind an AUTHINFO SASL are responses, so long as they are no commands.
        let last = self.progress.pending().last();
        let began_sasl = last.is_some_and(|verb| verb.name == "AUTHINFO SASL");
        let in_sasl = self.progress.state() == &table::SASL || (began_sasl && parsed.is_err());
        let wire = self.masked(line, before, in_sasl);
        let ended = line.ends_with(b"\n");
        if ended && parsed.is_err() && raw.after_dot {
            let text = "A line with nothing but a dot has ended the article, and what stands behind it goes out as commands. Such a line within an article is sent with two dots.";
            let note = Note::warning(text).rule(3977, "3.1.1");
            raw.write.notes.add(Note { fix: raw.retyped.clone(), ..note });
            raw.write.skip(line.len() - before);
        } else {
            raw.after_dot &= parsed.is_err();
            self.raw_advice(line, before, in_sasl, raw);
        }
        if line.ends_with(b"\r\n") {
            match parsed {
                _ if in_sasl => {
                    let asked = Asked { gives_up: text == "*", ..Asked::default() };
                    self.await_reply(&table::RESPONSE, asked);
                }
                Ok(command) if command.verb == &table::TAKETHIS => {
                    self.raw.article = Some(command.verb);
                    let article = raw.bytes.get(raw.write.at()..).and_then(retyped);
                    raw.retyped = article.map(|article| format!("{text}\n{article}"));
                }
                Ok(command) => {
                    let asked = self.remember(&text, &command);
                    self.await_reply(command.verb, asked);
                }
                Err(_) => self.await_reply(&table::OTHER, Asked::default()),
            }
        }
        wire
    }

    fn await_reply(&mut self, verb: &'static Verb, asked: Asked) {
        self.asked.push_back(asked);
        self.progress.sent(verb);
    }

    /// Spans for the last piece of a line: what looks like a login is masked, right or wrong.
    fn masked(&self, line: &[u8], before: usize, in_sasl: bool) -> Wire {
        let piece = &line[before..];
        if in_sasl {
            let open = if line == b"*\r\n" { piece.len() } else { 0 };
            return off_script_piece(piece, open, &terms::SASL_RESPONSE);
        }
        let text = String::from_utf8_lossy(line);
        let known = || wire::parse(text.strip_suffix("\r\n")?).ok().map(|command| command.wire);
        if let Some(wire) = known().filter(|wire| wire.bytes == piece) {
            return wire;
        }
        match wire::secretive(&text) {
            Some(open) => off_script_piece(piece, open.saturating_sub(before), &terms::SECRET),
            None => off_script(piece, |_| None),
        }
    }

    fn raw_advice(&self, line: &[u8], before: usize, in_sasl: bool, raw: &mut Raw<'_>) {
        let text = plain(line);
        if core::str::from_utf8(line).is_err() {
            let text = "A command is not UTF-8. Commands of NNTP may have letters beyond ASCII, but only so coded.";
            raw.write.notes.add(Note::warning(text).rule(3977, "3.1"));
        }
        let assumed = self.progress.assumed();
        let (name, refused, secret) = if in_sasl {
            (table::RESPONSE.name.into(), wire::response(&text).err(), true)
        } else {
            match self.command(&text, &assumed) {
                Ok(command) => {
                    let secret = command.wire.spans.iter().any(|span| span.secret);
                    (command.verb.name.into(), None, secret)
                }
                Err(refused) => {
                    let parsed = wire::parse(&text);
                    let first = text.split([' ', '\t']).next().unwrap_or_default().to_string();
                    let name = parsed.map_or(first, |command| command.verb.name.into());
                    (name, Some(refused), wire::secretive(&text).is_some())
                }
            }
        };
        let accepts = |fix: &str| {
            let command = self.command(fix, &assumed);
            command.is_ok_and(|command| command.wire.spans.iter().all(|span| !span.secret))
        };
        let repairs = refused.as_ref().map(|refused| self.repairs(&text, refused, &assumed));
        let repaired = repairs.into_iter().flatten().find(|repair| accepts(repair));
        let limit = if in_sasl { wire::SASL_LIMIT } else { wire::line_limit(&text) };
        let checked = Checked { name, refused, secret, utf8: true, repaired, typed: None };
        raw.write.command(line, before, limit, &self.progress, checked, &accepts);
    }

    /// What to send instead of a refused command, in the order of likelihood.
    fn repairs(&self, text: &str, refused: &Refused, progress: &Progress) -> Vec<String> {
        let mut words = text.split([' ', '\t']).filter(|word| !word.is_empty());
        let keyword = words.next().unwrap_or_default().to_ascii_uppercase();
        let argument = words.next().unwrap_or_default();
        match (keyword.as_str(), refused) {
            ("AUTHINFO", Refused::Illegal(_)) => {
                vec![format!("AUTHINFO USER {}", self.config.user)]
            }
            (_, Refused::Illegal(_)) => Vec::new(),
            ("GROUP" | "LISTGROUP", _) if argument.contains(['*', '?', ',', '!']) => {
                vec![format!("LIST ACTIVE {argument}")]
            }
            ("GROUP", _) if argument.is_empty() => {
                self.known.group.iter().map(|group| format!("GROUP {}", group.name)).collect()
            }
            ("ARTICLE" | "HEAD" | "BODY" | "STAT" | "IHAVE" | "CHECK" | "OVER", _) => {
                vec![format!("{keyword} <{}>", argument.trim_matches(['<', '>'])), keyword]
            }
            _ => {
                // An unknown variant: the plain command, or the variants that there are.
                let prefix = format!("{keyword} ");
                let variants =
                    progress.table().verbs.iter().filter(|v| v.name.starts_with(&prefix));
                let templates = variants.map(|verb| verb.template.to_string());
                [keyword].into_iter().chain(templates).collect()
            }
        }
    }
}
