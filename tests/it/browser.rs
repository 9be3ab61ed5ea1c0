//! The browser harness itself, and the built page in it.

use tests::browser::{Browser, Key};
use tests::pages::Pages;

/// The page as `cargo xtask web` built it starts under a strict policy and complains of nothing.
#[tokio::test]
async fn the_built_page_starts() {
    let dist = tests::workspace().join("dist");
    if !dist.join("index.html").exists() {
        return tests::skip("dist/ is not built; `cargo xtask web` builds it");
    }
    let Some(browser) = Browser::open(1200, 800).await else { return };
    let pages = Pages::serve(&dist).await;
    browser.goto(pages.url()).await;
    browser.wait_for_text("h1", "Wirelab").await;
    browser.assert_no_errors().await;
}

#[tokio::test]
async fn the_harness_types_clicks_waits_and_takes_pictures() {
    let Some(browser) = Browser::open(800, 600).await else { return };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), PAGE).unwrap();
    std::fs::write(folder.path().join("page.js"), SCRIPT).unwrap();
    let pages = Pages::serve(folder.path()).await;
    browser.goto(pages.url()).await;

    browser.type_keys("input", &format!("hello{}", Key::Enter)).await;
    browser.wait_for_text("#said", "hello").await;
    browser.click("button").await;
    browser.wait_for_text("#said", "clicked").await;
    browser.assert_no_errors().await;

    let scheme = "return matchMedia('(prefers-color-scheme: dark)').matches";
    let picture = |name: &str| folder.path().join(name);
    browser.screenshot(&picture("light.png"), 400, 300, false).await;
    browser.screenshot(&picture("dark.png"), 400, 300, true).await;
    assert_eq!(browser.run(scheme, vec![]).await, false, "a dark picture leaves the page light");
    let light = std::fs::read(picture("light.png")).unwrap();
    let dark = std::fs::read(picture("dark.png")).unwrap();
    assert_eq!(png_size(&light), (400, 300));
    assert_ne!(light, dark, "the page draws itself dark where that is preferred");
}

#[tokio::test]
async fn the_harness_sees_errors_in_the_console() {
    let Some(browser) = Browser::open(800, 600).await else { return };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("index.html"),
        "<!DOCTYPE html><link rel=icon href=data:,><script>1</script>",
    )
    .unwrap();
    let pages = Pages::serve(folder.path()).await;
    browser.goto(pages.url()).await;
    let log = browser.log().await;
    assert!(
        log.iter()
            .any(|entry| entry.level == "SEVERE"
                && entry.message.contains("Content Security Policy")),
        "an inline script breaks the policy: {log:#?}"
    );
}

fn png_size(png: &[u8]) -> (u32, u32) {
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
    (number(16), number(20))
}

const PAGE: &str = r#"<!DOCTYPE html>
<html lang="en"><head><title>Harness</title><meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,"><script type="module" src="page.js"></script></head>
<body><input><button>Press</button><pre id="said"></pre></body></html>
"#;

const SCRIPT: &str = r#"
const said = document.querySelector('#said');
document.querySelector("input").addEventListener("keydown", event => {
  if (event.key === "Enter") said.textContent = event.target.value;
});
document.querySelector("button").addEventListener("click", () => { said.textContent = "clicked"; });
"#;
