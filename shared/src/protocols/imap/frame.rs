//! Cuts the stream into lines that go on behind their literals, for either side.
//!
//! `{n}` at the end of a line announces `n` octets, and then the line goes on (RFC 3501
//! section 4.3). Inside of quotes, and in the text of a status reply, it means nothing.

/// The header of a literal, at the end of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) size: u64,
    /// `{n}`: a client waits for `+` before it sends the octets. `{n+}`: it does not.
    pub(super) waits: bool,
    /// `~{n}`: the octets may have NULs (RFC 3516).
    pub(super) binary: bool,
    /// Octets of the header, without the line end.
    pub(super) length: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event<'a> {
    /// The line so far ends with the header of a literal. Say what to do with its octets:
    /// [`Framer::collect`], [`Framer::stream`] or [`Framer::abandon`].
    Literal(Header),
    /// Octets of a literal that is streamed.
    Data(&'a [u8]),
    /// The line is complete.
    Unit(Unit),
    /// The line is over the limit; this is what has come of it.
    TooLong(Vec<u8>),
}

/// A line with its literals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) bytes: Vec<u8>,
    /// Where literals were that went past as data.
    pub(super) holes: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Where {
    Line,
    /// The header of a literal was reported.
    Asking(u64),
    Collecting(u64),
    Streaming(u64),
    Skipping(u64),
}

#[derive(Clone, Debug)]
pub(super) struct Framer {
    /// The lines are replies, some of which have text that no literal stands in.
    replies: bool,
    /// No literals at all: a SASL exchange, or what follows IDLE.
    plain: bool,
    /// The most octets of a line, its literals not counted.
    limit: usize,
    unit: Unit,
    /// Where the line goes on behind the last literal.
    segment: usize,
    /// Octets of collected literals in the unit.
    collected: usize,
    /// Part of this line was given away as too long.
    broken: bool,
    /// This line will not be given out: it was refused before its end.
    dropping: bool,
    place: Where,
}

impl Framer {
    pub(super) fn replies(limit: usize) -> Framer {
        Framer { replies: true, ..Framer::commands(limit) }
    }

    pub(super) fn commands(limit: usize) -> Framer {
        Framer {
            replies: false,
            plain: false,
            limit,
            unit: Unit::default(),
            segment: 0,
            collected: 0,
            broken: false,
            dropping: false,
            place: Where::Line,
        }
    }

    pub(super) fn set_plain(&mut self, plain: bool) {
        self.plain = plain;
    }

    /// The line so far.
    pub(super) fn unit(&self) -> &Unit {
        &self.unit
    }

    /// Nothing of a line has come.
    pub(super) fn is_between(&self) -> bool {
        self.unit.bytes.is_empty() && self.place == Where::Line && !self.dropping
    }

    /// Octets that a streamed literal still owes.
    pub(super) fn owed(&self) -> u64 {
        match self.place {
            Where::Collecting(n) | Where::Streaming(n) => n,
            _ => 0,
        }
    }

    /// The literal becomes part of the line.
    pub(super) fn collect(&mut self) {
        if let Where::Asking(n) = self.place {
            self.collected += usize::try_from(n).unwrap_or(usize::MAX);
            self.go(Where::Collecting(n), n);
        }
    }

    /// The literal goes past as data.
    pub(super) fn stream(&mut self) {
        if let Where::Asking(n) = self.place {
            self.unit.holes.push(self.unit.bytes.len());
            self.go(Where::Streaming(n), n);
        }
    }

    /// The line is refused. What the other side will send of it all the same is passed over:
    /// everything if it does not wait for an answer, else nothing.
    pub(super) fn abandon(&mut self, header: Header) {
        if header.waits {
            self.reset();
        } else {
            self.dropping = true;
            self.unit = Unit::default();
            self.segment = 0;
            self.go(Where::Skipping(header.size), header.size);
        }
    }

