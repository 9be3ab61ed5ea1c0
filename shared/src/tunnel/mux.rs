//! Many streams over one connection of messages: the same code at the page and at the relay.
//!
//! Strategy. The owner moves messages and time in ([`Mux::receive`]) and messages and events out
//! ([`Mux::poll_message`], [`Mux::poll_event`]); it polls both until they are empty after every
//! call. Three rules keep the streams apart and the memory bounded:
//!
//! * A byte is accepted by [`Mux::send`] only while the other end has granted credit for it, so
//!   whatever is queued can go, and whoever does not consume stops only his own stream.
//! * Frames that carry no bytes go first; then every stream that has something gets one frame, those that have little
//!   before those that have much, and no more than the line carries without a queue ([`Pace`]).
//! * What came for a stream waits in that stream, at most its window, until it is polled; its end
//!   is told after its bytes.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::channel::{Channel, What};
use super::pace::Pace;
use super::stream::Stream;
use super::{
    Event, Frame, Goaway, Hello, MAX_HOST, MAX_PINGS, MAX_WINDOW, OpenError, OpenedInfo, Reason,
    Reset, StreamId, Target, VERSION, Welcome,
};

/// Frames of streams that have little to say before one of the others gets its turn all the same.
const MOST_SHORTS: u8 = 8;

/// Which end this is. The page opens streams, the relay has the sockets.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Role {
    Page,
    Relay,
}

/// One end of the tunnel.
#[cfg_attr(test, derive(Clone, Hash))]
pub struct Mux {
    pub(super) role: Role,
    pub(super) stage: Stage,
    /// The relay's greeting: at the relay from the start, at the page once it came.
    pub(super) welcome: Option<Welcome>,
    pub(super) channels: BTreeMap<StreamId, Channel>,
    /// The highest numbers used so far by the page and by the relay; 0 before the first.
    pub(super) last_odd: u32,
    pub(super) last_even: u32,
    /// Encoded frames that carry no bytes of a stream.
    pub(super) control: VecDeque<Vec<u8>>,
    /// Streams that have a frame to send, in the order of their turns: those with little, and those with much.
    short: VecDeque<StreamId>,
    turns: VecDeque<StreamId>,
    /// Turns that the first have had in a row.
    shorts: u8,
    pub(super) pace: Pace,
    /// Streams that have an event to tell.
    news: VecDeque<StreamId>,
    /// Events of the session.
    pub(super) events: VecDeque<Event>,
    /// Told after everything else.
    pub(super) farewell: Option<Goaway>,
    /// Number and time of the PINGs on their way.
    pub(super) pings: VecDeque<(u64, Duration)>,
    next_ping: u64,
    /// Nothing new may begin.
    pub(super) draining: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Stage {
    /// The other end's first frame has not come.
    Greeting,
    Running,
    /// GOAWAY was sent or received.
    Over,
}

impl Mux {
    /// The page's end. HELLO is the first message.
    pub fn page(client: &str) -> Mux {
        let mut mux = Mux::new(Role::Page, None);
        mux.queue(Frame::Hello(Hello { version: VERSION, client: client.to_owned() }));
        mux
    }

    /// The relay's end. WELCOME is the answer to HELLO and states the limits that are kept here.
    pub fn relay(welcome: Welcome) -> Mux {
        let window = welcome.window.clamp(1, MAX_WINDOW);
        Mux::new(Role::Relay, Some(Welcome { version: VERSION, window, ..welcome }))
    }

    fn new(role: Role, welcome: Option<Welcome>) -> Mux {
        Mux {
            role,
            stage: Stage::Greeting,
            welcome,
            channels: BTreeMap::new(),
            last_odd: 0,
            last_even: 0,
            control: VecDeque::new(),
            short: VecDeque::new(),
            turns: VecDeque::new(),
            shorts: 0,
            pace: Pace::new(),
            news: VecDeque::new(),
            events: VecDeque::new(),
            farewell: None,
            pings: VecDeque::new(),
            next_ping: 0,
            draining: false,
        }
    }

    /// The next message to send. Ask only when the WebSocket can take one: what stays here keeps
    /// its turn, what is in the WebSocket's own queue has lost it.
    pub fn poll_message(&mut self, now: Duration) -> Option<Vec<u8>> {
        if let Some(message) = self.control.pop_front() {
            return Some(message);
        }
        while let Some(id) = self.next_turn() {
            let Some(channel) = self.channels.get_mut(&id) else { continue };
            channel.in_turns = false;
            let message = channel.take_turn(id, self.pace.piece());
            self.settle(id);
            if let Some(message) = message {
                self.pace.sent(message.len());
                self.probe(now);
                return Some(message);
            }
        }
        None
    }

