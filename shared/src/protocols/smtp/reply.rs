//! What the server's replies mean.

use super::terms;
use crate::explain::{Outcome, Rfc, Scanner, Term};
use crate::table::{Rule, Verb};
use crate::text::advice::ReplyRules;
use crate::text::capitalized;
use crate::text::reply::{ExplainText, Grammar, Names, Replies, Reply};

/// Reads the reply to `verb`.
pub(super) fn reader(verb: Option<&Verb>) -> Replies {
    let explain: ExplainText = match verb.map(|verb| verb.name) {
        Some("EHLO") => explain_ehlo,
        Some("(greeting)" | "HELO") => explain_named,
        _ => explain_text,
    };
    let names = Names { code: &terms::CODE, more: &terms::MORE, text: &terms::TEXT };
    Replies::new(Grammar::Smtp, names, explain)
}

/// One extension of an EHLO reply, with what else its line says.
pub(super) fn extension(line: &str) -> (String, String) {
    let end = line.find([' ', '=']).unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    (name.to_ascii_uppercase(), rest.get(1..).unwrap_or_default().trim().to_string())
}

/// The words for a whole reply.
pub(super) fn says(verb: Option<&Verb>, rule: Option<&Rule>, reply: &Reply) -> String {
    let text = reply.text();
    let text = plain(&text);
    if reply.cut {
        return "The connection ended inside this reply.".into();
    }
    let Some(code) = reply.code else {
        return "This is not a reply of SMTP: it has no code.".into();
    };
    let name = verb.map_or("", |verb| verb.name);
    match (name, code) {
        ("(greeting)", 220) => {
            let server = text.split(' ').next().unwrap_or_default();
            format!("{server} is ready. Who are you?")
        }
        ("EHLO", 250) if reply.texts.len() > 1 => {
            let count = reply.texts.len() - 1;
            let s = if count == 1 { "" } else { "s" };
            format!("Welcome. The server can do {count} thing{s} beyond the basic protocol.")
        }
        ("EHLO", 250) => "Welcome. The server can do nothing beyond the basic protocol.".into(),
        _ => {
            let means = rule.map_or("an unknown code; nothing is made of it", |rule| rule.says);
            let means = capitalized(means);
            match code / 100 {
                4 | 5 if !text.is_empty() => format!("{means}: {text}"),
                _ => format!("{means}."),
            }
        }
    }
}

/// What an enhanced status code says in words (RFC 3463).
pub(super) fn enhanced_words(code: &str) -> String {
    let mut parts = code.split('.');
    let class = match parts.next() {
        Some("2") => "success",
        Some("4") => "not now",
        _ => "no",
    };
    let subject = match parts.next() {
        Some("1") => "about an address",
        Some("2") => "about a mailbox",
        Some("3") => "about the mail system",
        Some("4") => "about the way there",
        Some("5") => "about the dialogue",
        Some("6") => "about the content",
        Some("7") => "about permission",
        _ => "nothing more exact",
    };
    let detail = code.split_once('.').map_or("", |(_, detail)| detail);
    let detail = DETAILS.iter().find(|(known, _)| *known == detail).map_or("", |(_, says)| says);
    match detail {
        "" => format!("{class}; {subject}"),
        detail => format!("{class}; {subject}: {detail}"),
    }
}

const DETAILS: &[(&str, &str)] = &[
    ("1.1", "there is no such mailbox"),
    ("1.2", "there is no such domain"),
    ("1.3", "the recipient is malformed"),
    ("1.4", "several mailboxes fit"),
    ("1.5", "the recipient is valid"),
    ("1.6", "the mailbox has moved"),
    ("1.7", "the sender is malformed"),
    ("1.8", "the sender's domain is wrong"),
    ("2.1", "the mailbox is switched off"),
    ("2.2", "the mailbox is full"),
    ("2.3", "the message is too large for the mailbox"),
    ("3.1", "the system is full"),
    ("3.2", "the system takes no messages at the moment"),
    ("3.4", "the message is too large for the system"),
    ("4.6", "the message runs in a circle"),
    ("5.1", "the command is not valid here"),
    ("5.2", "the command is malformed"),
    ("5.3", "too many recipients"),
    ("5.4", "an argument is wrong"),
    ("5.6", "the line of the login is too long"),
    ("6.1", "this kind of content is not supported"),
    ("6.7", "addresses beyond ASCII are not allowed here"),
    ("7.1", "this delivery is not allowed"),
    ("7.8", "the credentials are wrong"),
    ("7.9", "the mechanism is too weak"),
    ("7.11", "the mechanism needs encryption"),
];

