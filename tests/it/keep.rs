//! Sessions that come back: after a reload, after a crash, in another tab, and not where the browser refuses.

use relay::PolicyName;
use serde_json::json;
use tests::page::{Line, Page};

/// What a person sees that must be the same again.
async fn shown(page: &Page) -> (Vec<Line>, String, String, Vec<String>) {
    let world = page.browser.texts(".world").await;
    (page.transcript().await, page.status().await, page.composed().await, world)
}

async fn begin(page: &Page) {
    for command in ["EHLO you.lab", "MAIL FROM:<you@practice.lab>", "RCPT TO:<you@practice.lab>"] {
        page.types(command).await;
    }
}

async fn finish(page: &Page) {
    page.enter_to_the_end(12).await;
    assert_eq!(page.complaints().await, [""; 0]);
    page.browser.wait_for_text(".world", "1 message in mailbox (new)").await;
}

#[tokio::test]
async fn a_session_comes_back_after_a_reload_and_goes_on() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    begin(&page).await;
    let before = shown(&page).await;
    page.reload().await;
    assert_eq!(shown(&page).await, before);
    assert_eq!(
        page.browser.texts(".notice").await,
        [""; 0],
        "nothing was lost, so nothing is said"
    );
    page.types("DATA").await;
    page.reload().await;
    finish(&page).await;

    // What one protocol left is there for the next.
    page.browser.run("location.hash = '#/pop3'", vec![]).await;
    page.browser.wait_for_text("#status", "POP3").await;
    page.turn().await;
    page.reload().await;
    page.enter_to_the_end(12).await;
    assert!(page.said("server").await.contains("+OK 1 "), "{}", page.said("server").await);
    page.browser.assert_no_errors().await;
}

/// A tab that crashed is gone for good; the next one that is opened takes its sessions over.
#[tokio::test]
async fn what_a_crashed_tab_had_comes_back_in_a_new_one() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    let client = page.browser.client();
    let first = client.window().await.unwrap();
    begin(&page).await;
    let before = shown(&page).await;
    page.kept("RCPT TO:<you@practice.lab>").await;

    let second = client.new_window(true).await.unwrap().handle;
    client.switch_to_window(second.clone()).await.unwrap();
    page.visit("#/smtp").await;
    assert_eq!(
        page.transcript().await.len(),
        4,
        "the other tab is open, and its session is its own"
    );

    client.switch_to_window(first).await.unwrap();
    page.browser.crash().await;
    client.switch_to_window(second).await.unwrap();
    let third = client.new_window(true).await.unwrap().handle;
    client.switch_to_window(third).await.unwrap();
    page.visit("#/pop3").await;
    assert_eq!(page.transcript().await.len(), 4, "a link to something else begins there");

    let fourth = client.new_window(true).await.unwrap().handle;
    client.switch_to_window(fourth).await.unwrap();
    page.visit("").await;
    assert_eq!(shown(&page).await, before);
    page.browser.wait_for_text(".notice", "the session that you left here").await;
    finish(&page).await;
}

#[tokio::test]
async fn a_session_through_the_relay_comes_back_to_be_read_and_is_over() {
    let Some(page) = Page::open(PolicyName::Lab, "#/pop3?server=relay").await else { return };
    page.types("USER student").await;
    let before = page.transcript().await;
    page.reload().await;
    page.browser.wait_for_text("#transcript", "the page was loaded again").await;
    let after = page.transcript().await;
    assert_eq!(after[..before.len()], before);
    let end = after[before.len()..].iter().map(|line| line.text.as_str()).collect::<String>();
    assert!(end.contains("the page was loaded again"), "{end}");
    assert!(page.status().await.contains("over"), "{}", page.status().await);
}

#[tokio::test]
async fn forgotten_sessions_do_not_come_back() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    begin(&page).await;
    let before = shown(&page).await;
    page.press_in_settings(".kept button").await;
    page.browser.wait_for_text(".kept", "What was kept is forgotten").await;
    assert_eq!(shown(&page).await, before, "nothing on the screen is lost");
    page.types("DATA").await;
    page.reload().await;
    assert_eq!(page.transcript().await.len(), 4);
}

/// In one go, since each is only a sentence.
#[tokio::test]
async fn a_browser_that_refuses_or_is_full_is_told_and_loses_nothing() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    page.types("EHLO you.lab").await;
    page.kept("EHLO you.lab").await;
    // What the browser does where a disk is full: the transaction fails when it is to end.
    let full = "const full = new DOMException('', 'QuotaExceededError');
        Object.defineProperty(IDBTransaction.prototype, 'error', { get() { return full; } });
        IDBTransaction.prototype.commit = function () { this.abort(); };";
    page.browser.run(full, vec![]).await;
    page.types("MAIL FROM:<you@practice.lab>").await;
    page.browser.wait_for_text(".notice", "storage is full").await;
    page.types("RCPT TO:<you@practice.lab>").await;
    assert!(page.said("server").await.contains("250 2.1.5"), "{}", page.said("server").await);
    page.reload().await;
    let back = page.said("client").await;
    assert!(back.contains("EHLO") && !back.contains("RCPT"), "as it was until then: {back}");

    let refuse = "Object.defineProperty(window, 'indexedDB', \
        { get() { throw new DOMException('not in this window', 'SecurityError'); } })";
    let source = json!({ "source": refuse });
    page.browser.cdp("Page.addScriptToEvaluateOnNewDocument", source).await;
    page.goto("#/smtp").await;
    page.browser.wait_for_text(".notice", "not in this window").await;
    page.enter_to_the_end(30).await;
    page.browser.assert_no_errors().await;
}
