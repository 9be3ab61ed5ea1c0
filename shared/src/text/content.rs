//! Text as files and messages hold it, and as the wire wants it.

/// Lines separated by LF or CR LF, each given CR LF. A last line without an end stays without.
/// For text that comes in pieces, `after_cr` is carried from piece to piece; it starts as false.
pub fn to_crlf(after_cr: &mut bool, text: &[u8], out: &mut Vec<u8>) {
    for &byte in text {
        if byte == b'\n' && !*after_cr {
            out.push(b'\r');
        }
        out.push(byte);
        *after_cr = byte == b'\r';
    }
}

/// CR LF as one LF, as a UNIX file keeps its lines. Other carriage returns stay.
pub fn to_lf(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for (at, &byte) in text.iter().enumerate() {
        if byte != b'\r' || text.get(at + 1) != Some(&b'\n') {
            out.push(byte);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_get_crlf_once_wherever_the_text_is_cut() {
        let text = b"a\nb\r\nc\rd\n\n";
        for cut in 0..=text.len() {
            let (mut after_cr, mut out) = (false, Vec::new());
            to_crlf(&mut after_cr, &text[..cut], &mut out);
            to_crlf(&mut after_cr, &text[cut..], &mut out);
            assert_eq!(out, b"a\r\nb\r\nc\rd\r\n\r\n");
        }
    }

    #[test]
    fn only_crlf_becomes_lf() {
        assert_eq!(to_lf(b"a\r\nb\rc\n\r\r\n\r"), b"a\nb\rc\n\r\n\r");
    }
}
