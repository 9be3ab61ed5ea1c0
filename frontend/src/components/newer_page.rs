//! Says that a newer version of the page is there, and opens it when somebody asks.

use yew::prelude::*;

use crate::app::View;
use crate::text::t;

#[component(NewerPage)]
pub(super) fn newer_page(view: &View) -> Html {
    let runner = view.runner.clone();
    let onclick = Callback::from(move |_: MouseEvent| runner.open_newer_page());
    html! {
        // Read aloud when it comes, so the place for it is there before.
        <div class="newer-page" aria-live="polite">
            if view.runner.newer_page_is_here() {
                <p>
                    { t!("newer-page") }{ " " }
                    <button type="button" {onclick}>{ t!("reload") }</button>
                </p>
            }
        </div>
    }
}
