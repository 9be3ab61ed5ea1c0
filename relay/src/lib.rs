//! The relay: serves the page, opens the sockets that the page asks for, and runs the practice
//! servers. All that knows a protocol is in `shared`; here are the sockets and the clock.
//!
//! * `listener`: accept, hand over to a thread (`lanes`), answer requests (`gate`: Host and Origin,
//!   `access`: the token, `door`: both for a request, `pages`: the page's files, `service`: which
//!   WebSocket)
//! * `callers`: how much of which limit each address has used up (`bucket`: rates), `guard`: the
//!   limits of one WebSocket
//! * `session`: one WebSocket and its streams (`wire`: one socket, `dial`: how it came about), and
//!   its other `sockets` (`listening`: listeners, `datagrams`: UDP)
//! * `wisp`: one WebSocket that speaks Wisp or wsproxy, with the same wires (`carrier`: what they need
//!   of either)
//! * `rooms`: one presents, many look on (`hub`: where the rooms are, `memory` or `nats`)
//! * `line`: a browser's connection, plain or with `tls`; `proxy`: who is behind a proxy
//! * `metrics`: what is counted, and the port where it is told; `account`: what is logged of streams
//! * `policy`: where to connect, listen and send is allowed; `resolver`: how names become addresses
//! * `settings`: the file that says all this; `reload`: reading it again while the relay runs
//! * `practice`: the practice servers (`visit`: one connection and those it brings, `pipe`: one
//!   socket), `endpoints`: how others find them

mod access;
mod account;
mod addresses;
mod bucket;
mod callers;
mod carrier;
mod config;
mod datagrams;
mod dial;
mod door;
mod endpoints;
mod gate;
mod guard;
mod house;
mod lanes;
mod line;
mod listener;
mod listening;
mod metrics;
mod pages;
mod pipe;
mod policy;
mod practice;
mod proxy;
mod reload;
mod resolver;
mod rooms;
mod service;
mod session;
mod settings;
mod sockets;
mod tls;
mod visit;
mod wakeful;
mod wire;
mod wisp;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;
use std::{fmt, io};

use shared::faults::{self, Fault};
use shared::protocols;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc, watch};

pub use bucket::Rate;
pub use config::{ChosenFault, Config, Limits, NatsServers, RoomSettings, TlsFiles};
pub use endpoints::Endpoint;
pub use ipnet::IpNet;
pub use policy::{
    Action, Net, PRACTICE_HOST, Parameters, Pattern, Place, PolicyName, Ports, Protocol, Rule,
    Table, Verdict,
};
pub use resolver::Resolver;
pub use settings::{Checked, ConfigError, check};

use access::Access;
use callers::Callers;
use gate::Gate;
use house::{House, Stage, Terms};
use lanes::Lanes;
use metrics::Metrics;
use policy::{Facts, Policy};
use practice::Meeting;
use rooms::Rooms;
use tls::Tls;

/// A running relay. Dropping it stops it, too, but does not wait.
pub struct Relay {
    address: SocketAddr,
    endpoints: Vec<Endpoint>,
    terms: watch::Sender<Terms>,
    metrics_address: Option<SocketAddr>,
    stage: watch::Sender<Stage>,
    tls: Option<Arc<Tls>>,
    sessions: Arc<Semaphore>,
    session_limit: usize,
    alive: mpsc::Receiver<Infallible>,
}

/// Starts everything; returns when the relay can be reached.
pub async fn start(config: Config) -> Result<Relay, StartError> {
    let listener = TcpListener::bind(config.listen).await.map_err(|source| StartError {
        what: format!("cannot listen on {}", config.listen),
        advice: "stop the program that has this port, or choose another with --listen",
        source,
    })?;
    let address = listener.local_addr().map_err(|source| StartError {
        what: format!("does not learn where {} is", config.listen),
        advice: "choose an address with --listen",
        source,
    })?;

    let metrics_listener = metrics_listener(&config).await?;
    let metrics_address = metrics_listener.as_ref().and_then(|l| l.local_addr().ok());
    let tls = config.tls.clone().map(Tls::load).transpose()?.map(Arc::new);

    let practice =
        practice::bind(config.practice_listen, config.practice_port_base, &config.faults).map_err(
            |(wanted, source)| StartError {
                what: format!("cannot listen on {wanted} for a practice server"),
                advice: "choose other ports with --practice-port-base, or 0 for free ones",
                source,
            },
        )?;
    let endpoints = practice.endpoints.clone();
    let endpoints_json = endpoints::json(&config.practice_listen.to_string(), &endpoints);
    if let Some(file) = &config.endpoints_file {
        std::fs::write(file, &endpoints_json).map_err(|source| StartError {
            what: format!("cannot write the list of practice servers to {}", file.display()),
            advice: "choose another file with --endpoints",
            source,
        })?;
    }

    let access = access(&config).map_err(|(file, source)| StartError {
        what: format!("cannot take the access token from {file}"),
        advice: "write a token into it, for example with `openssl rand -hex 16`",
        source,
    })?;
    let (stage_sender, stage) = watch::channel(Stage::Running);
    let (alive_sender, alive) = mpsc::channel(1);
    let meeting = Meeting::default();
    let metrics = Arc::new(Metrics::new(&meeting));
    practice
        .serve(meeting.clone(), stage.clone(), Arc::clone(&metrics), alive_sender.clone())
        .map_err(|source| StartError {
            what: "cannot start the thread of the practice servers".to_owned(),
            advice: "close some programs",
            source,
        })?;
    let hostname = house::hostname();
    let facts = Facts {
        own: std::iter::once(address).chain(metrics_address).collect(),
        practice: endpoints.iter().map(Endpoint::practice).collect(),
        hostname: hostname.clone(),
        here: house::is_here,
    };
    let (terms, terms_now) = watch::channel(Terms {
        policy: Arc::new(Policy::new(config.policy, &config.parameters, Arc::new(facts))),
        limits: Arc::new(config.limits.clone()),
        access,
    });
    let rooms = Rooms::start(terms_now.clone(), &metrics).await.map_err(|source| StartError {
        what: "cannot use the NATS servers".to_owned(),
        advice: "choose another address with --rooms, such as nats://127.0.0.1:4222",
        source,
    })?;
    let lanes = Lanes::start().map_err(|source| StartError {
        what: "cannot start the threads that serve connections".to_owned(),
        advice: "raise the limit of processes and open files",
        source,
    })?;
    let house = House {
        gate: Gate::new(address, tls.is_some(), &config.allowed_hosts),
        terms: terms_now,
        resolver: config.resolver,
        hostname,
        endpoints_json: endpoints_json.into(),
        meeting,
        lanes,
        callers: Arc::new(Callers::new()),
        rooms,
        connections: Arc::new(Semaphore::new(config.limits.connections)),
        sessions: Arc::new(Semaphore::new(config.limits.sessions)),
        session_count: AtomicU64::new(0),
        metrics,
        tls: tls.clone(),
        trusted: config.trusted_proxies,
        stage,
        _alive: alive_sender,
    };
    let (sessions, session_limit) = (Arc::clone(&house.sessions), config.limits.sessions);
    let house = Arc::new(house);
    if let Some((listener, at)) = metrics_listener.zip(metrics_address) {
        let gate = at.ip().is_loopback().then(|| Gate::new(at, false, &[]));
        tokio::spawn(metrics::listen(listener, gate, Arc::clone(&house)));
    }
    tokio::spawn(listener::listen(listener, house));
    let stage = stage_sender;
    Ok(Relay {
        address,
        endpoints,
        metrics_address,
        terms,
        stage,
        tls,
        sessions,
        session_limit,
        alive,
    })
}

