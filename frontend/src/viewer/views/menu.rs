//! What a person chooses about the page itself, and its name in the room.

use shared::room::MAX_NAME;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::super::seat::Seat;
use super::super::text::{name, t};
use crate::driver::{keep_settings, load_settings};
use crate::state::{Settings, Theme};
use crate::text::Language;

#[derive(PartialEq, Properties)]
pub(super) struct MenuProps {
    /// Where there is a room.
    #[prop_or_default]
    pub(super) seat: Option<Seat>,
}

#[component(Menu)]
pub(super) fn menu(props: &MenuProps) -> Html {
    let settings = use_state(load_settings);
    let set = |settings: &UseStateHandle<Settings>, change: fn(&mut Settings, &str)| {
        let settings = settings.clone();
        Callback::from(move |event: Event| {
            let select: HtmlSelectElement = event.target_unchecked_into();
            let mut new = *settings;
            change(&mut new, &select.value());
            keep_settings(new);
            settings.set(new);
            // The words are in every part of the page.
            if new.language != settings.language
                && let Some(window) = web_sys::window()
            {
                drop(window.location().reload());
            }
        })
    };
    let theme = set(&settings, |settings, value| {
        settings.theme = Theme::ALL.into_iter().find(|t| t.word() == value).unwrap_or_default();
    });
    let language = set(&settings, |settings, value| {
        settings.language = Language::all().find(|language| language.code() == value);
    });
    let own_name = props.seat.as_ref().map(|seat| {
        let node = NodeRef::default();
        let (input, to) = (node.clone(), seat.clone());
        let onsubmit = Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(input) = input.cast::<HtmlInputElement>() {
                to.set_name(&input.value());
            }
        });
        let value = seat.room().name().to_owned();
        html! {
            <form class="name-form" {onsubmit}>
                <label for="own-name">{ t!("name") }</label>
                <input ref={node} id="own-name" autocomplete="nickname" maxlength={MAX_NAME.to_string()} {value} />
                <button type="submit">{ t!("name-set") }</button>
                <p class="hint">{ t!("name-why") }</p>
            </form>
        }
    });
    html! {
        <div class="menu">
            <button type="button" popovertarget="menu" class="menu-open"><span aria-hidden="true">{ "\u{2630}" }</span><span class="hidden">{ t!("menu") }</span></button>
            <div id="menu" popover="auto" class="popover right" role="group" aria-label={t!("menu")}>
                { own_name.unwrap_or_default() }
                <label>{ t!("theme") }
                    <select onchange={theme}>{ for Theme::ALL.into_iter().map(|theme| html! {
                        <option value={theme.word()} selected={theme == settings.theme}>{ theme_name(theme) }</option>
                    }) }</select>
                </label>
                <label>{ t!("language") }
                    <select onchange={language}>
                        <option value="browser" selected={settings.language.is_none()}>{ t!("language-browser") }</option>
                        { for Language::all().map(|language| html! {
                            <option value={language.code()} lang={language.code()} selected={settings.language == Some(language)}>{ name(language) }</option>
                        }) }
                    </select>
                </label>
                <p><a href="/join">{ t!("other-room") }</a></p>
            </div>
        </div>
    }
}

fn theme_name(theme: Theme) -> &'static str {
    match theme {
        Theme::System => t!("theme-system"),
        Theme::Light => t!("theme-light"),
        Theme::Dark => t!("theme-dark"),
        Theme::ContrastLight => t!("theme-contrast-light"),
        Theme::ContrastDark => t!("theme-contrast-dark"),
    }
}
