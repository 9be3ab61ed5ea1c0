//! Whether an expectation is met, and if not, what is there in its place.

use super::bench;
use super::expect::{Count, DataTest, FactValue, FileTest, Holds, Link, Test};
use crate::machine::{Client, Conn, Direction};
use crate::protocols::{self, Protocol};
use crate::sockets::Bench;
use crate::table::State;
use crate::transcript::{Entry, Kind, Side, visible};
use crate::world::World;
use crate::world::files::Content;

/// Octets of a file that are looked through.
const LOOK: usize = 1 << 16;

/// What there is to look at.
#[derive(Clone, Copy)]
pub enum Scene<'a> {
    Lab(LabScene<'a>),
    Bench {
        bench: &'a Bench,
        /// The first entry of the step under way.
        since: usize,
    },
}

#[derive(Clone, Copy)]
pub struct LabScene<'a> {
    pub protocol: &'static Protocol,
    pub client: &'a dyn Client,
    pub world: &'a World,
    /// The world as the lesson began.
    pub fresh: &'a World,
    /// What has happened since the step began, earlier sessions included.
    pub entries: &'a [&'a Entry],
    /// The session there is now, from its beginning.
    pub session: &'a [Entry],
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// If it is something that happened: which entry of the scene.
    Met(Option<usize>),
    /// What there is instead.
    NotYet(String),
}

impl Verdict {
    pub fn is_met(&self) -> bool {
        matches!(self, Verdict::Met(_))
    }
}

impl Test {
    pub fn check(&self, scene: Scene<'_>) -> Verdict {
        match scene {
            Scene::Lab(lab) => in_lab(self, &lab),
            Scene::Bench { bench, since } => bench::check(self, bench, since),
        }
    }

    /// As a sentence. States have their title in the lesson's protocol.
    pub fn words(&self, protocol: &str) -> String {
        // Other protocols come after it, for lessons that go to one.
        let title = |id: &str| {
            let tables =
                protocols::by_id(protocol).into_iter().chain(protocols::ALL.iter().copied());
            let mut states = tables.flat_map(|protocol| protocol.table.states);
            states.find(|state| state.id == id).map_or(id, |state| state.title).to_string()
        };
        match self {
            Test::State(id) => format!("The state is \u{201c}{}\u{201d}", title(id)),
            Test::Protocol(id) => format!("You talk to the server for {}", name_of(id)),
            Test::Fact { name, value: FactValue::Is(value) } => {
                format!("Both sides know: {name} is {value}")
            }
            Test::Fact { name, value: FactValue::Contains(value) } => {
                format!("Both sides know: {name}, with {value} in it")
            }
            Test::Fact { name, value: FactValue::Missing } => {
                format!("Nobody knows of this any more: {name}")
            }
            Test::Reply { code, text } => {
                let code =
                    code.as_ref().map_or("Something".into(), |code| format!("A reply {code}"));
                match text {
                    Some(text) => format!("{code} with \u{201c}{text}\u{201d} has come"),
                    None => format!("{code} has come"),
                }
            }
            Test::Sent(octets) => format!("On the wire: {}", visible(octets)),
            Test::Note(text) => format!("A note of the lab says \u{201c}{text}\u{201d}"),
            Test::Data { sent, what } => {
                let way = if *sent { "sent" } else { "received" };
                match what {
                    DataTest::Octets(n) => format!("{n} octets of content were {way}"),
                    DataTest::Contains(text) => {
                        format!("Content was {way} with \u{201c}{}\u{201d}", visible(text))
                    }
                }
            }
            Test::Connection(Link::Open) => "The connection is open".into(),
            Test::Connection(Link::Closed) => "The connection is closed".into(),
            Test::Connection(Link::Reset) => "The connection was reset".into(),
            Test::Mail { user, mailbox, count } => {
                let whose = match mailbox.as_str() {
                    "INBOX" => format!("{user}\u{2019}s mailbox"),
                    other => format!("{user}\u{2019}s mailbox {other}"),
                };
                holds_words(&whose, count, ["message", "messages"])
            }
            Test::News { group, count } => holds_words(group, count, ["article", "articles"]),
            Test::File { path, what } => match what {
                FileTest::Exists(true) => format!("{path} exists"),
                FileTest::Exists(false) => format!("{path} does not exist"),
                FileTest::Folder => format!("{path} is a folder"),
                FileTest::Octets(n) => format!("{path} has {n} octets"),
                FileTest::Contains(text) => {
                    format!("{path} contains \u{201c}{}\u{201d}", visible(text))
                }
            },
            Test::Tcp { side, state: Some(state) } => {
                format!("A socket of the {} is in the state {}", side.word(), state.name())
            }
            Test::Tcp { side, state: None } => {
                format!("Nothing is left of the {}\u{2019}s connections", side.word())
            }
            Test::Shows { side, text } => {
                format!("The {}\u{2019}s desk shows \u{201c}{text}\u{201d}", side.word())
            }
            Test::Raises { side, name } => {
                format!("The {}\u{2019}s desk raises {name}", side.word())
            }
            Test::Waits { side, call } => format!("The {} waits in {call}", side.word()),
        }
    }
}

