//! Debian's nats-server with JetStream, one for each test that asks.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::{Instant, sleep};

const DEADLINE: Duration = Duration::from_secs(20);

/// Nobody else gets in.
const USER: &str = "wirelab";
const PASSWORD: &str = "of:the@rooms";

/// Killed when it is dropped.
pub struct NatsServer {
    child: Child,
    folder: TempDir,
    pub address: SocketAddr,
}

impl NatsServer {
    /// At a free port; `None`, after a plain line, where it is not installed.
    pub async fn start() -> Option<NatsServer> {
        let Some(program) = program() else {
            crate::skip("nats-server is not installed");
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder for streams");
        let child = run(&program, folder.path(), "-1");
        let ports = folder.path().join(format!("nats-server_{}.ports", child.id()));
        let mut server =
            NatsServer { child, folder, address: SocketAddr::from(([127, 0, 0, 1], 0)) };
        let deadline = Instant::now() + DEADLINE;
        loop {
            let text = fs::read_to_string(&ports).unwrap_or_default();
            if let Some(address) = address(&text) {
                server.address = address;
                server.listens(deadline).await;
                return Some(server);
            }
            assert!(Instant::now() < deadline, "nats-server does not say its port: {text:?}");
            sleep(Duration::from_millis(5)).await;
        }
    }

    pub fn url(&self) -> String {
        format!("nats://{USER}:of%3Athe%40rooms@{}", self.address)
    }

    /// As a machine that loses its power.
    pub fn kill(&mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it was running");
    }

    /// Again at the same port, with the streams that were there.
    pub async fn restart(&mut self) {
        let program = program().expect("it was there before");
        self.child = run(&program, self.folder.path(), &self.address.port().to_string());
        self.listens(Instant::now() + DEADLINE).await;
    }

    async fn listens(&self, deadline: Instant) {
        while TcpStream::connect(self.address).is_err() {
            assert!(Instant::now() < deadline, "nats-server does not listen at {}", self.address);
            sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(program: &Path, folder: &Path, port: &str) -> Child {
    Command::new(program)
        .args(["-js", "-a", "127.0.0.1", "--user", USER, "--pass", PASSWORD, "-p", port, "-sd"])
        .arg(folder)
        .arg("--ports_file_dir")
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("nats-server starts")
}

/// Of `{"nats":["nats://127.0.0.1:4222"]}`.
fn address(text: &str) -> Option<SocketAddr> {
    let ports: serde_json::Value = serde_json::from_str(text).ok()?;
    ports["nats"][0].as_str()?.strip_prefix("nats://")?.parse().ok()
}

fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
    folders.map(|folder| folder.join("nats-server")).find(|program| program.is_file())
}
