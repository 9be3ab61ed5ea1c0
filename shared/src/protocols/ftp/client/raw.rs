//! Octets that a person sends without checks: they go out as they are, and what is wrong with
//! them is said.

use super::super::{table, terms, wire};
use super::FtpClient;
use crate::explain::{Composer, Rfc, Wire, common};
use crate::machine::{Conn, Note, Output, Refused};
use crate::table::Verb;
use crate::text::advice::{LineRules, Notes, refusal, remedies};
use crate::text::{off_script, split_verb};

/// Telnet's escape, which holds on the command connection too.
const IAC: u8 = 255;

/// What programs for people call a command, and what it is on the wire.
const FAMILIAR: &[(&str, &str)] = &[
    ("LS", "LIST"),
    ("DIR", "LIST"),
    ("GET", "RETR"),
    ("PUT", "STOR"),
    ("CD", "CWD"),
    ("DEL", "DELE"),
    ("RM", "DELE"),
    ("MKDIR", "MKD"),
    ("RMDIR", "RMD"),
    ("BYE", "QUIT"),
    ("EXIT", "QUIT"),
    ("BINARY", "TYPE"),
    ("LOGIN", "USER"),
];

const RULES: LineRules = LineRules {
    protocol: "FTP",
    line_end: Rfc::new(959, "5.3"),
    length: Rfc::new(959, "4.2.1"),
    // Names are in UTF-8.
    seven_bit: None,
    batches: Rfc::new(959, "5.4"),
    commands: Rfc::new(959, "5.3.1"),
};

impl FtpClient {
    pub(super) fn send_raw(&mut self, conn: Conn, bytes: &[u8]) {
        let wire = off_script(bytes, |line| {
            wire::command(line).map_or_else(|_| masked(line), |(_, wire)| Some(wire))
        });
        self.outputs.push_back(Output::Sent { conn, wire });
        // A server that has said 421 or 221 answers nothing more.
        if conn != Conn::MAIN || self.progress.state() == &table::CLOSED {
            return;
        }
        self.raw.extend_from_slice(bytes);
        let (mut notes, mut behind_lf) = (Notes::default(), false);
        let mut at = 0;
        while let Some(end) = self.raw.iter().position(|b| *b == b'\n') {
            let line: Vec<u8> = self.raw.drain(..=end).collect();
            let (verb, argument) = self.judge(&line, at, &mut notes);
            let bare = !line.ends_with(b"\r\n");
            // A strict server drops what stands between a bare LF and the end of the line.
            if bare || !behind_lf {
                self.expect(verb, argument.as_deref());
                self.order(verb);
            }
            (behind_lf, at) = (bare, at + line.len());
        }
        match self.raw.len() {
            0 => {}
            octets if octets > wire::LINE_LIMIT => {
                self.raw.clear();
                notes.add(too_long(octets));
            }
            _ => notes.line(&RULES, &self.raw, at, usize::MAX, None),
        }
        notes.take().into_iter().for_each(|note| self.note(note));
    }

    /// Says what is wrong with a command line, and what it will be answered as.
    fn judge(
        &mut self,
        line: &[u8],
        at: usize,
        notes: &mut Notes,
    ) -> (&'static Verb, Option<String>) {
        let end = line.iter().rev().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let plain = without_telnet(&line[..line.len() - end], notes);
        let text = String::from_utf8_lossy(&plain).into_owned();
        let (name, argument) = split_verb(&text);
        let known = table::TABLE.verb(name).filter(|verb| !verb.name.starts_with('('));
        let verb = known.unwrap_or(&table::NOOP);
        let argument = argument.map(String::from);
        if line.len() > wire::LINE_LIMIT {
            notes.add(too_long(line.len()));
            return (verb, argument);
        }
        let cut = text.split(['\r', '\0']).next().unwrap_or_default();
        let right = self.check(cut).is_ok() && !has_secret(cut);
        notes.line(&RULES, line, at, usize::MAX, right.then_some(cut));
        if core::str::from_utf8(&plain).is_err() {
            let text = "The line holds octets that are no UTF-8. Names are sent in UTF-8.";
            notes.add(Note::warning(text).rule(2640, "2.2"));
        }
        if cut != text {
            return (verb, argument);
        }
        if matches!(verb.name, "PORT" | "EPRT") && known.is_some() {
            self.drop_unused_data();
            self.send_elsewhere(argument.as_deref().unwrap_or_default());
        }
        if let Err(why) = self.check(&text) {
            let mut note = Note { fix: self.right(&text, &why), ..refusal(&RULES, &why) };
            // Half of all commands are legal; the one to type is in the fix.
            note.text.truncate(note.text.find(" Legal now:").unwrap_or(note.text.len()));
            let needs = matches!(&why, Refused::Illegal(illegal) if illegal.needs.is_some());
            notes.add(if needs { note.rule(959, "5.4") } else { note });
        } else if let Some(argument) = &argument {
            self.note_spaces(verb, argument);
        }
        (verb, argument)
    }

