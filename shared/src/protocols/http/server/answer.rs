//! A response before it is put on the wire.

use super::super::fields::{self, Fields};
use super::super::{status, terms};
use crate::explain::{Composer, Outcome, Wire};
use crate::world::files::Content;

/// Part of a content, from one offset to another.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) content: Content,
    pub(super) at: u64,
    pub(super) end: u64,
}

impl Piece {
    pub(super) fn whole(content: Content) -> Piece {
        let end = content.len();
        Piece { content, at: 0, end }
    }

    pub(super) fn bytes(bytes: impl AsRef<[u8]>) -> Piece {
        Piece::whole(Content::Bytes(bytes.as_ref().into()))
    }

    pub(super) fn len(&self) -> u64 {
        self.end - self.at
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    /// By Content-Length.
    Counted,
    /// In chunks of one line each, with a trailer that holds a digest.
    Chunked,
    /// With the connection.
    Close,
}

#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// Sent before it.
    pub(super) interim: Option<(u16, Fields)>,
    pub(super) status: u16,
    pub(super) fields: Fields,
    pub(super) pieces: Vec<Piece>,
    pub(super) ends: Ends,
    /// The connection is not used again.
    pub(super) close: bool,
}

impl Answer {
    pub(super) fn new(status: u16) -> Answer {
        Answer {
            interim: None,
            status,
            fields: Fields::default(),
            pieces: Vec::new(),
            ends: Ends::Counted,
            close: false,
        }
    }

    pub(super) fn text(status: u16, text: impl AsRef<[u8]>) -> Answer {
        Answer::new(status).field("Content-Type", "text/plain; charset=utf-8").content(text)
    }

    /// An error with its reason as text.
    pub(super) fn error(status: u16, why: &str) -> Answer {
        Answer::text(status, format!("{status} {}: {why}.\r\n", status::reason(status)))
    }

    pub(super) fn field(mut self, name: &str, value: impl Into<String>) -> Answer {
        self.fields.push(name, value);
        self
    }

    pub(super) fn content(mut self, bytes: impl AsRef<[u8]>) -> Answer {
        self.pieces = vec![Piece::bytes(bytes)];
        self
    }

    pub(super) fn close(mut self) -> Answer {
        self.close = true;
        self
    }

    pub(super) fn octets(&self) -> u64 {
        self.pieces.iter().map(Piece::len).sum()
    }

    /// Whether this status can have content at all.
    pub(super) fn may_have_content(&self) -> bool {
        self.status >= 200 && !matches!(self.status, 204 | 304)
    }

    /// All pieces in chunks: one for each line, the first with an extension, and a trailer.
    pub(super) fn chunks(&self) -> Wire {
        let mut content = Vec::new();
        for piece in &self.pieces {
            content.extend(piece.content.read(piece.at, piece.len() as usize));
        }
        let mut out = Composer::new();
        for (n, line) in content.split_inclusive(|b| *b == b'\n').enumerate() {
            out.put(&terms::CHUNK_SIZE, format!("{:X}", line.len()));
            if n == 0 {
                out.put(&terms::CHUNK_EXTENSION, ";note=\"one line, one chunk\"");
            }
            out.crlf().put(&terms::CONTENT, line).put(&terms::CHUNK_END, "\r\n");
        }
        out.put(&terms::CHUNK_SIZE, "0").crlf();
        let octets = content.len().to_string();
        fields::compose(&mut out, "X-Octets", &octets);
        out.put(&terms::HEADER_END, "\r\n");
        out.finish("")
    }
}

/// Status line, fields and empty line.
pub(super) fn head(code: u16, fields: &Fields) -> Wire {
    let mut out = Composer::new();
    out.put(&terms::VERSION, "HTTP/1.1").put(&terms::SEPARATOR, " ");
    out.put(&terms::STATUS_CODE, code.to_string()).put(&terms::SEPARATOR, " ");
    out.put(&terms::REASON, status::reason(code)).crlf();
    for (name, value) in fields.iter() {
        fields::compose(&mut out, name, value);
    }
    out.put(&terms::HEADER_END, "\r\n");
    if let Some(outcome) = Outcome::of_code(code) {
        out.outcome(outcome);
    }
    out.finish("")
}
