//! The lab: one session with its wire, and the world of the practice servers in the page.

mod branches;
mod carry;
mod config;
mod fresh;
mod journal;
mod lesson;
mod play;
mod predict;
mod reading;
mod record;
mod sharing;
#[cfg(test)]
mod tests;
mod time;

use std::cell::{OnceCell, RefCell};
use std::collections::VecDeque;

use shared::dialogue::{Dialogue, Event};
use shared::faults;
use shared::link::Link;
use shared::machine::{Client, ClientConfig, Conn, OwnedInput, Refused, ServerConfig, Tick};
use shared::python::{Played, Running};
use shared::session::{Effect, Gate, Mode, Session};
use shared::table::{Illegal, Takes, Verb};
use shared::tape::Tape;
use shared::typed;
use shared::world::{EPOCH, World};

use super::copy::Copying;
use super::download::Downloads;
use super::index::Index;
use super::lesson::OpenLesson;
use super::marks::Marks;
use super::{Route, Target, url::Step};
use crate::text::t;
pub use branches::{Branch, NoFork};
pub use journal::{Kept, Restored};
pub use lesson::Draft;
use predict::Predictions;
pub use predict::{Choice, Guess};
pub use reading::Answered;
pub use time::Pace;

/// A command that was not sent.
pub struct Refusal {
    pub text: String,
    pub why: Refused,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    Yours,
    Servers,
    /// A gate holds something until Step.
    Held,
    Over,
}

/// A file on its way to the server.
pub struct Upload {
    pub name: String,
    pub octets: u64,
    pub sent: u64,
}

pub struct Lab {
    pub route: Route,
    /// The session that goes on.
    tape: Tape,
    /// Where it came from by forks, and the others.
    branches: Vec<Branch>,
    branch: usize,
    /// Earlier sessions with the same protocol and server, oldest first.
    past: Vec<Tape>,
    /// For the tunnel.
    outgoing: VecDeque<Effect>,
    pub downloads: Downloads,
    pub upload: Option<Upload>,
    pub refusal: Option<Refusal>,
    /// Python's methods that were played in this session, and the one under way.
    pub played: Vec<Played>,
    running: Option<Running>,
    /// What a pasted script or a URL still has to do, in a session of this protocol.
    script: VecDeque<Step>,
    script_for: &'static str,
    /// Asks for every connection to be dropped.
    pub closing: bool,
    /// Something about the page itself: a wrong address, a relay that went away.
    pub notice: Option<String>,
    /// An earlier step is looked at: only so many entries are shown.
    cursor: Option<usize>,
    selected: Option<usize>,
    /// The selected octet within the selected entry.
    pub octet: usize,
    /// Machines and world at the shown step and at the one before it, once a view has asked.
    moment: OnceCell<Option<Dialogue>>,
    moment_before: OnceCell<Option<Dialogue>>,
    pub pace: Pace,
    /// Steps are taken by the clock, at this pace.
    playing: bool,
    /// The selected entry is gone through octet by octet.
    slow: bool,
    predictions: Option<Predictions>,
    pub show_secrets: bool,
    /// Rows hidden by hand, and markers.
    pub marks: Marks,
    /// The entry and the octet that the pointer is over: shown in every pane, and in none of them chosen.
    pub pointed: Option<(usize, usize)>,
    /// What became of the last copy.
    pub copying: Option<Copying>,
    index: RefCell<Index>,
    sessions: u64,
    /// Whose mailbox grew last.
    delivered_to: Option<String>,
    lesson: Option<OpenLesson>,
    /// What a lesson has put into the composer.
    pub placed: Draft,
    /// What happened since it was last asked for: to be kept.
    journal: journal::Journal,
}

