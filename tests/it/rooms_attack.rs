//! Rooms with viewers that do not read, and clients that break the rules.

use std::net::SocketAddr;
use std::time::Duration;

use relay::RoomSettings;
use shared::room::{Code, FromRelay, Refusal, ToRelay, Up};
use tests::room::{Presenter, Viewer, Wire, begin, line, request};
use tests::wirelab::Wirelab;
use tokio::net::TcpSocket;
use tokio_tungstenite::tungstenite::Message;

use crate::rooms::{Hub, code};

/// With a small window, so that little fits into it unread.
async fn narrow(at: SocketAddr) -> Wire {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    Wire::over(socket.connect(at).await.unwrap(), request(at)).await.unwrap()
}

#[tokio::test]
async fn a_viewer_that_does_not_read_slows_nobody_and_gets_a_snapshot() {
    let relay = Hub::Memory.relay().await;
    let at = relay.address();
    let mut presenter = Presenter::open(at, code(), 7).await.unwrap();
    presenter.say(begin()).await;
    presenter.say(line(0, "first")).await;
    let mut stalled = Viewer::through(narrow(at).await, code(), 1, None).await.unwrap();
    stalled.until_lines(1).await;
    let mut quick = Viewer::join(at, code(), 2).await.unwrap();
    let large = "x".repeat(100 * 1024);
    // More than the ring has, and than the system takes for one that does not read.
    for n in 1..=120 {
        presenter.say(line(1, &format!("{n} {large}"))).await;
        quick
            .until("each of them", |shown| {
                shown
                    .lines
                    .get(1)
                    .is_some_and(|line| line.bytes.starts_with(format!("{n} ").as_bytes()))
            })
            .await;
    }
    assert_eq!((quick.wholes, quick.shown.lines.len()), (1, 2));
    stalled
        .until("the last of them", |shown| {
            shown.lines.get(1).is_some_and(|line| line.bytes.starts_with(b"120 "))
        })
        .await;
    assert_eq!(stalled.wholes, 2, "one at the beginning, one for what it has missed");
    assert_eq!(stalled.shown, quick.shown);
}

/// Every snapshot and every batch is there once, however many do not read them.
#[tokio::test]
async fn memory_does_not_grow_with_those_that_do_not_read() {
    let wirelab = Wirelab::start(&[], "warn").await;
    let at: SocketAddr =
        wirelab.url.trim_start_matches("http://").trim_end_matches('/').parse().unwrap();
    let mut presenter = Presenter::open(at, code(), 7).await.unwrap();
    presenter.say(begin()).await;
    let large = "x".repeat(200 * 1024);
    presenter.say(line(0, &large)).await;
    let mut stalled = Vec::new();
    for number in 0..60 {
        stalled.push(Viewer::through(narrow(at).await, code(), number, None).await.unwrap());
    }
    let mut quick = Viewer::join(at, code(), 99).await.unwrap();
    quick.until_lines(1).await;
    let before = wirelab.resident();
    for n in 1..=100 {
        presenter.say(line(1, &format!("{n} {large}"))).await;
        quick
            .until("each of them", |shown| {
                shown
                    .lines
                    .get(1)
                    .is_some_and(|line| line.bytes.starts_with(format!("{n} ").as_bytes()))
            })
            .await;
    }
    let grown = wirelab.resident().saturating_sub(before);
    // 60 copies of a snapshot alone would be 12 MiB, and 60 of each batch 1.2 GiB.
    assert!(grown < 10 * 1024, "{grown} KiB for 60 viewers that do not read");
}

#[tokio::test]
async fn the_first_message_says_what_for() {
    let relay =
        Hub::Memory.relay_with(|config| config.limits.hello = Duration::from_millis(300)).await;
    let at = relay.address();
    for message in
        [ToRelay::Again, ToRelay::Close, ToRelay::Say(begin()), ToRelay::Up(Up::Declined)]
    {
        let mut wire = Wire::connect(request(at)).await.unwrap();
        wire.say(&message).await;
        let Some(FromRelay::Refused(why, _)) = wire.next().await else { panic!("not refused") };
        assert_eq!(why, Refusal::Broken);
        assert_eq!(wire.next().await, None);
    }
    let mut silent = Wire::connect(request(at)).await.unwrap();
    let Some(FromRelay::Refused(why, text)) = silent.next().await else { panic!("not refused") };
    assert!(why == Refusal::TooFast && text.contains("in time"), "{text}");
    let mut wrong = request(at);
    wrong.headers_mut().insert("sec-websocket-protocol", "wirelab.1".parse().unwrap());
    assert!(Wire::connect(wrong).await.is_err());
}

