//! The first time that a link leads to a real host, the person is asked.

use yew::prelude::*;

use super::modal::{self, Modal};
use crate::app::go;
use crate::driver::Runner;
use crate::state::{Route, Target};
use crate::text::t;

#[derive(PartialEq, Properties)]
pub struct ConsentProps {
    pub runner: Runner,
    /// What the address asks for.
    pub route: Route,
    pub close: Callback<()>,
    /// Follows the address, now that it may be.
    pub agree: Callback<()>,
}

#[component(Consent)]
pub fn consent(props: &ConsentProps) -> Html {
    let ConsentProps { runner, route, close, agree } = props;
    let Target::Real { host, port } = &route.target else { return Html::default() };
    let connect = {
        let (runner, host) = (runner.clone(), host.clone());
        Callback::from(move |_: MouseEvent| {
            runner.allow(&host);
            modal::close();
        })
    };
    // However it is closed: without a word of the person, practice goes on.
    let onclose = {
        let (runner, route) = (runner.clone(), route.clone());
        let (close, agree) = (close.clone(), agree.clone());
        Callback::from(move |()| {
            close.emit(());
            if runner.is_allowed(&route) {
                agree.emit(());
            } else {
                runner.act(|lab, _| lab.play_script("", Vec::new()));
                go(&Route::practice(route.protocol));
            }
        })
    };
    html! {
        <Modal id="consent" title="consent-title" {onclose}>
            <h2 id="consent-title">{ t!("consent-title") }</h2>
            <p>{ t!("consent-where", host = host, port = *port, protocol = route.protocol.name) }</p>
            <p>{ t!("real-warning") }</p>
            <div class="send">
                <button type="button" autofocus=true onclick={Callback::from(|_: MouseEvent| modal::close())}>{ t!("consent-stay") }</button>
                <button type="button" class="main" onclick={connect}>{ t!("consent-connect", host = host) }</button>
            </div>
        </Modal>
    }
}
