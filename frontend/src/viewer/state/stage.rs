//! What a projector shows of the dialogue: the last exchanges in few lines, the steps, and one explanation.

use shared::room::{Line, LineKind, Shown};
use shared::transcript::Side;

use super::lines::{looked_at, parts, text};

/// Lines of one unit; a class cannot read more from the back row.
const LINES: usize = 4;

/// A command or a reply.
#[derive(Debug, PartialEq)]
pub struct Row<'a> {
    pub number: usize,
    pub line: &'a Line,
    pub lines: Vec<String>,
    /// Lines that are left out.
    pub more: usize,
}

/// The units of the last so many exchanges, oldest first: each a command with what answers it.
pub fn last_exchanges(shown: &Shown, most: usize) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut exchanges = 0;
    for (number, line) in shown.shown().iter().enumerate().rev() {
        if line.kind == LineKind::Note {
            continue;
        }
        let text = text(line);
        let count = text.lines().count();
        let lines = text.lines().take(LINES).map(str::to_owned).collect();
        rows.push(Row { number, line, lines, more: count.saturating_sub(LINES) });
        exchanges += usize::from(line.side == Side::Client);
        if exchanges == most {
            break;
        }
    }
    rows.reverse();
    rows
}

/// A step of the dialogue, small: its number and who spoke.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    pub number: usize,
    pub side: Side,
    pub here: bool,
}

/// The last so many steps up to the shown one.
pub fn strip(shown: &Shown, most: usize) -> Vec<Step> {
    let here = looked_at(shown);
    let lines = shown.shown().iter().enumerate().filter(|(_, line)| line.kind != LineKind::Note);
    let mut steps: Vec<Step> = lines
        .map(|(n, line)| Step { number: n + 1, side: line.side, here: here == Some(n) })
        .collect();
    steps.split_off(steps.len().saturating_sub(most))
}

/// The line that is looked at in a sentence, and what its selected token means, or else the first.
pub fn explanation(shown: &Shown) -> Option<(&str, Option<&str>)> {
    let number = looked_at(shown)?;
    let line = shown.shown().get(number)?;
    let selected = shown.view.selected == u32::try_from(number).ok();
    let octet = if selected { shown.view.octet as usize } else { 0 };
    let part = parts(line, &shown.terms).find(|part| part.has(octet));
    Some((&line.says, part.and_then(|part| part.term).map(|term| term.text.as_str())))
}
