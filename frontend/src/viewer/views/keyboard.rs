//! The composer of a viewer who types for the presenter.

use shared::room::MAX_TYPED;
use web_sys::{HtmlTextAreaElement, KeyboardEvent};
use yew::prelude::*;

use super::super::text::t;
use super::View;

/// What is in the composer beside the presenter's draft.
#[derive(Clone, Default, PartialEq)]
enum Typed {
    /// The draft, untouched.
    #[default]
    Nothing,
    Text(String),
    /// This draft was sent when there were so many lines; it is not to be sent twice.
    Sent(String, usize),
}

#[component(Keyboard)]
pub(super) fn keyboard(view: &View) -> Html {
    let typed = use_state(Typed::default);
    let room = view.seat.room();
    let has_it = room.has_keyboard();
    {
        let typed = typed.clone();
        use_effect_with(has_it, move |_| typed.set(Typed::Nothing));
    }
    if !has_it {
        return Html::default();
    }
    let (draft, lines) = (room.shown.view.draft.clone(), room.shown.lines.len());
    let text = match &*typed {
        Typed::Text(text) => text.clone(),
        Typed::Sent(sent, at) if *sent == draft && *at == lines => String::new(),
        Typed::Sent(..) | Typed::Nothing => draft.clone(),
    };
    let send = {
        let (seat, typed, text) = (view.seat.clone(), typed.clone(), text.clone());
        Callback::from(move |()| {
            if seat.type_line(&text) {
                typed.set(Typed::Sent(draft.clone(), lines));
            }
        })
    };
    let oninput = {
        let typed = typed.clone();
        Callback::from(move |event: InputEvent| {
            let area: HtmlTextAreaElement = event.target_unchecked_into();
            typed.set(Typed::Text(area.value()));
        })
    };
    let onkeydown = {
        let send = send.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
                event.prevent_default();
                send.emit(());
            }
        })
    };
    let onsubmit = Callback::from(move |event: SubmitEvent| {
        event.prevent_default();
        send.emit(());
    });
    let rows = text.lines().count().clamp(1, 6).to_string();
    html! {
        <section class="composer" aria-label={t!("keyboard")}>
            <form {onsubmit}>
                <label for="typed">{ t!("keyboard-type") }</label>
                <textarea id="typed" {rows} maxlength={MAX_TYPED.to_string()} spellcheck="false" autocapitalize="off" autocomplete="off"
                    value={text} {oninput} {onkeydown} />
                <button type="submit" class="main">{ t!("send") }</button>
            </form>
        </section>
    }
}
