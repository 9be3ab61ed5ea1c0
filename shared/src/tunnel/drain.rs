//! The relay is going to stop: nothing new begins, and what is open may finish.

use std::time::Duration;

use super::mux::{Mux, Role, Stage};
use super::{Event, Frame, Phase, Reason, Reset, StreamId};

impl Mux {
    /// Relay: asks for nothing new from now on; what comes all the same is refused with STOPPING.
    /// The page is told how long its streams may go on. Before HELLO there is nobody to tell.
    pub fn drain(&mut self, limit: Duration) {
        if self.role != Role::Relay || self.draining {
            return;
        }
        self.draining = true;
        if self.stage == Stage::Running {
            self.queue(Frame::Draining(limit));
        }
    }

    /// The relay has said that it is going to stop.
    pub fn is_draining(&self) -> bool {
        self.draining
    }

    /// No stream is left, and everything that was queued has been taken.
    pub fn has_finished(&self) -> bool {
        self.streams() == 0 && !self.has_messages()
    }

    pub(super) fn hear_draining(&mut self, limit: Duration) {
        self.draining = true;
        self.events.push_back(Event::Draining(limit));
    }

    /// The page has asked for something new, before it heard.
    pub(super) fn refuse_stopping(&mut self, id: StreamId) {
        self.queue(Frame::Reset(id, Reset::new(Reason::STOPPING, Phase::Policy)));
    }
}
