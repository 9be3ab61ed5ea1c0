//! Reads the content of a message by its framing, however it was cut into reads.

use super::fields::{self, FIELDS_LIMIT, Fields};
use super::framing::Framing;
use super::head::HEAD_LIMIT;
use super::terms;
use crate::explain::{Scanner, Wire, common};
use crate::machine::Note;

/// A chunk-size line is a few digits; extensions are rare and short.
const SIZE_LINE_LIMIT: usize = 4 * 1024;

/// What reading content gives.
#[derive(Debug)]
pub(super) enum Event {
    /// A line of the framing.
    Unit(Wire),
    Data(Vec<u8>),
    Note(Note),
    /// The framing is broken: what follows cannot be read. The octets not yet given follow in the
    /// wire.
    Broken(Wire, Note),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Data(u64),
    UntilClose,
    /// CR LF behind the octets of a chunk, how much of it has come.
    ChunkEnd,
    Size,
    ChunkData(u64),
    Trailer,
    Done,
}

#[derive(Clone, Debug)]
pub(super) struct BodyReader {
    at: At,
    /// A line under way.
    line: Vec<u8>,
    /// The unit under way: the end of a chunk and the next size line, or the trailer.
    unit: Wire,
    pub(super) trailers: Fields,
    pub(super) octets: u64,
    chunks: u64,
}

