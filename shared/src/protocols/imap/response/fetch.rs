//! What FETCH gives (RFC 3501 section 7.4.2).

use super::data::{summary, text};
use super::structure;
use super::terms;
use crate::protocols::imap::command::Section;
use crate::protocols::imap::date;
use crate::protocols::imap::token::{Meaning, Read, Reader};
use crate::text::mime::coding::words;

/// Lists within lists are followed so deep.
const DEPTH: usize = 20;

#[derive(Clone, Debug, Default, PartialEq)]
pub(in super::super) struct Fetched {
    pub(in super::super) number: u32,
    pub(in super::super) uid: Option<u32>,
    pub(in super::super) flags: Option<Vec<String>>,
    /// Item by item, for people.
    pub(in super::super) items: Vec<String>,
}

pub(super) fn fetched(r: &mut Reader<'_>, number: u32) -> Read<Fetched> {
    let mut fetched = Fetched { number, ..Fetched::default() };
    r.list(|r| item(r, &mut fetched))?;
    Ok(fetched)
}

fn item(r: &mut Reader<'_>, fetched: &mut Fetched) -> Read<()> {
    let name = r.word_ahead();
    let plain: String = name.chars().take_while(|c| *c != '[').collect();
    if plain.is_empty() {
        return r.fail("the name of an item");
    }
    r.scan().take(&terms::FETCH_ITEM, plain.len());
    let with_section = r.peek() == Some(b'[');
    let said = match (plain.as_str(), with_section) {
        ("BODY", true) => {
            let section = section(r)?;
            let origin = origin(r)?;
            r.space()?;
            let meaning = Meaning::Mail { in_body: section.is_body() };
            let value = r.nstring(meaning)?;
            let what = match section.text() {
                text if text.is_empty() => "the whole message".into(),
                text => text,
            };
            match origin {
                Some(from) => format!("{what} from octet {from}: {}", summary(&value)),
                None => format!("{what}: {}", summary(&value)),
            }
        }
        ("BINARY", true) => {
            raw_section(r)?;
            origin(r)?;
            r.space()?;
            let value = r.nstring(Meaning::Is(&terms::DECODED))?;
            format!("decoded part: {}", summary(&value))
        }
        ("BINARY.SIZE", true) => {
            raw_section(r)?;
            r.space()?;
            format!("decoded part: {} octets", r.number(&terms::OCTETS)?)
        }
        (_, true) => {
            raw_section(r)?;
            other(r, &plain)?
        }
        ("FLAGS", _) => {
            r.space()?;
            let flags = r.list(|r| r.flag(true))?;
            let said = match flags.is_empty() {
                true => "no flags".into(),
                false => format!("flags {}", flags.join(" ")),
            };
            fetched.flags = Some(flags);
            said
        }
        ("UID", _) => {
            r.space()?;
            let uid = r.number32(&terms::UID_VALUE)?;
            fetched.uid = Some(uid);
            format!("UID {uid}")
        }
        ("RFC822.SIZE", _) => {
            r.space()?;
            format!("{} octets", r.number(&terms::OCTETS)?)
        }
        ("INTERNALDATE", _) => {
            r.space()?;
            let date = text(r.string(Meaning::Is(&terms::DATE_TIME))?.into_bytes());
            if date::parse_internal(&date).is_none() {
                r.fault(&format!("{date:?} is no date-time of 26 octets."));
            } else if date.starts_with('0') {
                r.fault("A day of one figure has a space before it, not a zero.");
            }
            format!("arrived {}", date.trim())
        }
        ("ENVELOPE", _) => {
            r.space()?;
            envelope(r)?
        }
        ("BODY" | "BODYSTRUCTURE", _) => {
            r.space()?;
            format!("structure {}", structure::body(r, DEPTH)?)
        }
        ("RFC822" | "RFC822.HEADER" | "RFC822.TEXT", _) => {
            r.space()?;
            let in_body = plain == "RFC822.TEXT";
            format!("{plain}: {}", summary(&r.nstring(Meaning::Mail { in_body })?))
        }
        _ => other(r, &plain)?,
    };
    fetched.items.push(said);
    Ok(())
}

/// An item of an extension.
fn other(r: &mut Reader<'_>, name: &str) -> Read<String> {
    r.space()?;
    Ok(format!("{name} {}", r.anything(DEPTH)?))
}

fn section(r: &mut Reader<'_>) -> Read<Section> {
    crate::protocols::imap::command::section(r)
}

fn raw_section(r: &mut Reader<'_>) -> Read<()> {
    let rest = r.rest();
    let Some(end) = rest.iter().position(|b| *b == b']') else {
        return r.fail("the bracket that ends the section");
    };
    r.scan().take(&terms::SECTION, end + 1);
    Ok(())
}

/// `<n>` behind a section: where a part of it begins.
fn origin(r: &mut Reader<'_>) -> Read<Option<u64>> {
    if r.peek() != Some(b'<') {
        return Ok(None);
    }
    let rest = r.rest();
    let end = rest.iter().position(|b| *b == b'>').unwrap_or(rest.len());
    let origin = core::str::from_utf8(&rest[1..end]).ok().and_then(|text| text.parse().ok());
    match origin {
        Some(origin) => {
            r.scan().take(&terms::PARTIAL, end + 1);
            Ok(Some(origin))
        }
        None => r.fail("the first octet in angle brackets"),
    }
}

/// Reads an envelope; gives subject and sender.
pub(super) fn envelope(r: &mut Reader<'_>) -> Read<String> {
    r.open()?;
    r.nstring(Meaning::Is(&terms::ENVELOPE_DATE))?;
    r.space()?;
    let subject = r.nstring(Meaning::Words(&terms::ENVELOPE_SUBJECT))?;
    let mut from = String::new();
    for (n, term) in [
        &terms::ENVELOPE_FROM,
        &terms::ENVELOPE_SENDER,
        &terms::ENVELOPE_REPLY_TO,
        &terms::ENVELOPE_TO,
        &terms::ENVELOPE_CC,
        &terms::ENVELOPE_BCC,
    ]
    .into_iter()
    .enumerate()
    {
        r.space()?;
        if r.word("NIL", &terms::NIL) {
            r.scan().note(term.title);
            continue;
        }
        r.open()?;
        r.scan().note(term.title);
        while r.peek() != Some(b')') {
            let address = address(r)?;
            if n == 0 && from.is_empty() {
                from = address;
            }
            r.spaced();
        }
        r.close()?;
    }
    r.space()?;
    r.nstring(Meaning::Is(&terms::ENVELOPE_IN_REPLY_TO))?;
    r.space()?;
    r.nstring(Meaning::Is(&terms::ENVELOPE_MESSAGE_ID))?;
    r.close()?;
    let subject = subject.map(|text| words(&text.into_bytes()));
    Ok(format!("subject {:?} from {from}", subject.unwrap_or_default()))
}

fn address(r: &mut Reader<'_>) -> Read<String> {
    r.open()?;
    r.nstring(Meaning::Words(&terms::ADDRESS_NAME))?;
    r.space()?;
    r.nstring(Meaning::Is(&terms::ADDRESS_ROUTE))?;
    r.space()?;
    let mailbox = r.nstring(Meaning::Is(&terms::ADDRESS_MAILBOX))?;
    r.space()?;
    let host = r.nstring(Meaning::Is(&terms::ADDRESS_HOST))?;
    r.close()?;
    let text = |part: Option<crate::protocols::imap::token::Text>| {
        part.map(|part| text(part.into_bytes())).unwrap_or_default()
    };
    Ok(format!("{}@{}", text(mailbox), text(host)))
}
