//! A question to the class: the choices, and what came of them.

use shared::room::{Choice, Question};
use yew::prelude::*;

use super::super::text::t;
use super::View;

/// The width of a bar, in units of its picture.
const BAR: u32 = 100;

pub(super) fn vote(view: &View) -> Html {
    let room = view.seat.room();
    let Some(question) = &room.shown.question else { return Html::default() };
    let own = room.vote();
    html! {
        <section class="question" aria-labelledby="question">
            <h2 id="question">{ &question.text }</h2>
            if question.closed {
                { result(question, own) }
            } else {
                <div class="votes" role="group" aria-labelledby="question">
                    { for question.choices.iter().zip(0u16..).map(|(choice, n)| button(view, choice, n, own)) }
                </div>
                <p class="hint">{ if own.is_some() { t!("vote-change") } else { t!("vote-how") } }</p>
            }
        </section>
    }
}

fn button(view: &View, choice: &Choice, n: u16, own: Option<u16>) -> Html {
    let seat = view.seat.clone();
    let onclick = Callback::from(move |_: MouseEvent| seat.vote(n));
    let here = own == Some(n);
    html! {
        <button type="button" class="vote" aria-pressed={here.to_string()} {onclick}>
            if here { <span aria-hidden="true">{ "\u{2713} " }</span> }{ &choice.text }
        </button>
    }
}

/// As bars and in words; the right one has a mark and a word.
pub(super) fn result(question: &Question, own: Option<u16>) -> Html {
    let all: u32 = question.choices.iter().fold(0, |all, choice| all.saturating_add(choice.votes));
    let rows = question.choices.iter().zip(0u16..).map(|(choice, n)| {
        let right = question.right == Some(n);
        let bar = u64::from(choice.votes) * u64::from(BAR) / u64::from(all.max(1));
        html! {
            <li class={classes!(right.then_some("right"), (own == Some(n)).then_some("own"))}>
                <span class="choice">{ &choice.text }</span>
                <svg class="bar" viewBox={format!("0 0 {BAR} 10")} preserveAspectRatio="none" aria-hidden="true">
                    <rect class="bar-ground" width={BAR.to_string()} height="10" />
                    <rect class="bar-votes" width={bar.to_string()} height="10" />
                </svg>
                <span class="count">{ t!("votes-of", votes = choice.votes, all = all) }</span>
                if right {
                    <b class="mark-right"><span aria-hidden="true">{ "\u{2713} " }</span>{ t!("right") }</b>
                }
                if own == Some(n) {
                    <span class="mark-own">{ t!("your-vote") }</span>
                }
            </li>
        }
    });
    html! { <ul class="result">{ for rows }</ul> }
}
