//! A lesson in the lab: begun, followed, and played by machine.

use core::time::Duration;

use shared::faults;
use shared::lesson::{Act, Deed, LabScene, Lesson, Scene, Verdict};
use shared::machine::{Conn, OwnedInput, Tick};
use shared::protocols::{self, Protocol};
use shared::session::Effect;
use shared::transcript::{Entry, Kind};
use shared::world::World;

use super::{Lab, Route, Target};
use crate::state::lesson::{OpenLesson, Stage, footprint};
use crate::state::parse_octets;

/// Goes into the composer in place of what is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Grows with each draft, so that the same text can be put again.
    pub number: u32,
    pub text: String,
    /// As octets with escapes.
    pub raw: bool,
}

impl Stage for Lab {
    fn lesson(&self) -> Option<&OpenLesson> {
        self.lesson.as_ref()
    }

    fn lesson_mut(&mut self) -> Option<&mut OpenLesson> {
        self.lesson.as_mut()
    }

    fn begin_lesson(&mut self, id: &str, lesson: Lesson, done: usize, now: Tick) {
        let mut open = OpenLesson::new(id, lesson, done);
        open.footprints = course(&open.lesson);
        self.lesson = Some(open);
        self.begin_again(now);
    }

    fn resume_lesson(&mut self, id: &str, lesson: &Lesson, done: usize) -> bool {
        if self.route.target != Target::Page || !self.has_begun() {
            return false;
        }
        let mut open = OpenLesson::new(id, lesson.clone(), 0);
        open.footprints = course(lesson);
        let footprints = open.footprints.clone();
        self.lesson = Some(open);
        // What is in the transcript tells most of it; the rest has been told before.
        self.follow_lesson();
        if self.lesson.as_ref().is_some_and(|open| open.step() < done) {
            let mut open = OpenLesson::new(id, lesson.clone(), done);
            open.footprints = footprints;
            self.lesson = Some(open);
            self.skip_for_lesson();
        }
        true
    }

    fn reset_lesson(&mut self, now: Tick) {
        self.lesson = self.lesson.take().map(OpenLesson::again);
        self.begin_again(now);
    }

    fn leave_lesson(&mut self) {
        self.lesson = None;
    }

    fn is_modified(&self) -> bool {
        let Some(open) = &self.lesson else { return false };
        self.route != self.practice_of(self.route.protocol)
            || !open.leaves(footprint(self.world_now()))
    }

    fn is_behind(&self) -> bool {
        let under_way = self.lesson.as_ref().is_some_and(|open| open.step() > 0 && !open.is_done());
        // What nobody reads before it is sent goes to practice servers only.
        under_way && self.route.target == Target::Page && !self.has_begun()
    }

    fn hold_nothing(&mut self, now: Tick) {
        self.set_predicting(false, now);
    }

    fn follow_lesson(&mut self) -> bool {
        let Some(mut open) = self.lesson.take() else { return false };
        let before = open.step();
        let fresh = open.fresh.clone();
        while self.scene(open.since, &fresh, |scene| open.look(scene)) {}
        let changed = open.step() != before;
        self.lesson = Some(open);
        changed
    }

    fn verdicts(&self) -> Vec<Verdict> {
        let Some(open) = &self.lesson else { return Vec::new() };
        self.scene(open.since, &open.fresh, |scene| open.verdicts(scene))
    }

    fn play_act(&mut self, act: &Act, now: &mut Tick) {
        match act {
            Act::Send(text) => self.send(text, *now),
            Act::Anyway(text) => self.send_anyway(text, *now),
            Act::Octets(text) => match parse_octets(text) {
                Ok(octets) => self.send_octets(&octets, text, *now),
                Err(wrong) => self.notice = Some(wrong),
            },
            Act::Do(Deed::Reconnect) => self.connect(self.route.clone(), *now),
            Act::Do(Deed::Disconnect) => {
                let why = "you dropped the connection".into();
                self.arrive(OwnedInput::Reset { conn: Conn::MAIN, why }, *now);
            }
            Act::Do(Deed::MailArrives) => self.mail_arrives(*now),
            Act::Do(Deed::GoTo(id)) => {
                if let Some(protocol) = protocols::by_id(id) {
                    self.connect(self.practice_of(protocol), *now);
                }
            }
            Act::Do(Deed::Wait(time)) => {
                self.settle(*now);
                self.pass(*time, now);
            }
            Act::At(..) | Act::Do(Deed::Network(_) | Deed::Restart(_) | Deed::Interrupt(_)) => {}
        }
        self.settle(*now);
    }

