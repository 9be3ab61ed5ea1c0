//! Writing: every octet is put together with what it means.

use super::{Outcome, Span, Term, Wire, common};

/// Builds a [`Wire`] piece by piece.
#[derive(Debug, Default)]
pub struct Composer {
    wire: Wire,
}

impl Composer {
    pub fn new() -> Composer {
        Composer::default()
    }

    /// Appends octets with their meaning. No octets make no span.
    pub fn put(&mut self, term: &'static Term, bytes: impl AsRef<[u8]>) -> &mut Composer {
        self.push(term, bytes.as_ref(), false)
    }

    /// Appends a password or something made from one.
    pub fn secret(&mut self, term: &'static Term, bytes: impl AsRef<[u8]>) -> &mut Composer {
        self.push(term, bytes.as_ref(), true)
    }

    pub fn space(&mut self) -> &mut Composer {
        self.put(&common::SPACE, b" ")
    }

    pub fn crlf(&mut self) -> &mut Composer {
        self.put(&common::CRLF, b"\r\n")
    }

    /// Says what is special about the octets put last.
    pub fn note(&mut self, note: impl Into<Box<str>>) -> &mut Composer {
        if let Some(span) = self.wire.spans.last_mut() {
            span.note = Some(note.into());
        }
        self
    }

    pub fn outcome(&mut self, outcome: Outcome) -> &mut Composer {
        self.wire.outcome = Some(outcome);
        self
    }

    pub fn len(&self) -> usize {
        self.wire.bytes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.wire.bytes.is_empty()
    }

    /// The unit, with its one line of words.
    pub fn finish(self, says: impl Into<String>) -> Wire {
        Wire { says: says.into(), ..self.wire }
    }

    fn push(&mut self, term: &'static Term, bytes: &[u8], secret: bool) -> &mut Composer {
        if !bytes.is_empty() {
            let start = self.wire.bytes.len() as u32;
            self.wire.bytes.extend_from_slice(bytes);
            let end = self.wire.bytes.len() as u32;
            self.wire.spans.push(Span { start, end, term, note: None, secret });
        }
        self
    }
}
