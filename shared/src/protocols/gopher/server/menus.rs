//! Menus as they go out.

use crate::explain::{Composer, Outcome, Term, Wire};
use crate::protocols::gopher::request::SELECTOR_LIMIT;
use crate::protocols::gopher::{PORT, item, terms};

/// RFC 1436 section 3.9: fewer than 70 characters.
const DISPLAY: usize = 69;

/// Where the items are: the server as its visitor reaches it.
#[derive(Clone, Debug)]
pub(super) struct Home {
    pub(super) host: String,
    pub(super) port: u16,
}

pub(super) enum Line {
    Info(String),
    Item {
        kind: u8,
        name: String,
        selector: String,
    },
    /// The root menu of another server: type, name, host.
    Elsewhere(u8, String, String),
    /// A Telnet session on this host.
    Telnet(String),
}

impl Line {
    pub(super) fn item(kind: u8, name: &str, selector: &str) -> Line {
        Line::Item { kind, name: name.into(), selector: selector.into() }
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Line::Info(name) | Line::Telnet(name) | Line::Elsewhere(_, name, _) => name,
            Line::Item { name, .. } => name,
        }
    }
}

/// Whether a menu can hold this selector.
pub(super) fn fits(selector: &str) -> bool {
    selector.len() <= SELECTOR_LIMIT && !selector.contains(char::is_control)
}

pub(super) fn compose(lines: &[Line], home: &Home) -> Wire {
    let mut out = Composer::new();
    for line in lines {
        let name = line.name();
        match line {
            Line::Info(_) => filler(&mut out, b'i', name),
            Line::Item { kind, selector, .. } => {
                put(&mut out, *kind, name, selector, (&home.host, home.port));
            }
            Line::Elsewhere(kind, _, host) => put(&mut out, *kind, name, "", (host, PORT)),
            Line::Telnet(_) => put(&mut out, b'8', name, "student", (&home.host, 23)),
        }
    }
    end(out).finish("The menu.")
}

/// A menu that only says what went wrong: an error has no other form.
pub(super) fn refusal(why: &str) -> Wire {
    let mut out = Composer::new();
    out.outcome(Outcome::Permanent);
    filler(&mut out, b'3', why);
    end(out).finish("Refused.")
}

fn put(out: &mut Composer, kind: u8, name: &str, selector: &str, (host, port): (&str, u16)) {
    out.put(item::of(kind).term, [kind]).put(&terms::DISPLAY, display(name));
    tab(out, &terms::SELECTOR, selector);
    tab(out, &terms::HOST, host);
    tab(out, &terms::PORT, &port.to_string());
    out.crlf();
}

/// A line without an item has four fields all the same.
fn filler(out: &mut Composer, kind: u8, text: &str) {
    out.put(item::of(kind).term, [kind]).put(&terms::DISPLAY, display(text));
    tab(out, &terms::DUMMY, "");
    tab(out, &terms::DUMMY, "error.host");
    tab(out, &terms::DUMMY, "1");
    out.crlf();
}

fn tab(out: &mut Composer, term: &'static Term, field: &str) {
    out.put(&terms::TAB, b"\t").put(term, field);
}

fn end(mut out: Composer) -> Composer {
    out.put(&terms::END, b".").crlf();
    out
}

/// Short enough, and without anything that would end the field or the line.
fn display(text: &str) -> String {
    let clean = text.chars().map(|c| if c.is_control() { '?' } else { c });
    if text.chars().count() <= DISPLAY {
        return clean.collect();
    }
    let mut cut: String = clean.take(DISPLAY - 3).collect();
    cut.push_str("...");
    cut
}
