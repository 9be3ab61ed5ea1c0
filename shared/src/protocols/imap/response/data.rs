//! Untagged data (RFC 3501 section 7.2 to 7.4).

use super::code::capabilities;
use super::fetch::{self, Fetched};
use super::terms;
use crate::protocols::imap::set::Set;
use crate::protocols::imap::token::{Meaning, Read, Reader, Text};

/// Lists within lists are followed so deep.
const DEPTH: usize = 20;

#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Data {
    Capability(Vec<String>),
    Enabled(Vec<String>),
    Flags(Vec<String>),
    Exists(u32),
    Recent(u32),
    Expunge(u32),
    /// The UIDs that are gone (RFC 7162); `true`: for longer already.
    Vanished(Set, bool),
    List(Listed),
    Lsub(Listed),
    Status(String, Vec<(String, u64)>),
    /// Numbers or UIDs, as the command asked for.
    Search(Vec<u32>),
    /// The tag of the search, whether UIDs are meant, and what was found.
    Esearch {
        tag: Option<String>,
        uid: bool,
        items: Vec<(String, String)>,
    },
    Sort(Vec<u32>),
    Thread(String),
    Fetch(Box<Fetched>),
    /// A reply that has no values that the lab keeps: its name and the rest as text.
    Other(String, String),
}

#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Listed {
    pub(in super::super) attributes: Vec<String>,
    pub(in super::super) delimiter: Option<String>,
    /// As on the wire.
    pub(in super::super) name: String,
}

pub(super) fn data(r: &mut Reader<'_>) -> Read<Data> {
    if r.peek().is_some_and(|b| b.is_ascii_digit()) {
        return numbered(r);
    }
    let name = r.word_ahead();
    if name.is_empty() {
        return r.fail("the name of a reply");
    }
    r.word(&name, &terms::DATA_NAME);
    if r.is_end() {
        return Ok(match name.as_str() {
            "SEARCH" => Data::Search(Vec::new()),
            "SORT" => Data::Sort(Vec::new()),
            "ESEARCH" => Data::Esearch { tag: None, uid: false, items: Vec::new() },
            "THREAD" => Data::Thread(String::new()),
            "CAPABILITY" => Data::Capability(Vec::new()),
            "ENABLED" => Data::Enabled(Vec::new()),
            _ => Data::Other(name, String::new()),
        });
    }
    r.space()?;
    let data = match name.as_str() {
        "CAPABILITY" => Data::Capability(capabilities(r)?),
        "ENABLED" => Data::Enabled(capabilities(r)?),
        "FLAGS" => Data::Flags(r.list(|r| r.flag(true))?),
        "LIST" => Data::List(listed(r)?),
        "LSUB" => Data::Lsub(listed(r)?),
        "STATUS" => {
            let name = text(r.astring(Meaning::Mailbox)?);
            r.space()?;
            let items = r.list(|r| {
                let item = r.atom(&terms::STATUS_ITEM)?.to_ascii_uppercase();
                r.space()?;
                // MAILBOXID has a list here; what is no number counts as none.
                if r.peek() == Some(b'(') {
                    r.anything(DEPTH)?;
                    return Ok((item, 0));
                }
                Ok((item, r.number(&terms::STATUS_VALUE)?))
            })?;
            Data::Status(name, items)
        }
        "SEARCH" => Data::Search(numbers(r)?),
        "SORT" => Data::Sort(numbers(r)?),
        "ESEARCH" => esearch(r)?,
        "THREAD" => {
            let mut threads = String::new();
            while !r.is_end() {
                r.spaced();
                threads.push_str(&r.anything(DEPTH * 10)?);
            }
            Data::Thread(threads)
        }
        "VANISHED" => {
            let earlier = r.peek() == Some(b'(');
            if earlier {
                r.anything(1)?;
                r.space()?;
            }
            let fits = |b: u8| b.is_ascii_digit() || matches!(b, b':' | b',');
            let set = Set::parse(r.run(&terms::UID_VALUE, "a set of UIDs", fits)?);
            match set {
                Some(set) => Data::Vanished(set, earlier),
                None => return r.fail("a set of UIDs"),
            }
        }
        _ => {
            let mut words = Vec::new();
            while !r.is_end() {
                words.push(r.anything(DEPTH)?);
                if !r.spaced() {
                    break;
                }
            }
            Data::Other(name, words.join(" "))
        }
    };
    r.end()?;
    Ok(data)
}

fn numbered(r: &mut Reader<'_>) -> Read<Data> {
    let number = r.number32(&terms::MESSAGE_NUMBER)?;
    r.space()?;
    let name = r.word_ahead();
    r.word(&name, &terms::DATA_NAME);
    let data = match name.as_str() {
        "EXISTS" => Data::Exists(number),
        "RECENT" => Data::Recent(number),
        "EXPUNGE" => Data::Expunge(number),
        "FETCH" => {
            r.space()?;
            Data::Fetch(Box::new(fetch::fetched(r, number)?))
        }
        _ => {
            while r.spaced() {
                r.anything(DEPTH)?;
            }
            Data::Other(name, number.to_string())
        }
    };
    r.end()?;
    Ok(data)
}

fn numbers(r: &mut Reader<'_>) -> Read<Vec<u32>> {
    let mut found = Vec::new();
    while r.peek().is_some_and(|b| b.is_ascii_digit()) {
        found.push(r.number32(&terms::MESSAGE_NUMBER)?);
        if r.rest() == b" " || !r.spaced() {
            break;
        }
    }
    if r.peek() == Some(b'(') {
        r.anything(DEPTH)?;
    }
    Ok(found)
}

fn listed(r: &mut Reader<'_>) -> Read<Listed> {
    let attributes = r.list(|r| r.flag(false))?;
    r.space()?;
    let delimiter = r.nstring(Meaning::Is(&terms::DELIMITER))?;
    r.space()?;
    let name = text(r.astring(Meaning::Mailbox)?);
    if r.rest().starts_with(b" (") {
        r.space()?;
        r.anything(DEPTH)?;
    }
    let delimiter = delimiter.map(|text| self::text(text.into_bytes()));
    Ok(Listed { attributes, delimiter, name })
}

fn esearch(r: &mut Reader<'_>) -> Read<Data> {
    let mut tag = None;
    if r.peek() == Some(b'(') {
        r.open()?;
        r.word("TAG", &terms::SEARCH_OPTION);
        r.space()?;
        tag = Some(text(r.astring(Meaning::Is(&terms::TAG))?));
        r.close()?;
        r.spaced();
    }
    let uid = r.word("UID", &terms::SEARCH_OPTION);
    if uid {
        r.spaced();
    }
    let mut items = Vec::new();
    while !r.is_end() {
        let name = r.atom(&terms::SEARCH_OPTION)?.to_ascii_uppercase();
        r.space()?;
        items.push((name, r.anything(DEPTH)?));
        if !r.spaced() {
            break;
        }
    }
    Ok(Data::Esearch { tag, uid, items })
}

pub(super) fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What a string held, or that it went past.
pub(super) fn summary(value: &Option<Text>) -> String {
    match value {
        None => "absent".into(),
        Some(Text::Bytes(bytes)) if bytes.is_empty() => "empty".into(),
        Some(Text::Bytes(bytes)) => format!("{} octets", bytes.len()),
        Some(Text::Past(octets)) => format!("{octets} octets"),
    }
}
