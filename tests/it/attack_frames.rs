//! Frames that no page of ours sends, through a real relay: the WebSocket that sends them ends with
//! a reason, and nothing else does. The relay has a process of its own, so that its memory is known.

mod scene;

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::SinkExt;
use relay::{Config, Limits, PolicyName, Relay};
use shared::random::Random;
use shared::tunnel::*;
use tests::tunnel::{TunnelClient, request, websocket};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use scene::*;

#[tokio::test(flavor = "multi_thread")]
async fn who_breaks_a_rule_is_sent_away_and_nobody_else() {
    let mut scene = Scene::new().await;
    let (one, two) = (StreamId(1), StreamId(2));
    let open = |id| Frame::Open(id, scene.target());
    let open_one = open(one);
    let reset = Frame::Reset(one, Reset::new(Reason::CANCELLED, Phase::Local));
    let lookup = Query { host: "localhost".into(), family: Family::Any };
    let bind = BindAt::Address(scene.echo.ip());
    let cases: Vec<(&str, Vec<Frame<'_>>, Reason)> = vec![
        ("a second HELLO", vec![Frame::Hello(greeting())], Reason::OUT_OF_ORDER),
        ("an even number", vec![open(two)], Reason::STREAM_REUSED),
        ("a replayed OPEN", vec![open_one.clone(), open_one.clone()], Reason::STREAM_REUSED),
        ("a number below", vec![open(StreamId(9)), open_one.clone()], Reason::STREAM_REUSED),
        ("DATA for nobody", vec![Frame::Data(one, b"x")], Reason::UNKNOWN_STREAM),
        ("DATA for the relay's", vec![Frame::Data(two, b"x")], Reason::UNKNOWN_STREAM),
        (
            "DATA after RESET",
            vec![open_one.clone(), reset.clone(), Frame::Data(one, b"x")],
            Reason::AFTER_THE_END,
        ),
        (
            "WINDOW for a listener",
            vec![
                open(one),
                Frame::Listen(StreamId(3), Listen::new(bind)),
                Frame::Window(StreamId(3), 1),
            ],
            Reason::WRONG_KIND,
        ),
        ("an unasked PONG", vec![Frame::Pong(0)], Reason::UNASKED_PONG),
        ("a frame of the relay", vec![Frame::Opened(one, opened())], Reason::WRONG_DIRECTION),
        (
            "a resolved lookup",
            vec![Frame::Resolve(one, lookup), Frame::Fin(one)],
            Reason::WRONG_KIND,
        ),
    ];
    for (what, frames, reason) in cases {
        if what == "a resolved lookup" {
            // The answer may come before or after FIN.
            let mut socket = scene.greeted().await;
            for frame in &frames {
                send(&mut socket, frame).await;
            }
            let ended = goaway(&mut socket).await;
            assert!([Some(reason), Some(Reason::AFTER_THE_END)].contains(&ended), "{ended:?}");
            scene.goes_on(what).await;
        } else {
            scene.ends(what, &frames, reason).await;
        }
    }
    let broken: &[(&str, &[u8], Reason)] = &[
        ("nothing", b"", Reason::MALFORMED),
        ("a truncated frame", b"\x10\0\0\0\x01\0", Reason::MALFORMED),
        ("octets left over", b"\x03\0\0\0\0\0\0\0\0\0\0\0\x07\0", Reason::MALFORMED),
        ("DATA without octets", b"\x12\0\0\0\x01", Reason::MALFORMED),
        ("WINDOW of nothing", b"\x13\0\0\0\x01\0\0\0\0", Reason::MALFORMED),
        ("stream 0", b"\x14\0\0\0\0", Reason::MALFORMED),
        ("an unknown type", b"\x50\0\0\0\0", Reason::UNKNOWN_FRAME),
    ];
    for (what, message, reason) in broken {
        scene.ends_by(what, &[message], *reason).await;
    }

    for frame in [Frame::Ping(1), open_one, Frame::Data(one, b"x"), reset] {
        let mut socket = websocket(request(scene.relay.address)).await.unwrap();
        send(&mut socket, &frame).await;
        assert_eq!(goaway(&mut socket).await, Some(Reason::OUT_OF_ORDER), "before HELLO");
    }
    let mut socket = scene.greeted().await;
    socket.send(Message::text("hello")).await.unwrap();
    assert_eq!(goaway(&mut socket).await, Some(Reason::TEXT_MESSAGE));
    scene.goes_on("frames before HELLO and text").await;
    scene.ends_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_too_much_does_not_get_it() {
    let mut scene = Scene::new().await;

    // More octets than credit. What the kernel takes is granted again, so it takes some.
    let mut socket = scene.greeted().await;
    let deaf = Target::new(scene.deaf.ip().to_string(), scene.deaf.port());
    send(&mut socket, &Frame::Open(StreamId(1), deaf)).await;
    assert!(matches!(frame_of(&mut socket).await.as_deref(), Some([0x11, ..])), "OPENED");
    let octets = [7; MAX_DATA];
    let data = Frame::Data(StreamId(1), &octets).encode();
    let flood = async { while socket.feed(Message::Binary(data.clone().into())).await.is_ok() {} };
    timeout(PATIENCE, flood).await.expect("the relay stops it");
    assert!([Some(Reason::CREDIT_OVERRUN), None].contains(&goaway(&mut socket).await));
    scene.goes_on("a flood of DATA").await;
    let mut socket = scene.greeted().await;
    send(&mut socket, &Frame::Open(StreamId(1), scene.target())).await;
    assert!(matches!(frame_of(&mut socket).await.as_deref(), Some([0x11, ..])), "OPENED");
    for _ in 0..2 {
        send(&mut socket, &Frame::Window(StreamId(1), MAX_WINDOW)).await;
    }
    assert_eq!(goaway(&mut socket).await, Some(Reason::CREDIT_OVERFLOW));

    // Thousands of connections: all but the first are refused, and the session lives.
    let mut socket = scene.greeted().await;
    let (mut opened, mut refused) = (0, 0);
    for n in 0..5000u32 {
        send(&mut socket, &Frame::Open(StreamId(2 * n + 1), scene.target())).await;
        if n % 100 != 99 {
            continue;
        }
        while opened + refused <= n {
            let message = frame_of(&mut socket).await.expect("the session lives");
            match Frame::decode(&message).unwrap() {
                Frame::Opened(..) => opened += 1,
                Frame::Reset(_, reset) => {
                    assert_eq!(reset.reason, Reason::TOO_MANY_STREAMS);
                    refused += 1;
                }
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!((opened, refused), (64, 5000 - 64));
    drop(socket);
    scene.goes_on("5000 connections").await;

    // Asks and asks, and reads no answer.
    let (mut socket, ping) = (narrow(&scene).await, Frame::Ping(1).encode());
    send(&mut socket, &hello()).await;
    let flood = async { while socket.feed(Message::Binary(ping.clone().into())).await.is_ok() {} };
    timeout(PATIENCE, flood).await.expect("who does not read is sent away");
    scene.goes_on("a flood of PING").await;
    scene.ends_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn websockets_that_are_none_end_alone() {
    let mut scene = Scene::new().await;

    // A message may come in fragments, as long as it is short.
    let mut socket = raw(scene.relay.address).await;
    for (n, part) in hello().encode().chunks(5).enumerate() {
        socket.write_all(&masked(if n == 0 { 0x02 } else { 0x00 }, part)).await.unwrap();
    }
    socket.write_all(&masked(0x80, b"")).await.unwrap();
    let mut head = [0; 7];
    socket.read_exact(&mut head).await.unwrap();
    // Its length has one octet or three, as the host's name is long.
    let at = if head[1] == 126 { 4 } else { 2 };
    assert_eq!((head[0], head[at]), (0x82, Kind::Welcome as u8), "WELCOME: {head:x?}");

    let endless = masked(0x00, &[0; 4096]);
    let long = |length: u64| {
        let mut head = vec![0x82, 0xff];
        head.extend(length.to_be_bytes());
        head
    };
    let attacks: Vec<(&str, Vec<u8>)> = vec![
        ("a message without end", [masked(0x02, b"x"), endless.repeat(17)].concat()),
        ("70 000 octets", [long(70_000), vec![0; 70_004]].concat()),
        ("2^62 octets announced", long(1 << 62)),
        ("2^63 octets announced", long(1 << 63)),
        ("no mask", vec![0x82, 0x01, 0x00]),
        ("reserved bits", vec![0xf2, 0x80, 0, 0, 0, 0]),
        ("an unknown opcode", masked(0x83, b"x")),
        ("a continuation of nothing", masked(0x80, b"x")),
        ("a fragmented ping", masked(0x09, b"x")),
        ("a long ping", vec![0x89, 0xfe, 0x01, 0x00, 0, 0, 0, 0]),
        ("another message in the middle", [masked(0x02, b"x"), masked(0x82, b"y")].concat()),
        ("a close with half a code", masked(0x88, b"x")),
        ("no WebSocket at all", b"GET / HTTP/1.1\r\n\r\n".to_vec()),
    ];
    for (what, octets) in attacks {
        let mut socket = raw(scene.relay.address).await;
        // The relay may have closed it before all was sent.
        let _ = socket.write_all(&octets).await;
        let ended =
            timeout(PATIENCE, async { while let Ok(1..) = socket.read(&mut [0; 512]).await {} });
        assert!(ended.await.is_ok(), "{what} does not end it");
        scene.goes_on(what).await;
    }

    // Cut off in the middle of a frame.
    for at in [1, 5, 8] {
        let mut socket = raw(scene.relay.address).await;
        socket.write_all(&masked(0x82, &hello().encode())[..at]).await.unwrap();
        socket.shutdown().await.unwrap();
        let ended = timeout(PATIENCE, socket.read_to_end(&mut Vec::new())).await;
        assert!(ended.is_ok(), "cut at {at}");
    }
    scene.goes_on("WebSockets that were cut off").await;
    scene.ends_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_by_chance_end_or_are_answered() {
    let mut scene = Scene::new().await;
    for seed in 0..100 {
        let mut random = Random::new(seed);
        let mut below = move |limit: usize| (random.next_u64() % limit as u64) as usize;
        let mut socket = scene.greeted().await;
        for n in 0..20u32 {
            let kind = Kind::ALL[below(Kind::ALL.len())] as u8;
            let stream = if below(2) == 0 { 2 * n + 1 } else { below(8) as u32 };
            let mut message = vec![kind];
            message.extend(stream.to_be_bytes());
            message.extend((0..below(30)).map(|_| below(256) as u8));
            // An OPEN that can be read makes it last longer.
            if below(2) == 0 {
                message = Frame::Open(StreamId(2 * n + 1), scene.target()).encode();
            }
            if socket.send(Message::Binary(message.into())).await.is_err() {
                break;
            }
        }
        let _ = socket.send(Message::Binary(Frame::Ping(seed).encode().into())).await;
        let answered = async {
            while let Some(message) = frame_of(&mut socket).await {
                match Frame::decode(&message).unwrap() {
                    Frame::Pong(number) if number == seed => return true,
                    Frame::Goaway(_) => return true,
                    _ => {}
                }
            }
            true
        };
        assert!(timeout(PATIENCE, answered).await.is_ok(), "seed {seed}: neither PONG nor an end");
    }
    scene.goes_on("frames by chance").await;
    scene.ends_well();
}

/// Who sends an octet now and then holds a connection only as long as the limits say.
#[tokio::test(flavor = "multi_thread")]
async fn who_sends_one_octet_at_a_time_is_sent_away() {
    let soon = Duration::from_millis(400);
    let relay = relay_with(Limits { headers: soon, hello: soon, ..Limits::default() }).await;
    let bystander = TunnelClient::connect(relay.address()).await;
    let mut stream = bystander.open_address(server(true).await).await.unwrap();

    let endless =
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ".iter().chain([b'x'; 64].iter().cycle());
    let mut socket = TcpStream::connect(relay.address()).await.unwrap();
    drip(&mut socket, endless.copied()).await;

    let mut socket = raw(relay.address()).await;
    let heard = drip(&mut socket, masked(0x82, &[0; 60_000]).into_iter()).await;
    assert!(says(&heard, Reason::HELLO_LATE), "{heard:x?}");

    stream.write(b"still here").await.unwrap();
    assert_eq!(stream.read_exactly(10).await, b"still here");
    relay.stop().await;

    let limits = Limits { ping_after: soon, silence: 2 * soon, ..Limits::default() };
    let relay = relay_with(limits).await;
    let mut socket = raw(relay.address()).await;
    socket.write_all(&masked(0x82, &hello().encode())).await.unwrap();
    let heard = drip(&mut socket, masked(0x82, &[0; 60_000]).into_iter()).await;
    assert!(says(&heard, Reason::SILENT), "{heard:x?}");
    relay.stop().await;
}

async fn relay_with(limits: Limits) -> Relay {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    relay::start(Config { listen, policy: PolicyName::Open, limits, ..Config::default() })
        .await
        .unwrap()
}
