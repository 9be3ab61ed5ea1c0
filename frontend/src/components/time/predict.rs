//! The question what the reply will be, and how the last guess went.

use yew::prelude::*;

use crate::app::{View, focus};
use crate::state::{Choice, Lab};
use crate::text::t;

#[component(Predict)]
pub(super) fn predict(view: &View) -> Html {
    let runner = &view.runner;
    let Some(score) = runner.see(|lab| lab.predictions().cloned()) else { return html! {} };
    let button = |choice: &Choice, main: bool| {
        let (runner, code) = (runner.clone(), choice.code.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            runner.act(|lab, now| lab.guess(&code, now));
            focus("command");
        });
        html! {
            <li><button class={classes!(main.then_some("main"))} data-code={choice.code.clone()} {onclick}>
                <b translate="no">{ &choice.code }</b>{ " " }<span>{ &choice.says }</span>
            </button></li>
        }
    };
    let question = runner.see(Lab::question).map(|(verb, classes, codes)| {
        html! {
            <>
                <h2>{ t!("predict-question", command = verb.name) }</h2>
                <ul class="choices" id="choices">{ for classes.iter().map(|choice| button(choice, true)) }</ul>
                <details>
                    <summary>{ t!("predict-codes") }</summary>
                    <ul class="choices">{ for codes.iter().map(|choice| button(choice, false)) }</ul>
                </details>
            </>
        }
    });
    let last = score.last.as_ref().map(|last| {
        let code = last.code.as_deref().unwrap_or("\u{2014}");
        let (shape, words) = if last.right {
            ("\u{2713} ", t!("predict-right", command = last.command, code = code))
        } else {
            ("\u{2717} ", t!("predict-wrong", command = last.command, code = code, guess = last.guess.as_str()))
        };
        html! { <p id="guess" class={if last.right { "ok" } else { "no" }}><span aria-hidden="true">{ shape }</span>{ words }{ " " }{ &last.says }</p> }
    });
    let waits = question.is_none() && last.is_none();
    html! {
        <div class="predict">
            { last.unwrap_or_default() }
            { question.unwrap_or_default() }
            if waits {
                <p class="hint">{ t!("predict-waits") }</p>
            }
            <p class="hint" id="score">{ t!("predict-score", right = u64::from(score.right), asked = u64::from(score.asked)) }</p>
        </div>
    }
}
