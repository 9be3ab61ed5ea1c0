//! What a person typed for a host: an address in any spelling that a resolver would take for one,
//! or a name. Pure, and decided here, so that no resolver reads something else into it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Denied;

/// Longest name in text (RFC 1035, 2.3.4: 255 octets with the lengths and the root).
const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Host {
    /// Canonical: an IPv4 address inside of `::ffff:0:0/96` is one.
    Address(IpAddr),
    /// In lower case, without the dot at the end.
    Name(String),
}

impl Host {
    /// The error says what is wrong with it.
    pub(crate) fn read(text: &str) -> Result<Host, Denied> {
        let refuse = |why: String| Err(Denied(format!("The host {text:?} {why}.")));
        if text.is_empty() {
            return refuse("is empty".to_owned());
        }
        let odd = |c: &char| !c.is_ascii_graphic();
        if let Some((at, c)) = text.chars().enumerate().find(|(_, c)| odd(c)) {
            let place = format!("has the character U+{:04X} at position {}", u32::from(c), at + 1);
            return refuse(match c.is_ascii() {
                true => format!("{place}; spaces and control characters are in no host name"),
                false => format!(
                    "{place}; names are looked up in ASCII letters, digits, “-” and “.”. If it is an \
                     international name, write its form that begins with xn--"
                ),
            });
        }
        if let Some(inner) = text.strip_prefix('[') {
            let inner = inner.strip_suffix(']').and_then(|inner| inner.parse::<Ipv6Addr>().ok());
            return match inner {
                Some(ip) => Ok(Host::Address(IpAddr::V6(ip).to_canonical())),
                None => {
                    refuse("has brackets, which are for an IPv6 address such as [::1]".to_owned())
                }
            };
        }
        if text.contains(':') {
            return match text.parse::<Ipv6Addr>() {
                Ok(ip) => Ok(Host::Address(IpAddr::V6(ip).to_canonical())),
                Err(_) if text.contains('%') => refuse(
                    "names a network interface after %, which only its own machine has".into(),
                ),
                Err(_) => refuse("is no IPv6 address; the port goes into its own field".to_owned()),
            };
        }
        let name = text.strip_suffix('.').unwrap_or(text);
        if name.len() > MAX_NAME {
            let length = name.len();
            return refuse(format!("has {length} characters; a name has {MAX_NAME} at most"));
        }
        if let Some(label) =
            name.split('.').find(|label| label.is_empty() || label.len() > MAX_LABEL)
        {
            return refuse(match label.len() {
                0 => "has nothing between two dots".to_owned(),
                length => format!("has a part of {length} characters; {MAX_LABEL} is the most"),
            });
        }
        let is_of_names = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if let Some(c) = name.chars().find(|c| !is_of_names(*c)) {
            return refuse(format!("has {c:?}, which is in no host name"));
        }
        if is_numeric(name.rsplit('.').next().unwrap_or(name)) {
            return match old_address(name) {
                Some(ip) => Ok(Host::Address(ip.into())),
                None => refuse("ends in a number, and is no IPv4 address".to_owned()),
            };
        }
        Ok(Host::Name(name.to_ascii_lowercase()))
    }
}

/// Would a resolver try to read a name that ends like this as an address? No top-level domain is
/// a number.
fn is_numeric(label: &str) -> bool {
    let hex = label.strip_prefix("0x").or(label.strip_prefix("0X"));
    label.bytes().all(|b| b.is_ascii_digit())
        || hex.is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// As `inet_aton()` reads addresses: one to four numbers, in decimal, octal (0177) or hexadecimal
/// (0x7f), of which the last fills the octets that are left.
fn old_address(text: &str) -> Option<Ipv4Addr> {
    let parts = text.split('.').map(number).collect::<Option<Vec<_>>>()?;
    let (last, first) = parts.split_last()?;
    if first.len() > 3 || first.iter().any(|part| *part > 255) {
        return None;
    }
    let left = 8 * (4 - first.len() as u32);
    if u64::from(*last) >= 1 << left {
        return None;
    }
    let high = first.iter().fold(0u64, |high, part| high << 8 | u64::from(*part));
    u32::try_from(high << left | u64::from(*last)).ok().map(Ipv4Addr::from)
}

fn number(text: &str) -> Option<u32> {
    let hex = text.strip_prefix("0x").or(text.strip_prefix("0X"));
    let (digits, radix) = match (hex, text.strip_prefix('0')) {
        (Some(hex), _) => (hex, 16),
        (None, Some(octal)) if !octal.is_empty() => (octal, 8),
        _ => (text, 10),
    };
    // `from_str_radix` takes a sign.
    let is_digits = digits.bytes().all(|b| b.is_ascii_alphanumeric());
    u32::from_str_radix(digits, radix).ok().filter(|_| is_digits)
}
