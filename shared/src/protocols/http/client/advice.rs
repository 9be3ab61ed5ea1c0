//! What to do next, and what is known by now.

use super::super::auth::{self, Challenge, Hash};
use super::super::framing::persists;
use super::super::uri::Reference;
use super::super::{status, table};
use super::{Exchange, HttpClient};
use crate::machine::{Fact, Note, Suggestion};
use crate::random::Random;

/// After so many redirects in a row it is a loop.
const REDIRECTS_LIMIT: u32 = 10;

impl HttpClient {
    pub(super) fn advise(&self) -> Option<Suggestion> {
        if self.progress.state() == &table::SENDING_BODY {
            return self.suggest_content();
        }
        if self.progress.state() != &table::IDLE || self.progress.is_waiting() {
            return None;
        }
        let follow = self.last.as_ref().and_then(|last| self.follow(last));
        follow.or_else(|| self.tour())
    }

    pub(super) fn known(&self) -> Vec<Fact> {
        let mut facts = vec![Fact::new("encryption", "none: everything crosses in clear text")];
        if let Some(minor) = self.version {
            facts.push(Fact::new("the server speaks", format!("HTTP/1.{minor}")));
        }
        if let Some(server) = &self.server {
            facts.push(Fact::new("server program", server));
        }
        if let Some(last) = &self.last {
            let line = format!("{} {}", last.asked.method, last.asked.target);
            let reason = status::reason(last.status);
            facts.push(Fact::new("last response", format!("{} {reason} to {line}", last.status)));
            if let Some(tag) = last.fields.get("etag") {
                facts.push(Fact::new("version of the target", tag));
            }
            let minor = self.version.unwrap_or(1);
            let stays = self.open && persists(&last.fields, minor);
            let text = if stays { "stays open (persistent)" } else { "closed: connect again" };
            facts.push(Fact::new("connection", text));
        }
        if self.asked.len() > 1 {
            facts.push(Fact::new("responses awaited", self.asked.len().to_string()));
        }
        if let Some(decoded) = &self.decoded {
            facts.push(Fact::new("content coding", decoded));
        }
        for (name, value) in &self.cookies {
            facts.push(Fact::new("cookie", format!("{name}={value}")));
        }
        facts
    }

    /// Tells when a redirect leads away from this server.
    pub(super) fn note_redirect(&mut self) {
        let Some(last) = &self.last else { return };
        let Some(target) = self.redirect(last) else { return };
        if self.redirects > REDIRECTS_LIMIT {
            self.note(
                Note::warning(format!(
                    "That was redirect number {}: it is a loop, and the lab suggests no more.",
                    self.redirects
                ))
                .rule(9110, "15.4"),
            );
        } else if target.origin() != self.base(last).origin() {
            self.note(
                Note::warning(format!(
                    "The redirect leads to another server: connect to {target} for it. Credentials and cookies of this server must not be taken along."
                ))
                .rule(9110, "15.4"),
            );
        }
    }

    /// What the last response asks for.
    fn follow(&self, last: &Exchange) -> Option<Suggestion> {
        let asked = &last.asked;
        let again = |field: &str| format!("{} {}\n{field}", asked.method, asked.target);
        match last.status {
            401 => {
                let stale = challenges(last, "www-authenticate")
                    .iter()
                    .any(|c| c.get("stale").is_some_and(|s| s.eq_ignore_ascii_case("true")));
                if asked.fields.get("authorization").is_some() && !stale {
                    return None;
                }
                let (value, why) = self.credentials(last, "www-authenticate")?;
                Some(suggest(again(&format!("Authorization: {value}")), why))
            }
            407 if asked.fields.get("proxy-authorization").is_none() => {
                let (value, why) = self.credentials(last, "proxy-authenticate")?;
                Some(suggest(again(&format!("Proxy-Authorization: {value}")), why))
            }
            405 => {
                let allowed = last.fields.list("allow");
                let method = allowed.iter().find(|method| *method == "GET")?;
                Some(suggest(
                    format!("{method} {}", asked.target),
                    "Allow names the methods that this target takes.",
                ))
            }
            416 => {
                let size = last.fields.get("content-range")?.strip_prefix("bytes */")?;
                let end = size.parse::<u64>().ok()?.checked_sub(1)?.min(9);
                Some(suggest(
                    again(&format!("Range: bytes=0-{end}")),
                    "Ask for a range that lies inside the content.",
                ))
            }
            200 if asked.method == "GET" && !self.was_conditional() => {
                let tag = last.fields.get("etag")?;
                Some(suggest(
                    again(&format!("If-None-Match: {tag}")),
                    "Ask for it only if it has changed since.",
                ))
            }
            _ => self.follow_redirect(last),
        }
    }

