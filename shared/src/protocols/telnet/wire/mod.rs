//! The octets of Telnet: cut into items, composed, and explained.

mod decode;
mod parameters;
mod text;
mod typed;

pub(super) use decode::{Decoder, Ending, Item, PARAMETERS_LIMIT};
pub(super) use parameters::{Parameters, parameters, read};
pub(super) use text::{Prompt, prompt_of, text};
pub(super) use typed::{Move, line, parse};

use super::negotiation::Word;
use super::{options, terms};
use crate::explain::{Composer, Scanner, Term, Wire, common};

pub(super) const SE: u8 = 240;
pub(super) const DM: u8 = 242;
pub(super) const BRK: u8 = 243;
pub(super) const IP: u8 = 244;
pub(super) const AO: u8 = 245;
pub(super) const AYT: u8 = 246;
pub(super) const EC: u8 = 247;
pub(super) const EL: u8 = 248;
pub(super) const GA: u8 = 249;
pub(super) const SB: u8 = 250;
pub(super) const IAC: u8 = 255;
pub(super) const EOF: u8 = 236;
pub(super) const SUSP: u8 = 237;
pub(super) const ABORT: u8 = 238;
pub(super) const EOR: u8 = 239;

/// The meaning of a command without an option, and what it says when the server sends it.
pub(super) fn command_term(octet: u8) -> (&'static Term, &'static str) {
    match octet {
        EOF => (&terms::EOF, "The end of the file."),
        SUSP => (&terms::SUSP, "Suspend the program that runs."),
        ABORT => (&terms::ABORT, "Abort the program that runs."),
        EOR => (&terms::EOR, "A record ends here."),
        SE => (&terms::SE, "Parameters end here, but none had begun."),
        241 => (&terms::NOP, "Nothing."),
        DM => (
            &terms::DM,
            "The end of a Synch. It came in line, not as urgent data, and does nothing.",
        ),
        BRK => (&terms::BRK, "The break key."),
        IP => (&terms::IP, "Interrupt the program that runs."),
        AO => (&terms::AO, "No more of this output, please."),
        AYT => (&terms::AYT, "Are you there?"),
        EC => (&terms::EC, "Erase the last character."),
        EL => (&terms::EL, "Erase the line."),
        GA => (&terms::GA, "Go ahead."),
        _ => (&terms::UNDEFINED, "A command that nobody has defined; it is ignored."),
    }
}

pub(super) fn word_term(word: Word) -> &'static Term {
    match word {
        Word::Will => &terms::WILL,
        Word::Wont => &terms::WONT,
        Word::Do => &terms::DO,
        Word::Dont => &terms::DONT,
    }
}

/// A command without an option.
pub(super) fn command(octet: u8, says: &str) -> Wire {
    let mut out = Composer::new();
    let term = command_term(octet).0;
    out.put(&terms::IAC, [IAC]).put(term, [octet]);
    out.finish(format!("{}: {says}", term.id))
}

/// WILL, WONT, DO or DONT with its option.
pub(super) fn negotiation(word: Word, option: u8, says: &str) -> Wire {
    let mut out = Composer::new();
    out.put(&terms::IAC, [IAC]);
    out.put(word_term(word), [word.octet()]);
    let name = options::name(option);
    out.put(options::term(option), [option]).note(name.clone());
    out.finish(format!("{} {name}: {says}", word.name()))
}

/// What a word means when its sender says it.
pub(super) fn says(word: Word, option: u8) -> String {
    let does = options::does(option);
    match word {
        Word::Will => format!("I will {does}."),
        Word::Wont => format!("I will not {does}."),
        Word::Do => format!("Please {does}."),
        Word::Dont => format!("Do not {does}."),
    }
}

/// What a word of the server means to the person.
pub(super) fn server_says(word: Word, option: u8) -> String {
    let does = options::does(option);
    match word {
        Word::Will => format!("The server is willing to {does}."),
        Word::Wont => format!("The server will not {does}."),
        Word::Do => format!("The server asks you to {does}."),
        Word::Dont => format!("The server asks you not to {does}."),
    }
}

/// The parameters of an option; an octet 255 in them is doubled.
pub(super) fn subnegotiation(option: u8, data: &[u8], says: &str) -> Wire {
    let mut octets = escaped(&[option]);
    octets.extend(escaped(data));
    let mut wire = Composer::new();
    wire.put(&terms::IAC, [IAC]).put(&terms::SB, [SB]);
    let mut wire = wire.finish("");
    wire.append(parameters(&octets));
    let mut end = Composer::new();
    end.put(&terms::IAC, [IAC]).put(&terms::SE, [SE]);
    wire.append(end.finish(""));
    wire.says = format!("SB {}: {says}", options::name(option));
    wire
}

/// Octets of text or parameters with every 255 doubled.
pub(super) fn escaped(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    for &octet in data {
        out.push(octet);
        if octet == IAC {
            out.push(octet);
        }
    }
    out
}

/// The octets of parameters with every doubled 255 made one.
pub(super) fn unescaped(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(octets.len());
    let mut rest = octets.iter();
    while let Some(&octet) = rest.next() {
        out.push(octet);
        if octet == IAC {
            rest.next();
        }
    }
    out
}

/// An item that is no text, with its meaning. `says` is empty where the reader knows more.
pub(super) fn item(item: &Item) -> Wire {
    match item {
        Item::Text(octet) => text(&escaped(&[*octet]), false),
        Item::Command(octet) => command(*octet, command_term(*octet).1),
        Item::Negotiate(word, option) => negotiation(*word, *option, ""),
        Item::Parameters { octets, ending } => {
            let mut wire = Composer::new();
            wire.put(&terms::IAC, [IAC]).put(&terms::SB, [SB]);
            let mut wire = wire.finish("");
            let inner = parameters(octets);
            let says = inner.says.clone();
            wire.append(inner);
            wire.append(closing(*ending));
            wire.says = match ending {
                Ending::Se => match octets.first() {
                    Some(option) => format!("SB {}: {says}", options::name(*option)),
                    None => says,
                },
                Ending::OtherCommand => "Parameters without their end.".into(),
                Ending::TooLong => "Parameters that go over the limit.".into(),
                Ending::Cut | Ending::CutAtIac => "The connection ended inside parameters.".into(),
            };
            wire
        }
        Item::More { octets, ending } => {
            let mut wire = Composer::new();
            wire.put(&common::TOO_LONG, octets);
            let mut wire = wire.finish("");
            wire.append(closing(*ending));
            wire.says = "More of the parameters that were too long.".into();
            wire
        }
        Item::Cut(octets) => {
            let mut scan = Scanner::new(octets);
            scan.take(&terms::IAC, 1);
            if let Some(word) = octets.get(1).copied().and_then(Word::of) {
                scan.take(word_term(word), 1);
            }
            scan.note("The connection ended inside this command.");
            scan.finish("The connection ended inside this command.")
        }
    }
}

fn closing(ending: Ending) -> Wire {
    let mut out = Composer::new();
    match ending {
        Ending::Se => {
            out.put(&terms::IAC, [IAC]).put(&terms::SE, [SE]);
        }
        Ending::CutAtIac => {
            out.put(&common::TRUNCATED, [IAC]);
        }
        Ending::OtherCommand | Ending::TooLong | Ending::Cut => {}
    }
    out.finish("")
}
