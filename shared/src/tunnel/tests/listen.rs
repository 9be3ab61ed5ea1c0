//! Listeners: what they get, in any order of taking, refusing, speaking and closing.

use proptest::collection::vec;
use proptest::prelude::*;

use super::pair::*;
use crate::tunnel::*;

fn cancel() -> Reset {
    Reset::new(Reason::CANCELLED, Phase::Local)
}

#[test]
fn a_connection_that_is_taken_is_a_stream_like_any_other() {
    let mut pair = Pair::new();
    let listener = pair.listen(2);
    let id = pair.relay.incoming(incoming(listener)).unwrap();
    pair.settle();
    assert_eq!(events(&mut pair.page), [Event::Incoming(id, incoming(listener))]);
    // Nothing moves before it is taken.
    assert_eq!((pair.relay.room(id), pair.page.room(id)), (0, 0));
    assert!(pair.page.accept(id, 1000));
    assert!(!pair.page.accept(id, 1000), "once");
    assert_eq!(pair.page.send(id, b"hello"), 5);
    pair.settle();
    assert_eq!(events(&mut pair.relay), [Event::Data(id, b"hello".to_vec())]);
    assert_eq!(pair.relay.send(id, &[1; 2000]), 1000);
    pair.relay.finish(id);
    pair.page.finish(id);
    pair.settle();
    assert_eq!(events(&mut pair.relay), [Event::Fin(id)]);
    assert_eq!(events(&mut pair.page), [Event::Data(id, vec![1; 1000]), Event::Fin(id)]);
    assert_eq!((pair.page.streams(), pair.relay.streams()), (0, 0));
    // The listener goes on.
    assert_eq!(pair.relay.incoming(incoming(listener)), Some(StreamId(4)));
}

#[test]
fn a_refused_connection_is_reset_and_makes_room() {
    let mut pair = Pair::new();
    let listener = pair.listen(1);
    let id = pair.relay.incoming(incoming(listener)).unwrap();
    pair.settle();
    events(&mut pair.page);
    pair.page.abort(id, cancel());
    pair.settle();
    assert_eq!(events(&mut pair.relay), [Event::Reset(id, cancel())]);
    assert!(pair.relay.has_room_at(listener));
    assert_eq!(pair.page.streams(), 0);
}

#[test]
fn what_waits_is_refused_when_the_page_closes_its_listener() {
    let mut pair = Pair::new();
    let listener = pair.listen(3);
    let [taken, waiting] = [0; 2].map(|_| pair.relay.incoming(incoming(listener)).unwrap());
    pair.settle();
    events(&mut pair.page);
    assert!(pair.page.accept(taken, 100));
    // This one crosses the close.
    let crossing = pair.relay.incoming(incoming(listener)).unwrap();
    pair.page.abort(listener, cancel());
    pair.settle();
    assert_eq!(events(&mut pair.page), []);
    let told = events(&mut pair.relay);
    for id in [listener, waiting, crossing] {
        assert!(told.contains(&Event::Reset(id, cancel())), "{told:?}");
    }
    assert_eq!(told.len(), 3);
    assert_eq!(pair.relay.incoming(incoming(listener)), None);
    assert_eq!((pair.page.sockets(), pair.relay.sockets()), (1, 1), "what was taken goes on");
}

#[test]
fn what_a_listener_got_is_told_before_its_end_and_may_still_be_taken() {
    let mut pair = Pair::new();
    let id = pair.page.listen(Listen::new(BindAt::Address(LOOPBACK))).unwrap();
    pair.settle();
    pair.relay.poll_event();
    assert!(pair.relay.listening(id, listening()));
    let stream = pair.relay.incoming(incoming(id)).unwrap();
    let served = Reset::new(Reason::SERVED, Phase::Local);
    pair.relay.reset(id, served.clone());
    pair.settle();
    let told = [
        Event::Listening(id, listening()),
        Event::Incoming(stream, incoming(id)),
        Event::Reset(id, served),
    ];
    assert_eq!(events(&mut pair.page), told);
    assert!(pair.page.accept(stream, 10));
    pair.settle();
    assert_eq!(pair.relay.room(stream), 10);
}

