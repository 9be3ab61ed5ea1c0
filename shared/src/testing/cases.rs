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
#[derive(Clone)]
pub(crate) struct Case<'a> {
    /// The pitfalls of `reference` that it is an example of, such as `FTP-06 FTP-25`.
    pub(crate) id: &'a str,
    /// How a scripted session comes to the state, and how one with the practice server does.
    pub(crate) from: From<'a>,
    pub(crate) then: Vec<Step<'a>>,
    /// A part of the note; nothing where none is due that warns.
    pub(crate) says: &'a str,
    pub(crate) rule: (u16, &'a str),
    pub(crate) fix: Option<&'a str>,
}

/// Steps with a server whose words are written down, and with the practice server.
pub(crate) type From<'a> = (Vec<Step<'a>>, Vec<Step<'a>>);

/// What happens, and the note with its rule and its fix.
pub(crate) fn case<'a>(
    id: &'a str,
    from: From<'a>,
    then: impl Into<Vec<Step<'a>>>,
    says: &'a str,
    rule: (u16, &'a str),
    fix: Option<&'a str>,
) -> Case<'a> {
    Case { id, from, then: then.into(), says, rule, fix }
}

/// What happens, and nothing is wrong with it.
pub(crate) fn fine<'a>(id: &'a str, from: From<'a>, then: impl Into<Vec<Step<'a>>>) -> Case<'a> {
    case(id, from, then, "", (0, ""), None)
}

/// Every note that is due is there once, and what it has for right is accepted by the practice
/// server. Each pitfall from 1 to `last` has a case.
pub(crate) fn check(
    protocol: &'static Protocol,
    make: &dyn Fn() -> Box<dyn Client>,
    cases: &[Case<'_>],
    (prefix, last): (&str, usize),
) {
    let wrong: Vec<_> = cases.iter().filter_map(|case| case.wrong(protocol, make)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    for n in 1..=last {
        let id = format!("{prefix}-{n:02}");
        let there = cases.iter().any(|case| case.id.split(' ').any(|one| one == id));
        assert!(there, "nothing shows {id}");
    }
}

impl Case<'_> {
    fn wrong(
        &self,
        protocol: &'static Protocol,
        make: &dyn Fn() -> Box<dyn Client>,
    ) -> Option<String> {
        let Case { id, from, then, says, rule, fix } = self;
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
                !matches!(wire.outcome, Some(Outcome::Transient | Outcome::Permanent))
            }
            Kind::Note(note) => note.level == Level::Info && note.fix.is_none(),
            _ => true,
        })
    }

    fn entries(&self) -> &[Entry] {
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
