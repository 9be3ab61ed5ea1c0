//! The room of this page: the lab is presented in it, or goes on on its own from what it showed.

use std::rc::Rc;

use shared::room::{Code, FromRelay, Refusal, Stage, ToRelay};
use shared::text::sasl;
use yew::Callback;

use super::clicker::{self, Listening, Press};
use super::room::{RoomEvent, RoomLine};
use super::{Runner, clock};
use crate::state::present::{Deed, Presenter, Reach, Trying, script};
use crate::state::{Lab, stage};
use crate::text::t;

/// Code and secret of the room that this tab presents.
const ROOM: &str = "wirelab.room";
/// What a viewer's page leaves for this one, and what of it is needed after a reload.
const TRY: &str = "wirelab-try";
const TRYING: &str = "wirelab.trying";
/// The record of a try, for the viewer's page: the presenter may ask for it later.
const TRIED: &str = "wirelab-tried";

/// What is said to the room is gathered for so long, in milliseconds.
const GATHER: i32 = 40;

#[derive(Default)]
pub(super) struct Class {
    presenter: Option<Presenter>,
    trying: Option<Trying>,
    line: Option<RoomLine>,
    /// The presenter's own dialogue, while a viewer's is shown.
    own: Option<Lab>,
    clicker: Option<Listening>,
    gathering: bool,
}

impl Runner {
    /// Opens a room in which the lab is shown.
    pub fn open_room(&self) {
        match draw() {
            Some((code, secret)) => self.present(Presenter::new(code, secret)),
            None => self.act(|lab, _| lab.notice = Some(t!("class-no-random").into())),
        }
    }

    /// Presents here again, after another page of the same presenter did.
    pub fn present_again(&self) {
        let mut first = None;
        self.direct(|presenter| {
            presenter.reach = Reach::Connecting;
            first = Some(presenter.first());
        });
        if let Some(first) = first {
            dial(self, first);
        }
    }

    /// Whether somebody else types.
    pub fn is_handed_over(&self) -> bool {
        self.class(|presenter| presenter.is_some_and(|presenter| presenter.keyboard.is_some()))
    }

    /// Closes the room for everybody in it.
    pub fn close_room(&self) {
        let class = std::mem::take(&mut *self.0.class.borrow_mut());
        if let Some(line) = &class.line {
            line.say(&ToRelay::Close);
        }
        store(ROOM, None);
        if let Some(own) = class.own {
            self.show(own);
        }
        self.act(|lab, _| lab.end_sharing());
    }

    /// Looks at the room.
    pub fn class<R>(&self, look: impl FnOnce(Option<&Presenter>) -> R) -> R {
        look(self.0.class.borrow().presenter.as_ref())
    }

    /// Does something with the room.
    pub fn direct(&self, act: impl FnOnce(&mut Presenter)) {
        if let Some(presenter) = &mut self.0.class.borrow_mut().presenter {
            act(presenter);
            store(ROOM, Some(&presenter.kept()));
        }
        self.pump();
    }

    /// A key of the clicker, pressed here or in the stage's window. While somebody else has the keyboard, nothing is
    /// sent for that one.
    pub fn press(&self, press: Press) {
        match press {
            Press::Forward => {
                let handed = self.is_handed_over();
                self.act(|lab, now| {
                    if !handed || stage::waits(lab) {
                        stage::forward(lab, now);
                    }
                });
            }
            Press::Back => self.act(|lab, _| {
                lab.step_back();
            }),
            Press::Blank => self.direct(|presenter| {
                let is_blank = presenter.stage == Stage::Blank;
                presenter.stage = if is_blank { Stage::Dialogue } else { Stage::Blank };
            }),
        }
    }

    pub fn trying<R>(&self, look: impl FnOnce(Option<&Trying>) -> R) -> R {
        look(self.0.class.borrow().trying.as_ref())
    }

    /// Whether the presenter may see what is tried here.
    pub fn answer_presenter(&self, agrees: bool) {
        let mut class = self.0.class.borrow_mut();
        let Class { trying: Some(trying), line: Some(line), .. } = &mut *class else { return };
        let answer = self.see(|lab| trying.answer(agrees, lab));
        line.say(&answer);
        drop(class);
        self.draw();
    }

