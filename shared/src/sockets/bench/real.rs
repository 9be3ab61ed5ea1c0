//! The bench on real sockets: what its host has to carry and to tell.

use super::{Bench, Mode};
use crate::machine::Tick;
use crate::sockets::remote::Remote;

impl Bench {
    /// Puts the desks on sockets of a relay. Segments are not seen then, and time passes by itself.
    pub fn stand_on(&mut self, remote: Remote, now: Tick) {
        self.remote = Some(Box::new(remote));
        self.mode = Mode::Run;
        self.now = now;
    }

    /// The relay's sockets, if the desks stand on them.
    pub fn remote(&self) -> Option<&Remote> {
        self.remote.as_deref()
    }

    /// A message for the relay.
    pub fn poll_message(&mut self, now: Tick) -> Option<Vec<u8>> {
        self.remote.as_mut()?.poll_message(now)
    }

    /// A message of the relay.
    pub fn receive(&mut self, message: &[u8], now: Tick) {
        if let Some(remote) = &mut self.remote
            && let Err(violation) = remote.receive(message, now)
        {
            remote.lost(&format!("the relay broke the rules of the tunnel: {violation}"));
        }
        self.clock(now);
    }

    /// The way to the relay has ended.
    pub fn lost(&mut self, why: &str, now: Tick) {
        if let Some(remote) = &mut self.remote {
            remote.lost(why);
        }
        self.clock(now);
    }

    /// It is so late. Whatever waits looks again.
    pub fn clock(&mut self, now: Tick) {
        if self.remote.is_some() {
            self.now = self.now.max(now);
            self.turn();
        }
    }
}
