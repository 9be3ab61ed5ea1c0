//! What the relay is told before it starts. Every number has its reason in `docs/tunnel.md`.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use async_nats::ServerAddr;
use ipnet::IpNet;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use shared::faults::{self, Fault};
use shared::protocols::{self, Protocol};

use crate::bucket::Rate;
use crate::policy::{Parameters, PolicyName};
use crate::resolver::Resolver;
use crate::settings::values;

#[derive(Clone, Debug)]
pub struct Config {
    /// Where the page and the tunnel are; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Further names under which browsers may reach the relay, for a relay behind a proxy.
    pub allowed_hosts: Vec<String>,
    /// Where pages may connect to, listen and send.
    pub policy: PolicyName,
    /// What belongs to the policy beside its name.
    pub parameters: Parameters,
    pub resolver: Resolver,
    pub practice_listen: IpAddr,
    /// The practice servers' ports count up from here; 0 takes free ones.
    pub practice_port_base: u16,
    /// What goes wrong on purpose at a practice server; one fault for each protocol at most.
    pub faults: Vec<ChosenFault>,
    /// Where to write the list of practice servers, for programs that are not the page.
    pub endpoints_file: Option<PathBuf>,
    /// Whoever uses the relay has to know the token in this file.
    pub token_file: Option<PathBuf>,
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
            policy: PolicyName::Lab,
            parameters: Parameters::default(),
            resolver: Resolver::default(),
            practice_listen: IpAddr::V4(Ipv4Addr::LOCALHOST),
            practice_port_base: 0,
            faults: Vec::new(),
            endpoints_file: None,
            token_file: None,
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

#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Limits {
    /// HTTP connections that are no tunnels.
    #[serde(deserialize_with = "values::count")]
    pub connections: usize,
    /// Of them, from one address.
    #[serde(deserialize_with = "values::count")]
    pub connections_per_address: usize,
    /// Tunnels.
    #[serde(deserialize_with = "values::count")]
    pub sessions: usize,
    /// Of them, from one address.
    #[serde(deserialize_with = "values::count")]
    pub sessions_per_address: usize,
    /// Sockets per tunnel.
    #[serde(deserialize_with = "values::count")]
    pub streams: u16,
    /// Sockets of all tunnels.
    #[serde(deserialize_with = "values::count")]
    pub sockets: usize,
    /// Of them, of the tunnels from one address.
    #[serde(deserialize_with = "values::count")]
    pub sockets_per_address: usize,
    /// Sockets that one address opens, and tunnels.
    #[serde(deserialize_with = "values::text")]
    pub opens: Rate,
    /// What all of them open.
    #[serde(deserialize_with = "values::text")]
    pub opens_in_all: Rate,
    /// Octets that sockets carry for one address, both ways together.
    #[serde(deserialize_with = "values::text")]
    pub bytes: Rate,
    /// What they carry for all.
    #[serde(deserialize_with = "values::text")]
    pub bytes_in_all: Rate,
    /// Wrong access tokens that one address says.
    #[serde(deserialize_with = "values::text")]
    pub wrong_tokens: Rate,
    /// The longest that an HTTP connection lasts that is no tunnel.
    #[serde(deserialize_with = "values::duration")]
    pub connection: Duration,
    /// Until an HTTP request has told its headers.
    #[serde(deserialize_with = "values::duration")]
    pub headers: Duration,
    /// Until HELLO has come.
    #[serde(deserialize_with = "values::duration")]
    pub hello: Duration,
    /// The longest a connection may take to come about, whatever the page asks for.
    #[serde(deserialize_with = "values::duration")]
    pub connect: Duration,
    /// The longest a page may listen, whatever it asks for.
    #[serde(deserialize_with = "values::duration")]
    pub listen: Duration,
    /// Silence after which the relay asks whether the page is there.
    #[serde(deserialize_with = "values::duration")]
    pub ping_after: Duration,
    /// Silence after which the page is taken to be gone.
    #[serde(deserialize_with = "values::duration")]
    pub silence: Duration,
    /// How long a page may leave unread what the relay sends.
    #[serde(deserialize_with = "values::duration")]
    pub unread: Duration,
    /// The longest that nothing goes over a connection of a page, either way.
    #[serde(deserialize_with = "values::duration")]
    pub idle: Duration,
    /// The longest that a tunnel has no socket.
    #[serde(deserialize_with = "values::duration")]
    pub unused: Duration,
    /// The longest that a tunnel lasts.
    #[serde(deserialize_with = "values::duration")]
    pub session: Duration,
    /// How long the last words of a session, and of the relay, may take.
    #[serde(deserialize_with = "values::duration")]
    pub farewell: Duration,
    /// In a table of its own in the file.
    #[serde(skip)]
    pub rooms: RoomSettings,
}

