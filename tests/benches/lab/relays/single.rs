//! A client of a relay that has one WebSocket for each stream, and of none at all.

use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::future::{join_all, select};
use futures_util::{FutureExt, SinkExt, StreamExt, stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, header};
use tokio_tungstenite::tungstenite::{Bytes, Message};

use super::beside::{Beside, PATIENCE, Reader};
use super::kinds::{Access, Kind};
use super::multiplexed::websocket;
use super::pattern::{self, BLOCK, ECHO, Place, RIGHT};
use super::servers::Service;
use super::{AT_A_TIME, Fail, MESSAGE};

/// One connection to a service.
pub(super) enum Pipe {
    Plain(TcpStream, Vec<u8>),
    WebSocket(Box<WebSocketStream<TcpStream>>),
}

impl Pipe {
    pub(super) async fn connect(to: &Access, service: Service) -> Result<Pipe, Fail> {
        if to.kind == Kind::Plain {
            let address = to.via.unwrap_or_else(|| to.servers.address(service));
            let socket = TcpStream::connect(address).await?;
            socket.set_nodelay(true)?;
            return Ok(Pipe::Plain(socket, vec![0; BLOCK]));
        }
        let name = to.service(service);
        let path = match to.kind {
            Kind::Websockify => format!("websockify?token={name}"),
            _ => name.to_owned(),
        };
        let mut request = format!("ws://{}/{path}", to.relay).into_client_request()?;
        request
            .headers_mut()
            .insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("binary"));
        Ok(Pipe::WebSocket(Box::new(websocket(to, request).await?)))
    }

    /// Hands on what has come; false at the end.
    pub(super) async fn read(&mut self, take: impl FnOnce(&[u8])) -> Result<bool, Fail> {
        match self {
            Pipe::Plain(socket, buffer) => match socket.read(buffer).await? {
                0 => Ok(false),
                read => {
                    take(&buffer[..read]);
                    Ok(true)
                }
            },
            Pipe::WebSocket(socket) => loop {
                match socket.next().await {
                    Some(Ok(Message::Binary(bytes))) => {
                        take(&bytes);
                        return Ok(true);
                    }
                    Some(Ok(Message::Close(_))) | None => return Ok(false),
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Err(error.into()),
                }
            },
        }
    }

    pub(super) async fn write(&mut self, bytes: &'static [u8]) -> Result<(), Fail> {
        match self {
            Pipe::Plain(socket, _) => socket.write_all(bytes).await?,
            Pipe::WebSocket(socket) => {
                for part in bytes.chunks(MESSAGE) {
                    socket.feed(Message::Binary(Bytes::from_static(part))).await?;
                }
                socket.flush().await?;
            }
        }
        Ok(())
    }

    pub(super) async fn ask(&mut self, request: &[u8]) -> Result<(), Fail> {
        match self {
            Pipe::Plain(socket, _) => socket.write_all(request).await?,
            Pipe::WebSocket(socket) => {
                socket.send(Message::Binary(Bytes::copy_from_slice(request))).await?;
            }
        }
        Ok(())
    }

    /// Reads so many octets, or to the end, which is an error before that; checks each.
    async fn expect(&mut self, octets: u64, mut place: Place) -> Result<(), Fail> {
        let (mut left, mut right) = (octets, true);
        while left > 0 {
            let more = self.read(|bytes| {
                right &= place.check(bytes);
                left = left.saturating_sub(bytes.len() as u64);
            });
            if !more.await? {
                return Err(Fail(format!("{left} of {octets} octets did not come")));
            }
            if !right {
                return Err(Fail("other octets came than were sent".to_owned()));
            }
        }
        Ok(())
    }

    /// There and back.
    pub(super) async fn echo(&mut self) -> Result<Duration, Fail> {
        let (began, mut left, mut right) = (Instant::now(), ECHO.len(), true);
        self.write(ECHO).await?;
        while left > 0 {
            let more = self.read(|bytes| {
                right &= ECHO[ECHO.len() - left..].starts_with(bytes);
                left = left.saturating_sub(bytes.len());
            });
            if !more.await? || !right {
                return Err(Fail("the echo was cut or another".to_owned()));
            }
        }
        Ok(began.elapsed())
    }

    async fn upload(&mut self, octets: u64, mut place: Place) -> Result<(), Fail> {
        self.ask(&pattern::upload(octets, place)).await?;
        let mut left = octets;
        while left > 0 {
            let block = place.peek(left);
            self.write(block).await?;
            place.pass(block.len());
            left -= block.len() as u64;
        }
        let mut said = None;
        self.read(|bytes| said = bytes.first().copied()).await?;
        match said {
            Some(RIGHT) => Ok(()),
            Some(_) => Err(Fail("other octets arrived than were sent".to_owned())),
            None => Err(Fail("the upload was not confirmed".to_owned())),
        }
    }
}

