//! A native client of the tunnel: what the page does, over tokio's sockets.
//!
//! One background task owns the WebSocket and the multiplexer; a [`TunnelStream`] talks to it.
//! Listeners, UDP sockets and lookups are in `sockets`.
//! Bytes count as consumed when [`TunnelStream::read`] hands them out, so a stream that is not
//! read stalls, as it would in the page.

mod sockets;

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use shared::tunnel::{
    Event, Goaway, IncomingInfo, Mux, OpenError, OpenedInfo, Phase, Reason, Reset, SUBPROTOCOL,
    StreamId, Target, Violation, Welcome,
};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, Request, header};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

pub use sockets::{Arrival, TunnelListener, TunnelUdp};

/// One session with a relay. Dropping it drops the WebSocket, as closing a page does.
pub struct TunnelClient {
    shared: Arc<Shared>,
    pub welcome: Welcome,
    driver: JoinHandle<()>,
}

impl Drop for TunnelClient {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// One connection through the relay.
pub struct TunnelStream {
    shared: Arc<Shared>,
    pub id: StreamId,
    pub info: OpenedInfo,
}

/// Why a connection did not come about.
#[derive(Debug)]
pub enum Refused {
    /// The page's own multiplexer did not ask.
    Local(OpenError),
    Relay(Reset),
    Over(String),
}

impl TunnelClient {
    /// As the relay's own page does it: with its Origin, and HELLO.
    pub async fn connect(relay: SocketAddr) -> TunnelClient {
        let socket = websocket(request(relay)).await.expect("the relay upgrades its own page");
        TunnelClient::greet(socket).await
    }

    /// As [`TunnelClient::connect`], from another address of this machine.
    pub async fn connect_from(from: IpAddr, relay: SocketAddr) -> TunnelClient {
        let socket = dial_from(from, relay).await;
        let (socket, _) = client_async(request(relay), socket).await.expect("a tunnel");
        TunnelClient::greet(socket).await
    }

    async fn greet(socket: WebSocketStream<TcpStream>) -> TunnelClient {
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                mux: Mux::page("tests"),
                streams: BTreeMap::new(),
                pongs: VecDeque::new(),
                over: None,
            }),
            outbound: Notify::new(),
            inbound: Notify::new(),
            start: Instant::now(),
        });
        let driver = tokio::spawn(drive(socket, Arc::clone(&shared)));
        let welcome = shared.wait(|state| state.mux.welcome().cloned()).await;
        TunnelClient { welcome: welcome.expect("WELCOME"), shared, driver }
    }

    /// With the usual window and timeout.
    pub async fn open(&self, host: &str, port: u16) -> Result<TunnelStream, Refused> {
        self.open_target(Target::new(host, port)).await
    }

    pub async fn open_address(&self, address: SocketAddr) -> Result<TunnelStream, Refused> {
        self.open(&address.ip().to_string(), address.port()).await
    }

    pub async fn open_target(&self, target: Target) -> Result<TunnelStream, Refused> {
        let id = self.shared.lock().mux.open(target).map_err(Refused::Local)?;
        self.shared.lock().streams.insert(id, Inbox::default());
        self.shared.outbound.notify_one();
        let answer = self.shared.wait(|state| {
            let inbox = state.streams.get_mut(&id)?;
            match (inbox.opened.take(), inbox.reset.take()) {
                (Some(info), _) => Some(Ok(info)),
                (None, Some(reset)) => Some(Err(Refused::Relay(reset))),
                (None, None) => None,
            }
        });
        match answer.await {
            Ok(answer) => {
                let shared = Arc::clone(&self.shared);
                answer.map(|info| TunnelStream { shared, id, info })
            }
            Err(over) => Err(Refused::Over(over)),
        }
    }

    /// The time of a PING and its PONG.
    pub async fn ping(&self) -> Duration {
        assert!(self.shared.lock().mux.ping(self.shared.start.elapsed()), "too many PINGs");
        self.shared.outbound.notify_one();
        self.shared.wait(|state| state.pongs.pop_front()).await.expect("PONG")
    }

    /// Waits until the session is over, and says why.
    pub async fn over(&self) -> String {
        match self.shared.wait(|_| None::<()>).await {
            Ok(()) => unreachable!("nothing was waited for"),
            Err(over) => over,
        }
    }
}

