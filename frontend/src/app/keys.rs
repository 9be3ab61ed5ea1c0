//! Keys that work on the whole page. They are heard before any part of the page hears them.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Document, Element, HtmlInputElement, KeyboardEvent, KeyboardEventInit};
use yew::prelude::*;

use super::{Over, address, element, focus};
use crate::driver::{Press, Runner};

/// Those of the lab, and those of the bench.
const PANES: [&str; 10] = [
    "pane-header",
    "pane-lessons",
    "transcript",
    "pane-ladder",
    "command",
    "server-call",
    "client-call",
    "record",
    "pane-inspector",
    "pane-world",
];

#[hook]
pub(super) fn use_keys(runner: &Runner, open: Callback<Over>) {
    let runner = runner.clone();
    use_effect_with((), move |()| {
        let heard = Closure::<dyn Fn(KeyboardEvent)>::new(move |event: KeyboardEvent| {
            hear(&event, &runner, &open);
        });
        let document = web_sys::window().and_then(|window| window.document());
        let function: js_sys::Function = heard.as_ref().unchecked_ref::<js_sys::Function>().clone();
        if let Some(document) = &document {
            // It fails only for options that are none.
            drop(document.add_event_listener_with_callback_and_bool("keydown", &function, true));
        }
        move || {
            if let Some(document) = document {
                drop(
                    document
                        .remove_event_listener_with_callback_and_bool("keydown", &function, true),
                );
            }
            drop(heard);
        }
    });
}

fn hear(event: &KeyboardEvent, runner: &Runner, open: &Callback<Over>) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    if event.is_composing() {
        return;
    }
    let key = event.key();
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let typing = target.as_ref().is_some_and(is_text);
    let covered = document.query_selector(":popover-open, dialog[open]").ok().flatten().is_some();
    let chord = event.ctrl_key() || event.meta_key() || event.alt_key();
    let single = key.chars().count() == 1 && key != " " && !chord;
    // What the palette presses is not held back: somebody chose it there.
    if single && !typing && event.is_trusted() && !runner.settings().single_keys {
        event.stop_propagation();
        return;
    }
    match key.as_str() {
        "?" if !typing && !covered && !chord => open.emit(Over::Shortcuts),
        "k" | "K" if (event.ctrl_key() || event.meta_key()) && !covered => open.emit(Over::Palette),
        "F6" if !covered => next_pane(event.shift_key()),
        "Escape" if !covered && address::is_stage() => address::leave_stage(),
        "Escape" if !covered => to_composer(&document),
        "PageDown" | "PageUp" | "b" | "B" if !covered && !chord && address::is_stage() => {
            // The stage hears them wherever the focus is.
            let stage = element("stage");
            if stage.is_some_and(|stage| !stage.contains(target.as_ref().map(AsRef::as_ref))) {
                press("stage", &key);
            }
        }
        "PageDown" | "PageUp"
            if !covered && !chord && presents(runner) && is_idle(target.as_ref()) =>
        {
            if let Some(press) = Press::of(&key) {
                runner.press(press);
            }
        }
        _ => return,
    }
    if key != "Escape" {
        event.prevent_default();
    }
}

fn presents(runner: &Runner) -> bool {
    runner.class(|presenter| presenter.is_some())
}

/// Whether a clicker's keys mean nothing else there: where commands are typed, at the console, and outside of all panes.
fn is_idle(target: Option<&Element>) -> bool {
    let near =
        |target: &Element| target.closest(".composer, #class-console").is_ok_and(|at| at.is_some());
    target.is_some_and(|target| target.tag_name() == "BODY" || near(target))
}

/// Whether letters typed there are text.
fn is_text(element: &Element) -> bool {
    match element.dyn_ref::<HtmlInputElement>() {
        Some(input) => !["checkbox", "radio", "button", "file"].contains(&input.type_().as_str()),
        None => ["TEXTAREA", "SELECT"].contains(&element.tag_name().as_str()),
    }
}

/// Presses a key in the element of this id.
pub(super) fn press(id: &str, key: &str) {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    init.set_bubbles(true);
    init.set_cancelable(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init);
    if let (Some(element), Ok(event)) = (element(id), event) {
        // It fails only for an event that is under way.
        drop(element.dispatch_event(&event));
    }
}

/// Where commands are typed: on the bench, at the desk that has the focus.
pub(super) fn to_composer(document: &Document) {
    let active = document.active_element();
    let at_client = active.and_then(|a| a.closest(".desk.client").ok().flatten()).is_some();
    focus(if element("command").is_some() {
        "command"
    } else if at_client {
        "client-call"
    } else {
        "server-call"
    });
}

/// F6 and Shift+F6 go from pane to pane.
pub(super) fn next_pane(back: bool) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let active = document.active_element();
    let inside = |id: &&str| {
        element(id).is_some_and(|pane| active.as_ref().is_some_and(|a| pane.contains(Some(a))))
    };
    let panes: Vec<&str> = PANES
        .into_iter()
        // What is not shown has no height.
        .filter(|id| element(id).is_some_and(|pane| pane.offset_height() > 0))
        .collect();
    if panes.is_empty() {
        return;
    }
    let at = panes.iter().rposition(inside).unwrap_or(0);
    let step = if back { panes.len() - 1 } else { 1 };
    focus(panes[(at + step) % panes.len()]);
}
