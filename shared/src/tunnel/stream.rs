//! One stream of the multiplexer: its two directions, their credit, and what waits to be told.

use super::queue::Queue;
use super::{
    Event, Frame, IncomingInfo, LITTLE, MAX_WINDOW, OpenedInfo, Phase, RELAY_SEND_BUFFER, Reason,
    Reset, SEND_BUFFER, StreamId, Target, Violation,
};

/// How far a direction has come to its end. A stream is forgotten when both ends have said their
/// last word; therefore nothing but WINDOW and RESET, which may cross, can come for it later.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Ended {
    No,
    Fin,
    Reset,
}

/// How the sending direction shall end once its queue is empty.
#[cfg_attr(test, derive(Clone, Hash))]
enum Ending {
    Fin,
    Reset(Reset),
}

/// How the stream began, to be told to the owner.
#[cfg_attr(test, derive(Clone, Hash))]
enum Start {
    Requested(Target),
    Opened(OpenedInfo),
    Incoming(IncomingInfo),
}

/// A listener's connection that the page has not taken yet.
#[derive(Clone, Copy, Hash)]
struct Offer {
    listener: StreamId,
    /// This end is the relay, which waits for the answer.
    ours: bool,
}

#[cfg_attr(test, derive(Clone, Hash))]
pub(super) struct Stream {
    /// OPENED, or the WINDOW that takes an offer, was sent or received.
    open: bool,
    offer: Option<Offer>,

    // Towards the other end.
    /// What it still takes, less what is queued: `send` accepts only what may be sent.
    credit: u32,
    queue: Queue,
    /// The most that is queued.
    buffer: usize,
    ending: Option<Ending>,
    pub(super) said: Ended,
    /// `send` took less than offered and the owner waits for `Writable`.
    short: bool,

    // From the other end.
    window: u32,
    /// Credit it still holds.
    granted: u32,
    /// Told to the owner and not yet consumed.
    told: u32,
    /// Consumed and not yet granted again.
    owed: u32,
    pub(super) heard: Ended,
    /// The owner gave the stream up and wants to hear nothing more.
    deaf: bool,

    // What the owner shall be told, in this order.
    start: Option<Start>,
    inbox: Vec<u8>,
    fin: bool,
    reset: Option<Reset>,
    writable: bool,
}

impl Stream {
    /// At the page: OPEN is on its way and grants `window`.
    pub(super) fn opening(window: u32) -> Stream {
        Stream {
            open: false,
            offer: None,
            credit: 0,
            queue: Queue::default(),
            buffer: SEND_BUFFER,
            ending: None,
            said: Ended::No,
            short: false,
            window,
            granted: window,
            told: 0,
            owed: 0,
            heard: Ended::No,
            deaf: false,
            start: None,
            inbox: Vec::new(),
            fin: false,
            reset: None,
            writable: false,
        }
    }

    /// At the relay: OPEN came and grants the target's window.
    pub(super) fn requested(target: Target) -> Stream {
        Stream {
            credit: target.window,
            buffer: RELAY_SEND_BUFFER,
            start: Some(Start::Requested(target)),
            ..Stream::opening(0)
        }
    }

    /// At the relay: INCOMING is on its way and grants `window`.
    pub(super) fn offering(listener: StreamId, window: u32) -> Stream {
        Stream {
            offer: Some(Offer { listener, ours: true }),
            buffer: RELAY_SEND_BUFFER,
            ..Stream::opening(window)
        }
    }

    /// At the page: INCOMING came.
    pub(super) fn offered(info: IncomingInfo) -> Stream {
        Stream {
            offer: Some(Offer { listener: info.listener, ours: false }),
            credit: info.window,
            start: Some(Start::Incoming(info)),
            ..Stream::opening(0)
        }
    }

    /// The listener that got this connection, while nobody has taken or refused it.
    pub(super) fn waits_at(&self) -> Option<StreamId> {
        let waits = !self.open && self.said == Ended::No && self.heard == Ended::No;
        self.offer.filter(|_| waits).map(|offer| offer.listener)
    }

    // What the owner does.

    /// At the relay: the socket is connected; at the page: the connection is taken. False if the
    /// other end no longer waits for it.
    pub(super) fn accept(&mut self, window: u32) -> bool {
        if self.open || self.said != Ended::No || self.heard == Ended::Reset {
            return false;
        }
        self.open = true;
        self.window = window;
        self.granted = window;
        true
    }