impl BodyReader {
    pub(super) fn new(framing: Framing) -> BodyReader {
        let at = match framing {
            Framing::None | Framing::Length(0) => At::Done,
            Framing::Length(n) => At::Data(n),
            Framing::Chunked => At::Size,
            Framing::Close => At::UntilClose,
        };
        BodyReader {
            at,
            line: Vec::new(),
            unit: Wire::default(),
            trailers: Fields::default(),
            octets: 0,
            chunks: 0,
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.at == At::Done
    }

    pub(super) fn is_until_close(&self) -> bool {
        self.at == At::UntilClose
    }

    /// Octets that Content-Length promised and that have not come.
    pub(super) fn missing(&self) -> Option<u64> {
        match self.at {
            At::Data(n) => Some(n),
            _ => None,
        }
    }

    /// Takes what belongs to the content off the front of `input` and gives what it means. `None`:
    /// more octets are needed.
    pub(super) fn next(&mut self, input: &mut &[u8]) -> Option<Event> {
        loop {
            match self.at {
                At::Done => return None,
                At::UntilClose => return self.data(input, u64::MAX),
                At::Data(left) => {
                    let event = self.data(input, left)?;
                    if let Event::Data(bytes) = &event {
                        let left = left - bytes.len() as u64;
                        self.at = if left == 0 { At::Done } else { At::Data(left) };
                    }
                    return Some(event);
                }
                At::ChunkData(left) => {
                    let event = self.data(input, left)?;
                    if let Event::Data(bytes) = &event {
                        let left = left - bytes.len() as u64;
                        self.at = if left == 0 { At::ChunkEnd } else { At::ChunkData(left) };
                    }
                    return Some(event);
                }
                At::ChunkEnd => {
                    let (first, rest) = input.split_first()?;
                    let expected = b"\r\n"[self.line.len()];
                    if *first != expected {
                        return Some(self.broken(
                            Note::error(format!(
                                "Behind the octets of the chunk CR LF must follow; octet {first:02X} came. The size was wrong, and what follows cannot be read."
                            ))
                            .rule(9112, "7.1"),
                        ));
                    }
                    self.line.push(*first);
                    *input = rest;
                    if self.line.len() == 2 {
                        self.line.clear();
                        let mut scan = Scanner::new(b"\r\n");
                        scan.take(&terms::CHUNK_END, 2);
                        self.unit.append(scan.finish(""));
                        self.at = At::Size;
                    }
                }
                At::Size => {
                    if !take_line(&mut self.line, input, SIZE_LINE_LIMIT)? {
                        return Some(
                            self.broken(
                                Note::error("A chunk-size line is longer than the lab reads.")
                                    .rule(9112, "7.1"),
                            ),
                        );
                    }
                    if let Some(event) = self.size_line() {
                        return Some(event);
                    }
                }
                At::Trailer => {
                    let room = HEAD_LIMIT.saturating_sub(self.unit.bytes.len());
                    if !take_line(&mut self.line, input, room)?
                        || self.trailers.len() > FIELDS_LIMIT
                    {
                        return Some(
                            self.broken(
                                Note::error("The trailer is longer than the lab reads.")
                                    .rule(9112, "7.1.2"),
                            ),
                        );
                    }
                    if let Some(event) = self.trailer_line() {
                        return Some(event);
                    }
                }
            }
        }
    }

    /// The stream ended: the octets of an unfinished line.
    pub(super) fn cut(&mut self) -> Option<Wire> {
        let line = core::mem::take(&mut self.line);
        let mut scan = Scanner::new(&line);
        scan.take(&common::TRUNCATED, line.len());
        self.unit.append(scan.finish(""));
        let mut wire = core::mem::take(&mut self.unit);
        wire.says = "The connection ended inside this.".into();
        (!wire.bytes.is_empty()).then_some(wire)
    }

    fn data(&mut self, input: &mut &[u8], left: u64) -> Option<Event> {
        let n = usize::try_from(left).unwrap_or(usize::MAX).min(input.len());
        let (bytes, rest) = input.split_at(n);
        *input = rest;
        self.octets += n as u64;
        (n > 0).then(|| Event::Data(bytes.to_vec()))
    }

    fn size_line(&mut self) -> Option<Event> {
        let line = core::mem::take(&mut self.line);
        let digits = line.iter().take_while(|b| b.is_ascii_hexdigit()).count();
        let text = &line[..digits];
        let size = core::str::from_utf8(text).ok().and_then(|t| u64::from_str_radix(t, 16).ok());
        let rest = line[digits..].strip_suffix(b"\r\n");
        let (size, rest) = match (size, rest) {
            (Some(size), Some(rest)) if fits(rest) => (size, rest),
            _ => {
                let why = match (digits, size, line.ends_with(b"\r\n")) {
                    (0, ..) => "it must begin with hexadecimal digits, without sign or prefix",
                    (_, None, _) => "the number is too large",
                    (_, _, false) => "it must end with CR LF",
                    _ => "behind the digits only an extension may follow",
                };
                self.line = line;
                return Some(
                    self.broken(
                        Note::error(format!(
                            "The chunk size {:?} is wrong: {why}. What follows cannot be read.",
                            fields::latin1(self.line.trim_ascii_end())
                        ))
                        .rule(9112, "7.1"),
                    ),
                );
            }
        };
        let mut scan = Scanner::new(&line);
        scan.take(&terms::CHUNK_SIZE, digits);
        if !rest.is_empty() {
            scan.take(&terms::CHUNK_EXTENSION, rest.len());
        }
        scan.eol();
        self.unit.append(scan.finish(""));
        if size > 0 {
            self.chunks += 1;
            self.at = At::ChunkData(size);
            let mut unit = core::mem::take(&mut self.unit);
            unit.says = format!("A chunk of {size} octets follows.");
            return Some(Event::Unit(unit));
        }
        self.at = At::Trailer;
        None
    }

    fn trailer_line(&mut self) -> Option<Event> {
        let line = core::mem::take(&mut self.line);
        if line == b"\r\n" || line == b"\n" {
            let mut scan = Scanner::new(&line);
            scan.take(&terms::HEADER_END, line.len());
            self.unit.append(scan.finish(""));
            self.at = At::Done;
            let mut unit = core::mem::take(&mut self.unit);
            let names: Vec<_> = self.trailers.iter().map(|(name, _)| name).collect();
            unit.says = match names.as_slice() {
                [] => format!("The last chunk: {} octets in {}.", self.octets, self.count()),
                names => format!(
                    "The last chunk: {} octets in {}. Trailer fields: {}.",
                    self.octets,
                    self.count(),
                    names.join(", ")
                ),
            };
            return Some(Event::Unit(unit));
        }
        let read = fields::read(&line, self.unit.bytes.len(), &mut self.trailers);
        self.unit.append(read.wire);
        let framing = self.trailers.iter().last().filter(|(name, _)| {
            [
                "content-length",
                "transfer-encoding",
                "host",
                "authorization",
                "set-cookie",
                "trailer",
            ]
            .iter()
            .any(|n| name.eq_ignore_ascii_case(n))
        });
        let note = framing.map(|(name, _)| {
            Note::warning(format!("{name} must not stand in a trailer; it is not obeyed."))
                .rule(9110, "6.5.1")
        });
        note.or(read.note).map(Event::Note)
    }

    fn count(&self) -> String {
        match self.chunks {
            1 => "one chunk".into(),
            n => format!("{n} chunks"),
        }
    }

    fn broken(&mut self, note: Note) -> Event {
        self.at = At::Done;
        let line = core::mem::take(&mut self.line);
        let mut scan = Scanner::new(&line);
        scan.line(&common::UNEXPECTED);
        self.unit.append(scan.finish(""));
        let mut wire = core::mem::take(&mut self.unit);
        wire.says = "The framing is broken here.".into();
        Event::Broken(wire, note)
    }
}

/// Moves octets from `input` to `line` up to and including a line feed. `Some(false)`: the limit
/// came first. `None`: more octets are needed.
pub(super) fn take_line(line: &mut Vec<u8>, input: &mut &[u8], limit: usize) -> Option<bool> {
    let found = input.iter().position(|b| *b == b'\n').map(|at| at + 1);
    let room = limit.saturating_sub(line.len());
    let n = found.unwrap_or(input.len()).min(room);
    line.extend_from_slice(&input[..n]);
    *input = &input[n..];
    match found {
        Some(end) if end <= room => Some(true),
        _ if line.len() >= limit => Some(false),
        _ => None,
    }
}

/// Whether this may stand behind a chunk size: extensions, or white space, which is bad style but
/// harmless.
fn fits(rest: &[u8]) -> bool {
    let rest = rest.trim_ascii();
    rest.is_empty() || (rest[0] == b';' && !rest.iter().any(|b| matches!(b, b'\n' | b'\r' | 0)))
}