#[test]
fn a_refusal_is_a_reset_before_listening() {
    let mut pair = Pair::new();
    let id = pair.page.listen(Listen::new(BindAt::Address(LOOPBACK))).unwrap();
    pair.settle();
    pair.relay.poll_event();
    let refusal = Reset { errno: 98, ..Reset::new(Reason::ADDRESS_IN_USE, Phase::Bind) };
    pair.relay.reset(id, refusal.clone());
    pair.settle();
    assert_eq!(events(&mut pair.page), [Event::Reset(id, refusal)]);
    // A page that gives up first is not answered with a listener.
    let id = pair.page.listen(Listen::new(BindAt::Address(LOOPBACK))).unwrap();
    pair.settle();
    pair.page.abort(id, cancel());
    pair.settle();
    assert!(!pair.relay.listening(id, listening()));
    assert_eq!(events(&mut pair.relay).len(), 2);
    assert_eq!((pair.page.sockets(), pair.relay.sockets()), (0, 0));
}

#[test]
fn streams_of_both_kinds_share_one_limit() {
    let mut pair = Pair::new();
    let listener = pair.listen(MAX_BACKLOG);
    for _ in 0..8 {
        assert!(pair.relay.incoming(incoming(listener)).is_some());
    }
    assert_eq!(pair.relay.incoming(incoming(listener)), None, "Pair allows eight");
    pair.settle();
    assert!(pair.page.open(Target::new("a", 1)).is_err());
}

#[derive(Clone, Debug)]
enum Step {
    Listen,
    Get(usize),
    Expire(usize),
    Close(usize),
    Take(usize),
    Refuse(usize),
    /// The relay's socket was reset by its peer.
    Break(usize),
    Speak(bool, usize),
    Finish(bool, usize),
    Emit(bool),
    Arrive(bool),
    Hear(bool),
}

fn step() -> impl Strategy<Value = Step> {
    let (listener, stream, side) = (|| 0usize..3, || 0usize..12, any::<bool>);
    prop_oneof![
        2 => Just(Step::Listen),
        4 => listener().prop_map(Step::Get),
        1 => listener().prop_map(Step::Expire),
        1 => listener().prop_map(Step::Close),
        4 => stream().prop_map(Step::Take),
        1 => stream().prop_map(Step::Refuse),
        1 => stream().prop_map(Step::Break),
        3 => (side(), stream()).prop_map(|(page, at)| Step::Speak(page, at)),
        2 => (side(), stream()).prop_map(|(page, at)| Step::Finish(page, at)),
        8 => side().prop_map(Step::Emit),
        8 => side().prop_map(Step::Arrive),
        8 => side().prop_map(Step::Hear),
    ]
}

/// What was asked, told and done, by number.
#[derive(Default)]
struct Model {
    listeners: Vec<StreamId>,
    /// Connections that the relay got.
    got: Vec<StreamId>,
    told: Vec<StreamId>,
    /// Sent on a stream by the page, by the relay; heard likewise at the other end.
    sent: std::collections::BTreeMap<(StreamId, bool), usize>,
    heard: std::collections::BTreeMap<(StreamId, bool), usize>,
    ended: std::collections::BTreeSet<StreamId>,
}

impl Model {
    fn hear(&mut self, pair: &mut Pair, page: bool) -> bool {
        let Some(event) = pair.end(page).poll_event() else { return false };
        match event {
            Event::ListenRequested(id, _) => {
                let info = ListeningInfo { backlog: 2, ..listening() };
                let _ = pair.relay.listening(id, info);
            }
            Event::Listening(id, info) => assert!(page && info.backlog == 2, "{id}"),
            Event::Incoming(id, _) => {
                assert!(self.got.contains(&id) && !self.told.contains(&id));
                self.told.push(id);
            }
            Event::Data(id, bytes) => {
                assert!(!page || self.told.contains(&id), "bytes before the connection");
                *self.heard.entry((id, !page)).or_default() += bytes.len();
                pair.end(page).consumed(id, bytes.len());
            }
            Event::Fin(_) | Event::Writable(_) => {}
            Event::Reset(id, _) => {
                self.ended.insert(id);
            }
            other => panic!("{other:?}"),
        }
        true
    }

