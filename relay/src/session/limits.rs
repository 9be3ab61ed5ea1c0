//! What the limits let a session's sockets do.

use std::cell::RefCell;
use std::task::Context;

use shared::tunnel::{Phase, RELAY_SEND_BUFFER, Reason, Reset, StreamId};

use super::{End, Session};
use crate::account::Ending;
use crate::metrics::Asked;
use crate::sockets::Wires;
use crate::wire::Progress;

/// What is read from a socket at once: all that the multiplexer takes of it.
const READ: usize = RELAY_SEND_BUFFER;

thread_local! {
    /// Between a read and the multiplexer nothing waits, so the sessions of a thread share this.
    static SCRATCH: RefCell<Vec<u8>> = RefCell::new(vec![0; READ]);
}

impl Session {
    /// Ends what has lasted, or rested, for too long.
    pub(super) fn look(&mut self, cx: &mut Context<'_>) -> Result<bool, End> {
        if !self.guard.poll_look(cx) {
            return Ok(false);
        }
        let now = self.start.elapsed();
        let unanswered = self.mux.unanswered_since().map(|since| now.saturating_sub(since));
        self.guard
            .verdict(self.wires.len() + self.sockets.len(), unanswered)
            .map_err(|(reason, text)| End::goaway(reason, &text))?;
        let idle = self.guard.idle();
        for (id, wire) in self.wires.extract_if(.., |_, wire| wire.has_rested(idle)) {
            let text = format!("Nothing went over the connection for {idle:?}.");
            tracing::info!(peer = %self.peer, %id, text, "reset");
            self.mux.abort(id, Reset { text, ..Reset::new(Reason::IDLE, Phase::Local) });
            wire.abort(Ending::Broken(Reason::IDLE));
        }
        Ok(true)
    }

    /// Asks the limits of the address. What they refuse is not logged one by one: there may be
    /// thousands.
    pub(super) fn may_open(&mut self, id: StreamId) -> bool {
        let opened = self.guard.open(self.wires.len() + self.sockets.len());
        let refused = |reset: Reset| {
            self.house.metrics.refused(Asked::Stream, reset.reason);
            self.mux.reset(id, reset);
        };
        opened.map_err(refused).is_ok()
    }

    pub(super) fn poll_wires(&mut self, cx: &mut Context<'_>) -> bool {
        if self.wires.is_empty() && self.sockets.len() == 0 {
            self.guard.count(0);
            return false;
        }
        let mut budget = self.guard.poll_budget(cx);
        let is_counted = budget != usize::MAX;
        let Session { wires, sockets, mux, last, account, .. } = self;
        let moved = SCRATCH.with_borrow_mut(|scratch| {
            let mut moved = sockets.poll(mux, wires, account, scratch, &mut budget, cx);
            // Where octets are counted, whoever had the last of them comes last.
            let mut first = match is_counted {
                true => wires.split_off(&StreamId(last.0.saturating_add(1))),
                false => Wires::new(),
            };
            // `retain` takes 700 instructions even where nothing is over.
            let mut over = Vec::new();
            for (&id, wire) in first.iter_mut().chain(wires.iter_mut()) {
                let before = budget;
                let progress = wire.poll(id, mux, scratch, &mut budget, cx);
                if budget < before {
                    *last = id;
                }
                if progress != Progress::None {
                    moved = true;
                    account.moved(wire.moved());
                }
                if progress == Progress::Over {
                    over.push(id);
                }
            }
            wires.append(&mut first);
            for id in over {
                wires.remove(&id);
            }
            moved
        });
        self.guard.left(budget);
        self.guard.count(self.wires.len() + self.sockets.len());
        moved
    }
}
