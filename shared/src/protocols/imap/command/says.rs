//! A command in one line of words.

use super::{Args, Change, Command};
use crate::protocols::imap::utf7;

pub(super) fn says(command: &Command) -> String {
    let verb = command.verb.name;
    let by_uid = verb.starts_with("UID ");
    let which = if by_uid { "the messages with these UIDs" } else { "these messages" };
    match (&command.args, verb) {
        (Args::Login { user, .. }, _) => format!("I am {user}, and here is my password."),
        (Args::Authenticate { mechanism, .. }, _) => format!("I want to log in with {mechanism}."),
        (Args::Words(words), "ENABLE") => format!("From now on, please: {}.", words.join(", ")),
        (Args::Mailbox { name, .. }, _) => {
            let name = shown(name);
            match verb {
                "SELECT" => format!("Open the mailbox {name}."),
                "EXAMINE" => format!("Open the mailbox {name}, for reading only."),
                "CREATE" => format!("Make a mailbox {name}."),
                "DELETE" => format!("Remove the mailbox {name} and all that is in it."),
                "SUBSCRIBE" => format!("Note {name} among the mailboxes that I care for."),
                "UNSUBSCRIBE" => format!("I care no longer for {name}."),
                "GETQUOTAROOT" => format!("Which limits hold for {name}?"),
                _ => format!("Who may do what with {name}?"),
            }
        }
        (Args::Rename { from, to }, _) => {
            format!("Call the mailbox {} {} from now on.", shown(from), shown(to))
        }
        (Args::List(list), _) if list.patterns == [""] => {
            "Which sign stands between the levels of a name?".into()
        }
        (Args::List(list), "LSUB") => {
            format!("Which mailboxes have I subscribed to that fit {}?", list.patterns.join(", "))
        }
        (Args::List(list), _) => {
            format!("Which mailboxes are there that fit {}?", list.patterns.join(", "))
        }
        (Args::Status { name, items }, _) => {
            format!("How is it with {}: {}?", shown(name), items.join(", "))
        }
        (Args::Append { name, .. }, _) => format!("Put this message into {}.", shown(name)),
        (Args::Fetch { .. }, _) => format!("Show me this of {which}."),
        (Args::Store { change, .. }, _) => match change {
            Change::Replace => format!("Replace the flags of {which}."),
            Change::Add => format!("Set these flags of {which}."),
            Change::Remove => format!("Clear these flags of {which}."),
        },
        (Args::Copy { name, .. }, "MOVE" | "UID MOVE") => {
            format!("Move {which} to {}.", shown(name))
        }
        (Args::Copy { name, .. }, _) => format!("Copy {which} to {}.", shown(name)),
        (Args::Search(_), _) if by_uid => "Which UIDs have the messages that fit?".into(),
        (Args::Search(_), _) => "Which messages fit?".into(),
        (Args::Sort { .. }, _) => "Which messages fit, in this order?".into(),
        (Args::Thread { .. }, _) => "Which messages fit, as conversations?".into(),
        (Args::Uids(_), _) => "Remove those of them that are marked as deleted.".into(),
        (_, "CAPABILITY") => "What can you do?".into(),
        (_, "NOOP") => "Is there anything new?".into(),
        (_, "CHECK") => "Put everything in order on your disks.".into(),
        (_, "LOGOUT") => "Good bye.".into(),
        (_, "ID") => "Which program are you?".into(),
        (_, "STARTTLS") => "Let us go on encrypted.".into(),
        (_, "NAMESPACE") => "Under which prefixes are whose mailboxes?".into(),
        (_, "IDLE") => "Tell me at once what happens.".into(),
        (_, "CLOSE") => "Remove what is marked as deleted, and close the mailbox.".into(),
        (_, "UNSELECT") => "Close the mailbox, and remove nothing.".into(),
        (_, "EXPUNGE") => "Remove what is marked as deleted.".into(),
        (_, "UNAUTHENTICATE") => "Forget who I am.".into(),
        _ => format!("{}.", command.verb.name),
    }
}

fn shown(name: &str) -> String {
    utf7::decode(name).unwrap_or_else(|| name.into())
}
