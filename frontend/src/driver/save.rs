//! Texts that a person keeps as a file.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, HtmlElement, Url};

use super::{Runner, clock};
use crate::text::t;

/// The browser has fetched the file long before that.
const KEPT: i32 = 60_000;

impl Runner {
    /// Hands a text to the browser as a file of this name.
    pub fn save(&self, name: &str, text: &str) {
        if offer(name, text).is_err() {
            self.act(|lab, _| {
                lab.notice = Some(t!("save-refused", name = name));
            });
        }
    }
}

fn offer(name: &str, text: &str) -> Result<(), JsValue> {
    let blob = Blob::new_with_str_sequence(&Array::of1(&text.into()))?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let document = clock::window().document().ok_or(JsValue::NULL)?;
    let link: HtmlElement = document.create_element("a")?.unchecked_into();
    link.set_attribute("href", &url)?;
    link.set_attribute("download", name)?;
    link.click();
    clock::soon(KEPT, move || drop(Url::revoke_object_url(&url)));
    Ok(())
}
