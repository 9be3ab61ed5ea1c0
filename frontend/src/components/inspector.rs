//! Explanation, bytes and state of what is selected, and the world beside them.
//!
//! On a phone the tabs stand below the composer, and what they show is a sheet that opens above them.

use shared::room::Pane;
use web_sys::KeyboardEvent;
use yew::prelude::*;

use super::bytes_pane::BytesPane;
use super::explain_pane::ExplainPane;
use super::python_pane::PythonPane;
use super::screen_pane::ScreenPane;
use super::state_pane::StatePane;
use super::world_pane::WorldPane;
use crate::app::{View, focus};
use crate::text::t;

/// The last one is there only for protocols that have a screen.
const TABS: usize = 5;

/// What a phone shows above the tabs.
#[derive(Clone, Copy, PartialEq)]
enum Sheet {
    Closed,
    Tab,
    World,
}

#[component(Inspector)]
pub fn inspector(view: &View) -> Html {
    let chosen = use_state(|| 0usize);
    let sheet = use_state(|| Sheet::Closed);
    let has_screen = view.runner.see(|lab| lab.route.protocol.screen.is_some());
    let count = if has_screen { TABS } else { TABS - 1 };
    let tab = (*chosen).min(count - 1);
    let onkeydown = {
        let (chosen, runner) = (chosen.clone(), view.runner.clone());
        Callback::from(move |event: KeyboardEvent| {
            let next = match event.key().as_str() {
                "ArrowRight" => (tab + 1) % count,
                "ArrowLeft" => (tab + count - 1) % count,
                "Home" => 0,
                "End" => count - 1,
                _ => return,
            };
            event.prevent_default();
            chosen.set(next);
            runner.look_at(pane(next));
            focus(&format!("tab-{next}"));
        })
    };
    let toggle = |this: Sheet, stays: bool| {
        let open = *sheet == this && stays;
        let sheet = sheet.clone();
        Callback::from(move |()| sheet.set(if open { Sheet::Closed } else { this }))
    };
    let tabs = (0..count).map(|n| {
        let here = tab == n;
        let onclick = {
            let (chosen, toggle) = (chosen.clone(), toggle(Sheet::Tab, here));
            let runner = view.runner.clone();
            Callback::from(move |_: MouseEvent| {
                runner.look_at(pane(n));
                chosen.set(n);
                toggle.emit(());
            })
        };
        html! {
            <button type="button" role="tab" id={format!("tab-{n}")} aria-selected={here.to_string()}
                aria-controls="inspector-panel" tabindex={if here { "0" } else { "-1" }} {onclick}>
                { tab_name(n) }
            </button>
        }
    });
    let close = {
        let sheet = sheet.clone();
        Callback::from(move |_: MouseEvent| {
            sheet.set(Sheet::Closed);
            focus("command");
        })
    };
    let escape = {
        let sheet = sheet.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                sheet.set(Sheet::Closed);
            }
        })
    };
    let class = match *sheet {
        Sheet::Closed => "sheet-closed",
        Sheet::Tab => "sheet-tab",
        Sheet::World => "sheet-world",
    };
    let world = toggle(Sheet::World, true).reform(|_: MouseEvent| ());
    html! {
        <aside id="pane-inspector" class={classes!("inspect", class)} aria-label={t!("inspector")} tabindex="-1" onkeydown={escape}>
            <section class="inspector" aria-label={t!("inspect")}>
                <div class="tab-row">
                    <div role="tablist" aria-label={t!("inspector-tabs")} {onkeydown}>{ for tabs }</div>
                    <button type="button" class="on-phone" aria-controls="pane-world"
                        aria-expanded={(*sheet == Sheet::World).to_string()} onclick={world}>{ t!("tab-world") }</button>
                </div>
                <div role="tabpanel" id="inspector-panel" aria-labelledby={format!("tab-{tab}")} tabindex="0">
                    <button type="button" class="on-phone close-sheet" onclick={close.clone()}>{ t!("close") }</button>
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
            <WorldPane ..view.clone() />
        </aside>
    }
}

/// What a class is shown of it.
fn pane(tab: usize) -> Pane {
    match tab {
        1 => Pane::Bytes,
        2 => Pane::State,
        _ => Pane::Explain,
    }
}

fn tab_name(tab: usize) -> &'static str {
    match tab {
        0 => t!("act-explain"),
        1 => t!("act-bytes"),
        2 => t!("act-state"),
        3 => "Python",
        _ => t!("tab-screen"),
    }
}
