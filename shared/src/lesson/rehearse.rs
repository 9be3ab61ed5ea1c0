//! A lesson played from its beginning to its end, as somebody would who does what it says: in a fresh world, against
//! the practice servers, with nobody looking on.

use core::time::Duration;

use super::{Act, BENCH, Course, Deed, LabScene, Lesson, Problem, Scene, Step, Verdict};
use crate::dialogue::{Dialogue, Event};
use crate::link::Link;
use crate::machine::{ClientConfig, Conn, OwnedInput, Refused, ServerConfig, Tick};
use crate::protocols::{self, Protocol};
use crate::session::{Effect, Session};
use crate::sockets::Bench;
use crate::transcript::Entry;
use crate::world::{EPOCH, World};
use crate::{faults, typed};

/// Things that happen after one command. A file of a gigabyte comes in fewer pieces.
const BUDGET: usize = 200_000;

/// Plays a lesson. What goes wrong first is told, with its line; what comes after it would only follow from that.
pub fn rehearse(lesson: &Lesson) -> Result<(), Vec<Problem>> {
    if lesson.protocol == BENCH {
        return play(lesson, &mut Desks { bench: Bench::new(1), since: 0 });
    }
    let Some(protocol) = protocols::by_id(&lesson.protocol) else {
        let what = format!("There is no protocol {:?}.", lesson.protocol);
        return Err(vec![Problem::new(1, what, "one of the registry")]);
    };
    let fresh = World::new(EPOCH);
    let mut lab = Lab {
        protocol,
        lesson,
        dialogue: Lab::dialogue(protocol, lesson, 1, None, fresh.clone()),
        fresh,
        past: Vec::new(),
        sessions: 1,
        delivered_to: None,
        due: Vec::new(),
        now: Tick::default(),
        since: 0,
    };
    lab.connect();
    lab.since = lab.entries().len();
    play(lesson, &mut lab)
}

trait Stage {
    fn act(&mut self, act: &Act) -> Result<(), Wrong>;
    fn scene<R>(&self, look: impl FnOnce(Scene<'_>) -> R) -> R;
    /// The next step begins so many entries later.
    fn begin_step(&mut self, entries: usize);
}

/// What cannot be done, and what is expected in its place.
struct Wrong(String, String);

fn play(lesson: &Lesson, stage: &mut impl Stage) -> Result<(), Vec<Problem>> {
    let mut course = Course::new(lesson, 0);
    for (n, step) in lesson.steps.iter().enumerate() {
        let before = verdicts(stage, step);
        if before.iter().all(Verdict::is_met) {
            let what = format!("The step {:?} is done before anything was done.", step.title);
            let expected = "an expectation that only its commands meet";
            return Err(vec![Problem::new(step.line, what, expected)]);
        }
        for (act, line) in step.acts().zip(&step.act_lines) {
            stage
                .act(act)
                .map_err(|Wrong(what, expected)| vec![Problem { line: *line, what, expected }])?;
        }
        let unmet = step.expect.iter().zip(verdicts(stage, step));
        let unmet = unmet.filter_map(|(expectation, verdict)| match verdict {
            Verdict::Met(_) => None,
            Verdict::NotYet(there) => {
                let what = format!("The step is done as written, and {there}.");
                Some(Problem::new(expectation.line, what, &expectation.text))
            }
        });
        let unmet: Vec<Problem> = unmet.collect();
        if !unmet.is_empty() {
            return Err(unmet);
        }
        let next = stage.scene(|scene| course.look(lesson, scene));
        stage.begin_step(next.unwrap_or(0));
        debug_assert_eq!(course.step(), n + 1, "all of it was met");
    }
    Ok(())
}

fn verdicts(stage: &impl Stage, step: &Step) -> Vec<Verdict> {
    stage.scene(|scene| step.expect.iter().map(|e| e.test.check(scene)).collect())
}

struct Lab<'a> {
    protocol: &'static Protocol,
    lesson: &'a Lesson,
    dialogue: Dialogue,
    fresh: World,
    /// Of earlier sessions with this server.
    past: Vec<Entry>,
    sessions: u64,
    delivered_to: Option<String>,
    /// When the client's clock wants to be heard.
    due: Vec<Tick>,
    now: Tick,
    since: usize,
}

impl Stage for Lab<'_> {
    fn act(&mut self, act: &Act) -> Result<(), Wrong> {
        match act {
            Act::Send(text) => {
                let refused = typed::send(text, |input| self.typed(input)).err();
                if let Some(why) = refused {
                    let expected = "a command that the client sends here, or the fence ```anyway";
                    return Err(Wrong(format!("{text:?} is not sent. {why}"), expected.into()));
                }
            }
            Act::Anyway(text) => {
                let agrees = typed::send(text, |input| {
                    let mut tried = self.dialogue.bare();
                    tried.apply(&Event::Typed(input), self.now).map(|_| ())
                });
                if agrees.is_ok() {
                    let what = format!("The client sends {text:?} by itself.");
                    return Err(Wrong(what, "the fence ```send".into()));
                }
                let bytes = typed::unchecked(self.dialogue.session().client(), text);
                self.send_octets(bytes)?;
            }
            Act::Octets(text) => {
                let escapes = "octets with \\r \\n \\t \\0 \\\\ \\xNN";
                let bytes = typed::octets(text).map_err(|what| Wrong(what, escapes.into()))?;
                self.send_octets(bytes)?;
            }
            Act::Do(Deed::Reconnect) => self.begin(self.protocol),
            Act::Do(Deed::Disconnect) => {
                let why = "you dropped the connection".into();
                self.happens(Event::Arrived(OwnedInput::Reset { conn: Conn::MAIN, why }));
            }
            Act::Do(Deed::MailArrives) => {
                self.happens(Event::MailArrives(self.dialogue.reader()));
            }
            Act::Do(Deed::GoTo(id)) => {
                if let Some(protocol) = protocols::by_id(id) {
                    self.begin(protocol);
                }
            }
            Act::Do(Deed::Wait(time)) => {
                self.settle()?;
                self.pass(*time)?;
            }
            Act::At(..) | Act::Do(Deed::Network(_) | Deed::Restart(_) | Deed::Interrupt(_)) => {
                let what = "This is for the bench.".into();
                return Err(Wrong(
                    what,
                    format!("something that can be done with {}", self.protocol.name),
                ));
            }
        }
        self.settle()
    }

