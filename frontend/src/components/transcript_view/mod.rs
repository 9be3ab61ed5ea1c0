//! The transcript: the centre of the page. Everything else is a view of its selected line. Only the rows that can be
//! seen are in the page, and some around them.

mod expression;
mod find;
mod keys;
mod list;
mod row;
mod tokens;

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use js_sys::RegExp;
use shared::machine::Conn;
use shared::transcript::Entry;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent, ResizeObserver};
use yew::prelude::*;

use self::find::Find;
use self::keys::Hands;
use self::list::{List, id};
use self::row::{RowBody, Stamp, level};
use super::linked::pointing;
use crate::app::View;
use crate::state::find::{Criteria, Pattern};
use crate::state::rows::Row;
use crate::state::{Copying, Lab, count};
use crate::text::t;

#[component(TranscriptView)]
pub fn transcript_view(view: &View) -> Html {
    let runner = view.runner.clone();
    let node = use_node_ref();
    let list = use_mut_ref(List::default);
    let draw = use_force_update();
    let draw = use_callback((), move |(), ()| draw.force_update());
    let search = use_state(|| (Criteria::default(), true));
    let expression = use_memo(search.0.text.clone(), |_| {
        search.0.expression().map(|(pattern, flags)| expression::compile(pattern, flags))
    });
    let (criteria, only) = (*search).clone();
    let drawn = runner.see(|lab| {
        let mut list = list.borrow_mut();
        sync(&mut list, lab, &criteria, only, &expression);
        list.plan(lab)
    });
    use_settling(&node, &list, &draw, drawn.clone());
    use_resizing(&node, &list, &draw);
    let hands = Hands { runner: runner.clone(), list: list.clone(), draw: draw.clone() };
    let onkeydown = {
        let hands = hands.clone();
        Callback::from(move |event: KeyboardEvent| hands.key(&event))
    };
    let onclick = {
        let hands = hands.clone();
        Callback::from(move |event: MouseEvent| hands.click(&event))
    };
    let onscroll = {
        let (node, list, draw, drawn) = (node.clone(), list.clone(), draw.clone(), drawn.clone());
        Callback::from(move |_: Event| {
            let scrolled =
                node.cast::<Element>().is_some_and(|at| list.borrow_mut().scrolled(&at, &drawn));
            if scrolled {
                draw.emit(());
            }
        })
    };
    let onchange = use_callback(search.setter(), |new, search| search.set(new));
    let ongo = {
        let hands = hands.clone();
        use_callback((), move |down, ()| hands.found(down))
    };
    let over = runner.see(|lab| lab.selected()).map(|n| pointing(&runner, n));
    let (rows, tabindex) = runner.see(|lab| rows(view, lab, &list.borrow(), drawn.clone()));
    let first = drawn.start;
    let follow = {
        let (runner, list) = (runner.clone(), list.clone());
        Callback::from(move |_: MouseEvent| {
            list.borrow_mut().follow();
            list.borrow_mut().cursor = None;
            runner.act(|lab, _| lab.select(None, 0));
        })
    };
    let away = list.borrow().is_away();
    html! {
        <section class="transcript" aria-labelledby="transcript-title">
            <div class="pane-head">
                <h2 id="transcript-title">{ t!("transcript") }</h2>
                <Find protocol={runner.see(|lab| lab.route.protocol.id)} {criteria} {only}
                    wrong={expression.as_ref().as_ref().and_then(|made| made.as_ref().err().cloned())}
                    found={runner.see(|lab| found(lab, &list.borrow()))}
                    {onchange} {ongo} />
                <Tools view={view.clone()} list={Shared(list.clone())} />
            </div>
            <ol ref={node} id="transcript" {tabindex} aria-label={t!("transcript")} start={(first + 1).to_string()}
                onmouseover={over.clone()} onmouseout={over} {onkeydown} {onclick} {onscroll}>
                { for rows }
            </ol>
            if away {
                <button type="button" class="newest" onclick={follow}>{ t!("newest") }{ " \u{2193}" }</button>
            }
        </section>
    }
}

/// Brings the list up to the record.
fn sync(
    list: &mut List,
    lab: &Lab,
    criteria: &Criteria,
    only: bool,
    expression: &Option<Result<RegExp, String>>,
) {
    let tested;
    let pattern = match expression {
        // As long as it is wrong, nothing is left out.
        Some(Err(_)) => Pattern::Any,
        Some(Ok(expression)) => {
            tested = |text: &str| expression.test(text);
            Pattern::Tested(&tested)
        }
        None if criteria.text.is_empty() => Pattern::Any,
        None => Pattern::Plain(&criteria.text),
    };
    list.listing.sync(lab, criteria, &pattern, only);
}

fn found(lab: &Lab, list: &List) -> (usize, Option<usize>) {
    let found = &list.listing.found;
    (found.count(), lab.selected().and_then(|n| found.place(n)))
}

/// The rows that are drawn, and the list's own place in the order of the Tab key: it has one if none of them has.
fn rows(view: &View, lab: &Lab, list: &List, drawn: Range<usize>) -> (Vec<Html>, &'static str) {
    let stop = list.at(lab);
    let all = list.listing.rows.len();
    let rows = drawn.clone().filter_map(|at| {
        let row = list.listing.rows.get(at)?;
        let place = (at + 1, all);
        Some(match row.entry() {
            Some(n) => entry_row(view, lab, n, lab.entry(n)?, place, at == stop),
            None => stub(row, place, at == stop),
        })
    });
    (rows.collect(), if drawn.contains(&stop) { "-1" } else { "0" })
}

