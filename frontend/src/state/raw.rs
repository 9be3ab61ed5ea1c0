//! Octets typed with escapes, for those who want every one of them in their own hand.

/// `\r`, `\n`, `\t`, `\0`, `\\` and `\xNN` stand for one octet each; everything else is UTF-8 as
/// typed, line feeds included.
pub fn parse(text: &str) -> Result<Vec<u8>, String> {
    let mut octets = Vec::new();
    let mut rest = text.char_indices();
    while let Some((at, c)) = rest.next() {
        if c != '\\' {
            octets.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
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
        octets.push(octet.ok_or_else(|| {
            format!(
                "The escape at character {at} is none of \\r \\n \\t \\0 \\\\ \\xNN. Write \\\\ for a backslash."
            )
        })?);
    }
    Ok(octets)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn escapes_are_octets_and_mistakes_are_named() {
        assert_eq!(parse(r"NOOP\r\n"), Ok(b"NOOP\r\n".to_vec()));
        assert_eq!(parse(r"\xff\xF4\0\\\t"), Ok(vec![255, 0xf4, 0, b'\\', 9]));
        assert_eq!(parse("\u{e4}\n"), Ok(vec![0xc3, 0xa4, 10]));
        for wrong in [r"\", r"\q", r"\x4", r"\xzz"] {
            assert!(parse(wrong).is_err_and(|why| why.contains("character 0")), "{wrong}");
        }
    }
}
