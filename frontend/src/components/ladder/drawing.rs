//! The ladder as a picture, with its scale, its size and its file.

use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};
use yew::prelude::*;

use super::{Part, export};
use crate::state::ladder::{Group, Ladder, Options, Scene, Shape};
use crate::text::t;

/// In hundredths of the natural size.
const ZOOMS: [i32; 6] = [50, 75, 100, 125, 150, 200];

/// Before the pane was measured.
const PANE: i32 = 560;

/// Of a lane in the file.
const LANE_IN_FILE: i32 = 340;

/// Of a lane at a size that a person chose.
const LANE: i32 = 240;

#[component(Drawing)]
pub(super) fn drawing(part: &Part) -> Html {
    let to_scale = use_state(|| false);
    // `None`: as large as fits.
    let zoom = use_state(|| None::<i32>);
    let pane = use_state(|| PANE);
    let scroller = use_node_ref();
    let ladder = {
        let width = |columns| if zoom.is_some() { LANE } else { lane_width(*pane, columns) };
        let options = |columns| Options { to_scale: *to_scale, width: width(columns) };
        part.runner.see(|lab| {
            let ladder = part.ladder(lab, options(1));
            match options(ladder.columns as i32) {
                same if same == ladder.options => ladder,
                narrower => part.ladder(lab, narrower),
            }
        })
    };
    let scene = ladder.scene();
    use_pane_width(&scroller, pane.clone());
    use_sight(&scroller, part, &ladder, (*pane, *to_scale, *zoom));
    let rezoom = |to: Option<i32>| {
        let zoom = zoom.clone();
        Callback::from(move |_: MouseEvent| zoom.set(to))
    };
    let rescale = |to: bool| {
        let to_scale = to_scale.clone();
        Callback::from(move |_: MouseEvent| to_scale.set(to))
    };
    let save = {
        let (runner, to_scale) = (part.runner.clone(), *to_scale);
        let options = Options { to_scale, width: LANE_IN_FILE };
        Callback::from(move |_: MouseEvent| export(&runner, options))
    };
    // As an attribute: the page's security policy lets no style stand in an element.
    let width = (scene.width * zoom.unwrap_or(100) / 100).to_string();
    let (smaller, larger) = (smaller(*zoom), larger(*zoom));
    html! {
        <>
            <div class="ladder-controls">
                <div class="switch" role="group" aria-label={t!("ladder-height")}>
                    <button aria-pressed={(!*to_scale).to_string()} onclick={rescale(false)}>{ t!("ladder-by-step") }</button>
                    <button aria-pressed={to_scale.to_string()} title={t!("ladder-to-scale-title")} onclick={rescale(true)}>{ t!("ladder-to-scale") }</button>
                </div>
                <div class="switch" role="group" aria-label={t!("ladder-size")}>
                    <button aria-label={t!("ladder-smaller")} disabled={smaller.is_none()} onclick={rezoom(smaller)}>{ "\u{2212}" }</button>
                    <button aria-pressed={zoom.is_none().to_string()} onclick={rezoom(None)}>{ t!("ladder-fit") }</button>
                    <button aria-label={t!("ladder-larger")} disabled={larger.is_none()} onclick={rezoom(larger)}>{ "+" }</button>
                </div>
                <button class="quiet" id="ladder-save" onclick={save}>{ t!("ladder-save") }</button>
            </div>
            <div class={classes!("ladder-scroll", zoom.is_none().then_some("fits"))} id="ladder-drawing" ref={scroller} tabindex="0" role="group" onclick={click(part)}
                aria-label={t!("ladder-keys")}
                onkeydown={keys(part, zoom.setter(), smaller, larger)}>
                { heads(&scene, &width) }
                <svg class="ladder-svg" viewBox={format!("0 0 {} {}", scene.width, scene.height)} {width}
                    role="img" aria-label={alternative(part, &ladder)}>
                    { for scene.groups.iter().map(|group| draw(group, part.shown)) }
                </svg>
            </div>
        </>
    }
}

/// So wide that all lanes fit the pane, if they stay readable.
fn lane_width(pane: i32, columns: i32) -> i32 {
    ((pane - 70) / columns.max(1) - 32).clamp(150, 360)
}

/// From "as large as fits", the natural size is the place to start.
fn larger(zoom: Option<i32>) -> Option<i32> {
    ZOOMS.into_iter().find(|size| *size > zoom.unwrap_or(100))
}

