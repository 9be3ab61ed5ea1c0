//! The dialogue: every line with its side, its glyph, its words and the class of its reply.

use std::cell::Cell;

use shared::room::{Line, LineKind, Shown};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlElement, KeyboardEvent, ResizeObserver};
use yew::prelude::*;

use super::super::state::lines::{self, glyph, neighbour, parts, shape, text};
use super::super::text::t;
use super::{View, side_word};
use crate::app::focus;
use crate::driver::soon;
use crate::state::text::{Piece, control, pieces};

/// Lines drawn at once; more are a press away.
const WINDOW: usize = 150;

/// Lines of one unit that are drawn unless it is looked at.
const LINES: usize = 14;

/// What the list was like when it was drawn: a scroll with other measures is the browser's.
#[derive(Default)]
struct Measures {
    top: Cell<i32>,
    whole: Cell<i32>,
    height: Cell<i32>,
}

#[component(Transcript)]
pub(super) fn transcript(view: &View) -> Html {
    let list = use_node_ref();
    let earlier = use_state(|| 0usize);
    let measures = use_memo((), |()| Measures::default());
    use_size(&list);
    let room = view.seat.room();
    let watch = view.seat.watch();
    let (len, at) = (room.shown.shown().len(), watch.at(&room));
    let following = watch.is_following(&room);
    // What the lab says after it is seen with it.
    let room_ends_at = at.is_some_and(|(line, _)| {
        room.shown.shown()[line + 1..].iter().all(|line| line.kind == LineKind::Note)
    });
    let first = first(len, at.map(|(line, _)| line), *earlier);
    {
        // After each drawing, what is followed is in sight.
        let (list, measures) = (list.clone(), measures.clone());
        use_effect(move || {
            let Some(list) = list.cast::<Element>() else { return };
            if following {
                show_followed(&list, at.map(|(line, _)| line), room_ends_at);
            }
            measures.note(&list);
        });
    }
    let onscroll = {
        let (list, measures, seat) = (list.clone(), measures.clone(), view.seat.clone());
        Callback::from(move |_: Event| {
            let Some(list) = list.cast::<Element>() else { return };
            let up = measures.is_same(&list) && list.scroll_top() + 8 < measures.top.get();
            let end = list.scroll_height() - list.client_height() - list.scroll_top() <= 8;
            measures.note(&list);
            if up && !end {
                seat.look(|watch, room| watch.scroll_away(room));
            } else if end {
                seat.look(|watch, room| watch.scroll_to_end(room));
            }
        })
    };
    let back = {
        let (seat, earlier) = (view.seat.clone(), earlier.clone());
        Callback::from(move |_: MouseEvent| {
            earlier.set(0);
            seat.look(|watch, _| watch.back_to_live());
        })
    };
    let more = {
        let (seat, earlier) = (view.seat.clone(), earlier.clone());
        Callback::from(move |_: MouseEvent| {
            seat.look(|watch, room| watch.scroll_away(room));
            earlier.set(*earlier + WINDOW);
        })
    };
    let rows = room.shown.shown().iter().enumerate().skip(first);
    let rows = rows.map(|(n, line)| {
        let here = at.filter(|(line, _)| *line == n).map(|(_, octet)| octet);
        row(n, line, here, &room.shown)
    });
    let news = watch.news(&room);
    html! {
        <section class="transcript" aria-labelledby="transcript-title">
            <h2 id="transcript-title" class="hidden">{ t!("transcript") }</h2>
            if len == 0 {
                <p class="hint nothing">{ t!("nothing-yet") }</p>
            }
            <ol ref={list} id="transcript" aria-labelledby="transcript-title" onclick={click(view)} onkeydown={keys(view)} {onscroll}>
                if first > 0 {
                    <li key="more" class="stub"><button type="button" onclick={more}>{ t!("earlier", count = first) }</button></li>
                }
                { for rows }
            </ol>
            if !following {
                <button type="button" id="back-to-live" class="main pill" onclick={back}>
                    { t!("back-to-live") }
                    if news > 0 { { " \u{b7} " }{ t!("news", count = news) } }
                </button>
            }
        </section>
    }
}

