//! The browser's clock and its timers.

use std::time::Duration;

use js_sys::Promise;
use shared::machine::Tick;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;

pub(super) fn window() -> web_sys::Window {
    web_sys::window().expect("the page runs in a window")
}

/// Time since the page was opened.
pub(super) fn now() -> Tick {
    let millis = window().performance().map_or(0.0, |performance| performance.now());
    Tick(Duration::from_micros((millis * 1000.0) as u64))
}

/// Whether the page has an element that this selects.
pub(super) fn has_element(css: &str) -> bool {
    window()
        .document()
        .is_some_and(|document| document.query_selector(css).ok().flatten().is_some())
}

/// Whether nobody looks at the page.
pub(crate) fn hidden() -> bool {
    window().document().is_some_and(|document| document.hidden())
}

/// Runs it after some milliseconds.
pub(crate) fn soon(millis: i32, run: impl FnOnce() + 'static) {
    call_soon(millis, Closure::once_into_js(run).unchecked_ref());
}

/// As [`soon`], for a function of the browser's.
pub(super) fn call_soon(millis: i32, function: &js_sys::Function) {
    // It fails only for what is no function.
    drop(window().set_timeout_with_callback_and_timeout_and_arguments_0(function, millis));
}

/// Goes on after some milliseconds.
pub(super) async fn wait(millis: i32) {
    let over = Promise::new(&mut |resolve, _| call_soon(millis, &resolve));
    // It is never rejected.
    drop(JsFuture::from(over).await);
}

/// Runs it each time that the page is left: for another one, or for another tab, after which it may never be seen again.
pub(super) fn on_leave(run: impl Fn() + Clone + 'static) {
    on(&window(), "pagehide", run.clone());
    if let Some(document) = window().document() {
        on(&document, "visibilitychange", move || {
            if hidden() {
                run();
            }
        });
    }
}

/// Runs it each time that somebody comes back to the page.
pub(super) fn on_look(run: impl Fn() + 'static) {
    if let Some(document) = window().document() {
        on(&document, "visibilitychange", move || {
            if !hidden() {
                run();
            }
        });
    }
}

/// Runs it each time that the browser finds a network again.
pub(super) fn on_line(run: impl Fn() + 'static) {
    on(&window(), "online", run);
}

/// For as long as the page is there.
fn on(target: &web_sys::EventTarget, event: &str, run: impl Fn() + 'static) {
    let listener = Closure::<dyn Fn()>::new(run);
    drop(target.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref()));
    listener.forget();
}
