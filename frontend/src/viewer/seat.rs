//! The place of one viewer: its room, the line to it, and what it looks at. The only part that is not pure.

use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;

use shared::room::{Code, FromRelay, Pane, ToRelay};
use shared::text::sasl;
use yew::Callback;

use super::state::{Announcer, Link, Room, Watch, tryout};
use super::text::t;
use crate::driver::{RoomEvent, RoomLine, hidden, pass_on, soon};

/// In the session storage, which belongs to this tab: the number of this viewer, its name, its last vote, and what the
/// lab's page needs for a try.
const NUMBER: &str = "wirelab-number";
const NAME: &str = "wirelab-name";
const VOTE: &str = "wirelab-vote";
const TRY: &str = "wirelab-try";
/// The record of a try in this tab, in base64, if the lab's page has left one.
const TRIED: &str = "wirelab-tried";

/// A handle that components share.
#[derive(Clone)]
pub(super) struct Seat(Rc<Inner>);

struct Inner {
    room: RefCell<Room>,
    watch: RefCell<Watch>,
    announcer: RefCell<Announcer>,
    line: RefCell<Option<RoomLine>>,
    /// What the person is to know of what was done in its name.
    notice: RefCell<Option<String>>,
    changed: Callback<()>,
    drawing: Cell<bool>,
}

impl PartialEq for Seat {
    fn eq(&self, other: &Seat) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Seat {
    pub(super) fn take(code: Code, is_stage: bool, changed: Callback<()>) -> Seat {
        let mut room = match is_stage {
            true => Room::for_stage(code, random()),
            false => Room::new(code, number(), &kept(NAME)),
        };
        if is_stage {
            pass_on(code);
        }
        room.restore_vote(&kept(VOTE));
        let seat = Seat(Rc::new(Inner {
            room: RefCell::new(room),
            watch: RefCell::default(),
            announcer: RefCell::default(),
            line: RefCell::default(),
            notice: RefCell::default(),
            changed,
            drawing: Cell::new(false),
        }));
        let inner = Rc::downgrade(&seat.0);
        let first = {
            let inner = inner.clone();
            let nobody = Room::for_stage(code, random());
            move || match inner.upgrade() {
                Some(inner) => inner.room.borrow().first(),
                None => nobody.first(),
            }
        };
        let heard = Callback::from(move |event| {
            if let Some(inner) = inner.upgrade() {
                Seat(inner).heard(event);
            }
        });
        *seat.0.line.borrow_mut() = Some(RoomLine::open(Rc::new(first), heard));
        seat
    }

    pub(super) fn room(&self) -> Ref<'_, Room> {
        self.0.room.borrow()
    }

