//! `cargo xtask bench`: how large and how fast the lab is, as Markdown on standard output.
//!
//! Figures are medians. What is compared runs in turns in the same run, so that a busy moment of the machine does not
//! fall on one side only.

// A benchmark that cannot go on has nothing to do but stop.
#![allow(clippy::unwrap_used)]

#[path = "../../frontend/examples/parse/workload.rs"]
mod workload;

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use relay::PolicyName;
use serde_json::json;
use tests::browser::Browser;
use tests::page::{Page, start_relay};
use tests::pages::Pages;
use tests::tunnel::TunnelClient;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const ROUNDS: usize = 5;
const BULK: usize = 512 << 20;
const BLOCK: usize = 64 * 1024;
const ECHOES: usize = 2000;

#[tokio::main(flavor = "multi_thread")]
async fn main() {
    // What `cargo xtask bench` made: the workloads as a page.
    let parse_page = std::env::var_os("WIRELAB_PARSE_PAGE").expect("run `cargo xtask bench`");
    println!("| what | figure |\n|---|---|");
    first_answer().await;
    page_download().await;
    parse_rates(Path::new(&parse_page)).await;
    println!(
        "\n| tunnel, one stream, on the loopback | plain TCP | through the relay | ratio |\n|---|---|---|---|"
    );
    throughput().await;
    echo().await;
}

/// From navigation to the reply to a command, with nothing in the cache.
async fn first_answer() {
    /// Presses Enter as soon as the composer holds the suggestion, and notes when the reply to it is drawn.
    const WATCH: &str = "new MutationObserver((_, observer) => {
        const area = document.getElementById('command');
        if (!area) return;
        const said = document.querySelectorAll('#transcript > li.server').length;
        if (!window.sent && said == 1 && area.value) {
            window.sent = true;
            area.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true}));
        } else if (said >= 2) {
            observer.disconnect();
            window.answered = performance.now();
        }
    }).observe(document, {childList: true, subtree: true, attributes: true});";
    let relay = start_relay(PolicyName::Lab, 0).await;
    let mut figures = Vec::new();
    for _ in 0..ROUNDS {
        let browser = Browser::open(1280, 900).await.expect("a browser");
        browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await;
        browser.goto(&format!("{}#/smtp", relay.url())).await;
        browser
            .wait_for("the answer", async || {
                browser.run("return !!window.answered", vec![]).await == json!(true)
            })
            .await;
        figures.push(browser.run("return window.answered", vec![]).await.as_f64().unwrap());
    }
    println!("| from navigation to a command answered, cold cache | {:.0} ms |", median(figures));
}

/// 1 GiB over FTP into a file of the browser.
async fn page_download() {
    let page =
        Page::open(PolicyName::Lab, "#/ftp?server=relay").await.expect("a browser and the page");
    for command in ["USER student", "PASS lab-secret", "TYPE I", "EPSV"] {
        page.types(command).await;
    }
    page.compose("RETR pub/huge.bin").await;
    let before = page.browser.resident();
    let mut most = before;
    let began = Instant::now();
    page.browser.type_keys("#command", &tests::browser::Key::Enter.to_string()).await;
    let (_, state, _) = page.wait_for_download(|| most = most.max(page.browser.resident())).await;
    let took = began.elapsed();
    assert_eq!(state, "done");
    let rate = 1024.0 / took.as_secs_f64();
    println!(
        "| 1 GiB by FTP through page and relay into a file, hashed | {rate:.0} MiB/s, browser + {} MiB |",
        (most - before) >> 20
    );
}

