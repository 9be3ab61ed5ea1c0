//! What a hub keeps and carries, in octets: batches of items, and what relays tell each other.

use hyper::body::Bytes;
use shared::room::{FromRelay, Handle, Item, MAX_JOURNAL, ToRelay, Up};
use shared::tape::{Reader, Writer};

/// Octets of one part of a snapshot, about; NATS takes 1 MiB, and one item may have half of that.
const PART: usize = 256 * 1024;

/// Some items under one number.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Batch {
    pub(crate) part: Option<Part>,
    pub(crate) items: Vec<Item>,
}

/// Of a snapshot, which says again all that was before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Part {
    pub(crate) at: u64,
    pub(crate) of: u64,
}

/// What a relay tells the others that have the same room.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Word {
    pub(crate) relay: u64,
    /// The last batch that it has.
    pub(crate) last: u64,
    /// The presenter is connected to it.
    pub(crate) presents: bool,
    /// Who look on there.
    pub(crate) viewers: u32,
    pub(crate) said: Vec<(Handle, Up)>,
}

impl Batch {
    pub(crate) fn encode(part: Option<Part>, items: Vec<Item>) -> Bytes {
        let Part { at, of } = part.unwrap_or(Part { at: 0, of: 0 });
        let mut out = Writer::default();
        out.number(at).number(of).octets(&ToRelay::Say(items).encode());
        out.finish().into()
    }

    pub(crate) fn decode(octets: &[u8]) -> Option<Batch> {
        let mut from = Reader::new(octets);
        let part = Part { at: from.number()?, of: from.number()? };
        let items = from.octets()?;
        let ToRelay::Say(items) = ToRelay::decode(&items).filter(|_| from.is_at_end())? else {
            return None;
        };
        Some(Batch { part: (part.at < part.of).then_some(part), items })
    }

    /// Items in as many batches as they need.
    pub(crate) fn parts(items: impl Iterator<Item = Item>) -> Vec<Bytes> {
        let (mut parts, mut size) = (vec![Vec::new()], 0);
        for item in items.flat_map(pieces) {
            let octets = ToRelay::Say(vec![item.clone()]).encode().len();
            if size > 0 && size + octets > PART {
                parts.push(Vec::new());
                size = 0;
            }
            size += octets;
            if let Some(part) = parts.last_mut() {
                part.push(item);
            }
        }
        let of = parts.len() as u64;
        let encode = |(at, items)| Batch::encode(Some(Part { at, of }), items);
        (0..).zip(parts).map(encode).collect()
    }
}

/// A record for a try may be longer than what a hub takes at once.
fn pieces(item: Item) -> Vec<Item> {
    const { assert!(MAX_JOURNAL > PART) };
    match item {
        Item::Journal(octets) => {
            octets.chunks(PART).map(|piece| Item::Journal(piece.to_vec())).collect()
        }
        item => vec![item],
    }
}

impl Word {
    pub(crate) fn encode(self) -> Bytes {
        let mut out = Writer::default();
        out.number(self.relay)
            .number(self.last)
            .number(self.presents.into())
            .number(self.viewers.into());
        out.octets(&FromRelay::Heard(self.said).encode());
        out.finish().into()
    }

    pub(crate) fn decode(octets: &[u8]) -> Option<Word> {
        let mut from = Reader::new(octets);
        let (relay, last, presents) = (from.number()?, from.number()?, from.number()? == 1);
        let viewers = u32::try_from(from.number()?).ok()?;
        let said = from.octets()?;
        let FromRelay::Heard(said) = FromRelay::decode(&said).filter(|_| from.is_at_end())? else {
            return None;
        };
        Some(Word { relay, last, presents, viewers, said })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::room::{Shown, View};

    #[test]
    fn what_is_kept_comes_back() {
        let items = vec![Item::Presenter(true), Item::View(View::default())];
        for part in [None, Some(Part { at: 0, of: 1 }), Some(Part { at: 4, of: 5 })] {
            let octets = Batch::encode(part, items.clone());
            let batch = Batch::decode(&octets).unwrap();
            assert_eq!(batch, Batch { part, items: items.clone() });
            assert!((0..octets.len()).all(|cut| Batch::decode(&octets[..cut]).is_none()));
        }
        let said = vec![(Handle(7), Up::Name("Ada".into())), (Handle(8), Up::Gone)];
        let word = Word { relay: u64::MAX, last: 300, presents: true, viewers: 9, said };
        let octets = word.clone().encode();
        assert_eq!(Word::decode(&octets), Some(word));
        assert!((0..octets.len()).all(|cut| Word::decode(&octets[..cut]).is_none()));
    }

    #[test]
    fn a_snapshot_comes_in_parts_that_fit() {
        let mut shown = Shown::default();
        shown.apply(Item::Journal(vec![7; MAX_JOURNAL])).unwrap();
        let view = View { draft: "x".repeat(500 * 1024), ..View::default() };
        shown.apply(Item::View(view)).unwrap();
        let parts = Batch::parts(shown.items());
        assert!(parts.len() >= 5, "{} parts", parts.len());
        let mut again = Shown::default();
        for (at, octets) in (0..).zip(&parts) {
            assert!(octets.len() < 600 * 1024);
            let batch = Batch::decode(octets).unwrap();
            assert_eq!(batch.part, Some(Part { at, of: parts.len() as u64 }));
            again.apply_all(batch.items).unwrap();
        }
        assert_eq!(again, shown);
    }
}
