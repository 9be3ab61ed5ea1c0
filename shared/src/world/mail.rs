//! Mail: every user has an INBOX, where mail arrives, and mailboxes to put it away in.
//!
//! POP3 and SMTP know the INBOX alone; IMAP knows them all. Whatever changes here is counted, so
//! that a server can be told when another session has changed something.

mod boxes;
mod flags;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Date;

pub use boxes::{Mailbox, Refusal};
pub use flags::Flags;

/// The mailbox that mail arrives in. Its name means the same in upper and lower case.
pub const INBOX: &str = "INBOX";

/// What stands between the levels of a mailbox name.
pub const DELIMITER: char = '/';

/// All mailboxes of a user together take this many octets; more is refused, so that a sender
/// cannot fill the memory of the page or the relay.
pub const QUOTA: u64 = 64 * 1024 * 1024;

/// Messages of one user, however small.
pub const MESSAGES: usize = 10_000;

/// Mailboxes of one user: enough to try everything, and nobody fills the memory with names.
pub const MAILBOXES: usize = 200;

/// One message as it is stored: lines end with CR LF, nothing is stuffed.
#[derive(Clone, Debug)]
pub struct Message {
    /// Never used twice in a mailbox.
    pub uid: u32,
    pub bytes: Arc<[u8]>,
    pub received: Date,
    pub flags: Flags,
}

/// The user is over the [`QUOTA`], or has [`MESSAGES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

#[derive(Clone, Debug)]
struct User {
    /// The INBOX first, the others by name. A few at most, so that a list is as good as a tree.
    mailboxes: Vec<(String, Mailbox)>,
    /// Names in order, which need not be those of mailboxes that exist.
    subscribed: Vec<String>,
}

impl User {
    fn named(&self, name: &str) -> Option<&Mailbox> {
        self.mailboxes.iter().find(|(other, _)| other == name).map(|(_, mailbox)| mailbox)
    }

    fn named_mut(&mut self, name: &str) -> Option<&mut Mailbox> {
        self.mailboxes.iter_mut().find(|(other, _)| other == name).map(|(_, mailbox)| mailbox)
    }

    /// Puts a mailbox in its place.
    fn insert(&mut self, name: String, mailbox: Mailbox) {
        let later = |(other, _): &(String, Mailbox)| other != INBOX && *other > name;
        let at = self.mailboxes.iter().position(later).unwrap_or(self.mailboxes.len());
        self.mailboxes.insert(at, (name, mailbox));
    }

    fn remove(&mut self, name: &str) -> Option<Mailbox> {
        let at = self.mailboxes.iter().position(|(other, _)| other == name)?;
        Some(self.mailboxes.remove(at).1)
    }
}

#[derive(Clone, Debug, Default)]
pub struct Mail {
    users: BTreeMap<String, User>,
    changes: u64,
    /// The id given out last.
    last_id: u32,
}

impl Mail {
    pub fn add(&mut self, user: &str) {
        if !self.users.contains_key(user) {
            let mailboxes = vec![(INBOX.into(), Mailbox::new(self.next_id()))];
            let new = User { mailboxes, subscribed: vec![INBOX.into()] };
            self.users.insert(user.into(), new);
        }
    }

    /// Grows with every change that a session may want to show.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// The user's INBOX.
    pub fn mailbox(&self, user: &str) -> Option<&Mailbox> {
        self.named(user, INBOX)
    }

    pub fn mailbox_mut(&mut self, user: &str) -> Option<&mut Mailbox> {
        self.changes += 1;
        self.users.get_mut(user)?.named_mut(INBOX)
    }

    /// Gives the INBOX to one session; `false` if another has it, or there is no such user.
    pub fn lock(&mut self, user: &str, session: u64) -> bool {
        let inbox = self.users.get_mut(user).and_then(|user| user.named_mut(INBOX));
        inbox.is_some_and(|inbox| inbox.lock(session))
    }

    pub fn unlock(&mut self, user: &str, session: u64) {
        if let Some(user) = self.users.get_mut(user)
            && let Some(inbox) = user.named_mut(INBOX)
        {
            inbox.unlock(session);
        }
    }

