//! What is unusual in a reply, each time with the rule.

use super::super::table;
use super::super::wire::reply::Learned;
use super::{FtpClient, codes};
use crate::explain::Outcome;
use crate::machine::Note;
use crate::table::Verb;
use crate::text::reply::Reply;

impl FtpClient {
    /// Notes everything that the RFCs would have otherwise in this reply to `verb`.
    pub(super) fn remark(
        &mut self,
        reply: &Reply,
        code: u16,
        verb: Option<&'static Verb>,
        learned: &Learned,
    ) {
        self.remark_on_form(reply, code);
        self.remark_on_code(&reply.code_text(), code, verb);
        if let Some(verb) = verb {
            self.remark_on_value(reply, code, verb, learned);
        }
    }

    fn remark_on_form(&mut self, reply: &Reply, code: u16) {
        let mut said: Vec<&String> = Vec::new();
        for fault in &reply.faults {
            if said.contains(&fault) {
                continue;
            }
            said.push(fault);
            let times = reply.faults.iter().filter(|other| *other == fault).count();
            let times = if times > 1 { format!(" ({times} lines)") } else { String::new() };
            let text = format!("{fault}{times} It is read as if it were right.");
            self.note(Note::warning(text).rule(959, "4.2"));
        }
        self.remark_on_inner_codes(reply, code);
        let bytes = &reply.wire.bytes;
        let last = bytes.split_inclusive(|b| *b == b'\n').next_back().unwrap_or_default();
        if last.trim_ascii_end().len() == 3 && !last[3..].starts_with(b" ") {
            let text = format!(
                "Behind {code} a space is missing; it must stand there even when no text follows."
            );
            self.note(Note::info(text).rule(959, "4.2"));
        }
        let lone = bytes.windows(2).filter(|two| two[0] == b'\r' && !b"\n\0".contains(&two[1]));
        let lone = lone.count();
        if lone > 0 {
            self.note(
                Note::warning(format!(
                    "{lone} carriage returns in this reply are not the end of a line. On a command connection CR is followed by LF or NUL."
                ))
                .rule(854, ""),
            );
        }
        if core::str::from_utf8(bytes).is_err() {
            self.note(
                Note::info(
                    "This reply has octets that are no UTF-8. Names are to be sent in UTF-8; where a server sends another character set, nobody can tell which.",
                )
                .rule(2640, "2.2"),
            );
        }
    }

    /// Lines inside a reply that look like another one.
    fn remark_on_inner_codes(&mut self, reply: &Reply, code: u16) {
        let start = reply.code_text().into_bytes();
        let inner = || reply.texts.iter().skip(1).rev().skip(1);
        // Python's ftplib compares three digits and the hyphen only.
        if inner().any(|line| line.starts_with(&start) && line.get(3) != Some(&b'-')) {
            self.note(
                Note::warning(format!(
                    "A line inside this reply begins with {code}, too. Only {code} and a space end the reply; Python's ftplib ends it here, and is one reply off from then on.",
                ))
                .rule(959, "4.2"),
            );
        }
        let foreign = inner().filter(|line| {
            let digits = line.iter().take_while(|b| b.is_ascii_digit()).count();
            digits == 3 && line.get(3) == Some(&b' ') && !line.starts_with(&start)
        });
        let foreign = foreign.count();
        if foreign > 0 {
            let lines = plural(foreign, "line");
            self.note(
                Note::info(format!(
                    "{lines} inside this reply look like a reply with another code. They are text: only {code} and a space end it."
                ))
                .rule(959, "4.2"),
            );
        }
    }

