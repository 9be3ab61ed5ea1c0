//! The sheet of keys.

use yew::prelude::*;

use super::modal::{self, Modal};
use super::palette::keys;
use crate::app::Over;
use crate::state::actions::{Scope, with_keys};
use crate::text::t;

#[derive(PartialEq, Properties)]
pub struct ShortcutsProps {
    pub open: Callback<Over>,
    pub close: Callback<()>,
}

#[component(Shortcuts)]
pub fn shortcuts(props: &ShortcutsProps) -> Html {
    let actions = with_keys();
    let groups = Scope::ALL.map(|scope| {
        let rows = actions.iter().filter(|action| action.scope == scope).map(|action| {
            html! {
                <div>
                    <dt>{ keys(action) }</dt>
                    <dd><b>{ &action.name }</b><span>{ &action.about }</span></dd>
                </div>
            }
        });
        html! { <section><h3>{ scope.title() }</h3><dl class="key-list">{ for rows }</dl></section> }
    });
    let all = props.open.reform(|_: MouseEvent| Over::Palette);
    html! {
        <Modal id="shortcuts" title="shortcuts-title" onclose={props.close.clone()}>
            <div class="pane-head">
                <h2 id="shortcuts-title">{ t!("act-shortcuts") }</h2>
                <button type="button" onclick={Callback::from(|_: MouseEvent| modal::close())}>{ t!("close") }</button>
            </div>
            <p>{ t!("shortcuts-tab") }{ " " }{ t!("shortcuts-off") }</p>
            <button type="button" class="quiet" onclick={all}>{ t!("act-palette") }{ " (Ctrl+K)" }</button>
            <div class="key-groups" tabindex="0" role="region" aria-labelledby="shortcuts-title">{ for groups }</div>
        </Modal>
    }
}
