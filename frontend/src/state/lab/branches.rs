//! Forks: another end of the same session, from one of its steps on.

use core::fmt;

use shared::tape::Tape;
use shared::transcript::Entry;

use super::{Lab, Target};
use crate::text::t;

/// One end of the session.
pub struct Branch {
    /// The branch that it left, and after how many entries of the session. `None` for the first.
    pub from: Option<(usize, usize)>,
    /// Put away here while another branch is the one that goes on.
    tape: Option<Tape>,
}

impl Branch {
    pub(super) fn first() -> Branch {
        Branch { from: None, tape: None }
    }
}

/// Why there is no fork from a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoFork {
    RealServer,
    RelaysServer,
    EarlierSession,
    NotKept,
}

impl fmt::Display for NoFork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NoFork::RealServer => {
                t!("no-fork-real")
            }
            NoFork::RelaysServer => {
                t!("no-fork-relay")
            }
            NoFork::EarlierSession => t!("no-fork-over"),
            NoFork::NotKept => t!("no-fork-lost"),
        })
    }
}

impl Lab {
    /// Whether a fork can begin after this entry of the page.
    pub fn can_fork(&self, entry: usize) -> Result<(), NoFork> {
        match self.route.target {
            Target::Real { .. } => Err(NoFork::RealServer),
            Target::Relay => Err(NoFork::RelaysServer),
            Target::Page if entry < self.past_len() => Err(NoFork::EarlierSession),
            Target::Page => Ok(()),
        }
    }

    /// Goes on from this entry another way; the way so far stays as a branch.
    pub fn fork(&mut self, entry: usize) -> Result<(), NoFork> {
        self.can_fork(entry)?;
        let entry = entry - self.past_len();
        let fork = self.tape.fork(entry).map_err(|_| NoFork::NotKept)?;
        self.journal.forked(entry);
        let from = Some((self.branch, fork.len()));
        let before = std::mem::replace(&mut self.tape, fork);
        self.branches[self.branch].tape = Some(before);
        self.branches.push(Branch { from, tape: None });
        self.branch = self.branches.len() - 1;
        self.continue_here();
        Ok(())
    }

    /// Goes on where another branch was left.
    pub fn switch(&mut self, branch: usize) {
        let Some(tape) = self.branches.get_mut(branch).and_then(|branch| branch.tape.take()) else {
            return;
        };
        self.journal.switched(branch);
        let before = std::mem::replace(&mut self.tape, tape);
        self.branches[self.branch].tape = Some(before);
        self.branch = branch;
        self.continue_here();
    }

    /// Every end of this session, in the order in which they came about.
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// The one that goes on.
    pub fn branch(&self) -> usize {
        self.branch
    }

    /// The entries of a branch, those that it shares with others included.
    pub fn entries_of(&self, branch: usize) -> &[Entry] {
        let tape = match self.branches.get(branch) {
            Some(Branch { tape: Some(tape), .. }) => tape,
            _ => &self.tape,
        };
        tape.live().session().transcript().entries()
    }

    /// What belonged to the way that was left is dropped.
    fn continue_here(&mut self) {
        self.index.get_mut().forget();
        let entries = self.tape.len();
        self.played.retain(|played| played.range.end <= entries);
        self.running = None;
        self.script.clear();
        self.upload = None;
        self.refusal = None;
        self.downloads.leave();
        let session = self.tape.live().session();
        self.downloads.watch(session.transcript().entries(), session.client().state().takes);
        self.back_to_live();
    }
}
