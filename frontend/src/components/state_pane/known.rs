//! What both sides know, and what the shown step changed of it.

use shared::machine::Fact;
use shared::table::Flag;
use yew::prelude::*;

use crate::state::Lab;
use crate::state::bench_words::shortened;
use crate::state::facts::{Change, changed};
use crate::text::t;

/// Letters of a value that are shown at once.
const LONG: usize = 90;

pub(super) fn known(lab: &Lab) -> Html {
    let client = lab.client();
    let (facts, flags) = (client.facts(), client.flags());
    let before = lab.client_before().filter(|_| lab.is_settled());
    let facts_before = before.map(|client| client.facts());
    let flags_before = before.map_or_else(|| flags.clone(), |client| client.flags());
    let gone = flags_before.iter().filter(|flag| !flags.contains(flag));
    let rows = changed(facts_before.as_deref(), &facts);
    html! {
        <>
            <h3>{ t!("known-title") }</h3>
            <dl class="facts">{ for rows.into_iter().map(|(fact, change)| row(fact, change)) }</dl>
            if !flags.is_empty() || !flags_before.is_empty() {
                <h3>{ t!("given-title") }</h3>
                <ul class="flags">
                    { for flags.iter().map(|flag| given(flag, (!flags_before.contains(flag)).then_some(Change::New))) }
                    { for gone.map(|flag| given(flag, Some(Change::Gone))) }
                </ul>
            }
        </>
    }
}

fn row(fact: &Fact, change: Change<'_>) -> Html {
    let (class, words) = match change {
        Change::Same => (None, None),
        Change::New => (Some("fresh"), Some(t!("known-new").to_string())),
        Change::Was(old) => (Some("fresh"), Some(t!("known-was", value = old))),
        Change::Gone => (Some("gone"), Some(t!("known-gone").to_string())),
    };
    html! {
        <>
            <dt class={classes!(class)}>{ fact.name }</dt>
            <dd class={classes!(class)}>
                { value(&fact.value) }
                if let Some(words) = words {
                    { " " }<em class="mark">{ words }</em>
                }
            </dd>
        </>
    }
}

/// A long one, such as a list of capabilities, is opened on request.
fn value(value: &str) -> Html {
    if value.chars().count() <= LONG {
        return html! { <span translate="no">{ value }</span> };
    }
    html! {
        <details class="long">
            <summary translate="no">{ shortened(value, LONG / 2) }</summary>
            <span translate="no">{ value }</span>
        </details>
    }
}

fn given(flag: &Flag, change: Option<Change<'_>>) -> Html {
    let (class, words) = match change {
        None => (None, ""),
        Some(Change::Gone) => (Some("gone"), t!("known-gone")),
        Some(_) => (Some("fresh"), t!("known-new")),
    };
    html! {
        <li class={classes!(class)}>
            <span>{ flag.title }</span>
            if class.is_some() {
                { " " }<em class="mark">{ words }</em>
            }
        </li>
    }
}
