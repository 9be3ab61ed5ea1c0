//! One desk: the composer, the script, the prompt so far, variables and sockets.

use shared::sockets::programs::{self, Pair};
use shared::sockets::{CLIENT, Outcome, SERVER, Side, SocketView, What};
use shared::transcript::visible;
use web_sys::{Element, HtmlSelectElement, HtmlTextAreaElement, KeyboardEvent};
use yew::prelude::*;

use super::BenchHandle;
use crate::app::focus;
use crate::state::bench_words::{shortened, side_word};
use crate::text::t;

/// Calls of the prompt that are shown; the record has them all.
const CALLS: usize = 12;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct DeskProps {
    pub(super) bench: BenchHandle,
    pub(super) version: u64,
    pub(super) side: Side,
}

#[component(DeskPane)]
pub(super) fn desk_pane(props: &DeskProps) -> Html {
    let DeskProps { bench, side, .. } = props;
    let side = *side;
    let (name, host) = match side {
        Side::Server => (t!("bench-server"), &SERVER),
        Side::Client => (t!("bench-client"), &CLIENT),
    };
    // Real sockets are all on the relay's machine.
    let place = bench.see(|state| match state.bench.remote() {
        None => format!("{}, {}", host.name, host.v4),
        Some(remote) => remote.welcome().map(|(host, _)| host.to_string()).unwrap_or_default(),
    });
    html! {
        <section class={classes!("desk", side.word())} aria-label={t!("bench-desk", side = name)} data-side={side.word()}>
            <div class="pane-head">
                <h2>{ name }<span class="hint">{ format!(" {place}") }</span></h2>
                <button type="button" class="quiet" onclick={bench.on_click(move |state| state.bench.restart(side))}>
                    { t!("bench-restart") }
                </button>
            </div>
            <Prompt ..props.clone() />
            <Composer ..props.clone() />
            { script(bench, side) }
            { sockets(bench, side) }
            { variables(bench, side) }
            <Scripts ..props.clone() />
        </section>
    }
}

/// Calls and what came of them, as at Python's prompt; the newest is in sight.
#[component(Prompt)]
fn prompt(props: &DeskProps) -> Html {
    let DeskProps { bench, side, version } = props;
    let side = *side;
    let list = use_node_ref();
    {
        let list = list.clone();
        use_effect_with(*version, move |_| {
            if let Some(list) = list.cast::<Element>() {
                list.set_scroll_top(list.scroll_height());
            }
        });
    }
    let rows: Vec<Html> = bench.see(|state| {
        let calls = state.bench.entries().filter_map(|(number, entry)| match &entry.what {
            What::Call { side: of, code, report, .. } if *of == side => {
                Some((number, code, report))
            }
            _ => None,
        });
        let calls: Vec<_> = calls.collect();
        let first = calls.len().saturating_sub(CALLS);
        let rows = calls[first..].iter().map(|(number, code, report)| {
            let number = *number;
            let result = match &report.outcome {
                None => html! { <span class="hint">{ t!("bench-waits") }</span> },
                Some(Outcome::Nothing) => Html::default(),
                Some(Outcome::Value(value)) => {
                    html! { <code class="value">{ shortened(value, 200) }</code> }
                }
                Some(Outcome::Raised(exception)) => {
                    html! { <code class="raised">{ exception.to_string() }</code> }
                }
                Some(Outcome::NotHere(why)) => html! { <span class="raised">{ why }</span> },
            };
            let here = (state.selected() == Some(number)).then_some("true");
            let onclick = bench.on_click(move |state| state.select(Some(number)));
            html! {
                <li key={number} aria-current={here}>
                    <button type="button" {onclick}>
                        <code>{ format!(">>> {}", shortened(code, 200)) }</code>
                        if !report.printed.is_empty() {
                            <code>{ report.printed.trim_end() }</code>
                        }
                        { result }
                    </button>
                </li>
            }
        });
        rows.collect()
    });
    html! {
        <ol ref={list} class="calls prompt" aria-label={t!("bench-prompt", side = side_word(side))} translate="no">
            { for rows }
        </ol>
    }
}

