//! Listeners, UDP sockets and lookups: each rule of the specification broken once.

use std::time::Duration;

use super::pair::*;
use super::rules::breaks;
use crate::tunnel::*;

const NOW: Duration = Duration::ZERO;

fn listen() -> Listen {
    Listen::new(BindAt::Address(LOOPBACK))
}

fn udp_bind() -> UdpBind {
    UdpBind::new(BindAt::Address(LOOPBACK))
}

fn query() -> Query {
    Query { host: "localhost".to_owned(), family: Family::Any }
}

fn cancel() -> Reset {
    Reset::new(Reason::CANCELLED, Phase::Local)
}

#[test]
fn each_end_has_its_frames() {
    let id = StreamId(1);
    let info = UdpInfo { local: there(), window: MIN_UDP_WINDOW };
    let found = ResolvedInfo { took: NOW, addresses: vec![] };
    for frame in [
        Frame::Listening(id, listening()),
        Frame::Incoming(StreamId(2), incoming(id)),
        Frame::UdpBound(id, info),
        Frame::Dropped(id, 1),
        Frame::UdpError(id, there(), cancel()),
        Frame::Resolved(id, found),
    ] {
        breaks(&mut Pair::new().relay, frame, Reason::WRONG_DIRECTION);
    }
    for frame in
        [Frame::Listen(id, listen()), Frame::UdpBind(id, udp_bind()), Frame::Resolve(id, query())]
    {
        breaks(&mut Pair::new().page, frame, Reason::WRONG_DIRECTION);
    }
    assert_eq!(Pair::new().relay.listen(listen()), Err(OpenError::NotThePage));
    assert_eq!(Mux::page("test").udp_bind(udp_bind()), Err(OpenError::NotWelcomed));
    let long = Query { host: "x".repeat(256), ..query() };
    assert_eq!(Pair::new().page.resolve(long), Err(OpenError::HostTooLong { length: 256 }));
}

#[test]
fn all_that_the_page_asks_for_shares_one_row_of_numbers() {
    let mut pair = Pair::new();
    let ids = [pair.open(), pair.listen(1), pair.udp(), pair.open()];
    assert_eq!(ids.map(|id| id.0), [1, 3, 5, 7]);
    for frame in [
        Frame::Listen(StreamId(7), listen()),
        Frame::UdpBind(StreamId(2), udp_bind()),
        Frame::Resolve(StreamId(3), query()),
    ] {
        let mut pair = Pair::new();
        for _ in 0..4 {
            pair.open();
        }
        breaks(&mut pair.relay, frame, Reason::STREAM_REUSED);
    }
}

#[test]
fn the_relay_s_streams_have_even_numbers_that_rise() {
    for id in [1, 3] {
        let mut pair = Pair::new();
        let listener = pair.listen(4);
        breaks(
            &mut pair.page,
            Frame::Incoming(StreamId(id), incoming(listener)),
            Reason::STREAM_REUSED,
        );
    }
    let mut pair = Pair::new();
    let listener = pair.listen(4);
    assert_eq!(pair.relay.incoming(incoming(listener)), Some(StreamId(2)));
    pair.settle();
    let again = Frame::Incoming(StreamId(2), incoming(listener));
    breaks(&mut pair.page, again, Reason::STREAM_REUSED);
}

#[test]
fn a_connection_comes_from_a_listener_that_is_there_and_has_room() {
    let frame = |listener| Frame::Incoming(StreamId(2), incoming(listener));
    breaks(&mut Pair::new().page, frame(StreamId(9)), Reason::UNKNOWN_STREAM);

    let mut pair = Pair::new();
    let stream = pair.open();
    breaks(&mut pair.page, frame(stream), Reason::WRONG_KIND);

    let mut pair = Pair::new();
    let asked = pair.page.listen(listen()).unwrap();
    breaks(&mut pair.page, frame(asked), Reason::OUT_OF_ORDER);

    let mut pair = Pair::new();
    let listener = pair.listen(1);
    pair.relay.reset(listener, Reset::new(Reason::EXPIRED, Phase::Local));
    pair.settle();
    assert!(matches!(events(&mut pair.page)[..], [Event::Reset(..)]));
    breaks(&mut pair.page, frame(listener), Reason::AFTER_THE_END);

    let mut pair = Pair::new();
    let listener = pair.listen(1);
    assert!(pair.relay.incoming(incoming(listener)).is_some());
    assert!(!pair.relay.has_room_at(listener));
    assert_eq!(pair.relay.incoming(incoming(listener)), None);
    pair.settle();
    let second = Frame::Incoming(StreamId(4), incoming(listener));
    breaks(&mut pair.page, second, Reason::BACKLOG_OVERRUN);
}

#[test]
fn nothing_comes_before_the_page_has_taken_the_connection() {
    let id = StreamId(2);
    for early in [Frame::Data(id, b"x"), Frame::Fin(id), Frame::Opened(id, info())] {
        let mut pair = Pair::new();
        let listener = pair.listen(1);
        pair.relay.incoming(incoming(listener)).unwrap();
        pair.settle();
        if !matches!(early, Frame::Opened(..)) {
            breaks(&mut pair.relay, early.clone(), Reason::OUT_OF_ORDER);
        }
        breaks(&mut pair.page, early, Reason::OUT_OF_ORDER);
    }
    let mut pair = Pair::new();
    let listener = pair.listen(1);
    pair.relay.incoming(incoming(listener)).unwrap();
    pair.settle();
    breaks(&mut pair.page, Frame::Window(id, 1), Reason::OUT_OF_ORDER);
}

