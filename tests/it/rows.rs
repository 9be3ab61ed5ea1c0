//! The transcript's list and what the panes say of its selected line, in a browser.

use relay::PolicyName;
use serde_json::json;
use tests::browser::Key;
use tests::page::Page;

/// Rows that a page may have of a record of any length.
const FEW: usize = 300;

/// The entry that is selected, from 0, and whether it has the focus.
async fn selected(page: &Page) -> (Option<usize>, bool) {
    let script = "const row = document.querySelector('#transcript > [aria-current]');
        return [Number(row?.dataset.from ?? -1), row !== null && row === document.activeElement]";
    let found = page.browser.run(script, vec![]).await;
    (found[0].as_u64().map(|n| n as usize), found[1] == json!(true))
}

async fn wait_for_selected(page: &Page, what: &str, fits: impl Fn(usize) -> bool) -> usize {
    page.browser
        .wait_for(what, async || {
            let (entry, focused) = selected(page).await;
            focused && entry.is_some_and(&fits)
        })
        .await;
    selected(page).await.0.unwrap()
}

async fn press(page: &Page, keys: &str) {
    page.browser.press(keys).await;
}

async fn find(page: &Page, text: &str) {
    let script = "const input = document.getElementById('find');
        input.value = arguments[0];
        input.dispatchEvent(new InputEvent('input', {bubbles: true}));";
    page.browser.run(script, vec![json!(text)]).await;
}

/// Made as fast as the page can: resets by the thousand in one write, which pipelining allows.
#[tokio::test]
async fn a_hundred_thousand_entries_are_a_list_of_a_few_rows() {
    const BATCHES: usize = 25;
    const BATCH: usize = 2000;
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    page.types("EHLO you.lab").await;
    for batch in 1..=BATCHES {
        page.compose(&"RSET\n".repeat(BATCH)).await;
        press(&page, &Key::Enter.to_string()).await;
        let step = format!("step {}", 3 + 2 * BATCH * batch);
        page.browser.wait_for(&step, async || page.status().await.contains(&step)).await;
        let (rows, _) = page.rows().await;
        assert!(rows.len() < FEW, "{} rows after batch {batch}", rows.len());
    }
    let (rows, all) = page.rows().await;
    assert!(all > 100_000, "{all} entries");
    assert!(rows.contains_key(&all), "the newest row is there without being looked for");

    // By keyboard to both ends and by pages; each time the selected row is there and has the focus.
    page.browser.run("document.getElementById('transcript').focus()", vec![]).await;
    press(&page, &Key::Home.to_string()).await;
    wait_for_selected(&page, "the first row", |n| n == 0).await;
    press(&page, &Key::End.to_string()).await;
    wait_for_selected(&page, "the last row", |n| n == all - 1).await;
    press(&page, &Key::PageUp.to_string()).await;
    let above = wait_for_selected(&page, "a row a page above", |n| n < all - 1).await;
    press(&page, &Key::PageDown.to_string()).await;
    let below = wait_for_selected(&page, "a row below it", |n| n > above).await;
    press(&page, &Key::Up.to_string()).await;
    wait_for_selected(&page, "the row above", |n| n + 1 == below).await;
    page.browser.wait_for_text("#inspector-panel", &format!("Line {below}:")).await;

    // By scrolling: wherever one comes, there are rows, and they are the ones of that place.
    let scroll = "const list = document.getElementById('transcript');
        list.scrollTop = list.scrollHeight * arguments[0]";
    for part in [0.5, 0.25, 0.75] {
        page.browser.run(scroll, vec![json!(part)]).await;
        let near = |row: usize| row.abs_diff((all as f64 * part) as usize) < all / 50;
        page.browser
            .wait_for("rows of that place in sight", async || {
                let (rows, _) = page.rows().await;
                assert!(rows.len() < FEW);
                let seen = "const list = document.getElementById('transcript').getBoundingClientRect();
                    const at = document.elementFromPoint(list.left + list.width / 2, list.top + list.height / 2);
                    return at?.closest('#transcript > li')?.ariaPosInSet";
                let seen = page.browser.run(seen, vec![]).await;
                seen.as_str().and_then(|row| row.parse().ok()).is_some_and(near)
            })
            .await;
    }

    // A search goes over all of them, and what does not fit is one row.
    find(&page, "you.lab").await;
    page.browser.wait_for_text("#transcript", "hidden: show").await;
    let (rows, all) = page.rows().await;
    assert!(rows.len() == all && all < 10, "{rows:?}");
    find(&page, "").await;
    page.browser.wait_for("all rows", async || page.rows().await.1 > 100_000).await;
    page.browser.assert_no_errors().await;
}

