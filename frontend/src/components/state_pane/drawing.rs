//! The states as boxes and what leads between them as arrows.

use std::fmt::Write;

use shared::table::layout::{Arrow, BOX_HEIGHT, BOX_WIDTH, Place, Point};
use shared::table::{State, Verb};
use yew::prelude::*;

use super::diagram::Sight;
use crate::text::t;

/// Letters that fit into a box side by side.
const LETTERS: usize = 16;
const LEADING: i32 = 12;
/// A label's letters are this wide, in tenths.
const LETTER: i32 = 62;

pub(super) fn drawing(sight: &Sight) -> Html {
    let layout = &sight.layout;
    // What matters is drawn last, and covers the rest.
    let rank = |arrow: &Arrow| (*arrow.from == *sight.chosen, taken(sight, arrow));
    let ranks = [(false, false), (false, true), (true, false), (true, true)];
    let arrows = ranks
        .into_iter()
        .flat_map(|now| layout.arrows.iter().filter(move |arrow| rank(arrow) == now));
    let labels = sight.leaving(sight.chosen).map(|arrow| label(arrow, layout.width));
    let jumps = sight.path.moves.iter().filter(|(from, to)| layout.arrow(from, to).is_none());
    let jumps = jumps.filter_map(|(from, to)| jump(&layout.jump(from, to)?));
    let states = layout.boxes.len();
    let passed: Vec<&str> = sight.path.states.iter().map(|state| state.title).collect();
    let words =
        t!("states-in-words", count = states, here = sight.here.title, been = &passed.join(", "));
    html! {
        <svg class="state-svg" viewBox={format!("0 0 {} {}", layout.width, layout.height)} role="img" aria-label={words}
            width={layout.width.to_string()}>
            { for jumps }
            { for arrows.map(|arrow| draw(sight, arrow)) }
            { for layout.boxes.iter().map(|place| node(sight, place)) }
            { for labels }
        </svg>
    }
}

fn taken(sight: &Sight, arrow: &Arrow) -> bool {
    sight.path.has_taken(arrow.from, arrow.to)
}

fn draw(sight: &Sight, arrow: &Arrow) -> Html {
    let leaves = *arrow.from == *sight.chosen;
    let class = classes!(
        "way",
        leaves.then_some("leaves"),
        sight.is_open(arrow).then_some("open"),
        taken(sight, arrow).then_some("taken"),
    );
    let end = arrow.points.last().copied().unwrap_or(arrow.label);
    let down = arrow.points.first().is_some_and(|start| start.y < end.y);
    let back = if down { end.y - 7 } else { end.y + 7 };
    let tip = format!("{},{} {},{back} {},{back}", end.x, end.y, end.x - 4, end.x + 4);
    html! {
        <g {class}>
            <title>{ t!("states-arrow", from = arrow.from.title, to = arrow.to.title, verbs = &verbs(arrow).join(", ")) }</title>
            <path d={curve(&arrow.points)} />
            <polygon points={tip} />
        </g>
    }
}

/// Between two rows in a bow, along a row straight.
fn curve(points: &[Point]) -> String {
    let mut path = points.first().map_or_else(String::new, |p| format!("M{} {}", p.x, p.y));
    for (n, step) in points.windows(2).enumerate() {
        let (from, to) = (step[0], step[1]);
        let middle = (from.y + to.y) / 2;
        let done = match n % 2 {
            0 => write!(path, "C{} {middle} {} {middle} {} {}", from.x, to.x, to.x, to.y),
            _ => write!(path, "V{}", to.y),
        };
        done.expect("writing into a String cannot fail");
    }
    path
}

/// What no reply did.
fn jump(points: &[Point; 4]) -> Option<Html> {
    let line: Vec<String> = points.iter().map(|p| format!("{},{}", p.x, p.y)).collect();
    let end = points.last()?;
    let (back, y) = (end.x + 7, end.y);
    let tip = format!("{},{y} {back},{} {back},{}", end.x, y - 4, y + 4);
    Some(html! {
        <g class="way taken jump">
            <title>{ t!("states-jump-title") }</title>
            <polyline points={line.join(" ")} />
            <polygon points={tip} />
        </g>
    })
}

fn node(sight: &Sight, place: &Place) -> Html {
    let state = place.state;
    let here = *state == *sight.here;
    let class = classes!(
        "state-box",
        here.then_some("here"),
        sight.path.has_been(state).then_some("been"),
        (*state == *sight.chosen && !here).then_some("chosen"),
    );
    let Point { x, y } = place.at;
    let lines = lines(state);
    let first = y + BOX_HEIGHT / 2 + 4 - LEADING * (lines.len() as i32 - 1) / 2;
    let text = lines.iter().zip(0..).map(|(line, n)| html! {
        <text x={(x + BOX_WIDTH / 2).to_string()} y={(first + n * LEADING).to_string()}>{ line }</text>
    });
    html! {
        <g {class} data-state={state.id}>
            <title>{ state.text }</title>
            <rect x={x.to_string()} y={y.to_string()} width={BOX_WIDTH.to_string()} height={BOX_HEIGHT.to_string()} rx="6" />
            { for text }
            if here {
                <rect class="tag" x={(x - 6).to_string()} y={(y - 8).to_string()} width="34" height="15" rx="4" />
                <text class="tag" x={(x + 11).to_string()} y={(y + 3).to_string()}>{ t!("states-here") }</text>
            }
        </g>
    }
}

/// The title in lines that fit the box.
fn lines(state: &State) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in state.title.split(' ') {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= LETTERS => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.into()),
        }
    }
    lines
}

/// Those that come first lead there when all goes well.
fn verbs(arrow: &Arrow) -> Vec<&'static str> {
    let mut verbs: Vec<&Verb> = arrow.ways.iter().map(|(verb, _)| *verb).collect();
    verbs.dedup();
    let leads = |verb: &Verb| verb.rules.first().is_some_and(|rule| rule.to == Some(arrow.to));
    let (first, others): (Vec<&Verb>, Vec<&Verb>) = verbs.into_iter().partition(|verb| leads(verb));
    first.into_iter().chain(others).map(|verb| verb.name).collect()
}

/// The first verb, and how many others do the same; it stays within the drawing.
fn label(arrow: &Arrow, width: i32) -> Html {
    let names = verbs(arrow);
    let first = names.first().copied().unwrap_or_default();
    let text = match names.len() {
        0 | 1 => first.to_string(),
        n => format!("{first} +{}", n - 1),
    };
    let half = text.chars().count() as i32 * LETTER / 20;
    let x = arrow.label.x.clamp(half.min(width / 2), (width - half).max(width / 2));
    html! { <text class="way-label" x={x.to_string()} y={(arrow.label.y + 3).to_string()}>{ text }</text> }
}
