//! FETCH.

use core::ops::Range;
use std::collections::VecDeque;
use std::sync::Arc;

use super::ImapServer;
use super::render::{self, flags, structure};
use super::reply::{Line, Out};
use crate::protocols::imap::command::{Command, Item, Section, What};
use crate::protocols::imap::date;
use crate::protocols::imap::set::Set;
use crate::text::message::fields;
use crate::text::mime::{Content, Part};
use crate::world::World;
use crate::world::mail::{Flags, Message};

/// Octets of a message: where they stand, or made up.
enum Octets {
    Of(Arc<[u8]>, Range<usize>),
    /// There is no such part.
    Nil,
}

impl ImapServer {
    pub(super) fn fetch(
        &mut self,
        command: &Command,
        by_uid: bool,
        set: &Set,
        (items, modified): (&[Item], bool),
        world: &mut World,
    ) {
        let tag = &command.tag;
        let other = items.iter().find_map(|item| match item {
            Item::Other(name) => Some(name.clone()),
            _ => None,
        });
        if modified || other.is_some() {
            let what = other.unwrap_or_else(|| "CHANGEDSINCE".into());
            return self.no(tag, "BAD", &format!("{what} is not offered here"), world);
        }
        let Some(chosen) = self.chosen(tag, set, by_uid, world) else { return };
        let mut items = items.to_vec();
        if by_uid && !items.contains(&Item::Uid) {
            items.insert(0, Item::Uid);
        }
        let reads = items.iter().any(|item| {
            matches!(
                item,
                Item::Section { peek: false, .. }
                    | Item::Binary { peek: false, .. }
                    | Item::Rfc822(What::All | What::Text)
            )
        });
        let mut job = Job { items, messages: VecDeque::new() };
        let mut gone = false;
        for at in chosen {
            match self.fetched(at, reads, &job.items, world) {
                Some(ready) => job.messages.push_back(ready),
                None => gone = true,
            }
        }
        let undecodable = job.is_undecodable();
        self.queue.push_back(Out::Fetch(job));
        if undecodable {
            self.no(tag, "NO", "[UNKNOWN-CTE] a part's encoding cannot be undone", world);
        } else if gone && !by_uid {
            self.no(tag, "NO", "[EXPUNGEISSUED] some of them are gone", world);
        } else {
            self.ok(tag, "that was all", world);
        }
    }

    /// A message as it is now; if it is read, it is marked. `None`: it is gone.
    fn fetched(
        &mut self,
        at: usize,
        reads: bool,
        items: &[Item],
        world: &mut World,
    ) -> Option<Ready> {
        let view = self.view.as_mut()?;
        let (id, told) = (view.id, view.messages.get_mut(at)?);
        let mut message = world.mail.by_id(&self.user, id)?.1.message(told.uid)?.clone();
        let mut with_flags = items.contains(&Item::Flags);
        let mut more = None;
        if reads && !view.read_only && !message.flags.has(Flags::SEEN) {
            world.mail.by_id_mut(&self.user, id)?.mark_seen(message.uid);
            message.flags.add(Flags::SEEN);
            // The flags have changed by this command: that is told with it.
            more = (!with_flags).then_some(Item::Flags);
            with_flags = true;
        }
        if with_flags {
            told.flags = message.flags.clone();
        }
        Some(Ready { number: at + 1, message, recent: told.recent && !self.rev2, more })
    }
}

/// What FETCH still has to give.
#[derive(Clone, Debug)]
pub(super) struct Job {
    items: Vec<Item>,
    messages: VecDeque<Ready>,
}

#[derive(Clone, Debug)]
struct Ready {
    number: usize,
    message: Message,
    recent: bool,
    /// Beside the items that were asked for.
    more: Option<Item>,
}

impl Job {
    pub(super) fn next_line(&mut self) -> Option<Line> {
        let Ready { number, message, recent, more } = self.messages.pop_front()?;
        let parts = Part::parse(&message.bytes);
        let mut line = Line::default();
        line.text(&format!("* {number} FETCH ("));
        for (n, item) in self.items.iter().chain(&more).enumerate() {
            if n > 0 {
                line.text(" ");
            }
            put_item(&mut line, item, &message, &parts, recent);
        }
        line.text(")\r\n");
        Some(line)
    }

    /// Whether BINARY asks for a part whose encoding is unknown.
    fn is_undecodable(&self) -> bool {
        let asked = self.items.iter().filter_map(|item| match item {
            Item::Binary { part, .. } | Item::BinarySize(part) => Some(part),
            _ => None,
        });
        asked.into_iter().any(|part| {
            self.messages.iter().any(|ready| {
                let bytes = &ready.message.bytes;
                decoded(bytes, &Part::parse(bytes), part).is_none()
            })
        })
    }
}

