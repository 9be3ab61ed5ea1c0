//! What the URL's fragment says: which protocol, with which server.

use crate::text::t;
use shared::faults::{self, Fault};
use shared::lesson::is_parcel;
use shared::protocols::{self, Protocol};

/// Where the server is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// The practice server inside the page.
    #[default]
    Page,
    /// The relay's practice server, on a real port.
    Relay,
    /// A real server, through the relay.
    Real { host: String, port: u16 },
}

/// What the page shows.
#[derive(Clone, PartialEq)]
pub enum Place {
    /// A protocol's lab.
    Lab(Route),
    /// The same for a projector.
    Stage(Route),
    /// Two desks with sockets.
    Bench,
}

impl Place {
    pub const BENCH: &str = "#/socket";

    /// Reads `#/socket`, or what [`Route::parse`] reads.
    pub fn parse(fragment: &str) -> Result<Place, String> {
        let path = fragment.split('?').next().unwrap_or_default().trim_start_matches('#');
        if path.trim_start_matches('/') == "socket" {
            return Ok(Place::Bench);
        }
        let route = Route::parse(fragment)?;
        Ok(if is_stage(fragment) { Place::Stage(route) } else { Place::Lab(route) })
    }

    pub fn route(&self) -> Option<&Route> {
        match self {
            Place::Lab(route) | Place::Stage(route) => Some(route),
            Place::Bench => None,
        }
    }

    /// The same fragment, for the stage or for the page.
    pub fn with_stage(fragment: &str, stage: bool) -> String {
        let (path, query) = fragment.split_once('?').unwrap_or((fragment, ""));
        let path = if path.trim_start_matches('#').is_empty() { "#/smtp" } else { path };
        let others = query.split('&').filter(|pair| !pair.is_empty() && *pair != STAGE);
        let pairs: Vec<&str> = others.chain(stage.then_some(STAGE)).collect();
        if pairs.is_empty() { path.into() } else { format!("{path}?{}", pairs.join("&")) }
    }
}

const STAGE: &str = "view=stage";

fn is_stage(fragment: &str) -> bool {
    fragment.split_once('?').is_some_and(|(_, query)| query.split('&').any(|pair| pair == STAGE))
}

/// The lesson that an address asks for, such as `smtp/tutorial-1-send-a-mail`.
pub fn lesson_in(fragment: &str) -> Option<String> {
    let (path, query) = fragment.split_once('?')?;
    let lesson = query.split('&').find_map(|pair| pair.strip_prefix("lesson="))?;
    let own = path.trim_start_matches(['#', '/']);
    match lesson {
        "" => None,
        parcel if is_parcel(parcel) => Some(parcel.into()),
        whole if whole.contains('/') => Some(decode(whole)),
        name => Some(decode(&format!("{own}/{name}"))),
    }
}

/// An address with this lesson beside it.
pub fn with_lesson(fragment: &str, lesson: &str) -> String {
    let own = fragment.split('?').next().unwrap_or_default().trim_start_matches(['#', '/']);
    let own = lesson.strip_prefix(own).and_then(|rest| rest.strip_prefix('/'));
    let mark = if fragment.contains('?') { '&' } else { '?' };
    format!("{fragment}{mark}lesson={}", own.unwrap_or(lesson))
}

#[derive(Clone)]
pub struct Route {
    pub protocol: &'static Protocol,
    pub target: Target,
    /// What goes wrong on purpose at the practice server in the page.
    pub fault: Option<&'static Fault>,
}

impl PartialEq for Route {
    fn eq(&self, other: &Route) -> bool {
        self.protocol.id == other.protocol.id
            && self.target == other.target
            && self.fault == other.fault
    }
}

impl Route {
    /// Where a visitor lands: the mail that SMTP sends is what the others read.
    pub fn landing() -> Route {
        Route::practice(protocols::by_id("smtp").unwrap_or(protocols::ALL[0]))
    }

    /// Where a visitor lands whose address is wrong: with the protocol that it names, if it does.
    pub fn near(fragment: &str) -> Route {
        let id = fragment.split('?').next().unwrap_or_default().trim_start_matches(['#', '/']);
        protocols::by_id(id).map_or_else(Route::landing, Route::practice)
    }

    /// The practice server in the page, with nothing wrong.
    pub fn practice(protocol: &'static Protocol) -> Route {
        Route::to(protocol, Target::Page)
    }

    pub fn to(protocol: &'static Protocol, target: Target) -> Route {
        Route { protocol, target, fault: None }
    }

    /// The practice server in the page with this fault, if it fits.
    pub fn broken(protocol: &'static Protocol, fault: Option<&'static Fault>) -> Route {
        let fault = fault.filter(|fault| fault.fits(protocol));
        Route { fault, ..Route::practice(protocol) }
    }

