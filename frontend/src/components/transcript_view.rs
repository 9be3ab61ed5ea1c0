//! The transcript: the centre of the page. Everything else is a view of its selected line.

use shared::explain::{Outcome, Wire};
use shared::machine::{Conn, Direction, Level};
use shared::transcript::{Entry, Kind, Side, visible};
use web_sys::{Element, HtmlInputElement, KeyboardEvent};
use yew::prelude::*;

use crate::app::{View, focus};
use crate::driver::Runner;

/// Entries drawn at once; earlier ones come on request.
const WINDOW: usize = 400;

/// Lines of an entry drawn unless it is selected.
const LINES: usize = 14;

#[component(TranscriptView)]
pub fn transcript_view(view: &View) -> Html {
    let runner = view.runner.clone();
    let list = use_node_ref();
    let all = use_state(|| false);
    let (len, selected) = runner.see(|lab| (lab.len(), lab.selected()));
    // The last entry may grow, too.
    let octets =
        runner.see(|lab| lab.session().transcript().octets(Conn::MAIN, Direction::Received));
    use_scroll_to_end(&list, (len, octets), selected);
    let first = if *all { 0 } else { len.saturating_sub(WINDOW) };
    let entries = runner.see(|lab| {
        let focusable = lab.selected().or(lab.shown());
        (first..len)
            .filter_map(|n| {
                let entry = lab.entry(n)?;
                Some(row(&runner, n, entry, lab.selected(), lab.octet, lab.show_secrets, focusable))
            })
            .collect::<Vec<_>>()
    });
    let show_all = {
        let all = all.clone();
        Callback::from(move |_: MouseEvent| all.set(true))
    };
    let secrets = runner.see(|lab| lab.show_secrets);
    let toggle_secrets = {
        let runner = runner.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            runner.act(|lab, _| lab.show_secrets = input.checked());
        })
    };
    html! {
        <section class="transcript" aria-labelledby="transcript-title">
            <div class="pane-head">
                <h2 id="transcript-title">{ "Transcript" }</h2>
                <label class="secrets">
                    <input type="checkbox" checked={secrets} onchange={toggle_secrets} />
                    { "show passwords" }
                </label>
            </div>
            if first > 0 {
                <button class="quiet" onclick={show_all}>{ format!("Show {first} earlier entries") }</button>
            }
            <ol ref={list} id="transcript" tabindex="-1" aria-label="Transcript" start={(first + 1).to_string()}
                onkeydown={keys(&runner)}>
                { for entries }
            </ol>
        </section>
    }
}

/// Keeps the newest entry in sight as long as none is selected.
#[hook]
fn use_scroll_to_end(list: &NodeRef, size: (usize, u64), selected: Option<usize>) {
    let list = list.clone();
    use_effect_with((size, selected), move |(_, selected)| {
        if let (Some(list), None) = (list.cast::<Element>(), selected) {
            list.set_scroll_top(list.scroll_height());
        }
    });
}

fn keys(runner: &Runner) -> Callback<KeyboardEvent> {
    let runner = runner.clone();
    Callback::from(move |event: KeyboardEvent| {
        let (len, at) = runner.see(|lab| (lab.len(), lab.shown().unwrap_or(0)));
        let next = match event.key().as_str() {
            "ArrowDown" => (at + 1).min(len.saturating_sub(1)),
            "ArrowUp" => at.saturating_sub(1),
            "Home" => 0,
            "End" => len.saturating_sub(1),
            "." => {
                event.prevent_default();
                runner.act(|lab, now| lab.step(now));
                return;
            }
            "Escape" => {
                runner.act(|lab, _| lab.select(None, 0));
                focus("command");
                return;
            }
            _ => return,
        };
        event.prevent_default();
        runner.act(|lab, _| lab.select(Some(next), 0));
        focus(&format!("entry-{next}"));
    })
}

