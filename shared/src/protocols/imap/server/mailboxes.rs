//! Making, removing, renaming and counting mailboxes; quota.

use super::ImapServer;
use crate::protocols::imap::command::{Args, Command};
use crate::world::World;
use crate::world::mail::{DELIMITER, MAILBOXES, Mailbox, QUOTA, Refusal};

/// The most octets of a name: what file systems take too.
const NAME_LIMIT: usize = 255;

/// Levels of a name.
const LEVELS_LIMIT: usize = 20;

/// What a mailbox can be made for (RFC 6154).
const SPECIAL_USES: [&str; 5] = ["\\Archive", "\\Drafts", "\\Junk", "\\Sent", "\\Trash"];

impl ImapServer {
    pub(super) fn mailbox_command(&mut self, command: &Command, world: &mut World) {
        let tag = command.tag.clone();
        let done = match (command.verb.name, &command.args) {
            ("CREATE", Args::Mailbox { name, parameters }) => self.create(name, parameters, world),
            ("DELETE", Args::Mailbox { name, .. }) => self.delete(name, world),
            ("RENAME", Args::Rename { from, to }) => self.rename(from, to, world),
            ("SUBSCRIBE", Args::Mailbox { name, .. }) => match self.existing(name, world) {
                Ok(name) if world.mail.subscribe(&self.user, &name) => Ok("subscribed".into()),
                Ok(_) => Err(format!("[LIMIT] at most {MAILBOXES} names")),
                Err(why) => Err(format!("[NONEXISTENT] {why}")),
            },
            ("UNSUBSCRIBE", Args::Mailbox { name, .. }) => {
                self.named(name).and_then(|name| match world.mail.unsubscribe(&self.user, &name) {
                    true => Ok("no longer subscribed".into()),
                    false => Err("it is not subscribed".into()),
                })
            }
            ("GETQUOTAROOT", Args::Mailbox { name, .. }) => {
                self.existing(name, world).map(|name| {
                    let shown = self.shown(&name);
                    self.untagged(format!("QUOTAROOT {shown} \"\""));
                    self.quota(world);
                    "one root for all mailboxes".into()
                })
            }
            ("GETQUOTA", Args::Words(words)) if words == &[""] => {
                self.quota(world);
                Ok("that is the limit".into())
            }
            ("GETQUOTA", _) => Err("[NONEXISTENT] the only quota root is \"\"".into()),
            ("SETQUOTA", _) => Err("[NOPERM] the limit is the same for all".into()),
            _ => Err("this server does not do that".into()),
        };
        match done {
            Ok(text) => self.ok(&tag, &text, world),
            Err(text) => self.no(&tag, "NO", &text, world),
        }
    }

    pub(super) fn status_of(&mut self, tag: &str, name: &str, items: &[String], world: &mut World) {
        let name = match self.existing(name, world) {
            Ok(name) => name,
            Err(why) => return self.no(tag, "NO", &format!("[NONEXISTENT] {why}"), world),
        };
        let Some(mailbox) = world.mail.named(&self.user, &name) else { return };
        match status_items(mailbox, items) {
            Ok(values) => {
                let shown = self.shown(&name);
                self.untagged(format!("STATUS {shown} ({values})"));
                self.ok(tag, "counted", world);
            }
            Err(item) => {
                self.no(tag, "BAD", &format!("there is no item {item} of STATUS here"), world);
            }
        }
    }

    fn create(
        &mut self,
        name: &str,
        parameters: &[String],
        world: &mut World,
    ) -> Result<String, String> {
        // A delimiter at the end only says that there will be mailboxes below.
        let name = self.named(name.strip_suffix(DELIMITER).unwrap_or(name))?;
        let special = match parameters {
            [] => None,
            [word, uses] if word.eq_ignore_ascii_case("USE") => {
                let wanted = uses.trim_matches(['(', ')']);
                let known = SPECIAL_USES.into_iter().find(|u| u.eq_ignore_ascii_case(wanted));
                Some(known.ok_or("[USEATTR] there is no such use, or more than one")?)
            }
            _ => return Err("[CANNOT] the only parameter is (USE (use))".into()),
        };
        self.fits(&name)?;
        world.mail.create(&self.user, &name, special).map_err(|why| self.why(why, &name))?;
        Ok("it is there".into())
    }

