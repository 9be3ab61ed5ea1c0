//! Lessons: experiments beside the tool, each one Markdown file. `docs/lessons.md` is the format for those who write them.
//!
//! [`parse`] makes a [`Lesson`] of a file, or says line by line what is wrong with it. [`Course`] follows how far somebody
//! is: by what is there now and what has happened ([`Scene`]), never by what was typed.

mod bench;
mod check;
mod course;
mod expect;
mod parcel;
mod parse;
mod prose;
mod question;
mod rehearse;

use core::fmt;
use core::time::Duration;

use crate::sockets::{Fault, Side};

pub use check::{LabScene, Scene, Verdict};
pub use course::Course;
pub use expect::{Expectation, Test};
pub use parcel::{MAX_LINK, is_parcel, pack, unpack};
pub use parse::parse;
pub use prose::{Block, Inline, prose};
pub use question::Question;
pub use rehearse::rehearse;

/// The protocol id of lessons on the bench of sockets.
pub const BENCH: &str = "socket";

/// Octets of a lesson's file: ten times the longest that anybody would read in an hour.
pub const MAX_OCTETS: usize = 64 * 1024;

/// Words that one reads in a minute, and seconds for a command and for a question: typing it, looking at what
/// comes, and thinking. A class of the lecture needs about as long.
const WORDS_A_MINUTE: usize = 150;
const COMMAND_SECONDS: usize = 20;
const QUESTION_SECONDS: usize = 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// The course of the lecture, over all protocols.
    Course,
    Tutorial,
    Weird,
    Useful,
}

impl Tier {
    pub const ALL: [Tier; 4] = [Tier::Course, Tier::Tutorial, Tier::Weird, Tier::Useful];

    /// As in front matter and file names.
    pub fn word(self) -> &'static str {
        match self {
            Tier::Course => "course",
            Tier::Tutorial => "tutorial",
            Tier::Weird => "weird",
            Tier::Useful => "useful",
        }
    }

    pub fn of(word: &str) -> Option<Tier> {
        Tier::ALL.into_iter().find(|tier| tier.word() == word)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    pub title: String,
    /// Of the registry, or [`BENCH`].
    pub protocol: String,
    pub tier: Tier,
    /// One sentence, for the list.
    pub about: String,
    /// The name of the fault that is in force from the first octet on.
    pub fault: Option<String>,
    /// For the teacher, before the first step.
    pub notes: Vec<Block>,
    pub intro: Vec<Block>,
    pub steps: Vec<Step>,
    /// What is to be read when everything is done, with its title.
    pub closing: Option<(String, Vec<Block>)>,
}

impl Lesson {
    /// About how long it takes.
    pub fn minutes(&self) -> usize {
        let closing = self.closing.iter().flat_map(|(_, blocks)| blocks);
        let prose = self.steps.iter().flat_map(|step| &step.parts).filter_map(|part| match part {
            Part::Prose(block) => Some(block),
            Part::Act(_) => None,
        });
        let words: usize = self.intro.iter().chain(prose).chain(closing).map(Block::words).sum();
        let acts: usize = self.steps.iter().map(|step| step.acts().count()).sum();
        let questions = self.steps.iter().filter(|step| step.question.is_some()).count();
        let seconds =
            words * 60 / WORDS_A_MINUTE + acts * COMMAND_SECONDS + questions * QUESTION_SECONDS;
        seconds.div_ceil(60)
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    pub line: usize,
    pub title: String,
    pub parts: Vec<Part>,
    /// The line of each thing to do.
    pub act_lines: Vec<usize>,
    /// For the class, or for whoever is alone with the lesson: to be answered before anything is done.
    pub question: Option<Question>,
    /// For the teacher.
    pub notes: Vec<Block>,
    pub expect: Vec<Expectation>,
    /// From a nudge to the whole answer.
    pub hints: Vec<Vec<Inline>>,
}

impl Step {
    /// What is to be done, in order.
    pub fn acts(&self) -> impl Iterator<Item = &Act> {
        self.parts.iter().filter_map(|part| match part {
            Part::Act(act) => Some(act),
            Part::Prose(_) => None,
        })
    }
}

/// Prose and commands in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    Prose(Block),
    Act(Act),
}

/// Something to do with the lab.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Typed into the composer and sent.
    Send(String),
    /// Typed, refused, and sent all the same.
    Anyway(String),
    /// Octets with escapes, sent as they are.
    Octets(String),
    /// Typed at a desk of the bench.
    At(Side, String),
    Do(Deed),
}

/// What is done with a button.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    Reconnect,
    Disconnect,
    MailArrives,
    GoTo(String),
    Wait(Duration),
    /// On the bench.
    Network(Fault),
    Restart(Side),
    Interrupt(Side),
}

impl Deed {
    /// As it is written in a lesson, and what the button says.
    pub fn words(&self) -> String {
        match self {
            Deed::Reconnect => "reconnect".into(),
            Deed::Disconnect => "disconnect".into(),
            Deed::MailArrives => "a mail arrives".into(),
            Deed::GoTo(protocol) => format!("go to {protocol}"),
            Deed::Wait(time) => format!("wait {} s", time.as_secs()),
            Deed::Network(Fault::Lose) => "lose the next packet".into(),
            Deed::Network(Fault::Duplicate) => "duplicate the next packet".into(),
            Deed::Network(Fault::Delay) => "delay the next packet".into(),
            Deed::Restart(side) => format!("restart the {}", side.word()),
            Deed::Interrupt(side) => format!("interrupt the {}", side.word()),
        }
    }
}

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// From 1.
    pub line: usize,
    pub what: String,
    pub expected: String,
}

impl Problem {
    fn new(line: usize, what: impl Into<String>, expected: impl Into<String>) -> Problem {
        Problem { line, what: what.into(), expected: expected.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {} Expected: {}.", self.line, self.what, self.expected)
    }
}

#[cfg(test)]
mod tests;
