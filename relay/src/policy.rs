//! Where the relay may connect to, listen, and send datagrams. Pure: the caller resolves, asks about
//! every address, and uses exactly the address that was allowed.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// The name under which the page finds the practice servers.
pub const PRACTICE_HOST: &str = "practice.lab";

/// The first port that belongs to no well-known service.
const FIRST_UNPRIVILEGED: u16 = 1024;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rule {
    /// The practice servers, and what pages have opened on the loopback.
    Lab,
    /// Everything but the relay itself.
    Open,
}

impl Rule {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Rule::Lab => "lab",
            Rule::Open => "open",
        }
    }

    /// What it means, for WELCOME.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Rule::Lab => {
                "This relay connects to its practice servers and to what pages have opened with it."
            }
            Rule::Open => "This relay connects to every host that its machine can reach.",
        }
    }
}

/// A practice server: where it listens, and the port its protocol usually has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Practice {
    pub(crate) standard_port: u16,
    pub(crate) address: SocketAddr,
}

#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) rule: Rule,
    /// Where the relay listens.
    pub(crate) own: SocketAddr,
    pub(crate) practice: Vec<Practice>,
    /// The machine's name, which programs connect to after asking `gethostname`.
    pub(crate) hostname: String,
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
    Resolve,
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
    pub(crate) fn route(&self, host: &str, port: u16, doors: &Doors) -> Result<Route, Denied> {
        let name = host.strip_suffix('.').unwrap_or(host);
        if name.eq_ignore_ascii_case(PRACTICE_HOST) {
            return self.practice_server(port, &doors.data).map(Route::Practice);
        }
        if let Ok(ip) = host.parse::<IpAddr>() {
            return Ok(Route::Address(SocketAddr::new(ip, port)));
        }
        if self.may_look_up(name) {
            return Ok(Route::Resolve);
        }
        Err(Denied(format!(
            "The relay's policy `lab` connects to the practice servers, at {PRACTICE_HOST}, and to \
             what pages have opened on this machine. To reach {host}, start the relay with \
             --policy open."
        )))
    }

    /// The addresses that RESOLVE gives for the practice host; `None` for every other name.
    pub(crate) fn practice_addresses(&self, host: &str) -> Option<BTreeSet<IpAddr>> {
        let name = host.strip_suffix('.').unwrap_or(host);
        let addresses = self.practice.iter().map(|practice| practice.address.ip());
        name.eq_ignore_ascii_case(PRACTICE_HOST).then(|| addresses.collect())
    }

    /// May this name be looked up? Under `lab` only those that this machine has.
    pub(crate) fn may_look_up(&self, name: &str) -> bool {
        let name = name.strip_suffix('.').unwrap_or(name);
        let own = [&self.hostname, "localhost"];
        self.rule == Rule::Open || own.iter().any(|own| name.eq_ignore_ascii_case(own))
    }

    /// May this address be dialled? Returns it in the form in which it was judged.
    pub(crate) fn check(&self, address: SocketAddr, doors: &Doors) -> Result<SocketAddr, Denied> {
        let address = self.canonical(address)?;
        let ours = self.practice.iter().any(|practice| practice.address == address);
        let open = doors.data.contains(&address) || doors.listeners.contains(&address);
        if self.rule == Rule::Open || ours || open {
            return Ok(address);
        }
        Err(Denied(format!(
            "The relay's policy `lab` connects to the practice servers and to what pages have \
             opened with this relay; {address} is none of them. Start the relay with --policy \
             open to reach it."
        )))
    }

    /// May a socket of a page be bound here? Returns the address in the form in which it was
    /// judged.
    pub(crate) fn may_bind(&self, at: SocketAddr, reach: Reach) -> Result<SocketAddr, Denied> {
        let at = SocketAddr::new(at.ip().to_canonical(), at.port());
        let port = at.port();
        let taken = self.practice.iter().any(|practice| practice.address.port() == port);
        if port != 0 && (port == self.own.port() || taken) {
            return Err(Denied(format!(
                "Port {port} belongs to the relay or one of its practice servers; take another."
            )));
        }
        if self.rule == Rule::Lab && port != 0 && port < FIRST_UNPRIVILEGED {
            return Err(Denied(format!(
                "The relay's policy `lab` opens ports from {FIRST_UNPRIVILEGED} on, and 0 for a \
                 free one; {port} belongs to a well-known service."
            )));
        }
        match (self.rule, reach) {
            _ if at.ip().is_loopback() || reach == Reach::Peer => Ok(at),
            (Rule::Lab, _) => Err(Denied(format!(
                "The relay's policy `lab` opens ports on the loopback only (127.0.0.1, ::1), where \
                 this machine's programs reach them; {} can be reached from others. Start the \
                 relay with --policy open for that.",
                at.ip()
            ))),
            (Rule::Open, Reach::Anyone) => Err(Denied(format!(
                "{} can be reached from other machines: name the one address that may.",
                at.ip()
            ))),
            (Rule::Open, _) => Ok(at),
        }
    }

    /// May a page's UDP socket send to this address? `known` is somebody who wrote first.
    pub(crate) fn may_send(
        &self,
        to: SocketAddr,
        known: bool,
        doors: &Doors,
    ) -> Result<SocketAddr, Denied> {
        let to = self.canonical(to)?;
        let here = to.ip().is_loopback() && (known || doors.udp.contains(&to));
        if self.rule == Rule::Open || here {
            return Ok(to);
        }
        Err(Denied(format!(
            "The relay's policy `lab` sends datagrams on the loopback only, to pages and to \
             whoever wrote first; {to} has not. Start the relay with --policy open to reach it."
        )))
    }

    /// Something else than the relay itself that one can send to.
    fn canonical(&self, address: SocketAddr) -> Result<SocketAddr, Denied> {
        let address = SocketAddr::new(address.ip().to_canonical(), address.port());
        if address.port() == 0 || address.ip().is_unspecified() {
            return Err(Denied(format!("{address} is nothing one can connect to.")));
        }
        if self.is_self(address) {
            return Err(Denied(format!("{address} is the relay itself.")));
        }
        Ok(address)
    }

    fn practice_server(
        &self,
        port: u16,
        data: &BTreeSet<SocketAddr>,
    ) -> Result<SocketAddr, Denied> {
        let standard = self.practice.iter().find(|practice| practice.standard_port == port);
        let listed = self.practice.iter().find(|practice| practice.address.port() == port);
        if let Some(practice) = standard.or(listed) {
            return Ok(practice.address);
        }
        data.iter().copied().find(|address| address.port() == port).ok_or_else(|| {
            let ports = self.practice.iter().map(|practice| practice.standard_port.to_string());
            let ports = ports.collect::<Vec<_>>().join(", ");
            Denied(format!(
                "{PRACTICE_HOST} has no server on port {port}. It has servers on {ports}."
            ))
        })
    }

    fn is_self(&self, address: SocketAddr) -> bool {
        let ip = address.ip();
        let own = self.own.ip().to_canonical();
        address.port() == self.own.port()
            && (ip == own || (own.is_unspecified() && ip.is_loopback()))
    }
}

#[cfg(test)]
mod tests;
