//! A session of 100,000 entries in the page.

use relay::PolicyName;
use serde_json::json;
use tests::browser::Key;
use tests::page::Page;

use crate::quantile;

/// Resets by the thousand in one write, which pipelining allows. Each is two entries.
const BATCHES: usize = 25;
const BATCH: usize = 2000;

/// Brings rows of many places into sight, clicks one, and waits until list and panes show that step and are laid out.
const SEEK: &str = "return (async () => {
    const list = document.getElementById('transcript'), box = list.getBoundingClientRect();
    const frame = () => new Promise(requestAnimationFrame);
    const shown = entry => document.querySelector(`#transcript > [data-from='${entry}'][aria-current]`)
        && document.querySelector('#viewing')?.textContent.replace(/[^\\d ]/g, '').split(' ').includes(`${entry + 1}`);
    const until = condition => new Promise(done => {
        const look = () => condition() && (observer.disconnect(), done(document.body.offsetHeight));
        const observer = new MutationObserver(look);
        observer.observe(document, {childList: true, subtree: true, attributes: true, characterData: true});
    });
    const took = [];
    for (let n = 0; n < arguments[0]; n++) {
        list.scrollTop = list.scrollHeight * (n * 617 % 1000 / 1000);
        let row = null;
        while (!row) {
            await frame();
            const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
            row = at?.closest('#transcript > li[data-from]:not([aria-current])');
        }
        const entry = Number(row.dataset.from);
        const began = performance.now(), there = until(() => shown(entry));
        row.click();
        await there;
        took.push(performance.now() - began);
        // The list still brings the row into sight.
        await frame();
        await frame();
    }
    return took;
})()";

/// Scrolls by a bit in each frame, and gives the times between them.
const SCROLL: &str = "return (async () => {
    const list = document.getElementById('transcript');
    list.scrollTop = list.scrollHeight / 2;
    const frame = () => new Promise(requestAnimationFrame), took = [];
    for (let n = 0; n < 30; n++) await frame();
    for (let n = 0, before = await frame(); n < arguments[0]; n++) {
        list.scrollTop += 40;
        const now = await frame();
        took.push(now - before);
        before = now;
    }
    return took;
})()";

/// From Enter to the reply in the list.
const ANSWER: &str = "return (async () => {
    const size = () => Number(document.querySelector('#transcript > li')?.ariaSetSize);
    const before = size(), area = document.getElementById('command'), began = performance.now();
    const there = new Promise(done => {
        const observer = new MutationObserver(() => size() >= before + 2 && (observer.disconnect(), done()));
        observer.observe(document, {childList: true, subtree: true, attributes: true});
    });
    area.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true}));
    await there;
    return performance.now() - began;
})()";

/// Before anything of the page runs: notes when the last row of a long record is there.
const OPENED: &str = "new MutationObserver((_, observer) => {
    const row = document.querySelector('#transcript > li:last-child');
    if (Number(row?.ariaPosInSet) > 100000) {
        observer.disconnect();
        window.opened = performance.now();
    }
}).observe(document, {childList: true, subtree: true, attributes: true});";

pub(crate) async fn session() {
    let page = Page::open(PolicyName::Lab, "#/smtp").await.expect("a browser and the page");
    page.types("EHLO you.lab").await;
    for batch in 1..=BATCHES {
        page.compose(&"RSET\n".repeat(BATCH)).await;
        page.browser.press(&Key::Enter.to_string()).await;
        let step = format!("step {}", 3 + 2 * BATCH * batch);
        page.browser.wait_for(&step, async || page.status().await.contains(&step)).await;
    }
    page.compose("RSET").await;
    let answer = page.browser.run(ANSWER, vec![]).await.as_f64().expect("a time");
    println!("| in a session of 100,000 entries: a command answered | {answer:.0} ms |");

    let mut seeks = times(&page, SEEK, 60).await;
    let (p50, p95) = (quantile(&mut seeks, 0.5), quantile(&mut seeks, 0.95));
    println!("| ... any step shown, all panes | p50 {p50:.0} ms, p95 {p95:.0} ms |");

    let frames = times(&page, SCROLL, 300).await;
    let usual = 1000.0 / 60.0;
    let dropped: f64 = frames.iter().map(|took| (took / usual).round() - 1.0).sum();
    let slowest = frames.iter().copied().fold(0.0, f64::max);
    println!(
        "| ... scrolling through it | {dropped:.0} of {} frames dropped, the slowest {slowest:.0} ms |",
        frames.len()
    );

    page.browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": OPENED })).await;
    page.browser.reload().await;
    page.browser
        .wait_for("the session that was kept", async || {
            page.browser.run("return !!window.opened", vec![]).await == json!(true)
        })
        .await;
    let opened = page.browser.run("return window.opened", vec![]).await.as_f64().expect("a time");
    println!("| ... opened again after a reload, from navigation | {opened:.0} ms |");
}

async fn times(page: &Page, script: &str, count: usize) -> Vec<f64> {
    let times = page.browser.run(script, vec![json!(count)]).await;
    let times: Vec<f64> =
        times.as_array().into_iter().flatten().filter_map(|t| t.as_f64()).collect();
    assert_eq!(times.len(), count);
    times
}
