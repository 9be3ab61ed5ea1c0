//! The page's own words, in every language of `locales/`. What `shared` says is English.
//!
//! `t!("id")` and `t!("id", name = value)` give a text in the chosen language. An id or an argument
//! that the catalogue does not have is an error of compilation.

mod fill;

use core::sync::atomic::{AtomicU8, Ordering};

pub use fill::Arg;
pub(crate) use fill::fill;

include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

/// A text of the page, in the chosen language.
macro_rules! t {
    ($id:literal) => {{
        const AT: usize = $crate::text::find($id, &[]);
        $crate::text::text(AT)
    }};
    ($id:literal, $($name:ident = $value:expr),+ $(,)?) => {{
        const AT: usize = $crate::text::find($id, &[$(stringify!($name)),+]);
        $crate::text::filled(AT, &[$((
            const { $crate::text::place(AT, stringify!($name)) },
            $crate::text::Arg::from($value),
        )),+])
    }};
}
pub(crate) use t;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language(u8);

/// The chosen one. The page has one thread; the tests leave it alone.
static CHOSEN: AtomicU8 = AtomicU8::new(0);

impl Language {
    /// The one that is complete, with what `shared` says.
    pub const FIRST: Language = Language(0);

    pub(crate) const COUNT: usize = CODES.len();

    pub fn all() -> impl Iterator<Item = Language> {
        (0..CODES.len() as u8).map(Language)
    }

    pub fn chosen() -> Language {
        Language(CHOSEN.load(Ordering::Relaxed))
    }

    pub fn choose(self) {
        CHOSEN.store(self.0, Ordering::Relaxed);
    }

    /// The texts of this language in a catalogue, which has the languages in the same order as every other.
    pub(crate) fn of<T>(self, texts: &[T]) -> &T {
        &texts[usize::from(self.0)]
    }

    /// As in `<html lang>`.
    pub fn code(self) -> &'static str {
        CODES[usize::from(self.0)]
    }

    /// Its name in itself.
    pub fn name(self) -> &'static str {
        const AT: usize = find("language-name", &[]);
        self.of(&TEXTS)[AT]
    }

    /// The first of these (`de-AT`, as browsers say) that there is a catalogue for.
    pub fn of_tags<'a>(tags: impl IntoIterator<Item = &'a str>) -> Language {
        let known = |tag: &str| {
            let primary = tag.split('-').next().unwrap_or_default();
            Language::all().find(|language| language.code().eq_ignore_ascii_case(primary))
        };
        tags.into_iter().find_map(known).unwrap_or(Language::FIRST)
    }
}

