//! The octets that servers and clients know, and what a server is asked for.

use std::sync::LazyLock;

/// Octets at a time, for everybody: what is read from a TCP socket, and what is offered to one or to
/// a multiplexer.
pub(super) const BLOCK: usize = 128 * 1024;

/// What a request to `Service::Talk` begins with, before an amount and a place of [`PATTERN`].
pub(super) const WANT_ECHO: u8 = b'e';
pub(super) const WANT_DOWNLOAD: u8 = b'd';
pub(super) const WANT_UPLOAD: u8 = b'u';
const REQUEST: usize = 17;

/// What is echoed.
pub(super) const ECHO: &[u8] = b"sixty-four octets, which is about what a line typed by hand has.";

/// What an upload is answered with if every octet was the right one.
pub(super) const RIGHT: u8 = b'.';

/// A prime, so that a lost or doubled block of any usual size is seen.
const PERIOD: usize = 65_521;

static PATTERN: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let period: Vec<u8> = (0..PERIOD).map(|_| next()).collect();
    period.iter().copied().cycle().take(PERIOD + BLOCK).collect()
});

/// A place in the octets that both ends know.
#[derive(Clone, Copy)]
pub(super) struct Place(pub(super) u64);

impl Place {
    /// Each stream of a measure begins at another.
    pub(super) fn of(stream: usize) -> Place {
        Place(stream as u64 * 1000)
    }

    /// The next octets, [`BLOCK`] at most, without passing them.
    pub(super) fn peek(&self, most: u64) -> &'static [u8] {
        let at = (self.0 % PERIOD as u64) as usize;
        &PATTERN[at..][..most.min(BLOCK as u64) as usize]
    }

    pub(super) fn pass(&mut self, octets: usize) {
        self.0 += octets as u64;
    }

    /// Passes these octets if they are the next ones.
    pub(super) fn check(&mut self, octets: &[u8]) -> bool {
        for part in octets.chunks(BLOCK) {
            if self.peek(BLOCK as u64)[..part.len()] != *part {
                return false;
            }
            self.pass(part.len());
        }
        true
    }
}

pub(super) fn echo() -> [u8; REQUEST] {
    request(WANT_ECHO, 0, Place(0))
}

/// So many octets from this place on, then the end.
pub(super) fn download(octets: u64, from: Place) -> [u8; REQUEST] {
    request(WANT_DOWNLOAD, octets, from)
}

/// So many octets from this place on will follow.
pub(super) fn upload(octets: u64, from: Place) -> [u8; REQUEST] {
    request(WANT_UPLOAD, octets, from)
}

fn request(what: u8, octets: u64, from: Place) -> [u8; REQUEST] {
    let mut request = [what; REQUEST];
    request[1..9].copy_from_slice(&octets.to_be_bytes());
    request[9..].copy_from_slice(&from.0.to_be_bytes());
    request
}
