//! What `imaplib` makes of responses, by the rules of its own patterns.

use std::collections::BTreeMap;

use super::request::{End, Request};
use crate::protocols::imap::frame::literal_header;
use crate::python::literal::{bytes, list, text, tuple};

/// A longer line is refused.
const LINE_LIMIT: usize = 1_000_000;

pub(super) const EOF: &str = "socket error: EOF";

/// The class of an exception, and its text.
#[derive(Debug)]
pub(super) struct Wrong(pub(super) &'static str, pub(super) String);

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Datum {
    Octets(Vec<u8>),
    /// What stands before a literal, and the literal.
    Literal(Vec<u8>, Vec<u8>),
}

impl Datum {
    pub(super) fn octets(&self) -> &[u8] {
        match self {
            Datum::Octets(octets) | Datum::Literal(octets, _) => octets,
        }
    }

    fn shown(&self) -> String {
        match self {
            Datum::Octets(octets) => bytes(octets),
            Datum::Literal(head, literal) => tuple(&[bytes(head), bytes(literal)]),
        }
    }
}

/// What a call gives back.
pub(super) fn shown(typ: &str, data: Option<Vec<Datum>>) -> String {
    tuple(&[text(typ), Reading::list(data)])
}

type Answer = (String, Vec<Datum>);

pub(super) struct Reading<'a> {
    rest: &'a [u8],
    tag: &'a str,
    tagged: Option<Answer>,
    untagged: &'a mut BTreeMap<String, Vec<Datum>>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(
        octets: &'a [u8],
        tag: &'a str,
        untagged: &'a mut BTreeMap<String, Vec<Datum>>,
    ) -> Reading<'a> {
        Reading { rest: octets, tag, tagged: None, untagged }
    }

    pub(super) fn list(data: Option<Vec<Datum>>) -> String {
        match data {
            Some(data) => list(&data.iter().map(Datum::shown).collect::<Vec<_>>()),
            None => "[None]".into(),
        }
    }

    pub(super) fn unread(&self) -> &'a [u8] {
        self.rest
    }

    /// From the command to its tagged reply.
    pub(super) fn converse(&mut self, request: &Request) -> Result<Answer, Wrong> {
        let name = request.name.as_str();
        let authenticates = request.end == End::Authenticate;
        if authenticates || request.literal.is_some() {
            loop {
                let goes_on = self.response()?;
                if self.tagged.is_some() || (goes_on && !authenticates) {
                    break;
                }
            }
        }
        let logout = name == "LOGOUT";
        if !logout {
            self.check_bye()?;
        }
        let answer = self.tagged_response(logout);
        let (typ, data) = answer
            .map_err(|Wrong(class, why)| Wrong(class, format!("command: {name} => {why}")))?;
        if !logout {
            self.check_bye()?;
        }
        if typ == "BAD" {
            let data = Reading::list(Some(data));
            return Err(Wrong("error", format!("{name} command error: {typ} {data}")));
        }
        Ok((typ, data))
    }

    fn tagged_response(&mut self, logout: bool) -> Result<Answer, Wrong> {
        loop {
            if let Some(answer) = self.tagged.take() {
                return Ok(answer);
            }
            if logout && let Some(bye) = self.untagged.remove("BYE") {
                return Ok(("BYE".into(), bye));
            }
            self.check_bye()?;
            self.response()?;
        }
    }

    fn check_bye(&self) -> Result<(), Wrong> {
        match self.untagged.get("BYE").and_then(|bye| bye.last()) {
            Some(bye) => Err(Wrong("abort", String::from_utf8_lossy(bye.octets()).into_owned())),
            None => Ok(()),
        }
    }

    /// Reads one response. Tells whether it is the leave to go on.
    fn response(&mut self) -> Result<bool, Wrong> {
        let line = self.line()?;
        let (typ, data) = match self.own(line) {
            Some((typ, data)) => {
                self.tagged = Some((typ.clone(), vec![Datum::Octets(data.clone())]));
                (typ, data)
            }
            None => {
                let Some((typ, mut data)) = plain(line).or_else(|| numbered(line)) else {
                    if line.starts_with(b"+") {
                        return Ok(true);
                    }
                    return Err(Wrong("abort", format!("unexpected response: {}", bytes(line))));
                };
                // Whatever the response: a literal may also be announced where none is meant.
                while let Some(size) = announced(&data) {
                    let (literal, rest) = self.rest.split_at(size.min(self.rest.len()));
                    self.rest = rest;
                    self.keep(&typ, Datum::Literal(data, literal.to_vec()));
                    data = self.line()?.to_vec();
                }
                self.keep(&typ, Datum::Octets(data.clone()));
                (typ, data)
            }
        };
        if ["OK", "NO", "BAD"].contains(&typ.as_str())
            && let Some((code, value)) = code(&data)
        {
            self.keep(&code, Datum::Octets(value));
        }
        Ok(false)
    }

    fn line(&mut self) -> Result<&'a [u8], Wrong> {
        let end = self.rest.iter().position(|b| *b == b'\n').map_or(self.rest.len(), |at| at + 1);
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest;
        match line.strip_suffix(b"\r\n") {
            _ if line.len() > LINE_LIMIT => {
                Err(Wrong("error", format!("got more than {LINE_LIMIT} bytes")))
            }
            Some(line) => Ok(line),
            None if line.is_empty() => Err(Wrong("abort", EOF.into())),
            None => {
                Err(Wrong("abort", format!("socket error: unterminated line: {}", bytes(line))))
            }
        }
    }

    /// The reply to the command under way.
    fn own(&self, line: &[u8]) -> Option<(String, Vec<u8>)> {
        let rest = line.strip_prefix(self.tag.as_bytes())?.strip_prefix(b" ")?;
        let (typ, rest) = name(rest, |b| b.is_ascii_uppercase())?;
        Some((typ, rest.strip_prefix(b" ")?.to_vec()))
    }

    fn keep(&mut self, typ: &str, datum: Datum) {
        self.untagged.entry(typ.into()).or_default().push(datum);
    }
}