    fn scene<R>(&self, look: impl FnOnce(Scene<'_>) -> R) -> R {
        let entries = self.entries();
        let session = self.dialogue.session();
        look(Scene::Lab(LabScene {
            protocol: self.protocol,
            client: session.client(),
            world: self.dialogue.world(),
            fresh: &self.fresh,
            entries: entries.get(self.since..).unwrap_or_default(),
            session: session.transcript().entries(),
        }))
    }

    fn begin_step(&mut self, entries: usize) {
        self.since += entries;
    }
}

impl Lab<'_> {
    fn dialogue(
        protocol: &'static Protocol,
        lesson: &Lesson,
        seed: u64,
        user: Option<&str>,
        world: World,
    ) -> Dialogue {
        let fault = lesson.fault.as_ref().filter(|_| lesson.protocol == protocol.id);
        let fault = fault.and_then(|name| faults::named(name, protocol).ok());
        let practice = ClientConfig::practice(protocol.port);
        // What SMTP delivered is what a reader wants to see next.
        let user = user.filter(|_| ["pop3", "imap"].contains(&protocol.id));
        let user = user.unwrap_or(&practice.user).to_string();
        let password = world.accounts.password(&user).unwrap_or(&practice.password).into();
        let config = ClientConfig { seed, user, password, ..practice };
        let session = Session::new((protocol.client)(&config));
        let server = faults::server(protocol, &ServerConfig::practice(seed).patient(), fault);
        Dialogue::new(session, Some(Link::new(server, protocol.port)), world)
    }

    /// Another session, in the world that the one before it leaves.
    fn begin(&mut self, protocol: &'static Protocol) {
        self.happens(Event::Left);
        let mut world = self.dialogue.world().clone();
        self.sessions += 1;
        let again = protocol.id == self.protocol.id;
        let old = self.dialogue.session().transcript().entries();
        if again {
            self.past.extend_from_slice(old);
        } else {
            self.past.clear();
            self.since = 0;
        }
        if !again && self.lesson.fault.is_some() {
            world.tally.clear();
        }
        self.protocol = protocol;
        let user = self.delivered_to.as_deref();
        self.dialogue = Lab::dialogue(protocol, self.lesson, self.sessions, user, world);
        self.due.clear();
        self.connect();
    }

