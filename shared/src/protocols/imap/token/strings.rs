//! Strings: in quotes, as literals, or bare.

use super::{Meaning, Read, Reader, Text, is_atom, terms};
use crate::explain::common;
use crate::protocols::imap::frame::{Header, literal_header};
use crate::protocols::imap::utf7;
use crate::text::message;

impl<'a> Reader<'a> {
    /// NIL or a string.
    pub(in super::super) fn nstring(&mut self, meaning: Meaning) -> Read<Option<Text>> {
        if self.word("NIL", &terms::NIL) {
            return Ok(None);
        }
        self.string(meaning).map(Some)
    }

    pub(in super::super) fn string(&mut self, meaning: Meaning) -> Read<Text> {
        match self.peek() {
            Some(b'"') => self.quoted(meaning).map(Text::Bytes),
            Some(b'{' | b'~') => self.literal(meaning),
            _ => self.fail("a string, in quotes or as a literal"),
        }
    }

    /// An atom, in which a ] may stand, or a string.
    pub(in super::super) fn astring(&mut self, meaning: Meaning) -> Read<Vec<u8>> {
        match self.peek() {
            Some(b'"' | b'{' | b'~') => self.string(meaning).map(Text::into_bytes),
            _ => self.bare(meaning, "a word or a string", |b| is_atom(b) || b == b']'),
        }
    }

    /// As [`Reader::astring`], where `%` and `*` stand for names.
    pub(in super::super) fn pattern(&mut self) -> Read<Vec<u8>> {
        match self.peek() {
            Some(b'"' | b'{' | b'~') => self.string(Meaning::Mailbox).map(Text::into_bytes),
            _ => self.bare(Meaning::Mailbox, "a mailbox name, or a pattern with * or %", |b| {
                is_atom(b) || matches!(b, b']' | b'%' | b'*')
            }),
        }
    }

    fn bare(&mut self, meaning: Meaning, expected: &str, fits: fn(u8) -> bool) -> Read<Vec<u8>> {
        let length = self.rest().iter().take_while(|b| fits(**b)).count();
        if length == 0 {
            return self.fail(expected);
        }
        let bytes = &self.rest()[..length];
        self.put(meaning, length, bytes);
        Ok(bytes.to_vec())
    }

    fn quoted(&mut self, meaning: Meaning) -> Read<Vec<u8>> {
        let rest = self.rest();
        let mut value = Vec::new();
        let mut at = 1;
        loop {
            match rest.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    let escaped = rest.get(at + 1).copied();
                    match escaped {
                        Some(b @ (b'"' | b'\\')) => value.push(b),
                        Some(b) if !self.strict && !matches!(b, b'\r' | b'\n') => {
                            self.fault("A backslash stands before an octet that needs none.");
                            value.push(b);
                        }
                        _ => return self.fail("only \\\" and \\\\ behind a backslash in quotes"),
                    }
                    at += 2;
                }
                Some(0x80..)
                    if !self.strict && !self.utf8 && !matches!(meaning, Meaning::Mailbox) =>
                {
                    let text = "A quoted string has an octet above 127; only a literal may, unless UTF-8 was agreed on.";
                    if !self.faults.iter().any(|fault| fault == text) {
                        self.fault(text);
                    }
                    value.push(rest[at]);
                    at += 1;
                }
                Some(b'\r' | b'\n' | 0) => return self.fail("no CR, LF or NUL in quotes"),
                Some(0x80..) if self.strict && !self.utf8 => {
                    return self.fail("no octet above 127 in quotes: a literal has room for it");
                }
                Some(b) => {
                    value.push(*b);
                    at += 1;
                }
                None => return self.fail("the closing quote of a string"),
            }
        }
        self.put(meaning, at + 1, &value);
        Ok(value)
    }

    fn literal(&mut self, meaning: Meaning) -> Read<Text> {
        let Some((header, line_end)) = self.header() else {
            return self.fail("the header of a literal, {n}, at the end of a line");
        };
        self.scan.take(&terms::LITERAL, header.length);
        if !header.waits {
            self.scan.note("The plus sign: the octets follow without waiting for leave.");
        }
        let end_term = if line_end == 2 { &common::CRLF } else { &common::BARE_LF };
        self.scan.take(end_term, line_end);
        let start = self.at();
        if header.waits {
            self.pauses.push(start);
        } else {
            self.hurried.push(header.size);
        }
        if self.holes.contains(&start) {
            return Ok(Text::Past(header.size));
        }
        let content = usize::try_from(header.size).ok().and_then(|n| self.left().get(..n));
        let Some(content) = content else { return self.fail("the octets of the literal") };
        if content.contains(&0) && !header.binary {
            if self.strict {
                return self.fail("no NUL in a literal; only ~{n} may have one (RFC 3516)");
            }
            self.fault("A literal has a NUL; only ~{n} may have one.");
        }
        self.put(meaning, content.len(), content);
        Ok(Text::Bytes(content.to_vec()))
    }

    /// The header of a literal that comes next, and the octets of its line end.
    fn header(&self) -> Option<(Header, usize)> {
        let left = self.left();
        let line = left.split_inclusive(|b| *b == b'\n').next()?;
        let text = line.strip_suffix(b"\n")?;
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let header = literal_header(text).filter(|header| header.length == text.len())?;
        Some((header, line.len() - text.len()))
    }

    /// With the line end.
    fn left(&self) -> &'a [u8] {
        &self.bytes[self.at()..]
    }

    fn put(&mut self, meaning: Meaning, octets: usize, value: &[u8]) {
        match meaning {
            Meaning::Is(term) => drop(self.scan.take(term, octets)),
            Meaning::Secret(term) => drop(self.scan.take_secret(term, octets)),
            Meaning::Mail { in_body } if self.explains => {
                let bytes = &self.bytes[self.at()..self.at() + octets];
                let quoted = bytes.first() == Some(&b'"') && bytes.len() != value.len();
                if quoted {
                    self.scan.take(&common::BODY, octets);
                } else {
                    self.scan.explained(message::explained(bytes, in_body));
                }
            }
            Meaning::Mail { .. } => drop(self.scan.take(&common::BODY, octets)),
            Meaning::Mailbox => {
                self.scan.take(&terms::MAILBOX, octets);
                let coded = core::str::from_utf8(value).is_ok_and(|v| utf7::decode(v).is_some());
                if !self.strict && !self.utf8 && !coded {
                    self.fault("The name of a mailbox is not modified UTF-7, in which & begins a coded part and no octet is above 127.");
                }
                if let Some(note) = name_note(value) {
                    self.scan.note(note);
                }
            }
            Meaning::Words(term) => {
                self.scan.take(term, octets);
                let decoded = crate::text::mime::coding::words(value);
                if decoded.as_bytes() != value && self.explains {
                    self.scan.note(format!("Decoded: {decoded}"));
                }
            }
        }
    }
}

/// What a person should see beside the name of a mailbox.
fn name_note(name: &[u8]) -> Option<String> {
    let name = core::str::from_utf8(name).ok()?;
    if !name.contains('&') {
        return None;
    }
    Some(match utf7::decode(name) {
        Some(decoded) => format!("Decoded from modified UTF-7: {decoded}"),
        None => "This is not modified UTF-7.".into(),
    })
}
