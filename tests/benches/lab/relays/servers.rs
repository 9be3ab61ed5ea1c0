//! What the relays connect to, on one thread of its own.

use std::io;
use std::net::SocketAddr;
use std::sync::mpsc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;

use super::pattern::{BLOCK, Place, RIGHT, WANT_DOWNLOAD, WANT_UPLOAD};

/// What `Service::Early` says before it leaves.
pub(super) const EARLY: &[u8] = b"twelve bytes";

/// What an upload of other octets than were announced is answered with, instead of [`RIGHT`].
const WRONG: u8 = b'!';

#[derive(Clone, Copy)]
pub(super) enum Service {
    /// Does what the request says.
    Talk,
    /// Says one octet, and stays.
    Greet,
    /// Says [`EARLY`] and leaves at once.
    Early,
}

/// Where the services are.
#[derive(Clone, Copy)]
pub(super) struct Servers {
    ports: [u16; 3],
}

impl Servers {
    pub(super) const ALL: [(&str, Service); 3] =
        [("talk", Service::Talk), ("greet", Service::Greet), ("early", Service::Early)];

    pub(super) fn start() -> Servers {
        let (said, ports) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let talk = serve(talk).await;
                let greet = serve(greet).await;
                let early = serve(early).await;
                said.send([talk, greet, early]).unwrap();
                std::future::pending::<()>().await;
            });
        });
        Servers { ports: ports.recv().unwrap() }
    }

    pub(super) fn address(&self, service: Service) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.ports[service as usize]))
    }
}

async fn talk(mut socket: TcpStream) -> io::Result<()> {
    let what = socket.read_u8().await?;
    let octets = socket.read_u64().await?;
    let mut place = Place(socket.read_u64().await?);
    let mut left = octets;
    match what {
        WANT_DOWNLOAD => {
            while left > 0 {
                let sent = socket.write(place.peek(left)).await?;
                place.pass(sent);
                left -= sent as u64;
            }
        }
        WANT_UPLOAD => {
            let (mut buffer, mut right) = (vec![0; BLOCK], true);
            while left > 0 {
                let most = left.min(BLOCK as u64) as usize;
                let read = socket.read(&mut buffer[..most]).await?;
                if read == 0 {
                    return Ok(());
                }
                right = right && place.check(&buffer[..read]);
                left -= read as u64;
            }
            socket.write_u8(if right { RIGHT } else { WRONG }).await?;
            until_the_end(&mut socket, &mut buffer).await?;
        }
        _ => {
            let mut buffer = vec![0; 4096];
            loop {
                match socket.read(&mut buffer).await? {
                    0 => break,
                    read => socket.write_all(&buffer[..read]).await?,
                }
            }
        }
    }
    Ok(())
}

async fn greet(mut socket: TcpStream) -> io::Result<()> {
    socket.write_u8(RIGHT).await?;
    until_the_end(&mut socket, &mut [0; 64]).await
}

async fn early(mut socket: TcpStream) -> io::Result<()> {
    socket.write_all(EARLY).await
}

async fn until_the_end(socket: &mut TcpStream, buffer: &mut [u8]) -> io::Result<()> {
    while socket.read(buffer).await? > 0 {}
    Ok(())
}

/// Whoever breaks off is seen by the measure, so a server says nothing about it.
async fn serve<F>(answer: fn(TcpStream) -> F) -> u16
where
    F: Future<Output = io::Result<()>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let _ = socket.set_nodelay(true);
            tokio::spawn(answer(socket));
        }
    });
    port
}
