//! Rooms where relays come and go: one that starts again, two over NATS, and NATS itself.

use std::net::SocketAddr;

use relay::{Config, RoomSettings};
use shared::room::{Refusal, Up};
use tests::room::{Presenter, Viewer, begin, line, request};
use tests::wirelab::Wirelab;

use crate::rooms::{Hub, code, texts};

fn address(wirelab: &Wirelab) -> SocketAddr {
    wirelab.url.trim_start_matches("http://").trim_end_matches('/').parse().unwrap()
}

/// A relay that has its rooms in memory forgets them; the presenter's page brings its room back.
#[tokio::test]
async fn a_room_comes_back_after_a_relay_was_started_again() {
    let relay = Hub::Memory.relay().await;
    let at = relay.address();
    let mut presenter = Presenter::open(at, code(), 7).await.unwrap();
    presenter.say(begin()).await;
    presenter.say(line(0, "220 hello")).await;
    let mut viewer = Viewer::join(at, code(), 1).await.unwrap();
    viewer.until_lines(1).await;
    relay.stop().await;
    assert_eq!(presenter.end().await.unwrap().0, Refusal::Stopping);
    assert_eq!(viewer.end().await.unwrap().0, Refusal::Stopping);
    let (seen, shown, _) = viewer.leave();

    let relay = relay::start(Config { listen: at, ..Config::default() }).await.unwrap();
    let Err((why, _)) = Viewer::join(relay.address(), code(), 1).await else { panic!("too early") };
    assert!(why == Refusal::NoRoom && why.passes());
    let mut presenter = Presenter::open(at, code(), 7).await.unwrap();
    presenter.say(begin()).await;
    presenter.say(line(0, "220 hello")).await;
    presenter.say(line(1, "250 there")).await;
    let mut viewer = Viewer::come_back(at, code(), 1, Some((seen, shown))).await.unwrap();
    viewer.until_lines(2).await;
    assert!(viewer.wholes >= 1, "the batches have other numbers now");
    assert_eq!(texts(&viewer.shown), ["220 hello", "250 there"]);
}

#[tokio::test]
async fn any_relay_serves_any_viewer() {
    let Some(hub) = Hub::nats().await else { return };
    let (one, two) = (hub.relay().await, hub.relay().await);
    let mut presenter = Presenter::open(one.address(), code(), 7).await.unwrap();
    presenter.say(begin()).await;
    presenter.say(line(0, "220 hello")).await;
    let mut here = Viewer::join(one.address(), code(), 1).await.unwrap();
    let mut there = Viewer::join(two.address(), code(), 2).await.unwrap();
    there.until_lines(1).await;
    presenter.say(line(1, "250 there")).await;
    here.until_lines(2).await;
    there.until_lines(2).await;
    assert_eq!(here.shown, there.shown);
    presenter.until("both count", |presenter| presenter.viewers == 2).await;
    there.say(Up::Vote { question: 1, choice: 2 }).await;
    let (who, vote) = (there.handle, Up::Vote { question: 1, choice: 2 });
    presenter.until("a vote", |presenter| presenter.heard.contains(&(who, vote.clone()))).await;
    presenter.say(vec![shared::room::Item::Keyboard(Some(who))]).await;
    there.until("the keyboard", |shown| shown.keyboard == Some(who)).await;
    there.say(Up::Type("QUIT".into())).await;
    let typed = Up::Type("QUIT".into());
    presenter.until("a line", |presenter| presenter.heard.contains(&(who, typed.clone()))).await;

    // From one to the other, with what is missing only.
    let (seen, shown, _) = there.leave();
    presenter.until("gone", |presenter| presenter.heard.contains(&(who, Up::Gone))).await;
    presenter.say(line(2, "250 more")).await;
    let mut moved = Viewer::come_back(one.address(), code(), 2, Some((seen, shown))).await.unwrap();
    moved.until_lines(3).await;
    assert_eq!((moved.handle, moved.wholes), (who, 0));
    // A presenter at the other relay: the first is told, and one writes at a time.
    let mut second = Presenter::open(two.address(), code(), 7).await.unwrap();
    assert_eq!(presenter.end().await.unwrap().0, Refusal::Elsewhere);
    let Err((why, _)) = Presenter::open(two.address(), code(), 8).await else { panic!("a secret") };
    assert_eq!(why, Refusal::Taken);
    second.say(line(3, "221 bye")).await;
    moved.until_lines(4).await;
    second.until("both count", |presenter| presenter.viewers == 2).await;
    second.close().await;
    assert_eq!(moved.end().await, None);
    assert!(moved.shown.over.is_some());
}

