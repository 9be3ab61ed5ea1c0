//! The whole page, and what belongs to no part of it: address, keys, what lies over it.

mod address;
mod keys;
mod perform;
mod width;

use std::cell::Cell;

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::components::{
    BenchHandle, BenchPage, ClassBar, Composer, Consent, Downloads, Header, Inspector, LadderStrip,
    Lessons, Palette, Shortcuts, Stage, StatusLine, TimeBar, TokenForm, TranscriptView,
};
use crate::driver::{Relay, Runner};
use crate::state::{Place, Route, Target};
use crate::text::t;

pub use address::{agree, go, go_to, leave_stage, to_stage};
pub use perform::perform;
pub use width::use_width;

/// What every part of the page gets: the lab, and a number that changes with it.
#[derive(Clone, PartialEq, Properties)]
pub struct View {
    pub runner: Runner,
    pub version: u64,
}

/// What lies over the page, until it is closed.
#[derive(Clone, PartialEq)]
pub enum Over {
    Nothing,
    Palette,
    Shortcuts,
    /// The address asks for a real server.
    Consent(Route),
}

#[component(App)]
pub fn app() -> Html {
    let update = use_force_update();
    let version = use_memo((), |()| Cell::new(0));
    let changed = {
        let version = version.clone();
        Callback::from(move |()| {
            version.set(version.get() + 1);
            update.force_update();
        })
    };
    let bench = use_memo((), |()| BenchHandle::new(changed.clone()));
    let first = use_memo((), |()| address::first());
    let place = use_state(|| first.place.clone());
    let over = use_state(|| first.over.clone());
    let runner = use_memo((), |()| Runner::new(address::wanted, changed));
    address::use_address(&runner, place.setter(), over.setter());
    let open = {
        let over = over.setter();
        Callback::from(move |what| over.set(what))
    };
    keys::use_keys(&runner, open.clone());
    // Where there is no room for a column, the dialogue comes first and the lessons are a press away.
    let lessons_shown = use_state(|| matches!(*place, Place::Lab(_)) && width::is_wide());
    if !runner.is_ready() {
        return html! { <p class="loading">{ t!("loading") }</p> };
    }
    let view = View { runner: (*runner).clone(), version: version.get() };
    let lessons = html! {
        <Lessons view={view.clone()} bench={(*bench).clone()} place={(*place).clone()} address={address::fragment()} shown={lessons_shown.clone()} />
    };
    let body = match &*place {
        Place::Stage(_) => html! { <Stage ..view.clone() /> },
        Place::Bench => html! {
            <div class="page bench-page">
                <Header view={view.clone()} place={(*place).clone()} open={open.clone()} lessons={lessons_shown.clone()} />
                { lessons }
                <BenchPage bench={(*bench).clone()} version={view.version} />
            </div>
        },
        Place::Lab(_) => {
            let typist = runner.is_handed_over();
            let real = runner.see(|lab| matches!(lab.route.target, Target::Real { .. }));
            html! {
                <div class={classes!("page", "lab-page", real.then_some("real"))}>
                    <Header view={view.clone()} place={(*place).clone()} open={open.clone()} lessons={lessons_shown.clone()} />
                    <StatusLine ..view.clone() />
                    <ClassBar ..view.clone() />
                    { lessons }
                    <main class="dialogue">
                        <TimeBar ..view.clone() />
                        <TranscriptView ..view.clone() />
                        <LadderStrip ..view.clone() />
                        <Downloads ..view.clone() />
                        // While somebody else has the keyboard, only that one types.
                        <div class="keyboard" inert={typist}><Composer ..view.clone() /></div>
                    </main>
                    <Inspector ..view.clone() />
                </div>
            }
        }
    };
    let close = {
        let over = over.setter();
        Callback::from(move |()| over.set(Over::Nothing))
    };
    let above = match &*over {
        Over::Nothing => Html::default(),
        Over::Palette => html! {
            <Palette runner={(*runner).clone()} place={(*place).clone()} open={open} {close} />
        },
        Over::Shortcuts => html! { <Shortcuts {open} {close} /> },
        // A session that came back connects to nothing.
        Over::Consent(route) if runner.see(|lab| lab.route == *route) => Html::default(),
        Over::Consent(route) => {
            let agree = {
                let (runner, place, over) = (runner.clone(), place.setter(), over.setter());
                Callback::from(move |()| address::follow(&runner, &place, &over))
            };
            html! { <Consent runner={(*runner).clone()} route={route.clone()} {close} {agree} /> }
        }
    };
    let token = (runner.relay() == Relay::Locked { asking: true })
        .then(|| html! { <TokenForm runner={(*runner).clone()} /> });
    html! { <>{ body }{ above }{ token }</> }
}

/// Puts the focus on the element of this id.
pub fn focus(id: &str) {
    if let Some(element) = element(id) {
        // It fails only for what cannot have the focus.
        drop(element.focus());
    }
}

pub fn element(id: &str) -> Option<HtmlElement> {
    let document = web_sys::window()?.document()?;
    document.get_element_by_id(id)?.dyn_into().ok()
}
