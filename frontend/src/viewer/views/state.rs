//! Where both sides are: the states with the way so far, what they know, what may be sent, and the practice world.

use shared::room::{Move, TheState};
use yew::prelude::*;

use super::super::text::t;
use super::View;

pub(super) fn state(view: &View) -> Html {
    let room = view.seat.room();
    let (states, knows) = (&room.shown.begin.states, &room.shown.knows);
    if states.is_empty() {
        return html! { <p class="hint">{ t!("nothing-yet") }</p> };
    }
    let here = usize::from(knows.state);
    let rows = states.iter().enumerate().map(|(n, state)| {
        let been = knows.path.iter().any(|passed| usize::from(*passed) == n);
        let mark = match n == here {
            true => Some(t!("state-here")),
            false => been.then_some(t!("state-been")),
        };
        html! {
            <li key={n} aria-current={(n == here).then_some("step")} class={been.then_some("been")}>
                <details>
                    <summary><b>{ &state.title }</b>if let Some(mark) = mark { { " " }<em class="mark">{ mark }</em> }</summary>
                    <p>{ &state.text }</p>
                    { exits(state, states) }
                </details>
            </li>
        }
    });
    let path: Vec<&str> = knows
        .path
        .iter()
        .filter_map(|n| states.get(usize::from(*n)))
        .map(|state| state.title.as_str())
        .collect();
    let facts =
        knows.facts.iter().map(|(name, value)| html! { <><dt>{ name }</dt><dd>{ value }</dd></> });
    let (legal, illegal): (Vec<&Move>, Vec<&Move>) = knows.moves.iter().partition(|m| m.legal);
    html! {
        <>
            if !path.is_empty() {
                <p class="summary path">{ path.join(" \u{2192} ") }</p>
            }
            if let Some(state) = states.get(here) {
                <h3 class="here">{ t!("state-is", state = &state.title) }</h3>
                <p>{ &state.text }</p>
                { exits(state, states) }
            }
            if !knows.facts.is_empty() {
                <h3>{ t!("facts") }</h3>
                <dl class="facts">{ for facts }</dl>
            }
            { moves(t!("moves-legal"), &legal) }
            { moves(t!("moves-illegal"), &illegal) }
            if !knows.world.is_empty() {
                <h3>{ t!("world") }</h3>
                <ul class="world-lines">{ for knows.world.iter().map(|line| html! { <li>{ line }</li> }) }</ul>
            }
            <h3>{ t!("states") }</h3>
            <ol class="states-list">{ for rows }</ol>
        </>
    }
}

fn exits(state: &TheState, states: &[TheState]) -> Html {
    // Several replies to a verb may lead to the same state.
    let told = |n: usize| state.exits[..n].contains(&state.exits[n]);
    let exits = state.exits.iter().enumerate().filter(|(n, _)| !told(*n));
    let rows = exits.map(|(_, (what, to))| {
        let to = states.get(usize::from(*to)).map(|state| state.title.as_str()).unwrap_or_default();
        html! { <li><code translate="no">{ what }</code>{ " \u{2192} " }{ to }</li> }
    });
    html! { <ul class="ways">{ for rows }</ul> }
}

fn moves(title: &'static str, moves: &[&Move]) -> Html {
    if moves.is_empty() {
        return Html::default();
    }
    let rows = moves
        .iter()
        .map(|one| html! { <li><code translate="no">{ &one.command }</code>{ " " }<span>{ &one.why }</span></li> });
    html! { <details class="move-list" open={moves[0].legal}><summary><h3>{ title }</h3></summary><ul>{ for rows }</ul></details> }
}
