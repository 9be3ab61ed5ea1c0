//! Rooms of one relay: the same tests for both hubs, this relay's memory and NATS.

use std::time::Duration;

use relay::{Config, Relay, RoomSettings};
use shared::room::{Code, Handle, Item, Refusal, Shown, Up, View};
use tests::nats::NatsServer;
use tests::room::{Presenter, Viewer, begin, line, request};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::http::HeaderValue;

/// Where rooms are kept while a test runs.
pub(crate) enum Hub {
    Memory,
    Nats(NatsServer),
}

impl Hub {
    pub(crate) async fn nats() -> Option<Hub> {
        NatsServer::start().await.map(Hub::Nats)
    }

    pub(crate) async fn relay(&self) -> Relay {
        self.relay_with(|_| ()).await
    }

    pub(crate) async fn relay_with(&self, change: impl FnOnce(&mut Config)) -> Relay {
        let mut config = Config { listen: ([127, 0, 0, 1], 0).into(), ..Config::default() };
        if let Hub::Nats(server) = self {
            config.limits.rooms.hub = Some(server.url().parse().unwrap());
        }
        change(&mut config);
        relay::start(config).await.unwrap()
    }

    pub(crate) async fn relay_within(&self, rooms: RoomSettings) -> Relay {
        self.relay_with(|config| {
            let hub = config.limits.rooms.hub.take();
            config.limits.rooms = RoomSettings { hub, ..rooms };
        })
        .await
    }
}

/// A module of tests for each hub.
macro_rules! on_both_hubs {
    ($($name:ident)*) => {
        mod memory {
            $(#[tokio::test]
            async fn $name() {
                super::$name(super::Hub::Memory).await;
            })*
        }
        mod nats {
            $(#[tokio::test]
            async fn $name() {
                let Some(hub) = super::Hub::nats().await else { return };
                super::$name(hub).await;
            })*
        }
    };
}

pub(crate) use on_both_hubs;

on_both_hubs! {
    a_class_follows
    two_cannot_present
    a_presenter_goes_and_comes_back
    what_does_not_fit_is_refused_and_changes_nothing
    what_viewers_say_is_heard_with_their_handle
    a_room_is_closed
    the_token_is_needed_to_present_and_not_to_join
    a_relay_that_drains_sends_everybody_elsewhere
    the_secret_is_in_no_octet_of_a_viewer
}

pub(crate) fn code() -> Code {
    Code::of(4_711)
}

pub(crate) fn texts(shown: &Shown) -> Vec<String> {
    shown.lines.iter().map(|line| String::from_utf8(line.bytes.clone()).unwrap()).collect()
}

async fn a_class_follows(hub: Hub) {
    let relay = hub.relay().await;
    let at = relay.address();
    let Err((why, text)) = Viewer::join(at, code(), 1).await else { panic!("no room") };
    assert!(why == Refusal::NoRoom && text.contains(code().as_str()), "{text}");

    let mut presenter = Presenter::open(at, code(), 7).await.unwrap();
    assert_eq!(presenter.addresses, Vec::<String>::new(), "only its own machine reaches it");
    presenter.say(begin()).await;
    presenter.say(line(0, "220 hello")).await;
    let mut early = Viewer::join(at, code(), 1).await.unwrap();
    early.until_lines(1).await;
    assert!(early.shown.presenter && early.shown.begin.protocol == "smtp");
    presenter.say(line(1, "250 there")).await;
    early.until_lines(2).await;
    assert_eq!((early.shown.view.shown, early.wholes), (2, 1));

    // Who comes late, or is lost, gets everything; who comes back, what is missing.
    let mut late = Viewer::join(at, code(), 2).await.unwrap();
    late.until_lines(2).await;
    assert_eq!((&late.shown, late.wholes), (&early.shown, 1));
    let (seen, shown, _) = early.leave();
    presenter.say(line(2, "250 more")).await;
    presenter.say(line(3, "221 bye")).await;
    late.until_lines(4).await;
    let mut back = Viewer::come_back(at, code(), 1, Some((seen, shown))).await.unwrap();
    back.until_lines(4).await;
    assert_eq!((&back.shown, back.wholes, back.batches), (&late.shown, 0, 2));
    back.again().await;
    while back.wholes == 0 {
        assert_eq!(back.step().await, None);
    }
    assert_eq!(back.shown, late.shown);
    // Another room had the code when this one was there.
    let (seen, shown, _) = back.leave();
    let seen = shared::room::Seen { born: seen.born ^ 1, ..seen };
    let mut stranger = Viewer::come_back(at, code(), 1, Some((seen, shown))).await.unwrap();
    while stranger.wholes == 0 {
        assert_eq!(stranger.step().await, None);
    }
    assert_eq!(stranger.shown, late.shown);
    presenter.until("two viewers", |presenter| presenter.viewers == 2).await;
    drop(stranger);
    presenter.until("one viewer", |presenter| presenter.viewers == 1).await;
}

