//! Reading: every octet taken gets a meaning.

use super::{Outcome, Span, Term, Wire, common};

/// Walks over one complete unit. What is not taken by the end is marked as unexpected.
#[derive(Debug)]
pub struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    spans: Vec<Span>,
    outcome: Option<Outcome>,
}

impl<'a> Scanner<'a> {
    pub fn new(bytes: &'a [u8]) -> Scanner<'a> {
        Scanner { bytes, at: 0, spans: Vec::new(), outcome: None }
    }

    /// What is left, without its line end.
    pub fn rest(&self) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        &rest[..rest.len() - line_end(rest).len()]
    }

    pub fn at(&self) -> usize {
        self.at
    }

    /// Takes at most `n` octets.
    pub fn take(&mut self, term: &'static Term, n: usize) -> &'a [u8] {
        self.push(term, n, false)
    }

    /// As [`Scanner::take`], for a password or something made from one.
    pub fn take_secret(&mut self, term: &'static Term, n: usize) -> &'a [u8] {
        self.push(term, n, true)
    }

    /// Takes octets as long as they fit, never the line end.
    pub fn take_while(&mut self, term: &'static Term, fits: impl Fn(u8) -> bool) -> &'a [u8] {
        let n = self.rest().iter().take_while(|b| fits(**b)).count();
        self.take(term, n)
    }

    /// Takes a word: everything up to the next space or the line end.
    pub fn word(&mut self, term: &'static Term) -> &'a [u8] {
        self.take_while(term, |b| b != b' ')
    }

    /// Takes a run of spaces; tells whether there was one.
    pub fn spaces(&mut self) -> bool {
        !self.take_while(&common::SPACE, |b| b == b' ').is_empty()
    }

    /// Takes everything up to the line end.
    pub fn line(&mut self, term: &'static Term) -> &'a [u8] {
        let n = self.rest().len();
        self.take(term, n)
    }

    /// Takes the line end. A bare LF gets its own term.
    pub fn eol(&mut self) -> &mut Scanner<'a> {
        match line_end(&self.bytes[self.at..]) {
            b"\r\n" => self.take(&common::CRLF, 2),
            b"\n" => self.take(&common::BARE_LF, 1),
            _ => &[],
        };
        self
    }

    /// Takes octets whose meaning was found apart: those of this unit.
    pub fn explained(&mut self, wire: Wire) -> &mut Scanner<'a> {
        let base = self.at as u32;
        self.at = self.bytes.len().min(self.at + wire.bytes.len());
        self.spans.extend(wire.spans.into_iter().map(|span| Span {
            start: span.start + base,
            end: span.end + base,
            ..span
        }));
        self
    }

    /// Says what is special about the octets taken last.
    pub fn note(&mut self, note: impl Into<Box<str>>) -> &mut Scanner<'a> {
        if let Some(span) = self.spans.last_mut() {
            span.note = Some(note.into());
        }
        self
    }

    pub fn outcome(&mut self, outcome: Outcome) -> &mut Scanner<'a> {
        self.outcome = Some(outcome);
        self
    }

    /// The unit, with its one line of words.
    pub fn finish(mut self, says: impl Into<String>) -> Wire {
        self.line(&common::UNEXPECTED);
        self.eol();
        Wire {
            bytes: self.bytes.to_vec(),
            spans: self.spans,
            says: says.into(),
            outcome: self.outcome,
            by_itself: false,
        }
    }

    fn push(&mut self, term: &'static Term, n: usize, secret: bool) -> &'a [u8] {
        let start = self.at;
        let end = self.bytes.len().min(start + n);
        if end > start {
            self.spans.push(Span {
                start: start as u32,
                end: end as u32,
                term,
                note: None,
                secret,
            });
            self.at = end;
        }
        &self.bytes[start..end]
    }
}

fn line_end(bytes: &[u8]) -> &'static [u8] {
    if bytes.ends_with(b"\r\n") {
        b"\r\n"
    } else if bytes.ends_with(b"\n") {
        b"\n"
    } else {
        b""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_took_is_marked_and_the_spans_tile() {
        for line in [&b"250 ok\r\n"[..], b"250 ok\n", b"250", b"\r\n", b""] {
            let mut scan = Scanner::new(line);
            scan.take(&common::TEXT, 2);
            let wire = scan.finish("");
            assert!(wire.tiles(), "{line:?}: {:?}", wire.spans);
        }
        let wire = Scanner::new(b"junk\n").finish("");
        assert_eq!(wire.spans[0].term, &common::UNEXPECTED);
        assert_eq!(wire.spans[1].term, &common::BARE_LF);
    }
}
