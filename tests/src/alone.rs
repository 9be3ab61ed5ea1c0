//! A relay in a process of its own.

use std::io::{BufRead, BufReader, Read, Seek};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

pub struct Alone {
    pub address: SocketAddr,
    child: Child,
    /// What it writes to standard error.
    words: std::fs::File,
}

impl Alone {
    /// `program` is the test program `relay_alone`.
    pub fn start(program: &Path) -> Alone {
        let words = tempfile::tempfile().expect("a file");
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(words.try_clone().expect("a file"))
            .spawn()
            .expect("the relay starts");
        let mut line = String::new();
        let output = child.stdout.take().expect("it was piped");
        BufReader::new(output).read_line(&mut line).expect("its address");
        let address = line.trim().parse().expect("an address");
        Alone { address, child, words }
    }

    /// Octets that are resident, and the most that ever were; `None` where that is not told.
    pub fn memory(&self) -> Option<(u64, u64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        Some((field("VmRSS:")? * 1024, field("VmHWM:")? * 1024))
    }

    /// Stops it; gives what it wrote to standard error, if it ended as it should.
    pub fn stop(mut self) -> String {
        drop(self.child.stdin.take());
        let status = self.child.wait().expect("it ends");
        let mut words = String::new();
        self.words.rewind().expect("a file");
        self.words.read_to_string(&mut words).expect("text");
        assert!(status.success(), "{status}: {words}");
        words
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
