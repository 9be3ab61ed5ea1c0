//! A presenter and its viewers, all in this process; the relays are processes of their own.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use shared::room::{
    Code, FromRelay, Item, Knows, Line, LineKind, Move, Seen, Term, ToRelay, Token, View,
};
use shared::transcript::Side;
use tempfile::TempDir;
use tests::room::{Presenter, Wire, request};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpSocket;
use tokio::process::{Child, Command};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use crate::relays::process;

pub(super) type Seconds = f64;

const DEADLINE: Duration = Duration::from_secs(60);

/// Batches without a pause, more than a relay keeps for those who come back.
const BURST: u32 = 900;

/// Until what the last connections left behind is freed.
const SETTLE: Duration = Duration::from_millis(500);

/// One address joins a thousand times.
const SETTINGS: &str = "\
[limits]
connections = 4000
connections-per-address = 4000
unread = \"5m\"
silence = \"5m\"
";

const SECRET: [u8; 16] = [7; 16];

pub(super) struct Class {
    relays: Vec<Relay>,
    code: Code,
    presenter: Presenter,
    viewers: Vec<Arc<Viewer>>,
    /// Lines that the room has.
    lines: u32,
    pub(super) back: Duration,
}

struct Relay {
    child: Child,
    address: SocketAddr,
    _folder: TempDir,
}

pub(super) struct Steps {
    pub(super) delays: Vec<Seconds>,
    pub(super) octets: usize,
}

/// What one viewer's task tells.
#[derive(Default)]
struct Viewer {
    /// When each line came, if it came in a batch.
    came: Mutex<BTreeMap<u32, Instant>>,
    /// Lines that it has.
    lines: AtomicU64,
    wholes: AtomicUsize,
    lost: AtomicUsize,
    joined: AtomicUsize,
    stalled: AtomicBool,
    goes_on: Notify,
}

impl Class {
    /// With a relay for each hub, or one that has its rooms in memory.
    pub(super) async fn open(hubs: &[&str]) -> Class {
        let mut relays = Vec::new();
        for hub in hubs {
            relays.push(Relay::start(Some(hub)).await);
        }
        if relays.is_empty() {
            relays.push(Relay::start(None).await);
        }
        let code = Code::of(1);
        let at = relays[0].address;
        let mut presenter = Presenter::with(request(at), code, SECRET).await.expect("a room");
        presenter.say(vec![term()]).await;
        Class { relays, code, presenter, viewers: Vec::new(), lines: 0, back: Duration::ZERO }
    }

    pub(super) async fn resident(&self) -> f64 {
        sleep(SETTLE).await;
        process::resident(self.relays[0].child.id().unwrap()) as f64
    }

    /// In turns at the relays.
    pub(super) async fn join(&mut self, count: usize) {
        let addresses: Vec<SocketAddr> = self.relays.iter().map(|relay| relay.address).collect();
        for n in 0..count {
            let viewer = Arc::new(Viewer::default());
            let mut order = addresses.clone();
            order.rotate_left(n % addresses.len());
            // Of those that will not read, little fits into the socket.
            let who = (n as u64, n < count / 20);
            tokio::spawn(look_on(Arc::clone(&viewer), order, self.code, who));
            self.viewers.push(viewer);
        }
        self.wait("all have joined", |viewer| viewer.wholes.load(Ordering::Relaxed) > 0).await;
    }

    /// Says so many steps, one after the other; gives how long each took to each viewer that reads.
    pub(super) async fn steps(&mut self, count: u32, pause: Duration) -> Steps {
        let mut sent = BTreeMap::new();
        let mut octets = 0;
        for _ in 0..count {
            let items = step(self.lines);
            octets = FromRelay::Batch { batch: 1000, items: items.clone() }.encode().len();
            sent.insert(self.lines + 1, Instant::now());
            self.presenter.say(items).await;
            self.lines += 2;
            sleep(pause).await;
        }
        self.all_have_it().await;
        let mut delays = Vec::new();
        for viewer in self.viewers.iter().filter(|viewer| viewer.reads()) {
            let came = std::mem::take(&mut *viewer.came.lock().unwrap());
            let of = came.iter().filter_map(|(line, at)| Some(*at - *sent.get(line)?));
            delays.extend(of.map(|delay| delay.as_secs_f64()));
        }
        Steps { delays, octets }
    }

