//! What the lesson says to its teacher, and the way to the next step.

use yew::prelude::*;

use super::super::lessons::prose;
use crate::app::View;
use crate::driver::Press;
use crate::state::present::script;
use crate::state::{Lab, stage};
use crate::text::t;

#[component(Notes)]
pub(super) fn notes(view: &View) -> Html {
    let runner = &view.runner;
    let notes = runner.see(script::for_presenter);
    let next = runner.see(stage::next_command);
    let is_back = runner.see(Lab::is_back);
    let waits = runner.see(stage::waits);
    let through = if is_back { t!("act-forward") } else { t!("class-let-through") };
    let handed = runner.is_handed_over();
    let go = {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| runner.press(Press::Forward))
    };
    let ready = notes.as_ref().and_then(|(_, question)| question.clone()).map(|question| {
        let (runner, text) = (runner.clone(), question.text.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            let question = question.clone();
            runner.direct(|presenter| presenter.ask(question.text, question.choices, question.right));
        });
        html! { <button type="button" id="ask-lesson" {onclick}>{ t!("class-ask-lesson") }{ " " }{ text }</button> }
    });
    html! {
        <section class="class-notes" aria-labelledby="class-notes-title">
            <h3 id="class-notes-title">{ t!("class-next") }</h3>
            if waits || next.is_some() {
                <button type="button" class="main" id="class-go" disabled={handed && !waits} onclick={go}>
                    { next.filter(|_| !waits).unwrap_or_else(|| through.into()) }
                </button>
            }
            { ready.unwrap_or_default() }
            if let Some((blocks, _)) = notes.filter(|(blocks, _)| !blocks.is_empty()) {
                <h4>{ t!("class-notes") }</h4>
                { prose::blocks(&blocks) }
            }
        </section>
    }
}
