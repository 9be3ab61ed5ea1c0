//! Octets that a person sends without checks: they go out as they are, and what is wrong with
//! them is said.

use super::super::{table, terms, wire};
use super::FtpClient;
use crate::explain::Rfc;
use crate::machine::{Conn, Note, Output, Refused};
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

impl FtpClient {
    pub(super) fn send_raw(&mut self, conn: Conn, bytes: &[u8]) {
        let wire = off_script(bytes, |line| wire::command(line).ok().map(|(_, wire)| wire));
        self.outputs.push_back(Output::Sent { conn, wire });
        // A server that has said 421 or 221 answers nothing more.
        if conn != Conn::MAIN || self.progress.state() == &table::CLOSED {
            return;
        }
        self.raw.extend_from_slice(bytes);
        let mut behind_lf = false;
        while let Some(end) = self.raw.iter().position(|b| *b == b'\n') {
            let line: Vec<u8> = self.raw.drain(..=end).collect();
            let bare = !line.ends_with(b"\r\n");
            let text = line.strip_suffix(b"\r\n").unwrap_or(&line[..end]);
            let (verb, argument) = self.judge(text, bare);
            // A strict server drops what stands between a bare LF and the end of the line.
            if bare || !core::mem::replace(&mut behind_lf, false) {
                self.expect(verb, argument.as_deref());
                self.order(verb);
            }
            behind_lf = bare;
        }
        let waiting = self.raw.len();
        if waiting > wire::LINE_LIMIT {
            self.raw.clear();
            self.note_length(waiting);
        } else if waiting > 0 {
            self.note(
                Note::info(
                    "This line has no end yet: the server waits for CR LF before it reads it.",
                )
                .rule(959, "5.3"),
            );
        }
    }

    /// Says what is wrong with a command line, and what it will be answered as.
    fn judge(&mut self, line: &[u8], bare: bool) -> (&'static crate::table::Verb, Option<String>) {
        let plain = self.without_telnet(line);
        let text = String::from_utf8_lossy(&plain).into_owned();
        let (name, argument) = split_verb(&text);
        let known = table::TABLE.verb(name).filter(|verb| !verb.name.starts_with('('));
        let verb = known.unwrap_or(&table::NOOP);
        let argument = argument.map(String::from);
        if line.len() + 2 > wire::LINE_LIMIT {
            self.note_length(line.len());
            return (verb, argument);
        }
        let form = Faults::of(&plain, bare);
        if let Some(text) = form.sentence() {
            let first = text_before_control(&plain);
            let right = !form.no_utf8 && self.check(&first).is_ok() && !has_secret(&first);
            self.note(Note {
                fix: right.then_some(first),
                ..Note::warning(text).rule(form.rule, form.section)
            });
        }
        if form.control {
            return (verb, argument);
        }
        if matches!(verb.name, "PORT" | "EPRT") && known.is_some() {
            self.drop_unused_data();
            self.send_elsewhere(argument.as_deref().unwrap_or_default());
        }
        if let Err(why) = self.check(&text) {
            self.note_refused(name, why);
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

    fn note_refused(&mut self, name: &str, why: Refused) {
        let fix = self.right(name, &why);
        let (text, rule) = match why {
            Refused::Illegal(illegal) => {
                let rule = match (illegal.known, illegal.needs) {
                    (Some(verb), None) => verb.term.rfc,
                    (Some(_), Some(_)) => Rfc::new(959, "5.4"),
                    (None, _) => Rfc::new(959, "5.3.1"),
                };
                (illegal.reason(), rule)
            }
            Refused::Malformed { what, expected, rule } => {
                // It was sent, this time.
                let what = what.replace(" was not sent:", ":");
                (format!("{what} Expected: {expected}."), rule)
            }
            other => (other.to_string(), Rfc::new(959, "5.3")),
        };
        self.note(Note { rule: Some(rule), fix, ..Note::warning(text) });
    }

    /// What would have been right in the place of this command. Nothing with a secret in it: notes
    /// are kept and shown as they are.
    fn right(&self, name: &str, why: &Refused) -> Option<String> {
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
                        _ => self.suggest().map(|next| next.text).filter(|text| !has_secret(text)),
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

    fn note_length(&mut self, octets: usize) {
        self.note(
            Note::warning(format!(
                "The line has {octets} octets. FTP names no limit, but servers have one; the practice server takes {}.",
                wire::LINE_LIMIT
            ))
            .rule(959, "4.2.1"),
        );
    }

    /// The line without Telnet's commands, and with doubled 255 made one.
    fn without_telnet(&mut self, line: &[u8]) -> Vec<u8> {
        let (mut plain, mut rest) = (Vec::new(), line);
        let (mut commands, mut lone) = (Vec::new(), 0);
        while let Some((first, after)) = rest.split_first() {
            rest = after;
            match (*first, after.first()) {
                (IAC, Some(&IAC)) => {
                    plain.push(IAC);
                    rest = &after[1..];
                }
                (IAC, Some(&command)) if command >= 236 => {
                    commands.push(command);
                    rest = &after[1..];
                }
                (IAC, _) => {
                    lone += 1;
                    plain.push(IAC);
                }
                (octet, _) => plain.push(octet),
            }
        }
        if lone > 0 {
            self.note(
                Note::warning(
                    "There is an octet 255 alone. Telnet's rules hold here, and to them it begins a command; as part of a name it must be sent twice.",
                )
                .rule(854, ""),
            );
        }
        if !commands.is_empty() {
            self.note(
                Note::info(
                    "Commands of Telnet stand before it (IAC IP, IAC DM). That is how ABOR is to be announced, as urgent data of TCP; in line they mean nothing more.",
                )
                .rule(959, "4.1.3")
                .fix("ABOR"),
            );
        }
        plain
    }
}

/// What is wrong with a line whatever it says.
struct Faults {
    bare: bool,
    control: bool,
    no_utf8: bool,
    rule: u16,
    section: &'static str,
}

impl Faults {
    fn of(line: &[u8], bare: bool) -> Faults {
        let control = line.iter().any(|b| matches!(b, b'\r' | 0));
        let no_utf8 = core::str::from_utf8(line).is_err();
        let (rule, section) = match () {
            () if bare => (1123, "4.1.2.10"),
            () if control => (2640, "3.1"),
            () => (2640, "2.2"),
        };
        Faults { bare, control, no_utf8, rule, section }
    }

    fn sentence(&self) -> Option<&'static str> {
        Some(match self {
            Faults { bare: true, .. } => {
                "The line ends with a bare LF. Every line of FTP ends with CR LF; some servers wait for it, some refuse the line, and some take it."
            }
            Faults { control: true, .. } => {
                "There is a carriage return or a NUL inside the line. Servers that cut the line there see two commands; that is how commands are smuggled in."
            }
            Faults { no_utf8: true, .. } => {
                "The line holds octets that are no UTF-8. Names are sent in UTF-8."
            }
            _ => return None,
        })
    }
}

/// The command up to the first octet that does not belong into a line.
fn text_before_control(line: &[u8]) -> String {
    let end = line.iter().position(|b| matches!(b, b'\r' | 0)).unwrap_or(line.len());
    String::from_utf8_lossy(&line[..end]).into_owned()
}

fn has_secret(text: &str) -> bool {
    let verb = table::TABLE.verb(split_verb(text).0);
    verb.is_some_and(|verb| [&terms::PASS, &terms::ACCT].contains(&verb.term))
}
