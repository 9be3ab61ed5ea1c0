//! Breakpoints: where a running dialogue stops by itself.

use shared::explain::Outcome;
use shared::session::Breakpoint;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::app::View;
use crate::driver::Runner;
use crate::state::parse_octets;
use crate::text::t;

#[component(Stops)]
pub(super) fn stops(view: &View) -> Html {
    let runner = &view.runner;
    let wrong = use_state(String::new);
    let octets = use_node_ref();
    let (points, table) =
        runner.see(|lab| (lab.session().breakpoints().to_vec(), lab.route.protocol.table));
    let toggle = |outcome: Outcome, label: &'static str| {
        let point = Breakpoint::Outcome(outcome);
        let checked = points.contains(&point);
        let runner = runner.clone();
        let onchange = Callback::from(move |_: Event| {
            if checked { remove(&runner, &point) } else { add(&runner, point.clone()) }
        });
        html! { <label><input type="checkbox" {checked} {onchange} />{ label }</label> }
    };
    let choose = |make: fn(String) -> Breakpoint| {
        let runner = runner.clone();
        Callback::from(move |event: Event| {
            let select: HtmlSelectElement = event.target_unchecked_into();
            let value = select.value();
            if !value.is_empty() {
                add(&runner, make(value));
                select.set_selected_index(0);
            }
        })
    };
    let add_octets = {
        let (runner, octets, wrong) = (runner.clone(), octets.clone(), wrong.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(input) = octets.cast::<HtmlInputElement>() else { return };
            match parse_octets(&input.value()) {
                Ok(bytes) if !bytes.is_empty() => {
                    add(&runner, Breakpoint::Octets(bytes));
                    input.set_value("");
                    wrong.set(String::new());
                }
                Ok(_) => wrong.set(t!("stop-octets-empty").into()),
                Err(why) => wrong.set(why),
            }
        })
    };
    let verbs = table.verbs.iter().filter(|verb| !verb.syntax.is_empty());
    let verbs = verbs.map(|verb| html! { <option value={verb.name}>{ verb.name }</option> });
    let states = table
        .states
        .iter()
        .map(|state| html! { <option value={state.id}>{ state.title }</option> });
    let listed = points.iter().map(|point| {
        let (runner, point) = (runner.clone(), point.clone());
        let words = point.sentence();
        let onclick = Callback::from(move |_: MouseEvent| remove(&runner, &point));
        html! {
            <li>{ &words }
                <button class="quiet" {onclick} aria-label={t!("stop-remove-this", what = words.as_str())}>{ t!("stop-remove") }</button>
            </li>
        }
    });
    html! {
        <details class="stops" id="stops">
            <summary>{ t!("stops", count = points.len() as u64) }</summary>
            <div class="stops-body">
                <fieldset>
                    <legend>{ t!("stop-at-reply") }</legend>
                    { toggle(Outcome::Transient, t!("stop-transient")) }
                    { toggle(Outcome::Permanent, t!("stop-permanent")) }
                </fieldset>
                <label>{ t!("stop-before") }
                    <select id="stop-command" onchange={choose(Breakpoint::Command)}>
                        <option value="">{ t!("stop-choose") }</option>
                        { for verbs }
                    </select>
                </label>
                <label>{ t!("stop-in-state") }
                    <select id="stop-state" onchange={choose(Breakpoint::State)}>
                        <option value="">{ t!("stop-choose") }</option>
                        { for states }
                    </select>
                </label>
                <form onsubmit={add_octets}>
                    <label>{ t!("stop-octets") }
                        <input ref={octets} id="stop-octets" type="text" spellcheck="false" autocomplete="off" aria-describedby="stop-wrong" />
                    </label>
                    <button type="submit">{ t!("stop-add") }</button>
                    <p class="hint" id="stop-wrong" role="alert">{ (*wrong).clone() }</p>
                </form>
                if !points.is_empty() {
                    <ul>{ for listed }</ul>
                }
            </div>
        </details>
    }
}

fn add(runner: &Runner, point: Breakpoint) {
    runner.act(|lab, now| {
        let mut points = lab.session().breakpoints().to_vec();
        if !points.contains(&point) {
            points.push(point);
        }
        lab.set_breakpoints(points, now);
    });
}

fn remove(runner: &Runner, point: &Breakpoint) {
    runner.act(|lab, now| {
        let mut points = lab.session().breakpoints().to_vec();
        points.retain(|other| other != point);
        lab.set_breakpoints(points, now);
    });
}
