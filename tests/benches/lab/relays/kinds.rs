//! The relays that are measured, each a process of its own.

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tests::peers::{Peer, wisp_js_server, wisp_python_server};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use super::process;
use super::servers::{Servers, Service};

const DEADLINE: Duration = Duration::from_secs(20);

/// More than the usual limits, because one address asks for everything: 2,000 WebSockets, 10,000 streams, 1,000 of them
/// on one WebSocket, and opens as fast as they go.
const SETTINGS: &str = "\
[limits]
connections = 4000
connections-per-address = 4000
sessions = 4000
sessions-per-address = 4000
streams = 2000
sockets = 20000
sockets-per-address = 20000
opens = \"off\"
opens-in-all = \"off\"
";

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// No relay.
    Plain,
    /// Ours, by its own frames.
    Own,
    /// Ours, by Wisp.
    OwnWisp,
    WispJs,
    WispPython,
    Websockify,
    Lighttpd,
}

impl Kind {
    pub(super) const ALL: [Kind; 7] = [
        Kind::Plain,
        Kind::Own,
        Kind::OwnWisp,
        Kind::WispJs,
        Kind::WispPython,
        Kind::Websockify,
        Kind::Lighttpd,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Plain => "plain TCP",
            Kind::Own => "Wirelab",
            Kind::OwnWisp => "Wirelab, `/wisp/`",
            Kind::WispJs => "wisp-js",
            Kind::WispPython => "wisp-python",
            Kind::Websockify => "websockify",
            Kind::Lighttpd => "lighttpd",
        }
    }

    /// Made by others, and no reference.
    pub(super) fn is_peer(self) -> bool {
        !matches!(self, Kind::Plain | Kind::Own | Kind::OwnWisp)
    }

    /// Many streams over one WebSocket.
    pub(super) fn multiplexes(self) -> bool {
        !matches!(self, Kind::Plain | Kind::Websockify | Kind::Lighttpd)
    }
}

/// One that runs until this is dropped.
pub(super) struct Relay {
    pub(super) access: Access,
    process: Option<Process>,
}

/// How a client gets to a service.
#[derive(Clone, Copy)]
pub(super) struct Access {
    pub(super) kind: Kind,
    pub(super) servers: Servers,
    /// As the relay knows itself. Not of plain TCP.
    pub(super) relay: SocketAddr,
    /// A slow line in between.
    pub(super) via: Option<SocketAddr>,
}

enum Process {
    Peer(Peer),
    /// With the folder of its settings, which lasts as long.
    Child(Child, #[expect(dead_code)] TempDir),
}

impl Relay {
    /// `None` where it is not installed.
    pub(super) async fn start(kind: Kind, servers: Servers) -> Option<Relay> {
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let (relay, process) = match kind {
            Kind::Plain => (nowhere, None),
            Kind::Own | Kind::OwnWisp => own().await,
            Kind::WispJs => of_peer(wisp_js_server().await?),
            Kind::WispPython => of_peer(wisp_python_server().await?),
            Kind::Websockify => websockify(servers).await?,
            Kind::Lighttpd => lighttpd(servers).await?,
        };
        Some(Relay { access: Access { kind, servers, relay, via: None }, process })
    }

    /// What its processes hold in memory, in KiB.
    pub(super) fn resident(&self) -> f64 {
        self.id().map_or(f64::NAN, |id| process::resident(id) as f64)
    }

    /// The time on a processor that it has used, with its children's. `None` without a relay.
    pub(super) fn used(&self) -> Option<Duration> {
        self.id().map(process::used)
    }

    fn id(&self) -> Option<u32> {
        match self.process.as_ref()? {
            Process::Peer(peer) => Some(peer.id()),
            Process::Child(child, _) => child.id(),
        }
    }
}

type Started = (SocketAddr, Option<Process>);

fn of_peer(peer: Peer) -> Started {
    (peer.address, Some(Process::Peer(peer)))
}

async fn own() -> Started {
    // What `cargo xtask bench` built.
    let program = std::env::var_os("WIRELAB_RELAY").expect("run `cargo xtask bench`");
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("bench.toml");
    fs::write(&settings, SETTINGS).unwrap();
    let mut command = Command::new(program);
    command.args(["--listen", "127.0.0.1:0", "--policy", "open", "--config"]).arg(settings);
    command.env("RUST_LOG", "error").stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().expect("the relay starts");
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = timeout(DEADLINE, lines.next_line()).await.expect("the relay says where it is");
    let line = line.unwrap().expect("the relay runs");
    let address =
        line.split("http://").nth(1).and_then(|url| url.trim_end_matches('/').parse().ok());
    let address = address.unwrap_or_else(|| panic!("no address in {line:?}"));
    (address, Some(Process::Child(child, folder)))
}

/// In pure Python. It forks for each WebSocket, and finds the target by a token of the URL.
async fn websockify(servers: Servers) -> Option<Started> {
    let packages = tests::workspace().join("target/pypi/websockify");
    if !packages.join("websockify/websocketproxy.py").is_file() {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let tokens = folder.path().join("tokens");
    let lines = Servers::ALL.map(|(name, of)| format!("{name}: {}\n", servers.address(of)));
    fs::write(&tokens, lines.concat()).unwrap();
    let address = tests::free_address();
    let mut command = Command::new("python3");
    command.args(["-B", "-W", "ignore", "-m", "websockify", "--token-plugin", "TokenFile"]);
    command.arg("--token-source").arg(tokens).arg(address.to_string()).env("PYTHONPATH", packages);
    Some(listening(command, address, folder).await)
}

async fn lighttpd(servers: Servers) -> Option<Started> {
    let program = ["/usr/sbin/lighttpd", "/usr/local/sbin/lighttpd"]
        .into_iter()
        .find(|program| fs::metadata(program).is_ok())?;
    let folder = tempfile::tempdir().unwrap();
    let address = tests::free_address();
    let mut settings = format!(
        "server.document-root = {:?}\nserver.bind = \"127.0.0.1\"\nserver.port = {}\n\
         server.modules = (\"mod_wstunnel\")\nserver.max-fds = 16384\nserver.max-connections = 8192\n\
         wstunnel.frame-type = \"binary\"\n",
        folder.path(),
        address.port()
    );
    for (name, service) in Servers::ALL {
        writeln!(
            settings,
            "$HTTP[\"url\"] == \"/{name}\" {{ wstunnel.server = ( \"\" => (( \"host\" => \
             \"127.0.0.1\", \"port\" => {} )) ) }}",
            servers.address(service).port()
        )
        .unwrap();
    }
    let file = folder.path().join("lighttpd.conf");
    fs::write(&file, settings).unwrap();
    let mut command = Command::new(program);
    command.arg("-D").arg("-f").arg(file);
    Some(listening(command, address, folder).await)
}

/// Starts a program that does not say when it is ready.
async fn listening(mut command: Command, address: SocketAddr, folder: TempDir) -> Started {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let child =
        command.spawn().unwrap_or_else(|error| panic!("could not start {command:?}: {error}"));
    let ready = async {
        while TcpStream::connect(address).await.is_err() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(DEADLINE, ready).await.unwrap_or_else(|_| panic!("{command:?} does not listen"));
    (address, Some(Process::Child(child, folder)))
}

impl Access {
    pub(super) fn service(&self, service: Service) -> &'static str {
        Servers::ALL[service as usize].0
    }
}
