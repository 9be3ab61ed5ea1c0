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
