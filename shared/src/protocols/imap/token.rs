//! Atoms, strings, literals, lists and numbers: the tokens of both directions (RFC 3501
//! section 4), each taken with its meaning.

mod strings;

use super::terms;
use crate::explain::{Scanner, Term, Wire, common};

/// What did not fit the grammar, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) expected: String,
}

pub(super) type Read<T> = Result<T, Fault>;

/// What a string holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Text {
    Bytes(Vec<u8>),
    /// It went past as data, so many octets.
    Past(u64),
}

impl Text {
    pub(super) fn into_bytes(self) -> Vec<u8> {
        match self {
            Text::Bytes(bytes) => bytes,
            Text::Past(_) => Vec::new(),
        }
    }
}

/// How the content of a string is explained.
#[derive(Clone, Copy, Debug)]
pub(super) enum Meaning {
    Is(&'static Term),
    Secret(&'static Term),
    /// A message, or the body of one alone.
    Mail {
        in_body: bool,
    },
    /// The name of a mailbox, decoded beside.
    Mailbox,
    /// A header field's value, decoded beside.
    Words(&'static Term),
}

/// Walks over one line with its literals.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    scan: Scanner<'a>,
    bytes: &'a [u8],
    holes: &'a [usize],
    /// A server must be able to trust its client, and forgives nothing; a client gets along with
    /// what there is and says what was wrong.
    strict: bool,
    /// Quoted strings may have UTF-8 (IMAP4rev2).
    pub(super) utf8: bool,
    /// Literals are explained line by line; a server only obeys.
    pub(super) explains: bool,
    /// Ends of the headers of literals that wait for the other side's leave.
    pub(super) pauses: Vec<usize>,
    /// Sizes of the literals that do not wait.
    pub(super) hurried: Vec<u64>,
    pub(super) faults: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn strict(bytes: &'a [u8], holes: &'a [usize]) -> Reader<'a> {
        Reader { strict: true, ..Reader::lenient(bytes, holes) }
    }

    pub(super) fn lenient(bytes: &'a [u8], holes: &'a [usize]) -> Reader<'a> {
        Reader {
            scan: Scanner::new(bytes),
            bytes,
            holes,
            strict: false,
            utf8: false,
            explains: true,
            pauses: Vec::new(),
            hurried: Vec::new(),
            faults: Vec::new(),
        }
    }

    pub(super) fn at(&self) -> usize {
        self.scan.at()
    }

