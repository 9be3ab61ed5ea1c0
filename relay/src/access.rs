//! The access token: who knows it may use the relay. It is in a file, and never in an address,
//! because addresses end up in logs and histories. Programs send it as `Authorization: Bearer`. A
//! page cannot do that with a WebSocket: it sends the token once, and gets a cookie that proves it.
//!
//! A cookie goes to every port of its host. So it is not the token, and it ends by itself.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How long a page need not ask again: a day at school.
pub(crate) const REMEMBERED: Duration = Duration::from_secs(12 * 60 * 60);

/// Fewer characters could be guessed.
const SHORTEST: usize = 16;
/// What a page may send as a token, and what may be in the file.
pub(crate) const LONGEST: usize = 512;

pub(crate) struct Access {
    token: Vec<u8>,
}

impl Access {
    /// The first line of the file.
    pub(crate) fn read(path: &Path) -> io::Result<Access> {
        let mut text = String::new();
        File::open(path)?.take(4096).read_to_string(&mut text)?;
        warn_of_readers(path);
        Access::new(text.lines().next().unwrap_or_default().trim()).map_err(io::Error::other)
    }

    fn new(token: &str) -> Result<Access, String> {
        let fits = (SHORTEST..=LONGEST).contains(&token.len());
        if !fits || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(format!(
                "the first line is the token: {SHORTEST} to {LONGEST} letters, digits and signs, \
                 without spaces, such as `openssl rand -hex 16` prints"
            ));
        }
        Ok(Access { token: token.as_bytes().to_vec() })
    }

    /// Takes the same time for every wrong token.
    pub(crate) fn is_token(&self, given: &[u8]) -> bool {
        let wanted = self.proof(b"token", &self.token).finalize().into_bytes();
        self.proof(b"token", given).verify_slice(&wanted).is_ok()
    }

    /// What the browser of somebody who knew the token keeps.
    pub(crate) fn cookie(&self, now: SystemTime) -> String {
        let until = seconds(now) + REMEMBERED.as_secs();
        let proof = self.proof(b"cookie", until.to_string().as_bytes()).finalize().into_bytes();
        let proof: String = proof.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{until}.{proof}")
    }

    pub(crate) fn is_cookie(&self, value: &str, now: SystemTime) -> bool {
        let Some((until, proof)) = value.split_once('.') else { return false };
        let Some(proof) = octets(proof) else { return false };
        let is_genuine = self.proof(b"cookie", until.as_bytes()).verify_slice(&proof).is_ok();
        is_genuine && until.parse::<u64>().is_ok_and(|until| seconds(now) < until)
    }

    fn proof(&self, purpose: &[u8], of: &[u8]) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC has no length that it refuses")]
        let mut mac = Hmac::new_from_slice(&self.token).expect("HMAC takes a key of any length");
        mac.update(purpose);
        mac.update(b"\0");
        mac.update(of);
        mac
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Access")
    }
}

/// The name of the cookie of a relay at this port: two relays on one host do not overwrite each
/// other's.
pub(crate) fn cookie_name(port: u16) -> String {
    format!("wirelab-access-{port}")
}

#[cfg(unix)]
fn warn_of_readers(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let others = std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o004 != 0);
    if others {
        tracing::warn!(file = %path.display(), "everybody on this machine can read the token");
    }
}

#[cfg(not(unix))]
fn warn_of_readers(_: &Path) {}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn octets(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pairs = hex.as_bytes().chunks(2);
    pairs.map(|pair| u8::try_from(digit(pair[0])? * 16 + digit(*pair.get(1)?)?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "correct-horse-battery";

    #[test]
    fn only_the_token_is_the_token() {
        let access = Access::new(TOKEN).unwrap();
        assert!(access.is_token(TOKEN.as_bytes()));
        for wrong in ["", "correct-horse-batter", "correct-horse-batteryy", "Correct-horse-battery"]
        {
            assert!(!access.is_token(wrong.as_bytes()), "{wrong}");
        }
        assert!(!access.is_token(&vec![b'x'; 1 << 20]));
        assert!(!format!("{access:?}").contains("horse"));
        for bad in ["", "too-short", "with spaces in between", "ünïcödé-ünïcödé"] {
            assert!(Access::new(bad).unwrap_err().contains("16 to 512"), "{bad}");
        }
    }

    #[test]
    fn a_cookie_is_good_for_its_time_and_its_token() {
        let access = Access::new(TOKEN).unwrap();
        let now = UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let cookie = access.cookie(now);
        assert!(!cookie.contains("horse"));
        assert!(access.is_cookie(&cookie, now));
        assert!(access.is_cookie(&cookie, now + REMEMBERED - Duration::from_secs(1)));
        assert!(!access.is_cookie(&cookie, now + REMEMBERED));
        let (until, proof) = cookie.split_once('.').unwrap();
        let later = until.parse::<u64>().unwrap() + 1;
        for forged in [
            format!("{later}.{proof}"),
            format!("0{until}.{proof}"),
            format!("{until}.{}", &proof[2..]),
            format!("{until}.{}", "0".repeat(64)),
            format!("{until}."),
            format!("{until}.{proof}0"),
            format!("{until}.é{}", &proof[2..]),
            proof.to_owned(),
            String::new(),
            TOKEN.to_owned(),
        ] {
            assert!(!access.is_cookie(&forged, now), "{forged}");
        }
        assert!(!Access::new("another-token-here").unwrap().is_cookie(&cookie, now));
        // Neither proves the other.
        assert!(!access.is_token(cookie.as_bytes()));
    }

    #[test]
    fn the_file_has_the_token_in_its_first_line() {
        let file = std::env::temp_dir().join(format!("wirelab-token-{}", std::process::id()));
        std::fs::write(&file, format!("  {TOKEN}\r\n# of the class\n")).unwrap();
        assert!(Access::read(&file).unwrap().is_token(TOKEN.as_bytes()));
        std::fs::write(&file, "\n").unwrap();
        assert!(Access::read(&file).unwrap_err().to_string().contains("first line"));
        std::fs::remove_file(&file).unwrap();
        assert!(Access::read(&file).is_err());
    }
}