async fn two_cannot_present(hub: Hub) {
    let relay = hub.relay().await;
    let at = relay.address();
    let mut first = Presenter::open(at, code(), 7).await.unwrap();
    first.say(begin()).await;
    let Err((why, _)) = Presenter::open(at, code(), 8).await else { panic!("another secret") };
    assert_eq!(why, Refusal::Taken);
    first.say(line(0, "of the first")).await;
    let mut viewer = Viewer::join(at, code(), 1).await.unwrap();
    viewer.until_lines(1).await;

    let mut second = Presenter::open(at, code(), 7).await.unwrap();
    // Too late, whether the relay has told it yet or not.
    first.say(line(1, "of the first, too late")).await;
    let (why, _) = first.end().await.expect("the first is told");
    assert_eq!(why, Refusal::Elsewhere);
    second.say(begin()).await;
    second.say(line(0, "of the second")).await;
    second.say(line(1, "of the second, too")).await;
    viewer.until_lines(2).await;
    assert_eq!(texts(&viewer.shown), ["of the second", "of the second, too"]);
    assert!(viewer.shown.presenter, "the room was not without one");
}

async fn a_presenter_goes_and_comes_back(hub: Hub) {
    let relay = hub.relay().await;
    let at = relay.address();
    let mut presenter = Presenter::open(at, code(), 7).await.unwrap();
    presenter.say(begin()).await;
    presenter.say(line(0, "220 hello")).await;
    let mut viewer = Viewer::join(at, code(), 1).await.unwrap();
    viewer.until_lines(1).await;
    drop(presenter);
    viewer.until("the presenter is away", |shown| !shown.presenter).await;
    assert_eq!(viewer.shown.lines.len(), 1, "the room stays");
    let mut late = Viewer::join(at, code(), 2).await.unwrap();
    late.until_lines(1).await;
    assert!(!late.shown.presenter);
    let mut presenter = Presenter::open(at, code(), 7).await.unwrap();
    viewer.until("the presenter is back", |shown| shown.presenter).await;
    presenter.say(line(1, "250 there")).await;
    viewer.until_lines(2).await;
    late.until_lines(2).await;
    presenter.until("both are still there", |presenter| presenter.viewers == 2).await;
}

