//! Where the relay may connect to, listen, and send datagrams. Pure: the caller resolves, asks about
//! every address, and uses exactly the address that was allowed.
//!
//! * `host`: what a typed host means; `classes`: what kind of address an address is
//! * `rules`: one rule; `named`: the four policies as lists of them; `table`: a list to read

mod classes;
mod host;
mod named;
mod rules;
mod table;

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

#[cfg(test)]
pub(crate) use classes::CLASSES;
pub use classes::Net;
pub(crate) use host::Host;
pub use named::{Parameters, PolicyName};
pub use rules::{Action, Pattern, Place, Ports, Protocol, Rule, Verdict};
pub use table::Table;

use classes::special;
use rules::Ask;

/// The name under which the page finds the practice servers.
pub const PRACTICE_HOST: &str = "practice.lab";

/// A practice server: where it listens, and the port its protocol usually has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Practice {
    pub(crate) standard_port: u16,
    pub(crate) address: SocketAddr,
}

/// What a policy knows of its relay.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    /// Where the relay listens: the page, and what else it has for its operator.
    pub(crate) own: Vec<SocketAddr>,
    pub(crate) practice: Vec<Practice>,
    /// The machine's name, which programs connect to after asking `gethostname`.
    pub(crate) hostname: String,
    /// Is this an address of the relay's own machine?
    pub(crate) here: fn(IpAddr) -> bool,
}

/// A list of rules, and the relay that they are for.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) name: &'static str,
    /// What it means, for WELCOME.
    pub(crate) sentence: String,
    rules: Vec<Rule>,
    facts: Arc<Facts>,
}

/// What is open right now, beside the practice servers.
#[derive(Clone, Default, Debug)]
pub(crate) struct Doors {
    /// Where practice servers wait for a data connection.
    pub(crate) data: BTreeSet<SocketAddr>,
    /// Where pages listen.
    pub(crate) listeners: BTreeSet<SocketAddr>,
    /// Where pages have UDP sockets.
    pub(crate) udp: BTreeSet<SocketAddr>,
}

/// Who can reach a socket that a page wants bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reach {
    Anyone,
    /// One address.
    One,
    /// The peer of a stream, at the address that the stream has: it was allowed to be opened.
    Peer,
}

/// How to come from a host and a port to addresses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Route {
    /// A practice server; already allowed.
    Practice(SocketAddr),
    /// An address; ask [`Policy::check`].
    Address(SocketAddr),
    /// A name; resolve it once and ask [`Policy::check`] about every address.
    Resolve(String),
}

/// How to come from a host to what a page may know of its addresses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Lookup {
    Known(BTreeSet<IpAddr>),
    /// Resolve it, and ask [`Policy::may_know`] about every address.
    Resolve(String),
}

