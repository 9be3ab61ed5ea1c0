//! The viewer's page with the rooms of a real relay, and a presenter that is the test.

use std::net::SocketAddr;

use relay::PolicyName;
use shared::room::{Code, Item, Up};
use tests::browser::{Browser, Key};
use tests::fake_room::{Told, shows};
use tests::page::start_relay;
use tests::room::Presenter;

use super::{CODE, mail, question, rows};

const SECRET: u8 = 9;

async fn present(relay: SocketAddr) -> Presenter {
    let code = Code::parse(CODE).expect("a code");
    Presenter::open(relay, code, SECRET).await.expect("the relay opens a room")
}

/// Everything up to so many lines, without what only relays say.
fn up_to(told: &Told, lines: usize) -> Vec<Item> {
    told.up_to(lines).into_iter().filter(|item| !matches!(item, Item::Presenter(_))).collect()
}

/// Votes and names that the presenter has heard.
fn heard(presenter: &Presenter) -> Vec<Up> {
    presenter.heard.iter().map(|(_, up)| up.clone()).collect()
}

#[tokio::test]
async fn a_room_survives_its_relay_and_its_presenter() {
    if !tests::workspace().join("dist/viewer.html").exists() {
        return tests::skip("dist/ is not built; `cargo xtask web` builds it");
    }
    let told = mail();
    let relay = start_relay(PolicyName::Lab, 0).await;
    let address = relay.address();
    let mut presenter = present(address).await;
    presenter.say(up_to(&told, 4)).await;
    let Some(browser) = Browser::open(420, 860).await else { return };
    browser.goto(&format!("http://{address}/join")).await;
    browser.type_keys("#code", "k7p-q4m").await;
    browser.type_keys("#name", &format!("Ada{}", Key::Enter)).await;
    browser.wait_for_text("#status", "step 4").await;
    browser.wait_for_text("#status", "Live").await;
    presenter.until("Ada", |p| heard(p).contains(&Up::Name("Ada".into()))).await;
    presenter.say([told.step(4), vec![question(false)]].concat()).await;
    browser.click(".vote:nth-child(3)").await;
    let vote = Up::Vote { question: 1, choice: 2 };
    presenter.until("the vote", |p| heard(p).contains(&vote)).await;

    drop(presenter);
    browser.wait_for_text("#status", "Teacher away").await;
    let mut presenter = present(address).await;
    presenter.until("the vote again", |p| heard(p).contains(&vote)).await;
    presenter.say(up_to(&told, 6)).await;
    browser.wait_for_text("#status", "step 6").await;

    relay.stop().await;
    browser.wait_for_element("#status .wait").await;
    let relay = start_relay(PolicyName::Lab, address.port()).await;
    let mut presenter = present(address).await;
    presenter.say(up_to(&told, told.lines.len())).await;
    browser.wait_for_text("#status", "Live").await;
    assert_eq!(rows(&browser).await, told.lines.len());
    presenter.say(vec![shows(3)]).await;
    browser.wait_for_text("#back-in-time", "step 3").await;
    presenter.say(vec![Item::Over("It is noon.".into())]).await;
    browser.wait_for_text("#trouble", "It is noon.").await;
    relay.stop().await;
}