    fn next_turn(&mut self) -> Option<StreamId> {
        let much_may_go = !self.turns.is_empty() && !self.pace.is_full();
        let little_may_go = !self.short.is_empty() && !self.pace.is_over_full();
        if little_may_go && (self.shorts < MOST_SHORTS || !much_may_go) {
            self.shorts = self.shorts.saturating_add(1);
            return self.short.pop_front();
        }
        self.shorts = 0;
        if much_may_go { self.turns.pop_front() } else { None }
    }

    /// A PING behind what was sent, if it is time for one.
    pub(super) fn probe(&mut self, now: Duration) {
        if self.pace.wants_probe() && self.stage == Stage::Running {
            let number = self.next_ping;
            self.next_ping += 1;
            self.pings.push_back((number, now));
            self.pace.probe(number, now);
            self.queue(Frame::Ping(number));
        }
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        if let Some(event) = self.events.pop_front() {
            return Some(event);
        }
        while let Some(id) = self.news.pop_front() {
            let Some(channel) = self.channels.get_mut(&id) else { continue };
            channel.in_news = false;
            let event = channel.take_news(id);
            self.settle(id);
            if event.is_some() {
                return event;
            }
        }
        self.farewell.take().map(Event::Goaway)
    }

    /// Page: asks the relay for a connection. `Opened` or `Reset` follows.
    pub fn open(&mut self, target: Target) -> Result<StreamId, OpenError> {
        self.check_asking()?;
        let limit = self.max_streams();
        if self.streams() >= usize::from(limit) {
            return Err(OpenError::TooManyStreams { limit });
        }
        if target.host.len() > MAX_HOST {
            return Err(OpenError::HostTooLong { length: target.host.len() });
        }
        let window = target.window.clamp(1, MAX_WINDOW);
        let id = self.add(What::Stream(Stream::opening(window)))?;
        self.queue(Frame::Open(id, Target { window, ..target }));
        Ok(id)
    }

    /// Relay: the socket asked for is connected. False if the page gave up meanwhile; then the
    /// socket is to be closed.
    #[must_use]
    pub fn opened(&mut self, id: StreamId, info: OpenedInfo) -> bool {
        let window = info.window.clamp(1, MAX_WINDOW);
        let accepted = self.stream_mut(id).is_some_and(|stream| stream.accept(window));
        if accepted {
            self.queue(Frame::Opened(id, OpenedInfo { window, ..info }));
        }
        accepted
    }

    /// Queues bytes and returns how many were accepted. After fewer than offered, and whenever the
    /// stream is full, `Writable` tells when to offer the rest.
    pub fn send(&mut self, id: StreamId, bytes: &[u8]) -> usize {
        if self.stage == Stage::Over {
            return 0;
        }
        let accepted = self.stream_mut(id).map_or(0, |stream| stream.send(bytes));
        self.settle(id);
        accepted
    }

    /// How many bytes `send` would accept now. A relay reads no more than this from its socket.
    pub fn room(&self, id: StreamId) -> usize {
        if self.stage == Stage::Over {
            return 0;
        }
        match self.channels.get(&id).map(|channel| &channel.what) {
            Some(What::Stream(stream)) => stream.room(),
            _ => 0,
        }
    }

    /// Says FIN after what is queued; the other direction goes on.
    pub fn finish(&mut self, id: StreamId) {
        if let Some(stream) = self.stream_mut(id) {
            stream.finish();
        }
        self.settle(id);
    }

    /// Ends both directions after what is queued. Before `opened` it is the relay's refusal. It
    /// closes other sockets, too. No more events come for this number.
    pub fn reset(&mut self, id: StreamId, reset: Reset) {
        self.end(id, reset, true);
    }

    /// Ends both directions at once; what is queued is dropped. No more events come.
    pub fn abort(&mut self, id: StreamId, reset: Reset) {
        self.end(id, reset, false);
    }

    fn end(&mut self, id: StreamId, reset: Reset, in_order: bool) {
        let Some(channel) = self.channels.get_mut(&id) else { return };
        if let Some(message) = channel.end(id, reset, in_order) {
            self.control.push_back(message);
        }
        if self.role == Role::Page {
            self.refuse_waiting(id);
        }
        self.settle(id);
    }

