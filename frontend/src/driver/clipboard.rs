//! Puts texts into the clipboard.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::Callback;

use super::{Runner, clock};
use crate::state::{Copied, Copying};

impl Runner {
    /// Puts a piece of the record into the clipboard, and tells what became of it.
    pub fn copy(&self, copied: Copied) {
        let runner = self.clone();
        spawn_local(async move {
            let done = match write(&copied.text).await {
                true => Copying::Done(copied.sentence()),
                false => Copying::ByHand(copied.text),
            };
            runner.act(|lab, _| lab.copying = Some(done));
        });
    }

    /// Puts a link into the clipboard, and tells whether that could be done.
    pub fn copy_link(&self, link: String, told: Callback<bool>) {
        spawn_local(async move { told.emit(write(&link).await) });
    }
}

/// `false`: the page may not, because it is no secure context or nobody allowed it.
async fn write(text: &str) -> bool {
    let navigator = clock::window().navigator();
    let clipboard = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard"));
    if !clipboard.is_ok_and(|clipboard| clipboard.is_object()) {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}
