//! URI references, resolved by RFC 3986 section 5. Nothing is rewritten that need not be.

/// The five parts of a reference (RFC 3986 appendix B).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    pub scheme: Option<String>,
    pub authority: Option<String>,
    pub path: String,
    pub query: Option<String>,
    pub fragment: Option<String>,
}

impl Reference {
    pub fn parse(text: &str) -> Reference {
        let (text, fragment) = cut(text, '#');
        let (text, query) = cut(text, '?');
        let colon = text.find(':').filter(|at| {
            let scheme = &text.as_bytes()[..*at];
            scheme.first().is_some_and(u8::is_ascii_alphabetic)
                && scheme.iter().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b))
        });
        let (scheme, rest) = match colon {
            Some(at) => (Some(text[..at].into()), &text[at + 1..]),
            None => (None, text),
        };
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => {
                let end = rest.find('/').unwrap_or(rest.len());
                (Some(rest[..end].into()), &rest[end..])
            }
            None => (None, rest),
        };
        Reference { scheme, authority, path: path.into(), query, fragment }
    }

    /// The target that `reference` means when it stands in something fetched from `self`.
    pub fn resolve(&self, reference: &Reference) -> Reference {
        let mut out = reference.clone();
        if reference.scheme.is_some() {
            out.path = remove_dots(&reference.path);
            return out;
        }
        out.scheme.clone_from(&self.scheme);
        if reference.authority.is_some() {
            out.path = remove_dots(&reference.path);
            return out;
        }
        out.authority.clone_from(&self.authority);
        if reference.path.is_empty() {
            out.path.clone_from(&self.path);
            if reference.query.is_none() {
                out.query.clone_from(&self.query);
            }
        } else if reference.path.starts_with('/') {
            out.path = remove_dots(&reference.path);
        } else {
            out.path = remove_dots(&self.merge(&reference.path));
        }
        out
    }

    /// Path and query, as they stand in a request line.
    pub fn target(&self) -> String {
        let path = if self.path.is_empty() { "/" } else { &self.path };
        match &self.query {
            Some(query) => format!("{path}?{query}"),
            None => path.into(),
        }
    }

    /// Host in lower case, and port; the scheme's own port if none is written.
    pub fn origin(&self) -> Option<(String, u16)> {
        let authority = self.authority.as_deref()?;
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let default = if self.scheme.as_deref() == Some("https") { 443 } else { 80 };
        let (name, port) = match host.rsplit_once(':').filter(|(_, port)| !port.contains(']')) {
            Some((name, "")) => (name, default),
            Some((name, port)) => (name, port.parse().ok()?),
            None => (host, default),
        };
        Some((name.to_ascii_lowercase(), port))
    }

    fn merge(&self, path: &str) -> String {
        if self.authority.is_some() && self.path.is_empty() {
            return format!("/{path}");
        }
        let folder = self.path.rfind('/').map_or("", |at| &self.path[..=at]);
        format!("{folder}{path}")
    }
}

impl core::fmt::Display for Reference {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        if let Some(scheme) = &self.scheme {
            write!(f, "{scheme}:")?;
        }
        if let Some(authority) = &self.authority {
            write!(f, "//{authority}")?;
        }
        f.write_str(&self.path)?;
        if let Some(query) = &self.query {
            write!(f, "?{query}")?;
        }
        if let Some(fragment) = &self.fragment {
            write!(f, "#{fragment}")?;
        }
        Ok(())
    }
}

/// Undoes %XX. `None`: a percent sign without two hexadecimal digits.
pub fn percent_decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%' {
            let digits = core::str::from_utf8(after.get(..2)?).ok()?;
            if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
                return None;
            }
            out.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &after[2..];
        } else {
            out.push(*first);
            rest = after;
        }
    }
    Some(out)
}

/// %XX for everything that may not stand in a path.
pub fn percent_encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=:@?%".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn cut(text: &str, mark: char) -> (&str, Option<String>) {
    match text.split_once(mark) {
        Some((before, after)) => (before, Some(after.into())),
        None => (text, None),
    }
}

/// RFC 3986 section 5.2.4.
fn remove_dots(path: &str) -> String {
    let mut out = String::new();
    let mut input = path;
    while !input.is_empty() {
        if let Some(rest) = input.strip_prefix("../").or_else(|| input.strip_prefix("./")) {
            input = rest;
        } else if input.starts_with("/./") {
            input = &input[2..];
        } else if input == "/." {
            input = "/";
        } else if input.starts_with("/../") || input == "/.." {
            input = if input == "/.." { "/" } else { &input[3..] };
            out.truncate(out.rfind('/').unwrap_or(0));
        } else if input == "." || input == ".." {
            input = "";
        } else {
            let skip = usize::from(input.starts_with('/'));
            let end = input[skip..].find('/').map_or(input.len(), |at| at + skip);
            out.push_str(&input[..end]);
            input = &input[end..];
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_rfc_3986_5_4() {
        let base = Reference::parse("http://a/b/c/d;p?q");
        for (reference, target) in [
            ("g:h", "g:h"),
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q#s"),
            ("g?y#s", "http://a/b/c/g?y#s"),
            (";x", "http://a/b/c/;x"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../..", "http://a/"),
            ("../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("/../g", "http://a/g"),
            ("g.", "http://a/b/c/g."),
            ("..g", "http://a/b/c/..g"),
            ("./g/.", "http://a/b/c/g/"),
            ("g/../h", "http://a/b/c/h"),
            ("g;x=1/../y", "http://a/b/c/y"),
            ("g?y/../x", "http://a/b/c/g?y/../x"),
        ] {
            assert_eq!(base.resolve(&Reference::parse(reference)).to_string(), target);
        }
    }

    #[test]
    fn origins_know_the_default_port() {
        for (text, origin) in [
            ("http://H.example/x", ("h.example", 80)),
            ("https://h:444", ("h", 444)),
            ("https://u@h", ("h", 443)),
            ("http://[::1]/", ("[::1]", 80)),
            ("http://[::1]:8080/", ("[::1]", 8080)),
        ] {
            let (host, port) = Reference::parse(text).origin().expect("an authority");
            assert_eq!((host.as_str(), port), origin);
        }
    }

    #[test]
    fn percent_coding_comes_back() {
        assert_eq!(percent_decode("%C3%BCber%20uns"), Some("\u{fc}ber uns".into()));
        assert_eq!(percent_decode("%2"), None);
        assert_eq!(percent_decode("%+1"), None);
        assert_eq!(percent_encode("/\u{fc}ber uns"), "/%C3%BCber%20uns");
    }
}
