//! The words of the viewer's page, in every language. They are apart from those of the lab, which this module has no
//! room for.

use crate::text::{Arg, Language, fill, find_in, place_in};

include!(concat!(env!("OUT_DIR"), "/viewer.rs"));

const _: () = assert!(CODES.len() == Language::COUNT, "both catalogues have the same languages");

/// A text of this page, in the chosen language.
macro_rules! t {
    ($id:literal) => {{
        const AT: usize = $crate::viewer::text::find($id, &[]);
        $crate::viewer::text::text(AT)
    }};
    ($id:literal, $($name:ident = $value:expr),+ $(,)?) => {{
        const AT: usize = $crate::viewer::text::find($id, &[$(stringify!($name)),+]);
        $crate::viewer::text::filled(AT, &[$((
            const { $crate::viewer::text::place(AT, stringify!($name)) },
            $crate::text::Arg::from($value),
        )),+])
    }};
}
pub(super) use t;

/// The name of a language in itself.
pub(super) fn name(language: Language) -> &'static str {
    const AT: usize = find("language-name", &[]);
    language.of(&TEXTS)[AT]
}

pub(super) const fn find(id: &str, args: &[&str]) -> usize {
    find_in(&MESSAGES, id, args)
}

pub(super) const fn place(message: usize, name: &str) -> u8 {
    place_in(&MESSAGES, message, name)
}

pub(super) fn text(message: usize) -> &'static str {
    Language::chosen().of(&TEXTS)[message]
}

pub(super) fn filled(message: usize, args: &[(u8, Arg<'_>)]) -> String {
    fill(text(message), args)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::all_can_be_filled;

    #[test]
    fn every_text_can_be_filled_in_the_languages_of_the_lab() {
        let codes: Vec<&str> = Language::all().map(Language::code).collect();
        assert_eq!(CODES[..], codes[..]);
        for (code, texts) in CODES.iter().zip(&TEXTS) {
            all_can_be_filled(code, &MESSAGES, texts);
        }
    }
}
