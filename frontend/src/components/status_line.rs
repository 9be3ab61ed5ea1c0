//! Who spoke last, whose turn it is, what state both are in: in one line of words.

use shared::session::Mode;
use yew::prelude::*;

use crate::app::{View, go};
use crate::state::{Lab, Route, Target, Turn};

#[component(StatusLine)]
pub fn status_line(view: &View) -> Html {
    let runner = &view.runner;
    let (status, notice, turn, route, delivered) = runner.see(|lab| {
        (
            words(lab),
            lab.notice.clone(),
            lab.turn(),
            lab.route.clone(),
            lab.delivered_to().map(String::from),
        )
    });
    let mode = runner.see(|lab| lab.session().mode());
    let set_mode = |mode: Mode| {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| runner.act(|lab, now| lab.set_mode(mode, now)))
    };
    let reconnect = {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| runner.reconnect())
    };
    let disconnect = {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| runner.disconnect())
    };
    let dismiss = {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| runner.act(|lab, _| lab.notice = None))
    };
    let read_back = shared::protocols::by_id("pop3")
        .filter(|_| {
            delivered.is_some() && route.protocol.id == "smtp" && route.target == Target::Page
        })
        .map(|protocol| {
            let route = Route { protocol, target: Target::Page };
            Callback::from(move |_: MouseEvent| go(&route))
        });
    html! {
        <div class="status-bar">
            <div class="where">
                if let Target::Real { .. } = route.target {
                    <strong class="real-mark">{ format!("REAL: {}", route.server()) }</strong>
                }
                <p role="status">{ status.0 }<span class="said">{ format!(" {}", status.1) }</span></p>
            </div>
            <div class="controls">
                <div class="switch" role="group" aria-label="How the dialogue goes on">
                    <button aria-pressed={(mode == Mode::Run).to_string()} onclick={set_mode(Mode::Run)}>{ "Run" }</button>
                    <button aria-pressed={(mode == Mode::Step).to_string()} onclick={set_mode(Mode::Step)}>{ "Step" }</button>
                </div>
                if turn == Turn::Over {
                    <button class="main" onclick={reconnect}>{ "Reconnect" }</button>
                } else {
                    <button onclick={disconnect}>{ "Disconnect" }</button>
                }
                if let Some(onclick) = read_back {
                    <button class="main" {onclick}>{ "Read it back with POP3 \u{2192}" }</button>
                }
            </div>
            if let Some(notice) = notice {
                <p class="notice" role="alert">
                    { notice }
                    <button class="quiet" onclick={dismiss}>{ "Dismiss" }</button>
                </p>
            }
        </div>
    }
}

/// Where everything stands, and what the server said last.
fn words(lab: &Lab) -> (String, String) {
    let place = match lab.route.target {
        Target::Page => "practice in the page",
        Target::Relay => "practice through the relay",
        Target::Real { .. } => "real server",
    };
    let turn = match lab.turn() {
        Turn::Yours => "your turn",
        Turn::Servers => "the server\u{2019}s turn",
        Turn::Held => "held, press Step",
        Turn::Over => "over",
    };
    let said = lab.server_said().map(String::from);
    let steps = lab.steps();
    let line = format!(
        "{} \u{b7} {} ({place}) \u{b7} plain text \u{b7} state: {} \u{b7} {turn} \u{b7} step {steps}",
        lab.route.protocol.name,
        lab.route.server(),
        lab.client().state().title,
    );
    (line, said.unwrap_or_default())
}
