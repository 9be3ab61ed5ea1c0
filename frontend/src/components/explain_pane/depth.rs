//! How deep the explanation goes: chosen once, and kept.

use crate::text::t;
use yew::prelude::*;

const KEY: &str = "wirelab.depth";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    Line,
    Paragraph,
    Section,
}

const ALL: [(Depth, &str); 3] =
    [(Depth::Line, "line"), (Depth::Paragraph, "paragraph"), (Depth::Section, "section")];

fn title(depth: Depth) -> &'static str {
    match depth {
        Depth::Line => t!("depth-line"),
        Depth::Paragraph => t!("depth-paragraph"),
        Depth::Section => t!("depth-section"),
    }
}

#[derive(PartialEq, Properties)]
pub(super) struct DepthProps {
    pub(super) depth: Depth,
    pub(super) onchange: Callback<Depth>,
}

#[component(DepthSwitch)]
pub(super) fn depth_switch(props: &DepthProps) -> Html {
    let radios = ALL.iter().map(|(depth, name)| {
        let onchange = props.onchange.reform(move |_: Event| *depth);
        html! {
            <label>
                <input type="radio" name="depth" value={*name} checked={*depth == props.depth} {onchange} />
                { title(*depth) }
            </label>
        }
    });
    html! {
        <fieldset class="depth">
            <legend class="hidden">{ t!("depth-about") }</legend>
            { for radios }
        </fieldset>
    }
}

pub(super) fn stored() -> Depth {
    let storage = web_sys::window().and_then(|window| window.local_storage().ok().flatten());
    let name = storage.and_then(|storage| storage.get_item(KEY).ok().flatten());
    let found = ALL.iter().find(|(_, stored)| Some(*stored) == name.as_deref());
    found.map_or(Depth::Paragraph, |(depth, ..)| *depth)
}

pub(super) fn store(depth: Depth) {
    let storage = web_sys::window().and_then(|window| window.local_storage().ok().flatten());
    if let (Some(storage), Some((_, name))) = (storage, ALL.iter().find(|(d, ..)| *d == depth)) {
        // A browser that keeps nothing asks again next time.
        drop(storage.set_item(KEY, name));
    }
}
