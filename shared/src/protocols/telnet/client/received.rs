//! What the server sends: text that is shown as it grows, and commands between it.

use super::TelnetClient;
use crate::explain::Wire;
use crate::machine::{Conn, Note, Output};
use crate::protocols::telnet::options;
use crate::protocols::telnet::wire::{self, Ending, Item, PARAMETERS_LIMIT, Prompt};

/// A unit of text ends at the first end of a line behind so many octets, so that a long listing
/// does not become one endless entry. Two screens of text are less.
const UNIT: usize = 4096;

/// ... and without an end of a line, here.
const UNIT_LIMIT: usize = 8192;

/// Of the last line so much is kept, to see what it asks for.
const LAST_LINE: usize = 512;

/// The text since the last command, line of the person, or full unit.
#[derive(Clone, Default)]
pub(super) struct Text {
    /// As it crossed the wire, 255 doubled.
    unit: Vec<u8>,
    /// So many octets of it have been shown.
    shown: usize,
    /// The unit before ended with a carriage return.
    behind_cr: bool,
    /// Since the last line feed.
    last_line: Vec<u8>,
    /// The text names a file that is there on the practice server.
    names_hello: bool,
}

impl Text {
    pub(super) fn last_line(&self) -> &[u8] {
        &self.last_line
    }

    pub(super) fn names_hello(&self) -> bool {
        self.names_hello
    }

    pub(super) fn ends_in_cr(&self) -> bool {
        self.unit.last() == Some(&b'\r')
    }

    /// What it asked for has been given.
    pub(super) fn answered(&mut self) {
        self.last_line.clear();
    }

    fn push(&mut self, octet: u8) {
        self.unit.extend(wire::escaped(&[octet]));
        if octet == b'\n' {
            let line = self.last_line.windows(9).any(|w| w == b"hello.txt");
            self.names_hello |= line;
            self.last_line.clear();
        } else if self.last_line.len() < LAST_LINE && octet != b'\r' && octet != 0 {
            self.last_line.push(octet);
        }
    }

    /// Whether the unit is to end before this octet.
    fn is_full(&self, next: u8) -> bool {
        let inside_character = (0x80..0xc0).contains(&next);
        let behind_cr = self.ends_in_cr() && matches!(next, b'\n' | 0);
        let at_line = self.unit.len() >= UNIT && self.unit.last() == Some(&b'\n');
        (at_line || self.unit.len() >= UNIT_LIMIT) && !inside_character && !behind_cr
            || self.unit.len() >= UNIT_LIMIT + 4
    }
}

impl TelnetClient {
    pub(super) fn read(&mut self, octets: &[u8]) {
        for octet in octets {
            self.decoder.feed(*octet);
            while let Some(item) = self.decoder.next() {
                self.item(item);
            }
        }
        if self.text.unit.len() > self.text.shown {
            self.text.shown = self.text.unit.len();
            let wire = self.explained_text();
            self.outputs.push_back(Output::Growing { conn: Conn::MAIN, wire });
        }
    }

    /// Ends the unit of text: what follows is another one.
    pub(super) fn close_text(&mut self) {
        if self.text.unit.is_empty() {
            return;
        }
        let wire = self.explained_text();
        let unit = core::mem::take(&mut self.text.unit);
        self.text.shown = 0;
        self.outputs.push_back(Output::Received { conn: Conn::MAIN, wire });
        let ends_in_cr = unit.last() == Some(&b'\r');
        let behind_cr = core::mem::replace(&mut self.text.behind_cr, ends_in_cr);
        if self.since_agreement == 1 {
            self.since_agreement = 2;
        }
        self.remark_on_text(&unit, behind_cr);
    }

    fn explained_text(&self) -> Wire {
        let mut wire = wire::text(&self.text.unit, self.options.them(options::BINARY));
        wire.says = match wire::prompt_of(&self.text.last_line) {
            Some(Prompt::Name) => "The server asks who you are.".into(),
            Some(Prompt::Password) => {
                "The server asks for the password. What you type next is masked.".into()
            }
            Some(Prompt::Command) => {
                "Text of the server, and its prompt: it waits for a line.".into()
            }
            None => "Text of the server.".into(),
        };
        wire
    }

    fn item(&mut self, item: Item) {
        match item {
            Item::Text(octet) => {
                if self.text.is_full(octet) {
                    self.close_text();
                }
                self.password_next = false;
                self.text.push(octet);
            }
            Item::Negotiate(word, option) => self.negotiate(word, option),
            Item::Parameters { ref octets, ending } => {
                self.received(wire::item(&item));
                self.parameters_end(ending);
                if ending == Ending::Se {
                    self.remark_on_parameters(octets);
                    self.parameters(octets);
                }
            }
            Item::More { ending, .. } => {
                self.received(wire::item(&item));
                if ending == Ending::OtherCommand {
                    self.parameters_end(ending);
                }
            }
            Item::Command(octet) => {
                self.received(wire::item(&item));
                self.remark_on_command(octet);
            }
            Item::Cut(_) => self.received(wire::item(&item)),
        }
    }

    fn parameters_end(&mut self, ending: Ending) {
        match ending {
            Ending::OtherCommand => self.note(
                Note::warning("The parameters do not end with IAC SE; another command stands there. They are ignored, the command is not.")
                    .rule(855, ""),
            ),
            Ending::TooLong => self.note(
                Note::error(format!("The parameters go over {PARAMETERS_LIMIT} octets without IAC SE. They are shown and ignored up to their end."))
                    .rule(855, ""),
            ),
            Ending::Se | Ending::Cut | Ending::CutAtIac => {}
        }
    }
}
