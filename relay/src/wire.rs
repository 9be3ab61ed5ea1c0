//! One stream's socket: from dialling to the end of both directions.

use std::collections::VecDeque;
use std::future::Future;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use shared::tunnel::{MAX_DATA, Phase, Reset, StreamId};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::addresses::Entered;
use crate::carrier::Carrier;
use crate::dial::{Dialled, reset_of};

/// Pieces below this are joined while they wait: a window of single bytes shall cost what a window
/// costs, and not an allocation for each.
const SMALL: usize = 1024;

/// Pieces that are written with one system call.
const AT_ONCE: usize = 8;

/// How long, and how much, a server is read on after its FIN when nobody wants its bytes: a socket
/// that is closed with unread ones is reset, and with it what the server has not read. A reply that
/// is longer is one that somebody has cut short.
const LINGER: Duration = Duration::from_secs(10);
const MAX_LINGER: u64 = 256 * 1024;

/// What `dial` will say.
pub(crate) type Dialling = Pin<Box<dyn Future<Output = Result<Dialled, Reset>> + Send>>;

pub(crate) enum Wire {
    /// With what came for the socket before it was there, in protocols that allow it.
    Dialling(Dialling, VecDeque<Vec<u8>>),
    Open(Box<Open>),
}

pub(crate) struct Open {
    socket: TcpStream,
    local: SocketAddr,
    peer: SocketAddr,
    /// Tells the practice servers that behind this socket is a page; `None` if a listener got it.
    _of_page: Option<Entered<u64>>,
    /// What came from the page and the socket has not taken; at most the stream's window.
    pending: VecDeque<Vec<u8>>,
    /// How much of the first of `pending` the socket has taken.
    taken: usize,
    /// The page said FIN: after `pending` the socket's sending side is shut down.
    finishing: bool,
    /// Nothing more goes to the server.
    written: bool,
    /// Nothing more comes from the server.
    read: bool,
    /// Writing failed; told to the page when everything that still comes was read.
    broken: Option<Reset>,
    /// Whether octets went over it since `rests`.
    moved: bool,
    rests: Instant,
}

/// What a look at a wire brought.
#[derive(PartialEq, Eq)]
pub(crate) enum Progress {
    None,
    Some,
    /// Both directions have ended, and the multiplexer knows.
    Over,
}

impl Wire {
    pub(crate) fn dialling(dialling: Dialling) -> Wire {
        Wire::Dialling(dialling, VecDeque::new())
    }

    /// A connection that a listener got. Nothing is read before the page takes it, for want of
    /// credit.
    pub(crate) fn accepted(socket: TcpStream, local: SocketAddr, peer: SocketAddr) -> Wire {
        Wire::Open(Box::new(Open::new(socket, local, peer, None)))
    }

    /// The addresses of this machine and of the other end.
    pub(crate) fn ends(&self) -> Option<(SocketAddr, SocketAddr)> {
        match self {
            Wire::Dialling(..) => None,
            Wire::Open(open) => Some((open.local, open.peer)),
        }
    }

    /// Nothing has gone over it for so long, as far as one can tell who asks now and then.
    pub(crate) fn has_rested(&mut self, limit: Duration) -> bool {
        let Wire::Open(open) = self else { return false };
        let now = Instant::now();
        if std::mem::take(&mut open.moved) {
            open.rests = now;
        }
        now >= open.rests + limit
    }

    /// Does what can be done without waiting, but no more than one read and one write. No more
    /// octets than the budget has are carried, and those that are, are taken from it.
    pub(crate) fn poll(
        &mut self,
        id: StreamId,
        mux: &mut impl Carrier,
        scratch: &mut [u8],
        budget: &mut usize,
        cx: &mut Context<'_>,
    ) -> Progress {
        match self {
            Wire::Dialling(dialling, pending) => match dialling.as_mut().poll(cx) {
                Poll::Pending => Progress::None,
                Poll::Ready(Ok(Dialled { socket, info, of_page })) => {
                    let (local, peer) = (info.local, info.peer);
                    if !mux.opened(id, info) {
                        return Progress::Over;
                    }
                    let pending = std::mem::take(pending);
                    let open = Open::new(socket, local, peer, Some(of_page));
                    *self = Wire::Open(Box::new(Open { pending, ..open }));
                    Progress::Some
                }
                Poll::Ready(Err(reset)) => {
                    mux.reset(id, reset);
                    Progress::Over
                }
            },
            Wire::Open(open) => {
                let before = *budget;
                let wrote = open.poll_write(id, mux, budget, cx);
                let read = open.poll_read(id, mux, scratch, budget, cx);
                open.moved |= *budget < before;
                match (open.read && open.written, wrote || read) {
                    (true, _) => Progress::Over,
                    (false, true) => Progress::Some,
                    (false, false) => Progress::None,
                }
            }
        }
    }

    /// The page sent bytes.
    pub(crate) fn push(&mut self, bytes: Vec<u8>) {
        let pending = match self {
            Wire::Open(open) if open.written => return,
            Wire::Open(open) => &mut open.pending,
            Wire::Dialling(_, pending) => pending,
        };
        match pending.back_mut() {
            Some(last) if bytes.len() < SMALL && last.len() < MAX_DATA => last.extend(bytes),
            _ => pending.push_back(bytes),
        }
    }

    /// The page sends no more.
    pub(crate) fn finish(&mut self) {
        if let Wire::Open(open) = self {
            open.finishing = true;
        }
    }

