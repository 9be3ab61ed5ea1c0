//! The search in the head of the transcript: a text, and behind a button what else may be asked for.

use shared::protocols::Protocol;
use shared::transcript::Side;
use web_sys::{HtmlInputElement, HtmlSelectElement, KeyboardEvent};
use yew::prelude::*;

use crate::state::find::Criteria;
use crate::text::t;

const SIDES: [Option<Side>; 4] = [None, Some(Side::Client), Some(Side::Server), Some(Side::Lab)];

fn side_name(side: Option<Side>) -> &'static str {
    match side {
        None => t!("find-anybody"),
        Some(Side::Client) => t!("find-you"),
        Some(Side::Server) => t!("find-server"),
        Some(Side::Lab) => t!("find-lab"),
    }
}

#[derive(PartialEq, Properties)]
pub(super) struct FindProps {
    pub(super) protocol: &'static str,
    pub(super) criteria: Criteria,
    /// What does not fit is left out of the list.
    pub(super) only: bool,
    /// Why the text is no regular expression.
    pub(super) wrong: Option<String>,
    /// How many there are, and which of them is selected.
    pub(super) found: (usize, Option<usize>),
    pub(super) onchange: Callback<(Criteria, bool)>,
    pub(super) ongo: Callback<bool>,
}

#[component(Find)]
pub(super) fn find(props: &FindProps) -> Html {
    let FindProps { criteria, only, wrong, found, onchange, ongo, .. } = props;
    let open = use_state(|| false);
    let change = |edit: fn(&mut Criteria, String)| {
        let (criteria, only, onchange) = (criteria.clone(), *only, onchange.clone());
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let mut criteria = criteria.clone();
            edit(&mut criteria, input.value());
            onchange.emit((criteria, only));
        })
    };
    let onside = {
        let (criteria, only, onchange) = (criteria.clone(), *only, onchange.clone());
        Callback::from(move |event: Event| {
            let select: HtmlSelectElement = event.target_unchecked_into();
            let side = SIDES.get(select.selected_index().max(0) as usize).copied().flatten();
            onchange.emit((Criteria { side, ..criteria.clone() }, only));
        })
    };
    let ononly = {
        let (criteria, onchange) = (criteria.clone(), onchange.clone());
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            onchange.emit((criteria.clone(), input.checked()));
        })
    };
    let clear = {
        let (only, onchange) = (*only, onchange.clone());
        Callback::from(move |()| onchange.emit((Criteria::default(), only)))
    };
    let onkeydown = {
        let (ongo, clear) = (ongo.clone(), clear.clone());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Enter" => {
                event.prevent_default();
                ongo.emit(!event.shift_key());
            }
            // It goes back to the composer, too: as everywhere.
            "Escape" => clear.emit(()),
            _ => {}
        })
    };
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let go = |down: bool| ongo.reform(move |_: MouseEvent| down);
    let count = match (criteria.is_empty(), found) {
        (true, _) => String::new(),
        (false, (0, _)) => t!("find-none").into(),
        (false, (count, Some(at))) => t!("find-at", at = *at, count = *count),
        (false, (count, None)) => t!("find-count", count = *count),
    };
    let none = found.0 == 0;
    html! {
        <div class={classes!("find", open.then_some("open"))} role="search" aria-label={t!("find-search")}>
            <button type="button" class="find-toggle" aria-expanded={open.to_string()} aria-controls="filter" onclick={toggle}>{ t!("find") }</button>
            <input id="find" type="search" class="find-text" value={criteria.text.clone()} placeholder={t!("find-placeholder")}
                aria-label={t!("find-label")} aria-describedby="find-wrong" aria-invalid={wrong.is_some().then_some("true")}
                spellcheck="false" autocapitalize="off" autocomplete="off"
                oninput={change(|criteria, text| criteria.text = text)} onkeydown={onkeydown.clone()} />
            <span class="found" aria-live="polite">{ count }</span>
            <button type="button" class="step" aria-label={t!("find-previous")} title={t!("find-previous-title")} hidden={criteria.is_empty()} disabled={none} onclick={go(false)}>{ "\u{2191}" }</button>
            <button type="button" class="step" aria-label={t!("find-next")} title={t!("find-next-title")} hidden={criteria.is_empty()} disabled={none} onclick={go(true)}>{ "\u{2193}" }</button>
            <p id="find-wrong" class="wrong">
                if let Some(wrong) = wrong {
                    { t!("find-wrong", why = wrong) }
                }
            </p>
            <div id="filter" class="filter" hidden={!*open}>
                <label>{ t!("find-said-by") }
                    <select onchange={onside}>
                        { for SIDES.iter().map(|side| html! { <option selected={*side == criteria.side}>{ side_name(*side) }</option> }) }
                    </select>
                </label>
                <label>{ t!("find-reply") }
                    <input list="find-codes" value={criteria.reply.clone()} placeholder="5xx, 250 \u{2026}" size="8"
                        autocapitalize="off" autocomplete="off"
                        oninput={change(|criteria, text| criteria.reply = text)} onkeydown={onkeydown.clone()} />
                </label>
                <label>{ t!("find-command") }
                    <input list="find-verbs" value={criteria.verb.clone()} size="12" autocapitalize="off" autocomplete="off"
                        oninput={change(|criteria, text| criteria.verb = text)} {onkeydown} />
                </label>
                <label>
                    <input type="checkbox" checked={*only} onchange={ononly} />
                    { t!("find-only") }
                </label>
                <button type="button" class="quiet" onclick={clear.reform(|_: MouseEvent| ())}>{ t!("find-clear") }</button>
                { choices(props.protocol) }
            </div>
        </div>
    }
}

/// The codes and commands that the protocol's table has.
fn choices(protocol: &str) -> Html {
    let Some(protocol) = shared::protocols::by_id(protocol) else { return html! {} };
    let verbs = protocol.table.verbs.iter().filter(|verb| !verb.syntax.is_empty());
    html! {
        <>
            <datalist id="find-codes">{ for codes(protocol).into_iter().map(|code| html! { <option value={code} /> }) }</datalist>
            <datalist id="find-verbs">{ for verbs.map(|verb| html! { <option value={verb.name} /> }) }</datalist>
        </>
    }
}

/// The classes of the codes that replies may have, or the codes themselves where they are words.
fn codes(protocol: &Protocol) -> Vec<String> {
    let rules =
        protocol.table.verbs.iter().flat_map(|verb| verb.rules).chain(protocol.table.generic);
    let mut codes: Vec<String> = rules
        .filter(|rule| !rule.code.starts_with(|c: char| c.is_ascii_lowercase()))
        .map(|rule| match rule.code.as_bytes() {
            [digit @ b'1'..=b'5', _, _] => format!("{}xx", char::from(*digit)),
            _ => rule.code.to_string(),
        })
        .collect();
    codes.sort();
    codes.dedup();
    codes
}
