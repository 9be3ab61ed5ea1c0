//! The WebSocket of a room: it says its first words on every connection, and comes back when it was lost.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use shared::room::{FromRelay, SUBPROTOCOL, ToRelay};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::EventTarget;
use yew::Callback;

use super::clock;
use super::line::{self, Line};

/// The longest wait after the first failure and after many, in milliseconds. Half of it is drawn at random, so that
/// a class that lost its relay does not come back in one moment.
const SHORT: u32 = 500;
const LONG: u32 = 5000;

pub enum RoomEvent {
    /// The relay is there, and has the first message.
    Connected,
    Message(FromRelay),
    /// It is gone, and is looked for again in so long.
    Lost {
        again_in: Duration,
    },
    /// What it says is no message; it is left for good. Perhaps it is newer than this page.
    Broken,
}

/// Dropping it closes the connection.
pub struct RoomLine(Rc<Inner>);

struct Inner {
    line: RefCell<Option<Line>>,
    first: Rc<dyn Fn() -> ToRelay>,
    heard: Callback<RoomEvent>,
    /// Numbers the connections: what one says that another has followed is not heard.
    tries: Cell<u64>,
    /// Tries in a row that came to nothing.
    failed: Cell<u32>,
    waiting: Cell<bool>,
    /// Nothing brings it back.
    ended: Cell<bool>,
    woken: RefCell<Vec<Woken>>,
}

impl RoomLine {
    /// Connects to the rooms of the relay that the page came from. `first` is asked for the first message of every
    /// connection.
    pub fn open(first: Rc<dyn Fn() -> ToRelay>, heard: Callback<RoomEvent>) -> RoomLine {
        let inner = Rc::new(Inner {
            line: RefCell::default(),
            first,
            heard,
            tries: Cell::new(0),
            failed: Cell::new(0),
            waiting: Cell::new(false),
            ended: Cell::new(false),
            woken: RefCell::default(),
        });
        // A browser that has a network again may keep a connection that goes nowhere, so that one is left.
        let this = Rc::downgrade(&inner);
        let online = Woken::on(clock::window().into(), "online", move || dial(&this));
        let this = Rc::downgrade(&inner);
        let seen = clock::window().document().map(|document| {
            Woken::on(document.into(), "visibilitychange", move || {
                let waits = this.upgrade().is_some_and(|inner| inner.waiting.get());
                if waits && !clock::hidden() {
                    dial(&this);
                }
            })
        });
        inner.woken.borrow_mut().extend([Some(online), seen].into_iter().flatten());
        dial(&Rc::downgrade(&inner));
        RoomLine(inner)
    }

    /// Whether the browser took it. Nothing is kept for later: `first` and the answers to it say what has to be said again.
    pub fn say(&self, message: &ToRelay) -> bool {
        self.0.say(message)
    }
}

impl Drop for RoomLine {
    fn drop(&mut self) {
        self.0.ended.set(true);
        self.0.woken.borrow_mut().clear();
        self.0.leave();
    }
}

impl Inner {
    fn say(&self, message: &ToRelay) -> bool {
        let line = self.line.borrow();
        line.as_ref().is_some_and(|line| line.is_open() && line.send(&message.encode()))
    }

    fn leave(&self) {
        if let Some(line) = self.line.take() {
            line.drop_quietly();
        }
    }

    fn opened(&self) {
        self.say(&(self.first)());
        self.heard.emit(RoomEvent::Connected);
    }

    fn receive(&self, octets: &[u8]) {
        let Some(message) = FromRelay::decode(octets) else {
            self.ended.set(true);
            self.leave();
            return self.heard.emit(RoomEvent::Broken);
        };
        match &message {
            FromRelay::Refused(refusal, _) => self.ended.set(!refusal.passes()),
            _ => self.failed.set(0),
        }
        self.heard.emit(RoomEvent::Message(message));
    }

    /// How long to wait after so many failures.
    fn wait(&self) -> Duration {
        let longest = (SHORT << self.failed.get().min(8)).min(LONG);
        let random = js_sys::Math::random() / 2.0 + 0.5;
        Duration::from_millis((f64::from(longest) * random) as u64)
    }
}

/// Connects now, whatever there was before.
fn dial(this: &Weak<Inner>) {
    let Some(inner) = this.upgrade().filter(|inner| !inner.ended.get()) else { return };
    inner.leave();
    inner.waiting.set(false);
    let number = inner.tries.get() + 1;
    inner.tries.set(number);
    // What is heard of this connection, while it is the last one.
    let current = {
        let this = this.clone();
        move || this.upgrade().filter(|inner| inner.tries.get() == number)
    };
    let (opened, message) = (current.clone(), current.clone());
    let line = line::open(
        "/room",
        SUBPROTOCOL,
        move || {
            if let Some(inner) = opened() {
                inner.opened();
            }
        },
        move |octets| {
            if let Some(inner) = message() {
                inner.receive(&octets);
            }
        },
        move |_| {
            if let Some(inner) = current() {
                lost(&Rc::downgrade(&inner));
            }
        },
    );
    match line {
        Ok(line) => *inner.line.borrow_mut() = Some(line),
        Err(_) => lost(this),
    }
}

fn lost(this: &Weak<Inner>) {
    let Some(inner) = this.upgrade().filter(|inner| !inner.ended.get()) else { return };
    inner.leave();
    inner.waiting.set(true);
    let again_in = inner.wait();
    inner.failed.set(inner.failed.get().saturating_add(1));
    let number = inner.tries.get();
    let this = this.clone();
    clock::soon(again_in.as_millis() as i32, move || {
        // Something else may have brought it back before.
        if this.upgrade().is_some_and(|inner| inner.waiting.get() && inner.tries.get() == number) {
            dial(&this);
        }
    });
    inner.heard.emit(RoomEvent::Lost { again_in });
}

/// What the browser tells, for as long as this is kept.
struct Woken {
    target: EventTarget,
    event: &'static str,
    listener: Closure<dyn Fn()>,
}

impl Woken {
    fn on(target: EventTarget, event: &'static str, run: impl Fn() + 'static) -> Woken {
        let listener = Closure::<dyn Fn()>::new(run);
        drop(target.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref()));
        Woken { target, event, listener }
    }
}

impl Drop for Woken {
    fn drop(&mut self) {
        let listener = self.listener.as_ref().unchecked_ref();
        drop(self.target.remove_event_listener_with_callback(self.event, listener));
    }
}
