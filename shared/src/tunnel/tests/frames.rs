use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::tunnel::*;

/// The worked example of `docs/tunnel.md`, frame by frame.
#[test]
fn the_examples_of_the_specification() {
    let id = StreamId(1);
    let target = Target { timeout: Duration::from_secs(10), ..Target::new("practice.lab", 110) };
    let opened = OpenedInfo {
        local: "127.0.0.1:50412".parse().unwrap(),
        peer: "127.0.0.1:40110".parse().unwrap(),
        window: DEFAULT_WINDOW,
        dns: Duration::ZERO,
        connect: Duration::from_micros(85),
        resolved: vec!["127.0.0.1".parse().unwrap()],
        attempts: vec![Attempt {
            address: "127.0.0.1".parse().unwrap(),
            errno: 0,
            took: Duration::from_micros(85),
        }],
    };
    let refused = Reset {
        reason: Reason::REFUSED,
        errno: 111,
        phase: Phase::Connect,
        text: "Connection refused".to_owned(),
    };
    let at = |port| SocketAddr::from(([127, 0, 0, 1], port));
    let listening = ListeningInfo {
        bound: at(50413),
        advertised: at(50413),
        backlog: 1,
        accepts: 1,
        lifetime: Duration::from_secs(300),
    };
    let incoming = IncomingInfo {
        listener: StreamId(5),
        local: at(50413),
        peer: at(20),
        window: DEFAULT_WINDOW,
    };
    let served = Reset { text: String::new(), ..Reset::new(Reason::SERVED, Phase::Local) };
    let loopback = at(0).ip();
    let udp = UdpBind { port: 12345, ..UdpBind::new(BindAt::Address(loopback)) };
    let bound = UdpInfo { local: at(12345), window: DEFAULT_WINDOW };
    let denied = Reset { text: "No.".to_owned(), ..Reset::new(Reason::NOT_ALLOWED, Phase::Policy) };
    let query = Query { host: "localhost".to_owned(), family: Family::Any };
    let found = ResolvedInfo { took: Duration::from_micros(85), addresses: vec![loopback] };
    let examples = [
        (Frame::Hello(Hello { version: 1, client: "page".to_owned() }), "HELLO"),
        (
            Frame::Welcome(Welcome {
                version: 1,
                hostname: "lab".to_owned(),
                peer: "127.0.0.1:50400".parse().unwrap(),
                max_streams: 64,
                window: DEFAULT_WINDOW,
                policy: "lab".to_owned(),
                text: String::new(),
            }),
            "WELCOME",
        ),
        (Frame::Open(id, target), "OPEN"),
        (Frame::Opened(id, opened), "OPENED"),
        (Frame::Data(id, b"+OK\r\n"), "DATA"),
        (Frame::Data(id, b"QUIT\r\n"), "DATA"),
        (Frame::Fin(id), "FIN"),
        (Frame::Window(id, 131072), "WINDOW"),
        (Frame::Reset(StreamId(3), refused), "RESET"),
        (Frame::Ping(7), "PING"),
        (Frame::Pong(7), "PONG"),
        (Frame::Goaway(Goaway { reason: Reason::DONE, text: String::new() }), "GOAWAY"),
        (Frame::Listen(StreamId(5), Listen::for_peer_of(id)), "LISTEN"),
        (Frame::Listening(StreamId(5), listening), "LISTENING"),
        (Frame::Incoming(StreamId(2), incoming), "INCOMING"),
        (Frame::Window(StreamId(2), DEFAULT_WINDOW), "WINDOW"),
        (Frame::Reset(StreamId(5), served), "RESET"),
        (Frame::UdpBind(StreamId(7), udp), "UDP_BIND"),
        (Frame::UdpBound(StreamId(7), bound), "UDP_BOUND"),
        (Frame::Datagram(StreamId(7), at(53000), b"hi"), "DATAGRAM"),
        (Frame::Dropped(StreamId(7), 3), "DROPPED"),
        (Frame::UdpError(StreamId(7), at(53000), denied), "UDP_ERROR"),
        (Frame::Resolve(StreamId(9), query), "RESOLVE"),
        (Frame::Resolved(StreamId(9), found), "RESOLVED"),
        (Frame::Draining(Duration::from_secs(30)), "DRAINING"),
    ];
    let spec = include_str!("../../../../docs/tunnel.md");
    for (frame, name) in examples {
        let message = frame.encode();
        assert_eq!(frame.kind().unwrap().name(), name);
        assert_eq!(Frame::decode(&message), Ok(frame));
        let hex = message.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
        assert!(spec.contains(&hex), "docs/tunnel.md lacks the example of {name}: {hex}");
    }
    for reason in Reason::ALL {
        let row = format!("| 0x{:04x} | {} | {} |", reason.0, reason.name(), reason.sentence());
        assert!(spec.contains(&row), "docs/tunnel.md lacks the row {row}");
    }
    for kind in Kind::ALL {
        let row = format!("| 0x{:02x} | {} |", *kind as u8, kind.name());
        assert!(spec.contains(&row), "docs/tunnel.md lacks the row {row}");
    }
}