/// Whoever was at the relay that dies goes to the other one, and misses nothing.
#[tokio::test]
async fn a_relay_dies_in_the_middle_and_nobody_misses_a_line() {
    let Some(hub) = Hub::nats().await else { return };
    let Hub::Nats(server) = &hub else { unreachable!() };
    let url = server.url();
    let one = Wirelab::start(&["--rooms", &url], "warn").await;
    let two = hub.relay().await;
    let (first, second) = (address(&one), two.address());
    let mut presenter = Presenter::open(first, code(), 7).await.unwrap();
    presenter.say(begin()).await;
    let mut at_first = Viewer::join(first, code(), 1).await.unwrap();
    let mut at_second = Viewer::join(second, code(), 2).await.unwrap();
    for n in 0..20 {
        presenter.say(line(n, &format!("250 line {n}"))).await;
    }
    at_first.until_lines(5).await;
    at_first.say(Up::Name("Ada".into())).await;
    presenter.until("a name", |presenter| !presenter.heard.is_empty()).await;
    one.signal("KILL");
    assert_eq!(at_first.end().await, None, "no word, the relay is dead");
    presenter.end().await;
    let had = at_first.shown.lines.len();
    let (seen, shown, _) = at_first.leave();

    // It says again what its page knows; a relay keeps the numbers.
    let mut presenter = Presenter::open(second, code(), 7).await.unwrap();
    let mut moved = Viewer::come_back(second, code(), 1, Some((seen, shown))).await.unwrap();
    at_second.until("the presenter is there", |shown| shown.presenter).await;
    let kept = {
        let mut look = Viewer::join(second, code(), 3).await.unwrap();
        while look.wholes == 0 {
            assert_eq!(look.step().await, None);
        }
        look.shown.lines.len()
    };
    assert!(kept >= had, "{kept} lines are there, and a viewer had {had}");
    for n in kept as u32..40 {
        presenter.say(line(n, &format!("250 line {n}"))).await;
    }
    let all: Vec<String> = (0..40).map(|n| format!("250 line {n}")).collect();
    moved.until_lines(40).await;
    at_second.until_lines(40).await;
    assert_eq!(texts(&moved.shown), all);
    assert_eq!(texts(&at_second.shown), all);
    assert_eq!(moved.wholes, 0, "it had everything up to there");
}

/// Nobody is there any more who could say that the presenter has gone.
#[tokio::test]
async fn the_presenter_of_a_dead_relay_is_missed() {
    let Some(hub) = Hub::nats().await else { return };
    let Hub::Nats(server) = &hub else { unreachable!() };
    let one = Wirelab::start(&["--rooms", &server.url()], "warn").await;
    let two = hub.relay().await;
    let _presenter = Presenter::open(address(&one), code(), 7).await.unwrap();
    let mut viewer = Viewer::join(two.address(), code(), 1).await.unwrap();
    viewer.until("a presenter", |shown| shown.presenter).await;
    one.signal("KILL");
    viewer.until("the presenter is away", |shown| !shown.presenter).await;
    let _presenter = Presenter::open(two.address(), code(), 7).await.unwrap();
    viewer.until("the presenter is back", |shown| shown.presenter).await;
}

