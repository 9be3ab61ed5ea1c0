//! What is different from an earlier world, in words.
//!
//! What nobody touched is shared between a world and its copies, so that most of it is found equal
//! without a look at its octets.

use std::sync::Arc;

use super::files::{Content, Node};
use super::mail::{INBOX, Mail, Mailbox, Message};
use super::news::{Article, Group};
use super::{Accounts, Files, News, World};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Added,
    Changed,
    Removed,
}

impl How {
    pub fn word(self) -> &'static str {
        match self {
            How::Added => "added",
            How::Changed => "changed",
            How::Removed => "removed",
        }
    }
}

/// The thing that changed, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Thing {
    Account(String),
    /// User and name.
    Mailbox(String, String),
    /// A file or folder, by its path.
    File(String),
    Group(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub thing: Thing,
    pub how: How,
    /// A short line, with the name: `student: 1 message added`.
    pub words: String,
}

impl Change {
    fn new(thing: Thing, how: How, words: String) -> Change {
        Change { thing, how, words }
    }
}

impl World {
    /// Accounts, mailboxes, files, groups, each in the order of its names.
    pub fn changes_since(&self, before: &World) -> Vec<Change> {
        let mut changes = Vec::new();
        accounts(&self.accounts, &before.accounts, &mut changes);
        for (user, _) in self.mail.iter() {
            mailboxes(user, &self.mail, &before.mail, &mut changes);
        }
        files(&self.files, &before.files, &mut changes);
        groups(&self.news, &before.news, &mut changes);
        changes
    }
}

/// Of a message, by the mailbox as it was; `None` if it is the same.
pub fn of_message(message: &Message, before: Option<&Mailbox>) -> Option<How> {
    match before.and_then(|mailbox| mailbox.message(message.uid)) {
        None => Some(How::Added),
        Some(old) if !same(&old.bytes, &message.bytes) => Some(How::Changed),
        Some(old) => (old.flags != message.flags).then_some(How::Changed),
    }
}

/// Of an article, by its group as it was.
pub fn of_article(number: u64, article: &Arc<Article>, before: Option<&Group>) -> Option<How> {
    match before.and_then(|group| group.article(number)) {
        None => Some(How::Added),
        Some(old) if Arc::ptr_eq(old, article) || same(&old.bytes, &article.bytes) => None,
        Some(_) => Some(How::Changed),
    }
}

fn accounts(now: &Accounts, before: &Accounts, changes: &mut Vec<Change>) {
    let mut say = |user: &str, how, words| {
        changes.push(Change::new(Thing::Account(user.into()), how, format!("{user}: {words}")));
    };
    for (user, account) in now.iter() {
        match before.get(user) {
            None => say(user, How::Added, "account added"),
            Some(old) if old.password != account.password => {
                say(user, How::Changed, "password changed");
            }
            Some(_) => {}
        }
    }
    for (user, _) in before.iter().filter(|(user, _)| now.get(user).is_none()) {
        say(user, How::Removed, "account removed");
    }
}

fn mailboxes(user: &str, now: &Mail, before: &Mail, changes: &mut Vec<Change>) {
    let mut say = |name: &str, how, words: String| {
        let thing = Thing::Mailbox(user.into(), name.into());
        changes.push(Change::new(thing, how, format!("{user}: {words}")));
    };
    for (name, mailbox) in now.mailboxes(user) {
        let place = if name == INBOX { String::new() } else { format!("{name}: ") };
        let Some((old_name, old)) = before.by_id(user, mailbox.id()) else {
            say(name, How::Added, format!("mailbox {name} made"));
            continue;
        };
        if old_name != name {
            say(name, How::Changed, format!("mailbox {old_name} is {name} now"));
        }
        let of = |how| {
            mailbox.messages().iter().filter(|m| of_message(m, Some(old)) == Some(how)).count()
        };
        let gone = old.messages().iter().filter(|m| mailbox.message(m.uid).is_none()).count();
        for (how, count) in
            [(How::Added, of(How::Added)), (How::Changed, of(How::Changed)), (How::Removed, gone)]
        {
            let what = counted(count, "message");
            match how {
                _ if count == 0 => {}
                // The octets of a message stay as they are.
                How::Changed => say(name, how, format!("{place}flags of {what} changed")),
                _ => say(name, how, format!("{place}{what} {}", how.word())),
            }
        }
    }
    for (name, _) in before.mailboxes(user).filter(|(_, old)| now.by_id(user, old.id()).is_none()) {
        say(name, How::Removed, format!("mailbox {name} removed"));
    }
    for name in now.subscriptions(user).filter(|name| !before.is_subscribed(user, name)) {
        say(name, How::Changed, format!("subscribed to {name}"));
    }
    for name in before.subscriptions(user).filter(|name| !now.is_subscribed(user, name)) {
        say(name, How::Changed, format!("not subscribed to {name} any more"));
    }
}

