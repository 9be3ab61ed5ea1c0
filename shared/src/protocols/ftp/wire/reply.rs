//! Replies of FTP with what each octet means.

use core::net::SocketAddrV4;

use super::super::{table, terms};
use super::{address, is_time, says};
use crate::explain::{Scanner, Wire, common};
use crate::table::Verb;
use crate::text::reply::{Grammar, Names, Replies, Reply};

/// What a program takes from a reply.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Learned {
    Nothing,
    /// 227: where the server says that it waits.
    Passive(SocketAddrV4),
    /// 229.
    ExtendedPort(u16),
    /// 227 or 229, but not in a form that can be read.
    NoAddress,
    /// 257.
    Path(String),
    Features(Vec<String>),
    System(String),
    /// SIZE.
    Octets(u64),
    /// MDTM.
    Time(String),
    /// The name that the server chose for STOU.
    Unique(String),
}

/// Puts the replies together; their inner parts are explained by [`read`], which knows the verb.
pub(in super::super) fn replies() -> Replies {
    let names = Names { code: &terms::CODE, more: &terms::MORE, text: &terms::TEXT };
    Replies::new(Grammar::Ftp, names, |_, _, _| ())
}

/// Reads a reply as the answer to `verb`.
pub(in super::super) fn read(reply: &Reply, verb: Option<&Verb>) -> (Wire, Learned) {
    let mut learned = Learned::Nothing;
    let mut wire = Wire::default();
    if let (Some(code), false) = (reply.code, reply.cut) {
        let name = verb.map_or("", |verb| table::canonical(verb.name));
        let count = reply.wire.bytes.split_inclusive(|b| *b == b'\n').count();
        for (n, line) in reply.wire.bytes.split_inclusive(|b| *b == b'\n').enumerate() {
            let mut scan = Scanner::new(line);
            if (n == 0 || n + 1 == count) && is_coded(line, code) {
                scan.take(&terms::CODE, 3);
                if scan.rest().first() == Some(&b'-') {
                    scan.take(&terms::MORE, 1);
                }
                scan.spaces();
                if n == 0 {
                    learned = text(&mut scan, code, name);
                }
                scan.line(&terms::TEXT);
            } else {
                inner(&mut scan, code, name, &mut learned);
                scan.line(&terms::INNER);
            }
            scan.eol();
            wire.append(scan.finish(""));
        }
        wire.outcome = reply.wire.outcome;
    } else {
        wire = reply.wire.clone();
    }
    wire.says = match reply.cut {
        true => "The connection ended inside this reply.".into(),
        false => says::reply(reply, verb, &learned),
    };
    (wire, learned)
}

/// Composes a reply of one line or several; the lines between first and last go as they are.
pub(in super::super) fn compose(code: u16, lines: &[&str], verb: Option<&Verb>) -> Wire {
    let mut bytes = String::new();
    for (n, line) in lines.iter().enumerate() {
        match n {
            n if n + 1 == lines.len() => bytes.push_str(&format!("{code} ")),
            0 => bytes.push_str(&format!("{code}-")),
            _ => {}
        }
        bytes.push_str(line);
        bytes.push_str("\r\n");
    }
    let (mut from, mut replies) = (Replies::lines(), replies());
    from.push(bytes.as_bytes());
    let mut reply = None;
    while let Some(line) = from.next_line() {
        reply = replies.line(&line).or(reply);
    }
    reply.map_or_else(Wire::default, |reply| read(&reply, verb).0)
}

/// The facts and the name of a line of MLST or MLSD.
pub(in super::super) fn entry(scan: &mut Scanner<'_>) {
    while let Some(b) = scan.rest().first()
        && *b != b' '
    {
        let before = scan.at();
        scan.take_while(&terms::FACT_NAME, |b| !matches!(b, b'=' | b';' | b' '));
        scan.take_while(&terms::FACT_SIGN, |b| b == b'=');
        scan.take_while(&terms::FACT_VALUE, |b| !matches!(b, b';' | b' '));
        if scan.rest().first() == Some(&b';') {
            scan.take(&terms::FACT_SIGN, 1);
        }
        if scan.at() == before {
            return;
        }
    }
    if !scan.rest().is_empty() {
        scan.take(&terms::FACTS_END, 1);
    }
    scan.line(&terms::FILE_NAME);
}

