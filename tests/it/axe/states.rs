//! The states of the page, one after the other in one page: nothing is loaded anew.

use serde_json::json;
use tests::browser::Key;

use super::Axe;

const REAL: &str = "#/pop3?host=mail.example.org&port=110";

pub(super) async fn visit(axe: &mut Axe<'_>) {
    dialogue(axe).await;
    back_and_forth(axe).await;
    held(axe).await;
    lesson(axe).await;
    over_the_page(axe).await;
    others(axe).await;
    bench(axe).await;
    in_german(axe).await;
}

/// Sends a mail, and looks at it in every way.
async fn dialogue(axe: &mut Axe<'_>) {
    let page = axe.page;
    axe.look("landing").await;
    page.browser.click("#fold-lessons").await;
    page.enter().await;
    page.types("RCPT TO:<you@practice.lab>").await;
    axe.look("a refused command").await;
    for command in ["MAIL FROM:<you@practice.lab>", "RCPT TO:<you@practice.lab>", "DATA"] {
        page.types(command).await;
    }
    page.types("Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n\nHello.").await;
    page.browser.wait_for_text(".world", "1 message in mailbox (new)").await;
    page.browser.click("#transcript .client").await;
    axe.look("a selected line").await;
    for tab in [1, 2, 3] {
        page.browser.click(&format!("#tab-{tab}")).await;
        axe.look(&format!("tab {tab}")).await;
    }
    page.browser.click("#tab-0").await;
    page.browser.click("#ladder-open").await;
    for n in 1..=3 {
        page.browser.click(&format!("#pane-ladder .switch button:nth-child({n})")).await;
        axe.look(&format!("ladder {n}")).await;
    }
    page.browser.click("#ladder-open").await;
    page.browser.type_keys("#find", "250").await;
    page.browser.wait_for_text(".found", "match").await;
    axe.look("something found").await;
    page.browser
        .run("document.querySelectorAll('.world summary').forEach(s => s.click())", vec![])
        .await;
    axe.look("the world, opened").await;
    page.browser
        .run("document.querySelectorAll('.world summary').forEach(s => s.click())", vec![])
        .await;
}

async fn back_and_forth(axe: &mut Axe<'_>) {
    let page = axe.page;
    for _ in 0..3 {
        page.browser.click("#step-back").await;
    }
    axe.look("an earlier step").await;
    page.browser.click("#fork").await;
    page.browser.wait_for_text(".branches", "Branch 2").await;
    page.turn().await;
    page.types("RSET").await;
    let choose = "const select = document.querySelector('#compare');
        select.selectedIndex = 1;
        select.dispatchEvent(new Event('change', {bubbles: true}));";
    page.browser.run(choose, vec![]).await;
    page.browser.wait_for_element("#comparison").await;
    axe.look("two branches compared").await;
    page.browser.click("#stops summary").await;
    axe.look("stops").await;
}

async fn held(axe: &mut Axe<'_>) {
    let page = axe.page;
    go(axe, "#/pop3").await;
    page.browser.wait_for_text("#status", "POP3").await;
    page.turn().await;
    page.browser.click(".switch button:last-child").await;
    page.browser.type_keys("#command", &Key::Enter.to_string()).await;
    page.browser.wait_for_text(".held", "Will go out").await;
    axe.look("a held command").await;
    page.browser.click("#step").await;
    page.browser.wait_for_text(".held", "In flight").await;
    axe.look("a held reply").await;
    page.browser.click("#step").await;
    page.browser.click(".switch button:first-child").await;
    page.turn().await;
    page.browser.click("#predict").await;
    page.browser.type_keys("#command", &Key::Enter.to_string()).await;
    page.browser.wait_for_element("#choices button").await;
    axe.look("a question").await;
    page.browser.click("#choices button").await;
    page.browser.wait_for_element("#guess").await;
    axe.look("an answer").await;
    page.browser.click("#predict").await;
}

async fn lesson(axe: &mut Axe<'_>) {
    let page = axe.page;
    go(axe, "#/smtp?lesson=tutorial-1-send-a-mail").await;
    page.browser.wait_for_element("#lesson-title").await;
    page.browser.click(".hints button").await;
    axe.look("a lesson").await;
    page.browser.click("#mail-arrives").await;
    page.browser.wait_for_element(".modified").await;
    axe.look("a lesson in a world that was changed").await;
    page.browser.click("#leave-lesson").await;
    page.browser.wait_for_element(".lesson-list").await;
    go(axe, "#/gopher?lesson=course/9-gopher").await;
    page.browser.wait_for_element(".question button").await;
    page.browser.click(".now .notes summary").await;
    axe.look("a question in a lesson, and notes").await;
    page.browser.click(".question button").await;
    page.browser.wait_for_text(".told", "not it").await;
    axe.look("an answer in a lesson").await;
    page.browser.click("#leave-lesson").await;
    page.browser.wait_for_element(".lesson-list").await;
    go(axe, "#/smtp?lesson=own.broken").await;
    page.browser.wait_for_element("#lesson-failed").await;
    axe.look("a lesson that cannot be opened").await;
    go(axe, "#/smtp").await;
    page.browser.wait_for_element(".lesson-list").await;
    let choose = "const select = document.querySelector('#fault');
        select.closest('details')?.setAttribute('open', '');
        select.selectedIndex = 1;
        select.dispatchEvent(new Event('change', {bubbles: true}));";
    page.browser.run(choose, vec![]).await;
    page.browser.wait_for_element("#fault-mark").await;
    axe.look("a fault").await;
    page.browser.click("#fold-lessons").await;
}

