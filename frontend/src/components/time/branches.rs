//! The ends of a session that was forked: one goes on, any two can be compared.

use shared::transcript::{Entry, Pair, compare, render_entry};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::app::View;
use crate::text::t;

/// Exchanges drawn in a comparison; what is the same in both does not count.
const SHOWN: usize = 200;

#[component(Branches)]
pub(super) fn branches(view: &View) -> Html {
    let runner = &view.runner;
    let against = use_state(|| None::<usize>);
    let (count, current) = runner.see(|lab| (lab.branches().len(), lab.branch()));
    if count < 2 {
        return html! {};
    }
    let tabs = (0..count).map(|n| {
        let from = runner.see(|lab| lab.branches()[n].from);
        let runner = runner.clone();
        let onclick = Callback::from(move |_: MouseEvent| runner.act(|lab, _| lab.switch(n)));
        let origin = from.map(|(of, entries)| t!("branch-from", branch = of as u64 + 1, line = entries as u64));
        html! {
            <li>
                <button data-branch={n.to_string()} aria-pressed={(n == current).to_string()} {onclick}>
                    { t!("branch", number = n as u64 + 1) }
                </button>
                if let Some(origin) = origin {
                    <span class="hint">{ origin }</span>
                }
            </li>
        }
    });
    let other = (*against).filter(|n| *n < count && *n != current);
    let onchange = {
        let against = against.clone();
        Callback::from(move |event: Event| {
            let select: HtmlSelectElement = event.target_unchecked_into();
            against.set(select.value().parse().ok());
        })
    };
    let options = (0..count).filter(|n| *n != current).map(|n| {
        html! { <option value={n.to_string()} selected={other == Some(n)}>{ t!("branch", number = n as u64 + 1) }</option> }
    });
    let table = other.map(|other| {
        runner.see(|lab| comparison(current, lab.entries_of(current), other, lab.entries_of(other)))
    });
    html! {
        <div class="branches">
            <ul class="branch-list" aria-label={t!("branches")}>{ for tabs }</ul>
            <label>{ t!("compare-with") }{ " " }
                <select id="compare" {onchange}>
                    <option value="" selected={other.is_none()}>{ t!("compare-nothing") }</option>
                    { for options }
                </select>
            </label>
            { table.unwrap_or_default() }
        </div>
    }
}

fn comparison(current: usize, left: &[Entry], other: usize, right: &[Entry]) -> Html {
    let pairs = compare(left, right);
    let same = pairs.iter().filter(|pair| pair.same).count();
    let differ: Vec<&Pair> = pairs.iter().filter(|pair| !pair.same).collect();
    let rows = differ.iter().take(SHOWN).map(|pair| {
        let (what, shape) = match (&pair.left, &pair.right) {
            (Some(_), Some(_)) => (t!("compare-differs"), "\u{2260}"),
            (Some(_), None) => (t!("compare-only-here"), "\u{2190}"),
            _ => (t!("compare-only-there"), "\u{2192}"),
        };
        let cell = |range: &Option<core::ops::Range<usize>>, entries: &[Entry]| {
            let lines = range.clone().map_or(Vec::new(), |range| lines(&entries[range]));
            html! { <td>{ for lines.into_iter().map(|line| html! { <code class="line" translate="no" dir="ltr">{ line }</code> }) }</td> }
        };
        html! {
            <tr>
                <th scope="row"><span aria-hidden="true">{ shape }</span>{ " " }{ what }</th>
                { cell(&pair.left, left) }
                { cell(&pair.right, right) }
            </tr>
        }
    });
    html! {
        <div class="comparison" id="comparison" role="region" tabindex="0" aria-label={t!("comparison")}>
            <table>
                <caption>{ t!("compare-same", same = same as u64, differ = differ.len() as u64) }</caption>
                <thead><tr>
                    <td></td>
                    <th scope="col">{ t!("branch", number = current as u64 + 1) }</th>
                    <th scope="col">{ t!("branch", number = other as u64 + 1) }</th>
                </tr></thead>
                <tbody>{ for rows }</tbody>
            </table>
        </div>
    }
}

/// What crossed the wire, as the RFCs write it.
fn lines(entries: &[Entry]) -> Vec<String> {
    let mut text = String::new();
    for entry in entries.iter().filter(|entry| entry.wire().is_some()) {
        render_entry(entry, &mut text);
    }
    text.lines().map(String::from).collect()
}
