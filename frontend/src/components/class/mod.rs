//! The room: opened and closed here, with what its presenter sees and does.

mod console;
mod notes;
mod people;
mod question;
mod trying;

use yew::prelude::*;

use crate::app::View;
use crate::driver::Relay;
use crate::text::t;
use console::Console;
use trying::TryBar;

/// What stands between the status line and the lab while there is a room.
#[component(ClassBar)]
pub fn class_bar(view: &View) -> Html {
    let presents = view.runner.class(|presenter| presenter.is_some());
    let tries = view.runner.trying(|trying| trying.is_some());
    html! {
        if presents {
            <Console ..view.clone() />
        } else if tries {
            <TryBar ..view.clone() />
        }
    }
}

/// The header's way into a room.
#[component(ClassMenu)]
pub fn class_menu(view: &View) -> Html {
    let runner = &view.runner;
    let presents = runner.class(|presenter| presenter.is_some());
    let relay = matches!(runner.relay(), Relay::Present(_));
    let open = {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| {
            super::header::close_popover("class");
            runner.open_room();
        })
    };
    html! {
        <>
            <h2>{ t!("class") }</h2>
            <p>{ t!("class-about") }</p>
            if presents {
                <p class="hint">{ t!("class-is-open") }</p>
            } else if relay {
                <p><button type="button" class="main" id="open-room" onclick={open}>{ t!("class-open") }</button></p>
            } else {
                <p class="hint">{ t!("class-needs-relay") }</p>
            }
            <p><a href="/join">{ t!("class-join") }</a></p>
        </>
    }
}
