//! What the practice servers serve. One world for all protocols: what SMTP delivers, POP3 reads;
//! FTP, HTTP and Gopher serve the same files. It knows nothing of the wire.

pub mod accounts;
pub mod changes;
mod content;
pub mod date;
pub mod files;
pub mod mail;
pub mod news;
mod tally;

use crate::machine::Tick;

pub use accounts::Accounts;
pub use date::Date;
pub use files::Files;
pub use mail::Mail;
pub use news::News;
pub use tally::Tally;

/// The name of the practice host and of its mail domain.
pub const HOST: &str = "practice.lab";
/// The first account.
pub const USER: &str = "student";
/// The first account's password.
pub const PASSWORD: &str = "lab-secret";
/// Of `/pub/big.bin`.
pub const BIG_SHA256: &str = "1154ac4ad25c1afe12ea6cb32c594b3be4beafc7807dcbe2547268e4656939e4";
/// When the world of the page begins, 2026-01-05 09:00:00 UTC, so that a lesson shows the same
/// bytes everywhere.
pub const EPOCH: u64 = 1_767_603_600;

#[derive(Clone, Debug)]
pub struct World {
    pub accounts: Accounts,
    pub mail: Mail,
    pub news: News,
    pub files: Files,
    pub tally: Tally,
    /// Seconds since 1970 at the first tick.
    epoch: u64,
}

impl World {
    /// A world with its first content, that begins `epoch` seconds after 1970.
    pub fn new(epoch: u64) -> World {
        let mut world = World {
            accounts: Accounts::default(),
            mail: Mail::default(),
            news: News::default(),
            files: Files::default(),
            tally: Tally::default(),
            epoch,
        };
        content::fill(&mut world);
        world
    }

    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Grows when a session has changed what another one may wait for: mail.
    pub fn changes(&self) -> u64 {
        self.mail.changes()
    }

    /// A small mail arrives for a user, as if somebody had sent it. `false`: there is no room.
    pub fn mail_arrives(&mut self, user: &str, now: Tick) -> bool {
        let date = self.date(now);
        let mail = content::arriving(user, self.mail.changes(), date);
        self.mail.deliver(user, &mail, date).is_ok()
    }

    /// The world's date and time at a tick.
    pub fn date(&self, now: Tick) -> Date {
        Date(self.epoch + now.0.as_secs())
    }
}