    /// Goes back to the room that this dialogue came from.
    pub fn leave_try(&self) {
        let code = self.trying(|trying| trying.map(|trying| trying.code));
        store(TRYING, None);
        let tried = self.see(|lab| lab.shared_journal().map(|(_, journal)| sasl::encode(journal)));
        store(TRIED, tried.as_deref());
        if let Some(code) = code {
            // An address of the own origin is always accepted.
            drop(clock::window().location().set_href(&format!("/{code}")));
        }
    }

    /// Whether a viewer's dialogue is shown in the place of the presenter's own.
    pub fn shows_a_try(&self) -> bool {
        self.0.class.borrow().own.is_some()
    }

    /// The presenter's own dialogue again.
    pub fn show_own(&self) {
        let own = self.0.class.borrow_mut().own.take();
        if let Some(own) = own {
            self.show(own);
        }
        self.direct(|presenter| presenter.looks_at = None);
    }

    /// The try that the presenter looks at is shown to the room.
    pub fn stage_try(&self) {
        self.direct(|presenter| {
            if let Some(who) = presenter.looks_at.take() {
                presenter.news = Some(t!("class-shows-try", name = &presenter.roster.name(who)));
            }
        });
    }

    fn present(&self, presenter: Presenter) {
        store(ROOM, Some(&presenter.kept()));
        self.0.lab.borrow_mut().begin_sharing();
        let (first, code) = (presenter.first(), presenter.code);
        let this = self.clone();
        let pressed = Callback::from(move |press| {
            // Where another page presents the room, the stage is that one's.
            let refused = |presenter: &Presenter| matches!(presenter.reach, Reach::Refused(..));
            if !this.class(|presenter| presenter.is_some_and(refused)) {
                this.press(press);
            }
        });
        let mut class = self.0.class.borrow_mut();
        class.clicker = clicker::listen(code, pressed);
        class.presenter = Some(presenter);
        drop(class);
        dial(self, first);
        self.draw();
    }

    fn show(&self, mut lab: Lab) {
        lab.keep_anew();
        self.0.tunnel.borrow_mut().leave();
        self.0.lab.replace(lab);
    }

    /// A viewer's dialogue takes the place of the presenter's own, which waits.
    fn play(&self, journal: &[u8]) -> Result<(), String> {
        let (mut lab, restored) =
            Lab::of_shared(journal).ok_or_else(|| t!("class-try-broken").to_owned())?;
        lab.begin_sharing();
        self.0.gone_by.set(self.0.gone_by.get().max(restored.gone_by.0));
        let before = self.0.lab.replace(lab);
        self.0.tunnel.borrow_mut().leave();
        self.0.class.borrow_mut().own.get_or_insert(before);
        Ok(())
    }
}

/// After a reload of a page that presented or tried: the room again.
pub(super) fn resume(runner: &Runner) {
    if let Some(presenter) = stored(ROOM).as_deref().and_then(Presenter::of_kept) {
        return runner.present(presenter);
    }
    if let Some((trying, _)) = stored(TRYING).as_deref().and_then(Trying::of_left) {
        begin_try(runner, trying);
    }
}

/// What a viewer's page has left for this one, once: the journal to begin with.
pub(super) fn take_left(runner: &Runner) -> Option<Vec<u8>> {
    let left = stored(TRY)?;
    store(TRY, None);
    let (trying, journal) = Trying::of_left(&left)?;
    let head: Vec<&str> = left.lines().take(5).collect();
    store(TRYING, Some(&head.join("\n")));
    store(ROOM, None);
    begin_try(runner, trying);
    Some(journal)
}

/// The step from which somebody tries: what came after it in the room is another way.
pub(super) fn go_to_step(runner: &Runner) {
    let Some(lines) = runner.trying(|trying| trying.map(|trying| trying.lines)) else { return };
    runner.act(|lab, _| {
        if lines > 0 && lines < lab.len() {
            lab.notice = lab.fork(lines - 1).err().map(|why| why.to_string());
        }
        lab.begin_sharing();
    });
}

