//! The ladder in words: a line for each rung.

use shared::machine::{Conn, Direction};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};
use yew::prelude::*;

use super::Part;
use crate::app::focus;
use crate::state::ladder::{Ladder, Options, Rung};
use crate::state::text::elapsed;
use crate::text::t;

#[component(List)]
pub(super) fn list(part: &Part) -> Html {
    let options = Options { to_scale: false, width: 0 };
    let ladder = part.runner.see(|lab| part.ladder(lab, options));
    // One of them is where Tab goes to.
    let stop = part.shown.filter(|n| ladder.rung(*n).is_some());
    let stop = stop.or(ladder.rungs.first().map(|rung| rung.n));
    let list = use_node_ref();
    use_sight(&list, part.shown);
    let onkeydown = {
        let part = part.clone();
        Callback::from(move |event: KeyboardEvent| {
            if let Some(n) = part.goal(&event.key()) {
                event.prevent_default();
                part.select(n);
                focus(&format!("rung-{n}"));
            }
        })
    };
    html! {
        <ol ref={list} class="ladder-list" id="ladder-list" {onkeydown} aria-label={t!("ladder-as-list")}>
            { for ladder.rungs.iter().map(|rung| item(part, &ladder, rung, stop)) }
        </ol>
    }
}

/// Scrolls the list, and nothing around it, to the shown line.
#[hook]
fn use_sight(list: &NodeRef, shown: Option<usize>) {
    let list = list.clone();
    use_effect_with(shown, move |shown| {
        let (Some(list), Some(n)) = (list.cast::<Element>(), shown) else { return };
        let line = list.query_selector(&format!("#rung-{n}")).ok().flatten();
        let Some(line) = line.and_then(|line| line.dyn_into::<HtmlElement>().ok()) else { return };
        let (top, seen) = (list.scroll_top(), list.client_height());
        if line.offset_top() < top || line.offset_top() + line.offset_height() > top + seen {
            list.set_scroll_top(line.offset_top() - seen / 2);
        }
    });
}

fn item(part: &Part, ladder: &Ladder, rung: &Rung, stop: Option<usize>) -> Html {
    let here = part.shown == Some(rung.n);
    let onclick = {
        let (part, n) = (part.clone(), rung.n);
        Callback::from(move |_: MouseEvent| part.select(n))
    };
    let (glyph, who, class) = match rung.direction {
        Some(Direction::Sent) => ("\u{2192}", t!("rung-sent"), "client"),
        Some(Direction::Received) => ("\u{2190}", t!("rung-received"), "server"),
        None => ("=", t!("rung-lab"), "lab"),
    };
    let lane = match ladder.lanes[rung.lane].conn {
        Conn::MAIN => String::new(),
        Conn(n) => format!("{}, ", t!("lane-other", number = n)),
    };
    html! {
        <li key={rung.n}>
            <button id={format!("rung-{}", rung.n)} {class} {onclick} aria-current={here.then_some("true")}
                tabindex={if stop == Some(rung.n) { "0" } else { "-1" }}>
                <span class="when">{ format!("{} +{}", rung.clock(), elapsed(rung.wait)) }</span>
                <span aria-hidden="true">{ glyph }</span>
                <span class="hidden">{ format!("{who}: ") }</span>
                <span class="what"><span class="lane-name">{ lane }</span><span translate="no">{ &rung.label }</span></span>
            </button>
        </li>
    }
}
