//! One rule of a policy: what it is about, and whether it allows that. Pure.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use serde::Deserialize;

use super::classes::{self, Class, Net, embedded, special};
use super::{Doors, Facts, Host, Reach};

/// What a page asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// To open a TCP connection.
    Connect,
    /// To bind a socket at which others arrive.
    Listen,
    /// To send a datagram.
    Send,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    Tcp,
    Udp,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Allow,
    Deny,
}

/// Matches if each of its lists has something that fits; an empty list fits everything, but for
/// `places` of a rule that allows: there it is global addresses, or the loopback to listen at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    pub name: String,
    pub verdict: Verdict,
    pub places: Vec<Place>,
    pub hosts: Vec<Pattern>,
    pub ports: Vec<Ports>,
    pub protocol: Option<Protocol>,
    pub actions: Vec<Action>,
    /// Said to who is refused; empty if the rule allows.
    pub why: String,
    pub(crate) reach: Option<Reach>,
}

/// Where an address is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    Net(Net),
    Class(Special),
    /// What everybody on the internet can reach, and not at the relay's own machine.
    Global,
    Special,
    Any,
    /// The relay's own machine, under any of its addresses.
    Machine,
    /// The practice servers, and where they wait for a data connection.
    Practice,
    /// What pages have opened with this relay.
    Pages,
    /// Whoever wrote first to this UDP socket from the relay's own machine.
    Correspondents,
    /// The relay's own ports.
    Relay,
    /// A port of a practice server, at any address: to listen at.
    PracticePorts,
    /// Port 0, and the unspecified address.
    Nowhere,
}

/// One of the classes of special addresses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Special(pub(crate) &'static Class);

/// What a page named to be connected to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pattern {
    Name(String),
    /// `*.` and this name: all names below.
    Below(String),
    /// No name, but the address itself.
    Address,
}

/// A port, or all from one to another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ports {
    pub first: u16,
    pub last: u16,
}

/// What a rule is asked about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) action: Action,
    pub(crate) protocol: Protocol,
    /// The name that the address is one of; `None` if the page gave the address itself.
    pub(crate) host: Option<&'a str>,
    /// Canonical.
    pub(crate) address: SocketAddr,
    pub(crate) reach: Reach,
    /// Somebody at this address wrote first.
    pub(crate) known: bool,
}

impl Rule {
    pub fn new(name: &str, verdict: Verdict) -> Rule {
        Rule {
            name: name.to_owned(),
            verdict,
            places: Vec::new(),
            hosts: Vec::new(),
            ports: Vec::new(),
            protocol: None,
            actions: Vec::new(),
            why: String::new(),
            reach: None,
        }
    }

    pub(crate) fn matches(&self, ask: &Ask, facts: &Facts, doors: &Doors) -> bool {
        let port = ask.address.port();
        (self.ports.is_empty() || self.ports.iter().any(|ports| ports.contain(port)))
            && self.reach.is_none_or(|reach| reach == ask.reach)
            && self.fits(ask, facts, doors)
    }

    /// As [`Rule::matches`], for some port.
    pub(crate) fn fits(&self, ask: &Ask, facts: &Facts, doors: &Doors) -> bool {
        (self.actions.is_empty() || self.actions.contains(&ask.action))
            && self.protocol.is_none_or(|protocol| protocol == ask.protocol)
            && self.has_host(ask.host)
            && self.is_there(ask, facts, doors)
            && !self.opens_to_all(ask)
    }

    pub(crate) fn has_host(&self, name: Option<&str>) -> bool {
        self.hosts.is_empty() || self.hosts.iter().any(|pattern| pattern.matches(name))
    }

    /// Everything that it is about is on the relay's own machine.
    pub(crate) fn is_local(&self) -> bool {
        let local = [Place::Practice, Place::Pages, Place::Correspondents];
        !self.places.is_empty() && self.places.iter().all(|place| local.contains(place))
    }

    /// No rule opens a socket to everyone who reaches this machine.
    fn opens_to_all(&self, ask: &Ask) -> bool {
        self.verdict == Verdict::Allow
            && ask.action == Action::Listen
            && ask.reach == Reach::Anyone
            && !ask.address.ip().is_loopback()
    }

    fn is_there(&self, ask: &Ask, facts: &Facts, doors: &Doors) -> bool {
        let holds = |place: &Place| match self.verdict {
            Verdict::Allow => place.holds(ask, facts, doors),
            // What an address carries inside may be where it leads.
            Verdict::Deny => {
                let inside = embedded(ask.address.ip()).into_iter().map(IpAddr::from);
                let mut all = std::iter::once(ask.address.ip()).chain(inside);
                all.any(|ip| {
                    let address = SocketAddr::new(ip, ask.address.port());
                    place.holds(&Ask { address, ..*ask }, facts, doors)
                })
            }
        };
        match (self.places.is_empty(), self.verdict, ask.action) {
            (false, ..) => self.places.iter().any(holds),
            (true, Verdict::Deny, _) => true,
            (true, Verdict::Allow, Action::Listen) => ask.address.ip().is_loopback(),
            (true, Verdict::Allow, _) => holds(&Place::Global),
        }
    }
}

