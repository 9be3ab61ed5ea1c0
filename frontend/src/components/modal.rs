//! A dialog that lies over the page: the browser keeps the focus inside, closes it on Esc, and gives the focus back.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(crate) struct ModalProps {
    pub(crate) id: &'static str,
    /// The id of its heading.
    pub(crate) title: &'static str,
    pub(crate) onclose: Callback<()>,
    pub(crate) children: Html,
}

#[component(Modal)]
pub(crate) fn modal(props: &ModalProps) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with((), move |()| {
            if let Some(dialog) = node.cast::<HtmlDialogElement>() {
                // It fails for one that is open already.
                drop(dialog.show_modal());
            }
        });
    }
    let onclose = props.onclose.reform(|_: Event| ());
    html! {
        <dialog ref={node} id={props.id} class="modal" aria-labelledby={props.title} closedby="any" {onclose}>
            { props.children.clone() }
        </dialog>
    }
}

/// Closes the dialog that is open; what it does when it is closed follows.
pub(crate) fn close() {
    use wasm_bindgen::JsCast;
    let document = web_sys::window().and_then(|window| window.document());
    let open = document.and_then(|document| document.query_selector("dialog[open]").ok().flatten());
    if let Some(dialog) = open.and_then(|open| open.dyn_into::<HtmlDialogElement>().ok()) {
        dialog.close();
    }
}
