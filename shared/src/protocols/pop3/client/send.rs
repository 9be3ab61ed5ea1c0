//! What goes out: as typed, or without the lab's checks.

use super::{Asked, Pop3Client};
use crate::explain::Wire;
use crate::machine::{Client, Conn, Note, Output, Refused};
use crate::protocols::pop3::{table, wire};
use crate::table::{Progress, Verb};
use crate::text::advice::{Checked, Notes, Write, plain};
use crate::text::dot::{Explain, LINE_LIMIT};
use crate::text::{message, split_verb};

/// How far octets without checks have got.
#[derive(Clone, Debug, Default)]
pub(super) struct RawState {
    /// The start of a line that was sent without its end.
    partial: Vec<u8>,
    /// Lines that ended with a bare LF: nobody knows whether the server answers them.
    pub(super) loose: usize,
}

impl Pop3Client {
    pub(super) fn send(&mut self, text: &str) -> Result<(), Refused> {
        let (verb, wire) = self.check(&self.progress, text)?;
        self.progress.may_follow(verb.name, Some(&table::PIPELINING)).map_err(Refused::Illegal)?;
        let mut notes = self.remarks(verb, text);
        notes.line(&wire::COMMANDS, &wire.bytes, 0, usize::MAX, None);
        self.expect(verb, text);
        self.outputs.push_back(Output::Sent { conn: Conn::MAIN, wire });
        self.tell(notes);
        Ok(())
    }

    /// All or nothing: the lines are tried on a copy of the progress first.
    pub(super) fn batch(&mut self, text: &str) -> Result<(), Refused> {
        let mut trial = self.progress.clone();
        for line in text.lines() {
            let name = line.split(' ').next().unwrap_or_default();
            trial.legal(name).map_err(Refused::Illegal)?;
            let (verb, _) = wire::command(line)?;
            trial.may_follow(name, Some(&table::PIPELINING)).map_err(Refused::Illegal)?;
            trial.sent(verb);
        }
        text.lines().try_for_each(|line| self.send(line))
    }

    /// Octets that hold whole lines will be answered: each is matched to a command if it looks
    /// like one, so that the replies are framed as the server meant them.
    pub(super) fn send_raw(&mut self, bytes: &[u8]) {
        let (rules, grant) = (&wire::COMMANDS, Some(&table::PIPELINING));
        let mut write = Write::new(rules, grant, &self.progress, self.suggestion());
        let mut sent = Wire::default();
        for piece in bytes.split_inclusive(|b| *b == b'\n') {
            sent.append(self.raw_line(piece, &mut write));
        }
        sent.says = "Sent without the lab's checks.".into();
        self.outputs.push_back(Output::Sent { conn: Conn::MAIN, wire: sent });
        self.tell(write.notes);
    }

    fn raw_line(&mut self, piece: &[u8], write: &mut Write) -> Wire {
        let before = self.raw.partial.len();
        let line = [core::mem::take(&mut self.raw.partial), piece.to_vec()].concat();
        let text = plain(&line);
        let (name, _) = split_verb(&text);
        let known = table::TABLE.verb(name).filter(|verb| !verb.name.starts_with('('));
        // The lines behind an AUTH are responses, so long as they are no commands.
        let behind_auth = || {
            let last = self.progress.pending().last();
            known.is_none() && last.is_some_and(|verb| *verb == table::AUTH)
        };
        let in_sasl = self.progress.state() == &table::SASL || behind_auth();
        let assumed = self.progress.assumed();
        let checked = match in_sasl {
            true => wire::response(&text).map(|wire| (&table::RESPONSE, wire)),
            false => self.check(&assumed, &text),
        };
        let secret = in_sasl || wire::is_secret(&text);
        let whole = match in_sasl {
            true => Some(wire::masked(&text)),
            false => wire::command(&text).ok().map(|(_, wire)| wire),
        };
        let wire = whole
            .filter(|whole| whole.bytes == piece)
            .unwrap_or_else(|| wire::fragment(piece, before, &text, secret));
        let verb = match &checked {
            Ok((verb, _)) => verb,
            Err(_) if in_sasl => &table::RESPONSE,
            Err(_) => known.unwrap_or(&table::OTHER),
        };
        let called = if verb.is_other() { name } else { verb.name };
        if let Ok((verb, _)) = &checked {
            for note in self.remarks(verb, &text).take() {
                write.notes.add(note);
            }
        }
        let checked = Checked {
            name: called.into(),
            refused: checked.err(),
            secret,
            utf8: false,
            repaired: None,
            typed: None,
        };
        let accepts = |fix: &str| {
            let checked = self.check(&assumed, fix).ok().filter(|_| !wire::is_secret(fix));
            checked.is_some_and(|(verb, _)| self.remarks(verb, fix).take().is_empty())
        };
        write.command(&line, before, wire::LINE_LIMIT, &self.progress, checked, &accepts);
        match line.as_slice() {
            [.., b'\r', b'\n'] => self.expect(verb, &text),
            [.., b'\n'] => self.raw.loose += 1,
            // Past the length of any line there is nothing left to match.
            _ if line.len() < LINE_LIMIT => self.raw.partial = line,
            _ => {}
        }
        wire
    }

    /// Composes a command or a response, if it may be sent after what `progress` has seen.
    fn check(&self, progress: &Progress, text: &str) -> Result<(&'static Verb, Wire), Refused> {
        if progress.state() == &table::SASL {
            return Ok((&table::RESPONSE, wire::response(text)?));
        }
        let name = text.split(' ').next().unwrap_or_default();
        progress.legal(name).map_err(Refused::Illegal)?;
        wire::command(text)
    }

    /// What is unusual in a command that is right.
    fn remarks(&self, verb: &'static Verb, text: &str) -> Notes {
        let mut notes = Notes::default();
        let (_, argument) = split_verb(text);
        let argument = argument.unwrap_or_default();
        if verb == &table::APOP && self.timestamp.is_none() {
            let text = "The greeting had no timestamp in angle brackets, so the server does not offer APOP, and no digest can be right.";
            let fix = format!("USER {}", self.config.user);
            notes.add(Note::warning(text).rule(1939, "7").fix(fix));
        }
        if verb == &table::PASS && argument.trim() != argument {
            let text = "The password begins or ends with a space: everything behind the first space of the line belongs to it.";
            notes.add(Note::info(text).rule(1939, "7"));
        }
        notes
    }

    /// Remembers what the reply will be read with.
    fn expect(&mut self, verb: &'static Verb, text: &str) {
        let (name, argument) = split_verb(text);
        let single = argument.is_some();
        let block: Option<Explain> = match verb.name {
            "LIST" if !single => Some(wire::explain_list),
            "UIDL" if !single => Some(wire::explain_uidl),
            "CAPA" | "(list of mechanisms)" => Some(wire::explain_capa),
            "RETR" | "TOP" => Some(message::explain),
            _ => None,
        };
        let first = argument.and_then(|argument| argument.split(' ').next());
        match verb.name {
            "CAPA" => self.capabilities.clear(),
            "USER" => self.mailbox = argument.map(Into::into),
            "APOP" => self.mailbox = first.map(Into::into),
            _ => {}
        }
        let message = match verb.name {
            "LIST" | "UIDL" | "RETR" | "TOP" | "DELE" => first.and_then(|n| n.parse().ok()),
            _ => None,
        };
        let gives_up = verb == &table::RESPONSE && text == "*";
        let tls = verb.is_other() && name.eq_ignore_ascii_case("STLS");
        self.asked.push_back(Asked { single, block, message, gives_up, tls });
        self.progress.sent(verb);
    }
}
