//! The selected line as octets: hexadecimal and text, side by side, linked to its tokens.

use shared::explain::Wire;
use shared::transcript::Kind;
use web_sys::KeyboardEvent;
use yew::prelude::*;

use crate::app::{View, focus};
use crate::driver::Runner;

/// Octets in a row: eight fit a phone.
const ROW: usize = 8;

/// Octets drawn at once.
const SHOWN: usize = 1024;

#[component(BytesPane)]
pub fn bytes_pane(view: &View) -> Html {
    let runner = &view.runner;
    runner.see(|lab| {
        let shown = lab.shown().and_then(|n| Some((n, lab.entry(n)?)));
        let Some((n, entry)) = shown else {
            return html! { <p class="hint">{ "Nothing has crossed the wire yet." }</p> };
        };
        let octet = if lab.selected() == Some(n) { lab.octet } else { 0 };
        let (bytes, total, wire) = match &entry.kind {
            Kind::Sent(wire) | Kind::Received(wire) => {
                (&wire.bytes, wire.bytes.len() as u64, Some(wire))
            }
            Kind::Data { head, octets, .. } => (head, *octets, None),
            _ => return html! { <p class="hint">{ "No octets: the lab itself says this." }</p> },
        };
        let page = octet / SHOWN * SHOWN;
        let slice = &bytes[page.min(bytes.len())..bytes.len().min(page + SHOWN)];
        let current = wire.and_then(|wire| wire.span_at(octet));
        let hidden = |at: usize| {
            let secret = wire.and_then(|wire| wire.span_at(at)).is_some_and(|span| span.secret);
            secret && !lab.show_secrets
        };
        let rows = slice.chunks(ROW).enumerate().map(|(row, chunk)| {
            let start = page + row * ROW;
            let cells = chunk.iter().enumerate().map(|(i, byte)| {
                let at = start + i;
                let in_token = current.is_some_and(|span| span.range().contains(&at));
                cell(runner, n, at, *byte, hidden(at), at == octet, in_token)
            });
            let text: String =
                chunk.iter().enumerate().map(|(i, b)| glyph(*b, hidden(start + i))).collect();
            html! {
                <div class="hex-row" role="row">
                    <span class="hex-offset" role="rowheader">{ format!("{:04x}", entry.offset + start as u64) }</span>
                    { for cells }
                    <span class="hex-text" role="cell" translate="no">{ text }</span>
                </div>
            }
        });
        let token = current.map(|span| html! {
            <p class="summary">{ format!("Octets {} to {}: ", span.start, span.end - 1) }<b>{ span.term.title }</b>{ format!(". {}", span.term.text) }</p>
        });
        html! {
            <>
                <p class="hint">{ format!("{total} octets, from octet {} of this connection. Arrow keys go by octet, with Ctrl by token.", entry.offset) }</p>
                { token.unwrap_or_default() }
                <div class="hex" role="grid" aria-label="Octets" onkeydown={keys(runner, n, bytes.len(), wire)}>
                    { for rows }
                </div>
                if total > slice.len() as u64 {
                    <p class="hint">{ format!("Octets {page} to {} of {total} are shown.", page + slice.len()) }</p>
                }
            </>
        }
    })
}

fn cell(
    runner: &Runner,
    n: usize,
    at: usize,
    byte: u8,
    hidden: bool,
    here: bool,
    in_token: bool,
) -> Html {
    let runner = runner.clone();
    let onclick = Callback::from(move |_: MouseEvent| runner.act(|lab, _| lab.select(Some(n), at)));
    let text = if hidden { "**".to_string() } else { format!("{byte:02x}") };
    html! {
        <span role="gridcell" id={format!("octet-{at}")} class={classes!("octet", here.then_some("here"), in_token.then_some("in-token"))}
            tabindex={if here { "0" } else { "-1" }} aria-selected={here.to_string()} {onclick}>{ text }</span>
    }
}

fn glyph(byte: u8, hidden: bool) -> char {
    match byte {
        _ if hidden => '*',
        0x20..=0x7e => char::from(byte),
        // Fonts without pictures of control characters are common.
        _ => '\u{b7}',
    }
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
