//! One binary for all integration tests, so that they are linked once.
#![allow(clippy::unwrap_used)]

mod dialogues;
mod relay;
mod tunnel;
