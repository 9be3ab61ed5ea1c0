//! What octets stand for, beside the octets and never in their place: logins in base64, encoded words and bodies of
//! mail, names of mailboxes, chunks and compressed content, Telnet commands.

mod content;
mod login;
mod message;
mod names;

use std::ops::Range;

use shared::explain::{Rfc, Span};
use shared::transcript::Kind;

use super::Lab;

/// Decoded text is shown up to here; the octets themselves are all in the record.
const SHOWN: usize = 4000;

/// One thing that was decoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// What was undone.
    pub what: String,
    /// The octets of the entry that it stands for.
    pub range: Range<usize>,
    /// The text, or why there is none.
    pub result: Result<String, String>,
    pub rule: Rfc,
}

/// What can be decoded in an entry. Passwords are masked unless `secrets`.
pub fn decoded(lab: &Lab, n: usize, secrets: bool) -> Vec<Decoded> {
    let Some(entry) = lab.entry(n) else { return Vec::new() };
    let mut out = Vec::new();
    match &entry.kind {
        Kind::Sent(wire) | Kind::Received(wire) => {
            login::decode(lab, n, wire, secrets, &mut out);
            names::decode(wire, &mut out);
            message::words(wire, &mut out);
            message::bodies(lab, n, wire, &mut out);
        }
        Kind::Data { head, .. } => content::decode(lab, n, head, &mut out),
        _ => {}
    }
    out.sort_by_key(|decoded| decoded.range.start);
    out
}

impl Decoded {
    fn new(what: impl Into<String>, range: Range<usize>, rule: (u16, &'static str)) -> Decoded {
        let rule = Rfc::new(rule.0, rule.1);
        Decoded { what: what.into(), range, result: Ok(String::new()), rule }
    }

    fn text(self, text: impl AsRef<str>) -> Decoded {
        Decoded { result: Ok(shortened(text.as_ref())), ..self }
    }

    fn fails(self, why: impl Into<String>) -> Decoded {
        Decoded { result: Err(why.into()), ..self }
    }
}

/// Text as it can be shown: lines end with LF, other control characters can be seen.
fn shortened(text: &str) -> String {
    let mut out = String::new();
    for (count, c) in text.replace("\r\n", "\n").chars().enumerate() {
        match c {
            _ if count >= SHOWN => {
                out.push('\u{2026}');
                break;
            }
            '\n' | '\t' => out.push(c),
            c if c.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// Octets as text if they are text, and otherwise the first of them in hexadecimal.
fn text_or_octets(octets: &[u8]) -> String {
    let is_text = |text: &str| {
        text.chars().all(|c| !c.is_control() || matches!(c, '\r' | '\n' | '\t' | '\x0c' | '\x1b'))
    };
    match std::str::from_utf8(octets) {
        Ok(text) if is_text(text) => text.into(),
        _ => {
            let first: Vec<String> =
                octets.iter().take(24).map(|octet| format!("{octet:02x}")).collect();
            let more = if octets.len() > 24 { " \u{2026}" } else { "" };
            format!("{} octets: {}{more}", octets.len(), first.join(" "))
        }
    }
}

/// Whether a span means this.
fn is(span: &Span, id: &str) -> bool {
    span.term.id == id
}

#[cfg(test)]
mod tests;
