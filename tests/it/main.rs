//! The integration tests, in one binary so that they are linked once.

mod relay;
mod tunnel;