    /// The first ones read nothing from now on.
    pub(super) async fn stall(&mut self, count: usize) {
        self.viewers[..count]
            .iter()
            .for_each(|viewer| viewer.stalled.store(true, Ordering::Relaxed));
    }

    /// They read again, after more than a relay keeps. How many then have everything, and how many snapshots
    /// that took.
    pub(super) async fn resume(&mut self) -> (usize, usize) {
        for _ in 0..BURST {
            self.presenter.say(step(self.lines)).await;
            self.lines += 2;
        }
        self.all_have_it().await;
        let stalled: Vec<_> =
            self.viewers.iter().filter(|viewer| !viewer.reads()).map(Arc::clone).collect();
        let snapshots = || stalled.iter().map(|v| v.wholes.load(Ordering::Relaxed)).sum::<usize>();
        let before = snapshots();
        for viewer in &stalled {
            viewer.stalled.store(false, Ordering::Relaxed);
            viewer.goes_on.notify_one();
        }
        self.all_have_it().await;
        let has = |v: &&Arc<Viewer>| v.lines.load(Ordering::Relaxed) == u64::from(self.lines);
        (stalled.iter().filter(has).count(), snapshots() - before)
    }

    /// The relay of the presenter dies; everybody goes to the other one.
    pub(super) async fn kill_first(&mut self) {
        let joined = |viewer: &Viewer| viewer.joined.load(Ordering::Relaxed);
        let had: Vec<usize> = self.viewers.iter().map(|viewer| joined(viewer)).collect();
        let mut dead = self.relays.remove(0);
        let began = Instant::now();
        dead.child.kill().await.unwrap();
        let at = self.relays[0].address;
        self.presenter = Presenter::with(request(at), self.code, SECRET).await.expect("the room");
        let moved: Vec<_> = (0..self.viewers.len()).filter(|n| n % 2 == 0).collect();
        let all_back = async {
            while moved.iter().any(|n| joined(&self.viewers[*n]) == had[*n]) {
                sleep(Duration::from_millis(2)).await;
            }
        };
        timeout(DEADLINE, all_back).await.expect("all come back");
        self.back = began.elapsed();
    }

    pub(super) fn lost(&self) -> usize {
        self.viewers.iter().map(|viewer| viewer.lost.load(Ordering::Relaxed)).sum()
    }

    /// Beside the first of each viewer.
    pub(super) fn wholes(&self) -> usize {
        self.viewers.iter().map(|viewer| viewer.wholes.load(Ordering::Relaxed) - 1).sum()
    }

    async fn all_have_it(&self) {
        let lines = u64::from(self.lines);
        self.wait("all have it", |viewer| {
            !viewer.reads() || viewer.lines.load(Ordering::Relaxed) == lines
        })
        .await;
    }

    async fn wait(&self, what: &str, is: impl Fn(&Viewer) -> bool) {
        let all = async {
            while !self.viewers.iter().all(|viewer| is(viewer)) {
                sleep(Duration::from_millis(5)).await;
            }
        };
        if timeout(DEADLINE, all).await.is_err() {
            let others = self.viewers.iter().filter(|viewer| !is(viewer)).count();
            panic!("{what}: not {others} of {}", self.viewers.len());
        }
    }
}

impl Viewer {
    fn reads(&self) -> bool {
        !self.stalled.load(Ordering::Relaxed)
    }
}