    /// The next thing, or `None` when the bytes are used up.
    pub(super) fn next<'a>(&mut self, bytes: &mut &'a [u8]) -> Option<Event<'a>> {
        loop {
            if bytes.is_empty() {
                return None;
            }
            match self.place {
                Where::Line => {
                    if let Some(event) = self.line(bytes) {
                        return Some(event);
                    }
                }
                // Nobody said what to do: it is part of the line.
                Where::Asking(_) => self.collect(),
                Where::Collecting(left) => {
                    let piece = take(bytes, left);
                    self.unit.bytes.extend_from_slice(piece);
                    let left = left - piece.len() as u64;
                    self.go(Where::Collecting(left), left);
                }
                Where::Streaming(left) => {
                    let piece = take(bytes, left);
                    let left = left - piece.len() as u64;
                    self.go(Where::Streaming(left), left);
                    return Some(Event::Data(piece));
                }
                Where::Skipping(left) => {
                    let piece = take(bytes, left);
                    let left = left - piece.len() as u64;
                    self.go(Where::Skipping(left), left);
                }
            }
        }
    }

    /// What has come of an unfinished line at the end of the stream.
    pub(super) fn finish(&mut self) -> Unit {
        let unit = core::mem::take(&mut self.unit);
        self.reset();
        unit
    }

    fn line<'a>(&mut self, bytes: &mut &'a [u8]) -> Option<Event<'a>> {
        let room = (self.limit + self.collected).saturating_sub(self.unit.bytes.len()).max(1);
        let length = bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| at + 1);
        let piece = take(bytes, length.min(room) as u64);
        self.unit.bytes.extend_from_slice(piece);
        if !piece.ends_with(b"\n") {
            let full = self.unit.bytes.len() >= self.limit + self.collected;
            return full.then(|| self.give_away());
        }
        let header = if self.plain { None } else { self.header() };
        if let Some(header) = header.filter(|_| self.broken) {
            let event = self.give_away();
            if self.replies {
                self.go(Where::Streaming(header.size), header.size);
            } else {
                self.place = Where::Asking(header.size);
                self.abandon(header);
            }
            return Some(event);
        }
        if let Some(header) = header {
            self.place = Where::Asking(header.size);
            if !self.dropping {
                return Some(Event::Literal(header));
            }
            if header.waits {
                self.reset();
            } else {
                self.go(Where::Skipping(header.size), header.size);
            }
            return None;
        }
        if self.dropping {
            self.reset();
            return None;
        }
        if self.broken {
            let rest = self.give_away();
            self.reset();
            return Some(rest);
        }
        let unit = core::mem::take(&mut self.unit);
        self.reset();
        Some(Event::Unit(unit))
    }

    fn give_away(&mut self) -> Event<'static> {
        let unit = core::mem::take(&mut self.unit);
        self.broken = true;
        (self.segment, self.collected) = (0, 0);
        Event::TooLong(unit.bytes)
    }

    fn go(&mut self, place: Where, left: u64) {
        self.place = if left == 0 { Where::Line } else { place };
        if left == 0 {
            self.segment = self.unit.bytes.len();
        }
    }

    fn reset(&mut self) {
        self.unit = Unit::default();
        (self.segment, self.collected) = (0, 0);
        (self.broken, self.dropping) = (false, false);
        self.place = Where::Line;
    }

    /// The header of a literal at the end of the line so far.
    fn header(&self) -> Option<Header> {
        let line = self.unit.bytes[self.segment..].strip_suffix(b"\n")?;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let header = literal_header(line)?;
        let text = self.replies && self.segment == 0 && is_text(line);
        (!text && !ends_quoted(&line[..line.len() - header.length])).then_some(header)
    }
}

/// Reads `{n}`, `{n+}` or one of them behind `~`, at the end of a line without its end.
pub(super) fn literal_header(line: &[u8]) -> Option<Header> {
    let inside = line.strip_suffix(b"}")?;
    let open = inside.iter().rposition(|b| *b == b'{')?;
    let digits = &inside[open + 1..];
    let waits = !digits.ends_with(b"+");
    let digits = digits.strip_suffix(b"+").unwrap_or(digits);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // A number past all bounds is refused by its reader, which looks at the size.
    let size = core::str::from_utf8(digits).ok()?.parse().unwrap_or(u64::MAX);
    let binary = line[..open].ends_with(b"~");
    Some(Header { size, waits, binary, length: line.len() - open + usize::from(binary) })
}

/// Whether a reply has text behind its second word: a status, or a continuation.
fn is_text(line: &[u8]) -> bool {
    let mut words = line.split(|b| *b == b' ').filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    let second = words.next().unwrap_or_default();
    first == b"+"
        || [&b"OK"[..], b"NO", b"BAD", b"BYE", b"PREAUTH"]
            .iter()
            .any(|status| second.eq_ignore_ascii_case(status))
}

/// Whether a quoted string is open at the end.
fn ends_quoted(line: &[u8]) -> bool {
    let mut quoted = false;
    let mut bytes = line.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => quoted = !quoted,
            b'\\' if quoted => drop(bytes.next()),
            _ => {}
        }
    }
    quoted
}

fn take<'a>(bytes: &mut &'a [u8], most: u64) -> &'a [u8] {
    let n = usize::try_from(most).unwrap_or(usize::MAX).min(bytes.len());
    let (piece, rest) = bytes.split_at(n);
    *bytes = rest;
    piece
}
