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

use crate::explain::{Composer, Rfc, Wire, common};
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

/// Octets that a person sends without checks. Lines that happen to be whole commands get the
/// spans that `command` gives them, so that their secrets are masked too.
pub fn off_script(bytes: &[u8], command: impl Fn(&str) -> Option<Wire>) -> Wire {
    let mut wire = Wire::default();
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        let text = line.strip_suffix(b"\r\n").and_then(|line| core::str::from_utf8(line).ok());
        let known = text.and_then(&command).filter(|known| known.bytes == line);
        wire.append(known.unwrap_or_else(|| {
            let mut out = Composer::new();
            out.put(&common::OFF_SCRIPT, line);
            out.finish("")
        }));
    }
    wire.says = "Sent without the lab's checks.".into();
    wire
}
