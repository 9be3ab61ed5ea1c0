//! The rows of the transcript as a list of any length: which there are, where they stand, and which of them have to
//! be in the page. Heights are in 1/64 px, the browser's own unit, so that sums have no rounding.

mod heights;

use std::ops::Range;

use heights::Heights;

/// Up to this many rows are simply all drawn.
pub const DRAW_ALL: usize = 200;

/// A page never has more rows than this, whatever their heights.
const MOST: usize = 240;

/// At least so much is drawn above and below what is seen.
const MARGIN: u64 = 600 * PX as u64;

/// One pixel.
pub const PX: u32 = 64;

/// What stands in one row: an entry, or what is left of entries that are not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    pub from: usize,
    pub to: usize,
    pub is_stub: bool,
}

impl Row {
    pub fn entry(&self) -> Option<usize> {
        (!self.is_stub).then_some(self.from)
    }
}

#[derive(Clone, Debug, Default)]
pub struct Rows {
    rows: Vec<Row>,
    heights: Heights,
    /// By entry: 0 is not measured yet.
    measured: Vec<u32>,
}

impl Rows {
    /// Takes in the entries that are new, and drops the ones that are gone.
    pub fn sync(
        &mut self,
        entries: usize,
        is_shown: impl Fn(usize) -> bool,
        estimate: impl Fn(usize) -> u32,
    ) {
        self.truncate(entries);
        for n in self.entries()..entries {
            match (is_shown(n), self.rows.last_mut()) {
                (false, Some(stub)) if stub.is_stub => stub.to = n + 1,
                (is_shown, _) => {
                    let known = self.measured.get(n).copied().filter(|height| *height > 0);
                    let height = match is_shown {
                        true => known.unwrap_or_else(|| estimate(n)),
                        false => 40 * PX,
                    };
                    self.rows.push(Row { from: n, to: n + 1, is_stub: !is_shown });
                    self.heights.push(height);
                }
            }
        }
    }

    /// Begins anew, as other entries are to be shown.
    pub fn clear(&mut self) {
        self.truncate(0);
    }

    /// Forgets what was measured, as the rows have become wider or narrower.
    pub fn forget_heights(&mut self) {
        self.measured.clear();
    }

    /// Entries so far.
    pub fn entries(&self) -> usize {
        self.rows.last().map_or(0, |row| row.to)
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn get(&self, row: usize) -> Option<Row> {
        self.rows.get(row).copied()
    }

    /// The row in which this entry is, or of which it is a part.
    pub fn row_of(&self, entry: usize) -> Option<usize> {
        let row = self.rows.partition_point(|row| row.to <= entry);
        (row < self.rows.len()).then_some(row)
    }

    /// The rows to be drawn where `height` is seen from `top` on: those, and some above and below, so that scrolling
    /// finds them there.
    pub fn window(&self, top: u64, height: u64) -> Range<usize> {
        if self.len() <= DRAW_ALL {
            return 0..self.len();
        }
        let margin = height.max(MARGIN);
        let first = self.heights.at(top.saturating_sub(margin));
        let last = self.heights.at(top + height + margin);
        let seen = self.heights.at(top);
        let first = first.max(seen.saturating_sub(MOST / 3));
        first..(last + 1).min(first + MOST).min(self.len())
    }

    /// The row at this height.
    pub fn at(&self, y: u64) -> usize {
        self.heights.at(y)
    }

    /// Where a row begins.
    pub fn top(&self, row: usize) -> u64 {
        self.heights.before(row)
    }

    pub fn height(&self, row: usize) -> u64 {
        u64::from(self.heights.get(row))
    }

    pub fn total(&self) -> u64 {
        self.heights.total()
    }

    /// How high a row is in the page. Tells whether that is news.
    pub fn measure(&mut self, row: usize, height: u32) -> bool {
        let Some(Row { from, is_stub, .. }) = self.get(row) else { return false };
        if !is_stub {
            if self.measured.len() <= from {
                self.measured.resize(from + 1, 0);
            }
            self.measured[from] = height;
        }
        let news = self.heights.get(row) != height;
        self.heights.set(row, height);
        news
    }

    /// The next row from here in this direction by so much height, at least one row.
    pub fn page(&self, row: usize, height: u64, down: bool) -> usize {
        let last = self.len().saturating_sub(1);
        if down {
            self.at(self.top(row) + height).clamp((row + 1).min(last), last)
        } else {
            self.at(self.top(row).saturating_sub(height)).min(row.saturating_sub(1))
        }
    }

    /// Where to scroll to so that a row is in sight: nowhere if it is, or as little as it takes.
    pub fn reveal(&self, row: usize, top: u64, height: u64) -> u64 {
        let (begins, ends) = (self.top(row), self.top(row) + self.height(row));
        if begins < top || self.height(row) > height {
            begins
        } else if ends > top + height {
            ends - height
        } else {
            top
        }
    }

    fn truncate(&mut self, entries: usize) {
        let keep = self.rows.partition_point(|row| row.from < entries);
        self.rows.truncate(keep);
        self.heights.truncate(keep);
        if let Some(last) = self.rows.last_mut() {
            last.to = last.to.min(entries);
        }
    }
}

#[cfg(test)]
mod tests;
