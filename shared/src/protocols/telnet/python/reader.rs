//! The queues of `telnetlib.Telnet`, worked off as it works them off.

use std::collections::VecDeque;

use super::super::wire::{IAC, SB, SE};
use crate::machine::Direction;
use crate::transcript::{Entry, Kind};

/// One call of recv() takes so many octets at most.
const RECV: usize = 50;

/// A call goes on only when more has come.
pub(super) struct Blocked;

#[derive(Clone, Default)]
pub(super) struct Reader {
    /// What has arrived and nobody has received.
    socket: VecDeque<u8>,
    /// Behind that the server has ended its side.
    over: bool,
    rawq: VecDeque<u8>,
    /// IAC, and what came behind it.
    sequence: Vec<u8>,
    in_parameters: bool,
    /// Text: without commands, without NUL and 0x11.
    pub(super) cooked: Vec<u8>,
    parameters: Vec<u8>,
    pub(super) eof: bool,
    /// What a callback is told: a command, and its option or 0.
    pub(super) commands: Vec<(u8, u8)>,
}

impl Reader {
    /// What came in this entry waits in the socket.
    pub(super) fn arrives(&mut self, entry: &Entry) {
        match &entry.kind {
            Kind::Received(wire) => self.socket.extend(&wire.bytes),
            Kind::Ended(Direction::Received) | Kind::Reset { .. } => self.over = true,
            _ => {}
        }
    }

    /// Takes octets past the socket.
    pub(super) fn take(&mut self, octets: &[u8]) {
        self.rawq.extend(octets);
        self.process();
    }

    pub(super) fn is_available(&self) -> bool {
        !self.socket.is_empty() || self.over
    }

    /// `fill_rawq`
    pub(super) fn fill(&mut self) -> Result<(), Blocked> {
        if !self.is_available() {
            return Err(Blocked);
        }
        self.eof = self.socket.is_empty();
        let octets = self.socket.len().min(RECV);
        self.rawq.extend(self.socket.drain(..octets));
        Ok(())
    }

    /// `rawq_getchar`; `None` at the end.
    pub(super) fn raw(&mut self) -> Result<Option<u8>, Blocked> {
        if self.rawq.is_empty() {
            self.fill()?;
        }
        Ok(self.rawq.pop_front())
    }

    /// `process_rawq`
    pub(super) fn process(&mut self) {
        while let Some(octet) = self.rawq.pop_front() {
            match self.sequence[..] {
                [] if octet == IAC => self.sequence.push(octet),
                [] if octet == 0 || octet == 0x11 => {}
                [] => self.data(octet),
                [_] if (0xfb..=0xfe).contains(&octet) => self.sequence.push(octet),
                [_] => {
                    self.sequence.clear();
                    match octet {
                        IAC => {
                            self.data(octet);
                            continue;
                        }
                        SB => {
                            self.in_parameters = true;
                            self.parameters.clear();
                        }
                        SE => self.in_parameters = false,
                        _ => {}
                    }
                    self.commands.push((octet, 0));
                }
                [_, command, ..] => {
                    self.sequence.clear();
                    self.commands.push((command, octet));
                }
            }
        }
    }

    fn data(&mut self, octet: u8) {
        if self.in_parameters { &mut self.parameters } else { &mut self.cooked }.push(octet);
    }

    /// `read_sb_data`
    pub(super) fn parameters(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.parameters)
    }

    /// Receives and looks through all that there is.
    pub(super) fn drain(&mut self) {
        self.process();
        while !self.eof && self.fill().is_ok() {
            self.process();
        }
    }

    /// The text up to here.
    pub(super) fn cut(&mut self, octets: usize) -> Vec<u8> {
        self.cooked.drain(..octets.min(self.cooked.len())).collect()
    }

    /// `read_very_lazy`; `None` at the end.
    pub(super) fn very_lazy(&mut self) -> Option<Vec<u8>> {
        let text = core::mem::take(&mut self.cooked);
        (!text.is_empty() || !self.eof || !self.rawq.is_empty()).then_some(text)
    }

    /// So much text has been read by a call.
    pub(super) fn skip(&mut self, octets: usize) {
        self.process();
        while self.cooked.len() < octets && !self.eof && self.fill().is_ok() {
            self.process();
        }
        self.cut(octets);
    }
}
