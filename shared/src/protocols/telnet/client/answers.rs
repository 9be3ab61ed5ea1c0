//! Options: what the server asks for is answered at once, as RFC 1143 says.

use super::{TERMINALS, TelnetClient, can};
use crate::explain::Wire;
use crate::machine::Note;
use crate::protocols::telnet::negotiation::Word;
use crate::protocols::telnet::options;
use crate::protocols::telnet::wire::{self, Parameters};

/// EDIT and TRAPSIG: the person edits a line before it is sent, and types IAC IP for control-C.
/// SOFT_TAB and LIT_ECHO are about a screen of keys, which the client does not have.
const MODES: u8 = 1 | 2;
const ACK: u8 = 4;

/// Of a level of SLC: this is the answer to a proposal.
const SLC_ACK: u8 = 128;
const SLC_LEVEL: u8 = 3;

impl TelnetClient {
    pub(super) fn negotiate(&mut self, word: Word, option: u8) {
        if self.config.as_python {
            self.refuse(word, option);
            return;
        }
        if option == options::TIMING_MARK {
            self.timing_mark(word);
            return;
        }
        let agree = match word {
            Word::Do => can(option),
            Word::Will => welcome(option) && !(option == options::ECHO && self.options.us(option)),
            Word::Dont | Word::Wont => true,
        };
        let (heard, answer) = self.options.hear(word, option, agree);
        let mut unit = wire::negotiation(word, option, &wire::server_says(word, option));
        if heard.answers {
            unit.says.push_str(" It answers you.");
        } else if heard.repeats {
            unit.says.push_str(" That is so already: no answer.");
        }
        self.received(unit);
        self.remark_on_word(word, option, heard.repeats);
        if heard.contradicts {
            let name = options::name(option);
            self.note(nonsense(format!(
                "{} {name} answers a request to stop, which no program may refuse.",
                word.name()
            )));
        }
        if let Some(answer) = answer {
            self.answer(answer, option);
        }
        self.took_effect(option);
    }

    /// As telnetlib does: no to everything, even to a no, whoever asked first.
    fn refuse(&mut self, word: Word, option: u8) {
        self.received(wire::negotiation(word, option, &wire::server_says(word, option)));
        self.options.hear(word, option, false);
        let answer = if word.of_sender() { Word::Dont } else { Word::Wont };
        self.options.forced(answer, option);
        self.answer(answer, option);
    }

    pub(super) fn parameters(&mut self, octets: &[u8]) {
        match wire::read(octets) {
            Parameters::SendTerminalType if self.options.us(options::TTYPE) => {
                // The last name comes twice, which says that the list is over; then it begins again.
                let round = self.asked_terminal % (TERMINALS.len() + 1);
                let name = TERMINALS[round.min(TERMINALS.len() - 1)];
                self.asked_terminal += 1;
                let says = format!("My terminal is {name}. The lab answered for you.");
                let data = [&[0][..], name.as_bytes()].concat();
                self.reply(wire::subnegotiation(options::TTYPE, &data, &says));
            }
            Parameters::Mode(mask) if self.options.us(options::LINEMODE) => self.edit_mode(mask),
            Parameters::ForwardMask(Word::Do) if self.options.us(options::LINEMODE) => {
                let data = [Word::Wont.octet(), 2];
                let says = "No: I send a line when it is complete. The lab answered for you.";
                self.reply(wire::subnegotiation(options::LINEMODE, &data, says));
            }
            Parameters::Keys(keys) if self.options.us(options::LINEMODE) => self.keys(&keys),
            _ => {}
        }
    }

