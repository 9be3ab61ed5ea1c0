//! The parts of a message (RFC 2045, RFC 2046), found where they stand.

pub mod address;
pub mod coding;
mod header;

use core::ops::Range;

use super::message::{Field, fields};

pub use header::{Media, Parameters, parameters};

/// Parts within parts are followed so deep; what lies deeper is taken as it is. Real mail has
/// less than ten levels, and a reader must not be sent down for ever.
const DEPTH: usize = 20;

/// Parts of one message that are told apart.
const PARTS: usize = 1000;

/// A message or a part of one. All ranges are of the octets that were parsed.
#[derive(Clone, Debug)]
pub struct Part {
    /// With the empty line that ends it.
    pub header: Range<usize>,
    pub body: Range<usize>,
    pub media: Media,
    pub content: Content,
}

#[derive(Clone, Debug)]
pub enum Content {
    Leaf,
    Multipart(Vec<Part>),
    /// message/rfc822
    Message(Box<Part>),
}

impl Part {
    /// Reads a message whose lines end with CR LF.
    pub fn parse(message: &[u8]) -> Part {
        let mut left = PARTS;
        parse(message, 0..message.len(), false, DEPTH, &mut left)
    }

    /// The value of a header field as it stands, folds included.
    pub fn field<'a>(&self, message: &'a [u8], name: &str) -> Option<&'a [u8]> {
        let header = &message[self.header.clone()];
        let found = fields(header)
            .into_iter()
            .find(|Field { name: n, .. }| header[n.clone()].eq_ignore_ascii_case(name.as_bytes()));
        found.map(|field| header[field.value].trim_ascii())
    }

    /// The body with its transfer encoding undone, or `None` if that is unknown or broken.
    pub fn decoded(&self, message: &[u8]) -> Option<Vec<u8>> {
        let encoding = self.field(message, "Content-Transfer-Encoding").unwrap_or(b"7bit");
        coding::undo(encoding, &message[self.body.clone()])
    }

    /// The part of a number such as `[1, 2]`, as IMAP counts: the body of a message that is no
    /// multipart is its part 1 (RFC 3501 section 6.4.5).
    pub fn numbered(&self, path: &[u32]) -> Option<&Part> {
        let Some((first, rest)) = path.split_first() else { return Some(self) };
        let at = usize::try_from(*first).ok()?.checked_sub(1)?;
        let part = match &self.content {
            Content::Multipart(parts) => parts.get(at)?,
            _ if at == 0 => self,
            _ => return None,
        };
        match (&part.content, rest) {
            (_, []) => Some(part),
            (Content::Message(inner), _) => inner.numbered(rest),
            (Content::Multipart(_), _) => part.numbered(rest),
            (Content::Leaf, _) => None,
        }
    }
}

fn parse(
    message: &[u8],
    range: Range<usize>,
    in_digest: bool,
    depth: usize,
    left: &mut usize,
) -> Part {
    *left = left.saturating_sub(1);
    let bytes = &message[range.clone()];
    let body = range.start + super::message::body_start(bytes);
    let mut part = Part {
        header: range.start..body,
        body: body..range.end,
        media: Media::default(),
        content: Content::Leaf,
    };
    part.media = match part.field(message, "Content-Type") {
        Some(value) => Media::parse(value),
        None if in_digest => Media::parse(b"message/rfc822"),
        None => Media::default(),
    };
    if depth == 0 {
        return part;
    }
    if part.media.is("multipart", "") {
        let digest = part.media.is("multipart", "digest");
        let boundary = part.media.parameters.get("boundary").unwrap_or_default();
        let ranges = between(message, part.body.clone(), boundary.as_bytes());
        let mut parts = Vec::new();
        for range in ranges {
            if *left == 0 {
                break;
            }
            parts.push(parse(message, range, digest, depth - 1, left));
        }
        if !parts.is_empty() {
            part.content = Content::Multipart(parts);
        }
    } else if part.media.is("message", "rfc822") || part.media.is("message", "global") {
        let inner = parse(message, part.body.clone(), false, depth - 1, left);
        part.content = Content::Message(Box::new(inner));
    }
    part
}

/// What stands between the lines of a boundary (RFC 2046 section 5.1.1). The line end before a
/// boundary belongs to it.
fn between(message: &[u8], body: Range<usize>, boundary: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if boundary.is_empty() {
        return found;
    }
    let mut open: Option<usize> = None;
    let mut at = body.start;
    for line in message[body.clone()].split_inclusive(|b| *b == b'\n') {
        let start = at;
        at += line.len();
        let Some(rest) = line.strip_prefix(b"--").and_then(|line| line.strip_prefix(boundary))
        else {
            continue;
        };
        let rest = rest.trim_ascii_end();
        if !rest.is_empty() && rest != b"--" {
            continue;
        }
        if let Some(from) = open.take() {
            found.push(from..before_line_end(message, from, start));
        }
        if rest == b"--" {
            return found;
        }
        open = Some(at);
    }
    // The last boundary is missing: the part goes on to the end.
    found.extend(open.map(|from| from..body.end));
    found
}

fn before_line_end(message: &[u8], from: usize, end: usize) -> usize {
    let part = &message[from.min(end)..end];
    let ends = part.strip_suffix(b"\r\n").or_else(|| part.strip_suffix(b"\n"));
    from.min(end) + ends.unwrap_or(part).len()
}

#[cfg(test)]
mod tests;
