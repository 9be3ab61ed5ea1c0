//! The ladder, the state diagram and the practice world, in real Chromium.

use relay::PolicyName;
use serde_json::{Value, json};
use tests::browser::Key;
use tests::page::Page;

const COMMANDS: [&str; 6] =
    ["USER student", "PASS lab-secret", "PASV", "RETR readme.txt", "PASV", "STOR upload/new.txt"];

/// Presses one of the buttons of a group, by its word.
async fn press(page: &Page, group: &str, word: &str) {
    let script = "[...document.querySelectorAll(arguments[0])]
        .find(button => button.textContent === arguments[1]).click()";
    page.browser.run(script, vec![json!(group), json!(word)]).await;
}

/// The entry that the rung with these words shows.
async fn entry(page: &Page, words: &str) -> u64 {
    let script = "return [...document.querySelectorAll('.ladder-svg [data-entry]')]
        .find(rung => rung.querySelector('title').textContent.includes(arguments[0]))?.dataset.entry";
    let found = page.browser.run(script, vec![json!(words)]).await;
    let number = found.as_str().and_then(|number| number.parse().ok());
    number.unwrap_or_else(|| panic!("no rung says {words:?}"))
}

async fn shows(page: &Page, entry: u64) {
    let line = format!("#entry-{entry}[aria-current]");
    page.browser.wait_for_element(&line).await;
    page.browser.wait_for_element(&format!(".ladder-svg .here[data-entry='{entry}']")).await;
}

/// What the file that the page saves holds: whether it is well-formed, its title, its texts.
async fn saved(page: &Page) -> [Value; 3] {
    let script = r"const create = URL.createObjectURL;
        let file;
        URL.createObjectURL = blob => { file = blob; return create(blob); };
        document.getElementById('ladder-save').click();
        URL.createObjectURL = create;
        return file.text().then(text => {
            // The page's security policy would complain of the style; a file has no such policy.
            const plain = text.replace(/<style>[^<]*<\/style>/, '');
            const svg = new DOMParser().parseFromString(plain, 'image/svg+xml');
            const texts = [...svg.querySelectorAll('text')].map(text => text.textContent);
            const title = svg.querySelector('svg > title')?.textContent;
            return [svg.querySelector('parsererror') === null, title, texts.join('\n')];
        });";
    let answer = page.browser.run(script, vec![]).await;
    [0, 1, 2].map(|n| answer[n].clone())
}

#[tokio::test]
async fn a_transfer_is_seen_in_ladder_diagram_and_world() {
    let Some(page) = Page::open(PolicyName::Lab, "#/ftp").await else { return };
    let browser = &page.browser;
    for text in COMMANDS.into_iter().chain(["a new file"]) {
        page.types(text).await;
    }

    // The window of the tests is low, where the ladder starts closed.
    browser.click("#ladder-open[aria-expanded=false]").await;
    browser.wait_for_text(".ladder-svg .name", "connection 1").await;
    let runs = browser.texts(".ladder-svg .run-label").await;
    assert_eq!(runs, ["641 octets", "10 octets"], "one thick arrow for each transfer");

    let retr = entry(&page, "RETR readme.txt").await;
    let rung = format!(".ladder-svg [data-entry='{retr}']");
    let center = "document.querySelector(arguments[0]).scrollIntoView({ block: 'center' })";
    browser.run(center, vec![json!(rung)]).await;
    browser.click(&format!("{rung} > .label")).await;
    shows(&page, retr).await;
    let reply = entry(&page, "150 Sending").await;
    browser.type_keys("#ladder-drawing", &Key::Down.to_string()).await;
    shows(&page, reply).await;
    browser.type_keys("#ladder-drawing", &Key::Up.to_string()).await;
    shows(&page, retr).await;

    let [well_formed, title, texts] = saved(&page).await;
    assert_eq!((well_formed, title), (json!(true), json!("FTP with practice.lab:21")));
    let texts = texts.as_str().unwrap_or_default();
    for command in COMMANDS {
        let shown = command.replace("lab-secret", "********");
        assert!(texts.contains(&shown), "{shown} is not in the file:\n{texts}");
    }
    assert!(!texts.contains("lab-secret"));

    let rungs = browser.texts(".ladder-svg [data-entry]").await.len();
    press(&page, ".ladder .views button", "List").await;
    browser.wait_for_element("#ladder-list").await;
    assert_eq!(browser.texts("#ladder-list > li").await.len(), rungs);
    press(&page, ".ladder .views button", "Timing").await;
    let rows = browser.texts("#ladder-times tbody th").await;
    assert_eq!(rows.len(), COMMANDS.len(), "{rows:?}");

    // With RETR selected, the world is the one of that step: nothing was stored yet.
    press(&page, "[role=tab]", "State").await;
    browser.wait_for_text(".state-box.here", "ready").await;
    assert!(browser.texts(".changes").await.is_empty(), "nothing was stored yet");
    browser.type_keys("#state-diagram", &Key::Up.to_string()).await;
    browser.wait_for_text("#diagram-state h4", "account wanted").await;
    browser.type_keys("#state-diagram", &Key::Escape.to_string()).await;
    browser.wait_for_text("#diagram-state h4", "ready (the session is here)").await;

    page.types("NOOP").await;
    browser.wait_for_text(".changes", "/upload/new.txt added, 10 octets").await;
    browser.assert_no_errors().await;
}

#[tokio::test]
async fn what_a_step_changed_is_told_and_content_is_seen_octet_for_octet() {
    let Some(page) = Page::open(PolicyName::Lab, "#/pop3").await else { return };
    let browser = &page.browser;
    press(&page, "[role=tab]", "State").await;
    for command in ["USER student", "PASS lab-secret", "STAT"] {
        page.types(command).await;
    }
    browser.wait_for_text(".facts dd.fresh", "new").await;
    let passed = browser.texts(".state-box.been").await;
    assert_eq!(passed.len(), 4, "the way led through four states: {passed:?}");

    browser.click("#mail-arrives").await;
    browser.wait_for_text(".changes", "student: 1 message added").await;
    let open =
        "document.querySelectorAll('.mailboxes details').forEach(item => { item.open = true })";
    browser.run(open, vec![]).await;
    browser.wait_for_text(".item .content .end", "CR LF").await;
    press(&page, ".item .content .switch button", "Bytes").await;
    browser.wait_for_text(".item pre.octets", "0d 0a").await;
    browser.assert_no_errors().await;
}
