//! Experiments in the page. `cargo test -p frontend` plays each of them; here a person does.

use relay::PolicyName;
use serde_json::json;
use tests::browser::Key;
use tests::page::Page;

const LESSON: &str = "#/smtp?lesson=tutorial-1-send-a-mail";
/// What the lesson asks for in the step under way.
const NOW: &str = ".steps > .now .act button";

#[tokio::test]
async fn a_lesson_is_done_by_keyboard_and_survives_a_reload() {
    let Some(page) = Page::open(PolicyName::Lab, LESSON).await else { return };
    page.browser.wait_for_text("#lesson-title", "Send a mail by hand").await;
    do_step(&page, 1).await;
    do_step(&page, 2).await;
    wait_for_step(&page, 3).await;

    page.goto(LESSON).await;
    wait_for_step(&page, 3).await;
    // The session came back too, or what was done is done again.
    if !page.status().await.contains("recipients given") {
        press(&page, "#catch-up").await;
    }
    page.browser.wait_for_text("#status", "recipients given").await;
    do_step(&page, 3).await;
    do_step(&page, 4).await;
    page.browser.wait_for_text(".lesson .progress", "All 4 steps are done.").await;
    page.browser.wait_for_text(".closing", "That was all of it").await;

    press(&page, "#leave-lesson").await;
    page.browser.wait_for_text(".lesson-list", "Send a mail by hand").await;
    let marks = page.browser.texts(".lesson-list .mark").await;
    assert_eq!(marks, ["done"], "one lesson was done");
    assert!(page.said("client").await.contains("QUIT"), "the dialogue stays");
    page.browser.assert_no_errors().await;
}

#[tokio::test]
async fn a_change_from_outside_is_said_and_reset_undoes_it() {
    let Some(page) = Page::open(PolicyName::Lab, LESSON).await else { return };
    page.browser.wait_for_text("#lesson-title", "Send a mail by hand").await;
    do_step(&page, 1).await;
    assert_eq!(page.browser.texts(".modified").await, [""; 0], "the lesson itself did this");
    page.browser.click("#mail-arrives").await;
    page.browser.wait_for_text(".modified", "modified").await;
    page.browser.wait_for_text("#pane-world", "student: 6 messages").await;
    page.browser.click("#reset-lesson").await;
    page.browser.wait_for_text("#pane-world", "student: 5 messages").await;
    wait_for_step(&page, 1).await;
    assert_eq!(page.browser.texts(".modified").await, [""; 0]);
    assert_eq!(page.said("client").await, "", "the session is fresh too");

    // Hints come one by one.
    for n in 1..=3 {
        page.browser.click(".hints button").await;
        page.browser
            .wait_for(&format!("{n} hints"), async || {
                page.browser.texts(".hints li").await.len() == n
            })
            .await;
    }
    assert_eq!(page.browser.texts(".hints button").await, [""; 0], "there are three");
}

#[tokio::test]
async fn a_lesson_goes_to_another_protocol() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp?lesson=useful-1-read-it-back").await
    else {
        return;
    };
    page.browser.wait_for_text("#lesson-title", "Read it back with POP3").await;
    do_step(&page, 1).await;
    press(&page, NOW).await;
    page.browser.wait_for_text("#status", "POP3").await;
    for text in ["USER you", "PASS lab-secret", "STAT"] {
        page.types(text).await;
    }
    wait_for_step(&page, 3).await;
    assert_eq!(page.browser.texts(".modified").await, [""; 0]);
    let there = page.browser.run("return location.hash", vec![]).await;
    assert_eq!(there, "#/pop3?lesson=smtp/useful-1-read-it-back");
    page.browser.assert_no_errors().await;
}

/// Does what the step asks for, by keyboard alone.
async fn do_step(page: &Page, step: usize) {
    wait_for_step(page, step).await;
    let acts = page.browser.texts(NOW).await.len();
    for act in 0..acts {
        let before = page.transcript().await.len();
        focus(page, "document.querySelector('#pane-lessons')", &Key::F6).await;
        focus(page, &format!("document.querySelectorAll('{NOW}')[{act}]"), &Key::Tab).await;
        page.browser.press(&Key::Enter.to_string()).await;
        let composer = "return document.activeElement.id === 'command'";
        page.browser
            .wait_for("the composer to have the focus", async || {
                page.browser.run(composer, vec![]).await == json!(true)
            })
            .await;
        page.browser.press(&Key::Enter.to_string()).await;
        page.browser.wait_for("an effect", async || page.transcript().await.len() > before).await;
        page.turn().await;
    }
}

/// Goes to an element by keyboard and presses Enter.
async fn press(page: &Page, css: &str) {
    focus(page, "document.querySelector('#pane-lessons')", &Key::F6).await;
    focus(page, &format!("document.querySelector('{css}')"), &Key::Tab).await;
    page.browser.press(&Key::Enter.to_string()).await;
}

/// Presses a key until the element has the focus.
async fn focus(page: &Page, element: &str, key: &Key) {
    let there = format!("return document.activeElement === {element}");
    for _ in 0..80 {
        if page.browser.run(&there, vec![]).await == json!(true) {
            return;
        }
        page.browser.press(&key.to_string()).await;
    }
    panic!("{element} cannot be reached by keyboard");
}

async fn wait_for_step(page: &Page, step: usize) {
    page.browser.wait_for_text(".lesson .progress", &format!("Step {step} of")).await;
}