async fn what_does_not_fit_is_refused_and_changes_nothing(hub: Hub) {
    let relay = hub.relay().await;
    let at = relay.address();
    let mut viewer = None;
    let too_far = [line(0, "fits"), line(9, "does not")].concat();
    let strange = vec![Item::View(View { shown: 1, ..View::default() }), Item::Presenter(false)];
    for (wrong, why) in [(too_far, "one after the other"), (strange, "Only relays")] {
        let mut presenter = Presenter::open(at, code(), 7).await.unwrap();
        presenter.say(begin()).await;
        presenter.say(wrong).await;
        let (refusal, text) = presenter.end().await.expect("it is told");
        assert!(refusal == Refusal::Broken && text.contains(why), "{text}");
        let viewer = match &mut viewer {
            Some(viewer) => viewer,
            empty => empty.insert(Viewer::join(at, code(), 1).await.unwrap()),
        };
        viewer.until("the presenter is away", |shown| !shown.presenter).await;
        assert_eq!((viewer.shown.lines.len(), viewer.shown.view.shown), (0, 0));
    }
    for junk in [
        Message::Binary(vec![1, 1, 99].into()),
        Message::Binary(vec![].into()),
        Message::Text("hello".into()),
        Message::Binary(vec![0; 600 * 1024].into()),
    ] {
        let mut presenter = Presenter::open(at, code(), 7).await.unwrap();
        presenter.line().say_raw(junk.clone()).await;
        let (refusal, _) = presenter.end().await.expect("it is told");
        assert_eq!(refusal, Refusal::Broken);
        let mut viewer = Viewer::join(at, code(), 2).await.unwrap();
        viewer.line().say_raw(junk).await;
        // Of a message that is too long, not all is read; then the end may come before the word for it.
        if let Some((refusal, text)) = viewer.end().await {
            assert!(refusal == Refusal::Broken, "{text}");
        }
    }
}

async fn what_viewers_say_is_heard_with_their_handle(hub: Hub) {
    let relay = hub.relay().await;
    let at = relay.address();
    let mut presenter = Presenter::open(at, code(), 7).await.unwrap();
    presenter.say(begin()).await;
    let mut ada = Viewer::join(at, code(), 1).await.unwrap();
    let mut bob = Viewer::join(at, code(), 2).await.unwrap();
    assert_ne!(ada.handle, bob.handle);
    let progress =
        Up::Progress { protocol: "smtp".into(), state: "ready".into(), steps: 3, done: false };
    // Nobody has the keyboard, and nobody was asked.
    for up in [Up::Type("QUIT".into()), Up::Try(vec![1]), Up::Declined] {
        ada.say(up).await;
    }
    ada.say(Up::Name(format!("A\nda{}", "x".repeat(99)))).await;
    bob.say(progress.clone()).await;
    bob.say(Up::Vote { question: 3, choice: 1 }).await;
    presenter.until("three said something", |presenter| presenter.heard.len() == 3).await;
    let of = |presenter: &Presenter, who: Handle| -> Vec<Up> {
        presenter.heard.iter().filter(|(of, _)| *of == who).map(|(_, up)| up.clone()).collect()
    };
    assert_eq!(of(&presenter, ada.handle), [Up::Name(format!("Ada{}", "x".repeat(61)))]);
    assert_eq!(of(&presenter, bob.handle), [progress, Up::Vote { question: 3, choice: 1 }]);

    presenter.heard.clear();
    presenter.say(vec![Item::Keyboard(Some(ada.handle)), Item::Asked(Some(bob.handle))]).await;
    ada.until("she has the keyboard", |shown| shown.keyboard.is_some()).await;
    bob.until("he is asked", |shown| shown.asked.is_some()).await;
    for up in [Up::Type("NOOP".into()), Up::Type("QUIT".into()), Up::Try(vec![1])] {
        ada.say(up).await;
    }
    let record = vec![7; 300 * 1024];
    bob.say(Up::Type("RSET".into())).await;
    bob.say(Up::Try(record.clone())).await;
    presenter.until("they said it", |presenter| presenter.heard.len() == 3).await;
    let typed = [Up::Type("NOOP".into()), Up::Type("QUIT".into())];
    assert_eq!(of(&presenter, ada.handle), typed);
    assert!(of(&presenter, bob.handle) == [Up::Try(record)]);

    presenter.heard.clear();
    let who = ada.handle;
    drop(ada);
    presenter.until("she is gone", |presenter| !presenter.heard.is_empty()).await;
    assert_eq!(presenter.heard, [(who, Up::Gone)]);
    // Only relays say that, and a viewer is no presenter.
    bob.say(Up::Gone).await;
    assert_eq!(bob.end().await.unwrap().0, Refusal::Broken);
}

