//! The page for everyone: by keyboard alone, read out, small, large, still, in another language, on a projector.

use relay::PolicyName;
use serde_json::{Value, json};
use tests::browser::Key;
use tests::page::Page;

#[tokio::test]
async fn a_mail_is_sent_by_enter_alone_and_tab_is_never_caught() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    for _ in 0..8 {
        // Whatever has the focus: nothing takes it away from the composer.
        page.browser.press(&Key::Enter.to_string()).await;
        page.turn().await;
    }
    page.browser.wait_for_text("#pane-world", "you: 1 message").await;
    let mut visited: Vec<String> = Vec::new();
    for _ in 0..400 {
        page.browser.tab().await;
        let active = text(page.browser.run(ACTIVE, vec![]).await);
        assert_ne!(Some(&active), visited.last(), "Tab stays at {active}");
        if visited.contains(&active) {
            break;
        }
        visited.push(active);
    }
    for id in ["#command", "#menu", "#tab-0"] {
        assert!(
            visited.iter().any(|one| one.starts_with(id)),
            "Tab does not come to {id}: {visited:?}"
        );
    }
    page.browser.assert_no_errors().await;
}

#[tokio::test]
async fn letters_are_letters_in_the_composer_and_keys_in_the_transcript() {
    let Some(page) = Page::open(PolicyName::Lab, "#/pop3").await else { return };
    page.compose("").await;
    page.browser.type_keys("#command", "b?").await;
    assert_eq!(page.composed().await, "b?");
    assert!(page.browser.texts("dialog[open]").await.is_empty());
    // Half a command is finished by the arrow at its end, and by nothing but that.
    page.compose("us").await;
    page.browser.wait_for_text("#completion", "USER").await;
    page.browser.type_keys("#command", &Key::Left.to_string()).await;
    page.browser.press(&Key::Right.to_string()).await;
    assert_eq!(page.composed().await, "us", "the arrow moved the caret");
    page.browser.press(&Key::Right.to_string()).await;
    page.browser
        .wait_for("a whole command", async || page.composed().await.starts_with("USER "))
        .await;

    let bytes = "[role=tab]#tab-1[aria-selected=true]";
    page.browser.click("#transcript > li.server").await;
    page.browser.press("b").await;
    page.browser.wait_for_element(bytes).await;
    page.browser.press("e").await;
    page.browser.wait_for_element("#tab-0[aria-selected=true]").await;
    page.browser.click("[popovertarget=settings]").await;
    page.browser.click("#single-keys").await;
    page.browser.press(&Key::Escape.to_string()).await;
    page.browser.click("#transcript > li.server").await;
    page.browser.press("b").await;
    page.browser.press("?").await;
    // The palette has them all the same, whatever has been switched off.
    open_palette(&page).await;
    assert!(page.browser.texts(bytes).await.is_empty(), "single keys are off");
    page.browser.press("octets of the selected").await;
    page.browser.press(&Key::Enter.to_string()).await;
    page.browser.wait_for_element(bytes).await;
    page.browser.assert_no_errors().await;
}

#[tokio::test]
async fn dialogs_give_the_focus_back() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    let sheet = "button[title='Keyboard shortcuts']";
    page.browser.type_keys(sheet, &Key::Enter.to_string()).await;
    page.browser.wait_for_text("#shortcuts", "Shift+F6").await;
    page.browser.press(&Key::Escape.to_string()).await;
    page.browser.wait_for("no sheet", async || page.browser.texts("dialog").await.is_empty()).await;
    let active = "return document.activeElement.title";
    assert_eq!(page.browser.run(active, vec![]).await, "Keyboard shortcuts");

    page.browser.click("#transcript > li.server").await;
    let id = "return document.activeElement.id";
    let row = page.browser.run(id, vec![]).await;
    assert!(text(row.clone()).starts_with("entry-"), "{row}");
    page.browser.press("?").await;
    page.browser.wait_for_element("#shortcuts[open]").await;
    page.browser.press(&Key::Escape.to_string()).await;
    page.browser
        .wait_for("the row again", async || page.browser.run(id, vec![]).await == row)
        .await;
    page.browser.press(&Key::Escape.to_string()).await;
    assert_eq!(page.browser.run(id, vec![]).await, "command");

    // From the composer to another protocol, by words.
    open_palette(&page).await;
    page.browser.press("pop3 go").await;
    page.browser.wait_for_text("#palette-list [aria-selected=true]", "Go to POP3").await;
    page.browser.press(&Key::Enter.to_string()).await;
    page.browser.wait_for_text("#status", "POP3").await;
    page.browser.assert_no_errors().await;
}

