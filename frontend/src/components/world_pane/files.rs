//! The file tree.

use shared::transcript::visible;
use shared::world::changes::Thing;
use shared::world::date::{Civil, Date};
use shared::world::files::Node;
use yew::prelude::*;

use super::Sight;
use super::changes::mark;
use super::item::{Item, What};
use crate::text::t;

pub(super) fn files(sight: &Sight) -> Html {
    sight.world.files.get("/").map_or_else(Html::default, |root| folder(sight, "", root))
}

fn minute(date: Date) -> String {
    let Civil { year, month, day, hour, minute, .. } = date.civil();
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}")
}

fn folder(sight: &Sight, path: &str, node: &Node) -> Html {
    let entries = node.entries().map(|(name, node)| {
        let path = format!("{path}/{name}");
        let how = sight.how(&Thing::File(path.clone()));
        let shown = visible(name.as_bytes());
        let entry = match node.content() {
            Some(content) => {
                let about = format!(
                    "{}, {}",
                    t!("octets", octets = content.len()),
                    minute(node.modified())
                );
                let what = What::File { path };
                html! { <Item view={sight.view.clone()} {what} name={shown} {about} {how} /> }
            }
            None => html! {
                <details>
                    <summary>{ format!("{shown}/") }{ mark(how) }</summary>
                    { folder(sight, &path, node) }
                </details>
            },
        };
        html! { <li key={name.to_string()}>{ entry }</li> }
    });
    if node.entries().next().is_none() {
        return html! { <p class="hint">{ t!("world-empty-folder") }</p> };
    }
    html! { <ul class="tree">{ for entries }</ul> }
}
