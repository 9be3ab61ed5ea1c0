//! Cuts the stream into text, commands and parameters, however it was cut into reads.
//!
//! After IAC the decoder waits for the octet behind it, so that text is never cut between the two
//! octets of a doubled 255 and no command is ever half reported.

use std::collections::VecDeque;

use super::{IAC, SB, SE};
use crate::protocols::telnet::negotiation::Word;

/// Parameters of one option take at most so many octets. The longest of real use, a list of key
/// settings or of variables, has some hundreds; without a limit a missing SE would fill the memory.
pub(in crate::protocols::telnet) const PARAMETERS_LIMIT: usize = 8 * 1024;

/// How parameters ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::protocols::telnet) enum Ending {
    /// IAC SE.
    Se,
    /// Another command stood where SE was due. It comes as an item of its own.
    OtherCommand,
    /// The limit; what follows up to the end comes as [`Item::More`].
    TooLong,
    /// The connection ended.
    Cut,
    /// The connection ended behind an IAC.
    CutAtIac,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::protocols::telnet) enum Item {
    /// An octet of text; 255 stood there twice.
    Text(u8),
    Command(u8),
    Negotiate(Word, u8),
    /// What stood between SB and the end, the option first, doubled octets still doubled.
    Parameters {
        octets: Vec<u8>,
        ending: Ending,
    },
    /// The rest of parameters over the limit.
    More {
        octets: Vec<u8>,
        ending: Ending,
    },
    /// The connection ended inside a command.
    Cut(Vec<u8>),
}

#[derive(Clone, Debug, Default)]
enum State {
    #[default]
    Text,
    Iac,
    Option(Word),
    Parameters,
    ParametersIac,
}

#[derive(Clone, Debug, Default)]
pub(in crate::protocols::telnet) struct Decoder {
    state: State,
    octets: Vec<u8>,
    /// The parameters have gone over the limit.
    over: bool,
    items: VecDeque<Item>,
}

impl Decoder {
    pub(in crate::protocols::telnet) fn feed(&mut self, octet: u8) {
        self.state = match core::mem::take(&mut self.state) {
            State::Text if octet == IAC => State::Iac,
            State::Text => {
                self.items.push_back(Item::Text(octet));
                State::Text
            }
            State::Iac => self.command(octet),
            State::Option(word) => {
                self.items.push_back(Item::Negotiate(word, octet));
                State::Text
            }
            State::Parameters if octet == IAC => State::ParametersIac,
            State::Parameters => {
                self.parameter(&[octet]);
                State::Parameters
            }
            State::ParametersIac => match octet {
                IAC => {
                    self.parameter(&[IAC, IAC]);
                    State::Parameters
                }
                SE => {
                    self.close(Ending::Se);
                    State::Text
                }
                other => {
                    self.close(Ending::OtherCommand);
                    self.command(other)
                }
            },
        };
    }

    pub(in crate::protocols::telnet) fn next(&mut self) -> Option<Item> {
        self.items.pop_front()
    }

    /// The stream has ended.
    pub(in crate::protocols::telnet) fn finish(&mut self) {
        match core::mem::take(&mut self.state) {
            State::Text => {}
            State::Iac => self.items.push_back(Item::Cut(vec![IAC])),
            State::Option(word) => self.items.push_back(Item::Cut(vec![IAC, word.octet()])),
            State::Parameters => self.close(Ending::Cut),
            State::ParametersIac => self.close(Ending::CutAtIac),
        }
    }

    fn command(&mut self, octet: u8) -> State {
        match octet {
            IAC => self.items.push_back(Item::Text(IAC)),
            SB => return State::Parameters,
            octet => match Word::of(octet) {
                Some(word) => return State::Option(word),
                None => self.items.push_back(Item::Command(octet)),
            },
        }
        State::Text
    }

    fn parameter(&mut self, octets: &[u8]) {
        if self.octets.len() + octets.len() > PARAMETERS_LIMIT {
            self.close(Ending::TooLong);
            self.over = true;
        }
        self.octets.extend_from_slice(octets);
    }

    fn close(&mut self, ending: Ending) {
        let octets = core::mem::take(&mut self.octets);
        let item = if self.over {
            Item::More { octets, ending }
        } else {
            Item::Parameters { octets, ending }
        };
        self.items.push_back(item);
        self.over = false;
    }
}