fn name_of(id: &str) -> &str {
    protocols::by_id(id).map_or(id, |protocol| protocol.name)
}

fn holds_words(what: &str, holds: &Holds, things: [&str; 2]) -> String {
    match holds {
        Holds::Exists(true) => format!("{what} exists"),
        Holds::Exists(false) => format!("{what} does not exist"),
        Holds::Count { count, new, with, flag } => {
            let n = match count {
                Count::Exactly(0) => "no".into(),
                Count::Exactly(n) => n.to_string(),
                Count::AtLeast(1) => "a".into(),
                Count::AtLeast(n) => format!("at least {n}"),
            };
            let thing =
                things[usize::from(!matches!(count, Count::Exactly(1) | Count::AtLeast(1)))];
            let new = if *new { "new " } else { "" };
            let with = with
                .as_ref()
                .map_or(String::new(), |text| format!(" with \u{201c}{}\u{201d}", visible(text)));
            let flag = flag.as_ref().map_or(String::new(), |flag| format!(" flagged {flag}"));
            format!("{what} has {n} {new}{thing}{with}{flag}")
        }
    }
}

fn in_lab(test: &Test, scene: &LabScene<'_>) -> Verdict {
    match test {
        Test::State(id) => {
            let state = scene.client.state();
            let was = scene.find(|kind| matches!(kind, Kind::State(state) if state.id == id));
            match was {
                Some(at) => Verdict::Met(Some(at)),
                None if state.id == id => Verdict::Met(None),
                None => Verdict::NotYet(format!("the state is \u{201c}{}\u{201d}", state.title)),
            }
        }
        Test::Protocol(id) if scene.protocol.id == id => Verdict::Met(None),
        Test::Protocol(_) => Verdict::NotYet(format!("you talk to {}", scene.protocol.name)),
        Test::Fact { name, value } => fact(name, value, scene.client),
        Test::Reply { code, text } => {
            let met = |entry: &Entry| is_reply(entry, code.as_deref(), text.as_deref());
            scene.entry(met).unwrap_or_else(|| {
                scene.last(Side::Server, "no reply has come since the step began")
            })
        }
        Test::Sent(octets) => {
            let met = |entry: &Entry| matches!(&entry.kind, Kind::Sent(wire) if contains(&wire.bytes, octets));
            scene.entry(met).unwrap_or_else(|| {
                scene.last(Side::Client, "nothing was sent since the step began")
            })
        }
        Test::Note(text) => {
            let wanted = text.to_lowercase();
            let met = |kind: &Kind| matches!(kind, Kind::Note(note) if note.text.to_lowercase().contains(&wanted));
            scene.find(met).map_or_else(
                || Verdict::NotYet("the lab has nothing to remark on it".into()),
                |at| Verdict::Met(Some(at)),
            )
        }
        Test::Data { sent, what } => data(*sent, what, scene),
        Test::Connection(link) => {
            connection(*link, scene.session, scene.client.state(), scene.protocol)
        }
        Test::Mail { user, mailbox, count } => {
            let now = scene.world.mail.named(user, mailbox);
            let next_uid =
                scene.fresh.mail.named(user, mailbox).map_or(1, |mailbox| mailbox.next_uid());
            let things = now.map(|mailbox| {
                let all = mailbox.messages().iter();
                all.map(|m| Thing {
                    bytes: &m.bytes,
                    new: m.uid >= next_uid,
                    flags: m.flags.iter().collect(),
                })
            });
            holds(count, things.map(Iterator::collect))
        }
        Test::News { group, count } => {
            let now = scene.world.news.group(group);
            let high = scene.fresh.news.group(group).map_or(0, |group| group.marks().1);
            let things = now.map(|group| {
                let all = group.range(0, u64::MAX);
                all.map(|(n, a)| Thing { bytes: &a.bytes, new: n > high, flags: Vec::new() })
            });
            holds(count, things.map(Iterator::collect))
        }
        Test::File { path, what } => file(path, what, scene.world),
        Test::Tcp { .. } | Test::Shows { .. } | Test::Raises { .. } | Test::Waits { .. } => {
            Verdict::NotYet("this is not the bench".into())
        }
    }
}

