//! The multiplexer's ear: what each frame of the other end may do, and when.

use std::time::Duration;

use super::channel::{Channel, What};
use super::listener::{Listener, Lookup};
use super::mux::{Mux, Role, Stage};
use super::stream::Stream;
use super::udp::Udp;
use super::{
    Event, Frame, Hello, IncomingInfo, MAX_LISTENERS, MAX_LOOKUPS, MAX_UDP_SOCKETS,
    MAX_WAITING_CONTROL, Phase, Reason, Reset, StreamId, Target, VERSION, Violation, Welcome,
};

impl Mux {
    /// Takes one message. After a [`Violation`] the session is over: GOAWAY waits to be sent.
    /// Messages that come after the end are ignored.
    pub fn receive(&mut self, message: &[u8], now: Duration) -> Result<(), Violation> {
        if self.stage == Stage::Over {
            return Ok(());
        }
        let heard = Frame::decode(message).map_err(Violation::from).and_then(|frame| {
            let name = frame.kind().map_or("frame", |kind| kind.name());
            self.hear(frame, now).map_err(|violation| Violation {
                text: format!("{} (In answer to {name}.)", violation.text),
                ..violation
            })
        });
        let heard = heard.and_then(|()| self.check_waiting());
        if let Err(violation) = &heard {
            self.goaway(violation.reason, &violation.text);
        }
        heard
    }

    fn hear(&mut self, frame: Frame<'_>, now: Duration) -> Result<(), Violation> {
        self.check_direction(&frame)?;
        self.check_greeting(&frame)?;
        match frame {
            Frame::Hello(hello) => self.hear_hello(hello),
            Frame::Welcome(welcome) => self.hear_welcome(welcome),
            Frame::Ping(number) => {
                self.queue(Frame::Pong(number));
                Ok(())
            }
            Frame::Pong(number) => self.hear_pong(number, now),
            Frame::Goaway(goaway) => {
                self.end_by_peer(goaway);
                Ok(())
            }
            Frame::Open(id, target) => self.hear_open(id, target),
            Frame::Opened(id, info) => self.with_stream(id, |stream| stream.hear_opened(info)),
            Frame::Data(id, bytes) => self.with_stream(id, |stream| stream.hear_data(bytes)),
            Frame::Fin(id) => self.with_stream(id, Stream::hear_fin),
            Frame::Window(id, _) | Frame::Reset(id, _) if self.is_forgotten(id) => Ok(()),
            Frame::Window(id, increment) => self.with(id, |what| match what {
                What::Stream(stream) => Some(stream.hear_window(increment)),
                What::Udp(udp) => Some(udp.hear_window(increment)),
                What::Listener(_) | What::Lookup(_) => None,
            }),
            Frame::Reset(id, reset) => self.hear_reset(id, reset),
            Frame::Listen(id, listen) => {
                let limit = MAX_LISTENERS;
                let count = self.count(|what| matches!(what, What::Listener(_)));
                self.hear_request(id, What::Listener(Listener::requested(listen)), count, limit)
            }
            Frame::Listening(id, info) => {
                self.with_listener(id, |listener| listener.hear_listening(info))
            }
            Frame::Incoming(id, info) => self.hear_incoming(id, info),
            Frame::UdpBind(id, bind) => {
                let count = self.count(|what| matches!(what, What::Udp(_)));
                self.hear_request(id, What::Udp(Udp::requested(bind)), count, MAX_UDP_SOCKETS)
            }
            Frame::UdpBound(id, info) => self.with_udp(id, |udp| udp.hear_bound(info)),
            Frame::Datagram(id, address, octets) => {
                self.with_udp(id, |udp| udp.hear_datagram(address, octets))
            }
            Frame::Dropped(id, count) => self.with_udp(id, |udp| udp.hear_dropped(count)),
            Frame::UdpError(id, address, error) => {
                self.with_udp(id, |udp| udp.hear_error(address, error))
            }
            Frame::Resolve(id, query) => {
                let count = self.count(|what| matches!(what, What::Lookup(_)));
                self.hear_request(id, What::Lookup(Lookup::requested(query)), count, MAX_LOOKUPS)
            }
            Frame::Resolved(id, info) => self.with(id, |what| match what {
                What::Lookup(lookup) => Some(lookup.hear_resolved(info)),
                _ => None,
            }),
            Frame::Draining(limit) => {
                self.hear_draining(limit);
                Ok(())
            }
            Frame::Ignored(_) => Ok(()),
        }
    }