async fn talks(to: &Access, streams: usize) -> Result<Vec<Pipe>, Fail> {
    let mut pipes = Vec::new();
    for _ in 0..streams {
        pipes.push(Pipe::connect(to, Service::Talk).await?);
    }
    Ok(pipes)
}

pub(super) async fn download(to: &Access, streams: usize, each: u64) -> Result<Duration, Fail> {
    let mut pipes = talks(to, streams).await?;
    let began = Instant::now();
    let all = pipes.iter_mut().enumerate().map(async |(n, pipe)| {
        pipe.ask(&pattern::download(each, Place::of(n))).await?;
        pipe.expect(each, Place::of(n)).await
    });
    join_all(all).await.into_iter().collect::<Result<Vec<()>, Fail>>()?;
    Ok(began.elapsed())
}

pub(super) async fn upload(to: &Access, streams: usize, each: u64) -> Result<Duration, Fail> {
    let mut pipes = talks(to, streams).await?;
    let began = Instant::now();
    let all =
        pipes.iter_mut().enumerate().map(async |(n, pipe)| pipe.upload(each, Place::of(n)).await);
    join_all(all).await.into_iter().collect::<Result<Vec<()>, Fail>>()?;
    Ok(began.elapsed())
}

/// Connections with their first octet in so much time, some at a time.
pub(super) async fn opens(to: &Access, span: Duration) -> Result<(usize, Duration), Fail> {
    let began = Instant::now();
    let each = stream::repeat(()).take_while(|()| std::future::ready(began.elapsed() < span));
    let mut each = each
        .map(async |()| {
            let mut pipe = Pipe::connect(to, Service::Greet).await?;
            pipe.expect_greeting().await
        })
        .buffer_unordered(AT_A_TIME);
    let mut count = 0;
    while let Some(opened) = each.next().await {
        opened?;
        count += 1;
    }
    Ok((count, began.elapsed()))
}

impl Pipe {
    pub(super) async fn expect_greeting(&mut self) -> Result<(), Fail> {
        let mut said = None;
        self.read(|bytes| said = bytes.first().copied()).await?;
        if said == Some(RIGHT) { Ok(()) } else { Err(Fail("no greeting came".to_owned())) }
    }
}

/// Echoes on one connection while another is busy.
pub(super) async fn beside(to: &Access, reader: Reader) -> Result<Beside, Fail> {
    let mut bulk = Pipe::connect(to, Service::Talk).await?;
    let mut echo = Pipe::connect(to, Service::Talk).await?;
    echo.ask(&pattern::echo()).await?;
    bulk.ask(&pattern::download(reader.asks(), Place::of(0))).await?;
    let mut beside = Beside::new(reader);
    let began = Instant::now();
    let mut octets = 0_u64;
    {
        let echoes = async {
            while !beside.is_over() {
                if !beside.may_begin() {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                    continue;
                }
                beside.echoed(echo.echo().await?);
            }
            Ok(())
        };
        let reads = async {
            let (mut place, mut right) = (Place::of(0), true);
            while right {
                tokio::time::sleep_until((began + reader.when(octets)).into()).await;
                let more = bulk.read(|bytes| {
                    right = place.check(bytes);
                    octets += bytes.len() as u64;
                });
                if !more.await? {
                    return Err(Fail("the download ended".to_owned()));
                }
            }
            Err(Fail("other octets came than were sent".to_owned()))
        };
        let (echoes, reads) = (pin!(echoes), pin!(reads));
        let both = select(echoes, reads).map(|ended| ended.factor_first().0);
        // Without an echo in that time there is none to wait for.
        if let Ok(ended) = timeout(PATIENCE, both).await {
            ended?;
        }
    }
    Ok(beside.ended(octets, 0))
}
