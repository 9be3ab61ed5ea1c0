//! A run of bytes with its meaning, and the unit of bytes that spans tile.

use core::ops::Range;

use super::Term;

/// What a run of bytes means.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// Octets from the start of the [`Wire`].
    pub start: u32,
    pub end: u32,
    pub term: &'static Term,
    /// What is special about these very bytes, if anything.
    pub note: Option<Box<str>>,
    /// A password or something made from one: views mask it unless asked.
    pub secret: bool,
}

impl Span {
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// How a reply ended its command, as far as the protocol says it in its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 1xx: under way, another reply follows.
    Preliminary,
    /// 2xx, `+OK`: done.
    Done,
    /// 3xx, `+`: go on.
    More,
    /// 4xx: not now.
    Transient,
    /// 5xx, `-ERR`: no.
    Permanent,
}

impl Outcome {
    /// From the first digit of a three-digit reply code.
    pub fn of_code(code: u16) -> Option<Outcome> {
        Some(match code / 100 {
            1 => Outcome::Preliminary,
            2 => Outcome::Done,
            3 => Outcome::More,
            4 => Outcome::Transient,
            5 => Outcome::Permanent,
            _ => return None,
        })
    }

    pub fn word(self) -> &'static str {
        match self {
            Outcome::Preliminary => "under way",
            Outcome::Done => "done",
            Outcome::More => "go on",
            Outcome::Transient => "try later",
            Outcome::Permanent => "refused",
        }
    }
}

/// One unit of the protocol as it crossed the wire: a command, a reply, a block, a chunk header.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wire {
    pub bytes: Vec<u8>,
    /// In order, without gap or overlap, from the first octet to the last.
    pub spans: Vec<Span>,
    /// The whole unit in one line of words.
    pub says: String,
    /// Set on the reply that ends (or continues) a command.
    pub outcome: Option<Outcome>,
    /// Sent by the machine itself because of what it had read: nobody typed it.
    pub by_itself: bool,
}

impl Wire {
    /// Whether the spans cover every octet exactly once.
    pub fn tiles(&self) -> bool {
        let mut at = 0;
        for span in &self.spans {
            if span.start != at || span.end <= span.start {
                return false;
            }
            at = span.end;
        }
        at as usize == self.bytes.len()
    }

    /// The span that holds this octet.
    pub fn span_at(&self, offset: usize) -> Option<&Span> {
        self.spans.iter().find(|span| span.range().contains(&offset))
    }

    /// The octets with every secret span replaced by [`MASK`], which has a fixed length so that
    /// not even the length of a password is told.
    pub fn masked(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.bytes.len());
        for span in &self.spans {
            if span.secret {
                out.extend_from_slice(MASK);
            } else {
                out.extend_from_slice(&self.bytes[span.range()]);
            }
        }
        out
    }

    /// Cuts the unit in two. A span that stands across the cut is in both.
    pub fn split_off(&mut self, at: usize) -> Wire {
        let at = at.min(self.bytes.len());
        let bytes = self.bytes.split_off(at);
        let at = at as u32;
        let behind = self.spans.iter().filter(|span| span.end > at).map(|span| Span {
            start: span.start.saturating_sub(at),
            end: span.end - at,
            ..span.clone()
        });
        let rest = Wire { spans: behind.collect(), bytes, ..Wire::default() };
        self.spans.retain(|span| span.start < at);
        if let Some(last) = self.spans.last_mut() {
            last.end = last.end.min(at);
        }
        rest
    }

    /// Puts another unit behind this one; its words and outcome are dropped.
    pub fn append(&mut self, other: Wire) {
        let base = self.bytes.len() as u32;
        self.bytes.extend_from_slice(&other.bytes);
        self.spans.extend(other.spans.into_iter().map(|span| Span {
            start: span.start + base,
            end: span.end + base,
            ..span
        }));
    }
}

/// What stands in the place of a secret.
pub const MASK: &[u8] = b"********";

#[cfg(test)]
mod tests {
    use super::super::{Composer, common};

    #[test]
    fn a_unit_is_the_same_when_cut_and_joined() {
        let mut out = Composer::new();
        out.put(&common::TEXT, b"ab").space().secret(&common::BODY, b"cd").crlf();
        let whole = out.finish("");
        for at in 0..=whole.bytes.len() + 1 {
            let mut first = whole.clone();
            let rest = first.split_off(at);
            assert!(first.tiles() && rest.tiles(), "cut at {at}");
            first.append(rest);
            assert!(first.tiles() && first.masked().starts_with(b"ab ********"));
            assert_eq!(first.bytes, whole.bytes);
        }
    }

    #[test]
    fn a_masked_unit_shows_neither_a_secret_nor_its_length() {
        let mut long = Composer::new();
        long.put(&common::TEXT, b"PASS ").secret(&common::TEXT, b"correct horse").crlf();
        let mut short = Composer::new();
        short.put(&common::TEXT, b"PASS ").secret(&common::TEXT, b"x").crlf();
        let (long, short) = (long.finish("p"), short.finish("p"));
        assert!(long.tiles() && short.tiles());
        assert_eq!(long.masked(), b"PASS ********\r\n");
        assert_eq!(long.masked(), short.masked());
    }
}