    fn check_direction(&self, frame: &Frame<'_>) -> Result<(), Violation> {
        let (sender, others) = match self.role {
            Role::Page => (
                "relay",
                matches!(
                    frame,
                    Frame::Hello(_)
                        | Frame::Open(..)
                        | Frame::Listen(..)
                        | Frame::UdpBind(..)
                        | Frame::Resolve(..)
                ),
            ),
            Role::Relay => (
                "page",
                matches!(
                    frame,
                    Frame::Welcome(_)
                        | Frame::Opened(..)
                        | Frame::Listening(..)
                        | Frame::Incoming(..)
                        | Frame::UdpBound(..)
                        | Frame::Dropped(..)
                        | Frame::UdpError(..)
                        | Frame::Resolved(..)
                        | Frame::Draining(_)
                ),
            ),
        };
        if !others {
            return Ok(());
        }
        Err(Violation::new(Reason::WRONG_DIRECTION, format!("The {sender} may not send it.")))
    }

    fn check_greeting(&self, frame: &Frame<'_>) -> Result<(), Violation> {
        let greeting = matches!(frame, Frame::Hello(_) | Frame::Welcome(_));
        let any_time = matches!(frame, Frame::Goaway(_) | Frame::Ignored(_));
        match self.stage {
            Stage::Greeting if !greeting && !any_time => {
                let first = if self.role == Role::Relay { "HELLO" } else { "WELCOME" };
                Err(Violation::new(Reason::OUT_OF_ORDER, format!("{first} comes first.")))
            }
            Stage::Running if greeting => {
                Err(Violation::new(Reason::OUT_OF_ORDER, "The greeting comes once."))
            }
            _ => Ok(()),
        }
    }

    fn hear_hello(&mut self, hello: Hello) -> Result<(), Violation> {
        check_version(hello.version)?;
        self.stage = Stage::Running;
        if let Some(welcome) = self.welcome.clone() {
            self.queue(Frame::Welcome(welcome));
        }
        self.events.push_back(Event::Hello(hello));
        Ok(())
    }

    fn hear_welcome(&mut self, welcome: Welcome) -> Result<(), Violation> {
        check_version(welcome.version)?;
        self.stage = Stage::Running;
        self.welcome = Some(welcome.clone());
        self.events.push_back(Event::Welcome(welcome));
        Ok(())
    }

    fn hear_pong(&mut self, number: u64, now: Duration) -> Result<(), Violation> {
        match self.pings.pop_front() {
            Some((expected, _)) if expected == number && self.pace.answered(number, now) => {
                self.probe(now);
                Ok(())
            }
            Some((expected, sent)) if expected == number => {
                self.events.push_back(Event::Pong(now.saturating_sub(sent)));
                Ok(())
            }
            Some((expected, _)) => Err(Violation::new(
                Reason::UNASKED_PONG,
                format!("It answers PING {number}; the next to be answered is {expected}."),
            )),
            None => Err(Violation::new(
                Reason::UNASKED_PONG,
                format!("It answers PING {number}; none is on its way."),
            )),
        }
    }

    fn hear_open(&mut self, id: StreamId, target: Target) -> Result<(), Violation> {
        self.use_odd(id)?;
        if self.draining {
            self.refuse_stopping(id);
            return Ok(());
        }
        if self.streams() >= usize::from(self.max_streams()) {
            let refusal = Reset::new(Reason::TOO_MANY_STREAMS, Phase::Policy);
            self.queue(Frame::Reset(id, refusal));
            return Ok(());
        }
        self.channels.insert(id, Channel::new(What::Stream(Stream::requested(target))));
        self.settle(id);
        Ok(())
    }

    /// LISTEN, UDP_BIND or RESOLVE, of which there are `count` already.
    fn hear_request(
        &mut self,
        id: StreamId,
        what: What,
        count: usize,
        limit: usize,
    ) -> Result<(), Violation> {
        self.use_odd(id)?;
        if self.draining {
            self.refuse_stopping(id);
            return Ok(());
        }
        let channel = Channel::new(what);
        if count >= limit {
            let text = format!(
                "A session may have {limit} sockets of this kind ({}); close one first.",
                channel.name()
            );
            let refusal = Reset::new(Reason::TOO_MANY_SOCKETS, Phase::Policy);
            self.queue(Frame::Reset(id, Reset { text, ..refusal }));
            return Ok(());
        }
        self.channels.insert(id, channel);
        self.settle(id);
        Ok(())
    }

