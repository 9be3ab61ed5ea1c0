//! Random churn against a relay in this process, in which every octet is accounted for.
//!
//! Pages come and go; each plays some scenes at once (`scene`): streams that are read late, given up,
//! reset or half closed, listeners, UDP, and a server that is killed and comes back (`server`). What is
//! sent is a pattern that says of each octet where it belongs (`script`), so a lost, doubled or
//! misplaced one is seen where it is read. Whatever ended in order must be whole; whatever did not, a
//! correct beginning. At the end nothing may be open, at the relay or at the server.

mod scene;
mod script;
mod server;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, join_all, select};
use relay::{Config, PolicyName, Relay};
use shared::random::Random;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::tunnel::TunnelClient;
use scene::{Stage, Tally};
use server::Server;

/// Pages at a time, and the most scenes that each plays at once.
const PAGES: u64 = 4;
const SCENES: u64 = 12;

/// Only a hang is as slow as this.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the memory of the whole process may grow by between a quarter of the work and its end.
const GROWTH: u64 = 48 * 1024 * 1024;

/// How much there is to do.
#[derive(Clone, Copy, Debug)]
pub enum Work {
    /// So many visits of pages.
    Visits(u64),
    /// Visits begin until this time is over.
    Time(Duration),
}

/// What was done.
#[derive(Debug, Default)]
pub struct Report {
    pub visits: u64,
    /// Octets that were compared, in both directions.
    pub octets: u64,
    pub kills: u64,
    /// How often each thing happened.
    pub seen: BTreeMap<&'static str, u64>,
    /// Memory of the process in bytes, after a quarter of the work and at the end.
    pub memory: [u64; 2],
}

/// Panics with a sentence when something is not as it should be. `alone`: nothing else runs in this
/// process, so that its memory and its files can be judged, too.
pub async fn run(seed: u64, work: Work, alone: bool) -> Report {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let config =
        Config { listen: any, metrics: Some(any), policy: PolicyName::Open, ..Config::default() };
    let relay = relay::start(config).await.expect("the relay starts");
    let stage = Arc::new(Stage { server: Server::start().await, echo: server::udp_echo().await });
    let files = value(&metrics(&relay).await, "process_open_fds");

    let mut random = Random::new(seed);
    let begin = Instant::now();
    let mut report = Report::default();
    // A quarter warms up; from then on memory is level, or it leaks.
    for part in 0..4 {
        let pages = (0..PAGES).map(|_| {
            let (random, stage) = (Random::new(random.next_u64()), Arc::clone(&stage));
            tokio::spawn(page(relay.address(), random, stage, work.part(begin, part)))
        });
        for page in join_all(pages).await {
            report.add(page.unwrap_or_else(|error| panic!("seed {seed}: {error}")));
        }
        let text = settled(&relay, &stage).await;
        let memory = value(&text, "process_resident_memory_bytes");
        match part {
            0 => report.memory = [memory; 2],
            _ => report.memory[1] = memory,
        }
        let open = value(&text, "process_open_fds");
        // The last connection to the metrics may still be closing.
        assert!(!alone || open <= files + 2, "seed {seed}: {open} files are open, {files} were");
    }
    report.kills = stage.server.kills();
    let [warm, end] = report.memory;
    assert!(!alone || end <= warm + GROWTH, "seed {seed}: memory grew from {warm} to {end} bytes");
    within("the end of the last task of the relay", relay.stop()).await;
    report
}

/// Visits until the work is done.
async fn page(relay: SocketAddr, mut random: Random, stage: Arc<Stage>, work: Work) -> Report {
    let mut report = Report::default();
    let begin = Instant::now();
    loop {
        match work {
            Work::Visits(most) if report.visits >= most => return report,
            Work::Time(most) if begin.elapsed() >= most => return report,
            _ => report.visits += 1,
        }
        let visit = visit(relay, &mut random, &stage);
        visit.await.into_iter().for_each(|tally| report.note(&tally));
    }
}

/// One session: some scenes at once, and then the page leaves, or has left before they were over.
async fn visit(relay: SocketAddr, random: &mut Random, stage: &Stage) -> Vec<Tally> {
    let client = within("WELCOME", TunnelClient::connect(relay)).await;
    let count = 1 + random.next_u64() % SCENES;
    let scenes = (0..count).map(|_| scene::play(&client, Random::new(random.next_u64()), stage));
    let scenes = join_all(scenes);
    if !random.next_u64().is_multiple_of(5) {
        return scenes.await;
    }
    let patience = random.next_u64() % 3000;
    let leave = std::pin::pin!(async {
        for _ in 0..patience {
            tokio::task::yield_now().await;
        }
    });
    match select(scenes, leave).await {
        Either::Left((tallies, _)) => tallies,
        // Server and relay see the end of all this; whether they do is looked at when all have left.
        Either::Right(_) => vec![Tally::of("page left in the middle")],
    }
}

/// Waits until nothing is open; the metrics that say so.
async fn settled(relay: &Relay, stage: &Stage) -> String {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let text = metrics(relay).await;
        let gauges = ["websockets", "streams", "listeners", "udp_sockets", "practice_visits"];
        let left = gauges.iter().find(|gauge| value(&text, &format!("wirelab_{gauge}")) > 0);
        let connections = stage.server.connections();
        if left.is_none() && connections == 0 {
            return text;
        }
        assert!(
            Instant::now() < deadline,
            "all pages have left, but {connections} connections of the server are open, and:\n{text}"
        );
        tokio::task::yield_now().await;
    }
}

/// Panics if it takes longer than anything can but a hang.
async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("{what} does not come"))
}

async fn metrics(relay: &Relay) -> String {
    let at = relay.metrics_address().expect("metrics were asked for");
    let mut socket = TcpStream::connect(at).await.expect("the metrics' port answers");
    let request = format!("GET /metrics HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.expect("the metrics' port reads");
    let mut text = String::new();
    socket.read_to_string(&mut text).await.expect("the metrics are text");
    text
}

fn value(metrics: &str, name: &str) -> u64 {
    let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {name} in\n{metrics}"))
}

impl Work {
    /// The work of one page in one of four parts.
    fn part(self, begin: Instant, part: u32) -> Work {
        match self {
            Work::Visits(visits) => Work::Visits((visits / 4 / PAGES).max(1)),
            Work::Time(time) => Work::Time((time / 4 * (part + 1)).saturating_sub(begin.elapsed())),
        }
    }
}

impl Report {
    fn note(&mut self, tally: &Tally) {
        self.octets += tally.octets;
        *self.seen.entry(tally.what).or_default() += 1;
    }

    fn add(&mut self, other: Report) {
        self.visits += other.visits;
        self.octets += other.octets;
        for (what, count) in other.seen {
            *self.seen.entry(what).or_default() += count;
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { visits, octets, kills, seen, memory: [warm, end] } = self;
        let megabytes = |bytes: &u64| bytes / 1024 / 1024;
        writeln!(f, "{visits} pages, {} MiB compared, {kills} kills", megabytes(octets))?;
        for (what, count) in seen {
            writeln!(f, "{count:>8} {what}")?;
        }
        write!(f, "memory: {} MiB, then {} MiB", megabytes(warm), megabytes(end))
    }
}
