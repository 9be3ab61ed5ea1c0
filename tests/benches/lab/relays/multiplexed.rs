//! A client of a relay that has many streams on one WebSocket, in its own frames or in Wisp's.
//!
//! Nothing runs beside the caller: it writes, then reads until what it waits for is there.

use std::time::{Duration, Instant};

use futures_util::{FutureExt, SinkExt, StreamExt};
use shared::tunnel::{Event, Mux, Phase, Reason, Reset, StreamId, Target};
use shared::wisp::{self, ClientEvent, CloseReason, Transport};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::http::Request;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::beside::{Beside, Reader};
use super::kinds::{Access, Kind};
use super::pattern::{self, ECHO, Place, RIGHT};
use super::servers::Service;
use super::{AT_A_TIME, Fail, READ_BUFFER};

pub(super) struct Multiplexed {
    to: Access,
    socket: WebSocketStream<TcpStream>,
    speech: Speech,
    started: Instant,
}

enum Speech {
    Tunnel(Box<Mux>),
    Wisp(wisp::Client),
}

enum News {
    /// Of the tunnel only; Wisp says nothing.
    Opened,
    Data(u32, Vec<u8>),
    /// With what was said of it.
    End(u32, String),
}

impl Multiplexed {
    pub(super) async fn connect(to: &Access) -> Result<Multiplexed, Fail> {
        let (request, speech) = match to.kind {
            Kind::Own => {
                (tests::tunnel::request(to.relay), Speech::Tunnel(Box::new(Mux::page("bench"))))
            }
            _ => (tests::wisp::request(to.relay, "/wisp/"), Speech::Wisp(wisp::Client::new())),
        };
        let socket = websocket(to, request).await?;
        let mut this = Multiplexed { to: *to, socket, speech, started: Instant::now() };
        this.flush().await?;
        while !this.is_ready() {
            this.receive().await?;
        }
        Ok(this)
    }

    /// Greeted by the relay.
    fn is_ready(&mut self) -> bool {
        match &mut self.speech {
            Speech::Tunnel(mux) => mux.welcome().is_some(),
            Speech::Wisp(client) => {
                std::iter::from_fn(|| client.poll_event()).any(|event| event == ClientEvent::Ready)
            }
        }
    }

    /// Asks for a stream; bytes may be sent at once.
    pub(super) fn open(&mut self, service: Service) -> Result<u32, Fail> {
        let address = self.to.servers.address(service);
        let (host, port) = (address.ip().to_string(), address.port());
        match &mut self.speech {
            Speech::Tunnel(mux) => {
                mux.open(Target::new(host, port)).map(|id| id.0).map_err(|e| Fail(e.to_string()))
            }
            Speech::Wisp(client) => {
                client.connect(Transport::Tcp, &host, port).map_err(|e| Fail(e.to_string()))
            }
        }
    }

    fn send(&mut self, id: u32, bytes: &[u8]) -> usize {
        match &mut self.speech {
            Speech::Tunnel(mux) => mux.send(StreamId(id), bytes),
            Speech::Wisp(client) => client.send(id, bytes),
        }
    }

    /// Wisp has no credit in this direction.
    fn consumed(&mut self, id: u32, octets: usize) {
        if let Speech::Tunnel(mux) = &mut self.speech {
            mux.consumed(StreamId(id), octets);
        }
    }

    pub(super) fn close(&mut self, id: u32) {
        match &mut self.speech {
            Speech::Tunnel(mux) => {
                mux.abort(StreamId(id), Reset::new(Reason::CANCELLED, Phase::Local));
            }
            Speech::Wisp(client) => client.close(id, CloseReason::VOLUNTARY),
        }
    }

    fn news(&mut self) -> Option<News> {
        loop {
            return match &mut self.speech {
                Speech::Tunnel(mux) => match mux.poll_event()? {
                    Event::Opened(..) => Some(News::Opened),
                    Event::Data(id, bytes) => Some(News::Data(id.0, bytes)),
                    Event::Fin(id) => Some(News::End(id.0, "FIN".to_owned())),
                    Event::Reset(id, reset) => Some(News::End(id.0, reset.to_string())),
                    Event::Goaway(goaway) => Some(News::End(0, goaway.reason.to_string())),
                    _ => continue,
                },
                Speech::Wisp(client) => match client.poll_event()? {
                    ClientEvent::Data(id, bytes) => Some(News::Data(id, bytes)),
                    ClientEvent::Closed(id, reason) => Some(News::End(id, reason.to_string())),
                    ClientEvent::Ready | ClientEvent::Writable(_) => continue,
                },
            };
        }
    }