    /// The stream is over, for a protocol that has no half-close: writes what came before the end,
    /// unless the server takes nothing for `patience`, and ends in good order.
    pub(crate) async fn drain(self, patience: Duration) {
        let open = match self {
            Wire::Open(open) => open,
            Wire::Dialling(_, pending) if pending.is_empty() => return,
            Wire::Dialling(dialling, pending) => match dialling.await {
                Ok(Dialled { socket, info, of_page }) => {
                    let open = Open::new(socket, info.local, info.peer, Some(of_page));
                    Box::new(Open { pending, ..open })
                }
                Err(_) => return,
            },
        };
        open.drain(patience).await;
    }

    /// The page gave the connection up: the server shall see a reset, not an orderly end.
    pub(crate) fn abort(self) {
        if let Wire::Open(open) = self
            && let Err(error) = open.socket.set_zero_linger()
        {
            tracing::debug!(%error, "the connection ends with FIN instead of RST");
        }
    }
}

impl Open {
    fn new(
        socket: TcpStream,
        local: SocketAddr,
        peer: SocketAddr,
        of_page: Option<Entered<u64>>,
    ) -> Open {
        Open {
            socket,
            local,
            peer,
            _of_page: of_page,
            pending: VecDeque::new(),
            taken: 0,
            finishing: false,
            written: false,
            read: false,
            broken: None,
            moved: false,
            rests: Instant::now(),
        }
    }

    async fn drain(mut self, patience: Duration) {
        for (index, bytes) in std::mem::take(&mut self.pending).into_iter().enumerate() {
            let mut rest = &bytes[if index == 0 { self.taken } else { 0 }..];
            while !rest.is_empty() {
                match timeout(patience, self.socket.write(rest)).await {
                    Ok(Ok(count)) => rest = &rest[count..],
                    Ok(Err(_)) => return,
                    // Not all could be written, so it shall not look like all.
                    Err(_) => return Wire::Open(Box::new(self)).abort(),
                }
            }
        }
        if self.socket.shutdown().await.is_ok() && !self.read {
            let mut rest = (&mut self.socket).take(MAX_LINGER);
            let _ = timeout(LINGER, tokio::io::copy(&mut rest, &mut tokio::io::sink())).await;
        }
    }

    fn poll_write(
        &mut self,
        id: StreamId,
        mux: &mut impl Carrier,
        budget: &mut usize,
        cx: &mut Context<'_>,
    ) -> bool {
        if self.written {
            return false;
        }
        if self.pending.is_empty() {
            return self.finishing && self.poll_shutdown(id, mux, cx);
        }
        if *budget == 0 {
            return false;
        }
        let mut pieces = [IoSlice::new(&[]); AT_ONCE];
        let mut skip = self.taken;
        let mut count = 0;
        let mut left = *budget;
        for (piece, bytes) in pieces.iter_mut().zip(&self.pending) {
            let bytes = &bytes[skip..];
            let bytes = &bytes[..bytes.len().min(left)];
            *piece = IoSlice::new(bytes);
            left -= bytes.len();
            skip = 0;
            count += 1;
        }
        match Pin::new(&mut self.socket).poll_write_vectored(cx, &pieces[..count]) {
            Poll::Pending => false,
            Poll::Ready(Ok(count)) => {
                self.took(count);
                *budget -= count;
                mux.consumed(id, count);
                true
            }
            Poll::Ready(Err(error)) => {
                self.stop_writing(id, mux, Some(&error));
                true
            }
        }
    }

    /// The socket has taken so many bytes of `pending`.
    fn took(&mut self, count: usize) {
        self.taken += count;
        while let Some(first) = self.pending.front()
            && self.taken >= first.len()
        {
            self.taken -= first.len();
            self.pending.pop_front();
        }
    }

    fn poll_shutdown(
        &mut self,
        id: StreamId,
        mux: &mut impl Carrier,
        cx: &mut Context<'_>,
    ) -> bool {
        match Pin::new(&mut self.socket).poll_shutdown(cx) {
            Poll::Pending => return false,
            // The server was faster in closing; there is nothing left to shut down.
            Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::NotConnected => {
                self.stop_writing(id, mux, None);
            }
            Poll::Ready(result) => self.stop_writing(id, mux, result.err().as_ref()),
        }
        true
    }

    /// What the server had sent before it stopped taking bytes is still to be read; the page
    /// learns of the error after that.
    fn stop_writing(&mut self, id: StreamId, mux: &mut impl Carrier, error: Option<&io::Error>) {
        self.written = true;
        self.pending.clear();
        self.broken = error.map(|error| reset_of(error, Phase::Write));
        if self.read
            && let Some(reset) = self.broken.take()
        {
            mux.reset(id, reset);
        }
    }

    /// Reads only what there is credit for, so that the server feels a page that does not read.
    fn poll_read(
        &mut self,
        id: StreamId,
        mux: &mut impl Carrier,
        scratch: &mut [u8],
        budget: &mut usize,
        cx: &mut Context<'_>,
    ) -> bool {
        let room = mux.room(id).min(scratch.len()).min(*budget);
        if self.read || room == 0 {
            return false;
        }
        let mut buffer = ReadBuf::new(&mut scratch[..room]);
        let reset = match Pin::new(&mut self.socket).poll_read(cx, &mut buffer) {
            Poll::Pending => return false,
            Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                *budget -= buffer.filled().len();
                let sent = mux.send(id, buffer.filled());
                debug_assert_eq!(sent, buffer.filled().len(), "there was room");
                return true;
            }
            Poll::Ready(Ok(())) => self.broken.take(),
            Poll::Ready(Err(error)) => {
                Some(self.broken.take().unwrap_or_else(|| reset_of(&error, Phase::Read)))
            }
        };
        self.read = true;
        match reset {
            Some(reset) => {
                self.written = true;
                mux.reset(id, reset);
            }
            None => mux.finish(id),
        }
        true
    }
}