#[tokio::test]
async fn each_reply_is_announced_once() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    let said = "[role=status]";
    page.browser.wait_for_text(said, "220: practice.lab is ready.").await;
    let watch = "window.heard = [];
        new MutationObserver(() => heard.push(document.querySelector('[role=status]').innerText))
            .observe(document.querySelector('[role=status]'), {childList: true, subtree: true, characterData: true});
        return document.querySelectorAll('[role=status]').length";
    assert_eq!(page.browser.run(watch, vec![]).await, 1, "one place that speaks");
    let heard = async || {
        let heard = page.browser.run("return window.heard", vec![]).await;
        heard.as_array().into_iter().flatten().cloned().map(text).collect::<Vec<_>>()
    };
    let commands = [
        ("EHLO me.lab", "250: Welcome."),
        ("MAIL FROM:<a@b.lab>", "250: The sender is accepted. Your turn."),
        ("RCPT TO:<you@practice.lab>", "250: The recipient is accepted. Your turn."),
        // The same words again are another announcement.
        ("RCPT TO:<bob@practice.lab>", "250: The recipient is accepted. Your turn."),
        ("RSET", "250: "),
        ("QUIT", "221: Good bye. The session is over."),
    ];
    for (n, (command, words)) in commands.into_iter().enumerate() {
        page.types(command).await;
        page.browser.wait_for(words, async || heard().await.len() > n).await;
        let heard = heard().await;
        assert!(heard.len() == n + 1 && heard[n].starts_with(words), "{words}: {heard:?}");
    }
}

/// At 400 % a window of 1280 by 1024 is 320 by 256.
#[tokio::test]
async fn nothing_sticks_out_at_320_pixels_and_with_wide_letters() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    let out = "const root = document.documentElement;
        const wide = [...document.querySelectorAll('button, summary, label, h2, #status span')]
            .filter(e => e.checkVisibility() && !e.closest('.hidden, [role=grid], .menu-word')
                && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1 && getComputedStyle(e).overflowX != 'visible');
        return root.scrollWidth - root.clientWidth + wide.length * 1000";
    let spaced = "const sheet = new CSSStyleSheet();
        sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }');
        document.adoptedStyleSheets = [sheet];";
    for fragment in ["#/telnet", "#/imap", "#/smtp?view=stage"] {
        page.browser.goto("about:blank").await;
        page.browser.run("return 0", vec![]).await;
        resize(&page, 1280, 900).await;
        let url = page.url(fragment);
        page.browser.goto(&url).await;
        page.browser.wait_for_element("#status").await;
        for (width, height) in [(320, 256), (320, 640), (360, 740)] {
            resize(&page, width, height).await;
            assert_eq!(page.browser.run(out, vec![]).await, 0, "{fragment} at {width} by {height}");
        }
        page.browser.run(spaced, vec![]).await;
        for width in [320, 768, 1280] {
            resize(&page, width, 800).await;
            assert_eq!(page.browser.run(out, vec![]).await, 0, "{fragment}, wide letters, {width}");
        }
    }
    page.browser.assert_no_errors().await;
}

