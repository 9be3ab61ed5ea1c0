//! Where commands are typed: with a suggestion, the other moves, and what was refused.

use shared::machine::Refused;
use shared::session::Gate;
use shared::table::{Illegal, Verb};
use shared::transcript::visible;
use web_sys::{HtmlInputElement, HtmlTextAreaElement, KeyboardEvent};
use yew::prelude::*;

use super::offers::Offers;
use super::status_line::real_words;
use crate::app::{View, focus};
use crate::driver::Runner;
use crate::state::{Turn, completions, parse_octets};
use crate::text::t;

#[component(Composer)]
pub fn composer(view: &View) -> Html {
    let runner = view.runner.clone();
    let text = use_state(String::new);
    let edited = use_state(|| false);
    let raw = use_state(|| false);
    // What was typed before it was completed, and how many completions were tried.
    let completed = use_state(|| None::<(String, usize)>);
    let suggestion = runner.see(|lab| lab.session().client().suggestion());
    let suggested = suggestion.as_ref().map(|s| s.text.clone()).unwrap_or_default();
    {
        let (text, edited) = (text.clone(), *edited);
        use_effect_with(suggested.clone(), move |suggested| {
            if !edited {
                text.set(suggested.clone());
            }
        });
    }
    let set = {
        let (text, edited, completed) = (text.clone(), edited.clone(), completed.clone());
        Callback::from(move |(new, by_hand): (String, bool)| {
            text.set(new);
            edited.set(by_hand);
            completed.set(None);
        })
    };
    let (base, tried) = (*completed).clone().unwrap_or_else(|| ((*text).clone(), 0));
    let ways = if *raw { Vec::new() } else { runner.see(|lab| completions(lab, &base)) };
    let next = if ways.is_empty() { None } else { ways.get(tried % ways.len()).cloned() };
    let complete = {
        let (text, edited, completed) = (text.clone(), edited.clone(), completed.clone());
        let next = next.clone();
        Callback::from(move |()| {
            if let Some(next) = next.clone() {
                text.set(next);
                edited.set(true);
                completed.set(Some((base.clone(), tried + 1)));
            }
        })
    };
    {
        let (set, raw) = (set.clone(), raw.clone());
        use_effect_with(runner.see(|lab| lab.placed.clone()), move |placed| {
            if placed.number > 0 {
                set.emit((placed.text.clone(), true));
                raw.set(placed.raw);
            }
        });
    }
    let send = {
        let (runner, text, set, raw) = (runner.clone(), text.clone(), set.clone(), raw.clone());
        Callback::from(move |()| {
            match raw.then(|| parse_octets(&text)) {
                None => runner.act(|lab, now| lab.send(&text, now)),
                Some(Ok(octets)) => runner.act(|lab, now| lab.send_octets(&octets, &text, now)),
                Some(Err(wrong)) => {
                    runner.act(|lab, _| lab.notice = Some(wrong));
                    return;
                }
            }
            if runner.see(|lab| lab.refusal.is_none()) {
                if runner.see(|lab| lab.placed.raw && lab.placed.text == *text) {
                    // A lesson has ticked it for this text alone.
                    raw.set(false);
                }
                let next = runner.see(|lab| lab.session().client().suggestion());
                set.emit((next.map(|next| next.text).unwrap_or_default(), false));
            }
        })
    };
    let step = {
        let runner = runner.clone();
        Callback::from(move |()| runner.act(|lab, now| lab.step(now)))
    };
    let turn = runner.see(|lab| lab.turn());
    let onkeydown = {
        let (send, step, text, can) = (send.clone(), step.clone(), text.clone(), next.is_some());
        Callback::from(move |event: KeyboardEvent| {
            let chord = event.ctrl_key() || event.alt_key() || event.meta_key();
            let completes = match event.key().as_str() {
                // Tab leaves the composer, always.
                "ArrowRight" => !chord && !event.shift_key() && is_at_end(&event),
                " " => event.ctrl_key(),
                _ => false,
            };
            if completes && can && (event.key() == " " || tried == 0 && !text.is_empty()) {
                event.prevent_default();
                complete.emit(());
            }
            if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
                event.prevent_default();
                if turn == Turn::Held { step.emit(()) } else { send.emit(()) }
            }
        })
    };
    let oninput = {
        let set = set.clone();
        Callback::from(move |event: InputEvent| {
            let area: HtmlTextAreaElement = event.target_unchecked_into();
            set.emit((area.value(), true));
        })
    };
    let onsubmit = {
        let send = send.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            send.emit(());
        })
    };
    let hint = next.filter(|_| *edited && tried == 0 && !text.is_empty());
    let refused = runner.see(|lab| lab.refusal.as_ref().map(|r| (r.text.clone(), r.why.clone())));
    let is_refused = refused.is_some();
    let rows = text.lines().count().clamp(1, 9) + usize::from(text.ends_with('\n'));
    let why = suggestion.as_ref().map(|s| s.why.clone());
    let offer = (*edited && !suggested.is_empty() && *text != suggested).then(|| {
        let (set, suggested) = (set.clone(), suggested.clone());
        Callback::from(move |_: MouseEvent| {
            set.emit((suggested.clone(), false));
            focus("command");
        })
    });
    let length = if *raw {
        match parse_octets(&text) {
            Ok(octets) => t!("raw-length", octets = octets.len()),
            Err(wrong) => wrong,
        }
    } else {
        t!("composer-hint").into()
    };
    let toggle_raw = {
        let raw = raw.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            raw.set(input.checked());
        })
    };
    html! {
        <section class="composer" aria-label={t!("compose")}>
            if let Some(real) = runner.see(real_words) {
                <p class="real-mark">{ real }</p>
            }
            <Held ..view.clone() />
            if let Some((text, why)) = refused {
                <Refusal runner={runner.clone()} {text} {why} onsent={set.reform(|()| (String::new(), false))} />
            }
            <p class="suggestion" id="suggestion">
                if let Some(why) = why {
                    <b>{ t!("suggested") }{ " " }</b>{ why }
                    if let Some(onclick) = offer {
                        <button type="button" class="quiet" {onclick}>{ t!("use", text = first_line(&suggested)) }</button>
                    }
                } else {
                    { waiting(turn) }
                }
            </p>
            <form {onsubmit}>
                <textarea id="command" autofocus=true aria-label={t!("command")} aria-describedby="refusal suggestion completion"
                    aria-invalid={is_refused.then_some("true")}
                    rows={rows.to_string()} spellcheck="false" autocapitalize="off" autocomplete="off"
                    value={(*text).clone()} {oninput} {onkeydown} />
                <p class="completion" id="completion">
                    if let Some(way) = hint {
                        <kbd>{ "\u{2192}" }</kbd>{ " " }<code translate="no" dir="ltr">{ first_line(&way) }</code>
                    }
                </p>
                <div class="send">
                    <button type="submit" class="main">{ t!("act-send") }</button>
                    <label class="raw">
                        <input type="checkbox" checked={*raw} onchange={toggle_raw} />
                        { t!("raw-octets") }
                    </label>
                    <span class="hint">{ length }</span>
                </div>
            </form>
            <Offers offers={runner.see(|lab| lab.session().client().offers())} pick={set.reform(|text| (text, true))} />
            <div class="more">
                <Moves moves={runner.see(|lab| lab.moves_now())} pick={set.reform(|text| (text, true))} />
                if runner.see(|lab| lab.takes_content()) {
                    <label class="file">{ t!("send-file") }{ " " }
                        <input type="file" id="upload" onchange={upload(&runner)} />
                    </label>
                }
            </div>
        </section>
    }
}

