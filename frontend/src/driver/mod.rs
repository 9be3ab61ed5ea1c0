//! The only async code of the page: clock, tunnel, files. It carries what the state asks for.

mod bench;
mod class;
mod clicker;
mod clipboard;
mod clock;
mod files;
mod keep;
mod lessons;
mod line;
mod offline;
mod relay;
mod room;
mod save;
mod settings;
mod tunnel;
mod upload;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use shared::machine::{Conn, OwnedInput, Tick};
use shared::room::Pane;
use shared::session::Effect;
use yew::Callback;

use crate::state::{Lab, Route, Settings, Shelf, Stage, Target};
use crate::text::t;
pub use bench::BenchWire;
pub use clicker::{Press, pass_on};
pub(crate) use clock::{hidden, soon};
use files::Files;
use keep::Keep;
pub use keep::{Keeping, Wanted};
pub use relay::Relay;
pub use room::{RoomEvent, RoomLine};
pub(crate) use settings::{keep as keep_settings, load as load_settings};
use tunnel::Tunnel;

/// What comes so soon after a drawing is part of a stream, and so many drawings of it are as quick as any.
const STREAMING: Duration = Duration::from_millis(20);
const DRAWN_AT_ONCE: u32 = 12;

/// A handle to the lab that components share.
#[derive(Clone)]
pub struct Runner(Rc<Inner>);

struct Inner {
    lab: RefCell<Lab>,
    tunnel: RefCell<Tunnel>,
    files: RefCell<Files>,
    relay: RefCell<Relay>,
    version: RefCell<offline::Version>,
    keep: RefCell<Keep>,
    class: RefCell<class::Class>,
    /// The pane that is looked at.
    pane: Cell<Pane>,
    /// Whether what was kept has been looked for; nothing is shown before.
    ready: Cell<bool>,
    settings: Cell<Settings>,
    shelf: RefCell<Shelf>,
    /// Real hosts that the person agreed to connect to, until the page is left.
    allowed: RefCell<Vec<String>>,
    /// Asks for the page to be drawn.
    changed: Callback<()>,
    drawing: Cell<bool>,
    /// When it was drawn last, and how often without a pause.
    drawn: Cell<Tick>,
    in_a_row: Cell<u32>,
    pumping: Cell<bool>,
    ticking: Cell<bool>,
    /// When the practice server in the page is woken next.
    waking: Cell<Option<Tick>>,
    /// Time that had gone by when the page was loaded, in sessions that came back.
    gone_by: Cell<Duration>,
}

