//! Our Wisp client against our relay.

use std::net::SocketAddr;
use std::time::Duration;

use relay::{Config, Limits, PolicyName};
use shared::wisp::{CREDIT, CloseReason, MAX_MESSAGE, Packet, Transport};
use tests::wisp::{WispClient, request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream, UdpSocket};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::http::header;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::tunnel::{echo, open_relay, pattern, relay_with, server};

pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// What a server tells when it has heard everything.
pub(crate) async fn told_by<T>(tell: &mut mpsc::Receiver<T>) -> T {
    let told = timeout(DEADLINE, tell.recv()).await;
    told.expect("the server hears the end within the deadline").expect("the server runs")
}

#[tokio::test]
async fn megabytes_arrive_whole_on_many_streams() {
    let (relay, echo) = (open_relay().await, echo().await);
    let mut client = WispClient::connect(relay.address()).await;
    let bytes = pattern(3 << 20);
    let ids: Vec<u32> = (0..8).map(|_| client.tcp(echo)).collect();
    for part in bytes.chunks(1 << 20) {
        for &id in &ids {
            assert!(client.write(id, part).await);
        }
        for &id in &ids {
            assert!(client.read_exactly(id, part.len()).await == part);
        }
    }
    relay.stop().await;
    assert_eq!(client.over().await.unwrap().code, CloseCode::Away);
}

#[tokio::test]
async fn every_reason_is_the_real_one() {
    let relay = open_relay().await;
    let mut client = WispClient::connect(relay.address()).await;
    let refused = tests::free_address().port();
    for (transport, host, port, reason) in [
        (Transport::Tcp, "127.0.0.1", refused, CloseReason::REFUSED),
        (Transport::Tcp, "localhost", refused, CloseReason::REFUSED),
        (Transport::Tcp, "no-such-name.invalid", 80, CloseReason::UNREACHABLE),
        (Transport::Udp, "no-such-name.invalid", 80, CloseReason::UNREACHABLE),
        (Transport::Tcp, "127.0.0.1", relay.address().port(), CloseReason::BLOCKED),
        (Transport::Tcp, "::ffff:127.0.0.1", relay.address().port(), CloseReason::BLOCKED),
        (Transport::Udp, "127.0.0.1", relay.address().port(), CloseReason::BLOCKED),
        (Transport::Tcp, "practice.lab", 9, CloseReason::BLOCKED),
        (Transport::Tcp, "127.0.0.1", 0, CloseReason::INVALID),
        (Transport::Tcp, "", 80, CloseReason::INVALID),
    ] {
        let id = client.open(transport, host, port);
        assert_eq!(client.read(id).await, Err(reason), "{host}:{port}");
    }
}

/// A listener whose queue is full answers to nothing, as a firewall would.
#[tokio::test]
async fn a_host_that_does_not_answer_is_given_up() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let listener = socket.listen(1).unwrap();
    let full = listener.local_addr().unwrap();
    let queue = async { [TcpStream::connect(full).await, TcpStream::connect(full).await] };
    let limits = Limits { connect: Duration::from_millis(200), ..Limits::default() };
    let (relay, _queue) = tokio::join!(relay_with(limits), queue);
    let mut client = WispClient::connect(relay.address()).await;
    let id = client.tcp(full);
    assert_eq!(client.read(id).await, Err(CloseReason::CONNECT_TIMEOUT));
}

#[tokio::test]
async fn under_the_default_policy_it_reaches_the_practice_servers_only() {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = Config { listen, policy: PolicyName::Lab, ..Config::default() };
    let (relay, echo) = (relay::start(config).await.unwrap(), echo().await);
    let mut client = WispClient::connect(relay.address()).await;
    let id = client.open(Transport::Tcp, "practice.lab", 110);
    assert!(client.read(id).await.unwrap().starts_with(b"+OK"));
    for (transport, host) in [
        (Transport::Tcp, "127.0.0.1"),
        (Transport::Tcp, "example.org"),
        (Transport::Udp, "127.0.0.1"),
        (Transport::Udp, "practice.lab"),
    ] {
        let id = client.open(transport, host, echo.port());
        assert_eq!(client.read(id).await, Err(CloseReason::BLOCKED), "{host}");
    }
}

#[tokio::test]
async fn a_server_that_speaks_and_leaves_is_heard_200_times_of_200() {
    let relay = open_relay().await;
    let server = server(|mut socket| async move {
        socket.write_all(b"twelve bytes").await.unwrap();
    })
    .await;
    let mut client = WispClient::connect(relay.address()).await;
    for round in 0..200 {
        let id = client.tcp(server);
        let end = client.read_to_end(id).await;
        assert_eq!(end, (b"twelve bytes".to_vec(), CloseReason::VOLUNTARY), "round {round}");
    }
}

