//! Parameters of options: what stands between SB and SE.

use super::{IAC, unescaped};
use crate::explain::{Scanner, Term, Wire};
use crate::protocols::telnet::negotiation::Word;
use crate::protocols::telnet::{options, terms};

/// What parameters ask for or tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::protocols::telnet) enum Parameters {
    WindowSize(u16, u16),
    SendTerminalType,
    TerminalType(String),
    Mode(u8),
    ForwardMask(Word),
    /// Function, flags and character of each key.
    Keys(Vec<[u8; 3]>),
    SendStatus,
    /// Names and values, after their protected octets were freed.
    Environment(Vec<(Vec<u8>, Option<Vec<u8>>)>),
    Other,
}

/// Reads the octets between SB and SE, the option first.
pub(in crate::protocols::telnet) fn read(octets: &[u8]) -> Parameters {
    let plain = unescaped(octets);
    let Some((&option, data)) = plain.split_first() else { return Parameters::Other };
    match (option, data) {
        (options::NAWS, [w1, w0, h1, h0]) => {
            Parameters::WindowSize(u16::from_be_bytes([*w1, *w0]), u16::from_be_bytes([*h1, *h0]))
        }
        (options::TTYPE, [1]) => Parameters::SendTerminalType,
        (options::TTYPE, [0, name @ ..]) => {
            Parameters::TerminalType(String::from_utf8_lossy(name).into_owned())
        }
        (options::LINEMODE, [1, mask]) => Parameters::Mode(*mask),
        (options::LINEMODE, [word, 2, ..]) => {
            Word::of(*word).map_or(Parameters::Other, Parameters::ForwardMask)
        }
        (options::LINEMODE, [3, keys @ ..]) => {
            Parameters::Keys(keys.chunks_exact(3).map(|key| [key[0], key[1], key[2]]).collect())
        }
        (options::STATUS, [1]) => Parameters::SendStatus,
        (options::NEW_ENVIRON | options::OLD_ENVIRON, [0 | 2, variables @ ..]) => {
            Parameters::Environment(environment(variables))
        }
        _ => Parameters::Other,
    }
}

/// Explains the octets between SB and SE, the option first. What they say is in `says`.
pub(in crate::protocols::telnet) fn parameters(octets: &[u8]) -> Wire {
    let mut walk = Walk { scan: Scanner::new(octets), octets };
    let Some(&option) = octets.first() else {
        return walk.scan.finish("Parameters of no option at all.");
    };
    walk.take(options::term(option), 1);
    walk.scan.note(options::name(option));
    match option {
        options::NAWS => {
            walk.take(&terms::WIDTH, 2);
            walk.take(&terms::HEIGHT, 2);
        }
        options::TTYPE | options::TSPEED | options::XDISPLOC => {
            walk.command();
            walk.rest(&terms::VALUE);
        }
        options::LINEMODE => walk.linemode(),
        options::STATUS => {
            walk.command();
            walk.rest(&terms::STATUS_LIST);
        }
        options::NEW_ENVIRON | options::OLD_ENVIRON => walk.environment(),
        _ => {}
    }
    walk.rest(&terms::PARAMETERS);
    walk.scan.finish(says(option, octets))
}

fn says(option: u8, octets: &[u8]) -> String {
    let name = options::name(option);
    match read(octets) {
        Parameters::WindowSize(w, h) => format!("The window has {w} columns and {h} rows."),
        Parameters::SendTerminalType => "Which terminal is it?".into(),
        Parameters::TerminalType(name) => format!("The terminal is {name}."),
        Parameters::Mode(mask) => format!("The mode of editing is {}.", mode(mask)),
        Parameters::ForwardMask(word) => {
            format!("{} a mask of keys that send the line at once.", word.name())
        }
        Parameters::Keys(keys) => format!("What {} keys do.", keys.len()),
        Parameters::SendStatus => "Which options are on?".into(),
        Parameters::Environment(variables) => {
            let list = variables.iter().map(|(name, value)| {
                let value = value.as_ref().map(|value| format!("={}", shown(value)));
                format!("{}{}", shown(name), value.unwrap_or_default())
            });
            format!("Variables: {}.", list.collect::<Vec<_>>().join(", "))
        }
        Parameters::Other => format!("Details of {name}."),
    }
}

