//! Back, fork, stops and guesses, as a person does them in the page.

use relay::PolicyName;
use serde_json::json;
use tests::page::Page;

const MAIL: [&str; 5] = [
    "EHLO you.lab",
    "MAIL FROM:<you@practice.lab>",
    "RCPT TO:<you@practice.lab>",
    "DATA",
    "Subject: time\n\nhere",
];

async fn mail_sent(page: &Page) {
    for text in MAIL {
        page.types(text).await;
    }
    page.browser.wait_for_text(".world", "1 message in mailbox (new)").await;
}

#[tokio::test]
async fn back_shows_the_world_as_it_was_and_a_fork_goes_another_way() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    mail_sent(&page).await;
    page.browser.click("#step-back").await;
    page.browser.wait_for_text("#viewing", "The session is at step 11").await;
    page.browser.wait_for_text(".world", "you: 0 messages in mailbox").await;
    assert!(!page.said("server").await.contains("is in 1 mailbox"), "later lines are not shown");
    page.browser.click("#step-back").await;
    page.browser.wait_for_text("#viewing", "Viewing step 9 of 11").await;
    page.browser.click("#fork").await;
    page.browser.wait_for_text(".branches", "Branch 2").await;
    page.turn().await;
    page.expect("A different letter\n\nwith other words", "250").await;
    page.expect("NOOP", "250").await;
    let fork = page.transcript().await;

    let value = json!(["#compare", "0"]);
    let choose = "const select = document.querySelector(arguments[0][0]);
        select.value = arguments[0][1];
        select.dispatchEvent(new Event('change', {bubbles: true}));";
    page.browser.run(choose, vec![value]).await;
    page.browser.wait_for_text("#comparison", "5 exchanges are the same in both, 3 are not").await;
    page.browser.wait_for_text("#comparison", "A different letter").await;
    page.browser.wait_for_text("#comparison", "Subject: time").await;

    page.browser.click("[data-branch='0']").await;
    page.browser.wait_for_text("#transcript", "Subject: time").await;
    assert!(!page.said("client").await.contains("A different letter"));
    page.browser.click("[data-branch='1']").await;
    page.browser.wait_for_text("#transcript", "A different letter").await;
    assert_eq!(page.transcript().await, fork);
    page.enter_to_the_end(4).await;
    page.browser.assert_no_errors().await;
}

#[tokio::test]
async fn a_server_outside_the_page_has_no_fork_and_the_page_says_why() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp?server=relay").await else { return };
    page.types("EHLO you.lab").await;
    page.browser.click("#step-back").await;
    page.browser.wait_for_text("#no-fork", "cannot be taken back").await;
    assert!(page.browser.texts("#fork").await.is_empty());
    page.browser.click("#back-to-live").await;
    page.expect("NOOP", "250").await;
}

#[tokio::test]
async fn a_dialogue_stops_before_a_command_and_at_a_refusal() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    page.types("EHLO you.lab").await;
    page.browser.click("#stops summary").await;
    let choose = "const select = document.getElementById('stop-command');
        select.value = 'MAIL';
        select.dispatchEvent(new Event('change', {bubbles: true}));
        document.querySelectorAll('#stops input[type=checkbox]')[1].click();";
    page.browser.run(choose, vec![]).await;
    page.browser.wait_for_text("#stops summary", "2 stops").await;
    page.browser.type_keys("#command", &tests::browser::Key::Enter.to_string()).await;
    page.browser.wait_for_text("#stopped", "the command MAIL").await;
    assert!(!page.said("client").await.contains("MAIL"), "it is held before it goes out");
    page.browser.click(".switch button:first-child").await;
    page.browser.wait_for_text("#transcript", "MAIL FROM").await;
    page.turn().await;
    page.compose("RCPT TO:<nobody@practice.lab>").await;
    page.browser.type_keys("#command", &tests::browser::Key::Enter.to_string()).await;
    page.browser.wait_for_text("#stopped", "refused").await;
    page.browser.wait_for_text("#transcript", "550").await;
    page.browser.assert_no_errors().await;
}

#[tokio::test]
async fn a_reply_is_guessed_before_it_is_shown() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    page.browser.click("#predict").await;
    page.browser.type_keys("#command", &tests::browser::Key::Enter.to_string()).await;
    page.browser.wait_for_text(".predict", "What will the server answer to EHLO?").await;
    assert!(!page.said("server").await.contains("250"), "the reply is hidden");
    page.browser.click("#choices [data-code='5xx']").await;
    page.browser.wait_for_text("#guess", "Not 5xx: EHLO was answered with 250").await;
    page.browser.wait_for_text("#score", "0 of 1 right").await;
    page.browser.wait_for_text("#transcript", "250").await;
    page.browser.click("#predict").await;
    page.enter_to_the_end(12).await;
    page.browser.assert_no_errors().await;
}