impl Measures {
    fn note(&self, list: &Element) {
        self.top.set(list.scroll_top());
        self.whole.set(list.scroll_height());
        self.height.set(list.client_height());
    }

    fn is_same(&self, list: &Element) -> bool {
        (self.whole.get(), self.height.get()) == (list.scroll_height(), list.client_height())
    }
}

/// The first line to draw: the last ones, those that were asked for, and the one that is looked at.
fn first(len: usize, at: Option<usize>, earlier: usize) -> usize {
    // In steps, so that a new line does not move all others.
    let first = len.saturating_sub(WINDOW + earlier).next_multiple_of(25).min(len);
    let first = if len <= WINDOW + earlier { 0 } else { first };
    at.map_or(first, |at| first.min(at.saturating_sub(5)))
}

/// Draws the list anew when it has become larger or smaller.
#[hook]
fn use_size(list: &NodeRef) {
    let update = use_force_update();
    let list = list.clone();
    use_effect_with((), move |()| {
        let resized = Closure::<dyn Fn()>::new(move || update.force_update());
        let observer = ResizeObserver::new(resized.as_ref().unchecked_ref()).ok();
        if let (Some(observer), Some(list)) = (&observer, list.cast::<Element>()) {
            observer.observe(&list);
        }
        move || {
            if let Some(observer) = observer {
                observer.disconnect();
            }
            drop(resized);
        }
    });
}

fn show_followed(list: &Element, line: Option<usize>, is_last: bool) {
    match line {
        Some(line) if !is_last => reveal(list, line),
        _ => {
            list.set_scroll_top(list.scroll_height());
            // A unit that is longer than the list is read from its beginning.
            if let Some(line) = line {
                reveal(list, line);
            }
        }
    }
}

fn reveal(list: &Element, line: usize) {
    let row = list.query_selector(&format!("#line-{line}")).ok().flatten();
    let Some(row) = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()) else { return };
    let top = row.get_bounding_client_rect().top() - list.get_bounding_client_rect().top();
    let (top, height) = (top as i32 + list.scroll_top(), row.offset_height());
    let (seen, room) = (list.scroll_top(), list.client_height());
    if top < seen || (top + height > seen + room && top > seen) {
        list.set_scroll_top(if height > room { top } else { top - (room - height) / 2 });
    }
}

fn row(n: usize, line: &Line, here: Option<usize>, shown: &Shown) -> Html {
    let class = classes!(
        "entry",
        line.side.word(),
        (line.conn != 0).then_some("lane"),
        (n + 1 == shown.shown().len()).then_some("last"),
    );
    let body = match here {
        Some(octet) if !line.tokens.is_empty() => tokens(line, octet, shown),
        _ => plain(line, here.is_some()),
    };
    let spoken = t!("spoken", line = n + 1, who = side_word(line.side));
    html! {
        <li key={n} id={format!("line-{n}")} {class} data-line={n.to_string()} aria-current={here.map(|_| "true")}
            tabindex={if here.is_some() { "0" } else { "-1" }}>
            <span class="number" aria-hidden="true">{ n + 1 }</span>
            <span class="glyph" aria-hidden="true">{ glyph(line) }</span>
            <span class="hidden">{ spoken }</span>
            <div class="body">
                if line.conn != 0 {
                    <span class="lane-name">{ t!("connection", number = line.conn) }</span>
                }
                { body }
                if let Some(says) = lines::says(line) {
                    <p class="says">{ says }</p>
                }
            </div>
            <div class="end">{ badge(line) }</div>
        </li>
    }
}

/// The class of a reply: its digit or word, a shape, and what it means.
pub(super) fn badge(line: &Line) -> Html {
    let Some(outcome) = line.outcome else { return Html::default() };
    let (shape, class) = shape(outcome);
    html! {
        <span class={classes!("badge", class)}>
            <span translate="no">{ lines::class(line).unwrap_or_default() }</span>{ " " }
            <span aria-hidden="true">{ shape }</span>{ " " }
            { outcome_word(outcome) }
        </span>
    }
}

