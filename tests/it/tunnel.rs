//! Real bytes through the relay: what a socket does, the page sees.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use relay::{Config, Limits, PolicyName, Relay};
use shared::tunnel::{Family, PAGE_WINDOW, Phase, Reason, Target};
use tests::tunnel::{Refused, TunnelClient};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A relay that may connect to the servers of these tests.
pub(crate) async fn open_relay() -> Relay {
    relay_with(Limits::default()).await
}

pub(crate) async fn relay_with(limits: Limits) -> Relay {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    relay::start(Config { listen, policy: PolicyName::Open, limits, ..Config::default() })
        .await
        .unwrap()
}

/// A server that does `serve` with every connection.
pub(crate) async fn server<F, Fut>(serve: F) -> SocketAddr
where
    F: Fn(TcpStream) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(serve(socket));
        }
    });
    address
}

pub(crate) async fn echo() -> SocketAddr {
    server(|mut socket| async move {
        let (mut read, mut write) = socket.split();
        let _ = tokio::io::copy(&mut read, &mut write).await;
        let _ = write.shutdown().await;
    })
    .await
}

/// Bytes that tell if one is missing or doubled.
pub(crate) fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at ^ (at >> 8) ^ (at >> 16)) as u8).collect()
}

#[tokio::test]
async fn an_echo_comes_back_with_what_connect_learnt() {
    let (relay, echo) = (open_relay().await, echo().await);
    let client = TunnelClient::connect(relay.address()).await;
    assert_eq!((client.welcome.policy.as_str(), client.welcome.max_streams), ("open", 64));
    assert!(!client.welcome.hostname.is_empty());
    let mut stream = client.open("localhost", echo.port()).await.unwrap();
    assert_eq!(stream.info.peer, echo);
    assert_eq!(stream.info.local.ip(), echo.ip());
    assert!(stream.info.resolved.contains(&echo.ip()));
    let last = stream.info.attempts.last().unwrap();
    assert_eq!((last.address, last.errno), (echo.ip(), 0));
    stream.write(b"hello").await.unwrap();
    assert_eq!(stream.read_exactly(5).await, b"hello");
    assert!(client.ping().await < Duration::from_secs(5));
    relay.stop().await;
    let over = client.over().await;
    assert!(over.contains("stopping"), "{over}");
}

#[tokio::test(flavor = "multi_thread")]
async fn megabytes_arrive_whole_on_many_streams() {
    let (relay, echo) = (open_relay().await, echo().await);
    let client = TunnelClient::connect(relay.address()).await;
    let bytes = pattern(3 << 20);
    join_all((0..8).map(|_| async {
        let mut stream = client.open_address(echo).await.unwrap();
        let mut back = Vec::new();
        for part in bytes.chunks(100_000) {
            stream.write(part).await.unwrap();
            back.extend(stream.read_exactly(part.len()).await);
        }
        stream.finish();
        back.extend(stream.read_to_end().await.0);
        assert!(back == bytes);
    }))
    .await;
}

#[tokio::test]
async fn a_server_that_speaks_and_leaves_is_heard_200_times_of_200() {
    let relay = open_relay().await;
    let server = server(|mut socket| async move {
        socket.write_all(b"twelve bytes").await.unwrap();
    })
    .await;
    let client = TunnelClient::connect(relay.address()).await;
    for round in 0..200 {
        let mut stream = client.open_address(server).await.unwrap();
        let (bytes, reset) = stream.read_to_end().await;
        assert_eq!((&bytes[..], reset), (&b"twelve bytes"[..], None), "round {round}");
        stream.finish();
    }
}

#[tokio::test]
async fn the_page_may_finish_first_and_still_hear_everything() {
    let relay = open_relay().await;
    let server = server(|mut socket| async move {
        let mut asked = Vec::new();
        socket.read_to_end(&mut asked).await.unwrap();
        socket.write_all(format!("{} bytes", asked.len()).as_bytes()).await.unwrap();
    })
    .await;
    let client = TunnelClient::connect(relay.address()).await;
    let mut stream = client.open_address(server).await.unwrap();
    stream.write(&pattern(1 << 20)).await.unwrap();
    stream.finish();
    assert_eq!(stream.read_to_end().await, (b"1048576 bytes".to_vec(), None));
}

