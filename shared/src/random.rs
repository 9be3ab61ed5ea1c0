//! Pseudo-random numbers from a seed that is handed in, so that a session can be played again.

/// SplitMix64 (Steele, Lea and Flood 2014). Not for secrets that must hold against an attacker.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Sixteen lower-case hexadecimal digits.
    pub fn hex(&mut self) -> String {
        format!("{:016x}", self.next_u64())
    }
}