#[tokio::test]
async fn what_was_sent_before_close_reaches_the_server() {
    let relay = open_relay().await;
    let (told, mut tell) = mpsc::channel(1);
    let server = server(move |mut socket| {
        let told = told.clone();
        async move {
            // Nobody will read this; it must not cost what is still to come.
            socket.write_all(b"welcome").await.unwrap();
            let mut heard = Vec::new();
            socket.read_to_end(&mut heard).await.unwrap();
            told.send(heard).await.unwrap();
        }
    })
    .await;
    let bytes = pattern(300_000);
    let mut client = WispClient::connect(relay.address()).await;
    for round in 0..50 {
        // All three at once: the connection is not there when CLOSE comes.
        let id = client.tcp(server);
        assert_eq!(client.try_write(id, &bytes).await, bytes.len());
        client.close(id).await;
        assert!(told_by(&mut tell).await == bytes, "round {round}");
    }
    // Closing the WebSocket closes its streams.
    let id = client.tcp(server);
    assert_eq!(client.try_write(id, &bytes).await, bytes.len());
    client.leave().await;
    assert!(told_by(&mut tell).await == bytes);
}

#[tokio::test]
async fn a_reset_of_the_server_is_a_network_error_after_its_bytes() {
    let relay = open_relay().await;
    let server = server(|mut socket| async move {
        socket.write_all(b"half a li").await.unwrap();
        socket.read_u8().await.unwrap();
        socket.set_zero_linger().unwrap();
    })
    .await;
    let mut client = WispClient::connect(relay.address()).await;
    let id = client.tcp(server);
    assert_eq!(client.read_exactly(id, 9).await, b"half a li");
    client.write(id, b"x").await;
    assert_eq!(client.read_to_end(id).await, (Vec::new(), CloseReason::NETWORK_ERROR));
}

#[tokio::test]
async fn a_client_that_does_not_read_stops_the_server_and_gets_everything() {
    const LENGTH: usize = 96 << 20;
    let relay = open_relay().await;
    let (sent, sending) = tokio::sync::watch::channel(0usize);
    let bulk = server(move |mut socket| {
        let sent = sent.clone();
        async move {
            for block in pattern(LENGTH).chunks(64 * 1024) {
                socket.write_all(block).await.unwrap();
                sent.send_modify(|sent| *sent += block.len());
            }
        }
    })
    .await;
    let echo = echo().await;
    let mut stalled = WispClient::connect(relay.address()).await;
    let id = stalled.tcp(bulk);
    let first = stalled.read(id).await.unwrap();
    // The relay serves another WebSocket while this one is not read.
    let mut lively = WispClient::connect(relay.address()).await;
    let echoed = lively.tcp(echo);
    for _ in 0..60 {
        assert!(lively.write(echoed, &first).await);
        assert!(lively.read_exactly(echoed, first.len()).await == first);
    }
    // What the relay queues, and three kernels between it and both ends; not the whole.
    let held = *sending.borrow();
    assert!(held < 64 << 20, "{held} bytes left the server");
    let (rest, reason) = stalled.read_to_end(id).await;
    assert_eq!((first.len() + rest.len(), reason), (LENGTH, CloseReason::VOLUNTARY));
    assert!([first, rest].concat() == pattern(LENGTH));
}

#[tokio::test]
async fn a_flood_and_a_server_that_does_not_read_delay_no_other_stream() {
    let (relay, echo) = (open_relay().await, echo().await);
    let flood =
        server(
            |mut socket| async move { while socket.write_all(&[0x55; 64 * 1024]).await.is_ok() {} },
        )
        .await;
    let (wake, woken) = tokio::sync::watch::channel(false);
    let (told, mut tell) = mpsc::channel(1);
    let deaf = server(move |mut socket| {
        let (told, mut woken) = (told.clone(), woken.clone());
        async move {
            woken.wait_for(|woken| *woken).await.unwrap();
            let mut heard = Vec::new();
            socket.read_to_end(&mut heard).await.unwrap();
            told.send(heard).await.unwrap();
        }
    })
    .await;
    let mut client = WispClient::connect(relay.address()).await;
    let (flooded, unread, lively) = (client.tcp(flood), client.tcp(deaf), client.tcp(echo));
    client.ignore(flooded);
    let mut sent: Vec<u8> = Vec::new();
    let bytes = pattern(50_000);
    for _ in 0..40 {
        let more = pattern(1 << 20);
        let accepted = client.try_write(unread, &more).await;
        sent.extend(&more[..accepted]);
        assert!(client.write(lively, &bytes).await);
        assert!(client.read_exactly(lively, bytes.len()).await == bytes);
    }
    client.close(flooded).await;
    // When it reads at last, it has lost nothing.
    wake.send_replace(true);
    client.close(unread).await;
    assert!(told_by(&mut tell).await == sent);
}

