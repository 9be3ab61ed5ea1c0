//! Puts arguments into a compiled text (`build/catalogue.rs` says how it is written).

use core::str::Chars;

/// What is put into a text.
#[derive(Clone, Copy)]
pub enum Arg<'a> {
    Text(&'a str),
    Number(u64),
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Arg<'a> {
        Arg::Text(text)
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Arg<'a> {
        Arg::Text(text)
    }
}

impl From<u64> for Arg<'_> {
    fn from(number: u64) -> Self {
        Arg::Number(number)
    }
}

impl From<usize> for Arg<'_> {
    fn from(number: usize) -> Self {
        Arg::Number(number as u64)
    }
}

impl From<u32> for Arg<'_> {
    fn from(number: u32) -> Self {
        Arg::Number(number.into())
    }
}

impl From<u16> for Arg<'_> {
    fn from(number: u16) -> Self {
        Arg::Number(number.into())
    }
}

pub(crate) fn fill(text: &str, args: &[(u8, Arg<'_>)]) -> String {
    let mut out = String::new();
    write(&mut text.chars(), args, true, &mut out);
    out
}

/// Writes up to the end of the text, or of the way of a select that it is in. Gives the mark there.
fn write(text: &mut Chars<'_>, args: &[(u8, Arg<'_>)], on: bool, out: &mut String) -> Option<char> {
    loop {
        match text.next()? {
            '\u{1}' => match argument(text, args) {
                _ if !on => {}
                Arg::Text(text) => out.push_str(text),
                Arg::Number(number) => out.push_str(&number.to_string()),
            },
            '\u{2}' => select(text, args, on, out),
            end @ ('\u{3}' | '\u{5}') => return Some(end),
            letter if on => out.push(letter),
            _ => {}
        }
    }
}

/// The default comes first, so it is written and taken back where another way fits.
fn select(text: &mut Chars<'_>, args: &[(u8, Arg<'_>)], on: bool, out: &mut String) {
    let by = argument(text, args);
    let start = out.len();
    let (mut first, mut found) = (true, false);
    let mut mark = text.next();
    while mark == Some('\u{3}') {
        let key: String = text.by_ref().take_while(|letter| *letter != '\u{4}').collect();
        let fits = !found && matches(&key, by);
        if fits {
            out.truncate(start);
        }
        found |= fits;
        mark = write(text, args, on && (first || fits), out);
        first = false;
    }
}

/// English and German have a form for one and a form for all else; a language with more forms adds its rule here.
fn matches(key: &str, by: Arg<'_>) -> bool {
    match by {
        Arg::Text(text) => key == text,
        Arg::Number(1) => key == "1" || key == "one",
        Arg::Number(number) => key == number.to_string(),
    }
}

fn argument<'a>(text: &mut Chars<'_>, args: &[(u8, Arg<'a>)]) -> Arg<'a> {
    let place = text.next().map_or(0, |letter| letter as u8 - b'a');
    args.iter().find(|(at, _)| *at == place).map_or(Arg::Text(""), |(_, arg)| *arg)
}
