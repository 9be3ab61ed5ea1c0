//! Who may speak to the relay at all: the `Host` and `Origin` of a request. Pure.
//!
//! A relay on a person's own machine is in reach of every page that person visits. `Host` keeps
//! out foreign names that were made to point here (DNS rebinding), `Origin` keeps out pages that
//! other sites served.

use std::net::{IpAddr, SocketAddr};

use hyper::header::{HeaderMap, HeaderName};

/// A header that has to be there once. Whoever sends it twice could mean one and be taken to mean
/// the other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Header<'a> {
    Absent,
    Once(&'a str),
    /// Several, or one that is no text.
    Unclear,
}

impl<'a> Header<'a> {
    pub(crate) fn of(headers: &'a HeaderMap, name: &HeaderName) -> Header<'a> {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Header::Absent,
            (Some(value), None) => value.to_str().map_or(Header::Unclear, Header::Once),
            (Some(_), Some(_)) => Header::Unclear,
        }
    }

    pub(crate) fn text(self) -> Option<&'a str> {
        match self {
            Header::Once(text) => Some(text),
            Header::Absent | Header::Unclear => None,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Gate {
    listen: SocketAddr,
    names: Vec<String>,
}

impl Gate {
    /// For a relay that listens at `listen` and may also be reached under `names`.
    pub(crate) fn new(listen: SocketAddr, names: &[String]) -> Gate {
        Gate { listen, names: names.iter().map(|name| name.to_ascii_lowercase()).collect() }
    }

    /// Where the relay listens.
    pub(crate) fn port(&self) -> u16 {
        self.listen.port()
    }

    /// Is this request meant for us? `target` is the authority of a request that names it whole
    /// (`GET http://127.0.0.1:8080/ HTTP/1.1`). The error is the sentence of the 403.
    pub(crate) fn check_host(&self, host: &Header, target: Option<&str>) -> Result<(), String> {
        let Header::Once(host) = *host else {
            return Err(
                "The request needs one Host header; the relay answers to its own name only."
                    .to_owned(),
            );
        };
        // RFC 9112, section 3.2.2: the target counts then, and a client writes the same into Host.
        if let Some(target) = target.filter(|target| !target.eq_ignore_ascii_case(host)) {
            return Err(format!(
                "The request is for {target:?} and its Host header says {host:?}; the relay is no \
                 proxy."
            ));
        }
        if self.is_own_address(host) || self.is_allowed_name(host) {
            return Ok(());
        }
        Err(format!(
            "The relay does not answer to the name {host:?}. Use http://{}/ or start the relay \
             with --allow-host NAME.",
            self.listen
        ))
    }

    /// Did our own page send this? `host` has been checked.
    pub(crate) fn check_origin(&self, host: &str, origin: &str) -> Result<(), String> {
        let own = [format!("http://{host}"), format!("https://{host}")];
        let schemes = if self.is_own_address(host) { &own[..1] } else { &own[..] };
        if schemes.iter().any(|own| own.eq_ignore_ascii_case(origin)) {
            return Ok(());
        }
        Err(format!(
            "A page of {origin:?} may not use the tunnel; only the page that the relay itself \
             serves at {} may.",
            own[0]
        ))
    }

    /// A browser always sends Origin with a WebSocket, so who does not is a program. It could write
    /// what it likes; without a token it has to be one of this machine.
    pub(crate) fn check_program(&self, host: &str, peer: IpAddr) -> Result<(), String> {
        if peer.to_canonical().is_loopback() && is_loopback_literal(host) {
            return Ok(());
        }
        Err("A tunnel without an Origin header is for programs on the relay's own machine, which \
             reach it at its loopback address."
            .to_owned())
    }

    fn is_own_address(&self, host: &str) -> bool {
        let (name, port) = split(host);
        if port.unwrap_or(80) != self.listen.port() {
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
            // As a browser writes it: no sign, and no zero before it.
            let is_plain = port.starts_with(|c: char| matches!(c, '1'..='9'));
            let port = port.parse().ok().filter(|_| is_plain);
            port.map_or((host, None), |port| (name, Some(port)))
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
mod tests;
