//! The table's states with the way between them that the session took, as a picture and as a list.

use std::rc::Rc;

use shared::table::layout::{Arrow, Layout};
use shared::table::{Flag, State, Table, Verb};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};
use yew::prelude::*;

use super::drawing::drawing;
use crate::app::View;
use crate::state::path::Path;
use crate::text::t;

/// What picture and list show.
pub(super) struct Sight {
    pub table: &'static Table,
    pub layout: Rc<Layout>,
    pub path: Path,
    pub here: &'static State,
    pub flags: Vec<&'static Flag>,
    /// The one that is looked at.
    pub chosen: &'static State,
}

#[component(Diagram)]
pub(super) fn diagram(view: &View) -> Html {
    let as_list = use_state(|| false);
    // Where the session was when another state was chosen: when it moves on, that is shown again.
    let choice = use_state(|| None::<(&'static State, &'static State)>);
    let table = view.runner.see(|lab| lab.route.protocol.table);
    let id = view.runner.see(|lab| lab.route.protocol.id);
    let layout = use_memo(id, |_| Layout::of(table));
    let sight = view.runner.see(|lab| {
        let client = lab.client();
        let here = client.state();
        let end = lab.moment_at().unwrap_or_else(|| lab.shown_len());
        let chosen = choice.filter(|(at, state)| *at == here && table.states.contains(state));
        Sight {
            table,
            layout,
            path: Path::of(table.start(), lab.entries().take(end)),
            here,
            flags: client.flags(),
            chosen: chosen.map_or(here, |(_, state)| state),
        }
    });
    let pick = {
        let (choice, here) = (choice.setter(), sight.here);
        Callback::from(move |state: Option<&'static State>| {
            choice.set(state.map(|state| (here, state)));
        })
    };
    let show = |list: bool| {
        let as_list = as_list.clone();
        Callback::from(move |_: MouseEvent| as_list.set(list))
    };
    html! {
        <section class="diagram" aria-labelledby="diagram-title">
            <div class="pane-head">
                <h3 id="diagram-title">{ t!("states") }</h3>
                <div class="switch" role="group" aria-label={t!("states-how")}>
                    <button aria-pressed={(!*as_list).to_string()} onclick={show(false)}>{ t!("states-drawing") }</button>
                    <button aria-pressed={as_list.to_string()} onclick={show(true)}>{ t!("states-list") }</button>
                </div>
            </div>
            if *as_list {
                <ol class="states-list">{ for table.states.iter().map(|state| item(&sight, state)) }</ol>
            } else {
                <div class="diagram-scroll" id="state-diagram" tabindex="0" role="group" aria-describedby="diagram-state"
                    aria-label={t!("states-keys")}
                    onclick={click(table, &pick)} onkeydown={keys(table, sight.chosen, &pick)}>
                    { drawing(&sight) }
                </div>
                <p class="hint">{ t!("states-legend") }</p>
                { about(&sight, &pick) }
            }
        </section>
    }
}

impl Sight {
    /// Where the session has been, in words.
    fn mark(&self, state: &State) -> String {
        match () {
            () if *state == *self.here => format!(" ({})", t!("states-session-here")),
            () if self.path.has_been(state) => format!(" ({})", t!("states-passed")),
            () => String::new(),
        }
    }

    pub(super) fn leaving(&self, state: &State) -> impl Iterator<Item = &Arrow> {
        self.layout.arrows.iter().filter(move |arrow| *arrow.from == *state)
    }

    /// Whether something that the arrow stands for may be sent now, or come.
    pub(super) fn is_open(&self, arrow: &Arrow) -> bool {
        let open = |verb: &'static Verb| self.table.check(verb, self.here, &self.flags).is_ok();
        *arrow.from == *self.here && arrow.ways.iter().any(|(verb, _)| open(verb))
    }

    /// What picture and list say of one state.
    fn details(&self, state: &'static State) -> Html {
        let to = self.leaving(state).map(|arrow| self.way(arrow, arrow.to, t!("states-to")));
        let from = self.layout.arrows.iter().filter(|arrow| arrow.to == state);
        let from = from.map(|arrow| self.way(arrow, arrow.from, t!("states-from")));
        let anywhere = self.table.generic.iter().filter(|rule| rule.to == Some(state));
        let anywhere = anywhere.map(|rule| html! {
            <li>{ t!("states-from-any") }{ " " }<code translate="no">{ rule.code }</code>{ format!(" {}", rule.says) }</li>
        });
        let jumps = self.path.moves.iter().filter(|(from, to)| {
            (*from == state || *to == state) && self.layout.arrow(from, to).is_none()
        });
        let jumps = jumps.map(|(from, to)| html! {
            <li>{ t!("states-jump", from = from.title, to = to.title) }{ " " }<em class="mark">{ t!("states-taken") }</em></li>
        });
        html! {
            <>
                <ul class="ways">{ for to }{ for jumps }</ul>
                <details>
                    <summary>{ t!("states-how-here") }</summary>
                    <ul class="ways">{ for from }{ for anywhere }</ul>
                </details>
            </>
        }
    }

