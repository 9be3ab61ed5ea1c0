//! Where a data connection is to go: the notations of PORT, PASV, EPRT and EPSV.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4};

use super::super::terms;
use crate::explain::Scanner;

/// Reads `h1,h2,h3,h4,p1,p2` and leaves what follows. Takes nothing if it is not there.
pub(in super::super) fn six(scan: &mut Scanner<'_>) -> Option<SocketAddrV4> {
    let text = scan.rest();
    let mut numbers = [0u8; 6];
    let (mut at, mut port_at) = (0, 0);
    for (n, number) in numbers.iter_mut().enumerate() {
        if n > 0 {
            text.get(at).filter(|b| **b == b',')?;
            at += 1;
        }
        if n == 4 {
            port_at = at;
        }
        let digits = text[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        *number = core::str::from_utf8(&text[at..at + digits]).ok()?.parse().ok()?;
        at += digits;
    }
    let [a, b, c, d, high, low] = numbers;
    let address = SocketAddrV4::new(Ipv4Addr::new(a, b, c, d), u16::from_be_bytes([high, low]));
    scan.take(&terms::PASSIVE_ADDRESS, port_at - 1);
    scan.note(address.ip().to_string());
    scan.take(&terms::COMMA, 1);
    scan.take(&terms::PASSIVE_PORT, at - port_at);
    scan.note(format!("{high} times 256 plus {low} is {}", address.port()));
    Some(address)
}

/// Writes `h1,h2,h3,h4,p1,p2`.
pub(in super::super) fn six_text(address: SocketAddrV4) -> String {
    let [a, b, c, d] = address.ip().octets();
    let [high, low] = address.port().to_be_bytes();
    format!("{a},{b},{c},{d},{high},{low}")
}

/// Writes `|protocol|address|port|`.
pub(in super::super) fn extended_text(address: SocketAddr) -> String {
    let network = if address.is_ipv4() { 1 } else { 2 };
    format!("|{network}|{}|{}|", address.ip(), address.port())
}

/// The address in an argument of PORT or EPRT.
pub(in super::super) fn named(argument: &str) -> Option<SocketAddr> {
    let argument = argument.as_bytes();
    let six = six(&mut Scanner::new(argument)).map(SocketAddr::V4);
    six.or_else(|| extended(&mut Scanner::new(argument)).ok())
}

/// Reads `|||port|` and leaves what follows. Takes nothing if it is not there.
pub(in super::super) fn extended_port(scan: &mut Scanner<'_>) -> Option<u16> {
    let text = scan.rest();
    let delimiter = *text.first().filter(|b| (33..=126).contains(*b) && !b.is_ascii_digit())?;
    let digits = text.get(3..)?.iter().take_while(|b| b.is_ascii_digit()).count();
    let fits =
        text[..3].iter().all(|b| *b == delimiter) && text.get(3 + digits) == Some(&delimiter);
    let port = core::str::from_utf8(&text[3..3 + digits]).ok()?.parse().ok()?;
    if !fits || port == 0 {
        return None;
    }
    scan.take(&terms::DELIMITER, 3);
    scan.take(&terms::TCP_PORT, digits);
    scan.take(&terms::DELIMITER, 1);
    Some(port)
}

/// What is wrong with the argument of EPRT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum EprtError {
    Syntax,
    /// The network protocol is neither 1 nor 2.
    Network,
}

/// Reads `|protocol|address|port|`. Takes nothing if it is not there.
pub(in super::super) fn extended(scan: &mut Scanner<'_>) -> Result<SocketAddr, EprtError> {
    let text = core::str::from_utf8(scan.rest()).map_err(|_| EprtError::Syntax)?;
    let delimiter = text.chars().next().filter(|c| ('!'..='~').contains(c) && !c.is_ascii_digit());
    let parts: Vec<&str> = match delimiter {
        Some(delimiter) => text.split(delimiter).collect(),
        None => return Err(EprtError::Syntax),
    };
    let ["", network, host, port, ""] = parts[..] else { return Err(EprtError::Syntax) };
    let ip = match network {
        "1" => host.parse::<Ipv4Addr>().map(IpAddr::V4),
        "2" => host.parse::<Ipv6Addr>().map(IpAddr::V6),
        _ => return Err(EprtError::Network),
    };
    let (Ok(ip), Ok(number)) = (ip, port.parse::<u16>()) else { return Err(EprtError::Syntax) };
    for (term, part) in
        [(&terms::NETWORK, network), (&terms::HOST_ADDRESS, host), (&terms::TCP_PORT, port)]
    {
        scan.take(&terms::DELIMITER, 1);
        scan.take(term, part.len());
    }
    scan.take(&terms::DELIMITER, 1);
    Ok(SocketAddr::new(ip, number))
}
