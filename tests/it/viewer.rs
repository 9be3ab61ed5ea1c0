//! The page of those who look on, in a browser, with a room whose presenter is the test.

mod looks;
mod relayed;

use relay::PolicyName;
use shared::protocols;
use shared::room::{Choice, Handle, Item, Pane, Question, Script, Seen, Stage, Turn, Up, View};
use tests::browser::{Browser, Key};
use tests::fake_room::{FakeRoom, Told, shows};
use tests::page::Page;
use tests::play::Play;

const CODE: &str = "K7PQ4M";

/// A room, a dialogue to tell in it, and a browser; `None`, after a plain line, where one of them is missing.
async fn open() -> Option<(FakeRoom, Told, Browser)> {
    if !tests::workspace().join("dist/viewer.html").exists() {
        tests::skip("dist/ is not built; `cargo xtask web` builds it");
        return None;
    }
    let (room, told) = (FakeRoom::start(CODE).await, mail());
    Some((room, told, Browser::open(420, 860).await?))
}

/// A mail is sent, with a mistake on the way.
pub(crate) fn mail() -> Told {
    let protocol = protocols::by_id("smtp").expect("there is SMTP");
    let mut play = Play::new(protocol);
    for line in [
        "EHLO you.lab",
        "MAIL FROM:<you@practice.lab>",
        "RCPT TO:<nobody@practice.lab>",
        "RCPT TO:<student@practice.lab>",
        "DATA",
    ] {
        play.types(line);
    }
    Told::of(&play, protocol)
}

async fn join(room: &FakeRoom, browser: &Browser) {
    browser.goto(&room.url("/k7pq4m")).await;
    browser.wait_for_text("#status", "Live").await;
}

async fn rows(browser: &Browser) -> usize {
    browser.texts("#transcript > .entry").await.len()
}

#[tokio::test]
async fn a_code_is_forgiving_and_leads_to_its_room() {
    let Some((room, told, browser)) = open().await else { return };
    room.say(told.up_to(4));
    browser.goto(&room.url("/join")).await;
    browser.type_keys("#code", &format!("k7pq{}", Key::Enter)).await;
    browser.wait_for_text("#code-wrong", "this has 4").await;
    browser.type_keys("#code", &format!("-0{}", Key::Enter)).await;
    browser.wait_for_text("#code-wrong", "No code has 0 in it").await;
    let backspace = Key::Backspace;
    browser.type_keys("#code", &format!("{backspace} 4m")).await;
    browser.type_keys("#name", &format!("Ada{}", Key::Enter)).await;
    browser.wait_for_text("#status", "SMTP").await;
    browser.wait_for_text("#status", "step 4").await;
    assert_eq!(rows(&browser).await, 4, "a late viewer has what is shown now");
    assert_eq!(room.heard(), [Up::Name("Ada".into())]);
    let moved = "return location.pathname";
    assert_eq!(browser.run(moved, vec![]).await, "/K7PQ4M");
    browser.assert_no_errors().await;
}

#[tokio::test]
async fn a_viewer_follows_chooses_and_comes_back() {
    let Some((room, told, browser)) = open().await else { return };
    room.say(told.up_to(3));
    join(&room, &browser).await;
    for n in 3..8 {
        room.say(told.step(n));
    }
    browser.wait_for_text("#status", "step 8").await;
    // What is selected there is selected here, with its pane.
    let view = View { shown: 8, selected: Some(4), octet: 1, pane: Pane::Bytes, ..View::default() };
    room.say(vec![Item::View(view)]);
    browser.wait_for_element("#tab-1[aria-selected=true]").await;
    browser.wait_for_element("#octet-1.here").await;
    browser.wait_for_element("#line-4[aria-current]").await;
    assert_eq!(browser.texts("#back-to-live").await, [""; 0]);

    browser.click("#tab-0").await;
    browser.wait_for_element("#back-to-live").await;
    browser.click("#line-2").await;
    browser.wait_for_element("#line-2[aria-current]").await;
    browser.click(".terms li:nth-child(2) button").await;
    browser.wait_for_element("#line-2 .token:nth-child(2).current").await;
    room.say(told.step(8));
    browser.wait_for_text("#back-to-live", "one new").await;
    browser.wait_for_element("#line-2[aria-current]").await;
    browser.press(&Key::Tab.to_string()).await;
    browser.click("#back-to-live").await;
    browser.wait_for_element("#line-8[aria-current]").await;
    assert_eq!(browser.texts("#back-to-live").await, [""; 0]);

    // Looking back in time is told, and hides what comes later.
    room.say(vec![shows(4)]);
    browser.wait_for_text("#back-in-time", "step 4 of 9").await;
    assert_eq!(rows(&browser).await, 4);
    room.say(vec![Item::View(View {
        shown: 9,
        turn: Turn::Held,
        held: Some(43),
        ..View::default()
    })]);
    browser.wait_for_text("#held", "43 octets").await;
    for (n, text) in [(2, "What both sides know"), (3, "Drawing")] {
        browser.click(&format!("#tab-{n}")).await;
        browser.wait_for_text("#pane", text).await;
    }
    browser.assert_no_errors().await;
}

