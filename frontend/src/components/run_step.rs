//! Whether the dialogue runs or is stepped.

use shared::session::Mode;
use yew::prelude::*;

use crate::app::View;
use crate::text::t;

#[component(RunStep)]
pub(super) fn run_step(view: &View) -> Html {
    let runner = &view.runner;
    let mode = runner.see(|lab| lab.mode());
    let choice = |name: &'static str, this: Mode| {
        let runner = runner.clone();
        let onclick =
            Callback::from(move |_: MouseEvent| runner.act(|lab, now| lab.set_mode(this, now)));
        html! { <button type="button" aria-pressed={(mode == this).to_string()} {onclick}>{ name }</button> }
    };
    html! {
        <div class="switch" role="group" aria-label={t!("how-it-goes-on")}>
            { choice(t!("run"), Mode::Run) }
            { choice(t!("step"), Mode::Step) }
        </div>
    }
}
