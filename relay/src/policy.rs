//! Where the relay may connect to. Pure: the caller resolves, asks about every address, and dials
//! exactly the address that was allowed.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// The name under which the page finds the practice servers.
pub const PRACTICE_HOST: &str = "practice.lab";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rule {
    /// The practice servers and nothing else.
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
            Rule::Lab => "This relay connects to its practice servers only.",
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
    /// `data` are the ports on which our practice servers wait for a data connection right now.
    pub(crate) fn route(
        &self,
        host: &str,
        port: u16,
        data: &BTreeSet<SocketAddr>,
    ) -> Result<Route, Denied> {
        let name = host.strip_suffix('.').unwrap_or(host);
        if name.eq_ignore_ascii_case(PRACTICE_HOST) {
            return self.practice_server(port, data).map(Route::Practice);
        }
        if let Ok(ip) = host.parse::<IpAddr>() {
            return Ok(Route::Address(SocketAddr::new(ip, port)));
        }
        if self.rule == Rule::Lab && !name.eq_ignore_ascii_case("localhost") {
            return Err(Denied(format!(
                "The relay's policy `lab` connects to the practice servers only, at \
                 {PRACTICE_HOST}. To reach {host}, start the relay with --policy open."
            )));
        }
        Ok(Route::Resolve)
    }

    /// May this address be dialled? Returns it in the form in which it was judged.
    pub(crate) fn check(
        &self,
        address: SocketAddr,
        data: &BTreeSet<SocketAddr>,
    ) -> Result<SocketAddr, Denied> {
        let address = SocketAddr::new(address.ip().to_canonical(), address.port());
        if address.port() == 0 || address.ip().is_unspecified() {
            return Err(Denied(format!("{address} is nothing one can connect to.")));
        }
        if self.is_self(address) {
            return Err(Denied(format!("{address} is the relay itself.")));
        }
        let ours = self.practice.iter().any(|practice| practice.address == address);
        if self.rule == Rule::Open || ours || data.contains(&address) {
            return Ok(address);
        }
        Err(Denied(format!(
            "The relay's policy `lab` connects to the practice servers only; {address} is none \
             of them. Start the relay with --policy open to reach it."
        )))
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
mod tests {
    use super::{Denied, Policy, Practice, Route, Rule};
    use std::collections::BTreeSet;
    use std::net::SocketAddr;

    fn at(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    fn policy(rule: Rule) -> Policy {
        let practice = |standard_port, port| Practice {
            standard_port,
            address: SocketAddr::from(([127, 0, 0, 1], port)),
        };
        Policy {
            rule,
            own: at("127.0.0.1:8080"),
            practice: vec![practice(110, 40110), practice(21, 40021)],
        }
    }

    fn data() -> BTreeSet<SocketAddr> {
        BTreeSet::from([at("127.0.0.1:50999")])
    }

    #[test]
    fn the_practice_host_has_its_servers_under_both_policies() {
        for rule in [Rule::Lab, Rule::Open] {
            let route = |host, port| policy(rule).route(host, port, &data());
            assert_eq!(route("practice.lab", 110), Ok(Route::Practice(at("127.0.0.1:40110"))));
            assert_eq!(route("Practice.LAB.", 21), Ok(Route::Practice(at("127.0.0.1:40021"))));
            assert_eq!(route("practice.lab", 40021), Ok(Route::Practice(at("127.0.0.1:40021"))));
            assert_eq!(route("practice.lab", 50999), Ok(Route::Practice(at("127.0.0.1:50999"))));
            let Err(Denied(why)) = route("practice.lab", 23) else { panic!("port 23 is open") };
            assert!(why.contains("110, 21"), "{why}");
        }
    }

    #[test]
    fn lab_reaches_nothing_else() {
        let lab = policy(Rule::Lab);
        for host in ["example.org", "practice.lab.example", "", "127.0.0.1x", "0x7f.1"] {
            assert!(lab.route(host, 110, &data()).is_err(), "{host}");
        }
        assert_eq!(lab.route("localhost", 40110, &data()), Ok(Route::Resolve));
        for ours in ["127.0.0.1:40110", "[::ffff:127.0.0.1]:40110", "127.0.0.1:50999"] {
            assert!(lab.check(at(ours), &data()).is_ok(), "{ours}");
        }
        for other in [
            "127.0.0.1:110",
            "127.0.0.2:40110",
            "[::1]:40110",
            "0.0.0.0:40110",
            "192.0.2.1:40110",
            "127.0.0.1:51000",
            "127.0.0.1:8080",
            "[::ffff:7f00:2]:40110",
            "169.254.169.254:80",
        ] {
            assert!(lab.check(at(other), &data()).is_err(), "{other}");
        }
        assert!(lab.check(at("127.0.0.1:50999"), &BTreeSet::new()).is_err(), "no longer waits");
    }

    #[test]
    fn the_checked_address_is_canonical() {
        let open = policy(Rule::Open);
        assert_eq!(open.check(at("[::ffff:192.0.2.1]:25"), &data()), Ok(at("192.0.2.1:25")));
    }

    #[test]
    fn open_reaches_everything_but_the_relay() {
        let open = policy(Rule::Open);
        assert_eq!(open.route("example.org", 25, &data()), Ok(Route::Resolve));
        for other in ["192.0.2.1:25", "127.0.0.1:8081", "[::1]:8080"] {
            assert!(open.check(at(other), &data()).is_ok(), "{other}");
        }
        for denied in ["127.0.0.1:8080", "[::ffff:127.0.0.1]:8080", "0.0.0.0:8080", "192.0.2.1:0"] {
            assert!(open.check(at(denied), &data()).is_err(), "{denied}");
        }
        let everywhere = Policy { own: at("[::]:8080"), ..open };
        for denied in ["127.0.0.1:8080", "127.9.9.9:8080", "[::1]:8080"] {
            assert!(everywhere.check(at(denied), &data()).is_err(), "{denied}");
        }
    }
}
