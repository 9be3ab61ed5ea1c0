//! What a person types, as input for a session.

use crate::machine::{Client, OwnedInput, Refused};
use crate::table::Illegal;

/// One command, content, or several commands in one write. `typed` is asked to send them.
pub fn send(
    text: &str,
    mut typed: impl FnMut(OwnedInput) -> Result<(), Refused>,
) -> Result<(), Refused> {
    match typed(OwnedInput::Command(text.into())) {
        Err(first @ Refused::Malformed { .. }) if text.contains('\n') => {
            let lines = text.trim_end_matches('\n').into();
            match typed(OwnedInput::Batch(lines)) {
                Err(batch @ Refused::Illegal(Illegal { needs: Some(_), .. })) => Err(batch),
                Err(_) => Err(first),
                Ok(()) => Ok(()),
            }
        }
        done => done,
    }
}

/// The octets of what is sent although the client refuses it: the lines as they are, each with CR LF, or a command
/// that has other octets than letters.
pub fn unchecked(client: &dyn Client, text: &str) -> Vec<u8> {
    if let Some(octets) = client.octets_of(text) {
        return octets;
    }
    let mut bytes = text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes();
    if !bytes.ends_with(b"\r\n") {
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

/// Octets typed with escapes, for those who want every one of them in their own hand.
///
/// `\r`, `\n`, `\t`, `\0`, `\\` and `\xNN` stand for one octet each; everything else is UTF-8 as
/// typed, line feeds included.
pub fn octets(text: &str) -> Result<Vec<u8>, String> {
    let mut found = Vec::new();
    let mut rest = text.char_indices();
    while let Some((at, c)) = rest.next() {
        if c != '\\' {
            found.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        let octet = match rest.next().map(|(_, c)| c) {
            Some('r') => Some(b'\r'),
            Some('n') => Some(b'\n'),
            Some('t') => Some(b'\t'),
            Some('0') => Some(0),
            Some('\\') => Some(b'\\'),
            Some('x') => {
                let mut digit = || rest.next().and_then(|(_, c)| c.to_digit(16));
                digit().zip(digit()).and_then(|(high, low)| u8::try_from(high * 16 + low).ok())
            }
            _ => None,
        };
        found.push(octet.ok_or_else(|| {
            format!(
                "The escape at character {at} is none of \\r \\n \\t \\0 \\\\ \\xNN. Write \\\\ for a backslash."
            )
        })?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::octets;

    #[test]
    fn escapes_are_octets_and_mistakes_are_named() {
        assert_eq!(octets(r"NOOP\r\n"), Ok(b"NOOP\r\n".to_vec()));
        assert_eq!(octets(r"\xff\xF4\0\\\t"), Ok(vec![255, 0xf4, 0, b'\\', 9]));
        assert_eq!(octets("\u{e4}\n"), Ok(vec![0xc3, 0xa4, 10]));
        for wrong in [r"\", r"\q", r"\x4", r"\xzz"] {
            assert!(octets(wrong).is_err_and(|why| why.contains("character 0")), "{wrong}");
        }
    }
}