    fn follow_redirect(&self, last: &Exchange) -> Option<Suggestion> {
        let target = self.redirect(last)?;
        let same = target.origin() == self.base(last).origin();
        if !same || self.redirects > REDIRECTS_LIMIT {
            return None;
        }
        let asked = &last.asked;
        let keeps = matches!(last.status, 307 | 308);
        let (method, why) = match asked.method.as_str() {
            "HEAD" => ("HEAD", "Follow the redirect."),
            "GET" => ("GET", "Follow the redirect."),
            _ if last.status == 303 => ("GET", "303 says: fetch the answer with GET."),
            "POST" if !keeps => {
                ("GET", "After 301 and 302 every client turns POST into GET, and so may you.")
            }
            method => (method, "Follow the redirect with the same method and content."),
        };
        let mut text = format!("{method} {}", target.target());
        if method == asked.method
            && let Some(content) = &asked.content
        {
            if let Some(kind) = asked.fields.get("content-type") {
                text.push_str(&format!("\nContent-Type: {kind}"));
            }
            text.push_str("\n\n");
            text.push_str(&String::from_utf8_lossy(content));
        }
        Some(suggest(text, why))
    }

    /// The URI that the last request was for.
    fn base(&self, last: &Exchange) -> Reference {
        let host = last.asked.fields.get("host").map_or_else(|| self.host(), Into::into);
        let target = &last.asked.target;
        if target.contains("://") {
            Reference::parse(target)
        } else {
            Reference::parse(&format!("http://{host}{target}"))
        }
    }

    fn redirect(&self, last: &Exchange) -> Option<Reference> {
        if !matches!(last.status, 301 | 302 | 303 | 307 | 308) {
            return None;
        }
        let location = last.fields.get("location")?;
        Some(self.base(last).resolve(&Reference::parse(location)))
    }

    /// The strongest answer to the challenges that the lab can give.
    fn credentials(&self, last: &Exchange, field: &str) -> Option<(String, &'static str)> {
        let (user, password) = (self.config.user.as_str(), self.config.password.as_str());
        let challenges = challenges(last, field);
        let digests = challenges.iter().filter(|c| c.is("Digest"));
        let strongest =
            digests.max_by_key(|c| Hash::by_name(c.get("algorithm")) == Some(Hash::Sha256));
        if let Some(challenge) = strongest {
            let nonce = challenge.get("nonce").unwrap_or_default();
            let count = if self.nonce.0 == nonce { self.nonce.1 + 1 } else { 1 };
            let cnonce = Random::new(self.config.seed ^ u64::from(count)).hex();
            let request = (last.asked.method.as_str(), last.asked.target.as_str());
            let value = auth::digest(challenge, (user, password), request, count, &cnonce);
            if let Some(value) = value {
                return Some((value, "Prove that you know the password without sending it."));
            }
        }
        let basic = challenges.iter().any(|c| c.is("Basic"));
        let why = "Send name and password; base64 hides nothing.";
        (basic && !user.contains(':')).then(|| (auth::basic(user, password), why))
    }

    fn was_conditional(&self) -> bool {
        let again = |step: &String| self.done.iter().filter(|d| *d == step).count() > 1;
        self.done.iter().any(|step| step.starts_with("GET ") && again(step))
    }

    /// A first round through the protocol.
    fn tour(&self) -> Option<Suggestion> {
        let practice = self.config.host == crate::world::HOST
            || self.server.as_deref().is_some_and(|s| s.starts_with("Wirelab"));
        let steps: &[(&str, &str)] = if practice {
            &[
                ("GET /readme.txt", "Fetch a file."),
                ("GET /redirect", "See what the server says of something that is elsewhere."),
                ("HEAD /pub/big.bin", "Ask how large a file is without fetching it."),
                ("GET /private/secret.txt", "Ask for something that needs a password."),
                ("POST /echo\n\nHello from the lab.\n", "Send content of your own."),
                ("GET /hello.txt\nConnection: close", "One last request, and then the end."),
            ]
        } else {
            &[
                ("GET /", "Fetch the front page."),
                ("HEAD /", "The same again, but only the header."),
                ("OPTIONS *", "Ask what the server can do."),
                ("GET /\nConnection: close", "One last request, and then the end."),
            ]
        };
        let tried =
            |text: &str| self.done.iter().any(|done| Some(done.as_str()) == text.lines().next());
        let (closing, steps) = steps.split_last()?;
        let (text, why) = steps.iter().find(|(text, _)| !tried(text)).unwrap_or(closing);
        Some(suggest((*text).into(), why))
    }

    fn suggest_content(&self) -> Option<Suggestion> {
        let length = self.asked.back()?.fields.get("content-length").map(str::parse::<usize>);
        let text: String = match length {
            None => "Hello from the lab.\n".into(),
            Some(Ok(n @ ..=1000)) => "Hello from the lab. ".chars().cycle().take(n).collect(),
            Some(_) => return None,
        };
        Some(suggest(text, "Send the content that the header announced."))
    }
}

fn challenges(last: &Exchange, field: &str) -> Vec<Challenge> {
    last.fields.all(field).flat_map(auth::challenges).collect()
}

fn suggest(text: String, why: &str) -> Suggestion {
    Suggestion { text, why: why.into() }
}
