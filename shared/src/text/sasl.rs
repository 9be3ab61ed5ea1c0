//! SASL mechanisms that need nothing but a name and a password (RFC 4616, RFC 2195, and the
//! LOGIN mechanism that never became an RFC).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{KeyInit, Mac};

use crate::world::World;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    Plain,
    Login,
    CramMd5,
}

impl Mechanism {
    /// Strongest first, as a client should try them.
    pub const ALL: [Mechanism; 3] = [Mechanism::CramMd5, Mechanism::Plain, Mechanism::Login];

    pub fn name(self) -> &'static str {
        match self {
            Mechanism::Plain => "PLAIN",
            Mechanism::Login => "LOGIN",
            Mechanism::CramMd5 => "CRAM-MD5",
        }
    }

    pub fn by_name(name: &str) -> Option<Mechanism> {
        Mechanism::ALL.into_iter().find(|m| m.name().eq_ignore_ascii_case(name))
    }

    /// The client's answer to the `n`th challenge (from 0), not yet in base64. `None`: the
    /// mechanism has no further answer.
    pub fn respond(self, n: usize, challenge: &[u8], user: &str, password: &str) -> Option<String> {
        match (self, n) {
            (Mechanism::Plain, 0) => Some(format!("\0{user}\0{password}")),
            (Mechanism::Login, 0) => Some(user.into()),
            (Mechanism::Login, 1) => Some(password.into()),
            (Mechanism::CramMd5, 0) => {
                Some(format!("{user} {}", cram_md5(password.as_bytes(), challenge)))
            }
            _ => None,
        }
    }
}

/// The keyed digest of CRAM-MD5, in lower-case hexadecimal.
pub fn cram_md5(password: &[u8], challenge: &[u8]) -> String {
    let mut mac =
        hmac::Hmac::<md5::Md5>::new_from_slice(password).expect("HMAC takes a key of any length");
    mac.update(challenge);
    hex(&mac.finalize().into_bytes())
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What [`hex`] made.
pub fn unhex(digits: &str) -> Option<Vec<u8>> {
    let digit =
        |octet: &u8| char::from(*octet).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let octets = digits.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    });
    octets.collect()
}

pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

pub fn decode(text: impl AsRef<[u8]>) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// The server's side of one exchange.
#[derive(Clone, Debug)]
pub struct Exchange {
    mechanism: Mechanism,
    /// For CRAM-MD5: `<digits@host>`.
    challenge: String,
    user: Option<String>,
}

/// What the server does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Send this challenge, not yet in base64.
    Challenge(String),
    /// The account is this user's.
    Accepted(String),
    /// Wrong name or password.
    Denied,
    /// The response is not what the mechanism asks for.
    Malformed,
}

impl Exchange {
    /// `challenge` is used by CRAM-MD5 only and must be fresh.
    pub fn new(mechanism: Mechanism, challenge: String) -> Exchange {
        Exchange { mechanism, challenge, user: None }
    }

    /// The first challenge, for a client that gave no initial response.
    pub fn begin(&self) -> String {
        match self.mechanism {
            Mechanism::Plain => String::new(),
            Mechanism::Login => "Username:".into(),
            Mechanism::CramMd5 => self.challenge.clone(),
        }
    }

    /// Whether the client may send its first answer together with the command.
    pub fn takes_initial_response(&self) -> bool {
        self.mechanism != Mechanism::CramMd5
    }

    pub fn respond(&mut self, response: &[u8], world: &World) -> Verdict {
        let Ok(response) = core::str::from_utf8(response) else { return Verdict::Malformed };
        match self.mechanism {
            Mechanism::Plain => {
                let parts: Vec<_> = response.split('\0').collect();
                let [acts_as, user, password] = parts[..] else { return Verdict::Malformed };
                // Nobody may act for somebody else here (RFC 4616 section 2).
                if !acts_as.is_empty() && acts_as != user {
                    return Verdict::Denied;
                }
                check(world, user, |secret| secret == password)
            }
            Mechanism::Login => match self.user.take() {
                None => {
                    self.user = Some(response.into());
                    Verdict::Challenge("Password:".into())
                }
                Some(user) => check(world, &user, |secret| secret == response),
            },
            Mechanism::CramMd5 => {
                let Some((user, digest)) = response.rsplit_once(' ') else {
                    return Verdict::Malformed;
                };
                let challenge = self.challenge.as_bytes();
                check(world, user, |secret| cram_md5(secret.as_bytes(), challenge) == digest)
            }
        }
    }
}

fn check(world: &World, user: &str, right: impl Fn(&str) -> bool) -> Verdict {
    match world.accounts.password(user) {
        Some(secret) if right(secret) => Verdict::Accepted(user.into()),
        _ => Verdict::Denied,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_digits_come_back_as_octets() {
        let octets: Vec<u8> = (0..=255).collect();
        assert_eq!(unhex(&hex(&octets)), Some(octets));
        assert_eq!(unhex("0G"), None);
        assert_eq!(unhex("+1"), None);
        assert_eq!(unhex("012"), None);
    }

    #[test]
    fn cram_md5_answers_the_challenge_of_rfc_2195() {
        let challenge = b"<1896.697170952@postoffice.reston.mci.net>";
        let answer = Mechanism::CramMd5.respond(0, challenge, "tim", "tanstaaftanstaaf");
        assert_eq!(
            encode(answer.expect("CRAM-MD5 answers")),
            "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw"
        );
    }

    #[test]
    fn plain_lets_nobody_act_for_somebody_else() {
        let world = World::new(0);
        for (response, right) in [
            ("\0student\0lab-secret", true),
            ("student\0student\0lab-secret", true),
            ("alice\0student\0lab-secret", false),
        ] {
            let mut server = Exchange::new(Mechanism::Plain, String::new());
            let verdict = server.respond(response.as_bytes(), &world);
            assert_eq!(matches!(verdict, Verdict::Accepted(_)), right, "{response:?}");
        }
    }

    #[test]
    fn both_sides_of_every_mechanism_agree() {
        let world = World::new(0);
        for mechanism in Mechanism::ALL {
            for (password, right) in [(crate::world::PASSWORD, true), ("wrong", false)] {
                let mut server = Exchange::new(mechanism, "<1.2@practice.lab>".into());
                let mut challenge = server.begin();
                let mut n = 0;
                let verdict = loop {
                    let response = mechanism
                        .respond(n, challenge.as_bytes(), crate::world::USER, password)
                        .expect("the server asks only what the mechanism has");
                    match server.respond(response.as_bytes(), &world) {
                        Verdict::Challenge(next) => challenge = next,
                        verdict => break verdict,
                    }
                    n += 1;
                };
                assert_eq!(matches!(verdict, Verdict::Accepted(_)), right, "{mechanism:?}");
            }
        }
    }
}
