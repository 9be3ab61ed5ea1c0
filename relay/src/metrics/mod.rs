//! What the relay counts, for Prometheus. Labels have few values, and none that a remote end
//! chooses.

mod collect;
mod door;
mod meter;
mod rooms;

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use shared::tunnel::Reason;

use crate::practice::Meeting;

pub(crate) use door::{DRAINING, health, listen};
pub(crate) use meter::{Meter, Octets};

/// From a loopback connection to the longest that a connection may take to come about.
const DIAL_SECONDS: [f64; 11] =
    [0.0005, 0.001, 0.0025, 0.01, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

type Label = [(&'static str, &'static str); 1];
type Labels = [(&'static str, &'static str); 2];

pub(crate) struct Metrics {
    registry: Registry,
    websockets: Gauge,
    websockets_opened: Counter,
    streams: Gauge,
    streams_ended: Family<Label, Counter>,
    refusals: Family<Labels, Counter>,
    to_page: Counter,
    from_page: Counter,
    dial: Histogram,
    visits: Gauge,
    visits_begun: Counter,
    rooms: rooms::Numbers,
}

/// What was refused.
#[derive(Clone, Copy)]
pub(crate) enum Asked {
    WebSocket,
    Stream,
    /// A listener, a UDP socket, or a lookup.
    Socket,
    /// To present one or to look on.
    Room,
}

/// Counted in a gauge until it is dropped.
pub(crate) struct Counted(Gauge);

impl Metrics {
    pub(crate) fn new(meeting: &Meeting) -> Metrics {
        let mut registry = Registry::default();
        let (websockets, websockets_opened) = <(Gauge, Counter)>::default();
        let (streams, streams_ended) = <(Gauge, Family<Label, Counter>)>::default();
        let (visits, visits_begun) = <(Gauge, Counter)>::default();
        let (refusals, bytes) = <(Family<Labels, Counter>, Family<Label, Counter>)>::default();
        let dial = Histogram::new(DIAL_SECONDS);
        registry.register("wirelab_websockets", "Tunnels that are open", websockets.clone());
        registry.register("wirelab_websockets_opened", "Tunnels so far", websockets_opened.clone());
        registry.register(
            "wirelab_streams",
            "TCP connections of pages, from the request to the end of both directions",
            streams.clone(),
        );
        registry.register(
            "wirelab_streams_ended",
            "TCP connections of pages that are over, by how they ended",
            streams_ended.clone(),
        );
        registry.register(
            "wirelab_refusals",
            "What was asked for and refused, by kind and reason",
            refusals.clone(),
        );
        registry.register(
            "wirelab_bytes",
            "Octets of streams and datagrams, by direction",
            bytes.clone(),
        );
        registry.register(
            "wirelab_dial_seconds",
            "From the request for a connection to its success or failure",
            dial.clone(),
        );
        registry.register(
            "wirelab_practice_visits",
            "Connections to the practice servers",
            visits.clone(),
        );
        registry.register(
            "wirelab_practice_visits_begun",
            "Connections to the practice servers so far",
            visits_begun.clone(),
        );
        let rooms = rooms::Numbers::register(&mut registry);
        registry.register_collector(Box::new(collect::Sockets::of(meeting)));
        registry.register_collector(Box::new(collect::Process));
        Metrics {
            registry,
            websockets,
            websockets_opened,
            streams,
            streams_ended,
            refusals,
            to_page: bytes.get_or_create_owned(&[("direction", "to_page")]),
            from_page: bytes.get_or_create_owned(&[("direction", "from_page")]),
            dial,
            visits,
            visits_begun,
            rooms,
        }
    }

    /// The text that Prometheus reads (OpenMetrics 1.0).
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        if text::encode(&mut out, &self.registry).is_err() {
            // Writing to a string does not fail; a collector that does is left out.
            let _ = out.write_str("# EOF\n");
        }
        out
    }

    pub(crate) fn websocket(&self) -> Counted {
        self.websockets_opened.inc();
        Counted::in_(&self.websockets)
    }

    pub(crate) fn stream(&self) -> Counted {
        Counted::in_(&self.streams)
    }

    pub(crate) fn visit(self: &Arc<Self>) -> Counted {
        self.visits_begun.inc();
        Counted::in_(&self.visits)
    }

    pub(crate) fn stream_ended(&self, outcome: &'static str) {
        self.streams_ended.get_or_create(&[("outcome", outcome)]).inc();
    }

    pub(crate) fn refused(&self, asked: Asked, reason: Reason) {
        self.refused_because(asked, reason.name());
    }

    pub(crate) fn refused_because(&self, asked: Asked, reason: &'static str) {
        let asked = match asked {
            Asked::WebSocket => "websocket",
            Asked::Stream => "stream",
            Asked::Socket => "socket",
            Asked::Room => "room",
        };
        self.refusals.get_or_create(&[("asked", asked), ("reason", reason)]).inc();
    }

    pub(crate) fn dialled(&self, took: Duration) {
        self.dial.observe(took.as_secs_f64());
    }

    /// What one round of a session has moved.
    pub(crate) fn moved(&self, octets: Octets) {
        if octets.to_page > 0 {
            self.to_page.inc_by(octets.to_page);
        }
        if octets.from_page > 0 {
            self.from_page.inc_by(octets.from_page);
        }
    }
}

impl Counted {
    fn in_(gauge: &Gauge) -> Counted {
        gauge.inc();
        Counted(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}
