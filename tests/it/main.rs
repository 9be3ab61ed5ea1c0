//! Tests of the whole, in one program, so that they are linked once.

mod browser;
mod dialogues;
mod python;
mod relay;
mod servers;
mod tunnel;
