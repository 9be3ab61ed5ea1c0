//! The page: what a person sees of Wirelab.

use yew::prelude::*;

#[component(App)]
pub fn app() -> Html {
    html! { <main><h1>{ "Wirelab" }</h1></main> }
}
