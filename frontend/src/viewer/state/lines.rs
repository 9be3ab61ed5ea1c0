//! A line of the dialogue in words and shapes.

use shared::explain::Outcome;
use shared::room::{Line, LineKind, Shown, Term, Token};
use shared::transcript::{Side, visible};

use crate::state::text::lines;

pub fn glyph(line: &Line) -> &'static str {
    match line.side {
        Side::Client => "->",
        Side::Server => "<-",
        Side::Lab => "===",
    }
}

/// The line that whoever presents looks at: the selected one, or else the last one that somebody has said.
pub fn looked_at(shown: &Shown) -> Option<usize> {
    let looked_at = shown.looked_at()?;
    let said = shown.shown().iter().rposition(|line| line.kind != LineKind::Note);
    Some(if shown.view.selected.is_some() { looked_at } else { said.unwrap_or(looked_at) })
}

/// Octets as they crossed the wire, a line a line; what the lab says in its words.
pub fn text(line: &Line) -> String {
    match line.kind {
        LineKind::Note => line.says.clone(),
        LineKind::Unit | LineKind::Data => lines(&line.bytes),
    }
}

/// The words beside the octets.
pub fn says(line: &Line) -> Option<&str> {
    let says = line.says.as_str();
    (line.kind != LineKind::Note && !says.is_empty()).then_some(says)
}

/// The class of a reply: a shape, and how it looks.
pub fn shape(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Preliminary | Outcome::More => ("\u{2026}", "more"),
        Outcome::Done => ("\u{2713}", "ok"),
        Outcome::Transient => ("\u{21bb}", "later"),
        Outcome::Permanent => ("\u{2717}", "no"),
    }
}

/// The code of a reply: `250`, `+OK`, `NO`.
pub fn code(line: &Line) -> Option<&str> {
    line.outcome?;
    let text = core::str::from_utf8(&line.bytes).ok()?;
    // Of several lines the last one tells; HTTP's and a list's first one does.
    let ends = [text.trim_end().lines().next_back()?, text.lines().next()?];
    ends.into_iter().find_map(|line| {
        let mut words = line.split([' ', '-']);
        let number = |word: &&str| word.len() == 3 && word.bytes().all(|b| b.is_ascii_digit());
        let word = |word: &&str| ["OK", "NO", "BAD", "PREAUTH"].contains(word);
        let first = words.next()?;
        match first {
            "+OK" | "+" => return Some(first),
            "" if line.starts_with("-ERR") => return Some("-ERR"),
            _ => {}
        }
        let second = words.next();
        let found = Some(first).filter(number);
        found.or(second.filter(|second| number(second) || word(second)))
    })
}

/// In one word: its first digit, or a code that has none.
pub fn class(line: &Line) -> Option<String> {
    let code = code(line)?;
    let digits = code.bytes().all(|b| b.is_ascii_digit());
    Some(if digits { format!("{}xx", &code[..1]) } else { code.into() })
}

/// A token with where it begins, its octets to be read, and its entry of the glossary.
pub struct Part<'a> {
    pub start: usize,
    pub token: &'a Token,
    pub term: Option<&'a Term>,
}

pub fn parts<'a>(line: &'a Line, terms: &'a [Term]) -> impl Iterator<Item = Part<'a>> {
    let mut start = 0;
    line.tokens.iter().map(move |token| {
        let part = Part { start, token, term: terms.get(usize::from(token.term)) };
        start = token.end as usize;
        part
    })
}

impl Part<'_> {
    pub fn has(&self, octet: usize) -> bool {
        (self.start..self.token.end as usize).contains(&octet)
    }

    pub fn octets<'a>(&self, line: &'a Line) -> &'a [u8] {
        line.bytes.get(self.start..self.token.end as usize).unwrap_or_default()
    }

    /// To be read in a list, where a space alone would not be seen.
    pub fn text(&self, line: &Line) -> String {
        let text = visible(self.octets(line)).replace("\\r\\n", " CR LF");
        let text = if text.trim().is_empty() { text.replace(' ', "\u{2423}") } else { text };
        shortened(text.trim_start(), 60)
    }
}

/// The next token to the right or the left of this octet.
pub fn neighbour(line: &Line, octet: usize, right: bool) -> Option<usize> {
    let mut starts = parts(line, &[]).map(|part| part.start);
    if right {
        starts.find(|start| *start > octet)
    } else {
        starts.filter(|start| *start < octet).last()
    }
}

pub fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.into(),
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
    }
}
