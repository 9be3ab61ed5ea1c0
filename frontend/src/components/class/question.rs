//! Questions to the class: what the reply will be, what the lesson asks, or one's own.

use shared::room::Question;
use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use crate::app::View;
use crate::driver::Runner;
use crate::state::Lab;
use crate::state::index::class_of;
use crate::text::t;

#[component(QuestionForm)]
pub(super) fn question_form(view: &View) -> Html {
    let runner = &view.runner;
    let asked =
        runner.class(|presenter| presenter.and_then(|presenter| presenter.question.clone()));
    html! {
        <section class="class-question" aria-labelledby="class-question-title">
            <h3 id="class-question-title">{ t!("class-question") }</h3>
            {
                match asked {
                    Some(question) => html! { <Asked view={view.clone()} {question} /> },
                    None => html! { <Ask ..view.clone() /> },
                }
            }
        </section>
    }
}

#[component(Ask)]
fn ask(view: &View) -> Html {
    let runner = &view.runner;
    let (text, choices) = (use_node_ref(), use_node_ref());
    let submit = {
        let (runner, text, choices) = (runner.clone(), text.clone(), choices.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (Some(text), Some(choices)) =
                (text.cast::<HtmlInputElement>(), choices.cast::<HtmlTextAreaElement>())
            else {
                return;
            };
            let lines = choices.value();
            let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
            let lines: Vec<String> = lines.map(str::to_owned).collect();
            runner.direct(|presenter| presenter.ask(text.value(), lines, None));
        })
    };
    let held = runner.see(Lab::question);
    let predicting = runner.see(|lab| lab.predictions().is_some());
    let reply = match held {
        Some((verb, classes, _)) => {
            let runner = runner.clone();
            let onclick = Callback::from(move |_: MouseEvent| {
                let choices = classes.iter().map(|class| class.code.clone()).collect();
                let text = t!("class-ask-reply", command = verb.name);
                runner.direct(|presenter| presenter.ask(text, choices, None));
            });
            html! { <button type="button" class="main" id="ask-reply" {onclick}>{ t!("class-ask-class") }</button> }
        }
        None if runner.see(Lab::can_predict) && !predicting => {
            let runner = runner.clone();
            let onclick = Callback::from(move |_: MouseEvent| {
                runner.act(|lab, now| lab.set_predicting(true, now))
            });
            html! { <button type="button" id="hold-replies" {onclick}>{ t!("class-hold") }</button> }
        }
        None => {
            html! { <p class="hint">{ if predicting { t!("class-held-next") } else { "" } }</p> }
        }
    };
    html! {
        <>
            { reply }
            <details>
                <summary>{ t!("class-own-question") }</summary>
                <form class="class-form" onsubmit={submit}>
                    <label>{ t!("class-question-text") }<input ref={text} id="question-text" required=true maxlength="300" /></label>
                    <label>{ t!("class-question-choices") }<textarea ref={choices} id="question-choices" rows="3" required=true maxlength="1000" /></label>
                    <button type="submit" class="main">{ t!("class-ask") }</button>
                </form>
            </details>
        </>
    }
}

#[derive(PartialEq, Properties)]
struct AskedProps {
    view: View,
    question: Question,
}

#[component(Asked)]
fn asked(props: &AskedProps) -> Html {
    let AskedProps { view, question } = props;
    let runner = &view.runner;
    let all: u32 = question.choices.iter().map(|choice| choice.votes).sum();
    let rows = question.choices.iter().enumerate().map(|(n, choice)| {
        let is_right = question.right == Some(n as u16);
        let mark = is_right.then(|| html! { <b>{ "\u{2713} " }{ t!("class-right") }</b> });
        let tell = (!question.closed).then(|| {
            let runner = runner.clone();
            let onclick = Callback::from(move |_: MouseEvent| {
                runner.direct(|presenter| presenter.reveal(Some(n as u16)));
            });
            html! { <button type="button" class="quiet" {onclick}>{ t!("class-is-right") }</button> }
        });
        html! {
            <li key={n}>
                <span>{ &choice.text }</span>
                <meter min="0" max={all.max(1).to_string()} value={choice.votes.to_string()} aria-hidden="true" />
                <span>{ t!("class-votes", count = u64::from(choice.votes)) }</span>
                { tell.unwrap_or_default() }{ mark.unwrap_or_default() }
            </li>
        }
    });
    let reveal = {
        let (runner, question) = (runner.clone(), question.clone());
        Callback::from(move |_: MouseEvent| reveal(&runner, &question))
    };
    let forget = {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| runner.direct(|presenter| presenter.forget_question()))
    };
    html! {
        <>
            <p>{ &question.text }</p>
            <ul class="class-choices">{ for rows }</ul>
            if !question.closed {
                <button type="button" class="main" id="reveal" onclick={reveal}>{ t!("class-reveal") }</button>
            }
            <button type="button" id="forget-question" onclick={forget}>{ t!("class-forget") }</button>
        </>
    }
}

/// Shows the reply that is held, if the question is what it will be; then what was right.
fn reveal(runner: &Runner, question: &Question) {
    let mut right = None;
    if runner.see(Lab::question).is_some() {
        // The class has guessed; the presenter's own guess is none of its choices.
        runner.act(|lab, now| lab.guess("", now));
        let code = runner.see(|lab| lab.predictions()?.last.as_ref()?.code.clone());
        right = code.and_then(|code| {
            let is_it = |text: &str| text == code || text == class_of(&code);
            question.choices.iter().position(|choice| is_it(&choice.text))
        });
    }
    runner.direct(|presenter| presenter.reveal(right.map(|right| right as u16)));
}
