//! Explanation, bytes and state of what is selected.

use web_sys::KeyboardEvent;
use yew::prelude::*;

use super::bytes_pane::BytesPane;
use super::explain_pane::ExplainPane;
use super::python_pane::PythonPane;
use super::screen_pane::ScreenPane;
use super::state_pane::StatePane;
use crate::app::{View, focus};

/// The last one is there only for protocols that have a screen.
const TABS: [&str; 5] = ["Explain", "Bytes", "State", "Python", "Screen"];

#[component(Inspector)]
pub fn inspector(view: &View) -> Html {
    let chosen = use_state(|| 0usize);
    let has_screen = view.runner.see(|lab| lab.route.protocol.screen.is_some());
    let count = if has_screen { TABS.len() } else { TABS.len() - 1 };
    let tab = (*chosen).min(count - 1);
    let onkeydown = {
        let chosen = chosen.clone();
        Callback::from(move |event: KeyboardEvent| {
            let next = match event.key().as_str() {
                "ArrowRight" => (tab + 1) % count,
                "ArrowLeft" => (tab + count - 1) % count,
                _ => return,
            };
            event.prevent_default();
            chosen.set(next);
            focus(&format!("tab-{next}"));
        })
    };
    let tabs = TABS.iter().take(count).enumerate().map(|(n, name)| {
        let here = tab == n;
        let onclick = {
            let chosen = chosen.clone();
            Callback::from(move |_: MouseEvent| chosen.set(n))
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
            <div role="tabpanel" id="inspector-panel" aria-labelledby={format!("tab-{tab}")} tabindex="0">
                {
                    match tab {
                        0 => html! { <ExplainPane ..view.clone() /> },
                        1 => html! { <BytesPane ..view.clone() /> },
                        2 => html! { <StatePane ..view.clone() /> },
                        3 => html! { <PythonPane ..view.clone() /> },
                        _ => html! { <ScreenPane ..view.clone() /> },
                    }
                }
            </div>
        </section>
    }
}
