//! Newsgroups and their articles.

use shared::text::message;
use shared::world::changes::{Thing, of_article};
use shared::world::news::Group;
use yew::prelude::*;

use super::Sight;
use super::changes::marks;
use super::item::{Item, What};
use crate::text::t;

/// Articles listed of one group: the newest.
const LISTED: u64 = 100;

pub(super) fn newsgroups(sight: &Sight) -> Html {
    let groups = sight.world.news.groups().map(|(name, group)| {
        let n = group.count();
        let thing = Thing::Group(name.into());
        html! {
            <li key={name.to_string()}>
                <details>
                    <summary><b>{ name }</b>{ ": " }{ t!("world-articles", count = n) }{ posting(group) }{ marks(sight, &thing) }</summary>
                    <p class="hint">{ &group.description }</p>
                    { articles(sight, name, group) }
                </details>
            </li>
        }
    });
    html! { <ul>{ for groups }</ul> }
}

fn posting(group: &Group) -> &'static str {
    match (group.private, group.status) {
        (true, _) => t!("world-after-login"),
        (_, 'n') => t!("world-no-posting"),
        (_, 'm') => t!("world-moderated"),
        _ => "",
    }
}

fn articles(sight: &Sight, name: &str, group: &Group) -> Html {
    let before = sight.start.and_then(|start| start.news.group(name));
    let (_, high) = group.marks();
    let articles = group.range(high.saturating_sub(LISTED - 1), high).map(|(number, article)| {
        let how = sight.start.and_then(|_| of_article(number, article, before));
        let subject = message::field(&article.bytes, "Subject");
        let about = format!("{}, {}", article.id, t!("octets", octets = article.bytes.len()));
        let what = What::Article { group: name.into(), number };
        html! {
            <li key={number.to_string()}>
                <Item view={sight.view.clone()} {what} {about} {how}
                    name={format!("{number}: {}", subject.as_deref().unwrap_or(t!("world-no-subject")))} />
            </li>
        }
    });
    html! { <ul>{ for articles }</ul> }
}
