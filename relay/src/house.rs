//! What all connections of one relay share. Whoever holds it keeps the relay from being stopped.

use std::convert::Infallible;
use std::net::{IpAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hyper::body::Bytes;
use ipnet::IpNet;
use tokio::sync::{Semaphore, mpsc, watch};

use crate::access::Access;
use crate::callers::Callers;
use crate::config::Limits;
use crate::gate::Gate;
use crate::lanes::Lanes;
use crate::metrics::Metrics;
use crate::policy::{Doors, Policy};
use crate::practice::Meeting;
use crate::resolver::Resolver;
use crate::rooms::Rooms;
use crate::tls::Tls;

/// How far the relay is from its end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Debug)]
pub(crate) enum Stage {
    Running,
    /// Nothing new begins; what is open may finish within this time.
    Draining(Duration),
    Stopped,
}

pub(crate) struct House {
    pub(crate) gate: Gate,
    /// What holds for whatever is opened next.
    pub(crate) terms: watch::Receiver<Terms>,
    pub(crate) resolver: Resolver,
    pub(crate) hostname: String,
    pub(crate) endpoints_json: Bytes,
    pub(crate) meeting: Meeting,
    pub(crate) lanes: Lanes,
    pub(crate) callers: Arc<Callers>,
    pub(crate) connections: Arc<Semaphore>,
    pub(crate) sessions: Arc<Semaphore>,
    /// Sessions so far; a session's number tells its sockets from those of other pages.
    pub(crate) session_count: AtomicU64,
    pub(crate) rooms: Arc<Rooms>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) tls: Option<Arc<Tls>>,
    /// Proxies whose word for the address of a browser is taken.
    pub(crate) trusted: Vec<IpNet>,
    pub(crate) stage: watch::Receiver<Stage>,
    /// Dropped with the last holder of this house; `Relay::stop` waits for it.
    pub(crate) _alive: mpsc::Sender<Infallible>,
}

/// What can be changed while the relay runs.
#[derive(Clone)]
pub(crate) struct Terms {
    pub(crate) policy: Arc<Policy>,
    pub(crate) limits: Arc<Limits>,
    /// `None` if no token is asked for.
    pub(crate) access: Option<Arc<Access>>,
}

impl House {
    pub(crate) fn access(&self) -> Option<Arc<Access>> {
        self.terms.borrow().access.clone()
    }

    pub(crate) fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.terms.borrow().policy)
    }

    pub(crate) fn limits(&self) -> Arc<Limits> {
        Arc::clone(&self.terms.borrow().limits)
    }

    /// What is open at the moment.
    pub(crate) fn doors(&self) -> Doors {
        Doors {
            data: self.meeting.data_ports.list(),
            listeners: self.meeting.page_listeners.list(),
            udp: self.meeting.page_udp.list(),
        }
    }

    pub(crate) fn number_session(&self) -> u64 {
        self.session_count.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn stage(&self) -> Stage {
        *self.stage.borrow()
    }

    /// Resolves when nothing new shall begin; `None` is that everything shall stop at once.
    pub(crate) async fn draining(&self) -> Option<Duration> {
        match self.stage.clone().wait_for(|stage| *stage != Stage::Running).await.as_deref() {
            Ok(Stage::Draining(limit)) => Some(*limit),
            // An error means that the handle of the relay is gone, and with it who could use it.
            _ => None,
        }
    }

    /// Resolves when the relay shall stop.
    pub(crate) async fn stopping(&self) {
        let _ = self.stage.clone().wait_for(|stage| *stage == Stage::Stopped).await;
    }
}

/// Is this an address of this machine? Only such an address can be bound.
pub(crate) fn is_here(ip: IpAddr) -> bool {
    UdpSocket::bind((ip, 0)).is_ok()
}

/// The machine's name, as `gethostname` would give it.
pub(crate) fn hostname() -> String {
    let of_kernel = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = of_kernel
        .or_else(|| std::env::var("HOSTNAME").ok())
        .or_else(|| std::env::var("COMPUTERNAME").ok())
        .unwrap_or_default();
    match name.trim() {
        "" => "localhost".to_owned(),
        name => name.to_owned(),
    }
}