#[tokio::test]
async fn what_is_looked_for_is_found_and_the_rest_leaves_stubs() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    for text in ["EHLO you.lab", "VRFY nobody", "RSET"] {
        page.types(text).await;
    }
    let everything = page.transcript().await;
    find(&page, "/^25\\d .*CLEARED/i").await;
    page.browser.wait_for_text(".found", "1 match").await;
    let lines = page.transcript().await;
    assert!(lines.len() == 1 && lines[0].text.starts_with("250 2.0.0"), "{lines:?}");
    find(&page, "/25(/").await;
    page.browser.wait_for_text("#find-wrong", "no regular expression").await;
    assert_eq!(page.transcript().await, everything, "a wrong one leaves nothing out");

    // By reply class; and the matches are gone through by keys.
    find(&page, "").await;
    page.browser.click(".find-toggle").await;
    page.browser.type_keys("#filter input[list=find-codes]", "2xx").await;
    page.browser.wait_for_text(".found", "3 matches").await;
    page.browser.type_keys("#find", &Key::Enter.to_string()).await;
    page.browser.wait_for_text(".found", "1 of 3").await;
    press(&page, "N").await;
    page.browser.wait_for_text(".found", "3 of 3").await;
    press(&page, "n").await;
    page.browser.wait_for_text(".found", "1 of 3").await;

    // A stub opens by keyboard and what it hid is there again.
    press(&page, &Key::Down.to_string()).await;
    page.browser.wait_for_element(".stub button:focus").await;
    press(&page, &Key::Enter.to_string()).await;
    page.browser.wait_for_text("#transcript", "EHLO you.lab").await;
    page.browser.click("#filter button").await;
    page.browser.wait_for("everything", async || page.transcript().await == everything).await;
    page.browser.assert_no_errors().await;
}

#[tokio::test]
async fn an_exchange_is_copied_without_what_is_hidden() {
    let Some(page) = Page::open(PolicyName::Lab, "#/pop3").await else { return };
    let allow = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
    page.browser.cdp("Browser.grantPermissions", allow).await;
    for text in ["USER student", "PASS lab-secret", "LIST"] {
        page.types(text).await;
    }
    let clipboard = async || {
        let read = "return navigator.clipboard.readText()";
        page.browser.run(read, vec![]).await.as_str().unwrap_or_default().to_owned()
    };
    let row = async |text: &str| {
        let script = "return [...document.querySelectorAll('#transcript > li')]
            .find(li => li.querySelector('[data-text]')?.dataset.text.startsWith(arguments[0])).id";
        let id = page.browser.run(script, vec![json!(text)]).await;
        format!("#{}", id.as_str().unwrap())
    };
    page.browser.click(&row("PASS").await).await;
    press(&page, "c").await;
    page.browser.wait_for_text("#copied", "2 lines copied").await;
    let copied = clipboard().await;
    assert!(copied.starts_with("C: PASS ********\nS: +OK"), "{copied}");

    // The status of LIST is hidden, and then missing in the copy, which says so.
    page.browser.click(&row("+OK 5 messages").await).await;
    press(&page, "h").await;
    page.browser.wait_for_text(".stub", "1 hidden: show").await;
    let list = row("LIST").await;
    page.browser.click(&list).await;
    page.browser.click(&format!("{list} [data-act=copy]")).await;
    page.browser.wait_for_text("#copied", "1 hidden left out").await;
    let copied = clipboard().await;
    assert!(copied.starts_with("C: LIST\nS: 1 ") && !copied.contains("+OK"), "{copied}");
    assert!(copied.ends_with("== (1 line hidden)\n"), "{copied}");
    page.browser.click(".stub button").await;
    page.browser.wait_for("no stub", async || page.browser.texts(".stub").await.is_empty()).await;
    page.browser.assert_no_errors().await;
}

