//! Transfer encodings (RFC 2045 section 6) and encoded words (RFC 2047), undone.

use crate::text::sasl;

/// Undoes a Content-Transfer-Encoding. `None`: it is unknown, or the content does not keep to it.
pub fn undo(encoding: &[u8], content: &[u8]) -> Option<Vec<u8>> {
    match encoding.trim_ascii().to_ascii_lowercase().as_slice() {
        b"" | b"7bit" | b"8bit" | b"binary" => Some(content.to_vec()),
        b"quoted-printable" => Some(quoted_printable(content)),
        b"base64" => base64(content),
        _ => None,
    }
}

/// Octets of a charset as text. Unknown charsets are read as UTF-8, what does not fit is marked.
pub fn text(charset: &str, bytes: &[u8]) -> String {
    let latin1 = ["iso-8859-1", "iso-8859-15", "windows-1252", "latin1"];
    if latin1.iter().any(|name| name.eq_ignore_ascii_case(charset)) {
        bytes.iter().map(|byte| char::from(*byte)).collect()
    } else {
        String::from_utf8_lossy(bytes).into_owned()
    }
}

/// A header field's value with its folds and encoded words undone.
pub fn words(value: &[u8]) -> String {
    let value: Vec<u8> = value.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n')).collect();
    let raw = String::from_utf8_lossy(&value).into_owned();
    let mut out = String::new();
    let mut rest = raw.as_str();
    // White space between two encoded words is no text (RFC 2047 section 6.2).
    let mut after_word = false;
    while let Some(at) = rest.find("=?") {
        let Some((word, length)) = word(&rest[at..]) else {
            out.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            after_word = false;
            continue;
        };
        if !(after_word && rest[..at].trim().is_empty()) {
            out.push_str(&rest[..at]);
        }
        out.push_str(&word);
        rest = &rest[at + length..];
        after_word = true;
    }
    out.push_str(rest);
    out
}

/// The encoded word at the start, and its length.
fn word(text: &str) -> Option<(String, usize)> {
    let mut parts = text.strip_prefix("=?")?.splitn(3, '?');
    let (charset, encoding, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let end = rest.find("?=")?;
    let encoded = &rest[..end];
    if charset.is_empty() || encoded.contains(' ') {
        return None;
    }
    let bytes = match encoding {
        "B" | "b" => sasl::decode(encoded)?,
        "Q" | "q" => quoted_printable(encoded.replace('_', " ").as_bytes()),
        _ => return None,
    };
    // RFC 2231 section 5: a language may stand behind the charset.
    let charset = charset.split('*').next().unwrap_or_default();
    let length = text.len() - rest.len() + end + 2;
    Some((self::text(charset, &bytes), length))
}

fn quoted_printable(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len());
    for line in content.split_inclusive(|b| *b == b'\n') {
        let end = line.strip_suffix(b"\r\n").or_else(|| line.strip_suffix(b"\n"));
        let mut text = end.unwrap_or(line);
        if end.is_some() {
            text = text.trim_ascii_end();
        }
        let soft = end.is_some() && text.ends_with(b"=");
        if soft {
            text = &text[..text.len() - 1];
        }
        let mut at = 0;
        while at < text.len() {
            let octet = (text[at] == b'=').then(|| hex(text.get(at + 1..at + 3)?)).flatten();
            out.push(octet.unwrap_or(text[at]));
            at += if octet.is_some() { 3 } else { 1 };
        }
        if end.is_some() && !soft {
            out.extend_from_slice(b"\r\n");
        }
    }
    out
}

fn hex(digits: &[u8]) -> Option<u8> {
    u8::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()
}

/// Line ends and other octets outside of the alphabet are passed over, as RFC 2045 wants it.
fn base64(content: &[u8]) -> Option<Vec<u8>> {
    let fits = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    sasl::decode(content.iter().copied().filter(fits).collect::<Vec<u8>>())
}
