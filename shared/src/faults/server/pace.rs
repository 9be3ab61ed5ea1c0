//! When octets leave, and in which segments.

use core::time::Duration;

use super::super::Pace;
use super::Faulty;
use super::lane::Lane;
use crate::explain::{Composer, common};
use crate::machine::{Conn, Output, Tick};

/// So much of a reply is cut in segments; the rest follows whole, or a large one would take for ever.
const CUT: usize = 512;
/// So much of it trickles.
const TRICKLES: usize = 40;

impl Faulty {
    /// Octets on their way, at the pace of the fault.
    pub(super) fn send(&mut self, conn: Conn, bytes: Vec<u8>) {
        match self.case.pace {
            _ if bytes.is_empty() => {}
            Pace::Usual => self.later(self.now, sent(conn, &bytes)),
            Pace::Segments(n) => {
                let (cut, rest) = bytes.split_at(bytes.len().min(CUT));
                for segment in cut.chunks(n).chain((!rest.is_empty()).then_some(rest)) {
                    self.later(self.now, sent(conn, segment));
                }
            }
            Pace::Late(millis) => {
                self.later(self.now.after(Duration::from_millis(millis)), sent(conn, &bytes));
            }
            Pace::Trickle(millis) => {
                let (slow, rest) = bytes.split_at(bytes.len().min(TRICKLES));
                for octets in slow.chunks(1).chain((!rest.is_empty()).then_some(rest)) {
                    let last = self.held.back().map(|(at, _)| *at);
                    let next = last.map(|at| at.after(Duration::from_millis(millis)));
                    self.later(next.unwrap_or(self.now), sent(conn, octets));
                }
            }
            Pace::Together(_) => match self.lanes.get_mut(&conn) {
                Some(lane) if lane.reader.is_some() => {
                    lane.joined.extend(bytes);
                    lane.joins = false;
                }
                _ => self.later(self.now, sent(conn, &bytes)),
            },
        }
    }

    pub(super) fn flush(&mut self, conn: Conn) {
        let Some(lane) = self.lanes.get_mut(&conn) else { return };
        if lane.has_more() {
            let joined = core::mem::take(&mut lane.joined);
            self.later(self.now, sent(conn, &joined));
        }
    }

    /// Never before what is held already.
    pub(super) fn later(&mut self, at: Tick, output: Output) {
        let last = self.held.back().map_or(at, |(last, _)| at.max(*last));
        self.held.push_back((last, output));
    }

    /// Lets out what has waited long enough, and asks to be woken for the rest.
    pub(super) fn release(&mut self) {
        if self.flush_at.is_some_and(|at| at <= self.now) {
            self.flush_at = None;
            let conns: Vec<_> = self.lanes.keys().copied().collect();
            for conn in conns {
                self.flush(conn);
            }
        }
        while let Some((_, output)) = self.held.pop_front_if(|(at, _)| *at <= self.now) {
            self.outputs.push_back(output);
        }
        let held = self.held.front().map(|(at, _)| *at);
        // The server hears of an end as soon as there is a world to tell it in.
        let ended = (!self.ended.is_empty()).then_some(self.now);
        let alarm = [held, self.flush_at, ended, self.inner_alarm].into_iter().flatten().min();
        if let Some(at) = alarm.filter(|_| alarm != self.alarm) {
            self.outputs.push_back(Output::WakeAt(at));
        }
        self.alarm = alarm;
    }

    /// Puts together what is there, content as well, and sees to it that it goes out.
    pub(super) fn join(&mut self, millis: u64) {
        let conns: Vec<_> = self.lanes.keys().copied().collect();
        for conn in conns {
            while self.lanes.get(&conn).is_some_and(Lane::has_room)
                && let Some(piece) = self.next_piece(conn)
            {
                self.content(conn, piece);
                self.collect_outputs();
            }
        }
        if self.lanes.values().any(Lane::has_more) {
            let soon = self.now.after(Duration::from_millis(millis));
            self.flush_at.get_or_insert(soon);
        }
    }
}

pub(super) fn sent(conn: Conn, bytes: &[u8]) -> Output {
    let mut out = Composer::new();
    out.put(&common::TEXT, bytes);
    Output::Sent { conn, wire: out.finish("") }
}