    pub(super) fn room(&self) -> usize {
        let sending = self.open && self.ending.is_none() && self.said == Ended::No;
        if !sending || self.heard == Ended::Reset {
            return 0;
        }
        (self.credit as usize).min(self.buffer - self.queue.len())
    }

    pub(super) fn send(&mut self, bytes: &[u8]) -> usize {
        let accepted = bytes.len().min(self.room());
        self.queue.push(&bytes[..accepted]);
        self.credit -= accepted as u32;
        self.short |= accepted < bytes.len() || self.room() == 0;
        accepted
    }

    pub(super) fn finish(&mut self) {
        if self.ending.is_none() && self.said == Ended::No && self.heard != Ended::Reset {
            self.ending = Some(Ending::Fin);
        }
    }

    /// Ends both directions, after the queued bytes if `in_order`. Returns the frame if it is to
    /// go at once.
    pub(super) fn end(&mut self, id: StreamId, reset: Reset, in_order: bool) -> Option<Vec<u8>> {
        self.go_deaf();
        if self.said == Ended::Reset || self.heard == Ended::Reset {
            return None;
        }
        if in_order && !self.queue.is_empty() {
            self.ending = Some(Ending::Reset(reset));
            return None;
        }
        self.queue.clear();
        self.ending = None;
        self.said = Ended::Reset;
        Some(Frame::Reset(id, reset).encode())
    }

    /// Returns the increment that is due.
    pub(super) fn consumed(&mut self, bytes: usize) -> Option<u32> {
        debug_assert!(bytes <= self.told as usize, "more consumed than was told");
        let bytes = bytes.min(self.told as usize) as u32;
        self.told -= bytes;
        self.owed += bytes;
        if self.heard != Ended::No || self.deaf || self.owed < self.window.div_ceil(2) {
            return None;
        }
        self.granted += self.owed;
        Some(std::mem::take(&mut self.owed))
    }

    // What the other end does.

    pub(super) fn hear_opened(&mut self, info: OpenedInfo) -> Result<(), Violation> {
        if self.open || self.offer.is_some() {
            let text = "OPENED came for a connection that is there already.";
            return Err(Violation::new(Reason::OUT_OF_ORDER, text));
        }
        self.open = true;
        self.credit += info.window;
        if !self.deaf {
            self.start = Some(Start::Opened(info));
        }
        self.refresh_writable();
        Ok(())
    }

    pub(super) fn hear_data(&mut self, bytes: &[u8]) -> Result<(), Violation> {
        self.check_talking("DATA")?;
        let Some(left) = self.granted.checked_sub(bytes.len() as u32) else {
            return Err(Violation::new(
                Reason::CREDIT_OVERRUN,
                format!("DATA had {} bytes, the credit was {}.", bytes.len(), self.granted),
            ));
        };
        self.granted = left;
        if !self.deaf {
            self.inbox.extend_from_slice(bytes);
        }
        Ok(())
    }

    pub(super) fn hear_window(&mut self, increment: u32) -> Result<(), Violation> {
        if self.heard == Ended::Reset {
            return Ok(());
        }
        match self.offer {
            _ if self.open => {}
            Some(Offer { ours: true, .. }) => self.open = true,
            _ => return Err(self.too_early("WINDOW")),
        }
        // What is queued counts: the other end does not know that it was not sent yet.
        let outstanding = self.credit as usize + self.queue.len() + increment as usize;
        if outstanding > MAX_WINDOW as usize {
            return Err(Violation::new(
                Reason::CREDIT_OVERFLOW,
                format!("WINDOW of {increment} makes {outstanding} bytes, {MAX_WINDOW} is most."),
            ));
        }
        self.credit += increment;
        self.refresh_writable();
        Ok(())
    }

    pub(super) fn hear_fin(&mut self) -> Result<(), Violation> {
        self.check_talking("FIN")?;
        self.heard = Ended::Fin;
        self.fin = !self.deaf;
        Ok(())
    }

    /// Returns the answer that is due: this end's last word, if it was not said yet.
    pub(super) fn hear_reset(&mut self, id: StreamId, reset: Reset) -> Option<Vec<u8>> {
        if self.heard == Ended::Reset {
            return None;
        }
        self.heard = Ended::Reset;
        self.writable = false;
        self.queue.clear();
        self.ending = None;
        if !self.deaf {
            self.reset = Some(reset);
        }
        if self.said != Ended::No {
            return None;
        }
        self.said = Ended::Reset;
        let answer = Reset::new(Reason::ANSWERED, Phase::Local);
        Some(Frame::Reset(id, answer).encode())
    }

