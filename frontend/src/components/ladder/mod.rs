//! The dialogue as a ladder, as a list with the same data, and as the times of its exchanges.

mod drawing;
mod list;
mod times;

use wasm_bindgen::JsValue;
use yew::prelude::*;

use self::drawing::Drawing;
pub(crate) use self::drawing::draw;
use self::list::List;
use self::times::Times;
use crate::app::View;
use crate::driver::Runner;
use crate::state::Lab;
use crate::state::ladder::{EXPORTED, Ladder, Options, WINDOW, is_arrow, svg, window};
use crate::text::t;

/// The earlier or later part overlaps by half.
const TURN: usize = WINDOW / 2;

/// On a smaller page the ladder starts closed, so that the transcript keeps its room.
const WIDE: f64 = 700.0;
const TALL: f64 = 960.0;

/// Where it is kept whether the ladder is open.
const KEY: &str = "wirelab.ladder";

#[derive(Clone, Copy, PartialEq)]
enum Shown {
    Diagram,
    List,
    Timing,
}

impl Shown {
    const ALL: [Shown; 3] = [Shown::Diagram, Shown::List, Shown::Timing];

    fn name(self) -> &'static str {
        match self {
            Shown::Diagram => t!("ladder-diagram"),
            Shown::List => t!("ladder-list"),
            Shown::Timing => t!("ladder-timing"),
        }
    }
}

/// The part of the transcript that is drawn, and what a view of it needs.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct Part {
    runner: Runner,
    version: u64,
    first: usize,
    end: usize,
    shown: Option<usize>,
    selected: bool,
}

#[component(LadderStrip)]
pub fn ladder_strip(view: &View) -> Html {
    let runner = &view.runner;
    let open = use_state(starts_open);
    let what = use_state(|| Shown::Diagram);
    // Turned to by hand; it holds until another step is shown.
    let turned = use_state(|| None::<(Option<usize>, usize)>);
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| {
            keep_open(!*open);
            open.set(!*open);
        })
    };
    let (len, shown, selected) =
        runner.see(|lab| (lab.shown_len(), lab.shown(), lab.selected().is_some()));
    let first = match *turned {
        Some((at, first)) if at == shown => first.min(len.saturating_sub(1)),
        _ => window(shown.unwrap_or(len), len),
    };
    let end = (first + WINDOW).min(len);
    let turn = |first: usize| {
        let turned = turned.clone();
        Callback::from(move |_: MouseEvent| turned.set(Some((shown, first))))
    };
    let part = Part { runner: runner.clone(), version: view.version, first, end, shown, selected };
    html! {
        <section class="ladder" id="pane-ladder" aria-labelledby="ladder-title" tabindex="-1">
            <div class="pane-head">
                <h2 id="ladder-title">{ t!("ladder") }</h2>
                <button class="quiet" id="ladder-open" aria-expanded={open.to_string()} aria-controls="ladder-body" onclick={toggle}>
                    { if *open { t!("ladder-hide") } else { t!("ladder-show") } }<span class="hidden">{ " " }{ t!("ladder-this") }</span>
                </button>
                if *open {
                    { switch(&what) }
                }
            </div>
            <div id="ladder-body" hidden={!*open}>
                if *open {
                    if first > 0 || end < len {
                        <div class="ladder-turn">
                            <button disabled={first == 0} onclick={turn(first.saturating_sub(TURN))}>{ t!("ladder-earlier") }</button>
                            <span class="hint">{ t!("ladder-lines", first = first + 1, last = end, all = len) }</span>
                            <button disabled={end == len} onclick={turn((first + TURN).min(len - 1))}>{ t!("ladder-later") }</button>
                        </div>
                    }
                    { match *what {
                        Shown::Diagram => html! { <Drawing ..part /> },
                        Shown::List => html! { <List ..part /> },
                        Shown::Timing => html! { <Times ..part /> },
                    } }
                }
            </div>
        </section>
    }
}

fn switch(what: &UseStateHandle<Shown>) -> Html {
    let button = |shown: Shown| {
        let onclick = {
            let what = what.clone();
            Callback::from(move |_: MouseEvent| what.set(shown))
        };
        html! { <button aria-pressed={(**what == shown).to_string()} {onclick}>{ shown.name() }</button> }
    };
    html! {
        <div class="switch views" role="group" aria-label={t!("ladder-how")}>
            { for Shown::ALL.into_iter().map(button) }
        </div>
    }
}

impl Part {
    fn ladder(&self, lab: &Lab, options: Options) -> Ladder {
        let entries = (self.first..self.end).filter_map(|n| Some((n, lab.entry(n)?)));
        Ladder::of(entries, options)
    }

    fn select(&self, n: usize) {
        self.runner.act(|lab, _| lab.select(Some(n), 0));
    }

    /// The entry that a key leads to; the arrow keys pass over what goes neither way.
    fn goal(&self, key: &str) -> Option<usize> {
        let at = self.shown.unwrap_or(self.first);
        self.runner.see(|lab| {
            let len = lab.shown_len();
            let arrow = |n: &usize| lab.entry(*n).is_some_and(is_arrow);
            match key {
                "ArrowDown" | "ArrowRight" => (at + 1..len).find(arrow),
                "ArrowUp" | "ArrowLeft" => (0..at).rev().find(arrow),
                "Home" => (0..len).find(arrow),
                "End" => (0..len).rev().find(arrow),
                _ => None,
            }
        })
    }
}

/// Hands the whole ladder to the person as a file.
fn export(runner: &Runner, options: Options) {
    let (name, text) = runner.see(|lab| {
        let len = lab.shown_len();
        let entries = (len.saturating_sub(EXPORTED)..len).filter_map(|n| Some((n, lab.entry(n)?)));
        let (protocol, server) = (lab.route.protocol, lab.route.server());
        let heading = match len.checked_sub(EXPORTED).filter(|n| *n > 0) {
            None => t!("ladder-heading", protocol = protocol.name, server = &server),
            Some(left) => {
                t!("ladder-heading-part", protocol = protocol.name, server = &server, left = left)
            }
        };
        (format!("{}-ladder.svg", protocol.id), svg(&Ladder::of(entries, options), &heading))
    });
    runner.save(&name, &text);
}

/// As it was left, or as the page has room.
fn starts_open() -> bool {
    let Some(window) = web_sys::window() else { return false };
    let kept = window.local_storage().ok().flatten();
    if let Some(kept) = kept.and_then(|storage| storage.get_item(KEY).ok().flatten()) {
        return kept == "open";
    }
    let (width, height) = (window.inner_width().ok(), window.inner_height().ok());
    let size = |value: Option<JsValue>| value.and_then(|value| value.as_f64()).unwrap_or(0.0);
    size(width) >= WIDE && size(height) >= TALL
}

fn keep_open(open: bool) {
    let storage = web_sys::window().and_then(|window| window.local_storage().ok().flatten());
    if let Some(storage) = storage {
        // It fails where storage is full or refused; then the ladder starts as the page has room.
        drop(storage.set_item(KEY, if open { "open" } else { "closed" }));
    }
}