impl Lab {
    pub fn new(route: Route) -> Lab {
        let session = Session::new((route.protocol.client)(&ClientConfig::practice(0)));
        Lab {
            route,
            tape: Tape::new(Dialogue::new(session, None, World::new(EPOCH))),
            branches: vec![Branch::first()],
            branch: 0,
            past: Vec::new(),
            outgoing: VecDeque::new(),
            downloads: Downloads::default(),
            upload: None,
            refusal: None,
            played: Vec::new(),
            running: None,
            script: VecDeque::new(),
            script_for: "",
            closing: false,
            notice: None,
            cursor: None,
            selected: None,
            octet: 0,
            moment: OnceCell::new(),
            moment_before: OnceCell::new(),
            pace: Pace::default(),
            playing: false,
            slow: false,
            predictions: None,
            show_secrets: false,
            marks: Marks::default(),
            pointed: None,
            copying: None,
            index: RefCell::default(),
            sessions: 0,
            delivered_to: None,
            lesson: None,
            placed: Draft::default(),
            journal: journal::Journal::default(),
        }
    }

    /// Begins a session. The transcript so far stays if protocol and server are the same.
    pub fn connect(&mut self, route: Route, now: Tick) {
        let began = Began { seed: self.sessions + 1, as_python: !self.script.is_empty() };
        self.journal.connected(&route, began, now);
        self.begin(route, began, None, now);
    }

    /// In the world that the session before it leaves, or in this one.
    fn begin(&mut self, route: Route, began: Began, world: Option<World>, now: Tick) {
        let (mode, breakpoints) = (self.session().mode(), self.session().breakpoints().to_vec());
        // The journal tells this by telling that a session began; so too with what begins it.
        let paused = self.journal.pause();
        self.happens(Event::Left, now);
        let mut world = world.unwrap_or_else(|| self.world_now().clone());
        // Another fault begins to count anew.
        if route.fault != self.route.fault {
            world.tally.clear();
        }
        let again = route == self.route && !self.tape.is_empty();
        self.route = route;
        self.sessions = began.seed;
        let config = self.config(began, &world);
        let session = Session::new((self.route.protocol.client)(&config));
        let link = (self.route.target == Target::Page).then(|| {
            let config = ServerConfig::practice(began.seed).patient();
            let server = faults::server(self.route.protocol, &config, self.route.fault);
            Link::new(server, self.route.protocol.port)
        });
        let tape = Tape::new(Dialogue::new(session, link, world));
        let before = std::mem::replace(&mut self.tape, tape);
        if again {
            self.past.push(before);
            self.downloads.leave();
        } else {
            self.past.clear();
            self.record_begins_anew();
            self.marks.clear();
            self.downloads = Downloads::after(&self.downloads);
        }
        self.branches = vec![Branch::first()];
        self.branch = 0;
        self.outgoing.clear();
        self.upload = None;
        self.refusal = None;
        self.played.clear();
        self.running = None;
        if self.script_for != self.route.protocol.id {
            self.script.clear();
        }
        // The one that was waited for has begun.
        self.script_for = "";
        self.cursor = None;
        self.select(None, 0);
        if mode == Mode::Step {
            self.happens(Event::Mode(mode), now);
        }
        if !breakpoints.is_empty() {
            self.happens(Event::Breakpoints(breakpoints), now);
        }
        self.happens(Event::Connect { host: config.host, port: config.port }, now);
        self.journal.resume(paused);
    }

    pub fn session(&self) -> &Session {
        self.tape.live().session()
    }

    /// The practice servers' world as it is, whatever step is shown.
    pub fn world_now(&self) -> &World {
        self.tape.live().world()
    }

    pub fn takes_content(&self) -> bool {
        self.session().client().state().takes == Takes::Content && self.upload.is_none()
    }

    pub fn turn(&self) -> Turn {
        let client = self.session().client();
        if self.session().gate() != Gate::Open {
            Turn::Held
        } else if client.state() == self.route.protocol.table.end() {
            Turn::Over
        } else if client.suggestion().is_some() {
            Turn::Yours
        } else {
            Turn::Servers
        }
    }

    /// The moves from the shown step, each with what forbids it.
    pub fn moves(&self) -> Vec<(&'static Verb, Result<(), Illegal>)> {
        self.moves_of(self.client())
    }

