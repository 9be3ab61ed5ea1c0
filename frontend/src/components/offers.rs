//! What the last reply offers to do next, as buttons: the items of a menu.

use shared::machine::Suggestion;
use yew::prelude::*;

use crate::app::focus;
use crate::text::t;

#[derive(PartialEq, Properties)]
pub(super) struct OffersProps {
    pub offers: Vec<Suggestion>,
    /// Puts a text into the composer.
    pub pick: Callback<String>,
}

/// Each puts its command into the composer, where it can be read before it is sent.
#[component(Offers)]
pub(super) fn offers(props: &OffersProps) -> Html {
    if props.offers.is_empty() {
        return html! {};
    }
    let item = |offer: &Suggestion| {
        let (pick, text) = (props.pick.clone(), offer.text.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            pick.emit(text.clone());
            focus("command");
        });
        html! {
            <li>
                <button type="button" {onclick}>
                    <span>{ offer.why.clone() }</span>
                    <code translate="no">{ offer.text.replace('\t', "\u{21e5}") }</code>
                </button>
            </li>
        }
    };
    html! {
        <section class="offers" aria-labelledby="offers-title">
            <h3 id="offers-title">{ t!("offers-title") }</h3>
            <ul>{ for props.offers.iter().map(item) }</ul>
        </section>
    }
}
