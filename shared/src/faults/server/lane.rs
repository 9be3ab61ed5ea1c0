//! One connection of a server with a fault.

use super::super::reader::Reader;
use super::super::{Act, Case, Rule, Which};

/// The most that is put together in one segment.
const TOGETHER: usize = 64 * 1024;

#[derive(Clone, Debug)]
pub(super) struct Lane {
    /// For the connections that commands come on.
    pub(super) reader: Option<Reader>,
    /// The last command line.
    pub(super) command: Vec<u8>,
    /// How often each rule has matched here.
    pub(super) matched: Vec<u32>,
    pub(super) units: usize,
    pub(super) content: usize,
    /// What goes out together, and whether more must come first.
    pub(super) joined: Vec<u8>,
    pub(super) joins: bool,
    /// The client sends no more.
    pub(super) client_done: bool,
    /// A rule has ended it.
    pub(super) over: bool,
    /// What a rule does to a command line, once the content before its answer is out.
    pub(super) stalled: Option<(Vec<u8>, &'static Act)>,
    /// Content that was pulled and has not gone out.
    pub(super) stash: Option<Vec<u8>>,
}

impl Lane {
    /// `reader`: commands come on it.
    pub(super) fn new(reader: Option<Reader>, case: &Case) -> Lane {
        Lane {
            reader,
            command: Vec::new(),
            matched: vec![0; case.rules.len()],
            units: 0,
            content: 0,
            joined: Vec::new(),
            joins: false,
            client_done: false,
            over: false,
            stalled: None,
            stash: None,
        }
    }

    /// The first rule that hits among those that match.
    pub(super) fn find(
        &mut self,
        case: &'static Case,
        matches: impl Fn(&Rule, &Lane) -> bool,
    ) -> Option<&'static Rule> {
        for (at, rule) in case.rules.iter().enumerate() {
            if matches(rule, self) {
                self.matched[at] += 1;
                if rule.which.hits(self.matched[at]) {
                    return Some(rule);
                }
            }
        }
        None
    }

    /// Whether something put together can go out.
    pub(super) fn has_more(&self) -> bool {
        !self.joins && !self.joined.is_empty()
    }

    /// Whether it carries commands, and more can go into its segment.
    pub(super) fn has_room(&self) -> bool {
        self.reader.is_some() && !self.over && self.joined.len() < TOGETHER
    }
}

impl Which {
    /// The n-th time, counted from 1.
    pub(super) fn hits(&self, n: u32) -> bool {
        match self {
            Which::Every => true,
            Which::Nth(nth) => n == *nth,
            Which::EveryNth(nth) => n.is_multiple_of(*nth),
            Which::FirstSight => n == 1,
        }
    }
}
