//! A lesson on the bench of sockets.

use std::hash::{DefaultHasher, Hash, Hasher};

use shared::lesson::{Act, Deed, Lesson, Scene, Verdict};
use shared::machine::Tick;
use shared::sockets::{Mode, Side};

use super::BenchState;
use crate::state::lesson::{OpenLesson, Stage};

impl Stage for BenchState {
    fn lesson(&self) -> Option<&OpenLesson> {
        self.lesson.as_ref()
    }

    fn lesson_mut(&mut self) -> Option<&mut OpenLesson> {
        self.lesson.as_mut()
    }

    fn begin_lesson(&mut self, id: &str, lesson: Lesson, done: usize, _: Tick) {
        let mut open = OpenLesson::new(id, lesson, done);
        open.footprints = course(&open.lesson);
        self.lesson = Some(open);
        self.renew();
    }

    fn reset_lesson(&mut self, _: Tick) {
        self.lesson = self.lesson.take().map(OpenLesson::again);
        self.renew();
    }

    fn leave_lesson(&mut self) {
        self.lesson = None;
    }

    /// What is in flight may still bring things to where the lesson has them.
    fn is_modified(&self) -> bool {
        let Some(open) = &self.lesson else { return false };
        self.bench.remote().is_some()
            || (self.bench.in_flight().is_empty() && !open.leaves(footprint(self)))
    }

    fn is_behind(&self) -> bool {
        let under_way = self.lesson.as_ref().is_some_and(|open| open.step() > 0 && !open.is_done());
        under_way && self.bench.remote().is_none() && self.bench.is_empty()
    }

    fn hold_nothing(&mut self, _: Tick) {
        self.bench.set_mode(Mode::Run);
    }

    fn follow_lesson(&mut self) -> bool {
        let Some(mut open) = self.lesson.take() else { return false };
        let before = open.step();
        while open.look(Scene::Bench { bench: &self.bench, since: open.since }) {}
        let changed = open.step() != before;
        self.lesson = Some(open);
        changed
    }

    fn verdicts(&self) -> Vec<Verdict> {
        let Some(open) = &self.lesson else { return Vec::new() };
        open.verdicts(Scene::Bench { bench: &self.bench, since: open.since })
    }

    fn play_act(&mut self, act: &Act, _: &mut Tick) {
        match act {
            Act::At(side, text) => self.enter(*side, text),
            Act::Do(Deed::Wait(time)) => self.pass(*time),
            Act::Do(Deed::Network(fault)) => self.bench.set_fault(Some(*fault)),
            Act::Do(Deed::Restart(side)) => self.bench.restart(*side),
            Act::Do(Deed::Interrupt(side)) => self.bench.interrupt(*side),
            Act::Send(_) | Act::Anyway(_) | Act::Octets(_) | Act::Do(_) => {}
        }
        while self.bench.mode() == Mode::Step && self.bench.step() {}
    }

    fn skip_for_lesson(&mut self) {
        let len = self.bench.len();
        if let Some(open) = &mut self.lesson {
            open.since = len;
        }
    }
}

impl BenchState {
    /// Puts a text onto a desk.
    pub fn put(&mut self, side: Side, text: &str) {
        let draft = &mut self.drafts[side as usize];
        *draft = (draft.0 + 1, text.into());
    }
}

/// What the lesson makes of the bench, from its beginning to its end.
fn course(lesson: &Lesson) -> Vec<(usize, u64)> {
    let mut state = BenchState::default();
    let mut footprints = vec![(0, footprint(&state))];
    for (n, step) in lesson.steps.iter().enumerate() {
        for act in step.acts() {
            state.play_act(act, &mut Tick::default());
            footprints.push((n, footprint(&state)));
        }
    }
    footprints.dedup();
    footprints
}

/// The states of the sockets on both sides.
fn footprint(state: &BenchState) -> u64 {
    let mut hash = DefaultHasher::new();
    for side in Side::BOTH {
        for name in state.states(side).into_iter().map(|state| state.name()) {
            (side as u8, name).hash(&mut hash);
        }
    }
    hash.finish()
}
