//! Says that an earlier step is looked at, and leads back or another way.

use yew::prelude::*;

use super::act;
use crate::app::{View, focus};
use crate::state::Lab;
use crate::text::t;

#[component(Banner)]
pub(super) fn banner(view: &View) -> Html {
    let runner = &view.runner;
    let (back, lost) = runner.see(|lab| (lab.is_back(), lab.moment_is_lost()));
    let selected = runner.see(Lab::selected);
    let stopped = runner.see(|lab| lab.session().stopped_at().map(|point| point.sentence()));
    // A fork begins after what is shown: the selected line, or the step that the view ends with.
    let from =
        runner.see(|lab| selected.or_else(|| lab.shown_len().checked_sub(1).filter(|_| back)));
    let fork = from.map(|entry| match runner.see(|lab| lab.can_fork(entry)) {
        Ok(()) => {
            let runner = runner.clone();
            let onclick = Callback::from(move |_: MouseEvent| {
                runner.act(|lab, _| {
                    if let Err(why) = lab.fork(entry) {
                        lab.notice = Some(why.to_string());
                    }
                });
                focus("command");
            });
            html! { <button id="fork" {onclick}>{ t!("fork-here", line = entry as u64 + 1) }</button> }
        }
        Err(why) => html! { <span class="hint" id="no-fork">{ why.to_string() }</span> },
    });
    let (step, steps) = runner.see(Lab::steps);
    html! {
        <>
            if let Some(what) = stopped {
                <p class="time-banner" id="stopped">{ t!("stopped-at", what = what.as_str()) }</p>
            }
            if back || selected.is_some() {
                <div class="time-banner" id="viewing">
                    if back {
                        <p><b>{ t!("viewing", step = step as u64, steps = steps as u64) }</b></p>
                    } else if let Some(line) = selected {
                        <p>{ t!("selected-line", line = line as u64 + 1) }</p>
                    }
                    if lost {
                        <p class="hint">{ t!("moment-lost") }</p>
                    }
                    if back {
                        <button class="main" id="back-to-live" onclick={act(runner, |lab, _| lab.back_to_live())}>{ t!("back-to-live") }</button>
                    } else {
                        <button class="quiet" id="unselect" onclick={act(runner, |lab, _| lab.select(None, 0))}>{ t!("unselect") }</button>
                    }
                    { fork.unwrap_or_default() }
                </div>
            }
        </>
    }
}
