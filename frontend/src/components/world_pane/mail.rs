//! Users and their mailboxes.

use shared::text::message;
use shared::world::changes::{Thing, of_message};
use shared::world::mail::{self, Mailbox, Message};
use yew::prelude::*;

use super::Sight;
use super::changes::marks;
use super::item::{Item, What};
use crate::text::t;

/// Messages listed of one mailbox: the newest.
const LISTED: usize = 100;

pub(super) fn mailboxes(sight: &Sight) -> Html {
    let users = sight.world.mail.iter().map(|(user, inbox)| {
        let n = inbox.messages().len();
        let thing = Thing::Mailbox(user.into(), mail::INBOX.into());
        let new = sight.delivered == Some(user);
        let changed = (new || sight.is_news(&thing)).then_some("changed");
        html! {
            <li key={user.to_string()} class={classes!(changed)}>
                <details>
                    <summary>
                        <b>{ user }</b>{ ": " }{ t!("world-in-mailbox", count = n) }if new { { " " }{ t!("world-new") } }
                        { locked(inbox) }{ marks(sight, &thing) }
                    </summary>
                    { messages(sight, user, mail::INBOX, inbox) }
                    { further(sight, user) }
                </details>
            </li>
        }
    });
    html! { <ul class="mailboxes">{ for users }</ul> }
}

fn locked(mailbox: &Mailbox) -> &'static str {
    if mailbox.is_locked() { t!("world-locked") } else { "" }
}

/// The user's mailboxes beside the INBOX, which only IMAP shows.
fn further(sight: &Sight, user: &str) -> Html {
    let others = sight.world.mail.mailboxes(user).filter(|(name, _)| *name != mail::INBOX);
    let others: Vec<Html> = others
        .map(|(name, mailbox)| {
            let thing = Thing::Mailbox(user.into(), name.into());
            html! {
                <li key={name.to_string()}>
                    <details>
                        <summary><b>{ name }</b>{ format!(": {}", mailbox.messages().len()) }{ marks(sight, &thing) }</summary>
                        { messages(sight, user, name, mailbox) }
                    </details>
                </li>
            }
        })
        .collect();
    if others.is_empty() {
        return Html::default();
    }
    html! { <><p class="hint">{ t!("world-further") }</p><ul>{ for others }</ul></> }
}

fn messages(sight: &Sight, user: &str, name: &str, mailbox: &Mailbox) -> Html {
    let all = mailbox.messages();
    let before = sight.start.and_then(|start| start.mail.by_id(user, mailbox.id()));
    let first = all.len().saturating_sub(LISTED);
    let items = all[first..].iter().map(|message| {
        let how = sight.start.and_then(|_| of_message(message, before.map(|(_, old)| old)));
        let what = What::Message { user: user.into(), mailbox: name.into(), uid: message.uid };
        html! {
            <li key={message.uid.to_string()}>
                <Item view={sight.view.clone()} {what} name={subject(message)} about={about(message)} {how} />
            </li>
        }
    });
    html! {
        <>
            if first > 0 {
                <p class="hint">{ t!("world-newest", listed = LISTED, all = all.len()) }</p>
            }
            <ul>{ for items }</ul>
        </>
    }
}

fn subject(message: &Message) -> String {
    message::field(&message.bytes, "Subject").unwrap_or_else(|| t!("world-no-subject").into())
}

fn about(message: &Message) -> String {
    let flags: Vec<&str> = message.flags.iter().collect();
    let flags = if flags.is_empty() { t!("world-no-flags").into() } else { flags.join(" ") };
    t!("world-message", uid = u64::from(message.uid), octets = message.bytes.len(), flags = &flags)
}