/// The value in the text of the first line, for the codes that have one.
fn text(scan: &mut Scanner<'_>, code: u16, name: &str) -> Learned {
    let rest = scan.rest();
    match (code, name) {
        (227, _) => {
            // RFC 1123 section 4.1.2.6: look for digits, the parentheses may be missing.
            let open = rest.iter().position(|b| *b == b'(').map(|at| at + 1);
            let start = open.or_else(|| rest.iter().position(u8::is_ascii_digit));
            scan.take(&terms::TEXT, start.unwrap_or(rest.len()));
            match address::six(scan) {
                Some(found) if found.port() != 0 => Learned::Passive(found),
                _ => Learned::NoAddress,
            }
        }
        (229, _) => {
            let open = rest.iter().position(|b| *b == b'(').map_or(rest.len(), |at| at + 1);
            scan.take(&terms::TEXT, open);
            match address::extended_port(scan) {
                Some(port) if scan.rest().first() == Some(&b')') => Learned::ExtendedPort(port),
                _ => Learned::NoAddress,
            }
        }
        (257, _) => quoted(scan).map_or(Learned::Nothing, Learned::Path),
        (211, "FEAT") => Learned::Features(Vec::new()),
        (215, _) => Learned::System(String::from_utf8_lossy(rest).into_owned()),
        (213, "SIZE") => {
            let digits = scan.take_while(&terms::OCTETS, |b| b.is_ascii_digit());
            let octets = core::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
            octets.map_or(Learned::Nothing, Learned::Octets)
        }
        (213, "MDTM") => {
            let time = String::from_utf8_lossy(scan.word(&terms::TIME)).into_owned();
            if is_time(&time) { Learned::Time(time) } else { Learned::Nothing }
        }
        (125 | 150, "STOU") if rest.starts_with(b"FILE: ") => {
            scan.take(&terms::TEXT, 6);
            let file = scan.line(&terms::UNIQUE_NAME);
            Learned::Unique(String::from_utf8_lossy(file).into_owned())
        }
        _ => Learned::Nothing,
    }
}

/// A line between the first and the last one.
fn inner(scan: &mut Scanner<'_>, code: u16, name: &str, learned: &mut Learned) {
    if scan.rest().first() != Some(&b' ') {
        return;
    }
    match (code, name, learned) {
        (211, "FEAT", Learned::Features(features)) => {
            scan.take(&common::SPACE, 1);
            features.push(String::from_utf8_lossy(scan.rest()).into_owned());
            scan.word(&terms::FEATURE);
            scan.spaces();
            scan.line(&terms::FEATURE_PARAMETER);
        }
        (250, "MLST", _) => {
            scan.take(&common::SPACE, 1);
            entry(scan);
        }
        _ => {}
    }
}

/// The name in quotes; a doubled quotation mark stands for one.
fn quoted(scan: &mut Scanner<'_>) -> Option<String> {
    let rest = scan.rest();
    let start = rest.iter().position(|b| *b == b'"')?;
    let mut name = Vec::new();
    let mut at = start + 1;
    loop {
        match (rest.get(at)?, rest.get(at + 1)) {
            (b'"', Some(b'"')) => {
                name.push(b'"');
                at += 2;
            }
            (b'"', _) => break,
            (b, _) => {
                name.push(*b);
                at += 1;
            }
        }
    }
    scan.take(&terms::TEXT, start);
    scan.take(&terms::QUOTED_PATH, at + 1 - start);
    Some(String::from_utf8_lossy(&name).into_owned())
}

fn is_coded(line: &[u8], code: u16) -> bool {
    line.starts_with(format!("{code:03}").as_bytes())
}
