//! What SEARCH, SORT and THREAD look for (RFC 3501 section 6.4.4).

use super::{DEPTH, Read, Reader, Set, date, set, terms, text};
use crate::protocols::imap::token::{Fault, Meaning};

#[derive(Clone, Debug, Default, PartialEq)]
pub(in super::super) struct Search {
    /// `None`: the old SEARCH response is wanted. Else the options of RETURN; none mean ALL.
    pub(in super::super) back: Option<Vec<String>>,
    pub(in super::super) charset: Option<String>,
    /// All of them must fit.
    pub(in super::super) keys: Vec<Key>,
}

#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Key {
    All,
    /// The flag is set, or not.
    Flag(String, bool),
    Recent(bool),
    /// Recent and not seen.
    New,
    /// A header field has this; an empty text: the field is there.
    Header(String, Vec<u8>),
    Body(Vec<u8>),
    Text(Vec<u8>),
    /// Of the internal date: before, on or since a day.
    Internal(core::cmp::Ordering, u64),
    /// The same of the Date field.
    Sent(core::cmp::Ordering, u64),
    Larger(u64),
    Smaller(u64),
    /// Older or younger than so many seconds (RFC 5032).
    Age(bool, u64),
    Uid(Set),
    Numbers(Set),
    Not(Box<Key>),
    Or(Box<Key>, Box<Key>),
    Group(Vec<Key>),
    /// Of an extension.
    Other(String),
}

pub(super) fn search(r: &mut Reader<'_>, options: bool) -> Read<Search> {
    let mut search = Search::default();
    if options && r.word("RETURN", &terms::RETURN) {
        r.space()?;
        r.open()?;
        let mut back = Vec::new();
        while r.peek() != Some(b')') {
            if !back.is_empty() {
                r.space()?;
            }
            let option = r.atom(&terms::SEARCH_OPTION)?.to_ascii_uppercase();
            if option == "PARTIAL" {
                r.space()?;
                r.anything(DEPTH)?;
            }
            back.push(option);
        }
        r.close()?;
        r.space()?;
        search.back = Some(back);
    }
    if options && r.word("CHARSET", &terms::SEARCH_KEY) {
        r.space()?;
        search.charset = Some(text(r.astring(Meaning::Is(&terms::CHARSET))?));
        r.space()?;
    }
    search.keys = keys(r, DEPTH)?;
    Ok(search)
}

/// Of SORT and THREAD: the charset must be there.
pub(super) fn with_charset(r: &mut Reader<'_>) -> Read<Search> {
    let charset = text(r.astring(Meaning::Is(&terms::CHARSET))?);
    r.space()?;
    Ok(Search { charset: Some(charset), ..search(r, false)? })
}

/// `(REVERSE DATE SUBJECT)`: each key, and whether it is reversed.
pub(super) fn order(r: &mut Reader<'_>) -> Read<Vec<(bool, String)>> {
    let known = ["ARRIVAL", "CC", "DATE", "FROM", "SIZE", "SUBJECT", "TO"];
    let order = r.list(|r| {
        let reverse = r.word("REVERSE", &terms::SORT_KEY);
        if reverse {
            r.space()?;
        }
        let at = r.at();
        let key = r.atom(&terms::SORT_KEY)?.to_ascii_uppercase();
        match known.contains(&&*key) {
            true => Ok((reverse, key)),
            false => Err(Fault { at, expected: format!("one of {}", known.join(", ")) }),
        }
    })?;
    if order.is_empty() { r.fail("at least one key to sort by") } else { Ok(order) }
}

fn keys(r: &mut Reader<'_>, depth: usize) -> Read<Vec<Key>> {
    let mut keys = vec![key(r, depth)?];
    while r.spaced() {
        keys.push(key(r, depth)?);
    }
    Ok(keys)
}

