//! What the server writes: names, flags, strings, envelopes and structures.

use super::view::View;
use crate::protocols::imap::set::Set;
use crate::protocols::imap::token::is_atom;
use crate::protocols::imap::utf7;
use crate::text::mime::address::{Address, list};
use crate::text::mime::{Content, Parameters, Part, parameters};
use crate::world::mail::Flags;

/// A list of addresses is read up to so many octets: more than anybody writes to.
const ADDRESSES: usize = 64 * 1024;

/// The messages that sets name.
pub(super) struct Held<'a> {
    pub(super) view: &'a View,
    pub(super) saved: &'a [u32],
}

impl Held<'_> {
    /// Whether the set names the message at this place.
    pub(super) fn has(&self, set: &Set, at: usize, by_uid: bool) -> bool {
        let messages = &self.view.messages;
        let (uid, last) = (messages[at].uid, messages.last().map_or(0, |message| message.uid));
        match set {
            Set::Saved => self.saved.contains(&uid),
            set if by_uid => set.has(uid, last),
            set => set.has(at as u32 + 1, messages.len() as u32),
        }
    }

    /// Places in the view. `None`: the set names message numbers that are not there.
    pub(super) fn chosen(&self, set: &Set, by_uid: bool) -> Option<Vec<usize>> {
        let messages = &self.view.messages;
        let count = messages.len();
        let last = messages.last().map_or(0, |message| message.uid);
        let by = |fits: &dyn Fn(u32) -> bool| {
            Some((0..count).filter(|at| fits(messages[*at].uid)).collect())
        };
        match set {
            Set::Saved => by(&|uid| self.saved.contains(&uid)),
            set if by_uid => by(&|uid| set.has(uid, last)),
            set => {
                let numbers = set.numbers(u32::try_from(count).unwrap_or(u32::MAX))?;
                Some(numbers.into_iter().map(|n| n as usize - 1).collect())
            }
        }
    }
}