/// The text without an enhanced code.
fn plain(text: &str) -> &str {
    match enhanced(text.as_bytes()) {
        Some(length) => text[length..].trim_start(),
        None => text,
    }
}

/// The octets of the enhanced status code at the start of a text.
pub(super) fn enhanced(text: &[u8]) -> Option<usize> {
    let word = text.split(|b| *b == b' ').next()?;
    let mut parts = word.split(|b| *b == b'.');
    let class = parts.next()?;
    let number = |part: Option<&[u8]>| {
        part.is_some_and(|p| (1..=3).contains(&p.len()) && p.iter().all(u8::is_ascii_digit))
    };
    let fits = matches!(class, b"2" | b"4" | b"5")
        && number(parts.next())
        && number(parts.next())
        && parts.next().is_none();
    fits.then_some(word.len())
}

fn explain_text(scan: &mut Scanner<'_>, code: u16, _: usize) {
    if code == 334 {
        let n = scan.rest().len();
        scan.take_secret(&terms::CHALLENGE, n);
        return;
    }
    let Some(length) = enhanced(scan.rest()) else { return };
    let word = scan.take(&terms::ENHANCED, length);
    let mut note = enhanced_words(&String::from_utf8_lossy(word));
    if u16::from(word[0] - b'0') != code / 100 {
        note.push_str(". Its class contradicts the first digit of the reply code");
    }
    scan.note(note);
    scan.spaces();
}

/// The greeting, and the reply to HELO: they begin with the server's name.
fn explain_named(scan: &mut Scanner<'_>, code: u16, line: usize) {
    if Outcome::of_code(code) == Some(Outcome::Done) && line == 0 {
        scan.word(&terms::SERVER_NAME);
        scan.spaces();
    } else {
        explain_text(scan, code, line);
    }
}

fn explain_ehlo(scan: &mut Scanner<'_>, code: u16, line: usize) {
    if code != 250 || line == 0 {
        return explain_named(scan, code, line);
    }
    let end = scan.rest().iter().position(|b| matches!(b, b' ' | b'='));
    let word = &scan.rest()[..end.unwrap_or(scan.rest().len())];
    let name = String::from_utf8_lossy(word).to_ascii_uppercase();
    scan.take(keyword_term(&name), word.len());
    let auth = name == "AUTH";
    let parameter = if auth { &terms::MECHANISM } else { &terms::KEYWORD_PARAMETER };
    if scan.rest().starts_with(b"=") {
        scan.take(&terms::EQUALS, 1);
        scan.note("An old form: the standard wants a space here.");
        scan.word(parameter);
    }
    while scan.spaces() {
        scan.word(parameter);
    }
}

fn keyword_term(name: &str) -> &'static Term {
    match name {
        "SIZE" => &terms::SIZE_KEYWORD,
        "8BITMIME" => &terms::EIGHT_BIT_KEYWORD,
        "PIPELINING" => &terms::PIPELINING_KEYWORD,
        "CHUNKING" => &terms::CHUNKING_KEYWORD,
        "BINARYMIME" => &terms::BINARY_KEYWORD,
        "SMTPUTF8" => &terms::UTF8_KEYWORD,
        "DSN" => &terms::DSN_KEYWORD,
        "ENHANCEDSTATUSCODES" => &terms::ENHANCED_KEYWORD,
        "AUTH" => &terms::AUTH_KEYWORD,
        "STARTTLS" => &terms::STARTTLS_KEYWORD,
        "HELP" => &terms::HELP_KEYWORD,
        "VRFY" => &terms::VRFY,
        "EXPN" => &terms::EXPN,
        "ETRN" => &terms::ETRN_KEYWORD,
        "DELIVERBY" => &terms::DELIVERBY_KEYWORD,
        "MT-PRIORITY" => &terms::PRIORITY_KEYWORD,
        "FUTURERELEASE" => &terms::FUTURE_KEYWORD,
        "REQUIRETLS" => &terms::REQUIRETLS_KEYWORD,
        "RRVS" => &terms::RRVS_KEYWORD,
        _ => &terms::KEYWORD,
    }
}

/// What crosses the wire as a reply.
pub(super) static REPLIES: ReplyRules = ReplyRules {
    line_end: Rfc::new(5321, "2.3.8"),
    length: Some((512, Rfc::new(5321, "4.5.3.1.5"))),
    seven_bit: Some(Rfc::new(5321, "2.4")),
};

/// Once letters beyond ASCII were offered.
pub(super) static REPLIES_UTF8: ReplyRules = ReplyRules { seven_bit: None, ..REPLIES };
