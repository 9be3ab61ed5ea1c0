//! The tokens of a unit: each with its name, and the first of each kind with its meaning.

use shared::explain::{Span, Wire};
use shared::transcript::visible;
use yew::prelude::*;

use super::depth::Depth;
use crate::components::linked::{link, pointing};
use crate::driver::Runner;
use crate::state::Lab;
use crate::text::t;

/// Tokens listed at once; a block of thousands of lines repeats the same few.
const TOKENS: usize = 200;

pub(super) fn tokens(runner: &Runner, lab: &Lab, n: usize, wire: &Wire, depth: Depth) -> Html {
    let octet = (lab.selected() == Some(n)).then_some(lab.octet);
    let current =
        octet.and_then(|octet| wire.spans.iter().position(|s| s.range().contains(&octet)));
    // Those around the selected one, if it is far in.
    let first = current.filter(|at| *at >= TOKENS).map_or(0, |at| at - TOKENS / 2);
    let rows = wire.spans.iter().enumerate().skip(first).take(TOKENS).map(|(at, span)| {
        let known = wire.spans[first..at].iter().any(|before| before.term == span.term);
        let here = current == Some(at);
        let pointed = lab.pointed.is_some_and(|(m, at)| m == n && span.range().contains(&at));
        let onclick = {
            let (runner, start) = (runner.clone(), span.start as usize);
            Callback::from(move |_: MouseEvent| runner.act(|lab, _| lab.select(Some(n), start)))
        };
        html! {
            <li class={classes!(here.then_some("current"), pointed.then_some("pointed"))} data-octet={span.start.to_string()}>
                <button type="button" {onclick} aria-pressed={here.to_string()}>
                    <code translate="no" dir="ltr">{ text(wire, span, lab.show_secrets) }</code>
                    <b>{ span.term.title }</b>
                </button>
                if !known && depth == Depth::Paragraph {
                    <p>{ span.term.text }{ " " }{ link(span.term.rfc) }</p>
                }
                if let Some(note) = span.note.as_ref().filter(|_| depth != Depth::Line) {
                    <p><em>{ note.to_string() }</em></p>
                }
            </li>
        }
    });
    let over = pointing(runner, n);
    let rest = wire.spans.len().saturating_sub(first + TOKENS);
    html! {
        <>
            if first > 0 {
                <p class="hint">{ t!("tokens-before", count = first) }</p>
            }
            <ol class="terms" onmouseover={over.clone()} onmouseout={over}>{ for rows }</ol>
            if rest > 0 {
                <p class="hint">{ t!("tokens-more", count = rest) }</p>
            }
        </>
    }
}

fn text(wire: &Wire, span: &Span, secrets: bool) -> String {
    if span.secret && !secrets {
        return "********".into();
    }
    // A space alone would not be seen.
    let text =
        visible(&wire.bytes[span.range()]).replace(' ', "\u{2423}").replace("\\r\\n", "CR LF");
    match text.char_indices().nth(60) {
        None => text,
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
    }
}