#[tokio::test]
async fn who_scrolls_away_is_not_pulled_back() {
    let Some((room, told, browser)) = open().await else { return };
    browser.size(360, 560).await;
    let last = told.lines.len() - 1;
    room.say(told.up_to(last));
    join(&room, &browser).await;
    let end = "const list = document.getElementById('transcript');
        return list.scrollHeight > list.clientHeight + 50
            && list.scrollHeight - list.clientHeight - list.scrollTop < 9";
    browser.wait_for("the end of the list", async || browser.run(end, vec![]).await == true).await;
    let up = "document.getElementById('transcript').scrollTop = 0";
    browser.run(up, vec![]).await;
    browser.wait_for_element("#back-to-live").await;
    room.say(told.step(last));
    browser.wait_for_text("#back-to-live", "one new").await;
    let top = "return document.getElementById('transcript').scrollTop";
    assert_eq!(browser.run(top, vec![]).await, 0);
    browser.click("#back-to-live").await;
    browser.wait_for("the end of the list", async || browser.run(end, vec![]).await == true).await;
    browser.assert_no_errors().await;
}

#[tokio::test]
async fn what_is_lost_is_made_good() {
    let Some((room, told, browser)) = open().await else { return };
    room.set_open(false);
    browser.goto(&room.url("/K7PQ4M")).await;
    browser.wait_for_text("#trouble", "no class K7PQ4M now").await;
    room.say(told.up_to(4));
    room.set_open(true);
    browser.wait_for_text("#status", "step 4").await;
    // A batch that never came.
    room.swallow(told.step(4));
    room.say(told.step(5));
    browser.wait_for_text("#status", "step 6").await;
    assert_eq!(room.agains(), 1);
    room.drop_all();
    browser.wait_for("another connection", async || room.joins().len() == 2).await;
    let seen = Seen { born: 77, batch: 3 };
    assert_eq!(room.joins(), [None, Some(seen)]);
    room.say(told.step(6));
    browser.wait_for_text("#status", "step 7").await;
    assert_eq!(rows(&browser).await, 7);
    // Whoever presents is gone, comes back, and ends it.
    room.say(vec![Item::Presenter(false)]);
    browser.wait_for_text("#status", "Teacher away").await;
    let heard = room.heard().len();
    room.say(vec![Item::Presenter(true)]);
    browser.wait_for_text("#status", "Live").await;
    browser.wait_for("its name, again", async || room.heard().len() == heard + 1).await;
    room.say(vec![Item::Over("It is noon.".into())]);
    browser.wait_for_text("#trouble", "It is noon.").await;
    assert_eq!(rows(&browser).await, 7, "what was shown stays");
}

fn question(closed: bool) -> Item {
    let choice = |(text, votes): (&str, u32)| Choice { text: text.into(), votes };
    let votes = if closed { [18, 1, 4, 2] } else { [0; 4] };
    let choices = ["2xx", "3xx", "4xx", "5xx"].into_iter().zip(votes).map(choice).collect();
    let right = closed.then_some(3);
    let text = "What will the server answer?".into();
    Item::Question(Some(Question { number: 1, text, choices, closed, right }))
}