    /// The moves from where the session is.
    pub fn moves_now(&self) -> Vec<(&'static Verb, Result<(), Illegal>)> {
        self.moves_of(self.session().client())
    }

    fn moves_of(&self, client: &dyn Client) -> Vec<(&'static Verb, Result<(), Illegal>)> {
        self.route.protocol.table.moves(client.state(), &client.flags())
    }

    /// Sends what was typed: one command, content, or several commands in one write.
    pub fn send(&mut self, text: &str, now: Tick) {
        self.refusal = None;
        let done = typed::send(text, |input| self.typed(input, now));
        self.sent(text, done);
    }

    /// Sends the lines as they are, each with CR LF, or a command that has other octets than letters.
    pub fn send_anyway(&mut self, text: &str, now: Tick) {
        let bytes = typed::unchecked(self.session().client(), text);
        self.send_octets(&bytes, text, now);
    }

    /// Sends octets exactly as given.
    pub fn send_octets(&mut self, bytes: &[u8], text: &str, now: Tick) {
        self.refusal = None;
        let done = self.typed(OwnedInput::Raw { conn: Conn::MAIN, bytes: bytes.into() }, now);
        self.sent(text, done);
    }

    /// What is sent goes on from the end, whatever step was shown.
    fn sent(&mut self, text: &str, done: Result<(), Refused>) {
        match done {
            Ok(()) => self.back_to_live(),
            Err(why) => self.refusal = Some(Refusal { text: text.into(), why }),
        }
    }

    /// Something came from the tunnel.
    pub fn arrive(&mut self, input: OwnedInput, now: Tick) {
        self.happens(Event::Arrived(input), now);
    }

    /// A piece of the file being sent; nothing ends it.
    pub fn upload_piece(&mut self, piece: &[u8], now: Tick) -> Result<(), Refused> {
        let done = self.typed(
            if piece.is_empty() {
                OwnedInput::ContentEnd
            } else {
                OwnedInput::Content(piece.into())
            },
            now,
        );
        match &mut self.upload {
            Some(upload) => upload.sent += piece.len() as u64,
            None => return Err(Refused::NotConnected),
        }
        if piece.is_empty() || done.is_err() {
            self.upload = None;
        }
        done
    }

    /// Somebody sends the user who is logged in a small mail. The practice server hears of it.
    pub fn mail_arrives(&mut self, now: Tick) {
        let user = self.tape.live().reader();
        if !self.happens(Event::MailArrives(user.clone()), now) {
            self.notice = Some(t!("mailbox-full", user = &user));
        }
    }

    /// The user whose mailbox grew last.
    pub fn delivered_to(&self) -> Option<&str> {
        self.delivered_to.as_deref()
    }

    fn typed(&mut self, input: OwnedInput, now: Tick) -> Result<(), Refused> {
        self.act(Event::Typed(input), now).map(|_| ())
    }

    /// As [`Lab::act`] for what nobody refuses.
    fn happens(&mut self, event: Event, now: Tick) -> bool {
        self.act(event, now).unwrap_or_else(|refused| {
            debug_assert!(false, "only what is typed can be refused: {refused}");
            false
        })
    }

    /// Everything that changes the session or the world goes through here.
    fn act(&mut self, event: Event, now: Tick) -> Result<bool, Refused> {
        let form = self.journal.form_of(&event, now, self.tape.live(), &self.route.target);
        let (changes, before) = (self.world_now().changes(), self.world_now().mail.counts());
        let done = self.tape.act(event, now)?;
        if done {
            self.journal.push(form);
            self.forget_moments();
        }
        if self.world_now().changes() != changes
            && let Some(user) = self.world_now().mail.grown(&before)
        {
            self.delivered_to = Some(user.into());
        }
        Ok(done)
    }
}

/// How a session began, beside its address.
#[derive(Clone, Copy)]
struct Began {
    seed: u64,
    as_python: bool,
}
