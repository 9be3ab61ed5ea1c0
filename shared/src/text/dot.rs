//! Dot-terminated blocks, as POP3, NNTP and SMTP have them (RFC 3977 section 3.1.1).

use super::advice::Inspector;
use super::lines::{Ending, Line, Lines};
use crate::explain::{Scanner, Wire, common};

/// A line of a block is shown whole up to this; a longer one comes in pieces. Mail allows 998
/// octets, but servers pass on far longer ones, and a reader must not lose them.
pub const LINE_LIMIT: usize = 64 * 1024;

/// A block is shown in units of about this size, so that a mail of many megabytes neither waits
/// for its end nor becomes one entry.
pub const UNIT: usize = 16 * 1024;

/// Explains one line of a block (without its stuffed dot); the line end is taken for it.
pub type Explain = fn(&mut Scanner<'_>, &mut BlockState);

/// What an [`Explain`] may know about the lines before.
#[derive(Clone, Debug, Default)]
pub struct BlockState {
    /// Lines before this one.
    pub line: u64,
    /// The empty line that ends a header was seen.
    pub in_body: bool,
}

/// Reads the lines of one block behind the reply line that announced it.
#[derive(Clone, Debug)]
pub struct BlockReader {
    explain: Explain,
    state: BlockState,
    unit: Wire,
    /// Octets of content so far: stuffed dots not counted, line ends counted.
    octets: u64,
    inspector: Inspector,
    /// The line before ended with [`Ending::TooLong`], so this is the rest of it.
    continued: bool,
}

/// What a line did to the block.
#[derive(Clone, Debug, PartialEq)]
pub enum BlockStep {
    /// Go on.
    More,
    /// A unit to be shown; the block goes on.
    Unit(Wire),
    /// The last unit, the end of the block included.
    End(Wire),
}

impl BlockReader {
    pub fn new(explain: Explain) -> BlockReader {
        BlockReader {
            explain,
            state: BlockState::default(),
            unit: Wire::default(),
            octets: 0,
            inspector: Inspector::wire(),
            continued: false,
        }
    }

    /// Lines for a block: only CR LF ends one, so that `\n.\n` cannot end the block.
    pub fn lines() -> Lines {
        Lines::strict(LINE_LIMIT)
    }

    pub fn line(&mut self, line: &Line) -> BlockStep {
        let fresh = !self.continued;
        self.continued = line.ending == Ending::TooLong;
        if fresh && line.bytes == b".\r\n" {
            let mut scan = Scanner::new(&line.bytes);
            scan.take(&common::BLOCK_END, 1);
            scan.eol();
            self.unit.append(scan.finish(""));
            return BlockStep::End(self.take_unit());
        }
        let mut scan = Scanner::new(&line.bytes);
        self.octets += line.bytes.len() as u64;
        if fresh && line.bytes.first() == Some(&b'.') {
            self.octets -= 1;
            scan.take(&common::STUFFED_DOT, 1);
            if line.bytes.get(1) != Some(&b'.') {
                scan.note("The sender did not double this dot; by the rule it is removed anyway.");
            }
        }
        self.inspector.look(&line.bytes);
        (self.explain)(&mut scan, &mut self.state);
        scan.line(&common::BODY);
        scan.eol();
        if line.ending != Ending::TooLong {
            self.state.line += 1;
        }
        self.unit.append(scan.finish(""));
        if self.unit.bytes.len() >= UNIT {
            BlockStep::Unit(self.take_unit())
        } else {
            BlockStep::More
        }
    }

    /// What was read of a block whose end never came.
    pub fn cut(&mut self, line: Option<Line>) -> Option<Wire> {
        if let Some(line) = line {
            let mut scan = Scanner::new(&line.bytes);
            scan.take(&common::TRUNCATED, line.bytes.len());
            self.unit.append(scan.finish(""));
        }
        (!self.unit.bytes.is_empty()).then(|| self.take_unit())
    }

    pub fn octets(&self) -> u64 {
        self.octets
    }

    pub fn line_count(&self) -> u64 {
        self.state.line
    }

    /// What its lines had that is not by the rule.
    pub fn inspector(&self) -> &Inspector {
        &self.inspector
    }

    fn take_unit(&mut self) -> Wire {
        core::mem::take(&mut self.unit)
    }
}

/// Composes content as a block: lines separated by LF or CR LF each get CR LF, dots are stuffed.
/// The end of the block is not added.
pub fn stuff(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() + content.len() / 32 + 8);
    let mut stuffer = Stuffer::default();
    stuffer.push(content, &mut out);
    stuffer.finish(&mut out);
    out
}

