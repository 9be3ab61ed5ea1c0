//! SEARCH.

use core::cmp::Ordering;

use super::ImapServer;
use super::render::Held;
use super::view::Told;
use crate::protocols::imap::command::{Command, Key, Search};
use crate::protocols::imap::date;
use crate::protocols::imap::set::compact;
use crate::text::message::fields;
use crate::text::mime::{Content, Part, coding};
use crate::world::World;
use crate::world::mail::{Flags, Message};

/// Keys of one SEARCH: each may read every message.
const KEYS: usize = 64;

impl ImapServer {
    pub(super) fn search(
        &mut self,
        command: &Command,
        by_uid: bool,
        search: &Search,
        world: &mut World,
    ) {
        let tag = &command.tag;
        let known = ["MIN", "MAX", "ALL", "COUNT", "SAVE"];
        let options = search.back.clone().unwrap_or_default();
        if let Some(option) = options.iter().find(|option| !known.contains(&option.as_str())) {
            return self.no(tag, "BAD", &format!("there is no option {option} here"), world);
        }
        let Some(found) = self.found(tag, search, world) else { return };
        let Some(view) = &self.view else { return };
        let uids: Vec<u32> = found.iter().map(|at| view.messages[*at].uid).collect();
        let numbers = match by_uid {
            true => uids.clone(),
            false => found.iter().map(|at| *at as u32 + 1).collect(),
        };
        let has = |option: &str| options.iter().any(|o| o == option);
        if has("SAVE") {
            self.saved = match (uids.first(), uids.last()) {
                (Some(min), Some(max)) if !has("ALL") && !has("COUNT") && options.len() > 1 => {
                    let ends = [("MIN", min), ("MAX", max)];
                    ends.iter().filter(|(o, _)| has(o)).map(|(_, uid)| **uid).collect()
                }
                _ => uids,
            };
        }
        if search.back.is_some() || self.rev2 {
            if options != ["SAVE"] {
                let all = options.is_empty();
                let mut line = format!("ESEARCH (TAG \"{tag}\")");
                if by_uid {
                    line.push_str(" UID");
                }
                if let (Some(min), Some(max)) = (numbers.first(), numbers.last()) {
                    for (option, value) in [
                        ("MIN", min.to_string()),
                        ("MAX", max.to_string()),
                        ("ALL", compact(&numbers)),
                    ] {
                        if has(option) || (all && option == "ALL") {
                            line.push_str(&format!(" {option} {value}"));
                        }
                    }
                }
                if has("COUNT") {
                    line.push_str(&format!(" COUNT {}", numbers.len()));
                }
                self.untagged(line);
            }
        } else {
            let numbers: Vec<String> = numbers.iter().map(|n| format!(" {n}")).collect();
            self.untagged(format!("SEARCH{}", numbers.concat()));
        }
        self.ok(tag, "searched", world);
    }

    /// Places in the view of what fits. Answers the client itself if it cannot be looked for.
    pub(super) fn found(
        &mut self,
        tag: &str,
        search: &Search,
        world: &mut World,
    ) -> Option<Vec<usize>> {
        let charsets = ["US-ASCII", "UTF-8"];
        let charset = search.charset.as_deref().unwrap_or("US-ASCII");
        let refusal = if !charsets.iter().any(|known| known.eq_ignore_ascii_case(charset)) {
            Some(("NO", "[BADCHARSET (US-ASCII UTF-8)] this charset is not known".to_string()))
        } else if count(&search.keys) > KEYS {
            Some(("NO", format!("[LIMIT] at most {KEYS} keys")))
        } else if search.keys.iter().any(is_foreign) {
            Some(("BAD", "MODSEQ is not offered here".into()))
        } else if !self.numbers_are_there(&search.keys) {
            Some(("BAD", "the set names messages that are not there".into()))
        } else {
            None
        };
        if let Some((code, text)) = refusal {
            self.no(tag, code, &text, world);
            return None;
        }
        let view = self.view.as_ref()?;
        let held = Held { view, saved: &self.saved };
        let (_, mailbox) = world.mail.by_id(&self.user, view.id)?;
        let now = world.date(self.now).0;
        let fits = |at: &usize| {
            let told = &view.messages[*at];
            mailbox.message(told.uid).is_some_and(|message| {
                let mut case = Case { held: &held, at: *at, told, message, now, text: None };
                search.keys.iter().all(|key| case.fits(key))
            })
        };
        Some((0..view.messages.len()).filter(fits).collect())
    }

    fn numbers_are_there(&self, keys: &[Key]) -> bool {
        let Some(view) = &self.view else { return false };
        let held = Held { view, saved: &self.saved };
        keys.iter().all(|key| match key {
            Key::Numbers(set) => held.chosen(set, false).is_some(),
            Key::Not(key) => self.numbers_are_there(core::slice::from_ref(&**key)),
            Key::Or(a, b) => {
                [a, b].into_iter().all(|key| self.numbers_are_there(core::slice::from_ref(&**key)))
            }
            Key::Group(keys) => self.numbers_are_there(keys),
            _ => true,
        })
    }
}