    pub(super) async fn flush(&mut self) -> Result<(), Fail> {
        let mut any = false;
        loop {
            let message = match &mut self.speech {
                Speech::Tunnel(mux) => mux.poll_message(self.started.elapsed()),
                Speech::Wisp(client) => client.poll_message(),
            };
            let Some(message) = message else { break };
            self.socket.feed(Message::Binary(message.into())).await?;
            any = true;
        }
        if any {
            self.socket.flush().await?;
        }
        Ok(())
    }

    /// Waits for one message.
    async fn receive(&mut self) -> Result<(), Fail> {
        let message = self.socket.next().await;
        self.take(message)
    }

    /// Takes one message if it is there.
    fn receive_now(&mut self) -> Result<(), Fail> {
        match self.socket.next().now_or_never() {
            Some(message) => self.take(message),
            None => Ok(()),
        }
    }

    fn take(&mut self, message: Option<Result<Message, Error>>) -> Result<(), Fail> {
        match message {
            Some(Ok(Message::Binary(message))) => match &mut self.speech {
                Speech::Tunnel(mux) => {
                    let received = mux.receive(&message, self.started.elapsed());
                    received.map_err(|violation| Fail(violation.to_string()))
                }
                Speech::Wisp(client) => client
                    .receive(&message)
                    .map_err(|error| Fail(format!("no packet of Wisp: {:?}", error.fault))),
            },
            Some(Ok(Message::Close(_))) | None => Err(Fail("the relay left".to_owned())),
            Some(Ok(_)) => Ok(()),
            Some(Err(error)) => Err(error.into()),
        }
    }

    /// The next octets of a stream while no other says anything; `None` at its end.
    pub(super) async fn read(&mut self, id: u32) -> Result<Option<Vec<u8>>, Fail> {
        loop {
            self.flush().await?;
            while let Some(news) = self.news() {
                match news {
                    News::Data(of, bytes) if of == id => {
                        self.consumed(id, bytes.len());
                        return Ok(Some(bytes));
                    }
                    News::End(of, _) if of == id => return Ok(None),
                    News::End(0, why) => return Err(Fail(why)),
                    News::Opened | News::Data(..) | News::End(..) => {}
                }
            }
            self.receive().await?;
        }
    }

    /// What has room at once: an answer's length, not bulk.
    pub(super) async fn ask(&mut self, id: u32, bytes: &[u8]) -> Result<(), Fail> {
        let mut sent = self.send(id, bytes);
        self.flush().await?;
        while sent < bytes.len() {
            self.receive().await?;
            sent += self.send(id, &bytes[sent..]);
            self.flush().await?;
        }
        Ok(())
    }

    /// There and back, while no other stream says anything.
    pub(super) async fn echo(&mut self, id: u32) -> Result<Duration, Fail> {
        let (began, mut left) = (Instant::now(), ECHO);
        self.send(id, ECHO);
        while !left.is_empty() {
            let bytes = self.read(id).await?.unwrap_or_default();
            match left.strip_prefix(&bytes[..]) {
                Some(rest) if !bytes.is_empty() => left = rest,
                _ => return Err(Fail("the echo was cut or another".to_owned())),
            }
        }
        Ok(began.elapsed())
    }

    fn talks(&mut self, streams: usize) -> Result<Vec<u32>, Fail> {
        (0..streams).map(|_| self.open(Service::Talk)).collect()
    }
}

/// The same stack for every relay: tungstenite over a TCP socket without Nagle's delay.
pub(super) async fn websocket(
    to: &Access,
    request: Request<()>,
) -> Result<WebSocketStream<TcpStream>, Fail> {
    let socket = TcpStream::connect(to.via.unwrap_or(to.relay)).await?;
    socket.set_nodelay(true)?;
    let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER);
    Ok(client_async_with_config(request, socket, Some(config)).await?.0)
}

/// What a stream still has to send or to get.
struct Left {
    octets: u64,
    place: Place,
}

impl Left {
    fn all(streams: usize, each: u64) -> Vec<Left> {
        (0..streams).map(|n| Left { octets: each, place: Place::of(n) }).collect()
    }
}

pub(super) async fn download(to: &Access, streams: usize, each: u64) -> Result<Duration, Fail> {
    let mut client = Multiplexed::connect(to).await?;
    let ids = client.talks(streams)?;
    let began = Instant::now();
    for (n, id) in ids.iter().enumerate() {
        client.ask(*id, &pattern::download(each, Place::of(n))).await?;
    }
    let mut left = Left::all(streams, each);
    while left.iter().any(|left| left.octets > 0) {
        client.flush().await?;
        while let Some(news) = client.news() {
            match news {
                News::Data(id, bytes) => {
                    let n = ids.iter().position(|of| *of == id).expect("one of ours");
                    if !left[n].place.check(&bytes) {
                        return Err(Fail("other octets came than were sent".to_owned()));
                    }
                    left[n].octets -= bytes.len() as u64;
                    client.consumed(id, bytes.len());
                }
                News::End(id, why) => {
                    let missing = ids.iter().position(|of| *of == id).map(|n| left[n].octets);
                    if missing != Some(0) {
                        return Err(Fail(format!("{missing:?} octets did not come: {why}")));
                    }
                }
                News::Opened => {}
            }
        }
        if left.iter().any(|left| left.octets > 0) {
            client.flush().await?;
            client.receive().await?;
        }
    }
    Ok(began.elapsed())
}

