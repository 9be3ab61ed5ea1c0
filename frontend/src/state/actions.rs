//! Everything that can be done by key or by palette, as data: the sheet and the palette are drawn from it.

use shared::sockets::LISTED;
use shared::{faults, protocols};

use super::{Announce, Place, Route, Target, Theme};
use crate::text::{Language, t};

/// What an action does; the page performs it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Act {
    Palette,
    Shortcuts,
    NextPane,
    PreviousPane,
    Composer,
    Settings,
    Servers,
    Class,
    Lessons,
    Stage,
    LeaveStage,
    Run,
    StepMode,
    Reconnect,
    Disconnect,
    /// Presses a key in the element of this id, whose view knows what it means.
    Press(&'static str, &'static str),
    Protocol(&'static str),
    /// By name; `None`: nothing goes wrong.
    Fault(Option<&'static str>),
    Bench,
    Theme(Theme),
    /// `None`: what the browser asks for.
    Language(Option<Language>),
    SingleKeys(bool),
    Announce(Announce),
    ForgetKept,
}

/// Where the keys work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Everywhere,
    Composer,
    Transcript,
    Octets,
    Stage,
}

impl Scope {
    pub const ALL: [Scope; 5] =
        [Scope::Everywhere, Scope::Composer, Scope::Transcript, Scope::Octets, Scope::Stage];

    pub fn title(self) -> &'static str {
        match self {
            Scope::Everywhere => t!("scope-everywhere"),
            Scope::Composer => t!("scope-composer"),
            Scope::Transcript => t!("scope-transcript"),
            Scope::Octets => t!("scope-octets"),
            Scope::Stage => t!("scope-stage"),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    pub scope: Scope,
    /// In English, as keyboards in English have them: `Ctrl+K`. Several mean the same.
    pub keys: &'static [&'static str],
    pub name: String,
    pub about: String,
    /// `None` for keys that only make sense where they are pressed.
    pub act: Option<Act>,
}

/// The actions that have keys, as the sheet lists them.
pub fn with_keys() -> Vec<Action> {
    use Scope::{Composer, Everywhere, Octets, Stage, Transcript};
    let item = |scope, keys, (name, about): (&str, &str), act| Action {
        scope,
        keys,
        name: name.into(),
        about: about.into(),
        act,
    };
    let do_ = |scope, keys, words, act| item(scope, keys, words, Some(act));
    let key = |scope, keys, words| item(scope, keys, words, None);
    let press = |keys: &'static [&'static str], words| {
        item(Transcript, keys, words, Some(Act::Press("transcript", keys[0])))
    };
    let stage = |keys: &'static [&'static str], words| {
        item(Stage, keys, words, Some(Act::Press("stage", keys[0])))
    };
    vec![
        do_(Everywhere, &["Ctrl+K"], (t!("act-palette"), t!("act-palette-about")), Act::Palette),
        do_(Everywhere, &["?"], (t!("act-shortcuts"), t!("act-shortcuts-about")), Act::Shortcuts),
        do_(Everywhere, &["F6"], (t!("act-next-pane"), t!("act-next-pane-about")), Act::NextPane),
        do_(
            Everywhere,
            &["Shift+F6"],
            (t!("act-previous-pane"), t!("act-previous-pane-about")),
            Act::PreviousPane,
        ),
        do_(Everywhere, &["Esc"], (t!("act-composer"), t!("act-composer-about")), Act::Composer),
        key(Composer, &["Enter"], (t!("act-send"), t!("act-send-about"))),
        key(Composer, &["Shift+Enter"], (t!("act-new-line"), t!("act-new-line-about"))),
        key(Composer, &["\u{2192}", "Ctrl+Space"], (t!("act-complete"), t!("act-complete-about"))),
        key(
            Transcript,
            &["\u{2191}", "\u{2193}", "PageUp", "PageDown", "Home", "End"],
            (t!("act-lines"), t!("act-lines-about")),
        ),
        key(Transcript, &["\u{2190}", "\u{2192}"], (t!("act-tokens"), t!("act-tokens-about"))),
        press(&["/"], (t!("find"), t!("act-find-about"))),
        press(&["n"], (t!("find-next"), t!("act-find-next-about"))),
        press(&["N"], (t!("find-previous"), t!("act-find-previous-about"))),
        press(&["."], (t!("act-forward"), t!("act-forward-about"))),
        press(&[","], (t!("act-back"), t!("act-back-about"))),
        press(&["]"], (t!("act-next-marker"), t!("act-next-marker-about"))),
        press(&["["], (t!("act-previous-marker"), t!("act-previous-marker-about"))),
        press(&["m"], (t!("act-marker"), t!("act-marker-about"))),
        press(&["e"], (t!("act-explain"), t!("act-explain-about"))),
        press(&["b"], (t!("act-bytes"), t!("act-bytes-about"))),
        press(&["s"], (t!("act-state"), t!("act-state-about"))),
        press(&["l"], (t!("act-ladder"), t!("act-ladder-about"))),
        press(&["c"], (t!("act-copy"), t!("act-copy-about"))),
        press(&["h"], (t!("act-hide"), t!("act-hide-about"))),
        key(
            Octets,
            &["\u{2190}", "\u{2192}", "\u{2191}", "\u{2193}"],
            (t!("act-octets"), t!("act-octets-about")),
        ),
        key(
            Octets,
            &["Ctrl+\u{2190}", "Ctrl+\u{2192}"],
            (t!("act-tokens"), t!("act-tokens-about")),
        ),
        stage(&["PageDown"], (t!("act-forward"), t!("act-stage-forward-about"))),
        stage(&["PageUp"], (t!("act-back"), t!("act-back-about"))),
        stage(&["B"], (t!("act-blank"), t!("act-blank-about"))),
        do_(Stage, &["Esc"], (t!("act-leave-stage"), t!("act-leave-stage-about")), Act::LeaveStage),
    ]
}