/// Codes are guessed no faster than that, and those who know one are not in the way of it.
#[tokio::test]
async fn a_viewer_says_no_more_than_it_was_asked_for() {
    let relay = Hub::Memory.relay().await;
    let at = relay.address();
    let _presenter = Presenter::open(at, code(), 7).await.unwrap();
    let mut viewer = Viewer::join(at, code(), 1).await.unwrap();
    let long = ToRelay::Up(Up::Try(vec![0; 100 * 1024])).encode();
    viewer.line().say_raw(Message::Binary(long.into())).await;
    if let Some((why, text)) = viewer.end().await {
        assert!(why == Refusal::Broken && text.contains("nobody asked"), "{text}");
    }
    let mut viewer = Viewer::join(at, code(), 1).await.unwrap();
    viewer.line().say(&ToRelay::Close).await;
    assert_eq!(viewer.end().await.unwrap().0, Refusal::Broken);
}

#[tokio::test]
async fn what_is_counted_is_told() {
    let relay = Hub::Memory
        .relay_with(|config| {
            config.metrics = Some(([127, 0, 0, 1], 0).into());
            config.limits.rooms = RoomSettings::default();
        })
        .await;
    let at = relay.address();
    let mut presenter = Presenter::open(at, code(), 7).await.unwrap();
    presenter.say(begin()).await;
    let mut viewer = Viewer::join(at, code(), 1).await.unwrap();
    viewer.until("the dialogue", |shown| shown.begin.protocol == "smtp").await;
    viewer.again().await;
    while viewer.wholes < 2 {
        assert_eq!(viewer.step().await, None);
    }
    assert!(Viewer::join(at, Code::of(1), 1).await.is_err());
    let lines = [
        "wirelab_rooms 1",
        "wirelab_room_viewers 1",
        "wirelab_room_batches_total 2",
        "wirelab_room_resyncs_total 1",
        "wirelab_refusals_total{asked=\"room\",reason=\"NO_ROOM\"} 1",
    ];
    crate::run::metrics_show(&relay, &lines).await;
    presenter.close().await;
    presenter.end().await;
    viewer.end().await;
    crate::run::metrics_show(&relay, &["wirelab_rooms 0", "wirelab_room_viewers 0"]).await;
}

/// Who, when, and how much; not what, and not the secret.
#[tokio::test]
async fn the_log_says_nothing_that_was_said() {
    let Some(hub) = Hub::nats().await else { return };
    let Hub::Nats(server) = &hub else { unreachable!() };
    let wirelab = Wirelab::start(&["--rooms", &server.url()], "trace").await;
    let at: SocketAddr =
        wirelab.url.trim_start_matches("http://").trim_end_matches('/').parse().unwrap();
    let secret = *b"canary-4711-xyz!";
    let mut presenter = Presenter::with(request(at), code(), secret).await.unwrap();
    presenter.say(begin()).await;
    presenter.say(line(0, "heron-0815")).await;
    let mut viewer = Viewer::join(at, code(), 1).await.unwrap();
    viewer.until_lines(1).await;
    viewer.say(Up::Name("kestrel-42".into())).await;
    presenter.until("a name", |presenter| !presenter.heard.is_empty()).await;
    presenter.close().await;
    presenter.end().await;
    viewer.end().await;
    wirelab.signal("INT");
    let (well, log) = wirelab.end().await;
    assert!(well);
    for part in ["room presented", "viewer left", "presenter left", "batches=", "DEBUG"] {
        assert!(log.contains(part), "{part} is not in the log:\n{log}");
    }
    for said in ["canary-4711-xyz!", "heron-0815", "kestrel-42"] {
        for spelling in crate::logs::spellings(said) {
            let line = log.lines().find(|line| line.contains(&spelling));
            assert_eq!(line, None, "{spelling} is in the log");
        }
    }
}