/// 44 pixels for a thumb, 24 for a mouse, and the focus is never under something else.
#[tokio::test]
async fn targets_are_large_enough_and_the_focus_is_seen() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    page.enter().await;
    // Links within sentences are exempt, and what browsers draw within a control.
    let small = "const least = arguments[0];
        return [...document.querySelectorAll('button, summary, select, input, textarea, [role=tab]')]
            .filter(e => e.checkVisibility() && !e.closest('.entry, p'))
            .map(e => [(['checkbox', 'radio'].includes(e.type) ? e.labels[0] : e).getBoundingClientRect(), e])
            .filter(([box]) => box.width > 1 && (box.height < least || box.width < Math.min(least, 24)))
            .map(([box, e]) => `${e.outerHTML.slice(0, 80)} ${box.width}x${box.height}`)";
    let covered = "const e = document.activeElement, box = e.getBoundingClientRect();
        if (e == document.body) return null;
        const points = [[.5, .5], [.05, .1], [.95, .9], [.05, .9], [.95, .1]];
        const seen = points.some(([x, y]) => {
            const at = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
            return at && (e.contains(at) || at.contains(e));
        });
        return seen ? '' : e.outerHTML.slice(0, 120)";
    for (width, height, least) in [(1280, 900, 24), (768, 1024, 24), (360, 740, 44)] {
        resize(&page, width, height).await;
        let found = page.browser.run(small, vec![json!(least)]).await;
        assert_eq!(found, json!([]), "smaller than {least} at {width}");
        page.browser.click("#command").await;
        for _ in 0..60 {
            page.browser.tab().await;
            let hidden = page.browser.run(covered, vec![]).await;
            if hidden.is_null() {
                break;
            }
            assert_eq!(hidden, "", "the focus is covered at {width}");
        }
    }
}

#[tokio::test]
async fn who_asks_for_less_motion_gets_none() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    let reduce = json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] });
    page.browser.cdp("Emulation.setEmulatedMedia", reduce).await;
    for _ in 0..5 {
        page.enter().await;
    }
    page.browser.wait_for_text("#pane-world", "you: 1 message").await;
    let moving = "return document.getAnimations().length
        + [...document.querySelectorAll('*')].filter(e => getComputedStyle(e).scrollBehavior == 'smooth').length";
    assert_eq!(page.browser.run(moving, vec![]).await, 0);
}

#[tokio::test]
async fn the_page_speaks_german_and_remembers_it() {
    let Some(page) = Page::open(PolicyName::Lab, "#/pop3").await else { return };
    page.compose("NOOP").await;
    page.browser.click("[popovertarget=settings]").await;
    page.browser.click("label:has([lang=de]) input").await;
    page.browser.wait_for_text("#settings", "Erklärungen gibt es bisher nur auf Englisch.").await;
    page.browser.wait_for_text(".composer button.main", "Senden").await;
    assert_eq!(page.composed().await, "NOOP", "nothing typed is lost");
    let lang = "return document.documentElement.lang";
    assert_eq!(page.browser.run(lang, vec![]).await, "de");
    page.browser.client().refresh().await.unwrap();
    page.browser.wait_for_text("#status", "Sie sind dran").await;
    // Machines translate the page; what crossed the wire stays as it was.
    let unmarked = "return [...document.querySelectorAll('#transcript code, .terms code')]
        .filter(e => !e.closest('[translate=no]') || (e.closest('#transcript') && e.dir != 'ltr')).length";
    assert_eq!(page.browser.run(unmarked, vec![]).await, 0);
    page.browser.assert_no_errors().await;
}

