//! Requests as Python writes them.

use super::super::fields::{Fields, is_token};

/// Python's version is part of the names that its clients give themselves.
const URLLIB: &str = "Python-urllib/3.11";

/// Host and port as they stand in Host: the port only if it is not the usual one.
pub(super) fn netloc(host: &str, port: u16) -> String {
    let host = if host.contains(':') && !host.starts_with('[') {
        format!("[{host}]")
    } else {
        host.to_owned()
    };
    if port == 80 { host } else { format!("{host}:{port}") }
}

/// A request that is being put together.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) fields: Fields,
}

impl Draft {
    /// As `putrequest` begins it.
    pub(super) fn begin(
        method: &str,
        url: &str,
        server: (&str, u16),
        (skip_host, skip_accept_encoding): (bool, bool),
    ) -> Draft {
        let url = if url.is_empty() { "/" } else { url };
        let mut fields = Fields::default();
        if !skip_host {
            let absolute = url.split_once("://").filter(|_| url.starts_with("http"));
            let named = absolute.and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
            fields.push("Host", named.map_or_else(|| netloc(server.0, server.1), Into::into));
        }
        if !skip_accept_encoding {
            fields.push("Accept-Encoding", "identity");
        }
        Draft { method: method.into(), url: url.into(), fields }
    }

    /// As `request` makes it of its arguments.
    pub(super) fn whole(
        method: &str,
        url: &str,
        body: &str,
        headers: &Fields,
        server: (&str, u16),
    ) -> Draft {
        let has = |name: &str| headers.get(name).is_some();
        let mut draft = Draft::begin(method, url, server, (has("host"), has("accept-encoding")));
        if !has("content-length") && !has("transfer-encoding") {
            let expected = matches!(method.to_uppercase().as_str(), "POST" | "PUT" | "PATCH");
            if expected || !body.is_empty() {
                draft.fields.push("Content-Length", body.len().to_string());
            }
        }
        for (name, value) in headers.iter() {
            draft.fields.push(name, value);
        }
        draft
    }

    /// As `urlopen` makes it of a URL of this server, or of a `Request`.
    pub(super) fn opened(
        method: &str,
        path: &str,
        data: Option<&str>,
        headers: &Fields,
        server: (&str, u16),
    ) -> Draft {
        let has = |name: &str| headers.get(name).is_some();
        let mut all = Fields::default();
        if let Some(data) = data {
            if !has("content-type") {
                all.push("Content-Type", "application/x-www-form-urlencoded");
            }
            if !has("content-length") && !has("transfer-encoding") {
                all.push("Content-Length", data.len().to_string());
            }
        }
        for (name, value) in [("Host", &*netloc(server.0, server.1)), ("User-Agent", URLLIB)] {
            if !has(name) {
                all.push(name, value);
            }
        }
        for (name, value) in headers.iter().filter(|(name, _)| !is(name, "connection")) {
            all.push(titled(name), value);
        }
        all.push("Connection", "close");
        // What comes after the number sign is never sent.
        let target = path.split('#').next().unwrap_or_default();
        Draft::whole(method, target, data.unwrap_or_default(), &all, server)
    }

    /// As it would be typed whole.
    pub(super) fn typed(&self, body: &str) -> String {
        let mut text = format!("{} {} HTTP/1.1\n", self.method, self.url);
        for (name, value) in self.fields.iter() {
            text += &format!("{name}: {value}\n");
        }
        text + "\n" + body
    }
}

/// `quote`: a slash stays.
pub(super) fn quote(text: &str) -> String {
    percent(text, b"_.-~/", false)
}

/// `urlencode` of names and values.
pub(super) fn form(fields: &Fields) -> String {
    let pairs = fields.iter().map(|(name, value)| {
        format!("{}={}", percent(name, b"_.-~", true), percent(value, b"_.-~", true))
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// The names and values of a dictionary of strings.
pub(super) fn dictionary(code: &str) -> Fields {
    let mut fields = Fields::default();
    for pair in crate::python::literal::strings(code).chunks(2) {
        if let [name, value] = pair {
            fields.push(name, value);
        }
    }
    fields
}

fn percent(text: &str, safe: &[u8], plus: bool) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' if plus => out.push('+'),
            b if b.is_ascii_alphanumeric() || safe.contains(&b) => out.push(char::from(b)),
            b => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}

fn is(name: &str, other: &str) -> bool {
    name.eq_ignore_ascii_case(other)
}

/// Every word with a capital letter, as `str.title` does it.
fn titled(name: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in name.chars() {
        let c = if inside { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() };
        inside = c.is_ascii_alphabetic();
        out.push(c);
    }
    debug_assert!(out.bytes().all(|b| is_token(b) || !b.is_ascii_alphanumeric()));
    out
}
