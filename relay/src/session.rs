//! One WebSocket: a multiplexer, and the sockets of its streams, in one task.
//!
//! Nothing here waits for one thing only. Each round looks at everything in a fixed order, moves
//! what can be moved without waiting, and goes round again until nothing moves. The order is that
//! of the octets: what a message brings is written in the same round, what a socket brings is sent.

mod end;
mod limits;

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::{Sink, SinkExt, StreamExt};
use hyper::body::Bytes;
use shared::tunnel::{
    DEFAULT_WINDOW, Event, Goaway, MAX_MESSAGE, Mux, Phase, RELAY_SEND_BUFFER, Reason, Reset,
    StreamId, VERSION, Welcome,
};
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::Error;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message, Role, WebSocketConfig};

use crate::account::{Ending, PageAccount};
use crate::callers::Guest;
use crate::dial::dial;
use crate::guard::Guard;
use crate::house::{House, Stage};
use crate::line::{Line, poll_message};
use crate::metrics::Asked;
use crate::sockets::{Sockets, Wires};
use crate::wire::Wire;
use end::End;

/// Messages moved each way before the others are looked at again.
const BURST: usize = 16;

/// Rounds before other tasks of this thread get their turn.
const ROUNDS: usize = 32;

/// What tungstenite reads at once. It clears that much before each read, and keeps it for as long as the page is there.
pub(crate) const READ_BUFFER: usize = 16 * 1024;

/// What tungstenite collects before it writes, a step of one stream, and the most it ever holds.
const WRITE_BUFFER: usize = RELAY_SEND_BUFFER;
const MAX_WRITE_BUFFER: usize = WRITE_BUFFER + 4 * MAX_MESSAGE;

/// Serves one page until it leaves, breaks the rules, falls silent, or the relay stops.
pub(crate) async fn run(
    socket: Line,
    read: Bytes,
    peer: SocketAddr,
    house: &Arc<House>,
    guest: Guest,
) {
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE))
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(MAX_WRITE_BUFFER);
    let socket =
        WebSocketStream::from_partially_read(socket, read.to_vec(), Role::Server, Some(config));
    let mut session = Session::new(socket.await, peer, house, guest);
    let end = tokio::select! {
        biased;
        draining = house.draining() => Err(draining),
        end = poll_fn(|cx| session.poll(cx)) => Ok(end),
    };
    let end = match end {
        Ok(end) => end,
        Err(None) => End::stopped(),
        Err(Some(limit)) => {
            session.drain(limit);
            tokio::select! {
                biased;
                () = house.stopping() => End::stopped(),
                end = poll_fn(|cx| session.poll(cx)) => end,
            }
        }
    };
    session.close(end).await;
}

struct Session {
    house: Arc<House>,
    peer: SocketAddr,
    socket: WebSocketStream<Line>,
    /// Nothing waits in the WebSocket to be written.
    flushed: bool,
    /// Nothing waits in the WebSocket to be read.
    drained: bool,
    mux: Mux,
    wires: Wires,
    sockets: Sockets,
    guard: Guard,
    /// Whose turn was last, if turns are taken.
    last: StreamId,
    account: PageAccount,
    start: Instant,
    /// When the page was last heard.
    heard: Instant,
    greeted: bool,
    alarm: Pin<Box<Sleep>>,
}

impl Session {
    fn new(
        socket: WebSocketStream<Line>,
        peer: SocketAddr,
        house: &Arc<House>,
        guest: Guest,
    ) -> Session {
        let policy = house.policy();
        let welcome = Welcome {
            version: VERSION,
            hostname: house.hostname.clone(),
            peer,
            max_streams: house.limits().streams,
            window: DEFAULT_WINDOW,
            policy: policy.name.to_owned(),
            text: policy.sentence.clone(),
        };
        let start = Instant::now();
        // A socket that does not know its address is about to fail.
        let own = socket.get_ref().local_addr().map_or(peer.ip(), |own| own.ip().to_canonical());
        Session {
            house: Arc::clone(house),
            peer,
            socket,
            flushed: true,
            drained: false,
            mux: Mux::relay(welcome),
            wires: BTreeMap::new(),
            sockets: Sockets::new(house, own),
            guard: Guard::new(house, guest),
            last: StreamId(0),
            account: PageAccount::new(&house.metrics, peer),
            start,
            heard: start,
            greeted: false,
            alarm: Box::pin(sleep_until(start + house.limits().hello)),
        }
    }

