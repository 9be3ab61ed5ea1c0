//! Breaks the practice server in the page on purpose.

use shared::faults;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::marked::marked;
use crate::app::{View, go};
use crate::state::{Route, Target};
use crate::text::t;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct FaultPickerProps {
    pub(super) view: View,
    /// Whether it is shown at first.
    pub(super) open: bool,
}

#[component(FaultPicker)]
pub(super) fn fault_picker(props: &FaultPickerProps) -> Html {
    let FaultPickerProps { view, open } = props;
    let route = view.runner.see(|lab| lab.route.clone());
    let about = match (&route.target, route.fault) {
        (Target::Page, Some(fault)) => html! { { fault.text } },
        (Target::Page, None) => html! { { t!("fault-about") } },
        (Target::Relay, _) => marked(&t!("fault-relay", protocol = route.protocol.id)),
        (Target::Real { .. }, _) => html! { { t!("fault-real") } },
    };
    let onchange = {
        let protocol = route.protocol;
        Callback::from(move |event: Event| {
            let select: HtmlSelectElement = event.target_unchecked_into();
            // What is no name is the choice of none.
            go(&Route::broken(protocol, faults::named(&select.value(), protocol).ok()));
        })
    };
    let options = faults::of(route.protocol).map(|fault| {
        let selected = route.fault == Some(fault);
        html! { <option key={fault.id} value={fault.id} {selected}>{ fault.title }</option> }
    });
    html! {
        <details class="fault-picker" open={*open}>
            <summary>{ t!("fault-title") }</summary>
            if route.target == Target::Page {
                <label for="fault">{ t!("fault-label") }</label>
                <select id="fault" aria-describedby="fault-text" {onchange}>
                    <option key="none" value="" selected={route.fault.is_none()}>{ t!("fault-none") }</option>
                    { for options }
                </select>
            }
            <p id="fault-text" class="hint">{ about }</p>
        </details>
    }
}