fn key(r: &mut Reader<'_>, depth: usize) -> Read<Key> {
    if depth == 0 {
        return r.fail("fewer keys within keys");
    }
    match r.peek() {
        Some(b'(') => {
            r.open()?;
            let keys = keys(r, depth - 1)?;
            r.close()?;
            return Ok(Key::Group(keys));
        }
        Some(b'0'..=b'9' | b'*' | b'$') => return Ok(Key::Numbers(set(r)?)),
        _ => {}
    }
    let at = r.at();
    let name = r.atom(&terms::SEARCH_KEY)?.to_ascii_uppercase();
    if let Some(key) = bare(&name) {
        return Ok(key);
    }
    let known = "a key of SEARCH";
    let wrong = || Fault { at, expected: format!("{known}, and {name} is none") };
    if r.peek() != Some(b' ') {
        return Err(wrong());
    }
    use core::cmp::Ordering::{Equal, Greater, Less};
    // What a key takes is read behind its space, so that an unknown one is named first.
    Ok(match name.as_str() {
        "KEYWORD" | "UNKEYWORD" => Key::Flag(argument(r, |r| r.flag(false))?, name == "KEYWORD"),
        "BCC" | "CC" | "FROM" | "TO" | "SUBJECT" => Key::Header(name, argument(r, string)?),
        "BODY" => Key::Body(argument(r, string)?),
        "TEXT" => Key::Text(argument(r, string)?),
        "HEADER" => {
            let name = argument(r, |r| r.astring(Meaning::Is(&terms::FIELD_NAME)))?;
            Key::Header(text(name), argument(r, string)?)
        }
        "BEFORE" => Key::Internal(Less, argument(r, day)?),
        "ON" => Key::Internal(Equal, argument(r, day)?),
        "SINCE" => Key::Internal(Greater, argument(r, day)?),
        "SENTBEFORE" => Key::Sent(Less, argument(r, day)?),
        "SENTON" => Key::Sent(Equal, argument(r, day)?),
        "SENTSINCE" => Key::Sent(Greater, argument(r, day)?),
        "LARGER" => Key::Larger(argument(r, number)?),
        "SMALLER" => Key::Smaller(argument(r, number)?),
        "OLDER" => Key::Age(true, argument(r, number)?),
        "YOUNGER" => Key::Age(false, argument(r, number)?),
        "UID" => Key::Uid(argument(r, set)?),
        "NOT" => Key::Not(Box::new(argument(r, |r| key(r, depth - 1))?)),
        "OR" => {
            let first = argument(r, |r| key(r, depth - 1))?;
            Key::Or(Box::new(first), Box::new(argument(r, |r| key(r, depth - 1))?))
        }
        "MODSEQ" => {
            argument(r, |r| r.anything(DEPTH))?;
            Key::Other(name)
        }
        _ => return Err(wrong()),
    })
}

/// Keys that stand alone.
fn bare(name: &str) -> Option<Key> {
    let flag = |flag: &str, set| Some(Key::Flag(flag.into(), set));
    match name {
        "ALL" => Some(Key::All),
        "ANSWERED" => flag("\\Answered", true),
        "DELETED" => flag("\\Deleted", true),
        "DRAFT" => flag("\\Draft", true),
        "FLAGGED" => flag("\\Flagged", true),
        "SEEN" => flag("\\Seen", true),
        "UNANSWERED" => flag("\\Answered", false),
        "UNDELETED" => flag("\\Deleted", false),
        "UNDRAFT" => flag("\\Draft", false),
        "UNFLAGGED" => flag("\\Flagged", false),
        "UNSEEN" => flag("\\Seen", false),
        "NEW" => Some(Key::New),
        "OLD" => Some(Key::Recent(false)),
        "RECENT" => Some(Key::Recent(true)),
        _ => None,
    }
}

fn argument<T>(r: &mut Reader<'_>, read: impl FnOnce(&mut Reader<'_>) -> Read<T>) -> Read<T> {
    r.space()?;
    read(r)
}

fn string(r: &mut Reader<'_>) -> Read<Vec<u8>> {
    r.astring(Meaning::Is(&terms::SEARCH_TEXT))
}

fn number(r: &mut Reader<'_>) -> Read<u64> {
    r.number(&terms::SEARCH_TEXT)
}

fn day(r: &mut Reader<'_>) -> Read<u64> {
    let at = r.at();
    let day = text(r.astring(Meaning::Is(&terms::SEARCH_TEXT))?);
    let wrong = || Fault { at, expected: "a day such as 1-Feb-2024".into() };
    date::parse_day(&day).ok_or_else(wrong)
}
