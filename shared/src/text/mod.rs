//! What line protocols share.

pub mod advice;
pub mod content;
pub mod dot;
pub mod lines;
pub mod message;
pub mod mime;
pub mod pattern;
pub mod reply;
pub mod sasl;
pub mod screen;
pub mod terminal;

use crate::explain::{Composer, Rfc, Term, Wire, common};
use crate::machine::Refused;

/// Refuses a typed command that would put more than one line on the wire.
pub fn single_line(text: &str, rule: Rfc) -> Result<&str, Refused> {
    match text.bytes().position(|b| matches!(b, b'\r' | b'\n' | 0)) {
        None => Ok(text),
        Some(at) => {
            let name = match text.as_bytes()[at] {
                b'\r' => "a carriage return",
                b'\n' => "a line feed",
                _ => "a NUL",
            };
            Err(Refused::Malformed {
                what: format!(
                    "There is {name} at octet {at}: what follows it would be taken for another command."
                ),
                expected: "one line without control characters".into(),
                rule,
            })
        }
    }
}

/// The verb and its argument: everything behind the first space, further spaces included.
pub fn split_verb(line: &str) -> (&str, Option<&str>) {
    match line.split_once(' ') {
        Some((verb, argument)) => (verb, Some(argument)),
        None => (line, None),
    }
}

/// As the beginning of a sentence. Our own words only, so ASCII is enough.
pub fn capitalized(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// Octets that a person sends without checks. Lines that happen to be commands, whatever their
/// end, get the spans that `command` gives them, so that their secrets are masked too.
pub fn off_script(bytes: &[u8], command: impl Fn(&str) -> Option<Wire>) -> Wire {
    let mut wire = Wire::default();
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        wire.append(as_command(line, &command).unwrap_or_else(|| {
            let mut out = Composer::new();
            out.put(&common::OFF_SCRIPT, line);
            out.finish("")
        }));
    }
    wire.says = "Sent without the lab's checks.".into();
    wire
}

/// Octets of a line that is no whole command: the first `open` of them may be shown, the rest but
/// for its end is masked.
pub fn off_script_piece(piece: &[u8], open: usize, secret: &'static Term) -> Wire {
    let (open, hidden) = piece.split_at(open.min(piece.len()));
    let end = hidden.iter().rposition(|b| !matches!(b, b'\r' | b'\n')).map_or(0, |at| at + 1);
    let mut out = Composer::new();
    out.put(&common::OFF_SCRIPT, open).secret(secret, &hidden[..end]);
    out.put(&common::OFF_SCRIPT, &hidden[end..]);
    out.finish("")
}

fn as_command(line: &[u8], command: impl Fn(&str) -> Option<Wire>) -> Option<Wire> {
    let (text, end) = match line {
        [text @ .., b'\r', b'\n'] => (text, &common::CRLF),
        [text @ .., b'\n'] => (text, &common::BARE_LF),
        text => (text, &common::OFF_SCRIPT),
    };
    let mut known = command(core::str::from_utf8(text).ok()?)?;
    known.split_off(text.len());
    let mut out = Composer::new();
    out.put(end, &line[text.len()..]);
    known.append(out.finish(""));
    (known.bytes == line).then_some(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_masked_however_its_line_ends() {
        let command = |line: &str| {
            let mut out = Composer::new();
            out.put(&common::TEXT, "PASS ").secret(&common::TEXT, line.strip_prefix("PASS ")?);
            out.crlf();
            Some(out.finish(""))
        };
        for line in ["PASS x y\r\n", "PASS x y\n", "PASS x y", "NOOP\r\n", "NOOP"] {
            let wire = off_script(line.as_bytes(), command);
            assert!(wire.tiles() && wire.bytes == line.as_bytes());
            let expected = line.replace("x y", "********");
            assert_eq!(wire.masked(), expected.as_bytes(), "{line:?}");
        }
    }
}