#[tokio::test]
async fn a_vote_counts_until_the_question_is_closed() {
    let Some((room, told, browser)) = open().await else { return };
    room.say(told.up_to(4));
    join(&room, &browser).await;
    room.say(vec![question(false)]);
    browser.click(".vote:nth-child(2)").await;
    browser.wait_for_element(".vote:nth-child(2)[aria-pressed=true]").await;
    browser.click(".vote:nth-child(4)").await;
    let votes = async || {
        let vote = |up: Up| if let Up::Vote { choice, .. } = up { Some(choice) } else { None };
        room.heard().into_iter().filter_map(vote).collect::<Vec<_>>()
    };
    browser.wait_for("two votes", async || votes().await == [1, 3]).await;
    let size = "const box = document.querySelector('.vote').getBoundingClientRect();
        return Math.min(box.width, box.height)";
    assert!(browser.run(size, vec![]).await.as_f64().is_some_and(|size| size >= 44.0));
    // A page that is loaded again still knows it, and says it again.
    browser.reload().await;
    browser.wait_for_element(".vote:nth-child(4)[aria-pressed=true]").await;
    browser.wait_for("the vote again", async || votes().await == [1, 3, 3]).await;
    room.say(vec![question(true)]);
    browser.wait_for_text(".result .right", "right").await;
    browser.wait_for_text(".result .own", "2 of 25").await;
    browser.wait_for_text(".result .own", "your vote").await;
    assert_eq!(browser.texts(".vote").await, [""; 0]);
    browser.assert_no_errors().await;
}

#[tokio::test]
async fn the_keyboard_is_handed_over_and_taken_back() {
    let Some((room, told, browser)) = open().await else { return };
    room.say(told.up_to(4));
    join(&room, &browser).await;
    let view = View { shown: 4, draft: "EHLO you.lab".into(), ..View::default() };
    room.say(vec![Item::View(view), Item::Keyboard(room.viewer()), Item::Asked(room.viewer())]);
    browser.wait_for_text(".keyboard-mark", "The keyboard is yours").await;
    let value = "return document.getElementById('typed').value";
    browser
        .wait_for("the draft", async || browser.run(value, vec![]).await == "EHLO you.lab")
        .await;
    browser.type_keys("#typed", &format!("!{}", Key::Enter)).await;
    let typed = Up::Type("EHLO you.lab!".into());
    browser.wait_for("what was typed", async || room.heard().contains(&typed)).await;
    browser.wait_for("an empty line", async || browser.run(value, vec![]).await == "").await;
    // There is no try in this tab.
    assert!(room.heard().contains(&Up::Declined), "{:?}", room.heard());
    browser.wait_for_text(".notice", "There is none in this tab").await;
    room.say(vec![Item::Keyboard(Some(Handle(1))), Item::Asked(None)]);
    browser.wait_for("no composer", async || browser.texts("#typed").await.is_empty()).await;

    let keep = "sessionStorage.setItem('wirelab-tried', btoa('record'))";
    browser.run(keep, vec![]).await;
    room.say(vec![Item::Asked(room.viewer())]);
    browser.click("#asked .main").await;
    let shown = Up::Try(b"record".to_vec());
    browser.wait_for("the try", async || room.heard().contains(&shown)).await;
    let declined = |ups: Vec<Up>| ups.into_iter().filter(|up| *up == Up::Declined).count();
    assert_eq!(declined(room.heard()), 1);
    browser.assert_no_errors().await;
}

#[tokio::test]
async fn a_try_goes_to_the_lab() {
    let Some((room, told, browser)) = open().await else { return };
    room.say(told.up_to(4));
    join(&room, &browser).await;
    assert_eq!(browser.texts("#try").await, [""; 0]);
    room.say(vec![Item::Journal(b"record".to_vec())]);
    browser.click("#try").await;
    browser
        .wait_for("the lab", async || {
            browser.run("return location.hash", vec![]).await == "#/smtp?try"
        })
        .await;
    let kept = browser.run("return sessionStorage.getItem('wirelab-try')", vec![]).await;
    let kept = kept.as_str().unwrap_or_default().to_owned();
    let lines: Vec<&str> = kept.split('\n').collect();
    assert_eq!(
        (lines[0], lines[1].len(), &lines[2..]),
        (CODE, 32, &["", "4", "smtp", "cmVjb3Jk"][..])
    );
}