/// The name of a mailbox as it goes over the wire.
pub(super) fn mailbox(name: &str, utf8: bool) -> String {
    let coded = if utf8 { name.into() } else { utf7::encode(name) };
    let plain = !coded.is_empty()
        && !coded.eq_ignore_ascii_case("NIL")
        && coded.bytes().all(|b| is_atom(b) || b == b']');
    match plain {
        true => coded,
        false => format!("\"{}\"", coded.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

pub(super) fn flags(flags: &Flags, recent: bool) -> String {
    let recent = recent.then_some("\\Recent");
    flags.iter().chain(recent).collect::<Vec<_>>().join(" ")
}

pub(super) fn envelope(out: &mut Vec<u8>, message: &[u8], part: &Part) {
    let field = |name: &str| part.field(message, name);
    let from = field("From");
    out.push(b'(');
    nstring(out, field("Date").map(unfolded).as_deref());
    out.push(b' ');
    nstring(out, field("Subject").map(unfolded).as_deref());
    for (name, by_default) in [
        ("From", None),
        ("Sender", from),
        ("Reply-To", from),
        ("To", None),
        ("Cc", None),
        ("Bcc", None),
    ] {
        out.push(b' ');
        let value = field(name).filter(|value| !value.is_empty()).or(by_default);
        let value = value.unwrap_or_default();
        addresses(out, &list(&value[..value.len().min(ADDRESSES)]));
    }
    out.push(b' ');
    nstring(out, field("In-Reply-To").map(unfolded).as_deref());
    out.push(b' ');
    nstring(out, field("Message-ID").map(unfolded).as_deref());
    out.push(b')');
}

/// BODY, or BODYSTRUCTURE with its extensions.
pub(super) fn structure(out: &mut Vec<u8>, message: &[u8], part: &Part, extended: bool) {
    out.push(b'(');
    if let Content::Multipart(parts) = &part.content {
        parts.iter().for_each(|part| structure(out, message, part, extended));
        out.push(b' ');
        string(out, part.media.subtype.as_bytes());
        if extended {
            out.push(b' ');
            named(out, &part.media.parameters);
            extensions(out, message, part);
        }
        out.push(b')');
        return;
    }
    let field = |name: &str| part.field(message, name).map(unfolded);
    let encoding = field("Content-Transfer-Encoding").filter(|value| !value.is_empty());
    // A multipart without a part is a leaf that no reader must look into.
    let (kind, subtype) = match part.media.is("multipart", "") {
        true => ("application", "octet-stream"),
        false => (&*part.media.kind, &*part.media.subtype),
    };
    string(out, kind.as_bytes());
    out.push(b' ');
    string(out, subtype.as_bytes());
    out.push(b' ');
    named(out, &part.media.parameters);
    out.push(b' ');
    nstring(out, field("Content-ID").as_deref());
    out.push(b' ');
    nstring(out, field("Content-Description").as_deref());
    out.push(b' ');
    string(out, encoding.as_deref().unwrap_or(b"7bit"));
    let body = &message[part.body.clone()];
    out.extend(format!(" {}", body.len()).bytes());
    let lines = format!(" {}", body.split_inclusive(|b| *b == b'\n').count());
    if let Content::Message(inner) = &part.content {
        out.push(b' ');
        envelope(out, message, inner);
        out.push(b' ');
        structure(out, message, inner, extended);
        out.extend(lines.bytes());
    } else if part.media.is("text", "") {
        out.extend(lines.bytes());
    }
    if extended {
        out.push(b' ');
        nstring(out, field("Content-MD5").as_deref());
        extensions(out, message, part);
    }
    out.push(b')');
}

/// Disposition, language and location.
fn extensions(out: &mut Vec<u8>, message: &[u8], part: &Part) {
    out.push(b' ');
    match part.field(message, "Content-Disposition") {
        Some(value) => {
            let (kind, names) = parameters(value);
            out.push(b'(');
            string(out, kind.as_bytes());
            out.push(b' ');
            named(out, &names);
            out.push(b')');
        }
        None => out.extend_from_slice(b"NIL"),
    }
    out.push(b' ');
    nstring(out, part.field(message, "Content-Language").map(unfolded).as_deref());
    out.push(b' ');
    nstring(out, part.field(message, "Content-Location").map(unfolded).as_deref());
}

fn named(out: &mut Vec<u8>, parameters: &Parameters) {
    if parameters.0.is_empty() {
        out.extend_from_slice(b"NIL");
        return;
    }
    out.push(b'(');
    for (n, (name, value)) in parameters.0.iter().enumerate() {
        if n > 0 {
            out.push(b' ');
        }
        string(out, name.as_bytes());
        out.push(b' ');
        string(out, value.as_bytes());
    }
    out.push(b')');
}

fn addresses(out: &mut Vec<u8>, list: &[Address]) {
    if list.is_empty() {
        out.extend_from_slice(b"NIL");
        return;
    }
    out.push(b'(');
    for address in list {
        let (name, mailbox, host) = match address {
            Address::Mailbox { name, local, domain } => {
                (name.as_deref(), Some(&**local), Some(&**domain))
            }
            Address::Group(name) => (None, Some(&**name), None),
            Address::GroupEnd => (None, None, None),
        };
        out.push(b'(');
        nstring(out, name);
        out.extend_from_slice(b" NIL ");
        nstring(out, mailbox);
        out.push(b' ');
        nstring(out, host);
        out.push(b')');
    }
    out.push(b')');
}

fn nstring(out: &mut Vec<u8>, value: Option<&[u8]>) {
    match value {
        Some(value) => string(out, value),
        None => out.extend_from_slice(b"NIL"),
    }
}

/// In quotes where these can hold it, else as a literal. No string has a NUL.
fn string(out: &mut Vec<u8>, value: &[u8]) {
    let value: Vec<u8> = value.iter().copied().filter(|b| *b != 0).collect();
    if value.iter().all(|b| matches!(b, b'\t' | b' '..=b'~')) {
        out.push(b'"');
        for byte in value {
            if matches!(byte, b'"' | b'\\') {
                out.push(b'\\');
            }
            out.push(byte);
        }
        out.push(b'"');
    } else {
        out.extend(format!("{{{}}}\r\n", value.len()).bytes());
        out.extend(value);
    }
}

/// Folds undone: their line ends go, the white space stays.
fn unfolded(value: &[u8]) -> Vec<u8> {
    value.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n')).collect()
}
