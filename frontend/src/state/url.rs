//! Opening a URL: which protocol and server it names, and what is done there, as Python's `urlopen` would.

use shared::protocols::{self, Protocol};
use shared::python::Planned;
use shared::world::HOST;

use super::{Route, Target};
use crate::text::t;

/// What is still to be done in a session, one after the other.
#[derive(Clone)]
pub enum Step {
    Call(Planned),
    /// Typed as it is.
    Type(String),
}

pub struct Opening {
    pub route: Route,
    pub steps: Vec<Step>,
}

/// Reads a URL of a scheme that the lab speaks. The host of the practice servers is found where `practice` says.
pub fn open(text: &str, practice: &Target) -> Result<Opening, String> {
    let text = text.trim();
    let Some((scheme, rest)) = text.split_once("://") else {
        return Err(t!("url-no-scheme", url = text));
    };
    let scheme = scheme.to_ascii_lowercase();
    let Some(protocol) = protocols::by_id(&scheme)
        .filter(|protocol| matches!(protocol.id, "http" | "ftp" | "gopher"))
    else {
        return Err(t!("url-scheme", scheme = &scheme));
    };
    let (authority, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, "/"),
    };
    let path = path.split('#').next().unwrap_or_default();
    let (user, place) = authority.rsplit_once('@').map_or((None, authority), |(u, p)| (Some(u), p));
    let (host, port) = split_port(place, protocol.port)?;
    if host.is_empty() {
        return Err(t!("url-no-host").into());
    }
    let target = match host.eq_ignore_ascii_case(HOST) && port == protocol.port {
        true => practice.clone(),
        false => Target::Real { host, port },
    };
    let steps = match protocol.id {
        "http" => vec![call(protocol, "urlopen", &[path])?],
        "ftp" => ftp(protocol, user, path)?,
        // The machine reads such URLs itself.
        _ => vec![Step::Type(text.into())],
    };
    Ok(Opening { route: Route::to(protocol, target), steps })
}

/// RFC 1738 section 3.2.2: the folders one by one, then the file; without a file its list.
fn ftp(protocol: &'static Protocol, user: Option<&str>, path: &str) -> Result<Vec<Step>, String> {
    let (user, password) = match user {
        Some(user) => user.split_once(':').unwrap_or((user, "")),
        None => ("anonymous", "guest@"),
    };
    let mut steps = vec![call(protocol, "login", &[&decoded(user)?, &decoded(password)?])?];
    let path = path.split_once(";type=").map_or(path, |(path, _)| path);
    let mut parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let file = decoded(parts.pop().unwrap_or_default())?;
    for folder in parts.into_iter().filter(|folder| !folder.is_empty()) {
        steps.push(call(protocol, "cwd", &[&decoded(folder)?])?);
    }
    steps.push(match file.as_str() {
        "" => call(protocol, "dir", &[])?,
        file => call(protocol, "retrbinary", &[&format!("RETR {file}")])?,
    });
    Ok(steps)
}

/// A method with its first arguments; the others are as in its example.
fn call(protocol: &'static Protocol, method: &str, first: &[&str]) -> Result<Step, String> {
    let action = protocol.module.and_then(|module| module.action(method));
    let action = action.ok_or_else(|| format!("{} has no {method}()", protocol.name))?;
    let mut args = action.examples();
    for (arg, given) in args.iter_mut().zip(first) {
        *arg = (*given).to_owned();
    }
    Ok(Step::Call(Planned { line: 1, action, args }))
}

fn split_port(place: &str, usual: u16) -> Result<(String, u16), String> {
    let behind_brackets = place.rfind(']').map_or(0, |at| at + 1);
    match place[behind_brackets..].rsplit_once(':') {
        None => Ok((place.trim_matches(['[', ']']).into(), usual)),
        Some((_, port)) => {
            let host = &place[..place.len() - port.len() - 1];
            let port = port.parse().ok().filter(|port| *port > 0);
            let port = port.ok_or_else(|| t!("url-port", place = place))?;
            Ok((host.trim_matches(['[', ']']).into(), port))
        }
    }
}

/// Percent-encoding undone (RFC 3986 section 2.1).
fn decoded(text: &str) -> Result<String, String> {
    let mut octets = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let hex = behind.get(..2).filter(|_| *first == b'%');
        let value =
            hex.and_then(|hex| u8::from_str_radix(core::str::from_utf8(hex).ok()?, 16).ok());
        match value {
            Some(value) => {
                octets.push(value);
                rest = &behind[2..];
            }
            None => {
                octets.push(*first);
                rest = behind;
            }
        }
    }
    let text = String::from_utf8(octets).map_err(|_| t!("url-utf8", text = text))?;
    match text.bytes().any(|b| matches!(b, b'\r' | b'\n' | 0)) {
        true => Err(t!("url-line-end").into()),
        false => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(url: &str) -> Vec<String> {
        let opening = open(url, &Target::Page).unwrap_or_else(|why| panic!("{url}: {why}"));
        let shown = |step: &Step| match step {
            Step::Call(Planned { action, args, .. }) => {
                format!("{} {}", action.method, args.first().map_or("", String::as_str))
            }
            Step::Type(text) => format!("> {text}"),
        };
        opening.steps.iter().map(shown).collect()
    }

    #[test]
    fn each_scheme_has_its_dialogue() {
        assert_eq!(steps("http://practice.lab/a%20b?c=d#e"), ["urlopen /a%20b?c=d"]);
        assert_eq!(
            steps("ftp://tim:a%40b@h/pub/my%20docs/a.txt;type=i"),
            ["login tim", "cwd pub", "cwd my docs", "retrbinary RETR a.txt"]
        );
        assert_eq!(steps("FTP://practice.lab"), ["login anonymous", "dir "]);
        assert_eq!(steps("gopher://practice.lab/1/pub"), ["> gopher://practice.lab/1/pub"]);
    }

    #[test]
    fn the_host_says_which_server() {
        let target = |url: &str| open(url, &Target::Relay).map(|opening| opening.route.target);
        assert_eq!(target("http://practice.lab/"), Ok(Target::Relay));
        let real = Target::Real { host: "::1".into(), port: 8080 };
        assert_eq!(target("http://[::1]:8080/x"), Ok(real));
        for wrong in
            ["readme.txt", "https://h/", "http:///x", "http://h:0/", "ftp://h/a%0d%0aDELE%20b"]
        {
            assert!(target(wrong).is_err(), "{wrong}");
        }
    }
}