#[tokio::test]
async fn the_server_may_finish_first_and_still_hear_everything() {
    let relay = open_relay().await;
    let (told, mut tell) = tokio::sync::mpsc::channel(1);
    let server = server(move |mut socket| {
        let told = told.clone();
        async move {
            socket.shutdown().await.unwrap();
            let mut heard = Vec::new();
            socket.read_to_end(&mut heard).await.unwrap();
            told.send(heard).await.unwrap();
        }
    })
    .await;
    let client = TunnelClient::connect(relay.address()).await;
    let mut stream = client.open_address(server).await.unwrap();
    assert_eq!(stream.read_to_end().await, (Vec::new(), None));
    stream.write(&pattern(700_000)).await.unwrap();
    stream.finish();
    assert!(tell.recv().await.unwrap() == pattern(700_000));
}

#[tokio::test]
async fn a_reset_of_the_server_comes_with_its_errno_after_its_bytes() {
    let relay = open_relay().await;
    let server = server(|mut socket| async move {
        socket.write_all(b"half a li").await.unwrap();
        // The page's byte says that it has heard this much: a reset may overtake bytes in TCP.
        socket.read_u8().await.unwrap();
        socket.set_zero_linger().unwrap();
    })
    .await;
    let client = TunnelClient::connect(relay.address()).await;
    let mut stream = client.open_address(server).await.unwrap();
    assert_eq!(stream.read_exactly(9).await, b"half a li");
    stream.write(b"x").await.unwrap();
    let (rest, reset) = stream.read_to_end().await;
    let reset = reset.unwrap();
    assert!(rest.is_empty());
    assert_eq!((reset.reason, reset.phase), (Reason::PEER_RESET, Phase::Read));
    assert_ne!(reset.errno, 0);
    assert!(reset.text.contains("reset"), "{}", reset.text);
}

#[tokio::test]
async fn who_writes_to_a_server_that_has_left_is_told() {
    let relay = open_relay().await;
    let server = server(|socket| async move { drop(socket) }).await;
    let client = TunnelClient::connect(relay.address()).await;
    let mut stream = client.open_address(server).await.unwrap();
    assert_eq!(stream.read_to_end().await, (Vec::new(), None));
    // The first bytes make the server's kernel answer with a reset, the next ones meet it.
    let reset = loop {
        if let Err(reset) = stream.write(b"is anybody there?").await {
            break reset;
        }
        client.ping().await;
    };
    assert_eq!(reset.phase, Phase::Write);
    assert_ne!(reset.errno, 0);
}

#[tokio::test]
async fn a_reset_of_the_page_reaches_the_server_as_a_reset() {
    let relay = open_relay().await;
    let (told, mut tell) = tokio::sync::mpsc::channel(1);
    let server = server(move |mut socket| {
        let told = told.clone();
        async move {
            let mut heard = Vec::new();
            let end = socket.read_to_end(&mut heard).await;
            told.send(end.map_err(|error| error.kind())).await.unwrap();
        }
    })
    .await;
    let client = TunnelClient::connect(relay.address()).await;
    client.open_address(server).await.unwrap().reset();
    assert_eq!(tell.recv().await.unwrap(), Err(std::io::ErrorKind::ConnectionReset));
    // A page that is closed leaves no connection behind either.
    let stream = client.open_address(server).await.unwrap();
    drop(client);
    drop(stream);
    assert_eq!(tell.recv().await.unwrap(), Err(std::io::ErrorKind::ConnectionReset));
}

#[tokio::test]
async fn a_port_without_a_server_is_refused_with_its_errno() {
    let relay = open_relay().await;
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let client = TunnelClient::connect(relay.address()).await;
    let Err(Refused::Relay(reset)) = client.open_address(free).await else { panic!("opened") };
    assert_eq!((reset.reason, reset.phase), (Reason::REFUSED, Phase::Connect));
    assert_ne!(reset.errno, 0);
    assert!(reset.text.contains(&free.to_string()), "{}", reset.text);
}