/// Paths with the nodes that are there in one world and not in the other.
type Nodes<'a> = Vec<(String, &'a Node)>;

fn files(now: &Files, before: &Files, changes: &mut Vec<Change>) {
    let (Some(now), Some(before)) = (now.get("/"), before.get("/")) else { return };
    let (mut added, mut removed) = (Nodes::new(), Nodes::new());
    folder("", now, before, &mut added, &mut removed, changes);
    for (path, node) in removed {
        let moved = added.iter().position(|(_, other)| is_same_node(node, other));
        let (thing, how, words) = match moved.map(|at| added.remove(at)) {
            Some((to, _)) => (to.clone(), How::Changed, format!("{path} is {to} now")),
            None => (path.clone(), How::Removed, format!("{path} removed")),
        };
        changes.push(Change::new(Thing::File(thing), how, words));
    }
    for (path, node) in added {
        let words = match node.content() {
            Some(content) => format!("{path} added, {}", octets(content)),
            None => format!("folder {path} made"),
        };
        changes.push(Change::new(Thing::File(path), How::Added, words));
    }
}

fn folder<'a>(
    path: &str,
    now: &'a Node,
    before: &'a Node,
    added: &mut Nodes<'a>,
    removed: &mut Nodes<'a>,
    changes: &mut Vec<Change>,
) {
    for (name, node) in now.entries() {
        let path = format!("{path}/{name}");
        let old = before.entries().find(|(other, _)| *other == name).map(|(_, old)| old);
        match (old, node.content()) {
            (None, _) => added.push((path, node)),
            (Some(old), None) if old.is_folder() => {
                folder(&path, node, old, added, removed, changes);
            }
            (Some(old), Some(content)) if !old.is_folder() => {
                let words = match old.content() {
                    Some(old) if is_same(old, content) => None,
                    _ => Some(format!("{path} changed, {}", octets(content))),
                };
                let dated = old.modified() != node.modified();
                let words = words.or_else(|| dated.then(|| format!("{path} has another date")));
                changes
                    .extend(words.map(|words| Change::new(Thing::File(path), How::Changed, words)));
            }
            (Some(old), _) => {
                removed.push((path.clone(), old));
                added.push((path, node));
            }
        }
    }
    for (name, old) in before.entries() {
        if !now.entries().any(|(other, _)| other == name) {
            removed.push((format!("{path}/{name}"), old));
        }
    }
}

/// Whether one is the other, moved.
fn is_same_node(one: &Node, other: &Node) -> bool {
    match (one.content(), other.content()) {
        (Some(one), Some(other)) => !one.is_empty() && is_same(one, other),
        (None, None) => {
            let (mut one, mut other) = (one.entries(), other.entries());
            let first = one.next().zip(other.next());
            first.is_some_and(|(a, b)| a.0 == b.0 && is_same_node(a.1, b.1))
        }
        _ => false,
    }
}

fn is_same(one: &Content, other: &Content) -> bool {
    match (one, other) {
        (Content::Bytes(one), Content::Bytes(other)) => same(one, other),
        (Content::Pattern(one), Content::Pattern(other)) => one == other,
        _ => false,
    }
}

fn groups(now: &News, before: &News, changes: &mut Vec<Change>) {
    let mut say = |name: &str, how, words: String| {
        changes.push(Change::new(Thing::Group(name.into()), how, format!("{name}: {words}")));
    };
    for (name, group) in now.groups() {
        let Some(old) = before.group(name) else {
            say(name, How::Added, "newsgroup made".into());
            continue;
        };
        let all = |group: &Group, how, other: &Group| {
            let numbered = group.range(0, u64::MAX);
            numbered.filter(|(n, a)| of_article(*n, a, Some(other)) == Some(how)).count()
        };
        for (how, count) in [
            (How::Added, all(group, How::Added, old)),
            (How::Changed, all(group, How::Changed, old)),
            (How::Removed, all(old, How::Added, group)),
        ] {
            if count > 0 {
                say(name, how, format!("{} {}", counted(count, "article"), how.word()));
            }
        }
    }
    for (name, _) in before.groups().filter(|(name, _)| now.group(name).is_none()) {
        say(name, How::Removed, "newsgroup removed".into());
    }
}

