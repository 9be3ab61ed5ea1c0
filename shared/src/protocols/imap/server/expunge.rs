//! Messages go.

use super::ImapServer;
use super::render::Held;
use crate::protocols::imap::command::Args;
use crate::world::World;
use crate::world::mail::Flags;

impl ImapServer {
    pub(super) fn expunge(&mut self, tag: &str, args: &Args, world: &mut World) {
        let Some(view) = &self.view else { return };
        let (id, read_only) = (view.id, view.read_only);
        if let Err(why) = self.may_remove(read_only, id, world) {
            return self.no(tag, "NO", why, world);
        }
        let among = match args {
            Args::Uids(set) => Held { view, saved: &self.saved }.chosen(set, true),
            _ => Some((0..view.messages.len()).collect()),
        };
        let uids: Vec<u32> =
            among.unwrap_or_default().into_iter().map(|at| view.messages[at].uid).collect();
        let Some((_, mailbox)) = world.mail.by_id(&self.user, id) else { return };
        let marked = |uid: &u32| mailbox.message(*uid).is_some_and(|m| m.flags.has(Flags::DELETED));
        let gone: Vec<u32> = uids.into_iter().filter(marked).collect();
        if !gone.is_empty()
            && let Some(mailbox) = world.mail.by_id_mut(&self.user, id)
        {
            mailbox.remove(&gone);
        }
        self.ok(tag, "what was marked is gone", world);
    }

    /// Whether messages may be removed from the mailbox now. A POP3 session that has it to itself
    /// counts on them (RFC 1939 section 3).
    pub(super) fn may_remove(
        &self,
        read_only: bool,
        id: u32,
        world: &World,
    ) -> Result<(), &'static str> {
        let locked = world.mail.by_id(&self.user, id).is_some_and(|(_, m)| m.is_locked());
        match (read_only, locked) {
            (true, _) => Err("[READ-ONLY] it is open for reading only"),
            (_, true) => Err("[INUSE] a POP3 session has this mailbox to itself"),
            _ => Ok(()),
        }
    }
}