    /// Puts a message into the user's INBOX, which is made if there is none.
    pub fn deliver(&mut self, user: &str, bytes: &[u8], received: Date) -> Result<u32, Full> {
        self.add(user);
        self.file(user, INBOX, bytes.into(), Flags::default(), received).map(|(_, uid)| uid)
    }

    /// Puts a message into a mailbox of the user that must exist. Gives the mailbox's id and the
    /// message's UID.
    pub fn file(
        &mut self,
        user: &str,
        name: &str,
        bytes: Arc<[u8]>,
        flags: Flags,
        received: Date,
    ) -> Result<(u32, u32), Full> {
        let count: usize = self.mailboxes(user).map(|(_, mailbox)| mailbox.messages().len()).sum();
        if self.octets(user) + bytes.len() as u64 > QUOTA || count >= MESSAGES {
            return Err(Full);
        }
        self.changes += 1;
        let mailbox = self.users.get_mut(user).and_then(|user| user.named_mut(name));
        let mailbox = mailbox.ok_or(Full)?;
        Ok((mailbox.id(), mailbox.push(bytes, flags, received)))
    }

    /// Of all mailboxes of the user together.
    pub fn octets(&self, user: &str) -> u64 {
        self.mailboxes(user).map(|(_, mailbox)| mailbox.octets()).sum()
    }

    /// Users and their INBOXes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Mailbox)> {
        self.users.iter().filter_map(|(name, user)| Some((&**name, user.named(INBOX)?)))
    }

    /// How many messages each user's has.
    pub fn counts(&self) -> Vec<usize> {
        self.iter().map(|(_, mailbox)| mailbox.messages().len()).collect()
    }

    /// The user whose has more messages than at these counts.
    pub fn grown(&self, before: &[usize]) -> Option<&str> {
        let mut both = self.iter().zip(before);
        both.find(|((_, now), before)| now.messages().len() > **before).map(|((user, _), _)| user)
    }

    /// The user's mailboxes: the INBOX, then the others by name.
    pub fn mailboxes(&self, user: &str) -> impl Iterator<Item = (&str, &Mailbox)> {
        let all = self.users.get(user).into_iter().flat_map(|user| &user.mailboxes);
        all.map(|(name, mailbox)| (&**name, mailbox))
    }

    /// By its name as [`canonical`] gives it.
    pub fn named(&self, user: &str, name: &str) -> Option<&Mailbox> {
        self.users.get(user)?.named(name)
    }

    /// A mailbox by its id, which stays when it is renamed.
    pub fn by_id(&self, user: &str, id: u32) -> Option<(&str, &Mailbox)> {
        self.mailboxes(user).find(|(_, mailbox)| mailbox.id() == id)
    }

    pub fn by_id_mut(&mut self, user: &str, id: u32) -> Option<&mut Mailbox> {
        self.changes += 1;
        let user = self.users.get_mut(user)?;
        user.mailboxes.iter_mut().map(|(_, m)| m).find(|mailbox| mailbox.id() == id)
    }

    /// Hands the messages that no session has seen arrive to the one that asks: gives the first
    /// of their UIDs. Nothing that others could see is changed.
    pub fn claim_recent(&mut self, user: &str, id: u32) -> Option<u32> {
        let user = self.users.get_mut(user)?;
        let mailbox = user.mailboxes.iter_mut().map(|(_, m)| m).find(|m| m.id() == id)?;
        Some(mailbox.claim_recent())
    }

    pub fn is_subscribed(&self, user: &str, name: &str) -> bool {
        self.users.get(user).is_some_and(|user| user.subscribed.iter().any(|n| n == name))
    }

    pub fn subscriptions(&self, user: &str) -> impl Iterator<Item = &str> {
        self.users.get(user).into_iter().flat_map(|user| &user.subscribed).map(String::as_str)
    }

    fn next_id(&mut self) -> u32 {
        self.last_id += 1;
        self.last_id
    }
}

/// A name as it is stored: INBOX in upper case, others as they are.
pub fn canonical(name: &str) -> String {
    if name.eq_ignore_ascii_case(INBOX) { INBOX.into() } else { name.into() }
}

#[cfg(test)]
mod tests;
