//! The content of a reply: lines or octets, up to a lone dot, a count, or the end.

mod remarks;

use std::collections::VecDeque;

use super::super::item::Reads;
use super::super::request::Here;
use super::super::terms;
use super::framing::{Framing, Kind};
use super::menu::{Menu, plural};
use super::{Outcome, Stop};
use crate::explain::{Outcome as Badge, Scanner, Wire, common};
use crate::machine::{Conn, Direction, Output, Tick};
use crate::text::dot::UNIT;
use crate::text::lines::{Ending, Line, Lines};
use core::time::Duration;

/// A menu line has four short fields. A longer line is shown in pieces and is no item.
const MENU_LINE_LIMIT: usize = 4096;

/// A line of a text is shown whole up to this.
const TEXT_LINE_LIMIT: usize = 64 * 1024;

/// After a lone dot the server closes at once; one that has not by then never will.
const PATIENCE: Duration = Duration::from_secs(5);

/// So much of binary content is looked at, to tell an error that came in its place.
const HEAD: usize = 512;

#[derive(Clone)]
pub(super) struct Body {
    conn: Conn,
    reads: Reads,
    framing: Framing,
    lines: Lines,
    unit: Wire,
    menu: Menu,
    /// A lone dot has come, and nothing should follow. Until then the server may take its time
    /// to close.
    ended: Option<Tick>,
    /// The line before was too long, so this is the rest of it.
    continued: bool,
    count: Count,
    /// The beginning of binary content.
    head: Vec<u8>,
    /// A menu with an error came where a text was asked for.
    error_for_text: bool,
}

#[derive(Clone, Debug, Default)]
struct Count {
    lines: u64,
    /// Without doubled dots.
    octets: u64,
    behind_dot: u64,
    beyond: u64,
    bare_lf: u64,
    stray_cr: u64,
    too_long: Option<u64>,
    /// Lines that begin with one dot and more behind it.
    single_dot: u64,
    /// Lines with octets that are no UTF-8.
    latin1: u64,
}

impl Body {
    pub(super) fn new(conn: Conn, reads: Reads, framing: Framing, here: Here) -> Body {
        let limit = if reads == Reads::Menu { MENU_LINE_LIMIT } else { TEXT_LINE_LIMIT };
        let framing = match reads {
            Reads::Html | Reads::Binary => Framing { dots: false, ..framing },
            Reads::Menu | Reads::Text => framing,
        };
        Body {
            conn,
            reads,
            framing,
            lines: Lines::lenient(limit),
            unit: Wire::default(),
            menu: Menu::new(here),
            ended: None,
            continued: false,
            count: Count::default(),
            head: Vec::new(),
            error_for_text: false,
        }
    }

    pub(super) fn reads(&self) -> Reads {
        self.reads
    }

    /// When the server is no longer waited for.
    pub(super) fn deadline(&self) -> Option<Tick> {
        self.ended.filter(|_| self.count.behind_dot == 0)
    }

