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
    /// The relay speaks TLS itself.
    tls: bool,
    names: Vec<String>,
}

impl Gate {
    /// For a relay that listens at `listen`, and may also be reached under `names`.
    pub(crate) fn new(listen: SocketAddr, tls: bool, names: &[String]) -> Gate {
        Gate { listen, tls, names: names.iter().map(|name| name.to_ascii_lowercase()).collect() }
    }

    /// Where the relay listens.
    pub(crate) fn port(&self) -> u16 {
        self.listen.port()
    }

    /// Is this request meant for us? `local` is the address of this machine that it came to, `target` is the authority of a request that names it whole
    /// (`GET http://127.0.0.1:8080/ HTTP/1.1`). The error is the sentence of the 403.
    pub(crate) fn check_host(
        &self,
        host: &Header,
        target: Option<&str>,
        local: IpAddr,
    ) -> Result<(), String> {
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
        if self.is_own_address(host, local) || self.is_allowed_name(host) {
            return Ok(());
        }
        Err(format!(
            "The relay does not answer to the name {host:?}. Use {}://{}/ or start the relay \
             with --allow-host NAME.",
            self.scheme(),
            self.listen
        ))
    }

    /// Did our own page send this? `host` has been checked.
    pub(crate) fn check_origin(
        &self,
        host: &str,
        origin: &str,
        local: IpAddr,
    ) -> Result<(), String> {
        let own = format!("{}://{host}", self.scheme());
        // Under another name there may be a proxy, and TLS ends at it.
        let behind_proxy =
            (!self.tls && !self.is_own_address(host, local)).then(|| format!("https://{host}"));
        let mut allowed = [Some(&own), behind_proxy.as_ref()].into_iter().flatten();
        if allowed.any(|allowed| allowed.eq_ignore_ascii_case(origin)) {
            return Ok(());
        }
        Err(format!(
            "A page of {origin:?} may not use the tunnel; only the page that the relay itself \
             serves at {own} may."
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

    /// Under which origins others reach the relay. `came_by` is one that was let in; `own` tells the
    /// addresses of this machine.
    pub(crate) fn origins(
        &self,
        came_by: Option<&str>,
        own: impl FnOnce() -> Vec<IpAddr>,
    ) -> Vec<String> {
        let host_of =
            |origin: &str| origin.split_once("://").map_or("", |(_, host)| host).to_owned();
        let mut origins: Vec<String> = came_by
            .filter(|origin| is_for_others(&host_of(origin)))
            .map(str::to_owned)
            .into_iter()
            .collect();
        let usual = if self.tls { 443 } else { 80 };
        let port = self.listen.port();
        let colon = if port == usual { String::new() } else { format!(":{port}") };
        let (ip, scheme) = (self.listen.ip(), self.scheme());
        for name in &self.names {
            if origins
                .iter()
                .any(|origin| split(&host_of(origin)).0.eq_ignore_ascii_case(split(name).0))
            {
                continue;
            }
            origins.push(match split(name).1 {
                // A proxy stands before a relay that only its own machine reaches; TLS ends there.
                _ if ip.is_loopback() => format!("https://{name}"),
                Some(_) => format!("{scheme}://{name}"),
                None => format!("{scheme}://{name}{colon}"),
            });
        }
        let mut addresses = match ip {
            ip if ip.is_loopback() => Vec::new(),
            ip if ip.is_unspecified() => own(),
            ip => vec![ip],
        };
        // A socket for IPv6 takes IPv4, too; people type the shorter ones.
        addresses.retain(|own| is_reachable(*own) && (ip.is_ipv6() || own.is_ipv4()));
        addresses.sort_by_key(IpAddr::is_ipv6);
        for address in addresses {
            let origin = match address {
                IpAddr::V4(ip) => format!("{scheme}://{ip}{colon}"),
                IpAddr::V6(ip) => format!("{scheme}://[{ip}]{colon}"),
            };
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        origins
    }

    fn is_own_address(&self, host: &str, local: IpAddr) -> bool {
        let (name, port) = split(host);
        let usual = if self.tls { 443 } else { 80 };
        if port.unwrap_or(usual) != self.listen.port() {
            return false;
        }
        if name.eq_ignore_ascii_case("localhost") {
            return true;
        }
        // A name may be made to point here, an address may not: a page at it came from here. So all of
        // them count that the relay listens on.
        let is_here = |ip| self.listen.ip().is_unspecified() && ip == local.to_canonical();
        literal(name).is_some_and(|ip| {
            [IpAddr::from([127, 0, 0, 1]), IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1])].contains(&ip)
                || (ip == self.listen.ip() && !ip.is_unspecified())
                || is_here(ip)
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

fn is_for_others(host: &str) -> bool {
    let (name, _) = split(host);
    !name.is_empty()
        && !name.eq_ignore_ascii_case("localhost")
        && literal(name).is_none_or(is_reachable)
}

/// By others: neither loopback nor link-local, which need more than an address.
fn is_reachable(ip: IpAddr) -> bool {
    !ip.is_loopback()
        && !ip.is_unspecified()
        && match ip {
            IpAddr::V4(ip) => !ip.is_link_local(),
            IpAddr::V6(ip) => !ip.is_unicast_link_local(),
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
