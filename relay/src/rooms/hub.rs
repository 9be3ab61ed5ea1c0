//! What keeps the batches of rooms in order, each under a number: the memory of this relay, or NATS for
//! several relays. Whoever follows a room gets every batch once, so all relays show the same.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::SystemTime;

use futures_util::Stream;
use hmac::{Hmac, KeyInit, Mac};
use hyper::body::Bytes;
use sha2::Sha256;
use shared::room::{Code, Refusal};

pub(crate) type Task<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

pub(crate) trait Hub: Send + Sync {
    /// Makes a room with this code, or finds the one that was made with the same secret. There are no
    /// more than `most`.
    fn open<'a>(
        &'a self,
        code: Code,
        secret: &'a Secret,
        most: usize,
    ) -> Task<'a, Result<(), Refused>>;

    /// All batches of a room that are kept, and then those that come.
    fn follow(&self, code: Code) -> Task<'_, Result<Feed, Refused>>;

    /// Puts a batch behind the one with this number, and gives its own.
    fn append(&self, code: Code, behind: u64, batch: Bytes) -> Task<'_, Result<u64, NotAppended>>;

    /// To the other relays that follow this room. It may be lost.
    fn tell(&self, code: Code, word: Bytes) -> Task<'_, ()>;

    /// Forgets the batches before this one.
    fn trim(&self, code: Code, before: u64) -> Task<'_, ()>;

    /// Forgets a room that is over.
    fn remove(&self, code: Code, born: u64) -> Task<'_, ()>;

    /// Rooms that nobody has said anything in for long, or that are too old: no relay may be left that
    /// would end them.
    fn stale(&self) -> Task<'_, Vec<Code>>;

    /// For several relays: the octets of batches after which a snapshot is to take their place.
    fn shared(&self) -> Option<usize>;
}

/// Ends when the hub cannot be reached any more.
pub(crate) struct Feed {
    /// The room's own number.
    pub(crate) born: u64,
    pub(crate) began: SystemTime,
    /// The last batch at this moment; all up to it come at once.
    pub(crate) last: u64,
    pub(crate) news: Pin<Box<dyn Stream<Item = News> + Send>>,
}

pub(crate) enum News {
    Batch {
        number: u64,
        at: SystemTime,
        octets: Bytes,
    },
    /// What another relay told.
    Word(Bytes),
}

pub(crate) enum NotAppended {
    /// Another batch came first.
    Behind,
    Lost(String),
}

/// The last word of the relay to whoever is in a room.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Refused {
    pub(crate) why: Refusal,
    pub(crate) text: String,
}

/// What makes somebody the presenter of a room. Never shown.
pub(crate) struct Secret([u8; 16]);

/// A digest of the secret, from which nobody gets back to it.
pub(crate) type Proof = [u8; 32];

impl Refused {
    pub(crate) fn new(why: Refusal, text: impl Into<String>) -> Refused {
        Refused { why, text: text.into() }
    }

    pub(crate) fn no_room(code: Code) -> Refused {
        Refused::new(Refusal::NoRoom, format!("There is no room {code}, or it is over."))
    }

    pub(crate) fn taken() -> Refused {
        Refused::new(Refusal::Taken, "Somebody else has a room with this code.")
    }

    pub(crate) fn too_many(most: usize) -> Refused {
        let text = format!(
            "There are {most} rooms, as many as the relay's limit `rooms` allows. Close one, or \
             try again later."
        );
        Refused::new(Refusal::TooManyRooms, text)
    }

    /// `what` is for the log; others need not know how the rooms are kept.
    pub(crate) fn lost(what: &str) -> Refused {
        tracing::warn!(what, "what keeps the rooms cannot be reached");
        let text = "The relay cannot reach what keeps its rooms. It will be tried again.";
        Refused::new(Refusal::Hub, text)
    }
}

impl Secret {
    pub(crate) fn new(octets: [u8; 16]) -> Secret {
        Secret(octets)
    }

    pub(crate) fn proof(&self, code: Code) -> Proof {
        self.mac(code).finalize().into_bytes().into()
    }

    /// Takes the same time for every wrong secret.
    pub(crate) fn proves(&self, code: Code, proof: &[u8]) -> bool {
        self.mac(code).verify_slice(proof).is_ok()
    }

    fn mac(&self, code: Code) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC has no length that it refuses")]
        let mut mac = Hmac::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(code.as_str().as_bytes());
        mac
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_secret_proves_that_it_is_the_secret() {
        let (code, other) = (Code::of(1), Code::of(2));
        let secret = Secret::new([7; 16]);
        let proof = secret.proof(code);
        assert!(secret.proves(code, &proof));
        assert!(!secret.proves(other, &proof), "the same secret for another room");
        assert!(!secret.proves(code, &proof[..31]));
        assert!(!Secret::new([8; 16]).proves(code, &proof));
        assert_eq!(format!("{secret:?}"), "Secret");
        assert!(!proof.windows(4).any(|four| four == [7; 4]));
    }
}