    /// One arrow, seen from the state at one of its ends: the verbs with the replies that count.
    fn way(&self, arrow: &Arrow, other: &State, direction: &'static str) -> Html {
        let mut replies: Vec<(&'static Verb, Vec<&'static str>)> = Vec::new();
        for (verb, rule) in &arrow.ways {
            match replies.iter_mut().find(|(known, _)| *known == *verb) {
                Some((_, codes)) => codes.push(rule.code),
                None => replies.push((verb, vec![rule.code])),
            }
        }
        // Verbs with the same replies and the same need stand together.
        let mut lines: Vec<(Vec<&'static str>, String)> = Vec::new();
        for (verb, codes) in replies {
            let why = self.table.check(verb, self.here, &self.flags).err();
            let needs = why.filter(|_| *arrow.from == *self.here).and_then(|why| why.needs);
            let needs = needs.map_or_else(String::new, |flag| {
                format!(" {}", t!("states-needs", what = flag.title))
            });
            let words = format!(" {}{needs}", codes.join(", "));
            match lines.iter_mut().find(|(_, known)| *known == words) {
                Some((verbs, _)) => verbs.push(verb.name),
                None => lines.push((vec![verb.name], words)),
            }
        }
        let taken = self.path.has_taken(arrow.from, arrow.to);
        let verbs = lines.into_iter().map(|(verbs, words)| {
            html! { <li><code translate="no">{ verbs.join(", ") }</code>{ words }</li> }
        });
        html! {
            <li>
                { direction }{ " " }<b>{ other.title }</b>
                if taken {
                    { " " }<em class="mark">{ t!("states-taken") }</em>
                }
                <ul class="verbs">{ for verbs }</ul>
            </li>
        }
    }
}

/// The state that is looked at.
fn about(sight: &Sight, pick: &Callback<Option<&'static State>>) -> Html {
    let back = pick.reform(|_: MouseEvent| None);
    html! {
        <div class="about" id="diagram-state">
            <h4>{ format!("{}{}", sight.chosen.title, sight.mark(sight.chosen)) }</h4>
            <p>{ sight.chosen.text }</p>
            { sight.details(sight.chosen) }
            if sight.chosen != sight.here {
                <button class="quiet" onclick={back}>{ t!("states-back", state = sight.here.title) }</button>
            }
        </div>
    }
}

fn item(sight: &Sight, state: &'static State) -> Html {
    let here = state == sight.here;
    html! {
        <li key={state.id} aria-current={here.then_some("true")}>
            <details open={here}>
                <summary><b>{ state.title }</b>{ sight.mark(state) }</summary>
                <p>{ state.text }</p>
                { sight.details(state) }
            </details>
        </li>
    }
}

fn click(table: &'static Table, pick: &Callback<Option<&'static State>>) -> Callback<MouseEvent> {
    let pick = pick.clone();
    Callback::from(move |event: MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let node = target.and_then(|target| target.closest("[data-state]").ok().flatten());
        let id = node.and_then(|node| node.get_attribute("data-state"));
        let state = id.and_then(|id| table.states.iter().find(|state| state.id == id));
        if let Some(state) = state {
            pick.emit(Some(state));
        }
    })
}

fn keys(
    table: &'static Table,
    chosen: &'static State,
    pick: &Callback<Option<&'static State>>,
) -> Callback<KeyboardEvent> {
    let pick = pick.clone();
    Callback::from(move |event: KeyboardEvent| {
        let last = table.states.len() - 1;
        let at = table.states.iter().position(|state| *state == chosen).unwrap_or(0);
        let next = match event.key().as_str() {
            "ArrowDown" | "ArrowRight" => (at + 1).min(last),
            "ArrowUp" | "ArrowLeft" => at.saturating_sub(1),
            "Home" => 0,
            "End" => last,
            "Escape" => {
                event.prevent_default();
                return pick.emit(None);
            }
            _ => return,
        };
        event.prevent_default();
        pick.emit(Some(table.states[next]));
    })
}
