//! One client machine over any wire: it fills the transcript and keeps the two gates.
//!
//! The host (the page, a test) carries out [`Effect`]s and reports what happened with
//! [`Session::arrive`]. In [`Mode::Step`] nothing leaves and nothing is shown until
//! [`Session::step`] opens one of the gates: gate 1 holds the outgoing unit, gate 2 what came in.

mod breakpoint;
mod gates;

use std::collections::VecDeque;

use crate::machine::{Client, Conn, Direction, Input, Output, OwnedInput, Refused, Tick};
use crate::transcript::{Kind, Transcript};

pub use breakpoint::Breakpoint;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Run,
    Step,
}

/// What the host must do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Connect {
        conn: Conn,
        host: String,
        port: u16,
    },
    Listen {
        conn: Conn,
    },
    Write {
        conn: Conn,
        bytes: Vec<u8>,
    },
    Finish {
        conn: Conn,
    },
    Abort {
        conn: Conn,
    },
    StartTls {
        conn: Conn,
    },
    WakeAt(Tick),
    /// Bulk octets that were received: for a file. The host gives their credit back when it has
    /// put them away.
    Deliver {
        conn: Conn,
        bytes: Vec<u8>,
    },
    /// So many other octets were taken in; their credit can be given back at once.
    Consumed {
        conn: Conn,
        octets: usize,
    },
}

/// What the gates hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Gate {
    /// Nothing is held.
    Open,
    /// Gate 1: this will go out next.
    Outgoing { conn: Conn, bytes: Vec<u8> },
    /// Gate 2: so many octets have come in on this connection and are not yet shown.
    Incoming { conn: Conn, octets: usize },
}

#[derive(Clone)]
pub struct Session {
    client: Box<dyn Client>,
    transcript: Transcript,
    mode: Mode,
    breakpoints: Vec<Breakpoint>,
    /// What the session stopped at, until it goes on.
    stopped_at: Option<Breakpoint>,
    /// What the machine has put out and gate 1 may hold.
    outbox: VecDeque<Output>,
    /// What has come in and gate 2 holds.
    inbox: VecDeque<OwnedInput>,
    effects: VecDeque<Effect>,
}

impl Session {
    pub fn new(client: Box<dyn Client>) -> Session {
        Session {
            client,
            transcript: Transcript::default(),
            mode: Mode::Run,
            breakpoints: Vec::new(),
            stopped_at: None,
            outbox: VecDeque::new(),
            inbox: VecDeque::new(),
            effects: VecDeque::new(),
        }
    }

    /// Asks the host for the first connection.
    pub fn connect(&mut self, host: &str, port: u16, now: Tick) {
        self.apply(Output::Connect { conn: Conn::MAIN, host: host.into(), port }, now);
    }

    pub fn client(&self) -> &dyn Client {
        &*self.client
    }

    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Changing to [`Mode::Run`] lets everything through that was held, up to the next breakpoint.
    pub fn set_mode(&mut self, mode: Mode, now: Tick) {
        self.mode = mode;
        self.stopped_at = None;
        if mode == Mode::Run {
            self.run_outbox(true, now);
            self.run_inbox(now);
        }
    }

    /// In [`Mode::Run`] the session changes to [`Mode::Step`] where one of these is met.
    pub fn set_breakpoints(&mut self, list: Vec<Breakpoint>) {
        self.breakpoints = list;
    }

    pub fn breakpoints(&self) -> &[Breakpoint] {
        &self.breakpoints
    }

    /// The breakpoint that made the session stop, until it goes on.
    pub fn stopped_at(&self) -> Option<&Breakpoint> {
        self.stopped_at.as_ref()
    }

    pub fn gate(&self) -> Gate {
        if let Some(Output::Sent { conn, wire }) = self.outbox.front() {
            return Gate::Outgoing { conn: *conn, bytes: wire.masked() };
        }
        match self.inbox.front() {
            None => Gate::Open,
            Some(first) => {
                let conn = conn_of(first).unwrap_or(Conn::MAIN);
                let octets = self
                    .inbox
                    .iter()
                    .filter(|input| conn_of(input) == Some(conn))
                    .map(OwnedInput::octets)
                    .sum();
                Gate::Incoming { conn, octets }
            }
        }
    }

    /// Opens a gate once: one unit goes out, or one unit that came in is shown. Tells whether
    /// anything was held.
    pub fn step(&mut self, now: Tick) -> bool {
        self.stopped_at = None;
        if !self.outbox.is_empty() {
            self.release(1, now);
            return true;
        }
        self.step_inbox(now)
    }

    /// Reports what happened on the wire.
    pub fn arrive(&mut self, input: OwnedInput, now: Tick) {
        self.transcript.arrived(&input, now);
        let can_be_held = matches!(
            input,
            OwnedInput::Bytes { .. } | OwnedInput::End { .. } | OwnedInput::Reset { .. }
        );
        if can_be_held && (self.mode == Mode::Step || !self.breakpoints.is_empty()) {
            self.inbox.push_back(input);
            self.run_inbox(now);
        } else {
            self.feed(input, now);
        }
    }

    /// One command as typed, or the whole content in a state that takes content.
    pub fn command(&mut self, text: &str, now: Tick) -> Result<(), Refused> {
        self.try_feed(OwnedInput::Command(text.into()), now)
    }

    /// Several commands, one a line, in one write.
    pub fn batch(&mut self, lines: &str, now: Tick) -> Result<(), Refused> {
        self.try_feed(OwnedInput::Batch(lines.into()), now)
    }