#[component(Composer)]
fn composer(props: &DeskProps) -> Html {
    let DeskProps { bench, side, .. } = props;
    let side = *side;
    let text = use_state(String::new);
    let edited = use_state(|| false);
    let (suggestion, refusal, waits, held) = bench.see(|state| {
        let desk = state.bench.desk(side);
        let waits = desk.blocked_in().map(|call| call.name());
        let held = !state.bench.in_flight().is_empty();
        (state.suggestion(side), state.refusal(side).map(String::from), waits, held)
    });
    let suggested = suggestion.as_ref().map(|s| s.text.clone()).unwrap_or_default();
    {
        let (text, edited) = (text.clone(), *edited);
        use_effect_with(suggested.clone(), move |suggested| {
            if !edited {
                text.set(suggested.clone());
            }
        });
    }
    {
        let (text, edited) = (text.clone(), edited.clone());
        let placed = bench.see(|state| state.drafts[side as usize].clone());
        use_effect_with(placed, move |(number, placed)| {
            if *number > 0 {
                text.set(placed.clone());
                edited.set(true);
            }
        });
    }
    let run = {
        let (bench, text, edited) = (bench.clone(), text.clone(), edited.clone());
        Callback::from(move |()| {
            bench.act(|state| state.enter(side, &text));
            let (refused, next) =
                bench.see(|state| (state.refusal(side).is_some(), state.suggestion(side)));
            if !refused {
                text.set(next.map(|next| next.text).unwrap_or_default());
                edited.set(false);
            }
        })
    };
    let onkeydown = {
        let run = run.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
                event.prevent_default();
                run.emit(());
            }
        })
    };
    let oninput = {
        let (text, edited) = (text.clone(), edited.clone());
        Callback::from(move |event: InputEvent| {
            let area: HtmlTextAreaElement = event.target_unchecked_into();
            edited.set(true);
            text.set(area.value());
        })
    };
    let onsubmit = {
        let run = run.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            run.emit(());
        })
    };
    let word = side.word();
    let id = format!("{word}-call");
    let offer = (*edited && !suggested.is_empty() && *text != suggested).then(|| {
        let (text, edited, suggested, id) =
            (text.clone(), edited.clone(), suggested.clone(), id.clone());
        Callback::from(move |_: MouseEvent| {
            text.set(suggested.clone());
            edited.set(false);
            focus(&id);
        })
    });
    let rows = text.lines().count().clamp(1, 8) + usize::from(text.ends_with('\n'));
    let name = if side == Side::Server { t!("bench-server-call") } else { t!("bench-client-call") };
    let interrupt = bench.on_click(move |state| state.bench.interrupt(side));
    html! {
        <form class="desk-composer" {onsubmit}>
            if let Some(call) = waits {
                <p class="held">
                    <span>{ t!("bench-waits-in", call = call) }{ " " }{ if held { t!("bench-enter-packet") } else { "" } }</span>
                    <button type="button" onclick={interrupt}>{ t!("bench-interrupt") }</button>
                </p>
            }
            if let Some(why) = refusal {
                <p class="refusal" role="alert" id={format!("{word}-refusal")}><span><b>{ t!("bench-not-run") }{ " " }</b>{ why }</span></p>
            }
            <p class="suggestion" id={format!("{word}-suggestion")}>
                if let Some(suggestion) = suggestion {
                    <b>{ t!("suggested") }{ " " }</b>{ suggestion.why }
                    if let Some(onclick) = offer {
                        <button type="button" class="quiet" {onclick}>{ t!("use", text = &shortened(&suggested, 30)) }</button>
                    }
                } else if waits.is_none() {
                    { t!("bench-no-suggestion") }
                }
            </p>
            <textarea {id} aria-label={name} aria-describedby={format!("{word}-suggestion")} rows={rows.to_string()}
                spellcheck="false" autocapitalize="off" autocomplete="off" value={(*text).clone()} {oninput} {onkeydown}
                placeholder={if waits.is_some() { t!("bench-not-returned") } else { "s.recv(1024)" }} />
            <div class="send">
                <button type="submit" class="main">{ t!("bench-run") }</button>
                <span class="hint">{ t!("bench-lines") }</span>
            </div>
        </form>
    }
}

/// The script on the desk, with the line that is next.
fn script(bench: &BenchHandle, side: Side) -> Html {
    bench.see(|state| {
        let Some(program) = &state.bench.desk(side).program else { return Html::default() };
        // The line that its call waits in, or the one that is next.
        let under_way = state.bench.running_line(side).map(|line| line as usize);
        let next = program.next().map(|statement| statement.line as usize);
        let marked = under_way.or(next);
        let lines = program.text.lines().enumerate().map(|(at, line)| {
            let here = marked == Some(at + 1);
            html! {
                <li class={classes!(here.then_some("next"))} aria-current={here.then_some("step")}>
                    <code>{ if line.is_empty() { " " } else { line } }</code>
                </li>
            }
        });
        let problems = program.problems.iter().map(|problem| html! { <li>{ problem.to_string() }</li> });
        let run = bench.on_click(move |state| state.run_script(side));
        let away = bench.on_click(move |state| state.bench.unload(side));
        html! {
            <div class="desk-script">
                <h3>{ t!("paste-script") }</h3>
                <ol translate="no" dir="ltr" tabindex="0" aria-label={t!("bench-script-of", side = side_word(side))}>{ for lines }</ol>
                if !program.problems.is_empty() {
                    <ul class="raised">{ for problems }</ul>
                }
                <div class="send">
                    <button type="button" onclick={run} disabled={next.is_none()}>{ t!("bench-run-rest") }</button>
                    <button type="button" class="quiet" onclick={away}>{ t!("bench-unload") }</button>
                </div>
            </div>
        }
    })
}

