//! The browser's clock and its timers.

use std::time::Duration;

use shared::machine::Tick;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

pub(super) fn window() -> web_sys::Window {
    web_sys::window().expect("the page runs in a window")
}

/// Time since the page was opened.
pub(super) fn now() -> Tick {
    let millis = window().performance().map_or(0.0, |performance| performance.now());
    Tick(Duration::from_micros((millis * 1000.0) as u64))
}

/// Whether nobody looks at the page.
pub(super) fn hidden() -> bool {
    window().document().is_some_and(|document| document.hidden())
}

/// Runs it after some milliseconds.
pub(super) fn soon(millis: i32, run: impl FnOnce() + 'static) {
    let callback = Closure::once_into_js(run);
    // It fails only if the callback is no function.
    drop(
        window().set_timeout_with_callback_and_timeout_and_arguments_0(
            callback.unchecked_ref(),
            millis,
        ),
    );
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