    fn act(&mut self, pair: &mut Pair, step: Step) {
        let at = |list: &[StreamId], n: usize| list.get(n % list.len().max(1)).copied();
        match step {
            Step::Listen => {
                if self.listeners.len() < MAX_LISTENERS {
                    let listen = Listen::new(BindAt::Address(LOOPBACK));
                    self.listeners.push(pair.page.listen(listen).unwrap());
                }
            }
            Step::Get(n) => {
                let listener = at(&self.listeners, n);
                let info = listener.map(|id| IncomingInfo { window: 300, ..incoming(id) });
                self.got.extend(info.and_then(|info| pair.relay.incoming(info)));
            }
            Step::Expire(n) => {
                if let Some(id) = at(&self.listeners, n) {
                    pair.relay.reset(id, Reset::new(Reason::EXPIRED, Phase::Local));
                }
            }
            Step::Close(n) => {
                if let Some(id) = at(&self.listeners, n) {
                    pair.page.abort(id, cancel());
                }
            }
            Step::Take(n) => {
                if let Some(id) = at(&self.told, n) {
                    let _ = pair.page.accept(id, 200);
                }
            }
            Step::Refuse(n) => {
                if let Some(id) = at(&self.told, n) {
                    self.ended.insert(id);
                    pair.page.abort(id, cancel());
                }
            }
            Step::Break(n) => {
                if let Some(id) = at(&self.got, n) {
                    self.ended.insert(id);
                    pair.relay.reset(id, Reset::new(Reason::PEER_RESET, Phase::Read));
                }
            }
            Step::Speak(page, n) => {
                if let Some(id) = at(if page { &self.told } else { &self.got }, n) {
                    let sent = pair.end(page).send(id, &[5; 120]);
                    *self.sent.entry((id, page)).or_default() += sent;
                }
            }
            Step::Finish(page, n) => {
                if let Some(id) = at(if page { &self.told } else { &self.got }, n) {
                    pair.end(page).finish(id);
                }
            }
            Step::Emit(page) => drop(pair.emit(page)),
            Step::Arrive(page) => drop(pair.arrive(page)),
            Step::Hear(page) => drop(self.hear(pair, page)),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Any order; `Pair::arrive` fails on a violation.
    #[test]
    fn listeners_live_and_die_in_any_order(steps in vec(step(), 0..200)) {
        let (mut pair, mut model) = (Pair::new(), Model::default());
        for step in steps {
            model.act(&mut pair, step);
            for listener in &model.listeners {
                prop_assert!(pair.page.waiting_at(*listener) <= 2);
                prop_assert!(pair.relay.waiting_at(*listener) <= 2);
            }
        }
        loop {
            pair.settle();
            if !(model.hear(&mut pair, true) | model.hear(&mut pair, false)) {
                break;
            }
        }
        // Both ends know the same sockets, and all bytes of those that were not reset are there.
        prop_assert_eq!(pair.page.sockets(), pair.relay.sockets());
        for (key, sent) in &model.sent {
            if !model.ended.contains(&key.0) {
                prop_assert_eq!(model.heard.get(key).copied().unwrap_or(0), *sent);
            }
        }
        // Closed by the page, everything is forgotten at both ends.
        for id in model.listeners.iter().chain(&model.told) {
            pair.page.abort(*id, cancel());
        }
        pair.settle();
        while model.hear(&mut pair, true) | model.hear(&mut pair, false) {}
        pair.settle();
        prop_assert_eq!((pair.page.sockets(), pair.relay.sockets()), (0, 0));
    }
}
