//! One entry of a transcript as a viewer gets it: octets with their meaning, secrets masked.

use super::shown::Broken;
use crate::explain::Outcome;
use crate::tape::{Reader, Writer};
use crate::transcript::Side;

/// An entry of the glossary. Lines name it by its number, so that it crosses once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Term {
    pub title: String,
    pub text: String,
    /// The section of the RFC, in words.
    pub rfc: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// A unit of the protocol: command, reply, block.
    Unit,
    /// Bulk octets, of which only the first are in `bytes`.
    Data,
    /// What the lab says: opened, ended, a state, an expert's note.
    Note,
}

/// Ends where the next one begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The octet of the line after its last.
    pub end: u32,
    pub term: u16,
    pub note: Option<String>,
    /// Its octets are asterisks, in any number.
    pub secret: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Milliseconds since the session began.
    pub at: u64,
    pub conn: u16,
    pub side: Side,
    pub kind: LineKind,
    pub bytes: Vec<u8>,
    /// They tile `bytes`; of data and notes there are none.
    pub tokens: Vec<Token>,
    /// The whole in one line of words.
    pub says: String,
    pub outcome: Option<Outcome>,
    /// Of data: octets in all.
    pub octets: u64,
}

const SIDES: [Side; 3] = [Side::Client, Side::Server, Side::Lab];
const KINDS: [LineKind; 3] = [LineKind::Unit, LineKind::Data, LineKind::Note];
const OUTCOMES: [Outcome; 5] =
    [Outcome::Preliminary, Outcome::Done, Outcome::More, Outcome::Transient, Outcome::Permanent];

impl Line {
    /// The token that holds this octet, with where it begins.
    pub fn token_at(&self, octet: usize) -> Option<(usize, &Token)> {
        let mut start = 0;
        for token in &self.tokens {
            if octet < token.end as usize {
                return Some((start, token));
            }
            start = token.end as usize;
        }
        None
    }

    /// About as many octets as it takes in memory, and so no less than in a message.
    pub fn size(&self) -> usize {
        let notes = self.tokens.iter().map(|token| 40 + token.note.as_ref().map_or(0, String::len));
        64 + self.bytes.len() + self.says.len() + notes.sum::<usize>()
    }

    pub(super) fn check(&self) -> Result<(), Broken> {
        let mut at = 0;
        for token in &self.tokens {
            if token.end <= at {
                return Err(Broken("tokens that do not follow each other"));
            }
            at = token.end;
        }
        let whole = self.tokens.is_empty() || at as usize == self.bytes.len();
        if whole { Ok(()) } else { Err(Broken("tokens that do not tile their line")) }
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.number(self.at).number(self.conn.into()).number(place(&SIDES, self.side));
        out.number(place(&KINDS, self.kind)).octets(&self.bytes);
        out.number(self.tokens.len() as u64);
        let mut start = 0;
        for token in &self.tokens {
            let marks = u64::from(token.secret) | u64::from(token.note.is_some()) << 1;
            out.number((token.end - start).into()).number(token.term.into()).number(marks);
            if let Some(note) = &token.note {
                out.text(note);
            }
            start = token.end;
        }
        let outcome = self.outcome.map_or(0, |outcome| place(&OUTCOMES, outcome) + 1);
        out.text(&self.says).number(outcome).number(self.octets);
    }

    pub(super) fn read(from: &mut Reader<'_>) -> Option<Line> {
        let (at, conn) = (from.number()?, small(from)?);
        let (side, kind) = (one_of(&SIDES, from)?, one_of(&KINDS, from)?);
        let bytes = from.octets()?;
        let (count, mut end) = (from.number()?, 0_u32);
        let mut tokens = Vec::new();
        for _ in 0..count {
            end = end.checked_add(u32::try_from(from.number()?).ok()?)?;
            let term = small(from)?;
            let marks = from.number().filter(|marks| *marks < 4)?;
            let note = if marks & 2 == 2 { Some(from.text()?) } else { None };
            tokens.push(Token { end, term, note, secret: marks & 1 == 1 });
        }
        let says = from.text()?;
        let outcome = match from.number()? {
            0 => None,
            n => Some(*OUTCOMES.get(usize::try_from(n).ok()? - 1)?),
        };
        let octets = from.number()?;
        Some(Line { at, conn, side, kind, bytes, tokens, says, outcome, octets })
    }
}

impl Term {
    pub(super) fn size(&self) -> usize {
        64 + self.title.len() + self.text.len() + self.rfc.len()
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.text(&self.title).text(&self.text).text(&self.rfc);
    }

    pub(super) fn read(from: &mut Reader<'_>) -> Option<Term> {
        Some(Term { title: from.text()?, text: from.text()?, rfc: from.text()? })
    }
}

pub(super) fn place<T: PartialEq + Copy>(all: &[T], one: T) -> u64 {
    all.iter().position(|known| *known == one).unwrap_or(0) as u64
}

pub(super) fn one_of<T: Copy>(all: &[T], from: &mut Reader<'_>) -> Option<T> {
    all.get(usize::try_from(from.number()?).ok()?).copied()
}

pub(super) fn small(from: &mut Reader<'_>) -> Option<u16> {
    u16::try_from(from.number()?).ok()
}
