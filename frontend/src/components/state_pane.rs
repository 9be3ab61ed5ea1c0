//! The current state, its legal exits, and what both sides know.

use yew::prelude::*;

use super::explain_pane::link;
use crate::app::View;

#[component(StatePane)]
pub fn state_pane(view: &View) -> Html {
    view.runner.see(|lab| {
        let client = lab.client();
        let state = client.state();
        let table = lab.route.protocol.table;
        let exits = table.legal(state).filter(|verb| !verb.syntax.is_empty()).map(|verb| {
            let ways = verb.rules.iter().map(|rule| {
                let to = rule.to.filter(|to| *to != state).map_or_else(String::new, |to| format!(" \u{2192} {}", to.title));
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
        });
        let facts = client.facts().into_iter().map(|fact| {
            html! { <><dt>{ fact.name }</dt><dd translate="no">{ fact.value }</dd></> }
        });
        let flags = client.flags().into_iter().map(|flag| html! { <li>{ flag.title }</li> });
        let has_flags = !client.flags().is_empty();
        html! {
            <>
                <h3>{ format!("State: {}", state.title) }</h3>
                <p>{ state.text }</p>
                <h3>{ "Legal exits" }</h3>
                <ul class="exits">{ for exits }</ul>
                if has_flags {
                    <h3>{ "Given" }</h3>
                    <ul>{ for flags }</ul>
                }
                <h3>{ "What both sides know" }</h3>
                <dl class="facts">{ for facts }</dl>
            </>
        }
    })
}
