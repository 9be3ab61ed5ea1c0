//! The states of RFC 9293, drawn from the table that the machine obeys, with those of both sides lit.

use shared::sockets::Side;
use shared::sockets::state::{Edge, State, TABLE};
use yew::prelude::*;

use super::BenchView;
use crate::state::bench_words::side_word;
use crate::text::t;

const WIDTH: i32 = 108;
const HEIGHT: i32 = 30;

/// Where a state stands, by its middle.
fn place(state: State) -> (i32, i32) {
    match state {
        State::Closed => (180, 20),
        State::Listen => (60, 75),
        State::SynSent => (300, 75),
        State::SynReceived => (60, 135),
        State::Established => (180, 180),
        State::FinWait1 => (60, 235),
        State::CloseWait => (300, 235),
        State::FinWait2 => (60, 290),
        State::Closing => (180, 290),
        State::LastAck => (300, 290),
        State::TimeWait => (180, 345),
    }
}

#[component(Diagram)]
pub(super) fn diagram(view: &BenchView) -> Html {
    let lit = view.bench.see(|state| Side::BOTH.map(|side| state.states(side)));
    // As in the figure of the RFC. Ways that begin in nearly every state would cover the others; the list has all.
    let figure = |edge: &&Edge| edge.from.len() <= 2;
    let lines = TABLE.iter().filter(figure).flat_map(|edge| {
        let last = edge.from.last();
        last.into_iter().map(move |from| line(*from, edge))
    });
    let nodes = State::ALL.into_iter().map(|state| {
        let (x, y) = place(state);
        let of = |side: Side| lit[side as usize].contains(&state);
        let class = match (of(Side::Server), of(Side::Client)) {
            (true, true) => "both",
            (true, false) => "server",
            (false, true) => "client",
            (false, false) => "",
        };
        let who = match class {
            "both" => "S C ",
            "server" => "S ",
            "client" => "C ",
            _ => "",
        };
        html! {
            <g class={classes!("state-node", class)}>
                <rect x={(x - WIDTH / 2).to_string()} y={(y - HEIGHT / 2).to_string()}
                    width={WIDTH.to_string()} height={HEIGHT.to_string()} rx="6" />
                <text x={x.to_string()} y={(y + 4).to_string()}>{ format!("{who}{}", state.name()) }</text>
            </g>
        }
    });
    let label = Side::BOTH.map(|side| {
        let names: Vec<&str> = lit[side as usize].iter().map(|state| state.name()).collect();
        let names = if names.is_empty() { t!("bench-no-tcp").into() } else { names.join(", ") };
        format!("{}: {names}", side_word(side))
    });
    let label = label.join("; ");
    html! {
        <section aria-labelledby="states-title" id="states">
            <h2 id="states-title">{ t!("bench-states") }</h2>
            <p class="hint">{ &label }</p>
            <svg class="states" viewBox="0 0 372 370" role="img" aria-label={t!("bench-states-label", states = &label)}>
                <defs>
                    <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">
                        <path d="M0 0 L8 4 L0 8 z" />
                    </marker>
                </defs>
                { for lines }
                { for nodes }
            </svg>
            { ways(&lit) }
        </section>
    }
}

/// From one box to the edge of the other.
fn line(from: State, edge: &Edge) -> Html {
    let ((x1, y1), (x2, y2)) = (place(from), place(edge.to));
    if edge.to == State::Closed && y1 > 200 {
        // From the bottom to the top, past all others.
        let (right, margin) = (WIDTH / 2, 364);
        let points = format!("{},{y1} {margin},{y1} {margin},{y2} {},{y2}", x1 + right, x2 + right);
        return html! { <polyline {points} marker-end="url(#tip)"><title>{ edge.trigger.title() }</title></polyline> };
    }
    let (dx, dy) = (x2 - x1, y2 - y1);
    // The share of the way, in thousandths, that lies inside of a box.
    let inside = |half: i32, way: i32| if way == 0 { 1000 } else { half * 1000 / way.abs() };
    let share = inside(WIDTH / 2, dx).min(inside(HEIGHT / 2, dy)).min(480);
    let (sx, sy) = (x1 + dx * share / 1000, y1 + dy * share / 1000);
    let (ex, ey) = (x2 - dx * share / 1000, y2 - dy * share / 1000);
    html! {
        <line x1={sx.to_string()} y1={sy.to_string()} x2={ex.to_string()} y2={ey.to_string()} marker-end="url(#tip)">
            <title>{ edge.trigger.title() }</title>
        </line>
    }
}

/// The whole table as a list; the ways that are open now come first.
fn ways(lit: &[Vec<State>; 2]) -> Html {
    let open = |edge: &&Edge| lit.iter().flatten().any(|state| edge.from.contains(state));
    let item = |edge: &Edge| {
        let from: Vec<&str> = match edge.from.len() {
            0..=2 => edge.from.iter().map(|state| state.name()).collect(),
            _ => vec![t!("bench-any-state")],
        };
        let sends = if edge.sends.is_empty() {
            String::new()
        } else {
            format!(" {}", t!("bench-sends", what = edge.sends))
        };
        html! {
            <li>
                <b>{ format!("{} \u{2192} {}", from.join(t!("bench-or")), edge.to) }</b>
                { format!(": {}.{sends} ", edge.trigger.title()) }
                <a href={edge.rfc().url()} target="_blank" rel="noreferrer noopener">{ edge.rfc().to_string() }</a>
            </li>
        }
    };
    let (now, others): (Vec<&Edge>, Vec<&Edge>) = TABLE.iter().partition(open);
    html! {
        <>
            <details class="ways" open=true>
                <summary>{ t!("bench-ways", count = now.len()) }</summary>
                <ul>{ for now.into_iter().map(item) }</ul>
            </details>
            <details class="ways">
                <summary>{ t!("bench-other-ways", count = others.len()) }</summary>
                <ul>{ for others.into_iter().map(item) }</ul>
            </details>
        </>
    }
}
