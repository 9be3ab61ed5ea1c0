//! Sets of message numbers, such as `1,3:7,9:*` (RFC 3501 section 9).

use core::fmt::Write;

/// The highest number there is.
const STAR: u32 = u32::MAX;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Set {
    /// `$`: what the last SEARCH saved (RFC 5182).
    Saved,
    /// As written: either end may be the higher one.
    Ranges(Vec<(u32, u32)>),
}

impl Set {
    /// `None` if it is no sequence set.
    pub(super) fn parse(text: &str) -> Option<Set> {
        if text == "$" {
            return Some(Set::Saved);
        }
        let ranges = text.split(',').map(|range| match range.split_once(':') {
            Some((from, to)) => Some((number(from)?, number(to)?)),
            None => number(range).map(|n| (n, n)),
        });
        ranges.collect::<Option<_>>().map(Set::Ranges)
    }

    /// The numbers from 1 to `count` that it names, in order. `None`: it names others too.
    pub(super) fn numbers(&self, count: u32) -> Option<Vec<u32>> {
        let Set::Ranges(ranges) = self else { return None };
        let mut named = vec![false; count as usize];
        for (low, high) in ends(ranges, count) {
            named.get_mut(low.checked_sub(1)? as usize..high as usize)?.fill(true);
        }
        Some((1..=count).filter(|n| named[*n as usize - 1]).collect())
    }

    /// Whether it names this number, where `*` is `last`. Numbers that nothing has do no harm.
    pub(super) fn has(&self, n: u32, last: u32) -> bool {
        match self {
            Set::Saved => false,
            Set::Ranges(ranges) => ends(ranges, last).any(|(low, high)| (low..=high).contains(&n)),
        }
    }

    /// Whether one of its ranges goes from this number, or a higher one, to the last.
    pub(super) fn begins_past(&self, last: u32) -> bool {
        let past = |a: u32, b: u32| b == STAR && a > last && a != STAR;
        match self {
            Set::Saved => false,
            Set::Ranges(ranges) => ranges.iter().any(|(a, b)| past(*a, *b) || past(*b, *a)),
        }
    }

    /// The same, with the highest number of a mailbox in the place of higher ones.
    pub(super) fn within(&self, count: u32) -> Option<String> {
        let Set::Ranges(ranges) = self else { return None };
        let bounded: Vec<_> = ends(ranges, count)
            .map(|(low, high)| match (low.min(count), high.min(count)) {
                (low, high) if low == high => low.to_string(),
                (low, high) => format!("{low}:{high}"),
            })
            .collect();
        (count > 0).then(|| bounded.join(","))
    }

    /// How many numbers it names, if it has no `*`; one that is named twice counts twice.
    pub(super) fn size(&self) -> u64 {
        match self {
            Set::Ranges(ranges) if !ranges.iter().any(|(a, b)| *a == STAR || *b == STAR) => {
                ends(ranges, STAR).map(|(low, high)| u64::from(high - low) + 1).sum()
            }
            _ => 0,
        }
    }
}

/// Numbers in ascending order as a set.
pub(super) fn compact(numbers: &[u32]) -> String {
    let mut out = String::new();
    let mut at = 0;
    while at < numbers.len() {
        let start = numbers[at];
        let mut end = start;
        while numbers.get(at + 1) == Some(&(end + 1)) {
            end += 1;
            at += 1;
        }
        at += 1;
        if !out.is_empty() {
            out.push(',');
        }
        // Writing to a String cannot fail.
        let _ = if end == start { write!(out, "{start}") } else { write!(out, "{start}:{end}") };
    }
    out
}

fn ends(ranges: &[(u32, u32)], last: u32) -> impl Iterator<Item = (u32, u32)> {
    let known = move |n: u32| if n == STAR { last } else { n };
    ranges.iter().map(move |(a, b)| {
        let (a, b) = (known(*a), known(*b));
        (a.min(b), a.max(b))
    })
}

fn number(text: &str) -> Option<u32> {
    if text == "*" {
        return Some(STAR);
    }
    let plain = !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten().filter(|n| *n != STAR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_names_numbers_whichever_end_comes_first() {
        let numbers = |text: &str, count| Set::parse(text).and_then(|set| set.numbers(count));
        assert_eq!(numbers("4:2", 5), Some(vec![2, 3, 4]));
        assert_eq!(numbers("1,3:*", 4), Some(vec![1, 3, 4]));
        assert_eq!(numbers("5:*", 3), None);
        assert_eq!(numbers("*", 0), None);
        for wrong in ["", "0", "1,", "a", "1:2:3", "1 2", "4294967296", "01"] {
            assert_eq!(Set::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn uids_past_the_last_mean_the_last() {
        let set = Set::parse("559:*").expect("a set");
        assert!(set.has(7, 7) && !set.has(6, 7));
        assert_eq!(compact(&[1, 2, 3, 5, 7, 8]), "1:3,5,7:8");
    }
}
