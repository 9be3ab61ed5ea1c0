//! Events as octets, to be kept where only octets can be kept. Numbers have seven bits in each
//! octet, least significant first; texts and octets have their length before them.

use core::time::Duration;

use crate::dialogue::Event;
use crate::explain::Outcome;
use crate::machine::{Conn, OwnedInput, Tick};
use crate::session::{Breakpoint, Mode};

#[derive(Default)]
pub struct Writer {
    octets: Vec<u8>,
}

impl Writer {
    pub fn number(&mut self, mut n: u64) -> &mut Writer {
        while n >= 0x80 {
            self.octets.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.octets.push(n as u8);
        self
    }

    pub fn octets(&mut self, octets: &[u8]) -> &mut Writer {
        self.number(octets.len() as u64);
        self.octets.extend_from_slice(octets);
        self
    }

    pub fn text(&mut self, text: &str) -> &mut Writer {
        self.octets(text.as_bytes())
    }

    pub fn event(&mut self, at: Tick, event: &Event) -> &mut Writer {
        self.number(at.0.as_secs()).number(at.0.subsec_nanos().into());
        match event {
            Event::Connect { host, port } => self.number(0).text(host).number((*port).into()),
            Event::Typed(input) => self.number(1).input(input),
            Event::Arrived(input) => self.number(2).input(input),
            Event::Carried => self.number(3),
            Event::ServerTime => self.number(4),
            Event::Step => self.number(5),
            Event::Mode(Mode::Run) => self.number(6),
            Event::Mode(Mode::Step) => self.number(7),
            Event::Breakpoints(list) => {
                self.number(8).number(list.len() as u64);
                list.iter().fold(self, |writer, point| writer.breakpoint(point))
            }
            Event::MailArrives(user) => self.number(9).text(user),
            Event::Left => self.number(10),
        }
    }

    pub fn finish(self) -> Vec<u8> {
        self.octets
    }

    fn input(&mut self, input: &OwnedInput) -> &mut Writer {
        match input {
            OwnedInput::Opened { conn, local, peer } => {
                self.named(0, *conn).text(&local.to_string()).text(&peer.to_string())
            }
            OwnedInput::Listening { conn, addr } => self.named(1, *conn).text(&addr.to_string()),
            OwnedInput::Failed { conn, why } => self.named(2, *conn).text(why),
            OwnedInput::Bytes { conn, bytes } => self.named(3, *conn).octets(bytes),
            OwnedInput::End { conn } => self.named(4, *conn),
            OwnedInput::Reset { conn, why } => self.named(5, *conn).text(why),
            OwnedInput::TlsStarted { conn } => self.named(6, *conn),
            OwnedInput::Command(text) => self.number(7).text(text),
            OwnedInput::Batch(text) => self.number(8).text(text),
            OwnedInput::Content(bytes) => self.number(9).octets(bytes),
            OwnedInput::ContentEnd => self.number(10),
            OwnedInput::Raw { conn, bytes } => self.named(11, *conn).octets(bytes),
            OwnedInput::Time => self.number(12),
        }
    }

    fn named(&mut self, kind: u64, conn: Conn) -> &mut Writer {
        self.number(kind).number(conn.0.into())
    }

    fn breakpoint(&mut self, point: &Breakpoint) -> &mut Writer {
        match point {
            Breakpoint::Outcome(outcome) => self.number(0).number(*outcome as u64),
            Breakpoint::Command(name) => self.number(1).text(name),
            Breakpoint::State(id) => self.number(2).text(id),
            Breakpoint::Octets(octets) => self.number(3).octets(octets),
        }
    }
}

/// Reads what a [`Writer`] wrote; `None` where it is something else.
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(octets: &'a [u8]) -> Reader<'a> {
        Reader { rest: octets }
    }

    pub fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Octets that were not read yet.
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    pub fn number(&mut self) -> Option<u64> {
        let mut n = 0;
        for shift in (0..64).step_by(7) {
            let (first, rest) = self.rest.split_first()?;
            self.rest = rest;
            n |= u64::from(first & 0x7f) << shift;
            if first & 0x80 == 0 {
                return Some(n);
            }
        }
        None
    }

    pub fn octets(&mut self) -> Option<Vec<u8>> {
        let len = usize::try_from(self.number()?).ok()?;
        let (octets, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(octets.to_vec())
    }

    pub fn text(&mut self) -> Option<String> {
        String::from_utf8(self.octets()?).ok()
    }

    /// A moment of a session. None lasts a hundred years, and machines count on from here.
    pub fn tick(&mut self) -> Option<Tick> {
        let seconds = u32::try_from(self.number()?).ok()?;
        let nanos = u32::try_from(self.number()?).ok().filter(|nanos| *nanos < 1_000_000_000)?;
        Some(Tick(Duration::new(seconds.into(), nanos)))
    }

    pub fn event(&mut self) -> Option<(Tick, Event)> {
        let at = self.tick()?;
        let event = match self.number()? {
            0 => Event::Connect { host: self.text()?, port: self.small()? },
            1 => Event::Typed(self.input()?),
            2 => Event::Arrived(self.input()?),
            3 => Event::Carried,
            4 => Event::ServerTime,
            5 => Event::Step,
            6 => Event::Mode(Mode::Run),
            7 => Event::Mode(Mode::Step),
            8 => {
                let count = self.number()?;
                Event::Breakpoints((0..count).map(|_| self.breakpoint()).collect::<Option<_>>()?)
            }
            9 => Event::MailArrives(self.text()?),
            10 => Event::Left,
            _ => return None,
        };
        Some((at, event))
    }

    fn input(&mut self) -> Option<OwnedInput> {
        Some(match self.number()? {
            0 => OwnedInput::Opened {
                conn: self.conn()?,
                local: self.text()?.parse().ok()?,
                peer: self.text()?.parse().ok()?,
            },
            1 => OwnedInput::Listening { conn: self.conn()?, addr: self.text()?.parse().ok()? },
            2 => OwnedInput::Failed { conn: self.conn()?, why: self.text()? },
            3 => OwnedInput::Bytes { conn: self.conn()?, bytes: self.octets()? },
            4 => OwnedInput::End { conn: self.conn()? },
            5 => OwnedInput::Reset { conn: self.conn()?, why: self.text()? },
            6 => OwnedInput::TlsStarted { conn: self.conn()? },
            7 => OwnedInput::Command(self.text()?),
            8 => OwnedInput::Batch(self.text()?),
            9 => OwnedInput::Content(self.octets()?),
            10 => OwnedInput::ContentEnd,
            11 => OwnedInput::Raw { conn: self.conn()?, bytes: self.octets()? },
            12 => OwnedInput::Time,
            _ => return None,
        })
    }

    fn breakpoint(&mut self) -> Option<Breakpoint> {
        const OUTCOMES: [Outcome; 5] = [
            Outcome::Preliminary,
            Outcome::Done,
            Outcome::More,
            Outcome::Transient,
            Outcome::Permanent,
        ];
        Some(match self.number()? {
            0 => {
                let n = usize::try_from(self.number()?).ok()?;
                Breakpoint::Outcome(*OUTCOMES.get(n)?)
            }
            1 => Breakpoint::Command(self.text()?),
            2 => Breakpoint::State(self.text()?),
            3 => Breakpoint::Octets(self.octets()?),
            _ => return None,
        })
    }

    fn conn(&mut self) -> Option<Conn> {
        self.small().map(Conn)
    }

    fn small(&mut self) -> Option<u16> {
        u16::try_from(self.number()?).ok()
    }
}
