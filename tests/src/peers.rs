//! Wisp as others made it: wisp-js (npm) and wisp-python (PyPI), which `cargo xtask setup` installs.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

const DEADLINE: Duration = Duration::from_secs(60);

/// A server that runs until this is dropped.
pub struct Peer {
    pub address: SocketAddr,
    child: Child,
}

impl Peer {
    /// Of its process.
    pub fn id(&self) -> u32 {
        self.child.id().expect("it was not waited for")
    }
}

/// `None`, after a plain line, where it is not installed.
pub async fn wisp_js_server() -> Option<Peer> {
    let mut command = node("server.mjs")?;
    Some(started(&mut command).await)
}

pub async fn wisp_python_server() -> Option<Peer> {
    let folder = crate::workspace().join("target/pypi/wisp");
    if !folder.join("wisp/server/http.py").is_file() {
        crate::skip("wisp-python is not installed");
        return None;
    }
    let mut command = Command::new("python3");
    // websockets has another way to serve by now, and says so.
    command.args(["-B", "-W", "ignore"]).arg(script("server.py")).env("PYTHONPATH", folder);
    Some(started(&mut command).await)
}

/// What `tests/wisp/client.mjs` says about this relay and these servers.
pub async fn wisp_js_client(relay: SocketAddr, ports: [u16; 4]) -> Option<serde_json::Value> {
    let mut command = node("client.mjs")?;
    command.arg(format!("ws://{relay}/wisp/")).args(ports.map(|port| port.to_string()));
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output();
    let output = timeout(DEADLINE, output).await.expect("wisp-js ends within the deadline");
    let output = output.expect("node starts");
    let (said, errors) =
        [&output.stdout, &output.stderr].map(|s| String::from_utf8_lossy(s)).into();
    assert!(output.status.success(), "wisp-js failed: {said}{errors}");
    Some(serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}{errors}")))
}

fn node(name: &str) -> Option<Command> {
    let folder = crate::workspace().join("target/npm/wisp");
    if !folder.join("node_modules/@mercuryworkshop/wisp-js/package.json").is_file() {
        crate::skip("wisp-js is not installed");
        return None;
    }
    let mut command = Command::new("node");
    command.arg(script(name)).arg(folder);
    Some(command)
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("wisp").join(name)
}

/// Both scripts say their port in a line, and end with their input.
async fn started(command: &mut Command) -> Peer {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("could not start {command:?}: {error}"));
    let output = child.stdout.take().expect("its output was piped");
    let line = timeout(DEADLINE, BufReader::new(output).lines().next_line()).await;
    let line = line.expect("a server starts within the deadline").expect("its output is text");
    let port = line.and_then(|line| line.parse().ok());
    let port: u16 = port.unwrap_or_else(|| panic!("{command:?} said no port"));
    Peer { address: SocketAddr::from(([127, 0, 0, 1], port)), child }
}
