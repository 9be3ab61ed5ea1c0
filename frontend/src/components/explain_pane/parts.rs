//! What stands beside the tokens: how the unit came in, what is decoded in it, and what its sections define.

use shared::explain::Wire;
use yew::prelude::*;

use crate::components::linked::{link, pointing};
use crate::driver::Runner;
use crate::state::section::{Section, sections};
use crate::state::{Decoded, Lab, decoded};
use crate::text::t;

/// Sections shown; a unit rarely has more.
const SECTIONS: usize = 8;

/// How the unit came in.
pub(super) fn arrival(lab: &Lab, n: usize) -> Html {
    match lab.arrival(n) {
        Some(arrival) => html! { <p class="arrival">{ arrival.sentence() }</p> },
        None => html! {},
    }
}

/// What octets stand for, each with the way to those octets.
pub(super) fn decodings(runner: &Runner, lab: &Lab, n: usize) -> Html {
    let all = decoded(lab, n, lab.show_secrets);
    if all.is_empty() {
        return html! {};
    }
    let over = pointing(runner, n);
    let rows = all.iter().map(|decoded| decoding(runner, n, decoded));
    html! {
        <>
            <h3 id="decoded">{ t!("decoded") }</h3>
            <ul class="decoded" onmouseover={over.clone()} onmouseout={over}>{ for rows }</ul>
        </>
    }
}

fn decoding(runner: &Runner, n: usize, decoded: &Decoded) -> Html {
    let start = decoded.range.start;
    let onclick = {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| runner.act(|lab, _| lab.select(Some(n), start)))
    };
    let octets = match decoded.range.len() {
        1 => t!("octet-at", first = start),
        _ => t!("octets-at", first = start, last = decoded.range.end.max(1) - 1),
    };
    html! {
        <li data-octet={start.to_string()}>
            <p>
                <b>{ &decoded.what }</b>{ " " }{ link(decoded.rule) }{ " " }
                <button type="button" class="quiet to-line" {onclick}>{ octets }</button>
            </p>
            {
                match &decoded.result {
                    Ok(text) => html! { <pre translate="no" dir="auto" tabindex="0" aria-label={decoded.what.clone()} role="region">{ text }</pre> },
                    Err(why) => html! { <p class="strange">{ why }</p> },
                }
            }
        </li>
    }
}

/// The sections that define this unit, the one of the selected octet first.
pub(super) fn by_section(lab: &Lab, wire: &Wire, octet: usize) -> Html {
    let all = sections(wire, octet, lab.route.protocol);
    html! { { for all.iter().take(SECTIONS).map(section) } }
}

pub(super) fn section(section: &Section) -> Html {
    let verbs = section.verbs.iter().map(|verb| {
        html! { <><dt><code translate="no">{ verb.syntax }</code></dt><dd>{ verb.term.text }</dd></> }
    });
    let terms = section
        .terms
        .iter()
        .map(|term| html! { <><dt>{ term.title }</dt><dd>{ term.text }</dd></> });
    let empty = section.verbs.is_empty() && section.terms.is_empty();
    html! {
        <section class="rfc">
            <h3>{ link(section.rfc) }</h3>
            if empty {
                <p class="hint">{ t!("section-empty") }</p>
            } else {
                <dl>{ for verbs }{ for terms }</dl>
            }
        </section>
    }
}
