//! Reading a frame: every byte sequence is a frame or a [`FrameError`], never a panic.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use super::frame::*;
use super::{MAX_ADDRESSES, MAX_DATA, MAX_HOST, MAX_TEXT, MAX_WINDOW, Reason};

impl<'a> Frame<'a> {
    /// Reads one whole message.
    pub fn decode(message: &'a [u8]) -> Result<Frame<'a>, FrameError> {
        let mut reader = Reader { message, at: 0, frame: "frame" };
        let code = reader.u8("type")?;
        let stream = reader.u32("stream")?;
        let Some(kind) = Kind::from_code(code) else {
            if code & 0x80 != 0 {
                return Ok(Frame::Ignored(code));
            }
            reader.at = 0;
            return Err(reader.error(Fault::UnknownType { code }));
        };
        reader.frame = kind.name();
        reader.check_stream(kind, stream)?;
        let frame = reader.payload(kind, StreamId(stream))?;
        match message.len() - reader.at {
            0 => Ok(frame),
            extra => Err(reader.error(Fault::Trailing { extra })),
        }
    }
}

struct Reader<'a> {
    message: &'a [u8],
    at: usize,
    frame: &'static str,
}

impl<'a> Reader<'a> {
    fn check_stream(&self, kind: Kind, stream: u32) -> Result<(), FrameError> {
        let of_session =
            matches!(kind, Kind::Hello | Kind::Welcome | Kind::Ping | Kind::Pong | Kind::Goaway);
        if of_session == (stream == 0) {
            return Ok(());
        }
        let expected = if of_session { "0, the session" } else { "a stream, not 0" };
        Err(FrameError {
            frame: self.frame,
            at: 1,
            fault: Fault::Value { field: "stream", got: u64::from(stream), expected },
        })
    }

