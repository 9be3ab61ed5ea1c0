//! What has to be known before anything else: a real server, a fault, a presenter who looks back or is away.

use shared::room::Refusal;
use yew::prelude::*;

use super::super::state::{Link, Room};
use super::super::text::t;
use super::View;

pub(super) fn banners(view: &View) -> Html {
    let room = view.seat.room();
    let (shown, begin) = (&room.shown, &room.shown.begin);
    let (at, all) = (shown.shown().len(), shown.lines.len());
    let dismiss = {
        let seat = view.seat.clone();
        Callback::from(move |_: MouseEvent| seat.dismiss())
    };
    html! {
        <div class="banners">
            if let Some(real) = &begin.real {
                <p class="banner-line real-mark" id="real">{ t!("real", server = real) }</p>
            }
            if let Some(fault) = &begin.fault {
                <p class="banner-line fault-mark" id="fault"><span aria-hidden="true">{ "\u{26a1} " }</span>{ t!("fault", fault = fault) }</p>
            }
            if let Some(words) = trouble(&room) {
                <p class="banner-line trouble" id="trouble">{ words }</p>
            }
            if at < all && room.shown.over.is_none() {
                <p class="banner-line" id="back-in-time">{ t!("back-in-time", step = at, steps = all) }</p>
            }
            if let Some(octets) = shown.view.held {
                <p class="banner-line held" id="held">{ t!("held", octets = octets) }</p>
            }
            if room.has_keyboard() {
                <p class="banner-line keyboard-mark">{ t!("keyboard-yours") }</p>
            }
            if let Some(notice) = view.seat.notice() {
                <p class="banner-line notice">{ notice }<button type="button" class="quiet" onclick={dismiss}>{ t!("dismiss") }</button></p>
            }
        </div>
    }
}

/// Why nothing new comes.
pub(super) fn trouble(room: &Room) -> Option<String> {
    if let Some(why) = &room.shown.over {
        return Some(if why.is_empty() { t!("over").into() } else { t!("over-why", why = why) });
    }
    Some(match &room.link {
        Link::Live if room.shown.presenter => return None,
        Link::Live => t!("away").into(),
        Link::Connecting => t!("connecting").into(),
        Link::Lost => t!("lost").into(),
        Link::Broken => t!("broken").into(),
        Link::Refused(refusal, why) => match refusal {
            Refusal::NoRoom => t!("no-room", code = room.code.as_str()),
            Refusal::Elsewhere => t!("elsewhere").into(),
            Refusal::TooManyViewers => t!("too-many").into(),
            Refusal::Closed | Refusal::TooOld => t!("over-why", why = why),
            _ if refusal.passes() => t!("refused-passes", why = why),
            _ => t!("refused", why = why),
        },
    })
}