impl PartialEq for Runner {
    fn eq(&self, other: &Runner) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Runner {
    /// `wanted` says which session the address asks for, once that is needed.
    pub fn new(wanted: fn() -> Wanted, changed: Callback<()>) -> Runner {
        let runner = Runner(Rc::new(Inner {
            lab: RefCell::new(Lab::new(Route::landing())),
            tunnel: RefCell::new(Tunnel::default()),
            files: RefCell::new(Files::new()),
            relay: RefCell::new(Relay::Unknown),
            version: RefCell::default(),
            keep: RefCell::default(),
            class: RefCell::default(),
            pane: Cell::default(),
            ready: Cell::new(false),
            settings: Cell::new(settings::load()),
            shelf: RefCell::new(lessons::shelf()),
            allowed: RefCell::default(),
            changed,
            drawing: Cell::new(false),
            drawn: Cell::default(),
            in_a_row: Cell::new(0),
            pumping: Cell::new(false),
            ticking: Cell::new(false),
            waking: Cell::default(),
            gone_by: Cell::default(),
        }));
        offline::keep_page(&runner);
        runner.look_for_relay();
        let this = runner.clone();
        clock::on_line(move || this.look_for_relay());
        keep::begin(&runner, wanted);
        runner
    }

    /// Looks at the lab.
    pub fn see<R>(&self, look: impl FnOnce(&Lab) -> R) -> R {
        look(&self.0.lab.borrow())
    }

    pub fn relay(&self) -> Relay {
        self.0.relay.borrow().clone()
    }

    pub fn is_ready(&self) -> bool {
        self.0.ready.get()
    }

    /// Asks again whether there is a relay.
    pub fn look_for_relay(&self) {
        relay::look_for(self);
    }

    /// Whether a newer version of the page waits to be opened.
    pub fn newer_page_is_here(&self) -> bool {
        self.0.version.borrow().is_newer_here()
    }

    pub fn open_newer_page(&self) {
        offline::take_newer(self);
    }

    /// Does something with the lab, then carries what follows from it.
    pub fn act(&self, action: impl FnOnce(&mut Lab, Tick)) {
        action(&mut self.0.lab.borrow_mut(), self.now());
        self.pump();
    }

    /// The pane that the person looks at now.
    pub fn look_at(&self, pane: Pane) {
        self.0.pane.set(pane);
        class::tell(self);
    }

    /// Whether it needs no word of the person, or has it.
    pub fn is_allowed(&self, route: &Route) -> bool {
        match &route.target {
            Target::Real { host, .. } => self.0.allowed.borrow().contains(host),
            Target::Page | Target::Relay => true,
        }
    }

    /// The person agrees to connect to this host.
    pub fn allow(&self, host: &str) {
        self.0.allowed.borrow_mut().push(host.into());
    }

    /// Runs it after some milliseconds.
    pub fn later(&self, millis: i32, run: impl FnOnce() + 'static) {
        clock::soon(millis, run);
    }

    /// Leaves the session there is and begins one.
    pub fn connect(&self, route: Route) {
        self.0.tunnel.borrow_mut().leave();
        self.act(|lab, now| {
            lab.notice = None;
            lab.connect(route, now);
        });
    }

    pub fn reconnect(&self) {
        let route = self.see(|lab| lab.route.clone());
        self.connect(route);
    }

    /// Ends every connection at once.
    pub fn disconnect(&self) {
        let in_page = self.see(|lab| lab.route.target == Target::Page);
        let mut conns = if in_page { Vec::new() } else { self.0.tunnel.borrow_mut().leave() };
        // It stands for the session, also when it is gone and others follow it.
        if !conns.contains(&Conn::MAIN) {
            conns.push(Conn::MAIN);
        }
        self.act(|lab, now| {
            for conn in conns {
                let why = "you dropped the connection".into();
                lab.arrive(OwnedInput::Reset { conn, why }, now);
            }
        });
    }

    /// Sends a file as content.
    pub fn upload(&self, file: web_sys::File) {
        upload::start(self, file);
    }

    /// Carries octets and effects until there is nothing to do at once.
    fn pump(&self) {
        if self.0.pumping.replace(true) {
            return;
        }
        loop {
            let now = self.now();
            let more = self.0.lab.borrow_mut().pump(now);
            self.carry_outgoing();
            self.carry_deliveries();
            let arrivals = self.0.tunnel.borrow_mut().take_arrivals();
            if let Some(limit) = self.0.tunnel.borrow_mut().take_stopping() {
                let seconds = limit.as_secs().to_string();
                self.0.lab.borrow_mut().notice = Some(t!("relay-stopping", seconds = &seconds));
            }
            if let Some(why) = self.0.tunnel.borrow_mut().take_lost() {
                self.0.lab.borrow_mut().notice = Some(t!("relay-gone", why = &why));
            }
            let quiet = arrivals.is_empty();
            for input in arrivals {
                self.0.lab.borrow_mut().arrive(input, now);
            }
            if more {
                let runner = self.clone();
                clock::soon(0, move || runner.pump());
            }
            if more || quiet {
                break;
            }
        }
        self.0.pumping.set(false);
        if std::mem::take(&mut self.0.lab.borrow_mut().closing) {
            self.disconnect();
        }
        self.finish_files();
        keep::put(self);
        class::tell(self);
        self.0.lab.borrow_mut().follow_lesson();
        self.tick_later();
        self.wake_server_later();
        self.draw();
    }

    /// Where the dialogue goes on by the clock, the next step is taken when it is time.
    fn tick_later(&self) {
        let Some(wait) = self.see(Lab::wants_tick) else { return };
        if self.0.ticking.replace(true) {
            return;
        }
        let runner = self.clone();
        clock::soon(wait.as_millis() as i32, move || {
            runner.0.ticking.set(false);
            runner.act(|lab, now| lab.tick(now));
        });
    }

    /// A practice server in the page that holds something back is told the time when it is due.
    fn wake_server_later(&self) {
        let Some(at) = self.see(Lab::server_wakes_at) else { return };
        if self.0.waking.get().is_some_and(|waking| waking <= at) {
            return;
        }
        self.0.waking.set(Some(at));
        let runner = self.clone();
        // Never before it is due.
        let wait = at.0.saturating_sub(self.now().0).as_millis() as i32 + 1;
        clock::soon(wait, move || {
            runner.0.waking.set(None);
            runner.act(|lab, now| lab.wake_server(now));
        });
    }

    fn now(&self) -> Tick {
        clock::now().after(self.0.gone_by.get())
    }

    fn carry_outgoing(&self) {
        loop {
            let Some(effect) = self.0.lab.borrow_mut().next_outgoing() else { break };
            match effect {
                Effect::WakeAt(at) => self.wake_at(at),
                effect => tunnel::carry(self, effect),
            }
        }
        tunnel::flush(self);
    }

    fn carry_deliveries(&self) {
        loop {
            let Some((id, conn, bytes)) = self.0.lab.borrow_mut().downloads.next_delivery() else {
                return;
            };
            files::put(self, id, conn, bytes);
        }
    }

    fn finish_files(&self) {
        let ended: Vec<usize> = self.see(|lab| {
            let done = lab
                .downloads
                .list()
                .iter()
                .filter(|d| d.progress != crate::state::Progress::Running);
            done.filter(|d| d.url.is_none()).map(|d| d.id).collect()
        });
        for id in ended {
            files::finish(self, id);
        }
    }

    fn wake_at(&self, at: Tick) {
        let wait = at.0.saturating_sub(self.now().0);
        let runner = self.clone();
        clock::soon(wait.as_millis() as i32, move || {
            runner.act(|lab, now| lab.arrive(OwnedInput::Time, now));
        });
    }

    /// So many delivered octets are put away: their credit goes back to the relay.
    fn stored(&self, conn: Conn, octets: usize) {
        self.0.lab.borrow_mut().downloads.stored(octets);
        self.0.tunnel.borrow_mut().consumed(conn, octets);
        let runner = self.clone();
        // Not at once: this may be called from within the pump.
        clock::soon(0, move || runner.pump());
    }

    /// Draws the page once before the next frame, however much happened. While octets stream in, drawing leaves them
    /// most of the time.
    fn draw(&self) {
        if self.0.drawing.replace(true) {
            return;
        }
        let streams = self.now().0.saturating_sub(self.0.drawn.get().0) < STREAMING;
        let in_a_row = if streams { self.0.in_a_row.get().saturating_add(1) } else { 0 };
        self.0.in_a_row.set(in_a_row);
        let runner = self.clone();
        let wait = match in_a_row {
            _ if clock::hidden() => 500,
            0..DRAWN_AT_ONCE => 8,
            _ => 60,
        };
        clock::soon(wait, move || {
            runner.0.drawing.set(false);
            runner.0.drawn.set(runner.now());
            runner.0.changed.emit(());
        });
    }
}
