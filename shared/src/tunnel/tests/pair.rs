//! Two multiplexers and the messages on their way between them.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::tunnel::*;

pub(super) struct Pair {
    pub(super) page: Mux,
    pub(super) relay: Mux,
    to_relay: VecDeque<Vec<u8>>,
    to_page: VecDeque<Vec<u8>>,
    pub(super) now: Duration,
}

impl Pair {
    /// Both ends, greeted.
    pub(super) fn new() -> Pair {
        let mut pair = Pair::strangers(8);
        pair.settle();
        assert_eq!(pair.relay.poll_event(), Some(Event::Hello(hello())));
        assert!(matches!(pair.page.poll_event(), Some(Event::Welcome(_))));
        pair
    }

    pub(super) fn strangers(max_streams: u16) -> Pair {
        Pair {
            page: Mux::page("test"),
            relay: Mux::relay(Welcome { max_streams, ..welcome() }),
            to_relay: VecDeque::new(),
            to_page: VecDeque::new(),
            now: Duration::ZERO,
        }
    }

    pub(super) fn end(&mut self, page: bool) -> &mut Mux {
        if page { &mut self.page } else { &mut self.relay }
    }

    /// Moves one message out of the page's, or the relay's, multiplexer onto the way.
    pub(super) fn emit(&mut self, page: bool) -> bool {
        let now = self.now;
        let message = self.end(page).poll_message(now);
        let way = if page { &mut self.to_relay } else { &mut self.to_page };
        let some = message.is_some();
        way.extend(message);
        some
    }

    /// Lets one message arrive at the page, or at the relay.
    pub(super) fn arrive(&mut self, page: bool) -> bool {
        let way = if page { &mut self.to_page } else { &mut self.to_relay };
        let Some(message) = way.pop_front() else { return false };
        let now = self.now;
        self.end(page).receive(&message, now).unwrap();
        true
    }

    /// Until nothing is on its way.
    pub(super) fn settle(&mut self) {
        while self.emit(true) | self.emit(false) | self.arrive(true) | self.arrive(false) {}
    }

    /// Opens a stream; both ends are told.
    pub(super) fn open(&mut self) -> StreamId {
        let id = self.page.open(Target::new("practice.lab", 110)).unwrap();
        self.settle();
        assert!(matches!(self.relay.poll_event(), Some(Event::OpenRequested(..))));
        assert!(self.relay.opened(id, info()));
        self.settle();
        assert!(matches!(self.page.poll_event(), Some(Event::Opened(..))));
        id
    }

    /// A listener with this backlog; both ends are told.
    pub(super) fn listen(&mut self, backlog: u16) -> StreamId {
        let id = self.page.listen(Listen::new(BindAt::Address(LOOPBACK))).unwrap();
        self.settle();
        assert!(matches!(self.relay.poll_event(), Some(Event::ListenRequested(..))));
        assert!(self.relay.listening(id, ListeningInfo { backlog, ..listening() }));
        self.settle();
        assert!(matches!(self.page.poll_event(), Some(Event::Listening(..))));
        id
    }

    /// A UDP socket with the least windows; both ends are told.
    pub(super) fn udp(&mut self) -> StreamId {
        let window = MIN_UDP_WINDOW;
        let bind = UdpBind { window, ..UdpBind::new(BindAt::Address(LOOPBACK)) };
        let id = self.page.udp_bind(bind).unwrap();
        self.settle();
        assert!(matches!(self.relay.poll_event(), Some(Event::UdpRequested(..))));
        assert!(self.relay.udp_bound(id, UdpInfo { local: there(), window }));
        self.settle();
        assert!(matches!(self.page.poll_event(), Some(Event::UdpBound(..))));
        id
    }
}

pub(super) const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

pub(super) fn there() -> SocketAddr {
    SocketAddr::new(LOOPBACK, 12345)
}

pub(super) fn listening() -> ListeningInfo {
    ListeningInfo {
        bound: there(),
        advertised: there(),
        backlog: MAX_BACKLOG,
        accepts: 0,
        lifetime: Duration::from_secs(300),
    }
}

pub(super) fn incoming(listener: StreamId) -> IncomingInfo {
    IncomingInfo { listener, local: there(), peer: there(), window: DEFAULT_WINDOW }
}

pub(super) fn hello() -> Hello {
    Hello { version: VERSION, client: "test".to_owned() }
}

pub(super) fn welcome() -> Welcome {
    Welcome {
        version: VERSION,
        hostname: "lab".to_owned(),
        peer: "127.0.0.1:50000".parse().unwrap(),
        max_streams: DEFAULT_MAX_STREAMS,
        window: DEFAULT_WINDOW,
        policy: "lab".to_owned(),
        text: String::new(),
    }
}

pub(super) fn info() -> OpenedInfo {
    OpenedInfo {
        local: "127.0.0.1:50001".parse().unwrap(),
        peer: "127.0.0.1:110".parse().unwrap(),
        window: DEFAULT_WINDOW,
        dns: Duration::from_micros(3),
        connect: Duration::from_micros(40),
        resolved: vec!["127.0.0.1".parse().unwrap()],
        attempts: vec![],
    }
}

/// Everything there is to tell.
pub(super) fn events(mux: &mut Mux) -> Vec<Event> {
    std::iter::from_fn(|| mux.poll_event()).collect()
}
