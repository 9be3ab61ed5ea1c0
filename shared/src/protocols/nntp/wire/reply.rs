//! The first line of a reply. Which arguments it has depends on its code alone.

use super::super::terms;
use crate::explain::Scanner;
use crate::table::{Rule, Verb};
use crate::text::capitalized;
use crate::text::reply::{Grammar, Names, Replies};

static NAMES: Names = Names { code: &terms::CODE, more: &terms::TEXT, text: &terms::TEXT };

/// Puts reply lines together with their meaning.
pub(in super::super) fn replies() -> Replies {
    Replies::new(Grammar::Nntp, NAMES, explain)
}

/// The words of a reply's text; empty where there are fewer.
pub(in super::super) fn first_words(text: &str) -> [&str; 4] {
    let mut words = text.split([' ', '\t']).filter(|word| !word.is_empty());
    core::array::from_fn(|_| words.next().unwrap_or_default())
}

/// The reply in one line of words.
pub(in super::super) fn says(
    verb: Option<&'static Verb>,
    rule: Option<&'static Rule>,
    code: u16,
    text: &str,
) -> String {
    let [first, second, third, fourth] = first_words(text);
    let name = verb.map_or("", |verb| verb.name);
    let article = || match first {
        "0" | "" => second.to_string(),
        first if first.starts_with('<') => first.to_string(),
        number => format!("{number}, {second}"),
    };
    match (code, name) {
        (200, "(greeting)") => "The server greets and takes articles from you.".into(),
        (201, "(greeting)") => "The server greets. You can read, but not post.".into(),
        (111, _) if first.len() >= 14 && first.is_ascii() => format!(
            "The server's clock says {}-{}-{} {}:{}:{} UTC.",
            &first[..4],
            &first[4..6],
            &first[6..8],
            &first[8..10],
            &first[10..12],
            &first[12..14]
        ),
        (211, _) if !fourth.is_empty() => {
            let follow = if name == "LISTGROUP" { " The numbers follow." } else { "" };
            match is_empty(text) {
                true => format!("{fourth} is empty.{follow}"),
                false if second == third => {
                    format!("{fourth} has one article, number {second}.{follow}")
                }
                false => format!(
                    "{fourth} has about {first} articles, numbered from {second} to {third}.{follow}"
                ),
            }
        }
        (220, _) => format!("Article {} follows, header and body.", article()),
        (221, "HEAD") => format!("The header of article {} follows.", article()),
        (222, _) => format!("The body of article {} follows.", article()),
        (223, "NEXT" | "LAST") => format!("Article {} is the current one now.", article()),
        (223, "STAT") => format!("Article {} is there.", article()),
        (480, _) => "Log in with AUTHINFO first, then ask again.".into(),
        _ => match rule {
            Some(rule) if code >= 400 => format!("{}: {text}", capitalized(rule.says)),
            Some(rule) => format!("{}.", capitalized(rule.says)),
            None => digit(code).into(),
        },
    }
}

/// Whether a reply to GROUP tells of an empty group: `0 0 0`, high below low, or no article
/// between whatever marks (RFC 3977 section 6.1.1.2).
pub(in super::super) fn is_empty(text: &str) -> bool {
    let [count, low, high, _] = first_words(text);
    let number = |word: &str| word.parse::<u64>().ok();
    match (number(count), number(low), number(high)) {
        (Some(0), ..) => true,
        (_, Some(low), Some(high)) => high < low,
        _ => false,
    }
}

fn explain(scan: &mut Scanner<'_>, code: u16, _: usize) {
    match code {
        111 => {
            scan.take_while(&terms::DATE_TIME, |b| b.is_ascii_digit());
        }
        211 => {
            let numbers = [&terms::COUNT, &terms::LOW, &terms::HIGH];
            let whole = numbers.iter().all(|term| {
                !scan.take_while(term, |b| b.is_ascii_digit()).is_empty() && scan.spaces()
            });
            if whole {
                scan.word(&terms::GROUP_NAME);
            }
        }
        220..=223 => {
            if !scan.take_while(&terms::NUMBER, |b| b.is_ascii_digit()).is_empty() {
                scan.spaces();
            }
            id(scan);
        }
        235 | 238..=240 | 431 | 435..=439 => id(scan),
        283 | 383 => {
            let n = scan.rest().iter().take_while(|b| **b != b' ').count();
            scan.take_secret(&terms::CHALLENGE, n);
        }
        401 => {
            scan.word(&terms::LABEL);
        }
        _ => {}
    }
    if !scan.rest().is_empty() {
        scan.spaces();
    }
}

fn id(scan: &mut Scanner<'_>) {
    if scan.rest().starts_with(b"<") {
        scan.word(&terms::MESSAGE_ID);
    }
}

/// The first digit tells how it went, even if nobody knows the code (RFC 3977 section 3.2).
fn digit(code: u16) -> &'static str {
    match code / 100 {
        1 => "Information. The lab does not know this code.",
        2 => "Done. The lab does not know this code.",
        3 => "Go on. The lab does not know this code.",
        4 => "It failed this time. The lab does not know this code.",
        _ => "Refused. The lab does not know this code.",
    }
}
