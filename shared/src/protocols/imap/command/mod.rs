//! Command lines: read with the meaning of each octet, by the client from what it is about to
//! send, by the server from what has come.

mod fetch;
mod list;
mod says;
mod search;
mod typed;

use super::date;
use super::set::Set;
use super::table;
use super::terms;
use super::token::{Fault, Meaning, Read, Reader, Text, is_atom};
use crate::explain::Wire;
use crate::table::Verb;
use crate::world::Date;

pub(super) use fetch::{Item, Section, What, section};
pub(super) use list::List;
pub(super) use search::{Key, Search};
pub(super) use typed::{Typed, Ways, begins_append, typed};

/// Lists within lists are followed so deep.
const DEPTH: usize = 20;

#[derive(Clone, Debug)]
pub(super) struct Command {
    pub(super) tag: String,
    pub(super) verb: &'static Verb,
    pub(super) args: Args,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Args {
    None,
    /// Of commands that a practice server does not have, and ENABLE.
    Words(Vec<String>),
    Login {
        user: String,
        password: String,
    },
    Authenticate {
        mechanism: String,
        initial: Option<String>,
    },
    Mailbox {
        name: String,
        parameters: Vec<String>,
    },
    Rename {
        from: String,
        to: String,
    },
    List(List),
    Status {
        name: String,
        items: Vec<String>,
    },
    Append {
        name: String,
        messages: Vec<Appended>,
    },
    Fetch {
        set: Set,
        items: Vec<Item>,
        modified: bool,
    },
    Store {
        set: Set,
        change: Change,
        silent: bool,
        flags: Vec<String>,
        modified: bool,
    },
    Copy {
        set: Set,
        name: String,
    },
    Search(Search),
    Sort {
        order: Vec<(bool, String)>,
        search: Search,
    },
    Thread {
        algorithm: String,
        search: Search,
    },
    Uids(Set),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Appended {
    pub(super) flags: Vec<String>,
    pub(super) date: Option<Date>,
    pub(super) text: Text,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Replace,
    Add,
    Remove,
}

/// What became of a line.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) command: Read<Command>,
    pub(super) wire: Wire,
    /// Ends of the headers of literals whose octets wait for the server's leave.
    pub(super) pauses: Vec<usize>,
    /// Sizes of those that do not wait.
    pub(super) hurried: Vec<u64>,
}

/// Reads one command with its literals. `utf8`: quoted strings may have UTF-8.
pub(super) fn parse(bytes: &[u8], holes: &[usize], utf8: bool, explains: bool) -> Parsed {
    let mut reader = Reader::strict(bytes, holes);
    (reader.utf8, reader.explains) = (utf8, explains);
    let command = command(&mut reader);
    let says = command.as_ref().map_or_else(|_| "A command.".into(), says::says);
    let pauses = core::mem::take(&mut reader.pauses);
    let hurried = core::mem::take(&mut reader.hurried);
    Parsed { command, wire: reader.finish(says), pauses, hurried }
}

/// The tag and the name of a command that has not come to its end yet.
pub(super) fn beginning(line: &[u8]) -> Option<(String, String)> {
    let text = String::from_utf8_lossy(line);
    let mut words = text.trim_end().split(' ');
    let (tag, first) = (words.next()?, words.next()?);
    let name = match first.eq_ignore_ascii_case("UID") {
        true => format!("UID {}", words.next().unwrap_or_default()),
        false => first.to_string(),
    };
    is_tag(tag).then(|| (tag.into(), name))
}

/// A tag is made of the octets of a word, + excepted.
pub(super) fn is_tag(tag: &str) -> bool {
    !tag.is_empty() && tag.bytes().all(|b| (is_atom(b) || b == b']') && b != b'+')
}

fn command(r: &mut Reader<'_>) -> Read<Command> {
    let tag = r.run(&terms::TAG, "a tag", |b| (is_atom(b) || b == b']') && b != b'+')?.to_string();
    r.space()?;
    let verb = verb(r)?;
    let args = args(r, verb)?;
    r.end()?;
    Ok(Command { tag, verb, args })
}

fn verb(r: &mut Reader<'_>) -> Read<&'static Verb> {
    let mut name = r.word_ahead();
    if name == "UID" {
        r.word("UID", &terms::UID);
        r.space()?;
        name = format!("UID {}", r.word_ahead());
    }
    let Some(verb) = table::TABLE.verb(&name).filter(|verb| !verb.name.starts_with('(')) else {
        return r.fail(&format!("a command of IMAP, and {name:?} is none"));
    };
    let word = verb.name.rsplit(' ').next().unwrap_or_default();
    let term = table::TABLE.verb(word).map_or(verb.term, |plain| plain.term);
    r.word(word, term);
    Ok(verb)
}

fn args(r: &mut Reader<'_>, verb: &'static Verb) -> Read<Args> {
    let plain = verb.name.strip_prefix("UID ").unwrap_or(verb.name);
    let by_uid = plain != verb.name;
    if matches!(
        plain,
        "CAPABILITY"
            | "NOOP"
            | "LOGOUT"
            | "STARTTLS"
            | "UNAUTHENTICATE"
            | "NAMESPACE"
            | "IDLE"
            | "CHECK"
            | "CLOSE"
            | "UNSELECT"
    ) || (plain == "EXPUNGE" && !by_uid)
    {
        return Ok(Args::None);
    }
    r.space()?;
    Ok(match plain {
        "LOGIN" => {
            let user = text(r.astring(Meaning::Is(&terms::USER))?);
            r.space()?;
            let password = text(r.astring(Meaning::Secret(&terms::PASSWORD))?);
            Args::Login { user, password }
        }
        "AUTHENTICATE" => {
            let mechanism = r.atom(&terms::MECHANISM)?.to_ascii_uppercase();
            let initial = if r.spaced() { Some(initial(r)?) } else { None };
            Args::Authenticate { mechanism, initial }
        }
        "ID" => list::id(r)?,
        "ENABLE" => Args::Words(words(r, |r| Ok(r.atom(&terms::CAPABILITY_NAME)?.into()))?),
        "SELECT" | "EXAMINE" | "CREATE" => {
            let name = mailbox(r)?;
            let extended = r.spaced();
            let parameters = if extended { r.list(|r| r.anything(DEPTH))? } else { Vec::new() };
            Args::Mailbox { name, parameters }
        }
        "DELETE" | "SUBSCRIBE" | "UNSUBSCRIBE" | "GETQUOTAROOT" | "GETACL" | "MYRIGHTS" => {
            Args::Mailbox { name: mailbox(r)?, parameters: Vec::new() }
        }
        "RENAME" => {
            let from = mailbox(r)?;
            r.space()?;
            Args::Rename { from, to: mailbox(r)? }
        }
        "LIST" => Args::List(list::list(r)?),
        "LSUB" => {
            let reference = mailbox(r)?;
            r.space()?;
            let patterns = vec![text(r.pattern()?)];
            Args::List(List { reference, patterns, ..List::default() })
        }
        "STATUS" => {
            let name = mailbox(r)?;
            r.space()?;
            Args::Status { name, items: list::status_items(r)? }
        }
        "APPEND" => append(r)?,
        "FETCH" => {
            let set = set(r)?;
            r.space()?;
            let items = fetch::items(r)?;
            let modified = r.spaced();
            if modified {
                r.list(|r| r.anything(DEPTH))?;
            }
            Args::Fetch { set, items, modified }
        }
        "STORE" => store(r)?,
        "COPY" | "MOVE" => {
            let set = set(r)?;
            r.space()?;
            Args::Copy { set, name: mailbox(r)? }
        }
        "EXPUNGE" => Args::Uids(set(r)?),
        "SEARCH" => Args::Search(search::search(r, true)?),
        "SORT" => {
            let order = search::order(r)?;
            r.space()?;
            Args::Sort { order, search: search::with_charset(r)? }
        }
        "THREAD" => {
            let algorithm = r.atom(&terms::THREAD_ALGORITHM)?.to_ascii_uppercase();
            r.space()?;
            Args::Thread { algorithm, search: search::with_charset(r)? }
        }
        _ => Args::Words(words(r, |r| r.anything(DEPTH))?),
    })
}

fn set(r: &mut Reader<'_>) -> Read<Set> {
    let at = r.at();
    let fits = |b: u8| b.is_ascii_digit() || matches!(b, b'*' | b':' | b',' | b'$');
    let text = r.run(&terms::SET, "a set of numbers such as 1,3:5", fits)?;
    let expected = "a set of numbers such as 1,3:5 or 7:*, each counted from 1".into();
    Set::parse(text).ok_or(Fault { at, expected })
}

fn mailbox(r: &mut Reader<'_>) -> Read<String> {
    Ok(text(r.astring(Meaning::Mailbox)?))
}

fn initial(r: &mut Reader<'_>) -> Read<String> {
    let length = r.rest().len();
    if length == 0 {
        return r.fail("the initial response in base64, or = for an empty one");
    }
    let response = r.scan().take_secret(&terms::SASL_RESPONSE, length);
    Ok(String::from_utf8_lossy(response).into_owned())
}

fn append(r: &mut Reader<'_>) -> Read<Args> {
    let name = mailbox(r)?;
    let mut messages = Vec::new();
    while r.spaced() || messages.is_empty() {
        let mut flags = Vec::new();
        if r.peek() == Some(b'(') {
            flags = r.list(|r| r.flag(false))?;
            r.space()?;
        }
        let mut date = None;
        if r.peek() == Some(b'"') {
            let start = r.at();
            let text = text(r.string(Meaning::Is(&terms::DATE_TIME))?.into_bytes());
            let wrong = || Fault {
                at: start,
                expected: "a date-time such as \" 5-Jan-2026 09:00:00 +0000\"".into(),
            };
            date = Some(date::parse_internal(&text).ok_or_else(wrong)?);
            r.space()?;
        }
        if !matches!(r.peek(), Some(b'{' | b'~')) {
            return r.fail("the message as a literal");
        }
        let text = r.string(Meaning::Mail { in_body: false })?;
        messages.push(Appended { flags, date, text });
    }
    Ok(Args::Append { name, messages })
}

fn store(r: &mut Reader<'_>) -> Read<Args> {
    let set = set(r)?;
    r.space()?;
    let modified = r.peek() == Some(b'(');
    if modified {
        r.list(|r| r.anything(DEPTH))?;
        r.space()?;
    }
    let word = r.word_ahead();
    let (change, item) = match word.split_at_checked(1) {
        Some(("+", item)) => (Change::Add, item),
        Some(("-", item)) => (Change::Remove, item),
        _ => (Change::Replace, word.as_str()),
    };
    let silent = item == "FLAGS.SILENT";
    if !silent && item != "FLAGS" {
        return r.fail("FLAGS, +FLAGS or -FLAGS, each perhaps with .SILENT");
    }
    r.word(&word, &terms::STORE_ITEM);
    r.space()?;
    let flags = match r.peek() {
        Some(b'(') => r.list(|r| r.flag(false))?,
        _ => words(r, |r| r.flag(false))?,
    };
    Ok(Args::Store { set, change, silent, flags, modified })
}

fn words<T>(r: &mut Reader<'_>, mut word: impl FnMut(&mut Reader<'_>) -> Read<T>) -> Read<Vec<T>> {
    let mut found = vec![word(r)?];
    while r.spaced() {
        found.push(word(r)?);
    }
    Ok(found)
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Octets that wait for no grammar, such as those of a SASL exchange.
pub(super) fn response(line: &str) -> Wire {
    let mut out = crate::explain::Composer::new();
    if line == "*" {
        out.put(&terms::SASL_RESPONSE, line);
    } else {
        out.secret(&terms::SASL_RESPONSE, line);
    }
    out.crlf();
    out.finish(if line == "*" { "I give up." } else { "My response to the challenge." })
}
