//! Input in records: one octet that says what is done, then its text, then a separator. Pieces can
//! be cut, joined and moved by a fuzzer without making nonsense of all that comes after.

/// Between records. RS, which no protocol here uses.
pub const SEPARATOR: u8 = 0x1e;

pub(super) fn records(octets: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    octets
        .split(|octet| *octet == SEPARATOR)
        .filter_map(|record| record.split_first().map(|(first, rest)| (*first, rest)))
}

/// A number for what has no text: the first octet, 0 if there is none.
pub(super) fn number(text: &[u8]) -> usize {
    text.first().map_or(0, |octet| usize::from(*octet))
}

/// Octets that are read one after the other, zeros when there are no more.
pub(super) struct Octets<'a>(pub(super) &'a [u8]);

impl<'a> Octets<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn octet(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    pub(super) fn small(&mut self) -> usize {
        usize::from(self.octet())
    }

    pub(super) fn pair(&mut self) -> u16 {
        u16::from_be_bytes([self.octet(), self.octet()])
    }

    /// As many as the next octet says, or what is left.
    pub(super) fn piece(&mut self) -> &'a [u8] {
        let length = self.small().min(self.0.len());
        let (piece, rest) = self.0.split_at(length);
        self.0 = rest;
        piece
    }
}
