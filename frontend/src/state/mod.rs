//! What the page knows: pure, without DOM and without async, tested natively.

mod download;
mod lab;
mod raw;
mod route;

pub use download::{Download, Downloads, Progress};
pub use lab::{Lab, Refusal, Turn, Upload};
pub use raw::parse as parse_octets;
pub use route::{Route, Target};