fn count(keys: &[Key]) -> usize {
    let of = |key: &Key| match key {
        Key::Not(key) => 1 + count(core::slice::from_ref(&**key)),
        Key::Or(a, b) => count(core::slice::from_ref(&**a)) + count(core::slice::from_ref(&**b)),
        Key::Group(keys) => count(keys),
        _ => 1,
    };
    keys.iter().map(of).sum()
}

fn is_foreign(key: &Key) -> bool {
    match key {
        Key::Other(_) => true,
        Key::Not(key) => is_foreign(key),
        Key::Or(a, b) => is_foreign(a) || is_foreign(b),
        Key::Group(keys) => keys.iter().any(is_foreign),
        _ => false,
    }
}

/// One message that is looked at.
struct Case<'a> {
    held: &'a Held<'a>,
    at: usize,
    told: &'a Told,
    message: &'a Message,
    now: u64,
    /// Header and body, decoded and in lower case, once they are needed.
    text: Option<(String, String)>,
}

impl Case<'_> {
    fn fits(&mut self, key: &Key) -> bool {
        let message = self.message;
        match key {
            Key::All => true,
            Key::Flag(flag, set) => message.flags.has(flag) == *set,
            Key::Recent(recent) => self.told.recent == *recent,
            Key::New => self.told.recent && !message.flags.has(Flags::SEEN),
            Key::Header(name, wanted) => {
                let wanted = lower(wanted);
                let header = &message.bytes[..crate::text::message::body_start(&message.bytes)];
                fields(header).into_iter().any(|field| {
                    header[field.name].eq_ignore_ascii_case(name.as_bytes())
                        && coding::words(&header[field.value])
                            .to_ascii_lowercase()
                            .contains(&wanted)
                })
            }
            Key::Body(wanted) => self.text().1.contains(&lower(wanted)),
            Key::Text(wanted) => {
                let wanted = lower(wanted);
                let (header, body) = self.text();
                header.contains(&wanted) || body.contains(&wanted)
            }
            Key::Internal(order, day) => on_day(date::day_of(message.received), *order, *day),
            Key::Sent(order, day) => {
                let date = crate::text::message::field(&message.bytes, "Date");
                let sent = date.as_deref().and_then(date::header);
                sent.is_some_and(|(sent, _)| on_day(sent, *order, *day))
            }
            Key::Larger(size) => message.bytes.len() as u64 > *size,
            Key::Smaller(size) => (message.bytes.len() as u64) < *size,
            Key::Age(older, seconds) => {
                let age = self.now.saturating_sub(message.received.0);
                if *older { age >= *seconds } else { age < *seconds }
            }
            Key::Uid(set) => self.held.has(set, self.at, true),
            Key::Numbers(set) => self.held.has(set, self.at, false),
            Key::Not(key) => !self.fits(key),
            Key::Or(a, b) => self.fits(a) || self.fits(b),
            Key::Group(keys) => keys.iter().all(|key| self.fits(key)),
            Key::Other(_) => false,
        }
    }

    fn text(&mut self) -> &(String, String) {
        let bytes = &self.message.bytes;
        self.text.get_or_insert_with(|| {
            let part = Part::parse(bytes);
            let header = coding::words(&bytes[part.header.clone()]).to_ascii_lowercase();
            let mut body = String::new();
            body_text(bytes, &part, &mut body);
            (header, body.to_ascii_lowercase())
        })
    }
}

/// All text of the parts, decoded.
fn body_text(bytes: &[u8], part: &Part, out: &mut String) {
    match &part.content {
        Content::Multipart(parts) => parts.iter().for_each(|part| body_text(bytes, part, out)),
        Content::Message(inner) => {
            out.push_str(&coding::words(&bytes[inner.header.clone()]));
            body_text(bytes, inner, out);
        }
        Content::Leaf if part.media.is("text", "") || part.media.is("multipart", "") => {
            let charset = part.media.parameters.get("charset").unwrap_or("utf-8");
            let content = part.decoded(bytes).unwrap_or_default();
            out.push_str(&coding::text(charset, &content));
            out.push('\n');
        }
        Content::Leaf => {}
    }
}

fn on_day(day: u64, order: Ordering, wanted: u64) -> bool {
    match order {
        Ordering::Less => day < wanted,
        Ordering::Equal => day == wanted,
        Ordering::Greater => day >= wanted,
    }
}

/// Upper and lower case mean the same for the letters of ASCII: the comparator i;ascii-casemap of
/// RFC 4790. The tables for all other letters would make the page a good deal larger.
fn lower(text: &[u8]) -> String {
    String::from_utf8_lossy(text).to_ascii_lowercase()
}
