//! The lab as at first.

use shared::machine::Tick;
use shared::world::{EPOCH, World};

use super::{Began, Lab};
use crate::state::Route;

impl Lab {
    /// The world as it was at first.
    pub fn reset_world(&mut self, now: Tick) {
        let began = Began { seed: self.sessions + 1, as_python: false };
        self.begin_in(self.route.clone(), began, World::new(EPOCH), now);
    }

    /// A first session in a world of its own: the same octets every time.
    pub(super) fn begin_fresh(&mut self, route: Route, world: World, now: Tick) {
        self.begin_in(route, Began { seed: 1, as_python: false }, world, now);
        self.past.clear();
        self.record_begins_anew();
    }

    fn begin_in(&mut self, route: Route, began: Began, world: World, now: Tick) {
        self.delivered_to = None;
        self.journal.begins_anew();
        self.journal.connected(&route, began, now);
        self.begin(route, began, Some(world), now);
    }
}
