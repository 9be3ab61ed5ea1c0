//! Where the reads of a connection fell against where the units of the protocol end.

use std::time::Duration;

use shared::machine::{Conn, Direction};
use shared::transcript::{Entry, Kind, Read};

use super::text::elapsed;
use crate::text::t;

/// How one unit came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Octets of the unit by read.
    pub parts: Vec<u64>,
    /// The first read had brought the end of what came before; the last one goes on with what follows.
    pub shares: (bool, bool),
    /// From the first read to the last.
    pub took: Duration,
    /// Entries that the unit's one read brought, this one among them, if it is only one.
    pub together: Vec<usize>,
}

impl Arrival {
    /// Of an entry that was received, with the reads of its connection. `None`: it is not known.
    pub fn of<'a>(
        n: usize,
        entry: impl Fn(usize) -> Option<&'a Entry>,
        reads: &[Read],
    ) -> Option<Arrival> {
        let (from, to) = extent(entry(n)?)?;
        let conn = entry(n)?.conn;
        let first = reads.partition_point(|read| read.end <= from);
        let last = reads.partition_point(|read| read.end < to);
        let read = reads.get(last)?;
        let begins = first.checked_sub(1).map_or(0, |before| reads[before].end);
        let mut at = from;
        let parts = reads[first..=last].iter().map(|read| {
            let part = read.end.min(to) - at;
            at += part;
            part
        });
        let parts: Vec<u64> = parts.collect();
        let mut together = Vec::new();
        if parts.len() == 1 {
            let inside = |n: &usize| touches(&entry, *n, conn, begins, read.end) != Some(false);
            let of_it = |n: &usize| touches(&entry, *n, conn, begins, read.end) == Some(true);
            let before = (0..n).rev().take_while(inside).filter(of_it);
            together.extend(before);
            together.reverse();
            together
                .extend((n..).take_while(|n| entry(*n).is_some()).take_while(inside).filter(of_it));
        }
        Some(Arrival {
            parts,
            shares: (begins < from, read.end > to),
            took: read.at.0.saturating_sub(reads[first].at.0),
            together,
        })
    }

    /// Whether this is worth a word: unit and read are not the same.
    pub fn is_plain(&self) -> bool {
        self.parts.len() == 1 && self.shares == (false, false)
    }

    pub fn sentence(&self) -> String {
        if let [_] = self.parts.as_slice() {
            return match (self.together.as_slice(), self.shares) {
                (_, (false, false)) => t!("read-whole").into(),
                ([first, .., last], _) => t!(
                    "read-several",
                    count = self.together.len(),
                    first = *first + 1,
                    last = *last + 1
                ),
                _ => t!("read-more").into(),
            };
        }
        let sizes =
            |parts: &[u64]| parts.iter().map(u64::to_string).collect::<Vec<_>>().join(" + ");
        let sizes = match self.parts.as_slice() {
            [head @ .., last] if self.parts.len() > 12 => {
                format!("{} + \u{2026} + {last}", sizes(&head[..10]))
            }
            all => sizes(all),
        };
        let more = match self.shares {
            (true, true) => t!("reads-both"),
            (true, false) => t!("reads-before"),
            (false, true) => t!("reads-behind"),
            (false, false) => "",
        };
        let count = self.parts.len();
        let reads = match self.took.is_zero() {
            true => t!("reads", count = count, sizes = &sizes),
            false => {
                t!("reads-within", count = count, sizes = &sizes, time = &elapsed(self.took))
            }
        };
        format!("{reads} {more}").trim_end().into()
    }
}

/// The octets of its connection that an entry has.
fn extent(entry: &Entry) -> Option<(u64, u64)> {
    let length = match &entry.kind {
        Kind::Received(wire) => wire.bytes.len() as u64,
        Kind::Data { direction: Direction::Received, octets, .. } => *octets,
        _ => return None,
    };
    (length > 0).then_some((entry.offset, entry.offset + length))
}

/// Whether an entry has octets of this connection between these two. `None`: it has none of it at all.
fn touches<'a>(
    entry: &impl Fn(usize) -> Option<&'a Entry>,
    n: usize,
    conn: Conn,
    from: u64,
    to: u64,
) -> Option<bool> {
    let entry = entry(n).filter(|entry| entry.conn == conn)?;
    if matches!(entry.kind, Kind::Connecting { .. } | Kind::Opened { .. }) {
        // What is on the other side of it was another connection.
        return Some(false);
    }
    let (begins, ends) = extent(entry)?;
    Some(begins < to && ends > from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::explain::{Scanner, common};
    use shared::machine::Tick;

    fn entries(units: &[&str]) -> Vec<Entry> {
        let mut offset = 0;
        let mut unit = |text: &&str| {
            let mut scan = Scanner::new(text.as_bytes());
            scan.line(&common::TEXT);
            let kind = Kind::Received(scan.finish(""));
            let entry = Entry { at: Tick::default(), conn: Conn(0), offset, kind };
            offset += text.len() as u64;
            entry
        };
        units.iter().map(&mut unit).collect()
    }

    fn arrival(units: &[&str], ends: &[u64], n: usize) -> Option<Arrival> {
        let entries = entries(units);
        let reads: Vec<Read> = ends
            .iter()
            .map(|end| Read { end: *end, at: Tick(Duration::from_millis(*end)) })
            .collect();
        Arrival::of(n, |n| entries.get(n), &reads)
    }

    #[test]
    fn a_unit_may_come_in_several_reads() {
        let got = arrival(&["aaaa", "bbbbbb"], &[4, 5, 8, 10], 1).unwrap();
        assert_eq!((got.parts.clone(), got.shares), (vec![1, 3, 2], (false, false)));
        assert_eq!(got.sentence(), "It arrived in 3 reads within 5.0 ms: 1 + 3 + 2 octets.");
        let across = arrival(&["aaaa", "bbbbbb"], &[6, 10], 1).unwrap();
        assert_eq!((across.parts.clone(), across.shares), (vec![2, 4], (true, false)));
        assert!(across.sentence().ends_with("The first also had the end of what came before."));
    }

    #[test]
    fn one_read_may_bring_several_units() {
        let got = arrival(&["aa", "bb", "cc", "dd"], &[6, 8], 1).unwrap();
        assert_eq!(got.together, [0, 1, 2]);
        assert!(got.sentence().starts_with("One read brought 3 units, lines 1 to 3"));
        let alone = arrival(&["aa", "bb"], &[2, 4], 1).unwrap();
        assert!(alone.is_plain() && alone.together == [1]);
    }

    #[test]
    fn what_is_not_known_is_not_said() {
        assert_eq!(arrival(&["aa", "bb"], &[2, 3], 1), None);
        assert_eq!(arrival(&["aa"], &[], 0), None);
        assert_eq!(arrival(&["aa"], &[2], 7), None);
    }
}
