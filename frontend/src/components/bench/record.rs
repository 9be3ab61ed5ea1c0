//! Calls and packets in the order in which they happened: the ladder, as a list.

use shared::sockets::{Entry, Fate, Outcome, Side, What};
use web_sys::{Element, KeyboardEvent};
use yew::prelude::*;

use super::controls::Network;
use super::{BenchHandle, BenchView};
use crate::app::focus;
use crate::state::bench_words::{fate_word, seconds, shortened, side_word};
use crate::text::t;

/// Entries drawn at once; earlier ones come on request.
const WINDOW: usize = 200;

#[component(Record)]
pub(super) fn record(view: &BenchView) -> Html {
    let bench = view.bench.clone();
    let list = use_node_ref();
    let all = use_state(|| false);
    let (len, selected) = bench.see(|state| (state.bench.len(), state.selected()));
    {
        let list = list.clone();
        use_effect_with((len, selected), move |(_, selected)| {
            if let (Some(list), None) = (list.cast::<Element>(), selected) {
                list.set_scroll_top(list.scroll_height());
            }
        });
    }
    let first = if *all { 0 } else { len.saturating_sub(WINDOW) };
    let (rows, earlier): (Vec<Html>, usize) = bench.see(|state| {
        let shown = state.shown();
        let rows = state.bench.entries().filter(|(number, _)| *number >= first);
        let rows = rows.map(|(n, entry)| row(&bench, n, entry, selected, shown)).collect();
        let earlier = state.bench.entries().filter(|(number, _)| *number < first).count();
        (rows, earlier)
    });
    let show_all = Callback::from(move |_: MouseEvent| all.set(true));
    html! {
        <section class="record" aria-labelledby="record-title">
            <div class="pane-head">
                <h2 id="record-title">{ t!("bench-record") }</h2>
                <span class="hint">{ t!("bench-sides") }</span>
            </div>
            <Network ..view.clone() />
            if earlier > 0 {
                <button type="button" class="quiet" onclick={show_all}>{ t!("bench-earlier", count = earlier) }</button>
            }
            if rows.is_empty() {
                <p class="hint">{ t!("bench-empty") }</p>
            }
            <ol ref={list} id="record" tabindex="-1" aria-label={t!("bench-record")} onkeydown={keys(&bench)}>{ for rows }</ol>
        </section>
    }
}

fn keys(bench: &BenchHandle) -> Callback<KeyboardEvent> {
    let bench = bench.clone();
    Callback::from(move |event: KeyboardEvent| {
        let (first, len, at) = bench.see(|state| {
            let first = state.bench.entries().next().map_or(0, |(number, _)| number);
            (first, state.bench.len(), state.shown().unwrap_or(0))
        });
        let next = match event.key().as_str() {
            "ArrowDown" => (at + 1).min(len.saturating_sub(1)),
            "ArrowUp" => at.saturating_sub(1).max(first),
            "Home" => first,
            "End" => len.saturating_sub(1),
            "." => {
                event.prevent_default();
                bench.act(|state| {
                    state.bench.step();
                });
                return;
            }
            "Escape" => {
                bench.act(|state| state.select(None));
                focus("server-call");
                return;
            }
            _ => return,
        };
        event.prevent_default();
        bench.act(|state| state.select(Some(next)));
        focus(&format!("event-{next}"));
    })
}

fn row(
    bench: &BenchHandle,
    number: usize,
    entry: &Entry,
    selected: Option<usize>,
    shown: Option<usize>,
) -> Html {
    let onclick = bench.on_click(move |state| state.select(Some(number)));
    let (side, kind, text, body) = parts(entry);
    let changes = entry.changes.iter().map(|(side, change)| {
        let edge = change.taken.edge;
        html! {
            <p class="change">
                { format!("{}: {} \u{2192} ", side_word(*side), change.taken.from) }<b>{ edge.to.name() }</b>
            </p>
        }
    });
    html! {
        <li key={number} id={format!("event-{number}")} class={classes!("event", side, kind)} {onclick}
            data-side={side} data-kind={kind} data-text={text} aria-current={(selected == Some(number)).then_some("true")}
            tabindex={if shown == Some(number) { "0" } else { "-1" }}>
            { body }
            { for changes }
        </li>
    }
}

/// Side, kind, the whole in words, and how it is drawn.
fn parts(entry: &Entry) -> (&'static str, &'static str, String, Html) {
    match &entry.what {
        What::Call { side, code, report, line } => {
            let outcome = match &report.outcome {
                None => t!("bench-waits").into(),
                Some(Outcome::Nothing) => String::new(),
                Some(Outcome::Value(value)) => shortened(value, 160),
                Some(Outcome::Raised(exception)) => exception.to_string(),
                Some(Outcome::NotHere(why)) => why.clone(),
            };
            let raised = matches!(&report.outcome, Some(Outcome::Raised(_) | Outcome::NotHere(_)));
            let place = line
                .map(|line| format!("{}: ", t!("line-number", line = u64::from(line))))
                .unwrap_or_default();
            let printed = report.printed.trim_end();
            let text = [code.as_str(), printed, &outcome].join("\n");
            let body = html! {
                <>
                    <span class="hidden">{ t!("bench-calls", side = side_word(*side)) }{ " " }</span>
                    <code class="line" translate="no"><span class="hint">{ place }</span>{ shortened(code, 160) }</code>
                    if !printed.is_empty() {
                        <code class="line" translate="no">{ printed }</code>
                    }
                    if !outcome.is_empty() {
                        <code class={classes!("line", if raised { "raised" } else { "value" })} translate="no">{ outcome }</code>
                    }
                </>
            };
            (side.word(), "call", text, body)
        }
        What::Packet { from, packet, fate, copy, .. } => {
            let line = packet.line();
            let text = format!("{line}\n{}", fate_word(*fate));
            let (arrow, to) = match from {
                Side::Server => ("\u{2192}", t!("bench-to-client")),
                Side::Client => ("\u{2190}", t!("bench-to-server")),
            };
            let moving = matches!(fate, Fate::InFlight | Fate::Delayed);
            let mark = if *fate == Fate::Lost { "\u{2717}" } else { arrow };
            let body = html! {
                <>
                    <span class="hidden">{ t!("bench-packet", to = to) }{ " " }</span>
                    <code class="line" translate="no">{ line }{ if *copy { format!(" ({})", t!("bench-copy")) } else { String::new() } }</code>
                    <span class={classes!("arrow", moving.then_some("moving"), (*fate == Fate::Lost).then_some("lost"))} aria-hidden="true">{ mark }</span>
                    <span class="fate">{ fate_word(*fate) }</span>
                </>
            };
            (from.word(), "packet", text, body)
        }
        What::Time { passed } => {
            let text = t!("bench-passed", time = &seconds(*passed));
            let body = html! { <span>{ format!("{text}: ") }{ t!("bench-it-is", time = &seconds(entry.at.0 + *passed)) }</span> };
            ("lab", "time", text, body)
        }
        What::Restart { side } => {
            let text = t!("bench-restarted", side = side_word(*side));
            let body = html! { <span>{ &text }{ ": " }{ t!("bench-closed") }</span> };
            ("lab", "restart", text, body)
        }
    }
}
