//! Sessions of the client machines, native and in the browser.

#[path = "../../../frontend/examples/parse/workload.rs"]
mod workload;

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;
use tests::browser::Browser;
use tests::pages::Pages;

use crate::{ROUNDS, median, rate};

/// The same sessions by the same code, native and as wasm in the browser.
pub(crate) async fn rates(folder: &Path) {
    let pages = Pages::serve(folder).await;
    let browser = Browser::open(800, 600).await.expect("a browser");
    browser.goto(pages.url()).await;
    browser.wait_for_text("body", "ready").await;
    for (n, (name, run)) in workload::WORKLOADS.iter().enumerate() {
        let (mut native, mut wasm) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let began = Instant::now();
            let octets = run();
            native.push(rate(octets, began.elapsed()));
            let script = "const began = performance.now();
                const octets = window.bench.run(arguments[0]);
                return [octets, performance.now() - began]";
            let figures = browser.run(script, vec![json!(n)]).await;
            assert_eq!(figures[0], json!(octets));
            let took = Duration::from_secs_f64(figures[1].as_f64().unwrap() / 1000.0);
            wasm.push(rate(octets, took));
        }
        println!(
            "| parsed and explained: {name} | {:.0} MB/s native, {:.0} MB/s in the browser |",
            median(native),
            median(wasm)
        );
    }
}
