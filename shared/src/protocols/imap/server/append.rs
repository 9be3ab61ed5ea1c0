//! APPEND, STORE and COPY: messages and flags come into mailboxes.

use std::sync::Arc;

use super::ImapServer;
use super::render::{Held, flags};
use crate::protocols::imap::command::{Appended, Args, Change, Command};
use crate::protocols::imap::set::{Set, compact};
use crate::protocols::imap::table;
use crate::protocols::imap::token::Text;
use crate::world::World;
use crate::world::date::Date;
use crate::world::mail::{Flags, Mailbox, QUOTA};

/// Different keywords in one mailbox.
const KEYWORDS: usize = 100;

/// Octets of a keyword.
const KEYWORD_LIMIT: usize = 100;

impl ImapServer {
    pub(super) fn append(
        &mut self,
        tag: &str,
        name: &str,
        messages: &[Appended],
        world: &mut World,
    ) {
        let name = match self.existing(name, world) {
            Ok(name) => name,
            Err(why) => return self.no(tag, "NO", &format!("[TRYCREATE] {why}"), world),
        };
        let Some(mailbox) = world.mail.named(&self.user, &name) else { return };
        let all: Vec<&String> = messages.iter().flat_map(|message| &message.flags).collect();
        if let Err((code, why)) = may_have(mailbox, all.iter().map(|flag| flag.as_str())) {
            return self.no(tag, code, &why, world);
        }
        let mut ready: Vec<(Arc<[u8]>, Flags, Date)> = Vec::new();
        for message in messages {
            let Text::Bytes(bytes) = &message.text else { return };
            if bytes.is_empty() {
                return self.no(tag, "NO", "a message cannot be empty", world);
            }
            let date = message.date.unwrap_or_else(|| world.date(self.now));
            ready.push((bytes.as_slice().into(), Flags::of(&message.flags), date));
        }
        // All or none (RFC 3502).
        let octets: u64 = ready.iter().map(|(bytes, _, _)| bytes.len() as u64).sum();
        if world.mail.octets(&self.user) + octets > QUOTA {
            let text = format!("[OVERQUOTA] there is room for {QUOTA} octets");
            return self.no(tag, "NO", &text, world);
        }
        let (mut id, mut uids) = (0, Vec::new());
        for (bytes, flags, date) in ready {
            if let Ok((mailbox, uid)) = world.mail.file(&self.user, &name, bytes, flags, date) {
                id = mailbox;
                uids.push(uid);
            }
        }
        self.ok(tag, &format!("[APPENDUID {id} {}] filed", compact(&uids)), world);
    }

    pub(super) fn store(&mut self, command: &Command, by_uid: bool, world: &mut World) {
        let tag = command.tag.clone();
        let Args::Store { set, change, silent, flags: names, modified } = &command.args else {
            return;
        };
        let Some(chosen) = self.chosen(&command.tag, set, by_uid, world) else { return };
        let Some(view) = &self.view else { return };
        let Some((_, mailbox)) = world.mail.by_id(&self.user, view.id) else { return };
        let allowed = may_have(mailbox, names.iter().map(String::as_str));
        if *modified {
            return self.no(&tag, "BAD", "UNCHANGEDSINCE is not offered here", world);
        }
        if view.read_only {
            return self.no(&tag, "NO", "[READ-ONLY] it is open for reading only", world);
        }
        if let Err((code, why)) = allowed {
            return self.no(&tag, code, &why, world);
        }
        let id = view.id;
        let mut gone = false;
        let mut lines = Vec::new();
        for at in chosen {
            let Some(told) = self.view.as_mut().and_then(|view| view.messages.get_mut(at)) else {
                continue;
            };
            let mailbox = world.mail.by_id_mut(&self.user, id);
            let Some(stored) = mailbox.and_then(|mailbox| mailbox.flags_mut(told.uid)) else {
                gone = true;
                continue;
            };
            match change {
                Change::Replace => *stored = Flags::of(names),
                Change::Add => names.iter().for_each(|name| stored.add(name)),
                Change::Remove => names.iter().for_each(|name| stored.remove(name)),
            }
            told.flags = stored.clone();
            if !silent {
                let uid = if by_uid { format!("UID {} ", told.uid) } else { String::new() };
                let flags = flags(&told.flags, told.recent && !self.rev2);
                lines.push(format!("{} FETCH ({uid}FLAGS ({flags}))", at + 1));
            }
        }
        lines.iter().for_each(|line| self.untagged(line));
        match gone && !by_uid {
            true => self.no(&tag, "NO", "[EXPUNGEISSUED] some of them are gone", world),
            false => self.ok(&tag, "changed", world),
        }
    }

