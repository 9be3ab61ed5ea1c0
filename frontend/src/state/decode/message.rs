//! Mail and news: encoded words in header fields, and the parts of a message with their transfer encodings undone.

use std::ops::Range;

use shared::explain::Wire;
use shared::text::mime::{Content, Part, coding};
use shared::transcript::Kind;

use super::{Decoded, is, text_or_octets};
use crate::state::Lab;

/// A message is put together from its pieces up to this size.
const MESSAGE: usize = 512 * 1024;

/// Parts that are shown.
const PARTS: usize = 40;

/// Encoded words wherever they stand in a value, over folded lines too.
pub(super) fn words(wire: &Wire, out: &mut Vec<Decoded>) {
    let mut at = 0;
    while let Some(first) = wire.spans.get(at) {
        at += 1;
        if first.secret || is(first, "BODY") || !has_word(&wire.bytes[first.range()]) {
            continue;
        }
        let mut end = first.end as usize;
        while let [line_end, folded, ..] = &wire.spans[at.min(wire.spans.len())..]
            && is(line_end, "CRLF")
            && is(folded, "FOLDED")
        {
            end = folded.end as usize;
            at += 2;
        }
        let range = first.start as usize..end;
        let octets = &wire.bytes[range.clone()];
        let plain = coding::words(octets);
        if plain.as_bytes() != octets {
            out.push(Decoded::new("encoded words", range, (2047, "2")).text(plain.trim()));
        }
    }
}

/// The parts of the message that begins in this unit.
pub(super) fn bodies(lab: &Lab, n: usize, wire: &Wire, out: &mut Vec<Decoded>) {
    let Some(header_end) = wire.spans.iter().position(|span| is(span, "HEADER_END")) else {
        return;
    };
    // HTTP has header fields of its own, and its content follows apart.
    if wire.spans.iter().any(|span| is(span, "VERSION")) {
        return;
    }
    let literal = wire.spans[..header_end].iter().rposition(|span| is(span, "LITERAL"));
    let begin =
        literal.map_or(0, |at| wire.spans.get(at + 1).map_or(0, |line_end| line_end.end as usize));
    let mut message = Message::default();
    match literal {
        Some(_) => message.add(wire, begin, Some(literal_length(wire, begin))),
        None => {
            message.add(wire, begin, None);
            message.add_pieces(lab, n);
        }
    }
    let end = wire.bytes.len();
    message.parts(|at| (at + begin).min(end), out);
}

/// A message whose octets are all here, as the content of a transfer.
pub(super) fn whole(octets: &[u8], out: &mut Vec<Decoded>) {
    let message = Message { octets: octets.to_vec(), dots: Vec::new() };
    message.parts(|at| at, out);
}

/// The octets of a message without its stuffed dots, and where those stood.
#[derive(Default)]
struct Message {
    octets: Vec<u8>,
    dots: Vec<usize>,
}

impl Message {
    fn add(&mut self, wire: &Wire, from: usize, length: Option<usize>) {
        let to = length.map_or(wire.bytes.len(), |length| from + length);
        for span in wire.spans.iter().filter(|span| span.end as usize > from) {
            let (start, end) = ((span.start as usize).max(from), (span.end as usize).min(to));
            match span.term.id {
                "BLOCK_END" => return,
                "STUFFED_DOT" => self.dots.push(self.octets.len()),
                _ if start < end => self.octets.extend_from_slice(&wire.bytes[start..end]),
                _ => return,
            }
        }
    }

    /// A long block comes in several units.
    fn add_pieces(&mut self, lab: &Lab, n: usize) {
        let Some(first) = lab.entry(n) else { return };
        for at in lab.exchange(n).into_iter().filter(|at| *at > n) {
            let Some(entry) = lab.entry(at).filter(|entry| entry.conn == first.conn) else {
                continue;
            };
            match &entry.kind {
                Kind::Sent(wire) | Kind::Received(wire)
                    if entry.side() == first.side()
                        && wire.outcome.is_none()
                        && self.octets.len() < MESSAGE =>
                {
                    self.add(wire, 0, None);
                }
                _ => return,
            }
        }
    }

    /// `place` says where an octet of the message, dots counted, stands in the entry.
    fn parts(&self, place: impl Fn(usize) -> usize, out: &mut Vec<Decoded>) {
        let root = Part::parse(&self.octets);
        let mut leaves = Vec::new();
        collect(&root, &mut Vec::new(), &mut leaves);
        let on_wire = |at: usize| place(at + self.dots.partition_point(|dot| *dot < at));
        for (path, part) in leaves.into_iter().take(PARTS) {
            let range = on_wire(part.body.start)..on_wire(part.body.end);
            if let Some(decoded) = self.part(&path, part, range) {
                out.push(decoded);
            }
        }
    }

    fn part(&self, path: &str, part: &Part, range: Range<usize>) -> Option<Decoded> {
        let encoding = part.field(&self.octets, "Content-Transfer-Encoding").unwrap_or(b"7bit");
        let encoding = String::from_utf8_lossy(encoding).to_ascii_lowercase();
        let is_plain = matches!(encoding.as_str(), "7bit" | "8bit" | "binary" | "");
        let charset = part.media.parameters.get("charset").unwrap_or("us-ascii");
        let is_text = part.media.is("text", "");
        if path.is_empty() && is_plain {
            return None;
        }
        let name = if path.is_empty() { "body".to_string() } else { format!("part {path}") };
        let kind = format!("{}/{}", part.media.kind, part.media.subtype);
        let what = match is_text {
            true => format!("{name}, {kind} in {charset}, {encoding}"),
            false => format!("{name}, {kind}, {encoding}"),
        };
        let rule = match encoding.as_str() {
            "quoted-printable" => (2045, "6.7"),
            "base64" => (2045, "6.8"),
            _ => (2046, "5.1"),
        };
        let decoded = Decoded::new(what, range, rule);
        Some(match part.decoded(&self.octets) {
            Some(octets) if is_text => decoded.text(coding::text(charset, &octets)),
            Some(octets) => decoded.text(text_or_octets(&octets)),
            None => decoded.fails(format!(
                "The transfer encoding {encoding} is unknown, or the part does not keep to it."
            )),
        })
    }
}

/// The leaves of a message with their numbers; one that is no multipart is its own leaf without a number.
fn collect<'a>(part: &'a Part, path: &mut Vec<usize>, out: &mut Vec<(String, &'a Part)>) {
    match &part.content {
        Content::Multipart(parts) => {
            for (at, part) in parts.iter().enumerate() {
                path.push(at + 1);
                collect(part, path, out);
                path.pop();
            }
        }
        Content::Message(inner) => collect(inner, path, out),
        Content::Leaf => {
            let path: Vec<String> = path.iter().map(usize::to_string).collect();
            out.push((path.join("."), part));
        }
    }
}

fn literal_length(wire: &Wire, begin: usize) -> usize {
    let before = &wire.bytes[..begin];
    let digits =
        before.iter().rposition(|b| *b == b'{').map_or(&[][..], |open| &before[open + 1..]);
    let digits = digits.iter().take_while(|b| b.is_ascii_digit());
    digits.fold(0usize, |n, b| n.saturating_mul(10).saturating_add(usize::from(b - b'0')))
}

fn has_word(octets: &[u8]) -> bool {
    let start = octets.windows(2).position(|w| w == b"=?");
    start.is_some_and(|at| octets[at + 2..].windows(2).any(|w| w == b"?="))
}
