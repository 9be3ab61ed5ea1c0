//! Harness of the tests.

pub mod play;
