//! Who may send what, when: each rule of the specification broken once.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use super::pair::*;
use crate::tunnel::*;

const NOW: Duration = Duration::ZERO;

/// What the end answers to a frame that breaks a rule.
#[track_caller]
pub(super) fn breaks(mux: &mut Mux, frame: Frame<'_>, reason: Reason) {
    let violation = mux.receive(&frame.encode(), NOW).unwrap_err();
    assert_eq!(violation.reason, reason, "{violation}");
    let last = mux.poll_message(NOW).unwrap();
    let Ok(Frame::Goaway(goaway)) = Frame::decode(&last) else { panic!("no GOAWAY") };
    assert_eq!(goaway.reason, reason);
    assert_eq!(mux.poll_message(NOW), None);
    assert!(mux.is_over());
    assert_eq!(mux.receive(b"ignored", NOW), Ok(()));
}

#[test]
fn the_greeting_comes_first_and_once() {
    breaks(&mut Mux::relay(welcome()), Frame::Ping(1), Reason::OUT_OF_ORDER);
    breaks(&mut Pair::new().relay, Frame::Hello(hello()), Reason::OUT_OF_ORDER);
    let newer = Frame::Hello(Hello { version: 2, ..hello() });
    breaks(&mut Mux::relay(welcome()), newer, Reason::WRONG_VERSION);

    let mut page = Mux::page("test");
    assert_eq!(page.open(Target::new("a", 1)), Err(OpenError::NotWelcomed));
    assert_eq!(Frame::decode(&page.poll_message(NOW).unwrap()), Ok(Frame::Hello(hello())));
    breaks(&mut page, Frame::Fin(StreamId(1)), Reason::OUT_OF_ORDER);
    assert_eq!(page.open(Target::new("a", 1)), Err(OpenError::SessionOver));
}

#[test]
fn each_end_has_its_frames() {
    let id = StreamId(1);
    breaks(&mut Pair::new().relay, Frame::Welcome(welcome()), Reason::WRONG_DIRECTION);
    breaks(&mut Pair::new().relay, Frame::Opened(id, info()), Reason::WRONG_DIRECTION);
    breaks(&mut Pair::new().page, Frame::Hello(hello()), Reason::WRONG_DIRECTION);
    breaks(&mut Pair::new().page, Frame::Open(id, Target::new("a", 1)), Reason::WRONG_DIRECTION);
    assert_eq!(Pair::new().relay.open(Target::new("a", 1)), Err(OpenError::NotThePage));
}

#[test]
fn numbers_of_streams_are_odd_and_rise() {
    let open = |id| Frame::Open(StreamId(id), Target::new("a", 1));
    let mut pair = Pair::new();
    pair.open();
    breaks(&mut pair.relay, open(1), Reason::STREAM_REUSED);
    breaks(&mut Pair::new().relay, open(2), Reason::STREAM_REUSED);
    breaks(&mut Pair::new().relay, Frame::Fin(StreamId(1)), Reason::UNKNOWN_STREAM);
    breaks(&mut Pair::new().page, Frame::Data(StreamId(9), b"x"), Reason::UNKNOWN_STREAM);
    breaks(&mut Pair::new().relay, Frame::Window(StreamId(2), 1), Reason::UNKNOWN_STREAM);
}

#[test]
fn nothing_comes_after_the_end() {
    let ends = [Frame::Fin(StreamId(1)), Frame::Reset(StreamId(1), cancel())];
    for end in &ends {
        for late in [Frame::Data(StreamId(1), b"x"), Frame::Fin(StreamId(1))] {
            let mut pair = Pair::new();
            pair.open();
            pair.relay.receive(&end.encode(), NOW).unwrap();
            breaks(&mut pair.relay, late, Reason::AFTER_THE_END);
        }
    }
}

#[test]
fn nothing_comes_before_opened() {
    for early in
        [Frame::Data(StreamId(1), b"x"), Frame::Fin(StreamId(1)), Frame::Window(StreamId(1), 1)]
    {
        let mut pair = Pair::new();
        pair.page.open(Target::new("a", 1)).unwrap();
        pair.settle();
        breaks(&mut pair.relay, early.clone(), Reason::OUT_OF_ORDER);
        breaks(&mut pair.page, early, Reason::OUT_OF_ORDER);
    }
    let mut pair = Pair::new();
    let id = pair.open();
    breaks(&mut pair.page, Frame::Opened(id, info()), Reason::OUT_OF_ORDER);
}

#[test]
fn credit_is_neither_overrun_nor_overflown() {
    let mut pair = Pair::new();
    let id = pair.page.open(Target { window: 10, ..Target::new("a", 1) }).unwrap();
    pair.settle();
    pair.relay.poll_event();
    assert!(pair.relay.opened(id, info()));
    pair.settle();
    assert_eq!(pair.relay.send(id, &[7; 30]), 10);
    assert_eq!(pair.relay.room(id), 0);
    pair.settle();
    breaks(&mut pair.page, Frame::Data(id, b"x"), Reason::CREDIT_OVERRUN);

    let mut pair = Pair::new();
    let id = pair.open();
    breaks(&mut pair.relay, Frame::Window(id, MAX_WINDOW), Reason::CREDIT_OVERFLOW);
}

