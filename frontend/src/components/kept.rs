//! What the browser keeps of the sessions, in a sentence, and how to make it forget them.

use yew::prelude::*;

use crate::app::View;
use crate::driver::Keeping;
use crate::text::t;

#[component(KeptLine)]
pub(super) fn kept_line(view: &View) -> Html {
    let keeping = view.runner.keeping();
    let says = match &keeping {
        Keeping::Looking => return Html::default(),
        Keeping::Kept => t!("kept").to_owned(),
        Keeping::Refused(why) => t!("kept-refused", why = why.as_str()),
        Keeping::Stopped(why) => t!("kept-stopped", why = why.as_str()),
        Keeping::Forgotten => t!("kept-forgotten").to_owned(),
    };
    let something = matches!(keeping, Keeping::Kept | Keeping::Stopped(_));
    let runner = view.runner.clone();
    let onclick = Callback::from(move |_: MouseEvent| runner.forget_kept());
    let troubled = matches!(keeping, Keeping::Refused(_) | Keeping::Stopped(_));
    html! {
        <div class="kept">
            <p class={if troubled { "trouble" } else { "hint" }} role="note" aria-live="polite">{ says }</p>
            if something {
                <button class="quiet" {onclick}>{ t!("kept-forget") }</button>
            }
        </div>
    }
}
