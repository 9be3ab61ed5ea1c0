//! The lesson that is open: how far it is, which hints are shown, and what the world should be by now.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use shared::lesson::{Act, Course, Lesson, Scene, Verdict};
use shared::machine::Tick;
use shared::world::files::Node;
use shared::world::{EPOCH, World};

/// Where a lesson happens: the lab, or the bench.
pub trait Stage {
    fn lesson(&self) -> Option<&OpenLesson>;
    fn lesson_mut(&mut self) -> Option<&mut OpenLesson>;
    /// Begins a lesson with everything fresh. The first `done` steps were done at an earlier time.
    fn begin_lesson(&mut self, id: &str, lesson: Lesson, done: usize, now: Tick);
    /// Goes on with a lesson in the session that came back after a reload. `false`: there is none.
    fn resume_lesson(&mut self, _id: &str, _lesson: &Lesson, _done: usize) -> bool {
        false
    }
    /// Everything of the lesson anew.
    fn reset_lesson(&mut self, now: Tick);
    fn leave_lesson(&mut self);
    /// Whether things are no longer as the lesson makes them.
    fn is_modified(&self) -> bool;
    /// Whether steps were done at an earlier time, and nothing has been done since.
    fn is_behind(&self) -> bool;
    /// Does the steps that were done at an earlier time again.
    fn catch_up(&mut self, now: Tick) {
        let Some(open) = self.lesson() else { return };
        let steps = open.lesson.steps.iter().take(open.step());
        let acts: Vec<Act> = steps.flat_map(|step| step.acts()).cloned().collect();
        self.hold_nothing(now);
        let mut now = now;
        for act in acts {
            self.play_act(&act, &mut now);
        }
        self.skip_for_lesson();
    }
    /// Neither Step nor a guess that is asked for holds anything back.
    fn hold_nothing(&mut self, now: Tick);
    /// Looks whether the step under way is done. Tells whether anything has changed.
    fn follow_lesson(&mut self) -> bool;
    /// What each expectation of the step under way says now.
    fn verdicts(&self) -> Vec<Verdict>;
    /// Does what a lesson asks for and lets everything happen that follows. `now` moves on where the lesson waits.
    fn play_act(&mut self, act: &Act, now: &mut Tick);
    /// The step under way begins with what comes next.
    fn skip_for_lesson(&mut self);
}

pub struct OpenLesson {
    /// `smtp/tutorial-1-send-a-mail`
    pub id: String,
    pub lesson: Lesson,
    course: Course,
    /// How many hints are shown, for each step.
    hints: Vec<usize>,
    /// What was chosen where a step asks a question.
    answers: Vec<Option<usize>>,
    /// The world as the lesson began.
    pub fresh: Rc<World>,
    /// The first entry of the step under way.
    pub(super) since: usize,
    /// What the lesson itself makes of the world: the step and the footprint after each of its commands.
    pub(super) footprints: Vec<(usize, u64)>,
}

impl OpenLesson {
    /// The first `done` steps were done at an earlier time.
    pub fn new(id: &str, lesson: Lesson, done: usize) -> OpenLesson {
        OpenLesson {
            id: id.into(),
            course: Course::new(&lesson, done),
            hints: vec![0; lesson.steps.len()],
            answers: vec![None; lesson.steps.len()],
            lesson,
            fresh: Rc::new(World::new(EPOCH)),
            since: 0,
            footprints: Vec::new(),
        }
    }

    /// The same lesson from its beginning.
    pub(super) fn again(self) -> OpenLesson {
        let footprints = self.footprints;
        OpenLesson { footprints, ..OpenLesson::new(&self.id, self.lesson, 0) }
    }

    /// The step under way; the number of steps if all are done.
    pub fn step(&self) -> usize {
        self.course.step()
    }

    pub fn is_done(&self) -> bool {
        self.course.is_done()
    }

    pub fn is_met(&self, step: usize, expectation: usize) -> bool {
        self.course.is_met(step, expectation)
    }

    pub fn hints(&self, step: usize) -> usize {
        self.hints.get(step).copied().unwrap_or(0)
    }

    pub fn show_hint(&mut self, step: usize) {
        if let (Some(shown), Some(step)) = (self.hints.get_mut(step), self.lesson.steps.get(step)) {
            *shown = (*shown + 1).min(step.hints.len());
        }
    }

    /// What was chosen at the step's question.
    pub fn answer(&self, step: usize) -> Option<usize> {
        self.answers.get(step).copied().flatten()
    }

    /// The first answer stands: after it the right one is told.
    pub fn choose(&mut self, step: usize, choice: usize) {
        let question = self.lesson.steps.get(step).and_then(|step| step.question.as_ref());
        let there = question.is_some_and(|question| choice < question.choices.len());
        if let Some(answer) = self.answers.get_mut(step).filter(|_| there) {
            answer.get_or_insert(choice);
        }
    }

    /// Whether the steps so far, or the one under way, leave such a footprint.
    pub(super) fn leaves(&self, footprint: u64) -> bool {
        let now = self.step();
        self.footprints.iter().any(|(step, left)| *step <= now && *left == footprint)
    }

    /// Looks at the step under way. Tells whether it is done by this.
    pub(super) fn look(&mut self, scene: Scene<'_>) -> bool {
        let next = self.course.look(&self.lesson, scene);
        self.since += next.unwrap_or(0);
        next.is_some()
    }

    /// What each expectation of the step under way says now.
    pub(super) fn verdicts(&self, scene: Scene<'_>) -> Vec<Verdict> {
        let step = self.lesson.steps.get(self.step());
        step.iter().flat_map(|step| &step.expect).map(|e| e.test.check(scene)).collect()
    }
}

/// Which messages, articles and files there are, in a number. What is in them is nobody's business: a letter in own words
/// is as good as the lesson's.
pub(super) fn footprint(world: &World) -> u64 {
    let mut hash = DefaultHasher::new();
    for (user, _) in world.mail.iter() {
        for (name, mailbox) in world.mail.mailboxes(user) {
            (user, name, mailbox.next_uid()).hash(&mut hash);
            mailbox.messages().iter().for_each(|message| message.uid.hash(&mut hash));
        }
    }
    for (name, group) in world.news.groups() {
        (name, group.marks(), group.count()).hash(&mut hash);
    }
    if let Some(root) = world.files.get("/") {
        files(root, &mut hash);
    }
    hash.finish()
}

fn files(folder: &Node, hash: &mut DefaultHasher) {
    for (name, node) in folder.entries() {
        name.hash(hash);
        files(node, hash);
    }
    // Where a folder ends, so that a file in it and one beside it are not the same.
    hash.write_u8(0);
}