#[test]
fn errors_say_which_frame_where_and_what_was_expected() {
    let error = |bytes: &[u8]| Frame::decode(bytes).unwrap_err().to_string();
    assert_eq!(error(&[]), "frame at byte 0: the message ends inside its type");
    assert_eq!(
        error(&[0x13, 0, 0, 0, 1, 0, 0, 0, 0]),
        "WINDOW at byte 5: its increment is 0; expected 1 to 16777216 bytes"
    );
    assert_eq!(
        error(&[0x12, 0, 0, 0, 0, 65]),
        "DATA at byte 1: its stream is 0; expected a stream, not 0"
    );
    assert_eq!(
        error(&[0x14, 0, 0, 0, 1, 9, 9]),
        "FIN at byte 5: 2 bytes follow the last field; expected the end of the message"
    );
    assert_eq!(
        error(&[0x05, 0, 0, 0, 0, 1, 0, 0, 1, 0xff]),
        "GOAWAY at byte 9: its text is not UTF-8"
    );
    assert!(error(&[0x50, 0, 0, 0, 1]).starts_with("frame at byte 0: type 0x50 is unknown"));
    assert_eq!(Frame::decode(&[0xa0, 0, 0, 0, 1, 2, 3]), Ok(Frame::Ignored(0xa0)));
}

#[test]
fn the_longest_datagram_fits_into_a_message_and_into_half_a_window() {
    let longest = vec![7; MAX_DATAGRAM];
    let from = SocketAddr::from(([0u16; 8], 1));
    let message = Frame::Datagram(StreamId(1), from, &longest).encode();
    assert_eq!(message.len(), MAX_MESSAGE);
    assert_eq!(Frame::decode(&message), Ok(Frame::Datagram(StreamId(1), from, &longest)));
    assert!(MAX_DATAGRAM + DATAGRAM_COST <= MIN_UDP_WINDOW as usize / 2);
}

