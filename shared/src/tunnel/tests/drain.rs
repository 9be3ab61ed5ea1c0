use std::time::Duration;

use super::pair::{Pair, events, there};
use crate::tunnel::*;

#[test]
fn what_is_open_finishes_and_nothing_new_begins() {
    let mut pair = Pair::new();
    let id = pair.open();
    // It crosses DRAINING.
    let late = pair.page.open(Target::new("late", 1)).unwrap();
    pair.relay.drain(Duration::from_secs(30));
    pair.settle();
    let told = events(&mut pair.page);
    assert_eq!(told[0], Event::Draining(Duration::from_secs(30)));
    let [_, Event::Reset(refused, reset)] = &told[..] else { panic!("{told:?}") };
    assert_eq!((*refused, reset.reason), (late, Reason::STOPPING));
    assert!(events(&mut pair.relay).is_empty(), "the relay was asked for nothing");

    assert_eq!(pair.page.open(Target::new("new", 1)), Err(OpenError::Stopping));
    assert_eq!(pair.page.listen(Listen::for_peer_of(id)), Err(OpenError::Stopping));
    assert!(pair.page.is_draining() && !pair.relay.has_finished());

    pair.page.send(id, b"last words");
    pair.page.finish(id);
    pair.settle();
    assert_eq!(events(&mut pair.relay), [Event::Data(id, b"last words".to_vec()), Event::Fin(id)]);
    pair.relay.finish(id);
    assert!(!pair.relay.has_finished(), "FIN is not sent yet");
    pair.settle();
    assert!(pair.relay.has_finished());
    assert_eq!(events(&mut pair.page), [Event::Fin(id)]);
}

#[test]
fn a_datagram_on_its_way_to_the_page_is_waited_for() {
    let mut pair = Pair::new();
    let id = pair.udp();
    pair.relay.drain(Duration::from_secs(30));
    pair.settle();
    assert!(pair.relay.has_finished());
    assert_eq!(pair.relay.datagram(id, there(), b"late"), Ok(()));
    assert!(!pair.relay.has_finished());
    pair.settle();
    assert!(pair.relay.has_finished());
}

#[test]
fn before_hello_nobody_is_told() {
    let mut pair = Pair::strangers(8);
    pair.relay.drain(Duration::from_secs(30));
    pair.settle();
    assert!(matches!(events(&mut pair.page)[..], [Event::Welcome(_)]));
}

#[test]
fn only_a_relay_drains() {
    let mut pair = Pair::new();
    pair.page.drain(Duration::from_secs(1));
    assert!(!pair.page.is_draining());
    let message = Frame::Draining(Duration::from_secs(1)).encode();
    let violation = pair.relay.receive(&message, Duration::ZERO).unwrap_err();
    assert_eq!(violation.reason, Reason::WRONG_DIRECTION);
}
