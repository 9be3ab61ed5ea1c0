//! One end of the tunnel, which gets any messages from the other.
//!
//! The first octet chooses the end. Then, again and again: an octet for what is done, and for a
//! message its length and its octets.

use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use core::time::Duration;

use shared::tunnel::*;

use super::records::Octets;

/// Messages that wait at most: answers, and what was asked for here.
const WAITING: usize = MAX_WAITING_CONTROL + 300;

pub fn mux_alone(octets: &[u8]) {
    let mut octets = Octets(octets);
    let mut mux = match octets.octet() % 2 {
        0 => {
            let mut page = Mux::page("fuzz");
            if octets.octet().is_multiple_of(2) {
                let greeting = Frame::Welcome(welcome()).encode();
                page.receive(&greeting, Duration::ZERO).expect("a greeting");
            }
            page
        }
        _ => {
            let mut relay = Mux::relay(welcome());
            if octets.octet().is_multiple_of(2) {
                let hello = Hello { version: VERSION, client: "fuzz".into() };
                relay.receive(&Frame::Hello(hello).encode(), Duration::ZERO).expect("a greeting");
            }
            relay
        }
    };
    let mut told = Vec::new();
    while !octets.is_empty() {
        let what = octets.octet();
        if what < 0x80 {
            if let Err(violation) = mux.receive(octets.piece(), Duration::from_secs(1)) {
                assert!(mux.is_over() && !violation.text.is_empty());
                let last = mux.poll_message(Duration::ZERO).expect("GOAWAY is to be sent");
                assert!(matches!(Frame::decode(&last), Ok(Frame::Goaway(_))));
                assert_eq!(mux.poll_message(Duration::ZERO), None, "GOAWAY is the last word");
                assert_eq!(mux.poll_event(), None, "nothing is told of a session that is over");
            }
        } else {
            owner_does(&mut mux, what, &mut octets, &mut told);
        }
        check(&mux);
    }
    let mut waiting = 0;
    while let Some(message) = mux.poll_message(Duration::ZERO) {
        waiting += 1;
        let frame = Frame::decode(&message);
        assert!(frame.is_ok(), "what is sent cannot be read: {frame:?}");
    }
    // 64 streams and 4 UDP sockets, each with at most a full queue.
    assert!(waiting <= WAITING + 64 * RELAY_SEND_BUFFER + 4 * UDP_QUEUE / DATAGRAM_COST);
    while mux.poll_event().is_some() {}
    mux.goaway(Reason::DONE, "");
    while mux.poll_message(Duration::ZERO).is_some() {}
    assert_eq!(mux.poll_event(), None);
}

fn check(mux: &Mux) {
    let sockets = MAX_LISTENERS + MAX_UDP_SOCKETS + MAX_LOOKUPS;
    // What a page asks for is limited by its owner: here by the length of the input.
    if mux.welcome().is_some_and(|welcome| welcome.max_streams == MOST) {
        assert!(mux.streams() <= usize::from(MOST) + 300);
        assert!(mux.sockets() <= usize::from(MOST) + sockets + 5000);
    }
}

const MOST: u16 = 4;

fn owner_does(mux: &mut Mux, what: u8, octets: &mut Octets<'_>, told: &mut Vec<(StreamId, usize)>) {
    // 0 is the session, and no stream has it.
    let id = StreamId(u32::from(octets.octet().max(1)));
    let window = u32::from(octets.pair());
    match what % 16 {
        0 => match mux.poll_event() {
            Some(Event::Data(id, bytes)) => told.push((id, bytes.len())),
            Some(Event::Datagram(id, _, octets)) => mux.datagram_consumed(id, octets.len()),
            _ => {}
        },
        1 => drop(mux.poll_message(Duration::ZERO)),
        2 => drop(mux.open(Target { window, ..Target::new("a", 1) })),
        3 => {
            mux.send(id, octets.piece());
        }
        4 => mux.finish(id),
        5 => mux.reset(id, Reset::new(Reason::CANCELLED, Phase::Local)),
        6 => mux.abort(id, Reset::new(Reason::CANCELLED, Phase::Local)),
        7 => {
            if let Some((id, octets)) = told.pop() {
                mux.consumed(id, octets);
            }
        }
        8 => {
            let _ = mux.opened(id, opened(window));
        }
        9 => {
            let _ = mux.listen(Listen::new(BindAt::LikeStream(id)));
            let _ = mux.listening(id, listening());
        }
        10 => {
            let (local, peer) = (there(), there());
            let _ = mux.incoming(IncomingInfo { listener: id, local, peer, window });
            let _ = mux.accept(id, window);
        }
        11 => {
            let _ = mux.udp_bind(UdpBind::new(BindAt::LikeStream(id)));
            let _ = mux.udp_bound(id, UdpInfo { local: there(), window });
        }
        12 => {
            let _ = mux.datagram(id, there(), octets.piece());
            mux.udp_error(id, there(), Reset::new(Reason::TOO_LONG, Phase::Write));
        }
        13 => {
            let _ = mux.resolve(Query { host: "a".into(), family: Family::Any });
            mux.resolved(id, ResolvedInfo { took: Duration::ZERO, addresses: Vec::new() });
        }
        14 => {
            mux.ping(Duration::from_secs(2));
        }
        _ => drop((mux.room(id), mux.has_room_at(id))),
    }
}

pub(super) fn there() -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 12345)
}

pub(super) fn welcome() -> Welcome {
    Welcome {
        version: VERSION,
        hostname: "lab".into(),
        peer: there(),
        max_streams: MOST,
        window: DEFAULT_WINDOW,
        policy: "lab".into(),
        text: String::new(),
    }
}

pub(super) fn opened(window: u32) -> OpenedInfo {
    OpenedInfo {
        local: there(),
        peer: there(),
        window,
        dns: Duration::ZERO,
        connect: Duration::ZERO,
        resolved: Vec::new(),
        attempts: Vec::new(),
    }
}

pub(super) fn listening() -> ListeningInfo {
    ListeningInfo {
        bound: there(),
        advertised: there(),
        backlog: 2,
        accepts: 0,
        lifetime: Duration::from_secs(300),
    }
}
