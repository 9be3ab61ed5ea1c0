//! Two records side by side, exchange by exchange.

use core::ops::Range;

use super::{Entry, Kind};

/// One line of the comparison: an exchange of the one, of the other, or one that both have.
/// Ranges count entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    pub left: Option<Range<usize>>,
    pub right: Option<Range<usize>>,
    /// The same octets in both.
    pub same: bool,
}

/// At most so many exchanges of each side are aligned; longer ends are told apart as they stand.
const ALIGNED: usize = 1000;

/// Aligns by what was sent, so that the same command with another reply stands in one line.
pub fn compare(left: &[Entry], right: &[Entry]) -> Vec<Pair> {
    let (a, b) = (exchanges(left), exchanges(right));
    let same = |x: &Range<usize>, y: &Range<usize>| {
        crossed(&left[x.clone()]).eq(crossed(&right[y.clone()]))
    };
    let start = a.iter().zip(&b).take_while(|(x, y)| same(x, y)).count();
    let mut pairs: Vec<Pair> = (0..start).map(|n| pair(Some(&a[n]), Some(&b[n]), true)).collect();
    let (a, b) = (&a[start..], &b[start..]);
    let (n, m) = (a.len().min(ALIGNED), b.len().min(ALIGNED));
    let meet = |i: usize, j: usize| sent(&left[a[i].clone()]) == sent(&right[b[j].clone()]);
    // The longest sequence of commands that both have, from every place to the end.
    let mut longest = vec![0u16; (n + 1) * (m + 1)];
    let at = |i: usize, j: usize| i * (m + 1) + j;
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            longest[at(i, j)] = if meet(i, j) {
                longest[at(i + 1, j + 1)] + 1
            } else {
                longest[at(i + 1, j)].max(longest[at(i, j + 1)])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < n || j < m {
        if i < n && j < m && meet(i, j) {
            pairs.push(pair(Some(&a[i]), Some(&b[j]), same(&a[i], &b[j])));
            (i, j) = (i + 1, j + 1);
        } else if j == m || i < n && longest[at(i + 1, j)] >= longest[at(i, j + 1)] {
            pairs.push(pair(Some(&a[i]), None, false));
            i += 1;
        } else {
            pairs.push(pair(None, Some(&b[j]), false));
            j += 1;
        }
    }
    pairs.extend(a[n..].iter().map(|x| pair(Some(x), None, false)));
    pairs.extend(b[m..].iter().map(|y| pair(None, Some(y), false)));
    pairs
}

fn pair(left: Option<&Range<usize>>, right: Option<&Range<usize>>, same: bool) -> Pair {
    Pair { left: left.cloned(), right: right.cloned(), same }
}

/// Each begins with what was sent and has all that came before the next was; what came before
/// anything was sent is the first.
fn exchanges(entries: &[Entry]) -> Vec<Range<usize>> {
    let mut starts = vec![0];
    let sends = |entry: &Entry| matches!(entry.kind, Kind::Sent(_));
    starts.extend((1..entries.len()).filter(|n| sends(&entries[*n])));
    let ends = starts.iter().skip(1).copied().chain([entries.len()]);
    let ranges = starts.iter().zip(ends).map(|(start, end)| *start..end);
    ranges.filter(|range| !range.is_empty()).collect()
}

fn sent(entries: &[Entry]) -> Option<&[u8]> {
    match &entries.first()?.kind {
        Kind::Sent(wire) => Some(&wire.bytes),
        _ => None,
    }
}

/// What crossed the wire, whatever time it took.
fn crossed(entries: &[Entry]) -> impl Iterator<Item = (u16, &[u8])> {
    entries.iter().filter_map(|entry| {
        let octets = match &entry.kind {
            Kind::Data { head, .. } => head,
            _ => &entry.wire()?.bytes,
        };
        Some((entry.conn.0, octets.as_slice()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::{Composer, common};
    use crate::machine::{Conn, Tick};

    fn record(lines: &[&str]) -> Vec<Entry> {
        let entries = lines.iter().enumerate().map(|(n, line)| {
            let mut out = Composer::new();
            out.put(&common::TEXT, &line.as_bytes()[2..]);
            let wire = out.finish("");
            let kind = if line.starts_with('>') { Kind::Sent(wire) } else { Kind::Received(wire) };
            let at = Tick(core::time::Duration::from_secs(n as u64));
            Entry { at, conn: Conn::MAIN, offset: 0, kind }
        });
        entries.collect()
    }

    #[test]
    fn exchanges_are_aligned_by_what_was_sent() {
        let left = record(&["< hi", "> a", "< 1", "> b", "< 2", "> d", "< 4"]);
        let right = record(&["< hi", "> a", "< 1", "> c", "< 3", "> d", "< 5", "< 6"]);
        let lines: Vec<_> = compare(&left, &right)
            .into_iter()
            .map(|pair| (pair.left, pair.right, pair.same))
            .collect();
        assert_eq!(
            lines,
            [
                (Some(0..1), Some(0..1), true),
                (Some(1..3), Some(1..3), true),
                (Some(3..5), None, false),
                (None, Some(3..5), false),
                (Some(5..7), Some(5..8), false),
            ]
        );
    }

    #[test]
    fn nothing_is_compared_with_something() {
        let some = record(&["> a", "< 1"]);
        assert_eq!(compare(&[], &some), [pair(None, Some(&(0..2)), false)]);
        assert_eq!(compare(&[], &[]), []);
        assert!(compare(&some, &some).iter().all(|pair| pair.same));
    }
}
