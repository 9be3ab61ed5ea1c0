//! The room on a projector, read from the back row. Nothing on it is secret and nothing interrupts.

use shared::room::{Question, Stage};
use shared::transcript::Side;
use yew::prelude::*;

use super::super::state::lines::looked_at;
use super::super::state::place::{bare, is_loopback};
use super::super::state::stage::{self, Row, Step};
use super::super::text::t;
use super::banners::trouble;
use super::status::place;
use super::transcript::badge;
use super::vote::result;
use super::{View, origin, side_word};
use crate::qr::qr_svg;

const EXCHANGES: usize = 8;

/// Steps of the strip.
const STEPS: usize = 18;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct StageProps {
    pub(super) view: View,
    pub(super) at: Option<String>,
}

#[component(StagePage)]
pub(super) fn stage_page(props: &StageProps) -> Html {
    let dismissed = use_state(|| false);
    let room = props.view.seat.room();
    let shown = &room.shown;
    let origin = props.at.clone().unwrap_or_else(origin);
    let address = format!("{origin}/{}", room.code);
    // Where it does not fit on one line, the code stays whole.
    let shown_address =
        html! { <>{ bare(&origin).to_owned() }<wbr />{ "/" }{ room.code.as_str() }</> };
    if shown.view.stage == Stage::Blank {
        return html! { <main id="stage" class="stage blank"><h1 class="hidden">{ t!("stage-blank") }</h1></main> };
    }
    if shown.view.stage == Stage::Join {
        return html! {
            <main id="stage" class="stage stage-join">
                <h1>{ t!("stage-join") }</h1>
                <div class="how">
                    <div class="picture">{ qr_svg(&address) }</div>
                    <div>
                        <p class="big-code" translate="no">{ room.code.as_str() }</p>
                        <p class="big-address" translate="no">{ shown_address }</p>
                        { only_here(&origin) }
                    </div>
                </div>
            </main>
        };
    }
    let corner = {
        let dismissed = dismissed.clone();
        let hide = Callback::from(move |_: MouseEvent| dismissed.set(true));
        html! {
            <aside class="corner" aria-label={t!("stage-join")}>
                { qr_svg(&address) }
                <p class="code" translate="no">{ room.code.as_str() }</p>
                <p class="address" translate="no">{ shown_address.clone() }</p>
                { only_here(&origin) }
                <button type="button" class="quiet" onclick={hide}>{ t!("stage-hide") }</button>
            </aside>
        }
    };
    let rows = stage::last_exchanges(shown, EXCHANGES);
    // Newest first, so that the oldest falls off where there is no room; the style turns them round.
    let rows = rows.iter().rev().map(|line| row(line, looked_at(shown)));
    let (at, all) = (shown.shown().len(), shown.lines.len());
    html! {
        <main id="stage" class={classes!("stage", (!*dismissed).then_some("with-corner"))}>
            <h1 class="hidden">{ t!("stage") }</h1>
            <p id="status" class="stage-status">
                { for place(shown).into_iter().map(|(_, words)| html! { <span>{ words }</span> }) }
                if *dismissed { <span translate="no">{ shown_address }</span> }
            </p>
            if let Some(real) = &shown.begin.real {
                <strong class="real-mark">{ t!("real", server = real) }</strong>
            }
            if let Some(fault) = &shown.begin.fault {
                <p class="fault-mark"><span aria-hidden="true">{ "\u{26a1} " }</span>{ t!("fault", fault = fault) }</p>
            }
            if let Some(words) = trouble(&room) {
                <p class="stage-trouble">{ words }</p>
            }
            if at < all {
                <p class="stage-trouble">{ t!("back-in-time", step = at, steps = all) }</p>
            }
            if let Some(octets) = shown.view.held {
                <p class="stage-trouble">{ t!("held", octets = octets) }</p>
            }
            <div class="stage-rows">{ for rows }</div>
            if let Some(question) = &shown.question {
                { asked(question) }
            } else if let Some((says, term)) = stage::explanation(shown) {
                <p class="stage-explanation"><b>{ says }</b>{ " " }{ term.unwrap_or_default() }</p>
            }
            <ol class="stage-strip" aria-label={t!("stage-steps")}>{ for stage::strip(shown, STEPS).into_iter().map(step) }</ol>
            if !*dismissed { { corner } }
        </main>
    }
}

/// An address that nobody else can open is worse than none.
fn only_here(origin: &str) -> Html {
    match is_loopback(origin) {
        true => html! { <p class="only-here">{ t!("stage-loopback") }</p> },
        false => Html::default(),
    }
}

fn asked(question: &Question) -> Html {
    let votes: u32 =
        question.choices.iter().fold(0, |all, choice| all.saturating_add(choice.votes));
    html! {
        <section class="stage-question">
            <h2>{ &question.text }</h2>
            if question.closed {
                { result(question, None) }
            } else {
                <ul class="stage-choices">{ for question.choices.iter().map(|choice| html! { <li>{ &choice.text }</li> }) }</ul>
                <p>{ t!("votes-so-far", votes = votes) }</p>
            }
        </section>
    }
}

fn step(step: Step) -> Html {
    let glyph = if step.side == Side::Client { "\u{2192}" } else { "\u{2190}" };
    html! {
        <li key={step.number} class={step.side.word()} aria-current={step.here.then_some("step")}>
            <span>{ format!("{} {glyph}", step.number) }</span>
        </li>
    }
}

fn row(row: &Row<'_>, here: Option<usize>) -> Html {
    let glyph = if row.line.side == Side::Client { "\u{2192}" } else { "\u{2190}" };
    let lines = row
        .lines
        .iter()
        .map(|line| html! { <code class="line" translate="no" dir="ltr">{ line }</code> });
    html! {
        <div key={row.number} class={classes!("stage-row", row.line.side.word(), (here == Some(row.number)).then_some("here"))}>
            <span aria-hidden="true">{ glyph }</span>
            <span class="hidden">{ side_word(row.line.side) }</span>
            <div>
                { for lines }
                if row.more > 0 {
                    <span class="hint">{ t!("more-lines", count = row.more) }</span>
                }
                { " " }{ badge(row.line) }
            </div>
        </div>
    }
}