fn outcome_word(outcome: shared::explain::Outcome) -> &'static str {
    use shared::explain::Outcome;
    match outcome {
        Outcome::Preliminary => t!("outcome-preliminary"),
        Outcome::Done => t!("outcome-done"),
        Outcome::More => t!("outcome-more"),
        Outcome::Transient => t!("outcome-transient"),
        Outcome::Permanent => t!("outcome-permanent"),
    }
}

fn plain(line: &Line, all: bool) -> Html {
    let text = text(line);
    let count = text.split('\n').count();
    let shown = if all { count } else { LINES };
    let is_note = line.kind == LineKind::Note;
    let lines = text.split('\n').take(shown).map(|line| match is_note {
        true => html! { <span class="line">{ line.to_owned() }</span> },
        false => html! { <code class="line" translate="no" dir="ltr">{ line.to_owned() }</code> },
    });
    html! {
        <>
            { for lines }
            if count > shown {
                <span class="hint">{ t!("more-lines", count = count - shown) }</span>
            }
            if line.kind == LineKind::Data {
                <span class="hint">{ t!("content", octets = line.octets) }</span>
            }
        </>
    }
}

/// Token by token, with the control octets to be seen.
fn tokens(line: &Line, octet: usize, shown: &Shown) -> Html {
    let mut lines: Vec<Vec<Html>> = vec![Vec::new()];
    for part in parts(line, &shown.terms) {
        let bytes = part.octets(line);
        let class = classes!("token", part.has(octet).then_some("current"));
        let title = part.term.map(|term| term.title.clone());
        let text = pieces(bytes).map(piece);
        let token =
            html! { <span {class} {title} data-octet={part.start.to_string()}>{ for text }</span> };
        if let Some(line) = lines.last_mut() {
            line.push(token);
        }
        if bytes.ends_with(b"\n") {
            lines.push(Vec::new());
        }
    }
    lines.retain(|line| !line.is_empty());
    html! { { for lines.into_iter().map(|line| html! { <code class="line tokens" translate="no" dir="ltr">{ for line }</code> }) } }
}

/// Text as it is, and every other octet with its name in a box.
fn piece(piece: Piece<'_>) -> Html {
    match piece {
        Piece::Text(text) => html! { { text.to_owned() } },
        Piece::Octet(octet) => {
            let known = control(octet).filter(|(_, name, _)| !name.is_empty());
            let name = known.map_or_else(|| format!("{octet:02X}"), |(_, name, _)| name.to_owned());
            html! { <span class="octet-mark" title={t!("octet-is", hex = &format!("{octet:02X}"))}>{ name }</span> }
        }
    }
}

fn click(view: &View) -> Callback<MouseEvent> {
    let seat = view.seat.clone();
    Callback::from(move |event: MouseEvent| {
        let Some(target) = event.target().and_then(|t| t.dyn_into::<Element>().ok()) else {
            return;
        };
        let number = |attribute: &str| -> Option<usize> {
            let element = target.closest(&format!("[{attribute}]")).ok()??;
            element.get_attribute(attribute)?.parse().ok()
        };
        if let Some(line) = number("data-line") {
            seat.select(line, number("data-octet").unwrap_or(0));
        }
    })
}

fn keys(view: &View) -> Callback<KeyboardEvent> {
    let seat = view.seat.clone();
    Callback::from(move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let goal = {
            let room = seat.room();
            let shown = room.shown.shown();
            let Some((line, octet)) = seat.watch().at(&room) else { return };
            let last = shown.len().saturating_sub(1);
            let token = |right| shown.get(line).and_then(|l| neighbour(l, octet, right));
            match event.key().as_str() {
                "ArrowUp" => Some((line.saturating_sub(1), 0)),
                "ArrowDown" => Some(((line + 1).min(last), 0)),
                "Home" => Some((0, 0)),
                "End" => Some((last, 0)),
                "ArrowRight" => token(true).map(|octet| (line, octet)),
                "ArrowLeft" => token(false).map(|octet| (line, octet)),
                _ => return,
            }
        };
        event.prevent_default();
        if let Some((line, octet)) = goal {
            seat.select(line, octet);
            // The row may be drawn only after that.
            soon(24, move || focus(&format!("line-{line}")));
        }
    })
}
