//! One WebSocket that speaks Wisp or wsproxy: moves bytes between `shared::wisp::Server` and sockets.
//!
//! As in `session`, nothing waits for one thing only; rounds go on until nothing moves.

mod end;
mod limits;
mod socket;

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::Sink;
use hyper::body::Bytes;
use shared::tunnel::{Reason, StreamId, Target};
use shared::wisp::{CloseReason, Event, MAX_MESSAGE, Server, Transport};
use tokio::task::JoinSet;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{Message, Role, WebSocketConfig};

use crate::account::{Ending, PageAccount};
use crate::callers::Guest;
use crate::guard::Guard;
use crate::house::{House, Stage};
use crate::line::{Line, poll_message};
use crate::session::READ_BUFFER;
use crate::wire::Progress;
use end::{End, end_of, end_of_error};
use socket::Socket;

/// As in `session`, with the same reasons.
const BURST: usize = 16;
const ROUNDS: usize = 32;
const READ: usize = 64 * 1024;
const WRITE_BUFFER: usize = 128 * 1024;
const MAX_WRITE_BUFFER: usize = WRITE_BUFFER + 4 * READ;

/// Serves one client until it leaves, sends what is no packet, falls silent, or the relay stops.
pub(crate) async fn run(
    socket: Line,
    read: Bytes,
    (peer, guest): (SocketAddr, Guest),
    house: &Arc<House>,
    server: Server,
) {
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE))
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(MAX_WRITE_BUFFER);
    let socket =
        WebSocketStream::from_partially_read(socket, read.to_vec(), Role::Server, Some(config));
    let mut session = Session::new(socket.await, peer, house, (server, guest));
    let end = tokio::select! {
        biased;
        draining = house.draining() => Err(draining),
        end = poll_fn(|cx| session.poll(cx)) => Ok(end),
    };
    let end = match end {
        Ok(end) => end,
        Err(None) => End::stopped(),
        // Version 1 has no packet that would tell the client of it.
        Err(Some(_)) => tokio::select! {
            biased;
            () = house.stopping() => End::stopped(),
            end = poll_fn(|cx| session.poll(cx)) => end,
        },
    };
    session.close(end).await;
}

struct Session {
    house: Arc<House>,
    peer: SocketAddr,
    /// The session's number.
    page: u64,
    socket: WebSocketStream<Line>,
    /// Nothing waits to be written, in the WebSocket or before it.
    flushed: bool,
    /// Nothing waits in the WebSocket to be read.
    drained: bool,
    server: Server,
    sockets: BTreeMap<StreamId, Socket>,
    /// Sockets of streams that are over, until they have taken what was sent before; each gives
    /// the bytes that it held.
    drains: JoinSet<usize>,
    guard: Guard,
    account: PageAccount,
    /// The socket whose octets were counted last.
    last: StreamId,
    scratch: Vec<u8>,
    /// When the client was last heard.
    heard: Instant,
    alarm: Pin<Box<Sleep>>,
}

