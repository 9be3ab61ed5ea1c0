//! Theme, language, keys and announcements.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::kept::KeptLine;
use crate::app::View;
use crate::state::actions::theme_name;
use crate::state::{Announce, Settings, Theme};
use crate::text::{Language, t};

#[component(SettingsPane)]
pub(super) fn settings_pane(view: &View) -> Html {
    let runner = &view.runner;
    let settings = runner.settings();
    let radio = |group: &'static str, name: Html, new: Settings| {
        let runner = runner.clone();
        let onchange = Callback::from(move |_: Event| runner.set_settings(new));
        html! {
            <label>
                <input type="radio" name={group} checked={settings == new} {onchange} />
                <span>{ name }</span>
            </label>
        }
    };
    let themes = Theme::ALL
        .map(|theme| radio("theme", theme_name(theme).into(), Settings { theme, ..settings }));
    let languages = Language::all().map(|language| {
        let name = html! { <span lang={language.code()}>{ language.name() }</span> };
        radio("language", name, Settings { language: Some(language), ..settings })
    });
    let announcements = [
        (Announce::Replies, t!("announce-each-reply")),
        (Announce::Lines, t!("announce-each-line")),
    ]
    .map(|(announce, name)| radio("announce", name.into(), Settings { announce, ..settings }));
    let keys = {
        let runner = runner.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            runner.set_settings(Settings { single_keys: input.checked(), ..settings });
        })
    };
    let partly = Language::chosen() != Language::FIRST;
    html! {
        <>
            <h2>{ t!("settings") }</h2>
            <fieldset>
                <legend>{ t!("theme") }</legend>
                { for themes }
            </fieldset>
            <fieldset>
                <legend>{ t!("language") }</legend>
                { radio("language", t!("language-browser").into(), Settings { language: None, ..settings }) }
                { for languages }
                if partly {
                    <p class="hint">{ t!("language-partly") }</p>
                }
            </fieldset>
            <fieldset>
                <legend>{ t!("keys") }</legend>
                <label>
                    <input type="checkbox" id="single-keys" checked={settings.single_keys} onchange={keys} />
                    <span>{ t!("single-keys") }<small>{ t!("single-keys-about") }</small></span>
                </label>
            </fieldset>
            <fieldset>
                <legend>{ t!("announcements") }</legend>
                { for announcements }
            </fieldset>
            <KeptLine ..view.clone() />
        </>
    }
}
