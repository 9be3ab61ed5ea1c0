//! UDP sockets: whole datagrams, in order, and every one that is missing is counted in its place.

use std::collections::VecDeque;
use std::net::SocketAddr;

use proptest::collection::vec;
use proptest::prelude::*;

use super::pair::*;
use crate::tunnel::*;

fn peer(port: u16) -> SocketAddr {
    SocketAddr::new(LOOPBACK, port)
}

#[test]
fn datagrams_keep_their_bounds_and_their_addresses() {
    let mut pair = Pair::new();
    let id = pair.udp();
    for octets in [&b"one"[..], b"", b"two"] {
        assert_eq!(pair.page.datagram(id, peer(1), octets), Ok(()));
        assert_eq!(pair.relay.datagram(id, peer(2), octets), Ok(()));
    }
    pair.settle();
    let told = |port| {
        [&b"one"[..], b"", b"two"]
            .map(|octets| Event::Datagram(id, peer(port), octets.to_vec()))
            .to_vec()
    };
    assert_eq!(events(&mut pair.relay), told(1));
    assert_eq!(events(&mut pair.page), told(2));
}

#[test]
fn the_newest_are_dropped_and_their_place_is_marked() {
    let mut pair = Pair::new();
    let id = pair.udp();
    let length = 10_000;
    let send = |pair: &mut Pair, n: u8| pair.relay.datagram(id, peer(1), &vec![n; length]);
    let mut taken = 0;
    while send(&mut pair, taken).is_ok() {
        taken += 1;
    }
    assert_eq!(usize::from(taken), UDP_QUEUE / (length + DATAGRAM_COST));
    assert_eq!(send(&mut pair, 99), Err(DatagramError::NoRoom));
    // One leaves, one fits again.
    assert!(pair.emit(false));
    assert_eq!(send(&mut pair, taken), Ok(()));
    assert_eq!(send(&mut pair, 99), Err(DatagramError::NoRoom));
    let mut told = Vec::new();
    loop {
        pair.settle();
        let Some(event) = pair.page.poll_event() else { break };
        match event {
            Event::Datagram(_, _, octets) => {
                pair.page.datagram_consumed(id, octets.len());
                told.push(u32::from(octets[0]));
            }
            Event::Dropped(_, count) => told.push(1000 + count),
            other => panic!("{other:?}"),
        }
    }
    let mut expected = (0..u32::from(taken)).collect::<Vec<_>>();
    expected.extend([1002, u32::from(taken), 1001]);
    assert_eq!(told, expected);
}

#[test]
fn a_page_that_does_not_receive_holds_one_window_and_delays_nobody() {
    let mut pair = Pair::new();
    let (id, stream) = (pair.udp(), pair.open());
    for _ in 0..1000 {
        let _ = pair.relay.datagram(id, peer(1), &[0; 1000]);
    }
    assert_eq!(pair.relay.send(stream, b"lively"), 6);
    pair.settle();
    let told = events(&mut pair.page);
    assert!(told.contains(&Event::Data(stream, b"lively".to_vec())));
    let here = told.iter().filter(|event| matches!(event, Event::Datagram(..))).count();
    assert_eq!(here, MIN_UDP_WINDOW as usize / (1000 + DATAGRAM_COST));
}

#[test]
fn a_page_that_sends_too_fast_is_told_to_wait() {
    let mut pair = Pair::new();
    let id = pair.udp();
    let long = vec![0; MAX_DATAGRAM + 1];
    let too_long = DatagramError::TooLong { length: long.len() };
    assert_eq!(pair.page.datagram(id, peer(1), &long), Err(too_long));
    let mut sent = 0;
    while pair.page.datagram(id, peer(1), &long[1..]).is_ok() {
        sent += 1;
    }
    assert_eq!(sent, 2, "as much as there is credit for");
    let mut heard = 0;
    let mut asked = false;
    loop {
        pair.settle();
        asked |= events(&mut pair.page).contains(&Event::Writable(id));
        let told = events(&mut pair.relay);
        if told.is_empty() {
            break;
        }
        for event in told {
            let Event::Datagram(_, _, octets) = event else { panic!("{event:?}") };
            pair.relay.datagram_consumed(id, octets.len());
            heard += 1;
        }
    }
    assert_eq!((heard, asked), (2, true), "nothing that was taken is lost");
}

#[test]
fn closing_in_order_lets_the_datagrams_out_first() {
    let mut pair = Pair::new();
    let id = pair.udp();
    pair.page.datagram(id, peer(1), b"last").unwrap();
    pair.page.reset(id, Reset::new(Reason::CANCELLED, Phase::Local));
    assert_eq!(pair.page.datagram(id, peer(1), b"late"), Err(DatagramError::NotOpen));
    pair.settle();
    let told = events(&mut pair.relay);
    assert!(
        matches!(&told[..], [Event::Datagram(_, _, octets), Event::Reset(..)] if octets == b"last")
    );
    assert_eq!((pair.page.sockets(), pair.relay.sockets()), (0, 0));
}

#[test]
fn errors_are_told_in_their_place_and_end_nothing() {
    let mut pair = Pair::new();
    let id = pair.udp();
    let error = Reset { errno: 111, ..Reset::new(Reason::REFUSED, Phase::Read) };
    pair.relay.udp_error(id, peer(9), error.clone());
    pair.relay.datagram(id, peer(1), b"x").unwrap();
    pair.settle();
    let told = [Event::UdpError(id, peer(9), error), Event::Datagram(id, peer(1), b"x".to_vec())];
    assert_eq!(events(&mut pair.page), told);
}

