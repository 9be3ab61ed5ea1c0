//! What a person types: a line of text, or a command that begins with the word IAC.
//!
//! `IAC` in capitals and a space begin a command; everything else is text for the other side. To
//! send a line that begins so, put a space before it.

use super::subnegotiation;
use crate::explain::{Composer, Rfc, Wire};
use crate::machine::Refused;
use crate::protocols::telnet::negotiation::Word;
use crate::protocols::telnet::{options, table, terms};
use crate::table::Verb;
use crate::text::single_line;

/// Lines have at most so many octets: a terminal of UNIX takes 4096 with the end of the line.
const LINE_LIMIT: usize = 4094;

/// Parameters that are typed have at most so many octets; a command is one line.
const TYPED_PARAMETERS: usize = 1024;

/// What a typed text asks for.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::protocols::telnet) enum Move {
    Line(String),
    Command(&'static Verb, u8),
    Negotiate(&'static Verb, Word, u8),
    Parameters(u8, Vec<u8>),
}

impl Move {
    /// The octets, whether or not they may be sent now.
    pub(in crate::protocols::telnet) fn wire(&self) -> Wire {
        match self {
            Move::Line(text) => line(text, false, false),
            Move::Command(verb, octet) => super::command(*octet, verb.term.text),
            Move::Negotiate(_, word, option) => {
                super::negotiation(*word, *option, &super::says(*word, *option))
            }
            Move::Parameters(option, data) => {
                let octets = [&super::escaped(&[*option])[..], &super::escaped(data)].concat();
                let says = super::parameters(&octets).says;
                subnegotiation(*option, data, &says)
            }
        }
    }
}

/// Reads a typed text.
pub(in crate::protocols::telnet) fn parse(text: &str) -> Result<Move, Refused> {
    let text = single_line(text, Rfc::new(854, ""))?;
    let mut words = text.split(' ').filter(|word| !word.is_empty());
    let begins = text == "IAC" || text.starts_with("IAC ");
    if !begins {
        if text.len() > LINE_LIMIT {
            return Err(Refused::TooLong {
                what: "line",
                octets: text.len(),
                limit: LINE_LIMIT,
                rule: Rfc::new(854, ""),
            });
        }
        return Ok(Move::Line(text.into()));
    }
    words.next();
    let name = words.next().unwrap_or_default();
    let Some(verb) = table::TABLE.verb(&format!("IAC {name}")) else {
        let what = format!(
            "IAC begins a command of Telnet, and {name:?} is none that can be typed. To send this as text, begin the line with a space."
        );
        return Err(Refused::Malformed { what, expected: forms(), rule: Rfc::new(854, "") });
    };
    let rest: Vec<&str> = words.collect();
    let word = Word::ALL.into_iter().find(|word| word.name().eq_ignore_ascii_case(name));
    match (word, rest.as_slice()) {
        (Some(word), [option]) => match options::parse(option) {
            Some(option) => Ok(Move::Negotiate(verb, word, option)),
            None => Err(malformed(verb, "the name of an option, such as ECHO, or its number")),
        },
        (Some(_), _) => Err(malformed(verb, "one option")),
        (None, rest) if *verb == table::SB => parameters(rest),
        (None, []) => Ok(Move::Command(verb, octet(verb.name))),
        (None, _) => Err(malformed(verb, "nothing behind it")),
    }
}

/// The octets of a typed line.
pub(in crate::protocols::telnet) fn line(text: &str, secret: bool, binary: bool) -> Wire {
    let mut out = Composer::new();
    let octets = super::escaped(text.as_bytes());
    if secret {
        out.secret(&terms::SECRET, octets);
    } else {
        out.put(&terms::LINE, octets);
    }
    if binary {
        out.put(&terms::CARRIAGE_RETURN, b"\r")
            .note("The Enter key. BINARY is on, so nothing follows it.");
    } else {
        out.put(&terms::ENTER, b"\r\n");
    }
    out.finish(match (secret, text) {
        (true, _) => "The password, in clear text on the wire.",
        (false, "") => "The Enter key alone.",
        (false, _) => "A line for the program behind the server.",
    })
}

fn octet(name: &str) -> u8 {
    match name {
        "IAC EOF" => super::EOF,
        "IAC SUSP" => super::SUSP,
        "IAC ABORT" => super::ABORT,
        "IAC EOR" => super::EOR,
        "IAC NOP" => 241,
        "IAC DM" => super::DM,
        "IAC BRK" => super::BRK,
        "IAC IP" => super::IP,
        "IAC AO" => super::AO,
        "IAC AYT" => super::AYT,
        "IAC EC" => super::EC,
        "IAC EL" => super::EL,
        _ => super::GA,
    }
}

/// `NAWS 80 24`, `TTYPE SEND`, `TTYPE IS VT100`, or octets in hexadecimal.
fn parameters(words: &[&str]) -> Result<Move, Refused> {
    let Some((option, values)) = words.split_first() else {
        return Err(malformed(&table::SB, "an option and its parameters"));
    };
    let Some(option) = options::parse(option) else {
        return Err(malformed(&table::SB, "the name of an option, such as NAWS, or its number"));
    };
    let data = match values {
        values if option == options::NAWS => {
            let sizes = values.iter().map(|value| value.parse::<u16>().ok());
            match sizes.collect::<Option<Vec<u16>>>().as_deref() {
                Some([w, h]) => [w.to_be_bytes(), h.to_be_bytes()].concat(),
                _ => return Err(malformed(&table::SB, "columns and rows, each from 0 to 65535")),
            }
        }
        [send] if send.eq_ignore_ascii_case("SEND") => vec![1],
        [is, text @ ..] if is.eq_ignore_ascii_case("IS") => {
            [&[0][..], text.join(" ").as_bytes()].concat()
        }
        values => {
            let octets = values.iter().map(|value| match value.len() {
                1 | 2 => u8::from_str_radix(value, 16).ok(),
                _ => None,
            });
            match octets.collect::<Option<Vec<u8>>>() {
                Some(octets) => octets,
                None => return Err(malformed(&table::SB, "octets in hexadecimal, such as 01 ff")),
            }
        }
    };
    if data.len() > TYPED_PARAMETERS {
        return Err(Refused::TooLong {
            what: "list of parameters",
            octets: data.len(),
            limit: TYPED_PARAMETERS,
            rule: Rfc::new(855, ""),
        });
    }
    Ok(Move::Parameters(option, data))
}

fn malformed(verb: &'static Verb, expected: &str) -> Refused {
    Refused::Malformed {
        what: format!("{} was not sent: what stands behind it is missing or wrong.", verb.name),
        expected: format!("{expected}; the form is {:?}", verb.syntax),
        rule: verb.term.rfc,
    }
}

fn forms() -> String {
    let verbs = table::TABLE.verbs.iter().filter(|verb| verb.name.starts_with("IAC "));
    verbs.map(|verb| verb.name).collect::<Vec<_>>().join(", ")
}
