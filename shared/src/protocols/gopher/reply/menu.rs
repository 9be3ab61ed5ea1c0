//! Menus: one item a line.

use super::super::item::{self, Use};
use super::super::request::Here;
use super::super::url::GopherUrl;
use super::super::{legible, terms};
use crate::explain::Scanner;
use crate::machine::Note;

/// Items that are remembered of a menu; it is shown whole all the same.
const ITEMS_LIMIT: usize = 500;

/// RFC 1436 section 3.9.
const DISPLAY_LIMIT: usize = 70;

/// One item that can be fetched.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Item {
    pub(in super::super) kind: u8,
    pub(in super::super) display: String,
    pub(in super::super) selector: Vec<u8>,
    pub(in super::super) host: String,
    pub(in super::super) port: u16,
    /// On the server that this session talks to.
    pub(in super::super) here: bool,
}

impl Item {
    /// What would be typed to fetch it.
    pub(in super::super) fn typed(&self) -> String {
        let selector = core::str::from_utf8(&self.selector).ok();
        let plain = selector.filter(|s| {
            let url = self.kind == b'g' && s.starts_with("opher://");
            self.here && !url && !s.contains(char::is_control)
        });
        match plain {
            Some(selector) if self.kind == b'7' => format!("7{selector}\t"),
            Some(selector) => format!("{}{selector}", char::from(self.kind)),
            None => GopherUrl {
                host: self.host.clone(),
                port: self.port,
                kind: self.kind,
                selector: self.selector.clone(),
                words: (self.kind == b'7').then(Vec::new),
                plus: None,
            }
            .to_string(),
        }
    }
}

/// What a menu held, and what was wrong with it.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Menu {
    pub(super) here: Here,
    pub(in super::super) items: Vec<Item>,
    /// Lines by what they are.
    pub(super) count: u64,
    pub(super) info: u64,
    pub(super) errors: Vec<String>,
    /// Other servers that items are on.
    elsewhere: Vec<String>,
    not_items: u64,
    bad_ports: u64,
    short: u64,
    /// Lines to be read that are only that, without fields.
    no_fields: u64,
    long_names: u64,
    long_selectors: u64,
    /// Copies of nothing.
    orphans: u64,
    /// Other services whose ports items lead to.
    services: Vec<&'static str>,
    /// The type of the last item, for the copies of it that may follow.
    above: Option<u8>,
}

impl Menu {
    pub(super) fn new(here: Here) -> Menu {
        Menu { here, ..Menu::default() }
    }

    /// Reads a whole menu.
    #[cfg(test)]
    pub(in super::super) fn of(text: &str, here: Here) -> Menu {
        let mut menu = Menu::new(here);
        for line in text.split_inclusive("\r\n") {
            menu.line(&mut Scanner::new(line.as_bytes()));
        }
        menu
    }

    /// Explains one line; its end is taken for it.
    pub(super) fn line(&mut self, scan: &mut Scanner<'_>) {
        let rest = scan.rest();
        let Some(&code) = rest.first() else {
            self.not_items += 1;
            return;
        };
        let readable = matches!(code, b'i' | b'3');
        if code != b'i' && !rest.contains(&b'\t') {
            scan.line(&terms::NOT_AN_ITEM);
            self.not_items += 1;
            return;
        }
        self.no_fields += u64::from(code == b'i' && !rest.contains(&b'\t'));
        let kind = item::of(code);
        scan.take(kind.term, 1);
        if kind.term == &terms::OTHER_TYPE {
            scan.note(format!("{}: {}.", legible(&[code]), kind.name));
        }
        let display = legible(field(scan, &terms::DISPLAY));
        if display.chars().count() >= DISPLAY_LIMIT && code != b'i' {
            scan.note("Longer than RFC 1436 allows; clients may cut it.");
            self.long_names += 1;
        }
        self.count_line(code, &display);
        if readable {
            while tab(scan) {
                field(scan, &terms::DUMMY);
            }
            return;
        }
        let link = rest.split(|b| *b == b'\t').nth(1).filter(|s| s.starts_with(b"URL:"));
        tab(scan);
        let selector = field(scan, if link.is_some() { &terms::LINK } else { &terms::SELECTOR });
        if selector.len() > super::super::request::SELECTOR_LIMIT {
            scan.note("Longer than the 255 octets that RFC 1436 allows.");
            self.long_selectors += 1;
        }
        let whole = tab(scan);
        let host = legible(field(scan, &terms::HOST));
        if !(whole && tab(scan)) {
            self.short += 1;
            scan.note("The line ends before its four fields are complete.");
            return;
        }
        let port = self.port(scan);
        while tab(scan) {
            let mark = matches!(scan.rest(), [b'+' | b'?'] | [b'+' | b'?', b'\t', ..]);
            field(scan, if mark { &terms::PLUS_FIELD } else { &terms::EXTRA_FIELD });
        }
        self.orphans += u64::from(code == b'+' && self.above.is_none());
        let kind = if code == b'+' { self.above.unwrap_or(code) } else { code };
        self.above = Some(kind);
        let Some(port) = port.filter(|_| link.is_none()) else { return };
        let here = self.here.is(&host, port);
        let asks = matches!(item::of(kind).takes, Use::Ask(..));
        if let Some(service) = item::other_service(port).filter(|_| asks)
            && !self.services.contains(&service)
        {
            self.services.push(service);
        }
        let server = format!("{host} port {port}");
        if !here && !self.elsewhere.contains(&server) && self.elsewhere.len() < ITEMS_LIMIT {
            self.elsewhere.push(server);
        }
        if asks && self.items.len() < ITEMS_LIMIT {
            let selector = selector.to_vec();
            self.items.push(Item { kind, display, selector, host, port, here });
        }
    }

