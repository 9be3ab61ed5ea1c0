//! Whatever the order of steps, losses and reads: what goes in comes out, and only ways of the table are taken.

use core::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use super::Lab;
use crate::sockets::state::{State, TABLE};
use crate::sockets::{Mode, Side};

#[derive(Clone, Debug)]
enum Move {
    Send(Side, usize),
    Recv(Side, usize),
    Step,
    /// The packet in flight with this number, counted round.
    Pick(usize),
    Lose(usize),
    Pass(u64),
    Shut(Side),
    Close(Side),
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Server), Just(Side::Client)]
}

fn traffic() -> impl Strategy<Value = Move> {
    prop_oneof![
        3 => (side(), 0usize..6000).prop_map(|(side, n)| Move::Send(side, n)),
        3 => (side(), 1usize..9000).prop_map(|(side, n)| Move::Recv(side, n)),
        6 => Just(Move::Step),
        4 => (0usize..16).prop_map(Move::Pick),
        1 => (0usize..16).prop_map(Move::Lose),
        1 => (0u64..3000).prop_map(Move::Pass),
    ]
}

fn anything() -> impl Strategy<Value = Move> {
    prop_oneof![
        12 => traffic(),
        1 => side().prop_map(Move::Shut),
        1 => side().prop_map(Move::Close),
    ]
}

struct Play {
    lab: Lab,
    /// By who sent it.
    sent: [Vec<u8>; 2],
    received: [Vec<u8>; 2],
    next: u8,
}

fn variable(side: Side) -> &'static str {
    if side == Side::Server { "c" } else { "s" }
}

impl Play {
    /// Sockets that do not wait, with small buffers, so that windows close.
    fn new() -> Play {
        let mut lab = Lab::listening();
        lab.server("s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)");
        lab.connect();
        lab.client("s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)");
        lab.client("s.setblocking(False)");
        lab.server("c.setblocking(False)");
        lab.0.set_mode(Mode::Step);
        Play { lab, sent: Default::default(), received: Default::default(), next: 0 }
    }

    fn play(&mut self, moves: &[Move]) {
        for one in moves {
            match one {
                Move::Send(side, n) => self.send(*side, *n),
                Move::Recv(side, n) => {
                    self.recv(*side, *n);
                }
                Move::Step => {
                    self.lab.0.step();
                }
                Move::Pick(n) | Move::Lose(n) => {
                    let flight = self.lab.0.in_flight();
                    if let Some(entry) = flight.get(n % flight.len().max(1)) {
                        if matches!(one, Move::Pick(_)) {
                            self.lab.0.step_entry(*entry);
                        } else {
                            self.lab.0.lose(*entry);
                        }
                    }
                }
                Move::Pass(millis) => self.lab.0.pass(Duration::from_millis(*millis)),
                Move::Shut(side) => {
                    self.lab.run(*side, &format!("{}.shutdown(socket.SHUT_WR)", variable(*side)));
                }
                Move::Close(side) => {
                    self.lab.run(*side, &format!("{}.close()", variable(*side)));
                }
            }
        }
    }

    fn send(&mut self, side: Side, n: usize) {
        let data: Vec<u8> = (0..n).map(|i| self.next.wrapping_add((i % 251) as u8)).collect();
        self.next = self.next.wrapping_add(97);
        let literal = crate::python::literal::bytes(&data);
        let taken = self.lab.run(side, &format!("{}.send({literal})", variable(side)));
        if let Ok(taken) = taken.parse::<usize>() {
            self.sent[side as usize].extend_from_slice(&data[..taken]);
        }
    }

    /// Whether there was something.
    fn recv(&mut self, side: Side, n: usize) -> bool {
        let fd = self.lab.0.desk(side).fd(variable(side));
        let views = self.lab.0.kernel(side).view();
        let waiting = views.iter().find(|view| fd.is_some() && view.fd == fd).map(|v| v.unread);
        self.lab.run(side, &format!("got = {}.recv({n})", variable(side)));
        let value = self.lab.0.desk(side).variables().get("got").cloned();
        self.lab.run(side, "got = None");
        match (waiting, value) {
            (Some(1..), Some(crate::sockets::Value::Bytes(octets))) => {
                self.received[side.other() as usize].extend_from_slice(&octets);
                true
            }
            _ => false,
        }
    }

    fn only_ways_of_the_table(&self) {
        let mut states: Vec<(Side, String, State)> = Vec::new();
        // A packet changes something when it arrives, not where it stands in the record.
        let entries = self.lab.0.entries();
        let mut changes: Vec<_> = entries.flat_map(|(_, entry)| entry.changes.clone()).collect();
        changes.sort_by_key(|(side, change)| (*side, change.number));
        for (side, change) in changes {
            let (from, edge) = (change.taken.from, change.taken.edge);
            assert!(TABLE.contains(edge) && edge.from.contains(&from));
            let known =
                states.iter_mut().find(|(s, name, _)| *s == side && *name == change.connection);
            match known {
                Some((_, name, state)) => {
                    assert_eq!(*state, from, "{name}: a way was left out");
                    *state = edge.to;
                }
                None => states.push((side, change.connection, edge.to)),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn what_goes_in_comes_out(moves in vec(traffic(), 0..60)) {
        let mut play = Play::new();
        play.play(&moves);
        play.lab.0.set_mode(Mode::Run);
        // Everything that was lost is sent again in time.
        for _ in 0..400 {
            let both = Side::BOTH.map(|side| play.recv(side, 9000));
            if both == [false, false] && !play.lab.0.pass_to_next() {
                break;
            }
        }
        prop_assert_eq!(&play.received[0], &play.sent[0]);
        prop_assert_eq!(&play.received[1], &play.sent[1]);
        play.only_ways_of_the_table();
    }

    #[test]
    fn what_comes_out_went_in_and_all_ends(moves in vec(anything(), 0..80)) {
        let mut play = Play::new();
        play.play(&moves);
        for side in [0, 1] {
            prop_assert!(play.sent[side].starts_with(&play.received[side]));
        }
        play.lab.0.set_mode(Mode::Run);
        for side in Side::BOTH {
            play.lab.0.restart(side);
        }
        for _ in 0..100 {
            if !play.lab.0.pass_to_next() {
                break;
            }
        }
        prop_assert_eq!(play.lab.states(Side::Server), [""; 0]);
        prop_assert_eq!(play.lab.states(Side::Client), [""; 0]);
        play.only_ways_of_the_table();
    }

    #[test]
    fn the_same_moves_give_the_same_record(moves in vec(anything(), 0..40)) {
        let record = |moves: &[Move]| {
            let mut play = Play::new();
            play.play(moves);
            play.lab.0.entries().map(|(_, entry)| entry.clone()).collect::<Vec<_>>()
        };
        prop_assert_eq!(record(&moves), record(&moves));
    }
}
