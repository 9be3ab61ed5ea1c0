//! What the practice servers in the page hold, as it changes.

use shared::text::message;
use shared::transcript::visible;
use shared::world::World;
use shared::world::files::Node;
use shared::world::mail;
use yew::prelude::*;

use crate::app::View;
use crate::state::Target;

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
        Target::Page => runner.see(|lab| world(lab.world(), lab.delivered_to())),
        Target::Relay => html! {
            <p class="hint">{ "This practice server lives in the relay. What it holds is seen through the protocols." }</p>
        },
        Target::Real { .. } => html! {
            <p class="hint">{ "A real server shows what it holds only through its protocol." }</p>
        },
    };
    html! {
        <section class="world" id="pane-world" aria-labelledby="world-title" tabindex="-1">
            <div class="pane-head">
                <h2 id="world-title">{ "Practice world" }</h2>
                if target == Target::Page {
                    <button class="quiet" id="mail-arrives" onclick={mail} title="Somebody sends you a small mail">{ "A mail arrives" }</button>
                    <button class="quiet" onclick={reset}>{ "Reset" }</button>
                }
            </div>
            { body }
        </section>
    }
}

fn world(world: &World, delivered: Option<&str>) -> Html {
    let mailboxes = world.mail.iter().map(|(user, mailbox)| {
        let n = mailbox.messages().len();
        let plural = if n == 1 { "message" } else { "messages" };
        let changed = delivered == Some(user);
        let mails = mailbox.messages().iter().map(|mail| {
            let subject = message::field(&mail.bytes, "Subject").unwrap_or_else(|| "(no subject)".into());
            html! {
                <li><details>
                    <summary>{ subject }</summary>
                    <pre translate="no" tabindex="0">{ String::from_utf8_lossy(&mail.bytes).replace("\r\n", "\n") }</pre>
                </details></li>
            }
        });
        html! {
            <li key={user.to_string()} class={classes!(changed.then_some("changed"))}>
                <details>
                    <summary><b>{ user }</b>{ format!(": {n} {plural} in mailbox") }{ if changed { " (new)" } else { "" } }</summary>
                    <ul>{ for mails }</ul>
                    { further(world, user) }
                </details>
            </li>
        }
    });
    let groups = world.news.groups().map(|(name, group)| {
        let n = group.count();
        let plural = if n == 1 { "article" } else { "articles" };
        html! { <li key={name.to_string()}><b>{ name }</b>{ format!(": {n} {plural}") }</li> }
    });
    let root = world.files.get("/");
    html! {
        <>
            <h3>{ "Mailboxes" }</h3>
            <ul class="mailboxes">{ for mailboxes }</ul>
            <details><summary>{ "Files" }</summary>{ root.map(folder).unwrap_or_default() }</details>
            <details><summary>{ "Newsgroups" }</summary><ul>{ for groups }</ul></details>
        </>
    }
}

/// The user's mailboxes beside the INBOX, which only IMAP shows.
fn further(world: &World, user: &str) -> Html {
    let names: Vec<Html> = world
        .mail
        .mailboxes(user)
        .filter(|(name, _)| *name != mail::INBOX)
        .map(|(name, mailbox)| {
            html! { <li key={name.to_string()}><b>{ name }</b>{ format!(": {}", mailbox.messages().len()) }</li> }
        })
        .collect();
    if names.is_empty() {
        return Html::default();
    }
    html! { <><p class="hint">{ "Further mailboxes, for IMAP:" }</p><ul>{ for names }</ul></> }
}

fn folder(node: &Node) -> Html {
    let entries = node.entries().map(|(name, node)| match node.content() {
        Some(content) => html! { <li key={name.to_string()}>{ visible(name.as_bytes()) }<span class="size">{ format!(" {} octets", content.len()) }</span></li> },
        None => html! { <li key={name.to_string()}><details><summary>{ format!("{}/", visible(name.as_bytes())) }</summary>{ folder(node) }</details></li> },
    });
    html! { <ul class="tree">{ for entries }</ul> }
}