/// Rooms in which one presents and others look on.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct RoomSettings {
    /// Where several relays have their rooms together; without it each has its own, in memory.
    #[serde(deserialize_with = "values::some_text")]
    pub hub: Option<NatsServers>,
    #[serde(deserialize_with = "values::count")]
    pub rooms: usize,
    /// Of one room.
    #[serde(deserialize_with = "values::count")]
    pub viewers: usize,
    /// Of all rooms, at this relay.
    #[serde(deserialize_with = "values::count")]
    pub viewers_in_all: usize,
    /// Of them, from one address.
    #[serde(deserialize_with = "values::count")]
    pub viewers_per_address: usize,
    /// What one viewer says.
    #[serde(deserialize_with = "values::text")]
    pub says: Rate,
    /// Codes without a room that one address says.
    #[serde(deserialize_with = "values::text")]
    pub wrong_codes: Rate,
    /// The longest that a room lasts.
    #[serde(deserialize_with = "values::duration")]
    pub lifetime: Duration,
    /// The longest that it has no presenter.
    #[serde(deserialize_with = "values::duration")]
    pub alone: Duration,
}

/// `nats://` addresses, which may have a password in them.
#[derive(Clone, PartialEq)]
pub struct NatsServers {
    addresses: Vec<ServerAddr>,
    pub(crate) login: Option<NatsLogin>,
}

#[derive(Clone, PartialEq)]
pub(crate) enum NatsLogin {
    /// Of a user, with a password.
    Password(String, String),
    Token(String),
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 1024,
            connections_per_address: 256,
            sessions: 256,
            sessions_per_address: 160,
            streams: shared::tunnel::DEFAULT_MAX_STREAMS,
            sockets: 4096,
            sockets_per_address: 2048,
            opens: Rate::new(200, 2000),
            opens_in_all: Rate::new(1000, 8000),
            bytes: Rate::OFF,
            bytes_in_all: Rate::OFF,
            wrong_tokens: Rate::new(1, 20),
            connection: Duration::from_secs(5 * 60),
            headers: Duration::from_secs(10),
            hello: Duration::from_secs(5),
            connect: Duration::from_secs(10),
            listen: Duration::from_secs(5 * 60),
            ping_after: Duration::from_secs(20),
            silence: Duration::from_secs(60),
            unread: Duration::from_secs(60),
            idle: Duration::from_secs(60 * 60),
            unused: Duration::from_secs(30 * 60),
            session: Duration::from_secs(24 * 60 * 60),
            farewell: Duration::from_secs(1),
            rooms: RoomSettings::default(),
        }
    }
}

impl Default for RoomSettings {
    fn default() -> RoomSettings {
        RoomSettings {
            hub: None,
            rooms: 64,
            viewers: 2000,
            viewers_in_all: 4000,
            viewers_per_address: 2000,
            says: Rate::new(10, 30),
            wrong_codes: Rate::new(20, 400),
            lifetime: Duration::from_secs(6 * 60 * 60),
            alone: Duration::from_secs(30 * 60),
        }
    }
}

impl NatsServers {
    pub(crate) fn addresses(&self) -> Vec<ServerAddr> {
        self.addresses.clone()
    }
}

impl FromStr for NatsServers {
    type Err = String;

    /// Reads `nats://127.0.0.1:4222`, or several with commas between them. Before the host may stand `user:password@`
    /// or `token@`.
    fn from_str(text: &str) -> Result<NatsServers, String> {
        let address = |text: &str| {
            let address = text.trim().parse::<ServerAddr>().ok();
            address.filter(|address| matches!(address.scheme(), "nats" | "tls")).ok_or_else(|| {
                // It may hold a password.
                "expected the address of a NATS server such as nats://127.0.0.1:4222, or several \
                 with commas between them; tls:// is for TLS"
                    .to_owned()
            })
        };
        let addresses = text.split(',').map(address).collect::<Result<Vec<_>, _>>()?;
        let mut logins = addresses.iter().filter_map(login);
        let login = logins.next();
        if logins.any(|other| Some(other) != login) {
            return Err("expected the same user, or token, for all NATS servers".to_owned());
        }
        Ok(NatsServers { addresses, login })
    }
}

impl fmt::Debug for NatsServers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts: Vec<_> = self
            .addresses
            .iter()
            .map(|server| format!("{}:{}", server.host(), server.port()))
            .collect();
        f.write_str(&hosts.join(" "))
    }
}

fn login(server: &ServerAddr) -> Option<NatsLogin> {
    let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let user = plain(server.username()?);
    Some(match server.password() {
        Some(password) => NatsLogin::Password(user, plain(password)),
        None => NatsLogin::Token(user),
    })
}
