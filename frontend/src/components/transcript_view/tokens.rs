//! The selected unit, token by token, with its control octets to be seen.

use shared::explain::{Span, Wire};
use yew::prelude::*;

use crate::state::text::{Piece, control, pieces};

/// The line of words that stands for a secret.
const MASKED: &str = "********";

/// The token of the selected octet is marked, and the one that the pointer is over.
pub(super) fn tokens(wire: &Wire, octet: usize, pointed: Option<usize>, secrets: bool) -> Html {
    let mut lines: Vec<Vec<Html>> = vec![Vec::new()];
    for span in &wire.spans {
        let bytes = &wire.bytes[span.range()];
        let class = classes!(
            "token",
            span.range().contains(&octet).then_some("current"),
            pointed.is_some_and(|at| span.range().contains(&at)).then_some("pointed"),
        );
        let text = if span.secret && !secrets {
            html! { { MASKED } }
        } else {
            shown(span, bytes)
        };
        let token = html! {
            <span {class} title={span.term.title} data-octet={span.start.to_string()}>{ text }</span>
        };
        if let Some(line) = lines.last_mut() {
            line.push(token);
        }
        if bytes.ends_with(b"\n") {
            lines.push(Vec::new());
        }
    }
    lines.retain(|line| !line.is_empty());
    html! { { for lines.into_iter().map(|line| html! { <code class="line tokens" translate="no" dir="ltr">{ for line }</code> }) } }
}

fn shown(span: &Span, bytes: &[u8]) -> Html {
    if span.term.id == "STUFFED_DOT" {
        return html! { <span class="octet-mark" title={span.term.title}>{ "." }</span> };
    }
    // An octet that is a word of its own, such as those of Telnet, has its name from there.
    let word = match (&span.note, bytes) {
        (Some(note), [_]) => note,
        (None, [_]) => span.term.id,
        _ => "",
    };
    html! { { for pieces(bytes).map(|piece| self::piece(piece, word)) } }
}

/// Text as it is, and every other octet with its name in a box.
fn piece(piece: Piece<'_>, word: &str) -> Html {
    match piece {
        Piece::Text(text) => html! { { text } },
        Piece::Octet(octet) => {
            let known = control(octet).filter(|(_, name, _)| !name.is_empty());
            let (name, title) = match known {
                Some((_, name, title)) => (name.to_string(), format!("{title}, octet {octet:02X}")),
                None if word.is_empty() => (format!("{octet:02X}"), format!("octet {octet:02X}")),
                None => (word.to_string(), format!("octet {octet:02X}")),
            };
            html! { <span class="octet-mark" {title}>{ name }</span> }
        }
    }
}
