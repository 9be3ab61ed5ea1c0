//! The bodies, which stable tests call, too.

#[path = "../../tests/src/fuzz/mod.rs"]
mod bodies;

pub use bodies::*;

/// `fuzz_targets/NAME.rs` calls the body of that name.
#[macro_export]
macro_rules! target {
    ($name:literal) => {
        libfuzzer_sys::fuzz_target!(|octets: &[u8]| $crate::run($name, octets));
    };
}