/// The same sessions by the same code, native and as wasm in the browser.
async fn parse_rates(folder: &Path) {
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
                const octets = window.parse.run(arguments[0]);
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

async fn throughput() {
    let source = server(|mut socket| async move {
        let block = vec![0x55; BLOCK];
        for _ in 0..BULK / BLOCK {
            socket.write_all(&block).await.unwrap();
        }
    })
    .await;
    let sink = server(|mut socket| async move {
        let mut block = vec![0; BLOCK];
        while socket.read(&mut block).await.unwrap() > 0 {}
        socket.write_all(b".").await.unwrap();
    })
    .await;
    let relay = start_relay(PolicyName::Open, 0).await;
    let client = TunnelClient::connect(relay.address()).await;
    let (mut down, mut up) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    let block = vec![0x55; BLOCK];
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let mut socket = TcpStream::connect(source).await.unwrap();
        let (mut octets, mut buffer) = (0, vec![0; BLOCK]);
        loop {
            match socket.read(&mut buffer).await.unwrap() {
                0 => break,
                n => octets += n,
            }
        }
        assert_eq!(octets, BULK);
        down[0].push(rate(BULK, began.elapsed()));

        let began = Instant::now();
        let mut stream = client.open_address(source).await.unwrap();
        let mut octets = 0;
        while let Some(bytes) = stream.read().await.unwrap() {
            octets += bytes.len();
        }
        assert_eq!(octets, BULK);
        down[1].push(rate(BULK, began.elapsed()));
        stream.finish();

        let began = Instant::now();
        let mut socket = TcpStream::connect(sink).await.unwrap();
        for _ in 0..BULK / BLOCK {
            socket.write_all(&block).await.unwrap();
        }
        socket.shutdown().await.unwrap();
        assert_eq!(socket.read_u8().await.unwrap(), b'.');
        up[0].push(rate(BULK, began.elapsed()));

        let began = Instant::now();
        let mut stream = client.open_address(sink).await.unwrap();
        for _ in 0..BULK / BLOCK {
            stream.write(&block).await.unwrap();
        }
        stream.finish();
        assert_eq!(stream.read_exactly(1).await, b".");
        up[1].push(rate(BULK, began.elapsed()));
    }
    for (name, [plain, tunnel]) in [("download", down), ("upload", up)] {
        let (plain, tunnel) = (median(plain), median(tunnel));
        println!("| {name} | {plain:.0} MB/s | {tunnel:.0} MB/s | {:.2} |", tunnel / plain);
    }
}

/// 64 octets there and back.
async fn echo() {
    let echo = server(|mut socket| async move {
        socket.set_nodelay(true).unwrap();
        let mut buffer = [0; 64];
        while socket.read_exact(&mut buffer).await.is_ok() {
            socket.write_all(&buffer).await.unwrap();
        }
    })
    .await;
    let relay = start_relay(PolicyName::Open, 0).await;
    let client = TunnelClient::connect(relay.address()).await;
    let mut stream = client.open_address(echo).await.unwrap();
    let mut socket = TcpStream::connect(echo).await.unwrap();
    socket.set_nodelay(true).unwrap();
    let (mut plain, mut tunnel, mut buffer) = (Vec::new(), Vec::new(), [7; 64]);
    for _ in 0..ECHOES {
        let began = Instant::now();
        socket.write_all(&buffer).await.unwrap();
        socket.read_exact(&mut buffer).await.unwrap();
        plain.push(micros(began.elapsed()));
        let began = Instant::now();
        stream.write(&buffer).await.unwrap();
        assert_eq!(stream.read_exactly(64).await, buffer);
        tunnel.push(micros(began.elapsed()));
    }
    for (name, at) in [("echo, p50", 0.5), ("echo, p99", 0.99)] {
        let (plain, tunnel) = (quantile(&mut plain, at), quantile(&mut tunnel, at));
        println!("| {name} | {plain:.0} \u{b5}s | {tunnel:.0} \u{b5}s | {:.1} |", tunnel / plain);
    }
}

/// A server that does `serve` with every connection.
async fn server<F, Fut>(serve: F) -> SocketAddr
where
    F: Fn(TcpStream) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(serve(socket));
        }
    });
    address
}

/// Millions of octets a second.
fn rate(octets: usize, took: Duration) -> f64 {
    octets as f64 / took.as_secs_f64() / 1e6
}

fn micros(took: Duration) -> f64 {
    took.as_secs_f64() * 1e6
}

fn median(mut figures: Vec<f64>) -> f64 {
    quantile(&mut figures, 0.5)
}

fn quantile(figures: &mut [f64], at: f64) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[((figures.len() - 1) as f64 * at).round() as usize]
}
