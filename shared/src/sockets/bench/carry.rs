//! What goes on by itself: statements that run, packets that depart and arrive.

use super::{BUDGET, Bench, Entry, Fate, Fault, Flying, Mode, Side, What};
use crate::python::reader::Statement;
use crate::sockets::Told;
use crate::sockets::desk::{Outcome, Report};
use crate::sockets::segment::Packet;
use crate::sockets::system::System;

impl Bench {
    pub(super) fn ready(&self, side: Side) -> Result<(), String> {
        if self.desks[side as usize].is_blocked() {
            return Err(format!(
                "The {} waits in a call. Go on at the other desk, let time pass, or interrupt it.",
                side.word()
            ));
        }
        Ok(())
    }

    pub(super) fn begin(
        &mut self,
        side: Side,
        statement: Statement,
        code: String,
        line: Option<u32>,
    ) {
        let report = Report::default();
        let entry = self.record(What::Call { side, line, code, report });
        self.running[side as usize] = Some(entry);
        self.desks[side as usize].begin(statement);
    }

    pub(super) fn begin_line(&mut self, side: Side) -> bool {
        let Some(program) = &mut self.desks[side as usize].program else { return false };
        let Some(statement) = program.take() else { return false };
        let code = program.text.get(statement.span.clone()).unwrap_or_default().to_string();
        let line = statement.line;
        self.begin(side, statement, code, Some(line));
        true
    }

    /// Goes on until everybody waits: for a person, a packet or time.
    pub(super) fn turn(&mut self) {
        for _ in 0..BUDGET {
            let mut moved = false;
            for side in Side::BOTH {
                moved |= self.advance(side);
            }
            if self.mode == Mode::Run
                && let Some(at) = self.flight.iter().position(|flying| !flying.delayed)
            {
                self.deliver(at);
                moved = true;
            }
            if !moved {
                return;
            }
        }
        // A script that never waits has had its turn.
        self.auto = [false, false];
    }

    pub(super) fn advance(&mut self, side: Side) -> bool {
        let at = side as usize;
        if !self.desks[at].is_blocked() && !(self.auto[at] && self.begin_line(side)) {
            self.auto[at] = false;
            return false;
        }
        let system: &mut dyn System = match &mut self.remote {
            Some(remote) => &mut **remote,
            None => &mut self.kernels[at],
        };
        let Some(report) = self.desks[at].advance(system, self.now) else { return false };
        let done = report.outcome.is_some();
        self.report(side, report);
        let entry = self.running[at].unwrap_or(self.len().saturating_sub(1));
        self.gather(entry);
        if done {
            self.running[at] = None;
        }
        done
    }

    pub(super) fn report(&mut self, side: Side, new: Report) {
        let raised = matches!(new.outcome, Some(Outcome::Raised(_) | Outcome::NotHere(_)));
        if raised {
            self.auto[side as usize] = false;
            if let Some(program) = &mut self.desks[side as usize].program {
                program.stop();
            }
        }
        let Some(number) = self.running[side as usize] else { return };
        if let Some(Entry { what: What::Call { report, .. }, .. }) = self.entry_mut(number) {
            *report = new;
        }
    }

    /// Takes what the kernels went through and put out; it belongs to this entry.
    pub(super) fn gather(&mut self, entry: usize) {
        for side in Side::BOTH {
            let changes = self.kernels[side as usize].take_changes();
            if let Some(entry) = self.entry_mut(entry) {
                entry.changes.extend(changes.into_iter().map(|change| (side, change)));
            }
            while let Some(packet) = self.kernels[side as usize].next_packet() {
                self.depart(side, packet);
            }
        }
    }

    pub(super) fn depart(&mut self, from: Side, packet: Packet) {
        let fault = self.fault.take();
        let (fate, copies) = match fault {
            None => (Fate::InFlight, 1),
            Some(Fault::Lose) => (Fate::Lost, 1),
            Some(Fault::Delay) => (Fate::Delayed, 1),
            Some(Fault::Duplicate) => (Fate::InFlight, 2),
        };
        for copy in 0..copies {
            let entry = self.record(What::Packet {
                from,
                packet: packet.clone(),
                fate,
                copy: copy > 0,
                told: None,
            });
            if fate != Fate::Lost {
                let delayed = fate == Fate::Delayed;
                self.flight.push_back(Flying { packet: packet.clone(), from, entry, delayed });
            }
        }
    }

    pub(super) fn deliver(&mut self, at: usize) {
        let Some(Flying { packet, from, entry, .. }) = self.flight.remove(at) else { return };
        for flying in self.flight.iter_mut().filter(|flying| flying.from == from) {
            flying.delayed = false;
        }
        let ip = packet.to.ip();
        let to = [from, from.other()]
            .into_iter()
            .find(|side| self.kernels[*side as usize].host.is_here(ip))
            .filter(|side| *side == from || !ip.is_loopback());
        let Some(to) = to else {
            self.fate(entry, Fate::Lost);
            let nobody = Told::tcp(
                "Nobody answers there.",
                "The address belongs to no host that is on, or a firewall in front of it drops everything. Silence is all that the sender gets.",
                "3.8.3",
            );
            if let Some(Entry { what: What::Packet { told, .. }, .. }) = self.entry_mut(entry) {
                *told = Some(nobody);
            }
            return;
        };
        self.fate(entry, Fate::Delivered);
        let became = self.kernels[to as usize].arrive(&packet, self.now);
        if let Some(Entry { what: What::Packet { told, .. }, .. }) = self.entry_mut(entry) {
            *told = became;
        }
        self.gather(entry);
    }

    pub(super) fn fate(&mut self, entry: usize, new: Fate) {
        if let Some(Entry { what: What::Packet { fate, .. }, .. }) = self.entry_mut(entry) {
            *fate = new;
        }
    }
}
