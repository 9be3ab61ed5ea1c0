//! Harness of the tests.

pub mod play;
pub mod tunnel;