#[tokio::test]
async fn the_stage_is_driven_by_a_clicker() {
    let Some(page) = Page::open(PolicyName::Lab, "#/pop3").await else { return };
    resize(&page, 1920, 1080).await;
    page.types("USER student").await;
    page.types("PASS lab-secret").await;
    page.browser.click(".secrets input").await;
    page.browser.wait_for_text("#transcript", "PASS lab-secret").await;
    let stage =
        page.browser.run("location.hash += '?view=stage'; return location.hash", vec![]).await;
    assert_eq!(stage, "#/pop3?view=stage");
    page.browser.wait_for_text(".stage-rows", "PASS ********").await;
    let html = page.browser.run("return document.body.outerHTML", vec![]).await.to_string();
    assert!(!html.contains("lab-secret") && !html.contains("type=\"checkbox\""));
    let rows = "return document.querySelectorAll('.stage-row').length";
    let before = page.browser.run(rows, vec![]).await;
    page.browser.press(&Key::PageDown.to_string()).await;
    page.browser.wait_for_text(".stage-rows", "STAT").await;
    page.browser.press(&Key::PageUp.to_string()).await;
    page.browser.wait_for_text("#status", "step ").await;
    assert!(page.browser.run(rows, vec![]).await.as_u64() >= before.as_u64());
    page.browser.press("b").await;
    page.browser.wait_for_element("#stage.blank").await;
    assert!(page.browser.texts(".stage-row").await.is_empty());
    page.browser.press("b").await;
    page.browser.wait_for_element(".stage-row").await;
    let size = "const code = document.querySelector('.stage code'), style = getComputedStyle(code);
        const zero = document.createElement('span'); zero.textContent = '0'.repeat(60); code.append(zero);
        const letters = code.parentElement.clientWidth / (zero.getBoundingClientRect().width / 60); zero.remove();
        return [parseFloat(style.fontSize), letters]";
    let size = page.browser.run(size, vec![]).await;
    assert!(size[0].as_f64() >= Some(28.0), "{size}");
    assert!(size[1].as_f64() <= Some(61.0), "{size}");
    page.browser.press(&Key::Escape.to_string()).await;
    page.browser.wait_for_text("#transcript", "USER student").await;
    page.browser.assert_no_errors().await;
}

#[tokio::test]
async fn a_link_to_a_real_host_asks_before_anything_is_sent() {
    let Some(page) = Page::open(PolicyName::Open, "#/pop3").await else { return };
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = server.local_addr().unwrap().port();
    page.browser.goto("about:blank").await;
    page.browser.goto(&page.url(&format!("#/pop3?host=127.0.0.1&port={port}"))).await;
    page.browser.wait_for_text("#consent", &format!("127.0.0.1, port {port}")).await;
    page.browser.press(&Key::Escape.to_string()).await;
    page.browser
        .wait_for("practice", async || {
            page.browser.run("return location.hash", vec![]).await == "#/pop3"
        })
        .await;
    assert!(page.browser.texts(".real-mark").await.is_empty());
    page.browser
        .run(
            "location.hash = arguments[0]",
            vec![json!(format!("#/pop3?host=127.0.0.1&port={port}"))],
        )
        .await;
    page.browser.click("#consent .main").await;
    let _kept_open = server.accept().await.unwrap();
    page.browser.wait_for_text(".status-bar .real-mark", &format!("REAL: 127.0.0.1:{port}")).await;
    page.browser.wait_for_text(".composer .real-mark", "REAL").await;
    // The host is known now; and one press ends it.
    page.browser.click(".status-bar .controls button").await;
    page.browser.wait_for_text("#status", "over").await;
    page.browser.assert_no_errors().await;
}

/// What has the focus, as text that tells elements apart.
const ACTIVE: &str = "const e = document.activeElement;
    const at = [...document.querySelectorAll('*')].indexOf(e);
    return `${e.id ? '#' + e.id : e.tagName} ${at}`";

async fn open_palette(page: &Page) {
    page.browser.press(&format!("{}k{}", Key::Control, Key::Null)).await;
    page.browser.wait_for_element("#palette[open]").await;
}

async fn resize(page: &Page, width: u32, height: u32) {
    let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
    page.browser.cdp("Emulation.setDeviceMetricsOverride", size).await;
}

fn text(value: Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