impl Session {
    fn new(
        socket: WebSocketStream<Line>,
        peer: SocketAddr,
        house: &Arc<House>,
        (server, guest): (Server, Guest),
    ) -> Session {
        tracing::info!(%peer, "wisp opened");
        let now = Instant::now();
        Session {
            house: Arc::clone(house),
            peer,
            page: house.number_session(),
            socket,
            flushed: true,
            drained: false,
            server,
            sockets: BTreeMap::new(),
            drains: JoinSet::new(),
            guard: Guard::new(house, guest),
            account: PageAccount::new(&house.metrics, peer),
            last: StreamId(0),
            scratch: vec![0; READ],
            heard: now,
            alarm: Box::pin(sleep_until(now + house.limits().ping_after)),
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        let polled = self.poll_rounds(cx);
        self.account.end_round();
        polled
    }

    fn poll_rounds(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        for _ in 0..ROUNDS {
            let mut moved = false;
            // Time first; then messages out before messages in, and those before more is read.
            for poll in [Session::poll_alarm, Session::poll_out, Session::poll_in] {
                match poll(self, cx) {
                    Ok(this) => moved |= this,
                    Err(end) => return Poll::Ready(end),
                }
            }
            moved |= self.poll_sockets(cx);
            if !moved && self.house.stage() != Stage::Running && self.has_finished() {
                return Poll::Ready(End::stopped());
            }
            if !moved {
                return Poll::Pending;
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Every stream is over, its server has taken everything, and the client has been told.
    fn has_finished(&self) -> bool {
        self.sockets.is_empty() && self.drains.is_empty() && self.flushed
    }

    fn poll_alarm(&mut self, cx: &mut Context<'_>) -> Result<bool, End> {
        self.look(cx)?;
        if self.alarm.as_mut().poll(cx).is_pending() {
            return Ok(false);
        }
        let limits = self.house.limits();
        let now = Instant::now();
        if now >= self.heard + limits.silence {
            // A client whose bytes no server takes is not read either, and ends like this.
            let text = "Nothing was heard, or could be used, for too long.".to_owned();
            return Err(End::Close(CloseCode::Normal, text));
        }
        let mut next = self.heard + limits.ping_after;
        if now >= next {
            let mut socket = Pin::new(&mut self.socket);
            // Version 1 has no packet for this; WebSockets have. One that takes no message now is
            // asked by those that wait before it.
            if socket.as_mut().poll_ready(cx).is_ready() {
                let ping = Message::Ping(Bytes::new());
                socket.start_send(ping).map_err(|error| End::Gone(error.to_string()))?;
            }
            next = self.heard + limits.silence;
        }
        self.alarm.as_mut().reset(next);
        Ok(true)
    }

    fn poll_out(&mut self, cx: &mut Context<'_>) -> Result<bool, End> {
        let mut socket = Pin::new(&mut self.socket);
        let mut moved = false;
        self.flushed = false;
        for _ in 0..BURST {
            match socket.as_mut().poll_ready(cx) {
                Poll::Pending => return Ok(moved),
                Poll::Ready(ready) => ready.map_err(|error| End::Gone(error.to_string()))?,
            }
            let Some(message) = self.server.poll_message() else {
                if let Some(over) = self.server.over() {
                    return Err(end_of(over));
                }
                break;
            };
            socket
                .as_mut()
                .start_send(Message::Binary(message.into()))
                .map_err(|error| End::Gone(error.to_string()))?;
            moved = true;
        }
        let flushed = socket.poll_flush(cx);
        self.flushed = flushed.is_ready();
        match flushed {
            Poll::Ready(Err(error)) => Err(End::Gone(error.to_string())),
            _ => Ok(moved),
        }
    }

    fn poll_in(&mut self, cx: &mut Context<'_>) -> Result<bool, End> {
        // Wsproxy's connection was asked for by the path, not by a message.
        let mut moved = self.handle_events(cx);
        for _ in 0..BURST {
            if !self.server.takes_more() {
                break;
            }
            let next = poll_message(&mut self.socket, &mut self.drained, cx);
            let Poll::Ready(message) = next else { break };
            moved = true;
            self.heard = Instant::now();
            match message {
                Some(Ok(Message::Binary(bytes))) => self.receive(&bytes, cx),
                Some(Ok(Message::Text(text))) if self.server.takes_text() => {
                    self.receive(text.as_bytes(), cx);
                }
                Some(Ok(Message::Close(_))) | None => return Err(End::Left),
                // Text says nothing in Wisp; pings are answered by tungstenite.
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(end_of_error(error)),
            }
        }
        Ok(moved)
    }

    fn receive(&mut self, message: &[u8], cx: &mut Context<'_>) {
        self.server.receive(message);
        self.handle_events(cx);
    }

    fn handle_events(&mut self, cx: &mut Context<'_>) -> bool {
        let mut moved = false;
        while let Some(event) = self.server.poll_event() {
            moved = true;
            match event {
                Event::Connect { id, transport, host, port } => {
                    self.connect(StreamId(id), transport, Target::new(&host, port), cx);
                }
                Event::Data(id, bytes) => {
                    if let Some(socket) = self.sockets.get_mut(&StreamId(id)) {
                        socket.push(StreamId(id), bytes, &mut self.server);
                    }
                }
                Event::Closed { id, reason, left } => {
                    tracing::debug!(peer = %self.peer, id, %reason, "closed by the client");
                    self.drain(StreamId(id), left, cx);
                }
                Event::Broken { id, why, left } => {
                    tracing::warn!(peer = %self.peer, id, why, "broke the rules");
                    self.server.released(left);
                    if let Some(socket) = self.sockets.remove(&StreamId(id)) {
                        socket.abort(Ending::Refused(Reason::CREDIT_OVERRUN));
                    }
                }
            }
        }
        moved
    }

    fn connect(
        &mut self,
        id: StreamId,
        transport: Transport,
        target: Target,
        cx: &mut Context<'_>,
    ) {
        if self.house.stage() != Stage::Running {
            let text = "The relay is about to stop, and opens nothing any more.";
            self.server.close(id.0, CloseReason::THROTTLED, text);
            return;
        }
        let limit = usize::from(self.house.limits().streams);
        // What was closed lasts until its bytes are written, and should not be in the way of others.
        if self.sockets.len() >= limit || self.sockets.len() + self.drains.len() >= 2 * limit {
            let text = format!("The relay allows {limit} streams; close one first.");
            self.server.close(id.0, CloseReason::THROTTLED, &text);
            return;
        }
        if let Err(reset) = self.guard.open(self.sockets.len()) {
            self.server.close(id.0, CloseReason::THROTTLED, &reset.text);
            return;
        }
        tracing::info!(
            peer = %self.peer, %id, ?transport, host = target.host, port = target.port, "open"
        );
        let account = self.account.stream(format!("{}:{}", target.host, target.port));
        let mut socket = Socket::new(&self.house, self.page, transport, (target, account));
        // At once, so that an address is known before the next packet is looked at.
        let Session { server, house, scratch, .. } = self;
        let progress = socket.poll(id, server, house, scratch, &mut 0, cx);
        if progress != Progress::Over {
            self.sockets.insert(id, socket);
        }
    }

    fn poll_sockets(&mut self, cx: &mut Context<'_>) -> bool {
        let mut budget = usize::MAX;
        if !self.sockets.is_empty() {
            budget = self.guard.poll_budget(cx);
        }
        let Session { sockets, server, house, scratch, last, account, .. } = self;
        let (mut moved, mut ended) = (false, Vec::new());
        // Where octets are counted, whoever had the last of them comes last.
        let (before, after): (Vec<_>, Vec<_>) = sockets.keys().partition(|id| **id <= *last);
        for id in after.into_iter().chain(before) {
            let Some(socket) = sockets.get_mut(&id) else { continue };
            let had = budget;
            let progress = socket.poll(id, server, house, scratch, &mut budget, cx);
            if budget < had {
                *last = id;
            }
            account.moved(socket.moved());
            moved |= progress != Progress::None;
            if progress == Progress::Over || !server.is_open(id.0) {
                ended.push(id);
            }
        }
        self.guard.left(budget);
        for id in ended {
            moved = true;
            let left = self.server.detach(id.0);
            self.drain(id, left, cx);
        }
        while let Poll::Ready(Some(drained)) = self.drains.poll_join_next(cx) {
            moved = true;
            self.server.released(drained.unwrap_or_default());
        }
        self.guard.count(self.sockets.len());
        moved
    }

    /// The stream is over, but its socket has not taken the last `left` bytes.
    fn drain(&mut self, id: StreamId, left: usize, cx: &mut Context<'_>) {
        let wire = self
            .sockets
            .remove(&id)
            .and_then(|socket| socket.into_wire(id, &mut self.server, &self.house, cx));
        let Some(wire) = wire else {
            self.server.released(left);
            return;
        };
        let house = Arc::clone(&self.house);
        self.drains.spawn(async move {
            tokio::select! {
                biased;
                () = house.stopping() => {}
                () = wire.drain(house.limits().silence) => {}
            }
            left
        });
    }
}
