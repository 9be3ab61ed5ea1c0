//! Tables of what can go wrong on the wire, and what a client says of it.

use super::{Step, play};
use crate::dialogue::{Dialogue, Event};
use crate::explain::Outcome;
use crate::link::Link;
use crate::machine::{
    Client, ClientConfig, Conn, Level, Note, Output, OwnedInput, Refused, ServerConfig, Tick,
};
use crate::protocols::Protocol;
use crate::session::{Effect, Session};
use crate::transcript::{Entry, Kind, render};
use crate::world::{EPOCH, World};

/// Something that happens in a state, and the note that is due.
#[derive(Clone, Debug)]
struct Case {
    /// The pitfalls of `reference` that it is an example of, such as `FTP-06 FTP-25`.
    id: &'static str,
    state: &'static str,
    then: Vec<Step<'static>>,
    /// A part of the note; nothing where none is due that warns.
    says: &'static str,
    rule: (u16, &'static str),
    fix: Option<&'static str>,
}

/// Steps with a server whose words are written down, and with the practice server.
pub(crate) type From = (Vec<Step<'static>>, Vec<Step<'static>>);

/// Reads a table: on each line the numbers, the state, the steps, a part of the note, its rule and
/// its fix, with `;;` between. Steps have `~` between and begin with `>` (typed), `>>` (a batch),
/// `!` (raw) or `<` (the server), and the last two get CR LF if no `-` stands there; a digit is the
/// connection if it is not the first. `+` opens one, `=` has it wait, `.` ends it.
fn table(text: &'static str) -> Vec<Case> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(case).collect()
}

fn case(line: &'static str) -> Case {
    let columns: Vec<&str> = line.split(";;").map(str::trim).collect();
    let [id, state, then, ref rest @ ..] = columns[..] else { panic!("too few columns: {line}") };
    let (says, rule, fix) = match rest[..] {
        ["fine"] => ("", (0, ""), None),
        [says, rule] => (says, rule_of(rule), None),
        [says, rule, fix] => (says, rule_of(rule), Some(text_of(fix))),
        _ => panic!("a note has a text and a rule: {line}"),
    };
    let then = then.split(" ~ ").map(step).collect();
    Case { id, state, then, says, rule, fix }
}

fn rule_of(text: &'static str) -> (u16, &'static str) {
    let (number, section) = text.split_once(' ').unwrap_or((text, ""));
    (number.parse().expect("the number of an RFC"), section)
}

fn step(text: &'static str) -> Step<'static> {
    let mark = text.find(|c: char| !"<>!+=.-".contains(c) && !c.is_ascii_digit());
    let (mark, rest) = text.split_at(mark.unwrap_or(text.len()));
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    let digits: String = mark.chars().filter(char::is_ascii_digit).collect();
    let conn = Conn(digits.parse().unwrap_or(0));
    let end: &[u8] = if mark.ends_with('-') { b"" } else { b"\r\n" };
    let octets = || -> &'static [u8] { [&unescaped(rest)[..], end].concat().leak() };
    match mark.trim_end_matches(|c: char| c == '-' || c.is_ascii_digit()) {
        ">" => Step::Types(text_of(rest)),
        ">>" => Step::Batch(text_of(rest)),
        "!" => Step::Raw(octets()),
        "<" => Step::Server(conn, octets()),
        "+" => Step::Opens(conn),
        "=" => Step::Listens(conn),
        "." => Step::Ends(conn),
        _ => panic!("no step: {text}"),
    }
}

fn text_of(text: &'static str) -> &'static str {
    String::from_utf8(unescaped(text)).expect("what is typed is text").leak()
}

fn unescaped(text: &str) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::new(), text);
    while let Some((before, behind)) = rest.split_once('\\') {
        out.extend_from_slice(before.as_bytes());
        let (octet, length) = match behind.as_bytes() {
            [b'r', ..] => (b'\r', 1),
            [b'n', ..] => (b'\n', 1),
            [b't', ..] => (b'\t', 1),
            [b'0', ..] => (0, 1),
            [b'x', ..] => (u8::from_str_radix(&behind[1..3], 16).expect("two digits"), 3),
            _ => panic!("no escape: {text}"),
        };
        out.push(octet);
        rest = &behind[length..];
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

/// Every note that is due is there once, and what it has for right is accepted by the practice
/// server. Each pitfall from 1 to `last` has a line in the table, be it a remark that says where
/// else it is tested.
pub(crate) fn check(
    protocol: &'static Protocol,
    make: &dyn Fn() -> Box<dyn Client>,
    from: &dyn Fn(&str) -> From,
    text: &'static str,
    (prefix, last): (&str, usize),
) {
    let cases = table(text);
    let wrong = cases.iter().filter_map(|case| case.wrong(protocol, make, from(case.state)));
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    for n in 1..=last {
        let id = format!("{prefix}-{n:02}");
        let there = |line: &str| {
            let ids = line.split(";;").next().unwrap_or_default();
            ids.split([' ', ':']).any(|one| one == id)
        };
        assert!(text.lines().any(there), "nothing shows {id}");
    }
}

impl Case {
    fn wrong(
        &self,
        protocol: &'static Protocol,
        make: &dyn Fn() -> Box<dyn Client>,
        from: From,
    ) -> Option<String> {
        let Case { id, then, says, rule, fix, .. } = self;
        let before = play(make, &from.0).len();
        let outputs = play(make, &[&from.0[..], then].concat());
        let all = notes(&outputs[before.min(outputs.len())..]);
        let wrong = |what: String| Some(format!("{id}: {then:?}: {what}\n{all:#?}"));
        if says.is_empty() {
            let warned = all.iter().any(|note| note.level != Level::Info);
            return if warned { wrong("nothing is wrong".into()) } else { None };
        }
        let found: Vec<_> = all.iter().filter(|note| note.text.contains(says)).collect();
        let [note] = found[..] else { return wrong(format!("{} times {says:?}", found.len())) };
        let named = note.rule.map(|rule| (rule.number, rule.section));
        if named != Some(*rule) || note.fix.as_deref() != *fix {
            return wrong(format!("expected {rule:?} and {fix:?}"));
        }
        if !protocol.rfcs.contains(&rule.0) {
            return wrong(format!("RFC {} is not listed for the protocol", rule.0));
        }
        let mut practice = Practice::new(protocol);
        from.1.iter().for_each(|step| practice.does(step));
        fix.filter(|fix| !practice.accepts(fix))
            .map(|fix| format!("{id}: {fix:?} is said to be right\n{}", practice.text()))
    }
}

fn notes(outputs: &[Output]) -> Vec<&Note> {
    let notes = outputs.iter().filter_map(|output| match output {
        Output::Note(note) => Some(note),
        _ => None,
    });
    notes.collect()
}

/// A session with the practice server of the same page.
pub(crate) struct Practice {
    dialogue: Dialogue,
    protocol: &'static Protocol,
}

impl Practice {
    pub(crate) fn new(protocol: &'static Protocol) -> Practice {
        let config = ClientConfig::practice(protocol.port);
        let session = Session::new((protocol.client)(&config));
        let link = Link::new((protocol.server)(&ServerConfig::practice(1)), protocol.port);
        let dialogue = Dialogue::new(session, Some(link), World::new(EPOCH));
        let mut practice = Practice { dialogue, protocol };
        practice.happens(Event::Connect { host: config.host, port: config.port }).expect("first");
        practice
    }

    pub(crate) fn does(&mut self, step: &Step<'_>) {
        let input = match step {
            Step::Types(text) => OwnedInput::Command((*text).into()),
            Step::Batch(text) => OwnedInput::Batch((*text).into()),
            Step::Raw(bytes) => OwnedInput::Raw { conn: Conn::MAIN, bytes: bytes.to_vec() },
            other => panic!("{other:?} is not done by a person"),
        };
        if let Err(why) = self.happens(Event::Typed(input)) {
            panic!("{}: {step:?} was refused: {why}\n{}", self.protocol.id, self.text());
        }
    }

    /// It can be typed, the server does it, and nobody warns.
    pub(crate) fn accepts(&mut self, text: &str) -> bool {
        let before = self.entries().len();
        self.does(&Step::Types(text));
        self.entries()[before..].iter().all(|entry| match &entry.kind {
            Kind::Received(wire) => {
                let refused = matches!(wire.outcome, Some(Outcome::Transient | Outcome::Permanent));
                // WONT and DONT of Telnet.
                !refused && !matches!(wire.bytes[..], [255, 252 | 254, _])
            }
            Kind::Note(note) => note.level == Level::Info && note.fix.is_none(),
            _ => true,
        })
    }

    pub(crate) fn notes(&self) -> Vec<Note> {
        let notes = self.entries().iter().filter_map(|entry| match &entry.kind {
            Kind::Note(note) => Some(note.clone()),
            _ => None,
        });
        notes.collect()
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        self.dialogue.session().transcript().entries()
    }

    fn text(&self) -> String {
        render(self.dialogue.session().transcript())
    }

    fn happens(&mut self, event: Event) -> Result<(), Refused> {
        let now = Tick::default();
        self.dialogue.apply(&event, now)?;
        loop {
            let carried = self.dialogue.apply(&Event::Carried, now)?;
            let mut asked = false;
            while let Some(effect) = self.dialogue.poll_effect() {
                asked |= !matches!(effect, Effect::WakeAt(_));
            }
            if !carried && !asked {
                return Ok(());
            }
        }
    }
}