fn row(
    runner: &Runner,
    n: usize,
    entry: &Entry,
    selected: Option<usize>,
    octet: usize,
    secrets: bool,
    focusable: Option<usize>,
) -> Html {
    let here = selected == Some(n);
    let onclick = {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| runner.act(|lab, _| lab.select(Some(n), 0)))
    };
    let side = entry.side();
    let text = exact(entry, secrets);
    let body = match (&entry.kind, here) {
        (Kind::Sent(wire) | Kind::Received(wire), true) => tokens(runner, n, wire, octet, secrets),
        _ => plain(&text, here),
    };
    let lane = (entry.conn != Conn::MAIN).then(|| format!("connection {}", entry.conn.0));
    let (glyph, word) = match side {
        Side::Client => ("\u{2192}", format!("You, line {}:", n + 1)),
        Side::Server => ("\u{2190}", format!("Server, line {}:", n + 1)),
        Side::Lab => ("=", format!("Lab, line {}:", n + 1)),
    };
    let level = match &entry.kind {
        Kind::Note(note) if note.level == Level::Error => Some("error"),
        Kind::Note(note) if note.level == Level::Warning => Some("warning"),
        Kind::Failed { .. } | Kind::Reset { .. } => Some("error"),
        _ => None,
    };
    html! {
        <li key={n} id={format!("entry-{n}")} data-side={side.word()} data-conn={entry.conn.0.to_string()}
            data-text={text}
            class={classes!("entry", side.word(), level, lane.is_some().then_some("lane"))}
            aria-current={here.then_some("true")}
            tabindex={if focusable == Some(n) { "0" } else { "-1" }} {onclick}>
            <span class="glyph" aria-hidden="true">{ glyph }</span>
            <span class="hidden">{ word }</span>
            <div class="body">
                if let Some(lane) = lane {
                    <span class="lane-name">{ lane }</span>
                }
                { body }
                if let Some(wire) = entry.wire() {
                    <p class="says">{ &wire.says }</p>
                }
            </div>
            if let Some(outcome) = entry.wire().and_then(|wire| wire.outcome) {
                { badge(outcome) }
            }
        </li>
    }
}

fn badge(outcome: Outcome) -> Html {
    let (shape, class) = match outcome {
        Outcome::Preliminary | Outcome::More => ("\u{2026}", "more"),
        Outcome::Done => ("\u{2713}", "ok"),
        Outcome::Transient => ("\u{21bb}", "later"),
        Outcome::Permanent => ("\u{2717}", "no"),
    };
    html! { <span class={classes!("badge", class)}><span aria-hidden="true">{ shape }</span>{ " " }{ outcome.word() }</span> }
}

/// The entry's text: octets as they crossed the wire, one line a line, secrets masked.
fn exact(entry: &Entry, secrets: bool) -> String {
    match &entry.kind {
        Kind::Sent(wire) | Kind::Received(wire) => {
            lines_of(&if secrets { wire.bytes.clone() } else { wire.masked() })
        }
        Kind::Data { head, octets, .. } => {
            let shown = lines_of(&head[..head.len().min(4096)]);
            if *octets > 4096 { format!("{shown}\n\u{2026} {octets} octets in all") } else { shown }
        }
        Kind::Connecting { host, port } => format!("connecting to {host}, port {port}"),
        Kind::Opened { local, peer } => format!("connected: {local} to {peer}"),
        Kind::Failed { why } => format!("no connection: {why}"),
        Kind::Ended(Direction::Sent) => "your side of the connection is ended (FIN)".into(),
        Kind::Ended(Direction::Received) => {
            "the server ended its side of the connection (FIN)".into()
        }
        Kind::Reset { why } => format!("the connection is gone: {why}"),
        Kind::State(state) => format!("state: {}", state.title),
        Kind::Note(note) => match note.rule {
            Some(rule) => format!("{} ({rule})", note.text),
            None => note.text.clone(),
        },
    }
}

/// Lines without their CR LF; every other control octet is made visible.
fn lines_of(bytes: &[u8]) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let at = rest.windows(2).position(|w| w == b"\r\n");
        let (line, next) = match at {
            Some(at) => (&rest[..at], &rest[at + 2..]),
            None => (rest, &[][..]),
        };
        lines.push(visible(line));
        rest = next;
    }
    lines.join("\n")
}

fn plain(text: &str, all: bool) -> Html {
    let count = text.lines().count();
    let shown = if all { count } else { LINES };
    html! {
        <>
            { for text.split('\n').take(shown).map(|line| html! { <code class="line" translate="no" dir="ltr">{ line }</code> }) }
            if count > shown {
                <span class="hint">{ format!("\u{2026} {} more lines; select to see them", count - shown) }</span>
            }
        </>
    }
}

/// The selected unit, token by token; the token of the selected octet is marked.
fn tokens(runner: &Runner, n: usize, wire: &Wire, octet: usize, secrets: bool) -> Html {
    let mut lines: Vec<Vec<Html>> = vec![Vec::new()];
    for span in &wire.spans {
        let bytes = &wire.bytes[span.range()];
        let here = span.range().contains(&octet);
        let onclick = {
            let (runner, start) = (runner.clone(), span.start as usize);
            Callback::from(move |event: MouseEvent| {
                event.stop_propagation();
                runner.act(|lab, _| lab.select(Some(n), start));
            })
        };
        let shown = match (span.secret && !secrets, bytes) {
            (true, _) => "********".into(),
            (false, b"\r\n") => " CR LF".into(),
            (false, bytes) => visible(bytes),
        };
        let class = classes!("token", here.then_some("current"));
        let token = html! { <span {class} title={span.term.title} {onclick}>{ shown }</span> };
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