impl LabScene<'_> {
    fn find(&self, is_it: impl Fn(&Kind) -> bool) -> Option<usize> {
        self.entries.iter().position(|entry| is_it(&entry.kind))
    }

    fn entry(&self, is_it: impl Fn(&Entry) -> bool) -> Option<Verdict> {
        self.entries.iter().position(|entry| is_it(entry)).map(|at| Verdict::Met(Some(at)))
    }

    /// The last that this side has put on the wire.
    fn last(&self, side: Side, nothing: &str) -> Verdict {
        let wires = self.entries.iter().rev().filter(|entry| entry.side() == side);
        let last = wires.filter_map(|entry| entry.wire()).next();
        Verdict::NotYet(match last {
            Some(wire) => {
                let masked = wire.masked();
                let line =
                    masked.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
                format!("the last was {}", visible(&line[..line.len().min(80)]))
            }
            None => nothing.into(),
        })
    }
}

fn fact(name: &str, wanted: &FactValue, client: &dyn Client) -> Verdict {
    let facts = client.facts();
    let value = facts.iter().find(|fact| fact.name == name).map(|fact| fact.value.as_str());
    let met = match (wanted, value) {
        (FactValue::Is(wanted), Some(value)) => value == wanted,
        (FactValue::Contains(wanted), Some(value)) => value.contains(wanted.as_str()),
        (FactValue::Missing, None) => true,
        _ => false,
    };
    match (met, value) {
        (true, _) => Verdict::Met(None),
        (false, Some(value)) => Verdict::NotYet(format!("{name}: {value}")),
        (false, None) => Verdict::NotYet(format!("nothing is known of: {name}")),
    }
}

fn is_reply(entry: &Entry, code: Option<&str>, text: Option<&str>) -> bool {
    let bytes = match &entry.kind {
        Kind::Received(wire) => &wire.bytes,
        Kind::Data { direction: Direction::Received, head, .. } if code.is_none() => head,
        _ => return false,
    };
    let first = bytes.split(|byte| *byte == b'\r' || *byte == b'\n').next().unwrap_or_default();
    let mut words = first.split(|byte| *byte == b' ').take(2);
    code.is_none_or(|code| words.any(|word| has_code(word, code)))
        && text.is_none_or(|text| contains(bytes, text.as_bytes()))
}

/// `250`, and the `250-` of a reply with more lines; an x in the code stands for any digit.
fn has_code(word: &[u8], code: &str) -> bool {
    let (head, rest) = word.split_at(word.len().min(code.len()));
    head.len() == code.len()
        && matches!(rest, [] | [b'-', ..])
        && head
            .iter()
            .zip(code.bytes())
            .all(|(c, wanted)| *c == wanted || (wanted == b'x' && c.is_ascii_digit()))
}

