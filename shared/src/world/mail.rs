//! Mailboxes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Date;

/// One message as it is stored: lines end with CR LF, nothing is stuffed.
#[derive(Clone, Debug)]
pub struct Message {
    /// Never used twice in a mailbox.
    pub uid: u32,
    pub bytes: Arc<[u8]>,
    pub received: Date,
    pub seen: bool,
}

#[derive(Clone, Debug)]
pub struct Mailbox {
    messages: Vec<Message>,
    next_uid: u32,
    /// The session that has it to itself (RFC 1939 section 3).
    locked_by: Option<u64>,
}

/// A mailbox takes this many octets; more is refused, so that a sender cannot fill the memory of
/// the page or the relay.
pub const QUOTA: u64 = 64 * 1024 * 1024;

/// The mailbox is over its [`QUOTA`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl Mailbox {
    fn new() -> Mailbox {
        Mailbox { messages: Vec::new(), next_uid: 1, locked_by: None }
    }

    /// Oldest first.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    pub fn octets(&self) -> u64 {
        self.messages.iter().map(|message| message.bytes.len() as u64).sum()
    }

    /// Gives the mailbox to one session; `false` if another has it.
    pub fn lock(&mut self, session: u64) -> bool {
        if self.locked_by.is_some_and(|holder| holder != session) {
            return false;
        }
        self.locked_by = Some(session);
        true
    }

    pub fn unlock(&mut self, session: u64) {
        if self.locked_by == Some(session) {
            self.locked_by = None;
        }
    }

    pub fn mark_seen(&mut self, uid: u32) {
        if let Some(message) = self.messages.iter_mut().find(|message| message.uid == uid) {
            message.seen = true;
        }
    }

    pub fn remove(&mut self, uids: &[u32]) {
        self.messages.retain(|message| !uids.contains(&message.uid));
    }
}

#[derive(Clone, Debug, Default)]
pub struct Mail(BTreeMap<String, Mailbox>);

impl Mail {
    pub fn add(&mut self, user: &str) {
        self.0.entry(user.into()).or_insert_with(Mailbox::new);
    }

    pub fn mailbox(&self, user: &str) -> Option<&Mailbox> {
        self.0.get(user)
    }

    pub fn mailbox_mut(&mut self, user: &str) -> Option<&mut Mailbox> {
        self.0.get_mut(user)
    }

    /// Puts a message into the user's mailbox, which is made if there is none.
    pub fn deliver(&mut self, user: &str, bytes: &[u8], received: Date) -> Result<u32, Full> {
        let mailbox = self.0.entry(user.into()).or_insert_with(Mailbox::new);
        if mailbox.octets() + bytes.len() as u64 > QUOTA {
            return Err(Full);
        }
        let uid = mailbox.next_uid;
        mailbox.next_uid += 1;
        mailbox.messages.push(Message { uid, bytes: bytes.into(), received, seen: false });
        Ok(uid)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Mailbox)> {
        self.0.iter().map(|(user, mailbox)| (user.as_str(), mailbox))
    }
}
