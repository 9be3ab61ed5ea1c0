//! What the client knows of the server and of the mailbox that is open.

use crate::machine::{Fact, Note};
use crate::protocols::imap::response::{Code, Data, Listed};
use crate::protocols::imap::utf7;

/// Names of mailboxes that are remembered; a server may have many more.
const NAMES: usize = 1000;

#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    pub(super) capabilities: Vec<String>,
    pub(super) enabled: Vec<String>,
    pub(super) user: Option<String>,
    /// Names as on the wire, from LIST.
    pub(super) listed: Vec<Listed>,
    /// The mailbox that is open, as on the wire.
    pub(super) mailbox: Option<String>,
    pub(super) read_only: bool,
    pub(super) exists: Option<u32>,
    recent: Option<u32>,
    unseen: Option<u64>,
    pub(super) uid_next: Option<u64>,
    uid_validity: Option<u64>,
    flags: Vec<String>,
    permanent: Option<Vec<String>>,
    /// Number and flags of the message that was told of last.
    last_flags: Option<(u32, String)>,
}

impl Known {
    /// Another mailbox is about to be opened, or none.
    pub(super) fn leave_mailbox(&mut self) {
        *self = Known {
            capabilities: core::mem::take(&mut self.capabilities),
            enabled: core::mem::take(&mut self.enabled),
            user: self.user.take(),
            listed: core::mem::take(&mut self.listed),
            ..Known::default()
        };
    }

    /// Takes in what a response code says.
    pub(super) fn code(&mut self, code: &Code) {
        match code {
            Code::PermanentFlags(flags) => self.permanent = Some(flags.clone()),
            Code::UidNext(n) => self.uid_next = Some(*n),
            Code::UidValidity(n) => self.uid_validity = Some(*n),
            Code::Unseen(n) => self.unseen = Some(*n),
            Code::Other(name, _) if name == "READ-ONLY" => self.read_only = true,
            Code::Other(name, _) if name == "READ-WRITE" => self.read_only = false,
            Code::Other(name, _) if name == "CLOSED" => self.leave_mailbox(),
            _ => {}
        }
    }

    /// Takes in untagged data. What cannot be is said.
    pub(super) fn data(&mut self, data: &Data) -> Option<Note> {
        match data {
            Data::Exists(n) => {
                let before = self.exists.replace(*n);
                if before.is_some_and(|before| before > *n) {
                    let text = format!(
                        "The server says that there are {n} messages now, fewer than before, without an EXPUNGE for those that are gone."
                    );
                    return Some(Note::warning(text).rule(3501, "7.3.1"));
                }
            }
            Data::Recent(n) => self.recent = Some(*n),
            Data::Expunge(n) => {
                let exists = self.exists.unwrap_or(0);
                if *n == 0 || *n > exists {
                    let text = format!("There is no message {n}; there are {exists}.");
                    return Some(Note::warning(text).rule(3501, "7.4.1"));
                }
                self.exists = Some(exists - 1);
                self.last_flags = match self.last_flags.take() {
                    Some((number, flags)) if number > *n => Some((number - 1, flags)),
                    Some((number, flags)) if number < *n => Some((number, flags)),
                    _ => None,
                };
            }
            Data::Vanished(set, false) => {
                let gone = u32::try_from(set.size()).unwrap_or(u32::MAX);
                self.exists = self.exists.map(|exists| exists.saturating_sub(gone));
            }
            Data::Flags(flags) => self.flags = flags.clone(),
            Data::Enabled(words) => {
                self.enabled.extend(words.iter().cloned());
                self.enabled.truncate(NAMES);
            }
            Data::List(listed) if self.listed.len() < NAMES => {
                self.listed.retain(|other| other.name != listed.name);
                self.listed.push(listed.clone());
            }
            Data::Fetch(fetched) => {
                if let Some(flags) = &fetched.flags {
                    self.last_flags = Some((fetched.number, flags.join(" ")));
                }
            }
            _ => {}
        }
        None
    }

    /// Names and quoted strings are UTF-8 from now on.
    pub(super) fn is_utf8(&self) -> bool {
        let modern = ["IMAP4rev2", "UTF8=ACCEPT"];
        self.enabled.iter().any(|word| modern.iter().any(|m| m.eq_ignore_ascii_case(word)))
    }

    pub(super) fn facts(&self) -> Vec<Fact> {
        let mut facts = Vec::new();
        let mut add = |name, value: Option<String>| {
            facts.extend(value.map(|value| Fact::new(name, value)));
        };
        let list = |words: &[String]| (!words.is_empty()).then(|| words.join(", "));
        let number = |n: Option<u64>| n.map(|n| n.to_string());
        add("capabilities", list(&self.capabilities));
        add("enabled", list(&self.enabled));
        add("user", self.user.clone());
        add("mailboxes", (!self.listed.is_empty()).then(|| self.listed.len().to_string()));
        add(
            "mailbox",
            self.mailbox.as_ref().map(|name| {
                let name = utf7::decode(name).unwrap_or_else(|| name.clone());
                if self.read_only { format!("{name}, for reading only") } else { name }
            }),
        );
        add("messages", self.exists.map(|n| n.to_string()));
        add("recent", self.recent.map(|n| n.to_string()));
        add("first unseen", number(self.unseen));
        add("next UID", number(self.uid_next));
        add("UIDVALIDITY", number(self.uid_validity));
        add("flags", list(&self.flags));
        add("flags that can be changed", self.permanent.as_deref().and_then(list));
        add(
            "told last",
            self.last_flags.as_ref().map(|(number, flags)| {
                let flags = if flags.is_empty() { "no flags" } else { flags };
                format!("message {number}: {flags}")
            }),
        );
        facts
    }
}