/// Tells the room what has happened in the lab, soon.
pub(super) fn tell(runner: &Runner) {
    let mut class = runner.0.class.borrow_mut();
    if class.line.is_none() || std::mem::replace(&mut class.gathering, true) {
        return;
    }
    let this = runner.clone();
    clock::soon(GATHER, move || {
        let mut class = this.0.class.borrow_mut();
        class.gathering = false;
        let Class { presenter, trying, line: Some(line), own, .. } = &mut *class else { return };
        let mut messages = Vec::new();
        if let Some(presenter) = presenter {
            // Who only looks at a try goes on showing the own dialogue.
            let own = own.as_ref().filter(|_| presenter.looks_at.is_some());
            let lab = this.0.lab.borrow();
            let lab = own.unwrap_or(&lab);
            presenter.pane = this.0.pane.get();
            presenter.script = script::of(lab);
            messages.extend(presenter.say(lab));
        } else if let Some(trying) = trying {
            messages.extend(this.see(|lab| trying.progress(lab)));
        }
        for message in messages {
            if !line.say(&message) {
                // Everything is said again when the relay is there again.
                break;
            }
        }
    });
}

fn begin_try(runner: &Runner, trying: Trying) {
    runner.0.lab.borrow_mut().begin_sharing();
    let first = trying.first();
    runner.0.class.borrow_mut().trying = Some(trying);
    dial(runner, first);
}

fn dial(runner: &Runner, first: ToRelay) {
    let this = runner.clone();
    let line = RoomLine::open(
        Rc::new(move || first.clone()),
        Callback::from(move |event| heard(&this, event)),
    );
    runner.0.class.borrow_mut().line = Some(line);
}

fn heard(runner: &Runner, event: RoomEvent) {
    let mut class = runner.0.class.borrow_mut();
    let mut deeds = Vec::new();
    match event {
        RoomEvent::Connected => {
            if let Some(presenter) = &mut class.presenter {
                presenter.connected();
            }
        }
        RoomEvent::Lost { .. } => {
            if let Some(presenter) = &mut class.presenter {
                presenter.lost();
            }
        }
        RoomEvent::Broken => {
            if let Some(presenter) = &mut class.presenter {
                let why = t!("class-broken").to_owned();
                presenter.reach = Reach::Refused(Refusal::Broken, why);
            }
        }
        RoomEvent::Message(message) => deeds = hear(&mut class, message),
    }
    drop(class);
    for deed in deeds {
        carry_out(runner, deed);
    }
    runner.pump();
}

fn hear(class: &mut Class, message: FromRelay) -> Vec<Deed> {
    if let Some(presenter) = &mut class.presenter {
        return presenter.hear(message);
    }
    if let (Some(trying), Some(line)) = (&mut class.trying, &class.line) {
        for answer in trying.hear(message) {
            line.say(&answer);
        }
    }
    Vec::new()
}

fn carry_out(runner: &Runner, deed: Deed) {
    match deed {
        Deed::Type(text) => runner.act(|lab, now| lab.send(&text, now)),
        Deed::Play(who, journal) => {
            let done = runner.play(&journal);
            runner.direct(|presenter| {
                let name = presenter.roster.name(who);
                presenter.looks_at = done.is_ok().then_some(who);
                presenter.news = Some(match done {
                    Ok(()) => t!("class-looks-at-try", name = &name),
                    Err(why) => why,
                });
            });
        }
        Deed::AnotherCode => {
            let kept = runner.0.class.borrow_mut().presenter.take();
            if kept.is_some() {
                runner.open_room();
            }
        }
    }
}

/// A code and a secret that nobody can guess.
fn draw() -> Option<(Code, [u8; 16])> {
    let mut octets = [0; 24];
    clock::window().crypto().ok()?.get_random_values_with_u8_array(&mut octets).ok()?;
    let (code, secret) = octets.split_first_chunk()?;
    Some((Code::of(u64::from_be_bytes(*code)), secret.try_into().ok()?))
}

fn stored(key: &str) -> Option<String> {
    clock::window().session_storage().ok().flatten()?.get_item(key).ok().flatten()
}

/// Where nothing can be kept, a reload loses the room.
fn store(key: &str, value: Option<&str>) {
    let Ok(Some(storage)) = clock::window().session_storage() else { return };
    drop(match value {
        Some(value) => storage.set_item(key, value),
        None => storage.remove_item(key),
    });
}