    pub(super) fn push(&mut self, bytes: &[u8], now: Tick, out: &mut VecDeque<Output>) {
        let n = match self.framing.left {
            Some(left) => usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len()),
            None => bytes.len(),
        };
        let (inside, beyond) = bytes.split_at(n);
        self.take(inside, now, out);
        if let Some(left) = &mut self.framing.left {
            *left -= inside.len() as u64;
        }
        if !beyond.is_empty() {
            if self.count.beyond == 0
                && let Some(line) = self.lines.finish()
            {
                self.line(&line, now, out);
            }
            self.count.beyond += beyond.len() as u64;
            self.take(beyond, now, out);
        }
    }

    /// Shows what is there; nothing more is read.
    pub(super) fn cut(&mut self, out: &mut VecDeque<Output>) {
        if let Some(line) = self.lines.finish() {
            let mut scan = Scanner::new(&line.bytes);
            scan.take(&common::TRUNCATED, line.bytes.len());
            self.unit.append(scan.finish(""));
        }
        self.emit("The lab stops reading here.".into(), out);
    }

    pub(super) fn stop(
        mut self: Box<Self>,
        stop: Stop<'_>,
        octets: u64,
        out: &mut VecDeque<Output>,
    ) -> Outcome {
        let last = self.lines.finish();
        let unfinished = last.is_some();
        if let Some(line) = last {
            self.line(&line, Tick::default(), out);
        }
        self.emit_last(out);
        for note in self.notes(stop, octets, unfinished) {
            out.push_back(Output::Note(note));
        }
        Outcome { menu: (self.reads == Reads::Menu).then_some(self.menu) }
    }

    fn take(&mut self, bytes: &[u8], now: Tick, out: &mut VecDeque<Output>) {
        if bytes.is_empty() {
            return;
        }
        if self.reads == Reads::Binary {
            self.count.octets += bytes.len() as u64;
            let room = HEAD - self.head.len();
            self.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
            let (conn, direction) = (self.conn, Direction::Received);
            out.push_back(Output::Data { conn, direction, bytes: bytes.into() });
            return;
        }
        self.lines.push(bytes);
        while let Some(line) = self.lines.next_line() {
            self.line(&line, now, out);
        }
    }

    fn line(&mut self, line: &Line, now: Tick, out: &mut VecDeque<Output>) {
        let fresh = !self.continued;
        self.continued = line.ending == Ending::TooLong;
        let complete = matches!(line.ending, Ending::CrLf | Ending::Lf);
        if self.framing.dots && self.ended.is_none() && fresh && complete && line.text() == b"." {
            self.end(line, now, out);
            return;
        }
        if fresh && self.reads == Reads::Text && self.is_error_line(line) {
            self.reads = Reads::Menu;
            self.error_for_text = true;
        }
        self.count.latin1 += u64::from(core::str::from_utf8(&line.bytes).is_err());
        self.count.bare_lf += u64::from(line.ending == Ending::Lf);
        self.count.stray_cr += u64::from(line.text().contains(&b'\r'));
        let wire = self.explain(line, fresh);
        self.unit.append(wire);
        self.count.lines += u64::from(line.ending != Ending::TooLong);
        if self.unit.bytes.len() >= UNIT {
            self.emit(String::new(), out);
        }
    }

    fn explain(&mut self, line: &Line, fresh: bool) -> Wire {
        let mut scan = Scanner::new(&line.bytes);
        let too_long = line.ending == Ending::TooLong || !fresh;
        let at = self.count.octets;
        self.count.octets += line.bytes.len() as u64;
        if self.ended.is_some() && self.count.beyond == 0 {
            self.count.behind_dot += line.bytes.len() as u64;
        }
        if self.count.beyond > 0 {
            scan.line(&terms::BEYOND);
        } else if self.ended.is_some() {
            // A server that leaves a lone dot as it is doubles none.
            scan.line(&terms::AFTER_DOT);
        } else if self.reads == Reads::Menu && too_long {
            self.count.too_long.get_or_insert(at);
            scan.line(&common::TOO_LONG);
        } else if self.reads == Reads::Menu {
            self.menu.line(&mut scan);
        } else {
            self.text_line(&mut scan, fresh);
        }
        if line.text().ends_with(b"\r") && !scan.rest().is_empty() {
            let n = scan.rest().len() - 1;
            scan.take(&terms::CONTENT, n);
            scan.take(&terms::STRAY_CR, 1);
        }
        scan.line(&terms::CONTENT);
        scan.eol();
        scan.finish("")
    }

    fn text_line(&mut self, scan: &mut Scanner<'_>, fresh: bool) {
        match self.framing.lines {
            Kind::PlusError if self.count.lines == 0 && fresh => {
                scan.take_while(&terms::PLUS_CODE, |b| b.is_ascii_digit());
            }
            Kind::Attributes if scan.rest().starts_with(b"+") => {
                scan.take_while(&terms::ATTRIBUTE, |b| b != b':');
                scan.take_while(&common::COLON, |b| b == b':');
                scan.line(&terms::ATTRIBUTE_VALUE);
            }
            Kind::Attributes => {
                scan.line(&terms::ATTRIBUTE_VALUE);
            }
            _ => {}
        }
        if self.framing.dots && fresh && scan.rest().starts_with(b"..") && scan.at() == 0 {
            scan.take(&terms::STUFFED_DOT, 1);
            self.count.octets -= 1;
        } else if self.framing.dots && fresh && scan.rest().starts_with(b".") && scan.at() == 0 {
            self.count.single_dot += 1;
        }
    }

    /// The first line of a text is a whole menu line of type 3: the server refuses in a menu what
    /// was asked for as a text.
    fn is_error_line(&self, line: &Line) -> bool {
        let text = line.text();
        self.count.lines == 0
            && self.framing.is_plain()
            && text.starts_with(b"3")
            && text.iter().filter(|b| **b == b'\t').count() >= 3
    }

    /// A lone dot: what was read is shown at once, since nothing should follow.
    fn end(&mut self, line: &Line, now: Tick, out: &mut VecDeque<Output>) {
        let mut scan = Scanner::new(&line.bytes);
        scan.take(&terms::END, 1);
        scan.eol();
        self.unit.append(scan.finish(""));
        self.count.bare_lf += u64::from(line.ending == Ending::Lf);
        self.emit_last(out);
        let until = now.after(PATIENCE);
        self.ended = Some(until);
        out.push_back(Output::WakeAt(until));
    }

    /// Shows the rest, with what the whole was.
    fn emit_last(&mut self, out: &mut VecDeque<Output>) {
        if self.unit.bytes.is_empty() {
            return;
        }
        let says = if self.ended.is_some() { "More, behind the end.".into() } else { self.says() };
        let error = self.menu.is_error() || self.framing.lines == Kind::PlusError;
        if self.ended.is_none() {
            self.unit.outcome = Some(if error { Badge::Permanent } else { Badge::Done });
        }
        self.emit(says, out);
    }

    fn emit(&mut self, says: String, out: &mut VecDeque<Output>) {
        if !self.unit.bytes.is_empty() {
            let wire = Wire { says, ..core::mem::take(&mut self.unit) };
            out.push_back(Output::Received { conn: self.conn, wire });
        }
    }

    fn says(&self) -> String {
        let Count { lines, octets, .. } = self.count;
        match (self.framing.lines, self.reads) {
            (Kind::PlusError, _) => "This is why.".into(),
            (_, Reads::Menu) => self.menu.says(),
            _ => format!("{}, {}.", plural(lines, "line"), plural(octets, "octet")),
        }
    }

    fn looks_like_error(&self) -> bool {
        let line = self.head.split(|b| *b == b'\n').next().unwrap_or_default();
        self.count.octets <= HEAD as u64
            && line.starts_with(b"3")
            && line.iter().filter(|b| **b == b'\t').count() >= 3
    }
}
