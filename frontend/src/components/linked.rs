//! What the panes have in common: octets that are shown in several of them, and links to rules.

use shared::explain::Rfc;
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent};
use yew::prelude::*;

use crate::driver::Runner;

/// A rule as a link to its text.
pub(super) fn link(rfc: Rfc) -> Html {
    html! { <a href={rfc.url()} target="_blank" rel="noreferrer noopener">{ rfc.to_string() }</a> }
}

/// The octet that the element under the pointer stands for.
pub(super) fn octet_of(event: &MouseEvent) -> Option<usize> {
    number(event.target()?.dyn_ref()?, "data-octet")
}

/// The number that this element or the next one around it has in an attribute.
pub(super) fn number(element: &Element, attribute: &str) -> Option<usize> {
    let found = element.closest(&format!("[{attribute}]")).ok()??;
    found.get_attribute(attribute)?.parse().ok()
}

/// Points at the octets of an entry while the pointer is over them: the same as the focus shows, and no more.
pub(super) fn pointing(runner: &Runner, n: usize) -> Callback<MouseEvent> {
    let runner = runner.clone();
    Callback::from(move |event: MouseEvent| {
        let pointed = octet_of(&event).filter(|_| event.type_() == "mouseover").map(|at| (n, at));
        if runner.see(|lab| lab.pointed != pointed) {
            runner.act(|lab, _| lab.pointed = pointed);
        }
    })
}