    pub(super) fn scan(&mut self) -> &mut Scanner<'a> {
        &mut self.scan
    }

    /// What is left, without the line end.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.scan.rest()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    pub(super) fn is_end(&self) -> bool {
        self.rest().is_empty()
    }

    pub(super) fn fail<T>(&self, expected: &str) -> Read<T> {
        Err(self.expected(expected))
    }

    fn expected(&self, expected: &str) -> Fault {
        Fault { at: self.at(), expected: expected.into() }
    }

    pub(super) fn fault(&mut self, text: &str) {
        self.faults.push(text.into());
    }

    /// The octets have no more, or the rest is white space that a forgiving reader passes over.
    pub(super) fn end(&mut self) -> Read<()> {
        if !self.strict && self.peek() == Some(b' ') {
            self.scan.spaces();
            self.fault("There is a space at the end of the line.");
        }
        if self.is_end() { Ok(()) } else { self.fail("the end of the line") }
    }

    pub(super) fn space(&mut self) -> Read<()> {
        match self.rest() {
            [b' ', b' ', ..] if !self.strict => {
                self.scan.spaces();
                self.fault("There is more than one space between two words.");
                Ok(())
            }
            [b' ', ..] => {
                self.scan.take(&common::SPACE, 1);
                Ok(())
            }
            _ => self.fail("a space"),
        }
    }

    /// Takes a space if there is one.
    pub(super) fn spaced(&mut self) -> bool {
        self.peek() == Some(b' ') && self.space().is_ok()
    }

    /// Takes this sign if it is next.
    pub(super) fn sign(&mut self, sign: u8, term: &'static Term) -> bool {
        let is_next = self.peek() == Some(sign);
        if is_next {
            self.scan.take(term, 1);
        }
        is_next
    }

    pub(super) fn open(&mut self) -> Read<()> {
        match self.sign(b'(', &terms::PARENTHESIS) {
            true => Ok(()),
            false => self.fail("an opening parenthesis"),
        }
    }

    pub(super) fn close(&mut self) -> Read<()> {
        if !self.strict && self.rest().starts_with(b" )") {
            self.space()?;
            self.fault("There is a space before a closing parenthesis.");
        }
        match self.sign(b')', &terms::PARENTHESIS) {
            true => Ok(()),
            false => self.fail("a closing parenthesis"),
        }
    }

    /// A list in parentheses, its members separated by spaces.
    pub(super) fn list<T>(
        &mut self,
        mut member: impl FnMut(&mut Reader<'a>) -> Read<T>,
    ) -> Read<Vec<T>> {
        let mut members = Vec::new();
        self.each(&mut |r| {
            members.push(member(r)?);
            Ok(())
        })?;
        Ok(members)
    }

    /// As [`Reader::list`], once in the program for all kinds of members.
    fn each(&mut self, member: &mut dyn FnMut(&mut Reader<'a>) -> Read<()>) -> Read<()> {
        self.open()?;
        let mut first = true;
        while self.peek() != Some(b')') {
            if self.is_end() {
                return self.fail("a closing parenthesis");
            }
            if !core::mem::take(&mut first) {
                self.space()?;
                if !self.strict && self.peek() == Some(b')') {
                    break;
                }
            }
            member(self)?;
        }
        self.close()
    }

    /// At least one octet that fits.
    pub(super) fn run(
        &mut self,
        term: &'static Term,
        expected: &str,
        fits: fn(u8) -> bool,
    ) -> Read<&'a str> {
        let bytes = self.scan.take_while(term, fits);
        match core::str::from_utf8(bytes) {
            Ok(text) if !text.is_empty() => Ok(text),
            _ => self.fail(expected),
        }
    }

    pub(super) fn atom(&mut self, term: &'static Term) -> Read<&'a str> {
        let fits = if self.strict { is_atom } else { is_astring };
        self.run(term, "an atom", fits)
    }

    /// The next atom in upper case, without taking it.
    pub(super) fn word_ahead(&self) -> String {
        let length = self.rest().iter().take_while(|b| is_atom(**b)).count();
        String::from_utf8_lossy(&self.rest()[..length]).to_ascii_uppercase()
    }

    /// Takes this word, if it comes next in any case.
    pub(super) fn word(&mut self, word: &str, term: &'static Term) -> bool {
        let length = word.len();
        let next = self.rest().get(..length);
        let there = next.is_some_and(|next| next.eq_ignore_ascii_case(word.as_bytes()))
            && !self.rest().get(length).is_some_and(|b| is_atom(*b));
        if there {
            self.scan.take(term, length);
        }
        there
    }

    pub(super) fn number(&mut self, term: &'static Term) -> Read<u64> {
        let start = self.at();
        let digits = self.run(term, "a number", |b| b.is_ascii_digit())?;
        digits.parse().map_err(|_| Fault { at: start, expected: "a number of 63 bits".into() })
    }

    /// A number of 32 bits.
    pub(super) fn number32(&mut self, term: &'static Term) -> Read<u32> {
        let start = self.at();
        let n = self.number(term)?;
        let expected = || format!("a number of 32 bits, and {n} is larger");
        u32::try_from(n).map_err(|_| Fault { at: start, expected: expected() })
    }

    /// A flag: an atom, or one behind a backslash; `\*` where it is allowed.
    pub(super) fn flag(&mut self, star: bool) -> Read<String> {
        if star && self.rest().starts_with(b"\\*") {
            self.scan.take(&terms::FLAG, 2);
            return Ok("\\*".into());
        }
        let backslash = usize::from(self.peek() == Some(b'\\'));
        let lenient = !self.strict;
        let fits = |b: &u8| is_atom(*b) || (lenient && *b == b']');
        let length = self.rest()[backslash..].iter().take_while(|b| fits(b)).count();
        if length == 0 {
            return self.fail("a flag such as \\Seen");
        }
        let flag = self.scan.take(&terms::FLAG, backslash + length);
        if flag.contains(&b']') {
            self.fault("A flag has a ], which ends a response code.");
        }
        Ok(String::from_utf8_lossy(flag).into_owned())
    }

    /// Anything: an atom, a string, a number, a list. Gives it as text.
    pub(super) fn anything(&mut self, depth: usize) -> Read<String> {
        match self.peek() {
            Some(b'(') if depth == 0 => self.fail("fewer lists within lists"),
            Some(b'(') => {
                self.open()?;
                let mut parts = Vec::new();
                while self.peek() != Some(b')') {
                    // Lists stand side by side without a space in a THREAD.
                    if self.spaced() && self.peek() == Some(b')') {
                        break;
                    }
                    parts.push(self.anything(depth - 1)?);
                }
                self.close()?;
                Ok(format!("({})", parts.join(" ")))
            }
            Some(b'"' | b'{') => self.lossy_string(),
            Some(b'~') if self.rest().starts_with(b"~{") => self.lossy_string(),
            Some(b'\\') => self.flag(true),
            _ => {
                let fits = |b: u8| b > b' ' && b < 0x7f && !matches!(b, b'(' | b')' | b'"' | b'{');
                let text = self.run(&terms::VALUE, "a value", fits)?;
                // A section such as BODY[HEADER.FIELDS (A)] is one word, its list included.
                if text.contains('[') && !text.contains(']') {
                    let rest = self.rest();
                    let end = rest.iter().position(|b| *b == b']');
                    let Some(end) = end else { return self.fail("a closing bracket") };
                    self.scan.take(&terms::VALUE, end + 1);
                }
                Ok(text.into())
            }
        }
    }

    /// The unit as far as it was read; what is left is marked as unexpected.
    pub(super) fn finish(self, says: impl Into<String>) -> Wire {
        self.scan.finish(says)
    }

    fn lossy_string(&mut self) -> Read<String> {
        let text = self.string(Meaning::Is(&terms::VALUE))?.into_bytes();
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

/// ASTRING-CHAR of RFC 3501 section 9.
pub(super) fn is_astring(b: u8) -> bool {
    is_atom(b) || b == b']'
}

/// ATOM-CHAR of RFC 3501 section 9.
pub(super) fn is_atom(b: u8) -> bool {
    b > b' ' && b < 0x7f && !matches!(b, b'(' | b')' | b'{' | b'%' | b'*' | b'"' | b'\\' | b']')
}
