//! The state at the shown step: where it stands in the table, what leads away from it, and what both
//! sides know.

mod diagram;
mod drawing;
mod known;

use shared::table::{Illegal, Table, Verb};
use yew::prelude::*;

use self::diagram::Diagram;
use super::explain_pane::link;
use crate::app::View;
use crate::state::Lab;
use crate::text::t;

#[component(StatePane)]
pub fn state_pane(view: &View) -> Html {
    let (state, known, exits) =
        view.runner.see(|lab| (lab.client().state(), known::known(lab), exits(lab)));
    html! {
        <>
            <h3>{ t!("state-is", state = state.title) }</h3>
            <p>{ state.text }</p>
            { known }
            <Diagram ..view.clone() />
            { exits }
        </>
    }
}

/// What may be sent from here, and what may not, each with what comes of it or what forbids it.
fn exits(lab: &Lab) -> Html {
    let table = lab.route.protocol.table;
    let (legal, illegal): (Vec<_>, Vec<_>) =
        lab.moves().into_iter().partition(|(_, why)| why.is_ok());
    let blocked = illegal.iter().filter_map(|(verb, why)| Some((verb, why.as_ref().err()?)));
    html! {
        <>
            <h3>{ t!("exits-title", count = legal.len()) }</h3>
            if legal.is_empty() {
                <p class="hint">{ t!("exits-none") }</p>
            } else {
                <ul class="exits">{ for legal.iter().map(|(verb, _)| exit(lab, table, verb)) }</ul>
            }
            if !illegal.is_empty() {
                <details class="exits blocked">
                    <summary>{ t!("exits-blocked", count = illegal.len()) }</summary>
                    <ul>{ for blocked.map(|(verb, why)| forbidden(verb, why)) }</ul>
                </details>
            }
        </>
    }
}

fn exit(lab: &Lab, table: &Table, verb: &'static Verb) -> Html {
    let state = lab.client().state();
    let ways = verb.rules.iter().chain(table.generic).map(|rule| {
        let to = rule.to.filter(|to| *to != state);
        let to = to.map_or_else(String::new, |to| format!(" \u{2192} {}", to.title));
        html! { <li><code translate="no">{ rule.code }</code>{ format!(" {}{to}", rule.says) }</li> }
    });
    html! {
        <li>
            <details>
                <summary><code translate="no">{ verb.syntax }</code></summary>
                <p>{ verb.term.text }{ " " }{ link(verb.term.rfc) }</p>
                <ul>{ for ways }</ul>
            </details>
        </li>
    }
}

fn forbidden(verb: &Verb, why: &Illegal) -> Html {
    // All that is legal stands above; here counts what is wrong with this one.
    let why = match (why.needs, verb.legal) {
        (Some(flag), _) => t!("exit-needs", what = flag.title, how = flag.text),
        (None, states) => {
            let titles: Vec<_> = states.iter().map(|state| state.title).collect();
            t!("exit-belongs", states = &titles.join(", "))
        }
    };
    html! { <li><code translate="no">{ verb.syntax }</code>{ format!(" {why}") }</li> }
}