#[tokio::test]
async fn what_cannot_be_connected_to_is_refused_in_its_phase() {
    let relay = open_relay().await;
    let client = TunnelClient::connect(relay.address()).await;
    let family = Target { family: Family::V6, ..Target::new("127.0.0.1", 9) };
    for (target, reason, phase) in [
        (Target::new("no-such-name.invalid", 80), Reason::NAME_NOT_FOUND, Phase::Resolve),
        (family, Reason::NAME_NOT_FOUND, Phase::Resolve),
        (Target::new("", 80), Reason::BAD_TARGET, Phase::Local),
        (Target::new("127.0.0.1", 0), Reason::BAD_TARGET, Phase::Local),
        (Target::new("0.0.0.0", 80), Reason::NOT_ALLOWED, Phase::Policy),
        (Target::new("127.0.0.1", relay.address().port()), Reason::NOT_ALLOWED, Phase::Policy),
        (
            Target::new("::ffff:127.0.0.1", relay.address().port()),
            Reason::NOT_ALLOWED,
            Phase::Policy,
        ),
        (Target::new("practice.lab", 9), Reason::NOT_ALLOWED, Phase::Policy),
    ] {
        let host = target.host.clone();
        let Err(Refused::Relay(reset)) = client.open_target(target).await else { panic!("opened") };
        assert_eq!((reset.reason, reset.phase), (reason, phase), "{host}: {reset}");
    }
}

#[tokio::test]
async fn a_stalled_reader_delays_no_other_stream_and_stops_the_server() {
    let relay = open_relay().await;
    let (sent, sending) = tokio::sync::watch::channel(0usize);
    let flood = server(move |mut socket| {
        let sent = sent.clone();
        async move {
            let block = [0x55; 64 * 1024];
            while socket.write_all(&block).await.is_ok() {
                sent.send_modify(|sent| *sent += block.len());
            }
        }
    })
    .await;
    let echo = echo().await;
    let client = TunnelClient::connect(relay.address()).await;
    let mut stalled = client.open_address(flood).await.unwrap();
    let mut lively = client.open_address(echo).await.unwrap();
    let bytes = pattern(100_000);
    for _ in 0..40 {
        lively.write(&bytes).await.unwrap();
        assert!(lively.read_exactly(bytes.len()).await == bytes);
    }
    // The window, and what two kernels hold between the server and the relay; not a flood.
    let held = *sending.borrow();
    assert!(held < (PAGE_WINDOW as usize) + (32 << 20), "{held} bytes left the server");
    // It has lost nothing.
    let more = stalled.read_exactly(held + (1 << 20)).await;
    assert!(more.len() > held && more.iter().all(|byte| *byte == 0x55));
}

#[tokio::test]
async fn streams_over_the_limit_wait_for_no_socket() {
    let limits = Limits { streams: 2, ..Limits::default() };
    let (relay, echo) = (relay_with(limits).await, echo().await);
    let client = TunnelClient::connect(relay.address()).await;
    let mut first = client.open_address(echo).await.unwrap();
    let _second = client.open_address(echo).await.unwrap();
    let Err(Refused::Local(error)) = client.open_address(echo).await else { panic!("opened") };
    assert!(error.to_string().contains("allows 2 connections"), "{error}");
    first.finish();
    assert_eq!(first.read_to_end().await, (Vec::new(), None));
    assert!(client.open_address(echo).await.is_ok());
}

/// Its practice servers end at the same moment; a page that heard of their end first would take it for the session's.
#[tokio::test]
async fn a_relay_that_stops_says_so_before_its_practice_servers_end() {
    let all = Arc::new(());
    // On a busy machine it is chance which of the relay's threads learns first.
    for _ in 0..3 {
        let one = Arc::downgrade(&all);
        std::thread::spawn(move || while one.strong_count() > 0 {});
    }
    for _ in 0..100 {
        let relay = open_relay().await;
        let pop3 = relay.endpoints().iter().find(|e| e.protocol == "pop3").unwrap().address;
        let client = TunnelClient::connect(relay.address()).await;
        let mut streams = join_all((0..4).map(|_| client.open_address(pop3))).await;
        for stream in streams.iter_mut().flatten() {
            assert!(stream.read_exactly(3).await.starts_with(b"+OK"));
        }
        relay.stop().await;
        for stream in streams.iter_mut().flatten() {
            let (_, end) = stream.read_to_end().await;
            assert_eq!(end.map(|reset| reset.reason), Some(Reason::GONE));
        }
    }
}
