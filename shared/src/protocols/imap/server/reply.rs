//! Replies on the way out. What the octets mean comes from the reader of responses.

use core::ops::Range;
use std::sync::Arc;

use super::ImapServer;
use super::fetch::Job;
use crate::machine::{Conn, Output};
use crate::protocols::imap::response;
use crate::world::World;

/// Content from here on is not copied but given piece by piece when it is asked for.
const BULK: usize = 2048;

/// What waits to go out, in order.
#[derive(Clone, Debug)]
pub(super) enum Out {
    Plain(Output),
    /// A part of a message; never empty.
    Bulk {
        bytes: Arc<[u8]>,
        range: Range<usize>,
    },
    /// Responses of FETCH that are made one at a time, when there is room for them.
    Fetch(Job),
}

/// A response under construction.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) bytes: Vec<u8>,
    /// Where content stands that is not in `bytes`.
    bulks: Vec<(usize, Arc<[u8]>, Range<usize>)>,
}

impl Line {
    pub(super) fn text(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// A literal with a part of a message.
    pub(super) fn content(&mut self, bytes: &Arc<[u8]>, range: Range<usize>) {
        self.text(&format!("{{{}}}\r\n", range.len()));
        if range.len() < BULK {
            self.bytes.extend_from_slice(&bytes[range]);
        } else {
            self.bulks.push((self.bytes.len(), bytes.clone(), range));
        }
    }
}

impl ImapServer {
    /// A whole response.
    pub(super) fn put(&mut self, bytes: Vec<u8>) {
        self.put_line(Line { bytes, bulks: Vec::new() });
    }

    pub(super) fn next_output(&mut self) -> Option<Output> {
        loop {
            match self.queue.pop_front()? {
                Out::Plain(output) => return Some(output),
                bulk @ Out::Bulk { .. } => {
                    self.queue.push_front(bulk);
                    return None;
                }
                Out::Fetch(mut job) => {
                    if let Some(line) = job.next_line() {
                        let behind = core::mem::take(&mut self.queue);
                        self.put_line(line);
                        self.queue.push_back(Out::Fetch(job));
                        self.queue.extend(behind);
                    }
                }
            }
        }
    }

    pub(super) fn put_line(&mut self, line: Line) {
        let holes: Vec<usize> = line.bulks.iter().map(|(at, _, _)| *at).collect();
        let secret = self.exchange.is_some();
        let mut wire = response::parse(&line.bytes, &holes, secret, true).wire;
        let mut behind = Vec::new();
        for (at, bytes, range) in line.bulks.into_iter().rev() {
            behind.push((bytes, range, wire.split_off(at)));
        }
        self.queue.push_back(Out::Plain(Output::Sent { conn: Conn::MAIN, wire }));
        for (bytes, range, wire) in behind.into_iter().rev() {
            self.queue.push_back(Out::Bulk { bytes, range });
            self.queue.push_back(Out::Plain(Output::Sent { conn: Conn::MAIN, wire }));
        }
    }

    pub(super) fn untagged(&mut self, text: impl AsRef<str>) {
        self.put(format!("* {}\r\n", text.as_ref()).into_bytes());
    }

    /// The command has succeeded: what is new is told first.
    pub(super) fn ok(&mut self, tag: &str, text: &str, world: &mut World) {
        self.complete(tag, "OK", text, world);
    }

    /// It has not: `code` is NO or BAD.
    pub(super) fn no(&mut self, tag: &str, code: &'static str, text: &str, world: &mut World) {
        self.complete(tag, code, text, world);
    }

    /// Refuses what is no legal command: nothing was begun, so the state stays.
    pub(super) fn refuse(&mut self, tag: &str, text: &str) {
        self.status(tag, "BAD", text);
    }

    /// What a client has sent may be quoted in the text, which holds printable ASCII only, or
    /// UTF-8 in IMAP4rev2.
    pub(super) fn status(&mut self, tag: &str, code: &str, text: &str) {
        let fits = |c: char| !c.is_control() && (c.is_ascii() || self.rev2);
        let text: String = text.chars().map(|c| if fits(c) { c } else { '?' }).collect();
        self.put(format!("{tag} {code} {text}\r\n").into_bytes());
    }

    /// Moves by the code of the reply to the command under way.
    pub(super) fn moved(&mut self, code: &str) {
        if let Some(state) = self.progress.reply(code).moved {
            self.queue.push_back(Out::Plain(Output::State(state)));
        }
    }

    fn complete(&mut self, tag: &str, code: &'static str, text: &str, world: &mut World) {
        // Numbers stay during these three (RFC 3501 section 7.4.1), and in SORT and THREAD, which
        // are like SEARCH.
        let verb = self.progress.oldest().map_or("", |verb| verb.name);
        let steady = matches!(verb, "FETCH" | "STORE" | "SEARCH" | "SORT" | "THREAD");
        if self.update(!steady, world) {
            self.status(tag, code, text);
            self.moved(code);
        }
    }
}
