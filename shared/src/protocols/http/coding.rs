//! Content codings (RFC 9110 section 8.4): gzip and deflate.

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZError, MZFlush, MZStatus};

/// Undoes a content coding; several, as in `gzip, deflate`, from the right. The result has at most
/// `limit` octets, because a few compressed octets can stand for very many.
pub fn decode_body(coding: &str, bytes: &[u8], limit: usize) -> Result<Vec<u8>, String> {
    let mut out = bytes.to_vec();
    for coding in coding.rsplit(',').map(|coding| coding.trim().to_ascii_lowercase()) {
        out = match coding.as_str() {
            "" | "identity" => out,
            "gzip" | "x-gzip" => gunzip(&out, limit)?,
            "deflate" => match run(&out, DataFormat::Zlib, limit) {
                Ok((plain, _)) => plain,
                // Some servers leave the zlib wrapper out.
                Err(_) => run(&out, DataFormat::Raw, limit)?.0,
            },
            other => return Err(format!("the lab cannot undo the coding {other:?}")),
        };
    }
    Ok(out)
}

/// Whether deflated octets have the wrapper of zlib (RFC 1950 section 2.2).
pub(super) fn is_zlib(bytes: &[u8]) -> bool {
    let head = bytes.first().zip(bytes.get(1));
    head.is_some_and(|(a, b)| a & 15 == 8 && (u16::from(*a) << 8 | u16::from(*b)) % 31 == 0)
}

/// One member of gzip (RFC 1952), without a name or a time, so that it is always the same.
pub(super) fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    out.extend(compress_to_vec(plain, 6));
    out.extend(crc32(plain).to_le_bytes());
    out.extend((plain.len() as u32).to_le_bytes());
    out
}

/// All members, one behind the other.
fn gunzip(bytes: &[u8], limit: usize) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let mut rest = bytes;
    loop {
        let header = gzip_header(rest)?;
        let (plain, used) = run(&rest[header..], DataFormat::Raw, limit - out.len())?;
        let trailer = rest.get(header + used..header + used + 8);
        let trailer = trailer.ok_or("the gzip trailer is cut off")?;
        if trailer[..4] != crc32(&plain).to_le_bytes() {
            return Err("the gzip checksum does not fit the content".into());
        }
        if trailer[4..] != (plain.len() as u32).to_le_bytes() {
            return Err("the gzip length does not fit the content".into());
        }
        out.extend(plain);
        rest = &rest[header + used + 8..];
        // Some writers pad the end with zeros.
        if rest.iter().all(|b| *b == 0) {
            return Ok(out);
        }
    }
}

/// The length of a gzip header (RFC 1952 section 2.3).
fn gzip_header(bytes: &[u8]) -> Result<usize, String> {
    let short = || String::from("the gzip header is cut off");
    let fixed = bytes.get(..10).ok_or_else(short)?;
    if fixed[..3] != [0x1f, 0x8b, 8] {
        return Err("this is not gzip: it must begin with 1F 8B 08".into());
    }
    let flags = fixed[3];
    let mut at = 10;
    if flags & 4 != 0 {
        let length = bytes.get(at..at + 2).ok_or_else(short)?;
        at += 2 + usize::from(u16::from_le_bytes([length[0], length[1]]));
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            let text = bytes.get(at..).ok_or_else(short)?;
            at += text.iter().position(|b| *b == 0).ok_or_else(short)? + 1;
        }
    }
    if flags & 2 != 0 {
        at += 2;
    }
    if at > bytes.len() { Err(short()) } else { Ok(at) }
}

/// Inflates one stream; tells how many octets it took.
fn run(bytes: &[u8], format: DataFormat, limit: usize) -> Result<(Vec<u8>, usize), String> {
    let mut state = InflateState::new_boxed(format);
    let mut out = Vec::new();
    let mut buffer = [0; 16 * 1024];
    let mut used = 0;
    loop {
        let step = inflate(&mut state, &bytes[used..], &mut buffer, MZFlush::None);
        used += step.bytes_consumed;
        if out.len() + step.bytes_written > limit {
            return Err(format!("it is longer than {limit} octets when decoded"));
        }
        out.extend_from_slice(&buffer[..step.bytes_written]);
        match step.status {
            Ok(MZStatus::StreamEnd) => return Ok((out, used)),
            Ok(_) if step.bytes_consumed > 0 || step.bytes_written > 0 => {}
            Ok(_) | Err(MZError::Buf) => return Err("the compressed octets are cut off".into()),
            Err(_) => return Err("the compressed octets are damaged".into()),
        }
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = !0u32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_members_zlib_and_raw_deflate_all_inflate() {
        let mut two = gzip(b"one, ");
        two.extend(gzip(b"two"));
        assert_eq!(decode_body("x-gzip", &two, 100), Ok(b"one, two".to_vec()));
        let zlib = miniz_oxide::deflate::compress_to_vec_zlib(b"wrapped", 6);
        assert_eq!(decode_body("deflate", &zlib, 100), Ok(b"wrapped".to_vec()));
        let raw = compress_to_vec(b"bare", 6);
        assert_eq!(decode_body("deflate", &raw, 100), Ok(b"bare".to_vec()));
        let both = gzip(&zlib);
        assert_eq!(decode_body("deflate, gzip", &both, 100), Ok(b"wrapped".to_vec()));
        assert_eq!(decode_body("identity", b"as it is", 100), Ok(b"as it is".to_vec()));
    }

    #[test]
    fn a_gzip_header_may_hold_extra_fields_names_and_comments() {
        let mut full = vec![0x1f, 0x8b, 8, 4 | 8 | 16 | 2, 0, 0, 0, 0, 0, 3];
        full.extend(b"\x02\x00xyname\0comment\0cc");
        full.extend(&gzip(b"content")[10..]);
        assert_eq!(decode_body("gzip", &full, 100), Ok(b"content".to_vec()));
    }

    #[test]
    fn damage_bombs_and_unknown_codings_are_named() {
        let good = gzip(&[b'x'; 5000]);
        let mut wrong_sum = good.clone();
        let at = wrong_sum.len() - 8;
        wrong_sum[at] ^= 1;
        for (coding, bytes, limit, word) in [
            ("gzip", &good[..], 4999, "longer than"),
            ("gzip", &good[..good.len() - 9], 9999, "cut off"),
            ("gzip", &good[..12], 9999, "cut off"),
            ("gzip", b"", 9999, "cut off"),
            ("gzip", b"not gzip at all", 9999, "not gzip"),
            ("gzip", &wrong_sum, 9999, "checksum"),
            ("br", b"x", 9999, "cannot undo"),
        ] {
            let error = decode_body(coding, bytes, limit).expect_err(word);
            assert!(error.contains(word), "{error}");
        }
    }
}