    /// Reads `#/pop3?server=relay`, `#/smtp?fault=greylist` or `#/ftp?host=127.0.0.1&port=2121`. The sentence says what
    /// was wrong with a fragment that is neither.
    pub fn parse(fragment: &str) -> Result<Route, String> {
        let fragment = fragment.trim_start_matches('#').trim_start_matches('/');
        let (id, query) = fragment.split_once('?').unwrap_or((fragment, ""));
        if id.is_empty() {
            return Ok(Route::landing());
        }
        let Some(protocol) = protocols::by_id(id) else {
            let known: Vec<_> = protocols::ALL.iter().map(|protocol| protocol.id).collect();
            return Err(t!("address-protocol", name = id, known = &known.join(", ")));
        };
        let mut target = Target::Page;
        let (mut host, mut port, mut fault) = (None, protocol.port, None);
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match (name, value) {
                ("server", "relay") => target = Target::Relay,
                ("server", "page") => target = Target::Page,
                ("server", other) => {
                    return Err(t!("address-server", name = other));
                }
                ("fault", "") => {}
                ("fault", name) => fault = Some(faults::named(&decode(name), protocol)?),
                ("host", value) => host = Some(decode(value)),
                ("port", value) => {
                    port = value
                        .parse()
                        .ok()
                        .filter(|port| *port > 0)
                        .ok_or_else(|| t!("address-port", value = value))?;
                }
                _ => {}
            }
        }
        if let Some(host) = host.filter(|host| !host.is_empty()) {
            target = Target::Real { host, port };
        }
        if let Some(fault) = fault.filter(|_| target != Target::Page) {
            return Err(format!(
                "The address asks for the fault {} and for a server outside the page; faults are for the practice server in the page. Leave one of the two out.",
                fault.id
            ));
        }
        Ok(Route { protocol, target, fault })
    }

    pub fn fragment(&self) -> String {
        let id = self.protocol.id;
        match &self.target {
            Target::Page => match self.fault {
                Some(fault) => format!("#/{id}?fault={}", fault.id),
                None => format!("#/{id}"),
            },
            Target::Relay => format!("#/{id}?server=relay"),
            Target::Real { host, port } => format!("#/{id}?host={}&port={port}", encode(host)),
        }
    }

    /// The server as a person would write it.
    pub fn server(&self) -> String {
        match &self.target {
            Target::Page | Target::Relay => {
                format!("{}:{}", shared::world::HOST, self.protocol.port)
            }
            Target::Real { host, port } if host.contains(':') => format!("[{host}]:{port}"),
            Target::Real { host, port } => format!("{host}:{port}"),
        }
    }
}

fn decode(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&first, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|two| core::str::from_utf8(two).ok());
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b':' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_comes_back_from_its_fragment() {
        let real = |host: &str, port| Target::Real { host: host.into(), port };
        for target in [Target::Page, Target::Relay, real("127.0.0.1", 2121), real("::1", 110)] {
            for protocol in protocols::ALL {
                let route = Route::to(protocol, target.clone());
                assert!(Route::parse(&route.fragment()).is_ok_and(|again| again == route));
            }
        }
        for protocol in protocols::ALL {
            for fault in faults::of(protocol) {
                let route = Route::broken(protocol, Some(fault));
                assert!(Route::parse(&route.fragment()).is_ok_and(|again| again == route));
            }
        }
        assert!(Route::parse("").is_ok_and(|route| route.target == Target::Page));
    }

    #[test]
    fn the_bench_has_an_address_of_its_own() {
        assert!(Place::parse(Place::BENCH).is_ok_and(|place| place == Place::Bench));
        assert!(Place::parse("#/socket?x=1").is_ok_and(|place| place == Place::Bench));
        assert!(Place::parse("#/pop3").is_ok_and(|place| place != Place::Bench));
    }

    #[test]
    fn the_stage_is_the_same_route_in_another_look() {
        for fragment in ["#/pop3", "#/ftp?server=relay", "#/smtp?host=127.0.0.1&port=2525"] {
            let on_stage = Place::with_stage(fragment, true);
            let (lab, stage) = (Place::parse(fragment), Place::parse(&on_stage));
            let (Ok(Place::Lab(route)), Ok(Place::Stage(same))) = (lab, stage) else {
                panic!("{fragment} and {on_stage}")
            };
            assert!(route == same);
            assert_eq!(Place::with_stage(&on_stage, true), on_stage);
            assert_eq!(Place::with_stage(&on_stage, false), fragment);
        }
        assert_eq!(Place::with_stage("", true), "#/smtp?view=stage");
    }

    #[test]
    fn a_lesson_stands_beside_any_address() {
        let id = "smtp/tutorial-1-send-a-mail";
        for (fragment, address) in [
            ("#/smtp", "#/smtp?lesson=tutorial-1-send-a-mail"),
            ("#/pop3", "#/pop3?lesson=smtp/tutorial-1-send-a-mail"),
            ("#/smtp?server=relay", "#/smtp?server=relay&lesson=tutorial-1-send-a-mail"),
        ] {
            assert_eq!(with_lesson(fragment, id), address);
            assert_eq!(lesson_in(address).as_deref(), Some(id));
            assert!(Route::parse(address).is_ok_and(|route| route.fragment() == fragment));
        }
        let parcel = shared::lesson::pack("any text");
        let address = with_lesson("#/pop3?server=relay", &parcel);
        assert_eq!(lesson_in(&address), Some(parcel));
        assert_eq!(lesson_in("#/socket?lesson=weird-1-x").as_deref(), Some("socket/weird-1-x"));
        assert_eq!(lesson_in("#/smtp?lesson="), None);
    }

    #[test]
    fn a_wrong_fragment_says_what_was_expected() {
        for (fragment, word) in [
            ("#/xyz", "speaks"),
            ("#/pop3?port=0&host=a", "65535"),
            ("#/pop3?server=x", "relay"),
            ("#/pop3?fault=greylist", "drop-at-retr"),
            ("#/smtp?fault=greylist&server=relay", "Leave one of the two out"),
        ] {
            let sentence = Route::parse(fragment).err().unwrap_or_default();
            assert!(sentence.contains(word), "{fragment}: {sentence}");
        }
    }
}