fn same(one: &Arc<[u8]>, other: &Arc<[u8]>) -> bool {
    Arc::ptr_eq(one, other) || one == other
}

fn octets(content: &Content) -> String {
    match content.len() {
        1 => "1 octet".into(),
        n => format!("{n} octets"),
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Tick;
    use crate::world::{Date, EPOCH, USER};

    /// What a change of the first world says.
    fn words(change: impl FnOnce(&mut World)) -> Vec<String> {
        let before = World::new(EPOCH);
        let mut world = before.clone();
        change(&mut world);
        let words = |changes: Vec<Change>| changes.into_iter().map(|change| change.words).collect();
        assert_eq!(before.changes_since(&before.clone()), [], "a copy is the same");
        words(world.changes_since(&before))
    }

    #[test]
    fn mail_is_counted_by_mailbox() {
        let arrived = words(|world| {
            assert!(world.mail_arrives("you", Tick::default()));
            assert!(world.mail_arrives(USER, Tick::default()));
            assert!(world.mail_arrives(USER, Tick::default()));
        });
        assert_eq!(arrived, ["student: 2 messages added", "you: 1 message added"]);
        let read = words(|world| {
            let inbox = world.mail.mailbox_mut(USER).expect("the first account has an INBOX");
            inbox.mark_seen(inbox.messages()[2].uid);
            inbox.remove(&[inbox.messages()[1].uid]);
        });
        assert_eq!(read, ["student: flags of 1 message changed", "student: 1 message removed"]);
    }

    #[test]
    fn mailboxes_keep_their_names_apart() {
        let moved = words(|world| {
            let mail = &mut world.mail;
            mail.create(USER, "New", None).expect("the name is free");
            mail.rename(USER, "Sent", "Old").expect("there is a mailbox of that name");
            mail.delete(USER, "Trash").expect("nothing is below it");
            assert!(mail.unsubscribe(USER, "Drafts"));
        });
        assert_eq!(
            moved,
            [
                "student: mailbox New made",
                "student: mailbox Sent is Old now",
                "student: mailbox Trash removed",
                "student: not subscribed to Drafts any more",
            ]
        );
    }

    #[test]
    fn files_are_added_changed_moved_and_removed() {
        let now = Date(EPOCH + 60);
        let bytes = |text: &str| Content::Bytes(text.as_bytes().into());
        let changed = words(|world| {
            let files = &mut world.files;
            files.write("/upload/x.txt", bytes("hello"), now).expect("there is room");
            files.write("/hello.txt", bytes("x"), now).expect("there is room");
            files.rename("/unix.txt", "/upload/u.txt", now).expect("it is there");
            files.remove_file("/noeol.txt", now).expect("it is there");
            files.make_folder("/d", now).expect("the name is free");
            files.rename("/deep", "/deeper", now).expect("it is there");
            files.set_modified("/readme.txt", now).expect("it is there");
        });
        assert_eq!(
            changed,
            [
                "/hello.txt changed, 1 octet",
                "/readme.txt has another date",
                "/deep is /deeper now",
                "/noeol.txt removed",
                "/unix.txt is /upload/u.txt now",
                "folder /d made",
                "/upload/x.txt added, 5 octets",
            ]
        );
        // The same octets again are no change of the content.
        let again = words(|world| {
            let old = world.files.get("/hello.txt").map(Node::modified).expect("it is there");
            world
                .files
                .write("/hello.txt", bytes("Hello, world!\r\n"), old)
                .expect("there is room");
        });
        assert_eq!(again, [""; 0]);
    }

    #[test]
    fn news_and_accounts_tell_what_came_and_went() {
        let article = b"From: a@b\r\nNewsgroups: misc.test\r\nSubject: s\r\nDate: d\r\nMessage-ID: <n@b>\r\n\r\nx\r\n";
        let changed = words(|world| {
            world.news.post(article, Date(EPOCH)).expect("it is well formed");
            let (_, old) = world
                .news
                .group("comp.lang.python")
                .and_then(|g| g.next_after(0))
                .expect("it has articles");
            let id = old.id.clone();
            world.news.expire(&id);
            world.news.add_group("lab.new", "", 'y', Date(EPOCH));
            world.accounts.add("carol", "x", "Carol");
            world.accounts.add("bob", "other", "Bob Baker");
        });
        assert_eq!(
            changed,
            [
                "bob: password changed",
                "carol: account added",
                "comp.lang.python: 1 article removed",
                "lab.new: newsgroup made",
                "misc.test: 1 article added",
            ]
        );
    }
}
