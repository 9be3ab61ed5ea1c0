//! The page as people use it: in real Chromium, through the real relay.

use relay::Rule;
use tests::browser::Key;
use tests::page::Page;

#[tokio::test]
async fn enter_alone_leads_through_every_protocol_in_the_page() {
    let Some(page) = Page::open(Rule::Lab, "#/smtp").await else { return };
    for protocol in shared::protocols::ALL {
        page.goto(&format!("#/{}", protocol.id)).await;
        page.enter_to_the_end(30).await;
        assert_eq!(page.complaints().await, [""; 0], "{}", protocol.id);
    }
    page.browser.assert_no_errors().await;
}

#[tokio::test]
async fn enter_alone_leads_through_every_protocol_of_the_relay() {
    let Some(page) = Page::open(Rule::Lab, "#/smtp").await else { return };
    for protocol in shared::protocols::ALL {
        page.goto(&format!("#/{}?server=relay", protocol.id)).await;
        page.enter_to_the_end(30).await;
        assert_eq!(page.complaints().await, [""; 0], "{}", protocol.id);
    }
    page.browser.assert_no_errors().await;
}

#[tokio::test]
async fn eight_presses_of_enter_send_a_mail_and_pop3_reads_it_back() {
    let Some(page) = Page::open(Rule::Lab, "").await else { return };
    assert!(page.said("server").await.starts_with("220 practice.lab"));
    assert!(page.composed().await.starts_with("EHLO"), "the composer holds the first command");
    let arrived =
        async || page.browser.texts(".world").await.concat().contains("1 message in mailbox (new)");
    let mut presses = 0;
    while !arrived().await {
        assert!(presses < 8, "no mail after {presses} presses");
        page.enter().await;
        presses += 1;
    }
    let subject = page.said("client").await;
    let subject =
        subject.lines().find(|line| line.starts_with("Subject:")).expect("the mail has one");
    page.browser.click(".controls button.main").await;
    page.browser.wait_for_text("[role=status]", "POP3").await;
    page.turn().await;
    page.enter_to_the_end(12).await;
    assert!(page.said("server").await.contains(subject), "the mail was read back");
}

#[tokio::test]
async fn a_mail_that_arrives_is_told_at_once_to_whoever_waits() {
    let Some(page) = Page::open(Rule::Lab, "#/imap").await else { return };
    for command in ["LOGIN student lab-secret", "SELECT INBOX", "IDLE"] {
        page.types(command).await;
    }
    page.browser.click("#mail-arrives").await;
    page.browser.wait_for_text("#transcript", "* 6 EXISTS").await;
    assert!(page.composed().await.starts_with("DONE"), "nothing was typed");
    page.browser.assert_no_errors().await;
}

#[tokio::test]
async fn an_illegal_move_is_explained_and_can_be_made_anyway() {
    let Some(page) = Page::open(Rule::Lab, "#/smtp").await else { return };
    page.enter().await;
    let before = page.transcript().await.len();
    page.types("RCPT TO:<you@practice.lab>").await;
    let why = page.refusal().await.expect("RCPT before MAIL is refused");
    assert!(why.contains("MAIL"), "the refusal names a legal move: {why}");
    assert_eq!(page.transcript().await.len(), before, "nothing was sent");
    page.browser.click("#refusal button").await;
    page.browser.wait_for_text("#transcript", "503").await;
    assert!(page.said("client").await.contains("RCPT TO:<you@practice.lab>"));
}

#[tokio::test]
async fn step_mode_holds_what_goes_out_and_what_comes_in() {
    let Some(page) = Page::open(Rule::Lab, "#/pop3?server=relay").await else { return };
    page.browser.click(".switch button:last-child").await;
    page.browser.wait_for_element(".switch button:last-child[aria-pressed=true]").await;
    let before = page.transcript().await.len();
    page.browser.type_keys("#command", &Key::Enter.to_string()).await;
    page.browser.wait_for_text(".held", "Will go out").await;
    assert!(page.browser.texts(".held").await.concat().contains("USER student"));
    assert_eq!(page.transcript().await.len(), before, "gate 1 holds the command");
    page.browser.click("#step").await;
    page.browser.wait_for_text(".held", "In flight").await;
    assert!(!page.said("server").await.contains("send PASS"), "gate 2 holds the reply");
    page.browser.click("#step").await;
    page.browser.wait_for_text("#transcript", "send PASS").await;
    page.turn().await;
    page.browser.click(".switch button:first-child").await;
    page.enter_to_the_end(12).await;
}