/// The token that the configuration names; the error has the file's name.
fn access(config: &Config) -> Result<Option<Arc<Access>>, (String, io::Error)> {
    let read = |file: &PathBuf| {
        Access::read(file).map(Arc::new).map_err(|error| (file.display().to_string(), error))
    };
    config.token_file.as_ref().map(read).transpose()
}

impl Relay {
    /// Where it listens, with the port that was free if the configuration said 0.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The page's address, for a browser on this machine.
    pub fn url(&self) -> String {
        let (address, port) = (self.address, self.address.port());
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        if address.ip().is_unspecified() {
            return format!("{scheme}://localhost:{port}/");
        }
        format!("{scheme}://{address}/")
    }

    /// Where the metrics are, if they are to be told.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_address
    }

    /// Reads certificate and key again, for connections from now on. After an error those that
    /// were in use stay in use. Without TLS there is nothing to do.
    pub fn reload_certificate(&self) -> Result<(), StartError> {
        self.tls.as_ref().map_or(Ok(()), |tls| tls.reload())
    }

    /// Takes no new tunnels and opens nothing more for those that are there; returns when all of
    /// them have ended, or after `limit`. [`Relay::stop`] is to follow.
    pub async fn drain(&self, limit: Duration) {
        self.stage.send_if_modified(|stage| {
            let first = *stage == Stage::Running;
            if first {
                *stage = Stage::Draining(limit);
            }
            first
        });
        let all = u32::try_from(self.session_limit).unwrap_or(u32::MAX);
        let ended = tokio::time::timeout(limit, self.sessions.acquire_many(all)).await;
        if ended.is_err() {
            let left = self.session_limit - self.sessions.available_permits();
            tracing::warn!(left, "the time is over; tunnels with open streams are cut");
        }
    }

    /// The practice servers.
    pub fn endpoints(&self) -> &[Endpoint] {
        &self.endpoints
    }

    /// What goes wrong on purpose, and where.
    pub fn faults(&self) -> impl Iterator<Item = (&str, SocketAddr, &'static Fault)> {
        self.endpoints.iter().filter_map(|endpoint| {
            let protocol = protocols::by_id(&endpoint.protocol)?;
            let fault = faults::named(endpoint.fault.as_ref()?, protocol).ok()?;
            Some((protocol.name, endpoint.address, fault))
        })
    }

    /// Says goodbye to every page and waits until the last connection is closed.
    pub async fn stop(mut self) {
        self.stage.send_replace(Stage::Stopped);
        // Nothing is ever sent; `None` is that every task has ended.
        let _ = self.alive.recv().await;
    }
}

async fn metrics_listener(config: &Config) -> Result<Option<TcpListener>, StartError> {
    let Some(at) = config.metrics else { return Ok(None) };
    if !at.ip().is_loopback() && !config.metrics_for_all {
        return Err(StartError {
            what: format!("does not tell its metrics at {at}"),
            advice: "choose a loopback address such as 127.0.0.1:9090 with --metrics, or say \
                --metrics-for-all",
            source: io::Error::other("everybody who reaches that address could read them"),
        });
    }
    let listener = TcpListener::bind(at).await.map_err(|source| StartError {
        what: format!("cannot listen on {at} for metrics"),
        advice: "choose another address with --metrics",
        source,
    })?;
    Ok(Some(listener))
}

/// The relay could not start: what it could not do, and what to do about it.
#[derive(Debug)]
pub struct StartError {
    what: String,
    advice: &'static str,
    source: io::Error,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "The relay {}: {}. Please {}.", self.what, self.source, self.advice)
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}