    fn payload(&mut self, kind: Kind, stream: StreamId) -> Result<Frame<'a>, FrameError> {
        Ok(match kind {
            Kind::Hello => Frame::Hello(Hello {
                version: self.u8("version")?,
                client: self.text("client name", MAX_TEXT)?,
            }),
            Kind::Welcome => Frame::Welcome(Welcome {
                version: self.u8("version")?,
                hostname: self.text("host name", MAX_HOST)?,
                peer: self.address("peer address")?,
                max_streams: self.u16("stream limit")?,
                window: self.window("window")?,
                policy: self.text("policy", MAX_TEXT)?,
                text: self.text("text", MAX_TEXT)?,
            }),
            Kind::Ping => Frame::Ping(self.u64("number")?),
            Kind::Pong => Frame::Pong(self.u64("number")?),
            Kind::Goaway => Frame::Goaway(Goaway {
                reason: Reason(self.u16("reason")?),
                text: self.text("text", MAX_TEXT)?,
            }),
            Kind::Open => Frame::Open(stream, self.target()?),
            Kind::Opened => Frame::Opened(stream, self.opened()?),
            Kind::Data => Frame::Data(stream, self.data()?),
            Kind::Window => Frame::Window(stream, self.window("increment")?),
            Kind::Fin => Frame::Fin(stream),
            Kind::Reset => Frame::Reset(
                stream,
                Reset {
                    reason: Reason(self.u16("reason")?),
                    errno: self.u16("errno")?,
                    phase: self.phase()?,
                    text: self.text("text", MAX_TEXT)?,
                },
            ),
        })
    }

    fn target(&mut self) -> Result<Target, FrameError> {
        let family = match self.u8("family")? {
            0 => Family::Any,
            4 => Family::V4,
            6 => Family::V6,
            got => return Err(self.value("family", 1, got.into(), "0 (any), 4 or 6")),
        };
        let window = self.window("window")?;
        let timeout = Duration::from_millis(u64::from(self.u16("timeout")?) * 100);
        let port = self.u16("port")?;
        let host = self.text("host", MAX_HOST)?;
        Ok(Target { host, port, window, timeout, family })
    }

    fn opened(&mut self) -> Result<OpenedInfo, FrameError> {
        let local = self.address("local address")?;
        let peer = self.address("peer address")?;
        let window = self.window("window")?;
        let dns = self.micros("name lookup time")?;
        let connect = self.micros("connect time")?;
        let resolved = (0..self.count("address count")?)
            .map(|_| self.host_address("resolved address"))
            .collect::<Result<_, _>>()?;
        let attempts = (0..self.count("attempt count")?)
            .map(|_| {
                Ok(Attempt {
                    address: self.host_address("attempt's address")?,
                    errno: self.u16("attempt's errno")?,
                    took: self.micros("attempt's time")?,
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(OpenedInfo { local, peer, window, dns, connect, resolved, attempts })
    }

    fn data(&mut self) -> Result<&'a [u8], FrameError> {
        let bytes = &self.message[self.at..];
        if !(1..=MAX_DATA).contains(&bytes.len()) {
            return Err(self.value("length", 0, bytes.len() as u64, "1 to 16384 bytes"));
        }
        self.at = self.message.len();
        Ok(bytes)
    }

    fn phase(&mut self) -> Result<Phase, FrameError> {
        Ok(match self.u8("phase")? {
            0 => Phase::Local,
            1 => Phase::Resolve,
            2 => Phase::Policy,
            3 => Phase::Connect,
            4 => Phase::Read,
            5 => Phase::Write,
            got => return Err(self.value("phase", 1, got.into(), "0 to 5")),
        })
    }

    fn window(&mut self, field: &'static str) -> Result<u32, FrameError> {
        let window = self.u32(field)?;
        if (1..=MAX_WINDOW).contains(&window) {
            return Ok(window);
        }
        Err(self.value(field, 4, window.into(), "1 to 16777216 bytes"))
    }

    fn count(&mut self, field: &'static str) -> Result<u8, FrameError> {
        let count = self.u8(field)?;
        if usize::from(count) <= MAX_ADDRESSES {
            return Ok(count);
        }
        Err(self.value(field, 1, count.into(), "at most 32"))
    }

    fn address(&mut self, field: &'static str) -> Result<SocketAddr, FrameError> {
        Ok(SocketAddr::new(self.host_address(field)?, self.u16(field)?))
    }

    fn host_address(&mut self, field: &'static str) -> Result<IpAddr, FrameError> {
        match self.u8(field)? {
            4 => Ok(IpAddr::V4(Ipv4Addr::from(self.array::<4>(field)?))),
            6 => Ok(IpAddr::V6(Ipv6Addr::from(self.array::<16>(field)?))),
            got => Err(self.value(field, 1, got.into(), "family 4 or 6 first")),
        }
    }

    fn text(&mut self, field: &'static str, limit: usize) -> Result<String, FrameError> {
        let length = usize::from(self.u16(field)?);
        if length > limit {
            return Err(self.value(field, 2, length as u64, "a shorter text"));
        }
        let start = self.at;
        let bytes = self.take(length, field)?;
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => {
                self.at = start + error.valid_up_to();
                Err(self.error(Fault::NotText { field }))
            }
        }
    }

    fn micros(&mut self, field: &'static str) -> Result<Duration, FrameError> {
        Ok(Duration::from_micros(self.u32(field)?.into()))
    }

    fn u8(&mut self, field: &'static str) -> Result<u8, FrameError> {
        Ok(u8::from_be_bytes(self.array(field)?))
    }

    fn u16(&mut self, field: &'static str) -> Result<u16, FrameError> {
        Ok(u16::from_be_bytes(self.array(field)?))
    }

    fn u32(&mut self, field: &'static str) -> Result<u32, FrameError> {
        Ok(u32::from_be_bytes(self.array(field)?))
    }

    fn u64(&mut self, field: &'static str) -> Result<u64, FrameError> {
        Ok(u64::from_be_bytes(self.array(field)?))
    }

    fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], FrameError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N, field)?);
        Ok(array)
    }

    fn take(&mut self, length: usize, field: &'static str) -> Result<&'a [u8], FrameError> {
        let Some(bytes) = self.message[self.at..].get(..length) else {
            return Err(self.error(Fault::Ends { field }));
        };
        self.at += length;
        Ok(bytes)
    }

    /// The value of the last `width` bytes is wrong.
    fn value(
        &self,
        field: &'static str,
        width: usize,
        got: u64,
        expected: &'static str,
    ) -> FrameError {
        FrameError {
            frame: self.frame,
            at: self.at - width,
            fault: Fault::Value { field, got, expected },
        }
    }

    fn error(&self, fault: Fault) -> FrameError {
        FrameError { frame: self.frame, at: self.at, fault }
    }
}
