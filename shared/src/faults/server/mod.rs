//! A server with a fault: it stands between a practice server and its host.

mod lane;
mod pace;
mod rules;

use std::collections::{BTreeMap, VecDeque};

use self::lane::Lane;
use super::reader::{Grammar, Piece, Reader, begins};
use super::{Act, CONTENT, Case, Fault, Pace, When, Which};
use crate::link::VISITS;
use crate::machine::{Conn, Input, Output, Server, Tick};
use crate::protocols::Protocol;
use crate::table::{State, Takes};
use crate::world::World;

#[derive(Clone)]
pub struct Faulty {
    inner: Box<dyn Server>,
    fault: &'static str,
    case: &'static Case,
    grammar: Grammar,
    lanes: BTreeMap<Conn, Lane>,
    outputs: VecDeque<Output>,
    /// What has to wait, in order.
    held: VecDeque<(Tick, Output)>,
    /// When what was put together goes out.
    flush_at: Option<Tick>,
    /// When the server itself wants to be woken, and what the host was asked for.
    inner_alarm: Option<Tick>,
    alarm: Option<Tick>,
    /// Connections that a rule has ended; the server has yet to hear of it.
    ended: Vec<Conn>,
    now: Tick,
}

impl Faulty {
    pub(super) fn new(
        inner: Box<dyn Server>,
        protocol: &'static Protocol,
        fault: &'static Fault,
        case: &'static Case,
    ) -> Faulty {
        Faulty {
            inner,
            fault: fault.id,
            case,
            grammar: Grammar::of(protocol),
            lanes: BTreeMap::new(),
            outputs: VecDeque::new(),
            held: VecDeque::new(),
            flush_at: None,
            inner_alarm: None,
            alarm: None,
            ended: Vec::new(),
            now: Tick::default(),
        }
    }

    fn is_over(&self, conn: Conn) -> bool {
        self.lanes.get(&conn).is_some_and(|lane| lane.over)
    }

    fn opened(&mut self, conn: Conn) {
        let takes_commands = conn == Conn::MAIN || conn.0 >= VISITS;
        let reader = takes_commands.then(|| Reader::new(self.grammar));
        self.lanes.insert(conn, Lane::new(reader, self.case));
    }

    fn read(&mut self, conn: Conn, bytes: &[u8], world: &mut World) {
        let reader = self.lanes.get_mut(&conn).and_then(|lane| lane.reader.as_mut());
        let Some(reader) = reader else {
            self.inner.handle(Input::Bytes { conn, bytes }, self.now, world);
            return;
        };
        reader.push(bytes);
        self.read_on(conn, world);
    }

    /// Hands over what has been read, up to a command that a rule waits with.
    fn read_on(&mut self, conn: Conn, world: &mut World) {
        loop {
            let content =
                self.grammar == Grammar::Messages && self.inner.state().takes == Takes::Content;
            let Some(lane) = self.lanes.get_mut(&conn) else { return };
            if lane.over || lane.stalled.is_some() {
                return;
            }
            let Some(piece) = lane.reader.as_mut().and_then(|reader| reader.next(content)) else {
                return;
            };
            let bytes = match piece {
                Piece::Other(bytes) => {
                    if content {
                        lane.command = CONTENT.into();
                    }
                    bytes
                }
                Piece::Command(line) => {
                    lane.command.clone_from(&line);
                    if let Some(act) = self.act_on(conn, &line, world) {
                        self.obey(conn, line, act);
                        continue;
                    }
                    line
                }
            };
            self.inner.handle(Input::Bytes { conn, bytes: &bytes }, self.now, world);
            self.collect_outputs();
        }
    }

    /// Does to a command what a rule says, unless the reply to the one before is not yet out.
    fn obey(&mut self, conn: Conn, line: Vec<u8>, act: &'static Act) {
        let before = self.next_piece(conn);
        let Some(lane) = self.lanes.get_mut(&conn) else { return };
        if before.is_some() {
            lane.stash = before;
            lane.stalled = Some((line, act));
            return;
        }
        if let Some(reader) = &mut lane.reader {
            reader.refuse(&line);
        }
        match act {
            Act::Answer(text) => self.answer(conn, &line, text),
            Act::Farewell(text) => {
                self.answer(conn, &line, text);
                self.end(conn, Output::Finish { conn });
            }
            Act::Reset => self.end(conn, Output::Abort { conn }),
            _ => self.end(conn, Output::Finish { conn }),
        }
    }

    /// Goes on where a command waited.
    fn resume(&mut self, world: &mut World) {
        let stalled = self.lanes.iter_mut().filter_map(|(conn, lane)| {
            let (line, act) = lane.stalled.take()?;
            Some((*conn, line, act))
        });
        for (conn, line, act) in stalled.collect::<Vec<_>>() {
            self.obey(conn, line, act);
            self.read_on(conn, world);
        }
    }

    fn next_piece(&mut self, conn: Conn) -> Option<Vec<u8>> {
        let stash = self.lanes.get_mut(&conn).and_then(|lane| lane.stash.take());
        stash.or_else(|| self.inner.pull(conn))
    }

