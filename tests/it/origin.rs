//! Nothing leaves the page's own origin.

use std::net::SocketAddr;

use relay::PolicyName;
use serde_json::json;
use tests::browser::Key;
use tests::page::Page;
use tests::pages::Pages;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Every request of a walk through everything, and then one to somebody else, which the log has and the browser refuses.
#[tokio::test]
async fn the_page_asks_nobody_but_its_own_origin() {
    let Some(page) = Page::open_watched(PolicyName::Lab, "#/smtp").await else { return };
    let browser = &page.browser;
    for protocol in shared::protocols::ALL {
        browser
            .run("location.hash = arguments[0]", vec![json!(format!("#/{}", protocol.id))])
            .await;
        browser.wait_for_text("#status", protocol.name).await;
        page.turn().await;
        page.enter_to_the_end(30).await;
        for tab in 0..4 + usize::from(protocol.screen.is_some()) {
            browser.click(&format!("#tab-{tab}")).await;
        }
    }
    page.goto("#/pop3?server=relay").await;
    page.enter_to_the_end(12).await;
    page.goto("#/smtp?lesson=tutorial-1-send-a-mail").await;
    browser.wait_for_element("#lesson-title").await;
    browser.run("location.hash = '#/socket'", vec![]).await;
    for side in ["server", "client"] {
        browser.type_keys(&format!("#{side}-call"), &Key::Enter.to_string()).await;
    }
    let foreign = |asked: &[String]| -> Vec<String> {
        let own = [
            &page.origin().replace("http", "ws"),
            page.origin(),
            "data:",
            "blob:",
            "about:",
            "chrome:",
        ];
        let is_own = |url: &String| own.iter().any(|own| url.starts_with(own));
        asked.iter().filter(|url| !is_own(url)).cloned().collect()
    };
    let asked = browser.requests().await;
    assert!(
        asked.iter().any(|url| url.ends_with(".wasm"))
            && asked.iter().any(|url| url.starts_with("ws:")),
        "{asked:#?}"
    );
    assert_eq!(foreign(&asked), [""; 0]);
    browser.assert_no_errors().await;

    let folder = tempfile::tempdir().unwrap();
    let other = Pages::serve(folder.path()).await;
    let ask = "return fetch(arguments[0]).then(() => 'answered', () => 'refused')";
    assert_eq!(browser.run(ask, vec![json!(other.url())]).await, "refused");
    let log = browser.log().await;
    assert!(log.iter().any(|entry| entry.message.contains("Content Security Policy")), "{log:#?}");
}

/// What the browser is told, word for word, and that the page needs no more than that.
#[tokio::test]
async fn the_policy_allows_no_more_than_the_page_needs() {
    let relay = tests::page::start_relay(PolicyName::Lab, 0).await;
    let (head, body) = get(relay.address(), "/").await;
    let policy = head
        .lines()
        .find_map(|line| line.strip_prefix("content-security-policy: "))
        .expect("the relay sends a policy");
    let mut rules: Vec<&str> = policy.split("; ").collect();
    rules.sort_unstable();
    assert_eq!(
        rules,
        [
            "base-uri 'none'",
            "connect-src 'self'",
            "default-src 'none'",
            "font-src 'self'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "img-src 'self' data: blob:",
            "manifest-src 'self'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "style-src 'self'",
            "worker-src 'self'",
        ]
    );
    if !body.contains("id=\"app\"") {
        return tests::skip("the relay was built without the page; `cargo xtask web` builds it");
    }
    for inline in
        ["<script>", "<style", " style=", " onload=", " onclick=", "javascript:", "http:", "https:"]
    {
        assert!(!body.contains(inline), "index.html has {inline}");
    }
    let scripts = body.matches("<script").count();
    assert_eq!(scripts, body.matches("<script type=\"module\" src=\"boot-").count());
    let (_, worker) = get(relay.address(), "/sw.js").await;
    let files = worker.lines().find(|line| line.starts_with("const FILES = "));
    assert!(
        files.is_some_and(|files| !files.contains("//")),
        "the worker keeps the page's own files"
    );
    relay.stop().await;
}

/// Head and body of the answer.
async fn get(address: SocketAddr, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head has an end");
    (head.to_owned(), body.to_owned())
}
