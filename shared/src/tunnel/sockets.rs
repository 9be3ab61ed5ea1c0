//! The multiplexer's sockets beside the streams that the page opens: listeners and what they get,
//! UDP sockets, and name lookups.

use std::net::SocketAddr;

use super::channel::{Channel, What};
use super::listener::{Listener, Lookup};
use super::mux::{Mux, Role, Stage};
use super::stream::Stream;
use super::udp::Udp;
use super::{
    DatagramError, Frame, IncomingInfo, Listen, ListeningInfo, MAX_BACKLOG, MAX_HOST, MAX_WINDOW,
    MIN_UDP_WINDOW, OpenError, Phase, Query, Reason, Reset, ResolvedInfo, StreamId, UdpBind,
    UdpInfo,
};

impl Mux {
    /// Page: asks the relay to listen. `Listening` or `Reset` follows; [`Mux::abort`] closes it.
    pub fn listen(&mut self, listen: Listen) -> Result<StreamId, OpenError> {
        self.check_asking()?;
        let id = self.add(What::Listener(Listener::default()))?;
        self.queue(Frame::Listen(id, listen));
        Ok(id)
    }

    /// Page: takes a connection that a listener got, and grants the relay this much credit. False
    /// if it is gone.
    #[must_use]
    pub fn accept(&mut self, id: StreamId, window: u32) -> bool {
        let window = window.clamp(1, MAX_WINDOW);
        let page = self.role == Role::Page;
        let taken = page && self.stream_mut(id).is_some_and(|stream| stream.accept(window));
        if taken {
            self.queue(Frame::Window(id, window));
        }
        taken
    }

    /// Relay: the listener asked for is there. False if the page gave up meanwhile; then it is to
    /// be closed.
    #[must_use]
    pub fn listening(&mut self, id: StreamId, info: ListeningInfo) -> bool {
        let info = ListeningInfo { backlog: info.backlog.clamp(1, MAX_BACKLOG), ..info };
        let Some(What::Listener(listener)) = self.what_mut(id) else { return false };
        let wanted = listener.listening(&info);
        if wanted {
            self.queue(Frame::Listening(id, info));
        }
        wanted
    }

    /// Relay: may the listener take another connection from the operating system?
    pub fn has_room_at(&self, listener: StreamId) -> bool {
        self.stage == Stage::Running
            && !self.draining
            && self.streams() < usize::from(self.max_streams())
            && matches!(
                self.channels.get(&listener).map(|channel| &channel.what),
                Some(What::Listener(at)) if at.life.open
                    && at.life.goes_on()
                    && self.waiting_at(listener) < usize::from(at.backlog)
            )
    }

    /// Relay: a listener has got a connection. `None` if there is no room for it, or the page has
    /// closed the listener.
    pub fn incoming(&mut self, info: IncomingInfo) -> Option<StreamId> {
        let number = self.last_even.checked_add(2)?;
        if !self.has_room_at(info.listener) {
            return None;
        }
        self.last_even = number;
        let id = StreamId(number);
        let window = info.window.clamp(1, MAX_WINDOW);
        let stream = Stream::offering(info.listener, window);
        self.channels.insert(id, Channel::new(What::Stream(stream)));
        self.queue(Frame::Incoming(id, IncomingInfo { window, ..info }));
        Some(id)
    }

    /// Page: asks the relay for a UDP socket. `UdpBound` or `Reset` follows; [`Mux::reset`] closes
    /// it when everything has been sent.
    pub fn udp_bind(&mut self, bind: UdpBind) -> Result<StreamId, OpenError> {
        self.check_asking()?;
        let window = bind.window.clamp(MIN_UDP_WINDOW, MAX_WINDOW);
        let id = self.add(What::Udp(Udp::asking(window)))?;
        self.queue(Frame::UdpBind(id, UdpBind { window, ..bind }));
        Ok(id)
    }

    /// Relay: the UDP socket asked for is bound. False if the page gave up meanwhile; then it is
    /// to be closed.
    #[must_use]
    pub fn udp_bound(&mut self, id: StreamId, info: UdpInfo) -> bool {
        let window = info.window.clamp(MIN_UDP_WINDOW, MAX_WINDOW);
        let Some(What::Udp(udp)) = self.what_mut(id) else { return false };
        let wanted = udp.bound(window);
        if wanted {
            self.queue(Frame::UdpBound(id, UdpInfo { window, ..info }));
        }
        wanted
    }

    /// Queues a datagram: at the page for this address, at the relay from it.
    pub fn datagram(
        &mut self,
        id: StreamId,
        address: SocketAddr,
        octets: &[u8],
    ) -> Result<(), DatagramError> {
        let drops = self.role == Role::Relay;
        let Some(What::Udp(udp)) = self.what_mut(id) else { return Err(DatagramError::NotOpen) };
        let done = udp.send(address, octets, drops);
        self.settle(id);
        done
    }

    /// A datagram with so many octets is used up. Grants its cost again, half a window at a time.
    pub fn datagram_consumed(&mut self, id: StreamId, octets: usize) {
        let Some(What::Udp(udp)) = self.what_mut(id) else { return };
        if let Some(increment) = udp.consumed(octets) {
            self.queue(Frame::Window(id, increment));
        }
    }

    /// Relay: what happened to a datagram for this address.
    pub fn udp_error(&mut self, id: StreamId, address: SocketAddr, error: Reset) {
        let open = matches!(self.what_mut(id), Some(What::Udp(udp))
            if udp.life.open && udp.life.goes_on());
        if open {
            self.queue(Frame::UdpError(id, address, error));
        }
    }

    /// Page: asks the relay what a name stands for. `Resolved` or `Reset` follows.
    pub fn resolve(&mut self, query: Query) -> Result<StreamId, OpenError> {
        self.check_asking()?;
        if query.host.len() > MAX_HOST {
            return Err(OpenError::HostTooLong { length: query.host.len() });
        }
        let id = self.add(What::Lookup(Lookup::default()))?;
        self.queue(Frame::Resolve(id, query));
        Ok(id)
    }

    /// Relay: what the name stands for.
    pub fn resolved(&mut self, id: StreamId, info: ResolvedInfo) {
        let Some(What::Lookup(lookup)) = self.what_mut(id) else { return };
        if !lookup.life.goes_on() {
            return;
        }
        lookup.life.answer();
        self.queue(Frame::Resolved(id, info));
        self.settle(id);
    }

    pub(super) fn what_mut(&mut self, id: StreamId) -> Option<&mut What> {
        if self.stage == Stage::Over {
            return None;
        }
        self.channels.get_mut(&id).map(|channel| &mut channel.what)
    }

    /// Connections of this listener that nobody has taken or refused.
    pub(super) fn waiting_at(&self, listener: StreamId) -> usize {
        self.count(
            |what| matches!(what, What::Stream(stream) if stream.waits_at() == Some(listener)),
        )
    }

    /// The page has closed a listener: what waits at it has nobody to wait for.
    pub(super) fn refuse_waiting(&mut self, listener: StreamId) {
        let waiting = self.channels.iter().filter_map(|(id, channel)| match &channel.what {
            What::Stream(stream) => stream.waits_at().filter(|at| *at == listener).map(|_| *id),
            _ => None,
        });
        for id in waiting.collect::<Vec<_>>() {
            self.abort(id, Reset::new(Reason::CANCELLED, Phase::Local));
        }
    }
}
