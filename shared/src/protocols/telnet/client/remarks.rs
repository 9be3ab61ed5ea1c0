//! What is unusual in what the server sends, and in what is typed, each time with the rule.
//!
//! Telnet is a stream without replies, and what a program does wrong it does all the time. So
//! most causes are told when they are met first, and not again in the session.

use super::TelnetClient;
use crate::explain::Rfc;
use crate::machine::{Note, Output};
use crate::protocols::telnet::negotiation::Word;
use crate::protocols::telnet::options;
use crate::protocols::telnet::wire::{self, Parameters};

/// What has been told in this session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    BareLf,
    EightBit,
    TypedEightBit,
    GoAhead,
    EndOfRecord,
    Undefined(u8),
    Repeat(Word, u8),
}

/// So many different causes are told; there are more only in an attack.
const TOLD_LIMIT: usize = 64;

impl TelnetClient {
    /// On a unit of text, which has ended. `behind_cr`: the one before ended with CR.
    pub(super) fn remark_on_text(&mut self, unit: &[u8], behind_cr: bool) {
        if self.options.them(options::BINARY) {
            return;
        }
        let (mut lone_cr, mut bare_lf, mut eight_bit) = (0, 0, 0);
        let mut before = if behind_cr { Some(b'\r') } else { None };
        for &octet in unit {
            let cr = before == Some(b'\r');
            lone_cr += usize::from(cr && !matches!(octet, b'\n' | 0));
            bare_lf += usize::from(!cr && octet == b'\n');
            eight_bit += usize::from(octet > 127);
            before = Some(octet);
        }
        let count = |n: usize, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
        if lone_cr > 0 {
            self.say(Note::warning(format!(
                "{} in this text without LF or NUL behind it, one of which must follow. Each is taken as a way back to the start of the line.",
                count(lone_cr, "carriage return")
            ))
            .rule(854, ""));
        }
        if bare_lf > 0 && self.first(Told::BareLf) {
            self.say(Note::info(format!(
                "{} without CR before it. Alone it goes one line down and stays in its column; the end of a line is CR LF.",
                count(bare_lf, "line feed")
            ))
            .rule(854, ""));
        }
        if eight_bit > 0 && self.first(Told::EightBit) {
            self.say(Note::info(format!(
                "{} above 127, although nobody has agreed on BINARY: without it text has seven bits. Servers send UTF-8 all the same, and it mostly arrives.",
                count(eight_bit, "octet")
            ))
            .rule(856, "")
            .fix("IAC DO BINARY"));
        }
    }

    /// On a word about an option that changes nothing, or that makes a circle.
    pub(super) fn remark_on_word(&mut self, word: Word, option: u8, repeats: bool) {
        let name = options::name(option);
        if word == Word::Do && option == options::ECHO && self.options.them(option) {
            self.note(
                Note::warning(
                    "The server echoes already and asks you to echo, too: each would send back what the other sends, for ever. That is refused.",
                )
                .rule(857, ""),
            );
        } else if repeats && self.first(Told::Repeat(word, option)) {
            let python = match word.on() {
                true => "",
                false => " Python\u{2019}s telnetlib does.",
            };
            self.note(
                Note::info(format!(
                    "{} {name} asks for what is so already. No program should send that, and none may answer it, or two could go on for ever.{python}",
                    word.name()
                ))
                .rule(854, ""),
            );
        }
    }

    /// On parameters that came whole.
    pub(super) fn remark_on_parameters(&mut self, octets: &[u8]) {
        let Some(&option) = octets.first() else {
            self.note(
                Note::warning("Parameters of no option at all; they are ignored.").rule(855, ""),
            );
            return;
        };
        let name = options::name(option);
        if !self.options.us(option) && !self.options.them(option) {
            self.note(
                Note::warning(format!(
                    "Parameters of {name}, which nobody has agreed on. First come WILL or DO and the answer; these are ignored."
                ))
                .rule(855, ""),
            );
            return;
        }
        let known = matches!(option, options::NAWS | options::TTYPE);
        if known && wire::read(octets) == Parameters::Other {
            self.note(Note {
                rule: Some(options::term(option).rfc),
                ..Note::warning(format!(
                    "These parameters have not the form that those of {name} have; they are ignored."
                ))
            });
        }
    }

    /// On a command without an option.
    pub(super) fn remark_on_command(&mut self, octet: u8) {
        let note = match octet {
            wire::SE => Note::warning("IAC SE ends parameters, and none had begun. It is ignored.")
                .rule(855, ""),
            wire::GA if self.goes_ahead() && self.first(Told::GoAhead) => Note::info(
                "Go Ahead, although the server has agreed to send none (SUPPRESS-GO-AHEAD).",
            )
            .rule(858, ""),
            wire::EOR if !self.options.them(options::EOR) && self.first(Told::EndOfRecord) => {
                Note::info("Ends of records are marked only after an agreement on that option.")
                    .rule(885, "")
            }
            octet if octet < wire::EOF && self.first(Told::Undefined(octet)) => {
                Note::warning(format!(
                    "Octet {octet} behind IAC is no command; both are ignored. If octet 255 was meant as text, it must be sent twice."
                ))
                .rule(854, "")
            }
            _ => return,
        };
        self.note(note);
    }

    /// On a line that was typed and has gone out.
    pub(super) fn remark_on_line(&mut self, line: &str, asked_for_password: bool) {
        if asked_for_password && !self.options.them(options::ECHO) {
            self.note(
                Note::warning(
                    "The server asked for a password and left the echo to your side: a terminal would have shown every letter. A server takes the echo over with WILL ECHO first.",
                )
                .rule(857, "")
                .fix("IAC DO ECHO"),
            );
        }
        let eight_bit = !line.is_ascii() && !self.options.us(options::BINARY);
        if eight_bit && self.first(Told::TypedEightBit) {
            self.note(
                Note::info(
                    "There are letters outside ASCII in this line. They go out in UTF-8, eight bits each octet, which only BINARY allows.",
                )
                .rule(856, "")
                .fix("IAC WILL BINARY"),
            );
        }
    }

    fn goes_ahead(&self) -> bool {
        self.since_agreement == 2 && self.options.them(options::SGA)
    }

    /// Whether this is the first time in the session.
    fn first(&mut self, cause: Told) -> bool {
        let first = !self.told.contains(&cause) && self.told.len() < TOLD_LIMIT;
        if first {
            self.told.push(cause);
        }
        first
    }

    /// Behind a unit that has just been given.
    fn say(&mut self, note: Note) {
        self.outputs.push_back(Output::Note(note));
    }
}

/// Every line that is sent without checks.
pub(super) const RULES: crate::text::advice::LineRules = crate::text::advice::LineRules {
    protocol: "Telnet",
    line_end: Rfc::new(1123, "3.3.1"),
    length: Rfc::new(854, ""),
    seven_bit: None,
    batches: Rfc::new(1143, "7"),
    commands: Rfc::new(854, ""),
};
