//! The line in words, token by token.

use shared::room::LineKind;
use yew::prelude::*;

use super::super::state::lines::parts;
use super::super::text::t;
use super::transcript::badge;
use super::{View, side_word};

/// Tokens listed at once: a block of thousands of lines repeats the same few.
const TOKENS: usize = 60;

pub(super) fn explain(view: &View) -> Html {
    let room = view.seat.room();
    let Some((n, octet)) = view.seat.watch().at(&room) else {
        return html! { <p class="hint">{ t!("nothing-yet") }</p> };
    };
    let line = &room.shown.lines[n];
    let terms = &room.shown.terms;
    let current = parts(line, terms).position(|part| part.has(octet)).unwrap_or(0);
    // Those around the selected one, if it is far in.
    let first = if current >= TOKENS { current - TOKENS / 2 } else { 0 };
    let mut told: Vec<u16> = Vec::new();
    let rows = parts(line, terms).enumerate().skip(first).take(TOKENS).map(|(at, part)| {
        let here = at == current;
        let (seat, start) = (view.seat.clone(), part.start);
        let onclick = Callback::from(move |_: MouseEvent| seat.select(n, start));
        let is_new = !told.contains(&part.token.term);
        told.push(part.token.term);
        html! {
            <li key={at} class={here.then_some("current")}>
                <button type="button" {onclick} aria-pressed={here.to_string()}>
                    <code translate="no" dir="ltr">{ part.text(line) }</code>
                    <b>{ part.term.map(|term| term.title.clone()).unwrap_or_default() }</b>
                </button>
                if let Some(term) = part.term.filter(|_| is_new) {
                    <p>{ &term.text }{ " " }<span class="rfc-name">{ &term.rfc }</span></p>
                }
                if let Some(note) = &part.token.note {
                    <p><em>{ note }</em></p>
                }
            </li>
        }
    });
    let rows: Vec<Html> = rows.collect();
    let rest = line.tokens.len().saturating_sub(first + TOKENS);
    html! {
        <>
            <p class="summary">
                <b>{ t!("spoken", line = n + 1, who = side_word(line.side)) }</b>{ " " }{ &line.says }{ " " }{ badge(line) }
            </p>
            if line.kind == LineKind::Data {
                <p>{ t!("content", octets = line.octets) }</p>
            }
            if first > 0 {
                <p class="hint">{ t!("tokens-before", count = first) }</p>
            }
            <ol class="terms">{ for rows }</ol>
            if rest > 0 {
                <p class="hint">{ t!("tokens-more", count = rest) }</p>
            }
        </>
    }
}
