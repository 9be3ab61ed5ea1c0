//! What all connections of one relay share. Whoever holds it keeps the relay from being stopped.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use hyper::body::Bytes;
use tokio::sync::{Semaphore, mpsc, watch};

use crate::config::Limits;
use crate::gate::Gate;
use crate::policy::Policy;
use crate::practice::Meeting;

pub(crate) struct House {
    pub(crate) gate: Gate,
    pub(crate) policy: Policy,
    pub(crate) limits: Limits,
    pub(crate) hostname: String,
    pub(crate) endpoints_json: Bytes,
    pub(crate) meeting: Meeting,
    pub(crate) connections: Arc<Semaphore>,
    pub(crate) sessions: Arc<Semaphore>,
    /// True when the relay shall stop.
    pub(crate) stop: watch::Receiver<bool>,
    /// Dropped with the last holder of this house; `Relay::stop` waits for it.
    pub(crate) _alive: mpsc::Sender<Infallible>,
}

impl House {
    /// Where our practice servers wait for a data connection at the moment.
    pub(crate) fn data_ports(&self) -> BTreeSet<SocketAddr> {
        self.meeting.data_ports.list()
    }

    /// Resolves when the relay shall stop.
    pub(crate) async fn stopping(&self) {
        // An error means that the handle of the relay is gone, and with it who could use it.
        let _ = self.stop.clone().wait_for(|stop| *stop).await;
    }
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
