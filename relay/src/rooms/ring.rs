//! The last batches of a room, each as the frame that all viewers get.

use std::collections::VecDeque;

use hyper::body::Bytes;

/// A viewer that comes back after a minute of a busy class has missed fewer.
const MOST: usize = 512;

/// Some large batches are enough; who has missed more gets a snapshot.
const MOST_OCTETS: usize = 1024 * 1024;

#[derive(Default)]
pub(crate) struct Ring {
    /// The number of the first.
    first: u64,
    frames: VecDeque<Bytes>,
    octets: usize,
}

impl Ring {
    /// The next one; the last one is always kept.
    pub(crate) fn push(&mut self, number: u64, frame: Bytes) {
        if self.frames.is_empty() {
            self.first = number;
        }
        self.octets += frame.len();
        self.frames.push_back(frame);
        while self.frames.len() > 1 && (self.frames.len() > MOST || self.octets > MOST_OCTETS) {
            self.octets -= self.frames.pop_front().map_or(0, |frame| frame.len());
            self.first += 1;
        }
    }

    pub(crate) fn has(&self, number: u64) -> bool {
        number >= self.first && number - self.first < self.frames.len() as u64
    }

    /// Those from this number on.
    pub(crate) fn from(&self, number: u64) -> impl Iterator<Item = &Bytes> {
        let at = number.checked_sub(self.first).and_then(|at| usize::try_from(at).ok());
        self.frames.iter().skip(at.unwrap_or(usize::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_are_kept() {
        let mut ring = Ring::default();
        assert!(!ring.has(0) && !ring.has(1));
        for number in 5..5 + 2 * MOST as u64 {
            ring.push(number, Bytes::from(number.to_be_bytes().to_vec()));
        }
        let last = 4 + 2 * MOST as u64;
        let first = last + 1 - MOST as u64;
        assert!(ring.has(first) && ring.has(last) && !ring.has(first - 1) && !ring.has(last + 1));
        let got: Vec<_> = ring.from(last - 1).cloned().collect();
        assert_eq!(got, [last - 1, last].map(|n| Bytes::from(n.to_be_bytes().to_vec())));
        assert_eq!(ring.from(first - 1).count(), 0);

        let large = Bytes::from(vec![0; 400 * 1024]);
        (1..=3).for_each(|n| ring.push(last + n, large.clone()));
        assert!(ring.has(last + 2) && !ring.has(last + 1), "two of them fit");
        ring.push(last + 4, Bytes::from(vec![0; 2 * MOST_OCTETS]));
        assert!(ring.has(last + 4) && !ring.has(last + 3), "one that is too large is kept alone");
    }
}