/// `* FLAGS (\Seen)`
fn plain(line: &[u8]) -> Option<(String, Vec<u8>)> {
    let (typ, rest) = name(line.strip_prefix(b"* ")?, is_name)?;
    Some((typ, rest.strip_prefix(b" ").unwrap_or_default().to_vec()))
}

/// `* 3 FETCH (UID 4)`: the number becomes part of the data.
fn numbered(line: &[u8]) -> Option<(String, Vec<u8>)> {
    let (number, rest) = name(line.strip_prefix(b"* ")?, |b| b.is_ascii_digit())?;
    let (typ, rest) = name(rest.strip_prefix(b" ")?, is_name)?;
    let mut data = number.into_bytes();
    if rest.len() > 1 && rest.starts_with(b" ") {
        data.extend_from_slice(rest);
    }
    Some((typ, data))
}

/// `[UIDNEXT 6] text`. What is inside goes up to the last bracket.
fn code(data: &[u8]) -> Option<(String, Vec<u8>)> {
    let (code, rest) = name(data.strip_prefix(b"[")?, is_name)?;
    if rest.starts_with(b"]") {
        return Some((code, Vec::new()));
    }
    let end = rest.iter().rposition(|b| *b == b']')?;
    Some((code, rest[..end].strip_prefix(b" ")?.to_vec()))
}

/// The size of the literal that the data announces.
fn announced(data: &[u8]) -> Option<usize> {
    let header = literal_header(data).filter(|header| header.waits)?;
    Some(usize::try_from(header.size).unwrap_or(usize::MAX))
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte == b'-'
}

/// The run of these octets at the beginning, and what follows it.
fn name(octets: &[u8], fits: impl Fn(u8) -> bool) -> Option<(String, &[u8])> {
    let length = octets.iter().take_while(|b| fits(**b)).count();
    let (name, rest) = octets.split_at(length);
    (length > 0).then(|| (String::from_utf8_lossy(name).into_owned(), rest))
}
