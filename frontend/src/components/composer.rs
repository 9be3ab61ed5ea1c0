//! Where commands are typed: with a suggestion, the other moves, and what was refused.

use shared::machine::Refused;
use shared::session::Gate;
use shared::table::{Illegal, Verb};
use shared::transcript::visible;
use web_sys::{HtmlInputElement, HtmlTextAreaElement, KeyboardEvent};
use yew::prelude::*;

use super::offers::Offers;
use crate::app::{View, focus};
use crate::driver::Runner;
use crate::state::{Turn, parse_octets};

#[component(Composer)]
pub fn composer(view: &View) -> Html {
    let runner = view.runner.clone();
    let text = use_state(String::new);
    let edited = use_state(|| false);
    let raw = use_state(|| false);
    let suggestion = runner.see(|lab| lab.client().suggestion());
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
        let (text, edited, runner) = (text.clone(), edited.clone(), runner.clone());
        use_effect_with(runner.see(|lab| lab.draft.clone()), move |draft| {
            if let Some(draft) = draft.clone() {
                text.set(draft);
                edited.set(true);
                runner.act(|lab, _| lab.draft = None);
            }
        });
    }
    let set = {
        let (text, edited) = (text.clone(), edited.clone());
        Callback::from(move |(new, by_hand): (String, bool)| {
            text.set(new);
            edited.set(by_hand);
        })
    };
    let send = {
        let (runner, text, set, raw) = (runner.clone(), text.clone(), set.clone(), *raw);
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
                let next = runner.see(|lab| lab.client().suggestion());
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
        let (send, step) = (send.clone(), step.clone());
        Callback::from(move |event: KeyboardEvent| {
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
    let refused = runner.see(|lab| lab.refusal.as_ref().map(|r| (r.text.clone(), r.why.clone())));
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
            Ok(octets) => format!("{} octets, nothing is added", octets.len()),
            Err(wrong) => wrong,
        }
    } else {
        "Shift+Enter begins a new line. Each line ends with CR LF on the wire.".into()
    };
    let toggle_raw = {
        let raw = raw.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            raw.set(input.checked());
        })
    };
    html! {
        <section class="composer" aria-label="Compose">
            <Held ..view.clone() />
            if let Some((text, why)) = refused {
                <Refusal runner={runner.clone()} {text} {why} onsent={set.reform(|()| (String::new(), false))} />
            }
            <p class="suggestion" id="suggestion">
                if let Some(why) = why {
                    <b>{ "Suggested: " }</b>{ why }
                    if let Some(onclick) = offer {
                        <button type="button" class="quiet" {onclick}>{ format!("Use {}", first_line(&suggested)) }</button>
                    }
                } else {
                    { waiting(turn) }
                }
            </p>
            <form {onsubmit}>
                <textarea id="command" autofocus=true aria-label="Command" aria-describedby="refusal suggestion"
                    rows={rows.to_string()} spellcheck="false" autocapitalize="off" autocomplete="off"
                    value={(*text).clone()} {oninput} {onkeydown} />
                <div class="send">
                    <button type="submit" class="main">{ "Send" }</button>
                    <label class="raw">
                        <input type="checkbox" checked={*raw} onchange={toggle_raw} />
                        { "raw octets (\\r \\n \\xNN)" }
                    </label>
                    <span class="hint">{ length }</span>
                </div>
            </form>
            <Offers offers={runner.see(|lab| lab.client().offers())} pick={set.reform(|text| (text, true))} />
            <div class="more">
                <Moves moves={runner.see(|lab| lab.moves())} pick={set.reform(|text| (text, true))} />
                if runner.see(|lab| lab.takes_content()) {
                    <label class="file">{ "or send a file: " }
                        <input type="file" id="upload" onchange={upload(&runner)} />
                    </label>
                }
            </div>
        </section>
    }
}

fn waiting(turn: Turn) -> &'static str {
    match turn {
        Turn::Over => "The session is over. Reconnect begins a new one; the transcript stays.",
        Turn::Held => "Step lets through what is held.",
        _ => "It is the server\u{2019}s turn.",
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
            <>{ format!("Will go out, {} octets: ", bytes.len()) }<code translate="no">{ visible(&bytes) }</code></>
        },
        Gate::Incoming { octets, .. } => html! {
            { format!("In flight: {octets} octets from the server, not yet shown.") }
        },
    };
    let onclick = Callback::from(move |_: MouseEvent| runner.act(|lab, now| lab.step(now)));
    html! {
        <div class="held" data-side="lab">
            <span>{ words }</span>
            <button type="button" class="main" id="step" {onclick}>{ "Step" }</button>
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
            <p><b>{ "Not sent. " }</b>{ why.to_string() }</p>
            if can_send {
                <button type="button" onclick={anyway}>{ "Send it anyway" }</button>
            }
            <button type="button" class="quiet" onclick={dismiss}>{ "Keep editing" }</button>
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
            <summary>{ "Other moves" }</summary>
            <h3>{ format!("Legal now ({})", legal.len()) }</h3>
            <ul>{ for legal.into_iter().map(item) }</ul>
            <h3>{ format!("Not legal now ({}): try one and see", illegal.len()) }</h3>
            <ul class="illegal">{ for illegal.into_iter().map(item) }</ul>
        </details>
    }
}
