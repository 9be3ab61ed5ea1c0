//! The top of the page: which protocol, which server, Run or Step, and what concerns the page itself.

use shared::sockets::LISTED;
use yew::prelude::*;

use super::chooser::Chooser;
use super::class::ClassMenu;
use super::newer_page::NewerPage;
use super::run_step::RunStep;
use super::server_bar::ServerBar;
use super::settings_pane::SettingsPane;
use crate::app::{Over, View, element, to_stage};
use crate::state::{Place, Target};
use crate::text::t;

#[derive(PartialEq, Properties)]
pub struct HeaderProps {
    pub view: View,
    pub place: Place,
    pub open: Callback<Over>,
    /// Whether the lessons are shown.
    pub lessons: UseStateHandle<bool>,
}

#[component(Header)]
pub fn header(props: &HeaderProps) -> Html {
    let HeaderProps { view, place, open, lessons } = props;
    let toggle_lessons = {
        let lessons = lessons.clone();
        Callback::from(move |_: MouseEvent| lessons.set(!*lessons))
    };
    let route = view.runner.see(|lab| lab.route.clone());
    let on_bench = *place == Place::Bench;
    let name = if on_bench { LISTED.name } else { route.protocol.name };
    let kind = match route.target {
        Target::Page | Target::Relay => html! { { t!("practice") } },
        Target::Real { .. } => html! { <strong class="real-word">{ t!("real") }</strong> },
    };
    let over = |what: Over| open.reform(move |_: MouseEvent| what.clone());
    html! {
        <header id="pane-header" class="banner" tabindex="-1">
            <h1>{ "Wirelab" }</h1>
            <div class="chosen">
                <button type="button" class="opens" popovertarget="protocols">
                    <span class="hidden">{ t!("protocol") }{ ": " }</span><b>{ name }</b>
                </button>
                <nav id="protocols" class="popover" popover="auto" aria-label={t!("protocols")}>
                    <Chooser view={view.clone()} place={place.clone()} />
                </nav>
                if !on_bench {
                    <button type="button" class="opens" popovertarget="servers">
                        <span class="hidden">{ t!("server") }{ ": " }</span>
                        { kind }
                        <span class="server-name" translate="no">{ route.server() }</span>
                    </button>
                    <section id="servers" class="popover" popover="auto" aria-label={t!("server")}>
                        <ServerBar ..view.clone() />
                    </section>
                    <RunStep ..view.clone() />
                }
            </div>
            <NewerPage ..view.clone() />
            <div class="tools">
                <button type="button" id="show-lessons" aria-expanded={lessons.to_string()} aria-controls="pane-lessons" onclick={toggle_lessons}>
                    { t!("lessons-title") }
                </button>
                if !on_bench {
                    <button type="button" class="wide opens" popovertarget="class">{ t!("class") }</button>
                    <section id="class" class="popover right" popover="auto" aria-label={t!("class")}>
                        <ClassMenu ..view.clone() />
                    </section>
                    <button type="button" class="wide" onclick={Callback::from(|_: MouseEvent| to_stage())}>{ t!("stage") }</button>
                }
                <button type="button" class="wide opens" popovertarget="settings">{ t!("settings") }</button>
                <section id="settings" class="popover right" popover="auto" aria-label={t!("settings")}>
                    <SettingsPane ..view.clone() />
                </section>
                <button type="button" class="wide" title={t!("act-shortcuts")} onclick={over(Over::Shortcuts)}>{ "?" }<span class="hidden">{ " " }{ t!("act-shortcuts") }</span></button>
                <button type="button" id="menu" aria-haspopup="dialog" title="Ctrl+K" onclick={over(Over::Palette)}>
                    <span class="bars" aria-hidden="true"></span><span class="menu-word">{ t!("menu") }</span>
                </button>
            </div>
        </header>
    }
}

/// Closes the popover of this id, as its own end; the focus goes back to its button.
pub(super) fn close_popover(id: &str) {
    if let Some(popover) = element(id) {
        // It fails for one that is not open.
        drop(popover.hide_popover());
    }
}
