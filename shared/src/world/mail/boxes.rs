//! One mailbox, and what can be done with the mailboxes of a user.

use std::sync::Arc;

use super::{DELIMITER, Flags, INBOX, MAILBOXES, Mail, Message};
use crate::world::Date;

#[derive(Clone, Debug)]
pub struct Mailbox {
    id: u32,
    messages: Vec<Message>,
    next_uid: u32,
    /// Messages from this UID on were seen by no session yet.
    recent_from: u32,
    /// What it is for, as RFC 6154 names it: `\Sent`.
    special_use: Option<&'static str>,
    /// The session that has it to itself (RFC 1939 section 3).
    locked_by: Option<u64>,
}

/// Why a mailbox was not made, removed or renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Exists,
    Missing,
    /// There are mailboxes below it.
    HasChildren,
    /// The INBOX can be neither made nor removed.
    Inbox,
    /// More than [`MAILBOXES`].
    TooMany,
    /// A POP3 session has it to itself.
    Locked,
}

impl Mailbox {
    pub(super) fn new(id: u32) -> Mailbox {
        Mailbox {
            id,
            messages: Vec::new(),
            next_uid: 1,
            recent_from: 1,
            special_use: None,
            locked_by: None,
        }
    }

    /// Never given to another mailbox, not even to one of the same name: IMAP's UIDVALIDITY.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Oldest first.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    pub fn message(&self, uid: u32) -> Option<&Message> {
        let at = self.messages.binary_search_by_key(&uid, |message| message.uid).ok()?;
        self.messages.get(at)
    }

    pub fn octets(&self) -> u64 {
        self.messages.iter().map(|message| message.bytes.len() as u64).sum()
    }

    /// What the next message will get.
    pub fn next_uid(&self) -> u32 {
        self.next_uid
    }

    /// Messages from this UID on were seen by no session yet.
    pub fn recent_from(&self) -> u32 {
        self.recent_from
    }

    pub fn special_use(&self) -> Option<&'static str> {
        self.special_use
    }

    /// A session has it to itself: others may not remove anything.
    pub fn is_locked(&self) -> bool {
        self.locked_by.is_some()
    }

    pub fn mark_seen(&mut self, uid: u32) {
        if let Some(flags) = self.flags_mut(uid) {
            flags.add(Flags::SEEN);
        }
    }

    pub fn flags_mut(&mut self, uid: u32) -> Option<&mut Flags> {
        let at = self.messages.binary_search_by_key(&uid, |message| message.uid).ok()?;
        Some(&mut self.messages[at].flags)
    }

    pub fn remove(&mut self, uids: &[u32]) {
        self.messages.retain(|message| !uids.contains(&message.uid));
    }

    pub(super) fn lock(&mut self, session: u64) -> bool {
        if self.locked_by.is_some_and(|holder| holder != session) {
            return false;
        }
        self.locked_by = Some(session);
        true
    }

    pub(super) fn unlock(&mut self, session: u64) {
        if self.locked_by == Some(session) {
            self.locked_by = None;
        }
    }

    pub(super) fn push(&mut self, bytes: Arc<[u8]>, flags: Flags, received: Date) -> u32 {
        let uid = self.next_uid;
        self.next_uid += 1;
        self.messages.push(Message { uid, bytes, received, flags });
        uid
    }

    pub(super) fn claim_recent(&mut self) -> u32 {
        core::mem::replace(&mut self.recent_from, self.next_uid)
    }
}

