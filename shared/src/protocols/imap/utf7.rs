//! Modified UTF-7, the coding of mailbox names before IMAP4rev2 (RFC 3501 section 5.1.3).

use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::NO_PAD;

const BASE64: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);

/// The name as it goes over the wire.
pub(super) fn encode(name: &str) -> String {
    let mut out = String::new();
    let mut units: Vec<u8> = Vec::new();
    for c in name.chars() {
        if matches!(c, ' '..='~') {
            flush(&mut units, &mut out);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            units.extend(c.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut units, &mut out);
    out
}

/// What a name from the wire means. `None`: it is not modified UTF-7.
pub fn decode(name: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = name;
    while let Some(at) = rest.find('&') {
        plain(&rest[..at], &mut out)?;
        let (coded, behind) = rest[at + 1..].split_once('-')?;
        rest = behind;
        if coded.is_empty() {
            out.push('&');
            continue;
        }
        let bytes = BASE64.decode(coded).ok()?;
        let units = bytes.chunks(2).map(|pair| Some(u16::from_be_bytes(pair.try_into().ok()?)));
        let units: Vec<u16> = units.collect::<Option<_>>()?;
        let text = String::from_utf16(&units).ok()?;
        // What needs no coding must not be coded, so that each name has one form.
        if text.is_empty() || text.chars().any(|c| matches!(c, ' '..='~')) {
            return None;
        }
        out.push_str(&text);
    }
    plain(rest, &mut out)?;
    Some(out)
}

fn plain(text: &str, out: &mut String) -> Option<()> {
    out.push_str(text);
    text.bytes().all(|b| matches!(b, b' '..=b'~')).then_some(())
}

fn flush(units: &mut Vec<u8>, out: &mut String) {
    if !units.is_empty() {
        out.push('&');
        out.push_str(&BASE64.encode(&units));
        out.push('-');
        units.clear();
    }
}
