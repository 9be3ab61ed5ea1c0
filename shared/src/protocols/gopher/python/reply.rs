//! The reply as the file that `send_selector` gives, and the functions that read it.

use crate::machine::Direction;
use crate::python::literal::{bytes, list};
use crate::python::{Step, exchanges};

/// What is left of the file.
#[derive(Clone)]
pub(super) struct Reply {
    octets: Vec<u8>,
    /// What the functions print.
    printed: String,
}

impl Reply {
    pub(super) fn new(octets: Vec<u8>) -> Reply {
        Reply { octets, printed: String::new() }
    }

    /// The reply to the last request of a method, as far as no method has read it; `Err` is what Python, or the lab,
    /// says in its place.
    pub(super) fn of(step: &Step<'_>) -> Result<Reply, String> {
        let sent = step.earlier.iter().rposition(|played| {
            played.action.method.starts_with("send_") && matches!(played.result, Some(Ok(_)))
        });
        let Some(sent) = sent else {
            return Err("NameError: name 'reply' is not defined".into());
        };
        let exchanges = exchanges(step.session, step.earlier[sent].range.clone(), false);
        let Some(exchange) = exchanges.first() else { return Ok(Reply::new(Vec::new())) };
        let (kept, octets) = exchange.data(Direction::Received);
        if kept.len() as u64 != octets {
            let kept = kept.len();
            return Err(format!(
                "Not played: the transcript keeps {kept} of the {octets} octets of the reply."
            ));
        }
        let mut reply = Reply::new(exchange.everything());
        for played in &step.earlier[sent + 1..] {
            match (played.action.method, &played.result) {
                ("get_directory", Some(Ok(_))) => drop(reply.directory()),
                ("get_textfile" | "get_alt_textfile", Some(Ok(_))) => drop(reply.text()),
                ("get_binary" | "get_alt_binary", Some(Ok(_))) => drop(reply.rest()),
                _ => {}
            }
        }
        reply.printed.clear();
        Ok(reply)
    }

    /// `get_directory`
    pub(super) fn directory(&mut self) -> String {
        let mut entries = Vec::new();
        while let Some(line) = self.line() {
            let Some((code, rest)) = line.split_first() else {
                self.printed += "(Empty line from server)\n";
                continue;
            };
            let mut parts: Vec<String> = rest.split(|b| *b == b'\t').map(bytes).collect();
            match parts.len() {
                0..4 => {
                    self.printed += &format!("(Bad line from server: {})\n", bytes(&line));
                    continue;
                }
                4 => parts.push(bytes(b"")),
                _ if parts[4..] == [bytes(b"+")] => {}
                _ => {
                    self.printed += &format!("(Extra info from server: {} )\n", list(&parts[4..]));
                }
            }
            parts.insert(0, bytes(&[*code]));
            entries.push(list(&parts));
        }
        core::mem::take(&mut self.printed) + &list(&entries)
    }

    /// `get_textfile`
    pub(super) fn text(&mut self) -> String {
        let mut lines = Vec::new();
        while let Some(line) = self.line() {
            lines.push(bytes(
                line.strip_prefix(b".").filter(|l| l.starts_with(b".")).unwrap_or(&line),
            ));
        }
        core::mem::take(&mut self.printed) + &list(&lines)
    }

    /// `get_binary`
    pub(super) fn rest(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.octets)
    }

    /// Without its end; `None` at the lone dot and at the end.
    fn line(&mut self) -> Option<Vec<u8>> {
        if self.octets.is_empty() {
            self.printed += "(Unexpected EOF from server)\n";
            return None;
        }
        let end =
            self.octets.iter().position(|b| *b == b'\n').map_or(self.octets.len(), |at| at + 1);
        let mut line: Vec<u8> = self.octets.drain(..end).collect();
        let end = match line.as_slice() {
            [.., b'\r', b'\n'] => 2,
            [.., b'\r' | b'\n'] => 1,
            _ => 0,
        };
        line.truncate(line.len() - end);
        (line != b".").then_some(line)
    }
}
