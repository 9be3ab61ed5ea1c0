//! The bench: two desks, a kernel under each, and what is in flight between them.

mod carry;
mod real;

use core::time::Duration;
use std::collections::VecDeque;

use super::Told;
use super::desk::{Desk, Program, Report};
use super::host::{CLIENT, SERVER};
use super::kernel::{Change, Kernel, SocketView, Timer};
use super::remote::Remote;
use super::segment::Packet;
use super::system::{Fd, System};
use crate::machine::Tick;
use crate::python::reader::{StatementKind, read};

/// Entries of the record; the oldest are dropped. A lesson has some dozens.
pub const MAX_ENTRIES: usize = 2000;

/// Things done in one go, so that a script that sends for ever lets the page draw.
const BUDGET: usize = 4000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    Server,
    Client,
}

impl Side {
    pub const BOTH: [Side; 2] = [Side::Server, Side::Client];

    pub fn other(self) -> Side {
        match self {
            Side::Server => Side::Client,
            Side::Client => Side::Server,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Side::Server => "server",
            Side::Client => "client",
        }
    }
}

/// How what is in flight arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Run,
    /// One by one, when somebody says so.
    Step,
}

/// What the network does with the next packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Lose,
    Duplicate,
    /// The one after it in the same direction arrives first.
    Delay,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    InFlight,
    /// Waits until another one has overtaken it.
    Delayed,
    Delivered,
    Lost,
}

/// Something in the record.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub at: Tick,
    pub what: What,
    /// What it moved, and on which host.
    pub changes: Vec<(Side, Change)>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Call {
        side: Side,
        /// In the script, if it is of one.
        line: Option<u32>,
        code: String,
        report: Report,
    },
    Packet {
        from: Side,
        packet: Packet,
        fate: Fate,
        /// A second one that the network made.
        copy: bool,
        /// What became of it, where that is more than to arrive.
        told: Option<Told>,
    },
    Time {
        passed: Duration,
    },
    /// Python was ended and begun again at this desk.
    Restart {
        side: Side,
    },
}

struct Flying {
    packet: Packet,
    from: Side,
    entry: usize,
    delayed: bool,
}

pub struct Bench {
    kernels: [Kernel; 2],
    /// Real sockets, which stand in the place of the kernels.
    remote: Option<Box<Remote>>,
    desks: [Desk; 2],
    /// The entry of the statement that is under way.
    running: [Option<usize>; 2],
    /// The script runs on by itself.
    auto: [bool; 2],
    flight: VecDeque<Flying>,
    now: Tick,
    mode: Mode,
    fault: Option<Fault>,
    entries: VecDeque<Entry>,
    dropped: usize,
}

impl Bench {
    pub fn new(seed: u64) -> Bench {
        Bench {
            kernels: [Kernel::new(&SERVER, seed), Kernel::new(&CLIENT, seed.wrapping_add(1))],
            remote: None,
            desks: [Desk::default(), Desk::default()],
            running: [None, None],
            auto: [false, false],
            flight: VecDeque::new(),
            now: Tick::default(),
            mode: Mode::Run,
            fault: None,
            entries: VecDeque::new(),
            dropped: 0,
        }
    }

    pub fn desk(&self, side: Side) -> &Desk {
        &self.desks[side as usize]
    }

    /// The simulated kernel of this side.
    pub fn kernel(&self, side: Side) -> &Kernel {
        &self.kernels[side as usize]
    }

    /// What stands below this desk.
    pub fn system(&self, side: Side) -> &dyn System {
        match &self.remote {
            Some(remote) => &**remote,
            None => &self.kernels[side as usize],
        }
    }

    /// The sockets of this side, and the connections that have outlived theirs.
    pub fn view(&self, side: Side) -> Vec<SocketView> {
        match &self.remote {
            Some(remote) => remote.view(&self.desks[side as usize].descriptors()),
            None => self.kernels[side as usize].view(),
        }
    }

    pub(super) fn socket_view(&self, side: Side, fd: Fd) -> Option<SocketView> {
        self.view(side).into_iter().find(|view| view.fd == Some(fd))
    }

    pub fn now(&self) -> Tick {
        self.now
    }

    pub fn mode(&self) -> Mode {
        self.mode
    }

    pub fn fault(&self) -> Option<Fault> {
        self.fault
    }

    /// For the next packet that leaves, whoever sends it.
    pub fn set_fault(&mut self, fault: Option<Fault>) {
        self.fault = fault;
    }

