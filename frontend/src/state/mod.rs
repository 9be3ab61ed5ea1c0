//! What the page knows: pure, without DOM and without async, tested natively.

mod bench;
mod copy;
mod decode;
mod download;
pub mod find;
pub mod index;
mod lab;
#[cfg(test)]
mod lab_for_tests;
pub mod ladder;
pub mod listing;
mod marks;
mod raw;
mod reads;
mod route;
pub mod rows;
#[cfg(test)]
mod testing;
pub mod text;
pub mod timing;
mod url;

pub use bench::{BenchState, Turn as BenchTurn};
/// Words that several parts of the bench use.
pub mod bench_words {
    pub use super::bench::{fate_word, seconds, shortened};
}
pub use copy::{Copied, count};
pub use decode::{Decoded, decoded};
pub use download::{Download, Downloads, Progress};
pub use lab::{
    Answered, Branch, Choice, Guess, Kept, Lab, NoFork, Pace, Refusal, Restored, Turn, Upload,
};
pub use marks::Marks;
pub use raw::parse as parse_octets;
pub use reads::Arrival;
pub use route::{Place, Route, Target};
pub use url::{Opening, Step, open as open_url};
