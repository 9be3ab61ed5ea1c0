//! The lecture's table of protocols.

use shared::protocols;
use yew::prelude::*;

use crate::app::{View, go};
use crate::state::{Route, Target};

#[component(Chooser)]
pub fn chooser(view: &View) -> Html {
    let current = view.runner.see(|lab| lab.route.clone());
    let rows = protocols::ALL.iter().map(|protocol| {
        // A real host speaks one protocol on its port, so only practice is carried over.
        let target = match &current.target {
            Target::Real { .. } => Target::Page,
            target => target.clone(),
        };
        let route = Route { protocol, target };
        let here = protocol.id == current.protocol.id;
        let onclick = {
            let route = route.clone();
            Callback::from(move |event: MouseEvent| {
                event.prevent_default();
                go(&route);
            })
        };
        html! {
            <li>
                <a href={route.fragment()} {onclick} aria-current={here.then_some("page")}>
                    <b>{ protocol.name }</b>
                    <span>{ protocol.function }</span>
                    <span class="port">{ protocol.port }</span>
                    <code>{ protocol.python }</code>
                </a>
            </li>
        }
    });
    let planned = protocols::PLANNED.iter().map(|protocol| {
        html! {
            <li class="planned">
                <b>{ protocol.name }</b>
                <span>{ protocol.function }</span>
                <span class="port">{ protocol.port }</span>
                <code>{ protocol.python }</code>
            </li>
        }
    });
    html! {
        <section>
            <h2>{ "Protocols" }</h2>
            <ul class="protocols">{ for rows }</ul>
            <details class="to-come">
                <summary>{ "Still to come" }</summary>
                <ul class="protocols planned-list">{ for planned }</ul>
            </details>
        </section>
    }
}