/// A message as the catalogue names it: its id and its arguments.
pub(crate) type Message = (&'static str, &'static [&'static str]);

/// Where the message stands in every table. While compiling, so the page has no ids.
pub const fn find(id: &str, args: &[&str]) -> usize {
    find_in(&MESSAGES, id, args)
}

/// As [`find`], in another catalogue.
pub(crate) const fn find_in(messages: &[Message], id: &str, args: &[&str]) -> usize {
    let mut at = 0;
    while at < messages.len() {
        if same(messages[at].0, id) {
            assert!(messages[at].1.len() == args.len(), "the message has other arguments");
            let mut n = 0;
            while n < args.len() {
                place_in(messages, at, args[n]);
                n += 1;
            }
            return at;
        }
        at += 1;
    }
    panic!("the catalogue has no message of this id")
}

/// The number that the message's text has for this argument.
pub const fn place(message: usize, name: &str) -> u8 {
    place_in(&MESSAGES, message, name)
}

pub(crate) const fn place_in(messages: &[Message], message: usize, name: &str) -> u8 {
    let args = messages[message].1;
    let mut at = 0;
    while at < args.len() {
        if same(args[at], name) {
            return at as u8;
        }
        at += 1;
    }
    panic!("the message has no argument of this name")
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

pub fn text(message: usize) -> &'static str {
    Language::chosen().of(&TEXTS)[message]
}

pub fn filled(message: usize, args: &[(u8, Arg<'_>)]) -> String {
    fill(text(message), args)
}

#[cfg(test)]
#[path = "../build/catalogue.rs"]
mod catalogue;

/// Fails for a text that has nothing to say or keeps a mark.
#[cfg(test)]
pub(crate) fn all_can_be_filled(code: &str, messages: &[Message], texts: &[&str]) {
    for ((id, args), text) in messages.iter().zip(texts) {
        for number in [0, 1, 2] {
            let args: Vec<_> =
                (0..args.len() as u8).map(|n| (n, Arg::from(number as u64))).collect();
            let filled = fill(text, &args);
            let place = format!("{id} of {code}: {filled:?}");
            assert!(!filled.trim().is_empty() && !filled.contains(char::is_control), "{place}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::catalogue::{compile, module};
    use super::*;

    #[test]
    fn a_language_is_found_by_what_the_browser_says() {
        let code = |tags: &[&'static str]| Language::of_tags(tags.iter().copied()).code();
        assert_eq!(code(&["de-AT", "en"]), "de");
        assert_eq!(code(&["fr", "DE"]), "de");
        assert_eq!(code(&["fr"]), "en");
        assert_eq!(code(&[]), "en");
    }

    #[test]
    fn every_text_can_be_filled_in_every_language() {
        for (code, texts) in CODES.iter().zip(&TEXTS) {
            all_can_be_filled(code, &MESSAGES, texts);
        }
    }

    #[test]
    fn languages_must_have_the_same_messages_and_arguments() {
        let of =
            |code: &str, source: &str| compile(code, &[(format!("{code}.ftl"), source.to_owned())]);
        let both = |en: &str, de: &str| {
            module(&[
                of("en", en).unwrap_or_else(|e| panic!("{e}")),
                of("de", de).unwrap_or_else(|e| panic!("{e}")),
            ])
        };
        let en = "a = { $n } octets\nb = yes\n";
        assert!(both(en, "b = ja\na = { $n } Oktette\n").is_ok());
        for (de, words) in [
            ("b = ja\n", "a is missing"),
            ("a = Oktette\nb = ja\n", "a uses the arguments [] where en has [n]"),
            ("a = { $n }\nb = ja\nc = nein\n", "c is not in en"),
        ] {
            assert!(both(en, de).is_err_and(|why| why.contains(words)), "{de}");
        }
        for (wrong, words) in [
            ("a = { NUMBER($n) }\n", "no argument"),
            ("a = { b }\n", "refers to b"),
            ("a = { a }\n", "refers to itself"),
            ("a = x\na = y\n", "there twice"),
            ("a = { $n ->\n  [1.5] x\n *[other] y\n}\n", "whole numbers"),
            ("a = { \n", "en.ftl"),
        ] {
            assert!(of("en", wrong).is_err_and(|why| why.contains(words)), "{wrong}");
        }
    }

    #[test]
    fn terms_and_selects_are_filled() {
        let source = "-lab = Wirelab\n\
            a = { -lab }: { $n ->\n    [0] none\n    [one] one octet{ $of ->\n        [data] {\" \"}of data\n       *[other] {\"\"}\n    }\n   *[other] { $n } octets\n}.\n";
        let catalogue =
            compile("en", &[("x".into(), source.into())]).unwrap_or_else(|e| panic!("{e}"));
        let message = &catalogue.messages["a"];
        assert_eq!(message.args, ["n", "of"]);
        let fill =
            |n: u64, of: &str| fill::fill(&message.text, &[(1, Arg::from(of)), (0, Arg::from(n))]);
        assert_eq!(fill(0, "data"), "Wirelab: none.");
        assert_eq!(fill(1, "data"), "Wirelab: one octet of data.");
        assert_eq!(fill(1, ""), "Wirelab: one octet.");
        assert_eq!(fill(7, ""), "Wirelab: 7 octets.");
    }
}