    /// Nothing new begins; the session ends with its last stream.
    fn drain(&mut self, limit: Duration) {
        self.mux.drain(limit);
        self.sockets.stop_listening(&mut self.mux);
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        let polled = self.poll_rounds(cx);
        self.account.end_round();
        polled
    }

    fn poll_rounds(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        let mut is_timely = false;
        for _ in 0..ROUNDS {
            let moved = match self.poll_round(&mut is_timely, cx) {
                Ok(moved) => moved,
                Err(end) => return Poll::Ready(end),
            };
            if !moved && self.mux.is_draining() && self.has_finished() {
                return Poll::Ready(End::stopped());
            }
            if !moved {
                return Poll::Pending;
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn poll_round(&mut self, is_timely: &mut bool, cx: &mut Context<'_>) -> Result<bool, End> {
        // 1. Time, which no amount of traffic may keep from passing. Until it has nothing to say, then once for each wake.
        let mut moved = !*is_timely && (self.poll_alarm(cx)? | self.look(cx)?);
        *is_timely = !moved;
        // 2. Messages from the page, 3. the sockets, 4. messages to the page.
        moved |= self.poll_in(cx)?;
        moved |= self.poll_wires(cx);
        moved |= self.poll_out(cx)?;
        Ok(moved)
    }

    /// Every stream is over, and the page has been told.
    fn has_finished(&self) -> bool {
        self.wires.is_empty() && self.mux.has_finished() && self.flushed
    }

    fn poll_alarm(&mut self, cx: &mut Context<'_>) -> Result<bool, End> {
        if self.alarm.as_mut().poll(cx).is_pending() {
            return Ok(false);
        }
        let limits = self.house.limits();
        let now = Instant::now();
        if !self.greeted {
            return Err(End::goaway(Reason::HELLO_LATE, "HELLO did not come in time."));
        }
        if now >= self.heard + limits.silence {
            return Err(End::goaway(Reason::SILENT, "Nothing was heard for too long."));
        }
        let mut next = self.heard + limits.ping_after;
        if now >= next {
            self.mux.ping(now - self.start);
            next = self.heard + limits.silence;
        }
        self.alarm.as_mut().reset(next);
        Ok(true)
    }

    fn poll_out(&mut self, cx: &mut Context<'_>) -> Result<bool, End> {
        if self.flushed && !self.mux.has_messages() {
            return Ok(false);
        }
        // The practice servers stop at the same moment, and the page shall hear of the relay's end before theirs.
        if self.house.stage() == Stage::Stopped {
            return Err(End::stopped());
        }
        let now = self.start.elapsed();
        let mut socket = Pin::new(&mut self.socket);
        let mut moved = false;
        for _ in 0..BURST {
            match socket.as_mut().poll_ready(cx) {
                Poll::Pending => {
                    self.flushed = false;
                    return Ok(moved);
                }
                Poll::Ready(ready) => ready.map_err(|error| End::Gone(error.to_string()))?,
            }
            let Some(message) = self.mux.poll_message(now) else { break };
            socket
                .as_mut()
                .start_send(Message::Binary(message.into()))
                .map_err(|error| End::Gone(error.to_string()))?;
            moved = true;
        }
        if self.flushed && !moved {
            return Ok(false);
        }
        let flushed = socket.poll_flush(cx);
        self.flushed = flushed.is_ready();
        match flushed {
            Poll::Ready(Err(error)) => Err(End::Gone(error.to_string())),
            _ => Ok(moved),
        }
    }

    fn poll_in(&mut self, cx: &mut Context<'_>) -> Result<bool, End> {
        let mut moved = false;
        for _ in 0..BURST {
            let next = poll_message(&mut self.socket, &mut self.drained, cx);
            let Poll::Ready(message) = next else { break };
            moved = true;
            self.heard = Instant::now();
            match message {
                Some(Ok(Message::Binary(bytes))) => self.receive(&bytes, cx)?,
                Some(Ok(Message::Text(_))) => {
                    let text = "Every frame is a binary message; a text message came.";
                    return Err(End::goaway(Reason::TEXT_MESSAGE, text));
                }
                Some(Ok(Message::Close(_))) | None => {
                    return Err(End::Left("The WebSocket was closed.".to_owned()));
                }
                // Pings of the WebSocket itself are answered by tungstenite, with what goes out next.
                Some(Ok(_)) => self.flushed = false,
                Some(Err(error)) => return Err(End::of(error)),
            }
        }
        Ok(moved)
    }

    fn receive(&mut self, message: &[u8], cx: &mut Context<'_>) -> Result<(), End> {
        self.mux
            .receive(message, self.heard - self.start)
            .map_err(|violation| End::goaway(violation.reason, &violation.text))?;
        while let Some(event) = self.mux.poll_event() {
            self.handle(event, cx)?;
        }
        Ok(())
    }

    fn handle(&mut self, event: Event, cx: &mut Context<'_>) -> Result<(), End> {
        match event {
            Event::Hello(hello) => {
                self.greeted = true;
                self.alarm.as_mut().reset(self.heard + self.house.limits().ping_after);
                tracing::info!(page = %self.peer, client = hello.client, "tunnel opened");
            }
            Event::OpenRequested(id, target) => self.open(id, target),
            Event::Data(id, bytes) => {
                if let Some(wire) = self.wires.get_mut(&id) {
                    wire.push(id, bytes, &mut self.mux);
                }
            }
            Event::Fin(id) => {
                if let Some(wire) = self.wires.get_mut(&id) {
                    wire.finish();
                }
            }
            Event::Reset(id, reset) => {
                tracing::debug!(page = %self.peer, %id, reason = reset.reason.name(), "given up");
                if let Some(wire) = self.wires.remove(&id) {
                    wire.abort(Ending::GivenUp);
                }
                self.sockets.close(id, &mut self.mux, cx);
            }
            Event::ListenRequested(id, ask) => {
                if self.may_open(id) {
                    self.sockets.listen(id, &ask, &mut self.mux, &self.wires);
                }
            }
            Event::UdpRequested(id, ask) => {
                if self.may_open(id) {
                    self.sockets.udp_bind(id, &ask, &mut self.mux, &self.wires);
                }
            }
            Event::ResolveRequested(id, query) => {
                if self.may_open(id) {
                    self.sockets.resolve(id, query);
                }
            }
            Event::Datagram(id, to, octets) => self.sockets.datagram(id, to, octets),
            Event::Goaway(Goaway { reason, text }) => {
                return Err(End::Left(format!("{reason} {text}")));
            }
            // `Writable` needs no answer: every round asks for the room there is. The others are
            // for pages.
            Event::Writable(_)
            | Event::Pong(_)
            | Event::Welcome(_)
            | Event::Opened(..)
            | Event::Listening(..)
            | Event::Incoming(..)
            | Event::UdpBound(..)
            | Event::Dropped(..)
            | Event::UdpError(..)
            | Event::Resolved(..)
            | Event::Draining(_) => {}
        }
        Ok(())
    }

    fn open(&mut self, id: StreamId, target: shared::tunnel::Target) {
        // The multiplexer forgets a stream when both ends have said their last word; the socket
        // may still have bytes to take. It is the sockets that are counted here.
        if self.wires.len() >= usize::from(self.house.limits().streams) {
            self.house.metrics.refused(Asked::Stream, Reason::TOO_MANY_STREAMS);
            self.mux.reset(id, Reset::new(Reason::TOO_MANY_STREAMS, Phase::Policy));
            return;
        }
        if !self.may_open(id) {
            return;
        }
        tracing::debug!(page = %self.peer, %id, host = target.host, port = target.port, "open");
        let account = self.account.stream(format!("{}:{}", target.host, target.port));
        let (house, page) = (Arc::clone(&self.house), self.sockets.page);
        let dialling = Box::pin(async move { dial(&house, page, &target).await });
        self.wires.insert(id, Wire::dialling(dialling, account));
    }

    /// Says what is left to say, within the time for a farewell.
    async fn close(mut self, end: End) {
        self.sockets.close_all();
        let wires = std::mem::take(&mut self.wires);
        wires.into_values().for_each(|wire| wire.abort(Ending::Lost));
        let (reason, close) = match end {
            End::Gone(why) => {
                self.account.log(&why);
                return;
            }
            End::Left(why) => (why, CloseCode::Normal),
            End::Goaway { reason, text, close } => {
                // Does nothing if a violation already made the multiplexer say it.
                self.mux.goaway(reason, &text);
                (text, close)
            }
        };
        self.account.log(&reason);
        let farewell = async {
            while let Some(message) = self.mux.poll_message(self.start.elapsed()) {
                self.socket.feed(Message::Binary(message.into())).await?;
            }
            let frame = CloseFrame { code: close, reason: "".into() };
            self.socket.send(Message::Close(Some(frame))).await?;
            // A socket that is closed before everything was read would be reset, and the last
            // message lost; so read until the page has closed too.
            while let Some(Ok(_)) = self.socket.next().await {}
            Ok::<_, Error>(())
        };
        if let Ok(Err(error)) = timeout(self.house.limits().farewell, farewell).await {
            tracing::debug!(%error, "the page did not wait for the last message");
        }
    }
}
