//! A slow line between client and relay: so many octets a second each way, shared by all
//! connections, and little room for octets that wait.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::Builder;
use tokio::time::Instant;

/// 25 Mbit/s.
pub(super) const RATE: f64 = 3.1 * 1024.0 * 1024.0;

/// What one step lets through: a bit more than a millisecond.
const STEP: usize = 4096;

/// What the kernel holds for each of the line's sockets; it takes twice as much as is asked for.
const KERNEL: u32 = 16 * 1024;

/// How far a line that was late may catch up: a timer's grain and some.
const LATE: Duration = Duration::from_millis(10);

/// A line to `relay`, on a thread of its own, for as long as this program runs.
pub(super) fn to(relay: SocketAddr) -> SocketAddr {
    let (said, address) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = listener();
            said.send(listener.local_addr().unwrap()).unwrap();
            let directions = [Direction::default(), Direction::default()];
            while let Ok((client, _)) = listener.accept().await {
                let socket = small();
                let Ok(server) = socket.connect(relay).await else { continue };
                let _ = (client.set_nodelay(true), server.set_nodelay(true));
                let (client, server) = (client.into_split(), server.into_split());
                let [up, down] = directions.clone();
                tokio::spawn(carry(client.0, server.1, up));
                tokio::spawn(carry(server.0, client.1, down));
            }
        });
    });
    address.recv().unwrap()
}

fn listener() -> TcpListener {
    let socket = small();
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    socket.listen(64).unwrap()
}

fn small() -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(KERNEL).unwrap();
    socket.set_send_buffer_size(KERNEL).unwrap();
    socket
}

/// When this direction is free again.
#[derive(Clone)]
struct Direction(Arc<Mutex<Instant>>);

impl Default for Direction {
    fn default() -> Direction {
        Direction(Arc::new(Mutex::new(Instant::now())))
    }
}

impl Direction {
    /// Returns when these octets have passed; first come, first served.
    async fn pass(&self, octets: usize) {
        let until = {
            let mut free = self.0.lock().unwrap();
            let from = (*free).max(Instant::now() - LATE);
            *free = from + Duration::from_secs_f64(octets as f64 / RATE);
            *free
        };
        tokio::time::sleep_until(until).await;
    }
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, direction: Direction) {
    let mut buffer = [0; STEP];
    while let Ok(read) = from.read(&mut buffer).await {
        if read == 0 {
            break;
        }
        direction.pass(read).await;
        if to.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}
