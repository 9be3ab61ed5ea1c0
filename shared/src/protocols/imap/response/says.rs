//! A response in one line of words.

use super::{Code, Data, Reply, Status};
use crate::protocols::imap::utf7;

pub(super) fn says(reply: &Reply) -> String {
    match reply {
        Reply::Status { tag, status, code, text } => {
            let said = match (code, tag) {
                (Some(code), _) => self::code(code, text),
                (None, _) => text.clone(),
            };
            match (tag, status) {
                (Some(tag), Status::Ok) => format!("Done ({tag}). {said}"),
                (Some(tag), Status::No) => format!("It failed ({tag}): {said}"),
                (Some(tag), _) => {
                    format!("The command is wrong, or not allowed now ({tag}): {said}")
                }
                (None, Status::Ok) => said,
                (None, Status::No) => format!("A warning: {said}"),
                (None, Status::Bad) => format!("An error: {said}"),
                (None, Status::Bye) => format!("Good bye: {said}"),
                (None, Status::Preauth) => format!("You are known already: {said}"),
            }
        }
        Reply::Continue(_) => "Go on.".into(),
        Reply::Data(data) => self::data(data),
        Reply::Strange => "The lab cannot read this response.".into(),
    }
}

fn code(code: &Code, text: &str) -> String {
    match code {
        Code::Capability(words) => format!("The server can do {} things.", words.len()),
        Code::PermanentFlags(flags) => {
            let keywords = flags.iter().any(|flag| flag == "\\*");
            let own = if keywords { ", and make new ones" } else { "" };
            let flags: Vec<&str> =
                flags.iter().filter(|flag| *flag != "\\*").map(String::as_str).collect();
            format!("You can change these flags for good: {}{own}.", flags.join(" "))
        }
        Code::UidNext(n) => format!("The next message will get the UID {n} or a higher one."),
        Code::UidValidity(n) => format!("UIDs stay valid as long as this number does: {n}."),
        Code::Unseen(n) => format!("The first unseen message is number {n}."),
        Code::HighestModSeq(n) => format!("The last change has the number {n}."),
        Code::AppendUid(_, uid) => format!("It was filed with the UID {uid}. {text}"),
        Code::CopyUid(_, from, to) => format!("The UIDs {from} have copies {to}. {text}"),
        Code::Other(name, value) => match name.as_str() {
            "READ-WRITE" => format!("The mailbox can be changed. {text}"),
            "READ-ONLY" => format!("The mailbox can only be read. {text}"),
            "TRYCREATE" => format!("The mailbox is not there; CREATE would make it. {text}"),
            "CLOSED" => format!("The mailbox before is closed. {text}"),
            "ALERT" => format!("Please read this: {text}"),
            "AUTHENTICATIONFAILED" => format!("Wrong name or password. {text}"),
            "INUSE" => format!("Somebody else is using it. {text}"),
            "EXPUNGEISSUED" => format!("Some messages are gone. {text}"),
            _ if value.is_empty() => format!("[{name}] {text}"),
            _ => format!("[{name} {value}] {text}"),
        },
    }
}

fn data(data: &Data) -> String {
    match data {
        Data::Capability(words) => format!("The server can do {} things.", words.len()),
        Data::Enabled(words) if words.is_empty() => "Nothing new is agreed on.".into(),
        Data::Enabled(words) => format!("Agreed on: {}.", words.join(", ")),
        Data::Flags(flags) => format!("Flags in this mailbox: {}.", flags.join(" ")),
        Data::Exists(n) => format!("There are {n} messages."),
        Data::Recent(n) => format!("{n} of them are recent: no other session saw them arrive."),
        Data::Expunge(n) => {
            format!(
                "Message {n} is gone. Those behind it have moved up: their numbers are one less."
            )
        }
        Data::Vanished(_, _) => "Messages with these UIDs are gone.".into(),
        Data::List(listed) | Data::Lsub(listed) => {
            let name = utf7::decode(&listed.name).unwrap_or_else(|| listed.name.clone());
            match listed.attributes.as_slice() {
                [] => format!("There is a mailbox {name}."),
                attributes => format!("There is a mailbox {name}: {}.", attributes.join(" ")),
            }
        }
        Data::Status(name, items) => {
            let name = utf7::decode(name).unwrap_or_else(|| name.clone());
            let items: Vec<String> = items.iter().map(|(item, n)| format!("{item} {n}")).collect();
            format!("{name}: {}.", items.join(", "))
        }
        Data::Search(found) if found.is_empty() => "Nothing fits.".into(),
        Data::Search(found) => format!("{} fit.", found.len()),
        Data::Sort(found) => format!("{} fit, in this order.", found.len()),
        Data::Esearch { items, .. } if items.is_empty() => "Nothing fits.".into(),
        Data::Esearch { uid, items, .. } => {
            let items: Vec<String> = items.iter().map(|(item, n)| format!("{item} {n}")).collect();
            let what = if *uid { "UIDs" } else { "numbers" };
            format!("Found ({what}): {}.", items.join(", "))
        }
        Data::Thread(threads) => {
            let count = threads.bytes().filter(|b| *b == b'(').count();
            format!("Conversations, {count} lists in all.")
        }
        Data::Fetch(fetched) => {
            format!("Message {}: {}.", fetched.number, fetched.items.join("; "))
        }
        Data::Other(name, rest) if rest.is_empty() => format!("{name}."),
        Data::Other(name, rest) => format!("{name}: {rest}"),
    }
}