fn entry_row(
    view: &View,
    lab: &Lab,
    n: usize,
    entry: &Entry,
    (at, all): (usize, usize),
    stop: bool,
) -> Html {
    let here = (lab.selected() == Some(n)).then_some(lab.octet);
    let pointed = lab.pointed.filter(|(entry, _)| *entry == n && here.is_some()).map(|(_, at)| at);
    let marker = lab.marks.marker(n);
    let side = entry.side().word();
    let class = classes!(
        "entry",
        side,
        level(entry),
        (entry.conn != Conn::MAIN).then_some("lane"),
        marker.map(|_| "marked"),
    );
    html! {
        <li key={n} id={format!("entry-{n}")} {class} data-from={n.to_string()} data-side={side}
            data-conn={entry.conn.0.to_string()} aria-setsize={all.to_string()} aria-posinset={at.to_string()}
            aria-current={here.map(|_| "true")} tabindex={if stop { "0" } else { "-1" }}>
            <RowBody runner={view.runner.clone()} {n} stamp={Stamp::of(lab, entry)} {here} {pointed}
                secrets={lab.show_secrets} {marker} />
        </li>
    }
}

/// What is left of entries that are not shown.
fn stub(row: Row, (at, all): (usize, usize), stop: bool) -> Html {
    let hidden = row.to - row.from;
    html! {
        <li key={format!("stub-{}", row.from)} class="stub" data-from={row.from.to_string()} data-to={row.to.to_string()}
            aria-setsize={all.to_string()} aria-posinset={at.to_string()}>
            <button type="button" class="quiet" id={id(row)} data-act="show" tabindex={if stop { "0" } else { "-1" }}>
                { t!("hidden-show", count = hidden) }
            </button>
        </li>
    }
}

/// After each drawing the list is measured and scrolled, and drawn again where that brings other rows into sight.
#[hook]
fn use_settling(
    node: &NodeRef,
    list: &Rc<RefCell<List>>,
    draw: &Callback<()>,
    drawn: Range<usize>,
) {
    let (node, list, draw) = (node.clone(), list.clone(), draw.clone());
    use_effect(move || {
        let again = node.cast::<Element>().is_some_and(|at| list.borrow_mut().settle(&at, drawn));
        if again {
            draw.emit(());
        }
    });
}

#[hook]
fn use_resizing(node: &NodeRef, list: &Rc<RefCell<List>>, draw: &Callback<()>) {
    let (node, list, draw) = (node.clone(), list.clone(), draw.clone());
    use_effect_with((), move |()| {
        let at = node.cast::<Element>();
        let seen = at.clone();
        let listener = Closure::<dyn Fn()>::new(move || {
            if seen.as_ref().is_some_and(|at| list.borrow_mut().resized(at)) {
                draw.emit(());
            }
        });
        let observer = ResizeObserver::new(listener.as_ref().unchecked_ref()).ok();
        if let (Some(observer), Some(at)) = (&observer, &at) {
            observer.observe(at);
        }
        move || {
            if let Some(observer) = observer {
                observer.disconnect();
            }
            drop(listener);
        }
    });
}

/// The list, for parts that act on it and are not drawn by it.
#[derive(Clone)]
struct Shared(Rc<RefCell<List>>);

impl PartialEq for Shared {
    fn eq(&self, other: &Shared) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(PartialEq, Properties)]
struct ToolsProps {
    view: View,
    list: Shared,
}

/// What is done with the whole transcript, and what became of the last copy.
#[component(Tools)]
fn tools(props: &ToolsProps) -> Html {
    let runner = &props.view.runner;
    let secrets = runner.see(|lab| lab.show_secrets);
    let toggle_secrets = {
        let runner = runner.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            runner.act(|lab, _| lab.show_secrets = input.checked());
        })
    };
    let copy_all = {
        let (runner, list) = (runner.clone(), props.list.0.clone());
        Callback::from(move |_: MouseEvent| {
            let listing = &list.borrow().listing;
            let copied = runner
                .see(|lab| lab.copy_all((0..lab.shown_len()).filter(|n| !listing.leaves_out(*n))));
            runner.copy(copied);
        })
    };
    let copying = runner.see(|lab| lab.copying.clone());
    let done = match &copying {
        Some(Copying::Done(sentence)) => sentence.clone(),
        _ => String::new(),
    };
    html! {
        <>
            <button type="button" class="quiet copy-all" onclick={copy_all}>{ t!("copy-all") }</button>
            <label class="secrets">
                <input type="checkbox" checked={secrets} onchange={toggle_secrets} />
                { t!("show-passwords") }
            </label>
            <span id="copied" class="copied" aria-live="polite">{ done }</span>
            if let Some(Copying::ByHand(text)) = copying {
                <ByHand runner={runner.clone()} {text} />
            }
        </>
    }
}

#[derive(PartialEq, Properties)]
struct ByHandProps {
    runner: crate::driver::Runner,
    text: AttrValue,
}

/// A text that the browser does not let the page copy.
#[component(ByHand)]
fn by_hand(props: &ByHandProps) -> Html {
    let area = use_node_ref();
    {
        let area = area.clone();
        use_effect_with(props.text.clone(), move |_| {
            if let Some(area) = area.cast::<HtmlTextAreaElement>() {
                // It fails only for what cannot have the focus.
                drop(area.focus());
                area.select();
            }
        });
    }
    let close = {
        let runner = props.runner.clone();
        Callback::from(move |_: MouseEvent| runner.act(|lab, _| lab.copying = None))
    };
    let lines = count(props.text.lines().count());
    html! {
        <div class="by-hand">
            <label>
                { t!("copy-by-hand", lines = &lines) }
                <textarea ref={area} readonly=true rows="4" value={props.text.clone()} />
            </label>
            <button type="button" class="quiet" onclick={close}>{ t!("close") }</button>
        </div>
    }
}
