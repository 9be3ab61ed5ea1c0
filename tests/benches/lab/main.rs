//! `cargo xtask bench`: how large and how fast the lab is, as Markdown on standard output.
//!
//! Figures are medians. What is compared runs in turns in the same run, so that a busy moment of the machine does not
//! fall on one side only.

// A benchmark that cannot go on has nothing to do but stop.
#![allow(clippy::unwrap_used)]

mod long;
mod page;
mod parse;
mod relays;
mod rooms;

use std::path::Path;
use std::time::Duration;

use tokio::runtime::Builder;

/// Each in a fresh state.
const ROUNDS: usize = 5;

#[tokio::main(flavor = "multi_thread")]
async fn main() {
    // Cargo says `--bench` too.
    let parts: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let wanted = |part| parts.is_empty() || parts.iter().any(|wanted| wanted == part);
    println!("| what | figure |\n|---|---|");
    if wanted("page") {
        page::first_answer(1).await;
        page::first_answer(4).await;
        page::download().await;
    }
    if wanted("long") {
        long::session().await;
    }
    if wanted("parse") {
        // What `cargo xtask bench` made: the workloads as a page.
        let page = std::env::var_os("WIRELAB_PARSE_PAGE").expect("run `cargo xtask bench`");
        parse::rates(Path::new(&page)).await;
    }
    if wanted("tunnel") {
        let page = std::env::var_os("WIRELAB_TUNNEL_PAGE").expect("run `cargo xtask bench`");
        relays::in_page(Path::new(&page)).await;
    }
    if wanted("rooms") {
        let class = std::thread::spawn(|| {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(rooms::rooms());
        });
        class.join().unwrap();
    }
    // `relays:echo` are the rows with this word.
    let rows = parts.iter().find_map(|part| part.strip_prefix("relays:")).map(str::to_owned);
    if wanted("relays") || rows.is_some() {
        // One thread for the client: what it waits for is the relay, and not another thread of its own.
        let client = std::thread::spawn(|| {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(relays::relays(rows));
        });
        client.join().unwrap();
    }
}

/// Millions of octets a second.
fn rate(octets: usize, took: Duration) -> f64 {
    octets as f64 / took.as_secs_f64() / 1e6
}

fn median(mut figures: Vec<f64>) -> f64 {
    quantile(&mut figures, 0.5)
}

fn quantile(figures: &mut [f64], at: f64) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[((figures.len() - 1) as f64 * at).round() as usize]
}
