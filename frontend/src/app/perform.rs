//! Does what was chosen from the palette.

use shared::session::Mode;
use shared::{faults, protocols};
use yew::Callback;

use super::{Over, address, element, keys};
use crate::driver::Runner;
use crate::state::actions::Act;
use crate::state::{Place, Route, Settings, Target};

pub fn perform(act: Act, runner: &Runner, open: &Callback<Over>) {
    let settings = runner.settings();
    match act {
        Act::Palette => open.emit(Over::Palette),
        Act::Shortcuts => open.emit(Over::Shortcuts),
        Act::NextPane => keys::next_pane(false),
        Act::PreviousPane => keys::next_pane(true),
        Act::Composer => {
            if let Some(document) = web_sys::window().and_then(|window| window.document()) {
                keys::to_composer(&document);
            }
        }
        Act::Settings => show("settings"),
        Act::Servers => show("servers"),
        Act::Class => show("class"),
        Act::Lessons => {
            if let Some(button) = element("show-lessons") {
                button.click();
            }
        }
        Act::Stage => address::to_stage(),
        Act::LeaveStage => address::leave_stage(),
        Act::Run => runner.act(|lab, now| lab.set_mode(Mode::Run, now)),
        Act::StepMode => runner.act(|lab, now| lab.set_mode(Mode::Step, now)),
        Act::Reconnect => runner.reconnect(),
        Act::Disconnect => runner.disconnect(),
        Act::Press(id, key) => {
            super::focus(id);
            keys::press(id, key);
        }
        Act::Protocol(id) => {
            let target = runner.see(|lab| lab.route.target.clone());
            if let Some(protocol) = protocols::by_id(id) {
                address::go(&Route::to(protocol, practice(target)));
            }
        }
        Act::Fault(name) => {
            let protocol = runner.see(|lab| lab.route.protocol);
            let fault = name.and_then(|name| faults::named(name, protocol).ok());
            address::go(&Route::broken(protocol, fault));
        }
        Act::Bench => address::go_to(Place::BENCH),
        Act::Theme(theme) => runner.set_settings(Settings { theme, ..settings }),
        Act::Language(language) => runner.set_settings(Settings { language, ..settings }),
        Act::SingleKeys(single_keys) => runner.set_settings(Settings { single_keys, ..settings }),
        Act::Announce(announce) => runner.set_settings(Settings { announce, ..settings }),
        Act::ForgetKept => {
            runner.forget_kept();
            // There it is said what is kept now.
            show("settings");
        }
    }
}

/// A real host speaks one protocol on its port, so only practice is carried over.
fn practice(target: Target) -> Target {
    match target {
        Target::Real { .. } => Target::Page,
        practice => practice,
    }
}

fn show(id: &str) {
    if let Some(popover) = element(id) {
        // It fails for one that is open already.
        drop(popover.show_popover());
    }
}