    /// COPY and MOVE.
    pub(super) fn copy(
        &mut self,
        command: &Command,
        by_uid: bool,
        set: &Set,
        name: &str,
        world: &mut World,
    ) {
        let tag = command.tag.clone();
        let moves = [&table::MOVE, &table::UID_MOVE].contains(&command.verb);
        let Some(chosen) = self.chosen(&tag, set, by_uid, world) else { return };
        let name = match self.existing(name, world) {
            Ok(name) => name,
            Err(why) => return self.no(&tag, "NO", &format!("[TRYCREATE] {why}"), world),
        };
        let Some(view) = &self.view else { return };
        let (id, read_only) = (view.id, view.read_only);
        if moves && let Err(why) = self.may_remove(read_only, id, world) {
            return self.no(&tag, "NO", why, world);
        }
        let uids: Vec<u32> = chosen.iter().map(|at| view.messages[*at].uid).collect();
        let Some((_, source)) = world.mail.by_id(&self.user, id) else { return };
        let messages: Vec<_> =
            uids.iter().filter_map(|uid| source.message(*uid)).cloned().collect();
        if messages.len() < uids.len() && !by_uid {
            return self.no(&tag, "NO", "[EXPUNGEISSUED] some of them are gone", world);
        }
        let octets: u64 = messages.iter().map(|message| message.bytes.len() as u64).sum();
        if world.mail.octets(&self.user) + octets > QUOTA {
            let text = format!("[OVERQUOTA] there is room for {QUOTA} octets");
            return self.no(&tag, "NO", &text, world);
        }
        if messages.is_empty() {
            return self.ok(&tag, "there was nothing to do", world);
        }
        let (mut target, mut from, mut to) = (0, Vec::new(), Vec::new());
        for message in messages {
            let (bytes, flags) = (message.bytes, message.flags);
            if let Ok((mailbox, uid)) =
                world.mail.file(&self.user, &name, bytes, flags, message.received)
            {
                target = mailbox;
                from.push(message.uid);
                to.push(uid);
            }
        }
        let code = format!("[COPYUID {target} {} {}]", compact(&from), compact(&to));
        if !moves {
            return self.ok(&tag, &format!("{code} copied"), world);
        }
        if let Some(mailbox) = world.mail.by_id_mut(&self.user, id) {
            mailbox.remove(&from);
        }
        self.untagged(format!("OK {code} moved"));
        self.ok(&tag, "moved", world);
    }

    /// Places in the view that a set names. Answers the client itself if it names what is not.
    pub(super) fn chosen(
        &mut self,
        tag: &str,
        set: &Set,
        by_uid: bool,
        world: &mut World,
    ) -> Option<Vec<usize>> {
        let held = Held { view: self.view.as_ref()?, saved: &self.saved };
        let chosen = held.chosen(set, by_uid);
        if chosen.is_none() {
            let count = held.view.messages.len();
            let text = format!("the set names messages that are not there; {count} are");
            self.no(tag, "BAD", &text, world);
        }
        chosen
    }
}

/// Whether messages of the mailbox may get these flags; if not, the status and why.
fn may_have<'a>(
    mailbox: &Mailbox,
    names: impl Iterator<Item = &'a str>,
) -> Result<(), (&'static str, String)> {
    let mut all = Flags::of(mailbox.messages().iter().flat_map(|m| m.flags.keywords()));
    for name in names {
        if name.starts_with('\\') && !Flags::of(Flags::SYSTEM).has(name) {
            return Err(("BAD", format!("there is no flag {name} that a client may set")));
        }
        if name.len() > KEYWORD_LIMIT {
            return Err(("NO", format!("[LIMIT] a keyword has at most {KEYWORD_LIMIT} octets")));
        }
        all.add(name);
    }
    match all.keywords().count() > KEYWORDS {
        true => Err(("NO", format!("[LIMIT] a mailbox has at most {KEYWORDS} keywords"))),
        false => Ok(()),
    }
}