/// The names of the bits of a mode.
pub(in crate::protocols::telnet) fn mode(mask: u8) -> String {
    let names = [(1, "EDIT"), (2, "TRAPSIG"), (4, "ACK"), (8, "SOFT_TAB"), (16, "LIT_ECHO")];
    let set: Vec<_> = names.iter().filter(|(bit, _)| mask & bit != 0).map(|(_, n)| *n).collect();
    if set.is_empty() { "0".into() } else { set.join(" + ") }
}

fn shown(octets: &[u8]) -> String {
    crate::transcript::visible(octets)
}

/// VAR 0, VALUE 1, ESC 2, USERVAR 3 (RFC 1572 section 2).
fn environment(octets: &[u8]) -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
    let mut variables: Vec<(Vec<u8>, Option<Vec<u8>>)> = Vec::new();
    let mut rest = octets.iter();
    while let Some(&octet) = rest.next() {
        let plain = match (octet, variables.last_mut()) {
            (0 | 3, _) => {
                variables.push((Vec::new(), None));
                continue;
            }
            (1, Some((_, value))) => {
                *value = Some(Vec::new());
                continue;
            }
            (2, _) => rest.next().copied(),
            (octet, _) => Some(octet),
        };
        if let (Some(octet), Some((name, value))) = (plain, variables.last_mut()) {
            value.as_mut().unwrap_or(name).push(octet);
        }
    }
    variables
}

/// Takes octets by their number after doubled ones were made one.
struct Walk<'a> {
    scan: Scanner<'a>,
    octets: &'a [u8],
}

impl Walk<'_> {
    fn peek(&self) -> Option<u8> {
        self.octets.get(self.scan.at()).copied()
    }

    fn take(&mut self, term: &'static Term, n: usize) {
        let mut length = 0;
        for _ in 0..n {
            let doubled = self.octets.get(self.scan.at() + length) == Some(&IAC);
            length += 1 + usize::from(doubled);
        }
        self.scan.take(term, length);
    }

    fn rest(&mut self, term: &'static Term) {
        self.scan.take(term, usize::MAX - self.octets.len());
    }

    /// IS, SEND or INFO.
    fn command(&mut self) {
        match self.peek() {
            Some(0) => self.take(&terms::IS, 1),
            Some(1) => self.take(&terms::SEND, 1),
            Some(2) => self.take(&terms::INFO, 1),
            _ => {}
        }
    }

    fn linemode(&mut self) {
        match self.peek() {
            Some(1) => {
                self.take(&terms::MODE, 1);
                if let Some(mask) = self.peek() {
                    self.take(&terms::MASK, 1);
                    self.scan.note(mode(mask));
                }
            }
            Some(3) => {
                self.take(&terms::SLC, 1);
                while self.peek().is_some() {
                    self.take(&terms::SLC_TRIPLET, 3);
                }
            }
            Some(octet) => {
                if let Some(word) = Word::of(octet) {
                    self.take(super::word_term(word), 1);
                    self.take(&terms::FORWARDMASK, 1);
                }
            }
            None => {}
        }
    }

    fn environment(&mut self) {
        self.command();
        let mut in_value = false;
        while let Some(octet) = self.peek() {
            match octet {
                0 | 3 => {
                    in_value = false;
                    self.take(&terms::VARIABLE, 1);
                }
                1 => {
                    in_value = true;
                    self.take(&terms::VALUE, 1);
                }
                _ => {
                    let term =
                        if in_value { &terms::VARIABLE_VALUE } else { &terms::VARIABLE_NAME };
                    let n = name_length(&self.octets[self.scan.at()..]);
                    self.take(term, n);
                }
            }
        }
    }
}

/// How many octets, doubled ones counted once, belong to the name or value that begins here.
fn name_length(octets: &[u8]) -> usize {
    let plain = unescaped(octets);
    let mut n = 0;
    while let Some(octet) = plain.get(n) {
        match octet {
            0 | 1 | 3 => break,
            2 => n += 2,
            _ => n += 1,
        }
    }
    n.min(plain.len())
}
