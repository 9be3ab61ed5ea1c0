//! What a relay allows in rooms, and what is said to those who want more.

use std::time::Duration;

use relay::RoomSettings;
use shared::room::{Code, Refusal, Up};
use tests::room::{Presenter, Viewer};

use crate::rooms::{Hub, code, on_both_hubs};

on_both_hubs! {
    limits_are_told_to_whom_they_hit
    a_room_ends_by_itself
}

async fn limits_are_told_to_whom_they_hit(hub: Hub) {
    let rooms = RoomSettings {
        rooms: 2,
        viewers: 3,
        viewers_in_all: 5,
        viewers_per_address: 4,
        says: "1/s, 5 at once".parse().unwrap(),
        wrong_codes: "1/s, 3 at once".parse().unwrap(),
        ..RoomSettings::default()
    };
    let relay = hub.relay_within(rooms).await;
    let at = relay.address();
    let refused = |refused: Result<Viewer, (Refusal, String)>, why, text: &str| match refused {
        Ok(_) => panic!("let in instead of {why:?}"),
        Err((refusal, said)) => {
            assert!(refusal == why && said.contains(text), "{refusal:?} {said}")
        }
    };
    let _first = Presenter::open(at, code(), 7).await.unwrap();
    let _second = Presenter::open(at, Code::of(2), 7).await.unwrap();
    let Err((why, text)) = Presenter::open(at, Code::of(3), 7).await else {
        panic!("a third room")
    };
    assert!(why == Refusal::TooManyRooms && text.contains("`rooms`"), "{text}");

    let mut viewers = Vec::new();
    for number in 0..3 {
        viewers.push(Viewer::join(at, code(), number).await.unwrap());
    }
    refused(Viewer::join(at, code(), 3).await, Refusal::TooManyViewers, "`viewers`");
    viewers.push(Viewer::join(at, Code::of(2), 3).await.unwrap());
    refused(Viewer::join(at, Code::of(2), 4).await, Refusal::TooManyViewers, "per-address");
    viewers.clear();
    let mut viewer = loop {
        // The relay may not have seen that they left.
        if let Ok(viewer) = Viewer::join(at, code(), 3).await {
            break viewer;
        }
    };
    for n in 0..9 {
        viewer.say(Up::Vote { question: n, choice: 0 }).await;
    }
    let (why, text) = viewer.end().await.expect("it is told");
    assert!(why == Refusal::TooFast && text.contains("1/s, 5 at once"), "{text}");
    for n in 0..3 {
        refused(Viewer::join(at, Code::of(100 + n), 1).await, Refusal::NoRoom, "no room");
    }
    refused(Viewer::join(at, Code::of(200), 1).await, Refusal::TooFast, "`wrong-codes`");

    let whole =
        hub.relay_within(RoomSettings { viewers_in_all: 1, ..RoomSettings::default() }).await;
    let Ok(_presenter) = Presenter::open(whole.address(), Code::of(9), 7).await else {
        return assert!(matches!(hub, Hub::Nats(_)), "rooms of a hub count together");
    };
    let _one = Viewer::join(whole.address(), Code::of(9), 1).await.unwrap();
    let two = Viewer::join(whole.address(), Code::of(9), 2).await;
    refused(two, Refusal::TooManyViewers, "`viewers-in-all`");
}

async fn a_room_ends_by_itself(hub: Hub) {
    let short = Duration::from_millis(700);
    for (rooms, text) in [
        (
            RoomSettings { lifetime: short, ..RoomSettings::default() },
            "A room lasts 700ms at most.",
        ),
        (
            RoomSettings { alone: short, ..RoomSettings::default() },
            "Nobody has presented for 700ms.",
        ),
    ] {
        let stays = rooms.lifetime == short;
        let relay = hub.relay_within(rooms).await;
        let at = relay.address();
        let code = Code::of(u64::from(stays));
        let mut presenter = Presenter::open(at, code, 7).await.unwrap();
        let mut viewer = Viewer::join(at, code, 1).await.unwrap();
        if stays {
            let (why, said) = presenter.end().await.expect("it is told");
            assert!(why == Refusal::TooOld && said == text, "{said}");
        }
        drop(presenter);
        assert_eq!(viewer.end().await, None, "the item says it all");
        assert_eq!(viewer.shown.over.as_deref(), Some(text));
        let Err((why, _)) = Viewer::join(at, code, 2).await else { panic!("it is over") };
        assert_eq!(why, Refusal::NoRoom);
    }
}
