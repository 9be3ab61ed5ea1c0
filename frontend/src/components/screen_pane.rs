//! What a terminal would show, as text: beside the octets, for protocols that carry text to look at.

use yew::prelude::*;

use crate::app::View;
use crate::text::t;

/// Plain lines in a log: a screen reader reads the new ones, and goes back through the others.
#[component(ScreenPane)]
pub fn screen_pane(view: &View) -> Html {
    let lines = view.runner.see(|lab| {
        let draw = lab.route.protocol.screen;
        draw.map(|draw| draw(&mut lab.entries())).unwrap_or_default()
    });
    if lines.is_empty() {
        return html! { <p class="hint">{ t!("screen-empty") }</p> };
    }
    let lines = lines.into_iter().enumerate().map(|(n, line)| {
        html! { <span key={n} class="line">{ line }</span> }
    });
    html! {
        <pre class="screen" role="log" aria-label={t!("tab-screen")} tabindex="0" translate="no" dir="ltr">
            { for lines }
        </pre>
    }
}
