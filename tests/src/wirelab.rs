//! The program `wirelab` as a process: for what only a process has, signals and a log.

use std::path::{Path, PathBuf};
use std::process::{Command as StdCommand, Stdio};
use std::sync::OnceLock;

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::workspace;

/// One running relay; killed when it is dropped.
pub struct Wirelab {
    child: Child,
    stdout: Lines<BufReader<ChildStdout>>,
    /// What it has written to its log, and the task that reads that.
    log: watch::Receiver<String>,
    reading: JoinHandle<()>,
    /// The page's address, as it was printed.
    pub url: String,
}

impl Wirelab {
    /// At a free port, with these further arguments and this filter for its log.
    pub async fn start(args: &[&str], filter: &str) -> Wirelab {
        let mut child = Command::new(program())
            .args(["--listen", "127.0.0.1:0"])
            .args(args)
            .env("RUST_LOG", filter)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("wirelab starts");
        let stderr = child.stderr.take().expect("stderr was piped");
        let (written, log) = watch::channel(String::new());
        let reading = tokio::spawn(async move {
            let mut lines = BufReader::new(stderr).lines();
            while let Some(line) = lines.next_line().await.expect("the log is text") {
                written.send_modify(|log| log.push_str(&format!("{line}\n")));
            }
        });
        let stdout = BufReader::new(child.stdout.take().expect("stdout was piped"));
        let mut wirelab =
            Wirelab { child, stdout: stdout.lines(), log, reading, url: String::new() };
        wirelab.url = wirelab.says("Wirelab is at ").await;
        wirelab
    }

    /// The rest of the next line of standard output that begins like this.
    pub async fn says(&mut self, start: &str) -> String {
        loop {
            let line = self.stdout.next_line().await.expect("standard output is text");
            let line = line.unwrap_or_else(|| panic!("it ended before it said {start:?}"));
            if let Some(rest) = line.strip_prefix(start) {
                return rest.to_owned();
            }
        }
    }

    /// Waits until the log says this.
    pub async fn logs(&mut self, text: &str) {
        let said = self.log.wait_for(|log| log.contains(text)).await.is_ok();
        assert!(said, "it ended before it logged {text:?}");
    }

    /// `TERM`, `INT` or `HUP`.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().expect("it runs").to_string();
        let status = StdCommand::new("kill").args(["-s", name, &id]).status();
        assert!(status.expect("there is a program `kill`").success());
    }

    /// What it holds in memory, in KiB.
    pub fn resident(&self) -> u64 {
        let id = self.child.id().expect("it runs");
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        kib.expect("the system says what a process holds")
    }

    /// Waits until it has ended by itself: whether all was well, and its whole log.
    pub async fn end(mut self) -> (bool, String) {
        let status = self.child.wait().await.expect("it ends");
        self.reading.await.expect("the log was read");
        let log = self.log.borrow().clone();
        (status.success(), log)
    }
}

/// Built once, as `cargo xtask test` builds everything else, so that nothing is built twice there.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let mut build = StdCommand::new(env!("CARGO"));
        build.current_dir(workspace());
        build.args(["build", "--quiet", "--workspace", "--exclude", "xtask", "--bin", "wirelab"]);
        build.args(["--message-format", "json-render-diagnostics"]);
        // What cargo says to its tests about their own package would look like news to others.
        for (name, _) in std::env::vars_os() {
            let of_package = name.to_string_lossy();
            if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|part| of_package.starts_with(part)) {
                build.env_remove(&name);
            }
        }
        let output = build.stderr(Stdio::inherit()).output().expect("cargo runs");
        assert!(output.status.success(), "wirelab was not built");
        let built = String::from_utf8(output.stdout).expect("cargo writes JSON");
        built
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .filter(|message| message["target"]["name"] == "wirelab")
            .find_map(|message| message["executable"].as_str().map(PathBuf::from))
            .expect("cargo says where wirelab is")
    })
}