#[tokio::test]
async fn the_stage_is_read_from_the_back_row() {
    let Some((room, told, browser)) = open().await else { return };
    browser.size(1920, 1080).await;
    room.say(told.up_to(told.lines.len()));
    browser.goto(&room.url("/K7PQ4M?view=stage&at=http://192.0.2.7:8080")).await;
    browser.wait_for_text(".corner", "192.0.2.7:8080/K7PQ4M").await;
    browser.wait_for_element(".stage-row code").await;
    let size =
        "return parseFloat(getComputedStyle(document.querySelector('.stage-row code')).fontSize)";
    assert!(browser.run(size, vec![]).await.as_f64().is_some_and(|size| size >= 28.0));
    assert_eq!(room.heard(), [], "a projector is no member of the class");
    room.say(vec![question(false)]);
    browser.wait_for_text(".stage-question", "What will the server answer?").await;
    room.say(vec![question(true)]);
    browser.wait_for_text(".stage-question .right", "2 of 25").await;
    let stage = |stage| vec![Item::View(View { shown: 6, stage, ..View::default() })];
    room.say(stage(Stage::Join));
    browser.wait_for_text(".big-code", CODE).await;
    browser
        .wait_for_element(".stage-join .qr[aria-label='QR: http://192.0.2.7:8080/K7PQ4M']")
        .await;
    room.say(stage(Stage::Blank));
    browser.wait_for_element(".stage.blank").await;
    assert_eq!(browser.texts("code").await, [""; 0]);
    room.say(stage(Stage::Dialogue));
    browser.click(".corner button").await;
    browser.wait_for_text("#status", "192.0.2.7:8080/K7PQ4M").await;
    browser.assert_no_errors().await;
}

#[tokio::test]
async fn each_reply_is_announced_once() {
    let Some((room, told, browser)) = open().await else { return };
    room.say(told.up_to(3));
    join(&room, &browser).await;
    let watch = "window.said = [];
        new MutationObserver(() => window.said.push(document.querySelector('[role=status]').textContent))
            .observe(document.querySelector('[role=status]'), {childList: true, subtree: true, characterData: true})";
    browser.quiet().await;
    browser.run(watch, vec![]).await;
    let replies: Vec<usize> =
        (3..told.lines.len()).filter(|n| told.lines[*n].outcome.is_some()).collect();
    let mut next = 3;
    for (count, reply) in replies.iter().enumerate() {
        while next <= *reply {
            room.say(told.step(next));
            next += 1;
        }
        let said = "return window.said.length";
        browser
            .wait_for("the reply to be said", async || {
                browser.run(said, vec![]).await == serde_json::json!(count + 1)
            })
            .await;
    }
    let said = browser.run("return window.said", vec![]).await;
    let last = said[replies.len() - 1].as_str().unwrap_or_default().to_owned();
    assert!(last.starts_with("354: "), "{said}");
}

#[tokio::test]
async fn the_labs_page_keeps_nothing_of_a_room() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    page.browser.kept_page().await;
    page.browser.goto(&page.url("k7pq4m")).await;
    page.browser.wait_for_element(".room-page").await;
    assert_eq!(page.browser.run("return document.title", vec![]).await, "Wirelab class");
    let kept = "return caches.keys().then(names => Promise.all(names.map(name => caches.open(name).then(cache => cache.keys()))))
        .then(lists => lists.flat().map(request => new URL(request.url).pathname))";
    let kept = page.browser.run(kept, vec![]).await;
    let kept: Vec<&str> =
        kept.as_array().into_iter().flatten().filter_map(|v| v.as_str()).collect();
    assert!(kept.contains(&"/index.html") || kept.contains(&"/"), "{kept:?}");
    let of_rooms = |path: &&&str| path.contains("viewer") || path.contains("k7pq4m");
    assert_eq!(kept.iter().find(of_rooms), None);
}

/// Everything that a viewer may see, for those who look at pictures and for axe.
pub(crate) fn full(told: &Told) -> Vec<Item> {
    let script = Script {
        lesson: "Send a mail".into(),
        step: 2,
        steps: 6,
        text: "Name **one receiver** with `RCPT TO`. The server may still refuse it:\n\n- an unknown name gives `550`\n- a full mailbox `452`".into(),
    };
    vec![Item::Script(Some(script)), Item::Journal(b"record".to_vec()), shows(told.lines.len())]
}