    fn connect(&mut self) {
        let ClientConfig { host, port, .. } = ClientConfig::practice(self.protocol.port);
        self.happens(Event::Connect { host, port });
        // It only says that the server does not come to rest, and that will be said of the first command.
        drop(self.settle());
    }

    fn entries(&self) -> Vec<&Entry> {
        self.past.iter().chain(self.dialogue.session().transcript().entries()).collect()
    }

    fn typed(&mut self, input: OwnedInput) -> Result<(), Refused> {
        self.dialogue.apply(&Event::Typed(input), self.now).map(|_| ())
    }

    fn send_octets(&mut self, bytes: Vec<u8>) -> Result<(), Wrong> {
        self.typed(OwnedInput::Raw { conn: Conn::MAIN, bytes }).map_err(|why| {
            Wrong(format!("The octets are not sent. {why}"), "an open connection".into())
        })
    }

    /// Tells whether anything did.
    fn happens(&mut self, event: Event) -> bool {
        let counts = self.dialogue.world().mail.counts();
        // Only what is typed can be refused.
        let done = self.dialogue.apply(&event, self.now).unwrap_or(false);
        if let Some(user) = self.dialogue.world().mail.grown(&counts) {
            self.delivered_to = Some(user.into());
        }
        done
    }

    /// Lets everything happen that follows.
    fn settle(&mut self) -> Result<(), Wrong> {
        for _ in 0..BUDGET {
            while let Some(effect) = self.dialogue.poll_effect() {
                if let Effect::WakeAt(at) = effect {
                    self.due.push(at);
                }
            }
            if !self.happens(Event::Carried) {
                return Ok(());
            }
        }
        let what = "What this begins has no end.".into();
        Err(Wrong(what, format!("{} comes to rest", self.protocol.name)))
    }

    /// Lets time pass: whoever asked to be woken within it is woken when it is due.
    fn pass(&mut self, time: Duration) -> Result<(), Wrong> {
        let end = self.now.after(time);
        loop {
            self.due.sort();
            let server = self.dialogue.link().and_then(Link::wake_at);
            let server = server.filter(|at| self.due.first().is_none_or(|due| at < due));
            let Some(at) = server.or(self.due.first().copied()).filter(|at| *at <= end) else {
                break;
            };
            self.now = self.now.max(at);
            match server {
                Some(_) => self.happens(Event::ServerTime),
                None => {
                    self.due.remove(0);
                    self.happens(Event::Arrived(OwnedInput::Time))
                }
            };
            self.settle()?;
        }
        self.now = end;
        Ok(())
    }
}

struct Desks {
    bench: Bench,
    since: usize,
}

impl Stage for Desks {
    fn act(&mut self, act: &Act) -> Result<(), Wrong> {
        match act {
            Act::At(side, text) => self.bench.enter(*side, text).map_err(|why| {
                Wrong(format!("{text:?} is not run. {why}"), "what this desk can run now".into())
            })?,
            Act::Do(Deed::Wait(time)) => self.bench.pass(*time),
            Act::Do(Deed::Network(fault)) => self.bench.set_fault(Some(*fault)),
            Act::Do(Deed::Restart(side)) => self.bench.restart(*side),
            Act::Do(Deed::Interrupt(side)) => self.bench.interrupt(*side),
            Act::Send(_) | Act::Anyway(_) | Act::Octets(_) | Act::Do(_) => {
                let what = "This cannot be done on the bench.".into();
                return Err(Wrong(what, "client, server, or a deed of the bench".into()));
            }
        }
        Ok(())
    }

    fn scene<R>(&self, look: impl FnOnce(Scene<'_>) -> R) -> R {
        look(Scene::Bench { bench: &self.bench, since: self.since })
    }

    fn begin_step(&mut self, entries: usize) {
        self.since += entries;
    }
}
