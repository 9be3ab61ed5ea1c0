//! All actions, found by their words.

use web_sys::{HtmlElement, HtmlInputElement, KeyboardEvent};
use yew::prelude::*;

use super::modal::{self, Modal};
use crate::app::{Over, element, perform};
use crate::driver::Runner;
use crate::state::Place;
use crate::state::actions::{self, Act, Action, key_words, matching};
use crate::text::t;

#[derive(PartialEq, Properties)]
pub struct PaletteProps {
    pub runner: Runner,
    pub place: Place,
    pub open: Callback<Over>,
    pub close: Callback<()>,
}

#[component(Palette)]
pub fn palette(props: &PaletteProps) -> Html {
    let words = use_state(String::new);
    let chosen = use_state(|| 0usize);
    let all = actions::palette(&props.place);
    let found = matching(&all, &words);
    let at = (*chosen).min(found.len().saturating_sub(1));
    use_effect_with(at, |at| keep_in_sight(*at));
    let perform = {
        let (runner, open) = (props.runner.clone(), props.open.clone());
        Callback::from(move |act: Act| {
            // First, since the focus goes back to where it was.
            modal::close();
            let (later, open) = (runner.clone(), open.clone());
            // The dialog tells that it is closed before another one may open.
            runner.later(0, move || perform(act, &later, &open));
        })
    };
    let onkeydown = {
        let (chosen, count, perform) = (chosen.clone(), found.len(), perform.clone());
        let act = found.get(at).and_then(|action| action.act);
        Callback::from(move |event: KeyboardEvent| {
            let last = count.saturating_sub(1);
            match event.key().as_str() {
                "ArrowDown" => chosen.set(if at >= last { 0 } else { at + 1 }),
                "ArrowUp" => chosen.set(if at == 0 { last } else { at - 1 }),
                "Enter" if !event.is_composing() => {
                    if let Some(act) = act {
                        perform.emit(act);
                    }
                }
                _ => return,
            }
            event.prevent_default();
        })
    };
    let oninput = {
        let (words, chosen) = (words.clone(), chosen.clone());
        Callback::from(move |event: InputEvent| {
            words.set(event.target_unchecked_into::<HtmlInputElement>().value());
            chosen.set(0);
        })
    };
    let rows = found.iter().enumerate().map(|(n, action)| row(n, action, n == at, &perform));
    html! {
        <Modal id="palette" title="palette-title" onclose={props.close.clone()}>
            <div class="pane-head">
                <h2 id="palette-title">{ t!("act-palette") }</h2>
                <button type="button" onclick={Callback::from(|_: MouseEvent| modal::close())}>{ t!("close") }</button>
            </div>
            <input id="palette-words" type="text" role="combobox" aria-expanded="true" aria-controls="palette-list"
                aria-autocomplete="list" aria-label={t!("palette-words")} placeholder={t!("palette-words")}
                aria-activedescendant={(!found.is_empty()).then(|| format!("action-{at}"))}
                autofocus=true autocomplete="off" autocapitalize="off" spellcheck="false"
                value={(*words).clone()} {oninput} {onkeydown} />
            <ul id="palette-list" role="listbox" aria-label={t!("act-palette")}>{ for rows }</ul>
            if found.is_empty() {
                <p class="hint">{ t!("palette-none") }</p>
            }
        </Modal>
    }
}

fn row(n: usize, action: &Action, here: bool, perform: &Callback<Act>) -> Html {
    let onclick = {
        let (perform, act) = (perform.clone(), action.act);
        Callback::from(move |_: MouseEvent| {
            if let Some(act) = act {
                perform.emit(act);
            }
        })
    };
    html! {
        <li role="option" id={format!("action-{n}")} aria-selected={here.to_string()} {onclick}>
            <b>{ &action.name }</b>
            { keys(action) }
            <span>{ &action.about }</span>
        </li>
    }
}

pub(super) fn keys(action: &Action) -> Html {
    let keys = key_words(action.keys).into_iter().map(|key| html! { <kbd>{ key }</kbd> });
    html! { <span class="keys">{ for keys }</span> }
}

fn keep_in_sight(at: usize) {
    let Some(list) = element("palette-list") else { return };
    let Some(row): Option<HtmlElement> = element(&format!("action-{at}")) else { return };
    let (top, height) = (row.offset_top() - list.offset_top(), row.offset_height());
    let (from, shown) = (list.scroll_top(), list.client_height());
    if top < from {
        list.set_scroll_top(top);
    } else if top + height > from + shown {
        list.set_scroll_top(top + height - shown);
    }
}
