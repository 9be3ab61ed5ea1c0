//! A lesson of one's own: opened from a file, and handed on as a link or as a file.

use shared::lesson::{MAX_LINK, is_parcel, unpack};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::fragment_of;
use crate::app::go_to;
use crate::driver::Runner;
use crate::state::with_lesson;
use crate::text::t;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct FromFileProps {
    pub(super) runner: Runner,
}

#[component(FromFile)]
pub(super) fn from_file(props: &FromFileProps) -> Html {
    let runner = props.runner.clone();
    let onchange = Callback::from(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            let open = |(parcel, place): (String, String)| {
                go_to(&with_lesson(&fragment_of(&place), &parcel));
            };
            runner.read_lesson(file, Callback::from(open));
        }
        // The same file can be chosen again once it is mended.
        input.set_value("");
    });
    html! {
        <label class="file">{ t!("lesson-from-file") }{ " " }
            <input type="file" id="lesson-file" accept=".md,.txt,text/markdown,text/plain" {onchange} />
        </label>
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(super) struct ShareProps {
    pub(super) runner: Runner,
    pub(super) id: String,
    /// Where the lesson begins.
    pub(super) place: String,
}

#[component(Share)]
pub(super) fn share(props: &ShareProps) -> Html {
    let told = use_state(String::new);
    let link = link(&props.place, &props.id);
    let copy = {
        let (runner, told, link) = (props.runner.clone(), told.clone(), link.clone());
        Callback::from(move |_: MouseEvent| {
            if link.len() > MAX_LINK {
                told.set(t!("link-too-long", length = link.len(), limit = MAX_LINK));
                return;
            }
            let (told, shown) = (told.clone(), link.clone());
            let say = move |done: bool| {
                told.set(if done {
                    t!("link-copied").into()
                } else {
                    t!("link-by-hand", link = &shown)
                });
            };
            runner.copy_link(link.clone(), Callback::from(say));
        })
    };
    let save = {
        let (runner, id) = (props.runner.clone(), props.id.clone());
        Callback::from(move |_: MouseEvent| {
            if let Ok(text) = unpack(&id) {
                runner.save("lesson.md", &text);
            }
        })
    };
    html! {
        <div class="share">
            if is_parcel(&props.id) {
                <p class="hint" id="own-lesson">{ t!("lesson-own") }</p>
            }
            <button type="button" class="quiet" id="copy-lesson" onclick={copy}>{ t!("lesson-copy-link") }</button>
            if is_parcel(&props.id) {
                <button type="button" class="quiet" id="save-lesson" onclick={save}>{ t!("lesson-save") }</button>
            }
            <p aria-live="polite" class="hint">{ &*told }</p>
        </div>
    }
}

fn link(place: &str, id: &str) -> String {
    let location = web_sys::window().map(|window| window.location());
    let here = location.and_then(|location| location.href().ok()).unwrap_or_default();
    let page = here.split('#').next().unwrap_or_default();
    format!("{page}{}", with_lesson(&fragment_of(place), id))
}
