//! What the rules do to replies and content.

use super::super::reader::{Grammar, after_tag, begins};
use super::super::{Act, Pace, Rule, When};
use super::Faulty;
use super::pace::sent;
use crate::machine::{Conn, Output};

const GARBAGE: &[u8] = b"\x00\x9f\xff\x07?\xc3\x28\r\n";
const LONE_DOT: &[u8] = b"\r\n.\r\n";

/// What the client would read in a passive reply: an address that nobody has (RFC 5737).
const ELSEWHERE: &str = "203,0,113,9";

impl Faulty {
    pub(super) fn reply(&mut self, conn: Conn, bytes: Vec<u8>) {
        let Some(lane) = self.lanes.get_mut(&conn).filter(|lane| !lane.over) else { return };
        lane.units += 1;
        let text = untagged(self.grammar, &bytes);
        let rule = lane.find(self.case, |rule, lane| match &rule.when {
            When::Reply { begins: start, to } => {
                let verb = self.grammar.verb_of(&lane.command);
                text.starts_with(start.as_bytes()) && begins(verb, to)
            }
            When::Block => bytes.ends_with(LONE_DOT),
            When::Command(_) | When::Content(_) => false,
        });
        self.act(conn, bytes, rule);
    }

    /// Content that was pulled.
    pub(super) fn content(&mut self, conn: Conn, mut piece: Vec<u8>) {
        let Some(lane) = self.lanes.get_mut(&conn).filter(|lane| !lane.over) else { return };
        let (before, len, with_commands) = (lane.content, piece.len(), lane.reader.is_some());
        let whole_reply = with_commands && lane.units == 0;
        lane.content += len;
        let text = matches!(self.grammar, Grammar::Lines | Grammar::Messages | Grammar::Typed);
        let rule = lane.find(self.case, |rule, _| match &rule.when {
            When::Block => with_commands && piece.ends_with(LONE_DOT),
            When::Content(n) => before < *n && before + len >= *n,
            // Where the content is the whole reply, the rules for replies are its rules.
            When::Reply { begins: "", to: "" } => {
                whole_reply || with_commands && text && matches!(rule.act, Act::BareLf)
            }
            When::Command(_) | When::Reply { .. } => false,
        });
        lane.units += usize::from(with_commands);
        if let Some(Rule { when: When::Content(n), .. }) = rule {
            piece.truncate(n - before);
            self.send(conn, piece);
            piece = Vec::new();
        }
        let hurries = match self.case.pace {
            Pace::Late(_) => !whole_reply,
            Pace::Trickle(_) => before > 0,
            _ => false,
        };
        match hurries {
            true if piece.is_empty() => {}
            true => self.later(self.now, sent(conn, &piece)),
            false => self.act(conn, piece, rule),
        }
    }

    pub(super) fn act(&mut self, conn: Conn, mut bytes: Vec<u8>, rule: Option<&'static Rule>) {
        let finish = Output::Finish { conn };
        match rule.map(|rule| &rule.act) {
            None | Some(Act::Answer(_) | Act::Farewell(_)) => self.send(conn, bytes),
            Some(Act::Close) => self.end(conn, finish),
            Some(Act::Reset) => self.end(conn, Output::Abort { conn }),
            Some(Act::CloseAfter) => {
                self.send(conn, bytes);
                self.end(conn, finish);
            }
            Some(Act::Half) => {
                bytes.truncate(bytes.len() / 2);
                self.send(conn, bytes);
                self.end(conn, finish);
            }
            Some(Act::NoDot) => {
                bytes.truncate(bytes.len() - b".\r\n".len());
                self.send(conn, bytes);
                self.end(conn, finish);
            }
            Some(Act::Begin(with)) => {
                let tag = bytes.len() - untagged(self.grammar, &bytes).len();
                let word = bytes[tag..].iter().position(|byte| matches!(byte, b' ' | b'\r'));
                bytes.splice(tag..tag + word.unwrap_or(0), with.bytes());
                self.send(conn, bytes);
            }
            Some(Act::NoEnd) => {
                bytes.truncate(bytes.strip_suffix(b"\r\n").unwrap_or(&bytes).len());
                self.send(conn, bytes);
            }
            Some(Act::BareLf) => self.send(conn, bare(self.grammar, &bytes)),
            Some(Act::Garbage) => {
                self.send(conn, GARBAGE.to_vec());
                self.send(conn, bytes);
            }
            Some(Act::Join) => {
                self.send(conn, bytes);
                if let Some(lane) = self.lanes.get_mut(&conn) {
                    lane.joins = true;
                }
            }
            Some(Act::Elsewhere) => self.send(conn, elsewhere(bytes)),
        }
    }

    /// Ends a connection by a rule; nothing more comes or goes on it.
    pub(super) fn end(&mut self, conn: Conn, how: Output) {
        self.control(conn, how);
        if let Some(lane) = self.lanes.get_mut(&conn) {
            lane.over = true;
        }
        self.ended.push(conn);
    }

    /// The end of a connection, behind what is on its way.
    pub(super) fn control(&mut self, conn: Conn, output: Output) {
        let Some(lane) = self.lanes.get_mut(&conn) else {
            self.later(self.now, output);
            return;
        };
        if lane.over {
            return;
        }
        lane.joins = false;
        let gone = lane.client_done;
        self.flush(conn);
        self.later(self.now, output);
        if gone {
            self.lanes.remove(&conn);
        }
    }
}

fn untagged(grammar: Grammar, bytes: &[u8]) -> &[u8] {
    if grammar == Grammar::Tagged { after_tag(bytes) } else { bytes }
}

/// With LF for CR LF; the octets of a literal are counted, so of a tagged reply only the last.
fn bare(grammar: Grammar, bytes: &[u8]) -> Vec<u8> {
    let from = if grammar == Grammar::Tagged { bytes.len().saturating_sub(2) } else { 0 };
    let mut out = bytes[..from].to_vec();
    for (at, byte) in bytes.iter().enumerate().skip(from) {
        if *byte != b'\r' || bytes.get(at + 1) != Some(&b'\n') {
            out.push(*byte);
        }
    }
    out
}

/// A reply to PASV with another address in it.
fn elsewhere(mut reply: Vec<u8>) -> Vec<u8> {
    let open = reply.iter().position(|byte| *byte == b'(').map(|at| at + 1);
    let mut commas = reply.iter().enumerate().filter(|(_, byte)| **byte == b',').map(|(at, _)| at);
    if let (Some(open), Some(fourth)) = (open, commas.nth(3)) {
        reply.splice(open..fourth, ELSEWHERE.bytes());
    }
    reply
}
