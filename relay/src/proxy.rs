//! Who is behind a proxy: the address in `Forwarded` (RFC 7239) or `X-Forwarded-For`, believed
//! only as far as trusted proxies wrote it. Pure.

use std::net::{IpAddr, SocketAddr};

use hyper::header::{self, HeaderMap, HeaderName};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The right-most address that is not a trusted proxy's own. `peer` is who is really connected;
/// the port is 0 if the proxy did not say it.
pub(crate) fn client(peer: SocketAddr, headers: &HeaderMap, trusted: &[IpNet]) -> SocketAddr {
    let is_trusted = |ip: IpAddr| is_trusted(ip, trusted);
    if !is_trusted(peer.ip()) {
        return peer;
    }
    // nginx and Caddy write the older header, and pass on unread what a client wrote into the other.
    let mut hops = elements(headers, &X_FORWARDED_FOR).map(node).collect::<Vec<_>>();
    if hops.is_empty() {
        let forwarded = elements(headers, &header::FORWARDED);
        hops = forwarded.map(|element| named(element).and_then(node)).collect();
    }
    let mut seen = peer;
    for hop in hops.into_iter().rev() {
        // What cannot be read was written by nobody that can be trusted, nor what stands before.
        let Some(hop) = hop else { break };
        seen = hop;
        if !is_trusted(hop.ip()) {
            break;
        }
    }
    SocketAddr::new(seen.ip().to_canonical(), seen.port())
}

/// Whether this is a proxy whose word is taken.
pub(crate) fn is_trusted(ip: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|net| net.contains(&ip.to_canonical()))
}

/// The comma-separated elements of all lines of a header. No quoted string of an address has a comma.
fn elements<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(name)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or("?").split(','))
        .map(str::trim)
}

/// The value of `for` in `for=192.0.2.1;proto=https`.
fn named(element: &str) -> Option<&str> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then_some(value.trim())
    })
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:4711`, in quotes or not.
fn node(text: &str) -> Option<SocketAddr> {
    let text = text.trim_matches('"');
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = text.parse::<SocketAddr>().ok();
    address.or_else(|| Some(SocketAddr::new(bare.parse().ok()?, 0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, name: &'static str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(HeaderName::from_static(name), line.parse().unwrap());
        }
        let trusted = ["127.0.0.0/8", "10.0.0.0/24", "2001:db8:1::/48"];
        let trusted = trusted.map(|net| net.parse().unwrap());
        client(SocketAddr::new(peer.parse().unwrap(), 9), &headers, &trusted).to_string()
    }

    #[test]
    fn a_trusted_proxy_is_believed() {
        for (peer, header, lines, expected) in [
            ("127.0.0.1", "x-forwarded-for", &["192.0.2.7"][..], "192.0.2.7:0"),
            ("::ffff:127.0.0.1", "x-forwarded-for", &["192.0.2.7"], "192.0.2.7:0"),
            ("127.0.0.1", "x-forwarded-for", &["192.0.2.7:81"], "192.0.2.7:81"),
            ("127.0.0.1", "x-forwarded-for", &["2001:db8::7"], "[2001:db8::7]:0"),
            // Through two proxies.
            ("127.0.0.1", "x-forwarded-for", &["192.0.2.7, 10.0.0.9"], "192.0.2.7:0"),
            ("127.0.0.1", "x-forwarded-for", &["192.0.2.7", "10.0.0.9"], "192.0.2.7:0"),
            ("127.0.0.1", "forwarded", &["for=192.0.2.7;proto=https"], "192.0.2.7:0"),
            ("127.0.0.1", "forwarded", &["proto=https; FOR=\"192.0.2.7:81\""], "192.0.2.7:81"),
            ("2001:db8:1::1", "forwarded", &["for=\"[2001:db8::7]:81\""], "[2001:db8::7]:81"),
            // Everybody on the way is trusted: the first of them.
            ("127.0.0.1", "x-forwarded-for", &["10.0.0.1, 10.0.0.9"], "10.0.0.1:0"),
        ] {
            assert_eq!(seen(peer, header, lines), expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn nobody_else_is() {
        for (peer, header, lines, expected) in [
            ("192.0.2.1", "x-forwarded-for", &["127.0.0.1"][..], "192.0.2.1:9"),
            ("10.0.1.1", "forwarded", &["for=127.0.0.1"], "10.0.1.1:9"),
            // What the client itself wrote stands to the left of what the proxy added.
            ("127.0.0.1", "x-forwarded-for", &["127.0.0.1, 192.0.2.7"], "192.0.2.7:0"),
            ("127.0.0.1", "x-forwarded-for", &["8.8.8.8, 192.0.2.7, 10.0.0.9"], "192.0.2.7:0"),
            ("127.0.0.1", "x-forwarded-for", &["8.8.8.8, nonsense, 10.0.0.9"], "10.0.0.9:0"),
            ("127.0.0.1", "x-forwarded-for", &["nonsense"], "127.0.0.1:9"),
            ("127.0.0.1", "forwarded", &["for=unknown"], "127.0.0.1:9"),
            ("127.0.0.1", "forwarded", &["for=_hidden, by=10.0.0.1"], "127.0.0.1:9"),
            ("127.0.0.1", "forwarded", &[], "127.0.0.1:9"),
        ] {
            assert_eq!(seen(peer, header, lines), expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn the_header_that_the_proxy_writes_counts() {
        let mut headers = HeaderMap::new();
        headers.insert(header::FORWARDED, "for=8.8.8.8".parse().unwrap());
        headers.insert(X_FORWARDED_FOR, "192.0.2.7".parse().unwrap());
        let peer = SocketAddr::from(([127, 0, 0, 1], 9));
        let seen = client(peer, &headers, &["127.0.0.1/32".parse().unwrap()]);
        assert_eq!(seen.to_string(), "192.0.2.7:0");
    }
}
