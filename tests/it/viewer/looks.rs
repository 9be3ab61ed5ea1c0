//! How the viewer's page looks: seen whole at every width, and nothing that axe-core finds wrong.

use std::fs;
use std::path::PathBuf;

use serde_json::json;
use shared::room::{Begin, Item, Pane, Stage, View};
use tests::browser::Browser;
use tests::fake_room::{FakeRoom, Told, shows};

use super::{CODE, full, join, open, question};

const RUN: &str = include_str!("../axe.js");

const SIZES: [(u32, u32); 3] = [(1280, 860), (768, 1024), (320, 640)];

/// Which states are looked at: what is said in the room, and the address.
fn states(told: &Told) -> Vec<(&'static str, &'static str, Vec<Item>)> {
    let all = told.lines.len();
    let pane = |pane| {
        let reply = told.lines.iter().rposition(|line| line.outcome.is_some()).map(|n| n as u32);
        vec![Item::View(View {
            shown: all as u32,
            selected: reply,
            octet: 4,
            pane,
            ..View::default()
        })]
    };
    let stage = |stage| vec![Item::View(View { shown: all as u32, stage, ..View::default() })];
    let at = "/K7PQ4M?view=stage&at=http://192.0.2.7:8080";
    let real = match &told.begin[1] {
        Item::Begin(begin) => Begin {
            real: Some("mail.example.org:587".into()),
            fault: Some("every third receiver is put off".into()),
            no_try: Some("it is a real server".into()),
            ..begin.clone()
        },
        other => panic!("{other:?}"),
    };
    let mut again = told.up_to(all);
    again[1] = Item::Begin(real);
    let held = View { shown: 7, held: Some(43), ..View::default() };
    vec![
        ("join", "/join", Vec::new()),
        ("explain", "/K7PQ4M", pane(Pane::Explain)),
        ("bytes", "/K7PQ4M", pane(Pane::Bytes)),
        ("state", "/K7PQ4M", pane(Pane::State)),
        ("ladder", "/K7PQ4M", pane(Pane::Ladder)),
        ("lesson", "/K7PQ4M", full(told)),
        ("asked", "/K7PQ4M", vec![shows(6), question(false)]),
        ("stage-asked", at, Vec::new()),
        ("result", "/K7PQ4M", vec![question(true)]),
        ("stage-result", at, Vec::new()),
        ("held", "/K7PQ4M", vec![Item::Question(None), Item::View(held)]),
        ("stage", at, stage(Stage::Dialogue)),
        ("stage-join", at, stage(Stage::Join)),
        ("real", "/K7PQ4M", again),
        ("over", "/K7PQ4M", vec![Item::Over("The lesson is over.".into())]),
    ]
}

async fn visit(room: &FakeRoom, browser: &Browser, path: &str, items: Vec<Item>) {
    if !items.is_empty() {
        room.say(items);
    }
    let here = browser.run("return location.pathname + location.search", vec![]).await;
    if here != path {
        browser.goto(&room.url(path)).await;
    }
    browser.wait_for_element("#code, #status .on, #status .off, .stage-row, .stage-join").await;
    browser.quiet().await;
}

#[tokio::test]
async fn the_viewers_page_is_seen_whole() {
    let Some((room, told, browser)) = open().await else { return };
    let folder: PathBuf = tests::workspace().join("target/screenshots-viewer");
    fs::create_dir_all(&folder).expect("a folder for the pictures");
    room.say(told.up_to(told.lines.len()));
    for (name, path, items) in states(&told) {
        visit(&room, &browser, path, items).await;
        let sizes =
            if name.starts_with("stage") { &[(1920, 1080), (1024, 768)] } else { &SIZES[..] };
        for (width, height) in sizes {
            browser.size(*width, *height).await;
            browser.quiet().await;
            let wide = "const page = document.documentElement;
                return Math.max(page.scrollWidth - page.clientWidth,
                    ...[...document.querySelectorAll('#transcript, #pane, .question, .script')].map(e => e.scrollWidth - e.clientWidth))";
            let wide = browser.run(wide, vec![]).await;
            assert!(wide.as_f64().is_some_and(|wide| wide <= 0.0), "{name} at {width} px: {wide}");
            for dark in [false, true] {
                let theme = if dark { "dark" } else { "light" };
                let path = folder.join(format!("{name}-{width}-{theme}.png"));
                browser.screenshot(&path, *width, *height, dark).await;
            }
        }
    }
    browser.assert_no_errors().await;
}

#[tokio::test]
async fn axe_finds_nothing_in_the_viewers_page() {
    let script = tests::workspace().join("target/npm/axe.min.js");
    let Ok(script) = fs::read_to_string(&script) else {
        return tests::skip("axe-core is not there; `cargo xtask setup` brings it");
    };
    let Some((room, told, browser)) = open().await else { return };
    room.say(told.up_to(told.lines.len()));
    browser.still().await;
    let mut findings = Vec::new();
    for (name, path, items) in states(&told) {
        visit(&room, &browser, path, items).await;
        browser.run(&script, vec![]).await;
        let sizes = if name.starts_with("stage") { &[(1920, 1080)][..] } else { &SIZES[..] };
        for (width, height) in sizes {
            browser.size(*width, *height).await;
            browser.quiet().await;
            for theme in ["light", "dark"] {
                let found = browser.run(RUN, vec![json!(theme), json!(false), json!([])]).await;
                for node in found["findings"].as_array().into_iter().flatten() {
                    findings.push(format!("{name}, {theme}, {width} px: {node:#}"));
                }
            }
        }
    }
    assert!(findings.is_empty(), "axe finds {}:\n{}", findings.len(), findings.join("\n"));
}

#[tokio::test]
async fn everything_is_there_in_german() {
    let Some((room, told, browser)) = open().await else { return };
    room.say(told.up_to(told.lines.len()));
    join(&room, &browser).await;
    let german = "localStorage.setItem('wirelab.language', 'de')";
    browser.run(german, vec![]).await;
    browser.reload().await;
    browser.wait_for_text("#tab-0", "Erkl\u{e4}ren").await;
    assert_eq!(browser.run("return document.documentElement.lang", vec![]).await, "de");
    room.say(vec![Item::Presenter(false)]);
    browser.wait_for_text("#status", "Lehrkraft abwesend").await;
    assert!(browser.texts(".room-code").await.concat().contains(CODE));
}