    /// A mark goes back for each request, and is no state.
    fn timing_mark(&mut self, word: Word) {
        let asked = !word.of_sender() || self.options.marked(options::TIMING_MARK);
        let mut says = match word {
            Word::Do => "The server wants to know when you have come to this place.".into(),
            Word::Dont => "The server wants no mark.".into(),
            Word::Will => {
                "The mark: the server has come to the place where you asked for it.".into()
            }
            Word::Wont => {
                "In place of a mark: the server knows none, but it has come to this place.".into()
            }
        };
        if !asked {
            says = String::from("A mark that nobody asked for.");
        }
        self.received(wire::negotiation(word, options::TIMING_MARK, &says));
        if !asked {
            self.note(Note::warning("A mark is an answer; there was no request.").rule(860, ""));
        }
        if word == Word::Do {
            let says = "The mark: I have come to this place. The lab answered for you.";
            self.reply(wire::negotiation(Word::Will, options::TIMING_MARK, says));
        }
    }

    /// An ACK is an answer and gets none; neither does the mode that is in force.
    fn edit_mode(&mut self, mask: u8) {
        if mask & ACK != 0 || self.mode == Some(mask) {
            return;
        }
        self.mode = Some(mask & MODES);
        let left_out = mask & !MODES;
        let says = match left_out {
            0 => "I edit lines as you say. The lab answered for you.",
            _ => "I edit lines as you say, as far as I can. The lab answered for you.",
        };
        let data = [1, (mask & MODES) | ACK];
        self.reply(wire::subnegotiation(options::LINEMODE, &data, says));
        self.follow_options();
    }

    /// The client has no keys of its own: every proposal is answered with "not supported".
    fn keys(&mut self, keys: &[[u8; 3]]) {
        let mut data = vec![3];
        for [function, flags, _] in keys {
            if flags & SLC_ACK == 0 && flags & SLC_LEVEL != 0 && *function != 0 {
                data.extend([*function, 0, 0]);
            }
        }
        if data.len() > 1 {
            let says =
                "I have no such keys: commands are typed by their names. The lab answered for you.";
            self.reply(wire::subnegotiation(options::LINEMODE, &data, says));
        }
    }

    fn answer(&mut self, word: Word, option: u8) {
        let mut says = wire::says(word, option);
        says.push_str(" The lab answered for you.");
        self.reply(wire::negotiation(word, option, &says));
    }

    /// Sends what was not typed, as long as that is no loop.
    fn reply(&mut self, wire: Wire) {
        match self.answers_left.checked_sub(1) {
            Some(left) => {
                self.answers_left = left;
                self.sent(Wire { by_itself: true, ..wire });
            }
            None => return,
        }
        if !self.explained {
            self.explained = true;
            self.note(if self.config.as_python {
                Note::info("The lab answers as telnetlib does: it refuses every option, and answers a refusal too, which is against the rule.")
                    .rule(1143, "7")
            } else {
                Note::info("Every request about an option gets one answer, so the lab gives it at once: yes to what it can do, no to the rest.")
                    .rule(1143, "7")
            });
        }
        if self.answers_left == 0 {
            self.note(
                Note::error("The server asks again and again. The lab answers nothing more until you type something.")
                    .rule(1143, ""),
            );
        }
    }

    /// What an agreement brings with it.
    fn took_effect(&mut self, option: u8) {
        match option {
            options::NAWS if self.options.us(option) && !self.told_window => {
                self.told_window = true;
                let (w, h) = self.window;
                let data = [w.to_be_bytes(), h.to_be_bytes()].concat();
                let says =
                    format!("My window has {w} columns and {h} rows. The lab answered for you.");
                self.reply(wire::subnegotiation(option, &data, &says));
            }
            options::NAWS if !self.options.us(option) => self.told_window = false,
            options::ECHO => self.follow_options(),
            options::LINEMODE => {
                if !self.options.us(option) {
                    self.mode = None;
                }
                self.follow_options();
            }
            _ => {}
        }
    }
}

/// What the server may do.
fn welcome(option: u8) -> bool {
    matches!(
        option,
        options::BINARY | options::ECHO | options::SGA | options::STATUS | options::EOR
    )
}

fn nonsense(text: String) -> Note {
    Note::warning(text).rule(1143, "7")
}
