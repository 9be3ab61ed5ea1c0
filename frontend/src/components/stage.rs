//! The stage: for a projector, read from the back row. Nothing on it is secret and nothing interrupts.

use shared::transcript::Side;
use web_sys::KeyboardEvent;
use yew::prelude::*;

use super::status_line::{fault_mark, real_words, turn_words};
use crate::app::{View, focus, leave_stage};
use crate::state::stage;
use crate::text::t;

const EXCHANGES: usize = 8;

/// Steps of the strip.
const STEPS: usize = 18;

#[component(Stage)]
pub fn stage_page(view: &View) -> Html {
    let blank = use_state(|| false);
    use_effect_with((), |()| focus("stage"));
    let forward = {
        let runner = view.runner.clone();
        Callback::from(move |()| runner.act(stage::forward))
    };
    let back = {
        let runner = view.runner.clone();
        Callback::from(move |()| {
            runner.act(|lab, _| {
                lab.step_back();
            });
        })
    };
    let toggle = {
        let blank = blank.clone();
        Callback::from(move |()| blank.set(!*blank))
    };
    let onkeydown = {
        let (forward, back, toggle) = (forward.clone(), back.clone(), toggle.clone());
        Callback::from(move |event: KeyboardEvent| {
            match event.key().as_str() {
                "PageDown" => forward.emit(()),
                "PageUp" => back.emit(()),
                "b" | "B" => toggle.emit(()),
                _ => return,
            }
            event.prevent_default();
        })
    };
    if *blank {
        return html! {
            <main id="stage" class="stage blank" tabindex="-1" {onkeydown}>
                <button type="button" onclick={toggle.reform(|_: MouseEvent| ())}>{ t!("stage-unblank") }</button>
            </main>
        };
    }
    let (status, rows, strip, explanation) = view.runner.see(|lab| {
        let rows = stage::last_exchanges(lab, EXCHANGES);
        (status(lab), rows, stage::strip(lab, STEPS), stage::explanation(lab))
    });
    // Newest first, so that the oldest falls off where there is no room; the style turns them round.
    let rows = rows.iter().rev().map(row);
    html! {
        <main id="stage" class="stage" tabindex="-1" aria-label={t!("stage")} {onkeydown}>
            <h1 class="hidden">{ t!("stage") }</h1>
            <p id="status" class="stage-status">{ status }</p>
            { fault_mark(&view.runner) }
            <div class="stage-rows">{ for rows }</div>
            if let Some((says, term)) = explanation {
                <p class="stage-explanation"><b>{ says }</b>{ " " }{ term }</p>
            }
            <ol class="stage-strip" aria-label={t!("stage-steps")}>{ for strip.into_iter().map(step) }</ol>
            <div class="stage-keys">
                <button type="button" onclick={back.reform(|_: MouseEvent| ())}>{ t!("act-back") }</button>
                <button type="button" onclick={forward.reform(|_: MouseEvent| ())}>{ t!("act-forward") }</button>
                <button type="button" onclick={toggle.reform(|_: MouseEvent| ())}>{ t!("act-blank") }</button>
                <button type="button" onclick={Callback::from(|_: MouseEvent| leave_stage())}>{ t!("act-leave-stage") }</button>
            </div>
        </main>
    }
}

fn status(lab: &crate::state::Lab) -> Html {
    let real = real_words(lab);
    html! {
        <>
            <b>{ lab.route.protocol.name }</b>
            if let Some(real) = real {
                <strong class="real-mark">{ real }</strong>
            } else {
                <span>{ t!("practice") }</span>
            }
            <span>{ t!("stage-state", state = lab.client().state().title) }</span>
            if lab.is_back() {
                <b>{ t!("viewing-short", step = lab.steps().0, steps = lab.steps().1) }</b>
            } else {
                <b>{ turn_words(lab.turn()) }</b>
            }
        </>
    }
}

fn step(step: stage::Step) -> Html {
    let glyph = if step.side == Side::Client { "\u{2192}" } else { "\u{2190}" };
    html! {
        <li key={step.number} class={step.side.word()} aria-current={step.shown.then_some("step")}>
            <span>{ format!("{} {glyph}", step.number) }</span>
        </li>
    }
}

fn row(row: &stage::Row) -> Html {
    let (glyph, word) = match row.side {
        Side::Client => ("\u{2192}", t!("you-said")),
        _ => ("\u{2190}", t!("server-answered")),
    };
    let lines = row
        .lines
        .iter()
        .map(|line| html! { <code class="line" translate="no" dir="ltr">{ line }</code> });
    html! {
        <div key={row.number} class={classes!("stage-row", row.side.word())}>
            <span aria-hidden="true">{ glyph }</span>
            <span class="hidden">{ word }</span>
            <div>
                { for lines }
                if row.more > 0 {
                    <span class="hint">{ t!("more-lines", count = row.more) }</span>
                }
            </div>
        </div>
    }
}
