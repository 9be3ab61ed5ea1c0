//! Opening and closing mailboxes.

use super::ImapServer;
use super::render::flags;
use crate::protocols::imap::command::Command;
use crate::protocols::imap::table;
use crate::world::World;
use crate::world::mail::Flags;

impl ImapServer {
    pub(super) fn select(
        &mut self,
        command: &Command,
        name: &str,
        parameters: &[String],
        world: &mut World,
    ) {
        let tag = &command.tag;
        if !parameters.is_empty() {
            self.no(tag, "BAD", "this server has no parameters of SELECT", world);
            return;
        }
        // Whatever comes of it, the mailbox before is closed (RFC 3501 section 6.3.1).
        if self.view.take().is_some() {
            self.untagged("OK [CLOSED] the mailbox before is closed");
        }
        self.saved.clear();
        let name = match self.existing(name, world) {
            Ok(name) => name,
            Err(why) => return self.no(tag, "NO", &format!("[NONEXISTENT] {why}"), world),
        };
        let Some(mailbox) = world.mail.named(&self.user, &name) else { return };
        let (id, next) = (mailbox.id(), mailbox.next_uid());
        let unseen = mailbox.messages().iter().position(|m| !m.flags.has(Flags::SEEN));
        let known = known_flags(mailbox.messages().iter().map(|message| &message.flags));
        let read_only = command.verb == &table::EXAMINE;
        self.open_view(id, read_only, world);
        let (exists, recent) =
            self.view.as_ref().map_or((0, 0), |view| (view.messages.len(), view.recent()));
        self.untagged(format!("FLAGS ({known})"));
        self.untagged(format!("{exists} EXISTS"));
        if !self.rev2 {
            self.untagged(format!("{recent} RECENT"));
            if let Some(at) = unseen {
                let number = at + 1;
                self.untagged(format!("OK [UNSEEN {number}] the first that is not seen"));
            }
        }
        let permanent = if read_only { String::new() } else { format!("{known} \\*") };
        self.untagged(format!("OK [PERMANENTFLAGS ({permanent})] these can be changed for good"));
        self.untagged(format!("OK [UIDNEXT {next}] the next UID"));
        self.untagged(format!("OK [UIDVALIDITY {id}] UIDs are valid"));
        if self.rev2 {
            let shown = self.shown(&name);
            self.untagged(format!("LIST () \"/\" {shown}"));
        }
        let access = if read_only { "READ-ONLY" } else { "READ-WRITE" };
        let shown = self.shown(&name);
        self.ok(tag, &format!("[{access}] {shown} is open"), world);
    }

    pub(super) fn close(&mut self, tag: &str, world: &mut World) {
        if let Some(view) = self.view.take() {
            let mailbox = world.mail.by_id(&self.user, view.id).map(|(_, mailbox)| mailbox);
            let deleted = |mailbox: &crate::world::mail::Mailbox| -> Vec<u32> {
                let marked = mailbox.messages().iter().filter(|m| m.flags.has(Flags::DELETED));
                marked.map(|message| message.uid).collect()
            };
            let gone = mailbox
                .filter(|mailbox| !view.read_only && !mailbox.is_locked())
                .map(deleted)
                .unwrap_or_default();
            if !gone.is_empty()
                && let Some(mailbox) = world.mail.by_id_mut(&self.user, view.id)
            {
                mailbox.remove(&gone);
            }
        }
        self.ok(tag, "closed", world);
    }
}

/// The system flags, and the keywords that messages have.
fn known_flags<'a>(messages: impl Iterator<Item = &'a Flags>) -> String {
    let mut known = Flags::of(Flags::SYSTEM);
    messages.flat_map(Flags::keywords).for_each(|keyword| known.add(keyword));
    flags(&known, false)
}