    /// What the lab would have said to it.
    fn check(&self, text: &str) -> Result<(), Refused> {
        let verb = self.legal(split_verb(text).0)?;
        wire::command(text)?;
        self.withhold(verb)
    }

    /// What would have been right in the place of this command. Nothing with a secret in it: notes
    /// are kept and shown as they are.
    fn right(&self, line: &str, why: &Refused) -> Option<String> {
        let name = split_verb(line).0;
        let template = |name: &str| table::TABLE.verb(name).map(|verb| verb.template.to_string());
        let open = if self.known.epsv_all { "EPSV" } else { "PASV" };
        match why {
            Refused::Illegal(illegal) => match illegal.needs {
                Some(flag) if flag == &table::DATA => Some(open.into()),
                Some(flag) if flag == &table::RENAME => template("RNFR"),
                Some(_) => None,
                None => {
                    let upper = name.to_ascii_uppercase();
                    let meant = FAMILIAR.iter().find(|(familiar, _)| *familiar == upper);
                    match meant.map(|(_, verb)| (*verb, self.legal(verb))) {
                        Some((verb, Ok(_))) => template(verb),
                        Some((_, Err(Refused::Illegal(illegal)))) if illegal.needs.is_some() => {
                            Some(open.into())
                        }
                        _ => remedies(illegal, line, &self.progress, None)
                            .into_iter()
                            .find(|text| illegal.known.is_none() && self.check(text).is_ok())
                            .or_else(|| self.suggest().map(|next| next.text))
                            .filter(|text| !has_secret(text)),
                    }
                }
            },
            Refused::Malformed { .. } if self.known.epsv_all && name.len() == 4 => {
                let kept = self.withhold(self.legal(name).ok()?).is_ok();
                if kept { template(name) } else { Some("EPSV".into()) }
            }
            Refused::Malformed { .. } if name.eq_ignore_ascii_case("AUTH") => {
                self.suggest().map(|next| next.text).filter(|text| !has_secret(text))
            }
            Refused::Malformed { .. } => template(name).filter(|text| !has_secret(text)),
            _ => None,
        }
    }
}

fn too_long(octets: usize) -> Note {
    Note::warning(format!(
        "The line has {octets} octets. FTP names no limit, but servers have one; the practice server takes {}.",
        wire::LINE_LIMIT
    ))
    .rule(959, "4.2.1")
}

/// The line without Telnet's commands, and with doubled 255 made one.
fn without_telnet(line: &[u8], notes: &mut Notes) -> Vec<u8> {
    let (mut plain, mut rest) = (Vec::new(), line);
    let (mut command, mut lone) = (false, false);
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match (*first, after.first()) {
            (IAC, Some(236..=254)) => {
                command = true;
                rest = &after[1..];
                continue;
            }
            (IAC, Some(&IAC)) => rest = &after[1..],
            (IAC, _) => lone = true,
            _ => {}
        }
        plain.push(*first);
    }
    if command {
        notes.add(
            Note::info(
                "Commands of Telnet stand here. IAC IP and IAC DM are how ABOR is to be announced, as urgent data of TCP; in line they mean nothing more.",
            )
            .rule(959, "4.1.3")
            .fix("ABOR"),
        );
    }
    if lone {
        notes.add(
            Note::warning(
                "There is an octet 255 alone. Telnet's rules hold here, and to them it begins a command; as part of a name it must be sent twice.",
            )
            .rule(854, ""),
        );
    }
    plain
}

/// A line that is no command, but gives a password all the same.
fn masked(line: &str) -> Option<Wire> {
    let (name, secret) = line.split_once(' ').filter(|_| has_secret(line))?;
    let mut out = Composer::new();
    out.put(&common::OFF_SCRIPT, name).space().secret(&terms::SECRET, secret);
    Some(out.finish(""))
}

fn has_secret(text: &str) -> bool {
    let verb = table::TABLE.verb(split_verb(text).0);
    verb.is_some_and(|verb| [&terms::PASS, &terms::ACCT].contains(&verb.term))
}
