//! The relay wants an access token before it opens anything.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::modal::{self, Modal};
use crate::driver::{Relay, Runner};
use crate::text::t;

#[derive(PartialEq, Properties)]
pub struct TokenFormProps {
    pub runner: Runner,
}

#[component(TokenForm)]
pub fn token_form(props: &TokenFormProps) -> Html {
    let TokenFormProps { runner } = props;
    let input = use_node_ref();
    let wrong = use_state(String::new);
    let onsubmit = {
        let (input, runner, wrong) = (input.clone(), runner.clone(), wrong.setter());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(field) = input.cast::<HtmlInputElement>() else { return };
            let wrong = wrong.clone();
            let token = field.value();
            runner.say_token(token.trim(), move |why| {
                wrong.set(why);
                field.select();
            });
        })
    };
    // Practice in the page needs no relay.
    let onclose = {
        let runner = runner.clone();
        Callback::from(move |()| {
            if matches!(runner.relay(), Relay::Locked { .. }) {
                runner.stay_out();
            }
        })
    };
    html! {
        <Modal id="token" title="token-title" {onclose}>
            <h2 id="token-title">{ t!("token-title") }</h2>
            <p>{ t!("token-why") }</p>
            <form class="real-form" {onsubmit}>
                <label>{ t!("token-label") }
                    <input ref={input} id="token-input" name="token" type="password" required=true maxlength="512"
                        autofocus=true autocomplete="current-password" aria-describedby="token-wrong" />
                </label>
                <p class="raised" id="token-wrong" role="alert">{ (*wrong).clone() }</p>
                <div class="send">
                    <button type="button" onclick={Callback::from(|_: MouseEvent| modal::close())}>{ t!("token-without") }</button>
                    <button type="submit" class="main">{ t!("token-send") }</button>
                </div>
            </form>
        </Modal>
    }
}
