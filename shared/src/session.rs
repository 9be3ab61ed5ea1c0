//! One client machine over any wire: it fills the transcript and keeps the two gates.
//!
//! The host (the page, a test) carries out [`Effect`]s and reports what happened with
//! [`Session::arrive`]. In [`Mode::Step`] nothing leaves and nothing is shown until
//! [`Session::step`] opens one of the gates: gate 1 holds the outgoing unit, gate 2 what came in.

use std::collections::VecDeque;

use crate::machine::{Client, Conn, Direction, Input, Output, OwnedInput, Refused, Tick};
use crate::transcript::{Kind, Transcript};

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

pub struct Session {
    client: Box<dyn Client>,
    transcript: Transcript,
    mode: Mode,
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

    /// Changing to [`Mode::Run`] lets everything through that was held.
    pub fn set_mode(&mut self, mode: Mode, now: Tick) {
        self.mode = mode;
        if mode == Mode::Run {
            self.release(None, now);
            while let Some(input) = self.inbox.pop_front() {
                self.feed(input, now);
            }
        }
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
        if !self.outbox.is_empty() {
            self.release(Some(1), now);
            return true;
        }
        let Some(first) = self.inbox.pop_front() else { return false };
        match first {
            OwnedInput::Bytes { conn, bytes } => self.step_bytes(conn, bytes, now),
            other => self.feed(other, now),
        }
        true
    }

    /// Reports what happened on the wire.
    pub fn arrive(&mut self, input: OwnedInput, now: Tick) {
        self.transcript.arrived(&input, now);
        let held = self.mode == Mode::Step
            && matches!(
                input,
                OwnedInput::Bytes { .. } | OwnedInput::End { .. } | OwnedInput::Reset { .. }
            );
        if held {
            self.inbox.push_back(input);
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

    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// Plays recorded inputs into a fresh machine. The transcript equals the one that they were
    /// recorded from, if nothing was held at a gate.
    pub fn replay(client: Box<dyn Client>, inputs: &[(Tick, OwnedInput)]) -> Session {
        let mut session = Session::new(client);
        for (now, input) in inputs {
            session.feed(input.clone(), *now);
            session.effects.clear();
        }
        session
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
        self.transcript.record(now, input);
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
            self.release(None, now);
        } else if outputs_before == 0 {
            self.release(Some(0), now);
        }
        Ok(())
    }

    /// Lets outputs through up to (not including) the sent unit after `units` of them.
    fn release(&mut self, units: Option<usize>, now: Tick) {
        let mut left = units;
        while let Some(output) = self.outbox.front() {
            if matches!(output, Output::Sent { .. }) {
                match &mut left {
                    Some(0) => return,
                    Some(n) => *n -= 1,
                    None => {}
                }
            }
            if let Some(output) = self.outbox.pop_front() {
                self.apply(output, now);
            }
        }
    }

    /// Feeds octet by octet until the machine shows something, and puts the rest back.
    fn step_bytes(&mut self, conn: Conn, bytes: Vec<u8>, now: Tick) {
        let before = self.transcript.entries().len();
        for (at, byte) in bytes.iter().enumerate() {
            self.feed(OwnedInput::Bytes { conn, bytes: vec![*byte] }, now);
            let shown = self.transcript.entries()[before..]
                .iter()
                .any(|entry| matches!(entry.kind, Kind::Received(_)));
            if shown && !self.transcript.is_growing(conn) && at + 1 < bytes.len() {
                let rest = bytes[at + 1..].to_vec();
                self.inbox.push_front(OwnedInput::Bytes { conn, bytes: rest });
                return;
            }
        }
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
