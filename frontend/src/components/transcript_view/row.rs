//! One entry of the record as a row of the transcript.

use shared::explain::Outcome;
use shared::machine::{Conn, Level, Note, Tick};
use shared::transcript::{Entry, Kind, Side};
use yew::prelude::*;

use super::tokens::tokens;
use crate::driver::Runner;
use crate::state::listing::LINES;
use crate::state::text::{elapsed, exact, glyph};
use crate::state::{Lab, index};
use crate::text::t;

/// Everything that the row depends on: it is drawn anew only when one of these has changed.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct RowProps {
    pub(super) runner: Runner,
    pub(super) n: usize,
    pub(super) stamp: Stamp,
    /// The selected octet, if this is the selected entry.
    pub(super) here: Option<usize>,
    /// The octet that the pointer is over.
    pub(super) pointed: Option<usize>,
    pub(super) secrets: bool,
    pub(super) marker: Option<usize>,
}

/// Tells one state of an entry from another: it may still grow.
#[derive(Clone, PartialEq)]
pub(super) struct Stamp(u64, Tick, u64, usize, Option<Outcome>);

impl Stamp {
    pub(super) fn of(lab: &Lab, entry: &Entry) -> Stamp {
        let (octets, says, outcome) = match &entry.kind {
            Kind::Sent(wire) | Kind::Received(wire) => {
                (wire.bytes.len() as u64, wire.says.len(), wire.outcome)
            }
            Kind::Data { octets, .. } => (*octets, 0, None),
            _ => (0, 0, None),
        };
        Stamp(lab.record(), entry.at, octets, says, outcome)
    }
}

/// What stands inside the `<li>`.
#[component(RowBody)]
pub(super) fn row_body(props: &RowProps) -> Html {
    let RowProps { n, here, pointed, secrets, marker, .. } = *props;
    props.runner.see(|lab| {
        let Some(entry) = lab.entry(n) else { return html! {} };
        let text = exact(entry, secrets);
        let body = match (&entry.kind, here) {
            (Kind::Sent(wire) | Kind::Received(wire), Some(octet)) => {
                tokens(wire, octet, pointed, secrets)
            }
            (Kind::Note(note), _) => note_body(note, here.is_some()),
            _ => plain(&text, here.is_some()),
        };
        let lane = (entry.conn != Conn::MAIN).then(|| t!("connection", number = entry.conn.0 as u64));
        let says = entry.wire().map(|wire| wire.says.clone()).filter(|says| !says.is_empty());
        html! {
            <>
                <span class="number" aria-hidden="true">{ n + 1 }</span>
                <span class="glyph" aria-hidden="true">{ glyph(entry) }</span>
                <span class="hidden">{ spoken(entry, n) }</span>
                <div class="body" data-text={text}>
                    if let Some(marker) = marker {
                        <span class="marker">{ t!("marker", number = marker) }</span>
                    }
                    if let Some(lane) = lane {
                        <span class="lane-name">{ lane }</span>
                    }
                    { body }
                    if let Some(says) = says {
                        <p class="says">{ says }</p>
                    }
                    if here.is_some() {
                        { menu(marker.is_some()) }
                    }
                </div>
                <div class="end">
                    { badge(entry) }
                    if let Some(time) = lab.elapsed(n) {
                        <span class="elapsed" title={t!("elapsed-title")}>{ format!("+{}", elapsed(time)) }</span>
                    }
                </div>
            </>
        }
    })
}

/// How serious a row is, as its class.
pub(super) fn level(entry: &Entry) -> Option<&'static str> {
    match &entry.kind {
        Kind::Note(note) if note.level == Level::Error => Some("error"),
        Kind::Note(note) if note.level == Level::Warning => Some("warning"),
        Kind::Failed { .. } | Kind::Reset { .. } => Some("error"),
        _ => None,
    }
}

/// Who says it, for those who do not see where it stands.
fn spoken(entry: &Entry, n: usize) -> String {
    let line = n + 1;
    match (entry.side(), index::code(entry)) {
        (Side::Client, _) => t!("spoken-you", line = line),
        (Side::Server, Some(code)) => t!("spoken-reply", line = line, code = code),
        (Side::Server, None) => t!("spoken-server", line = line),
        (Side::Lab, _) => t!("spoken-lab", line = line),
    }
}

/// The class of a reply: its digit or word, a shape, and what it means.
fn badge(entry: &Entry) -> Html {
    let Some(outcome) = entry.wire().and_then(|wire| wire.outcome) else { return html! {} };
    let (shape, class) = match outcome {
        Outcome::Preliminary | Outcome::More => ("\u{2026}", "more"),
        Outcome::Done => ("\u{2713}", "ok"),
        Outcome::Transient => ("\u{21bb}", "later"),
        Outcome::Permanent => ("\u{2717}", "no"),
    };
    let code = index::class(entry).unwrap_or_default();
    html! {
        <span class={classes!("badge", class)}>
            <span translate="no">{ code }</span>{ " " }
            <span aria-hidden="true">{ shape }</span>{ " " }
            { outcome.word() }
        </span>
    }
}

/// What can be done with the selected row. The keys are told; the list takes the clicks.
fn menu(marked: bool) -> Html {
    let mark = if marked { t!("unmark") } else { t!("act-marker") };
    let items =
        [("copy", t!("copy-exchange"), "c"), ("mark", mark, "m"), ("hide", t!("act-hide"), "h")];
    let buttons = items.iter().map(|(act, name, key)| {
        html! {
            <button type="button" class="quiet" data-act={*act}>
                { *name }<kbd aria-hidden="true">{ *key }</kbd>
            </button>
        }
    });
    html! { <div class="row-menu">{ for buttons }</div> }
}

fn note_body(note: &Note, here: bool) -> Html {
    // Only the controls of the selected row are stops of the Tab key.
    let tabindex = if here { "0" } else { "-1" };
    html! {
        <>
            <span class="line">
                { &note.text }
                if let Some(rule) = note.rule {
                    { " " }
                    <a href={rule.url()} target="_blank" rel="noreferrer noopener" {tabindex}>{ rule.to_string() }</a>
                }
            </span>
            if let Some(fix) = &note.fix {
                <button type="button" class="fix" data-act="fix" {tabindex} title={fix.clone()}>
                    { t!("try-correct") }{ ": " }<code translate="no">{ fix.lines().next().unwrap_or_default().to_string() }</code>
                </button>
            }
        </>
    }
}

fn plain(text: &str, all: bool) -> Html {
    let count = text.lines().count();
    let shown = if all { count } else { LINES };
    html! {
        <>
            { for text.split('\n').take(shown).map(|line| html! { <code class="line" translate="no" dir="ltr">{ line }</code> }) }
            if count > shown {
                <span class="hint">{ t!("more-lines-select", count = count - shown) }</span>
            }
        </>
    }
}