impl Mail {
    /// Makes a mailbox, and those above it that are missing (RFC 3501 section 6.3.3).
    pub fn create(
        &mut self,
        user: &str,
        name: &str,
        special_use: Option<&'static str>,
    ) -> Result<u32, Refusal> {
        if name == INBOX {
            return Err(Refusal::Inbox);
        }
        let owner = self.users.get(user).ok_or(Refusal::Missing)?;
        if owner.named(name).is_some() {
            return Err(Refusal::Exists);
        }
        let missing: Vec<&str> =
            levels(name).filter(|level| owner.named(level).is_none()).collect();
        if owner.mailboxes.len() + missing.len() > MAILBOXES {
            return Err(Refusal::TooMany);
        }
        let mut id = 0;
        for level in missing {
            id = self.next_id();
            let mut mailbox = Mailbox::new(id);
            if level == name {
                mailbox.special_use = special_use;
            }
            if let Some(user) = self.users.get_mut(user) {
                user.insert(level.into(), mailbox);
            }
        }
        self.changes += 1;
        Ok(id)
    }

    pub fn delete(&mut self, user: &str, name: &str) -> Result<(), Refusal> {
        if name == INBOX {
            return Err(Refusal::Inbox);
        }
        let owner = self.users.get_mut(user).ok_or(Refusal::Missing)?;
        let below = format!("{name}{DELIMITER}");
        if owner.mailboxes.iter().any(|(other, _)| other.starts_with(&below)) {
            return Err(Refusal::HasChildren);
        }
        owner.remove(name).ok_or(Refusal::Missing)?;
        self.changes += 1;
        Ok(())
    }

    /// Renames a mailbox and all below it. The INBOX cannot go: its messages move out of it
    /// (RFC 3501 section 6.3.5).
    pub fn rename(&mut self, user: &str, from: &str, to: &str) -> Result<(), Refusal> {
        let owner = self.users.get(user).ok_or(Refusal::Missing)?;
        let old = owner.named(from).ok_or(Refusal::Missing)?;
        let below = format!("{from}{DELIMITER}");
        if owner.named(to).is_some() || to.starts_with(&below) {
            return Err(Refusal::Exists);
        }
        if from == INBOX {
            if old.is_locked() {
                return Err(Refusal::Locked);
            }
            let id = self.create(user, to, None)?;
            let inbox = self.mailbox_mut(user).ok_or(Refusal::Missing)?;
            let messages = core::mem::take(&mut inbox.messages);
            let target = self.by_id_mut(user, id).ok_or(Refusal::Missing)?;
            for message in messages {
                target.push(message.bytes, message.flags, message.received);
            }
            return Ok(());
        }
        let parent = to.rsplit_once(DELIMITER).map(|(parent, _)| parent.to_string());
        if let Some(parent) = parent.filter(|parent| owner.named(parent).is_none()) {
            self.create(user, &parent, None)?;
        }
        let owner = self.users.get_mut(user).ok_or(Refusal::Missing)?;
        let names: Vec<String> = owner.mailboxes.iter().map(|(name, _)| name.clone()).collect();
        for name in names.iter().filter(|name| *name == from || name.starts_with(&below)) {
            if let Some(mailbox) = owner.remove(name) {
                owner.insert(format!("{to}{}", &name[from.len()..]), mailbox);
            }
        }
        self.changes += 1;
        Ok(())
    }

    /// `false` where the list of names is full.
    pub fn subscribe(&mut self, user: &str, name: &str) -> bool {
        let Some(user) = self.users.get_mut(user) else { return false };
        match user.subscribed.binary_search_by(|other| other.as_str().cmp(name)) {
            Err(at) if user.subscribed.len() < MAILBOXES => {
                user.subscribed.insert(at, name.into());
                true
            }
            found => found.is_ok(),
        }
    }

    /// Tells whether the name was subscribed.
    pub fn unsubscribe(&mut self, user: &str, name: &str) -> bool {
        let Some(user) = self.users.get_mut(user) else { return false };
        let before = user.subscribed.len();
        user.subscribed.retain(|other| other != name);
        user.subscribed.len() < before
    }
}

/// A name and the ones above it, the highest first.
fn levels(name: &str) -> impl Iterator<Item = &str> {
    let ends = name.match_indices(DELIMITER).map(|(at, _)| at);
    ends.chain([name.len()]).map(|end| &name[..end])
}