#[test]
fn a_pong_answers_a_ping() {
    let mut pair = Pair::new();
    assert!(pair.page.ping(pair.now));
    pair.now = Duration::from_millis(3);
    pair.settle();
    assert_eq!(events(&mut pair.page), [Event::Pong(Duration::from_millis(3))]);
    assert!((0..MAX_PINGS).all(|_| pair.page.ping(NOW)));
    assert!(!pair.page.ping(NOW));
    breaks(&mut pair.relay, Frame::Pong(0), Reason::UNASKED_PONG);
    breaks(&mut pair.page, Frame::Pong(99), Reason::UNASKED_PONG);
}

#[test]
fn who_does_not_read_cannot_make_answers_pile_up() {
    let mut relay = Pair::new().relay;
    let ping = Frame::Ping(0).encode();
    let violation = std::iter::repeat_with(|| relay.receive(&ping, NOW))
        .take(MAX_WAITING_CONTROL + 1)
        .find_map(Result::err)
        .unwrap();
    assert_eq!(violation.reason, Reason::NOT_READING);
}

#[test]
fn unknown_frames_with_the_high_bit_are_ignored() {
    let mut pair = Pair::new();
    assert_eq!(pair.relay.receive(&[0x80, 0, 0, 0, 0, 1, 2, 3], NOW), Ok(()));
    let violation = pair.relay.receive(&[0x7f, 0, 0, 0, 0], NOW).unwrap_err();
    assert_eq!(violation.reason, Reason::UNKNOWN_FRAME);
}

#[test]
fn streams_over_the_limit_are_refused_and_their_numbers_stay_used() {
    let mut pair = Pair::strangers(1);
    pair.settle();
    pair.relay.poll_event();
    pair.page.poll_event();
    let first = pair.page.open(Target::new("a", 1)).unwrap();
    let limit = OpenError::TooManyStreams { limit: 1 };
    assert_eq!(pair.page.open(Target::new("a", 1)), Err(limit));
    pair.settle();
    // A page that does not count is told so, stream by stream.
    let open = Frame::Open(StreamId(3), Target::new("a", 1)).encode();
    pair.relay.receive(&open, NOW).unwrap();
    let refusal = pair.relay.poll_message(NOW).unwrap();
    let Ok(Frame::Reset(StreamId(3), reset)) = Frame::decode(&refusal) else { panic!("no RESET") };
    assert_eq!(reset.reason, Reason::TOO_MANY_STREAMS);
    let answer = Frame::Reset(StreamId(3), cancel()).encode();
    assert_eq!(pair.relay.receive(&answer, NOW), Ok(()));
    // The first one is not touched, and a new one may follow it.
    pair.page.abort(first, cancel());
    pair.settle();
    assert_eq!(events(&mut pair.relay).len(), 2);
    assert_eq!((pair.page.streams(), pair.relay.streams()), (0, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_messages_are_taken_or_end_the_session(
        messages in vec(plausible(), 0..60), page in any::<bool>()
    ) {
        let mut pair = Pair::new();
        pair.open();
        pair.listen(2);
        pair.udp();
        let mux = pair.end(page);
        let mut over = false;
        for message in messages {
            match mux.receive(&message, NOW) {
                Ok(()) => {}
                Err(_) => { prop_assert!(!over); over = true; }
            }
            match mux.poll_event() {
                Some(Event::OpenRequested(id, _)) if mux.opened(id, info()) => {
                    mux.send(id, b"hello");
                    mux.finish(id);
                }
                Some(Event::ListenRequested(id, _)) => {
                    let _ = mux.listening(id, listening());
                    mux.incoming(incoming(id));
                }
                Some(Event::UdpRequested(id, bind)) => {
                    let _ = mux.udp_bound(id, UdpInfo { local: there(), window: bind.window });
                    let _ = mux.datagram(id, there(), b"hello");
                }
                Some(Event::Incoming(id, _)) => {
                    let _ = mux.accept(id, 10);
                }
                _ => {}
            }
            while let Some(message) = mux.poll_message(NOW) {
                prop_assert!(Frame::decode(&message).is_ok());
            }
            prop_assert!(mux.streams() <= 8);
            let most = 8 + MAX_LISTENERS + MAX_UDP_SOCKETS + MAX_LOOKUPS;
            prop_assert!(mux.sockets() <= most);
        }
    }
}

/// Messages that get past the decoder more often than random bytes do.
fn plausible() -> impl Strategy<Value = Vec<u8>> {
    let codes = Kind::ALL.iter().map(|kind| *kind as u8).collect::<Vec<_>>();
    let code = prop_oneof![8 => prop::sample::select(codes), 1 => any::<u8>()];
    let open = (0u32..9).prop_map(|id| Frame::Open(StreamId(id), Target::new("a", 1)).encode());
    let reset = (0u32..9).prop_map(|id| Frame::Reset(StreamId(id), cancel()).encode());
    let asks = (0u32..17).prop_flat_map(|id| {
        let id = StreamId(id);
        let at = BindAt::Address(LOOPBACK);
        let query = Query { host: "a".to_owned(), family: Family::Any };
        prop::sample::select(vec![
            Frame::Listen(id, Listen::new(at)).encode(),
            Frame::UdpBind(id, UdpBind::new(at)).encode(),
            Frame::Resolve(id, query).encode(),
            Frame::Incoming(id, incoming(StreamId(3))).encode(),
            Frame::Datagram(id, there(), b"x").encode(),
        ])
    });
    let any = (code, 0u32..9, vec(any::<u8>(), 0..12))
        .prop_map(|(code, id, rest)| [vec![code], id.to_be_bytes().to_vec(), rest].concat());
    prop_oneof![1 => open, 1 => reset, 2 => asks, 4 => any]
}

fn cancel() -> Reset {
    Reset::new(Reason::CANCELLED, Phase::Local)
}
