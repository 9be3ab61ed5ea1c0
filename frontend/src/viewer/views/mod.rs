//! What a viewer sees. Every part is a pure view of the room; what a person does goes to the seat.

mod asked;
mod banners;
mod bytes;
mod explain;
mod join;
mod keyboard;
mod ladder;
mod menu;
mod panes;
mod room;
mod stage;
mod state;
mod status;
mod transcript;
mod vote;

use std::cell::Cell;

use shared::room::Code;
use yew::prelude::*;

use self::join::join_page;
use self::room::room_page;
use self::stage::StagePage;
use super::seat::Seat;
use super::state::Place;
use super::text::t;
use crate::driver::load_settings;

/// What every part of a room's page gets: the seat, and a number that changes with what it shows.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct View {
    pub(super) seat: Seat,
    pub(super) version: u64,
}

#[component(App)]
pub fn app() -> Html {
    let place = use_memo((), |()| {
        load_settings();
        place()
    });
    match &*place {
        Place::Join => join_page(),
        Place::Room(code) => html! { <InRoom code={*code} /> },
        Place::Stage(code, at) => html! { <InRoom code={*code} stage={true} at={at.clone()} /> },
    }
}

#[derive(PartialEq, Properties)]
struct InRoomProps {
    code: Code,
    #[prop_or_default]
    stage: bool,
    #[prop_or_default]
    at: Option<String>,
}

#[component(InRoom)]
fn in_room(props: &InRoomProps) -> Html {
    let update = use_force_update();
    let version = use_memo((), |()| Cell::new(0));
    let seat = {
        let (version, code, stage) = (version.clone(), props.code, props.stage);
        use_memo((), move |()| {
            let changed = Callback::from(move |()| {
                version.set(version.get() + 1);
                update.force_update();
            });
            Seat::take(code, stage, changed)
        })
    };
    let view = View { seat: (*seat).clone(), version: version.get() };
    if props.stage {
        html! { <StagePage {view} at={props.at.clone()} /> }
    } else {
        room_page(&view)
    }
}

fn place() -> Place {
    let location = web_sys::window().map(|window| window.location());
    let part = |part: Option<Result<String, wasm_bindgen::JsValue>>| part.and_then(Result::ok);
    let path = part(location.as_ref().map(|location| location.pathname()));
    let query = part(location.as_ref().map(|location| location.search()));
    Place::read(&path.unwrap_or_default(), &query.unwrap_or_default())
}

/// The origin of this page.
fn origin() -> String {
    web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}

/// Whose line it is, for those who do not see where it stands.
fn side_word(side: shared::transcript::Side) -> &'static str {
    match side {
        shared::transcript::Side::Client => t!("client-said"),
        shared::transcript::Side::Server => t!("server-answered"),
        shared::transcript::Side::Lab => t!("lab-says"),
    }
}