#[test]
fn long_texts_are_cut_between_characters() {
    let text = "é".repeat(MAX_TEXT);
    let message = Frame::Goaway(Goaway { reason: Reason::DONE, text }).encode();
    let Ok(Frame::Goaway(goaway)) = Frame::decode(&message) else { panic!("no GOAWAY") };
    assert_eq!(goaway.text, "é".repeat(MAX_TEXT / 2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn decode_inverts_encode(frame in frame()) {
        let message = frame.encode();
        prop_assert!(message.len() <= MAX_MESSAGE);
        prop_assert_eq!(Frame::decode(&message), Ok(frame.clone()));
        // Every proper beginning is an error, except that DATA and DATAGRAM may be shorter.
        for cut in 0..message.len() {
            match Frame::decode(&message[..cut]) {
                Ok(Frame::Data(..) | Frame::Datagram(..)) => {}
                Ok(shorter) => prop_assert!(false, "{:?}", shorter),
                Err(error) => prop_assert!(!error.to_string().is_empty()),
            }
        }
    }

    #[test]
    fn any_bytes_are_a_frame_or_an_error(
        code in prop_oneof![0u8..0x42, Just(0x85u8), any::<u8>()],
        rest in vec(prop_oneof![Just(0u8), 0u8..8, any::<u8>()], 0..80),
    ) {
        let message = [vec![code], rest].concat();
        match Frame::decode(&message) {
            Ok(Frame::Ignored(code)) => prop_assert!(code & 0x80 != 0),
            Ok(frame) => prop_assert_eq!(frame.encode(), message),
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}

fn frame() -> impl Strategy<Value = Frame<'static>> {
    let id = || (1u32..).prop_map(StreamId);
    let text = || "\\PC{0,40}";
    let window = || 1..=MAX_WINDOW;
    let micros = || any::<u32>().prop_map(|micros| Duration::from_micros(micros.into()));
    let family = prop_oneof![Just(Family::Any), Just(Family::V4), Just(Family::V6)];
    let phase = prop_oneof![
        Just(Phase::Local),
        Just(Phase::Resolve),
        Just(Phase::Policy),
        Just(Phase::Connect),
        Just(Phase::Read),
        Just(Phase::Write),
        Just(Phase::Bind)
    ];
    let reset = (any::<u16>(), any::<u16>(), phase, text())
        .prop_map(|(code, errno, phase, text)| Reset { reason: Reason(code), errno, phase, text });
    let attempt = (any::<IpAddr>(), any::<u16>(), micros())
        .prop_map(|(address, errno, took)| Attempt { address, errno, took });
    prop_oneof![
        (any::<u8>(), text()).prop_map(|(version, client)| Frame::Hello(Hello { version, client })),
        (any::<u8>(), text(), address(), any::<u16>(), window(), text(), text()).prop_map(
            |(version, hostname, peer, max_streams, window, policy, text)| Frame::Welcome(
                Welcome { version, hostname, peer, max_streams, window, policy, text }
            )
        ),
        any::<u16>().prop_map(|seconds| Frame::Draining(Duration::from_secs(seconds.into()))),
        any::<u64>().prop_map(Frame::Ping),
        any::<u64>().prop_map(Frame::Pong),
        (any::<u16>(), text())
            .prop_map(|(code, text)| Frame::Goaway(Goaway { reason: Reason(code), text })),
        (id(), text(), any::<u16>(), window(), any::<u16>(), family.clone()).prop_map(
            |(id, host, port, window, tenths, family)| Frame::Open(
                id,
                Target {
                    host,
                    port,
                    window,
                    timeout: Duration::from_millis(u64::from(tenths) * 100),
                    family
                }
            )
        ),
        (
            id(),
            (address(), address(), window(), micros(), micros()),
            vec(any::<IpAddr>(), 0..4),
            vec(attempt, 0..4)
        )
            .prop_map(|(id, (local, peer, window, dns, connect), resolved, attempts)| {
                Frame::Opened(
                    id,
                    OpenedInfo { local, peer, window, dns, connect, resolved, attempts },
                )
            }),
        (id(), vec(any::<u8>(), 1..40)).prop_map(|(id, bytes)| Frame::Data(id, Vec::leak(bytes))),
        (id(), window()).prop_map(|(id, increment)| Frame::Window(id, increment)),
        id().prop_map(Frame::Fin),
        (id(), reset.clone()).prop_map(|(id, reset)| Frame::Reset(id, reset)),
        (id(), address(), reset).prop_map(|(id, with, error)| Frame::UdpError(id, with, error)),
        (id(), text(), family)
            .prop_map(|(id, host, family)| Frame::Resolve(id, Query { host, family })),
        (id(), micros(), vec(any::<IpAddr>(), 0..4)).prop_map(|(id, took, addresses)| {
            Frame::Resolved(id, ResolvedInfo { took, addresses })
        }),
        socket_frame(),
    ]
}

/// Of listeners and UDP sockets.
fn socket_frame() -> impl Strategy<Value = Frame<'static>> {
    let id = || (1u32..).prop_map(StreamId);
    let at = || {
        prop_oneof![
            any::<IpAddr>().prop_map(BindAt::Address),
            (1u32..).prop_map(|id| BindAt::LikeStream(StreamId(id)))
        ]
    };
    let allow = prop_oneof![
        Just(Allow::Anyone),
        any::<IpAddr>().prop_map(Allow::Address),
        (1u32..).prop_map(|id| Allow::PeerOf(StreamId(id)))
    ];
    let seconds = || any::<u16>().prop_map(|seconds| Duration::from_secs(seconds.into()));
    let window = || MIN_UDP_WINDOW..=MAX_WINDOW;
    prop_oneof![
        (id(), at(), any::<(u16, bool, u16, u16)>(), allow, seconds()).prop_map(
            |(id, at, (port, reuse, backlog, accepts), allow, lifetime)| {
                Frame::Listen(id, Listen { at, port, reuse, backlog, allow, accepts, lifetime })
            }
        ),
        (id(), address(), address(), any::<(u16, u16)>(), seconds()).prop_map(
            |(id, bound, advertised, (backlog, accepts), lifetime)| {
                let info = ListeningInfo { bound, advertised, backlog, accepts, lifetime };
                Frame::Listening(id, info)
            }
        ),
        (id(), id(), address(), address(), 1..=MAX_WINDOW).prop_map(
            |(id, listener, local, peer, window)| {
                Frame::Incoming(id, IncomingInfo { listener, local, peer, window })
            }
        ),
        (id(), at(), any::<u16>(), proptest::option::of(address()), window()).prop_map(
            |(id, at, port, peer, window)| Frame::UdpBind(id, UdpBind { at, port, peer, window })
        ),
        (id(), address(), window())
            .prop_map(|(id, local, window)| Frame::UdpBound(id, UdpInfo { local, window })),
        (id(), address(), vec(any::<u8>(), 0..40)).prop_map(|(id, with, octets)| Frame::Datagram(
            id,
            with,
            Vec::leak(octets)
        )),
        (id(), 1u32..).prop_map(|(id, count)| Frame::Dropped(id, count)),
    ]
}

fn address() -> impl Strategy<Value = SocketAddr> {
    (any::<IpAddr>(), any::<u16>()).prop_map(|(ip, port)| SocketAddr::new(ip, port))
}
