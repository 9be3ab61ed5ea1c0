//! How far somebody is in a lesson.

use super::{Lesson, Scene, Verdict};

/// The steps of a lesson and which of their expectations were met. What was met stays met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Course {
    met: Vec<Vec<bool>>,
}

impl Course {
    /// The first `done` steps were done at an earlier time.
    pub fn new(lesson: &Lesson, done: usize) -> Course {
        let steps = lesson.steps.iter().enumerate();
        Course { met: steps.map(|(n, step)| vec![n < done; step.expect.len()]).collect() }
    }

    /// The step under way; the number of steps if all are done.
    pub fn step(&self) -> usize {
        self.met.iter().position(|step| step.contains(&false)).unwrap_or(self.met.len())
    }

    pub fn is_done(&self) -> bool {
        self.step() == self.met.len()
    }

    pub fn is_met(&self, step: usize, expectation: usize) -> bool {
        self.met.get(step).and_then(|step| step.get(expectation)).is_some_and(|met| *met)
    }

    /// Looks once at the step under way. If that is done by this, gives where in the scene the next one begins.
    pub fn look(&mut self, lesson: &Lesson, scene: Scene<'_>) -> Option<usize> {
        let at = self.step();
        let (step, met) = (lesson.steps.get(at)?, self.met.get_mut(at)?);
        let mut last = None;
        for (expectation, met) in step.expect.iter().zip(met.iter_mut()) {
            if let Verdict::Met(entry) = expectation.test.check(scene) {
                *met = true;
                last = last.max(entry);
            }
        }
        let all = || match scene {
            Scene::Lab(lab) => lab.entries.len(),
            Scene::Bench { bench, since } => bench.len() - since,
        };
        // Somebody may have done the next step in the same breath, so that begins right after what ended this one.
        (!met.contains(&false)).then(|| last.map_or_else(all, |entry| entry + 1))
    }
}
