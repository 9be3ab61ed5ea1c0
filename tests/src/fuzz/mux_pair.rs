//! Both ends of the tunnel against each other, with messages that take their time.
//!
//! Three octets for each step: what happens, at which end, and to which stream or how much.
//! Whatever happens, neither end breaks a rule, and what arrives is what was sent.

use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};

use shared::tunnel::*;

use super::mux_alone::{listening, opened, there, welcome};
use super::records::Octets;

/// Steps after which everything that waits at either end is taken.
const TAKEN: usize = 256;

pub fn mux_pair(octets: &[u8]) {
    let mut octets = Octets(octets);
    let mut pair = Pair::new();
    let mut steps = 0_usize;
    while !octets.is_empty() {
        let (what, which) = (octets.octet(), octets.small());
        pair.does(what, which, octets.small());
        // An end from which nothing is taken for a thousand steps counts what it asks as answers, and blames the other.
        steps += 1;
        if steps.is_multiple_of(TAKEN) {
            while pair.emit(0) | pair.emit(1) {}
        }
    }
    pair.calm();
    pair.check_end();
}

/// One direction of one stream, as its owners know it.
#[derive(Default)]
struct Flow {
    sent: usize,
    finished: bool,
    /// Reset after what was sent, or at once.
    reset: bool,
    told: usize,
    owed: usize,
    fin_told: bool,
    reset_told: bool,
}

#[derive(Default)]
struct End {
    /// Numbers that the owner has heard of and not given up.
    streams: Vec<StreamId>,
    /// To be answered by the relay.
    asked: VecDeque<Event>,
    /// To be taken or refused by the page.
    incoming: VecDeque<StreamId>,
    listeners: Vec<StreamId>,
    udps: Vec<StreamId>,
    datagrams: VecDeque<(StreamId, usize)>,
}

struct Pair {
    muxes: [Mux; 2],
    ends: [End; 2],
    /// Messages on their way to the page (0) and to the relay (1).
    ways: [VecDeque<Vec<u8>>; 2],
    /// By the end that sends and the stream.
    flows: BTreeMap<(usize, StreamId), Flow>,
    windows: BTreeMap<StreamId, [usize; 2]>,
    datagrams_sent: BTreeMap<(usize, StreamId), u32>,
    datagrams_told: BTreeMap<(usize, StreamId), u32>,
    closed: Vec<StreamId>,
}

impl Pair {
    fn new() -> Pair {
        let mut pair = Pair {
            muxes: [Mux::page("fuzz"), Mux::relay(welcome())],
            ends: Default::default(),
            ways: Default::default(),
            flows: BTreeMap::new(),
            windows: BTreeMap::new(),
            datagrams_sent: BTreeMap::new(),
            datagrams_told: BTreeMap::new(),
            closed: Vec::new(),
        };
        pair.calm();
        pair
    }

    fn does(&mut self, what: u8, which: usize, much: usize) {
        let end = which & 1;
        let id = self.ends[end].streams.get((which >> 1) % 8).copied();
        let cancel = || Reset::new(Reason::CANCELLED, Phase::Local);
        match (what % 20, id) {
            (0, _) => {
                let window = 1 + much as u32 * 8;
                if let Ok(id) = self.muxes[0].open(Target { window, ..Target::new("a", 1) }) {
                    self.windows.insert(id, [window as usize, 0]);
                }
            }
            (1, _) => self.relay_answers(which, much),
            (2, Some(id)) => self.send(end, id, much * 16),
            (3, Some(id)) => {
                self.flow(end, id).finished = true;
                self.muxes[end].finish(id);
            }
            (4, Some(id)) | (5, Some(id)) => {
                self.flow(end, id).reset = true;
                match what % 20 {
                    4 => self.muxes[end].reset(id, cancel()),
                    _ => self.muxes[end].abort(id, cancel()),
                }
                self.ends[end].streams.retain(|known| *known != id);
            }
            (6..=8, _) => {
                self.emit(end);
            }
            (9..=11, _) => {
                self.arrive(end);
            }
            (12 | 13, _) => {
                self.hear(end);
            }
            (14, Some(id)) => self.consume(end, id, much + 1),
            // Seldom, because little happens afterwards.
            (15, _) if end == 1 && much == 0 => self.muxes[1].drain(Duration::ZERO),
            (15, _) => {
                self.muxes[end].ping(Duration::ZERO);
            }
            (16, _) => {
                let _ = self.muxes[0].listen(Listen::new(BindAt::Address(there().ip())));
                let _ = self.muxes[0].resolve(Query { host: "a".into(), family: Family::Any });
            }
            (17, _) => self.connects(which, much),
            (18, _) => self.datagram(end, which, much),
            (19, _) => self.closes(end, which),
            _ => {}
        }
    }

