//! The practice server.

mod control;
mod data;
mod files;
mod listing;
mod session;

use core::net::{IpAddr, Ipv4Addr};
use std::collections::VecDeque;

use super::table;
use super::wire::{self, LINE_LIMIT};
use crate::machine::{Conn, Input, Output, Server, ServerConfig, Tick};
use crate::table::{Illegal, Progress, State, Verb};
use crate::text::lines::{Ending, Line, Lines};
use crate::text::split_verb;
use crate::world::World;
use control::Control;
use data::{Data, Transfer};
use listing::Facts;

/// Commands that wait for the end of a transfer take at most so much room: a few dozen of them,
/// more than any client sends ahead.
const WAITING_LIMIT: usize = 64 * 1024;

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Nobody,
    /// Anonymous: may read, and write in [`PUBLIC`].
    Guest,
    Owner,
}

/// The folder that everybody may write to.
const PUBLIC: &str = "/upload";

#[derive(Clone)]
pub(super) struct FtpServer {
    name: String,
    patient: bool,
    progress: Progress,
    outputs: VecDeque<Output>,
    control: Control,
    lines: Lines,
    /// A command that must wait until the transfer is over.
    held: Option<Line>,
    /// The rest of a line over the limit is skipped.
    skipping: bool,
    local: IpAddr,
    peer: IpAddr,
    now: Tick,
    user: String,
    access: Access,
    cwd: String,
    image: bool,
    /// Where the next transfer begins.
    rest: u64,
    rename: String,
    epsv_all: bool,
    facts: Facts,
    data: Data,
    transfer: Option<Transfer>,
    next_conn: u16,
    /// QUIT came during a transfer.
    quitting: bool,
}

impl FtpServer {
    pub(super) fn new(config: &ServerConfig) -> FtpServer {
        FtpServer {
            name: config.name.clone(),
            patient: config.patient,
            progress: Progress::new(&table::TABLE),
            outputs: VecDeque::new(),
            control: Control::default(),
            lines: Lines::strict(LINE_LIMIT),
            held: None,
            skipping: false,
            local: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            peer: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            now: Tick::default(),
            user: String::new(),
            access: Access::Nobody,
            cwd: "/".into(),
            image: false,
            rest: 0,
            rename: String::new(),
            epsv_all: false,
            facts: Facts::default(),
            data: Data::None,
            transfer: None,
            next_conn: 1,
            quitting: false,
        }
    }

    /// Obeys the commands that have come, as far as they need not wait.
    fn work(&mut self, world: &mut World) {
        while self.progress.state() != &table::CLOSED && !self.quitting {
            if matches!(self.data, Data::Listening { .. }) {
                break;
            }
            let Some(line) = self.held.take().or_else(|| self.lines.next_command()) else { break };
            if self.transfer.is_some() && !may_interrupt(&line) {
                self.held = Some(line);
                break;
            }
            self.line(&line, world);
        }
        if self.lines.len() > WAITING_LIMIT && self.progress.state() != &table::CLOSED {
            self.say(421, &["Too many commands are waiting."]);
            self.hang_up();
        }
    }

    fn line(&mut self, line: &Line, world: &mut World) {
        if self.skipping || line.ending == Ending::TooLong {
            self.skipping = line.ending == Ending::TooLong;
            if !self.skipping {
                self.say(500, &[&format!("The line is too long: at most {LINE_LIMIT} octets.")]);
            }
            return;
        }
        let text = line.text();
        if line.ending == Ending::Lf || text.iter().any(|b| matches!(b, b'\r' | 0)) {
            self.say(500, &["There is a bare CR, a bare LF or a NUL; lines end with CR LF."]);
            return;
        }
        let Ok(text) = core::str::from_utf8(text) else {
            self.say(501, &["Names are sent in UTF-8 here."]);
            return;
        };
        let (name, argument) = split_verb(text);
        let Some(verb) = table::TABLE.verb(name).filter(|verb| !verb.name.starts_with('(')) else {
            self.say(500, &[&format!("There is no command {name:?}.")]);
            return;
        };
        if self.transfer.is_some() {
            self.interrupt(verb);
            return;
        }
        let rest = core::mem::take(&mut self.rest);
        if verb != &table::RNTO {
            self.progress.set(&table::RENAME, false);
        }
        let state = self.progress.state();
        if let Err(illegal) = table::TABLE.check(verb, state, self.progress.flags()) {
            self.refuse_illegal(&illegal);
            return;
        }
        // EPRT says with 522 what is wrong with its argument. STOU has none, but tnftp and others
        // send the name of their file, which decides nothing.
        if !matches!(verb.name, "EPRT" | "STOU") && wire::command(text).is_err() {
            self.say(501, &[&format!("The form is: {}", verb.syntax)]);
            return;
        }
        self.progress.sent(verb);
        self.obey(verb, argument.unwrap_or_default(), rest, world);
    }