async fn a_room_is_closed(hub: Hub) {
    let relay = hub.relay().await;
    let at = relay.address();
    let mut presenter = Presenter::open(at, code(), 7).await.unwrap();
    presenter.say(begin()).await;
    let mut viewer = Viewer::join(at, code(), 1).await.unwrap();
    presenter.say(line(0, "221 bye")).await;
    presenter.close().await;
    assert_eq!(presenter.end().await.unwrap().0, Refusal::Closed);
    assert_eq!(viewer.end().await, None);
    assert_eq!(texts(&viewer.shown), ["221 bye"], "all that was said before");
    assert!(viewer.shown.over.as_deref().unwrap().contains("closed"));
    let (seen, shown, _) = viewer.leave();
    let Err((why, _)) = Viewer::join(at, code(), 1).await else { panic!("it is over") };
    assert_eq!(why, Refusal::NoRoom);
    // The code is free for another room, which is another.
    let _presenter = Presenter::open(at, code(), 8).await.unwrap();
    let mut viewer = Viewer::come_back(at, code(), 1, Some((seen, shown))).await.unwrap();
    while viewer.wholes == 0 {
        assert_eq!(viewer.step().await, None);
    }
    assert!(viewer.shown.lines.is_empty());
}

async fn the_token_is_needed_to_present_and_not_to_join(hub: Hub) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "correct-horse-battery\n").unwrap();
    let relay = hub.relay_with(|config| config.token_file = Some(file)).await;
    let at = relay.address();
    let Err((why, text)) = Presenter::open(at, code(), 7).await else { panic!("without a token") };
    assert!(why == Refusal::Token && text.contains("access token"), "{text}");
    let bearer = |token: &str| {
        let mut request = request(at);
        let value = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
        request.headers_mut().insert("authorization", value);
        request
    };
    let mut presenter =
        Presenter::with(bearer("correct-horse-battery"), code(), [7; 16]).await.unwrap();
    presenter.say(begin()).await;
    assert!(Viewer::join(at, code(), 1).await.is_ok());
    let wrong = tests::room::Wire::connect(bearer("wrong-horse-battery")).await;
    assert!(wrong.is_err_and(|error| error.to_string().contains("401")));
    // A page of others does not even join.
    let mut foreign = request(at);
    foreign.headers_mut().insert("origin", HeaderValue::from_static("http://evil.example"));
    let refused = tests::room::Wire::connect(foreign).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("403")));
}

async fn a_relay_that_drains_sends_everybody_elsewhere(hub: Hub) {
    let relay = hub.relay().await;
    let at = relay.address();
    let mut presenter = Presenter::open(at, code(), 7).await.unwrap();
    let mut viewer = Viewer::join(at, code(), 1).await.unwrap();
    relay.drain(Duration::from_secs(600)).await;
    assert_eq!(presenter.end().await.unwrap().0, Refusal::Stopping);
    assert_eq!(viewer.end().await.unwrap().0, Refusal::Stopping);
    relay.stop().await;
}

async fn the_secret_is_in_no_octet_of_a_viewer(hub: Hub) {
    let relay = hub.relay().await;
    let at = relay.address();
    let secret: [u8; 16] = *b"canary-4711-xyz!";
    let mut presenter = Presenter::with(request(at), code(), secret).await.unwrap();
    presenter.say(begin()).await;
    presenter.say(line(0, "220 hello")).await;
    let mut viewer = Viewer::join(at, code(), 1).await.unwrap();
    viewer.until_lines(1).await;
    let mut again = Presenter::with(request(at), code(), secret).await.unwrap();
    viewer.say(Up::Name("Ada".into())).await;
    again.until("a name", |presenter| !presenter.heard.is_empty()).await;
    viewer.again().await;
    again.close().await;
    assert_eq!(viewer.end().await, None);
    let mut all = viewer.line().octets.clone();
    all.extend_from_slice(&presenter.line().octets);
    assert!(all.len() > 200);
    assert!(!all.windows(4).any(|four| secret.windows(4).any(|part| part == four)));
}
