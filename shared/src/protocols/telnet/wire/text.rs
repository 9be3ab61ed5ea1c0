//! What the octets between the commands mean.

use super::IAC;
use crate::explain::{Scanner, Wire};
use crate::protocols::telnet::terms;
use crate::text::terminal;

/// What the last line of the screen seems to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::protocols::telnet) enum Prompt {
    Name,
    Password,
    Command,
}

/// Words that a question for a secret has in it, in the languages that the lab has met.
const SECRET_WORDS: [&str; 3] = ["pass", "kennwort", "contrase\u{f1}a"];

/// From the text since the last end of a line, commands taken out. Telnet itself has no prompts.
pub(in crate::protocols::telnet) fn prompt_of(last_line: &[u8]) -> Option<Prompt> {
    let plain = terminal::plain(last_line);
    let line = plain.trim_end().to_lowercase();
    if let Some(question) = line.strip_suffix(':') {
        let secret = SECRET_WORDS.iter().any(|word| question.contains(word));
        let name = ["login", "user", "name"].iter().any(|word| question.ends_with(word));
        return match (secret, name) {
            (true, _) => Some(Prompt::Password),
            (false, true) => Some(Prompt::Name),
            (false, false) => None,
        };
    }
    line.ends_with(['$', '#', '%', '>']).then_some(Prompt::Command)
}

/// Explains a run of text as it crossed the wire. With `binary`, carriage returns and line feeds
/// stand for themselves.
pub(in crate::protocols::telnet) fn text(octets: &[u8], binary: bool) -> Wire {
    let mut scan = Scanner::new(octets);
    while let Some(&octet) = octets.get(scan.at()) {
        let rest = &octets[scan.at()..];
        match (octet, rest.get(1)) {
            (IAC, _) => {
                scan.take(&terms::IAC_DATA, 2);
            }
            (b'\r', _) if binary => {
                scan.take(&terms::CARRIAGE_RETURN, 1);
            }
            (b'\r', Some(b'\n')) => {
                scan.take(&terms::NEW_LINE, 2);
            }
            (b'\r', Some(0)) => {
                scan.take(&terms::CR_NUL, 2);
            }
            (b'\r', None) => {
                scan.take(&terms::LONE_CR, 1);
                scan.note("The octet behind it has not come.");
            }
            (b'\r', Some(_)) => {
                scan.take(&terms::LONE_CR, 1);
                scan.note("This is not allowed. It is taken as a carriage return.");
            }
            (0x1b, _) => {
                let n = terminal::sequence(rest).unwrap_or(rest.len());
                let n = rest[..n].iter().position(|b| *b == IAC).unwrap_or(n);
                scan.take(&terms::CONTROL_SEQUENCE, n);
                scan.note(terminal::says(&rest[..n]));
            }
            (octet, _) if is_text(octet) => {
                let n = rest.iter().take_while(|b| is_text(**b)).count();
                let run = scan.take(&terms::TEXT, n);
                if !binary && !run.is_ascii() {
                    scan.note("Octets above 127 need the option BINARY, by the letter.");
                }
            }
            (octet, _) => {
                scan.take(control(octet), 1);
            }
        }
    }
    scan.finish("")
}

fn is_text(octet: u8) -> bool {
    octet >= b' ' && octet != 0x7f && octet != IAC
}

fn control(octet: u8) -> &'static crate::explain::Term {
    match octet {
        b'\n' => &terms::LINE_FEED,
        0 => &terms::NUL,
        7 => &terms::BELL,
        8 => &terms::BACKSPACE,
        9 => &terms::TAB,
        _ => &terms::CONTROL,
    }
}
