//! Light, dark, or as the system says.

use yew::prelude::*;

const KEY: &str = "wirelab.theme";
const THEMES: [&str; 3] = ["system", "light", "dark"];

#[component(ThemeButton)]
pub fn theme_button() -> Html {
    let theme = use_state(stored);
    use_effect_with(*theme, |theme| apply(theme));
    let onclick = {
        let theme = theme.clone();
        Callback::from(move |_| {
            let at = THEMES.iter().position(|name| *name == *theme).unwrap_or(0);
            theme.set(THEMES[(at + 1) % THEMES.len()]);
        })
    };
    html! { <button class="quiet theme" {onclick}>{ format!("Theme: {}", *theme) }</button> }
}

fn stored() -> &'static str {
    let storage = web_sys::window().and_then(|window| window.local_storage().ok().flatten());
    let name = storage.and_then(|storage| storage.get_item(KEY).ok().flatten());
    THEMES.into_iter().find(|theme| Some(*theme) == name.as_deref()).unwrap_or(THEMES[0])
}

fn apply(theme: &str) {
    let Some(window) = web_sys::window() else { return };
    if let Some(root) = window.document().and_then(|document| document.document_element()) {
        // Neither of these can fail in a way that matters: the theme is then not kept.
        drop(root.set_attribute("data-theme", theme));
    }
    if let Ok(Some(storage)) = window.local_storage() {
        drop(storage.set_item(KEY, theme));
    }
}
