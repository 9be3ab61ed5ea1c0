//! A whole lesson as one word of an address: compressed, in the letters of base64url.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::MAX_OCTETS;

/// Characters of an address that everybody has to take (RFC 9110, section 4.1). Chats and mail programs cut longer ones.
pub const MAX_LINK: usize = 8000;

const MARK: &str = "own.";

/// The best that there is; a lesson is short.
const LEVEL: u8 = 9;

/// Whether a lesson's name is the lesson itself.
pub fn is_parcel(name: &str) -> bool {
    name.starts_with(MARK)
}

pub fn pack(text: &str) -> String {
    format!("{MARK}{}", URL_SAFE_NO_PAD.encode(compress_to_vec_zlib(text.as_bytes(), LEVEL)))
}

/// The lesson's text, or why there is none.
pub fn unpack(name: &str) -> Result<String, &'static str> {
    let word = name.strip_prefix(MARK).ok_or("This is the name of a lesson, not a lesson.")?;
    let broken = "The address that holds the lesson is not whole: a part of it was lost or changed on its way. Ask for it again, or for the file.";
    let octets = URL_SAFE_NO_PAD.decode(word).map_err(|_| broken)?;
    let text = decompress_to_vec_zlib_with_limit(&octets, MAX_OCTETS).map_err(|_| broken)?;
    String::from_utf8(text).map_err(|_| broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lesson_comes_back_from_its_parcel_and_a_damaged_one_does_not() {
        let text = "---\ntitle: Grüße\n---\n".repeat(40);
        let parcel = pack(&text);
        assert!(is_parcel(&parcel) && parcel.len() < 100, "{parcel}");
        assert!(parcel[4..].bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        assert_eq!(unpack(&parcel).as_deref(), Ok(text.as_str()));
        for cut in MARK.len()..parcel.len() {
            assert!(unpack(&parcel[..cut]).is_err(), "{cut}");
        }
        assert!(unpack("smtp/tutorial-1-send-a-mail").is_err() && unpack("own.\u{e4}").is_err());
        let bomb = pack(&"x".repeat(MAX_OCTETS + 1));
        assert!(bomb.len() < 200 && unpack(&bomb).is_err(), "no more is unpacked than is allowed");
    }
}
