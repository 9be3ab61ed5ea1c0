//! The mailbox as one session sees it: numbered at login, marked until QUIT.

use crate::world::mail::{Mailbox, Message};

#[derive(Clone, Debug, Default)]
pub(super) struct Maildrop {
    /// `true` marks a message as deleted. Its number stays.
    messages: Vec<(Message, bool)>,
}

impl Maildrop {
    pub(super) fn open(mailbox: &Mailbox) -> Maildrop {
        Maildrop { messages: mailbox.messages().iter().map(|m| (m.clone(), false)).collect() }
    }

    /// How many messages there were at login.
    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }

    /// The messages that are not marked, with their numbers.
    pub(super) fn present(&self) -> impl Iterator<Item = (usize, &Message)> {
        let numbered = self.messages.iter().enumerate();
        numbered.filter(|(_, (_, deleted))| !deleted).map(|(at, (message, _))| (at + 1, message))
    }

    /// Number and octets of the messages that are not marked.
    pub(super) fn total(&self) -> (usize, usize) {
        self.present()
            .fold((0, 0), |(count, octets), (_, message)| (count + 1, octets + message.bytes.len()))
    }

    /// The message of this number, or why there is none.
    pub(super) fn message(&self, n: &str) -> Result<&Message, String> {
        match self.slot(n).map(|at| &self.messages[at]) {
            Some((message, false)) => Ok(message),
            Some(_) => Err(format!("message {n} is marked as deleted")),
            None => {
                let count = self.len();
                Err(format!("there is no message {n}; {count} in the mailbox"))
            }
        }
    }

    pub(super) fn mark(&mut self, n: &str) {
        if let Some(at) = self.slot(n) {
            self.messages[at].1 = true;
        }
    }

    pub(super) fn unmark_all(&mut self) {
        self.messages.iter_mut().for_each(|(_, deleted)| *deleted = false);
    }

    /// What QUIT removes.
    pub(super) fn marked(&self) -> Vec<u32> {
        self.messages.iter().filter(|(_, deleted)| *deleted).map(|(m, _)| m.uid).collect()
    }

    fn slot(&self, n: &str) -> Option<usize> {
        let at = n.parse::<usize>().ok()?.checked_sub(1)?;
        (at < self.len()).then_some(at)
    }
}
