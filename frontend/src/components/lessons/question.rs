//! The question of a step, for one who is alone with it, and the notes for a teacher.

use shared::lesson::{Block, Question};
use yew::prelude::*;

use super::Host;
use super::prose::{blocks, inline};
use crate::app::focus;
use crate::text::t;

/// Choices as buttons; once one is chosen, in words which of them is right.
pub(super) fn question(host: &Host, n: usize, asked: &Question, answer: Option<usize>) -> Html {
    let choices = asked.choices.iter().enumerate().map(|(at, choice)| {
        let (right, chosen) = (asked.right == Some(at), answer == Some(at));
        let mark = match (answer.is_some(), right, chosen) {
            (true, true, true) => t!("answer-yours-right"),
            (true, true, false) => t!("answer-right"),
            (true, false, true) => t!("answer-yours"),
            _ => "",
        };
        let onclick = {
            let host = host.clone();
            Callback::from(move |_: MouseEvent| {
                host.act(|stage, _| {
                    if let Some(open) = stage.lesson_mut() {
                        open.choose(n, at);
                    }
                });
                // The button has gone.
                focus(&format!("question-{n}"));
            })
        };
        html! {
            <li key={at}>
                if answer.is_none() {
                    <button type="button" {onclick}>{ inline(choice) }</button>
                } else {
                    { inline(choice) }<b class="mark">{ mark }</b>
                }
            </li>
        }
    });
    let told = match (answer, asked.right) {
        (None, _) => "",
        (Some(_), None) => t!("answer-none"),
        (Some(answer), Some(right)) if answer == right => t!("answer-yes"),
        (Some(_), Some(_)) => t!("answer-no"),
    };
    html! {
        <div class="question" id={format!("question-{n}")} tabindex="-1" role="group" aria-label={t!("question")}>
            <p><b>{ t!("question") }</b>{ " " }{ inline(&asked.text) }</p>
            <ul class="choices">{ for choices }</ul>
            <p aria-live="polite" class="told">{ told }</p>
        </div>
    }
}

/// Closed until somebody wants them.
pub(super) fn notes(notes: &[Block]) -> Html {
    if notes.is_empty() {
        return Html::default();
    }
    html! {
        <details class="notes"><summary>{ t!("teachers-notes") }</summary>{ blocks(notes) }</details>
    }
}