pub(super) async fn upload(to: &Access, streams: usize, each: u64) -> Result<Duration, Fail> {
    let mut client = Multiplexed::connect(to).await?;
    let ids = client.talks(streams)?;
    let began = Instant::now();
    for (n, id) in ids.iter().enumerate() {
        client.ask(*id, &pattern::upload(each, Place::of(n))).await?;
    }
    let mut left = Left::all(streams, each);
    let mut confirmed = 0;
    while confirmed < streams {
        let mut progress = false;
        for (id, left) in ids.iter().zip(&mut left).filter(|(_, left)| left.octets > 0) {
            let sent = client.send(*id, left.place.peek(left.octets));
            left.place.pass(sent);
            left.octets -= sent as u64;
            progress |= sent > 0;
        }
        client.flush().await?;
        while let Some(news) = client.news() {
            match news {
                News::Data(_, bytes) if bytes == [RIGHT] => confirmed += 1,
                News::Data(..) => {
                    return Err(Fail("other octets arrived than were sent".to_owned()));
                }
                News::End(_, why) => return Err(Fail(format!("an upload was cut: {why}"))),
                News::Opened => {}
            }
        }
        if progress {
            client.receive_now()?;
        } else if confirmed < streams {
            client.receive().await?;
        }
    }
    Ok(began.elapsed())
}

/// Connections with their first octet in so much time, some at a time.
pub(super) async fn opens(to: &Access, span: Duration) -> Result<(usize, Duration), Fail> {
    let mut client = Multiplexed::connect(to).await?;
    let (began, mut pending, mut count) = (Instant::now(), 0, 0);
    loop {
        while pending < AT_A_TIME && began.elapsed() < span {
            client.open(Service::Greet)?;
            pending += 1;
        }
        if pending == 0 {
            return Ok((count, began.elapsed()));
        }
        client.flush().await?;
        client.receive().await?;
        while let Some(news) = client.news() {
            match news {
                News::Data(id, _) => {
                    client.close(id);
                    pending -= 1;
                    count += 1;
                }
                News::End(_, why) => return Err(Fail(format!("no greeting came: {why}"))),
                News::Opened => {}
            }
        }
    }
}

/// Echoes on one stream while another of the same WebSocket is busy.
pub(super) async fn beside(to: &Access, reader: Reader) -> Result<Beside, Fail> {
    let mut client = Multiplexed::connect(to).await?;
    let (bulk, echo) = (client.open(Service::Talk)?, client.open(Service::Talk)?);
    client.ask(echo, &pattern::echo()).await?;
    client.ask(bulk, &pattern::download(reader.asks(), Place::of(0))).await?;
    let mut beside = Beside::new(reader);
    let mut place = Place::of(0);
    let (mut octets, mut taken, mut most) = (0_u64, 0_u64, 0_u64);
    let mut waiting: Option<(Instant, usize)> = None;
    while !beside.is_over() {
        if waiting.is_none() && beside.may_begin() {
            waiting = Some((Instant::now(), ECHO.len()));
            client.send(echo, ECHO);
        }
        client.flush().await?;
        if let Ok(received) = timeout(beside.patience(), client.receive()).await {
            received?;
        }
        while let Some(news) = client.news() {
            match news {
                News::Data(id, bytes) if id == bulk => {
                    if !place.check(&bytes) {
                        return Err(Fail("other octets came than were sent".to_owned()));
                    }
                    octets += bytes.len() as u64;
                }
                News::Data(_, bytes) => {
                    let Some((began, left)) = &mut waiting else { continue };
                    *left = left.saturating_sub(bytes.len());
                    if *left == 0 {
                        beside.echoed(began.elapsed());
                        waiting = None;
                    }
                }
                News::End(_, why) => return Err(Fail(format!("a stream ended: {why}"))),
                News::Opened => {}
            }
        }
        most = most.max(octets - taken);
        let may_take = beside.may_have_taken().min(octets) - taken;
        client.consumed(bulk, may_take as usize);
        taken += may_take;
    }
    Ok(beside.ended(octets, most))
}
