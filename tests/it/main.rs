//! Tests of the whole, in one program, so that they are linked once.

// Helpers outside of `#[test]` functions are tests too, which clippy does not see.
#![allow(clippy::unwrap_used)]

mod browser;
mod clients;
mod dialogues;
mod ftp;
mod http;
mod imap;
mod page;
mod python;
mod relay;
mod servers;
mod tidy;
mod tunnel;
