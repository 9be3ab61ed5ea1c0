//! Header and trailer fields: reading them with their meaning, and looking things up.

use super::terms;
use crate::explain::{Composer, Scanner, Wire};
use crate::machine::Note;

/// Header and trailer together may have so many fields; common servers send fewer than forty.
pub(super) const FIELDS_LIMIT: usize = 200;

/// Names and values in the order they came. Octets from 80 on stand as the characters of the same
/// number.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(super) fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The members of a comma-separated list, over all fields of the name.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        self.all(name).flat_map(split_list).collect()
    }

    /// Whether a list has this member, in any case.
    pub(super) fn has_token(&self, name: &str, token: &str) -> bool {
        self.list(name).iter().any(|member| member.eq_ignore_ascii_case(token))
    }

    fn fold(&mut self, more: &str) {
        if let Some((_, value)) = self.0.last_mut() {
            if !value.is_empty() {
                value.push(' ');
            }
            value.push_str(more);
        }
    }
}

/// Cuts at commas outside quotes; empty members do not count.
pub(super) fn split_list(value: &str) -> Vec<String> {
    split_outside_quotes(value, ',')
        .into_iter()
        .map(|member| member.trim().to_string())
        .filter(|member| !member.is_empty())
        .collect()
}

/// Cuts at `separator` where it does not stand in a quoted string.
pub(super) fn split_outside_quotes(value: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut from) = (Vec::new(), 0);
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in value.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            c if c == separator && !quoted => {
                parts.push(&value[from..at]);
                from = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&value[from..]);
    parts
}

/// A value without its quotes, if it has some.
pub(super) fn unquote(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')) else {
        return value.into();
    };
    let mut out = String::new();
    let mut escaped = false;
    for c in inner.chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            escaped = false;
            out.push(c);
        }
    }
    out
}

/// A letter, digit or one of the marks that names and methods are made of (RFC 9110 section
/// 5.6.2).
pub(super) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

pub(super) fn is_token_text(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|b| is_token(*b))
}

pub(super) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|b| char::from(*b)).collect()
}

/// Whether the value of this field is a secret.
pub(super) fn is_secret(name: &str) -> bool {
    name.eq_ignore_ascii_case("authorization") || name.eq_ignore_ascii_case("proxy-authorization")
}

/// What reading one field line has shown.
#[derive(Debug)]
pub(super) struct FieldLine {
    pub(super) wire: Wire,
    pub(super) note: Option<Note>,
    /// The line breaks the grammar, so that others may read the message in another way.
    pub(super) faulty: bool,
}

/// Reads one line of a header or trailer. `offset` is where it begins in its message.
pub(super) fn read(line: &[u8], offset: usize, fields: &mut Fields) -> FieldLine {
    let mut scan = Scanner::new(line);
    let text = scan.rest();
    let colon = text.iter().position(|b| *b == b':');
    let mut note = None;
    let mut faulty = false;
    match colon {
        _ if matches!(text.first(), Some(b' ' | b'\t')) && fields.len() > 0 => {
            fields.fold(latin1(text).trim());
            scan.line(&terms::FOLD);
            note = Some(
                Note::warning(format!(
                    "The line at octet {offset} continues the field before it. Folding was abolished because programs disagree about it; it is read as one space."
                ))
                .rule(9112, "5.2"),
            );
        }
        Some(colon) if is_token_text(text[..colon].trim_ascii_end()) => {
            let name = latin1(text[..colon].trim_ascii_end());
            scan.take(terms::field(&name), name.len());
            let gap = colon - name.len();
            if gap > 0 {
                scan.take(&crate::explain::common::UNEXPECTED, gap);
                scan.note("No space may stand before the colon.");
                note = Some(
                    Note::warning(format!(
                        "There is a space before the colon, at octet {}. A server must refuse that in a request, because programs disagree about it; in this response it is left out.",
                        offset + name.len()
                    ))
                    .rule(9112, "5.1"),
                );
                faulty = true;
            }
            scan.take(&terms::COLON, 1);
            scan.take_while(&terms::OWS, |b| matches!(b, b' ' | b'\t'));
            let value = scan.rest().trim_ascii_end();
            value_spans(&mut scan, &name, value);
            scan.line(&terms::OWS);
            fields.push(name, latin1(value));
            if value.iter().any(|b| matches!(b, b'\r' | 0)) {
                note = Some(
                    Note::error(format!(
                        "There is a bare CR or a NUL in the field at octet {offset}. It is invalid and dangerous."
                    ))
                    .rule(9110, "5.5"),
                );
                faulty = true;
            }
        }
        _ => {
            scan.line(&crate::explain::common::UNEXPECTED);
            faulty = true;
            note = Some(
                Note::error(format!(
                    "The line at octet {offset} is no header field: a field is a name, a colon and a value. It is left out, and the connection is not used again."
                ))
                .rule(9112, "5"),
            );
        }
    }
    scan.eol();
    FieldLine { wire: scan.finish(""), note, faulty }
}

/// Puts a field with its meaning.
pub(super) fn compose(out: &mut Composer, name: &str, value: &str) {
    out.put(terms::field(name), name).put(&terms::COLON, ":").put(&terms::OWS, " ");
    match value.split_once(' ').filter(|_| is_secret(name)) {
        Some((scheme, secret)) => {
            out.put(&terms::AUTH_SCHEME, scheme).space().secret(&terms::CREDENTIALS, secret);
        }
        None if is_secret(name) => {
            out.secret(&terms::CREDENTIALS, value);
        }
        None => {
            out.put(&terms::VALUE, value);
        }
    }
    out.crlf();
}

fn value_spans(scan: &mut Scanner<'_>, name: &str, value: &[u8]) {
    let start = scan.at();
    if is_secret(name) {
        let scheme = value.iter().take_while(|b| **b != b' ').count();
        if scheme < value.len() {
            scan.take(&terms::AUTH_SCHEME, scheme);
            scan.spaces();
        }
        scan.take_secret(&terms::CREDENTIALS, value.len() - (scan.at() - start));
    } else {
        scan.take(&terms::VALUE, value.len());
    }
}
