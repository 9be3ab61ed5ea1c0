//! The presenter's console: how to join, what the class sees, questions, and who is there.

use shared::room::{Refusal, Stage};
use yew::prelude::*;

use super::notes::Notes;
use super::people::People;
use super::question::QuestionForm;
use crate::app::View;
use crate::driver::Runner;
use crate::qr::qr_svg;
use crate::state::present::{Presenter, Reach};
use crate::text::t;

#[component(Console)]
pub(super) fn console(view: &View) -> Html {
    let runner = &view.runner;
    let open = use_state(|| true);
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let body = runner.class(|presenter| presenter.map(|presenter| head(runner, presenter)));
    let Some(body) = body else { return Html::default() };
    let end = {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| runner.close_room())
    };
    html! {
        <section class="class-bar" id="class-console" aria-label={t!("class-console")}>
            <div class="class-head">
                { body }
                <button type="button" aria-expanded={open.to_string()} aria-controls="class-body" onclick={toggle}>
                    { if *open { t!("class-less") } else { t!("class-more") } }
                </button>
                <button type="button" id="close-room" onclick={end}>{ t!("class-close") }</button>
            </div>
            if *open {
                <div class="class-body" id="class-body">
                    { runner.class(|presenter| presenter.map(|presenter| join(runner, presenter))).unwrap_or_default() }
                    <Notes ..view.clone() />
                    <QuestionForm ..view.clone() />
                    <People ..view.clone() />
                </div>
            }
        </section>
    }
}

/// The code, how many look on, and what is wrong.
fn head(runner: &Runner, presenter: &Presenter) -> Html {
    let people = presenter.roster.here();
    // A stage's window has no name.
    let stages = (presenter.viewers as usize).saturating_sub(people) as u64;
    let reach = match &presenter.reach {
        Reach::Connecting => t!("class-connecting").to_owned(),
        Reach::Open => t!("class-viewers", count = people as u64),
        Reach::Lost => t!("class-lost").to_owned(),
        Reach::Refused(_, why) => t!("class-refused", why = why.as_str()),
    };
    let is_wrong = matches!(presenter.reach, Reach::Refused(..));
    let again = matches!(presenter.reach, Reach::Refused(Refusal::Elsewhere, _)).then(|| {
        let runner = runner.clone();
        let onclick = Callback::from(move |_: MouseEvent| runner.present_again());
        html! { <button type="button" class="main" id="present-again" {onclick}>{ t!("class-present-again") }</button> }
    });
    let own = runner.shows_a_try().then(|| {
        let runner = runner.clone();
        let onclick = Callback::from(move |_: MouseEvent| runner.show_own());
        html! { <button type="button" id="show-own" {onclick}>{ t!("class-show-own") }</button> }
    });
    let on_stage = presenter.looks_at.is_some().then(|| {
        let runner = runner.clone();
        let onclick = Callback::from(move |_: MouseEvent| runner.stage_try());
        html! { <button type="button" class="main" id="stage-try" {onclick}>{ t!("class-stage-try") }</button> }
    });
    let taken = presenter.keyboard.map(|who| {
        let runner = runner.clone();
        let onclick = Callback::from(move |_: MouseEvent| runner.direct(|presenter| presenter.keyboard = None));
        let name = presenter.roster.name(who);
        html! {
            <span class="class-typist">
                { t!("class-types", name = &name) }{ " " }
                <button type="button" class="main" id="take-back" {onclick}>{ t!("class-take-back") }</button>
            </span>
        }
    });
    html! {
        <>
            <strong class="class-code" translate="no">{ presenter.code.to_string() }</strong>
            <span role="status" class={is_wrong.then_some("raised")}>{ reach }</span>
            if stages > 0 && presenter.reach == Reach::Open {
                <span>{ t!("class-stages", count = stages) }</span>
            }
            { again.unwrap_or_default() }
            if let Some(news) = &presenter.news {
                <span role="status">{ news }</span>
            }
            if let Some(full) = presenter.full() {
                <span class="raised">{ t!("class-full", why = &full) }</span>
            }
            { taken.unwrap_or_default() }
            { on_stage.unwrap_or_default() }
            { own.unwrap_or_default() }
        </>
    }
}

/// Where others go, and what the projector shows.
fn join(runner: &Runner, presenter: &Presenter) -> Html {
    let origin =
        web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default();
    let at = presenter.addresses.first().cloned().unwrap_or(origin);
    let link = format!("{at}/{}", presenter.code);
    let stage = format!("/{}?view=stage&at={at}", presenter.code);
    let choose = |shown: Stage, words: &'static str| {
        let runner = runner.clone();
        let onclick =
            Callback::from(move |_: MouseEvent| runner.direct(|presenter| presenter.stage = shown));
        let here = presenter.stage == shown;
        html! { <button type="button" aria-pressed={here.to_string()} {onclick}>{ words }</button> }
    };
    html! {
        <section class="class-join" aria-labelledby="class-join-title">
            <h3 id="class-join-title">{ t!("class-how-to-join") }</h3>
            <a href={link.clone()} target="_blank" rel="noopener" translate="no">{ &link }</a>
            <details><summary>{ t!("class-qr") }</summary><div class="class-qr">{ qr_svg(&link) }</div></details>
            if presenter.addresses.is_empty() {
                <span class="hint">{ t!("class-only-here") }</span>
            }
            <a id="open-stage" href={stage} target="wirelab-stage" rel="noopener">{ t!("class-open-stage") }</a>
            <div class="class-stage" role="group" aria-label={t!("class-stage-shows")}>
                { choose(Stage::Dialogue, t!("class-stage-dialogue")) }
                { choose(Stage::Join, t!("class-stage-join")) }
                { choose(Stage::Blank, t!("class-stage-blank")) }
            </div>
            <span class="hint">{ t!("class-clicker") }</span>
        </section>
    }
}