    /// Somebody connects to a listener, or the page takes or refuses who did.
    fn connects(&mut self, which: usize, much: usize) {
        let window = 1 + much as u32;
        if which & 1 == 1 {
            let Some(listener) = self.ends[1].listeners.get((which >> 1) % 4).copied() else {
                return;
            };
            let (local, peer) = (there(), there());
            let info = IncomingInfo { listener, local, peer, window };
            if let Some(id) = self.muxes[1].incoming(info) {
                self.windows.insert(id, [0, window as usize]);
                self.ends[1].streams.push(id);
            }
        } else if let Some(id) = self.ends[0].incoming.pop_front() {
            if which & 2 == 0 && self.muxes[0].accept(id, window) {
                self.windows.entry(id).or_default()[0] = window as usize;
                self.ends[0].streams.push(id);
            } else {
                self.flow(0, id).reset = true;
                self.muxes[0].abort(id, Reset::new(Reason::CANCELLED, Phase::Local));
            }
        }
    }

    fn datagram(&mut self, end: usize, which: usize, much: usize) {
        if end == 0 && self.ends[0].udps.is_empty() {
            let _ = self.muxes[0].udp_bind(UdpBind::new(BindAt::Address(there().ip())));
            return;
        }
        let Some(id) = self.ends[end].udps.get((which >> 1) % 4).copied() else { return };
        let number = self.datagrams_sent.entry((end, id)).or_default();
        let mut octets = number.to_be_bytes().to_vec();
        octets.resize(4 + much * 250, 0);
        match self.muxes[end].datagram(id, there(), &octets) {
            Ok(()) => *number += 1,
            // At the relay it is counted where it would stand.
            Err(DatagramError::NoRoom) if end == 1 => *number += 1,
            Err(_) => {}
        }
    }

    fn closes(&mut self, end: usize, which: usize) {
        let both = [&self.ends[end].listeners[..], &self.ends[end].udps].concat();
        let Some(id) = both.get((which >> 1) % 8).copied() else { return };
        self.muxes[end].reset(id, Reset::new(Reason::DONE, Phase::Local));
        self.ends[end].listeners.retain(|known| *known != id);
        self.ends[end].udps.retain(|known| *known != id);
        self.closed.push(id);
    }

    fn relay_answers(&mut self, which: usize, much: usize) {
        let window = 1 + much as u32 * 8;
        let Some(asked) = self.ends[1].asked.pop_front() else { return };
        let refuses = which & 6 == 6;
        let refusal = Reset::new(Reason::REFUSED, Phase::Connect);
        match asked {
            Event::OpenRequested(id, _) if !refuses => {
                self.windows.entry(id).or_default()[1] = window as usize;
                if self.muxes[1].opened(id, opened(window)) {
                    self.ends[1].streams.push(id);
                }
            }
            Event::OpenRequested(id, _) => {
                self.flow(1, id).reset = true;
                self.muxes[1].reset(id, refusal);
            }
            Event::ListenRequested(id, _) if !refuses => {
                if self.muxes[1].listening(id, listening()) {
                    self.ends[1].listeners.push(id);
                }
            }
            Event::UdpRequested(id, _) if !refuses => {
                if self.muxes[1].udp_bound(id, UdpInfo { local: there(), window }) {
                    self.ends[1].udps.push(id);
                }
            }
            Event::ResolveRequested(id, _) if !refuses => {
                let addresses = vec![there().ip()];
                self.muxes[1].resolved(id, ResolvedInfo { took: Duration::ZERO, addresses });
            }
            Event::ListenRequested(id, _)
            | Event::UdpRequested(id, _)
            | Event::ResolveRequested(id, _) => self.muxes[1].reset(id, refusal),
            other => panic!("the relay was not asked {other:?}"),
        }
    }

    fn send(&mut self, end: usize, id: StreamId, length: usize) {
        let from = self.flow(end, id).sent;
        let octets: Vec<u8> = (from..from + length).map(octet).collect();
        let room = self.muxes[end].room(id);
        let accepted = self.muxes[end].send(id, &octets);
        assert_eq!(accepted, room.min(length));
        let flow = self.flow(end, id);
        assert!(accepted == 0 || !(flow.finished || flow.reset), "sent after the end");
        flow.sent += accepted;
    }

    fn consume(&mut self, end: usize, id: StreamId, most: usize) {
        let owed = &mut self.flow(1 - end, id).owed;
        let octets = most.min(*owed);
        *owed -= octets;
        self.muxes[end].consumed(id, octets);
    }

    fn emit(&mut self, end: usize) -> bool {
        let message = self.muxes[end].poll_message(Duration::ZERO);
        let some = message.is_some();
        self.ways[1 - end].extend(message);
        some
    }

    fn arrive(&mut self, end: usize) -> bool {
        let Some(message) = self.ways[end].pop_front() else { return false };
        match self.muxes[end].receive(&message, Duration::ZERO) {
            Ok(()) => true,
            Err(violation) => panic!("an end broke a rule: {violation}"),
        }
    }