    fn hear_incoming(&mut self, id: StreamId, info: IncomingInfo) -> Result<(), Violation> {
        let last = self.last_even;
        if !id.0.is_multiple_of(2) || id.0 <= last {
            return Err(Violation::new(
                Reason::STREAM_REUSED,
                format!(
                    "It brings {id}; a new stream of the relay has an even number above {last}."
                ),
            ));
        }
        let at = info.listener;
        let (mut wanted, mut backlog) = (false, 0);
        self.with_listener(at, |listener| {
            wanted = listener.life.goes_on();
            backlog = usize::from(listener.backlog);
            listener.life.check_open("INCOMING", "LISTENING")
        })?;
        if self.waiting_at(at) >= backlog {
            return Err(Violation::new(
                Reason::BACKLOG_OVERRUN,
                format!("{backlog} connections wait at the listener {}, as many as may.", at.0),
            ));
        }
        self.last_even = id.0;
        self.channels.insert(id, Channel::new(What::Stream(Stream::offered(info))));
        if !wanted {
            self.abort(id, Reset::new(Reason::CANCELLED, Phase::Local));
        }
        self.settle(id);
        Ok(())
    }

    fn hear_reset(&mut self, id: StreamId, reset: Reset) -> Result<(), Violation> {
        let channel = self.channel(id)?;
        let answer = channel.hear_reset(id, reset);
        self.control.extend(answer);
        self.settle(id);
        Ok(())
    }

    /// A number that the page gives to something new.
    fn use_odd(&mut self, id: StreamId) -> Result<(), Violation> {
        let last = self.last_odd;
        if id.0.is_multiple_of(2) || id.0 <= last {
            return Err(Violation::new(
                Reason::STREAM_REUSED,
                format!("It opens {id}; a new stream has an odd number above {last}."),
            ));
        }
        self.last_odd = id.0;
        Ok(())
    }

    fn with_stream(
        &mut self,
        id: StreamId,
        hear: impl FnOnce(&mut Stream) -> Result<(), Violation>,
    ) -> Result<(), Violation> {
        self.with(id, |what| match what {
            What::Stream(stream) => Some(hear(stream)),
            _ => None,
        })
    }

    fn with_listener(
        &mut self,
        id: StreamId,
        hear: impl FnOnce(&mut Listener) -> Result<(), Violation>,
    ) -> Result<(), Violation> {
        self.with(id, |what| match what {
            What::Listener(listener) => Some(hear(listener)),
            _ => None,
        })
    }

    fn with_udp(
        &mut self,
        id: StreamId,
        hear: impl FnOnce(&mut Udp) -> Result<(), Violation>,
    ) -> Result<(), Violation> {
        self.with(id, |what| match what {
            What::Udp(udp) => Some(hear(udp)),
            _ => None,
        })
    }

    /// `hear` gives `None` if the frame is for a socket of another kind.
    fn with(
        &mut self,
        id: StreamId,
        hear: impl FnOnce(&mut What) -> Option<Result<(), Violation>>,
    ) -> Result<(), Violation> {
        let channel = self.channel(id)?;
        let Some(heard) = hear(&mut channel.what) else {
            let text = format!("The number {} is {}.", id.0, channel.name());
            return Err(Violation::new(Reason::WRONG_KIND, text));
        };
        heard.map_err(|violation| Violation {
            text: format!("{id}: {}", violation.text),
            ..violation
        })?;
        self.settle(id);
        Ok(())
    }

    fn channel(&mut self, id: StreamId) -> Result<&mut Channel, Violation> {
        let forgotten = self.is_forgotten(id);
        self.channels.get_mut(&id).ok_or_else(|| {
            let (reason, text) = if forgotten {
                (Reason::AFTER_THE_END, format!("{id} has ended in both directions."))
            } else {
                (Reason::UNKNOWN_STREAM, format!("{id} was never opened."))
            };
            Violation::new(reason, text)
        })
    }

    fn is_forgotten(&self, id: StreamId) -> bool {
        let last = if id.0.is_multiple_of(2) { self.last_even } else { self.last_odd };
        id.0 <= last && !self.channels.contains_key(&id)
    }

    fn check_waiting(&self) -> Result<(), Violation> {
        if self.control.len() <= MAX_WAITING_CONTROL {
            return Ok(());
        }
        Err(Violation::new(
            Reason::NOT_READING,
            format!("{} answers wait to be read, {MAX_WAITING_CONTROL} may.", self.control.len()),
        ))
    }
}

fn check_version(version: u8) -> Result<(), Violation> {
    if version == VERSION {
        return Ok(());
    }
    let text = format!("The other end speaks version {version}, this end {VERSION}.");
    Err(Violation::new(Reason::WRONG_VERSION, text))
}
