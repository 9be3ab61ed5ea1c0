//! The tunnel from within a browser's page to a TCP socket.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tests::browser::Browser;

use super::kinds::{Kind, Relay};
use super::servers::{Servers, Service};
use super::{MIB, ROUNDS};
use crate::{median, quantile};

const ECHOES: usize = 2000;
const SPAN_MS: usize = 3000;
const BULK: u64 = 256 * MIB;

/// Loads the module into whatever page there is.
const LOAD: &str = "return (async (glue, wasm) => {
    const url = URL.createObjectURL(new Blob([glue], {type: 'text/javascript'}));
    const module = await import(url);
    await module.default({module_or_path: Uint8Array.from(atob(wasm), c => c.charCodeAt(0))});
    window.bench = module;
    return true;
})(...arguments)";

/// An answer that is no number is what went wrong.
const RUN: &str = "const [name, ...rest] = arguments;
    return window.bench[name](`ws://${location.host}/tunnel`, ...rest)
        .then(figures => typeof figures == 'number' ? [figures] : Array.from(figures), String);";

/// `folder` has the module that `cargo xtask bench` built.
pub(crate) async fn in_page(folder: &Path) {
    let servers = Servers::start();
    let port = servers.address(Service::Talk).port();
    let relay = Relay::start(Kind::Own, servers).await.expect("ours is built");
    let browser = Browser::open(800, 600).await.expect("a browser");
    // The page has to be of the relay's origin, whose own page loads nothing from elsewhere.
    browser.cdp("Page.setBypassCSP", json!({ "enabled": true })).await;
    browser.goto(&format!("http://{}/bench", relay.access.relay)).await;
    let glue = std::fs::read_to_string(folder.join("page.js")).unwrap();
    let wasm = STANDARD.encode(std::fs::read(folder.join("page_bg.wasm")).unwrap());
    assert_eq!(browser.run(LOAD, vec![json!(glue), json!(wasm)]).await, json!(true));
    println!("\n| the tunnel from a page in Chromium to a TCP socket | figure |\n|---|---|");
    for (way, streams) in [("download", 1), ("download", 10), ("upload", 1), ("upload", 10)] {
        let each = BULK / streams;
        let mut rates = Vec::new();
        for _ in 0..ROUNDS {
            let took = run(&browser, way, vec![json!(port), json!(streams), json!(each)]).await[0];
            rates.push((each * streams) as f64 / MIB as f64 / (took / 1000.0));
        }
        let of = if streams == 1 { "1 stream" } else { "10 streams" };
        println!("| {way}, {of} | {:.0} MiB/s |", median(rates));
    }
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        times.extend(run(&browser, "echo", vec![json!(port), json!(ECHOES)]).await);
    }
    println!("| idle echo of 64 octets | {} |", quantiles(&mut times));
    let (mut times, mut most) = (Vec::new(), 0.0_f64);
    for _ in 0..ROUNDS {
        let figures = run(&browser, "slow_reader", vec![json!(port), json!(SPAN_MS)]).await;
        most = most.max(figures[0]);
        times.extend(&figures[1..]);
    }
    println!("| echo beside a slow reader's download | {} |", quantiles(&mut times));
    println!("| ... that piles up unread in the page | {:.0} KiB |", most / 1024.0);
}

/// The browser's clock has a grain of 0.1 ms, so the mean says more than the median.
fn quantiles(times: &mut [f64]) -> String {
    let mean = times.iter().sum::<f64>() / times.len() as f64;
    let (p50, p99) = (quantile(times, 0.5), quantile(times, 0.99));
    format!("mean {mean:.2} ms, p50 {p50:.1} ms, p99 {p99:.1} ms")
}

async fn run(browser: &Browser, name: &str, arguments: Vec<Value>) -> Vec<f64> {
    let all = [vec![json!(name)], arguments].concat();
    let figures = browser.run(RUN, all).await;
    let numbers = figures.as_array().map(|all| all.iter().filter_map(Value::as_f64).collect());
    numbers.unwrap_or_else(|| panic!("{name} in the page: {figures}"))
}