    fn hear(&mut self, end: usize) -> bool {
        let Some(event) = self.muxes[end].poll_event() else { return false };
        match event {
            Event::Opened(id, info) => {
                assert_eq!(info.window as usize, self.windows[&id][1]);
                self.ends[0].streams.push(id);
            }
            Event::Data(id, octets) => {
                let window = self.windows[&id][end];
                let flow = self.flow(1 - end, id);
                assert!(!flow.fin_told && !flow.reset_told, "octets after the end");
                for (at, one) in octets.iter().enumerate() {
                    assert_eq!(*one, octet(flow.told + at), "octets out of order");
                }
                flow.told += octets.len();
                flow.owed += octets.len();
                assert!(flow.told <= flow.sent);
                assert!(flow.owed <= window, "{} told, the window is {window}", flow.owed);
            }
            Event::Fin(id) => {
                let flow = self.flow(1 - end, id);
                assert!(flow.finished && !flow.fin_told && !flow.reset_told);
                assert_eq!(flow.told, flow.sent, "FIN before the octets");
                flow.fin_told = true;
            }
            Event::Reset(id, _) => {
                let flow = self.flow(1 - end, id);
                assert!(!flow.reset_told, "a second RESET");
                flow.reset_told = true;
                let known = &mut self.ends[end];
                known.streams.retain(|stream| *stream != id);
                known.listeners.retain(|listener| *listener != id);
                known.udps.retain(|udp| *udp != id);
                known.incoming.retain(|incoming| *incoming != id);
                self.closed.push(id);
            }
            Event::Listening(id, _) => self.ends[0].listeners.push(id),
            Event::UdpBound(id, _) => self.ends[0].udps.push(id),
            Event::Incoming(id, _) => self.ends[0].incoming.push_back(id),
            Event::Datagram(id, _, octets) => {
                let number = self.datagrams_told.entry((1 - end, id)).or_default();
                let carried: [u8; 4] = octets[..4].try_into().expect("four octets");
                assert_eq!(u32::from_be_bytes(carried), *number, "datagrams out of order");
                *number += 1;
                self.ends[end].datagrams.push_back((id, octets.len()));
            }
            Event::Dropped(id, count) => {
                *self.datagrams_told.entry((1 - end, id)).or_default() += count;
            }
            Event::OpenRequested(..)
            | Event::ListenRequested(..)
            | Event::UdpRequested(..)
            | Event::ResolveRequested(..) => self.ends[1].asked.push_back(event),
            Event::Goaway(goaway) => panic!("nobody said {goaway:?}"),
            Event::Hello(_) | Event::Welcome(_) | Event::Pong(_) | Event::Draining(_) => {}
            Event::Writable(_) | Event::Resolved(..) | Event::UdpError(..) => {}
        }
        if let Some((id, octets)) = self.ends[end].datagrams.pop_front() {
            self.muxes[end].datagram_consumed(id, octets);
        }
        true
    }

    /// Until everything has arrived, was answered, told and consumed.
    fn calm(&mut self) {
        loop {
            let mut moved = false;
            for end in [0, 1] {
                moved |= self.emit(end) | self.arrive(end) | self.hear(end);
                for id in self.ends[end].streams.clone() {
                    if self.flow(1 - end, id).owed > 0 {
                        self.consume(end, id, usize::MAX);
                        moved = true;
                    }
                }
            }
            while !self.ends[1].asked.is_empty() {
                self.relay_answers(0, 100);
                moved = true;
            }
            while !self.ends[0].incoming.is_empty() {
                self.connects(0, 100);
                moved = true;
            }
            if !moved {
                return;
            }
        }
    }

    fn check_end(&mut self) {
        let ids: Vec<StreamId> = self.windows.keys().copied().collect();
        let mut alive = 0;
        for id in ids {
            let ended: Vec<(bool, bool, bool)> = [0, 1]
                .map(|end| {
                    let flow = self.flow(end, id);
                    (flow.finished, flow.reset, flow.told == flow.sent)
                })
                .to_vec();
            let reset = ended.iter().any(|(_, reset, _)| *reset) || self.closed.contains(&id);
            if !reset {
                for end in [0, 1] {
                    let flow = self.flow(end, id);
                    assert_eq!(flow.told, flow.sent, "{id}: octets were lost");
                    assert_eq!(flow.finished, flow.fin_told, "{id}: FIN was lost");
                }
                alive += usize::from(!ended.iter().all(|(finished, ..)| *finished));
            }
        }
        for mux in &self.muxes {
            assert_eq!(mux.streams(), alive, "streams that nobody has forgotten, or too early");
        }
        for ((end, id), sent) in &self.datagrams_sent {
            let told = self.datagrams_told.get(&(*end, *id)).copied().unwrap_or(0);
            assert!(told <= *sent, "more datagrams than were sent");
            if !self.closed.contains(id) {
                assert_eq!(told, *sent, "{id}: datagrams are missing and nobody says so");
            }
        }
    }

    fn flow(&mut self, end: usize, id: StreamId) -> &mut Flow {
        self.flows.entry((end, id)).or_default()
    }
}

/// The octet at a place of a stream: tells if one is missing, doubled or moved.
fn octet(at: usize) -> u8 {
    (at ^ (at >> 8) ^ (at >> 13)) as u8
}