impl Place {
    fn holds(&self, ask: &Ask, facts: &Facts, doors: &Doors) -> bool {
        let (ip, port) = (ask.address.ip(), ask.address.port());
        match self {
            Place::Net(net) => net.contains(ip),
            Place::Class(Special(class)) => class.contains(ip),
            Place::Global => special(ip).is_none() && !(facts.here)(ip),
            Place::Special => special(ip).is_some(),
            Place::Any => true,
            Place::Machine => ip.is_loopback() || (facts.here)(ip),
            Place::Practice => {
                let is_server = facts.practice.iter().any(|one| one.address == ask.address);
                is_server || doors.data.contains(&ask.address)
            }
            Place::Pages if ask.action == Action::Send => {
                ip.is_loopback() && doors.udp.contains(&ask.address)
            }
            Place::Pages => doors.listeners.contains(&ask.address),
            Place::Correspondents => ip.is_loopback() && ask.known,
            Place::Relay if ask.action == Action::Listen => {
                facts.own.iter().any(|own| own.port() == port)
            }
            Place::Relay => facts.is_own(ask.address),
            Place::PracticePorts => facts.practice.iter().any(|one| one.address.port() == port),
            Place::Nowhere => port == 0 || ip.is_unspecified(),
        }
    }
}

impl Pattern {
    fn matches(&self, name: Option<&str>) -> bool {
        match (self, name) {
            (Pattern::Name(own), Some(name)) => own == name,
            (Pattern::Below(own), Some(name)) => {
                name.strip_suffix(own.as_str()).is_some_and(|rest| rest.ends_with('.'))
            }
            (Pattern::Address, None) => true,
            _ => false,
        }
    }
}

impl Ports {
    pub const fn one(port: u16) -> Ports {
        Ports { first: port, last: port }
    }

    fn contain(self, port: u16) -> bool {
        (self.first..=self.last).contains(&port)
    }
}

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Pattern, String> {
        let (name, below) = text.strip_prefix("*.").map_or((text, false), |name| (name, true));
        let expected = "expected a host name such as pop.example.org, or *.example.org for all \
                        names below";
        match Host::read(name) {
            Ok(Host::Name(name)) if below => Ok(Pattern::Below(name)),
            Ok(Host::Name(name)) => Ok(Pattern::Name(name)),
            Ok(Host::Address(_)) => Err(format!("{text:?} is an address; {expected}")),
            Err(denied) => Err(format!("{denied} It stands for a host: {expected}")),
        }
    }
}

impl FromStr for Ports {
    type Err = String;

    fn from_str(text: &str) -> Result<Ports, String> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let port = |text: &str| text.trim().parse::<u16>().ok();
        match (port(first), port(last)) {
            (Some(first), Some(last)) if first <= last => Ok(Ports { first, last }),
            _ => Err(format!(
                "{text:?} is no port; expected one from 0 to 65535, or a range such as \
                 \"6000-6063\""
            )),
        }
    }
}

/// The places that a file may name.
const PLACES: [(&str, Place); 8] = [
    ("any", Place::Any),
    ("global", Place::Global),
    ("special", Place::Special),
    ("machine", Place::Machine),
    ("practice", Place::Practice),
    ("pages", Place::Pages),
    ("correspondents", Place::Correspondents),
    ("relay", Place::Relay),
];

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Place, String> {
        if let Some((_, place)) = PLACES.iter().find(|(name, _)| *name == text) {
            return Ok(*place);
        }
        if let Some(class) = classes::named(text) {
            return Ok(Place::Class(Special(class)));
        }
        if text.contains(['.', ':', '/']) {
            return text.parse().map(Place::Net);
        }
        let words = PLACES.iter().map(|(name, _)| *name);
        let words = words.chain(classes::CLASSES.iter().map(|class| class.id));
        let words: Vec<_> = words.map(|word| format!("`{word}`")).collect();
        Err(format!(
            "unknown address `{text}`, expected a network such as 192.168.1.0/24, or one of {}",
            words.join(", ")
        ))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Net(net) => net.fmt(f),
            Place::Class(Special(class)) => f.write_str(class.id),
            Place::PracticePorts => f.write_str("practice"),
            Place::Nowhere => f.write_str("nowhere"),
            other => {
                let named = PLACES.iter().find(|(_, place)| place == other);
                f.write_str(named.map_or("", |(name, _)| name))
            }
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pattern::Name(name) => f.write_str(name),
            Pattern::Below(name) => write!(f, "*.{name}"),
            Pattern::Address => f.write_str("(by address)"),
        }
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.first == self.last {
            true => self.first.fmt(f),
            false => write!(f, "{}-{}", self.first, self.last),
        }
    }
}
