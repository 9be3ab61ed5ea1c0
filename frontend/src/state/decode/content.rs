//! Content: put together from its chunks, with its coding undone, and what XML-RPC says in it.

use shared::explain::Wire;
use shared::machine::Level;
use shared::protocols::http;
use shared::text::message::field;
use shared::transcript::Kind;

use super::{Decoded, is, message, text_or_octets};
use crate::state::Lab;

/// At most so many octets are decoded: a few can stand for very many.
const DECODED: usize = 64 * 1024;

pub(super) fn decode(lab: &Lab, n: usize, head: &[u8], out: &mut Vec<Decoded>) {
    let all = 0..head.len();
    let Some(content) = Content::of(lab, n) else {
        // A message too large to be shown with its reply.
        if lab.route.protocol.id == "imap" {
            message::whole(head, out);
        }
        return;
    };
    let mut plain = content.octets;
    if content.chunks > 1 {
        let what = format!("content without its {} chunks, {} octets", content.chunks, plain.len());
        let decoded = Decoded::new(what, all.clone(), (9112, "7.1"));
        if content.coding.is_none() {
            out.push(decoded.text(text_or_octets(&plain)));
        }
    }
    if let Some(coding) = content.coding {
        let decoded = |octets: usize, what: &str| {
            Decoded::new(format!("{coding}, {octets} octets{what}"), all.clone(), (9110, "8.4"))
        };
        match http::decode_body(&coding, &plain, DECODED) {
            Ok(undone) => {
                let what = format!(" \u{2192} {} octets", undone.len());
                out.push(decoded(plain.len(), &what).text(text_or_octets(&undone)));
                plain = undone;
            }
            Err(why) => {
                out.push(
                    decoded(plain.len(), "").fails(format!("Its start cannot be decoded: {why}.")),
                );
                return;
            }
        }
    }
    if content.is_xml
        && let Some(note) = http::rpc(&plain)
    {
        let decoded = Decoded::new("XML-RPC", all, (9110, "8.3"));
        out.push(match note.level {
            Level::Error => decoded.fails(note.text),
            _ => decoded.text(note.text),
        });
    }
}

/// The content that an entry is a piece of, and what the header before it says of it.
struct Content {
    octets: Vec<u8>,
    /// Pieces with a size of their own.
    chunks: usize,
    coding: Option<String>,
    is_xml: bool,
}

impl Content {
    fn of(lab: &Lab, n: usize) -> Option<Content> {
        let entry = lab.entry(n)?;
        let same = |at: &usize| {
            lab.entry(*at).is_some_and(|e| e.conn == entry.conn && e.side() == entry.side())
        };
        let all: Vec<usize> = lab.exchange(n).into_iter().filter(same).collect();
        let is_header = |wire: &Wire| {
            ["VERSION", "HEADER_END"].iter().all(|id| wire.spans.iter().any(|s| is(s, id)))
        };
        let header = |at: usize| lab.entry(at)?.wire().filter(|wire| is_header(wire));
        let begin = all.iter().rposition(|at| *at < n && header(*at).is_some())?;
        let head = header(all[begin])?;
        let mut content = Content {
            octets: Vec::new(),
            chunks: 0,
            coding: field(&head.bytes, "Content-Encoding").filter(|coding| coding != "identity"),
            is_xml: field(&head.bytes, "Content-Type")
                .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/xml")),
        };
        for at in &all[begin + 1..] {
            match lab.entry(*at).map(|entry| &entry.kind) {
                Some(Kind::Data { head, .. }) => content.octets.extend_from_slice(head),
                Some(Kind::Sent(wire) | Kind::Received(wire)) if is_header(wire) => break,
                Some(Kind::Sent(wire) | Kind::Received(wire)) => {
                    let sizes = wire.spans.iter().filter(|span| is(span, "CHUNK_SIZE"));
                    content.chunks += sizes
                        .filter(|span| wire.bytes[span.range()].iter().any(|b| *b != b'0'))
                        .count();
                }
                _ => {}
            }
        }
        Some(content)
    }
}
