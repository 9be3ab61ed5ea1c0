//! The line as octets: hexadecimal and text side by side, linked to its tokens.

use shared::room::{Line, LineKind};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};
use yew::prelude::*;

use super::super::state::lines::{neighbour, parts};
use super::super::text::t;
use super::View;
use crate::app::focus;
use crate::driver::soon;
use crate::state::text::control;

/// Octets in a row: eight fit a phone.
const ROW: usize = 8;

/// Octets drawn at once.
const SHOWN: usize = 512;

pub(super) fn bytes(view: &View) -> Html {
    let room = view.seat.room();
    let at = view.seat.watch().at(&room);
    let Some((n, octet)) = at.filter(|(n, _)| !room.shown.lines[*n].bytes.is_empty()) else {
        return html! { <p class="hint">{ t!("no-octets") }</p> };
    };
    let line = &room.shown.lines[n];
    let octet = octet.min(line.bytes.len() - 1);
    let part = parts(line, &room.shown.terms).find(|part| part.has(octet));
    let token = part.as_ref().map_or(octet..octet + 1, |p| p.start..p.token.end as usize);
    let secret = |at: usize| line.token_at(at).is_some_and(|(_, token)| token.secret);
    let first = octet / SHOWN * SHOWN;
    let last = line.bytes.len().min(first + SHOWN);
    let rows = line.bytes[first..last].chunks(ROW).enumerate().map(|(row, chunk)| {
        let start = first + row * ROW;
        let octets = chunk.iter().zip(start..);
        let cells = octets.clone().map(|(value, at)| {
            let class = classes!(
                "octet",
                (at == octet).then_some("here"),
                token.contains(&at).then_some("in-token"),
            );
            let text = if secret(at) { "**".to_owned() } else { format!("{value:02x}") };
            let label = control(*value).map(|(_, _, title)| format!("{text}, {title}"));
            html! {
                <span role="gridcell" id={format!("octet-{at}")} {class} data-octet={at.to_string()} aria-label={label}
                    tabindex={if at == octet { "0" } else { "-1" }} aria-selected={(at == octet).to_string()}>{ text }</span>
            }
        });
        let text = octets.map(|(value, at)| sign(*value, secret(at)));
        html! {
            <div class="hex-row" role="row">
                <span class="hex-offset" role="rowheader">{ format!("{start:04x}") }</span>
                { for cells }
                <span class="hex-text" role="cell" translate="no">{ for text }</span>
            </div>
        }
    });
    let total = if line.kind == LineKind::Data { line.octets } else { line.bytes.len() as u64 };
    html! {
        <>
            <p class="summary">
                { t!("octets", count = total) }
                if let Some(term) = part.as_ref().and_then(|part| part.term) {
                    { ". " }<b>{ &term.title }</b>{ ": " }{ &term.text }
                }
            </p>
            <div class="hex" role="grid" aria-label={t!("octets-grid")} onclick={click(view, n)} onkeydown={keys(view, n, line)}>
                { for rows }
            </div>
            if (line.bytes.len() as u64) < total {
                <p class="hint">{ t!("octets-first", count = line.bytes.len()) }</p>
            }
            if line.bytes.len() > SHOWN {
                <div class="pages">
                    { page(view, n, t!("page-back"), first.checked_sub(SHOWN)) }
                    { page(view, n, t!("page-on"), Some(last).filter(|last| *last < line.bytes.len())) }
                </div>
            }
        </>
    }
}

/// An octet as one character. Fonts without pictures of control characters are common, so they get arrows and the like.
fn sign(octet: u8, secret: bool) -> Html {
    match octet {
        _ if secret => html! { { '*' } },
        0x20..=0x7e => html! { { char::from(octet) } },
        octet => {
            let sign = control(octet).map_or('\u{b7}', |(sign, ..)| sign);
            html! { <span class="octet-sign">{ sign }</span> }
        }
    }
}

fn page(view: &View, n: usize, name: &'static str, at: Option<usize>) -> Html {
    let seat = view.seat.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        if let Some(at) = at {
            seat.select(n, at);
        }
    });
    html! { <button type="button" disabled={at.is_none()} {onclick}>{ name }</button> }
}

fn click(view: &View, n: usize) -> Callback<MouseEvent> {
    let seat = view.seat.clone();
    Callback::from(move |event: MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let octet = target.and_then(|target| target.get_attribute("data-octet"));
        if let Some(at) = octet.and_then(|octet| octet.parse().ok()) {
            seat.select(n, at);
        }
    })
}

fn keys(view: &View, n: usize, line: &Line) -> Callback<KeyboardEvent> {
    let (seat, last) = (view.seat.clone(), line.bytes.len().saturating_sub(1));
    Callback::from(move |event: KeyboardEvent| {
        let next = {
            let room = seat.room();
            let at = seat.watch().at(&room).map_or(0, |(_, octet)| octet);
            let token = |right| room.shown.lines.get(n).and_then(|l| neighbour(l, at, right));
            match (event.key().as_str(), event.ctrl_key()) {
                ("ArrowRight", true) => token(true).unwrap_or(at),
                ("ArrowLeft", true) => token(false).unwrap_or(0),
                ("ArrowRight", false) => (at + 1).min(last),
                ("ArrowLeft", false) => at.saturating_sub(1),
                ("ArrowDown", _) => (at + ROW).min(last),
                ("ArrowUp", _) => at.saturating_sub(ROW),
                ("Home", _) => 0,
                ("End", _) => last,
                _ => return,
            }
        };
        event.prevent_default();
        seat.select(n, next);
        soon(24, move || focus(&format!("octet-{next}")));
    })
}
