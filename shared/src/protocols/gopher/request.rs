//! Requests: what is typed, and the one line that goes out for it.
//!
//! Typed is the item type and behind it the selector, octet for octet: `0/readme.txt`, `1`. A tab
//! separates search words (`7/search<TAB>words`) or a Gopher+ request. A gopher URL does as well.

use super::item::{self, Reads, Use};
use super::url::GopherUrl;
use super::{legible, terms};
use crate::explain::{Composer, Rfc, Wire};
use crate::machine::Refused;
use crate::table::Verb;
use crate::text::single_line;

/// RFC 1436 section 3.9.
pub(super) const SELECTOR_LIMIT: usize = 255;

/// The whole line. RFC 1436 limits only the selector; words behind it are a few, and a server
/// must not have to keep more.
pub(super) const LINE_LIMIT: usize = 1024;

/// The servers that the session talks to: host and port as the person, or the socket, names them.
#[derive(Clone, Debug, Default)]
pub(super) struct Here(pub(super) Vec<(String, u16)>);

impl Here {
    pub(super) fn is(&self, host: &str, port: u16) -> bool {
        self.0.iter().any(|(h, p)| h.eq_ignore_ascii_case(host) && *p == port)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Request {
    pub(super) kind: u8,
    pub(super) selector: Vec<u8>,
    pub(super) words: Option<Vec<u8>>,
    /// What follows the selector or the words in the manner of Gopher+.
    pub(super) plus: Option<Vec<u8>>,
}

impl Request {
    /// Reads what was typed.
    pub(super) fn typed(text: &str, here: &Here) -> Result<(&'static Verb, Request), Refused> {
        let text = single_line(text, Rfc::new(1436, "2"))?;
        if text.get(..9).is_some_and(|scheme| scheme.eq_ignore_ascii_case("gopher://")) {
            return Request::of_url(text, here);
        }
        let Some(kind) = text.bytes().next().filter(|b| b.is_ascii_graphic() && !b"/.".contains(b))
        else {
            return Err(malformed(
                "A request begins with the type of the item, because nothing else says how the reply is to be read.",
                "a type and the selector behind it, such as 1 for the root menu or 0/readme.txt for a text",
                Rfc::new(1436, "3.8"),
            ));
        };
        let mut fields = text[1..].splitn(3, '\t').map(|field| field.as_bytes().to_vec());
        let selector = fields.next().unwrap_or_default();
        let (words, plus) = match kind {
            b'7' => (fields.next(), fields.next()),
            _ => (None, fields.next()),
        };
        let request = Request { kind, selector, words, plus };
        let verb = request.check()?;
        match fields.next() {
            Some(_) => Err(a_tab_too_many()),
            None => Ok((verb, request)),
        }
    }

    /// What a line sent without checks asks for, as far as that can be told. `kinds` gives the
    /// type of a selector that a menu had.
    pub(super) fn of_line(line: &[u8], kinds: impl Fn(&[u8]) -> Option<u8>) -> Request {
        let mut fields = line.splitn(3, |octet| *octet == b'\t').map(<[u8]>::to_vec);
        let selector = fields.next().unwrap_or_default();
        let (second, third) = (fields.next(), fields.next());
        let is_plus = |field: &Vec<u8>| matches!(field.first(), Some(b'+' | b'!' | b'$'));
        let (words, plus) = match second {
            Some(field) if is_plus(&field) => (None, Some(field)),
            second => (second, third.filter(is_plus)),
        };
        let kind = match () {
            () if words.is_some() => b'7',
            () if selector.is_empty() => b'1',
            () if selector.starts_with(b"URL:") => b'h',
            () => kinds(&selector).unwrap_or(b'0'),
        };
        Request { kind, selector, words, plus }
    }

    pub(super) fn reads(&self) -> Reads {
        item::reads(self.kind)
    }

    /// As it would be typed, if that is possible.
    pub(super) fn line(&self) -> Option<String> {
        let fields = [Some(&self.selector), self.words.as_ref(), self.plus.as_ref()];
        let fields: Vec<&[u8]> = fields.into_iter().flatten().map(Vec::as_slice).collect();
        let line = String::from_utf8(fields.join(&b'\t')).ok()?;
        Some(format!("{}{line}", char::from(self.kind)))
    }

    /// The line that goes out.
    pub(super) fn wire(&self) -> Wire {
        let mut out = Composer::new();
        out.put(&terms::SELECTOR, &self.selector);
        if let Some(words) = &self.words {
            out.put(&terms::TAB, b"\t").put(&terms::WORDS, words);
        }
        if let Some(plus) = &self.plus {
            out.put(&terms::TAB, b"\t").put(&terms::PLUS_REQUEST, plus);
        }
        out.crlf();
        if self.selector.is_empty() {
            out.note("The selector is empty.");
        }
        out.finish(self.says())
    }

    fn says(&self) -> String {
        let name = legible(&self.selector);
        let what = item::of(self.kind).name;
        match (&self.words, &self.plus) {
            (Some(words), _) => format!("What is there for the words {:?}?", legible(words)),
            (None, Some(plus)) if plus.starts_with(b"!") => {
                format!("What is known of {name:?}? (Gopher+)")
            }
            (None, Some(plus)) if plus.starts_with(b"$") => {
                format!("What is known of each item of {name:?}? (Gopher+)")
            }
            _ if self.selector.is_empty() && self.kind == b'1' => "Your root menu, please.".into(),
            _ => format!("Send me {name:?}; I take it for a {what}."),
        }
    }

    fn of_url(text: &str, here: &Here) -> Result<(&'static Verb, Request), Refused> {
        let url = GopherUrl::parse(text).map_err(|error| {
            malformed(
                &format!("This is no gopher URL. {error}"),
                "gopher://host/, the type and the selector, such as gopher://practice.lab/0/readme.txt",
                Rfc::new(4266, "2.1"),
            )
        })?;
        if !here.is(&url.host, url.port) {
            return Err(elsewhere(&url));
        }
        let words = url.words.filter(|words| url.kind == b'7' || !words.is_empty());
        let words = words.filter(|words| !(words.is_empty() && url.plus.is_some()));
        let request = Request { kind: url.kind, selector: url.selector, words, plus: url.plus };
        Ok((request.check()?, request))
    }

    /// Whether the lab would send it, and by which verb.
    fn check(&self) -> Result<&'static Verb, Refused> {
        let verb = match item::of(self.kind).takes {
            Use::Ask(verb, _) => verb,
            Use::Nothing(why) => {
                return Err(malformed(
                    &format!(
                        "Type {} ({}) is nothing that a Gopher server is asked for: {why}.",
                        char::from(self.kind),
                        item::of(self.kind).name
                    ),
                    "a type that can be fetched, such as 0, 1, 7, 9, g, I or h",
                    Rfc::new(1436, "3.8"),
                ));
            }
        };
        if self.kind == b'h' && self.selector.starts_with(b"URL:") {
            return Err(malformed(
                "This item is a link: what is behind URL: is not on the Gopher server, and no request to it is needed.",
                "to open the URL in a browser, or to send the request anyway, which many servers answer with an HTML page that leads there",
                Rfc::new(1436, "3.8"),
            ));
        }
        match (self.kind, &self.words) {
            (b'7', None) => return Err(no_words()),
            (b'7', Some(words)) if words.is_empty() => return Err(no_words()),
            (b'7', Some(_)) | (_, None) => {}
            (_, Some(_)) => return Err(a_tab_too_many()),
        }
        if self.plus.as_ref().is_some_and(|plus| {
            !matches!(plus.first(), Some(b'+' | b'!' | b'$')) || plus.contains(&b'\t')
        }) {
            return Err(a_tab_too_many());
        }
        let too_long = |what, octets, limit| {
            Err(Refused::TooLong { what, octets, limit, rule: Rfc::new(1436, "3.9") })
        };
        let line = self.wire().bytes.len();
        match self.selector.len() {
            octets @ 256.. => too_long("selector", octets, SELECTOR_LIMIT),
            _ if line > LINE_LIMIT => too_long("request", line, LINE_LIMIT),
            _ => Ok(verb),
        }
    }
}

fn no_words() -> Refused {
    malformed(
        "A search needs words; without them the server has nothing to look for.",
        "a tab and the words behind the selector, such as 7/search<TAB>gopher; in a gopher URL the tab is %09",
        Rfc::new(1436, "3.7"),
    )
}

fn a_tab_too_many() -> Refused {
    malformed(
        "There is a tab in it. A tab ends the selector, so no selector can hold one.",
        "a tab only before the words of a search, or before a Gopher+ request, which begins with +, ! or $",
        Rfc::new(1436, "2"),
    )
}

fn elsewhere(url: &GopherUrl) -> Refused {
    let service = item::other_service(url.port).map_or_else(String::new, |service| {
        format!(
            " Port {} belongs to {service}, whose server would take the selector for a command: that is how gopher URLs have been used to attack other servers.",
            url.port
        )
    });
    malformed(
        &format!(
            "This item is on another server, {} port {}, and the lab does not go there unasked.{service}",
            url.host, url.port
        ),
        "an item of this server; to fetch the other one, choose its server as a real server first",
        Rfc::new(1436, "2"),
    )
}

fn malformed(what: &str, expected: &str, rule: Rfc) -> Refused {
    Refused::Malformed { what: what.into(), expected: expected.into(), rule }
}
