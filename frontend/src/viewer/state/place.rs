//! What the address asks for.

use shared::room::Code;

#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// A code is asked for.
    Join,
    Room(Code),
    /// The room on a projector. Others reach the relay at this origin, if it is not the one of this page.
    Stage(Code, Option<String>),
}

impl Place {
    /// The short address is the code alone.
    pub fn read(path: &str, query: &str) -> Place {
        let Ok(code) = Code::parse(path.trim_start_matches('/')) else { return Place::Join };
        match parameter(query, "view").as_deref() {
            Some("stage") => Place::Stage(code, parameter(query, "at").and_then(|at| origin(&at))),
            _ => Place::Room(code),
        }
    }
}

/// Whether nobody but this machine reaches the origin.
pub fn is_loopback(origin: &str) -> bool {
    let host = bare(origin);
    let host = host.strip_prefix('[').map_or_else(
        || host.split(':').next().unwrap_or_default(),
        |rest| rest.split(']').next().unwrap_or_default(),
    );
    host == "localhost" || host == "::1" || host.starts_with("127.") || host.ends_with(".localhost")
}

/// The address as it is read out and typed: without its scheme, which browsers add, unless it is one that they do not.
pub fn bare(origin: &str) -> &str {
    origin.strip_prefix("http://").unwrap_or(origin)
}

/// Scheme, host and port, and nothing else.
fn origin(text: &str) -> Option<String> {
    let text = text.trim_end_matches('/');
    let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"))?;
    let fits = |c: char| c.is_ascii_alphanumeric() || ".:-[]".contains(c);
    (!host.is_empty() && host.chars().all(fits)).then(|| text.into())
}

fn parameter(query: &str, name: &str) -> Option<String> {
    let pairs = query.trim_start_matches('?').split('&');
    let value = pairs.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name)?.1;
    let mut octets = Vec::new();
    let mut rest = value.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let hex = behind.get(..2).filter(|_| *first == b'%');
        let hex = hex.and_then(|hex| u8::from_str_radix(core::str::from_utf8(hex).ok()?, 16).ok());
        octets.push(hex.unwrap_or(*first));
        rest = if hex.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8(octets).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_room_its_stage_or_the_question_for_a_code() {
        let code = Code::parse("K7PQ4M").unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(Place::read("/k7pq4m", ""), Place::Room(code));
        assert_eq!(Place::read("/K7P-Q4M", "?view=board"), Place::Room(code));
        for join in ["/join", "/", "/viewer.html", "/K7PQ4", "/K7PQ40"] {
            assert_eq!(Place::read(join, "?view=stage"), Place::Join, "{join}");
        }
        let at = |query: &str| match Place::read("/K7PQ4M", query) {
            Place::Stage(_, at) => at,
            other => panic!("{other:?}"),
        };
        assert_eq!(at("?view=stage"), None);
        let lan = Some("http://192.0.2.7:8080".to_owned());
        assert_eq!(at("?at=http%3A%2F%2F192.0.2.7%3A8080&view=stage"), lan);
        assert_eq!(at("?view=stage&at=http://192.0.2.7:8080/"), lan);
        for wrong in ["javascript:alert(1)", "http://", "http://a/b", "http://a%20b", "a.b", "%ff"]
        {
            assert_eq!(at(&format!("?view=stage&at={wrong}")), None, "{wrong}");
        }
    }

    #[test]
    fn loopback_is_for_one_machine() {
        for own in [
            "http://127.0.0.1:8080",
            "http://localhost",
            "http://[::1]:8080",
            "https://a.localhost:1",
        ] {
            let host = own.strip_prefix("https://").unwrap_or(own);
            assert!(is_loopback(host), "{own}");
        }
        for others in ["http://192.0.2.7:8080", "https://lab.example", "http://[2001:db8::1]:80"] {
            assert!(!is_loopback(others), "{others}");
        }
        assert_eq!(bare("http://192.0.2.7:8080"), "192.0.2.7:8080");
        assert_eq!(bare("https://lab.example"), "https://lab.example");
    }
}
