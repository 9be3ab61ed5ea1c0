//! What a person waits for in the page.

use std::time::Instant;

use relay::PolicyName;
use serde_json::json;
use tests::browser::Browser;
use tests::page::{Page, start_relay};

use crate::{ROUNDS, median};

/// From navigation to the reply to a command, with nothing in the cache, on a processor that many times slower.
pub(crate) async fn first_answer(slower: u32) {
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
        let rate = json!({ "rate": slower });
        browser.cdp("Emulation.setCPUThrottlingRate", rate).await;
        browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await;
        browser.goto(&format!("{}#/smtp", relay.url())).await;
        browser
            .wait_for("the answer", async || {
                browser.run("return !!window.answered", vec![]).await == json!(true)
            })
            .await;
        figures.push(browser.run("return window.answered", vec![]).await.as_f64().unwrap());
    }
    let slow =
        if slower > 1 { format!(", {slower} times slower processor") } else { String::new() };
    let figure = median(figures);
    println!("| from navigation to a command answered, cold cache{slow} | {figure:.0} ms |");
}

/// 1 GiB over FTP into a file of the browser.
pub(crate) async fn download() {
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
