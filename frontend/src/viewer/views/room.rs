//! A room: the dialogue, what is looked at in it, and what a viewer may do.

use yew::prelude::*;

use super::super::state::{Link, tryout};
use super::super::text::t;
use super::View;
use super::asked::asked;
use super::banners::banners;
use super::join::JoinForm;
use super::keyboard::Keyboard;
use super::panes::panes;
use super::status::Status;
use super::transcript::Transcript;
use super::vote::vote;
use crate::components::prose;

pub(super) fn room_page(view: &View) -> Html {
    let room = view.seat.room();
    let refused = matches!(room.link, Link::Refused(..));
    let begun = super::super::state::room::has_begun(&room.shown.begin);
    let shown = &room.shown;
    // What a phone has no room for in one sight.
    let tall = shown.script.is_some()
        || shown.question.is_some()
        || shown.begin.real.is_some()
        || room.has_keyboard();
    let class = classes!(
        "room-page",
        shown.begin.real.is_some().then_some("real"),
        shown.script.is_some().then_some("with-script"),
        shown.question.is_some().then_some("is-asked"),
        tall.then_some("tall"),
    );
    html! {
        <div {class}>
            <header class="room-head">
                <Status ..view.clone() />
                { banners(view) }
            </header>
            if refused && !begun {
                <main class="join-page"><h1>{ t!("join-other") }</h1><JoinForm /></main>
            } else {
                { script(view) }
                <main class="watched" aria-label={t!("dialogue")}>
                    <Transcript ..view.clone() />
                    { vote(view) }
                    <Keyboard ..view.clone() />
                    { try_from_here(view) }
                </main>
                { panes(view) }
            }
            { asked(view) }
        </div>
    }
}

/// What the class reads.
fn script(view: &View) -> Html {
    let room = view.seat.room();
    let Some(script) = &room.shown.script else { return Html::default() };
    let at = t!("script-step", step = script.step + 1, steps = script.steps);
    html! {
        <aside class="script lesson" aria-labelledby="script-title" tabindex="0">
            <h2 id="script-title">{ &script.lesson }{ " " }<span class="hint">{ at }</span></h2>
            { prose(&shared::lesson::prose(&script.text)) }
        </aside>
    }
}

fn try_from_here(view: &View) -> Html {
    let room = view.seat.room();
    match tryout::can_begin(&room.shown) {
        Ok(()) => {
            let seat = view.seat.clone();
            let onclick = Callback::from(move |_: MouseEvent| seat.try_from_here());
            html! {
                <p class="try">
                    <button type="button" id="try" {onclick}>{ t!("try") }</button>
                    <span class="hint">{ t!("try-what") }</span>
                </p>
            }
        }
        Err(Some(why)) => html! { <p class="try hint">{ t!("try-not", why = why) }</p> },
        Err(None) => Html::default(),
    }
}
