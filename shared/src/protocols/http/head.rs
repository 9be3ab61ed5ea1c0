//! Reads the status line and the header of a response, with what each octet means.

use super::body::take_line;
use super::fields::{self, FIELDS_LIMIT, Fields};
use super::{status, terms};
use crate::explain::{Outcome, Scanner, Wire, common};
use crate::machine::Note;

/// The most octets of a header. Servers allow 8 to 64 KiB; Python reads lines of 64 KiB.
pub(super) const HEAD_LIMIT: usize = 64 * 1024;

#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    pub(super) wire: Wire,
    pub(super) status: u16,
    pub(super) reason: String,
    /// Of HTTP/1.
    pub(super) minor: u8,
    pub(super) fields: Fields,
    pub(super) notes: Vec<Note>,
    /// A line breaks the grammar: the connection is not used again.
    pub(super) faulty: bool,
    /// This is no response: nothing behind it can be framed.
    pub(super) fatal: bool,
}

/// The head under way.
#[derive(Clone, Debug, Default)]
pub(super) struct HeadReader {
    line: Vec<u8>,
    head: Head,
    bare_lf: bool,
    begun: bool,
}

impl HeadReader {
    /// Whether any octet of a head has come.
    pub(super) fn has_begun(&self) -> bool {
        self.begun || !self.line.is_empty()
    }

    /// Takes octets off the front of `input`; gives the head that they complete.
    pub(super) fn next(&mut self, input: &mut &[u8]) -> Option<Head> {
        loop {
            let room = HEAD_LIMIT.saturating_sub(self.head.wire.bytes.len());
            if !take_line(&mut self.line, input, room)? {
                return Some(self.too_long("64 KiB"));
            }
            let line = core::mem::take(&mut self.line);
            if !line.ends_with(b"\r\n") {
                self.bare_lf = true;
            }
            if !self.begun {
                self.begun = true;
                self.status_line(&line);
                if self.head.fatal {
                    return Some(self.complete());
                }
                continue;
            }
            if line == b"\r\n" || line == b"\n" {
                let mut scan = Scanner::new(&line);
                scan.take(&terms::HEADER_END, line.len());
                self.head.wire.append(scan.finish(""));
                return Some(self.complete());
            }
            let offset = self.head.wire.bytes.len();
            let read = fields::read(&line, offset, &mut self.head.fields);
            self.head.wire.append(read.wire);
            self.head.notes.extend(read.note);
            self.head.faulty |= read.faulty;
            if self.head.fields.len() > FIELDS_LIMIT {
                return Some(self.too_long("200 fields"));
            }
        }
    }

    /// The stream ended: what there is of a head.
    pub(super) fn cut(&mut self) -> Option<Wire> {
        let line = core::mem::take(&mut self.line);
        let mut scan = Scanner::new(&line);
        scan.take(&common::TRUNCATED, line.len());
        self.head.wire.append(scan.finish(""));
        let mut wire = core::mem::take(&mut self.head.wire);
        wire.says = "The connection ended inside the header.".into();
        (!wire.bytes.is_empty()).then_some(wire)
    }

    fn complete(&mut self) -> Head {
        let mut head = core::mem::take(&mut self.head);
        if self.bare_lf && !head.fatal {
            head.notes.push(
                Note::warning(
                    "Lines of the header end with a bare LF; HTTP asks for CR LF. They are read as if they had.",
                )
                .rule(9112, "2.2"),
            );
        }
        *self = HeadReader::default();
        head
    }

    fn too_long(&mut self, limit: &str) -> Head {
        let line = core::mem::take(&mut self.line);
        let mut scan = Scanner::new(&line);
        scan.take(&common::TOO_LONG, line.len());
        self.head.wire.append(scan.finish(""));
        self.head.fatal = true;
        self.head.notes.push(
            Note::error(format!("The header is longer than {limit}; the lab reads no further."))
                .rule(9112, "5"),
        );
        self.head.wire.says = "A header without end.".into();
        self.complete()
    }

    fn status_line(&mut self, line: &[u8]) {
        let mut scan = Scanner::new(line);
        let text = scan.rest();
        let head = &mut self.head;
        if let Err((at, expected)) = check(text) {
            let shown = fields::latin1(&text[..text.len().min(40)]);
            scan.line(&common::UNEXPECTED);
            scan.eol();
            head.fatal = true;
            head.wire = scan.finish("This is not a response of HTTP/1.1.");
            head.notes.push(
                Note::error(format!(
                    "The status line {shown:?} is wrong at octet {at}: {expected}. What follows cannot be framed; it is shown as it comes, and the connection is not used again."
                ))
                .rule(9112, "4"),
            );
            return;
        }
        head.minor = text[7] - b'0';
        head.status = text[9..12].iter().fold(0, |code, d| code * 10 + u16::from(d - b'0'));
        scan.take(&terms::VERSION, 8);
        scan.take(&terms::SEPARATOR, 1);
        scan.take(&terms::STATUS_CODE, 3);
        scan.note(status::meaning(head.status));
        scan.outcome(Outcome::of_code(head.status).unwrap_or(Outcome::Permanent));
        if text.len() > 12 {
            scan.take(&terms::SEPARATOR, 1);
        } else {
            head.notes.push(
                Note::info("The space behind the status code is missing; it must be sent even when no reason follows.")
                    .rule(9112, "4"),
            );
        }
        if !(100..600).contains(&head.status) {
            head.notes.push(
                Note::error(format!("{} is no status code; it is taken as 500.", head.status))
                    .rule(9110, "15"),
            );
        }
        head.reason = fields::latin1(scan.line(&terms::REASON));
        scan.eol();
        head.wire = scan.finish("");
    }
}

/// Where a status line goes wrong, and what should stand there.
fn check(text: &[u8]) -> Result<(), (usize, &'static str)> {
    let digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    if !text.starts_with(b"HTTP/") {
        return Err((0, "a response begins with HTTP/1."));
    }
    if text.get(5..7) != Some(b"1.") || !digit(7) {
        return Err((5, "the version must be 1.1 or 1.0"));
    }
    if text.get(8) != Some(&b' ') {
        return Err((8, "one space must follow the version"));
    }
    match (9..12).find(|at| !digit(*at)) {
        Some(at) => Err((at, "the status code has three digits")),
        None if matches!(text.get(12), None | Some(b' ')) => Ok(()),
        None => Err((12, "one space must follow the status code")),
    }
}