fn put_item(line: &mut Line, item: &Item, message: &Message, parts: &Part, recent: bool) {
    let bytes = &message.bytes;
    match item {
        Item::Flags => line.text(&format!("FLAGS ({})", flags(&message.flags, recent))),
        Item::Uid => line.text(&format!("UID {}", message.uid)),
        Item::InternalDate => {
            line.text(&format!("INTERNALDATE \"{}\"", date::internal(message.received)));
        }
        Item::Size => line.text(&format!("RFC822.SIZE {}", bytes.len())),
        Item::Envelope => {
            line.text("ENVELOPE ");
            render::envelope(&mut line.bytes, bytes, parts);
        }
        Item::Body => {
            line.text("BODY ");
            structure(&mut line.bytes, bytes, parts, false);
        }
        Item::BodyStructure => {
            line.text("BODYSTRUCTURE ");
            structure(&mut line.bytes, bytes, parts, true);
        }
        Item::Section { section, partial, .. } => {
            line.text(&format!("BODY[{}]", section.text()));
            if let Some((origin, _)) = partial {
                line.text(&format!("<{origin}>"));
            }
            put_octets(line, cut(octets(bytes, parts, section), *partial));
        }
        Item::Rfc822(what) => {
            let name = match what {
                What::Header => "RFC822.HEADER",
                What::Text => "RFC822.TEXT",
                _ => "RFC822",
            };
            line.text(name);
            let section = Section { part: Vec::new(), what: what.clone() };
            put_octets(line, octets(bytes, parts, &section));
        }
        Item::Binary { part, partial, .. } => {
            line.text(&format!("BINARY[{}]", path(part)));
            if let Some((origin, _)) = partial {
                line.text(&format!("<{origin}>"));
            }
            match decoded(bytes, parts, part) {
                Some(content) => {
                    let all = 0..content.len();
                    let binary = content.contains(&0);
                    let octets = cut(Octets::Of(content, all), *partial);
                    put_binary(line, octets, binary);
                }
                None => line.text(" NIL"),
            }
        }
        Item::BinarySize(part) => {
            let size = decoded(bytes, parts, part).map(|content| content.len());
            line.text(&format!("BINARY.SIZE[{}] {}", path(part), size.unwrap_or(0)));
        }
        Item::Other(_) => {}
    }
}

fn put_octets(line: &mut Line, octets: Octets) {
    match octets {
        // A literal has no NUL; a message that has one is shown with another octet there, as
        // RFC 3501 knows no way to send it.
        Octets::Of(bytes, range) if bytes[range.clone()].contains(&0) => {
            let fit: Vec<u8> =
                bytes[range].iter().map(|b| if *b == 0 { 0x80 } else { *b }).collect();
            put_octets(line, Octets::Of(fit.as_slice().into(), 0..fit.len()));
        }
        octets => put_binary(line, octets, false),
    }
}

fn put_binary(line: &mut Line, octets: Octets, binary: bool) {
    match octets {
        Octets::Of(bytes, range) => {
            line.text(if binary { " ~" } else { " " });
            line.content(&bytes, range);
        }
        Octets::Nil => line.text(" NIL"),
    }
}

/// What a section names.
fn octets(bytes: &Arc<[u8]>, parts: &Part, section: &Section) -> Octets {
    let Some(part) = parts.numbered(&section.part) else { return Octets::Nil };
    if section.part.is_empty() && section.what == What::All {
        return Octets::Of(bytes.clone(), 0..bytes.len());
    }
    // HEADER and TEXT belong to messages: to the whole, or to one that is a part.
    let message = match (&part.content, section.part.is_empty()) {
        (_, true) => Some(part),
        (Content::Message(inner), false) => Some(&**inner),
        _ => None,
    };
    let range = match (&section.what, message) {
        (What::All, _) => part.body.clone(),
        (What::Mime, _) => part.header.clone(),
        (What::Header, Some(message)) => message.header.clone(),
        (What::Text, Some(message)) => message.body.clone(),
        (What::Fields(names), Some(message)) => {
            return some_fields(&bytes[message.header.clone()], names, true);
        }
        (What::FieldsNot(names), Some(message)) => {
            return some_fields(&bytes[message.header.clone()], names, false);
        }
        (_, None) => return Octets::Nil,
    };
    Octets::Of(bytes.clone(), range)
}

/// The header fields that are named, or the others, and the empty line.
fn some_fields(header: &[u8], names: &[String], named: bool) -> Octets {
    let mut found = Vec::new();
    for field in fields(header) {
        let name = &header[field.name];
        if names.iter().any(|n| n.as_bytes().eq_ignore_ascii_case(name)) == named {
            found.extend_from_slice(&header[field.whole]);
        }
    }
    found.extend_from_slice(b"\r\n");
    let length = found.len();
    Octets::Of(found.as_slice().into(), 0..length)
}

/// `<origin.octets>` of it.
fn cut(octets: Octets, partial: Option<(u64, u64)>) -> Octets {
    let (Octets::Of(bytes, range), Some((origin, length))) = (&octets, partial) else {
        return octets;
    };
    let clip = |n: u64| usize::try_from(n).unwrap_or(usize::MAX).min(range.len());
    let start = clip(origin);
    let end = clip(origin.saturating_add(length));
    Octets::Of(bytes.clone(), range.start + start..range.start + end)
}

fn decoded(bytes: &Arc<[u8]>, parts: &Part, path: &[u32]) -> Option<Arc<[u8]>> {
    if path.is_empty() {
        return Some(bytes.clone());
    }
    Some(parts.numbered(path)?.decoded(bytes)?.as_slice().into())
}

fn path(part: &[u32]) -> String {
    part.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}
