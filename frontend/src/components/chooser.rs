//! The lecture's table of protocols.

use shared::protocols;
use shared::sockets::LISTED;
use yew::prelude::*;

use crate::app::{go, go_to};
use crate::driver::Runner;
use crate::state::{Place, Route, Target};

#[derive(PartialEq, Properties)]
pub struct ChooserProps {
    pub runner: Runner,
    pub place: Place,
}

#[component(Chooser)]
pub fn chooser(props: &ChooserProps) -> Html {
    let current = props.runner.see(|lab| lab.route.clone());
    let on_bench = props.place == Place::Bench;
    let rows = protocols::ALL.iter().map(|protocol| {
        // A real host speaks one protocol on its port, so only practice is carried over.
        let target = match &current.target {
            Target::Real { .. } => Target::Page,
            target => target.clone(),
        };
        let route = Route { protocol, target };
        let here = !on_bench && protocol.id == current.protocol.id;
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
    let to_bench = Callback::from(|event: MouseEvent| {
        event.prevent_default();
        go_to(Place::BENCH);
    });
    let bench = html! {
        <li>
            <a href={Place::BENCH} onclick={to_bench} aria-current={on_bench.then_some("page")}>
                <b>{ LISTED.name }</b>
                <span>{ LISTED.function }</span>
                <span class="port">{ LISTED.port }</span>
                <code>{ LISTED.python }</code>
            </a>
        </li>
    };
    html! {
        <section>
            <h2>{ "Protocols" }</h2>
            <ul class="protocols">{ for rows }{ bench }</ul>
        </section>
    }
}