fn smaller(zoom: Option<i32>) -> Option<i32> {
    ZOOMS.into_iter().rfind(|size| *size < zoom.unwrap_or(100))
}

#[hook]
fn use_pane_width(scroller: &NodeRef, pane: UseStateHandle<i32>) {
    let scroller = scroller.clone();
    use_effect(move || {
        let width = scroller.cast::<Element>().map_or(0, |scroller| scroller.client_width());
        if width > 0 && width != *pane {
            pane.set(width);
        }
    });
}

/// Keeps the newest rung in sight, or the one that is selected.
#[hook]
fn use_sight(scroller: &NodeRef, part: &Part, ladder: &Ladder, size: (i32, bool, Option<i32>)) {
    let scroller = scroller.clone();
    let goal = part.shown.filter(|_| part.selected).and_then(|n| ladder.rung(n));
    let goal = goal.map(|rung| rung.y);
    let height = ladder.height;
    use_effect_with((goal, height, part.first, size), move |(goal, height, ..)| {
        let Some(scroller) = scroller.cast::<Element>() else { return };
        let (whole, seen) = (scroller.scroll_height(), scroller.client_height());
        let Some(goal) = goal else { return scroller.set_scroll_top(whole) };
        let at = goal * whole / height.max(&1);
        let top = scroller.scroll_top();
        if at < top + seen / 4 || at > top + seen - seen / 4 {
            scroller.set_scroll_top(at - seen / 2);
        }
    });
}

/// The names of the lines, which stay at the top.
fn heads(scene: &Scene, width: &str) -> Html {
    let heads = scene.heads.iter().map(|head| {
        html! { <text x={head.x.to_string()} y="14" class={classes!("head", head.class)}>{ head.text }</text> }
    });
    html! {
        <svg class="ladder-heads" viewBox={format!("0 0 {} 20", scene.width)} width={width.to_string()} aria-hidden="true">
            { for heads }
        </svg>
    }
}

pub(crate) fn draw(group: &Group, shown: Option<usize>) -> Html {
    let here = group.entry.is_some() && group.entry == shown;
    let class = classes!(group.class, here.then_some("here"));
    html! {
        <g {class} data-entry={group.entry.map(|n| n.to_string())}>
            <title>{ &group.title }</title>
            { for group.shapes.iter().map(shape) }
        </g>
    }
}

fn shape(shape: &Shape) -> Html {
    match shape {
        Shape::Line { from, to, class } => html! {
            <line x1={from.0.to_string()} y1={from.1.to_string()} x2={to.0.to_string()} y2={to.1.to_string()} class={*class} />
        },
        Shape::Box { at, size, class } => html! {
            <rect x={at.0.to_string()} y={at.1.to_string()} width={size.0.to_string()} height={size.1.to_string()} rx="4" class={*class} />
        },
        Shape::Polygon { points, class } => {
            let points: Vec<String> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
            html! { <polygon points={points.join(" ")} class={*class} /> }
        }
        Shape::Text { at, class, text } => html! {
            <text x={at.0.to_string()} y={at.1.to_string()} class={*class}>{ text }</text>
        },
    }
}

fn alternative(part: &Part, ladder: &Ladder) -> String {
    let steps = t!("ladder-steps", steps = ladder.rungs.len(), lanes = ladder.lanes.len());
    let here = part.shown.and_then(|n| ladder.rung(n)).map(|rung| ladder.words(rung));
    let here = here.map_or_else(String::new, |rung| t!("ladder-here", rung = &rung));
    format!("{steps} {here} {}", t!("ladder-same-data"))
}

fn click(part: &Part) -> Callback<MouseEvent> {
    let part = part.clone();
    Callback::from(move |event: MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let rung = target.and_then(|target| target.closest("[data-entry]").ok().flatten());
        let entry = rung.and_then(|rung| rung.get_attribute("data-entry"));
        if let Some(n) = entry.and_then(|entry| entry.parse().ok()) {
            part.select(n);
        }
    })
}

fn keys(
    part: &Part,
    zoom: UseStateSetter<Option<i32>>,
    smaller: Option<i32>,
    larger: Option<i32>,
) -> Callback<KeyboardEvent> {
    let part = part.clone();
    Callback::from(move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        match event.key().as_str() {
            "+" if larger.is_some() => zoom.set(larger),
            "-" if smaller.is_some() => zoom.set(smaller),
            "0" => zoom.set(None),
            key => match part.goal(key) {
                Some(n) => part.select(n),
                None => return,
            },
        }
        event.prevent_default();
    })
}