#[test]
fn a_lookup_is_answered_once_whoever_gives_up() {
    let query = Query { host: "localhost".to_owned(), family: Family::Any };
    let found = ResolvedInfo { took: Default::default(), addresses: vec![LOOPBACK] };
    let cancel = Reset::new(Reason::CANCELLED, Phase::Local);
    let mut pair = Pair::new();
    let failed = pair.page.resolve(query.clone()).unwrap();
    let crossing = pair.page.resolve(query.clone()).unwrap();
    let in_time = pair.page.resolve(query).unwrap();
    pair.settle();
    assert_eq!(events(&mut pair.relay).len(), 3);
    let not_found = Reset::new(Reason::NAME_NOT_FOUND, Phase::Resolve);
    pair.relay.reset(failed, not_found.clone());
    pair.relay.resolved(crossing, found.clone());
    pair.page.abort(crossing, cancel.clone());
    pair.page.abort(in_time, cancel.clone());
    pair.settle();
    assert_eq!(events(&mut pair.relay), [Event::Reset(in_time, cancel)]);
    pair.relay.resolved(in_time, found);
    pair.settle();
    assert_eq!(events(&mut pair.page), [Event::Reset(failed, not_found)]);
    assert_eq!((pair.page.sockets(), pair.relay.sockets()), (0, 0));
}

#[derive(Clone, Debug)]
enum Step {
    Send(bool, usize),
    Emit(bool),
    Arrive(bool),
    Hear(bool),
    /// Everything that was told is consumed.
    Consume(bool),
    Close(bool, bool),
}

fn step() -> impl Strategy<Value = Step> {
    let side = any::<bool>;
    let length = prop_oneof![Just(0usize), 1usize..100, 30_000usize..=MAX_DATAGRAM];
    prop_oneof![
        12 => (side(), length).prop_map(|(page, length)| Step::Send(page, length)),
        8 => side().prop_map(Step::Emit),
        8 => side().prop_map(Step::Arrive),
        6 => side().prop_map(Step::Hear),
        3 => side().prop_map(Step::Consume),
        1 => (side(), side()).prop_map(|(page, in_order)| Step::Close(page, in_order)),
    ]
}

/// One direction: what was taken and what was dropped, in order, and what of it was told.
#[derive(Default)]
struct Flow {
    /// The length of a datagram, or `None` for one that was dropped.
    offered: VecDeque<Option<usize>>,
    owed: Vec<usize>,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// What is told is what was offered, in order, with every gap counted. Nothing is told after
    /// the end, and both ends forget.
    #[test]
    fn every_datagram_is_told_or_counted(steps in vec(step(), 0..200)) {
        let mut pair = Pair::new();
        let id = pair.udp();
        // By sender: 0 the relay, 1 the page.
        let mut flows = [Flow::default(), Flow::default()];
        let close = |pair: &mut Pair, page: bool, in_order: bool| {
            let reset = Reset::new(Reason::CANCELLED, Phase::Local);
            let end = pair.end(page);
            if in_order { end.reset(id, reset) } else { end.abort(id, reset) }
        };
        let hear = |pair: &mut Pair, flows: &mut [Flow; 2], page: bool| {
            let Some(event) = pair.end(page).poll_event() else { return false };
            let flow = &mut flows[usize::from(!page)];
            match event {
                Event::Datagram(_, _, octets) => {
                    assert_eq!(flow.offered.pop_front(), Some(Some(octets.len())));
                    flow.owed.push(octets.len());
                    let cost: usize = flow.owed.iter().map(|octets| octets + DATAGRAM_COST).sum();
                    assert!(cost <= MIN_UDP_WINDOW as usize, "more than the window was told");
                }
                Event::Dropped(_, count) => {
                    assert!(page && count > 0);
                    for _ in 0..count {
                        assert_eq!(flow.offered.pop_front(), Some(None));
                    }
                }
                Event::Writable(_) | Event::Reset(..) => {}
                other => panic!("{other:?}"),
            }
            true
        };
        let consume = |pair: &mut Pair, flows: &mut [Flow; 2], page: bool| {
            let owed = std::mem::take(&mut flows[usize::from(!page)].owed);
            owed.iter().for_each(|octets| pair.end(page).datagram_consumed(id, *octets));
            !owed.is_empty()
        };
        let mut ended = false;
        for step in steps {
            match step {
                Step::Send(page, length) => {
                    match pair.end(page).datagram(id, peer(1), &vec![0; length]) {
                        Ok(()) => flows[usize::from(page)].offered.push_back(Some(length)),
                        Err(DatagramError::NoRoom) if !page => flows[0].offered.push_back(None),
                        Err(DatagramError::NoRoom) => {}
                        Err(error) => prop_assert!(ended && error == DatagramError::NotOpen),
                    }
                }
                Step::Emit(page) => drop(pair.emit(page)),
                Step::Arrive(page) => drop(pair.arrive(page)),
                Step::Hear(page) => drop(hear(&mut pair, &mut flows, page)),
                Step::Consume(page) => drop(consume(&mut pair, &mut flows, page)),
                Step::Close(page, in_order) => {
                    ended = true;
                    close(&mut pair, page, in_order);
                }
            }
        }
        loop {
            pair.settle();
            let heard = hear(&mut pair, &mut flows, true) | hear(&mut pair, &mut flows, false);
            let consumed = consume(&mut pair, &mut flows, true) | consume(&mut pair, &mut flows, false);
            if !heard && !consumed {
                break;
            }
        }
        if ended {
            prop_assert_eq!((pair.page.sockets(), pair.relay.sockets()), (0, 0));
        } else {
            prop_assert!(flows.iter().all(|flow| flow.offered.is_empty()), "something is missing");
        }
    }
}
