//! The server of the soak test: does what the scripts say, writes down what it saw, and can be
//! killed: every connection torn, its port closed for a while.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::{Notify, watch};

use super::script::Script;

/// What is written, and read, at once.
const PIECE: usize = 32 * 1024;

/// How a connection ended for the server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Saw {
    /// All octets of the page, and its FIN.
    Whole,
    /// It was torn, by whomever.
    Torn,
}

pub(super) struct Server(Arc<Shared>);

struct Shared {
    address: SocketAddr,
    /// Rises when the server is killed and when it is back: it is down while this is odd.
    life: watch::Sender<u64>,
    connections: AtomicUsize,
    kills: AtomicU64,
    seen: Mutex<BTreeMap<u64, Saw>>,
    news: Notify,
}

impl Server {
    pub(super) async fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let shared = Arc::new(Shared {
            address: listener.local_addr().expect("a bound socket has an address"),
            life: watch::Sender::new(0),
            connections: AtomicUsize::new(0),
            kills: AtomicU64::new(0),
            seen: Mutex::default(),
            news: Notify::new(),
        });
        tokio::spawn(live(listener, Arc::clone(&shared)));
        Server(shared)
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.0.address
    }

    pub(super) fn connections(&self) -> usize {
        self.0.connections.load(Ordering::SeqCst)
    }

    pub(super) fn kills(&self) -> u64 {
        self.0.kills.load(Ordering::SeqCst)
    }

    /// `None` while it is down.
    pub(super) fn life(&self) -> Option<u64> {
        let life = *self.0.life.borrow();
        life.is_multiple_of(2).then_some(life)
    }

    /// Tears every connection and closes the port; returns when it is open again.
    pub(super) async fn kill(&self) {
        let killed = self.0.life.send_if_modified(|life| {
            let alive = life.is_multiple_of(2);
            *life += u64::from(alive);
            alive
        });
        self.0.kills.fetch_add(killed.into(), Ordering::SeqCst);
        let mut life = self.0.life.subscribe();
        let _ = life.wait_for(|life| life.is_multiple_of(2)).await;
    }

    /// What the server saw of this script's connection; `None` if it has been killed since `life`.
    pub(super) async fn saw(&self, script: &Script, life: Option<u64>) -> Option<Saw> {
        let mut lives = self.0.life.subscribe();
        let gone = async move {
            let _ = lives.wait_for(|now| Some(*now) != life).await;
        };
        tokio::select! {
            biased;
            saw = self.0.saw(script.seed) => Some(saw),
            () = gone => None,
        }
    }
}

impl Shared {
    async fn saw(&self, seed: u64) -> Saw {
        loop {
            let mut news = std::pin::pin!(self.news.notified());
            news.as_mut().enable();
            if let Some(saw) = self.lock().remove(&seed) {
                return saw;
            }
            news.await;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, Saw>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn live(mut listener: TcpListener, shared: Arc<Shared>) {
    let mut life = shared.life.subscribe();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted.expect("the server has room"),
            () = death(&mut life) => {
                drop(listener);
                while shared.connections.load(Ordering::SeqCst) > 0 {
                    tokio::task::yield_now().await;
                }
                listener = bind_again(shared.address).await;
                shared.lock().clear();
                shared.life.send_modify(|life| *life += 1);
                continue;
            }
        };
        shared.connections.fetch_add(1, Ordering::SeqCst);
        tokio::spawn(serve(accepted.0, Arc::clone(&shared)));
    }
}

async fn death(life: &mut watch::Receiver<u64>) {
    // An error is the end of everything.
    let _ = life.wait_for(|life| !life.is_multiple_of(2)).await;
}

/// A socket of the relay may have the port for a moment, if it was free.
async fn bind_again(address: SocketAddr) -> TcpListener {
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return listener,
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                tokio::task::yield_now().await;
            }
            Err(error) => panic!("the server cannot come back to {address}: {error}"),
        }
    }
}

async fn serve(mut socket: TcpStream, shared: Arc<Shared>) {
    let mut life = shared.life.subscribe();
    let played = async {
        let script = Script::read(&mut socket).await.ok()?;
        Some((script.seed, act(&mut socket, &script).await))
    };
    let played = tokio::select! {
        played = played => played,
        () = death(&mut life) => None,
    };
    if let Some((seed, saw)) = played {
        shared.lock().insert(seed, saw);
        shared.news.notify_waiters();
    }
    if played.is_none_or(|(_, saw)| saw == Saw::Torn) {
        // RST in any case: an orderly end here would say that all was well.
        let _ = socket.set_zero_linger();
    }
    drop(socket);
    shared.connections.fetch_sub(1, Ordering::SeqCst);
}

/// Does what a script says, on a connection of either direction.
pub(super) async fn act(socket: &mut TcpStream, script: &Script) -> Saw {
    let (mut read, mut write) = socket.split();
    let send = async {
        let mut piece = vec![0; PIECE];
        let mut sent = 0;
        while sent < u64::from(script.down) {
            let length = PIECE.min((u64::from(script.down) - sent) as usize);
            script.down().fill(sent, &mut piece[..length]);
            write.write_all(&piece[..length]).await?;
            sent += length as u64;
        }
        if script.tears {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        write.shutdown().await
    };
    let receive = async {
        let mut piece = vec![0; PIECE];
        let mut received = 0;
        loop {
            let length = read.read(&mut piece).await?;
            if length == 0 {
                return Ok::<u64, io::Error>(received);
            }
            script.up().check(received, &piece[..length]);
            received += length as u64;
        }
    };
    match tokio::try_join!(send, receive) {
        Ok(((), received)) => {
            assert_eq!(received, u64::from(script.up), "the page's FIN came before its octets");
            Saw::Whole
        }
        Err(_) => {
            let _ = socket.set_zero_linger();
            Saw::Torn
        }
    }
}

/// A UDP socket that sends everything back.
pub(super) async fn udp_echo() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
    let address = socket.local_addr().expect("a bound socket has an address");
    tokio::spawn(async move {
        let mut octets = vec![0; 65_536];
        loop {
            if let Ok((length, from)) = socket.recv_from(&mut octets).await {
                let _ = socket.send_to(&octets[..length], from).await;
            }
        }
    });
    address
}
