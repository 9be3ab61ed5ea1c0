//! What is said of the line that is looked at, in four panes.

use shared::room::Pane;
use web_sys::KeyboardEvent;
use yew::prelude::*;

use super::super::text::t;
use super::View;
use super::bytes::bytes;
use super::explain::explain;
use super::ladder::LadderPane;
use super::state::state;
use crate::app::focus;

const PANES: [Pane; 4] = [Pane::Explain, Pane::Bytes, Pane::State, Pane::Ladder];

pub(super) fn panes(view: &View) -> Html {
    let pane = view.seat.watch().pane(&view.seat.room());
    let at = PANES.iter().position(|known| *known == pane).unwrap_or(0);
    let onkeydown = {
        let seat = view.seat.clone();
        Callback::from(move |event: KeyboardEvent| {
            let last = PANES.len() - 1;
            let next = match event.key().as_str() {
                "ArrowRight" => (at + 1) % PANES.len(),
                "ArrowLeft" => (at + last) % PANES.len(),
                "Home" => 0,
                "End" => last,
                _ => return,
            };
            event.prevent_default();
            seat.show(PANES[next]);
            focus(&format!("tab-{next}"));
        })
    };
    let tabs = PANES.iter().enumerate().map(|(n, this)| {
        let here = n == at;
        let (seat, this) = (view.seat.clone(), *this);
        let onclick = Callback::from(move |_: MouseEvent| seat.show(this));
        html! {
            <button type="button" role="tab" id={format!("tab-{n}")} aria-selected={here.to_string()}
                aria-controls="pane" tabindex={if here { "0" } else { "-1" }} {onclick}>{ name(this) }</button>
        }
    });
    html! {
        <aside class="panes" aria-label={t!("inspect")}>
            <div role="tablist" aria-label={t!("panes")} {onkeydown}>{ for tabs }</div>
            <div role="tabpanel" id="pane" aria-labelledby={format!("tab-{at}")} tabindex="0">
                { match pane {
                    Pane::Explain => explain(view),
                    Pane::Bytes => bytes(view),
                    Pane::State => state(view),
                    Pane::Ladder => html! { <LadderPane ..view.clone() /> },
                } }
            </div>
        </aside>
    }
}

fn name(pane: Pane) -> &'static str {
    match pane {
        Pane::Explain => t!("pane-explain"),
        Pane::Bytes => t!("pane-bytes"),
        Pane::State => t!("pane-state"),
        Pane::Ladder => t!("pane-ladder"),
    }
}