/// [`stuff`] for content that comes in pieces.
#[derive(Clone, Debug)]
pub struct Stuffer {
    at_line_start: bool,
    after_cr: bool,
}

impl Default for Stuffer {
    fn default() -> Stuffer {
        Stuffer { at_line_start: true, after_cr: false }
    }
}

impl Stuffer {
    pub fn push(&mut self, content: &[u8], out: &mut Vec<u8>) {
        for &byte in content {
            if byte == b'\n' && !self.after_cr {
                out.push(b'\r');
            }
            if byte == b'.' && self.at_line_start {
                out.push(b'.');
            }
            out.push(byte);
            self.after_cr = byte == b'\r';
            self.at_line_start = byte == b'\n';
        }
    }

    /// Ends the last line if it has no end.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if !self.at_line_start {
            out.extend_from_slice(if self.after_cr { b"\n" } else { b"\r\n" });
        }
        *self = Stuffer::default();
    }
}

/// Spans for stuffed octets, each line explained; `stuffed` is what [`stuff`] made. The line that
/// ends the block may stand last.
pub fn explain_stuffed(stuffed: &[u8], explain: Explain) -> Wire {
    let mut reader = BlockReader::new(explain);
    let mut lines = BlockReader::lines();
    lines.push(stuffed);
    let mut wire = Wire::default();
    loop {
        let Some(line) = lines.next_line() else {
            wire.append(reader.cut(lines.finish()).unwrap_or_default());
            return wire;
        };
        match reader.line(&line) {
            BlockStep::More => {}
            BlockStep::Unit(unit) | BlockStep::End(unit) => wire.append(unit),
        }
    }
}

/// The lines of a whole block as it crossed the wire: without line ends, stuffed dots and the end.
pub fn unstuffed(block: &[u8]) -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = block
        .split_inclusive(|b| *b == b'\n')
        .map(|line| line.strip_suffix(b"\n").unwrap_or(line))
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .map(<[u8]>::to_vec)
        .collect();
    if lines.last().is_some_and(|last| last == b".") {
        lines.pop();
    }
    lines.into_iter().map(|line| unstuff(&line).to_vec()).collect()
}

/// Undoes dot-stuffing of one line (with its end).
pub fn unstuff(line: &[u8]) -> &[u8] {
    line.strip_prefix(b".").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stuffing_follows_rfc_5321_4_5_2() {
        for (content, wire) in [
            (&b".\r\n"[..], &b"..\r\n"[..]),
            (b".x\r\n", b"..x\r\n"),
            (b"..\r\n", b"...\r\n"),
            (b"no end", b"no end\r\n"),
            (b"a\nb\n", b"a\r\nb\r\n"),
            (b"", b""),
            (b"a\r", b"a\r\n"),
        ] {
            assert_eq!(stuff(content), wire, "{content:?}");
            for cut in 0..=content.len() {
                let (mut stuffer, mut out) = (Stuffer::default(), Vec::new());
                stuffer.push(&content[..cut], &mut out);
                stuffer.push(&content[cut..], &mut out);
                stuffer.finish(&mut out);
                assert_eq!(out, wire, "{content:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn only_a_dot_between_two_crlf_ends_a_block() {
        let mut reader = BlockReader::new(|_, _| ());
        let mut lines = BlockReader::lines();
        lines.push(b"x\n.\n\r\n..\r\n.\r\n");
        let mut wire = Wire::default();
        let end = loop {
            match reader.line(&lines.next_line().expect("the block has an end")) {
                BlockStep::More => {}
                BlockStep::Unit(unit) => wire.append(unit),
                BlockStep::End(unit) => {
                    wire.append(unit);
                    break lines.is_empty();
                }
            }
        };
        assert!(end && wire.tiles() && reader.inspector().saw_bare_lf());
        assert_eq!(reader.octets(), 7 + 3 - 1);
    }
}
