//! One state of a small world, what can happen in it, and what must hold.

use std::collections::VecDeque;
use std::time::Duration;

use super::super::pair::{info, welcome};
use super::plans::{Act, Plan};
use crate::tunnel::channel::What;
use crate::tunnel::pace::Pace;
use crate::tunnel::stream::{Ended, Ledger, Stream};
use crate::tunnel::*;

const PAGE: usize = 0;
const RELAY: usize = 1;

#[derive(Clone, Copy, Debug)]
pub(super) enum Event {
    /// A message goes from this end onto its way.
    Emit(usize),
    /// A message arrives at this end.
    Arrive(usize),
    /// The owner of this end hears what happened.
    Hear(usize),
    /// The owner of this end's stream does the next thing of its plan.
    Act(usize, usize),
    /// The relay has connected.
    Connect(usize),
    Consume(usize, usize),
}

#[derive(Clone, Hash)]
pub(super) struct World {
    muxes: [Mux; 2],
    /// On their way to each end.
    ways: [VecDeque<Vec<u8>>; 2],
    owners: [Vec<Owner>; 2],
    /// The relay has refused to go on.
    broken: bool,
    goodbyes: u8,
}

/// What the owner of one end of one stream knows.
#[derive(Clone, Hash)]
struct Owner {
    /// So many acts are done.
    done: usize,
    /// OPEN was heard, at the relay.
    asked: bool,
    open: bool,
    sent: usize,
    /// Of the current `Send`.
    sent_of_act: usize,
    /// The multiplexer has promised to say when there is room.
    waits: bool,
    told: usize,
    /// Told and not consumed.
    held: usize,
    heard: Ended,
    reset: bool,
}

impl World {
    pub(super) fn new(plan: &Plan) -> World {
        let owner = Owner {
            done: 0,
            asked: false,
            open: false,
            sent: 0,
            sent_of_act: 0,
            waits: false,
            told: 0,
            held: 0,
            heard: Ended::No,
            reset: false,
        };
        let owners = vec![owner; plan.streams.len()];
        let mut world = World {
            muxes: [Mux::page("small"), Mux::relay(Welcome { max_streams: 2, ..welcome() })],
            ways: Default::default(),
            owners: [owners.clone(), owners],
            broken: false,
            goodbyes: 0,
        };
        for end in [PAGE, RELAY] {
            world.happens(Event::Emit(end), plan);
            world.happens(Event::Arrive(1 - end), plan);
        }
        world.muxes.iter_mut().for_each(|mux| assert!(mux.poll_event().is_some(), "a greeting"));
        world.muxes.iter_mut().for_each(|mux| mux.pace = Pace::of(plan.pace));
        for (n, _) in plan.streams.iter().enumerate() {
            let target = Target { window: plan.windows[PAGE], ..Target::new("a", 1) };
            assert_eq!(world.muxes[PAGE].open(target), Ok(id(n)));
        }
        world
    }

    /// Everything that can happen, and what then is.
    pub(super) fn next(&self, plan: &Plan) -> Vec<(Event, World)> {
        let mut events = Vec::new();
        for end in [PAGE, RELAY] {
            events.extend([Event::Emit(end), Event::Arrive(end), Event::Hear(end)]);
            for n in 0..plan.streams.len() {
                events.extend([Event::Act(end, n), Event::Consume(end, n)]);
            }
        }
        events.extend((0..plan.streams.len()).map(Event::Connect));
        let next = events.into_iter().filter_map(|event| {
            let mut world = self.clone();
            world.happens(event, plan).then_some((event, world))
        });
        next.collect()
    }

    /// Tells whether it can.
    pub(super) fn happens(&mut self, event: Event, plan: &Plan) -> bool {
        match event {
            Event::Emit(end) => {
                let message = self.muxes[end].poll_message(Duration::ZERO);
                let some = message.is_some();
                self.ways[1 - end].extend(message);
                some
            }
            Event::Arrive(end) => self.arrive(end),
            Event::Hear(end) => self.hear(end),
            Event::Act(end, n) => self.act(end, n, plan),
            Event::Connect(n) => {
                let owner = &mut self.owners[RELAY][n];
                let refuses = plan.streams[n][RELAY].first() == Some(&Act::Refuse);
                if !owner.asked || owner.open || owner.heard == Ended::Reset || refuses {
                    return false;
                }
                let window = plan.windows[RELAY];
                owner.open = self.muxes[RELAY].opened(id(n), OpenedInfo { window, ..info() });
                // RESET has come, and will be heard.
                owner.open || { std::mem::take(&mut owner.asked) }
            }
            Event::Consume(end, n) => {
                let owner = &mut self.owners[end][n];
                let octets = owner.held.min(plan.sip);
                owner.held -= octets;
                self.muxes[end].consumed(id(n), octets);
                octets > 0
            }
        }
    }

