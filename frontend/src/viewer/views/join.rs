//! The question for a code.

use shared::room::{Code, MAX_NAME, NotACode};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::super::seat::{go, keep_name, kept_name};
use super::super::text::t;
use super::menu::Menu;
use crate::app::focus;

pub(super) fn join_page() -> Html {
    html! {
        <main class="join-page">
            <header class="join-head"><p class="brand">{ t!("brand") }</p><Menu /></header>
            <h1>{ t!("join") }</h1>
            <JoinForm />
            <p class="hint">{ t!("join-how") }</p>
            <p><a href="/">{ t!("to-lab") }</a></p>
        </main>
    }
}

/// Code and name; the room has an address of its own.
#[component(JoinForm)]
pub(super) fn join_form() -> Html {
    let wrong = use_state(|| None::<String>);
    let code = use_node_ref();
    let name = use_state(kept_name);
    let oninput = {
        let name = name.clone();
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            name.set(input.value());
        })
    };
    let onsubmit = {
        let (wrong, code, name) = (wrong.clone(), code.clone(), name.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let typed = code.cast::<HtmlInputElement>().map(|input| input.value());
            match Code::parse(&typed.unwrap_or_default()) {
                Ok(code) => {
                    keep_name(name.trim());
                    go(&format!("/{code}"));
                }
                Err(why) => {
                    wrong.set(Some(words(&why)));
                    focus("code");
                }
            }
        })
    };
    html! {
        <form class="join-form" {onsubmit}>
            <label for="code">{ t!("code") }</label>
            <input ref={code} id="code" class="code" autofocus=true autocomplete="off" autocapitalize="characters" spellcheck="false"
                maxlength="20" aria-describedby="code-wrong" aria-invalid={wrong.is_some().then_some("true")} />
            <p id="code-wrong" class="wrong" role="alert">{ wrong.as_deref().unwrap_or_default().to_owned() }</p>
            <label for="name">{ t!("name-optional") }</label>
            <input id="name" autocomplete="nickname" maxlength={MAX_NAME.to_string()} value={(*name).clone()} {oninput} />
            <button type="submit" class="main">{ t!("join-now") }</button>
        </form>
    }
}

fn words(why: &NotACode) -> String {
    match why {
        NotACode::Length(0) => t!("code-none").into(),
        NotACode::Length(count) => t!("code-length", count = *count),
        NotACode::Letter(c) => t!("code-letter", letter = c.encode_utf8(&mut [0; 4]) as &str),
    }
}
