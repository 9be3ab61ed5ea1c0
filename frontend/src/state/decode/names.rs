//! Names and numbers in codes of their own: mailboxes in modified UTF-7, octets in per cent, ports as two numbers,
//! sizes of chunks, Telnet commands.

use shared::explain::{Span, Wire};
use shared::protocols::imap;

use super::{Decoded, is};

pub(super) fn decode(wire: &Wire, out: &mut Vec<Decoded>) {
    for span in wire.spans.iter().filter(|span| !span.secret) {
        let octets = &wire.bytes[span.range()];
        let Ok(text) = std::str::from_utf8(octets) else { continue };
        let decoded = |what: &str, rule| Decoded::new(what, span.range(), rule);
        match span.term.id {
            "MAILBOX" if text.contains('&') => {
                let decoded = decoded("modified UTF-7", (3501, "5.1.3"));
                out.push(match imap::mailbox_name(text.trim_matches('"')) {
                    Some(name) => decoded.text(name),
                    None => decoded.fails("It is not modified UTF-7; the name is taken as it is."),
                });
            }
            "TARGET" if text.contains('%') => {
                let decoded = decoded("octets in per cent", (3986, "2.1"));
                out.push(decoded.text(String::from_utf8_lossy(&percent(octets))));
            }
            "PASSIVE_PORT" => {
                let numbers: Vec<u16> =
                    text.split(',').filter_map(|n| n.trim().parse().ok()).collect();
                if let [high @ 0..256, low @ 0..256] = numbers[..] {
                    let port = high * 256 + low;
                    let sum = format!("{high} \u{d7} 256 + {low} = port {port}");
                    out.push(decoded("port", (959, "4.1.2")).text(sum));
                }
            }
            "CHUNK_SIZE" => {
                if let Ok(size) = u64::from_str_radix(text, 16) {
                    let text = match size {
                        0 => "0: the last chunk".to_string(),
                        size => format!("hexadecimal {text} = {size} octets"),
                    };
                    out.push(decoded("size of the chunk", (9112, "7.1")).text(text));
                }
            }
            _ => {}
        }
    }
    telnet(wire, out);
}

/// Commands of Telnet, which FTP's control connection may have, too.
fn telnet(wire: &Wire, out: &mut Vec<Decoded>) {
    let mut spans = wire.spans.iter().peekable();
    while let Some(first) = spans.next() {
        let octets = &wire.bytes[first.range()];
        if octets.first() != Some(&0xff) || !(is(first, "IAC") || is(first, "TELNET")) {
            continue;
        }
        let mut words: Vec<String> = octets.iter().map(|octet| word(*octet)).collect();
        let mut end = first.end;
        while let Some(span) =
            spans.next_if(|span| !is(span, "TELNET") && !matches!(span.term.id, "TEXT" | "LINE"))
        {
            words.push(argument(span, &wire.bytes[span.range()]));
            end = span.end;
        }
        let numbers: Vec<String> =
            wire.bytes[first.start as usize..end as usize].iter().map(u8::to_string).collect();
        let range = first.start as usize..end as usize;
        let text = format!("{} ({})", words.join(" "), numbers.join(" "));
        out.push(Decoded::new("Telnet command", range, (854, "")).text(text));
    }
}

/// An option has its name in the note.
fn argument(span: &Span, octets: &[u8]) -> String {
    match (octets, &span.note) {
        ([_], Some(note)) => note.to_string(),
        ([octet], None) => word(*octet),
        (octets, _) => String::from_utf8_lossy(octets).into_owned(),
    }
}

fn word(octet: u8) -> String {
    let name = match octet {
        240 => "SE",
        241 => "NOP",
        242 => "DM",
        243 => "BRK",
        244 => "IP",
        245 => "AO",
        246 => "AYT",
        247 => "EC",
        248 => "EL",
        249 => "GA",
        250 => "SB",
        251 => "WILL",
        252 => "WONT",
        253 => "DO",
        254 => "DONT",
        255 => "IAC",
        octet => return octet.to_string(),
    };
    name.into()
}

fn percent(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(octet) = octets.get(at) {
        let hex = octets.get(at + 1..at + 3).filter(|_| *octet == b'%');
        let value = hex
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(value.unwrap_or(*octet));
        at += if value.is_some() { 3 } else { 1 };
    }
    out
}
