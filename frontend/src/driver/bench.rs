//! The bench's WebSocket to the relay, and its clock while its sockets are real.

use std::cell::RefCell;
use std::rc::Rc;

use shared::sockets::Remote;

use super::clock;
use super::line::{self, Heard, Line};
use crate::components::BenchHandle;

/// How often the clock of a call that may time out is looked at, in milliseconds.
const TICK: i32 = 50;

/// There while the sockets are real.
#[derive(Clone, Default)]
pub struct BenchWire(Rc<RefCell<Option<Line>>>);

impl BenchWire {
    /// Stands the desks on sockets of the relay.
    pub fn connect(&self, bench: &BenchHandle) {
        self.leave();
        let (wire, this) = (self.clone(), bench.clone());
        let line = line::dial(move |heard| {
            let now = clock::now();
            this.act(|state| match heard {
                Heard::Open => {}
                Heard::Message(bytes) => state.bench.receive(&bytes, now),
                Heard::Closed(why) => state.bench.lost(&why, now),
            });
            wire.flush(&this);
        });
        bench.act(|state| {
            state.reset();
            state.bench.stand_on(Remote::new("Wirelab bench"), clock::now());
            if let Err(why) = &line {
                state.bench.lost(why, clock::now());
            }
        });
        *self.0.borrow_mut() = line.ok();
    }

    /// Back to the two hosts in the page.
    pub fn leave(&self) {
        if let Some(line) = self.0.borrow_mut().take() {
            line.drop_quietly();
        }
    }

    pub fn is_on(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Sends what the desks have asked for, and looks at the clock while a call may time out.
    pub fn flush(&self, bench: &BenchHandle) {
        let line = self.0.borrow();
        let Some(line) = line.as_ref() else { return };
        let (again, timed) = bench.quietly(|state| {
            while line.has_room() {
                let Some(message) = state.bench.poll_message(clock::now()) else { break };
                if !line.send(&message) {
                    break;
                }
            }
            (line.is_full(), state.bench.next_timer().is_some())
        });
        if again || timed {
            let (wire, bench) = (self.clone(), bench.clone());
            clock::soon(if again { 4 } else { TICK }, move || {
                bench.act(|state| state.bench.clock(clock::now()));
                wire.flush(&bench);
            });
        }
    }
}
