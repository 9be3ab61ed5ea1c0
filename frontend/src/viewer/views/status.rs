//! Where everything stands, in one line, and the only live region.

use std::cell::Cell;
use std::rc::Rc;

use shared::room::{Shown, Turn};
use yew::prelude::*;

use super::super::state::room::has_begun;
use super::super::state::{Link, Room};
use super::super::text::t;
use super::View;
use super::menu::Menu;
use crate::driver::soon;

/// Between two sentences for a screen reader; what comes faster is said in one.
const PAUSE: i32 = 400;

#[component(Status)]
pub(super) fn status(view: &View) -> Html {
    let room = view.seat.room();
    let (class, shape, words) = connection(&room);
    html! {
        <div class="status-bar">
            <h1 class="hidden">{ t!("room-title", code = room.code.as_str()) }</h1>
            <p id="status">
                <span class={classes!("live", class)}><span aria-hidden="true">{ shape }{ " " }</span>{ words }</span>
                { for place(&room.shown).into_iter().map(|(class, words)| html! { <span {class}>{ " \u{b7} " }{ words }</span> }) }
            </p>
            <span class="room-code" translate="no">{ room.code.as_str() }</span>
            <Menu seat={Some(view.seat.clone())} />
            <Announcements ..view.clone() />
        </div>
    }
}

/// Class, shape and word of the connection.
fn connection(room: &Room) -> (&'static str, &'static str, &'static str) {
    match (&room.link, &room.shown.over) {
        (_, Some(_)) => ("off", "\u{2715}", t!("state-over")),
        (Link::Live, None) if room.shown.presenter => ("on", "\u{25cf}", t!("state-live")),
        (Link::Live, None) => ("wait", "\u{25cb}", t!("state-away")),
        (Link::Connecting, None) => ("wait", "\u{25cb}", t!("state-connecting")),
        (Link::Lost, None) => ("wait", "\u{25cb}", t!("state-lost")),
        (Link::Refused(refusal, _), None) if refusal.passes() => {
            ("wait", "\u{25cb}", t!("state-waiting"))
        }
        (Link::Refused(..) | Link::Broken, None) => ("off", "\u{2715}", t!("state-off")),
    }
}

/// Protocol, step, state and turn; a phone has no room for the last two.
pub(super) fn place(shown: &Shown) -> Vec<(&'static str, String)> {
    if !has_begun(&shown.begin) {
        return Vec::new();
    }
    let mut words =
        vec![("", shown.begin.name.clone()), ("", t!("step", step = shown.shown().len()))];
    if let Some(state) = shown.begin.states.get(usize::from(shown.knows.state)) {
        words.push(("long", t!("state-is", state = &state.title)));
    }
    words.push(("long", turn(shown.view.turn).into()));
    words
}

fn turn(turn: Turn) -> &'static str {
    match turn {
        Turn::Yours => t!("turn-client"),
        Turn::Servers => t!("turn-server"),
        Turn::Held => t!("turn-held"),
        Turn::Over => t!("turn-over"),
    }
}

/// One sentence for each complete reply, and no more than can be followed.
#[component(Announcements)]
fn announcements(view: &View) -> Html {
    let speaking = use_memo((), |()| Rc::new(Cell::new(false)));
    // Counted, so that the same sentence twice is two announcements.
    let said = use_state(|| (0u64, String::new()));
    let update = use_force_update();
    {
        let (seat, said, speaking) = (view.seat.clone(), said.clone(), (*speaking).clone());
        use_effect(move || {
            if speaking.get() {
                return;
            }
            let Some(words) = seat.take_announcement() else { return };
            said.set((said.0 + 1, words));
            speaking.set(true);
            soon(PAUSE, move || {
                speaking.set(false);
                update.force_update();
            });
        });
    }
    let (count, words) = &*said;
    html! { <p role="status" class="hidden"><span key={*count}>{ words }</span></p> }
}