impl TunnelStream {
    /// The next bytes, or `None` after the server's FIN.
    pub async fn read(&mut self) -> Result<Option<Vec<u8>>, Reset> {
        let id = self.id;
        let next = self.shared.wait(|state| {
            let inbox = state.streams.get_mut(&id)?;
            if let Some(bytes) = inbox.bytes.pop_front() {
                state.mux.consumed(id, bytes.len());
                return Some(Ok(Some(bytes)));
            }
            match (inbox.fin, &inbox.reset) {
                (true, _) => Some(Ok(None)),
                (false, Some(reset)) => Some(Err(reset.clone())),
                (false, None) => None,
            }
        });
        let next = next.await.unwrap_or_else(|over| {
            Err(Reset { text: over, ..Reset::new(Reason::GONE, Phase::Local) })
        });
        self.shared.outbound.notify_one();
        next
    }

    /// Everything until the server's FIN, and the reset if it came instead.
    pub async fn read_to_end(&mut self) -> (Vec<u8>, Option<Reset>) {
        let mut all = Vec::new();
        loop {
            match self.read().await {
                Ok(Some(bytes)) => all.extend(bytes),
                Ok(None) => return (all, None),
                Err(reset) => return (all, Some(reset)),
            }
        }
    }

    /// Exactly so many bytes; less only if the stream ends before.
    pub async fn read_exactly(&mut self, length: usize) -> Vec<u8> {
        let mut all = Vec::new();
        while all.len() < length {
            match self.read().await {
                Ok(Some(bytes)) => all.extend(bytes),
                Ok(None) | Err(_) => break,
            }
        }
        all
    }

    /// Returns when the multiplexer has taken all bytes.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Reset> {
        let id = self.id;
        let mut rest = bytes;
        while !rest.is_empty() {
            let sent = self.shared.wait(|state| {
                if let Some(reset) = state.streams.get(&id).and_then(|inbox| inbox.reset.clone()) {
                    return Some(Err(reset));
                }
                match state.mux.send(id, rest) {
                    0 => None,
                    sent => Some(Ok(sent)),
                }
            });
            let sent = sent.await.unwrap_or_else(|over| {
                Err(Reset { text: over, ..Reset::new(Reason::GONE, Phase::Local) })
            });
            rest = &rest[sent?..];
            self.shared.outbound.notify_one();
        }
        Ok(())
    }

    /// FIN: the server reads to its end, and may still send.
    pub fn finish(&mut self) {
        self.shared.lock().mux.finish(self.id);
        self.shared.outbound.notify_one();
    }

    /// RESET: the server sees its connection torn down.
    pub fn reset(&mut self) {
        let cancel = Reset::new(Reason::CANCELLED, Phase::Local);
        self.shared.lock().mux.abort(self.id, cancel);
        self.shared.outbound.notify_one();
    }
}

/// A WebSocket handshake with these headers; the error has the relay's answer.
pub async fn websocket(request: Request<()>) -> Result<WebSocketStream<TcpStream>, Error> {
    let authority = request.uri().authority().expect("a ws:// address").as_str();
    let socket = TcpStream::connect(authority).await.map_err(Error::Io)?;
    socket.set_nodelay(true).map_err(Error::Io)?;
    client_async(request, socket).await.map(|(socket, _)| socket)
}

/// A connection from an address of this machine that is not the usual one: 127.0.0.2 and so on.
pub async fn dial_from(from: IpAddr, relay: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::new(from, 0)).expect("an address of this machine");
    let stream = socket.connect(relay).await.expect("the relay listens");
    stream.set_nodelay(true).expect("a socket option");
    stream
}

/// The handshake of the relay's own page. Tests of refusals change its headers.
pub fn request(relay: SocketAddr) -> Request<()> {
    let mut request = format!("ws://{relay}/tunnel").into_client_request().expect("an address");
    let origin = HeaderValue::from_str(&format!("http://{relay}")).expect("an origin");
    let headers = request.headers_mut();
    headers.insert(header::ORIGIN, origin);
    headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    request
}

