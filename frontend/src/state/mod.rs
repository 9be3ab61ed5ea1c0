//! What the page knows: pure, without DOM and without async, tested natively.

pub mod actions;
mod announce;
mod bench;
mod complete;
mod download;
mod lab;
mod raw;
mod route;
mod settings;
pub mod stage;
mod url;

pub use announce::{Announcer, line as announced_line};
pub use bench::{BenchState, Turn as BenchTurn};
/// Words that several parts of the bench use.
pub mod bench_words {
    pub use super::bench::{fate_word, seconds, shortened};
}
pub use complete::completions;
pub use download::{Download, Downloads, Progress};
pub use lab::{Lab, Refusal, Turn, Upload};
pub use raw::parse as parse_octets;
pub use route::{Place, Route, Target};
pub use settings::{Announce, Settings, Theme};
pub use url::{Opening, Step, open as open_url};