fn data(sent: bool, what: &DataTest, scene: &LabScene<'_>) -> Verdict {
    let way = if sent { Direction::Sent } else { Direction::Received };
    let mut seen = None;
    for (at, entry) in scene.entries.iter().enumerate() {
        let Kind::Data { direction, head, octets } = &entry.kind else { continue };
        if *direction != way {
            continue;
        }
        let met = match what {
            DataTest::Octets(n) => octets == n,
            DataTest::Contains(text) => contains(head, text),
        };
        if met {
            return Verdict::Met(Some(at));
        }
        seen = Some(*octets);
    }
    Verdict::NotYet(match seen {
        Some(octets) => format!("the last content had {octets} octets"),
        None => "no content has crossed since the step began".into(),
    })
}

fn connection(wanted: Link, session: &[Entry], state: &State, protocol: &Protocol) -> Verdict {
    let main = session.iter().rev().filter(|entry| entry.conn == Conn::MAIN);
    let mut events = main.filter_map(|entry| match &entry.kind {
        Kind::Opened { .. } => Some(Link::Open),
        Kind::Ended(_) | Kind::Failed { .. } => Some(Link::Closed),
        Kind::Reset { .. } => Some(Link::Reset),
        _ => None,
    });
    // What came after a reset tells nothing more.
    let last = events.next();
    let is_reset = last == Some(Link::Reset) || events.next() == Some(Link::Reset);
    let met = match wanted {
        Link::Open => last == Some(Link::Open),
        Link::Closed => {
            last.is_some_and(|last| last != Link::Open) || state == protocol.table.end()
        }
        Link::Reset => is_reset,
    };
    if met {
        return Verdict::Met(None);
    }
    let now = match last {
        None => "there is no connection",
        Some(Link::Open) => "the connection is open",
        Some(_) => "the connection is closed",
    };
    Verdict::NotYet(now.into())
}

/// A message or an article.
struct Thing<'a> {
    bytes: &'a [u8],
    new: bool,
    flags: Vec<&'a str>,
}

fn holds(wanted: &Holds, things: Option<Vec<Thing<'_>>>) -> Verdict {
    match (wanted, things) {
        (Holds::Exists(wanted), things) if *wanted == things.is_some() => Verdict::Met(None),
        (Holds::Exists(_), Some(_)) => Verdict::NotYet("it is there".into()),
        (_, None) => Verdict::NotYet("it does not exist".into()),
        (Holds::Count { count, new, with, flag }, Some(things)) => {
            let counted = things.iter().filter(|thing| thing.new || !new);
            let counted = counted.filter(|thing| {
                with.as_ref().is_none_or(|text| contains(thing.bytes, text))
                    && flag.as_ref().is_none_or(|flag| {
                        thing.flags.iter().any(|other| other.eq_ignore_ascii_case(flag))
                    })
            });
            let n = counted.count();
            if count.admits(n) {
                return Verdict::Met(None);
            }
            let fit = if *new || with.is_some() || flag.is_some() {
                format!("{n} of {} fit", things.len())
            } else {
                format!("there are {n}")
            };
            Verdict::NotYet(fit)
        }
    }
}

fn file(path: &str, wanted: &FileTest, world: &World) -> Verdict {
    let node = world.files.get(path);
    let content = node.and_then(|node| node.content());
    let met = match wanted {
        FileTest::Exists(wanted) => node.is_some() == *wanted,
        FileTest::Folder => node.is_some_and(|node| node.is_folder()),
        FileTest::Octets(n) => content.is_some_and(|content| content.len() == *n),
        FileTest::Contains(text) => {
            content.is_some_and(|content| contains(&content.read(0, LOOK), text))
        }
    };
    if met {
        return Verdict::Met(None);
    }
    Verdict::NotYet(match (node, content.map(Content::len)) {
        (None, _) => format!("there is nothing at {path}"),
        (Some(_), None) => format!("{path} is a folder"),
        (Some(_), Some(octets)) => format!("{path} has {octets} octets"),
    })
}

pub(super) fn contains(all: &[u8], part: &[u8]) -> bool {
    part.is_empty() || all.windows(part.len()).any(|window| window == part)
}
