//! The lecture's table of protocols.

use shared::protocols;
use shared::sockets::LISTED;
use yew::prelude::*;

use super::header::close_popover;
use crate::app::{View, focus, go, go_to};
use crate::state::{Place, Route, Target};
use crate::text::t;

#[derive(PartialEq, Properties)]
pub(super) struct ChooserProps {
    pub(super) view: View,
    pub(super) place: Place,
}

#[component(Chooser)]
pub(super) fn chooser(props: &ChooserProps) -> Html {
    let current = props.view.runner.see(|lab| lab.route.clone());
    let on_bench = props.place == Place::Bench;
    let item =
        |href: String, here: bool, words: [&'static str; 3], port: String, to: Callback<()>| {
            let onclick = Callback::from(move |event: MouseEvent| {
                event.prevent_default();
                close_popover("protocols");
                to.emit(());
                focus("command");
            });
            let [name, function, python] = words;
            html! {
                <li>
                    <a {href} {onclick} aria-current={here.then_some("page")}>
                        <b>{ name }</b>
                        <span>{ function }</span>
                        <span class="port">{ port }</span>
                        <code translate="no">{ python }</code>
                    </a>
                </li>
            }
        };
    let rows = protocols::ALL.iter().map(|protocol| {
        // A real host speaks one protocol on its port, so only practice is carried over.
        let route = match current.target {
            Target::Relay => Route::to(protocol, Target::Relay),
            Target::Page | Target::Real { .. } => {
                props.view.runner.see(|lab| lab.practice_of(protocol))
            }
        };
        let here = !on_bench && protocol.id == current.protocol.id;
        let words = [protocol.name, protocol.function, protocol.python];
        let to = {
            let route = route.clone();
            Callback::from(move |()| go(&route))
        };
        item(route.fragment(), here, words, protocol.port.to_string(), to)
    });
    let bench = {
        let words = [LISTED.name, LISTED.function, LISTED.python];
        let to = Callback::from(|()| go_to(Place::BENCH));
        item(Place::BENCH.into(), on_bench, words, LISTED.port.to_string(), to)
    };
    html! {
        <>
            <h2>{ t!("protocols") }</h2>
            <ul class="protocols">{ for rows }{ bench }</ul>
        </>
    }
}
