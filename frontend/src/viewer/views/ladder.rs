//! The dialogue as a ladder, and as a list with the same data.

use shared::room::LineKind;
use shared::transcript::Side;
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use super::super::state::ladder::{Ladder, WINDOW, lane_name, window};
use super::super::state::lines::glyph;
use super::super::text::t;
use super::{View, side_word};
use crate::components::draw_rung;

#[component(LadderPane)]
pub(super) fn ladder_pane(view: &View) -> Html {
    let as_list = use_state(|| false);
    let scroller = use_node_ref();
    let room = view.seat.room();
    let shown = room.shown.shown();
    let at = view.seat.watch().at(&room).map(|(line, _)| line);
    let first = window(at.unwrap_or(0), shown.len());
    let ladder = Ladder::of(&shown[first..shown.len().min(first + WINDOW)], first);
    {
        let scroller = scroller.clone();
        use_effect_with((at, shown.len(), *as_list), move |_| {
            let Some(scroller) = scroller.cast::<Element>() else { return };
            let here = scroller.query_selector(".here, [aria-current]").ok().flatten();
            let Some(here) = here else { return };
            let (own, its) = (scroller.get_bounding_client_rect(), here.get_bounding_client_rect());
            if its.top() < own.top() || its.bottom() > own.bottom() {
                let by = its.top() - own.top() - own.height() / 2.0;
                scroller.set_scroll_top(scroller.scroll_top() + by as i32);
            }
        });
    }
    let show = |list: bool| {
        let as_list = as_list.clone();
        Callback::from(move |_: MouseEvent| as_list.set(list))
    };
    let select = {
        let seat = view.seat.clone();
        Callback::from(move |event: MouseEvent| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let rung = target.and_then(|target| target.closest("[data-entry]").ok().flatten());
            let entry = rung.and_then(|rung| rung.get_attribute("data-entry"));
            if let Some(n) = entry.and_then(|entry| entry.parse().ok()) {
                seat.select(n, 0);
            }
        })
    };
    if shown.is_empty() {
        return html! { <p class="hint">{ t!("nothing-yet") }</p> };
    }
    let body = if *as_list {
        let items = ladder.rungs().map(|(n, line, label)| {
            let here = at == Some(n);
            html! {
                <li key={n}>
                    <button type="button" class={line.side.word()} data-entry={n.to_string()} aria-current={here.then_some("true")}>
                        <span class="when">{ n + 1 }{ " " }{ lane_name(line.conn) }</span>
                        <span aria-hidden="true">{ if line.kind == LineKind::Note { "=" } else { arrow(line.side, glyph(line)) } }</span>
                        <span class="what"><span class="hidden">{ side_word(line.side) }{ " " }</span><span translate="no">{ label }</span></span>
                    </button>
                </li>
            }
        });
        html! { <ol ref={scroller} class="ladder-list" onclick={select}>{ for items }</ol> }
    } else {
        let scene = ladder.scene();
        let words = t!("ladder-words", steps = shown.len(), lanes = ladder.lanes.len());
        html! {
            <div ref={scroller} class={classes!("ladder-scroll", (ladder.lanes.len() < 2).then_some("fits"))} tabindex="0" role="group" aria-label={t!("pane-ladder")} onclick={select}>
                <svg class="ladder-svg" viewBox={format!("0 0 {} {}", scene.width, scene.height)} width={scene.width.to_string()}
                    role="img" aria-label={words}>
                    { for scene.groups.iter().map(|group| draw_rung(group, at)) }
                </svg>
            </div>
        }
    };
    html! {
        <div class="ladder">
            <div class="switch" role="group" aria-label={t!("ladder-how")}>
                <button type="button" aria-pressed={(!*as_list).to_string()} onclick={show(false)}>{ t!("ladder-drawing") }</button>
                <button type="button" aria-pressed={as_list.to_string()} onclick={show(true)}>{ t!("ladder-list") }</button>
            </div>
            { body }
        </div>
    }
}

fn arrow(side: Side, glyph: &'static str) -> &'static str {
    match side {
        Side::Client => "\u{2192}",
        Side::Server => "\u{2190}",
        Side::Lab => glyph,
    }
}
