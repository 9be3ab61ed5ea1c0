//! Who may see what: Basic and Digest.

use super::super::auth::{self, DigestInput, Hash};
use super::answer::Answer;
use super::request::Request;
use crate::text::sasl::decode;
use crate::world::{Date, World};

const REALM: &str = "lab";
/// A nonce is good for so many seconds.
const NONCE_LIFE: u64 = 300;

/// The 401 that asks for Basic, or nothing if the request has good credentials.
pub(super) fn basic(request: &Request, world: &World) -> Option<Answer> {
    let admitted = request.fields.get("authorization").and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        let pair = String::from_utf8(decode(token.trim())?).ok()?;
        let (user, password) = pair.split_once(':')?;
        Some(scheme.eq_ignore_ascii_case("basic") && world.accounts.admits(user, password))
    });
    if admitted == Some(true) {
        return None;
    }
    Some(
        Answer::error(401, "name and password, please")
            .field("WWW-Authenticate", format!("Basic realm=\"{REALM}\", charset=\"UTF-8\"")),
    )
}

/// The 401 that asks for Digest with one of these hashes, strongest first, or nothing.
pub(super) fn digest(
    request: &Request,
    world: &World,
    now: Date,
    name: &str,
    hashes: &[Hash],
) -> Option<Answer> {
    let verdict = check(request, world, now, name, hashes);
    if verdict == Verdict::Right {
        return None;
    }
    let stale = if verdict == Verdict::Stale { ", stale=true" } else { "" };
    let mut answer = Answer::error(401, "prove that you know the password");
    for hash in hashes {
        answer = answer.field(
            "WWW-Authenticate",
            format!(
                "Digest realm=\"{REALM}\", qop=\"auth\", algorithm={}, nonce=\"{}\"{stale}",
                hash.name(),
                nonce(name, now.0)
            ),
        );
    }
    Some(answer)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Right,
    Wrong,
    /// Everything is right but the age of the nonce.
    Stale,
}

fn check(request: &Request, world: &World, now: Date, name: &str, hashes: &[Hash]) -> Verdict {
    let value = request.fields.get("authorization").unwrap_or_default();
    let credentials = auth::challenges(value);
    let Some(given) = credentials.first().filter(|c| c.is("Digest")) else {
        return Verdict::Wrong;
    };
    let get = |name: &str| given.get(name).unwrap_or_default();
    let hash = Hash::by_name(given.get("algorithm")).filter(|hash| hashes.contains(hash));
    let session = get("algorithm").to_ascii_lowercase().ends_with("-sess");
    let (Some(hash), false) = (hash, session) else { return Verdict::Wrong };
    let password = world.accounts.password(get("username"));
    let issued = get("nonce").split('-').next().and_then(|s| u64::from_str_radix(s, 16).ok());
    let (Some(password), Some(issued)) = (password, issued) else { return Verdict::Wrong };
    let input = DigestInput {
        hash,
        session,
        realm: REALM,
        nonce: get("nonce"),
        count: get("nc"),
        cnonce: get("cnonce"),
        with_qop: true,
        method: &request.method,
        uri: get("uri"),
    };
    let right = get("uri") == request.target
        && get("qop") == "auth"
        && get("nonce") == nonce(name, issued)
        && get("response") == input.response(get("username"), password);
    match right {
        false => Verdict::Wrong,
        true if issued + NONCE_LIFE < now.0 => Verdict::Stale,
        true => Verdict::Right,
    }
}

/// Made from the time and the server's name, so that it can be checked on another connection and
/// nothing has to be remembered. A real server would mix in a secret.
fn nonce(name: &str, issued: u64) -> String {
    format!("{issued:x}-{}", Hash::Sha256.hex(&format!("{issued}:{name}")))
}
