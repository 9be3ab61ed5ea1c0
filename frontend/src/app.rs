//! The whole page, and what belongs to no part of it: address, keys, theme.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlElement, KeyboardEvent};
use yew::prelude::*;

use crate::components::{
    BenchHandle, BenchPage, Chooser, Composer, Downloads, Inspector, KeptLine, LadderStrip,
    NewerPage, ServerBar, StatusLine, ThemeButton, TimeBar, TranscriptView, WorldPane,
};
use crate::driver::{Runner, Wanted};
use crate::state::{Place, Route};
use crate::text::t;

/// What every part of the page gets: the lab, and a number that changes with it.
#[derive(Clone, PartialEq, Properties)]
pub struct View {
    pub runner: Runner,
    pub version: u64,
}

#[component(App)]
pub fn app() -> Html {
    let update = use_force_update();
    let version = use_memo((), |()| Cell::new(0));
    let place = use_state(|| Place::parse(&fragment()).unwrap_or(Place::Lab(Route::landing())));
    let changed = {
        let version = version.clone();
        Callback::from(move |()| {
            version.set(version.get() + 1);
            update.force_update();
        })
    };
    let bench = use_memo((), |()| BenchHandle::new(changed.clone()));
    let runner = use_memo((), move |()| Runner::new(wanted, changed));
    use_address(runner.clone(), place.setter());
    let chooser = html! { <Chooser runner={(*runner).clone()} place={(*place).clone()} /> };
    if !runner.is_ready() {
        return html! { <p class="loading">{ t!("loading") }</p> };
    }
    let view = View { runner: (*runner).clone(), version: version.get() };
    if *place == Place::Bench {
        return html! {
            <div class="page bench-page" onkeydown={cycle_panes()}>
                { banner(&view) }
                <nav id="pane-protocols" class="side" aria-label="Protocols" tabindex="-1">
                    { chooser }
                </nav>
                <BenchPage bench={(*bench).clone()} version={version.get()} />
            </div>
        };
    }
    let real = runner.see(|lab| matches!(lab.route.target, crate::state::Target::Real { .. }));
    html! {
        <div class={classes!("page", real.then_some("real"))} onkeydown={cycle_panes()}>
            { banner(&view) }
            <nav id="pane-protocols" class="side" aria-label="Protocols and servers" tabindex="-1">
                { chooser }
                <ServerBar ..view.clone() />
            </nav>
            <main class="dialogue">
                <StatusLine ..view.clone() />
                <TimeBar ..view.clone() />
                <TranscriptView ..view.clone() />
                <LadderStrip ..view.clone() />
                <Downloads ..view.clone() />
                <Composer ..view.clone() />
            </main>
            <aside id="pane-inspector" class="inspect" aria-label="Inspector" tabindex="-1">
                <Inspector ..view.clone() />
                <WorldPane ..view.clone() />
                <KeptLine ..view />
            </aside>
        </div>
    }
}

fn banner(view: &View) -> Html {
    html! {
        <header class="banner">
            <h1>{ "Wirelab" }</h1>
            <p class="tagline">{ "internet protocols, byte for byte" }</p>
            <NewerPage ..view.clone() />
            <ThemeButton />
        </header>
    }
}

/// The address is the only place that says which protocol and server are shown.
pub fn go(route: &Route) {
    go_to(&route.fragment());
}

pub fn go_to(fragment: &str) {
    if let Some(window) = web_sys::window() {
        // A fragment is always accepted.
        drop(window.location().set_hash(fragment));
    }
}

fn fragment() -> String {
    web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default()
}

/// The session that the address asks for.
fn wanted() -> Wanted {
    let fragment = fragment();
    match Place::parse(&fragment) {
        Ok(Place::Lab(route)) if !fragment.is_empty() => Wanted::This(route),
        Ok(_) => Wanted::Any,
        Err(wrong) => Wanted::Unknown(wrong),
    }
}

#[hook]
fn use_address(runner: Rc<Runner>, place: UseStateSetter<Place>) {
    use_effect_with((), move |()| {
        let listener = Closure::<dyn Fn()>::new(move || match Place::parse(&fragment()) {
            Ok(Place::Bench) => place.set(Place::Bench),
            // What was kept is looked for, and then the address is.
            Ok(Place::Lab(route)) if !runner.is_ready() => place.set(Place::Lab(route)),
            Ok(Place::Lab(route)) => {
                place.set(Place::Lab(route.clone()));
                runner.connect(route);
            }
            Err(wrong) => runner.act(|lab, _| lab.notice = Some(wrong)),
        });
        let window = web_sys::window();
        if let Some(window) = &window {
            window.set_onhashchange(Some(listener.as_ref().unchecked_ref()));
        }
        move || {
            if let Some(window) = window {
                window.set_onhashchange(None);
            }
            drop(listener);
        }
    });
}

/// Those of the lab, and those of the bench.
const PANES: [&str; 9] = [
    "pane-protocols",
    "transcript",
    "pane-ladder",
    "command",
    "server-call",
    "client-call",
    "record",
    "pane-inspector",
    "pane-world",
];

/// F6 and Shift+F6 go from pane to pane.
fn cycle_panes() -> Callback<KeyboardEvent> {
    Callback::from(|event: KeyboardEvent| {
        if event.key() != "F6" {
            return;
        }
        event.prevent_default();
        let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
        let active = document.active_element();
        let inside = |id: &&str| {
            let pane = document.get_element_by_id(id);
            pane.is_some_and(|pane| active.as_ref().is_some_and(|a| pane.contains(Some(a))))
        };
        let shown = |id: &&&str| document.get_element_by_id(id).is_some();
        let panes: Vec<&str> = PANES.iter().filter(shown).copied().collect();
        let at = panes.iter().rposition(inside).unwrap_or(0);
        let step = if event.shift_key() { panes.len() - 1 } else { 1 };
        focus(panes[(at + step) % panes.len()]);
    })
}

/// Puts the focus on the element of this id.
pub fn focus(id: &str) {
    let element = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id(id))
        .and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        // It fails only for what cannot have the focus.
        drop(element.focus());
    }
}
