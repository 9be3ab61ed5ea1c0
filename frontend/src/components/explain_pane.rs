//! The selected line, token by token.

use shared::explain::Rfc;
use shared::protocols::http;
use shared::transcript::{Kind, visible};
use yew::prelude::*;

use crate::app::View;
use crate::state::Lab;

/// At most so many octets of decoded content are shown.
const DECODED: usize = 64 * 1024;

/// Tokens listed; a block of thousands of lines repeats the same few. What a term means is said
/// where it comes first.
const TOKENS: usize = 200;

#[component(ExplainPane)]
pub fn explain_pane(view: &View) -> Html {
    let runner = &view.runner;
    runner.see(|lab| {
        let shown = lab.shown().and_then(|n| Some((n, lab.entry(n)?)));
        let Some((n, entry)) = shown else {
            return html! { <p class="hint">{ "Nothing has crossed the wire yet." }</p> };
        };
        let wire = match &entry.kind {
            Kind::Sent(wire) | Kind::Received(wire) => wire,
            Kind::Data { octets, .. } => return content(lab, n, *octets),
            Kind::State(state) => {
                return html! { <><h3>{ state.title }</h3><p>{ state.text }</p></> };
            }
            Kind::Note(note) => {
                return html! { <><p>{ &note.text }</p>{ note.rule.map(link).unwrap_or_default() }</> };
            }
            _ => return html! { <p>{ "The lab tells what happened to the connection itself." }</p> },
        };
        let rows = wire.spans.iter().take(TOKENS).enumerate().map(|(at, span)| {
            let known = wire.spans[..at].iter().any(|before| before.term == span.term);
            let here = span.range().contains(&lab.octet) && lab.selected() == Some(n);
            let onclick = {
                let (runner, start) = (runner.clone(), span.start as usize);
                Callback::from(move |_: MouseEvent| runner.act(|lab, _| lab.select(Some(n), start)))
            };
            let text = if span.secret && !lab.show_secrets {
                "********".to_string()
            } else {
                // A space alone would not be seen.
                visible(&wire.bytes[span.range()])
                    .replace(' ', "\u{2423}")
                    .replace("\\r\\n", "CR LF")
            };
            let text: String = if text.chars().count() > 60 {
                text.chars().take(57).chain("\u{2026}".chars()).collect()
            } else {
                text
            };
            html! {
                <li class={classes!(here.then_some("current"))}>
                    <button {onclick} aria-pressed={here.to_string()}>
                        <code translate="no" dir="ltr">{ text }</code>
                        <b>{ span.term.title }</b>
                    </button>
                    if !known {
                        <p>{ span.term.text }{ " " }{ link(span.term.rfc) }</p>
                    }
                    if let Some(note) = &span.note {
                        <p><em>{ note.to_string() }</em></p>
                    }
                </li>
            }
        });
        html! {
            <>
                <p class="summary">{ format!("Line {}: {}", n + 1, wire.says) }</p>
                <ol class="terms">{ for rows }</ol>
                if wire.spans.len() > TOKENS {
                    <p class="hint">{ format!("\u{2026} and {} more tokens of the same kinds", wire.spans.len() - TOKENS) }</p>
                }
            </>
        }
    })
}

/// Content as text, and if the header names a coding, decoded beside it.
fn content(lab: &Lab, n: usize, octets: u64) -> Html {
    let decoded = lab.coded_content(n).map(|(coding, bytes)| {
        let what = match http::decode_body(&coding, &bytes, DECODED) {
            Ok(plain) => html! {
                <>
                    <p class="hint">{ format!("{} octets of {coding}, {} octets decoded:", bytes.len(), plain.len()) }</p>
                    <pre translate="no" tabindex="0">{ String::from_utf8_lossy(&plain).replace("\r\n", "\n") }</pre>
                </>
            },
            Err(why) => html! { <p class="hint">{ format!("Its start cannot be decoded as {coding}: {why}") }</p> },
        };
        html! { <><h3>{ "Decoded" }</h3>{ what }</> }
    });
    html! {
        <>
            <p>{ format!("Content: {octets} octets. The protocol carries them and gives them no meaning; the Bytes tab shows them as they came.") }</p>
            { decoded.unwrap_or_default() }
        </>
    }
}

pub(super) fn link(rfc: Rfc) -> Html {
    html! { <a href={rfc.url()} target="_blank" rel="noreferrer noopener">{ rfc.to_string() }</a> }
}
