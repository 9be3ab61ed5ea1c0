//! What a document says, beside its octets.

use super::xml::{Kind, pieces};
use super::{Document, Malformed, Value, read};
use crate::explain::{Composer, common};
use crate::machine::Note;
use crate::protocols::http::terms;
use crate::text::capitalized;

/// Values are shown up to so many characters: the octets stand beside them.
const SHOWN: usize = 2000;

/// Puts a call with the meaning of every tag and value. `None`: it is no call, and nothing was put.
pub(in super::super) fn put(out: &mut Composer, content: &[u8]) -> Option<String> {
    let document @ Document::Call { .. } = read(content).ok()? else { return None };
    let text = core::str::from_utf8(content).ok()?;
    let mut inside = Vec::new();
    for piece in pieces(text).ok()? {
        let octets = &text[piece.at..piece.end];
        match piece.kind {
            Kind::Open => inside.push(piece.text),
            Kind::Close => {
                inside.pop();
            }
            _ => {}
        }
        let element = inside.last().copied().unwrap_or_default();
        let blank = octets.bytes().all(|b| b.is_ascii_whitespace());
        let term = match (piece.kind, element) {
            (Kind::Aside, _) if octets.starts_with("<?") => &terms::XML_DECLARATION,
            (Kind::Aside, _) => &terms::XML_COMMENT,
            (Kind::Text | Kind::Verbatim, "methodName") => &terms::METHOD_NAME,
            (Kind::Text | Kind::Verbatim, "name") => &terms::MEMBER_NAME,
            (Kind::Text, name) if blank && !matches!(name, "string" | "value") => &common::SPACE,
            (Kind::Text | Kind::Verbatim, _) => &terms::RPC_VALUE,
            _ => &terms::XML_TAG,
        };
        out.put(term, octets);
        if *term == terms::RPC_VALUE {
            out.note(if element == "value" { "string" } else { element });
        }
    }
    Some(sentence(&document))
}

/// What a document in a response says. `None`: it is no XML-RPC.
pub(in super::super) fn note(content: &[u8]) -> Option<Note> {
    match read(content) {
        Ok(document) => Some(Note::info(sentence(&document))),
        Err(Malformed { at, what }) if speaks(content) => Some(Note::error(format!(
            "This response of XML-RPC cannot be read: {what}, at octet {at} of the content."
        ))),
        Err(_) => None,
    }
}

fn speaks(content: &[u8]) -> bool {
    let mark = b"<methodResponse";
    content.windows(mark.len()).take(1000).any(|window| window == mark)
}

fn sentence(document: &Document) -> String {
    let sentence = match document {
        Document::Call { method, params } if params.is_empty() => {
            format!("calls {method} without parameters.")
        }
        Document::Call { method, params } => {
            let params: Vec<String> = params.iter().map(Value::explained).collect();
            format!("calls {method} with {}.", params.join(", "))
        }
        Document::Response(value) => format!("the method gives {}.", value.explained()),
        Document::Fault { code, text } => format!("fault {code}: {text}"),
    };
    let sentence = capitalized(&sentence);
    match sentence.char_indices().nth(SHOWN) {
        None => sentence,
        Some((end, _)) => format!("{}\u{2026}", &sentence[..end]),
    }
}