/// Not allowed, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Denied(pub(crate) String);

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Policy {
    pub(crate) fn new(name: PolicyName, parameters: &Parameters, facts: Arc<Facts>) -> Policy {
        let (rules, sentence) = (name.rules(parameters), name.sentence(parameters));
        Policy { name: name.name(), sentence, rules, facts }
    }

    /// The same relay under other rules.
    pub(crate) fn replaced(&self, name: PolicyName, parameters: &Parameters) -> Policy {
        Policy::new(name, parameters, Arc::clone(&self.facts))
    }

    pub(crate) fn route(&self, host: Host, port: u16, doors: &Doors) -> Result<Route, Denied> {
        match host {
            Host::Address(ip) => Ok(Route::Address(SocketAddr::new(ip, port))),
            Host::Name(name) if name == PRACTICE_HOST => {
                self.practice_server(port, &doors.data).map(Route::Practice)
            }
            Host::Name(name) => {
                self.may_look_up(&name)?;
                Ok(Route::Resolve(name))
            }
        }
    }

    /// What to do about a host of which only the addresses are asked for.
    pub(crate) fn look_up(&self, host: Host) -> Result<Lookup, Denied> {
        match host {
            Host::Address(ip) => Ok(Lookup::Known(BTreeSet::from([ip]))),
            Host::Name(name) if name == PRACTICE_HOST => {
                let addresses = self.facts.practice.iter().map(|practice| practice.address.ip());
                Ok(Lookup::Known(addresses.collect()))
            }
            Host::Name(name) => {
                self.may_look_up(&name)?;
                Ok(Lookup::Resolve(name))
            }
        }
    }

    /// May a page learn that this name has this address? Only if it might use it, for otherwise it
    /// would learn of the networks behind the relay.
    pub(crate) fn may_know(&self, name: &str, ip: IpAddr, doors: &Doors) -> Result<IpAddr, Denied> {
        let ip = ip.to_canonical();
        if self.is_own_name(name) {
            return Ok(ip);
        }
        let mut refusal = None;
        let uses = [(Action::Connect, Protocol::Tcp), (Action::Send, Protocol::Udp)];
        for (action, protocol) in uses {
            // Any port but one that is nothing.
            let address = SocketAddr::new(ip, 1);
            let host = Some(name);
            let ask = Ask { action, protocol, host, address, reach: Reach::One, known: false };
            let fits = |(_, rule): &(usize, &Rule)| {
                let certain = rule.verdict == Verdict::Allow || rule.ports.is_empty();
                certain && rule.fits(&ask, &self.facts, doors)
            };
            match self.rules.iter().enumerate().find(fits) {
                Some((_, rule)) if rule.verdict == Verdict::Allow => return Ok(ip),
                Some((at, rule)) => {
                    let subject = format!("{name} at {ip}");
                    refusal.get_or_insert_with(|| self.refusal(&subject, Some(ip), at, rule));
                }
                None => {}
            }
        }
        Err(refusal.unwrap_or_else(|| Denied(format!("Nothing allows {name} at {ip}."))))
    }

    /// May this address be dialled? Returns it in the form in which it was judged. `host` is the
    /// name that was resolved to it.
    pub(crate) fn check(
        &self,
        host: Option<&str>,
        address: SocketAddr,
        doors: &Doors,
    ) -> Result<SocketAddr, Denied> {
        let (action, protocol) = (Action::Connect, Protocol::Tcp);
        let address = canonical(address);
        let ask = Ask { action, protocol, host, address, reach: Reach::One, known: false };
        self.judge(&ask, doors)
    }

    /// May a socket of a page be bound here? Returns the address in the form in which it was
    /// judged.
    pub(crate) fn may_bind(
        &self,
        protocol: Protocol,
        at: SocketAddr,
        reach: Reach,
    ) -> Result<SocketAddr, Denied> {
        let action = Action::Listen;
        let address = canonical(at);
        let ask = Ask { action, protocol, host: None, address, reach, known: false };
        self.judge(&ask, &Doors::default())
    }

    /// May a page's UDP socket send to this address? `known` is somebody who wrote first.
    pub(crate) fn may_send(
        &self,
        to: SocketAddr,
        known: bool,
        doors: &Doors,
    ) -> Result<SocketAddr, Denied> {
        let (action, protocol) = (Action::Send, Protocol::Udp);
        let address = canonical(to);
        let ask = Ask { action, protocol, host: None, address, reach: Reach::One, known };
        self.judge(&ask, doors)
    }

    /// The first rule that matches decides.
    fn judge(&self, ask: &Ask, doors: &Doors) -> Result<SocketAddr, Denied> {
        let matches = |(_, rule): &(usize, &Rule)| rule.matches(ask, &self.facts, doors);
        match self.rules.iter().enumerate().find(matches) {
            Some((_, rule)) if rule.verdict == Verdict::Allow => Ok(ask.address),
            Some((at, rule)) => {
                let subject = match ask.host {
                    Some(host) => format!("{host} at {}", ask.address),
                    None => ask.address.to_string(),
                };
                // Where a page listens at its own machine, that is no news.
                let ip = (ask.action != Action::Listen).then_some(ask.address.ip());
                Err(self.refusal(&subject, ip, at, rule))
            }
            None => Err(Denied(format!("Nothing allows {}.", ask.address))),
        }
    }

    /// May this name be looked up? Only if something that it may turn out to be is allowed.
    fn may_look_up(&self, name: &str) -> Result<(), Denied> {
        if self.is_own_name(name) {
            return Ok(());
        }
        let decides = |rule: &Rule| {
            rule.actions != [Action::Listen]
                && rule.has_host(Some(name))
                && match rule.verdict {
                    Verdict::Allow => !rule.is_local(),
                    Verdict::Deny => {
                        let anywhere = rule.places.is_empty() || rule.places.contains(&Place::Any);
                        let all =
                            rule.actions.is_empty() || rule.actions.contains(&Action::Connect);
                        anywhere && all && rule.ports.is_empty() && rule.protocol.is_none()
                    }
                }
        };
        match self.rules.iter().enumerate().find(|(_, rule)| decides(rule)) {
            Some((_, rule)) if rule.verdict == Verdict::Allow => Ok(()),
            Some((at, rule)) => Err(self.refusal(name, None, at, rule)),
            None => Err(Denied(format!("Nothing allows {name}."))),
        }
    }

    fn refusal(&self, subject: &str, ip: Option<IpAddr>, at: usize, rule: &Rule) -> Denied {
        let kind = ip.and_then(special).map(|special| format!(" {special}.")).unwrap_or_default();
        let why = match rule.why.trim_end_matches('.') {
            "" => "The relay was told not to allow it",
            why => why,
        };
        let (name, number) = (&rule.name, at + 1);
        let policy = self.name;
        let dash = if kind.is_empty() { ":" } else { "" };
        Denied(format!(
            "{subject}{dash}{kind} {why}. Refused by rule {number} `{name}` of policy `{policy}`."
        ))
    }

    fn is_own_name(&self, name: &str) -> bool {
        let hostname = self.facts.hostname.trim_end_matches('.');
        name == "localhost" || name.eq_ignore_ascii_case(hostname)
    }

    fn practice_server(
        &self,
        port: u16,
        data: &BTreeSet<SocketAddr>,
    ) -> Result<SocketAddr, Denied> {
        let practice = &self.facts.practice;
        let standard = practice.iter().find(|practice| practice.standard_port == port);
        let listed = practice.iter().find(|practice| practice.address.port() == port);
        if let Some(practice) = standard.or(listed) {
            return Ok(practice.address);
        }
        data.iter().copied().find(|address| address.port() == port).ok_or_else(|| {
            let ports = practice.iter().map(|practice| practice.standard_port.to_string());
            let ports = ports.collect::<Vec<_>>().join(", ");
            Denied(format!(
                "{PRACTICE_HOST} has no server on port {port}. It has servers on {ports}."
            ))
        })
    }
}

impl Facts {
    fn is_own(&self, address: SocketAddr) -> bool {
        let ip = address.ip();
        self.own.iter().any(|own| {
            let own_ip = own.ip().to_canonical();
            let is_here = || ip.is_loopback() || ip.is_unspecified() || (self.here)(ip);
            address.port() == own.port() && (ip == own_ip || (own_ip.is_unspecified() && is_here()))
        })
    }
}

fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

#[cfg(test)]
mod tests;
