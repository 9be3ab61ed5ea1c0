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

#[tokio::test]
async fn the_course_is_above_the_experiments_and_asks_questions() {
    let Some(page) = Page::open(PolicyName::Lab, "#/pop3").await else { return };
    let browser = &page.browser;
    browser.wait_for_text(".lesson-list", "Sockets: the simple server and client").await;
    let headings = browser.texts("#pane-lessons h3").await;
    assert!(headings[0].contains("The course"), "{headings:?}");
    let parts = browser.texts("#pane-lessons ul:first-of-type b").await;
    assert_eq!(parts.len(), 9, "{parts:?}");
    assert!(parts[2].starts_with("3. FTP:") && parts[8].starts_with("9. Gopher:"), "{parts:?}");

    press(&page, r##".lesson-list a[href="#/ftp?lesson=course/3-ftp"]"##).await;
    browser.wait_for_text("#lesson-title", "FTP: connect").await;
    browser.wait_for_text("#status", "FTP").await;
    do_step(&page, 1).await;
    do_step(&page, 2).await;
    wait_for_step(&page, 3).await;
    assert_eq!(browser.texts(".now .question .told").await, [""], "nothing is told before");
    let closed = "return [...document.querySelectorAll('.notes')].every(notes => !notes.open)";
    assert_eq!(browser.run(closed, vec![]).await, json!(true));
    press(&page, ".now .question li:nth-child(1) button").await;
    browser.wait_for_text(".now .question .told", "That is not it. The right one is marked.").await;
    let marks = browser.texts(".now .question .choices .mark").await;
    assert_eq!(marks, ["(your answer)", "(right)", ""]);
    let there = browser.run("return document.activeElement.id", vec![]).await;
    assert_eq!(there, "question-2", "the focus stays at the question");
    press(&page, ".now .notes summary").await;
    browser.wait_for_text(".now .notes", "Compute the port together").await;

    do_step(&page, 3).await;
    wait_for_step(&page, 4).await;
    press(&page, ".now .question li:nth-child(3) button").await;
    browser.wait_for_text(".now .question .told", "That is right.").await;
    for step in 4..=6 {
        do_step(&page, step).await;
    }
    browser.wait_for_text(".closing", "Next: NNTP").await;
    press(&page, r##".closing a[href^="#/nntp"]"##).await;
    browser.wait_for_text("#lesson-title", "NNTP: reading").await;
    browser.wait_for_text("#status", "NNTP").await;
    press(&page, "#leave-lesson").await;
    browser.wait_for_text(".lesson-list .mark", "done").await;
    browser.assert_no_errors().await;
}

/// A lesson of a teacher's own.
fn own(protocol: &str, command: &str, expect: &str, more: &str) -> String {
    format!(
        "---\ntitle: Knock\nprotocol: {protocol}\ntier: useful\nabout: One command.\n---\n\n## Say it\n\n{more}\n\n\
         {command}\n\nexpect:\n- {expect}\n\nhints:\n1. a\n2. b\n3. c\n"
    )
}

#[tokio::test]
async fn a_lesson_of_ones_own_comes_from_a_file_and_goes_on_as_a_link() {
    let Some(page) = Page::open(PolicyName::Lab, "#/pop3").await else { return };
    let browser = &page.browser;
    let allow = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
    browser.cdp("Browser.grantPermissions", allow).await;
    let folder = tempfile::tempdir().unwrap();
    let choose = async |text: &str| {
        let path = folder.path().join("knock.md");
        std::fs::write(&path, text).unwrap();
        browser.type_keys("#lesson-file", path.to_str().unwrap()).await;
    };
    let right = own("smtp", "```send\nEHLO you.lab\n```", "state: ready", "Gr\u{fc}\u{df}e.");

    // A broken one says why, line by line, and the session stays.
    choose(&right.replace("tier: useful", "tier: hard").replace("3. c\n", "")).await;
    browser.wait_for_text("#lesson-failed", "knock.md").await;
    let why = browser.texts("#lesson-failed li").await;
    assert!(why[0].starts_with("line 4: There is no tier \"hard\". Expected: course"), "{why:?}");
    assert!(why[1].starts_with("line 8: The step \"Say it\" has 2 hints."), "{why:?}");
    assert!(page.status().await.contains("POP3"));

    choose(&right).await;
    browser.wait_for_text("#lesson-title", "Knock").await;
    browser.wait_for_text("#own-lesson", "did not come with the page").await;
    browser.wait_for_text("#status", "SMTP").await;
    browser.click("#copy-lesson").await;
    browser.wait_for_text(".share", "Whoever opens the link has the lesson.").await;
    let link = browser.run("return navigator.clipboard.readText()", vec![]).await;
    let link = link.as_str().unwrap_or_default();
    let fragment = &link[link.find('#').expect("the lesson is in the fragment")..];
    assert!(fragment.starts_with("#/smtp?lesson=own.") && link.len() < 600, "{link}");

    // Somebody else opens it; a reload keeps it.
    page.goto(fragment).await;
    browser.wait_for_text(".steps", "Gr\u{fc}\u{df}e.").await;
    do_step(&page, 1).await;
    browser.wait_for_text(".lesson .progress", "All 1 steps are done.").await;
    page.reload().await;
    browser.wait_for_text("#lesson-title", "Knock").await;
    let marks = browser.run("return localStorage.getItem('wirelab.lessons')", vec![]).await;
    let marks = marks.as_str().unwrap_or_default();
    assert!(marks.starts_with("own/") && marks.len() < 40, "{marks}");

    // One for the bench opens there, whatever the address says.
    let bench = own("socket", "```client\nimport socket\n```", "waits: client recv", "x");
    let bench = page.url(&format!("#/pop3?lesson={}", shared::lesson::pack(&bench)));
    browser.goto("about:blank").await;
    browser.goto(&bench).await;
    browser.wait_for_text("#lesson-title", "Knock").await;
    let there = browser.run("return location.hash", vec![]).await;
    assert!(there.as_str().is_some_and(|hash| hash.starts_with("#/socket?lesson=own.")), "{there}");

    // A file elsewhere, a link that was cut, and a lesson that is too long for one.
    page.goto("#/smtp?lesson=https://school.example/knock.md").await;
    browser.wait_for_text("#lesson-failed", "The page fetches nothing from other addresses").await;
    page.goto(&fragment[..fragment.len() - 9]).await;
    browser.wait_for_text("#lesson-failed", "is not whole").await;
    let mut random = shared::random::Random::new(1);
    let words: Vec<String> = (0..900).map(|_| format!("w{:x}", random.next_u64())).collect();
    choose(&right.replace("Gr\u{fc}\u{df}e.", &words.join(" "))).await;
    browser.wait_for_text("#lesson-title", "Knock").await;
    browser.click("#copy-lesson").await;
    browser.wait_for_text(".share", "save the file and hand that on").await;
    browser.assert_no_errors().await;
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
