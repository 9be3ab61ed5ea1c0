//! The calls that come to the same as what was typed, and as what the lab answered by itself.

use super::super::wire::{self, IAC};
use super::reader::Reader;
use super::reading::state;
use crate::machine::Conn;
use crate::python::literal::bytes;
use crate::python::{Exchange, Line};
use crate::transcript::{Entry, Kind};

/// Before a line is sent, the text is read that nobody has read; behind it the text that it brings, unless a method
/// follows: then it is for that one to read.
pub(super) fn typed(exchange: &Exchange<'_>) -> Option<Line> {
    let (start, end) = (exchange.range.start, exchange.range.end);
    let mut code = String::new();
    let unread = unread(exchange, start);
    if !unread.is_empty() {
        code = format!("tn.read_until({})\n", bytes(ending(&unread)));
    }
    let octets = exchange.octets();
    let mut sent = Reader::default();
    sent.take(&octets);
    code += &match sent.commands.is_empty() {
        true => format!("tn.write({})", bytes(&wire::unescaped(&octets))),
        false => format!("tn.get_socket().sendall({})", bytes(&octets)),
    };
    let followed = exchange.played.iter().any(|play| play.range.start == end);
    let mut came = Reader::default();
    for entry in &exchange.session[start..end] {
        if let Kind::Received(wire) = &entry.kind {
            came.take(&wire.bytes);
        }
    }
    let text = came.cooked;
    let (code, value) = match (followed, exchange.is_over()) {
        (false, true) => (code + "\ntn.read_all()", bytes(&text)),
        (false, false) if !text.is_empty() => {
            (format!("{code}\ntn.read_until({})", bytes(ending(&text))), bytes(&text))
        }
        _ => (code, "None".into()),
    };
    Some(Line::new(code, Ok(value)))
}

/// The text before an exchange that no call has read.
fn unread(exchange: &Exchange<'_>, start: usize) -> Vec<u8> {
    // The exchange right before it reads all that it brings.
    let before = exchange.session[..start].iter().rposition(|entry| {
        matches!(&entry.kind, Kind::Sent(wire) if !wire.by_itself) && entry.conn == Conn::MAIN
    });
    let played = exchange.played.iter().rev().find(|play| play.range.end <= start);
    let by_method = |at: usize| played.is_some_and(|play| at < play.range.end);
    if before.is_some_and(|at| !by_method(at)) {
        return Vec::new();
    }
    let mut reader = state(exchange.session, exchange.played, start);
    reader.drain();
    reader.cooked
}

/// As much of the end of a text as stands nowhere before in it: whole lines, or the last one.
fn ending(text: &[u8]) -> &[u8] {
    let starts = (0..text.len().saturating_sub(1)).rev().filter(|at| text[*at] == b'\n');
    let mut starts = starts.map(|at| at + 1).chain([0]);
    let first = |part: &[u8]| text.windows(part.len()).position(|window| window == part);
    let part = starts.find(|start| first(&text[*start..]) == Some(*start));
    &text[part.unwrap_or_default()..]
}

/// The lab's own answers as a callback that gives them one after the other; nothing, if they are those of `telnetlib`.
pub(super) fn setup(session: &[Entry]) -> String {
    let mut heard = Reader::default();
    let mut answers: Vec<Vec<u8>> = Vec::new();
    for entry in session.iter().filter(|entry| entry.conn == Conn::MAIN) {
        match &entry.kind {
            Kind::Received(wire) => heard.take(&wire.bytes),
            Kind::Sent(wire) if wire.by_itself => {
                answers.resize(heard.commands.len(), Vec::new());
                if let Some(answer) = answers.last_mut() {
                    answer.extend(&wire.bytes);
                }
            }
            _ => {}
        }
    }
    answers.resize(heard.commands.len(), Vec::new());
    let refusals = heard.commands.iter().map(|(command, option)| match command {
        0xfd | 0xfe => vec![IAC, 0xfc, *option],
        0xfb | 0xfc => vec![IAC, 0xfe, *option],
        _ => Vec::new(),
    });
    if answers.iter().cloned().eq(refusals) {
        return String::new();
    }
    let used = answers.iter().rposition(|answer| !answer.is_empty()).map_or(0, |last| last + 1);
    let lines: String =
        answers[..used].iter().map(|answer| format!("    {},\n", bytes(answer))).collect();
    format!(
        "# By itself telnetlib refuses every option. These are the lab's answers, one for each command of the server.\n\
         answers = iter([\n{lines}])\n\
         tn.set_option_negotiation_callback(\n    \
             lambda socket, command, option: socket.sendall(next(answers, b'')))\n"
    )
}