/// What the palette offers in this place: everything that can be performed from there.
pub fn palette(place: &Place) -> Vec<Action> {
    let more = |name: String, about: String, act| Action {
        scope: Scope::Everywhere,
        keys: &[],
        name,
        about,
        act: Some(act),
    };
    let say = |name: &str, about: &str, act| more(name.into(), about.into(), act);
    // The page's own things first: on a phone the palette is the menu.
    let mut list = Vec::new();
    if !matches!(place, Place::Stage(_)) {
        list.extend([
            say(t!("lessons-title"), t!("act-lessons-about"), Act::Lessons),
            say(t!("settings"), t!("act-settings-about"), Act::Settings),
        ]);
    }
    if matches!(place, Place::Lab(_)) {
        list.extend([
            say(t!("act-servers"), t!("act-servers-about"), Act::Servers),
            say(t!("stage"), t!("act-stage-about"), Act::Stage),
            say(t!("class"), t!("class-about"), Act::Class),
        ]);
    }
    if *place != Place::Bench {
        list.extend([
            say(t!("disconnect"), t!("act-disconnect-about"), Act::Disconnect),
            say(t!("reconnect"), t!("act-reconnect-about"), Act::Reconnect),
            say(t!("run"), t!("act-run-about"), Act::Run),
            say(t!("step"), t!("act-step-mode-about"), Act::StepMode),
        ]);
    }
    let mut keyed = with_keys();
    keyed.retain(|action| {
        let here = match (place, action.scope) {
            (_, Scope::Everywhere) => action.act != Some(Act::Palette),
            (Place::Lab(_), scope) => scope != Scope::Stage,
            (Place::Stage(_), scope) => scope == Scope::Stage,
            (Place::Bench, _) => false,
        };
        here && action.act.is_some()
    });
    list.extend(keyed);
    list.extend(protocols::ALL.iter().map(|protocol| {
        let about = format!("{}, {} {}", protocol.function, t!("port"), protocol.port);
        more(t!("act-protocol", name = protocol.name), about, Act::Protocol(protocol.id))
    }));
    list.push(more(t!("act-protocol", name = LISTED.name), LISTED.function.into(), Act::Bench));
    if let Place::Lab(Route { protocol, target: Target::Page, .. }) = place {
        list.push(say(t!("act-no-fault"), t!("act-no-fault-about"), Act::Fault(None)));
        list.extend(faults::of(protocol).map(|fault| {
            let name = t!("act-fault", fault = fault.title);
            more(name, fault.text.into(), Act::Fault(Some(fault.id)))
        }));
    }
    list.extend(Theme::ALL.map(|theme| {
        more(t!("act-theme", name = theme_name(theme)), String::new(), Act::Theme(theme))
    }));
    list.extend(Language::all().map(|language| {
        let name = t!("act-language", name = language.name());
        more(name, String::new(), Act::Language(Some(language)))
    }));
    list.extend([
        say(t!("act-keys-on"), t!("single-keys-about"), Act::SingleKeys(true)),
        say(t!("act-keys-off"), t!("single-keys-about"), Act::SingleKeys(false)),
        say(t!("act-replies"), t!("announce-about"), Act::Announce(Announce::Replies)),
        say(t!("act-every-line"), t!("announce-about"), Act::Announce(Announce::Lines)),
        say(t!("kept-forget"), t!("kept-forget-about"), Act::ForgetKept),
    ]);
    list
}

