//! What the viewer's page knows: pure, without DOM and without async, tested natively.

pub mod announce;
pub mod ladder;
pub mod lines;
pub mod place;
pub mod room;
pub mod stage;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod tryout;
pub mod watch;

pub use announce::Announcer;
pub use place::Place;
pub use room::{Link, Room};
pub use watch::Watch;
