//! The heights of rows one below the other, with sums that cost the logarithm of their number.

/// A Fenwick tree: `tree[i]` is the sum of the rows from `i` without its lowest bit up to `i`, counted from 1.
#[derive(Clone, Debug, Default)]
pub(super) struct Heights {
    rows: Vec<u32>,
    tree: Vec<u64>,
}

impl Heights {
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn get(&self, row: usize) -> u32 {
        self.rows.get(row).copied().unwrap_or(0)
    }

    pub(super) fn push(&mut self, height: u32) {
        self.rows.push(height);
        let node = self.rows.len();
        let mut sum = u64::from(height);
        let mut step = 1;
        while step < lowest(node) {
            sum += self.tree[node - step - 1];
            step *= 2;
        }
        self.tree.push(sum);
    }

    pub(super) fn truncate(&mut self, len: usize) {
        self.rows.truncate(len);
        self.tree.truncate(len);
    }

    pub(super) fn set(&mut self, row: usize, height: u32) {
        let Some(old) = self.rows.get_mut(row) else { return };
        let before = std::mem::replace(old, height);
        let mut node = row + 1;
        while node <= self.tree.len() {
            let sum = &mut self.tree[node - 1];
            *sum = *sum - u64::from(before) + u64::from(height);
            node += lowest(node);
        }
    }

    /// The height of the first `rows` rows: where the next one begins.
    pub(super) fn before(&self, rows: usize) -> u64 {
        let mut node = rows.min(self.tree.len());
        let mut sum = 0;
        while node > 0 {
            sum += self.tree[node - 1];
            node -= lowest(node);
        }
        sum
    }

    pub(super) fn total(&self) -> u64 {
        self.before(self.len())
    }

    /// The row that is at this height. Past the end it is the last one.
    pub(super) fn at(&self, mut y: u64) -> usize {
        let mut row = 0;
        let mut step = self.tree.len().checked_ilog2().map_or(0, |log| 1 << log);
        while step > 0 {
            if let Some(sum) = self.tree.get(row + step - 1).filter(|sum| **sum <= y) {
                y -= sum;
                row += step;
            }
            step /= 2;
        }
        row.min(self.len().saturating_sub(1))
    }
}

/// The lowest bit that is set.
fn lowest(n: usize) -> usize {
    n & n.wrapping_neg()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against plain addition, through every operation.
    #[test]
    fn sums_and_places_are_those_of_plain_addition() {
        let mut heights = Heights::default();
        let mut plain: Vec<u32> = Vec::new();
        let mut random = 1u32;
        for round in 0..600 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let value = random >> 24;
            match (random >> 8) % 8 {
                0 if !plain.is_empty() => {
                    let row = value as usize % plain.len();
                    plain[row] = value;
                    heights.set(row, value);
                }
                1 if round % 5 == 0 => {
                    plain.truncate(plain.len() * 2 / 3);
                    heights.truncate(plain.len());
                }
                _ => {
                    plain.push(value);
                    heights.push(value);
                }
            }
            let sum = |rows: usize| plain[..rows].iter().map(|h| u64::from(*h)).sum::<u64>();
            let rows = value as usize % (plain.len() + 1);
            assert_eq!(heights.before(rows), sum(rows));
            assert_eq!(heights.total(), sum(plain.len()));
            let y = u64::from(random) % (heights.total() + 10);
            let at = (0..plain.len()).find(|row| sum(row + 1) > y);
            assert_eq!(heights.at(y), at.unwrap_or(plain.len().saturating_sub(1)));
        }
    }

    #[test]
    fn no_rows_are_no_trouble() {
        let mut none = Heights::default();
        none.set(0, 5);
        none.truncate(3);
        assert_eq!((none.at(7), none.before(4), none.total(), none.len()), (0, 0, 0, 0));
    }
}
