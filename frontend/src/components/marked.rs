//! Texts of the catalogue that hold code: what stands between two backticks.

use yew::prelude::*;

pub(super) fn marked(text: &str) -> Html {
    let parts = text.split('`').enumerate().map(|(n, part)| {
        if n % 2 == 0 {
            html! { { part } }
        } else {
            html! { <code translate="no" dir="ltr">{ part }</code> }
        }
    });
    html! { { for parts } }
}