    /// A piece of content from a file.
    pub fn content(&mut self, bytes: &[u8], now: Tick) -> Result<(), Refused> {
        self.try_feed(OwnedInput::Content(bytes.into()), now)
    }

    pub fn content_end(&mut self, now: Tick) -> Result<(), Refused> {
        self.try_feed(OwnedInput::ContentEnd, now)
    }

    /// Octets as they are, without checks.
    pub fn raw(&mut self, conn: Conn, bytes: &[u8], now: Tick) -> Result<(), Refused> {
        self.try_feed(OwnedInput::Raw { conn, bytes: bytes.into() }, now)
    }

    /// Any of these.
    pub fn typed(&mut self, input: OwnedInput, now: Tick) -> Result<(), Refused> {
        self.try_feed(input, now)
    }

    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    pub fn peek_effect(&self) -> Option<&Effect> {
        self.effects.front()
    }

    /// Content that was already put away is not delivered again.
    pub(crate) fn forget_delivered(&mut self) {
        self.effects.retain(|effect| !matches!(effect, Effect::Deliver { .. }));
    }

    /// A copy that can be continued, without the entries so far.
    pub fn bare(&self) -> Session {
        Session {
            client: self.client.clone(),
            transcript: self.transcript.bare(),
            mode: self.mode,
            breakpoints: self.breakpoints.clone(),
            stopped_at: self.stopped_at.clone(),
            outbox: self.outbox.clone(),
            inbox: self.inbox.clone(),
            effects: self.effects.clone(),
        }
    }

    fn feed(&mut self, input: OwnedInput, now: Tick) {
        if let Err(refused) = self.try_feed(input, now) {
            // Only commands can be refused, and those do not come this way.
            debug_assert!(false, "a machine refused what came from the wire: {refused}");
        }
    }

    fn try_feed(&mut self, input: OwnedInput, now: Tick) -> Result<(), Refused> {
        let outputs_before = self.outbox.len();
        self.client.handle(input.borrow(), now)?;
        self.note_arrival(&input, now);
        let consumed = match &input {
            OwnedInput::Bytes { conn, bytes } => Some((*conn, bytes.len())),
            _ => None,
        };
        let mut delivered = 0;
        while let Some(output) = self.client.poll() {
            if let Output::Data { direction: Direction::Received, bytes, .. } = &output {
                delivered += bytes.len();
            }
            self.outbox.push_back(output);
        }
        if let Some((conn, octets)) = consumed
            && octets > delivered
        {
            self.effects.push_back(Effect::Consumed { conn, octets: octets - delivered });
        }
        if self.mode == Mode::Run {
            self.run_outbox(false, now);
        } else if outputs_before == 0 {
            self.release(0, now);
        }
        Ok(())
    }

    fn apply(&mut self, output: Output, now: Tick) {
        let effect = match output {
            Output::Sent { conn, wire } => {
                let bytes = wire.bytes.clone();
                self.transcript.push(now, conn, Kind::Sent(wire));
                Effect::Write { conn, bytes }
            }
            Output::Received { conn, wire } => {
                self.transcript.push_received(now, conn, wire);
                return;
            }
            Output::Growing { conn, wire } => {
                self.transcript.push_growing(now, conn, wire);
                return;
            }
            Output::Data { conn, direction, bytes } => {
                self.transcript.push_data(now, conn, direction, &bytes);
                match direction {
                    Direction::Sent => Effect::Write { conn, bytes },
                    Direction::Received => Effect::Deliver { conn, bytes },
                }
            }
            Output::Connect { conn, host, port } => {
                let kind = Kind::Connecting { host: host.clone(), port };
                self.transcript.push(now, conn, kind);
                Effect::Connect { conn, host, port }
            }
            Output::Listen { conn } => Effect::Listen { conn },
            Output::Finish { conn } => {
                self.transcript.push(now, conn, Kind::Ended(Direction::Sent));
                Effect::Finish { conn }
            }
            Output::Abort { conn } => {
                let why = "the client dropped the connection".into();
                self.transcript.push(now, conn, Kind::Reset { why });
                Effect::Abort { conn }
            }
            Output::StartTls { conn } => Effect::StartTls { conn },
            Output::State(state) => {
                self.transcript.push(now, Conn::MAIN, Kind::State(state));
                return;
            }
            Output::Note(note) => {
                self.transcript.push(now, Conn::MAIN, Kind::Note(note));
                return;
            }
            Output::WakeAt(at) => Effect::WakeAt(at),
        };
        self.effects.push_back(effect);
    }

    /// What the wire itself did, before the machine's own view of it.
    fn note_arrival(&mut self, input: &OwnedInput, now: Tick) {
        let (conn, kind) = match input {
            OwnedInput::Opened { conn, local, peer } => {
                (*conn, Kind::Opened { local: *local, peer: *peer })
            }
            OwnedInput::Failed { conn, why } => (*conn, Kind::Failed { why: why.clone() }),
            OwnedInput::End { conn } => (*conn, Kind::Ended(Direction::Received)),
            OwnedInput::Reset { conn, why } => (*conn, Kind::Reset { why: why.clone() }),
            _ => return,
        };
        self.transcript.push(now, conn, kind);
    }
}

fn conn_of(input: &OwnedInput) -> Option<Conn> {
    match input.borrow() {
        Input::Bytes { conn, .. } | Input::End { conn } | Input::Reset { conn, .. } => Some(conn),
        _ => None,
    }
}