    /// Nothing was begun, so the state stays.
    fn refuse_illegal(&mut self, illegal: &Illegal) {
        let inside = self.access != Access::Nobody;
        match (illegal.needs, illegal.verb.as_str()) {
            (Some(flag), _) if flag == &table::DATA => {
                self.say(425, &["Use PASV or EPSV first."]);
            }
            (Some(_), _) => self.say(503, &["RNFR must come directly before RNTO."]),
            (None, "PASS") if !inside => self.say(503, &["Say with USER who you are, first."]),
            (None, _) if !inside => self.say(530, &["Log in with USER and PASS first."]),
            (None, verb) => {
                let state = illegal.state.title;
                self.say(503, &[&format!("{verb} does not belong here: {state}.")]);
            }
        }
    }

    /// A reply to the oldest command.
    fn reply(&mut self, code: u16, lines: &[&str]) {
        let verb = self.progress.oldest();
        let wire = wire::reply::compose(code, lines, verb);
        self.outputs.push_back(Output::Sent { conn: Conn::MAIN, wire });
        if let Some(state) = self.progress.reply(&code.to_string()).moved {
            self.outputs.push_back(Output::State(state));
        }
    }

    /// A reply that moves nothing.
    fn say(&mut self, code: u16, lines: &[&str]) {
        let wire = wire::reply::compose(code, lines, None);
        self.outputs.push_back(Output::Sent { conn: Conn::MAIN, wire });
    }

    fn bye(&mut self) {
        self.reply(221, &[&format!("{} says good bye.", self.name)]);
        self.hang_up();
    }

    fn hang_up(&mut self) {
        self.transfer = None;
        self.drop_data();
        if let Some(state) = self.progress.over() {
            self.outputs.push_back(Output::State(state));
        }
        self.outputs.push_back(Output::Finish { conn: Conn::MAIN });
    }

    fn may_write(&self, path: &str) -> bool {
        match self.access {
            Access::Nobody => false,
            Access::Guest => path.strip_prefix(PUBLIC).is_some_and(|rest| rest.starts_with('/')),
            Access::Owner => true,
        }
    }
}

impl Server for FtpServer {
    fn handle(&mut self, input: Input<'_>, now: Tick, world: &mut World) {
        self.now = now;
        match input {
            Input::Opened { conn: Conn::MAIN, local, peer } => {
                self.local = local.ip().to_canonical();
                self.peer = peer.ip().to_canonical();
                self.progress.sent(&table::GREETING);
                self.reply(220, &[&format!("{} FTP server ready.", self.name)]);
            }
            Input::Bytes { conn: Conn::MAIN, bytes } => {
                let text = self.control.strip(bytes);
                self.lines.push(&text);
            }
            Input::End { conn: Conn::MAIN } | Input::Reset { conn: Conn::MAIN, .. }
                if self.progress.state() != &table::CLOSED =>
            {
                self.hang_up();
            }
            Input::Opened { conn, peer, .. } => self.data_opened(conn, peer.ip().to_canonical()),
            Input::Listening { conn, addr } => self.listening(conn, addr),
            Input::Failed { conn, .. } => self.data_failed(conn),
            Input::Bytes { conn, bytes } => self.data_bytes(conn, bytes),
            Input::End { conn } => self.data_ended(conn, world),
            Input::Reset { conn, .. } => self.data_broke(conn),
            Input::Time => self.check_patience(),
            _ => {}
        }
        self.work(world);
    }

    fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn pull(&mut self, conn: Conn) -> Option<Vec<u8>> {
        self.next_piece(conn)
    }

    fn state(&self) -> &'static State {
        self.progress.state()
    }
}

/// Whether a command is obeyed while a transfer is under way.
fn may_interrupt(line: &Line) -> bool {
    let name = line.text().split(|b| *b == b' ').next().unwrap_or_default();
    [&table::ABOR, &table::STAT, &table::NOOP, &table::QUIT]
        .iter()
        .any(|verb: &&Verb| name.eq_ignore_ascii_case(verb.name.as_bytes()))
}