    /// The menu in one line of words.
    pub(super) fn says(&self) -> String {
        match (self.count, self.info, self.errors.first()) {
            (0, 0, Some(error)) => format!("Refused: {error}"),
            (0, 0, None) => "A menu without items.".into(),
            (0, info, _) => format!("{} to be read.", plural(info, "line")),
            (count, 0, _) => format!("{}.", plural(count, "item")),
            (count, info, _) => {
                format!("{} and {} to be read.", plural(count, "item"), plural(info, "line"))
            }
        }
    }

    /// It holds an error and nothing that could be fetched.
    pub(super) fn is_error(&self) -> bool {
        self.count == 0 && !self.errors.is_empty()
    }

    pub(in super::super) fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        let mut warn = |n: u64, text: &str| {
            if n > 0 {
                let lines = plural(n, "line");
                notes.push(Note::warning(format!("{lines} of this menu {text}")).rule(1436, "2"));
            }
        };
        warn(self.not_items, "without a type and fields: no items. The rest can be used.");
        warn(self.short, "without a port: items that cannot be fetched.");
        warn(self.bad_ports, "with something wrong in the port; see its octets.");
        warn(self.orphans, "of type +, another copy of the item above, but there is none above.");
        let mut limit = |n: u64, text: &str| {
            if n > 0 {
                let text = format!("{} of this menu {text}", plural(n, "line"));
                notes.push(Note::warning(text).rule(1436, "3.9"));
            }
        };
        limit(self.long_names, "with a name of 70 characters or more; clients may cut it.");
        limit(
            self.long_selectors,
            "with a selector of more than 255 octets; servers may refuse it.",
        );
        if self.no_fields > 0 {
            let lines = plural(self.no_fields, "line");
            notes.push(
                Note::info(format!(
                    "{lines} to be read without a tab. Every line of a menu has four fields, even those; Python's gopherlib leaves such lines out."
                ))
                .rule(1436, "2"),
            );
        }
        if !self.services.is_empty() {
            notes.push(
                Note::warning(format!(
                    "Items of this menu lead to ports of {}, whose server would take the selector for a command. So menus and gopher URLs have been used to attack.",
                    self.services.join(", ")
                ))
                .rule(4266, "4"),
            );
        }
        if let Some((last, others)) = self.elsewhere.split_last() {
            let names = match others {
                [] => last.clone(),
                [one] => format!("{one} and {last}"),
                [one, ..] => format!("{one} and {} others", others.len()),
            };
            notes.push(
                Note::info(format!(
                    "Items of this menu are on other servers: {names}. A menu may point anywhere; the lab goes there only if you connect to that server."
                ))
                .rule(1436, "2"),
            );
        }
        notes
    }

    fn count_line(&mut self, code: u8, display: &str) {
        match code {
            b'i' => self.info += 1,
            b'3' if self.errors.len() < ITEMS_LIMIT => self.errors.push(display.into()),
            b'3' => {}
            _ => self.count += 1,
        }
    }

    fn port(&mut self, scan: &mut Scanner<'_>) -> Option<u16> {
        let rest = scan.rest();
        let written = rest.split(|b| *b == b'\t').next().unwrap_or_default();
        let without_cr = written.strip_suffix(b"\r").unwrap_or(written);
        scan.take(&terms::PORT, without_cr.len());
        let text = legible(without_cr);
        let digits = text.trim_matches(' ').trim_start_matches('+');
        let number = digits.parse::<u16>().ok().filter(|n| *n > 0);
        let clean = text.bytes().all(|b| b.is_ascii_digit());
        match number {
            None => {
                scan.note("This is no port: a number from 1 to 65535 was expected.");
                self.bad_ports += 1;
            }
            Some(number) if !clean => {
                scan.note(format!("A port is written in digits alone; it is read as {number}."));
                self.bad_ports += 1;
            }
            Some(number) => {
                if let Some(service) = item::other_service(number) {
                    scan.note(format!(
                        "Port {number} belongs to {service}, whose server would take the selector for a command."
                    ));
                }
            }
        }
        scan.take(&terms::STRAY_CR, written.len() - without_cr.len());
        number
    }
}

/// Takes everything up to the next tab.
fn field<'a>(scan: &mut Scanner<'a>, term: &'static crate::explain::Term) -> &'a [u8] {
    scan.take_while(term, |b| b != b'\t')
}

/// Takes a tab; tells whether there was one.
fn tab(scan: &mut Scanner<'_>) -> bool {
    let there = scan.rest().first() == Some(&b'\t');
    if there {
        scan.take(&terms::TAB, 1);
    }
    there
}

pub(super) fn plural(n: u64, one: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{n} {one}{s}")
}