    fn arrive(&mut self, end: usize) -> bool {
        let Some(message) = self.ways[end].pop_front() else { return false };
        if let Err(violation) = self.muxes[end].receive(&message, Duration::ZERO) {
            let overrun = matches!(Frame::decode(&message), Ok(Frame::Data(_, octets))
                if octets.contains(&WRONG));
            assert!(overrun && !self.broken, "an end broke a rule: {violation}");
            let reasons = [Reason::CREDIT_OVERRUN, Reason::AFTER_THE_END, Reason::OUT_OF_ORDER];
            assert!(reasons.contains(&violation.reason), "{violation}");
            self.broken = true;
        }
        true
    }

    fn hear(&mut self, end: usize) -> bool {
        let Some(event) = self.muxes[end].poll_event() else { return false };
        let owners = &mut self.owners[end];
        match event {
            crate::tunnel::Event::OpenRequested(id, _) => owners[number(id)].asked = true,
            crate::tunnel::Event::Opened(id, _) => owners[number(id)].open = true,
            crate::tunnel::Event::Data(id, octets) => {
                let owner = &mut owners[number(id)];
                assert!(owner.heard == Ended::No && !owner.reset, "octets after the end");
                for (at, one) in octets.iter().enumerate() {
                    assert_eq!(*one, octet(owner.told + at), "not what was sent");
                }
                owner.told += octets.len();
                owner.held += octets.len();
                let sent = self.owners[1 - end][number(id)].sent;
                assert!(self.owners[end][number(id)].told <= sent, "more than was sent");
            }
            crate::tunnel::Event::Fin(id) => {
                let sent = self.owners[1 - end][number(id)].sent;
                let owner = &mut self.owners[end][number(id)];
                assert_eq!((owner.heard, owner.told), (Ended::No, sent), "FIN before its time");
                owner.heard = Ended::Fin;
            }
            crate::tunnel::Event::Reset(id, _) => {
                let owner = &mut owners[number(id)];
                assert!(owner.heard != Ended::Reset && !owner.reset, "RESET twice");
                owner.heard = Ended::Reset;
            }
            crate::tunnel::Event::Writable(id) => {
                let owner = &mut owners[number(id)];
                assert!(std::mem::take(&mut owner.waits), "Writable, and nobody waits");
            }
            crate::tunnel::Event::Goaway(goaway) => {
                assert!(self.broken && end == PAGE, "{goaway:?}");
                self.goodbyes += 1;
            }
            other => panic!("{other:?}"),
        }
        true
    }

    fn act(&mut self, end: usize, n: usize, plan: &Plan) -> bool {
        let owner = &mut self.owners[end][n];
        let over = owner.reset || owner.heard == Ended::Reset || self.muxes[end].is_over();
        // The relay does nothing with a stream that it has not connected.
        let Some(act) = plan.streams[n][end].get(owner.done).filter(|_| !over) else {
            return false;
        };
        if end == RELAY && !owner.open && !(owner.asked && *act == Act::Refuse) {
            return false;
        }
        let cancel = Reset::new(Reason::CANCELLED, Phase::Local);
        match act {
            Act::Send(length) => {
                if !owner.open || owner.waits {
                    return false;
                }
                let left = length - owner.sent_of_act;
                let octets: Vec<u8> = (owner.sent..owner.sent + left).map(octet).collect();
                let sent = self.muxes[end].send(id(n), &octets);
                // A RESET that was not heard yet takes all room away, for good.
                owner.sent += sent;
                owner.sent_of_act += sent;
                owner.waits = sent < left;
                if owner.waits {
                    return true;
                }
                owner.sent_of_act = 0;
                // A full stream promises to tell, too.
                owner.waits = self.muxes[end].room(id(n)) == 0;
            }
            Act::Fin => self.muxes[end].finish(id(n)),
            Act::Reset | Act::Abort | Act::Refuse => {
                (owner.reset, owner.held) = (true, 0);
                match act {
                    Act::Abort => self.muxes[end].abort(id(n), cancel),
                    _ => self.muxes[end].reset(id(n), cancel),
                }
            }
            Act::Overrun => {
                let octets = vec![WRONG; plan.windows[1 - end] as usize + 1];
                self.ways[1 - end].push_back(Frame::Data(id(n), &octets).encode());
            }
        }
        self.owners[end][n].done += 1;
        true
    }

