//! The parse rates in a browser: `cargo xtask bench` builds this for wasm32 as it builds the page, and runs it.

mod workload;

use wasm_bindgen::prelude::wasm_bindgen;

use workload::WORKLOADS;

#[wasm_bindgen]
pub fn workloads() -> usize {
    WORKLOADS.len()
}

/// Runs a workload; gives its octets.
#[wasm_bindgen]
pub fn run(n: usize) -> usize {
    WORKLOADS[n].1()
}

fn main() {}
