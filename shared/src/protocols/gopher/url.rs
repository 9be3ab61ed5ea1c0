//! gopher URLs (RFC 4266): `gopher://host:port/TYPEselector%09words%09gopher-plus`.

use core::fmt;

use super::PORT;

/// What a gopher URL names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GopherUrl {
    /// Without the brackets of an IPv6 address.
    pub host: String,
    pub port: u16,
    /// The item type, `1` if the URL does not say it.
    pub kind: u8,
    pub selector: Vec<u8>,
    pub words: Option<Vec<u8>>,
    pub plus: Option<Vec<u8>>,
}

/// Why a text is no gopher URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlError {
    /// It does not begin with `gopher://`.
    Scheme,
    /// The host is missing, or is more than a host: gopher URLs have no user and password.
    Host,
    Port,
    /// A percent sign without two hexadecimal digits behind it.
    Escape,
    /// This octet would be sent, and end the line or the string: the URL asks for more than one
    /// request.
    Control(u8),
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UrlError::Scheme => f.write_str("It does not begin with gopher://."),
            UrlError::Host => f.write_str("Its host is missing or is not only a host name."),
            UrlError::Port => f.write_str("Its port is not a number from 1 to 65535."),
            UrlError::Escape => f.write_str("A % in it is not followed by two hexadecimal digits."),
            UrlError::Control(octet) => write!(
                f,
                "It holds the octet %{octet:02X}: what follows that would be taken for another request or another protocol's command."
            ),
        }
    }
}

impl GopherUrl {
    pub fn parse(text: &str) -> Result<GopherUrl, UrlError> {
        let scheme = text.get(..9).filter(|scheme| scheme.eq_ignore_ascii_case("gopher://"));
        let rest = &text[scheme.ok_or(UrlError::Scheme)?.len()..];
        let rest = rest.split('#').next().unwrap_or_default();
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = split_authority(authority)?;
        let path = decode(path)?;
        if let Some(octet) = path.iter().find(|octet| matches!(octet, 0 | b'\r' | b'\n')) {
            return Err(UrlError::Control(*octet));
        }
        let (kind, path) = path.split_first().unwrap_or((&b'1', &[]));
        let mut fields = path.splitn(3, |octet| *octet == b'\t').map(<[u8]>::to_vec);
        let selector = fields.next().unwrap_or_default();
        let (words, plus) = (fields.next(), fields.next());
        Ok(GopherUrl { host, port, kind: *kind, selector, words, plus })
    }
}

impl fmt::Display for GopherUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bracketed = self.host.contains(':');
        let (open, close) = if bracketed { ("[", "]") } else { ("", "") };
        write!(f, "gopher://{open}{}{close}", self.host)?;
        if self.port != PORT {
            write!(f, ":{}", self.port)?;
        }
        f.write_str("/")?;
        encode(&[self.kind], f)?;
        encode(&self.selector, f)?;
        if self.words.is_some() || self.plus.is_some() {
            f.write_str("%09")?;
            encode(self.words.as_deref().unwrap_or_default(), f)?;
        }
        if let Some(plus) = &self.plus {
            f.write_str("%09")?;
            encode(plus, f)?;
        }
        Ok(())
    }
}

fn split_authority(authority: &str) -> Result<(String, u16), UrlError> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']').ok_or(UrlError::Host)?;
            if host.parse::<core::net::Ipv6Addr>().is_err() {
                return Err(UrlError::Host);
            }
            match after.strip_prefix(':') {
                Some(port) => (host, port),
                None if after.is_empty() => (host, ""),
                None => return Err(UrlError::Host),
            }
        }
        None => authority.split_once(':').unwrap_or((authority, "")),
    };
    let fits = |c: char| c.is_alphanumeric() || "-._~%:".contains(c);
    if host.is_empty() || !host.chars().all(fits) {
        return Err(UrlError::Host);
    }
    let digits = port.bytes().all(|b| b.is_ascii_digit());
    match port {
        "" => Ok((host.into(), PORT)),
        port => match port.parse() {
            Ok(number @ 1..) if digits => Ok((host.into(), number)),
            _ => Err(UrlError::Port),
        },
    }
}

