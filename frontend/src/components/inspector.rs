//! Explanation, bytes and state of what is selected.

use web_sys::KeyboardEvent;
use yew::prelude::*;

use super::bytes_pane::BytesPane;
use super::explain_pane::ExplainPane;
use super::python_pane::PythonPane;
use super::state_pane::StatePane;
use crate::app::{View, focus};

const TABS: [&str; 4] = ["Explain", "Bytes", "State", "Python"];

#[component(Inspector)]
pub fn inspector(view: &View) -> Html {
    let tab = use_state(|| 0usize);
    let onkeydown = {
        let tab = tab.clone();
        Callback::from(move |event: KeyboardEvent| {
            let next = match event.key().as_str() {
                "ArrowRight" => (*tab + 1) % TABS.len(),
                "ArrowLeft" => (*tab + TABS.len() - 1) % TABS.len(),
                _ => return,
            };
            event.prevent_default();
            tab.set(next);
            focus(&format!("tab-{next}"));
        })
    };
    let tabs = TABS.iter().enumerate().map(|(n, name)| {
        let here = *tab == n;
        let onclick = {
            let tab = tab.clone();
            Callback::from(move |_: MouseEvent| tab.set(n))
        };
        html! {
            <button role="tab" id={format!("tab-{n}")} aria-selected={here.to_string()}
                aria-controls="inspector-panel" tabindex={if here { "0" } else { "-1" }} {onclick}>
                { *name }
            </button>
        }
    });
    html! {
        <section class="inspector" aria-label="Inspect">
            <div role="tablist" aria-label="Views of the selected line" {onkeydown}>{ for tabs }</div>
            <div role="tabpanel" id="inspector-panel" aria-labelledby={format!("tab-{}", *tab)} tabindex="0">
                {
                    match *tab {
                        0 => html! { <ExplainPane ..view.clone() /> },
                        1 => html! { <BytesPane ..view.clone() /> },
                        2 => html! { <StatePane ..view.clone() /> },
                        _ => html! { <PythonPane ..view.clone() /> },
                    }
                }
            </div>
        </section>
    }
}
