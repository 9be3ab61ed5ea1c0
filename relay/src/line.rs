//! A connection of a browser: plain TCP, or TLS over it. One branch per call, so that the plain
//! one costs what it cost before.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::Stream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::Error;
use tokio_tungstenite::tungstenite::protocol::Message;

pub(crate) enum Line {
    Plain(TcpStream),
    /// With a kilobyte of keys and buffers of its own, which the plain one shall not pay for.
    Tls(Box<TlsStream<TcpStream>>),
}

impl Line {
    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        match self {
            Line::Plain(socket) => socket.local_addr(),
            Line::Tls(tls) => tls.get_ref().0.local_addr(),
        }
    }

    /// Whether something may have come since a read had to wait.
    fn poll_news(&self, cx: &mut Context<'_>) -> Poll<()> {
        let socket = match self {
            Line::Plain(socket) => socket,
            Line::Tls(tls) => tls.get_ref().0,
        };
        // An error is for the read to tell.
        socket.poll_read_ready(cx).map(drop)
    }
}

/// The next message. tungstenite clears its buffer before it finds that there is nothing to read; so once it was `drained`, it
/// is asked only when the line has news.
pub(crate) fn poll_message(
    websocket: &mut WebSocketStream<Line>,
    drained: &mut bool,
    cx: &mut Context<'_>,
) -> Poll<Option<Result<Message, Error>>> {
    if *drained {
        ready!(websocket.get_ref().poll_news(cx));
    }
    let next = Pin::new(websocket).poll_next(cx);
    *drained = next.is_pending();
    next
}

impl AsyncRead for Line {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Line::Plain(socket) => Pin::new(socket).poll_read(cx, buffer),
            Line::Tls(tls) => Pin::new(tls.as_mut()).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Line::Plain(socket) => Pin::new(socket).poll_write(cx, bytes),
            Line::Tls(tls) => Pin::new(tls.as_mut()).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Line::Plain(socket) => Pin::new(socket).poll_write_vectored(cx, slices),
            Line::Tls(tls) => Pin::new(tls.as_mut()).poll_write_vectored(cx, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Line::Plain(socket) => socket.is_write_vectored(),
            Line::Tls(tls) => tls.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Line::Plain(socket) => Pin::new(socket).poll_flush(cx),
            Line::Tls(tls) => Pin::new(tls.as_mut()).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Line::Plain(socket) => Pin::new(socket).poll_shutdown(cx),
            Line::Tls(tls) => Pin::new(tls.as_mut()).poll_shutdown(cx),
        }
    }
}
