//! SORT and THREAD (RFC 5256).

use core::cmp::Ordering;

use super::ImapServer;
use crate::protocols::imap::command::{Command, Search};
use crate::protocols::imap::date;
use crate::text::message::field;
use crate::text::mime::address::{Address, list};
use crate::text::mime::coding;
use crate::world::World;
use crate::world::mail::Message;

/// A message by what it is sorted by.
struct Entry {
    /// In the view.
    at: usize,
    uid: u32,
    arrival: u64,
    sent: u64,
    size: usize,
    subject: String,
    from: String,
    to: String,
    cc: String,
}

impl ImapServer {
    pub(super) fn sort(
        &mut self,
        command: &Command,
        by_uid: bool,
        order: &[(bool, String)],
        search: &Search,
        world: &mut World,
    ) {
        let tag = &command.tag;
        let Some(mut entries) = self.entries(tag, search, world) else { return };
        sort(&mut entries, &|a, b| {
            let by_keys = order.iter().map(|(reverse, key)| {
                let found = compare(a, b, key);
                if *reverse { found.reverse() } else { found }
            });
            by_keys.fold(Ordering::Equal, Ordering::then)
        });
        let numbers: Vec<String> =
            entries.iter().map(|e| format!(" {}", e.named(by_uid))).collect();
        self.untagged(format!("SORT{}", numbers.concat()));
        self.ok(tag, "sorted", world);
    }

    pub(super) fn thread(
        &mut self,
        command: &Command,
        by_uid: bool,
        (algorithm, search): (&str, &Search),
        world: &mut World,
    ) {
        let tag = &command.tag;
        if algorithm != "ORDEREDSUBJECT" {
            return self.no(
                tag,
                "BAD",
                &format!("the algorithm {algorithm} is not offered"),
                world,
            );
        }
        let Some(mut entries) = self.entries(tag, search, world) else { return };
        sort(&mut entries, &|a, b| a.sent.cmp(&b.sent));
        // Threads come in the order of their first messages.
        let mut threads: Vec<Vec<Entry>> = Vec::new();
        for entry in entries {
            match threads.iter_mut().find(|thread| thread[0].subject == entry.subject) {
                Some(thread) => thread.push(entry),
                None => threads.push(vec![entry]),
            }
        }
        let shown: Vec<String> = threads.iter().map(|thread| shown(thread, by_uid)).collect();
        let space = if shown.is_empty() { "" } else { " " };
        self.untagged(format!("THREAD{space}{}", shown.concat()));
        self.ok(tag, "put together", world);
    }

    fn entries(&mut self, tag: &str, search: &Search, world: &mut World) -> Option<Vec<Entry>> {
        let found = self.found(tag, search, world)?;
        let view = self.view.as_ref()?;
        let (_, mailbox) = world.mail.by_id(&self.user, view.id)?;
        let entry = |at: usize| Some(Entry::new(at, mailbox.message(view.messages[at].uid)?));
        Some(found.into_iter().filter_map(entry).collect())
    }
}

impl Entry {
    fn new(at: usize, message: &Message) -> Entry {
        let value = |name: &str| field(&message.bytes, name).unwrap_or_default();
        let address = |name: &str| -> String {
            list(value(name).as_bytes())
                .into_iter()
                .find_map(|address| match address {
                    Address::Mailbox { local, .. } => {
                        Some(String::from_utf8_lossy(&local).to_ascii_lowercase())
                    }
                    _ => None,
                })
                .unwrap_or_default()
        };
        // Without a Date that can be read, the arrival counts (RFC 5256 section 2.2).
        let sent = date::header(&value("Date")).map_or(message.received, |(_, sent)| sent);
        Entry {
            at,
            uid: message.uid,
            arrival: message.received.0,
            sent: sent.0,
            size: message.bytes.len(),
            subject: base_subject(&coding::words(value("Subject").as_bytes())),
            from: address("From"),
            to: address("To"),
            cc: address("Cc"),
        }
    }

    fn named(&self, by_uid: bool) -> usize {
        if by_uid { self.uid as usize } else { self.at + 1 }
    }
}

/// By this, and what is equal in the order of the mailbox.
fn sort(entries: &mut [Entry], by: &dyn Fn(&Entry, &Entry) -> Ordering) {
    entries.sort_unstable_by(|a, b| by(a, b).then(a.at.cmp(&b.at)));
}

fn compare(a: &Entry, b: &Entry, key: &str) -> Ordering {
    match key {
        "ARRIVAL" => a.arrival.cmp(&b.arrival),
        "DATE" => a.sent.cmp(&b.sent),
        "SIZE" => a.size.cmp(&b.size),
        "FROM" => a.from.cmp(&b.from),
        "TO" => a.to.cmp(&b.to),
        "CC" => a.cc.cmp(&b.cc),
        _ => a.subject.cmp(&b.subject),
    }
}

/// One thread: its first message, and the others below it (RFC 5256 section 3).
fn shown(thread: &[Entry], by_uid: bool) -> String {
    match thread {
        [] => String::new(),
        [one] => format!("({})", one.named(by_uid)),
        [first, second] => format!("({} {})", first.named(by_uid), second.named(by_uid)),
        [first, rest @ ..] => {
            let below: Vec<String> =
                rest.iter().map(|e| format!("({})", e.named(by_uid))).collect();
            format!("({} {})", first.named(by_uid), below.concat())
        }
    }
}

/// The subject without what answering and forwarding adds (RFC 5256 section 2.1).
fn base_subject(subject: &str) -> String {
    let mut text = subject.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    loop {
        let before = text.len();
        while let Some(rest) = text.strip_suffix("(fwd)") {
            text = rest.trim_end().into();
        }
        if let Some(rest) = without_leader(&text) {
            text = rest.into();
        }
        if let Some(inner) = text.strip_prefix("[fwd:").and_then(|rest| rest.strip_suffix(']')) {
            text = inner.trim().into();
        }
        if text.len() == before {
            return text;
        }
    }
}

/// Without `re:`, `fw:`, `fwd:` with blobs such as `[list]`, or a blob that something follows.
fn without_leader(text: &str) -> Option<&str> {
    let blob = |text: &str| -> Option<usize> {
        let inside = text.strip_prefix('[')?;
        let end = inside.find(['[', ']']).filter(|end| inside[*end..].starts_with(']'))?;
        Some(end + 2)
    };
    let blobs = |mut text| {
        while let Some(length) = blob(text) {
            let (_, rest): (&str, &str) = str::split_at(text, length);
            text = rest.trim_start();
        }
        text
    };
    let behind = blobs(text);
    for word in ["re", "fwd", "fw"] {
        if let Some(rest) = behind.strip_prefix(word) {
            let rest = blob(rest.trim_start()).map_or(rest, |length| &rest.trim_start()[length..]);
            if let Some(rest) = rest.trim_start().strip_prefix(':') {
                return Some(rest.trim_start());
            }
        }
    }
    // A blob alone goes only if it leaves something.
    let length = blob(text)?;
    let rest = text[length..].trim_start();
    (!rest.is_empty() && !rest.starts_with(':')).then_some(rest)
}