async fn look_on(
    viewer: Arc<Viewer>,
    order: Vec<SocketAddr>,
    code: Code,
    (number, narrow): (u64, bool),
) {
    let mut octets = [0; 16];
    octets[..8].copy_from_slice(&number.to_be_bytes());
    let mut seen: Option<Seen> = None;
    for at in order.iter().cycle() {
        let socket = TcpSocket::new_v4().unwrap();
        if narrow {
            socket.set_recv_buffer_size(4096).unwrap();
        }
        let Ok(socket) = socket.connect(*at).await else { continue };
        let Ok(mut wire) = Wire::over(socket, request(*at)).await else { continue };
        wire.say(&ToRelay::Join { code, number: octets, seen }).await;
        loop {
            while !viewer.reads() {
                viewer.goes_on.notified().await;
            }
            let Some(message) = wire.next_within(DEADLINE * 10).await else { break };
            let now = Instant::now();
            match message {
                FromRelay::Joined(_) => {
                    viewer.joined.fetch_add(1, Ordering::Relaxed);
                }
                FromRelay::Whole { seen: at, items } => {
                    seen = Some(at);
                    let lines = items.iter().filter(|item| matches!(item, Item::Line(..))).count();
                    viewer.lines.store(lines as u64, Ordering::Relaxed);
                    viewer.wholes.fetch_add(1, Ordering::Relaxed);
                }
                FromRelay::Batch { batch, items } => {
                    let seen = seen.as_mut().expect("a snapshot comes first");
                    if batch != seen.batch + 1 {
                        viewer.lost.fetch_add(1, Ordering::Relaxed);
                    }
                    seen.batch = batch;
                    for item in items {
                        if let Item::Line(n, _) = item {
                            viewer.lines.store(u64::from(n) + 1, Ordering::Relaxed);
                            viewer.came.lock().unwrap().insert(n, now);
                        }
                    }
                }
                other => panic!("{other:?} for a viewer"),
            }
        }
    }
}

impl Relay {
    async fn start(hub: Option<&str>) -> Relay {
        // What `cargo xtask bench` built.
        let program = std::env::var_os("WIRELAB_RELAY").expect("run `cargo xtask bench`");
        let folder = tempfile::tempdir().unwrap();
        let settings = folder.path().join("bench.toml");
        fs::write(&settings, SETTINGS).unwrap();
        let mut command = Command::new(program);
        command.args(["--listen", "127.0.0.1:0", "--config"]).arg(settings);
        if let Some(hub) = hub {
            command.args(["--rooms", hub]);
        }
        command.env("RUST_LOG", "error").stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("the relay starts");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = timeout(DEADLINE, lines.next_line()).await.expect("the relay says where it is");
        let line = line.unwrap().expect("the relay runs");
        let address = line.split("http://").nth(1).map(|url| url.trim_end_matches('/'));
        let address = address.and_then(|address| address.parse().ok());
        let address = address.unwrap_or_else(|| panic!("no address in {line:?}"));
        Relay { child, address, _folder: folder }
    }
}

fn term() -> Item {
    let text = "A server answers each command with a code of three digits and a text.";
    Item::Term(0, Term { title: "reply".into(), text: text.into(), rfc: "RFC 5321, 4.2".into() })
}

/// A command and its reply with their meaning, the view, and what both sides know then.
fn step(lines: u32) -> Vec<Item> {
    let line = |n: u32, side, parts: &[&str]| {
        let mut end = 0;
        let tokens = parts.iter().map(|part| {
            end += part.len() as u32;
            let note = (part.len() > 8).then(|| format!("what {part} is for"));
            Token { end, term: 0, note, secret: false }
        });
        let line = Line {
            at: u64::from(n) * 400,
            conn: 0,
            side,
            kind: LineKind::Unit,
            tokens: tokens.collect(),
            bytes: parts.concat().into(),
            says: "The recipient is accepted. Your turn.".into(),
            outcome: None,
            octets: 0,
        };
        Item::Line(n, line)
    };
    let fact = |n: u32| (format!("recipient {n}"), format!("student{n}@practice.lab"));
    let moves = ["RCPT TO:<bob@practice.lab>", "DATA", "RSET", "NOOP", "QUIT", "VRFY bob"];
    let moves = moves.map(|command| Move {
        command: command.into(),
        why: "names one more recipient; the server may still refuse it".into(),
        legal: command != "VRFY bob",
    });
    let knows = Knows {
        state: 3,
        path: vec![0, 1, 2, 3],
        facts: (0..6).map(fact).collect(),
        moves: moves.into(),
        world: vec!["you: 1 message".into(), "bob: 0 messages".into()],
    };
    vec![
        line(lines, Side::Client, &["RCPT", " ", "TO:", "<student@practice.lab>", "\r\n"]),
        line(lines + 1, Side::Server, &["250", " ", "2.1.5", " Recipient is all right", "\r\n"]),
        Item::View(View { shown: lines + 2, ..View::default() }),
        Item::Knows(knows),
    ]
}
