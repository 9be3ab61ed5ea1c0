//! Whoever presents asks to show what this viewer tries. Nothing is shown before it agrees.

use yew::prelude::*;

use super::super::seat::own_try;
use super::super::text::t;
use super::View;
use crate::components::{Modal, close_modal};

pub(super) fn asked(view: &View) -> Html {
    if !view.seat.room().is_asked() {
        return Html::default();
    }
    let answer = |shows: bool| {
        let seat = view.seat.clone();
        Callback::from(move |()| {
            if seat.room().is_asked() {
                seat.answer(own_try().filter(|_| shows));
            }
        })
    };
    // Closing it in any way is no.
    let press = |answer: Callback<()>| {
        Callback::from(move |_: MouseEvent| {
            answer.emit(());
            close_modal();
        })
    };
    html! {
        <Modal id="asked" title="asked-title" onclose={answer(false)}>
            <h2 id="asked-title">{ t!("asked") }</h2>
            <p>{ t!("asked-what") }</p>
            <div class="controls">
                <button type="button" class="main" onclick={press(answer(true))}>{ t!("asked-show") }</button>
                <button type="button" onclick={press(answer(false))}>{ t!("asked-not") }</button>
            </div>
        </Modal>
    }
}
