//! What the log says of a stream and of a page when they are over: who, where, how long, how many
//! octets each way, and how it ended. Never what the octets were.

use std::net::SocketAddr;
use std::sync::Arc;

use shared::tunnel::{Phase, Reason, Reset};
use tokio::time::Instant;

use crate::metrics::{Asked, Counted, Meter, Metrics, Octets};
use crate::wakeful::carried;

/// How a stream ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ending {
    /// Both directions in order.
    Finished,
    /// The relay did not want to.
    Refused(Reason),
    /// The connection did not come about.
    Failed(Reason),
    /// The server, or the way to it, broke it.
    Broken(Reason),
    /// By the page.
    GivenUp,
    /// The page or the relay went away.
    Lost,
}

/// One stream's; it is closed, logged and counted when it is dropped.
pub(crate) struct Account {
    metrics: Arc<Metrics>,
    _open: Counted,
    page: SocketAddr,
    /// Host and port, as the page named them, or the listener.
    target: String,
    address: Option<SocketAddr>,
    start: Instant,
    pub(crate) meter: Meter,
    ending: Ending,
}

impl Account {
    fn new(metrics: &Arc<Metrics>, page: SocketAddr, target: String) -> Account {
        Account {
            metrics: Arc::clone(metrics),
            _open: metrics.stream(),
            page,
            target,
            address: None,
            start: Instant::now(),
            meter: Meter::default(),
            ending: Ending::Lost,
        }
    }

    /// The connection is there.
    pub(crate) fn connected(&mut self, address: SocketAddr) {
        self.metrics.dialled(self.start.elapsed());
        self.address = Some(address);
    }

    /// A listener got the connection.
    pub(crate) fn came(&mut self, address: SocketAddr) {
        self.address = Some(address);
    }

    /// There will be no connection.
    pub(crate) fn not_connected(&mut self, reset: &Reset) {
        if matches!(reset.phase, Phase::Policy | Phase::Local) {
            self.metrics.refused(Asked::Stream, reset.reason);
            self.ending = Ending::Refused(reset.reason);
        } else {
            self.metrics.dialled(self.start.elapsed());
            self.ending = Ending::Failed(reset.reason);
        }
    }

    /// As [`Account::end`], if nothing has been said of it yet.
    pub(crate) fn settle(&mut self, ending: Ending) {
        if self.ending == Ending::Lost {
            self.ending = ending;
        }
    }

    pub(crate) fn end(&mut self, ending: Ending) {
        self.ending = ending;
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        let (outcome, reason) = self.ending.names();
        self.metrics.stream_ended(outcome);
        let Octets { from_page, to_page } = self.meter.total();
        tracing::info!(
            page = %self.page,
            target = self.target,
            address = self.address.map(tracing::field::display),
            ms = self.start.elapsed().as_millis() as u64,
            from_page,
            to_page,
            outcome,
            reason,
            "stream ended"
        );
    }
}

impl Ending {
    /// The outcome, and the reason if it has one.
    fn names(self) -> (&'static str, Option<&'static str>) {
        match self {
            Ending::Finished => ("finished", None),
            Ending::Refused(reason) => ("refused", Some(reason.name())),
            Ending::Failed(reason) => ("failed", Some(reason.name())),
            Ending::Broken(reason) => ("broken", Some(reason.name())),
            Ending::GivenUp => ("given_up", None),
            Ending::Lost => ("lost", None),
        }
    }
}

/// One page's: the sums of its session.
pub(crate) struct PageAccount {
    metrics: Arc<Metrics>,
    _open: Counted,
    page: SocketAddr,
    start: Instant,
    streams: u64,
    octets: Octets,
    /// Moved in this round, and not told to the metrics yet.
    round: Octets,
}

impl PageAccount {
    pub(crate) fn new(metrics: &Arc<Metrics>, page: SocketAddr) -> PageAccount {
        PageAccount {
            metrics: Arc::clone(metrics),
            _open: metrics.websocket(),
            page,
            start: Instant::now(),
            streams: 0,
            octets: Octets::default(),
            round: Octets::default(),
        }
    }

    /// For a stream that begins.
    pub(crate) fn stream(&mut self, target: String) -> Account {
        self.streams += 1;
        Account::new(&self.metrics, self.page, target)
    }

    pub(crate) fn moved(&mut self, octets: Octets) {
        self.round += octets;
    }

    /// Once per round, so that the shared counters are touched once and not for every frame.
    pub(crate) fn end_round(&mut self) {
        let round = std::mem::take(&mut self.round);
        carried(round.from_page + round.to_page);
        self.octets += round;
        self.metrics.moved(round);
    }

    pub(crate) fn log(&self, why: &str) {
        let Octets { from_page, to_page } = self.octets;
        tracing::info!(
            page = %self.page,
            ms = self.start.elapsed().as_millis() as u64,
            streams = self.streams,
            from_page,
            to_page,
            why,
            "tunnel closed"
        );
    }
}
