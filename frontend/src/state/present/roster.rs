//! Those who look on: names if they gave one, how far they have come, what they voted.

use std::collections::BTreeMap;

use shared::room::{Handle, Question, Up};

use crate::text::t;

/// Viewers that are remembered: as many as a room has, and those who came back as others.
const MOST: usize = 4000;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Viewer {
    pub name: String,
    /// Who has no name is called by the order of coming.
    pub number: usize,
    pub here: bool,
    /// How far a try has come, by its state.
    pub progress: Option<Progress>,
    vote: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    pub protocol: String,
    pub state: String,
    pub steps: u32,
    pub done: bool,
}

#[derive(Default)]
pub struct Roster {
    viewers: BTreeMap<Handle, Viewer>,
}

impl Roster {
    pub fn heard(&mut self, who: Handle, up: Up) {
        let Some(viewer) = self.viewer(who) else { return };
        match up {
            Up::Name(name) => viewer.name = name.trim().to_owned(),
            Up::Progress { protocol, state, steps, done } => {
                viewer.progress = Some(Progress { protocol, state, steps, done });
            }
            _ => {}
        }
    }

    /// Counts a vote, in the place of an earlier one.
    pub fn vote(&mut self, who: Handle, choice: u16, question: &mut Question) {
        if usize::from(choice) >= question.choices.len() {
            return;
        }
        if let Some(viewer) = self.viewer(who) {
            viewer.vote = Some(choice);
        }
        for (at, counted) in question.choices.iter_mut().enumerate() {
            let votes =
                self.viewers.values().filter(|viewer| viewer.vote.map(usize::from) == Some(at));
            counted.votes = u32::try_from(votes.count()).unwrap_or(u32::MAX);
        }
    }

    pub fn forget_votes(&mut self) {
        self.viewers.values_mut().for_each(|viewer| viewer.vote = None);
    }

    pub fn gone(&mut self, who: Handle) {
        if let Some(viewer) = self.viewers.get_mut(&who) {
            viewer.here = false;
        }
    }

    /// Who is there says so again.
    pub fn all_gone(&mut self) {
        self.viewers.values_mut().for_each(|viewer| viewer.here = false);
    }

    /// How many are there. A stage's window is nobody.
    pub fn here(&self) -> usize {
        self.viewers.values().filter(|viewer| viewer.here).count()
    }

    /// The name, or a number for who has none.
    pub fn name(&self, who: Handle) -> String {
        match self.viewers.get(&who) {
            Some(viewer) if !viewer.name.is_empty() => viewer.name.clone(),
            Some(viewer) => t!("class-nameless", number = viewer.number as u64),
            None => t!("class-somebody").into(),
        }
    }

    /// In the order in which they came.
    pub fn list(&self) -> Vec<(Handle, &Viewer)> {
        let mut list: Vec<_> = self.viewers.iter().map(|(who, viewer)| (*who, viewer)).collect();
        list.sort_by_key(|(_, viewer)| viewer.number);
        list
    }

    fn viewer(&mut self, who: Handle) -> Option<&mut Viewer> {
        if !self.viewers.contains_key(&who) {
            if self.viewers.len() >= MOST {
                self.viewers.retain(|_, viewer| viewer.here);
            }
            if self.viewers.len() >= MOST {
                return None;
            }
            let number = self.viewers.values().map(|viewer| viewer.number).max().unwrap_or(0) + 1;
            self.viewers.insert(who, Viewer { number, ..Viewer::default() });
        }
        let viewer = self.viewers.get_mut(&who)?;
        viewer.here = true;
        Some(viewer)
    }
}
