//! What the practice servers in the page hold at the shown step, and what has changed in it.

mod changes;
mod files;
mod item;
mod mail;
mod news;

use shared::world::World;
use shared::world::changes::{Change, How, Thing};
use yew::prelude::*;

use crate::app::View;
use crate::state::{Lab, Target};
use crate::text::t;

#[component(WorldPane)]
pub fn world_pane(view: &View) -> Html {
    let runner = view.runner.clone();
    let reset = {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| runner.act(|lab, now| lab.reset_world(now)))
    };
    let mail = {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| runner.act(|lab, now| lab.mail_arrives(now)))
    };
    let target = runner.see(|lab| lab.route.target.clone());
    let body = match target {
        Target::Page => runner.see(|lab| world(view, lab)),
        Target::Relay => html! {
            <p class="hint">{ t!("world-in-relay") }</p>
        },
        Target::Real { .. } => html! {
            <p class="hint">{ t!("world-is-real") }</p>
        },
    };
    html! {
        <section class="world" id="pane-world" aria-labelledby="world-title" tabindex="-1">
            <div class="pane-head">
                <h2 id="world-title">{ t!("world") }</h2>
                if target == Target::Page {
                    <button class="quiet" id="mail-arrives" onclick={mail} title={t!("world-mail-arrives-title")}>{ t!("world-mail-arrives") }</button>
                    <button class="quiet" onclick={reset} title={t!("world-reset-title")}>{ t!("world-reset") }</button>
                }
            </div>
            { body }
        </section>
    }
}

/// What the parts of the pane show.
struct Sight<'a> {
    view: &'a View,
    world: &'a World,
    /// As it was when the session began, if that is what the shown step belongs to.
    start: Option<&'a World>,
    since: Vec<Change>,
    /// Of the shown step alone.
    step: Vec<Change>,
    /// Whose mailbox grew last.
    delivered: Option<&'a str>,
    secrets: bool,
}

impl Sight<'_> {
    /// How this has changed since the session began.
    fn how(&self, thing: &Thing) -> Option<How> {
        self.since.iter().find(|change| change.thing == *thing).map(|change| change.how)
    }

    fn is_news(&self, thing: &Thing) -> bool {
        self.step.iter().any(|change| change.thing == *thing)
    }
}

fn world(view: &View, lab: &Lab) -> Html {
    let (now, at) = (lab.world(), lab.moment_at());
    let start = at.is_none_or(|at| at >= lab.of_session(0)).then(|| lab.world_at_start());
    let sight = Sight {
        view,
        world: now,
        start,
        since: start.map_or_else(Vec::new, |start| now.changes_since(start)),
        step: lab
            .world_before()
            .filter(|_| lab.is_settled())
            .map_or_else(Vec::new, |before| now.changes_since(before)),
        delivered: lab.delivered_to().filter(|_| at.is_none()),
        secrets: lab.show_secrets,
    };
    html! {
        <>
            { changes::changes(&sight) }
            <h3>{ t!("world-mailboxes") }</h3>
            { mail::mailboxes(&sight) }
            <details><summary>{ t!("world-files") }</summary>{ files::files(&sight) }</details>
            <details><summary>{ t!("world-news") }</summary>{ news::newsgroups(&sight) }</details>
            <details><summary>{ t!("world-accounts") }</summary>{ accounts(&sight) }</details>
        </>
    }
}

fn accounts(sight: &Sight) -> Html {
    let accounts = sight.world.accounts.iter().map(|(user, account)| {
        let password = if sight.secrets { &account.password } else { "********" };
        let how = sight.how(&Thing::Account(user.into()));
        html! {
            <li key={user.to_string()}>
                <b>{ user }</b>{ t!("world-account", name = &account.full_name) }{ " " }<code translate="no">{ password }</code>
                { changes::mark(how) }
            </li>
        }
    });
    html! {
        <>
            if !sight.secrets {
                <p class="hint">{ t!("world-passwords") }</p>
            }
            <ul>{ for accounts }</ul>
        </>
    }
}