    /// What holds in every state.
    pub(super) fn check(&self, plan: &Plan) {
        if self.broken {
            let muxes = &self.muxes;
            assert!(muxes[RELAY].is_over(), "a broken rule ends the session");
            assert_eq!(muxes[RELAY].sockets(), 0, "and every stream with it");
            return;
        }
        for mux in &self.muxes {
            // OPEN, OPENED or RESET, its answer, and one WINDOW for each octet of the plan.
            assert!(mux.control.len() <= 16, "{} frames wait", mux.control.len());
            for (id, channel) in &mux.channels {
                assert!(channel.in_turns || !channel.wants_turn(), "{id} never gets its turn");
                assert!(channel.in_news || !channel.has_news(), "{id} is never told");
            }
        }
        for n in 0..plan.streams.len() {
            for end in [PAGE, RELAY] {
                self.check_books(end, n, plan);
            }
        }
    }

    /// Credit from the `end` that grants it: each octet of the window is in one place.
    fn check_books(&self, end: usize, n: usize, plan: &Plan) {
        let (Some(granting), Some(sending)) = (self.stream(end, n), self.stream(1 - end, n)) else {
            return;
        };
        let (to, from) = (granting.ledger(), sending.ledger());
        let Ledger { window, granted, waiting, told, owed, .. } = to;
        assert!(granted + waiting + told + owed <= window, "more than the window: {to:?}");
        assert!(from.credit + from.queued <= plan.windows[end] as usize, "credit out of nothing");
        let reset = [granting, sending].iter().any(|stream| {
            stream.said == Ended::Reset || stream.heard == Ended::Reset || stream.ledger().deaf
        });
        if reset || !from.open || !to.open && end == RELAY {
            return;
        }
        assert_eq!(granted + waiting + told + owed, window, "{to:?}");
        let frames = |way: usize| self.ways[way].iter().map(|message| Frame::decode(message));
        let flying = frames(end).filter_map(|frame| match frame {
            Ok(Frame::Data(of, octets)) if of == id(n) && !octets.contains(&WRONG) => {
                Some(octets.len())
            }
            _ => None,
        });
        let waits = self.muxes[end].control.iter().map(|message| Frame::decode(message));
        let returning = frames(1 - end).chain(waits).filter_map(|frame| match frame {
            Ok(Frame::Window(of, octets)) if of == id(n) => Some(octets as usize),
            _ => None,
        });
        let (flying, returning): (usize, usize) = (flying.sum(), returning.sum());
        // OPENED was said and not yet heard: its window is on its way as a whole.
        assert_eq!(granted, from.credit + from.queued + flying + returning, "{to:?} {from:?}");
    }

    /// What holds where nothing can happen any more.
    pub(super) fn check_end(&self, plan: &Plan) {
        if self.broken {
            assert!(self.muxes[PAGE].is_over() && self.goodbyes == 1, "the page was not told");
            return;
        }
        for (n, plans) in plan.streams.iter().enumerate() {
            let gave_up = |end: usize| self.owners[end][n].reset;
            for end in [PAGE, RELAY] {
                let (from, to) = (&self.owners[end][n], &self.owners[1 - end][n]);
                let cut = from.heard == Ended::Reset || from.reset;
                assert!(cut || from.done == plans[end].len(), "deadlock: end {end} waits for ever");
                if !gave_up(PAGE) && !gave_up(RELAY) {
                    assert_eq!(to.told, from.sent, "octets were lost");
                    let fin = plans[end].contains(&Act::Fin);
                    assert_eq!(to.heard == Ended::Fin, fin, "FIN was lost");
                }
                if gave_up(end) && !gave_up(1 - end) {
                    assert_ne!(to.heard, Ended::No, "nobody was told of the end");
                    let in_order = !plans[end][..from.done].contains(&Act::Abort);
                    assert!(!in_order || to.told == from.sent, "octets before RESET were lost");
                }
            }
            let ended = gave_up(PAGE)
                || gave_up(RELAY)
                || plans.iter().all(|plan| plan.contains(&Act::Fin));
            for end in [PAGE, RELAY] {
                assert_eq!(self.stream(end, n).is_none(), ended, "{} at end {end}", id(n));
            }
        }
    }

    fn stream(&self, end: usize, n: usize) -> Option<&Stream> {
        match &self.muxes[end].channels.get(&id(n))?.what {
            What::Stream(stream) => Some(stream),
            _ => None,
        }
    }
}

fn id(n: usize) -> StreamId {
    StreamId(2 * n as u32 + 1)
}

fn number(id: StreamId) -> usize {
    id.0 as usize / 2
}

/// What no owner sends.
const WRONG: u8 = 0xff;

/// The octet at a place of a stream: another one than its neighbours, and than 16 KiB away.
fn octet(at: usize) -> u8 {
    (at % 251) as u8
}
