//! Mounts the page of those who look on.

use wasm_bindgen::{JsCast, UnwrapThrowExt};

fn main() {
    let document = web_sys::window().and_then(|window| window.document());
    let root = document.and_then(|document| document.get_element_by_id("app"));
    let root = root.expect_throw("viewer.html has no element with the id `app` to mount in");
    // Yew mounts beside what is there, so the text shown while loading goes first.
    root.set_text_content(None);
    yew::Renderer::<frontend::viewer::App>::with_root(root.unchecked_into()).render();
}
