//! One socket of a practice server, with what waits to be written to it.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

pub(crate) struct Pipe {
    socket: TcpStream,
    pending: VecDeque<u8>,
    /// The octets of each push that is pending, where each is written by itself.
    segments: Option<VecDeque<usize>>,
    /// Only so many octets of `pending` may be written yet.
    open_for: Option<usize>,
    /// After `pending`, FIN.
    finishing: bool,
    finished: bool,
    /// The visitor's FIN has come.
    ended: bool,
    /// Writing failed; reading will tell.
    deaf: bool,
}

/// What reading brought.
pub(crate) enum Arrival {
    /// So many bytes, in the buffer.
    Bytes(usize),
    End,
    Broken(String),
}

impl Pipe {
    /// `segments`: what is pushed at once is written at once, and nothing with it.
    pub(crate) fn new(socket: TcpStream, segments: bool) -> Pipe {
        Pipe {
            socket,
            pending: VecDeque::new(),
            segments: segments.then(VecDeque::new),
            open_for: None,
            finishing: false,
            finished: false,
            ended: false,
            deaf: false,
        }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if !self.finishing && !self.deaf {
            self.pending.extend(bytes);
            if let Some(segments) = &mut self.segments
                && !bytes.is_empty()
            {
                segments.push_back(bytes.len());
            }
        }
    }

    pub(crate) fn finish(&mut self) {
        self.finishing = true;
    }

    /// What is pushed from now on waits until [`Pipe::release`].
    pub(crate) fn hold(&mut self) {
        self.open_for.get_or_insert(self.pending.len());
    }

    pub(crate) fn release(&mut self) {
        self.open_for = None;
    }

    /// The visitor sees a reset.
    pub(crate) fn abort(self) {
        if let Err(error) = self.socket.set_zero_linger() {
            tracing::debug!(%error, "the connection ends with FIN instead of RST");
        }
    }

    /// Less than `limit` waits, and the end is not near.
    pub(crate) fn takes_more(&self, limit: usize) -> bool {
        self.pending.len() < limit && !self.finishing && !self.deaf
    }

    pub(crate) fn is_finishing(&self) -> bool {
        self.finishing || self.deaf
    }

    /// Both directions have ended.
    pub(crate) fn is_over(&self) -> bool {
        self.finished && self.ended
    }

    /// Not everything could be written.
    pub(crate) fn is_broken(&self) -> bool {
        self.deaf
    }

    /// Writes once, or finishes. Tells whether anything moved.
    pub(crate) fn poll_write(&mut self, cx: &mut Context<'_>) -> bool {
        if self.deaf || self.finished {
            return false;
        }
        let socket = Pin::new(&mut self.socket);
        let (front, _) = self.pending.as_slices();
        let segment = self.segments.as_ref().and_then(|s| s.front().copied());
        let allowed = self.open_for.unwrap_or(usize::MAX).min(front.len());
        let allowed = allowed.min(segment.unwrap_or(usize::MAX));
        let result = if allowed > 0 {
            socket.poll_write(cx, &front[..allowed]).map_ok(|count| {
                self.pending.drain(..count);
                self.open_for = self.open_for.map(|octets| octets - count);
                if let Some(segments) = &mut self.segments
                    && let Some(octets) = segments.pop_front().filter(|octets| *octets > count)
                {
                    segments.push_front(octets - count);
                }
            })
        } else if !front.is_empty() {
            return false;
        } else if self.finishing {
            socket.poll_shutdown(cx).map_ok(|()| self.finished = true)
        } else {
            return false;
        };
        match result {
            Poll::Pending => false,
            Poll::Ready(Ok(())) => true,
            Poll::Ready(Err(_)) => {
                self.pending.clear();
                self.deaf = true;
                self.finished = true;
                true
            }
        }
    }

    pub(crate) fn poll_read(
        &mut self,
        scratch: &mut [u8],
        cx: &mut Context<'_>,
    ) -> Option<Arrival> {
        if self.ended {
            return None;
        }
        let mut buffer = ReadBuf::new(scratch);
        match Pin::new(&mut self.socket).poll_read(cx, &mut buffer) {
            Poll::Pending => None,
            Poll::Ready(Ok(())) if buffer.filled().is_empty() => {
                self.ended = true;
                Some(Arrival::End)
            }
            Poll::Ready(Ok(())) => {
                let count = buffer.filled().len();
                Some(Arrival::Bytes(count + self.read_on(&mut scratch[count..])))
            }
            Poll::Ready(Err(error)) => Some(Arrival::Broken(describe(&error))),
        }
    }

    /// Reads what tokio would leave. It takes a short read for the last of what has come, but a
    /// read also stops where an urgent octet stood, as in FTP's ABOR; what follows would wait for
    /// the visitor's next bytes.
    #[cfg(unix)]
    fn read_on(&self, scratch: &mut [u8]) -> usize {
        use std::io::Read;
        use std::os::fd::AsFd;

        let Ok(handle) = self.socket.as_fd().try_clone_to_owned() else { return 0 };
        let mut socket = std::net::TcpStream::from(handle);
        let mut total = 0;
        // The end and errors come through tokio, too.
        while let Ok(count @ 1..) = socket.read(&mut scratch[total..]) {
            total += count;
        }
        total
    }

    #[cfg(not(unix))]
    fn read_on(&self, _: &mut [u8]) -> usize {
        0
    }
}

fn describe(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionReset => "connection reset by peer".to_owned(),
        _ => error.to_string(),
    }
}