    pub(super) fn watch(&self) -> Ref<'_, Watch> {
        self.0.watch.borrow()
    }

    pub(super) fn notice(&self) -> Option<String> {
        self.0.notice.borrow().clone()
    }

    pub(super) fn dismiss(&self) {
        self.0.notice.take();
        self.draw();
    }

    /// Looks at something else than the presenter, or at the same again.
    pub(super) fn look(&self, choose: impl FnOnce(&mut Watch, &Room)) {
        choose(&mut self.0.watch.borrow_mut(), &self.room());
        self.draw();
    }

    pub(super) fn select(&self, line: usize, octet: usize) {
        self.look(|watch, room| watch.choose_line(room, line, octet));
    }

    pub(super) fn show(&self, pane: Pane) {
        self.look(|watch, room| watch.choose_pane(room, pane));
    }

    pub(super) fn set_name(&self, name: &str) {
        let message = self.0.room.borrow_mut().set_name(name);
        keep_name(self.room().name());
        self.say(&message);
        self.draw();
    }

    pub(super) fn vote(&self, choice: u16) {
        let message = self.0.room.borrow_mut().choose(choice);
        keep(VOTE, &self.room().kept_vote());
        if let Some(message) = message {
            self.say(&message);
        }
        self.draw();
    }

    /// Whether it was sent.
    pub(super) fn type_line(&self, text: &str) -> bool {
        let message = self.room().type_line(text);
        message.is_some_and(|message| self.say(&message))
    }

    /// Answers whoever presents and asks to see a try: with its record, or not.
    pub(super) fn answer(&self, record: Option<Vec<u8>>) {
        let message = self.0.room.borrow_mut().answer(record);
        self.say(&message);
        self.draw();
    }

    /// Goes on from the shown step, in the lab's page.
    pub(super) fn try_from_here(&self) {
        let room = self.room();
        if tryout::can_begin(&room.shown).is_err() {
            return;
        }
        let record = sasl::encode(&room.shown.journal);
        if keep(TRY, &tryout::handed_over(&room, &record)) {
            go(&tryout::address(&room.shown));
        } else {
            *self.0.notice.borrow_mut() = Some(t!("try-no-room").into());
            self.draw();
        }
    }

    /// The next thing for a screen reader.
    pub(super) fn take_announcement(&self) -> Option<String> {
        let mut announcer = self.0.announcer.borrow_mut();
        announcer.look(&self.room());
        announcer.take()
    }

    fn heard(&self, event: RoomEvent) {
        match event {
            RoomEvent::Connected => {}
            RoomEvent::Message(message) => self.received(message),
            RoomEvent::Lost { .. } => self.0.room.borrow_mut().lost(),
            RoomEvent::Broken => self.0.room.borrow_mut().link = Link::Broken,
        }
        self.draw();
    }

    fn received(&self, message: FromRelay) {
        let answers = self.0.room.borrow_mut().hear(message);
        for answer in answers {
            self.say(&answer);
        }
        // Nothing follows, and there will be no such room again.
        if self.room().shown.over.is_some() {
            self.0.line.take();
        }
        // There is nothing to ask a person who has tried nothing.
        if self.room().is_asked() && own_try().is_none() {
            self.answer(None);
            *self.0.notice.borrow_mut() = Some(t!("asked-nothing").into());
        }
    }

    fn say(&self, message: &ToRelay) -> bool {
        self.0.line.borrow().as_ref().is_some_and(|line| line.say(message))
    }

    /// Draws the page once before the next frame, however much happened.
    fn draw(&self) {
        if self.0.drawing.replace(true) {
            return;
        }
        let inner = Rc::downgrade(&self.0);
        soon(if hidden() { 500 } else { 8 }, move || {
            if let Some(inner) = inner.upgrade() {
                inner.drawing.set(false);
                inner.changed.emit(());
            }
        });
    }
}

/// The record of what this viewer has tried in this tab.
pub(super) fn own_try() -> Option<Vec<u8>> {
    sasl::decode(kept(TRIED)).filter(|record| !record.is_empty())
}

pub(super) fn kept_name() -> String {
    kept(NAME)
}

pub(super) fn keep_name(name: &str) {
    keep(NAME, name);
}

/// Opens another address of the same origin.
pub(super) fn go(address: &str) {
    if let Some(window) = web_sys::window() {
        // It fails only for what is no address.
        drop(window.location().set_href(address));
    }
}

/// The number of this viewer, which stays the same while the tab is there.
fn number() -> [u8; 16] {
    if let Some(number) = sasl::unhex(&kept(NUMBER)).and_then(|octets| octets.try_into().ok()) {
        return number;
    }
    let number = random();
    keep(NUMBER, &sasl::hex(&number));
    number
}

fn random() -> [u8; 16] {
    let mut octets = [0; 16];
    if let Some(crypto) = web_sys::window().and_then(|window| window.crypto().ok()) {
        // It fails only for more octets than these.
        drop(crypto.get_random_values_with_u8_array(&mut octets));
    }
    octets
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

fn kept(name: &str) -> String {
    storage().and_then(|storage| storage.get_item(name).ok().flatten()).unwrap_or_default()
}

/// Whether the browser has room for it, and keeps anything.
fn keep(name: &str, value: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(name, value).is_ok())
}
