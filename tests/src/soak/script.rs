//! What a server is to do on a connection, and octets that say where they belong.

use std::io;

use shared::random::Random;
use tokio::io::{AsyncRead, AsyncReadExt};

/// Longest content in one direction: more than every window and buffer on the way.
const LONGEST: u64 = 800_000;

/// The first octets of a stream tell the server this.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Script {
    /// Of both patterns; no two scripts have the same.
    pub(super) seed: u64,
    /// Octets from the server, and from the page behind this script.
    pub(super) down: u32,
    pub(super) up: u32,
    /// After its octets the server tears the connection down.
    pub(super) tears: bool,
}

impl Script {
    pub(super) const LENGTH: usize = 17;

    pub(super) fn random(random: &mut Random) -> Script {
        Script {
            seed: random.next_u64(),
            down: length(random),
            up: length(random),
            tears: random.next_u64().is_multiple_of(8),
        }
    }

    pub(super) fn encode(&self) -> [u8; Script::LENGTH] {
        let mut out = [0; Script::LENGTH];
        out[..8].copy_from_slice(&self.seed.to_be_bytes());
        out[8..12].copy_from_slice(&self.down.to_be_bytes());
        out[12..16].copy_from_slice(&self.up.to_be_bytes());
        out[16] = self.tears.into();
        out
    }

    pub(super) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Script> {
        Ok(Script {
            seed: from.read_u64().await?,
            down: from.read_u32().await?,
            up: from.read_u32().await?,
            tears: from.read_u8().await? == 1,
        })
    }

    pub(super) fn down(&self) -> Pattern {
        Pattern(self.seed)
    }

    pub(super) fn up(&self) -> Pattern {
        Pattern(!self.seed)
    }
}

/// Many are short, as commands are; some are long.
fn length(random: &mut Random) -> u32 {
    let most = [0, 100, 20_000, LONGEST][(random.next_u64() % 4) as usize];
    (random.next_u64() % (most + 1)) as u32
}

/// Octets of which each depends on its place.
#[derive(Clone, Copy)]
pub(super) struct Pattern(u64);

impl Pattern {
    /// The octets from `at` on.
    pub(super) fn fill(self, at: u64, out: &mut [u8]) {
        let mut word = (u64::MAX, [0; 8]);
        for (place, octet) in (at..).zip(out) {
            if word.0 != place / 8 {
                let random = Random::new(self.0.wrapping_add(place / 8)).next_u64();
                word = (place / 8, random.to_be_bytes());
            }
            *octet = word.1[(place % 8) as usize];
        }
    }

    /// Panics unless these are the octets from `at` on.
    pub(super) fn check(self, at: u64, octets: &[u8]) {
        let mut expected = vec![0; octets.len()];
        self.fill(at, &mut expected);
        if let Some(wrong) = octets.iter().zip(&expected).position(|(have, want)| have != want) {
            panic!("octet {} of a stream is not the one that was sent", at + wrong as u64);
        }
    }
}
