//! The calls that come to the same as what was typed.

use super::super::terms;
use super::reply::Reply;
use super::{query_call, selector_call};
use crate::machine::Direction;
use crate::python::literal::content;
use crate::python::{Exchange, Line};
use crate::transcript::{Entry, Kind};

/// A request, read as what the reply turned out to be: the line itself does not say what it asks for.
pub(super) fn typed(exchange: &Exchange<'_>) -> Option<Line> {
    let octets = exchange.octets();
    let line = core::str::from_utf8(octets.strip_suffix(b"\r\n")?).ok()?;
    let sent = match line.split_once('\t') {
        Some((selector, query)) => query_call(selector, query),
        None => selector_call(line),
    };
    let came = exchange.everything();
    let (kept, size) = exchange.data(Direction::Received);
    if size > 0 || !(is_menu(exchange) || came.ends_with(b"\r\n.\r\n") || came == b".\r\n") {
        // Nothing but the end of the connection has ended it.
        let came_as_lines = came.len() - kept.len();
        let octets = size + came_as_lines as u64;
        let (code, value) = content(&format!("gopherlib.get_binary({sent})"), &came, octets);
        return Some(Line::new(code, Ok(value)));
    }
    let mut reply = Reply::new(came);
    Some(match is_menu(exchange) {
        true => Line::new(format!("gopherlib.get_directory({sent})"), Ok(reply.directory())),
        false => Line::new(format!("gopherlib.get_textfile({sent})"), Ok(reply.text())),
    })
}

/// The lab has read it as items.
fn is_menu(exchange: &Exchange<'_>) -> bool {
    let entries = &exchange.session[exchange.range.clone()];
    let wires = entries.iter().filter(|entry| matches!(entry.kind, Kind::Received(_)));
    let mut spans = wires.filter_map(Entry::wire).flat_map(|wire| &wire.spans);
    spans.any(|span| *span.term == terms::DISPLAY)
}
