//! Reading a frame: every byte sequence is a frame or a [`FrameError`], never a panic.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use super::bind::*;
use super::frame::*;
use super::{
    MAX_ADDRESSES, MAX_DATA, MAX_DATAGRAM, MAX_HOST, MAX_TEXT, MAX_WINDOW, MIN_UDP_WINDOW, Reason,
};

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
        let of_session = matches!(
            kind,
            Kind::Hello | Kind::Welcome | Kind::Ping | Kind::Pong | Kind::Goaway | Kind::Draining
        );
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
            Kind::Draining => Frame::Draining(self.seconds("time limit")?),
            Kind::Open => Frame::Open(stream, self.target()?),
            Kind::Opened => Frame::Opened(stream, self.opened()?),
            Kind::Data => Frame::Data(stream, self.rest(1, MAX_DATA)?),
            Kind::Window => Frame::Window(stream, self.window("increment")?),
            Kind::Fin => Frame::Fin(stream),
            Kind::Reset => Frame::Reset(stream, self.failure()?),
            Kind::Listen => Frame::Listen(stream, self.listen()?),
            Kind::Listening => Frame::Listening(
                stream,
                ListeningInfo {
                    bound: self.address("bound address")?,
                    advertised: self.address("advertised address")?,
                    backlog: self.u16("backlog")?,
                    accepts: self.u16("number of connections")?,
                    lifetime: self.seconds("lifetime")?,
                },
            ),
            Kind::Incoming => Frame::Incoming(
                stream,
                IncomingInfo {
                    listener: self.stream("listener")?,
                    local: self.address("local address")?,
                    peer: self.address("peer address")?,
                    window: self.window("window")?,
                },
            ),
            Kind::UdpBind => Frame::UdpBind(
                stream,
                UdpBind {
                    at: self.bind_at()?,
                    port: self.u16("port")?,
                    peer: self.optional_address("peer address")?,
                    window: self.udp_window("window")?,
                },
            ),
            Kind::UdpBound => Frame::UdpBound(
                stream,
                UdpInfo {
                    local: self.address("local address")?,
                    window: self.udp_window("window")?,
                },
            ),
            Kind::Datagram => {
                Frame::Datagram(stream, self.address("address")?, self.rest(0, MAX_DATAGRAM)?)
            }
            Kind::Dropped => match self.u32("count")? {
                0 => return Err(self.value("count", 4, 0, "at least 1")),
                count => Frame::Dropped(stream, count),
            },
            Kind::UdpError => Frame::UdpError(stream, self.address("address")?, self.failure()?),
            Kind::Resolve => {
                let family = self.family()?;
                Frame::Resolve(stream, Query { host: self.text("host", MAX_HOST)?, family })
            }
            Kind::Resolved => Frame::Resolved(
                stream,
                ResolvedInfo {
                    took: self.micros("time")?,
                    addresses: self.host_addresses("address")?,
                },
            ),
        })
    }

    fn failure(&mut self) -> Result<Reset, FrameError> {
        Ok(Reset {
            reason: Reason(self.u16("reason")?),
            errno: self.u16("errno")?,
            phase: self.phase()?,
            text: self.text("text", MAX_TEXT)?,
        })
    }

    fn listen(&mut self) -> Result<Listen, FrameError> {
        let at = self.bind_at()?;
        let port = self.u16("port")?;
        let reuse = match self.u8("reuse")? {
            0 => false,
            1 => true,
            got => return Err(self.value("reuse", 1, got.into(), "0 or 1")),
        };
        let backlog = self.u16("backlog")?;
        let allow = match self.u8("allowed peer")? {
            0 => Allow::PeerOf(self.stream("stream of the allowed peer")?),
            1 => Allow::Anyone,
            family => Allow::Address(self.ip(family, "allowed peer")?),
        };
        let accepts = self.u16("number of connections")?;
        let lifetime = self.seconds("lifetime")?;
        Ok(Listen { at, port, reuse, backlog, allow, accepts, lifetime })
    }

    fn bind_at(&mut self) -> Result<BindAt, FrameError> {
        match self.u8("address")? {
            0 => Ok(BindAt::LikeStream(self.stream("stream of the address")?)),
            family => Ok(BindAt::Address(self.ip(family, "address")?)),
        }
    }

    fn family(&mut self) -> Result<Family, FrameError> {
        Ok(match self.u8("family")? {
            0 => Family::Any,
            4 => Family::V4,
            6 => Family::V6,
            got => return Err(self.value("family", 1, got.into(), "0 (any), 4 or 6")),
        })
    }

    fn target(&mut self) -> Result<Target, FrameError> {
        let family = self.family()?;
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
        let resolved = self.host_addresses("resolved address")?;
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

    /// Everything to the end of the message.
    fn rest(&mut self, least: usize, most: usize) -> Result<&'a [u8], FrameError> {
        let bytes = &self.message[self.at..];
        if !(least..=most).contains(&bytes.len()) {
            let expected = if least == 0 { "at most 65512 bytes" } else { "1 to 32768 bytes" };
            return Err(self.value("length", 0, bytes.len() as u64, expected));
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
            6 => Phase::Bind,
            got => return Err(self.value("phase", 1, got.into(), "0 to 6")),
        })
    }

    fn window(&mut self, field: &'static str) -> Result<u32, FrameError> {
        let window = self.u32(field)?;
        if (1..=MAX_WINDOW).contains(&window) {
            return Ok(window);
        }
        Err(self.value(field, 4, window.into(), "1 to 16777216 bytes"))
    }

    fn udp_window(&mut self, field: &'static str) -> Result<u32, FrameError> {
        let window = self.window(field)?;
        if window >= MIN_UDP_WINDOW {
            return Ok(window);
        }
        Err(self.value(field, 4, window.into(), "131072 to 16777216 bytes"))
    }

    fn stream(&mut self, field: &'static str) -> Result<StreamId, FrameError> {
        match self.u32(field)? {
            0 => Err(self.value(field, 4, 0, "a stream, not 0")),
            id => Ok(StreamId(id)),
        }
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

    fn optional_address(&mut self, field: &'static str) -> Result<Option<SocketAddr>, FrameError> {
        match self.u8(field)? {
            0 => Ok(None),
            family => Ok(Some(SocketAddr::new(self.ip(family, field)?, self.u16(field)?))),
        }
    }

    fn host_addresses(&mut self, field: &'static str) -> Result<Vec<IpAddr>, FrameError> {
        (0..self.count("address count")?).map(|_| self.host_address(field)).collect()
    }

    fn host_address(&mut self, field: &'static str) -> Result<IpAddr, FrameError> {
        let family = self.u8(field)?;
        self.ip(family, field)
    }

    /// The address after its family.
    fn ip(&mut self, family: u8, field: &'static str) -> Result<IpAddr, FrameError> {
        match family {
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

    fn seconds(&mut self, field: &'static str) -> Result<Duration, FrameError> {
        Ok(Duration::from_secs(self.u16(field)?.into()))
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
