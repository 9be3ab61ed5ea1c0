//! Python's way: a pasted script, read line by line, and played.

use shared::protocols::{self, Protocol};
use shared::python::{Module, Plan, plan};
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use crate::app::{View, go};
use crate::state::{Route, Step, Target};
use crate::text::t;

#[component(Paste)]
pub fn paste(view: &View) -> Html {
    let text = use_state(String::new);
    let read = use_state(|| false);
    let runner = &view.runner;
    let oninput = {
        let (text, read) = (text.clone(), read.clone());
        Callback::from(move |event: InputEvent| {
            text.set(event.target_unchecked_into::<HtmlTextAreaElement>().value());
            read.set(false);
        })
    };
    let onsubmit = {
        let read = read.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            read.set(true);
        })
    };
    let understood = (*read).then(|| match plan(&text, &modules()) {
        Err(why) => html! { <p class="raised" role="alert">{ why }</p> },
        Ok(plan) => {
            let protocol = protocol_of(plan.module);
            let onclick = {
                let (runner, calls) = (runner.clone(), plan.calls.clone());
                Callback::from(move |_: MouseEvent| {
                    let Some(protocol) = protocol else { return };
                    let (here, target) =
                        runner.see(|lab| (lab.route.protocol.id, lab.route.target.clone()));
                    let calls = calls.iter().cloned().map(Step::Call).collect();
                    runner.act(|lab, _| lab.play_script(protocol.id, calls));
                    if here == protocol.id {
                        runner.reconnect();
                    } else {
                        let real = matches!(target, Target::Real { .. });
                        let target = if real { Target::Page } else { target };
                        go(&Route::to(protocol, target));
                    }
                })
            };
            understood(&plan, onclick)
        }
    });
    html! {
        <details class="script">
            <summary>{ t!("paste") }</summary>
            <p class="hint">{ t!("paste-about") }</p>
            <form {onsubmit}>
                <textarea aria-label={t!("paste-script")} rows="7" spellcheck="false" value={(*text).clone()} {oninput} />
                <button type="submit">{ t!("paste-read") }</button>
            </form>
            { understood.unwrap_or_default() }
        </details>
    }
}

fn understood(plan: &Plan, onclick: Callback<MouseEvent>) -> Html {
    let problems = plan.problems.iter().map(|problem| html! { <li>{ problem.to_string() }</li> });
    let calls = plan.calls.iter().map(|call| {
        let code = plan.module.call(call.action, &call.args, true);
        html! { <li translate="no"><code>{ format!("{}: {code}", call.line) }</code></li> }
    });
    let server = plan.server.as_ref().map(|(host, port)| match port {
        Some(port) => t!("paste-server", host = host, port = *port),
        None => host.clone(),
    });
    html! {
        <div class="plan">
            if !plan.problems.is_empty() {
                <h3>{ t!("paste-problems") }</h3>
                <ul class="raised">{ for problems }</ul>
            }
            <h3>{ t!("paste-calls", module = plan.module.name) }</h3>
            if let Some(server) = server {
                <p class="hint">{ t!("paste-says", server = &server) }</p>
            }
            <ul>{ for calls }</ul>
            if plan.calls.is_empty() {
                <p class="hint">{ t!("none") }</p>
            } else {
                <button type="button" class="main" {onclick}>{ t!("paste-play") }</button>
            }
        </div>
    }
}

fn modules() -> Vec<&'static Module> {
    protocols::ALL.iter().filter_map(|protocol| protocol.module).collect()
}

fn protocol_of(module: &'static Module) -> Option<&'static Protocol> {
    let is = |protocol: &&&Protocol| protocol.module.is_some_and(|m| m.name == module.name);
    protocols::ALL.iter().find(is).copied()
}