    pub fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
        self.turn();
    }

    /// The record, with the number of each entry.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = (usize, &Entry)> {
        self.entries.iter().enumerate().map(|(at, entry)| (self.dropped + at, entry))
    }

    pub fn entry(&self, number: usize) -> Option<&Entry> {
        self.entries.get(number.checked_sub(self.dropped)?)
    }

    /// The number that the next entry will have.
    pub fn len(&self) -> usize {
        self.dropped + self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Packets in flight, in the order in which they would arrive: their entries.
    pub fn in_flight(&self) -> Vec<usize> {
        self.flight.iter().map(|flying| flying.entry).collect()
    }

    /// Enter at a desk: the script's next line, what was typed, or while its call waits the next packet.
    pub fn enter(&mut self, side: Side, text: &str) -> Result<(), String> {
        if self.desk(side).is_blocked() && self.mode == Mode::Step && self.step() {
            return Ok(());
        }
        let program = self.desk(side).program.as_ref();
        let of_script = program.and_then(|program| program.next_text()) == Some(text.trim());
        if of_script { self.step_line(side) } else { self.run(side, text) }
    }

    /// Runs what was typed: one statement. Several, or a loop, are put on the desk as its script.
    pub fn run(&mut self, side: Side, text: &str) -> Result<(), String> {
        self.ready(side)?;
        let script = read(text);
        if let Some(problem) = script.problems.first() {
            return Err(problem.to_string());
        }
        match &script.statements[..] {
            [] => Err("There is nothing to run. Type a call, such as s.listen(5).".into()),
            [one] if !matches!(one.kind, StatementKind::Forever(_)) => {
                let python2 = script.is_python2();
                self.desks[side as usize].python2 |= python2;
                self.begin(side, one.clone(), text[one.span.clone()].into(), None);
                self.turn();
                Ok(())
            }
            _ => self.load(side, text),
        }
    }

    /// Puts a script on a desk. Its lines run one by one.
    pub fn load(&mut self, side: Side, text: &str) -> Result<(), String> {
        self.ready(side)?;
        let program = Program::new(text);
        if program.is_empty() {
            let why = program.problems.first().map(ToString::to_string);
            return Err(why.unwrap_or_else(|| "The script has no statement.".into()));
        }
        let desk = &mut self.desks[side as usize];
        desk.python2 = program.python2;
        desk.program = Some(program);
        Ok(())
    }

    pub fn unload(&mut self, side: Side) {
        self.desks[side as usize].program = None;
        self.auto[side as usize] = false;
    }

    /// The next line of the script.
    pub fn step_line(&mut self, side: Side) -> Result<(), String> {
        self.ready(side)?;
        if !self.begin_line(side) {
            return Err("The script is at its end.".into());
        }
        self.turn();
        Ok(())
    }

    /// The rest of the script, as far as it goes; where it waits, it goes on by itself later.
    pub fn run_lines(&mut self, side: Side) -> Result<(), String> {
        self.ready(side)?;
        self.auto[side as usize] = true;
        self.turn();
        Ok(())
    }

    /// The line of the script whose call waits.
    pub fn running_line(&self, side: Side) -> Option<u32> {
        match &self.entry(self.running[side as usize]?)?.what {
            What::Call { line, .. } => *line,
            _ => None,
        }
    }

    /// Ctrl+C at a desk whose call waits.
    pub fn interrupt(&mut self, side: Side) {
        self.auto[side as usize] = false;
        if let Some(report) = self.desks[side as usize].interrupt() {
            self.report(side, report);
        }
        self.turn();
    }

    /// Ends Python at this desk and begins it again: the kernel closes all its sockets. The script stays.
    pub fn restart(&mut self, side: Side) {
        self.interrupt(side);
        let left = self.desks[side as usize].descriptors();
        self.desks[side as usize].restart();
        let entry = self.record(What::Restart { side });
        if let Some(remote) = &mut self.remote {
            remote.close_all(&left, self.now);
        }
        self.kernels[side as usize].exit(self.now);
        self.gather(entry);
        self.turn();
    }

    /// Lets the next packet arrive. Tells whether there was one.
    pub fn step(&mut self) -> bool {
        let next = self.flight.iter().position(|flying| !flying.delayed);
        let at = next.or(if self.flight.is_empty() { None } else { Some(0) });
        if let Some(at) = at {
            self.deliver(at);
            self.turn();
        }
        at.is_some()
    }

    /// Lets this packet arrive before the others.
    pub fn step_entry(&mut self, entry: usize) -> bool {
        let at = self.flight.iter().position(|flying| flying.entry == entry);
        if let Some(at) = at {
            self.deliver(at);
            self.turn();
        }
        at.is_some()
    }

    /// Loses this packet.
    pub fn lose(&mut self, entry: usize) -> bool {
        let at = self.flight.iter().position(|flying| flying.entry == entry);
        if let Some(flying) = at.and_then(|at| self.flight.remove(at)) {
            self.fate(flying.entry, Fate::Lost);
        }
        at.is_some()
    }

    /// What will happen next by itself, and on which host.
    pub fn next_timer(&self) -> Option<(Side, Timer)> {
        let kernels = Side::BOTH
            .into_iter()
            .filter_map(|side| self.kernels[side as usize].next_timer().map(|timer| (side, timer)));
        let desks = Side::BOTH.into_iter().filter_map(|side| {
            let at = self.desks[side as usize].deadline()?;
            Some((side, Timer { at, what: "the call\u{2019}s timeout ends" }))
        });
        kernels.chain(desks).min_by_key(|(_, timer)| timer.at)
    }

    /// Lets time pass; what is due happens in its order.
    pub fn pass(&mut self, time: Duration) {
        let end = self.now.after(time);
        self.record(What::Time { passed: time });
        for _ in 0..BUDGET {
            let Some((_, timer)) = self.next_timer().filter(|(_, timer)| timer.at <= end) else {
                break;
            };
            self.now = self.now.max(timer.at);
            for side in Side::BOTH {
                self.kernels[side as usize].time(self.now);
            }
            self.gather(self.len() - 1);
            self.turn();
        }
        self.now = end;
        self.turn();
    }

    /// Lets just so much time pass that the next thing happens.
    pub fn pass_to_next(&mut self) -> bool {
        let Some((_, timer)) = self.next_timer() else { return false };
        self.pass(timer.at.0.saturating_sub(self.now.0));
        true
    }

    fn record(&mut self, what: What) -> usize {
        if self.entries.len() == MAX_ENTRIES {
            self.entries.pop_front();
            self.dropped += 1;
        }
        self.entries.push_back(Entry { at: self.now, what, changes: Vec::new() });
        self.len() - 1
    }

    fn entry_mut(&mut self, number: usize) -> Option<&mut Entry> {
        self.entries.get_mut(number.checked_sub(self.dropped)?)
    }
}