    fn act_on(&mut self, conn: Conn, line: &[u8], world: &mut World) -> Option<&'static Act> {
        let lane = self.lanes.get_mut(&conn)?;
        let case = self.case;
        let found = case.rules.iter().enumerate().find(|(at, rule)| {
            let When::Command(verb) = rule.when else { return false };
            if !begins(self.grammar.verb_of(line), verb) {
                return false;
            }
            lane.matched[*at] += 1;
            match rule.which {
                Which::EveryNth(n) => {
                    world.tally.count(&format!("{} {at}", self.fault)).is_multiple_of(n)
                }
                Which::FirstSight => {
                    let seen = String::from_utf8_lossy(line).to_lowercase();
                    world.tally.count(&format!("{} {seen}", self.fault)) == 1
                }
                _ => rule.which.hits(lane.matched[*at]),
            }
        });
        found.map(|(_, rule)| &rule.act)
    }

    fn answer(&mut self, conn: Conn, line: &[u8], text: &str) {
        let mut bytes = Vec::new();
        if self.grammar == Grammar::Tagged && !text.starts_with('*') {
            let tag = line.split(|byte| *byte == b' ').next().unwrap_or_default();
            bytes.extend_from_slice(tag);
            bytes.push(b' ');
        }
        bytes.extend_from_slice(text.as_bytes());
        bytes.extend_from_slice(b"\r\n");
        self.send(conn, bytes);
    }

    /// Takes what the server puts out.
    fn collect(&mut self) {
        self.collect_outputs();
        if let Pace::Together(millis) = self.case.pace {
            self.join(millis);
        }
    }

    fn collect_outputs(&mut self) {
        // What comes after the content that a command waits for comes after it here, too.
        while self.lanes.values().all(|lane| lane.stash.is_none())
            && let Some(output) = self.inner.poll()
        {
            match output {
                Output::Sent { conn, wire } => self.reply(conn, wire.bytes),
                Output::Finish { conn } | Output::Abort { conn } => self.control(conn, output),
                Output::WakeAt(at) => self.inner_alarm = Some(at),
                other => self.outputs.push_back(other),
            }
        }
    }
}

impl Server for Faulty {
    fn handle(&mut self, input: Input<'_>, now: Tick, world: &mut World) {
        self.now = now;
        match input {
            Input::Bytes { conn, bytes } => self.read(conn, bytes, world),
            Input::End { conn } | Input::Reset { conn, .. } if self.is_over(conn) => {
                self.lanes.remove(&conn);
            }
            Input::End { conn } => {
                let lane = self.lanes.get_mut(&conn);
                let rest = lane.map(|lane| {
                    lane.client_done = true;
                    lane.reader.as_mut().map(Reader::rest).unwrap_or_default()
                });
                if let Some(bytes) = rest.filter(|rest| !rest.is_empty()) {
                    self.inner.handle(Input::Bytes { conn, bytes: &bytes }, now, world);
                }
                self.inner.handle(input, now, world);
            }
            Input::Reset { conn, .. } => {
                self.lanes.remove(&conn);
                self.inner.handle(input, now, world);
            }
            Input::Time => {
                self.inner_alarm = self.inner_alarm.filter(|at| *at > now);
                self.alarm = None;
                self.inner.handle(input, now, world);
            }
            Input::Opened { conn, .. } => {
                self.opened(conn);
                self.inner.handle(input, now, world);
            }
            other => self.inner.handle(other, now, world),
        }
        self.collect_outputs();
        self.resume(world);
        while let Some(conn) = self.ended.pop() {
            let why = "the connection ended by a fault";
            self.inner.handle(Input::Reset { conn, why }, now, world);
            self.collect_outputs();
        }
        self.collect();
        self.release();
    }

    fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn pull(&mut self, conn: Conn) -> Option<Vec<u8>> {
        let waits = self.lanes.get(&conn).is_some_and(|lane| lane.over || !lane.joined.is_empty());
        if waits || !self.held.is_empty() {
            return None;
        }
        let Some(mut piece) = self.next_piece(conn) else {
            if self.lanes.get(&conn).is_some_and(|lane| lane.stalled.is_some()) {
                self.outputs.push_back(Output::WakeAt(self.now));
            }
            return None;
        };
        // An end of line is not cut in two.
        while piece.last() == Some(&b'\r')
            && let Some(more) = self.inner.pull(conn)
        {
            piece.extend(more);
        }
        self.content(conn, piece);
        self.collect();
        self.release();
        // It is for the host to write; what follows it comes from `poll`.
        let octets =
            |output: &mut Output| matches!(output, Output::Sent { conn: on, .. } if *on == conn);
        match self.outputs.pop_front_if(octets) {
            Some(Output::Sent { wire, .. }) => Some(wire.bytes),
            _ => None,
        }
    }

    fn state(&self) -> &'static State {
        self.inner.state()
    }
}
