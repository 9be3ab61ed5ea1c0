//! What the relay is told before it starts. Every number has its reason in `docs/tunnel.md`.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use ipnet::IpNet;
use shared::faults::{self, Fault};
use shared::protocols::{self, Protocol};

use crate::policy::Rule;

#[derive(Clone, Debug)]
pub struct Config {
    /// Where the page and the tunnel are; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Further names under which browsers may reach the relay, for a relay behind a proxy.
    pub allowed_hosts: Vec<String>,
    pub rule: Rule,
    pub practice_listen: IpAddr,
    /// The practice servers' ports count up from here; 0 takes free ones.
    pub practice_port_base: u16,
    /// What goes wrong on purpose at a practice server; one fault for each protocol at most.
    pub faults: Vec<ChosenFault>,
    /// Where to write the list of practice servers, for programs that are not the page.
    pub endpoints_file: Option<PathBuf>,
    /// With these the page and the tunnel speak TLS.
    pub tls: Option<TlsFiles>,
    /// Proxies whose word for the address of a browser is taken.
    pub trusted_proxies: Vec<IpNet>,
    /// Where the metrics are; port 0 takes a free one.
    pub metrics: Option<SocketAddr>,
    /// The metrics may be at an address that others reach, and are then told to everybody there.
    pub metrics_for_all: bool,
    pub limits: Limits,
}

/// PEM files: the certificate with those that lead to its root, and its key.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            allowed_hosts: Vec::new(),
            rule: Rule::Lab,
            practice_listen: IpAddr::V4(Ipv4Addr::LOCALHOST),
            practice_port_base: 0,
            faults: Vec::new(),
            endpoints_file: None,
            tls: None,
            trusted_proxies: Vec::new(),
            metrics: None,
            metrics_for_all: false,
            limits: Limits::default(),
        }
    }
}

/// A practice server and what goes wrong with it.
#[derive(Clone, Copy)]
pub struct ChosenFault {
    pub protocol: &'static Protocol,
    pub fault: &'static Fault,
}

impl FromStr for ChosenFault {
    type Err = String;

    /// Reads `smtp=451-every-3rd-rcpt`.
    fn from_str(text: &str) -> Result<ChosenFault, String> {
        let (id, name) = text.split_once('=').unwrap_or((text, ""));
        let Some(protocol) = protocols::by_id(id) else {
            let known: Vec<_> = protocols::ALL.iter().map(|protocol| protocol.id).collect();
            return Err(format!(
                "there is no protocol {id:?}. Expected PROTOCOL=NAME, such as \
                 smtp=451-every-3rd-rcpt, with one of {}.",
                known.join(", ")
            ));
        };
        let fault = faults::named(name, protocol)?;
        Ok(ChosenFault { protocol, fault })
    }
}

impl fmt::Debug for ChosenFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.protocol.id, self.fault.id)
    }
}

#[derive(Clone, Debug)]
pub struct Limits {
    /// HTTP connections that are no tunnels.
    pub connections: usize,
    /// Tunnels.
    pub sessions: usize,
    /// Sockets per tunnel.
    pub streams: u16,
    /// Until an HTTP request has told its headers.
    pub headers: Duration,
    /// Until HELLO has come.
    pub hello: Duration,
    /// The longest a connection may take to come about, whatever the page asks for.
    pub connect: Duration,
    /// The longest a page may listen, whatever it asks for.
    pub listen: Duration,
    /// Silence after which the relay asks whether the page is there.
    pub ping_after: Duration,
    /// Silence after which the page is taken to be gone.
    pub silence: Duration,
    /// How long the last words of a session, and of the relay, may take.
    pub farewell: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 1024,
            sessions: 256,
            streams: shared::tunnel::DEFAULT_MAX_STREAMS,
            headers: Duration::from_secs(10),
            hello: Duration::from_secs(5),
            connect: Duration::from_secs(10),
            listen: Duration::from_secs(5 * 60),
            ping_after: Duration::from_secs(20),
            silence: Duration::from_secs(60),
            farewell: Duration::from_secs(1),
        }
    }
}
