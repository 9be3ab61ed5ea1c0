//! What a number of a session stands for.

use super::listener::{Listener, Lookup};
use super::stream::Stream;
use super::udp::Udp;
use super::{Event, Reset, StreamId};

#[cfg_attr(test, derive(Clone, Hash))]
pub(super) struct Channel {
    pub(super) what: What,
    /// Waits in the multiplexer's list of turns, or of news.
    pub(super) in_turns: bool,
    pub(super) in_news: bool,
}

#[cfg_attr(test, derive(Clone, Hash))]
pub(super) enum What {
    Stream(Stream),
    Listener(Listener),
    Udp(Udp),
    Lookup(Lookup),
}

impl Channel {
    pub(super) fn new(what: What) -> Channel {
        Channel { what, in_turns: false, in_news: false }
    }

    /// Ends it in both directions; returns the frame if it is to go at once.
    pub(super) fn end(&mut self, id: StreamId, reset: Reset, in_order: bool) -> Option<Vec<u8>> {
        match &mut self.what {
            What::Stream(stream) => stream.end(id, reset, in_order),
            What::Udp(udp) => udp.end(id, reset, in_order),
            What::Listener(listener) => {
                listener.go_deaf();
                listener.life.close(id, reset)
            }
            What::Lookup(lookup) => {
                lookup.go_deaf();
                lookup.life.close(id, reset)
            }
        }
    }

    /// Returns the answer that is due.
    pub(super) fn hear_reset(&mut self, id: StreamId, reset: Reset) -> Option<Vec<u8>> {
        match &mut self.what {
            What::Stream(stream) => stream.hear_reset(id, reset),
            What::Udp(udp) => udp.hear_reset(id, reset),
            What::Listener(listener) => listener.life.hear_reset(id, reset),
            What::Lookup(lookup) => lookup.life.hear_reset(id, reset),
        }
    }

    pub(super) fn wants_turn(&self) -> bool {
        match &self.what {
            What::Stream(stream) => stream.wants_turn(),
            What::Udp(udp) => udp.wants_turn(),
            What::Listener(_) | What::Lookup(_) => false,
        }
    }

    /// What waits goes before what others have.
    pub(super) fn has_little(&self) -> bool {
        match &self.what {
            What::Stream(stream) => stream.has_little(),
            What::Udp(udp) => udp.has_little(),
            What::Listener(_) | What::Lookup(_) => true,
        }
    }

    /// One frame, of bytes so many at the most.
    pub(super) fn take_turn(&mut self, id: StreamId, most: usize) -> Option<Vec<u8>> {
        match &mut self.what {
            What::Stream(stream) => stream.take_turn(id, most),
            What::Udp(udp) => udp.take_turn(id),
            What::Listener(_) | What::Lookup(_) => None,
        }
    }

    pub(super) fn has_news(&self) -> bool {
        match &self.what {
            What::Stream(stream) => stream.has_news(),
            What::Udp(udp) => udp.has_news(),
            What::Listener(listener) => listener.has_news(),
            What::Lookup(lookup) => lookup.has_news(),
        }
    }

    pub(super) fn take_news(&mut self, id: StreamId) -> Option<Event> {
        match &mut self.what {
            What::Stream(stream) => stream.take_news(id),
            What::Udp(udp) => udp.take_news(id),
            What::Listener(listener) => listener.take_news(id),
            What::Lookup(lookup) => lookup.take_news(id),
        }
    }

    pub(super) fn is_over(&self) -> bool {
        match &self.what {
            What::Stream(stream) => stream.is_over(),
            What::Udp(udp) => udp.is_over(),
            What::Listener(listener) => listener.life.is_over() && !listener.has_news(),
            What::Lookup(lookup) => lookup.life.is_over() && !lookup.has_news(),
        }
    }

    /// For a violation.
    pub(super) fn name(&self) -> &'static str {
        match &self.what {
            What::Stream(_) => "a stream",
            What::Udp(_) => "a UDP socket",
            What::Listener(_) => "a listener",
            What::Lookup(_) => "a lookup",
        }
    }
}
