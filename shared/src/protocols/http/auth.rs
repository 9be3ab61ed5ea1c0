//! Basic (RFC 7617) and Digest (RFC 7616), for both sides.

use sha2::Digest as _;

use super::fields::{is_token_text, split_list, unquote};
use crate::text::sasl::{encode, hex};

/// One way in that a server offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Challenge {
    pub(super) scheme: String,
    /// Names in lower case, values without quotes.
    pub(super) parameters: Vec<(String, String)>,
}

impl Challenge {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn is(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }
}

/// The challenges of one field: a list whose members are themselves lists (RFC 9110 section
/// 11.6.1). A member that begins with a word and a space opens the next challenge.
pub(super) fn challenges(value: &str) -> Vec<Challenge> {
    let mut found: Vec<Challenge> = Vec::new();
    for member in split_list(value) {
        let (first, rest) = member.split_once(' ').unwrap_or((&member, ""));
        let opens = is_token_text(first.as_bytes()) && !rest.trim_start().starts_with('=');
        let parameter = if opens {
            found.push(Challenge { scheme: first.into(), parameters: Vec::new() });
            rest.trim()
        } else {
            member.as_str()
        };
        if let (Some(challenge), Some((name, value))) =
            (found.last_mut(), parameter.split_once('='))
        {
            let name = name.trim().to_ascii_lowercase();
            challenge.parameters.push((name, unquote(value.trim())));
        }
    }
    found
}

/// The value of Authorization for Basic.
pub(super) fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", encode(format!("{user}:{password}")))
}

/// The hash of a Digest algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Md5,
    Sha256,
}

impl Hash {
    /// Without the suffix `-sess`. No name means MD5.
    pub(super) fn by_name(name: Option<&str>) -> Option<Hash> {
        match name.unwrap_or("MD5").to_ascii_uppercase().trim_end_matches("-SESS") {
            "MD5" => Some(Hash::Md5),
            "SHA-256" => Some(Hash::Sha256),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Hash::Md5 => "MD5",
            Hash::Sha256 => "SHA-256",
        }
    }

    pub(super) fn hex(self, text: &str) -> String {
        match self {
            Hash::Md5 => hex(&md5::Md5::digest(text.as_bytes())),
            Hash::Sha256 => hex(&sha2::Sha256::digest(text.as_bytes())),
        }
    }
}

/// Everything that goes into a Digest response besides name and password.
#[derive(Clone, Copy, Debug)]
pub(super) struct DigestInput<'a> {
    pub(super) hash: Hash,
    /// `MD5-sess` and the like.
    pub(super) session: bool,
    pub(super) realm: &'a str,
    pub(super) nonce: &'a str,
    /// Eight hexadecimal digits.
    pub(super) count: &'a str,
    pub(super) cnonce: &'a str,
    /// Without qop the old form of RFC 2069 is meant.
    pub(super) with_qop: bool,
    pub(super) method: &'a str,
    pub(super) uri: &'a str,
}

impl DigestInput<'_> {
    /// RFC 7616 section 3.4.1.
    pub(super) fn response(&self, user: &str, password: &str) -> String {
        let DigestInput { hash, realm, nonce, count, cnonce, .. } = *self;
        let mut a1 = hash.hex(&format!("{user}:{realm}:{password}"));
        if self.session {
            a1 = hash.hex(&format!("{a1}:{nonce}:{cnonce}"));
        }
        let a2 = hash.hex(&format!("{}:{}", self.method, self.uri));
        if self.with_qop {
            hash.hex(&format!("{a1}:{nonce}:{count}:{cnonce}:auth:{a2}"))
        } else {
            hash.hex(&format!("{a1}:{nonce}:{a2}"))
        }
    }
}

/// The value of Authorization that answers a Digest challenge; `None` if the lab does not know
/// the algorithm or the quality of protection.
pub(super) fn digest(
    challenge: &Challenge,
    (user, password): (&str, &str),
    (method, uri): (&str, &str),
    count: u32,
    cnonce: &str,
) -> Option<String> {
    let algorithm = challenge.get("algorithm");
    let hash = Hash::by_name(algorithm)?;
    let (realm, nonce) = (challenge.get("realm")?, challenge.get("nonce")?);
    let qop = challenge.get("qop");
    if qop.is_some_and(|qop| !split_list(qop).iter().any(|q| q.eq_ignore_ascii_case("auth"))) {
        return None;
    }
    let count = format!("{count:08x}");
    let input = DigestInput {
        hash,
        session: algorithm.is_some_and(|name| name.to_ascii_lowercase().ends_with("-sess")),
        realm,
        nonce,
        count: &count,
        cnonce,
        with_qop: qop.is_some(),
        method,
        uri,
    };
    let mut out = format!(
        "Digest username={}, realm={}, nonce={}, uri={}, response=\"{}\"",
        quote(user),
        quote(realm),
        quote(nonce),
        quote(uri),
        input.response(user, password)
    );
    if let Some(algorithm) = algorithm {
        out.push_str(&format!(", algorithm={algorithm}"));
    }
    if qop.is_some() {
        out.push_str(&format!(", qop=auth, nc={count}, cnonce={}", quote(cnonce)));
    }
    if let Some(opaque) = challenge.get("opaque") {
        out.push_str(&format!(", opaque={}", quote(opaque)));
    }
    Some(out)
}

fn quote(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_20_a_list_of_challenges_is_a_list_of_lists() {
        let found =
            challenges("Newauth realm=\"a, b\", type=1, title=\"x \\\"y\\\"\", Basic realm=\"c\"");
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].get("realm"), Some("a, b"));
        assert_eq!(found[0].get("title"), Some("x \"y\""));
        assert!(found[1].is("basic") && found[1].get("realm") == Some("c"));
        let bare = challenges("Negotiate, Bearer abc==, Digest realm = \"x\", nonce=n");
        assert_eq!(bare.len(), 3);
        assert_eq!((bare[2].get("realm"), bare[2].get("nonce")), (Some("x"), Some("n")));
    }

    #[test]
    fn http_21_digest_gives_the_responses_of_rfc_7616_3_9_1() {
        let nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
        for (algorithm, response) in [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ] {
            let challenge = format!(
                "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm={algorithm}, nonce=\"{nonce}\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
            );
            let answer = digest(
                &challenges(&challenge)[0],
                ("Mufasa", "Circle of Life"),
                ("GET", "/dir/index.html"),
                1,
                "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            )
            .expect("the lab knows both algorithms");
            assert!(answer.contains(&format!("response=\"{response}\"")), "{answer}");
            assert!(answer.contains("qop=auth, nc=00000001"), "{answer}");
        }
    }

    #[test]
    fn what_the_lab_cannot_answer_it_does_not_answer() {
        for challenge in [
            "Digest realm=\"r\", nonce=\"n\", algorithm=SHA-512-256",
            "Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"",
            "Digest realm=\"r\"",
        ] {
            let challenge = &challenges(challenge)[0];
            assert_eq!(digest(challenge, ("u", "p"), ("GET", "/"), 1, "c"), None);
        }
    }
}
