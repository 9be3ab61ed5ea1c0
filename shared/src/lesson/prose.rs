//! The part of Markdown that lessons are written in: paragraphs, lists, fenced text, and within a line code, emphasis and links.

use super::Problem;

#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    Paragraph(Vec<Inline>),
    List {
        ordered: bool,
        items: Vec<Vec<Inline>>,
    },
    /// To be read, not to be sent.
    Text(String),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Inline {
    Text(String),
    Code(String),
    Strong(String),
    Emphasis(String),
    Link { text: String, to: String },
}

impl Block {
    /// How many words there are to read.
    pub(super) fn words(&self) -> usize {
        match self {
            Block::Paragraph(text) => words(text),
            Block::List { items, .. } => items.iter().map(|item| words(item)).sum(),
            Block::Text(text) => text.split_whitespace().count(),
        }
    }
}

fn words(text: &[Inline]) -> usize {
    let pieces = text.iter().map(|piece| match piece {
        Inline::Text(text) | Inline::Code(text) | Inline::Strong(text) | Inline::Emphasis(text) => {
            text
        }
        Inline::Link { text, .. } => text,
    });
    pieces.map(|text| text.split_whitespace().count()).sum()
}

/// The blocks of a text that belongs to no lesson's file. A paragraph that is not written so stands as it is.
pub fn prose(text: &str) -> Vec<Block> {
    let lines: Vec<(usize, &str)> = text.lines().map(str::trim_end).enumerate().collect();
    let mut blocks = Vec::new();
    let mut rest = &lines[..];
    while let Some((_, first)) = rest.first() {
        let fenced = first.starts_with("```");
        let is_end = |line: &str| match fenced {
            true => line == "```",
            false => line.is_empty() || line.starts_with("```"),
        };
        let end = rest.iter().skip(1).position(|(_, line)| is_end(line));
        let end = end.map_or(rest.len(), |at| at + 1);
        let plain = |from: usize| {
            let lines: Vec<&str> = rest[from..end].iter().map(|(_, line)| *line).collect();
            lines.join("\n")
        };
        let mut problems = Vec::new();
        match block(&rest[..end], &mut problems) {
            _ if fenced => blocks.push(Block::Text(plain(1))),
            _ if first.is_empty() => {}
            found if problems.is_empty() => blocks.push(found),
            _ => blocks.push(Block::Paragraph(vec![Inline::Text(plain(0))])),
        }
        let taken = if first.is_empty() { 1 } else { end + usize::from(fenced) };
        rest = &rest[taken.min(rest.len())..];
    }
    blocks
}

/// Lines with their numbers.
pub(super) type Lines<'a> = [(usize, &'a str)];

/// A paragraph or a list: lines without an empty one between them.
pub(super) fn block(lines: &Lines<'_>, problems: &mut Vec<Problem>) -> Block {
    let Some((_, first)) = lines.first() else { return Block::Paragraph(Vec::new()) };
    match item(first) {
        None => Block::Paragraph(joined(lines, problems)),
        Some((ordered, _)) => Block::List { ordered, items: items(lines, problems) },
    }
}

/// The items of a list; lines that begin none go on with the one before.
pub(super) fn items(lines: &Lines<'_>, problems: &mut Vec<Problem>) -> Vec<Vec<Inline>> {
    split_items(lines).iter().map(|item| joined(item, problems)).collect()
}

/// Each item's lines, without its mark.
pub(super) fn split_items<'a>(lines: &Lines<'a>) -> Vec<Vec<(usize, &'a str)>> {
    let mut found: Vec<Vec<(usize, &str)>> = Vec::new();
    for (n, line) in lines {
        match (item(line), found.last_mut()) {
            (Some((_, text)), _) => found.push(vec![(*n, text)]),
            (None, Some(last)) => last.push((*n, line)),
            (None, None) => found.push(vec![(*n, line)]),
        }
    }
    found
}

/// Whether a line begins an item, whether that has a number, and its text.
pub(super) fn item(line: &str) -> Option<(bool, &str)> {
    if let Some(text) = line.strip_prefix("- ") {
        return Some((false, text));
    }
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let text = line[digits..].strip_prefix(". ")?;
    (digits > 0).then_some((true, text))
}

pub(super) fn joined(lines: &Lines<'_>, problems: &mut Vec<Problem>) -> Vec<Inline> {
    let line = lines.first().map_or(0, |(n, _)| *n);
    let text: Vec<&str> = lines.iter().map(|(_, text)| text.trim()).collect();
    inline(&text.join(" "), line, problems)
}

/// Code, emphasis and links within a text. What is opened and not closed is a problem, so that no mark is lost quietly.
fn inline(text: &str, line: usize, problems: &mut Vec<Problem>) -> Vec<Inline> {
    let mut found = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after_word = plain.ends_with(|c: char| c.is_alphanumeric());
        let taken = match c {
            '\\' => {
                let literal = rest[1..].chars().next().filter(char::is_ascii_punctuation);
                plain.push(literal.unwrap_or('\\'));
                rest = &rest[1 + literal.map_or(0, char::len_utf8)..];
                continue;
            }
            '`' => code(rest),
            '*' if rest.starts_with("**") => between(rest, "**", Inline::Strong),
            '*' => between(rest, "*", Inline::Emphasis),
            '_' if !after_word => between(rest, "_", Inline::Emphasis),
            '[' if is_link(rest) => link(rest),
            _ => {
                plain.push(c);
                rest = &rest[c.len_utf8()..];
                continue;
            }
        };
        let Some((piece, end)) = taken else {
            problems.push(Problem::new(
                line,
                format!("The mark {c:?} begins something that does not end."),
                format!("its other half in the same paragraph, or \\{c} for the character itself"),
            ));
            return found;
        };
        if let Inline::Link { to, .. } = &piece
            && !to.starts_with("https://")
            && !to.starts_with("#/")
        {
            problems.push(Problem::new(
                line,
                format!("The link leads to {to:?}."),
                "an address that begins with https://, or with #/ for a place in the lab",
            ));
        }
        if !plain.is_empty() {
            found.push(Inline::Text(core::mem::take(&mut plain)));
        }
        found.push(piece);
        rest = &rest[end..];
    }
    if !plain.is_empty() {
        found.push(Inline::Text(plain));
    }
    found
}

/// As many backticks as it begins with end it; one space at either end is only there to keep them apart.
fn code(rest: &str) -> Option<(Inline, usize)> {
    let ticks = rest.len() - rest.trim_start_matches('`').len();
    let mark = &rest[..ticks];
    let end = rest[ticks..].find(mark)? + ticks;
    let text = &rest[ticks..end];
    let inner = text.strip_prefix(' ').and_then(|text| text.strip_suffix(' '));
    let text = inner.filter(|text| !text.trim().is_empty()).unwrap_or(text);
    Some((Inline::Code(text.into()), end + ticks))
}

fn between(rest: &str, mark: &str, make: fn(String) -> Inline) -> Option<(Inline, usize)> {
    let inner = &rest[mark.len()..];
    let end = inner.find(mark).filter(|end| *end > 0)?;
    Some((make(inner[..end].into()), mark.len() * 2 + end))
}

/// A bracket that is no link's stands for itself.
fn is_link(rest: &str) -> bool {
    rest.find(']').is_some_and(|end| rest[end..].starts_with("]("))
}

fn link(rest: &str) -> Option<(Inline, usize)> {
    let middle = rest.find("](")?;
    let end = rest[middle..].find(')')? + middle;
    let (text, to) = (rest[1..middle].into(), rest[middle + 2..end].into());
    Some((Inline::Link { text, to }, end + 1))
}
