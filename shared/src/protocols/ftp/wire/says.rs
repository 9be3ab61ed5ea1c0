//! Commands and replies in one line of words.

use super::super::table;
use super::address;
use super::reply::Learned;
use crate::table::Verb;
use crate::text::reply::Reply;
use crate::world::Date;

/// What a command asks.
pub(super) fn doing(verb: &Verb, argument: Option<&str>) -> String {
    let argument = argument.unwrap_or_default();
    let here = if argument.is_empty() { "this directory" } else { argument };
    match table::canonical(verb.name) {
        "USER" => format!("I am {argument}."),
        "PASS" => "Here is my password.".into(),
        "ACCT" => "Here is my account.".into(),
        "HOST" => format!("I want the host {argument}."),
        "PWD" => "Where am I?".into(),
        "CWD" => format!("Go to {argument}."),
        "CDUP" => "Go up to the parent directory.".into(),
        "SMNT" => format!("Mount {argument}."),
        "REIN" => "Forget who I am; we start anew.".into(),
        "QUIT" => "Good bye.".into(),
        "PASV" => "Wait for a data connection, and tell me where.".into(),
        "EPSV" if argument.eq_ignore_ascii_case("ALL") => {
            "From now on I will use only EPSV.".into()
        }
        "EPSV" => "Wait for a data connection, and tell me at which port.".into(),
        "PORT" | "EPRT" => match address::named(argument) {
            Some(at) => {
                format!("Open the data connection yourself: to {}, port {}.", at.ip(), at.port())
            }
            None => "Open the data connection yourself, to this address.".into(),
        },
        "LIST" => format!("Show me what is in {here}."),
        "NLST" => format!("Give me the names in {here}."),
        "MLSD" => format!("Give me names and facts of {here}."),
        "MLST" => format!("What are the facts of {here}?"),
        "RETR" => format!("Send me {argument}."),
        "STOR" => format!("Store what I send as {argument}."),
        "STOU" => "Store what I send under a name that is free.".into(),
        "APPE" => format!("Add what I send to the end of {argument}."),
        "ABOR" => "Break off the transfer.".into(),
        "TYPE" => match super::file_type(argument) {
            Some(super::FileType::Ascii) => "Transfer text: lines end with CR LF.".into(),
            Some(super::FileType::Image) => "Transfer files octet for octet.".into(),
            _ => "Transfer files in this type.".into(),
        },
        "STRU" => "Files have this structure.".into(),
        "MODE" => "Send data in this mode.".into(),
        "ALLO" => format!("I will need room for {argument} octets."),
        "REST" => format!("Begin the next transfer at octet {argument}."),
        "RNFR" => format!("I want to rename {argument}."),
        "RNTO" => format!("Its new name is {argument}."),
        "DELE" => format!("Delete {argument}."),
        "RMD" => format!("Remove the directory {argument}."),
        "MKD" => format!("Make the directory {argument}."),
        "SIZE" => format!("How many octets would {argument} take?"),
        "MDTM" => format!("When was {argument} changed?"),
        "MFMT" => "Set when this file was changed.".into(),
        "STAT" if argument.is_empty() => "How do things stand?".into(),
        "STAT" => format!("Show me {argument} in the reply itself."),
        "SYST" => "What kind of system are you?".into(),
        "FEAT" => "Which extensions do you have?".into(),
        "OPTS" => format!("Set an option: {argument}."),
        "HELP" => "Which commands do you know?".into(),
        "SITE" => "Do something that only you can do.".into(),
        "LANG" => "In which language do you answer?".into(),
        "NOOP" => "Are you there?".into(),
        "AUTH" => "I want to encrypt this connection.".into(),
        "PROT" => "Protect the data connections like this.".into(),
        "PBSZ" => "Protected data has this buffer size.".into(),
        "CCC" => "Back to clear text on this connection.".into(),
        name => format!("{name}."),
    }
}

/// What a reply means.
pub(super) fn reply(reply: &Reply, verb: Option<&Verb>, learned: &Learned) -> String {
    let Some(code) = reply.code else { return "This is not a reply of FTP.".into() };
    let text = reply.text();
    let text = text.trim();
    let name = verb.map_or("", |verb| table::canonical(verb.name));
    match learned {
        Learned::Passive(address) => {
            return format!(
                "I wait for the data connection at {}, port {}.",
                address.ip(),
                address.port()
            );
        }
        Learned::ExtendedPort(port) => {
            return format!("I wait for the data connection at port {port} of this host.");
        }
        Learned::NoAddress => return "This should name an address, and does not.".into(),
        Learned::Path(path) if name == "MKD" => return format!("The directory {path} is there."),
        Learned::Path(path) => return format!("You are in {path}."),
        Learned::Features(features) => {
            return format!("{} extensions.", features.len());
        }
        Learned::Octets(octets) => return format!("It would take {octets} octets."),
        Learned::Time(time) => return format!("It was changed at {}.", spelled(time)),
        Learned::Unique(file) => return format!("The file will be called {file}."),
        Learned::System(_) | Learned::Nothing => {}
    }
    match (code, name) {
        (120, _) => "Not yet: wait for the next reply.".into(),
        (220, "(greeting)") => "The server is ready. Who are you?".into(),
        (220, "REIN") => "As at first: nobody is logged in.".into(),
        (331, _) => "And your password?".into(),
        (332, _) => "And your account?".into(),
        (230, _) => "You are logged in.".into(),
        (202, _) => "Not needed here.".into(),
        (530, _) => format!("You are not logged in: {text}"),
        (221, _) => "Good bye.".into(),
        (421, _) => format!("The server ends the service: {text}"),
        (350, "RNFR") => "It is there. What is its new name?".into(),
        (350, "REST") => "The next transfer will begin there.".into(),
        (125 | 150, "STOR" | "STOU" | "APPE") => "Go on: send the data.".into(),
        (125 | 150, _) => "The data comes over the data connection.".into(),
        (225, _) => "There was nothing to break off.".into(),
        (226, "ABOR") => "The transfer is broken off.".into(),
        (226 | 250, "(end of the transfer)") => "I have sent everything.".into(),
        (226 | 250, "(content)") => "I have received everything.".into(),
        (425, _) => format!("There is no data connection: {text}"),
        (426, _) => format!("The transfer broke off: {text}"),
        (215, _) => format!("The system is {text}."),
        (211..=214, _) => "Here is what you asked for.".into(),
        (250, "MLST") => "Here are the facts.".into(),
        (100..=199, _) => "Under way: another reply follows.".into(),
        (200..=299, _) => "Done.".into(),
        (300..=399, _) => "Go on.".into(),
        (400..=499, _) => format!("Not now: {text}"),
        (500..=599, _) => format!("Refused: {text}"),
        _ => format!("{code} is not a code of FTP."),
    }
}

/// A time of MDTM, for people.
fn spelled(time: &str) -> String {
    let part = |from: usize, to: usize| time.get(from..to).and_then(|n| n.parse::<u64>().ok());
    let date = (|| {
        Date::of(part(0, 4)?, part(4, 6)?, part(6, 8)?, part(8, 10)?, part(10, 12)?, part(12, 14)?)
    })();
    date.map_or_else(|| time.into(), |date| date.to_string())
}