async fn over_the_page(axe: &mut Axe<'_>) {
    let page = axe.page;
    page.browser.press(&Key::Escape.to_string()).await;
    page.browser.click("#menu").await;
    page.browser.wait_for_element("#palette").await;
    axe.look("palette").await;
    page.browser.type_keys("#palette-words", "theme").await;
    axe.look("palette, searched").await;
    close(axe, "#palette").await;
    page.browser.click("button[title='Keyboard shortcuts']").await;
    page.browser.wait_for_element("#shortcuts").await;
    axe.look("keys").await;
    close(axe, "#shortcuts").await;
    for popover in ["protocols", "servers", "settings"] {
        let open = format!("document.getElementById('{popover}').showPopover()");
        page.browser.run(&open, vec![]).await;
        axe.look(popover).await;
        let hide = format!("document.getElementById('{popover}').hidePopover()");
        page.browser.run(&hide, vec![]).await;
    }
    go(axe, REAL).await;
    page.browser.wait_for_element("#consent").await;
    axe.look("consent to a real server").await;
    close(axe, "#consent").await;
    go(axe, "#/smtp?view=stage").await;
    page.browser.wait_for_element("#stage").await;
    axe.look("stage").await;
}

async fn others(axe: &mut Axe<'_>) {
    let page = axe.page;
    go(axe, "#/telnet").await;
    page.turn().await;
    for line in ["student", "lab-secret", "motd"] {
        page.types(line).await;
    }
    page.browser.click("#tab-4").await;
    axe.look("screen").await;
    page.browser.click("#tab-0").await;
    go(axe, "#/gopher").await;
    page.turn().await;
    page.enter().await;
    axe.look("a menu").await;
    go(axe, "#/http").await;
    page.turn().await;
    page.types("GET /pub/docs/ HTTP/1.1\nHost: practice.lab\n\n").await;
    axe.look("a page").await;
    // Long enough that most rows are not in the page.
    go(axe, "#/pop3").await;
    page.turn().await;
    for command in ["USER student", "PASS lab-secret"] {
        page.types(command).await;
    }
    for _ in 0..30 {
        page.types("NOOP").await;
    }
    axe.look("a long transcript").await;
}

async fn bench(axe: &mut Axe<'_>) {
    let page = axe.page;
    go(axe, "#/socket").await;
    page.browser.wait_for_element("#server-call").await;
    axe.look("bench").await;
    for (side, presses) in [("server", 5), ("client", 3)] {
        let record = "return document.getElementById('record').childElementCount";
        for _ in 0..presses {
            let before = page.browser.run(record, vec![]).await;
            page.browser.type_keys(&format!("#{side}-call"), &Key::Enter.to_string()).await;
            page.browser
                .wait_for("a call", async || page.browser.run(record, vec![]).await != before)
                .await;
        }
    }
    axe.look("two sockets, connected").await;
}

async fn in_german(axe: &mut Axe<'_>) {
    let page = axe.page;
    go(axe, "#/smtp").await;
    page.turn().await;
    let choose = "document.querySelector('#settings span[lang=de]').click()";
    page.browser.run(choose, vec![]).await;
    page.browser.wait_for_text("#menu", "Men\u{fc}").await;
    axe.look("German").await;
}

async fn go(axe: &Axe<'_>, fragment: &str) {
    axe.page.browser.run("location.hash = arguments[0]", vec![json!(fragment)]).await;
    // The address has been read once its event has passed.
    let passed =
        "return new Promise(done => setTimeout(() => requestAnimationFrame(() => done(true)), 50))";
    axe.page.browser.run(passed, vec![]).await;
}

async fn close(axe: &Axe<'_>, what: &str) {
    axe.page.browser.press(&Key::Escape.to_string()).await;
    let gone = "return document.querySelector(arguments[0]) === null";
    axe.page
        .browser
        .wait_for(&format!("`{what}` to be closed"), async || {
            axe.page.browser.run(gone, vec![json!(what)]).await == true
        })
        .await;
}
