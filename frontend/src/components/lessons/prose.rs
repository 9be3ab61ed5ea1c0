//! A lesson's text as elements.

use shared::lesson::{Block, Inline};
use yew::prelude::*;

pub(crate) fn blocks(blocks: &[Block]) -> Html {
    html! { <>{ for blocks.iter().map(block) }</> }
}

pub(super) fn block(block: &Block) -> Html {
    match block {
        Block::Paragraph(text) => html! { <p>{ inline(text) }</p> },
        Block::List { ordered, items } => {
            let items = items.iter().map(|item| html! { <li>{ inline(item) }</li> });
            if *ordered {
                html! { <ol>{ for items }</ol> }
            } else {
                html! { <ul>{ for items }</ul> }
            }
        }
        Block::Text(text) => html! { <pre translate="no" tabindex="0">{ text }</pre> },
    }
}

pub(super) fn inline(text: &[Inline]) -> Html {
    let pieces = text.iter().map(|piece| match piece {
        Inline::Text(text) => html! { { text } },
        Inline::Code(text) => html! { <code translate="no">{ text }</code> },
        Inline::Strong(text) => html! { <strong>{ text }</strong> },
        Inline::Emphasis(text) => html! { <em>{ text }</em> },
        Inline::Link { text, to } => {
            let outside = to.starts_with("https:");
            html! {
                <a href={to.clone()} target={outside.then_some("_blank")} rel={outside.then_some("noreferrer")}>
                    { text }
                </a>
            }
        }
    });
    html! { <>{ for pieces }</> }
}
