//! What the page knows: pure, without DOM and without async, tested natively.

mod bench;
mod download;
mod lab;
mod lesson;
#[cfg(test)]
mod lesson_tests;
mod raw;
mod route;
mod url;

pub use bench::{BenchState, Turn as BenchTurn};
/// Words that several parts of the bench use.
pub mod bench_words {
    pub use super::bench::{fate_word, seconds, shortened};
}
pub use download::{Download, Downloads, Progress};
pub use lab::{Branch, Choice, Draft, Guess, Kept, Lab, NoFork, Pace, Refusal, Turn, Upload};
pub use lesson::{OpenLesson, Stage};
pub use raw::parse as parse_octets;
pub use route::{Place, Route, Target};
pub use url::{Opening, Step, open as open_url};
