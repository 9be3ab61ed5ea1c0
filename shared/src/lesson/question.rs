//! A question to the class: a text, and choices of which one may be right.

use super::Problem;
use super::prose::{self, Inline, Lines};

/// More than these find no room as buttons on a phone.
const MAX_CHOICES: usize = 6;

#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    pub text: Vec<Inline>,
    pub choices: Vec<Vec<Inline>>,
    /// Its place among the choices; `None` where opinions are asked for.
    pub right: Option<usize>,
}

/// Reads what stands behind `question:` on its line, and the lines below it: more of the text, then the list of
/// choices, the right one with `[x]` in front.
pub(super) fn question(
    line: usize,
    first: &str,
    below: &Lines<'_>,
    problems: &mut Vec<Problem>,
) -> Question {
    let list = below.iter().position(|(_, text)| prose::item(text).is_some());
    let (text, list) = below.split_at(list.unwrap_or(below.len()));
    let text: Vec<(usize, &str)> = [(line, first)]
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .chain(text.to_vec())
        .collect();
    let mut question =
        Question { text: prose::joined(&text, problems), choices: Vec::new(), right: None };
    if text.is_empty() {
        let expected = "question: and its text on one line, and a list of choices below it";
        problems.push(Problem::new(line, "The question has no text.", expected));
    }
    for mut item in prose::split_items(list) {
        let Some((n, first)) = item.first_mut() else { continue };
        let is_right = match first.split_at_checked(4) {
            Some(("[x] " | "[X] ", rest)) => {
                *first = rest;
                true
            }
            Some(("[ ] ", rest)) => {
                *first = rest;
                false
            }
            _ => false,
        };
        if is_right && question.right.is_some() {
            problems.push(Problem::new(
                *n,
                "A second choice is marked as right.",
                "one [x] at most",
            ));
        }
        if is_right {
            question.right = Some(question.choices.len());
        }
        question.choices.push(prose::joined(&item, problems));
    }
    let choices = question.choices.len();
    if !(2..=MAX_CHOICES).contains(&choices) {
        problems.push(Problem::new(
            line,
            format!("The question has {choices} choices."),
            format!("a list of 2 to {MAX_CHOICES} right below it, the right one as - [x] text"),
        ));
    }
    question
}
