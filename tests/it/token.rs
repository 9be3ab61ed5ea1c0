//! The form in which the page asks for the relay's access token.

use relay::{Config, PolicyName};
use tests::browser::{Browser, Key};

#[tokio::test]
async fn the_page_asks_for_the_token_and_then_connects() {
    let Some(browser) = Browser::open(1280, 900).await else { return };
    if !tests::workspace().join("dist/index.html").exists() {
        return tests::skip("dist/ is not built; `cargo xtask web` builds it");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "correct-horse-battery-staple\n").unwrap();
    let config = Config {
        listen: ([127, 0, 0, 1], 0).into(),
        policy: PolicyName::Lab,
        token_file: Some(file),
        ..Config::default()
    };
    let relay = relay::start(config).await.unwrap();
    browser.goto("about:blank").await;
    browser.forget(&relay.url()).await;
    browser.goto(&format!("{}#/pop3", relay.url())).await;
    browser.wait_for_element("#token-input").await;

    let axe = tests::workspace().join("target/npm/axe.min.js");
    match std::fs::read_to_string(&axe) {
        Ok(axe) => {
            browser.run(&axe, vec![]).await;
            let look = "return axe.run('#token').then(found => found.violations.map(it => it.id))";
            assert_eq!(browser.run(look, vec![]).await, serde_json::json!([]));
        }
        Err(_) => tests::skip("axe-core is not there; `cargo xtask setup` brings it"),
    }
    // With the keyboard alone: the field has the focus, Esc leaves it for practice in the page.
    let focus = "return document.activeElement?.id";
    assert_eq!(browser.run(focus, vec![]).await, "token-input");
    browser.press(&Key::Escape.to_string()).await;
    browser.wait_for("the form to go", async || browser.texts("#token").await.is_empty()).await;
    browser.wait_for_text("#status", "POP3").await;
    assert_eq!(browser.texts("#locked").await.len(), 1);

    browser.run("document.querySelector('#locked button').click()", vec![]).await;
    browser.wait_for_element("#token-input").await;
    browser.type_keys("#token-input", &format!("not-the-token{}", Key::Enter)).await;
    browser.wait_for_text("#token-wrong", "not the token").await;
    // What was wrong is selected, so that the next word takes its place.
    browser.type_keys("#token-input", &format!("correct-horse-battery-staple{}", Key::Enter)).await;
    browser.wait_for("the form to go", async || browser.texts("#token").await.is_empty()).await;

    // It is in no place that the page's own program can read.
    let seen = "return document.cookie + location.href + JSON.stringify({...localStorage})";
    let seen = browser.run(seen, vec![]).await.to_string();
    assert!(!seen.contains("horse") && !seen.contains("wirelab-access"), "{seen}");
    // And it opens the tunnel, after a reload too.
    for _ in 0..2 {
        browser.goto("about:blank").await;
        browser.goto(&format!("{}#/pop3?server=relay", relay.url())).await;
        browser.wait_for_text("#transcript", "+OK practice.lab").await;
        assert!(browser.texts("#token").await.is_empty());
    }
    relay.stop().await;
}
