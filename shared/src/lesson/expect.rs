//! Expectations: what must be so when a step is done. Each is a key, a colon and a few words.

use super::{BENCH, Problem};
use crate::protocols;
use crate::sockets::Side;
use crate::sockets::state::State as Tcp;

#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    pub line: usize,
    /// As it was written.
    pub text: String,
    pub test: Test,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    State(String),
    Protocol(String),
    Fact {
        name: String,
        value: FactValue,
    },
    /// A reply with this code (an x is any digit) and this text.
    Reply {
        code: Option<String>,
        text: Option<String>,
    },
    Sent(Vec<u8>),
    Note(String),
    Data {
        sent: bool,
        what: DataTest,
    },
    Connection(Link),
    Mail {
        user: String,
        mailbox: String,
        count: Holds,
    },
    News {
        group: String,
        count: Holds,
    },
    File {
        path: String,
        what: FileTest,
    },
    Tcp {
        side: Side,
        state: Option<Tcp>,
    },
    Shows {
        side: Side,
        text: String,
    },
    Raises {
        side: Side,
        name: String,
    },
    Waits {
        side: Side,
        call: String,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum FactValue {
    Is(String),
    Contains(String),
    Missing,
}

#[derive(Clone, Debug, PartialEq)]
pub enum DataTest {
    Octets(u64),
    Contains(Vec<u8>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Open,
    Closed,
    Reset,
}

/// What a mailbox or a newsgroup holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Holds {
    Exists(bool),
    Count {
        count: Count,
        /// Only what was not there when the lesson began.
        new: bool,
        with: Option<Vec<u8>>,
        flag: Option<String>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    Exactly(usize),
    AtLeast(usize),
}

impl Count {
    pub fn admits(self, n: usize) -> bool {
        match self {
            Count::Exactly(wanted) => n == wanted,
            Count::AtLeast(least) => n >= least,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum FileTest {
    Exists(bool),
    Folder,
    Octets(u64),
    Contains(Vec<u8>),
}

/// The keys with their forms, for those who wrote another one.
const FORMS: [(&str, &str); 15] = [
    ("state", "state: ID, an id of the protocol's states"),
    ("protocol", "protocol: ID"),
    (
        "fact",
        "fact: NAME is VALUE, fact: NAME contains VALUE, or fact: NAME is missing (names of several words in quotes)",
    ),
    ("reply", "reply: CODE, reply: CODE contains \"TEXT\", or reply: contains \"TEXT\""),
    ("sent", "sent: \"TEXT\""),
    ("note", "note: \"TEXT\""),
    ("data", "data: received N octets, data: received \"TEXT\", or the same with sent"),
    ("connection", "connection: open, connection: closed, or connection: reset"),
    (
        "mail",
        "mail: USER has COUNT [new] message(s) [with \"TEXT\"] [flagged FLAG], mail: USER exists, or mail: USER is missing; USER/MAILBOX for another mailbox than INBOX; COUNT is a number, no, a, or at least N",
    ),
    (
        "news",
        "news: GROUP has COUNT [new] article(s) [with \"TEXT\"], news: GROUP exists, or news: GROUP is missing",
    ),
    ("file", "file: PATH exists, is missing, is a folder, has N octets, or contains \"TEXT\""),
    ("tcp", "tcp: client is STATE or tcp: server is STATE, a state of RFC 9293 or gone"),
    ("shows", "shows: client \"TEXT\" or shows: server \"TEXT\""),
    ("raises", "raises: client NAME or raises: server NAME"),
    ("waits", "waits: client CALL or waits: server CALL"),
];

/// Reads one item of the list below `expect:`. `places` are the protocols that the lesson is about.
pub(super) fn expectation(
    line: usize,
    text: &str,
    places: &[String],
) -> Result<Expectation, Problem> {
    let wrong = |what: String, expected: &str| Problem::new(line, what, expected);
    let Some((key, rest)) = text.split_once(':') else {
        let what = format!("The expectation {text:?} has no key.");
        return Err(wrong(what, "a key, a colon and words, such as state: ready"));
    };
    let key = key.trim();
    let Some((_, form)) = FORMS.iter().find(|(known, _)| *known == key) else {
        let keys: Vec<&str> = FORMS.iter().map(|(known, _)| *known).collect();
        let what = format!("There is no expectation {key:?}.");
        return Err(wrong(what, &format!("one of {}", keys.join(", "))));
    };
    let words = words(rest)
        .map_err(|what| wrong(what, "text in \"quotes\" with \\r \\n \\t \\\" \\\\ \\xNN"))?;
    let refs: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let test = test(key, &refs, &words)
        .ok_or_else(|| wrong(format!("The words after {key}: are not understood."), form))?;
    known(&test, places).map_err(|(what, expected)| wrong(what, &expected))?;
    Ok(Expectation { line, text: text.trim().into(), test })
}

fn test(key: &str, refs: &[&str], words: &[Word]) -> Option<Test> {
    let octets = |n: usize| words[n].octets.clone();
    let owned = |text: &str| text.to_string();
    let side = |word: &str| Side::BOTH.into_iter().find(|side| side.word() == word);
    Some(match (key, refs) {
        ("state", [id]) => Test::State(owned(id)),
        ("protocol", [id]) => Test::Protocol(owned(id)),
        ("fact", [name, "is", "missing"]) => {
            Test::Fact { name: owned(name), value: FactValue::Missing }
        }
        ("fact", [name, "is", value @ ..]) if !value.is_empty() => {
            Test::Fact { name: owned(name), value: FactValue::Is(value.join(" ")) }
        }
        ("fact", [name, "contains", value @ ..]) if !value.is_empty() => {
            Test::Fact { name: owned(name), value: FactValue::Contains(value.join(" ")) }
        }
        ("reply", ["contains", text]) => Test::Reply { code: None, text: Some(owned(text)) },
        ("reply", [code]) => Test::Reply { code: Some(owned(code)), text: None },
        ("reply", [code, "contains", text]) => {
            Test::Reply { code: Some(owned(code)), text: Some(owned(text)) }
        }
        ("sent", [_]) => Test::Sent(octets(0)),
        ("note", [text]) => Test::Note(owned(text)),
        ("data", [way @ ("sent" | "received"), rest @ ..]) => {
            let what = match rest {
                [n, "octets" | "octet"] => DataTest::Octets(n.parse().ok()?),
                [_] => DataTest::Contains(octets(1)),
                _ => return None,
            };
            Test::Data { sent: *way == "sent", what }
        }
        ("connection", ["open"]) => Test::Connection(Link::Open),
        ("connection", ["closed"]) => Test::Connection(Link::Closed),
        ("connection", ["reset"]) => Test::Connection(Link::Reset),
        ("mail", [who, rest @ ..]) => {
            let (user, mailbox) = who.split_once('/').unwrap_or((who, "INBOX"));
            let count = holds(rest, &words[1..], ["message", "messages"])?;
            Test::Mail { user: owned(user), mailbox: owned(mailbox), count }
        }
        ("news", [group, rest @ ..]) => {
            let count = holds(rest, &words[1..], ["article", "articles"])?;
            Test::News { group: owned(group), count }
        }
        ("file", [path, rest @ ..]) if path.starts_with('/') => {
            let what = match rest {
                ["exists"] => FileTest::Exists(true),
                ["is", "missing"] => FileTest::Exists(false),
                ["is", "a", "folder"] => FileTest::Folder,
                ["has", n, "octets" | "octet"] => FileTest::Octets(n.parse().ok()?),
                ["contains", _] => FileTest::Contains(octets(2)),
                _ => return None,
            };
            Test::File { path: owned(path), what }
        }
        ("tcp", [at, "is", "gone"]) => Test::Tcp { side: side(at)?, state: None },
        ("tcp", [at, "is", state]) => {
            let state = Tcp::ALL.into_iter().find(|known| known.name() == *state)?;
            Test::Tcp { side: side(at)?, state: Some(state) }
        }
        ("shows", [at, text]) => Test::Shows { side: side(at)?, text: owned(text) },
        ("raises", [at, name]) => Test::Raises { side: side(at)?, name: owned(name) },
        ("waits", [at, call]) => Test::Waits { side: side(at)?, call: owned(call) },
        _ => return None,
    })
}

/// `has a new message with "TEXT" flagged \Seen`
fn holds(refs: &[&str], words: &[Word], things: [&str; 2]) -> Option<Holds> {
    let (count, mut at) = match refs {
        ["exists"] => return Some(Holds::Exists(true)),
        ["is", "missing"] => return Some(Holds::Exists(false)),
        ["has", "at", "least", n, ..] => (Count::AtLeast(n.parse().ok()?), 4),
        ["has", "a" | "an", ..] => (Count::AtLeast(1), 2),
        ["has", "no", ..] => (Count::Exactly(0), 2),
        ["has", n, ..] => (Count::Exactly(n.parse().ok()?), 2),
        _ => return None,
    };
    let new = refs.get(at) == Some(&"new");
    at += usize::from(new);
    if !things.contains(refs.get(at)?) {
        return None;
    }
    let (mut with, mut flag) = (None, None);
    let mut rest = refs.get(at + 1..)?;
    while let [word, value, more @ ..] = rest {
        let n = refs.len() - rest.len() + 1;
        match *word {
            "with" => with = Some(words[n].octets.clone()),
            "flagged" => flag = Some(value.to_string()),
            _ => return None,
        }
        rest = more;
    }
    rest.is_empty().then_some(Holds::Count { count, new, with, flag })
}

/// Names that the lab would know only if they were right.
fn known(test: &Test, places: &[String]) -> Result<(), (String, String)> {
    let of_bench = matches!(
        test,
        Test::Tcp { .. } | Test::Shows { .. } | Test::Raises { .. } | Test::Waits { .. }
    );
    let is_bench = places.iter().any(|place| place == BENCH);
    if of_bench != is_bench {
        let expected = if is_bench { "tcp, shows, raises or waits" } else { "another key" };
        return Err((
            format!("This is not for a lesson about {}.", places.join(", ")),
            expected.into(),
        ));
    }
    match test {
        Test::State(id) => {
            let tables = places.iter().filter_map(|place| protocols::by_id(place));
            let states: Vec<&str> = tables
                .flat_map(|protocol| protocol.table.states.iter().map(|state| state.id))
                .collect();
            if states.contains(&id.as_str()) {
                return Ok(());
            }
            Err((format!("There is no state {id:?}."), format!("one of {}", states.join(", "))))
        }
        Test::Protocol(id) if !places.contains(id) => Err((
            format!("The lesson never goes to {id:?}."),
            "the lesson's own protocol or one that it goes to".into(),
        )),
        _ => Ok(()),
    }
}

struct Word {
    text: String,
    octets: Vec<u8>,
}

/// Words between spaces; quotes keep several together, with escapes for octets.
fn words(text: &str) -> Result<Vec<Word>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('"') {
            let (octets, after) = quoted(inner)?;
            found.push(Word { text: String::from_utf8_lossy(&octets).into_owned(), octets });
            rest = after.trim_start();
        } else {
            let end = rest.find(' ').unwrap_or(rest.len());
            found.push(Word { text: rest[..end].into(), octets: rest[..end].into() });
            rest = rest[end..].trim_start();
        }
    }
    Ok(found)
}

fn quoted(text: &str) -> Result<(Vec<u8>, &str), String> {
    let mut octets = Vec::new();
    let mut rest = text.char_indices();
    while let Some((at, c)) = rest.next() {
        match c {
            '"' => return Ok((octets, &text[at + 1..])),
            '\\' => {
                let octet = match rest.next().map(|(_, c)| c) {
                    Some('r') => Some(b'\r'),
                    Some('n') => Some(b'\n'),
                    Some('t') => Some(b'\t'),
                    Some('"') => Some(b'"'),
                    Some('\\') => Some(b'\\'),
                    Some('x') => {
                        let mut digit = || rest.next().and_then(|(_, c)| c.to_digit(16));
                        digit()
                            .zip(digit())
                            .and_then(|(high, low)| u8::try_from(high * 16 + low).ok())
                    }
                    _ => None,
                };
                octets.push(octet.ok_or("There is an escape that stands for no octet.")?);
            }
            c => octets.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Err("A quote is opened and not closed.".into())
}
