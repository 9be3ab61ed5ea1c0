//! The address is the only place that says which protocol and server are shown.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use yew::prelude::*;

use super::Over;
use crate::driver::{Runner, Wanted};
use crate::state::{Place, Route, Target, lesson_in, with_lesson};

/// A lesson that stands beside the address stays.
pub fn go(route: &Route) {
    let new = route.fragment();
    match lesson_in(&fragment()) {
        Some(lesson) => go_to(&with_lesson(&new, &lesson)),
        None => go_to(&new),
    }
}

/// Makes the address say what is shown.
pub fn agree(route: &Route) {
    if Place::parse(&fragment()).ok().as_ref().and_then(Place::route) != Some(route) {
        go(route);
    }
}

pub fn go_to(fragment: &str) {
    if let Some(window) = web_sys::window() {
        // A fragment is always accepted.
        drop(window.location().set_hash(fragment));
    }
}

pub fn to_stage() {
    go_to(&Place::with_stage(&fragment(), true));
}

pub fn leave_stage() {
    go_to(&Place::with_stage(&fragment(), false));
}

pub(super) fn is_stage() -> bool {
    matches!(Place::parse(&fragment()), Ok(Place::Stage(_)))
}

/// What the page begins with.
pub(super) struct First {
    pub(super) place: Place,
    pub(super) over: Over,
}

/// Where the address asks for a real server, practice is shown until the person agrees.
pub(super) fn first() -> First {
    let place = Place::parse(&fragment()).unwrap_or_else(|_| Place::Lab(Route::near(&fragment())));
    match place.route() {
        Some(route) if matches!(route.target, Target::Real { .. }) => {
            let practice = Route::practice(route.protocol);
            First { over: Over::Consent(route.clone()), place: Place::Lab(practice) }
        }
        _ => First { place, over: Over::Nothing },
    }
}

/// The session that the address asks for.
pub(super) fn wanted() -> Wanted {
    let fragment = fragment();
    let place = Place::parse(&fragment);
    let begins_anew = lesson_in(&fragment).is_some();
    match place {
        Ok(place) => {
            let route = place.route().filter(|_| !fragment.is_empty()).cloned();
            Wanted { route, begins_anew, wrong: None }
        }
        Err(wrong) => {
            Wanted { route: Some(Route::near(&fragment)), begins_anew, wrong: Some(wrong) }
        }
    }
}

pub(super) fn fragment() -> String {
    web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default()
}

#[hook]
pub(super) fn use_address(
    runner: &Runner,
    place: UseStateSetter<Place>,
    over: UseStateSetter<Over>,
) {
    let runner = runner.clone();
    use_effect_with((), move |()| {
        let listener = Closure::<dyn Fn()>::new(move || follow(&runner, &place, &over));
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

/// Shows what the address says, or asks whether it may.
pub(super) fn follow(runner: &Runner, place: &UseStateSetter<Place>, over: &UseStateSetter<Over>) {
    let new = match Place::parse(&fragment()) {
        Ok(new) => new,
        Err(wrong) => return runner.act(|lab, _| lab.notice = Some(wrong)),
    };
    if let Some(route) = new.route() {
        if !runner.is_allowed(route) {
            over.set(Over::Consent(route.clone()));
            return;
        }
        // The stage shows the session that the page has. Before there is one, the address will be asked.
        if runner.is_ready() && runner.see(|lab| lab.route != *route) {
            runner.connect(route.clone());
        }
    }
    place.set(new);
}