    /// So many bytes of this stream's `Data` are used up. Grants them again, half a window at a
    /// time.
    pub fn consumed(&mut self, id: StreamId, bytes: usize) {
        let Some(stream) = self.stream_mut(id) else { return };
        if let Some(increment) = stream.consumed(bytes) {
            self.queue(Frame::Window(id, increment));
        }
    }

    /// Sends a PING, `Pong` tells how long it took. False if too many are on their way.
    pub fn ping(&mut self, now: Duration) -> bool {
        let asked = self.pings.len() - self.pace.probes();
        if self.stage == Stage::Over || asked >= MAX_PINGS {
            return false;
        }
        let number = self.next_ping;
        self.next_ping += 1;
        self.pings.push_back((number, now));
        self.queue(Frame::Ping(number));
        true
    }

    /// When the oldest PING was sent that has no answer: the other end has not read what follows.
    pub fn unanswered_since(&self) -> Option<Duration> {
        self.pings.front().map(|(_, sent)| *sent)
    }

    /// Ends the session. One last message, GOAWAY, is to be sent.
    pub fn goaway(&mut self, reason: Reason, text: &str) {
        if self.stage == Stage::Over {
            return;
        }
        self.stage = Stage::Over;
        self.channels.clear();
        self.short.clear();
        self.turns.clear();
        self.news.clear();
        self.events.clear();
        self.control.clear();
        self.queue(Frame::Goaway(Goaway { reason, text: text.to_owned() }));
    }

    /// GOAWAY was sent or received.
    pub fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    /// The relay's greeting; `None` at a page that was not greeted yet.
    pub fn welcome(&self) -> Option<&Welcome> {
        self.welcome.as_ref()
    }

    /// Streams that are not forgotten yet.
    pub fn streams(&self) -> usize {
        self.count(|what| matches!(what, What::Stream(_)))
    }

    /// Numbers that are not forgotten yet: streams, listeners, UDP sockets and lookups.
    pub fn sockets(&self) -> usize {
        self.channels.len()
    }

    /// Something waits to be sent, though it may have to wait for the line.
    pub fn has_messages(&self) -> bool {
        !self.control.is_empty() || !self.short.is_empty() || !self.turns.is_empty()
    }

    pub(super) fn count(&self, which: impl Fn(&What) -> bool) -> usize {
        self.channels.values().filter(|channel| which(&channel.what)).count()
    }

    pub(super) fn stream_mut(&mut self, id: StreamId) -> Option<&mut Stream> {
        match &mut self.channels.get_mut(&id)?.what {
            What::Stream(stream) => Some(stream),
            _ => None,
        }
    }

    /// Page: may it ask for a socket now?
    pub(super) fn check_asking(&self) -> Result<(), OpenError> {
        match (self.role, self.stage) {
            (Role::Relay, _) => Err(OpenError::NotThePage),
            (_, Stage::Greeting) => Err(OpenError::NotWelcomed),
            (_, Stage::Over) => Err(OpenError::SessionOver),
            (Role::Page, Stage::Running) if self.draining => Err(OpenError::Stopping),
            (Role::Page, Stage::Running) => Ok(()),
        }
    }

    /// Page: gives a new socket its number.
    pub(super) fn add(&mut self, what: What) -> Result<StreamId, OpenError> {
        let number = match self.last_odd {
            0 => 1,
            last => last.checked_add(2).ok_or(OpenError::OutOfNumbers)?,
        };
        self.last_odd = number;
        let id = StreamId(number);
        self.channels.insert(id, Channel::new(what));
        Ok(id)
    }

    pub(super) fn max_streams(&self) -> u16 {
        self.welcome.as_ref().map_or(0, |welcome| welcome.max_streams)
    }

    pub(super) fn queue(&mut self, frame: Frame<'_>) {
        self.control.push_back(frame.encode());
    }

    pub(super) fn end_by_peer(&mut self, goaway: Goaway) {
        self.stage = Stage::Over;
        self.control.clear();
        self.short.clear();
        self.turns.clear();
        self.farewell = Some(goaway);
    }

    /// Puts the socket where its state belongs: among the turns, among the news, or away.
    pub(super) fn settle(&mut self, id: StreamId) {
        let Some(channel) = self.channels.get_mut(&id) else { return };
        if channel.is_over() {
            self.channels.remove(&id);
            return;
        }
        if channel.wants_turn() && !channel.in_turns && self.stage != Stage::Over {
            channel.in_turns = true;
            let turns = if channel.has_little() { &mut self.short } else { &mut self.turns };
            turns.push_back(id);
        }
        if channel.has_news() && !channel.in_news {
            channel.in_news = true;
            self.news.push_back(id);
        }
    }
}
