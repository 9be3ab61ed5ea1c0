//! A try of one's own: the way back to the class, and the presenter's question whether it may be shown.

use yew::prelude::*;

use super::super::modal::{self, Modal};
use crate::app::View;
use crate::text::t;

#[component(TryBar)]
pub(super) fn try_bar(view: &View) -> Html {
    let runner = &view.runner;
    let about = runner.trying(|trying| {
        trying.map(|trying| (trying.code, trying.asked, trying.over.clone(), trying.lines))
    });
    let Some((code, asked, over, lines)) = about else { return Html::default() };
    let back = {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| runner.leave_try())
    };
    let agree = {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| runner.answer_presenter(true))
    };
    let decline = {
        let runner = runner.clone();
        Callback::from(move |()| {
            if runner.trying(|trying| trying.is_some_and(|trying| trying.asked)) {
                runner.answer_presenter(false);
            }
        })
    };
    html! {
        <section class="class-bar" id="try-bar" aria-label={t!("class-try")}>
            <div class="class-head">
                <span>{ t!("class-try-about", lines = lines as u64) }</span>
                if let Some(over) = over {
                    <span role="status">{ over }</span>
                }
                <button type="button" class="main" id="back-to-class" onclick={back}>{ t!("class-back", code = code.as_str()) }</button>
            </div>
            if asked {
                <Modal id="show-try" title="show-try-title" onclose={decline}>
                    <h2 id="show-try-title">{ t!("class-asked-title") }</h2>
                    <p>{ t!("class-asked-why") }</p>
                    <div class="send">
                        <button type="button" onclick={Callback::from(|_: MouseEvent| modal::close())}>{ t!("class-not-now") }</button>
                        <button type="button" class="main" onclick={agree}>{ t!("class-show") }</button>
                    </div>
                </Modal>
            }
        </section>
    }
}