#[tokio::test]
async fn who_sends_without_credit_loses_that_stream_only() {
    let (relay, echo) = (open_relay().await, echo().await);
    let (wake, woken) = tokio::sync::watch::channel(false);
    let (told, mut tell) = mpsc::channel(1);
    let deaf = server(move |mut socket| {
        let (told, mut woken) = (told.clone(), woken.clone());
        async move {
            woken.wait_for(|woken| *woken).await.unwrap();
            let end = tokio::io::copy(&mut socket, &mut tokio::io::sink()).await;
            told.send(end.map_err(|error| error.kind())).await.unwrap();
        }
    })
    .await;
    let mut client = WispClient::connect(relay.address()).await;
    let (lively, greedy) = (client.tcp(echo), client.tcp(deaf));
    assert!(client.write(lively, b"before").await);
    // The kernels between take some megabytes, then CREDIT packets wait.
    let packet = Packet::Data(greedy, &[7; 64 * 1024]).encode();
    let most = 64 + CREDIT as usize + (64 << 20) / packet.len();
    for _ in 0..most {
        client.send_raw(Message::Binary(packet.clone().into())).await;
    }
    assert_eq!(client.read(greedy).await, Err(CloseReason::THROTTLED));
    assert!(client.write(lively, b" and after").await);
    assert_eq!(client.read_exactly(lively, 16).await, b"before and after");
    // The server does not take a part for the whole.
    wake.send_replace(true);
    assert_eq!(told_by(&mut tell).await, Err(std::io::ErrorKind::ConnectionReset));
}

#[tokio::test]
async fn datagrams_stay_whole() {
    let relay = open_relay().await;
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = vec![0; 65_536];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            socket.send_to(&buffer[..length], from).await.unwrap();
        }
    });
    let mut client = WispClient::connect(relay.address()).await;
    let id = client.open(Transport::Udp, "127.0.0.1", address.port());
    for octets in [pattern(5), Vec::new(), pattern(65_507), pattern(1400)] {
        assert!(client.write(id, &octets).await);
        assert!(client.read(id).await.unwrap() == octets);
    }
    // One that is too long is lost, as a network loses it.
    client.write(id, &pattern(65_508)).await;
    client.write(id, b"next").await;
    assert_eq!(client.read(id).await.unwrap(), b"next");
    // Nobody there: the only thing Wisp can say is the end.
    let nobody = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let id = client.open(Transport::Udp, "127.0.0.1", nobody.port());
    client.write(id, b"anybody?").await;
    assert_eq!(client.read(id).await, Err(CloseReason::REFUSED));
}

#[tokio::test]
async fn streams_over_the_limit_are_throttled_until_one_is_closed() {
    let (relay, echo) = (open_relay().await, echo().await);
    let mut client = WispClient::connect(relay.address()).await;
    let ids: Vec<u32> = (0..64).map(|_| client.tcp(echo)).collect();
    for &id in &ids {
        assert!(client.write(id, &id.to_le_bytes()).await);
        assert_eq!(client.read_exactly(id, 4).await, id.to_le_bytes());
    }
    let over = client.tcp(echo);
    assert_eq!(client.read(over).await, Err(CloseReason::THROTTLED));
    client.close(ids[7]).await;
    let next = client.tcp(echo);
    assert!(client.write(next, b"hello").await);
    assert_eq!(client.read_exactly(next, 5).await, b"hello");
}

#[tokio::test]
async fn what_is_no_packet_ends_its_stream_or_the_websocket() {
    let (relay, echo) = (open_relay().await, echo().await);
    let mut client = WispClient::connect(relay.address()).await;
    let id = client.tcp(echo);
    client.send_raw(Message::text("text says nothing")).await;
    // A stream type that there is not, and a number that is in use.
    client.send_raw(Message::binary(b"\x01\x09\x00\x00\x00\x09\x50\x00a".to_vec())).await;
    assert!(client.write(id, b"lives").await);
    assert_eq!(client.read_exactly(id, 5).await, b"lives");
    let again = Packet::Connect { id, transport: Transport::Tcp, host: "a".into(), port: 1 };
    client.send_raw(Message::binary(again.encode())).await;
    assert_eq!(client.read(id).await, Err(CloseReason::INVALID));
    client.send_raw(Message::binary(vec![2, 1, 0, 0])).await;
    let frame = client.over().await.unwrap();
    assert_eq!(frame.code, CloseCode::Protocol);
    assert_eq!(
        frame.reason.as_str(),
        "a message of 4 bytes has no whole header; expected 5 bytes and more"
    );
    let mut client = WispClient::connect(relay.address()).await;
    client.send_raw(Message::binary(vec![2; MAX_MESSAGE + 1])).await;
    assert_eq!(client.over().await.unwrap().code, CloseCode::Size);
}

#[tokio::test]
async fn pages_of_others_are_kept_out() {
    let relay = open_relay().await;
    for path in ["/wisp/", "/wisp/127.0.0.1:80"] {
        for (name, value) in
            [(header::ORIGIN, "http://evil.example"), (header::HOST, "evil.example")]
        {
            let mut request = request(relay.address(), path);
            request.headers_mut().insert(name, value.parse().unwrap());
            let refused = tests::tunnel::websocket(request).await;
            let Err(tokio_tungstenite::tungstenite::Error::Http(answer)) = refused else {
                panic!("{path} let {value} in")
            };
            assert_eq!(answer.status(), 403);
        }
    }
}