#[test]
fn what_carries_no_bytes_takes_none() {
    type Make = fn(&mut Pair) -> StreamId;
    let lookup: Make = |pair| {
        let id = pair.page.resolve(query()).unwrap();
        pair.settle();
        id
    };
    for make in [(|pair| pair.listen(1)) as Make, Pair::udp, lookup] {
        for page in [true, false] {
            let mut pair = Pair::new();
            let id = make(&mut pair);
            breaks(pair.end(page), Frame::Data(id, b"x"), Reason::WRONG_KIND);
            let mut pair = Pair::new();
            let id = make(&mut pair);
            breaks(pair.end(page), Frame::Fin(id), Reason::WRONG_KIND);
        }
    }
    for make in [(|pair| pair.listen(1)) as Make, lookup, Pair::open] {
        let mut pair = Pair::new();
        let id = make(&mut pair);
        breaks(&mut pair.relay, Frame::Datagram(id, there(), b"x"), Reason::WRONG_KIND);
    }
    for make in [(|pair| pair.listen(1)) as Make, lookup] {
        let mut pair = Pair::new();
        let id = make(&mut pair);
        breaks(&mut pair.relay, Frame::Window(id, 1), Reason::WRONG_KIND);
    }
}

#[test]
fn each_is_there_once_and_says_nothing_before() {
    let mut pair = Pair::new();
    let listener = pair.listen(1);
    let twice = Frame::Listening(listener, listening());
    breaks(&mut pair.page, twice, Reason::OUT_OF_ORDER);

    let mut pair = Pair::new();
    let udp = pair.udp();
    let twice = Frame::UdpBound(udp, UdpInfo { local: there(), window: MIN_UDP_WINDOW });
    breaks(&mut pair.page, twice, Reason::OUT_OF_ORDER);

    for page in [true, false] {
        for frame in [Frame::Datagram(StreamId(1), there(), b"x"), Frame::Window(StreamId(1), 1)] {
            let mut pair = Pair::new();
            pair.page.udp_bind(udp_bind()).unwrap();
            pair.settle();
            breaks(pair.end(page), frame, Reason::OUT_OF_ORDER);
        }
    }
}

#[test]
fn credit_counts_for_datagrams_too() {
    let longest = vec![0; MAX_DATAGRAM];
    let mut pair = Pair::new();
    let id = pair.udp();
    for _ in 0..2 {
        let message = Frame::Datagram(id, there(), &longest).encode();
        pair.page.receive(&message, NOW).unwrap();
    }
    // 131 072 less twice 65 528.
    breaks(&mut pair.page, Frame::Datagram(id, there(), &[0; 1]), Reason::CREDIT_OVERRUN);
    let mut pair = Pair::new();
    let id = pair.udp();
    breaks(&mut pair.relay, Frame::Window(id, MAX_WINDOW), Reason::CREDIT_OVERFLOW);
}

#[test]
fn nothing_comes_after_the_end() {
    let mut pair = Pair::new();
    let id = pair.udp();
    pair.relay.receive(&Frame::Reset(id, cancel()).encode(), NOW).unwrap();
    assert!(matches!(events(&mut pair.relay)[..], [Event::Reset(..)]));
    breaks(&mut pair.relay, Frame::Datagram(id, there(), b"x"), Reason::AFTER_THE_END);

    let mut pair = Pair::new();
    let id = pair.page.resolve(query()).unwrap();
    pair.settle();
    let found = ResolvedInfo { took: NOW, addresses: vec![LOOPBACK] };
    pair.relay.resolved(id, found.clone());
    pair.settle();
    assert_eq!(events(&mut pair.page), [Event::Resolved(id, found.clone())]);
    breaks(&mut pair.page, Frame::Resolved(id, found), Reason::AFTER_THE_END);
}

#[test]
fn sockets_over_the_limit_are_refused_and_harm_nobody() {
    let refused = |relay: &mut Mux, frame: Frame<'_>| {
        let id = frame.stream().unwrap();
        relay.receive(&frame.encode(), NOW).unwrap();
        events(relay);
        let answer = relay.poll_message(NOW)?;
        let Ok(Frame::Reset(to, reset)) = Frame::decode(&answer) else { panic!("no RESET") };
        assert_eq!((to, reset.reason), (id, Reason::TOO_MANY_SOCKETS));
        assert!(reset.text.contains("close one first"), "{reset}");
        relay.receive(&Frame::Reset(id, cancel()).encode(), NOW).unwrap();
        Some(())
    };
    let mut relay = Pair::new().relay;
    let mut numbers = (1..).step_by(2);
    let mut next = || StreamId(numbers.next().unwrap());
    for _ in 0..MAX_LISTENERS {
        assert_eq!(refused(&mut relay, Frame::Listen(next(), listen())), None);
    }
    for _ in 0..MAX_UDP_SOCKETS {
        assert_eq!(refused(&mut relay, Frame::UdpBind(next(), udp_bind())), None);
    }
    for _ in 0..MAX_LOOKUPS {
        assert_eq!(refused(&mut relay, Frame::Resolve(next(), query())), None);
    }
    let there_are = relay.sockets();
    for _ in 0..3 {
        assert_eq!(refused(&mut relay, Frame::Listen(next(), listen())), Some(()));
        assert_eq!(refused(&mut relay, Frame::UdpBind(next(), udp_bind())), Some(()));
        assert_eq!(refused(&mut relay, Frame::Resolve(next(), query())), Some(()));
    }
    assert_eq!(relay.sockets(), there_are);
    // Streams have a limit of their own.
    let open = Frame::Open(next(), Target::new("a", 1)).encode();
    relay.receive(&open, NOW).unwrap();
    assert!(matches!(events(&mut relay)[..], [Event::OpenRequested(..)]));
}
