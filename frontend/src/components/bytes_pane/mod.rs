//! The selected line as octets: hexadecimal and text, side by side, linked to its tokens, with marks where the reads
//! of the connection ended.

mod grid;

use shared::explain::Wire;
use shared::transcript::Kind;
use web_sys::{HtmlInputElement, KeyboardEvent};
use yew::prelude::*;

use self::grid::{Grid, ROW};
use super::linked::{octet_of, pointing};
use crate::app::{View, focus};
use crate::driver::Runner;
use crate::text::t;

/// Octets drawn at once.
const SHOWN: usize = 1024;

#[component(BytesPane)]
pub fn bytes_pane(view: &View) -> Html {
    let with_reads = use_state(|| true);
    let toggle = {
        let with_reads = with_reads.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            with_reads.set(input.checked());
        })
    };
    let runner = &view.runner;
    runner.see(|lab| {
        let shown = lab.shown().and_then(|n| Some((n, lab.entry(n)?)));
        let Some((n, entry)) = shown else {
            return html! { <p class="hint">{ t!("nothing-yet") }</p> };
        };
        let octet = if lab.selected() == Some(n) { lab.octet } else { 0 };
        let (bytes, total, wire) = match &entry.kind {
            Kind::Sent(wire) | Kind::Received(wire) => {
                (&wire.bytes, wire.bytes.len() as u64, Some(wire))
            }
            Kind::Data { head, octets, .. } => (head, *octets, None),
            _ => return html! { <p class="hint">{ t!("no-octets") }</p> },
        };
        let first = octet / SHOWN * SHOWN;
        let last = bytes.len().min(first + SHOWN);
        let ends = match *with_reads {
            true => lab.read_ends(n, bytes.len() as u64),
            false => Vec::new(),
        };
        let grid = Grid {
            bytes: &bytes[first.min(bytes.len())..last],
            first,
            offset: entry.offset,
            wire,
            octet,
            pointed: lab.pointed.filter(|(entry, _)| *entry == n).map(|(_, at)| at),
            secrets: lab.show_secrets,
            ends: &ends,
        };
        let token = wire.and_then(|wire| wire.span_at(octet)).map(|span| {
            let octets = match span.range().len() {
                1 => t!("octet-of-token", first = u64::from(span.start)),
                _ => t!(
                    "octets-of-token",
                    first = u64::from(span.start),
                    last = u64::from(span.end - 1)
                ),
            };
            html! { <p class="summary">{ octets }{ " " }<b>{ span.term.title }</b>{ format!(". {}", span.term.text) }</p> }
        });
        let onclick = {
            let runner = runner.clone();
            Callback::from(move |event: MouseEvent| {
                if let Some(at) = octet_of(&event) {
                    runner.act(|lab, _| lab.select(Some(n), at));
                }
            })
        };
        let over = pointing(runner, n);
        let arrival = lab.arrival(n);
        html! {
            <>
                <p class="hint">{ t!("octets-about", total = total, offset = entry.offset) }</p>
                { token.unwrap_or_default() }
                <div class="hex" role="grid" aria-label={t!("octets-grid")} onkeydown={keys(runner, n, bytes.len(), wire)}
                    {onclick} onmouseover={over.clone()} onmouseout={over}>
                    { grid.rows() }
                </div>
                if total > grid.bytes.len() as u64 {
                    <div class="pages">
                        <span class="hint">{ t!("octets-page", first = first, last = last.max(1) - 1, total = total) }</span>
                        { page(runner, n, t!("earlier"), first.checked_sub(SHOWN)) }
                        { page(runner, n, t!("later"), Some(first + SHOWN).filter(|at| *at < bytes.len())) }
                    </div>
                }
                { grid.legend() }
                if let Some(arrival) = arrival {
                    <p class="arrival">{ arrival.sentence() }</p>
                    <label class="reads">
                        <input type="checkbox" checked={*with_reads} onchange={toggle} />
                        { t!("mark-reads") }
                    </label>
                }
            </>
        }
    })
}

/// To another page of octets, if there is one.
fn page(runner: &Runner, n: usize, name: &'static str, at: Option<usize>) -> Html {
    let runner = runner.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        if let Some(at) = at {
            runner.act(|lab, _| lab.select(Some(n), at));
        }
    });
    html! { <button type="button" disabled={at.is_none()} {onclick}>{ name }</button> }
}

fn keys(runner: &Runner, n: usize, len: usize, wire: Option<&Wire>) -> Callback<KeyboardEvent> {
    let runner = runner.clone();
    let starts: Vec<usize> =
        wire.map(|wire| wire.spans.iter().map(|s| s.start as usize).collect()).unwrap_or_default();
    Callback::from(move |event: KeyboardEvent| {
        let at = runner.see(|lab| if lab.selected() == Some(n) { lab.octet } else { 0 });
        let last = len.saturating_sub(1);
        let next = match (event.key().as_str(), event.ctrl_key()) {
            ("ArrowRight", true) => starts.iter().copied().find(|s| *s > at).unwrap_or(at),
            ("ArrowLeft", true) => starts.iter().copied().rfind(|s| *s < at).unwrap_or(0),
            ("ArrowRight", false) => (at + 1).min(last),
            ("ArrowLeft", false) => at.saturating_sub(1),
            ("ArrowDown", _) => (at + ROW).min(last),
            ("ArrowUp", _) => at.saturating_sub(ROW),
            ("PageDown", _) => (at + SHOWN).min(last),
            ("PageUp", _) => at.saturating_sub(SHOWN),
            ("Home", _) => 0,
            ("End", _) => last,
            _ => return,
        };
        event.prevent_default();
        runner.act(|lab, _| lab.select(Some(n), next));
        focus_after_drawing(format!("octet-{next}"));
    })
}

/// The cell may be drawn only after the selection has moved to its page.
fn focus_after_drawing(id: String) {
    use wasm_bindgen::JsCast;
    let callback = wasm_bindgen::closure::Closure::once_into_js(move || focus(&id));
    if let Some(window) = web_sys::window() {
        drop(
            window.set_timeout_with_callback_and_timeout_and_arguments_0(
                callback.unchecked_ref(),
                24,
            ),
        );
    }
}
