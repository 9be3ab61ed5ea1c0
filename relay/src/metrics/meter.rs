//! Octets of one socket, counted without atomics; a round's news goes to the metrics at once.

use std::ops::{AddAssign, Sub};

/// Octets that went each way.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Octets {
    /// Taken by the socket.
    pub(crate) from_page: u64,
    /// Read from the socket.
    pub(crate) to_page: u64,
}

impl AddAssign for Octets {
    fn add_assign(&mut self, more: Octets) {
        self.from_page += more.from_page;
        self.to_page += more.to_page;
    }
}

impl Sub for Octets {
    type Output = Octets;

    fn sub(self, less: Octets) -> Octets {
        Octets { from_page: self.from_page - less.from_page, to_page: self.to_page - less.to_page }
    }
}

#[derive(Default)]
pub(crate) struct Meter {
    total: Octets,
    told: Octets,
}

impl Meter {
    /// From the page to the server.
    pub(crate) fn sent(&mut self, octets: usize) {
        self.total.from_page += octets as u64;
    }

    /// From the server to the page.
    pub(crate) fn received(&mut self, octets: usize) {
        self.total.to_page += octets as u64;
    }

    pub(crate) fn total(&self) -> Octets {
        self.total
    }

    /// What came since the last call.
    pub(crate) fn news(&mut self) -> Octets {
        let news = self.total - self.told;
        self.told = self.total;
        news
    }
}