#[tokio::test]
async fn nats_goes_and_comes_back() {
    let Some(mut hub) = Hub::nats().await else { return };
    let relay = hub.relay().await;
    let at = relay.address();
    let mut presenter = Presenter::open(at, code(), 7).await.unwrap();
    presenter.say(begin()).await;
    presenter.say(line(0, "220 hello")).await;
    let mut viewer = Viewer::join(at, code(), 1).await.unwrap();
    viewer.until_lines(1).await;
    let Hub::Nats(server) = &mut hub else { unreachable!() };
    server.kill();
    for end in [presenter.end().await, viewer.end().await] {
        let (why, text) = end.expect("it is told");
        assert!(why == Refusal::Hub && why.passes(), "{text}");
    }
    let (seen, shown, _) = viewer.leave();
    let Err((why, _)) = Viewer::join(at, code(), 2).await else { panic!("without NATS") };
    assert_eq!(why, Refusal::Hub);
    server.restart().await;
    let mut presenter = loop {
        match Presenter::open(at, code(), 7).await {
            Ok(presenter) => break presenter,
            Err((why, text)) => assert_eq!(why, Refusal::Hub, "{text}"),
        }
    };
    let mut viewer = Viewer::come_back(at, code(), 1, Some((seen, shown))).await.unwrap();
    presenter.say(line(1, "250 there")).await;
    viewer.until_lines(2).await;
    assert_eq!(
        (texts(&viewer.shown), viewer.wholes),
        (vec!["220 hello".into(), "250 there".into()], 0)
    );
}

/// A class that goes on for long does not fill the stream, and who comes late gets it whole.
#[tokio::test]
async fn a_snapshot_takes_the_place_of_many_batches() {
    let Some(hub) = Hub::nats().await else { return };
    let (one, two) = (hub.relay().await, hub.relay().await);
    let mut presenter = Presenter::open(one.address(), code(), 7).await.unwrap();
    presenter.say(begin()).await;
    let mut follower = Viewer::join(one.address(), code(), 1).await.unwrap();
    let large = "x".repeat(400 * 1024);
    // Three times what is kept, of which all but a little is written over.
    for n in 0..100 {
        let mut items = line(1, &format!("{n} {large}"));
        if n == 0 {
            items = [line(0, "first"), items].concat();
        }
        presenter.say(items).await;
        follower
            .until("this one", |shown| {
                shown
                    .lines
                    .get(1)
                    .is_some_and(|line| line.bytes.starts_with(format!("{n} ").as_bytes()))
            })
            .await;
    }
    presenter.say(line(2, "last")).await;
    follower.until_lines(3).await;
    assert_eq!(follower.wholes, 1, "whoever followed needs no snapshot");
    let mut late = Viewer::join(two.address(), code(), 2).await.unwrap();
    late.until_lines(3).await;
    assert_eq!(late.shown, follower.shown);
    let (seen, ..) = late.leave();
    assert!(seen.batch > 100, "parts of snapshots have numbers, too");
}

/// Others reach a relay that listens on all addresses at those of its machine.
#[tokio::test]
async fn the_presenter_learns_where_others_get_in() {
    let relay = Hub::Memory
        .relay_with(|config| {
            config.listen = ([0, 0, 0, 0], 0).into();
            config.allowed_hosts = vec!["lab.example".to_owned()];
            config.limits.rooms = RoomSettings::default();
        })
        .await;
    let port = relay.address().port();
    let presenter = Presenter::open(([127, 0, 0, 1], port).into(), code(), 7).await.unwrap();
    assert_eq!(presenter.addresses[0], format!("http://lab.example:{port}"));
    for address in &presenter.addresses[1..] {
        let at: SocketAddr = address.trim_start_matches("http://").parse().unwrap();
        assert!(at.is_ipv4() && !at.ip().is_loopback() && at.port() == port, "{address}");
        assert!(Viewer::join(at, code(), 1).await.is_ok(), "{address}");
    }
    if presenter.addresses.len() == 1 {
        println!("this machine has no address but the loopback");
    }
    // No name that was made to point there, and no other address.
    let mut foreign = request(([127, 0, 0, 1], port).into());
    foreign.headers_mut().insert("host", "192.0.2.1:80".parse().unwrap());
    assert!(tests::room::Wire::connect(foreign).await.is_err());
}