fn decode(text: &str) -> Result<Vec<u8>, UrlError> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let mut digit = || char::from(bytes.next()?).to_digit(16);
        let (high, low) = (digit(), digit());
        let octet = high.zip(low).and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
        out.push(octet.ok_or(UrlError::Escape)?);
    }
    Ok(out)
}

/// %XX for everything that may not stand in the path of a URL, and for the question mark, which
/// would begin another part of it.
fn encode(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=:@".contains(&byte) {
            write!(f, "{}", char::from(byte))?;
        } else {
            write!(f, "%{byte:02X}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{GopherUrl, UrlError};

    fn url(kind: u8, selector: &str) -> GopherUrl {
        GopherUrl {
            host: "h".into(),
            port: 70,
            kind,
            selector: selector.into(),
            words: None,
            plus: None,
        }
    }

    #[test]
    fn gop_17_urls_are_read_by_rfc_4266() {
        let search = GopherUrl {
            words: Some(b"a b".to_vec()),
            plus: Some(b"+".to_vec()),
            ..url(b'7', "/s")
        };
        for (text, expected) in [
            ("gopher://h/", url(b'1', "")),
            ("gopher://h", url(b'1', "")),
            ("gopher://h/0", url(b'0', "")),
            ("gopher://h/11/a", url(b'1', "1/a")),
            ("gopher://h/00/a", url(b'0', "0/a")),
            ("gopher://h/7/s%09a%20b%09%2B", search),
            ("GOPHER://h:70/0/x?y#z", url(b'0', "/x?y")),
            ("gopher://h:7070/1", GopherUrl { port: 7070, ..url(b'1', "") }),
            (
                "gopher://[::1]:7070/1",
                GopherUrl { port: 7070, host: "::1".into(), ..url(b'1', "") },
            ),
        ] {
            assert_eq!(GopherUrl::parse(text), Ok(expected.clone()), "{text}");
            assert_eq!(GopherUrl::parse(&expected.to_string()), Ok(expected), "{text}");
        }
    }

    #[test]
    fn every_octet_survives_print_and_parse() {
        let selector: Vec<u8> =
            (0..=255).filter(|octet| !matches!(octet, 0 | b'\t' | b'\r' | b'\n')).collect();
        for plus in [None, Some(b"+text/plain En_US".to_vec())] {
            for words in [None, Some(b"".to_vec()), Some(b"\xff ?#".to_vec())] {
                // With a Gopher+ string there is always a place for words before it.
                let words = words.or_else(|| plus.as_ref().map(|_| Vec::new()));
                let url = GopherUrl {
                    selector: selector.clone(),
                    words,
                    plus: plus.clone(),
                    ..url(b'\xe9', "")
                };
                let text = url.to_string();
                assert!(text.is_ascii() && !text.contains([' ', '#', '?', '\t']), "{text}");
                assert_eq!(GopherUrl::parse(&text), Ok(url));
            }
        }
    }

    #[test]
    fn what_is_no_gopher_url_is_refused_with_the_reason() {
        for (text, error) in [
            ("http://h/", UrlError::Scheme),
            ("gopher:/", UrlError::Scheme),
            ("g\u{e4}\u{e4}\u{e4}\u{e4}\u{e4}", UrlError::Scheme),
            ("gopher:///1", UrlError::Host),
            ("gopher://user@h/1", UrlError::Host),
            ("gopher://[h]/1", UrlError::Host),
            ("gopher://[::1/1", UrlError::Host),
            ("gopher://h:0/", UrlError::Port),
            ("gopher://h:+70/", UrlError::Port),
            ("gopher://h:99999/", UrlError::Port),
            ("gopher://h/0%4", UrlError::Escape),
            ("gopher://h/0%+4", UrlError::Escape),
            ("gopher://h/0%\u{e4}", UrlError::Escape),
            ("gopher://h/0x%0d%0aQUIT", UrlError::Control(b'\r')),
            ("gopher://h:6379/0%0aFLUSHALL", UrlError::Control(b'\n')),
            ("gopher://h/0%00", UrlError::Control(0)),
        ] {
            assert_eq!(GopherUrl::parse(text), Err(error), "{text}");
            assert!(error.to_string().ends_with('.'));
        }
    }
}
