//! Replies, small blocks, and articles in pieces.

use std::sync::Arc;

use super::super::{table, terms};
use super::{Block, Item, NntpServer};
use crate::explain::{Composer, Outcome, Term};
use crate::machine::{Conn, Output, PIECE};
use crate::text::dot::{Explain, Stuffer, explain_stuffed, stuff};

/// The line that ends a block.
const END: &[u8] = b".\r\n";

impl NntpServer {
    /// A reply whose text is for people alone.
    pub(super) fn answer(&mut self, code: u16, text: &str) {
        self.reply(code, &[], text);
    }

    /// A reply with arguments.
    pub(super) fn reply(&mut self, code: u16, arguments: &[(&'static Term, &str)], text: &str) {
        self.compose(code, arguments, text);
        if let Some(state) = self.progress.reply(&code.to_string()).moved {
            self.output(Output::State(state));
        }
    }

    /// Refuses a command that was taken up.
    pub(super) fn refuse_command(&mut self, code: u16, text: &str) {
        self.reply(code, &[], text);
    }

    /// Refuses what is no legal command: nothing was begun, so the state stays.
    pub(super) fn refuse(&mut self, code: u16, text: &str) {
        self.compose(code, &[], text);
    }

    /// A short block; its lines are separated by LF.
    pub(super) fn block(&mut self, code: u16, text: &str, lines: &str, explain: Explain) {
        self.answer(code, text);
        self.lines_of(lines, explain);
    }

    pub(super) fn lines_of(&mut self, lines: &str, explain: Explain) {
        let mut stuffed = stuff(lines.as_bytes());
        stuffed.extend_from_slice(END);
        let wire = explain_stuffed(&stuffed, explain);
        self.output(Output::Sent { conn: Conn::MAIN, wire });
    }

    /// An article or a part of one, to be pulled.
    pub(super) fn content(&mut self, bytes: Arc<[u8]>, at: usize, end: usize) {
        let stuffer = Stuffer::default();
        self.queue.push_back(Item::Block(Block { bytes, at, end, stuffer }));
    }

    fn compose(&mut self, code: u16, arguments: &[(&'static Term, &str)], text: &str) {
        let mut out = Composer::new();
        out.put(&terms::CODE, code.to_string());
        if let Some(outcome) = Outcome::of_code(code) {
            out.outcome(outcome);
        }
        for (term, argument) in arguments {
            out.space();
            match *term == &terms::CHALLENGE {
                true => out.secret(term, argument),
                false => out.put(term, argument),
            };
        }
        if !text.is_empty() {
            out.space().put(&terms::TEXT, text);
        }
        out.crlf();
        let wire = out.finish("");
        self.output(Output::Sent { conn: Conn::MAIN, wire });
    }
}

impl Block {
    /// The next piece, and whether it is the last. Stuffing at most doubles the octets, so half a
    /// piece is read; the end needs five more.
    pub(super) fn piece(&mut self) -> (Vec<u8>, bool) {
        const READ: usize = PIECE / 2 - 8;
        let to = self.end.min(self.at + READ);
        let mut out = Vec::with_capacity(READ + 8);
        self.stuffer.push(&self.bytes[self.at..to], &mut out);
        self.at = to;
        let ends = to == self.end;
        if ends {
            self.stuffer.finish(&mut out);
            out.extend_from_slice(END);
        }
        (out, ends)
    }
}

impl NntpServer {
    /// What the selected group and article are to others: for the table's flags.
    pub(super) fn show_selection(&mut self) {
        let (selected, current) = (self.group.is_some(), self.current.is_some());
        self.progress.set(&table::SELECTED, selected);
        self.progress.set(&table::CURRENT, current);
    }
}
