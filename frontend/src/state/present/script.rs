//! The step of the open lesson, as the class reads it.

use shared::lesson::{Block, Inline, Part};
use shared::room::Script;

use crate::state::{Lab, Stage as _};

/// Letters of one step.
const MOST: usize = 8000;

/// `None` where no lesson is open.
pub fn of(lab: &Lab) -> Option<Script> {
    let open = lab.lesson()?;
    let lesson = &open.lesson;
    let (title, prose): (&str, Vec<&Block>) = match lesson.steps.get(open.step()) {
        Some(step) => {
            let prose = step.parts.iter().filter_map(|part| match part {
                Part::Prose(block) => Some(block),
                Part::Act(_) => None,
            });
            (&step.title, prose.collect())
        }
        None => lesson
            .closing
            .as_ref()
            .map_or(("", Vec::new()), |(title, blocks)| (title.as_str(), blocks.iter().collect())),
    };
    let mut text = format!("**{title}**\n");
    prose.iter().for_each(|block| write(block, &mut text));
    text.truncate(text.floor_char_boundary(MOST));
    let count = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    Some(Script {
        lesson: lesson.title.clone(),
        step: count(open.step().min(lesson.steps.len())),
        steps: count(lesson.steps.len()),
        text,
    })
}

/// A question of the lesson, ready to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    pub text: String,
    pub choices: Vec<String>,
    pub right: Option<u16>,
}

/// What the presenter alone sees of the step: its notes, and its question.
pub fn for_presenter(lab: &Lab) -> Option<(Vec<Block>, Option<Ready>)> {
    let open = lab.lesson()?;
    let step = open.lesson.steps.get(open.step());
    let mut notes = step.map_or_else(Vec::new, |step| step.notes.clone());
    if open.step() == 0 {
        notes.splice(0..0, open.lesson.notes.iter().cloned());
    }
    let question = step.and_then(|step| step.question.as_ref()).map(|question| Ready {
        text: plain(&question.text),
        choices: question.choices.iter().map(|choice| plain(choice)).collect(),
        right: question.right.and_then(|right| u16::try_from(right).ok()),
    });
    Some((notes, question))
}

fn plain(pieces: &[Inline]) -> String {
    let text = |piece: &Inline| match piece {
        Inline::Text(text) | Inline::Code(text) | Inline::Strong(text) | Inline::Emphasis(text) => {
            text.clone()
        }
        Inline::Link { text, .. } => text.clone(),
    };
    pieces.iter().map(text).collect()
}

/// As it stands in the lesson's file.
fn write(block: &Block, out: &mut String) {
    match block {
        Block::Paragraph(text) => out.push_str(&format!("\n{}\n", inline(text))),
        Block::List { ordered, items } => {
            out.push('\n');
            for (n, item) in items.iter().enumerate() {
                let mark = if *ordered { format!("{}. ", n + 1) } else { "- ".into() };
                out.push_str(&format!("{mark}{}\n", inline(item)));
            }
        }
        Block::Text(text) => out.push_str(&format!("\n```\n{}\n```\n", text.trim_end())),
    }
}

fn inline(pieces: &[Inline]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Inline::Text(text) => text.clone(),
            Inline::Code(text) => format!("`{text}`"),
            Inline::Strong(text) => format!("**{text}**"),
            Inline::Emphasis(text) => format!("*{text}*"),
            Inline::Link { text, to } => format!("[{text}]({to})"),
        })
        .collect()
}