    fn skip_for_lesson(&mut self) {
        let len = self.len();
        if let Some(open) = &mut self.lesson {
            open.since = len;
        }
    }
}

impl Lab {
    /// The practice server of a protocol, with what the lesson says is wrong with it.
    pub fn practice_of(&self, protocol: &'static Protocol) -> Route {
        let lesson = self.lesson.as_ref().map(|open| &open.lesson);
        let fault = lesson.filter(|lesson| lesson.protocol == protocol.id).and_then(|lesson| {
            let name = lesson.fault.as_ref()?;
            faults::named(name, protocol).ok()
        });
        Route { fault, ..Route::practice(protocol) }
    }

    /// Puts a text into the composer.
    pub fn put(&mut self, text: &str, raw: bool) {
        self.placed = Draft { number: self.placed.number + 1, text: text.into(), raw };
    }

    /// Whether anything was sent.
    fn has_begun(&self) -> bool {
        let sent = |entry: &Entry| matches!(entry.kind, Kind::Sent(_));
        (0..self.len()).filter_map(|n| self.entry(n)).any(sent)
    }

    /// Entries are counted from 0 again.
    pub(super) fn record_begins_anew(&mut self) {
        if let Some(open) = &mut self.lesson {
            open.since = 0;
        }
    }

    fn begin_again(&mut self, now: Tick) {
        let Some(open) = &self.lesson else { return };
        let protocol = protocols::by_id(&open.lesson.protocol).unwrap_or(self.route.protocol);
        let fresh = (*open.fresh).clone();
        self.begin_fresh(self.practice_of(protocol), fresh, now);
        self.settle(now);
        self.skip_for_lesson();
    }

    fn settle(&mut self, now: Tick) {
        while self.pump(now) {}
    }

    /// Lets time pass: whoever asked to be woken within it is woken when it is due.
    fn pass(&mut self, time: Duration, now: &mut Tick) {
        let end = now.after(time);
        let mut due = Vec::new();
        loop {
            while let Some(effect) = self.next_outgoing() {
                if let Effect::WakeAt(at) = effect {
                    due.push(at);
                }
            }
            due.sort();
            let servers =
                self.server_wakes_at().filter(|at| due.first().is_none_or(|due| at < due));
            match servers.or(due.first().copied()).filter(|at| *at <= end) {
                None => break,
                Some(at) => *now = (*now).max(at),
            }
            match servers {
                Some(_) => self.wake_server(*now),
                None => {
                    due.remove(0);
                    self.arrive(OwnedInput::Time, *now);
                }
            }
            self.settle(*now);
        }
        *now = end;
    }

    /// What the lesson looks at: always what is there now, whatever step is shown.
    fn scene<R>(&self, since: usize, fresh: &World, look: impl FnOnce(Scene<'_>) -> R) -> R {
        let entries: Vec<&Entry> = (since..self.len()).filter_map(|n| self.entry(n)).collect();
        look(Scene::Lab(LabScene {
            protocol: self.route.protocol,
            client: self.session().client(),
            world: self.world_now(),
            fresh,
            entries: &entries,
            session: self.session().transcript().entries(),
        }))
    }
}

/// What the lesson makes of the world, from its beginning to its end.
fn course(lesson: &Lesson) -> Vec<(usize, u64)> {
    let mut now = Tick::default();
    let mut lab = Lab::new(Route::landing());
    lab.lesson = Some(OpenLesson::new("", lesson.clone(), 0));
    lab.begin_again(now);
    let mut footprints = vec![(0, footprint(lab.world_now()))];
    for (n, step) in lesson.steps.iter().enumerate() {
        for act in step.acts() {
            lab.play_act(act, &mut now);
            footprints.push((n, footprint(lab.world_now())));
        }
    }
    footprints.dedup();
    footprints
}