fn sockets(bench: &BenchHandle, side: Side) -> Html {
    let views = bench.see(|state| state.bench.view(side));
    let rows = views.iter().map(|view| {
        let name = match view.fd {
            Some(fd) => t!("bench-socket", number = fd.0 as u64),
            None if view.state == Some(shared::sockets::state::State::TimeWait) => t!("bench-kernel-only").into(),
            None => t!("bench-in-kernel").into(),
        };
        let state = view.state.map(|state| html! { <>{ " " }<b class="state" title={state.text()}>{ state.name() }</b></> });
        let peer = view.peer.as_ref().map(|peer| format!(" \u{2194} {peer}")).unwrap_or_default();
        html! {
            <li>
                <span>{ format!("{name}: {}", view.protocol) }{ state.unwrap_or_default() }</span>
                <code translate="no">{ format!("{}{peer}", view.local) }</code>
                { for buffers(view).into_iter().map(|line| html! { <span class="hint">{ line }</span> }) }
            </li>
        }
    });
    html! {
        <>
            <h3>{ t!("bench-sockets") }</h3>
            if views.is_empty() {
                <p class="hint">{ t!("bench-none") }</p>
            }
            <ul class="sockets">{ for rows }</ul>
        </>
    }
}

/// What waits where, in sentences.
fn buffers(view: &SocketView) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(queue) = view.queue {
        lines.push(t!("bench-queue", count = queue));
    }
    if let Some(datagrams) = view.datagrams.filter(|n| *n > 0) {
        lines.push(t!("bench-datagrams", count = datagrams));
    }
    if view.unread > 0 {
        let head = visible(&view.unread_head);
        lines.push(t!("bench-unread", count = view.unread, head = &shortened(&head, 48)));
    }
    if view.in_flight > 0 {
        lines.push(t!("bench-in-flight", count = view.in_flight));
    }
    if view.unsent > 0 {
        lines.push(t!("bench-unsent", count = view.unsent));
    }
    if let Some(window) = view.peer_window {
        lines.push(t!("bench-room", count = window));
    }
    lines
}

fn variables(bench: &BenchHandle, side: Side) -> Html {
    let rows: Vec<(String, String)> = bench.see(|state| {
        let desk = state.bench.desk(side);
        let system = state.bench.system(side);
        let shown = |value| shortened(&desk.shown(value, system), 100);
        desk.variables().iter().map(|(name, value)| (name.clone(), shown(value))).collect()
    });
    if rows.is_empty() {
        return Html::default();
    }
    let rows = rows.into_iter().map(|(name, value)| {
        html! { <><dt><code>{ name }</code></dt><dd><code>{ value }</code></dd></> }
    });
    html! {
        <details class="variables">
            <summary>{ t!("bench-variables") }</summary>
            <dl class="facts" translate="no">{ for rows }</dl>
        </details>
    }
}

/// Scripts to put on the desk.
#[component(Scripts)]
fn scripts(props: &DeskProps) -> Html {
    let DeskProps { bench, side, .. } = props;
    let side = *side;
    let load = move |bench: &BenchHandle, pair: &'static Pair| {
        bench.act(|state| state.load(side, pair));
        focus(&format!("{}-call", side.word()));
    };
    let lecture = {
        let bench = bench.clone();
        Callback::from(move |_: MouseEvent| load(&bench, &programs::LECTURE))
    };
    let other = {
        let bench = bench.clone();
        Callback::from(move |event: Event| {
            let select: HtmlSelectElement = event.target_unchecked_into();
            if let Some(pair) = programs::ALL.iter().find(|pair| pair.id == select.value()) {
                load(&bench, pair);
            }
            select.set_value("");
        })
    };
    let word = side.word();
    html! {
        <div class="send scripts">
            <button type="button" id={format!("{word}-lecture")} onclick={lecture}>{ t!("bench-lecture", side = side_word(side)) }</button>
            <select aria-label={t!("bench-another", side = side_word(side))} onchange={other}>
                <option value="" selected=true>{ t!("bench-others") }</option>
                { for programs::ALL.iter().skip(1).map(|pair| html! { <option value={pair.id} title={pair.about}>{ pair.title }</option> }) }
            </select>
        </div>
    }
}
