//! The selected line in words, as deep as a person wants it.

mod answer;
mod depth;
mod parts;
mod tokens;

use shared::machine::{Level, Note};
use shared::transcript::Kind;
use yew::prelude::*;

use self::depth::{Depth, DepthSwitch};
use crate::app::{View, focus};
use crate::driver::Runner;
use crate::state::Lab;
use crate::state::section::Section;
use crate::state::text::exact;
use crate::text::t;

pub(super) use super::linked::link;

#[component(ExplainPane)]
pub fn explain_pane(view: &View) -> Html {
    let depth = use_state(depth::stored);
    let onchange = {
        let depth = depth.clone();
        Callback::from(move |new| {
            depth::store(new);
            depth.set(new);
        })
    };
    let runner = &view.runner;
    runner.see(|lab| {
        let shown = lab.shown().filter(|n| lab.entry(*n).is_some());
        let Some(n) = shown else {
            return html! { <p class="hint">{ t!("nothing-yet") }</p> };
        };
        html! {
            <>
                <DepthSwitch depth={*depth} {onchange} />
                { entry(runner, lab, n, *depth) }
            </>
        }
    })
}

fn entry(runner: &Runner, lab: &Lab, n: usize, depth: Depth) -> Html {
    let Some(entry) = lab.entry(n) else { return html! {} };
    match &entry.kind {
        Kind::Sent(wire) | Kind::Received(wire) => {
            let octet = if lab.selected() == Some(n) { lab.octet } else { 0 };
            html! {
                <>
                    <p class="summary">{ t!("line-says", line = n + 1, says = &wire.says) }</p>
                    if depth == Depth::Paragraph {
                        { parts::arrival(lab, n) }
                    }
                    { tokens::tokens(runner, lab, n, wire, depth) }
                    { parts::decodings(runner, lab, n) }
                    if depth == Depth::Paragraph {
                        { answer::answer(runner, lab, n) }
                    }
                    if depth == Depth::Section {
                        { parts::by_section(lab, wire, octet) }
                    }
                </>
            }
        }
        Kind::Data { octets, .. } => html! {
            <>
                <p>{ t!("content-about", octets = *octets) }</p>
                if depth == Depth::Paragraph {
                    { parts::arrival(lab, n) }
                }
                { parts::decodings(runner, lab, n) }
            </>
        },
        Kind::State(state) => html! { <><h3>{ state.title }</h3><p>{ state.text }</p></> },
        Kind::Note(note) => explained(runner, lab, note, depth),
        _ => html! {
            <>
                <p class="summary">{ t!("line-says", line = n + 1, says = &exact(entry, false)) }</p>
                <p>{ t!("lab-tells") }</p>
            </>
        },
    }
}

/// A note of the lab, with its rule and what would have been right.
fn explained(runner: &Runner, lab: &Lab, note: &Note, depth: Depth) -> Html {
    let level = match note.level {
        Level::Info => t!("note-info"),
        Level::Warning => t!("note-warning"),
        Level::Error => t!("note-error"),
    };
    let fix = note.fix.clone().map(|fix| {
        let runner = runner.clone();
        let shown = fix.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            runner.act(|lab, _| lab.put(&fix, false));
            focus("command");
        });
        html! {
            <>
                <p>{ t!("right-one") }{ ":" }</p>
                <pre translate="no" tabindex="0" role="region" aria-label={t!("right-one")}>{ shown }</pre>
                <button type="button" {onclick}>{ t!("try-correct") }</button>
            </>
        }
    });
    html! {
        <>
            <h3>{ level }</h3>
            <p>{ &note.text }</p>
            if let Some(rule) = note.rule {
                <p>{ t!("the-rule") }{ " " }{ link(rule) }</p>
            }
            { fix }
            if let Some(rule) = note.rule.filter(|_| depth == Depth::Section) {
                { parts::section(&Section::of(rule, lab.route.protocol)) }
            }
        </>
    }
}
