//! How long each exchange took, as numbers and bars.

use std::time::Duration;

use yew::prelude::*;

use super::Part;
use crate::state::text::elapsed;
use crate::state::timing::{Exchange, exchanges};
use crate::text::t;

#[component(Times)]
pub(super) fn times(part: &Part) -> Html {
    let exchanges = part.runner.see(|lab| {
        exchanges((part.first..part.end).filter_map(|n| Some((n, lab.entry(n)?))), |n| {
            lab.command_of(n)
        })
    });
    if exchanges.is_empty() {
        return html! { <p class="hint">{ t!("times-none") }</p> };
    }
    let longest = exchanges.iter().filter_map(|exchange| exchange.whole).max();
    html! {
        <div class="ladder-scroll" id="ladder-times" tabindex="0" role="group" aria-label={t!("times")}>
            <table class="times">
                <thead>
                    <tr>
                        <th scope="col">{ t!("times-command") }</th>
                        <th scope="col">{ t!("times-idle") }</th>
                        <th scope="col">{ t!("times-first") }</th>
                        <th scope="col">{ t!("times-whole") }</th>
                        <th scope="col" aria-hidden="true"><span class="key first" />{ t!("times-bar-first") }<span class="key rest" />{ t!("times-bar-rest") }</th>
                    </tr>
                </thead>
                <tbody>
                    { for exchanges.iter().map(|exchange| row(part, exchange, longest)) }
                </tbody>
            </table>
        </div>
    }
}

fn row(part: &Part, exchange: &Exchange, longest: Option<Duration>) -> Html {
    let here = part.shown == Some(exchange.n);
    let onclick = {
        let (part, n) = (part.clone(), exchange.n);
        Callback::from(move |_: MouseEvent| part.select(n))
    };
    let time = |time: Option<Duration>| time.map_or_else(|| t!("times-no-reply").into(), elapsed);
    let share = |time: Option<Duration>| {
        let longest = longest.unwrap_or_default().as_micros().max(1);
        // What is short beside the longest is still seen.
        time.map_or(0, |time| (time.as_micros() * 100 / longest).max(1))
    };
    let (first, whole) = (share(exchange.first), share(exchange.whole));
    html! {
        <tr key={exchange.n} class={classes!(here.then_some("here"))}>
            <th scope="row">
                <button {onclick} aria-current={here.then_some("true")} translate="no">
                    { format!("{} ", exchange.n + 1) }<code>{ &exchange.label }</code>
                </button>
            </th>
            <td>{ elapsed(exchange.idle) }</td>
            <td>{ time(exchange.first) }</td>
            <td>{ time(exchange.whole) }</td>
            <td class="bars" aria-hidden="true">
                <svg viewBox="0 0 100 10" preserveAspectRatio="none">
                    <rect class="rest" x="0" y="1" width={whole.to_string()} height="8" />
                    <rect class="first" x="0" y="1" width={first.to_string()} height="8" />
                </svg>
            </td>
        </tr>
    }
}
