//! Who may speak to the relay at all: the `Host` and `Origin` of a request. Pure.
//!
//! A relay on a person's own machine is in reach of every page that person visits. `Host` keeps
//! out foreign names that were made to point here (DNS rebinding), `Origin` keeps out pages that
//! other sites served.

use std::net::{IpAddr, SocketAddr};

#[derive(Clone, Debug)]
pub(crate) struct Gate {
    listen: SocketAddr,
    /// The relay speaks TLS itself.
    tls: bool,
    names: Vec<String>,
}

impl Gate {
    /// For a relay that listens at `listen`, and may also be reached under `names`.
    pub(crate) fn new(listen: SocketAddr, tls: bool, names: &[String]) -> Gate {
        Gate { listen, tls, names: names.iter().map(|name| name.to_ascii_lowercase()).collect() }
    }

    /// Is this request meant for us? The error is the sentence of the 403.
    pub(crate) fn check_host(&self, host: Option<&str>) -> Result<(), String> {
        let Some(host) = host else {
            return Err("The request has no Host header; the relay answers to its own name only."
                .to_owned());
        };
        if self.is_own_address(host) || self.is_allowed_name(host) {
            return Ok(());
        }
        Err(format!(
            "The relay does not answer to the name {host:?}. Use {}://{}/ or start the relay \
             with --allow-host NAME.",
            self.scheme(),
            self.listen
        ))
    }

    /// Did our own page send this? `host` has been checked, `peer` is the other end's address.
    pub(crate) fn check_origin(
        &self,
        host: &str,
        origin: Option<&str>,
        peer: IpAddr,
    ) -> Result<(), String> {
        let Some(origin) = origin else {
            // Browsers always send Origin with a WebSocket, so this is a program. It could write
            // what it likes; let it be one of this machine.
            let of_this_machine = peer.to_canonical().is_loopback() && is_loopback_literal(host);
            return if of_this_machine {
                Ok(())
            } else {
                Err("A tunnel without an Origin header is for programs on the relay's own \
                     machine, which reach it at its loopback address."
                    .to_owned())
            };
        };
        let own = format!("{}://{host}", self.scheme());
        // Under another name there may be a proxy, and TLS ends at it.
        let behind_proxy =
            (!self.tls && !self.is_own_address(host)).then(|| format!("https://{host}"));
        let mut allowed = [Some(&own), behind_proxy.as_ref()].into_iter().flatten();
        if allowed.any(|allowed| allowed.eq_ignore_ascii_case(origin)) {
            return Ok(());
        }
        Err(format!(
            "A page of {origin} may not use the tunnel; only the page that the relay itself \
             serves at {own} may."
        ))
    }

    fn is_own_address(&self, host: &str) -> bool {
        let (name, port) = split(host);
        let usual = if self.tls { 443 } else { 80 };
        if port.unwrap_or(usual) != self.listen.port() {
            return false;
        }
        if name.eq_ignore_ascii_case("localhost") {
            return true;
        }
        literal(name).is_some_and(|ip| {
            [IpAddr::from([127, 0, 0, 1]), IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1])].contains(&ip)
                || (ip == self.listen.ip() && !ip.is_unspecified())
        })
    }

    fn scheme(&self) -> &'static str {
        if self.tls { "https" } else { "http" }
    }

    fn is_allowed_name(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        self.names.iter().any(|name| *name == host || *name == split(&host).0)
    }
}

fn is_loopback_literal(host: &str) -> bool {
    literal(split(host).0).is_some_and(|ip| ip.is_loopback())
}

/// The name, in brackets if it was, and the port; a port that is no number is part of the name.
fn split(host: &str) -> (&str, Option<u16>) {
    match host.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => {
            port.parse().map_or((host, None), |port| (name, Some(port)))
        }
        _ => (host, None),
    }
}

fn literal(name: &str) -> Option<IpAddr> {
    match name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(v6) => v6.parse().ok().map(IpAddr::V6),
        None => name.parse().ok().filter(IpAddr::is_ipv4),
    }
}

