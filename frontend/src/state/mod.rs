//! What the page knows: pure, without DOM and without async, tested natively.

mod bench;
mod download;
pub mod facts;
mod lab;
#[cfg(test)]
mod lab_for_tests;
pub mod ladder;
pub mod path;
mod raw;
mod route;
pub mod timing;
mod url;

pub use bench::{BenchState, Turn as BenchTurn};
/// Words that several parts of the bench use.
pub mod bench_words {
    pub use super::bench::{fate_word, seconds, shortened};
}
pub use download::{Download, Downloads, Progress};
pub use lab::{Branch, Choice, Guess, Kept, Lab, NoFork, Pace, Refusal, Turn, Upload};
pub use raw::parse as parse_octets;
pub use route::{Place, Route, Target};
pub use url::{Opening, Step, open as open_url};
