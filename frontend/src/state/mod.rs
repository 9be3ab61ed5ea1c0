//! What the page knows: pure, without DOM and without async, tested natively.

pub mod actions;
mod announce;
mod bench;
mod complete;
mod copy;
mod decode;
mod download;
pub mod facts;
pub mod find;
pub mod index;
mod lab;
pub mod ladder;
mod lesson;
#[cfg(test)]
mod lesson_tests;
pub mod listing;
mod marks;
pub mod path;
pub mod present;
mod reads;
mod route;
pub mod rows;
pub mod section;
mod settings;
mod shelf;
pub mod stage;
#[cfg(test)]
mod testing;
pub mod text;
pub mod timing;
mod url;

pub use announce::{Announcer, line as announced_line};
pub use bench::{BenchState, Turn as BenchTurn};
/// Words that several parts of the bench use.
pub mod bench_words {
    pub use super::bench::{fate_word, seconds, shortened, side_word};
}
pub use complete::completions;
pub use copy::{Copied, Copying, count};
pub use decode::{Decoded, decoded};
pub use download::{Download, Downloads, Progress};
pub use lab::{
    Answered, Branch, Choice, Draft, Guess, Kept, Lab, NoFork, Pace, Refusal, Restored, Turn,
    Upload,
};
pub use lesson::{OpenLesson, Stage};
pub use marks::Marks;
pub use reads::Arrival;
pub use route::{Place, Route, Target, lesson_in, with_lesson};
pub use settings::{Announce, Settings, Theme};
pub use shared::typed::octets as parse_octets;
pub use shelf::{List, Listed, Shelf, Unopened, list as read_list, place_name};
pub use url::{Opening, Step, open as open_url};
