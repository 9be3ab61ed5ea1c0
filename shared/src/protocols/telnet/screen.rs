//! The terminal as a person would see it, drawn from the transcript: the server's text, and what
//! is typed as long as the server does not echo it.

use super::wire::{Decoder, Item};
use super::{table, terms};
use crate::explain::Wire;
use crate::text::screen::Screen;
use crate::transcript::{Entry, Kind};

pub(super) fn lines(entries: &mut dyn Iterator<Item = &Entry>) -> Vec<String> {
    let mut screen = Screen::default();
    let mut echo = true;
    for entry in entries {
        match &entry.kind {
            Kind::Connecting { .. } => (screen, echo) = (Screen::default(), true),
            Kind::State(state) => echo = **state != table::REMOTE_ECHO,
            Kind::Received(wire) => screen.feed(&text_of(&wire.bytes)),
            Kind::Sent(wire) if echo => typed(&mut screen, wire),
            _ => {}
        }
    }
    screen.lines()
}

fn text_of(octets: &[u8]) -> Vec<u8> {
    let mut decoder = Decoder::default();
    let mut text = Vec::new();
    for octet in octets {
        decoder.feed(*octet);
        while let Some(item) = decoder.next() {
            if let Item::Text(octet) = item {
                text.push(octet);
            }
        }
    }
    text
}

/// A line of the person as their own side shows it; never a password.
fn typed(screen: &mut Screen, wire: &Wire) {
    for span in wire.spans.iter().filter(|span| !span.secret) {
        if *span.term == terms::LINE {
            screen.feed(&wire.bytes[span.range()]);
        } else if *span.term == terms::ENTER || *span.term == terms::CARRIAGE_RETURN {
            screen.feed(b"\r\n");
        }
    }
}