#[tokio::test]
async fn lines_tokens_and_octets_are_linked_by_keyboard() {
    let Some(page) = Page::open(PolicyName::Lab, "#/pop3").await else { return };
    page.types("USER student").await;
    page.browser.run("document.getElementById('transcript').focus()", vec![]).await;
    press(&page, &Key::End.to_string()).await;
    let last = wait_for_selected(&page, "the last row", |n| n > 0).await;
    let lines = page.transcript().await;
    let command = lines.iter().rposition(|line| line.side == "client").unwrap();
    press(&page, &Key::Up.to_string().repeat(last - command)).await;
    wait_for_selected(&page, "the command", |n| n == command).await;

    // From token to token, in the transcript and in Explain.
    press(&page, &format!("{}{}", Key::Right, Key::Right)).await;
    page.browser.wait_for_text(".token.current", "student").await;
    page.browser.wait_for_text(".terms .current", "mailbox name").await;
    // And as octets: once to see them, once to go there.
    press(&page, "b").await;
    page.browser.wait_for_element("#octet-5.here").await;
    assert_eq!(selected(&page).await, (Some(command), true), "the keyboard stays in the list");
    press(&page, "b").await;
    page.browser.wait_for_element("#inspector-panel:focus").await;
    press(&page, &Key::Tab.to_string()).await;
    page.browser.wait_for_element("#octet-5:focus").await;
    press(&page, &Key::Left.to_string()).await;
    page.browser.wait_for_element("#octet-4:focus").await;
    let space = "return document.querySelector('.token.current').textContent";
    page.browser
        .wait_for("the space", async || page.browser.run(space, vec![]).await == json!(" "))
        .await;

    // Markers are set, told in words and found again.
    page.browser.run("document.getElementById('transcript').focus()", vec![]).await;
    press(&page, "m").await;
    page.browser.wait_for_text("#transcript .marker", "marker 1").await;
    press(&page, &Key::Home.to_string()).await;
    wait_for_selected(&page, "the first row", |n| n == 0).await;
    press(&page, "]").await;
    wait_for_selected(&page, "the marked row", |n| n == command).await;
    page.browser.assert_no_errors().await;
}

#[tokio::test]
async fn the_explanation_goes_as_deep_as_one_wants() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    page.types("EHLO you.lab").await;
    page.types("MAIL FROM:<you@practice.lab>").await;
    // What the table has for MAIL, and which of it came.
    page.browser.wait_for_text(".replies .came", "250").await;
    page.browser.wait_for_text("#inspector-panel", "One read brought it").await;
    page.browser.click(".depth input[value=line]").await;
    page.browser.wait_for("less", async || page.browser.texts(".replies").await.is_empty()).await;
    page.browser.click(".depth input[value=section]").await;
    page.browser.wait_for_text(".rfc h3", "RFC 5321 section 4.2.1").await;
    // It is kept for the next line, and for the next visit.
    page.browser.click("#transcript > li.client:last-of-type, #transcript > li.client").await;
    page.browser.wait_for_text(".rfc dt", "EHLO").await;
    page.goto("#/pop3").await;
    page.browser.wait_for_element(".depth input[value=section]:checked").await;

    // A note has its rule as a link, and what would have been right as a button.
    for text in ["USER student", "PASS lab-secret", "DELE 1"] {
        page.types(text).await;
    }
    page.expect("RETR 1", "-ERR").await;
    page.browser.wait_for_text("#transcript .lab a", "RFC 1939 section 5").await;
    page.browser.click("#transcript [data-act=fix]").await;
    page.browser.wait_for("RSET in the composer", async || page.composed().await == "RSET").await;
    page.enter().await;
    page.expect("RETR 1", "+OK").await;
    page.browser.assert_no_errors().await;
}

/// Two thousand replies come while another tab is in front and the transcript's pane is folded away.
#[tokio::test]
async fn no_line_is_lost_while_nobody_looks() {
    const RESETS: usize = 2000;
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp?server=relay").await else { return };
    page.types("EHLO you.lab").await;
    let before = page.rows().await.1;
    page.compose(&"RSET\n".repeat(RESETS)).await;
    let script = "const wanted = arguments[0];
        document.addEventListener('visibilitychange', () => {
            if (!document.hidden) return;
            document.querySelector('.transcript').style.display = 'none';
            document.getElementById('command').dispatchEvent(
                new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true}));
            new MutationObserver(() => {
                const all = Number(document.querySelector('#transcript > li')?.ariaSetSize);
                if (document.hidden && all >= wanted) localStorage.setItem('seen', all);
            }).observe(document, {childList: true, subtree: true, attributes: true});
        });";
    let all = before + 2 * RESETS;
    page.browser.run(script, vec![json!(all)]).await;
    let client = page.browser.client();
    let first = client.window().await.unwrap();
    let other = client.new_window(true).await.unwrap().handle;
    client.switch_to_window(other).await.unwrap();
    page.visit("#/pop3").await;
    let seen = "return Number(localStorage.getItem('seen'))";
    page.browser
        .wait_for("all replies in the hidden tab", async || {
            page.browser.run(seen, vec![]).await == json!(all)
        })
        .await;
    client.switch_to_window(first).await.unwrap();
    page.browser.run("document.querySelector('.transcript').style.display = ''", vec![]).await;
    page.browser.wait_for("the last row", async || page.rows().await.0.contains_key(&all)).await;
    let cleared = find_count(&page, "/^250 2\\.0\\.0 /").await;
    assert_eq!(cleared, RESETS);
    page.browser.assert_no_errors().await;
}

/// How many entries fit, by what the page says of it.
async fn find_count(page: &Page, text: &str) -> usize {
    find(page, text).await;
    page.browser.wait_for_text(".found", "matches").await;
    let found = page.browser.texts(".found").await.concat();
    found.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap()
}
