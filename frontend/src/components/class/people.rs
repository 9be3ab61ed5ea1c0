//! Who looks on, how far each has come, and whom the presenter lets do something.

use shared::room::Handle;
use yew::prelude::*;

use crate::app::View;
use crate::driver::Runner;
use crate::state::present::{Presenter, Viewer};
use crate::text::t;

/// Rows of the list; a lecture hall is counted, not read.
const MOST: usize = 200;

#[component(People)]
pub(super) fn people(view: &View) -> Html {
    let runner = &view.runner;
    let rows = runner.class(|presenter| presenter.map(|presenter| rows(runner, presenter)));
    let (rows, more) = rows.unwrap_or_default();
    html! {
        <section class="class-people" aria-labelledby="class-people-title">
            <h3 id="class-people-title">{ t!("class-people") }</h3>
            if rows.is_empty() {
                <p class="hint">{ t!("class-nobody") }</p>
            } else {
                <ul>{ for rows }</ul>
            }
            if more > 0 {
                <p class="hint">{ t!("class-more-people", count = more as u64) }</p>
            }
        </section>
    }
}

fn rows(runner: &Runner, presenter: &Presenter) -> (Vec<Html>, usize) {
    let here: Vec<(Handle, &Viewer)> =
        presenter.roster.list().into_iter().filter(|(_, viewer)| viewer.here).collect();
    let more = here.len().saturating_sub(MOST);
    let rows = here.into_iter().take(MOST).map(|(who, viewer)| row(runner, presenter, who, viewer));
    (rows.collect(), more)
}

fn row(runner: &Runner, presenter: &Presenter, who: Handle, viewer: &Viewer) -> Html {
    let name = presenter.roster.name(who);
    let hand = {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| {
            runner.direct(|presenter| {
                presenter.news = None;
                presenter.keyboard = Some(who);
            });
        })
    };
    let ask = {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| {
            runner.direct(|presenter| {
                presenter.news = None;
                presenter.asked = Some(who);
            });
        })
    };
    let progress = viewer.progress.as_ref().map(|progress| {
        let words = t!(
            "class-progress",
            protocol = progress.protocol.as_str(),
            steps = u64::from(progress.steps),
            state = progress.state.as_str()
        );
        html! {
            <>
                <span>{ words }{ if progress.done { " \u{2713}" } else { "" } }</span>
                if presenter.asked == Some(who) {
                    <span>{ t!("class-asked") }</span>
                } else {
                    <button type="button" aria-label={t!("class-ask-try-of", name = &name)}
                        disabled={presenter.asked.is_some() || presenter.keyboard.is_some()} onclick={ask}>
                        { t!("class-ask-try") }
                    </button>
                }
            </>
        }
    });
    html! {
        <li key={who.0.to_string()}>
            <b>{ &name }</b>
            { progress.unwrap_or_default() }
            if presenter.keyboard.is_none() && presenter.asked.is_none() && presenter.looks_at.is_none() {
                <button type="button" aria-label={t!("class-hand-to", name = &name)} onclick={hand}>{ t!("class-hand") }</button>
            }
        </li>
    }
}
