//! The page without its server, and a newer page beside the one in use.

use std::fs;
use std::path::Path;

use relay::PolicyName;
use tests::browser::Browser;
use tests::page::Page;
use tests::pages::Pages;

#[tokio::test]
async fn once_loaded_the_page_opens_and_works_without_its_relay() {
    let Some(mut page) = Page::open(PolicyName::Lab, "#/pop3").await else { return };
    page.browser.kept_page().await;
    page.stop_relay().await;
    page.goto("#/smtp").await;
    page.browser.wait_for_text("#unreachable", "Practice in this page works without it").await;
    page.enter_to_the_end(30).await;
    assert_eq!(page.complaints().await, [""; 0]);
    page.browser.wait_for_text(".world", "1 message in mailbox (new)").await;
    let log = page.browser.log().await;
    let mut errors = log.iter().filter(|entry| entry.level == "SEVERE");
    assert!(errors.all(|entry| entry.message.contains("/endpoints.json")), "{log:#?}");

    page.restart_relay(PolicyName::Lab).await;
    page.browser.click("[popovertarget=servers]").await;
    page.browser.click("#unreachable button").await;
    page.browser.wait_for_text(".server", "Any program on the relay").await;
    assert_eq!(page.browser.texts("#unreachable").await, [""; 0]);
}

/// In a folder of a plain web server, as another product of its maker may be beside it.
#[tokio::test]
async fn a_newer_page_waits_until_somebody_asks_for_it() {
    let dist = tests::workspace().join("dist");
    if !dist.join("sw.js").exists() {
        return tests::skip("dist/ is not built; `cargo xtask web` builds it");
    }
    let Some(browser) = Browser::open(1280, 900).await else { return };
    let server = tempfile::tempdir().unwrap();
    let folder = server.path().join("lab");
    copy(&dist, &folder);
    let pages = Pages::serve(server.path()).await;
    let url = format!("{}lab/#/smtp", pages.url());
    browser.goto(&url).await;
    browser.wait_for_text("#transcript", "220 practice.lab").await;
    browser.kept_page().await;
    let title = "return document.title";
    assert_eq!(browser.run(title, vec![]).await, "Wirelab");

    edit(&folder.join("index.html"), "<title>Wirelab", "<title>Newer Wirelab");
    edit(&folder.join("sw.js"), "const VERSION = \"", "const VERSION = \"newer");
    let look = "window.here = true; \
        return navigator.serviceWorker.getRegistration().then(r => r.update()).then(() => true)";
    browser.run(look, vec![]).await;
    browser.wait_for_text(".newer-page", "A new version of this page is here").await;
    assert_eq!(browser.run("return window.here", vec![]).await, true, "the session goes on");

    browser.reload().await;
    browser.wait_for_text(".newer-page", "A new version of this page is here").await;
    assert_eq!(browser.run(title, vec![]).await, "Wirelab", "it still waits");

    browser.click(".newer-page button").await;
    browser
        .wait_for("the newer page", async || browser.run(title, vec![]).await == "Newer Wirelab")
        .await;
    browser.wait_for_text("#transcript", "220 practice.lab").await;
    assert_eq!(browser.texts(".newer-page button").await, [""; 0]);
    let versions = "return caches.keys().then(keys => keys.length)";
    assert_eq!(browser.run(versions, vec![]).await, 1, "the old page is no longer kept");
    browser.assert_no_errors().await;

    drop(pages);
    browser.reload().await;
    browser.wait_for_text("#transcript", "220 practice.lab").await;
    assert_eq!(browser.run(title, vec![]).await, "Newer Wirelab", "it opens without its server");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

fn edit(file: &Path, old: &str, new: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(old), "{} has no {old}", file.display());
    fs::write(file, text.replacen(old, new, 1)).unwrap();
}
