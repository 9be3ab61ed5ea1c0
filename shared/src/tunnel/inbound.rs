//! The multiplexer's ear: what each frame of the other end may do, and when.

use std::time::Duration;

use super::mux::{Mux, Role, Stage};
use super::stream::Stream;
use super::{
    Event, Frame, Hello, MAX_WAITING_CONTROL, Phase, Reason, Reset, StreamId, Target, VERSION,
    Violation, Welcome,
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
            Frame::Opened(id, info) => self.with(id, |stream| stream.hear_opened(info)),
            Frame::Data(id, bytes) => self.with(id, |stream| stream.hear_data(bytes)),
            Frame::Fin(id) => self.with(id, Stream::hear_fin),
            Frame::Window(id, _) | Frame::Reset(id, _) if self.is_forgotten(id) => Ok(()),
            Frame::Window(id, increment) => self.with(id, |stream| stream.hear_window(increment)),
            Frame::Reset(id, reset) => self.hear_reset(id, reset),
            Frame::Ignored(_) => Ok(()),
        }
    }

    fn check_direction(&self, frame: &Frame<'_>) -> Result<(), Violation> {
        let (sender, others) = match self.role {
            Role::Page => ("relay", matches!(frame, Frame::Hello(_) | Frame::Open(..))),
            Role::Relay => ("page", matches!(frame, Frame::Welcome(_) | Frame::Opened(..))),
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
        let last = self.last_stream;
        if id.0.is_multiple_of(2) || id.0 <= last {
            return Err(Violation::new(
                Reason::STREAM_REUSED,
                format!("It opens {id}; a new stream has an odd number above {last}."),
            ));
        }
        self.last_stream = id.0;
        if self.streams.len() >= usize::from(self.max_streams()) {
            let refusal = Reset::new(Reason::TOO_MANY_STREAMS, Phase::Policy);
            self.queue(Frame::Reset(id, refusal));
            return Ok(());
        }
        self.streams.insert(id, Stream::requested(target));
        self.settle(id);
        Ok(())
    }

    fn hear_reset(&mut self, id: StreamId, reset: Reset) -> Result<(), Violation> {
        let mut answer = None;
        self.with(id, |stream| {
            answer = stream.hear_reset(id, reset);
            Ok(())
        })?;
        self.control.extend(answer);
        Ok(())
    }

    fn with(
        &mut self,
        id: StreamId,
        hear: impl FnOnce(&mut Stream) -> Result<(), Violation>,
    ) -> Result<(), Violation> {
        let forgotten = self.is_forgotten(id);
        let Some(stream) = self.streams.get_mut(&id) else {
            let (reason, text) = if forgotten {
                (Reason::AFTER_THE_END, format!("{id} has ended in both directions."))
            } else {
                (Reason::UNKNOWN_STREAM, format!("{id} was never opened."))
            };
            return Err(Violation::new(reason, text));
        };
        hear(stream).map_err(|violation| Violation {
            text: format!("{id}: {}", violation.text),
            ..violation
        })?;
        self.settle(id);
        Ok(())
    }

    fn is_forgotten(&self, id: StreamId) -> bool {
        !id.0.is_multiple_of(2) && id.0 <= self.last_stream && !self.streams.contains_key(&id)
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
