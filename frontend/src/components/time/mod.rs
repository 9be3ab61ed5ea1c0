//! Going through the dialogue: back and forward, by the clock, up to a stop, with a guess first.

mod banner;
mod branches;
mod predict;
mod stops;

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::app::View;
use crate::driver::Runner;
use crate::state::{Lab, Pace};
use crate::text::t;
use banner::Banner;
use branches::Branches;
use predict::Predict;
use stops::Stops;

#[component(TimeBar)]
pub fn time_bar(view: &View) -> Html {
    let runner = &view.runner;
    let more = use_state(|| false);
    let (step, steps) = runner.see(Lab::steps);
    let (back, playing, slow, pace) =
        runner.see(|lab| (lab.is_back(), lab.is_playing(), lab.is_slow_motion(), lab.pace));
    let (predicts, can_predict) =
        runner.see(|lab| (lab.predictions().is_some(), lab.can_predict()));
    let toggle_play = {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| {
            runner.act(|lab, _| {
                // From the end there is nothing to play: it begins again.
                if !playing && !lab.is_back() {
                    lab.go_to(1);
                }
                lab.set_playing(!playing);
            });
        })
    };
    let toggle_more = {
        let more = more.clone();
        Callback::from(move |_: MouseEvent| more.set(!*more))
    };
    let choose_pace = {
        let runner = runner.clone();
        Callback::from(move |event: Event| {
            let select: HtmlSelectElement = event.target_unchecked_into();
            let chosen = usize::try_from(select.selected_index()).unwrap_or_default();
            let pace = Pace::ALL.get(chosen).copied().unwrap_or_default();
            runner.act(|lab, now| lab.set_pace(pace, now));
        })
    };
    let paces = Pace::ALL.iter().map(|one| {
        let label = if *one == Pace::AtOnce { t!("pace-at-once") } else { one.label() };
        html! { <option selected={*one == pace}>{ label }</option> }
    });
    html! {
        <section class="time" aria-label={t!("time-title")}>
            <div class="time-bar">
                <button id="step-back" disabled={step == 0} title={t!("time-back-title")} onclick={act(runner, |lab, _| { lab.step_back(); })}>
                    { t!("time-back") }
                </button>
                <span class="time-step">{ t!("time-step", step = step as u64, steps = steps as u64) }</span>
                <button id="step-forward" disabled={!back} title={t!("time-forward-title")} onclick={act(runner, Lab::step_forward)}>
                    { t!("time-forward") }
                </button>
                <button type="button" class="on-phone" aria-expanded={more.to_string()} aria-controls="time-more" onclick={toggle_more}>
                    { t!("time-more") }
                </button>
                <div id="time-more" class={classes!(more.then_some("open"))}>
                <button id="play" aria-pressed={(playing && back).to_string()} disabled={steps < 2} onclick={toggle_play}>
                    { if playing && back { t!("time-pause") } else { t!("time-play") } }
                </button>
                <label>{ t!("pace") }{ " " }
                    <select id="pace" onchange={choose_pace}>{ for paces }</select>
                </label>
                if can_predict {
                    <button id="predict" aria-pressed={predicts.to_string()} title={t!("predict-title")}
                        onclick={act(runner, move |lab, now| lab.set_predicting(!predicts, now))}>
                        { t!("predict") }
                    </button>
                }
                <button id="slow-motion" aria-pressed={slow.to_string()} disabled={steps == 0} title={t!("slow-motion-title")}
                    onclick={act(runner, move |lab, _| lab.set_slow_motion(!slow))}>
                    { t!("slow-motion") }
                </button>
                <Stops ..view.clone() />
                </div>
            </div>
            <Banner ..view.clone() />
            <Predict ..view.clone() />
            <Branches ..view.clone() />
        </section>
    }
}

/// A press that does something with the lab.
fn act(
    runner: &Runner,
    action: impl Fn(&mut Lab, shared::machine::Tick) + 'static,
) -> Callback<MouseEvent> {
    let runner = runner.clone();
    Callback::from(move |_: MouseEvent| runner.act(&action))
}