    fn check_talking(&self, frame: &str) -> Result<(), Violation> {
        if !self.open {
            return Err(self.too_early(frame));
        }
        match self.heard {
            Ended::No => Ok(()),
            Ended::Fin => Err(after_the_end(frame, "FIN")),
            Ended::Reset => Err(after_the_end(frame, "RESET")),
        }
    }

    fn too_early(&self, frame: &str) -> Violation {
        let text = match self.offer {
            Some(_) => format!("{frame} came before the page had taken the connection."),
            None => format!("{frame} came before OPENED."),
        };
        Violation::new(Reason::OUT_OF_ORDER, text)
    }

    // What the multiplexer asks.

    pub(super) fn wants_turn(&self) -> bool {
        !self.queue.is_empty() || (self.open && self.ending.is_some())
    }

    pub(super) fn has_little(&self) -> bool {
        self.queue.len() <= LITTLE
    }

    /// One frame: DATA while there are bytes, then the end.
    pub(super) fn take_turn(&mut self, id: StreamId, most: usize) -> Option<Vec<u8>> {
        if self.queue.is_empty() {
            let (said, frame) = match self.ending.take()? {
                Ending::Fin => (Ended::Fin, Frame::Fin(id)),
                Ending::Reset(reset) => (Ended::Reset, Frame::Reset(id, reset)),
            };
            self.said = said;
            return Some(frame.encode());
        }
        let message = self.queue.take(id, most);
        self.refresh_writable();
        message
    }

    pub(super) fn has_news(&self) -> bool {
        self.start.is_some()
            || !self.inbox.is_empty()
            || self.fin
            || self.reset.is_some()
            || self.writable
    }

    pub(super) fn take_news(&mut self, id: StreamId) -> Option<Event> {
        if let Some(start) = self.start.take() {
            return Some(match start {
                Start::Requested(target) => Event::OpenRequested(id, target),
                Start::Opened(info) => Event::Opened(id, info),
                Start::Incoming(info) => Event::Incoming(id, info),
            });
        }
        if !self.inbox.is_empty() {
            self.told += self.inbox.len() as u32;
            return Some(Event::Data(id, std::mem::take(&mut self.inbox)));
        }
        if std::mem::take(&mut self.fin) {
            return Some(Event::Fin(id));
        }
        if let Some(reset) = self.reset.take() {
            return Some(Event::Reset(id, reset));
        }
        std::mem::take(&mut self.writable).then_some(Event::Writable(id))
    }

    pub(super) fn is_over(&self) -> bool {
        self.said != Ended::No && self.heard != Ended::No && !self.has_news()
    }

    /// Half the buffer must be free, so that the owner comes with a few frames, not with one.
    fn refresh_writable(&mut self) {
        if self.short && !self.deaf && self.queue.len() <= self.buffer / 2 && self.room() > 0 {
            self.short = false;
            self.writable = true;
        }
    }

    fn go_deaf(&mut self) {
        self.deaf = true;
        self.start = None;
        self.inbox = Vec::new();
        self.fin = false;
        self.reset = None;
        self.writable = false;
    }
}

/// What a stream holds and has promised, in octets.
#[cfg(test)]
#[derive(Clone, Copy, Debug)]
pub(super) struct Ledger {
    pub(super) open: bool,
    pub(super) deaf: bool,
    pub(super) credit: usize,
    pub(super) queued: usize,
    pub(super) window: usize,
    pub(super) granted: usize,
    /// Arrived and not told.
    pub(super) waiting: usize,
    pub(super) told: usize,
    pub(super) owed: usize,
}

#[cfg(test)]
impl Stream {
    pub(super) fn ledger(&self) -> Ledger {
        Ledger {
            open: self.open,
            deaf: self.deaf,
            credit: self.credit as usize,
            queued: self.queue.len(),
            window: self.window as usize,
            granted: self.granted as usize,
            waiting: self.inbox.len(),
            told: self.told as usize,
            owed: self.owed as usize,
        }
    }
}

fn after_the_end(frame: &str, end: &str) -> Violation {
    Violation::new(Reason::AFTER_THE_END, format!("{frame} came after {end}."))
}
