//! Logins: SASL in base64, and HTTP's Basic authentication.

use std::ops::Range;

use shared::explain::{Span, Wire};
use shared::text::sasl::{self, Mechanism};
use shared::transcript::Side;

use super::{Decoded, is};
use crate::state::Lab;

const MASKED: &str = "********";

pub(super) fn decode(lab: &Lab, n: usize, wire: &Wire, secrets: bool, out: &mut Vec<Decoded>) {
    for (at, span) in wire.spans.iter().enumerate() {
        let octets = &wire.bytes[span.range()];
        if is_response(span) || is(span, "CHALLENGE") {
            // A lone `*` gives up, a lone `=` is an empty response.
            if matches!(octets, b"*" | b"=") || octets.is_empty() {
                continue;
            }
            let (mechanism, turn) = exchange(lab, n);
            let challenge = lab.entry(n).is_some_and(|entry| entry.side() == Side::Server);
            out.push(line(mechanism, turn, challenge, octets, span.range(), secrets));
        }
        let scheme = at.checked_sub(2).map(|at| &wire.bytes[wire.spans[at].range()]);
        if is(span, "CREDENTIALS")
            && scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"basic"))
        {
            out.push(basic(octets, span.range(), secrets));
        }
    }
}

/// The mechanism of the login in which an entry is, and how many responses came before it.
fn exchange(lab: &Lab, n: usize) -> (Option<Mechanism>, usize) {
    let (mut mechanism, mut turn) = (None, 0);
    for at in lab.exchange(n).into_iter().take_while(|at| *at <= n) {
        let Some(wire) = lab.entry(at).and_then(|entry| entry.wire()) else { continue };
        for span in &wire.spans {
            if ["MECHANISM", "PLAIN", "CRAM_MD5"].contains(&span.term.id) {
                let name = String::from_utf8_lossy(&wire.bytes[span.range()]);
                mechanism = Mechanism::by_name(&name);
            }
            let sent = lab.entry(at).is_some_and(|entry| entry.side() == Side::Client);
            turn += usize::from(at < n && sent && is_response(span));
        }
    }
    (mechanism, turn)
}

fn is_response(span: &Span) -> bool {
    is(span, "SASL_RESPONSE") || is(span, "INITIAL_RESPONSE")
}

fn line(
    mechanism: Option<Mechanism>,
    turn: usize,
    challenge: bool,
    octets: &[u8],
    range: Range<usize>,
    secrets: bool,
) -> Decoded {
    let name = mechanism.map_or("SASL", Mechanism::name);
    let rule = match mechanism {
        Some(Mechanism::Plain) => (4616, "2"),
        Some(Mechanism::CramMd5) => (2195, "2"),
        _ => (4422, "3"),
    };
    let what = match challenge {
        true => format!("base64, a challenge of {name}"),
        false => format!("base64, a response of {name}"),
    };
    let decoded = Decoded::new(what, range, rule);
    let Some(plain) = sasl::decode(octets) else {
        return decoded.fails("It is not base64: the alphabet or the length does not fit.");
    };
    let text = String::from_utf8_lossy(&plain);
    if challenge {
        // It is no secret: everybody on the way has seen it, and it was not made from the password.
        return decoded.text(text);
    }
    let secret = |text: &str| if secrets { text.to_string() } else { MASKED.into() };
    match (mechanism, turn) {
        (Some(Mechanism::Plain), _) => match text.split('\0').collect::<Vec<_>>()[..] {
            [acts_as, user, password] => {
                let acts_as = if acts_as.is_empty() { "(the same user)" } else { acts_as };
                decoded.text(format!(
                    "acts as: {acts_as}\nuser: {user}\npassword: {}",
                    secret(password)
                ))
            }
            _ => decoded
                .fails("PLAIN has three parts with a NUL between them; here are more or less."),
        },
        (Some(Mechanism::Login), 0) => decoded.text(format!("user: {text}")),
        (Some(Mechanism::Login), _) => decoded.text(format!("password: {}", secret(&text))),
        (Some(Mechanism::CramMd5), _) => match text.rsplit_once(' ') {
            Some((user, digest)) => decoded.text(format!(
                "user: {user}\ndigest of challenge and password: {}",
                secret(digest)
            )),
            None => decoded.fails("CRAM-MD5 has a user name, a space and a digest."),
        },
        (None, _) => decoded.text(secret(&text)),
    }
}

fn basic(octets: &[u8], range: Range<usize>, secrets: bool) -> Decoded {
    let decoded = Decoded::new("base64, Basic authentication", range, (7617, "2"));
    let Some(plain) = sasl::decode(octets) else {
        return decoded.fails("It is not base64: the alphabet or the length does not fit.");
    };
    let text = String::from_utf8_lossy(&plain);
    match text.split_once(':') {
        Some((user, password)) => {
            let password = if secrets { password } else { MASKED };
            decoded.text(format!("user: {user}\npassword: {password}"))
        }
        None => decoded.fails("There is no colon between user and password."),
    }
}
