//! A WebSocket of a room. Frames go out as they are, shared by all viewers: nothing is copied for one of
//! them, and a viewer that does not read holds no more than a few frames.
//!
//! tungstenite reads, and writes what belongs to reading: pongs and the end. It gets at the wire only
//! between two of our frames, and we only between two of its own.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::{Sink, SinkExt, Stream, StreamExt};
use hyper::body::Bytes;
use shared::room::{FromRelay, MAX_MESSAGE, Refusal};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::{CapacityError, Error};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message, Role, WebSocketConfig};

use super::hub::Refused;
use crate::config::Limits;
use crate::line::Line;

/// What a viewer says is short. tungstenite keeps a buffer of this size for each of them.
const READ_BUFFER: usize = 2 * 1024;

/// The longest message of a viewer that was not asked for a try: a line, or a name.
pub(super) const MAX_SHORT: usize = 8 * 1024;

/// Frames that go to the system in one call.
const SLICES: usize = 16;

/// A whole message in one binary frame of a server (RFC 6455, section 5.2).
pub(super) fn frame(message: &[u8]) -> Bytes {
    let mut frame = Vec::with_capacity(message.len() + 10);
    frame.push(0x82);
    match message.len() {
        short @ ..=125 => frame.push(short as u8),
        middle @ ..=0xffff => {
            frame.push(126);
            frame.extend_from_slice(&(middle as u16).to_be_bytes());
        }
        long => {
            frame.push(127);
            frame.extend_from_slice(&(long as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(message);
    frame.into()
}

pub(super) struct Socket {
    websocket: WebSocketStream<Duct>,
    /// Frames that may not go out yet.
    waiting: VecDeque<Bytes>,
    /// A ping of ours waits in tungstenite.
    pings: bool,
    limits: Arc<Limits>,
    heard: Instant,
    pinged: bool,
    alarm: Pin<Box<Sleep>>,
}

pub(super) enum Event {
    /// All frames are out.
    Written,
    Message(Bytes),
    End(End),
}

/// Why a WebSocket is over.
pub(super) enum End {
    /// It is gone, there is nobody to tell.
    Gone(String),
    /// The page closed it.
    Left,
    /// The page is told why.
    Refused(Refused),
    /// It has got everything.
    Over(String),
}

impl End {
    pub(super) fn refused(why: Refusal, text: impl Into<String>) -> End {
        End::Refused(Refused::new(why, text))
    }

    pub(super) fn broken(text: impl Into<String>) -> End {
        End::refused(Refusal::Broken, text)
    }

    pub(super) fn stopping() -> End {
        End::refused(Refusal::Stopping, "The relay is about to stop.")
    }

    /// For the log.
    pub(super) fn text(&self) -> &str {
        match self {
            End::Gone(text) | End::Over(text) => text,
            End::Left => "the page left",
            End::Refused(refused) => &refused.text,
        }
    }

    fn of(error: Error) -> End {
        match error {
            Error::Capacity(CapacityError::MessageTooLong { size, max_size }) => {
                End::broken(format!("A message of {size} bytes came; {max_size} is the most."))
            }
            Error::Capacity(_) | Error::Protocol(_) | Error::Utf8(_) => {
                End::broken(error.to_string())
            }
            Error::Io(error) if error.get_ref().is_some_and(|inner| inner.is::<TooLong>()) => {
                End::broken(error.to_string())
            }
            error => End::Gone(error.to_string()),
        }
    }
}

impl Socket {
    pub(super) async fn new(line: Line, read: Bytes, limits: Arc<Limits>) -> Socket {
        let config = WebSocketConfig::default()
            .max_message_size(Some(MAX_MESSAGE))
            .max_frame_size(Some(MAX_MESSAGE))
            .read_buffer_size(READ_BUFFER)
            // A ping goes out at once, and there is nothing else.
            .write_buffer_size(0)
            .max_write_buffer_size(READ_BUFFER);
        let now = Instant::now();
        let duct = Duct {
            line,
            frames: VecDeque::new(),
            sent: 0,
            moved: now,
            read: 0,
            longest: MAX_SHORT,
        };
        let websocket =
            WebSocketStream::from_partially_read(duct, read.to_vec(), Role::Server, Some(config));
        Socket {
            websocket: websocket.await,
            waiting: VecDeque::new(),
            pings: false,
            heard: now,
            pinged: false,
            alarm: Box::pin(sleep_until(now + limits.ping_after)),
            limits,
        }
    }

    /// Messages may be as long as this from now on.
    pub(super) fn allow(&mut self, longest: usize) {
        self.websocket.get_mut().longest = longest;
    }

    pub(super) fn queue(&mut self, frame: Bytes) {
        if !self.is_busy() {
            self.websocket.get_mut().moved = Instant::now();
        }
        self.waiting.push_back(frame);
    }

    pub(super) fn say(&mut self, message: &FromRelay) {
        self.queue(frame(&message.encode()));
    }

    /// Frames wait, and no more should come.
    pub(super) fn is_busy(&self) -> bool {
        !self.waiting.is_empty() || !self.websocket.get_ref().frames.is_empty()
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Event> {
        if let Err(end) = self.poll_alarm(cx) {
            return Poll::Ready(Event::End(end));
        }
        if self.is_busy() {
            match self.poll_out(cx) {
                Poll::Ready(Ok(())) => return Poll::Ready(Event::Written),
                Poll::Ready(Err(error)) => {
                    return Poll::Ready(Event::End(End::Gone(error.to_string())));
                }
                Poll::Pending => {}
            }
        }
        loop {
            let message = ready!(Pin::new(&mut self.websocket).poll_next(cx));
            self.heard = Instant::now();
            self.pinged = false;
            self.websocket.get_mut().read = 0;
            return Poll::Ready(match message {
                Some(Ok(Message::Binary(octets))) => Event::Message(octets),
                Some(Ok(Message::Text(_))) => {
                    Event::End(End::broken("Every message is binary; a text message came."))
                }
                Some(Ok(Message::Close(_))) | None => Event::End(End::Left),
                // Pings are answered by tungstenite.
                Some(Ok(_)) => continue,
                Some(Err(error)) => Event::End(End::of(error)),
            });
        }
    }

    /// Says the last words, within the time for a farewell.
    pub(super) async fn end(mut self, end: End) {
        let code = match &end {
            End::Gone(_) => return,
            End::Left | End::Over(_) => CloseCode::Normal,
            End::Refused(refused) => {
                self.say(&FromRelay::Refused(refused.why, refused.text.clone()));
                match refused.why {
                    Refusal::Stopping | Refusal::Hub => CloseCode::Away,
                    Refusal::Broken => CloseCode::Protocol,
                    Refusal::TooFast | Refusal::Token | Refusal::Taken => CloseCode::Policy,
                    _ => CloseCode::Normal,
                }
            }
        };
        let patience = self.limits.farewell;
        let farewell = async {
            while self.is_busy() {
                poll_fn(|cx| self.poll_out(cx)).await?;
            }
            let frame = CloseFrame { code, reason: "".into() };
            self.websocket.send(Message::Close(Some(frame))).await?;
            // Closed before everything was read, the socket would be reset, and the last message lost.
            while let Some(Ok(_)) = self.websocket.next().await {
                self.websocket.get_mut().read = 0;
            }
            Ok::<_, Error>(())
        };
        if let Ok(Err(error)) = timeout(patience, farewell).await {
            tracing::debug!(%error, "the page did not wait for the last message");
        }
    }

    fn poll_out(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if !self.waiting.is_empty() && self.websocket.get_ref().frames.is_empty() {
            // Half a pong may be out.
            ready!(Pin::new(&mut self.websocket).poll_flush(cx))?;
            self.pings = false;
            let waiting = &mut self.waiting;
            self.websocket.get_mut().frames.append(waiting);
        }
        let duct = self.websocket.get_mut();
        ready!(duct.poll_frames(cx))?;
        Pin::new(&mut duct.line).poll_flush(cx).map_err(Error::Io)
    }

    /// Time passes, whatever comes and goes.
    fn poll_alarm(&mut self, cx: &mut Context<'_>) -> Result<(), End> {
        if self.pings && !self.is_busy() {
            self.pings = Pin::new(&mut self.websocket).poll_flush(cx).is_pending();
        }
        while self.alarm.as_mut().poll(cx).is_ready() {
            let Limits { ping_after, silence, unread, .. } = *self.limits;
            let now = Instant::now();
            if now >= self.heard + silence {
                let text = format!("Nothing was heard for {silence:?}.");
                return Err(End::Gone(text));
            }
            let moved = self.websocket.get_ref().moved;
            if self.is_busy() && now >= moved + unread {
                return Err(End::Gone(format!("Nothing was read for {unread:?}.")));
            }
            let mut next = self.heard + ping_after;
            if now >= next {
                next = self.heard + silence;
                if !self.is_busy() && !self.pinged {
                    self.ping(cx)?;
                }
            }
            if self.is_busy() {
                next = next.min(moved + unread);
            }
            self.alarm.as_mut().reset(next);
        }
        Ok(())
    }

    fn ping(&mut self, cx: &mut Context<'_>) -> Result<(), End> {
        let mut websocket = Pin::new(&mut self.websocket);
        if websocket.as_mut().poll_ready(cx).is_ready() {
            let ping = Message::Ping(Bytes::new());
            websocket.as_mut().start_send(ping).map_err(|error| End::Gone(error.to_string()))?;
            self.pings = websocket.poll_flush(cx).is_pending();
            self.pinged = true;
        }
        Ok(())
    }
}

/// The wire below tungstenite, which our frames go past.
struct Duct {
    line: Line,
    frames: VecDeque<Bytes>,
    /// Octets of the first that are out.
    sent: usize,
    /// When the wire last took something.
    moved: Instant,
    /// Octets since the last whole message.
    read: usize,
    longest: usize,
}

/// More octets than a viewer's message may have.
#[derive(Debug)]
struct TooLong(usize);

impl std::fmt::Display for TooLong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "A message of more than {} bytes came, which nobody asked for.", self.0)
    }
}

impl std::error::Error for TooLong {}

impl Duct {
    fn poll_frames(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.frames.is_empty() {
            let mut slices = [IoSlice::new(&[]); SLICES];
            for (slice, frame) in slices.iter_mut().zip(&self.frames) {
                *slice = IoSlice::new(frame);
            }
            slices[0] = IoSlice::new(&self.frames[0][self.sent..]);
            let count = self.frames.len().min(SLICES);
            let line = Pin::new(&mut self.line);
            let written = ready!(line.poll_write_vectored(cx, &slices[..count]))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.moved = Instant::now();
            self.sent += written;
            while let Some(first) = self.frames.front()
                && self.sent >= first.len()
            {
                self.sent -= first.len();
                self.frames.pop_front();
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Duct {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let duct = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut duct.line).poll_read(cx, buffer))?;
        duct.read += buffer.filled().len() - before;
        // With what was read at once behind the message.
        if duct.read > duct.longest + READ_BUFFER {
            return Poll::Ready(Err(io::Error::other(TooLong(duct.longest))));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Duct {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let duct = self.get_mut();
        ready!(duct.poll_frames(cx))?;
        Pin::new(&mut duct.line).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().line).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let duct = self.get_mut();
        ready!(duct.poll_frames(cx))?;
        Pin::new(&mut duct.line).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::frame;

    #[test]
    fn a_frame_says_how_long_it_is() {
        for (length, header) in [
            (0, &[0x82, 0][..]),
            (125, &[0x82, 125]),
            (126, &[0x82, 126, 0, 126]),
            (65_535, &[0x82, 126, 255, 255]),
            (65_536, &[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let frame = frame(&vec![7; length]);
            assert_eq!(&frame[..header.len()], header);
            assert!(
                frame.len() == header.len() + length
                    && frame[header.len()..].iter().all(|o| *o == 7)
            );
        }
    }
}
