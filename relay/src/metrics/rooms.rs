//! What is counted of rooms.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::{Counted, Metrics};

#[derive(Default)]
pub(super) struct Numbers {
    rooms: Gauge,
    viewers: Gauge,
    batches: Counter,
    resyncs: Counter,
}

impl Numbers {
    pub(super) fn register(registry: &mut Registry) -> Numbers {
        let numbers = Numbers::default();
        let Numbers { rooms, viewers, batches, resyncs } = &numbers;
        registry.register("wirelab_rooms", "Rooms that this relay has", rooms.clone());
        let help = "WebSockets of viewers of rooms";
        registry.register("wirelab_room_viewers", help, viewers.clone());
        let help = "Batches of rooms, each for all its viewers";
        registry.register("wirelab_room_batches", help, batches.clone());
        let help = "Snapshots for viewers that had missed too much";
        registry.register("wirelab_room_resyncs", help, resyncs.clone());
        numbers
    }
}

impl Metrics {
    pub(crate) fn room(&self) -> Counted {
        Counted::in_(&self.rooms.rooms)
    }

    pub(crate) fn room_viewer(&self) -> Counted {
        Counted::in_(&self.rooms.viewers)
    }

    pub(crate) fn room_batch(&self) {
        self.rooms.batches.inc();
    }

    pub(crate) fn room_resync(&self) {
        self.rooms.resyncs.inc();
    }
}