    fn delete(&mut self, name: &str, world: &mut World) -> Result<String, String> {
        let name = self.existing(name, world).map_err(|why| format!("[NONEXISTENT] {why}"))?;
        let id = world.mail.named(&self.user, &name).map(Mailbox::id);
        if self.view.as_ref().is_some_and(|view| Some(view.id) == id) {
            return Err("[INUSE] it is selected; CLOSE or UNSELECT it first".into());
        }
        world.mail.delete(&self.user, &name).map_err(|why| self.why(why, &name))?;
        Ok("it is gone".into())
    }

    fn rename(&mut self, from: &str, to: &str, world: &mut World) -> Result<String, String> {
        let from = self.existing(from, world).map_err(|why| format!("[NONEXISTENT] {why}"))?;
        let to = self.named(to)?;
        self.fits(&to)?;
        world.mail.rename(&self.user, &from, &to).map_err(|why| self.why(why, &to))?;
        Ok("renamed".into())
    }

    /// Whether it can be the name of a mailbox.
    fn fits(&self, name: &str) -> Result<(), String> {
        let levels: Vec<&str> = name.split(DELIMITER).collect();
        let wrong = |c: char| c.is_control() || matches!(c, '%' | '*');
        if name.len() > NAME_LIMIT || levels.len() > LEVELS_LIMIT {
            Err(format!(
                "[CANNOT] a name has at most {NAME_LIMIT} octets and {LEVELS_LIMIT} levels"
            ))
        } else if name.contains(wrong) || levels.iter().any(|level| level.is_empty()) {
            Err("[CANNOT] a name has no %, *, control characters or empty levels".into())
        } else {
            Ok(())
        }
    }

    fn why(&self, refusal: Refusal, name: &str) -> String {
        let name = self.shown(name);
        match refusal {
            Refusal::Exists => format!("[ALREADYEXISTS] there is a mailbox {name}, or it is below"),
            Refusal::Missing => format!("[NONEXISTENT] there is no mailbox {name}"),
            Refusal::HasChildren => format!("[HASCHILDREN] there are mailboxes below {name}"),
            Refusal::Inbox => "[CANNOT] INBOX is always there".into(),
            Refusal::TooMany => format!("[LIMIT] at most {MAILBOXES} mailboxes"),
            Refusal::Locked => "[INUSE] a POP3 session has the INBOX to itself".into(),
        }
    }

    fn quota(&mut self, world: &World) {
        // In units of 1024 octets (RFC 9208 section 5.1).
        let used = world.mail.octets(&self.user).div_ceil(1024);
        self.untagged(format!("QUOTA \"\" (STORAGE {used} {})", QUOTA / 1024));
    }
}

/// Values of STATUS, or the item that there is not.
pub(super) fn status_items(mailbox: &Mailbox, items: &[String]) -> Result<String, String> {
    let with = |flag: &str, set: bool| {
        mailbox.messages().iter().filter(|message| message.flags.has(flag) == set).count() as u64
    };
    let values = items.iter().map(|item| {
        let value = match item.as_str() {
            "MESSAGES" => mailbox.messages().len() as u64,
            "UIDNEXT" => mailbox.next_uid().into(),
            "UIDVALIDITY" => mailbox.id().into(),
            "UNSEEN" => with("\\Seen", false),
            "DELETED" => with("\\Deleted", true),
            "SIZE" => mailbox.octets(),
            "RECENT" => {
                let from = mailbox.recent_from();
                mailbox.messages().iter().filter(|message| message.uid >= from).count() as u64
            }
            _ => return Err(item.clone()),
        };
        Ok(format!("{item} {value}"))
    });
    values.collect::<Result<Vec<String>, String>>().map(|values| values.join(" "))
}