/// Whether the caret stands behind the last letter, with nothing selected.
fn is_at_end(event: &KeyboardEvent) -> bool {
    let area: HtmlTextAreaElement = event.target_unchecked_into();
    let end = area.text_length();
    let caret = |at: Result<Option<u32>, _>| at.ok().flatten() == Some(end);
    caret(area.selection_start()) && caret(area.selection_end())
}

fn waiting(turn: Turn) -> &'static str {
    match turn {
        Turn::Over => t!("waiting-over"),
        Turn::Held => t!("waiting-held"),
        _ => t!("waiting-server"),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn upload(runner: &Runner) -> Callback<Event> {
    let runner = runner.clone();
    Callback::from(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            runner.upload(file);
        }
    })
}

/// What the gates hold, with the button that lets it through.
#[component(Held)]
fn held(view: &View) -> Html {
    let runner = view.runner.clone();
    let words = match runner.see(|lab| lab.session().gate()) {
        Gate::Open => return html! {},
        Gate::Outgoing { bytes, .. } => html! {
            <>{ t!("held-outgoing", octets = bytes.len()) }{ " " }<code translate="no" dir="ltr">{ visible(&bytes) }</code></>
        },
        Gate::Incoming { octets, .. } => html! {
            { t!("held-incoming", octets = octets) }
        },
    };
    let onclick = Callback::from(move |_: MouseEvent| runner.act(|lab, now| lab.step(now)));
    html! {
        <div class="held" data-side="lab">
            <span>{ words }</span>
            <button type="button" class="main" id="step" {onclick}>{ t!("step") }</button>
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct RefusalProps {
    runner: Runner,
    text: String,
    why: Refused,
    onsent: Callback<()>,
}

#[component(Refusal)]
fn refusal(props: &RefusalProps) -> Html {
    let RefusalProps { runner, text, why, onsent } = props;
    let anyway = {
        let (runner, text, onsent) = (runner.clone(), text.clone(), onsent.clone());
        Callback::from(move |_: MouseEvent| {
            runner.act(|lab, now| lab.send_anyway(&text, now));
            if runner.see(|lab| lab.refusal.is_none()) {
                onsent.emit(());
            }
            focus("command");
        })
    };
    let dismiss = {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| {
            runner.act(|lab, _| lab.refusal = None);
            focus("command");
        })
    };
    let can_send = *why != Refused::NotConnected;
    html! {
        <div class="refusal" id="refusal" role="alert">
            <p><b>{ t!("not-sent") }{ " " }</b>{ why.to_string() }</p>
            if can_send {
                <button type="button" onclick={anyway}>{ t!("send-anyway") }</button>
            }
            <button type="button" class="quiet" onclick={dismiss}>{ t!("keep-editing") }</button>
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct MovesProps {
    moves: Vec<(&'static Verb, Result<(), Illegal>)>,
    pick: Callback<String>,
}

/// Legal moves first, then the others with what forbids them. Each puts its example into the
/// composer.
#[component(Moves)]
fn moves(props: &MovesProps) -> Html {
    let item = |(verb, legal): &(&'static Verb, Result<(), Illegal>)| {
        let (pick, template) = (props.pick.clone(), verb.template);
        let onclick = Callback::from(move |_: MouseEvent| {
            pick.emit(template.into());
            focus("command");
        });
        let why = match legal {
            Ok(()) => verb.term.text.to_string(),
            Err(illegal) => illegal.to_string(),
        };
        html! {
            <li>
                <button type="button" {onclick}><code translate="no">{ verb.syntax }</code></button>
                <span>{ why }</span>
            </li>
        }
    };
    let (legal, illegal): (Vec<_>, Vec<_>) = props.moves.iter().partition(|(_, why)| why.is_ok());
    html! {
        <details class="moves">
            <summary>{ t!("other-moves") }</summary>
            <h3>{ t!("moves-legal", count = legal.len()) }</h3>
            <ul>{ for legal.into_iter().map(item) }</ul>
            <h3>{ t!("moves-illegal", count = illegal.len()) }</h3>
            <ul class="illegal">{ for illegal.into_iter().map(item) }</ul>
        </details>
    }
}
