//! Whether the page has room for a column of lessons beside the dialogue.

use std::cell::Cell;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use yew::prelude::*;

/// Where the style sheet makes columns.
const WIDE: f64 = 1100.0;

pub(super) fn is_wide() -> bool {
    let width = web_sys::window().and_then(|window| window.inner_width().ok()?.as_f64());
    width.is_some_and(|width| width >= WIDE)
}

/// Says each time when the page has become wide or narrow, as long as it `listens`.
#[hook]
pub fn use_width(listens: bool, became: Callback<bool>) {
    use_effect_with(listens, move |listens| {
        let was = Cell::new(is_wide());
        let resized = listens.then(|| {
            Closure::<dyn Fn()>::new(move || {
                let wide = is_wide();
                if was.replace(wide) != wide {
                    became.emit(wide);
                }
            })
        });
        let window = web_sys::window();
        if let (Some(window), Some(resized)) = (&window, &resized) {
            // It fails only for options that are none.
            drop(
                window.add_event_listener_with_callback("resize", resized.as_ref().unchecked_ref()),
            );
        }
        move || {
            if let (Some(window), Some(resized)) = (window, resized) {
                drop(window.remove_event_listener_with_callback(
                    "resize",
                    resized.as_ref().unchecked_ref(),
                ));
            }
        }
    });
}
