//! Octets that a person sends without checks: they go out as they are, and what is wrong with
//! them is said.

use super::remarks::RULES;
use super::{ANSWERS, TelnetClient, can};
use crate::explain::{Composer, Wire, common};
use crate::machine::{Note, Refused};
use crate::protocols::telnet::negotiation::{Q, Word};
use crate::protocols::telnet::wire::{self, Decoder, Ending, Item, Move};
use crate::protocols::telnet::{options, table, terms};
use crate::text::advice::{Notes, refusal};

impl TelnetClient {
    /// Commands in it get their meaning, and requests are remembered, so that their answers are
    /// not taken for requests. Passwords are masked as if they had been typed.
    pub(super) fn raw(&mut self, octets: &[u8]) {
        self.answers_left = ANSWERS;
        let (mut whole, mut notes) = (Wire::default(), Notes::default());
        let (mut decoder, mut line) = (Decoder::default(), Vec::new());
        let mut items: Vec<Item> = Vec::new();
        octets.iter().for_each(|octet| decoder.feed(*octet));
        decoder.finish();
        while let Some(item) = decoder.next() {
            items.push(item);
        }
        for item in items {
            match item {
                Item::Text(octet) => {
                    line.push(octet);
                    if octet == b'\n' {
                        self.raw_line(&mut line, &mut whole, &mut notes);
                    }
                    continue;
                }
                _ => self.judge(&item, &mut notes),
            }
            if let Item::Negotiate(word, option) = item {
                self.options.forced(word, option);
            }
            self.raw_line(&mut line, &mut whole, &mut notes);
            whole.append(wire::item(&item));
        }
        self.raw_line(&mut line, &mut whole, &mut notes);
        whole.says = "Sent without the lab\u{2019}s checks.".into();
        self.sent(whole);
        notes.take().into_iter().for_each(|note| self.note(note));
    }

    fn raw_line(&mut self, line: &mut Vec<u8>, whole: &mut Wire, notes: &mut Notes) {
        let octets = core::mem::take(line);
        let end = octets.iter().rev().take_while(|b| matches!(b, b'\r' | b'\n' | 0)).count();
        let (text, ending) = octets.split_at(octets.len() - end);
        let secret = self.takes_secret(&String::from_utf8_lossy(text));
        let mut out = Composer::new();
        let escaped = wire::escaped(text);
        if secret {
            out.secret(&terms::SECRET, escaped);
        } else {
            out.put(&common::OFF_SCRIPT, escaped);
        }
        whole.append(out.finish(""));
        whole.append(wire::text(ending, false));
        if !self.options.us(options::BINARY) {
            judge_line(text, ending, secret, notes);
        }
        if end > 0 {
            self.typed("");
        }
    }

    /// A command that the lab would not have sent, or not so.
    fn judge(&self, item: &Item, notes: &mut Notes) {
        let step = match item {
            Item::Negotiate(word, option) => {
                let verb = table::TABLE.verb(&format!("IAC {}", word.name()));
                verb.map(|verb| Move::Negotiate(verb, *word, *option))
            }
            Item::Parameters { octets, ending } => {
                let option = octets.first().copied().unwrap_or_default();
                if *ending != Ending::Se {
                    let fix = parameters_typed(octets);
                    let agreed = self.options.us(option) || self.options.them(option);
                    notes.add(Note {
                        fix: fix.filter(|_| agreed),
                        ..Note::warning(
                            "These parameters do not end with IAC SE. The server takes what follows for more of them, or ignores them.",
                        )
                        .rule(855, "")
                    });
                }
                Some(Move::Parameters(option, Vec::new()))
            }
            Item::Command(wire::SE) => {
                let text = "IAC SE ends parameters, and none had begun.";
                notes.add(Note::warning(text).rule(855, ""));
                None
            }
            Item::Command(octet) if *octet < wire::EOF => {
                notes.add(
                    Note::warning(format!(
                        "Octet {octet} behind IAC is no command. If octet 255 was meant as text, it must be sent twice."
                    ))
                    .rule(854, ""),
                );
                None
            }
            Item::Cut(_) => {
                notes.add(
                    Note::warning(
                        "The command has no end: the server takes the octet that is sent next for the rest of it. If octet 255 was meant as text, it must be sent twice.",
                    )
                    .rule(854, ""),
                );
                None
            }
            Item::Command(_) | Item::More { .. } | Item::Text(_) => None,
        };
        let Some(step) = step else { return };
        if let Err(why) = self.check(&mut self.options.clone(), &step) {
            let note = refusal(&RULES, &why);
            notes.add(Note { fix: self.right(&step, &why), ..note });
        } else if let Move::Negotiate(_, word, option) = step
            && !matches!(self.options.state(word.of_sender(), option), Q::Yes | Q::No)
        {
            let text = "The answer to the request before is still to come. Whoever changes their mind waits for it; otherwise the two sides may end up with different opinions.";
            notes.add(Note::warning(text).rule(1143, "7"));
        }
    }

    /// What would have been right in the place of a command.
    fn right(&self, step: &Move, why: &Refused) -> Option<String> {
        let off = |ours, option| self.options.state(ours, option) == Q::No;
        match (step, why) {
            (Move::Negotiate(_, Word::Will, options::ECHO), _) => {
                off(false, options::ECHO).then(|| "IAC DO ECHO".into())
            }
            (Move::Parameters(option, _), Refused::Illegal(_)) => {
                let offers = can(*option) && off(true, *option);
                offers.then(|| format!("IAC WILL {}", options::name(*option)))
            }
            _ => None,
        }
    }
}

/// The end of a line is CR LF; a carriage return that is none has NUL behind it.
fn judge_line(text: &[u8], ending: &[u8], secret: bool, notes: &mut Notes) {
    let typed = core::str::from_utf8(text)
        .ok()
        .filter(|line| !secret && !line.contains(char::is_control) && wire::parse(line).is_ok());
    let fixed = |note: Note| Note { fix: typed.map(Into::into), ..note };
    let inside = text.windows(2).any(|two| two[0] == b'\r' && two[1] != 0);
    let lone = ending
        .iter()
        .enumerate()
        .any(|(at, octet)| *octet == b'\r' && !matches!(ending.get(at + 1), Some(b'\n' | 0)));
    if inside || lone {
        notes.add(fixed(
            Note::warning("A carriage return stands without LF or NUL behind it. CR LF is the Enter key; a carriage return that is none is CR NUL.")
                .rule(854, ""),
        ));
    }
    if ending.iter().enumerate().any(|(at, b)| *b == b'\n' && (at == 0 || ending[at - 1] != b'\r'))
    {
        notes.add(fixed(
            Note::warning("A line feed alone is not the Enter key, which is CR LF. Many servers take it for one.")
                .rule(1123, "3.3.1"),
        ));
    }
}

/// Parameters as they would be typed.
fn parameters_typed(octets: &[u8]) -> Option<String> {
    let plain = wire::unescaped(octets);
    let (option, data) = plain.split_first()?;
    let name = options::name(*option);
    match wire::read(octets) {
        wire::Parameters::WindowSize(w, h) => Some(format!("IAC SB {name} {w} {h}")),
        wire::Parameters::TerminalType(terminal) => Some(format!("IAC SB {name} IS {terminal}")),
        _ => {
            let data: Vec<String> = data.iter().map(|octet| format!("{octet:02x}")).collect();
            Some(format!("IAC SB {} {}", options::find(*option)?.name, data.join(" ")))
        }
    }
}
