//! What has changed, in words.

use shared::world::changes::{Change, How, Thing};
use yew::prelude::*;

use super::Sight;
use crate::text::t;

pub(super) fn changes(sight: &Sight) -> Html {
    let Sight { since, step, .. } = sight;
    html! {
        <>
            if !step.is_empty() {
                <h3>{ t!("world-step") }</h3>
                { list(step, "step") }
            }
            if since.is_empty() && sight.start.is_some() {
                <p class="hint">{ t!("world-unchanged") }</p>
            } else if !since.is_empty() && since != step {
                <h3>{ t!("world-since") }</h3>
                { list(since, "since") }
            }
        </>
    }
}

fn list(changes: &[Change], id: &'static str) -> Html {
    let items = changes.iter().map(|change| {
        let (glyph, class) = shape(change.how);
        html! {
            <li key={change.words.clone()} class={classes!(class, (id == "step").then_some("changed"))}>
                <span class="glyph" aria-hidden="true">{ glyph }</span>{ &change.words }
            </li>
        }
    });
    html! { <ul class="changes" data-changes={id}>{ for items }</ul> }
}

/// Beside the thing itself.
pub(super) fn mark(how: Option<How>) -> Html {
    let Some(how) = how else { return Html::default() };
    let (glyph, class) = shape(how);
    html! {
        <>{ " " }<em class={classes!("mark", class)}><span aria-hidden="true">{ format!("{glyph} ") }</span>{ word(how) }</em></>
    }
}

/// Beside what holds other things: what has changed in it.
pub(super) fn marks(sight: &Sight, thing: &Thing) -> Html {
    let changes = sight.since.iter().filter(|change| change.thing == *thing);
    let marks = changes.map(|change| {
        let (glyph, class) = shape(change.how);
        // Its name stands there.
        let words = change.words.rsplit(": ").next().unwrap_or_default();
        html! { <>{ " " }<em class={classes!("mark", class)}><span aria-hidden="true">{ format!("{glyph} ") }</span>{ words }</em></> }
    });
    html! { { for marks } }
}

fn word(how: How) -> &'static str {
    match how {
        How::Added => t!("world-added"),
        How::Changed => t!("world-changed"),
        How::Removed => t!("world-removed"),
    }
}

fn shape(how: How) -> (&'static str, &'static str) {
    match how {
        How::Added => ("+", "added"),
        How::Changed => ("~", "altered"),
        How::Removed => ("\u{2212}", "removed"),
    }
}
