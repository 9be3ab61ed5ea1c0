//! Item types: what an item is, and how the reply to it is read.

use super::{table, terms};
use crate::explain::Term;
use crate::table::Verb;

/// How a reply is read. The wire does not say it; the type of the item asked for does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    Menu,
    Text,
    /// Text that is sent as it is: no doubled dots, no dot at its end.
    Html,
    Binary,
}

/// What can be done with an item of a type.
#[derive(Clone, Copy, Debug)]
pub(super) enum Use {
    Ask(&'static Verb, Reads),
    /// There is nothing to ask a Gopher server for, and this is why.
    Nothing(&'static str),
}

pub(super) struct ItemType {
    pub(super) term: &'static Term,
    /// In a few words.
    pub(super) name: &'static str,
    pub(super) takes: Use,
}

/// What a type is. Upper and lower case differ.
pub(super) fn of(code: u8) -> ItemType {
    use Reads::{Binary, Html, Menu, Text};
    let ask = |verb: &'static Verb, name, reads| ItemType {
        term: verb.term,
        name,
        takes: Use::Ask(verb, reads),
    };
    let other = |name, reads| ItemType {
        term: &terms::OTHER_TYPE,
        name,
        takes: Use::Ask(&table::OTHER, reads),
    };
    let nothing = |term, name, why| ItemType { term, name, takes: Use::Nothing(why) };
    match code {
        b'0' => ask(&table::TEXT, "text file", Text),
        b'1' => ask(&table::MENU, "menu", Menu),
        b'4' => ask(&table::BINHEX, "BinHex file", Text),
        b'5' => ask(&table::DOS, "DOS archive", Binary),
        b'6' => ask(&table::UUENCODED, "uuencoded file", Text),
        b'7' => ask(&table::SEARCH, "search", Menu),
        b'9' => ask(&table::BINARY, "binary file", Binary),
        b'g' => ask(&table::GIF, "GIF picture", Binary),
        b'I' => ask(&table::IMAGE, "picture", Binary),
        b'h' => ask(&table::HTML, "HTML page", Html),
        b'2' => nothing(&terms::CSO, "CSO phone book", "it is a server of the protocol CSO"),
        b'3' => nothing(&terms::ERROR, "error", "it only says what went wrong"),
        b'8' => nothing(&terms::TELNET, "Telnet session", "it is a server of the protocol Telnet"),
        b'T' => nothing(&terms::TN3270, "TN3270 session", "it is a server of the protocol Telnet"),
        b'i' => nothing(&terms::INFO, "line of text", "it is only a line to be read"),
        b'+' => nothing(
            &terms::MIRROR,
            "another copy",
            "it is another copy of the item above it, and has the type of that",
        ),
        b'c' => other("calendar", Text),
        b'M' => other("mail in MIME format", Text),
        b's' | b'<' => other("sound", Binary),
        b'd' => other("document", Binary),
        b'P' => other("PDF document", Binary),
        b'p' => other("PNG picture", Binary),
        b';' => other("video", Binary),
        b'r' => other("RTF document", Binary),
        b'e' => other("event", Binary),
        b':' => other("bitmap of Gopher+", Binary),
        b'w' => other("WWW address", Binary),
        b'q' => other("query", Binary),
        _ => other("unknown type, read as binary content", Binary),
    }
}

/// How the reply to a request for this type is read.
pub(super) fn reads(code: u8) -> Reads {
    match of(code).takes {
        Use::Ask(_, reads) => reads,
        Use::Nothing(_) => Reads::Text,
    }
}

/// Ports at which another protocol takes lines: a selector sent there would be obeyed.
pub(super) fn other_service(port: u16) -> Option<&'static str> {
    Some(match port {
        21 => "FTP",
        23 => "Telnet",
        25 | 465 | 587 => "SMTP",
        80 | 8080 => "HTTP",
        110 => "POP3",
        119 => "NNTP",
        143 => "IMAP",
        6379 => "Redis",
        11211 => "memcached",
        _ => return None,
    })
}
