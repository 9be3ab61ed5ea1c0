//! The selected call or packet: what it is, why, and where that is written.

use shared::sockets::{Body, Entry, Fate, Packet, Told, What};
use shared::transcript::visible;
use yew::prelude::*;

use super::{BenchHandle, BenchView};
use crate::state::bench_words::{fate_word, shortened, side_word};
use crate::text::t;

/// Octets of content that are shown.
const CONTENT: usize = 512;

#[component(Explain)]
pub(super) fn explain(view: &BenchView) -> Html {
    let bench = &view.bench;
    let body = bench.see(|state| {
        let shown = state.shown().and_then(|number| Some((number, state.bench.entry(number)?)));
        match shown {
            None => html! { <p class="hint">{ t!("bench-nothing") }</p> },
            Some((number, entry)) => explained(bench, number, entry),
        }
    });
    html! {
        <section aria-labelledby="explain-title" id="explain">
            <h2 id="explain-title">{ t!("act-explain") }</h2>
            { body }
        </section>
    }
}

fn explained(bench: &BenchHandle, number: usize, entry: &Entry) -> Html {
    let (title, told, more) = match &entry.what {
        What::Call { side, code, report, .. } => {
            let told: Vec<Told> = report.told.iter().chain(&report.waits).cloned().collect();
            (format!("{}: {}", side_word(*side), shortened(code, 120)), told, Html::default())
        }
        What::Packet { from, packet, fate, told, .. } => {
            let all = core::iter::once(packet.told.clone()).chain(told.clone()).collect();
            let to = side_word(from.other());
            let title =
                t!("bench-from-to", from = side_word(*from), to = to, line = &packet.line());
            (title, all, packet_facts(bench, number, packet, *fate))
        }
        What::Time { .. } => {
            (t!("bench-time").into(), Vec::new(), html! { <p>{ t!("bench-timers") }</p> })
        }
        What::Restart { .. } => {
            let text = t!("bench-restarted-about");
            (t!("bench-new-python").into(), Vec::new(), html! { <p>{ text }</p> })
        }
    };
    let told = told.iter().map(|told| {
        html! {
            <li>
                <b>{ told.what.to_string() }</b>
                <p>{ told.why.to_string() }{ " " }<a href={told.source.url()} target="_blank" rel="noreferrer noopener">{ told.source.to_string() }</a></p>
            </li>
        }
    });
    let changes = entry.changes.iter().map(|(side, change)| {
        let edge = change.taken.edge;
        let sends = if edge.sends.is_empty() { String::new() } else { format!(", {}", t!("bench-and-sends", what = edge.sends)) };
        html! {
            <li>
                <b>{ format!("{}: {} \u{2192} {}", side_word(*side), change.taken.from, edge.to) }</b>
                <p>
                    { format!("{}{sends}. {} ", edge.trigger.title(), edge.to.text()) }
                    <a href={edge.rfc().url()} target="_blank" rel="noreferrer noopener">{ edge.rfc().to_string() }</a>
                </p>
            </li>
        }
    });
    html! {
        <>
            <p class="summary"><code translate="no">{ title }</code></p>
            { more }
            <ul class="terms">{ for told }{ for changes }</ul>
        </>
    }
}

/// A number as people count, and as it crossed the wire.
fn on_wire(counted: u32, number: u32) -> String {
    t!("bench-on-wire", counted = u64::from(counted), number = u64::from(number))
}

fn packet_facts(bench: &BenchHandle, number: usize, packet: &Packet, fate: Fate) -> Html {
    let fact = |name: &str, value: String| html! { <><dt>{ name }</dt><dd translate="no">{ value }</dd></> };
    let fields = match &packet.body {
        Body::Tcp(segment) => {
            let seq = on_wire(segment.seq.wrapping_sub(packet.base.0), segment.seq);
            let ack = segment.ack.map(|ack| {
                let shown = on_wire(ack.wrapping_sub(packet.base.1), ack);
                fact(t!("bench-acknowledgement"), shown)
            });
            html! {
                <>
                    { fact(t!("bench-flags"), segment.flags()) }
                    { fact(t!("bench-sequence"), seq) }
                    { ack.unwrap_or_default() }
                    { fact(t!("bench-window"), segment.window.to_string()) }
                </>
            }
        }
        Body::Udp(_) | Body::Unreachable => Html::default(),
    };
    let data = packet.data();
    let content = (!data.is_empty()).then(|| {
        let text = visible(&data[..data.len().min(CONTENT)]);
        let rest = data.len().saturating_sub(CONTENT);
        let rest = if rest > 0 {
            format!(" \u{2026} {}", t!("bench-and-more", count = rest))
        } else {
            String::new()
        };
        fact(t!("bench-content"), format!("{text}{rest}"))
    });
    let moving = matches!(fate, Fate::InFlight | Fate::Delayed);
    let deliver = bench.on_click(move |state| {
        state.bench.step_entry(number);
    });
    let lose = bench.on_click(move |state| {
        state.bench.lose(number);
    });
    html! {
        <>
            <dl class="facts">
                { fact(t!("bench-from"), packet.from.to_string()) }
                { fact(t!("bench-to"), packet.to.to_string()) }
                { fields }
                { content.unwrap_or_default() }
                { fact("", fate_word(fate).into()) }
            </dl>
            if moving {
                <div class="send">
                    <button type="button" onclick={deliver}>{ t!("bench-deliver") }</button>
                    <button type="button" onclick={lose}>{ t!("bench-lose-it") }</button>
                </div>
            }
        </>
    }
}