struct Shared {
    state: Mutex<State>,
    /// The multiplexer may have a message.
    outbound: Notify,
    /// Something came in, or the session is over.
    inbound: Notify,
    start: Instant,
}

struct State {
    mux: Mux,
    streams: BTreeMap<StreamId, Inbox>,
    pongs: VecDeque<Duration>,
    over: Option<String>,
}

#[derive(Default)]
struct Inbox {
    opened: Option<OpenedInfo>,
    bytes: VecDeque<Vec<u8>>,
    fin: bool,
    reset: Option<Reset>,
    /// Of sockets that are no streams, and of a listener's connections before they are taken.
    news: VecDeque<Event>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until `ready` gives something, or the session is over.
    async fn wait<T>(&self, mut ready: impl FnMut(&mut State) -> Option<T>) -> Result<T, String> {
        loop {
            let mut inbound = std::pin::pin!(self.inbound.notified());
            inbound.as_mut().enable();
            {
                let mut state = self.lock();
                if let Some(ready) = ready(&mut state) {
                    return Ok(ready);
                }
                if let Some(over) = &state.over {
                    return Err(over.clone());
                }
            }
            inbound.await;
        }
    }

    fn receive(&self, message: &[u8]) -> Result<(), Violation> {
        let mut state = self.lock();
        let result = state.mux.receive(message, self.start.elapsed());
        while let Some(event) = state.mux.poll_event() {
            state.handle(event);
        }
        result
    }
}

impl State {
    fn handle(&mut self, event: Event) {
        match event {
            Event::Opened(id, info) => self.inbox(id).opened = Some(info),
            Event::Data(id, bytes) => self.inbox(id).bytes.push_back(bytes),
            Event::Fin(id) => self.inbox(id).fin = true,
            Event::Reset(id, reset) => self.inbox(id).reset = Some(reset),
            Event::Pong(took) => self.pongs.push_back(took),
            Event::Goaway(Goaway { reason, text }) => self.over = Some(format!("{reason} {text}")),
            Event::Welcome(_) | Event::Writable(_) => {}
            Event::Incoming(_, IncomingInfo { listener: id, .. })
            | Event::Listening(id, _)
            | Event::UdpBound(id, _)
            | Event::Datagram(id, ..)
            | Event::Dropped(id, _)
            | Event::UdpError(id, ..)
            | Event::Resolved(id, _) => self.inbox(id).news.push_back(event),
            Event::Hello(_)
            | Event::OpenRequested(..)
            | Event::ListenRequested(..)
            | Event::UdpRequested(..)
            | Event::ResolveRequested(..) => unreachable!("the relay's events"),
        }
    }

    fn inbox(&mut self, id: StreamId) -> &mut Inbox {
        self.streams.entry(id).or_default()
    }
}

/// Moves messages until the session is over.
async fn drive(mut socket: WebSocketStream<TcpStream>, shared: Arc<Shared>) {
    let over = loop {
        if let Err(error) = send_all(&mut socket, &shared).await {
            break error.to_string();
        }
        shared.inbound.notify_waiters();
        let message = tokio::select! {
            message = socket.next() => message,
            () = shared.outbound.notified() => continue,
        };
        match message {
            Some(Ok(Message::Binary(bytes))) => {
                if let Err(violation) = shared.receive(&bytes) {
                    break violation.to_string();
                }
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => break error.to_string(),
            None => break "The relay closed the WebSocket.".to_owned(),
        }
    };
    shared.lock().over.get_or_insert(over);
    shared.inbound.notify_waiters();
}

async fn send_all(socket: &mut WebSocketStream<TcpStream>, shared: &Shared) -> Result<(), Error> {
    loop {
        let message = shared.lock().mux.poll_message(shared.start.elapsed());
        let Some(message) = message else { return socket.flush().await };
        socket.feed(Message::Binary(message.into())).await?;
    }
}
