//! Pictures of the main states at three widths, light and dark, in `target/screenshots`, to be looked at: nothing is
//! blank, and nothing sticks out sideways. With `UPDATE_EXPECT=1` the README's pictures are taken from them.

use std::fs;
use std::path::PathBuf;

use relay::PolicyName;
use serde_json::json;
use tests::browser::Key;
use tests::page::Page;

const SIZES: [(u32, u32); 3] = [(1280, 860), (768, 1024), (320, 640)];

/// Which pictures the README shows, and under which names.
const README: [(&str, &str); 3] = [
    ("dialogue-1280-light", "lab"),
    ("ladder-1280-dark", "ladder"),
    ("dialogue-320-light", "phone"),
];

struct Album<'a> {
    page: &'a Page,
    folder: PathBuf,
    size: (u32, u32),
    /// Octets of a picture of nothing in this size.
    blank: u64,
}

#[tokio::test]
async fn the_main_states_are_seen_whole_at_three_widths() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    let folder = tests::workspace().join("target/screenshots");
    // Older ones would be taken for new ones.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for size in SIZES {
        let mut album = Album { page: &page, folder: folder.clone(), size, blank: 0 };
        album.measure_blank().await;
        walk(&album).await;
    }
    page.browser.assert_no_errors().await;
    for (taken, name) in README {
        let picture = tests::workspace().join(format!("docs/{name}.png"));
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::copy(folder.join(format!("{taken}.png")), &picture).unwrap();
        }
        assert!(picture.exists(), "docs/{name}.png is missing: run with UPDATE_EXPECT=1");
    }
}

async fn walk(album: &Album<'_>) {
    let page = album.page;
    album.open("#/smtp").await;
    album.take("landing").await;
    album.press("#fold-lessons").await;
    page.types("EHLO you.lab").await;
    page.types("RCPT TO:<you@practice.lab>").await;
    album.take("refused").await;
    for command in ["MAIL FROM:<you@practice.lab>", "RCPT TO:<you@practice.lab>", "DATA"] {
        page.types(command).await;
    }
    page.types("Subject: Hello\n\nThis mail is one line long.").await;
    page.browser.wait_for_text(".world", "1 message in mailbox (new)").await;
    // What is read aloud comes a moment later.
    page.browser.wait_for_text(".status-bar", "250: The server has taken the message").await;
    album.take("dialogue").await;
    for (tab, name) in [(1, "bytes"), (2, "state"), (3, "python")] {
        page.browser.click(&format!("#tab-{tab}")).await;
        album.take(name).await;
    }
    page.browser.click("#tab-0").await;
    if album.size.0 < 700 {
        // A second press closes the sheet.
        page.browser.click("#tab-0").await;
    }
    album.press("#ladder-open").await;
    page.browser.click("#step-back").await;
    page.browser.wait_for_element("#viewing").await;
    album.take("ladder").await;

    album.open("#/smtp?lesson=tutorial-1-send-a-mail").await;
    page.browser.wait_for_element("#lesson-title").await;
    album.take("lesson").await;
    page.browser.click("#menu").await;
    page.browser.wait_for_element("#palette").await;
    album.take("palette").await;
    page.browser.press(&Key::Escape.to_string()).await;
    album.open("#/telnet").await;
    for line in ["student", "lab-secret", "progress"] {
        page.types(line).await;
    }
    page.browser.click("#tab-4").await;
    album.take("screen").await;
    album.go("#/telnet?view=stage").await;
    page.browser.wait_for_element("#stage").await;
    album.take("stage").await;
    album.go("#/socket").await;
    page.browser.wait_for_element("#server-call").await;
    for _ in 0..3 {
        page.browser.type_keys("#server-call", &Key::Enter.to_string()).await;
    }
    album.take("bench").await;
}

impl Album<'_> {
    async fn measure_blank(&mut self) {
        self.page.browser.goto("about:blank").await;
        let path = self.folder.join("blank.png");
        self.page.browser.screenshot(&path, self.size.0, self.size.1, false).await;
        self.blank = fs::metadata(&path).unwrap().len();
        fs::remove_file(path).unwrap();
    }

    async fn open(&self, fragment: &str) {
        self.page.browser.size(self.size.0, self.size.1).await;
        self.page.goto(fragment).await;
    }

    async fn go(&self, fragment: &str) {
        self.page.browser.run("location.hash = arguments[0]", vec![json!(fragment)]).await;
    }

    /// Presses what only some widths have.
    async fn press(&self, css: &str) {
        let shown = "return document.querySelector(arguments[0])?.checkVisibility() ?? false";
        if self.page.browser.run(shown, vec![json!(css)]).await == true {
            self.page.browser.click(css).await;
        }
    }

    async fn take(&self, name: &str) {
        let (width, height) = self.size;
        self.page.browser.size(width, height).await;
        self.page.browser.quiet().await;
        let wider =
            "const root = document.documentElement; return root.scrollWidth - root.clientWidth";
        assert_eq!(
            self.page.browser.run(wider, vec![]).await,
            0,
            "{name} sticks out of {width} px"
        );
        for (theme, dark) in [("light", false), ("dark", true)] {
            let path = self.folder.join(format!("{name}-{width}-{theme}.png"));
            self.page.browser.screenshot(&path, width, height, dark).await;
            let octets = fs::metadata(&path).unwrap().len();
            assert!(octets > 3 * self.blank, "{} is nearly blank", path.display());
        }
        self.page.browser.size(width, height).await;
    }
}
