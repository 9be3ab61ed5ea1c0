//! Who spoke last, whose turn it is, what state both are in: in one line of words.

use shared::transcript::Kind;
use yew::prelude::*;

use super::announcements::Announcements;
use crate::app::{View, go};
use crate::driver::Runner;
use crate::state::{Lab, Route, Target, Turn};
use crate::text::t;

#[component(StatusLine)]
pub fn status_line(view: &View) -> Html {
    let runner = &view.runner;
    let (words, notice, turn, real) =
        runner.see(|lab| (words(lab), lab.notice.clone(), lab.turn(), real_words(lab)));
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
    html! {
        <section class="status-bar" aria-label={t!("status")}>
            <div class="where">
                if let Some(real) = real {
                    <strong class="real-mark">{ real }</strong>
                }
                <p id="status">{ for words.into_iter().map(|(class, words)| html! { <span {class}>{ words }</span> }) }</p>
                { fault_mark(runner) }
                <Announcements ..view.clone() />
            </div>
            <div class="controls">
                if turn == Turn::Over {
                    <button type="button" class="main" onclick={reconnect}>{ t!("reconnect") }</button>
                } else {
                    <button type="button" onclick={disconnect}>{ t!("disconnect") }</button>
                }
                if let Some(onclick) = runner.see(read_back) {
                    <button type="button" class="main" {onclick}>{ t!("read-back") }</button>
                }
            </div>
            if let Some(notice) = notice {
                <p class="notice" role="alert">
                    { notice }
                    <button type="button" class="quiet" onclick={dismiss}>{ t!("dismiss") }</button>
                </p>
            }
        </section>
    }
}

/// Where everything stands, in parts: a phone has no room for all of them.
fn words(lab: &Lab) -> [(&'static str, String); 6] {
    let place = match lab.route.target {
        Target::Page => t!("place-page"),
        Target::Relay => t!("place-relay"),
        Target::Real { .. } => t!("place-real"),
    };
    let (step, _) = lab.steps();
    [
        ("long", lab.route.protocol.name.into()),
        ("long", format!("{} ({place})", lab.route.server())),
        ("long", t!("plain-text").into()),
        ("", t!("stage-state", state = lab.client().state().title)),
        ("turn", turn_words(lab.turn()).into()),
        ("", t!("status-step", step = step)),
    ]
}

pub(super) fn turn_words(turn: Turn) -> &'static str {
    match turn {
        Turn::Yours => t!("turn-yours"),
        Turn::Servers => t!("turn-servers"),
        Turn::Held => t!("turn-held"),
        Turn::Over => t!("turn-over"),
    }
}

/// What stands where real octets go to a real machine.
pub(super) fn real_words(lab: &Lab) -> Option<String> {
    let Target::Real { host, .. } = &lab.route.target else { return None };
    let server = lab.route.server();
    let peer = (lab.of_session(0)..lab.shown_len()).find_map(|n| match lab.entry(n)?.kind {
        Kind::Opened { peer, .. } => Some(peer.ip().to_string()),
        _ => None,
    });
    Some(match peer.filter(|address| address != host) {
        Some(address) => t!("real-mark-at", server = &server, address = &address),
        None => t!("real-mark", server = &server),
    })
}

/// A server that is broken on purpose is never taken for another.
pub(super) fn fault_mark(runner: &Runner) -> Html {
    let Some(fault) = runner.fault_in_force() else { return Html::default() };
    html! {
        <p class="fault-mark" id="fault-mark">
            <span aria-hidden="true">{ "\u{26a1} " }</span>{ t!("fault-in-force", fault = fault.title) }
        </p>
    }
}

/// From the mail that SMTP delivered to where it can be read.
fn read_back(lab: &Lab) -> Option<Callback<MouseEvent>> {
    let sent = lab.route.protocol.id == "smtp" && lab.route.target == Target::Page;
    lab.delivered_to().filter(|_| sent)?;
    let protocol = shared::protocols::by_id("pop3")?;
    let route = Route::practice(protocol);
    Some(Callback::from(move |_| go(&route)))
}
