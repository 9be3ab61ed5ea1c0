//! The settings, as the browser keeps them and as the document shows them.

use super::{Runner, clock};
use crate::state::Settings;
use crate::text::Language;

/// What was kept, already in force.
pub(crate) fn load() -> Settings {
    let storage = clock::window().local_storage().ok().flatten();
    let kept = |name: &str| storage.as_ref().and_then(|s| s.get_item(name).ok().flatten());
    let settings = Settings::read(kept);
    apply(settings);
    settings
}

impl Runner {
    pub fn settings(&self) -> Settings {
        self.0.settings.get()
    }

    pub fn set_settings(&self, settings: Settings) {
        self.0.settings.set(settings);
        keep(settings);
        self.draw();
    }
}

/// Puts settings in force and asks the browser to keep them.
pub(crate) fn keep(settings: Settings) {
    apply(settings);
    if let Ok(Some(storage)) = clock::window().local_storage() {
        for (name, value) in settings.entries() {
            // A browser that keeps nothing still has them until the page is left.
            drop(storage.set_item(name, value));
        }
    }
}

fn apply(settings: Settings) {
    let language = settings.language.unwrap_or_else(preferred);
    language.choose();
    let root = clock::window().document().and_then(|document| document.document_element());
    if let Some(root) = root {
        for (name, value) in [("data-theme", settings.theme.word()), ("lang", language.code())] {
            // It fails only for names that are none.
            drop(root.set_attribute(name, value));
        }
    }
}

/// What the browser asks for.
pub(super) fn preferred() -> Language {
    let tags: Vec<String> =
        clock::window().navigator().languages().iter().filter_map(|tag| tag.as_string()).collect();
    Language::of_tags(tags.iter().map(String::as_str))
}