/// Those that have all of these words, in their order.
pub fn matching<'a>(list: &'a [Action], words: &str) -> Vec<&'a Action> {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let fits = |action: &&Action| {
        let text = format!("{} {} {}", action.name, action.about, key_words(action.keys).concat());
        let text = text.to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    };
    list.iter().filter(fits).collect()
}

pub fn theme_name(theme: Theme) -> &'static str {
    match theme {
        Theme::System => t!("theme-system"),
        Theme::Light => t!("theme-light"),
        Theme::Dark => t!("theme-dark"),
        Theme::ContrastLight => t!("theme-contrast-light"),
        Theme::ContrastDark => t!("theme-contrast-dark"),
    }
}

/// Keys as keyboards of the chosen language have them.
pub fn key_words(keys: &[&str]) -> Vec<String> {
    let word = |key: &str| match key {
        "Ctrl" => t!("key-ctrl").to_string(),
        "Shift" => t!("key-shift").into(),
        "Enter" => t!("key-enter").into(),
        "Space" => t!("key-space").into(),
        "Home" => t!("key-home").into(),
        "End" => t!("key-end").into(),
        "PageDown" => t!("key-page-down").into(),
        "PageUp" => t!("key-page-up").into(),
        other => other.into(),
    };
    let keys = keys.iter();
    keys.map(|key| key.split('+').map(word).collect::<Vec<_>>().join("+")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Route;

    #[test]
    fn a_key_means_one_thing_in_its_place_and_tab_nothing() {
        let actions = with_keys();
        for (at, action) in actions.iter().enumerate() {
            assert!(!action.keys.is_empty() && !action.keys.iter().any(|key| key.contains("Tab")));
            for other in &actions[at + 1..] {
                let same = action.scope == other.scope
                    && action.keys.iter().any(|key| other.keys.contains(key));
                assert!(!same, "{} and {}", action.name, other.name);
            }
        }
    }

    #[test]
    fn single_keys_work_only_where_nothing_is_typed() {
        for action in with_keys() {
            let single = action.keys.iter().any(|key| key.len() == 1);
            let safe = matches!(action.scope, Scope::Transcript | Scope::Stage);
            assert!(!single || safe || action.keys == ["?"], "{}", action.name);
        }
    }

    #[test]
    fn the_palette_finds_by_words_in_any_order() {
        let lab = palette(&Place::Lab(Route::landing()));
        let names = |words: &str| -> Vec<&str> {
            matching(&lab, words).iter().map(|action| action.name.as_str()).collect()
        };
        assert_eq!(names("pop3 go"), ["Go to POP3"]);
        assert_eq!(names("shift f6"), ["Previous pane"]);
        assert!(names("").len() == lab.len() && names("xyzzy").is_empty());
        let bench = palette(&Place::Bench);
        assert!(!bench.iter().any(|action| action.act == Some(Act::Disconnect)));
        let stage = palette(&Place::Stage(Route::landing()));
        assert!(stage.iter().any(|action| action.act == Some(Act::LeaveStage)));
        assert!(!stage.iter().any(|action| action.scope == Scope::Transcript));
    }
}
