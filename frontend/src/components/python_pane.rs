//! The same in Python: the module's methods as buttons, the session as calls, and a script of it.

use shared::python::{Action, Call, Dialect, Kind, Line};
use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::python_paste::Paste;
use crate::app::View;
use crate::driver::{Relay, Runner};
use crate::text::t;

#[component(PythonPane)]
pub fn python_pane(view: &View) -> Html {
    let runner = &view.runner;
    let Some(module) = runner.see(|lab| lab.route.protocol.module) else {
        let name = runner.see(|lab| lab.route.protocol.python);
        return html! {
            <>
                <p>{ t!("python-to-come", module = name) }</p>
                <Paste ..view.clone() />
            </>
        };
    };
    let methods = |lecture: bool| {
        let these = module.actions.iter().filter(move |action| action.lecture == lecture);
        // Modules have methods of the same name with other parameters.
        these.map(|action| {
            let key = format!("{}.{}", module.name, action.method);
            html! { <Method {key} runner={runner.clone()} {action} /> }
        })
    };
    let calls = runner.see(|lab| lab.calls());
    let rows = calls.iter().map(|call| row(runner, call));
    html! {
        <>
            <h3>{ t!("python-methods", module = module.name) }</h3>
            if !module.note.is_empty() {
                <p class="hint">{ module.note }</p>
            }
            <ul class="methods">{ for methods(true) }</ul>
            if module.actions.iter().any(|action| !action.lecture) {
                <details>
                    <summary>{ t!("python-others") }</summary>
                    <ul class="methods">{ for methods(false) }</ul>
                </details>
            }
            <h3>{ t!("python-calls") }</h3>
            if calls.is_empty() {
                <p class="hint">{ t!("python-no-calls") }</p>
            }
            <ol class="calls">{ for rows }</ol>
            <Script ..view.clone() />
            <Paste ..view.clone() />
        </>
    }
}

fn row(runner: &Runner, call: &Call) -> Html {
    let at = runner.see(|lab| lab.of_session(call.range.start));
    let onclick = {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| runner.act(|lab, _| lab.select(Some(at), 0)))
    };
    let body = match &call.line {
        None => html! { <span class="hint">{ t!("python-not-this-module") }</span> },
        Some(Line { code, result, .. }) => {
            let shown = match (call.running, result) {
                (true, _) => html! { <span class="hint">{ t!("python-under-way") }</span> },
                (false, Ok(value)) => html! { <code class="value">{ shortened(value) }</code> },
                (false, Err(exception)) => {
                    html! { <code class="raised">{ shortened(exception) }</code> }
                }
            };
            let lines = code.lines().map(|line| html! { <code>{ format!(">>> {line}") }</code> });
            html! { <>{ for lines }{ shown }</> }
        }
    };
    html! { <li translate="no"><button type="button" class="plain" {onclick}>{ body }</button></li> }
}

/// Values of many lines are cut: the whole is in the transcript.
fn shortened(value: &str) -> String {
    const SHOWN: usize = 300;
    match value.char_indices().nth(SHOWN) {
        None => value.into(),
        Some((end, _)) => format!("{}\u{2026}", &value[..end]),
    }
}

#[derive(PartialEq, Properties)]
struct MethodProps {
    runner: Runner,
    action: &'static Action,
}

/// A method with its parameters; Enter in any of them runs it.
#[component(Method)]
fn method(props: &MethodProps) -> Html {
    let action = props.action;
    let args = use_state(|| action.examples());
    let onsubmit = {
        let (runner, args) = (props.runner.clone(), args.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            runner.act(|lab, _| lab.play(action, (*args).clone()));
        })
    };
    let fields = action.params.iter().enumerate().map(|(n, param)| {
        let set = {
            let args = args.clone();
            move |value: String| {
                let mut new = (*args).clone();
                new[n] = value;
                args.set(new);
            }
        };
        let value = args[n].clone();
        let input = if param.kind == Kind::Lines {
            let rows = value.lines().count().clamp(2, 8).to_string();
            let oninput = Callback::from(move |event: InputEvent| {
                set(event.target_unchecked_into::<HtmlTextAreaElement>().value());
            });
            html! { <textarea name={param.name} {rows} spellcheck="false" {value} {oninput} /> }
        } else {
            let kind = if param.kind == Kind::Secret { "password" } else { "text" };
            let oninput = Callback::from(move |event: InputEvent| {
                set(event.target_unchecked_into::<HtmlInputElement>().value());
            });
            html! {
                <input type={kind} name={param.name} autocomplete="off" autocapitalize="off" spellcheck="false"
                    placeholder={param.example.is_empty().then(|| t!("python-optional"))} {value} {oninput} />
            }
        };
        html! { <label>{ param.name }{ input }</label> }
    });
    let names: Vec<&str> = action.params.iter().map(|param| param.name).collect();
    html! {
        <li>
            <details>
                <summary>
                    <code translate="no">{ format!("{}({})", action.method, names.join(", ")) }</code>
                </summary>
                <p>{ action.about }</p>
                <form {onsubmit} data-method={action.method}>
                    { for fields }
                    <button type="submit">{ t!("python-run", method = action.method) }</button>
                </form>
            </details>
        </li>
    }
}

/// The session as a text to take away.
#[component(Script)]
fn script(view: &View) -> Html {
    let dialect = use_state(|| Dialect::Python3);
    let runner = &view.runner;
    let one_connection =
        runner.see(|lab| lab.session().transcript().entries().iter().all(|e| e.conn.0 == 0));
    let relay = runner.relay();
    let practice = match &relay {
        Relay::Present(endpoints) => {
            let id = runner.see(|lab| lab.route.protocol.id);
            endpoints.iter().find(|e| e.protocol == id).map(|e| (e.host.as_str(), e.port))
        }
        Relay::Unknown | Relay::Absent | Relay::Unreachable | Relay::Locked { .. } => None,
    };
    let text = runner.see(|lab| lab.script(*dialect, practice));
    let choice = |name: &'static str, this: Dialect| {
        let chosen = dialect.clone();
        let onclick = Callback::from(move |_: MouseEvent| chosen.set(this));
        html! { <button type="button" aria-pressed={(*dialect == this).to_string()} {onclick}>{ name }</button> }
    };
    let href = format!(
        "data:text/x-python;charset=utf-8,{}",
        String::from(js_sys::encode_uri_component(&text))
    );
    html! {
        <details class="script">
            <summary>{ t!("python-script") }</summary>
            <div class="switch" role="group" aria-label={t!("python-dialect")}>
                { choice("Python 3", Dialect::Python3) }
                { choice("Python 2", Dialect::Python2) }
                if one_connection {
                    { choice(t!("python-sockets"), Dialect::Sockets) }
                }
            </div>
            <pre tabindex="0" translate="no">{ text }</pre>
            <a class="button" {href} download="session.py">{ t!("save-as", name = "session.py") }</a>
        </details>
    }
}
