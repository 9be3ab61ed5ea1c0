//! Token buckets: how much may happen per second, and at once. Pure; the time is handed in.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// So much per second in the long run, and so much at once after a pause.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    per_second: u64,
    at_once: u64,
}

/// More than any machine does; keeps the arithmetic far from its ends.
const MOST: u64 = 1 << 50;

const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

impl Rate {
    /// No limit.
    pub const OFF: Rate = Rate { per_second: 0, at_once: 0 };

    pub const fn new(per_second: u64, at_once: u64) -> Rate {
        Rate { per_second, at_once }
    }

    pub fn is_off(self) -> bool {
        self.per_second == 0
    }

    /// How long so much takes, in nanoseconds.
    fn time(self, amount: u64) -> i64 {
        let nanoseconds = u128::from(amount) * 1_000_000_000 / u128::from(self.per_second.max(1));
        i64::try_from(nanoseconds).unwrap_or(i64::MAX / 4).min(i64::MAX / 4)
    }
}

impl FromStr for Rate {
    type Err = String;

    /// Reads `100/s, 1000 at once`, `20MiB/s, 64MiB at once` and `off`.
    fn from_str(text: &str) -> Result<Rate, String> {
        if text == "off" {
            return Ok(Rate::OFF);
        }
        let parts = text.split_once("/s, ").and_then(|(per_second, rest)| {
            Some((amount(per_second)?, amount(rest.strip_suffix(" at once")?)?))
        });
        parts.map(|(per_second, at_once)| Rate::new(per_second, at_once)).ok_or_else(|| {
            format!(
                "{text:?} is no rate; expected one such as \"100/s, 1000 at once\" or \
                 \"20MiB/s, 64MiB at once\", or \"off\""
            )
        })
    }
}

fn amount(text: &str) -> Option<u64> {
    let with_unit = UNITS.iter().find_map(|(unit, size)| Some((text.strip_suffix(unit)?, *size)));
    let (digits, size) = with_unit.unwrap_or((text, 1));
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse::<u64>().ok()?.checked_mul(size).filter(|amount| (1..=MOST).contains(amount))
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_off() {
            return f.write_str("off");
        }
        let shown = |amount: u64| {
            let unit = UNITS.iter().find(|(_, size)| amount.is_multiple_of(*size));
            unit.map_or(amount.to_string(), |(unit, size)| format!("{}{unit}", amount / size))
        };
        write!(f, "{}/s, {} at once", shown(self.per_second), shown(self.at_once))
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What is left of a rate. All that it remembers is when it was, or will be, empty; so it fills
/// without being looked at, and follows a rate that changes.
#[derive(Clone, Copy)]
pub(crate) struct Bucket {
    /// Nanoseconds. Before now: it holds what has flowed in since. After now: so much is owed.
    empty_at: i64,
}

impl Bucket {
    pub(crate) const FULL: Bucket = Bucket { empty_at: i64::MIN / 2 };

    /// Takes one, or tells after which time there will be one.
    pub(crate) fn take(&mut self, now: Duration, rate: Rate) -> Result<(), Duration> {
        let wait = self.wait(now, rate);
        if wait.is_zero() {
            self.reserve(now, 1, rate);
        }
        if wait.is_zero() { Ok(()) } else { Err(wait) }
    }

    /// How long until there is one.
    pub(crate) fn wait(self, now: Duration, rate: Rate) -> Duration {
        let mut after = self;
        after.reserve(now, 1, rate)
    }

    /// Takes an amount that may not be there yet, and tells after which time it is. Whoever asks
    /// first is served first, and asks again only then: so all get equal shares.
    pub(crate) fn reserve(&mut self, now: Duration, amount: u64, rate: Rate) -> Duration {
        if rate.is_off() {
            return Duration::ZERO;
        }
        let now = nanoseconds(now);
        self.empty_at = self.empty_at.max(now - rate.time(rate.at_once)) + rate.time(amount);
        Duration::from_nanos((self.empty_at - now).try_into().unwrap_or(0))
    }

    /// Nothing would be lost by forgetting it.
    pub(crate) fn is_full(self, now: Duration, rate: Rate) -> bool {
        rate.is_off() || self.empty_at <= nanoseconds(now) - rate.time(rate.at_once)
    }
}

fn nanoseconds(time: Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let rate = Rate::new(10, 3);
        let mut bucket = Bucket::FULL;
        assert!(bucket.is_full(at(0), rate));
        for _ in 0..3 {
            assert_eq!(bucket.take(at(0), rate), Ok(()));
        }
        assert_eq!(bucket.take(at(0), rate), Err(at(100)));
        // A refusal costs nothing.
        assert_eq!(bucket.take(at(40), rate), Err(at(60)));
        assert_eq!(bucket.take(at(100), rate), Ok(()));
        assert_eq!(bucket.take(at(100), rate), Err(at(100)));
        assert!(!bucket.is_full(at(399), rate));
        assert!(bucket.is_full(at(400), rate));
        // It holds no more than that, however long nobody comes.
        let late = Duration::from_secs(1_000_000);
        assert_eq!((0..9).filter(|_| bucket.take(late, rate).is_ok()).count(), 3);
    }

    /// Two that always want more get the same, whatever the order in which they look.
    #[test]
    fn what_is_reserved_comes_in_turn() {
        let rate = Rate::new(1000, 100);
        let mut bucket = Bucket::FULL;
        let mut got = [0u64; 2];
        let mut due = [Duration::ZERO; 2];
        for now in (0..1000).map(at) {
            for who in [0, 0, 1] {
                if due[who] <= now {
                    due[who] = now + bucket.reserve(now, 10, rate);
                    got[who] += 10;
                }
            }
        }
        assert!(got[0].abs_diff(got[1]) <= 100, "{got:?}");
        assert!((1000..=1120).contains(&(got[0] + got[1])), "{got:?}");
    }

    #[test]
    fn no_limit_is_no_limit() {
        let mut bucket = Bucket::FULL;
        assert!((0..10_000).all(|_| bucket.take(at(0), Rate::OFF).is_ok()));
        assert_eq!(bucket.reserve(at(0), u64::MAX, Rate::OFF), Duration::ZERO);
        // The rate may change meanwhile, to anything.
        let slow = Rate::new(1, MOST);
        assert_eq!(bucket.reserve(at(0), MOST, slow), Duration::ZERO);
        assert!(bucket.reserve(at(0), MOST, slow) > Duration::from_secs(1_000_000));
        assert!(bucket.take(at(0), Rate::new(MOST, 1)).is_err());
        assert_eq!(bucket.take(at(0), Rate::OFF), Ok(()));
    }

    #[test]
    fn rates_are_read_and_written() {
        for text in ["off", "100/s, 1000 at once", "20MiB/s, 64MiB at once", "1GiB/s, 3KiB at once"]
        {
            assert_eq!(text.parse::<Rate>().unwrap().to_string(), text);
        }
        for wrong in [
            "",
            "0",
            "100",
            "100/s",
            "0/s, 1 at once",
            "1/s, 0 at once",
            "-1/s, 1 at once",
            "+1/s, 1 at once",
            "1/s,1 at once",
            "1KB/s, 1 at once",
            "99999999GiB/s, 1 at once",
            "99999999999999999999/s, 1 at once",
        ] {
            assert!(wrong.parse::<Rate>().unwrap_err().contains("is no rate"), "{wrong}");
        }
    }
}