    fn remark_on_code(&mut self, text: &str, code: u16, verb: Option<&'static Verb>) {
        let Some(verb) = verb else {
            self.note(match code {
                421 => Note::error("The server ends the service. Connect again later.")
                    .rule(959, "4.2.2"),
                _ => Note::warning("The server sent this unasked.").rule(959, "5.4"),
            });
            return;
        };
        let name = verb.name;
        if code == 421 {
            self.note(
                match verb == &table::GREETING {
                    true => Note::error("The server ends the service. Connect again later."),
                    false => Note::error(format!(
                        "The server ends the service; {name} was not carried out. Connect again."
                    )),
                }
                .rule(959, "4.2.2"),
            );
            return;
        }
        let listed = codes::of(verb);
        if codes::has(listed, text) || codes::has(codes::ANY, text) {
            return;
        }
        let Some(outcome) = Outcome::of_code(code) else {
            self.note(
                Note::warning(format!(
                    "{text} is no code of FTP: the first digit goes from 1 to 5, and programs depend on it."
                ))
                .rule(959, "4.2"),
            );
            return;
        };
        let moves = table::moves_data(verb).is_some();
        let ends = verb == &table::TRANSFER || verb == &table::CONTENT;
        let note = match code / 100 {
            2 if moves && code == 200 => Note::warning(format!(
                "One reply too many: before the data {name} is answered with 150 or 125. The lab goes on waiting for it."
            )),
            2 if moves => Note::warning(format!(
                "{text} says that the transfer is over, but 150 or 125 never said that it begins."
            )),
            1 if ends => Note::warning(
                "Only one reply of the class 1 may come to a command; this is another one.",
            ),
            class => {
                let word = outcome.word();
                let fits = class >= 4 || listed.split(' ').any(|code| code.starts_with(&text[..1]));
                let text = format!(
                    "{text} is not among the replies to {name}: {}, and for every command {}. Programs go by the first digit, which says \u{201c}{word}\u{201d}.",
                    listed.replace(' ', ", "),
                    codes::ANY.replace(' ', ", "),
                );
                if fits { Note::info(text) } else { Note::warning(text) }
            }
        };
        let rfc = verb.term.rfc;
        self.note(match rfc.number {
            959 => note.rule(959, "5.4"),
            number => note.rule(number, rfc.section),
        });
    }

    /// Values that programs take from a reply, and that are not there or not in their form.
    fn remark_on_value(
        &mut self,
        reply: &Reply,
        code: u16,
        verb: &'static Verb,
        learned: &Learned,
    ) {
        let name = table::canonical(verb.name);
        let bytes = &reply.wire.bytes;
        let inner = || reply.texts.iter().skip(1).rev().skip(1);
        let unspaced = || inner().filter(|line| !line.starts_with(b" ")).count();
        let note = match (code, name, learned) {
            (227, _, Learned::Passive(_)) if !bytes.contains(&b'(') => Note::info(
                "The six numbers stand without parentheses. That was never settled, so clients look for the first digit.",
            )
            .rule(1123, "4.1.2.6"),
            (257, _, Learned::Nothing) => Note::warning(
                "257 holds no pathname in quotation marks; programs take it from there. Python's ftplib gives an empty name.",
            )
            .rule(959, "4.2.2"),
            (213, "SIZE", Learned::Nothing) => Note::warning(
                "213 to SIZE is followed by a number of octets and nothing else.",
            )
            .rule(3659, "4"),
            (213, "MDTM", Learned::Nothing) => Note::warning(
                "213 to MDTM is followed by a time of 14 digits: YYYYMMDDHHMMSS.",
            )
            .rule(3659, "2.3"),
            (125 | 150, "STOU", Learned::Nothing) => Note::info(
                "The text should be \u{201c}FILE: \u{201d} and the name that the server has chosen, so that a program can read it.",
            )
            .rule(1123, "4.1.2.9"),
            (211, "FEAT", _) if unspaced() > 0 => Note::warning(format!(
                "{} inside the list of features without the one space that each begins with.",
                plural(unspaced(), "line")
            ))
            .rule(2389, "3.2"),
            (250, "MLST", _) if unspaced() > 0 => Note::warning(
                "The line with the facts begins with one space; without it nobody can tell it from other text.",
            )
            .rule(3659, "7.2"),
            (550, "SIZE", _) if reply.text().contains("ASCII") => Note::info(
                "SIZE counts what a transfer would take, so it depends on TYPE; to count as text the server would have to read the whole file. Set TYPE I first.",
            )
            .rule(3659, "4")
            .fix("TYPE I"),
            _ => return,
        };
        self.note(note);
    }
}

pub(super) fn plural(n: usize, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}
