//! Tells a client's commands from what stands between them.

use crate::protocols::Protocol;

/// A line without an end that is longer than any command is passed on as it is.
const LINE_LIMIT: usize = 64 * 1024;

/// What stands between two commands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Grammar {
    /// Nothing: each line is a command.
    Lines,
    /// Messages, which the server's state announces, and chunks of so many octets.
    Messages,
    /// Literals.
    Tagged,
    /// The lines of a header, and a body.
    Http,
    /// Anything: what is typed goes on at once, and CR ends a line.
    Typed,
}

impl Grammar {
    pub(super) fn of(protocol: &Protocol) -> Grammar {
        match protocol.id {
            "smtp" | "nntp" => Grammar::Messages,
            "imap" => Grammar::Tagged,
            "http" => Grammar::Http,
            "telnet" => Grammar::Typed,
            _ => Grammar::Lines,
        }
    }

    /// Without the tag, and without the UID of IMAP.
    pub(super) fn verb_of(self, line: &[u8]) -> &[u8] {
        if self != Grammar::Tagged {
            return line;
        }
        let verb = after_tag(line);
        if begins(verb, "UID") { after_tag(verb) } else { verb }
    }
}

pub(super) fn after_tag(line: &[u8]) -> &[u8] {
    match line.iter().position(|byte| *byte == b' ') {
        Some(at) => &line[at + 1..],
        None => line,
    }
}

/// Whether the line begins with these words.
pub(super) fn begins(line: &[u8], words: &str) -> bool {
    let (words, rest) = (words.as_bytes(), line.get(words.len()));
    line.get(..words.len()).is_some_and(|start| start.eq_ignore_ascii_case(words))
        && (words.is_empty() || rest.is_none_or(|next| !next.is_ascii_alphanumeric()))
}

#[derive(Debug, PartialEq)]
pub(super) enum Piece {
    /// A whole command line; of HTTP, the request with its header.
    Command(Vec<u8>),
    Other(Vec<u8>),
}

#[derive(Clone, Debug)]
pub(super) struct Reader {
    grammar: Grammar,
    waiting: Vec<u8>,
    /// Octets that belong to the command before.
    skip: usize,
    /// Behind them, another line of it.
    goes_on: bool,
    /// The chunks of a body follow.
    chunked: bool,
    /// What belongs to the command before is dropped, as the server never saw it.
    refused: bool,
}

impl Reader {
    pub(super) fn new(grammar: Grammar) -> Reader {
        Reader {
            grammar,
            waiting: Vec::new(),
            skip: 0,
            goes_on: false,
            chunked: false,
            refused: false,
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.waiting.extend_from_slice(bytes);
    }

    /// The command given out last does not reach the server.
    pub(super) fn refuse(&mut self, line: &[u8]) {
        // A client that asked for leave to send the rest does not get it, so there is none.
        let asked = self.grammar == Grammar::Tagged && !line.ends_with(b"+}\r\n");
        if asked {
            (self.skip, self.goes_on) = (0, false);
        }
        self.refused = true;
    }

    /// What is left when the client ends.
    pub(super) fn rest(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.waiting)
    }

    /// The next piece that is complete. `content`: the server's state takes content.
    pub(super) fn next(&mut self, content: bool) -> Option<Piece> {
        loop {
            let piece = self.piece(content)?;
            match piece {
                Piece::Other(_) if self.refused => {}
                Piece::Command(_) => {
                    self.refused = false;
                    return Some(piece);
                }
                piece => return Some(piece),
            }
        }
    }

    fn piece(&mut self, content: bool) -> Option<Piece> {
        if self.waiting.is_empty() {
            return None;
        }
        if self.skip > 0 {
            let n = self.skip.min(self.waiting.len());
            self.skip -= n;
            return Some(Piece::Other(self.take(n)));
        }
        let end = if self.grammar == Grammar::Typed { b'\r' } else { b'\n' };
        let line = self.waiting.iter().position(|byte| *byte == end).map(|at| at + 1);
        let passes = content && self.grammar == Grammar::Messages
            || self.grammar == Grammar::Typed
            || self.waiting.len() > LINE_LIMIT;
        let Some(n) = line else {
            return passes.then(|| Piece::Other(self.rest()));
        };
        if content && self.grammar == Grammar::Messages {
            return Some(Piece::Other(self.take(n)));
        }
        match self.grammar {
            Grammar::Lines | Grammar::Typed => Some(Piece::Command(self.take(n))),
            Grammar::Messages => {
                let line = self.take(n);
                self.skip = chunk_octets(&line);
                Some(Piece::Command(line))
            }
            Grammar::Tagged => {
                let line = self.take(n);
                let part = core::mem::take(&mut self.goes_on);
                if let Some(octets) = literal(&line) {
                    (self.skip, self.goes_on) = (octets, true);
                }
                Some(if part { Piece::Other(line) } else { Piece::Command(line) })
            }
            Grammar::Http if self.chunked => {
                let line = self.take(n);
                self.chunk(&line);
                Some(Piece::Other(line))
            }
            Grammar::Http => self.request(),
        }
    }

    fn request(&mut self) -> Option<Piece> {
        let n = head_octets(&self.waiting)?;
        let head = self.take(n);
        for line in head.split(|byte| *byte == b'\n') {
            let Ok(line) = core::str::from_utf8(line) else { continue };
            let Some((name, value)) = line.split_once(':') else { continue };
            if name.eq_ignore_ascii_case("content-length") {
                self.skip = value.trim().parse().unwrap_or(0);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                self.chunked = value.to_ascii_lowercase().contains("chunked");
            }
        }
        Some(Piece::Command(head))
    }

    /// A line between the octets of two chunks, or of the trailer.
    fn chunk(&mut self, line: &[u8]) {
        let text = core::str::from_utf8(line).unwrap_or_default().trim_end();
        let size =
            text.split(';').next().and_then(|size| usize::from_str_radix(size.trim(), 16).ok());
        match size {
            // The end of line behind the octets is skipped with them.
            Some(size) if size > 0 => self.skip = size.saturating_add(2),
            _ if text.is_empty() => self.chunked = false,
            _ => {}
        }
    }

    fn take(&mut self, n: usize) -> Vec<u8> {
        let rest = self.waiting.split_off(n);
        core::mem::replace(&mut self.waiting, rest)
    }
}

/// Of a request line with its header, up to the empty line.
fn head_octets(bytes: &[u8]) -> Option<usize> {
    let mut start = 0;
    while let Some(at) = bytes[start..].iter().position(|byte| *byte == b'\n') {
        let line = &bytes[start..start + at];
        let first = start == 0;
        start += at + 1;
        if !first && (line.is_empty() || line == b"\r") {
            return Some(start);
        }
    }
    None
}

/// Of the chunk that BDAT announces.
fn chunk_octets(line: &[u8]) -> usize {
    let line = core::str::from_utf8(line).unwrap_or_default();
    let mut words = line.split_ascii_whitespace();
    match words.next() {
        Some(verb) if verb.eq_ignore_ascii_case("BDAT") => {
            words.next().and_then(|octets| octets.parse().ok()).unwrap_or(0)
        }
        _ => 0,
    }
}

/// Of the literal that the line announces: `{5}` or `{5+}`.
fn literal(line: &[u8]) -> Option<usize> {
    let line = core::str::from_utf8(line.strip_suffix(b"\r\n")?).ok()?;
    let (_, octets) = line.strip_suffix('}')?.rsplit_once('{')?;
    octets.strip_suffix('+').unwrap_or(octets).parse().ok()
}
