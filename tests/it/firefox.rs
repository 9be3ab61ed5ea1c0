//! The main paths in Firefox, in one go: starting it takes longer than the walk.

use relay::PolicyName;
use serde_json::json;
use tests::browser::Key;
use tests::page::Page;

#[tokio::test]
async fn the_main_paths_lead_through_in_firefox_too() {
    let Some(page) = Page::open_in_firefox(PolicyName::Lab, "#/smtp").await else { return };
    every_protocol(&page).await;
    step_by_step(&page).await;
    back_and_by_the_ladder(&page).await;
    a_lesson(&page).await;
    kept_and_offline(page).await;
}

async fn every_protocol(page: &Page) {
    for protocol in shared::protocols::ALL {
        for server in ["", "?server=relay"] {
            let fragment = format!("#/{}{server}", protocol.id);
            page.browser.run("location.hash = arguments[0]", vec![json!(fragment)]).await;
            page.browser.wait_for_text("#status", protocol.name).await;
            page.turn().await;
            page.enter_to_the_end(30).await;
            assert_eq!(page.complaints().await, [""; 0], "{fragment}");
        }
    }
}

async fn step_by_step(page: &Page) {
    page.goto("#/pop3").await;
    page.browser.click(".switch button:last-child").await;
    page.browser.type_keys("#command", &Key::Enter.to_string()).await;
    page.browser.wait_for_text(".held", "Will go out").await;
    page.browser.click("#step").await;
    page.browser.wait_for_text(".held", "In flight").await;
    page.browser.click("#step").await;
    page.browser.wait_for_text("#transcript", "send PASS").await;
    page.browser.click(".switch button:first-child").await;
    page.turn().await;
}

async fn back_and_by_the_ladder(page: &Page) {
    page.types("PASS lab-secret").await;
    page.browser.click("#ladder-open").await;
    // `innerText`, which the harness reads, has none of a drawing in Firefox.
    let drawn =
        "return document.querySelector('#ladder-drawing').textContent.includes('USER student')";
    page.browser
        .wait_for("the command in the ladder", async || {
            page.browser.run(drawn, vec![]).await == true
        })
        .await;
    page.browser.click("#step-back").await;
    page.browser.wait_for_element("#viewing").await;
    page.browser.click("#back-to-live").await;
    page.browser.click("#ladder-open").await;
}

async fn a_lesson(page: &Page) {
    page.goto("#/smtp?lesson=tutorial-1-send-a-mail").await;
    page.browser.wait_for_text("#lesson-title", "Send a mail by hand").await;
    page.types("EHLO you.lab").await;
    page.browser
        .wait_for("the second step", async || {
            let steps = "return [...document.querySelectorAll('.steps > li')].findIndex(li => li.classList.contains('now'))";
            page.browser.run(steps, vec![]).await == 1
        })
        .await;
}

/// Typed, left and opened again: with the relay, and then without it.
async fn kept_and_offline(mut page: Page) {
    page.goto("#/smtp").await;
    for command in ["EHLO you.lab", "MAIL FROM:<you@practice.lab>"] {
        page.types(command).await;
    }
    let before = page.transcript().await;
    page.reload().await;
    assert_eq!(page.transcript().await, before);
    page.browser.kept_page().await;
    page.stop_relay().await;
    page.reload().await;
    page.browser.wait_for_element("#unreachable").await;
    assert_eq!(page.transcript().await, before);
    page.enter_to_the_end(12).await;
    page.browser.wait_for_text(".world", "1 message in mailbox (new)").await;
}