#[tokio::test]
async fn passwords_are_masked_until_somebody_asks() {
    let Some(page) = Page::open(Rule::Lab, "#/pop3").await else { return };
    page.types("USER student").await;
    page.types("PASS lab-secret").await;
    page.types("STAT").await;
    let html =
        page.browser.run("return document.getElementById('transcript').outerHTML", vec![]).await;
    assert!(!html.to_string().contains("lab-secret"));
    page.browser.click(".secrets input").await;
    page.browser.wait_for_text("#transcript", "PASS lab-secret").await;
}

#[tokio::test]
async fn lines_tokens_and_octets_are_linked() {
    let Some(page) = Page::open(Rule::Lab, "#/pop3").await else { return };
    page.types("USER student").await;
    page.browser.click("#transcript > li.client").await;
    page.browser.wait_for_text(".terms", "mailbox name").await;
    page.browser.click("#tab-1").await;
    page.browser.wait_for_element(".hex").await;
    page.browser.click("#octet-5").await;
    page.browser.wait_for_text("#inspector-panel", "mailbox name").await;
    page.browser.wait_for_text("#transcript .token.current", "student").await;
    page.browser.press(&Key::Right.to_string()).await;
    page.browser.wait_for_element("#octet-6.here").await;
    page.browser.click("#tab-2").await;
    page.browser.wait_for_text("#inspector-panel", "State: user given").await;
}

#[tokio::test]
async fn a_relay_that_goes_away_is_told_and_the_page_connects_again() {
    let Some(mut page) = Page::open(Rule::Lab, "#/pop3?server=relay").await else { return };
    page.types("USER student").await;
    page.stop_relay().await;
    page.browser.wait_for_text(".notice", "relay").await;
    page.browser.wait_for_text("[role=status]", "over").await;
    let kept = page.said("client").await;
    assert!(kept.contains("USER student"), "the transcript is kept");
    page.restart_relay(Rule::Lab).await;
    page.browser.click(".controls button.main").await;
    page.browser
        .wait_for("a second greeting", async || {
            page.said("server").await.matches("POP3 ready").count() == 2
        })
        .await;
    page.turn().await;
    page.enter_to_the_end(12).await;
}

#[tokio::test]
async fn nothing_sticks_out_on_a_phone() {
    let Some(page) = Page::open(Rule::Lab, "#/smtp").await else { return };
    page.browser.client().set_window_size(360, 740).await.unwrap();
    for protocol in shared::protocols::ALL {
        page.goto(&format!("#/{}", protocol.id)).await;
        page.enter().await;
        page.enter().await;
        let script =
            "const root = document.documentElement; return root.scrollWidth - root.clientWidth";
        for tab in 0..3 {
            page.browser.click(&format!("#tab-{tab}")).await;
            assert_eq!(page.browser.run(script, vec![]).await, 0, "{} tab {tab}", protocol.id);
        }
    }
}

/// The README's picture. `UPDATE_EXPECT=1` writes it.
#[tokio::test]
async fn the_readme_shows_the_page_as_it_is() {
    let Some(page) = Page::open(Rule::Lab, "#/smtp").await else { return };
    for _ in 0..5 {
        page.enter().await;
    }
    page.browser.wait_for_text(".world", "1 message in mailbox").await;
    let folder = tempfile::tempdir().unwrap();
    let path = match std::env::var_os("UPDATE_EXPECT") {
        Some(_) => tests::workspace().join("docs/lab.png"),
        None => folder.path().join("lab.png"),
    };
    page.browser.screenshot(&path, 1280, 860, false).await;
    assert!(std::fs::metadata(&path).unwrap().len() > 20_000, "a page full of text");
    assert!(tests::workspace().join("docs/lab.png").exists(), "run with UPDATE_EXPECT=1");
}
