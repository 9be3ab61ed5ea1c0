//! What a person has chosen about the page itself; kept in the browser.

use crate::text::Language;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
    ContrastLight,
    ContrastDark,
}

impl Theme {
    pub const ALL: [Theme; 5] =
        [Theme::System, Theme::Light, Theme::Dark, Theme::ContrastLight, Theme::ContrastDark];

    /// As in the style sheet and in the browser's storage.
    pub fn word(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
            Theme::ContrastLight => "contrast-light",
            Theme::ContrastDark => "contrast-dark",
        }
    }
}

/// What a screen reader is told by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Announce {
    /// One sentence for a complete reply.
    #[default]
    Replies,
    /// Every line of both sides, too.
    Lines,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    pub theme: Theme,
    /// `None` is what the browser asks for.
    pub language: Option<Language>,
    /// Whether keys without Ctrl or Alt do something in the transcript and on the stage.
    pub single_keys: bool,
    pub announce: Announce,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            theme: Theme::default(),
            language: None,
            single_keys: true,
            announce: Announce::default(),
        }
    }
}

const THEME: &str = "wirelab.theme";
const LANGUAGE: &str = "wirelab.language";
const KEYS: &str = "wirelab.keys";
const ANNOUNCE: &str = "wirelab.announce";

impl Settings {
    /// From what the browser has kept. What it does not know is as at first.
    pub fn read(kept: impl Fn(&str) -> Option<String>) -> Settings {
        let theme = kept(THEME);
        let language = kept(LANGUAGE);
        Settings {
            theme: Theme::ALL
                .into_iter()
                .find(|known| Some(known.word()) == theme.as_deref())
                .unwrap_or_default(),
            language: Language::all().find(|known| Some(known.code()) == language.as_deref()),
            single_keys: kept(KEYS).as_deref() != Some("off"),
            announce: match kept(ANNOUNCE).as_deref() {
                Some("lines") => Announce::Lines,
                _ => Announce::Replies,
            },
        }
    }

    /// Names and values for the browser to keep.
    pub fn entries(&self) -> [(&'static str, &'static str); 4] {
        let announce = match self.announce {
            Announce::Replies => "replies",
            Announce::Lines => "lines",
        };
        [
            (THEME, self.theme.word()),
            (LANGUAGE, self.language.map_or("browser", Language::code)),
            (KEYS, if self.single_keys { "on" } else { "off" }),
            (ANNOUNCE, announce),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_come_back_and_what_is_unknown_is_as_at_first() {
        for theme in Theme::ALL {
            for language in Language::all().map(Some).chain([None]) {
                for (single_keys, announce) in [(true, Announce::Replies), (false, Announce::Lines)]
                {
                    let settings = Settings { theme, language, single_keys, announce };
                    let entries = settings.entries();
                    let kept = |name: &str| {
                        let entry = entries.iter().find(|(known, _)| *known == name);
                        entry.map(|(_, value)| value.to_string())
                    };
                    assert_eq!(Settings::read(kept), settings);
                }
            }
        }
        assert_eq!(Settings::read(|_| None), Settings::default());
        assert_eq!(Settings::read(|_| Some("purple".into())), Settings::default());
    }
}