#[cfg(test)]
mod tests {
    use super::Gate;
    use std::net::IpAddr;

    fn gate() -> Gate {
        Gate::new("127.0.0.1:8080".parse().unwrap(), false, &["Lab.Example".to_owned()])
    }

    #[test]
    fn hosts() {
        for own in [
            "127.0.0.1:8080",
            "localhost:8080",
            "LOCALHOST:8080",
            "[::1]:8080",
            "lab.example",
            "LAB.example:444",
        ] {
            assert_eq!(gate().check_host(Some(own)), Ok(()), "{own}");
        }
        for foreign in [
            "",
            "evil.example",
            "evil.example:8080",
            "127.0.0.1",
            "127.0.0.1:80",
            "localhost:81",
            "127.0.0.1.evil.example:8080",
            "::1:8080",
            "[::1]",
            "127.0.0.2:8080",
            "0.0.0.0:8080",
            "127.0.0.1:8080x",
            "lab.example.evil:8080",
            "[127.0.0.1]:8080",
        ] {
            assert!(gate().check_host(Some(foreign)).is_err(), "{foreign}");
        }
        assert!(gate().check_host(None).is_err());
        let port_80 = Gate::new("127.0.0.1:80".parse().unwrap(), false, &[]);
        assert_eq!(port_80.check_host(Some("localhost")), Ok(()));
        let other = Gate::new("192.0.2.1:8080".parse().unwrap(), false, &[]);
        assert_eq!(other.check_host(Some("192.0.2.1:8080")), Ok(()));
        let any = Gate::new("0.0.0.0:8080".parse().unwrap(), false, &[]);
        assert!(any.check_host(Some("0.0.0.0:8080")).is_err());
    }

    #[test]
    fn origins() {
        let here = IpAddr::from([127, 0, 0, 1]);
        let away = IpAddr::from([192, 0, 2, 9]);
        let check = |host, origin, peer| gate().check_origin(host, origin, peer).is_ok();
        assert!(check("127.0.0.1:8080", Some("http://127.0.0.1:8080"), here));
        assert!(check("lab.example", Some("https://lab.example"), away));
        assert!(check("lab.example", Some("http://lab.example"), away));
        assert!(!check("127.0.0.1:8080", Some("https://127.0.0.1:8080"), here));
        assert!(!check("127.0.0.1:8080", Some("http://localhost:8080"), here));
        assert!(!check("127.0.0.1:8080", Some("http://evil.example"), here));
        assert!(!check("127.0.0.1:8080", Some("http://127.0.0.1:8081"), here));
        assert!(!check("127.0.0.1:8080", Some("null"), here));
        // No browser: only on the same machine.
        assert!(check("127.0.0.1:8080", None, here));
        assert!(check("[::1]:8080", None, here));
        assert!(check("127.0.0.1:8080", None, "::ffff:127.0.0.1".parse().unwrap()));
        assert!(!check("127.0.0.1:8080", None, away));
        assert!(!check("localhost:8080", None, here));
        assert!(!check("lab.example", None, here));
    }

    #[test]
    fn with_tls_the_page_comes_by_https_only() {
        let here = IpAddr::from([127, 0, 0, 1]);
        let gate = Gate::new("0.0.0.0:443".parse().unwrap(), true, &["lab.example".to_owned()]);
        for own in ["localhost", "localhost:443", "lab.example", "lab.example:443"] {
            assert_eq!(gate.check_host(Some(own)), Ok(()), "{own}");
            assert!(gate.check_origin(own, Some(&format!("https://{own}")), here).is_ok());
            assert!(gate.check_origin(own, Some(&format!("http://{own}")), here).is_err());
        }
        assert!(gate.check_host(Some("localhost:80")).is_err());
        let text = gate.check_host(Some("evil.example")).unwrap_err();
        assert!(text.contains("https://0.0.0.0:443/"), "{text}");
    }
}
