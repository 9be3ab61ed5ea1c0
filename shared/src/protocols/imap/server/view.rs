//! The mailbox as this session has been told of it: which numbers stand for which messages.

use super::ImapServer;
use super::render::flags;
use crate::world::World;
use crate::world::mail::Flags;

#[derive(Clone, Debug)]
pub(super) struct View {
    /// The mailbox's id.
    pub(super) id: u32,
    pub(super) read_only: bool,
    /// Number 1 first.
    pub(super) messages: Vec<Told>,
}

/// A message, as it was told.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) uid: u32,
    pub(super) flags: Flags,
    /// This session is the first to see it.
    pub(super) recent: bool,
}

impl View {
    /// Messages that arrived since; `true`: there are some.
    fn grow(&mut self, user: &str, world: &mut World) -> bool {
        let last = self.messages.last().map_or(0, |message| message.uid);
        let Some((_, mailbox)) = world.mail.by_id(user, self.id) else { return false };
        let mut recent_from = mailbox.recent_from();
        let new: Vec<Told> = mailbox
            .messages()
            .iter()
            .filter(|message| message.uid > last)
            .map(|message| Told { uid: message.uid, flags: message.flags.clone(), recent: false })
            .collect();
        if !self.read_only && !new.is_empty() {
            recent_from = world.mail.claim_recent(user, self.id).unwrap_or(recent_from);
        }
        let grown = !new.is_empty();
        self.messages
            .extend(new.into_iter().map(|told| Told { recent: told.uid >= recent_from, ..told }));
        grown
    }

    pub(super) fn recent(&self) -> usize {
        self.messages.iter().filter(|message| message.recent).count()
    }
}

impl ImapServer {
    /// Opens a mailbox.
    pub(super) fn open_view(&mut self, id: u32, read_only: bool, world: &mut World) {
        let mut view = View { id, read_only, messages: Vec::new() };
        view.grow(&self.user, world);
        self.view = Some(view);
    }

    /// Tells what others have changed. `false`: the session is over, because its mailbox is gone.
    pub(super) fn update(&mut self, may_expunge: bool, world: &mut World) -> bool {
        let Some(mut view) = self.view.take() else { return true };
        let Some((_, mailbox)) = world.mail.by_id(&self.user, view.id) else {
            // RFC 2180 section 3.3: a server may say good bye.
            self.untagged("BYE the mailbox was removed by somebody else");
            self.finish();
            return false;
        };
        let mut lines = Vec::new();
        if may_expunge {
            let mut number = 1;
            view.messages.retain(|told| {
                let there = mailbox.message(told.uid).is_some();
                if there {
                    number += 1;
                } else {
                    lines.push(format!("{number} EXPUNGE"));
                }
                there
            });
        }
        for (at, told) in view.messages.iter_mut().enumerate() {
            let Some(message) = mailbox.message(told.uid) else { continue };
            if message.flags != told.flags {
                told.flags = message.flags.clone();
                let flags = flags(&told.flags, told.recent && !self.rev2);
                let uid = if self.rev2 { format!("UID {} ", told.uid) } else { String::new() };
                lines.push(format!("{} FETCH ({uid}FLAGS ({flags}))", at + 1));
            }
        }
        if view.grow(&self.user, world) {
            lines.push(format!("{} EXISTS", view.messages.len()));
            if !self.rev2 {
                lines.push(format!("{} RECENT", view.recent()));
            }
        }
        self.view = Some(view);
        lines.iter().for_each(|line| self.untagged(line));
        true
    }
}
