//! What the streams promise: all bytes, in order, before the end, and each on its own.

use std::time::Duration;

use super::pair::*;
use crate::tunnel::*;

#[test]
fn a_server_that_speaks_and_leaves_is_heard_in_full() {
    let mut pair = Pair::new();
    let id = pair.open();
    assert_eq!(pair.relay.send(id, b"twelve bytes"), 12);
    pair.relay.finish(id);
    pair.settle();
    let told = [Event::Data(id, b"twelve bytes".to_vec()), Event::Fin(id)];
    assert_eq!(events(&mut pair.page), told);
    // The page still speaks.
    assert_eq!(pair.page.send(id, b"thanks"), 6);
    pair.page.finish(id);
    pair.settle();
    assert_eq!(events(&mut pair.relay), [Event::Data(id, b"thanks".to_vec()), Event::Fin(id)]);
    assert_eq!((pair.page.streams(), pair.relay.streams()), (0, 0));
}

#[test]
fn a_reset_in_order_comes_after_the_bytes_and_is_answered() {
    let mut pair = Pair::new();
    let id = pair.open();
    let reset = Reset { errno: 104, ..Reset::new(Reason::PEER_RESET, Phase::Read) };
    pair.relay.send(id, b"half a li");
    pair.relay.reset(id, reset.clone());
    pair.settle();
    let told = [Event::Data(id, b"half a li".to_vec()), Event::Reset(id, reset)];
    assert_eq!(events(&mut pair.page), told);
    assert_eq!(events(&mut pair.relay), []);
    assert_eq!((pair.page.streams(), pair.relay.streams()), (0, 0));
}

#[test]
fn an_abort_overtakes_what_is_queued() {
    let mut pair = Pair::new();
    let id = pair.open();
    let cancel = Reset::new(Reason::CANCELLED, Phase::Local);
    pair.page.send(id, b"never sent");
    pair.page.abort(id, cancel.clone());
    pair.settle();
    assert_eq!(events(&mut pair.relay), [Event::Reset(id, cancel)]);
}

#[test]
fn a_refusal_is_a_reset_before_opened() {
    let mut pair = Pair::new();
    let id = pair.page.open(Target::new("a", 1)).unwrap();
    pair.settle();
    pair.relay.poll_event();
    let refusal = Reset::new(Reason::NOT_ALLOWED, Phase::Policy);
    pair.relay.reset(id, refusal.clone());
    pair.settle();
    assert_eq!(events(&mut pair.page), [Event::Reset(id, refusal)]);
    assert_eq!((pair.page.streams(), pair.relay.streams()), (0, 0));
}

#[test]
fn a_page_may_give_up_before_the_relay_has_connected() {
    let mut pair = Pair::new();
    let id = pair.page.open(Target::new("a", 1)).unwrap();
    pair.settle();
    pair.page.abort(id, Reset::new(Reason::CANCELLED, Phase::Local));
    pair.settle();
    assert!(!pair.relay.opened(id, info()));
    assert!(matches!(events(&mut pair.relay)[..], [Event::OpenRequested(..), Event::Reset(..)]));
    assert_eq!((pair.page.streams(), pair.relay.streams()), (0, 0));
}

#[test]
fn what_waits_for_the_socket_goes_when_it_is_open() {
    let mut pair = Pair::new();
    let id = pair.page.open(Target::new("a", 1)).unwrap();
    assert_eq!(pair.page.send(id, b"early"), 0);
    pair.settle();
    pair.relay.poll_event();
    assert!(pair.relay.opened(id, info()));
    pair.settle();
    assert!(matches!(events(&mut pair.page)[..], [Event::Opened(..), Event::Writable(_)]));
    assert_eq!(pair.page.send(id, b"early"), 5);
}

/// One stream fills its window and nobody consumes it; the other moves a megabyte, and waits for
/// no more than one frame of the first at a time.
#[test]
fn a_stalled_stream_does_not_delay_another() {
    let mut pair = Pair::new();
    let (stalled, lively) = (pair.open(), pair.open());
    let mut left = 1 << 20;
    while left > 0 {
        pair.relay.send(stalled, &[0; 4 * MAX_DATA]);
        left -= pair.relay.send(lively, &vec![1; left.min(MAX_DATA)]);
        let mut of_others = 0;
        while let Some(message) = pair.relay.poll_message(Duration::ZERO) {
            match Frame::decode(&message) {
                Ok(Frame::Data(id, _)) if id == stalled => of_others += 1,
                _ => of_others = 0,
            }
            pair.page.receive(&message, pair.now).unwrap();
        }
        assert!(of_others <= 4);
        for event in events(&mut pair.page) {
            if let Event::Data(id, bytes) = event
                && id == lively
            {
                pair.page.consumed(id, bytes.len());
            }
        }
        pair.settle();
        events(&mut pair.relay);
    }
    assert_eq!(pair.relay.room(stalled), 0);
}

#[test]
fn what_waits_to_be_sent_is_bounded_whatever_the_credit() {
    let mut pair = Pair::new();
    let id = pair.page.open(Target { window: MAX_WINDOW, ..Target::new("a", 1) }).unwrap();
    pair.settle();
    pair.relay.poll_event();
    assert!(pair.relay.opened(id, info()));
    assert_eq!(pair.relay.send(id, &vec![0; 3 * RELAY_SEND_BUFFER]), RELAY_SEND_BUFFER);
    assert_eq!(pair.relay.send(id, b"x"), 0);
    // Half of it has to leave before the owner is asked for more.
    pair.emit(false);
    for left in (0..16).rev() {
        assert_eq!(pair.relay.poll_event(), (left == 7).then_some(Event::Writable(id)));
        assert!(pair.emit(false));
        // Behind the first, and then behind each second one.
        if left % 2 == 1 {
            assert!(pair.emit(false), "a PING to measure");
        }
    }
}

#[test]
fn turns_go_round() {
    let mut pair = Pair::new();
    let ids = [pair.open(), pair.open(), pair.open()];
    for id in ids {
        pair.relay.send(id, &[0; MAX_DATA]);
    }
    pair.page.ping(pair.now);
    let ping = pair.page.poll_message(Duration::ZERO).unwrap();
    pair.relay.receive(&ping, pair.now).unwrap();
    let order = std::iter::from_fn(|| pair.relay.poll_message(Duration::ZERO))
        .filter(|message| message[0] != 3)
        .map(|message| message[4])
        .collect::<Vec<_>>();
    let [a, b, c] = ids.map(|id| id.0 as u8);
    assert_eq!(
        order,
        [0, a, b, c, a, b, c],
        "the PONG, then one frame of each; at first they are half as long"
    );
}

#[test]
fn goaway_comes_after_the_bytes() {
    let mut pair = Pair::new();
    let id = pair.open();
    pair.relay.send(id, b"last words");
    pair.settle();
    pair.relay.goaway(Reason::STOPPING, "Bye.");
    pair.settle();
    let goaway = Goaway { reason: Reason::STOPPING, text: "Bye.".to_owned() };
    let told = [Event::Data(id, b"last words".to_vec()), Event::Goaway(goaway)];
    assert_eq!(events(&mut pair.page), told);
    assert_eq!(pair.page.send(id, b"x"), 0);
    assert_eq!(pair.page.poll_message(Duration::ZERO), None);
}
