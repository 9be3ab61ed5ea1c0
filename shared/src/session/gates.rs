//! What the gates and the breakpoints let through.

use super::{Mode, Session};
use crate::machine::{Conn, Output, OwnedInput, Tick};
use crate::transcript::Kind;

impl Session {
    /// Lets outputs through up to (not including) the sent unit after `units` of them.
    pub(super) fn release(&mut self, units: usize, now: Tick) {
        let mut left = units;
        while let Some(output) = self.outbox.front() {
            if matches!(output, Output::Sent { .. }) {
                let Some(fewer) = left.checked_sub(1) else { return };
                left = fewer;
            }
            if let Some(output) = self.outbox.pop_front() {
                self.apply(output, now);
            }
        }
    }

    /// Lets outputs through up to a breakpoint. A first unit that a gate held was seen, and is not
    /// stopped at again.
    pub(super) fn run_outbox(&mut self, mut seen: bool, now: Tick) {
        while let Some(output) = self.outbox.front() {
            let sends = matches!(output, Output::Sent { .. });
            let hit = self.breakpoints.iter().find(|point| point.hits(output)).cloned();
            let stop = hit.is_some() && !(sends && seen);
            if stop {
                self.mode = Mode::Step;
                self.stopped_at = hit;
            }
            if stop && sends {
                return;
            }
            seen &= !sends;
            if let Some(output) = self.outbox.pop_front() {
                self.apply(output, now);
            }
            if stop {
                return self.release(0, now);
            }
        }
    }

    /// Takes in what was held, up to a breakpoint.
    pub(super) fn run_inbox(&mut self, now: Tick) {
        while self.mode == Mode::Run {
            if !self.breakpoints.is_empty() {
                if !self.step_inbox(now) {
                    return;
                }
            } else {
                let Some(input) = self.inbox.pop_front() else { return };
                self.feed(input, now);
            }
        }
    }

    /// Takes in the first thing that is held; of octets, one unit.
    pub(super) fn step_inbox(&mut self, now: Tick) -> bool {
        let Some(first) = self.inbox.pop_front() else { return false };
        match first {
            OwnedInput::Bytes { conn, bytes } => self.step_bytes(conn, bytes, now),
            other => self.feed(other, now),
        }
        true
    }

    /// Feeds octet by octet until the machine shows something, and puts the rest back.
    pub(super) fn step_bytes(&mut self, conn: Conn, bytes: Vec<u8>, now: Tick) {
        let (before, mode) = (self.transcript.entries().len(), self.mode);
        for (at, byte) in bytes.iter().enumerate() {
            self.feed(OwnedInput::Bytes { conn, bytes: vec![*byte] }, now);
            let shown = self.transcript.entries()[before..]
                .iter()
                .any(|entry| matches!(entry.kind, Kind::Received(_)));
            let stopped = mode != self.mode;
            if (stopped || shown && !self.transcript.is_growing(conn)) && at + 1 < bytes.len() {
                let rest = bytes[at + 1..].to_vec();
                self.inbox.push_front(OwnedInput::Bytes { conn, bytes: rest });
                return;
            }
        }
    }
}
