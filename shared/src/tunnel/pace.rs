//! How much one end lets be on its way to the other.
//!
//! Credit bounds what waits for a reader. It does not bound what waits for a slow line: there a single download would
//! put its whole window into the queues below (the WebSocket's, the kernel's, the modem's), and a keystroke of another
//! stream would wait behind it. So each end measures: behind what it sends go PINGs, and a PONG says
//! that all before it has arrived, and after how long. While that takes much longer than the shortest round trip
//! seen, less is let out; while it does not, more.

use std::collections::VecDeque;
use std::time::Duration;

use super::MAX_DATA;

/// How much longer than the shortest a round trip may take: what a keystroke may have to wait for.
const TARGET: Duration = Duration::from_millis(8);

/// Octets that may be on their way at first, and always, and at most: the last is more than any line holds that the
/// windows can fill.
const FIRST: u64 = 8 * MAX_DATA as u64;
const LEAST: u64 = 4 * SHORTEST as u64;
const MOST: u64 = 64 << 20;

/// The shortest piece that a slow line is given: what others wait for is a quarter of what is on its way.
const SHORTEST: usize = 1024;

/// PINGs on their way at a time, when as much is on its way as may be.
const PROBES: usize = 8;

#[cfg_attr(test, derive(Clone, Hash))]
pub(super) struct Pace {
    /// Octets that were let out, and that have arrived for certain, since the beginning.
    sent: u64,
    arrived: u64,
    limit: u64,
    shortest: Option<Duration>,
    /// When a round trip had taken too long for the first time; and another one that began after that.
    slowed: Option<Duration>,
    was_full: bool,
    /// The oldest first.
    probes: VecDeque<Probe>,
}

/// A PING that is on its way.
#[cfg_attr(test, derive(Clone, Hash))]
struct Probe {
    number: u64,
    at: Duration,
    /// What was sent before it, and how much of that had not arrived.
    sent: u64,
    flight: u64,
}

impl Pace {
    pub(super) fn new() -> Pace {
        Pace {
            sent: 0,
            arrived: 0,
            limit: FIRST,
            shortest: None,
            slowed: None,
            was_full: false,
            probes: VecDeque::new(),
        }
    }

    /// Begins with this; `None`: measures nothing, and lets everything out. PINGs make small worlds large.
    #[cfg(test)]
    pub(super) fn of(limit: Option<u64>) -> Pace {
        Pace { limit: limit.unwrap_or(u64::MAX), ..Pace::new() }
    }

    /// As much is on its way as may be.
    pub(super) fn is_full(&self) -> bool {
        self.flight() >= self.limit
    }

    /// Nor may what is short go on.
    pub(super) fn is_over_full(&self) -> bool {
        self.flight() >= self.limit.saturating_mul(2)
    }

    /// The most octets of one frame. The longest are for lines that have shown that they take more than at first.
    pub(super) fn piece(&self) -> usize {
        let most = if self.limit > FIRST { MAX_DATA } else { MAX_DATA / 2 };
        usize::try_from(self.limit / 4).unwrap_or(most).clamp(SHORTEST, most)
    }

    pub(super) fn sent(&mut self, octets: usize) {
        if self.measures() {
            self.sent += octets as u64;
        }
    }

    /// A PING is to follow what was sent: the first octets of all, which wait for nothing and so tell the shortest
    /// round trip, and from then on each share of what may be on its way. A keystroke brings none.
    pub(super) fn wants_probe(&self) -> bool {
        let last = self.probes.back().map_or(self.arrived, |last| last.sent);
        let since = self.sent - last;
        let is_first = self.shortest.is_none() && self.probes.is_empty();
        let is_share = self.probes.len() < PROBES && since >= self.limit / PROBES as u64;
        since > 0 && (is_first || is_share)
    }

    /// PINGs that are on their way.
    pub(super) fn probes(&self) -> usize {
        self.probes.len()
    }

    pub(super) fn probe(&mut self, number: u64, now: Duration) {
        self.probes.push_back(Probe { number, at: now, sent: self.sent, flight: self.flight() });
    }

    /// A PONG came. Tells whether it answers the probe.
    pub(super) fn answered(&mut self, number: u64, now: Duration) -> bool {
        let Some(probe) = self.probes.pop_front_if(|probe| probe.number == number) else {
            return false;
        };
        let took = now.saturating_sub(probe.at).max(Duration::from_micros(1));
        let shortest = self.shortest.map_or(took, |shortest| shortest.min(took));
        self.shortest = Some(shortest);
        let news = probe.sent - self.arrived;
        self.arrived = probe.sent;
        let wanted = shortest + TARGET;
        // Of so many octets on their way, what arrives in the time that it should take.
        let fits = |flight: u64| {
            let fits = u128::from(flight) * wanted.as_micros() / took.as_micros();
            u64::try_from(fits).unwrap_or(MOST).clamp(LEAST, MOST)
        };
        if took > wanted {
            self.limit = fits(probe.flight);
            // What was sent at once in the beginning tells little of the line.
            self.was_full |= self.slowed.is_some_and(|slowed| slowed < probe.at);
            self.slowed.get_or_insert(now);
        } else if probe.flight >= self.limit / 2 {
            // Twice as much after a round trip; no more than fits, once the line has shown what that is.
            // A share was yet to follow.
            let whole = probe.flight + self.limit / PROBES as u64;
            let most = if self.was_full { fits(whole).max(self.limit) } else { MOST };
            self.limit = (self.limit + news).min(most);
        }
        true
    }

    fn measures(&self) -> bool {
        self.limit != u64::MAX
    }

    fn flight(&self) -> u64 {
        self.sent - self.arrived
    }
}
