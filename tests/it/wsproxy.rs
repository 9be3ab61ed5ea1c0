//! Wsproxy: one connection, its bytes as messages.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use tests::tunnel::websocket;
use tests::wisp::request;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::http::{HeaderValue, header};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::tunnel::{echo, open_relay, pattern, server};
use crate::wisp::{DEADLINE, told_by};

async fn connect(relay: &relay::Relay, target: impl ToString) -> WebSocketStream<TcpStream> {
    websocket(request(relay.address(), &format!("/wisp/{}", target.to_string()))).await.unwrap()
}

/// All bytes until the relay closes, and what it says then.
async fn to_the_end(socket: &mut WebSocketStream<TcpStream>) -> (Vec<u8>, Option<CloseFrame>) {
    let (mut all, mut last) = (Vec::new(), None);
    loop {
        let next = timeout(DEADLINE, socket.next()).await;
        let Some(Ok(message)) = next.expect("the relay closes within the deadline") else { break };
        match message {
            Message::Binary(bytes) => all.extend(bytes),
            Message::Close(frame) => last = frame,
            _ => {}
        }
    }
    (all, last)
}

#[tokio::test]
async fn bytes_go_both_ways() {
    let (relay, echo) = (open_relay().await, echo().await);
    let mut socket = connect(&relay, echo).await;
    socket.send(Message::text("text has ")).await.unwrap();
    socket.send(Message::binary(b"bytes, too".to_vec())).await.unwrap();
    let mut back = Vec::new();
    while back.len() < 19 {
        back.extend(socket.next().await.unwrap().unwrap().into_data());
    }
    assert_eq!(back, b"text has bytes, too");
    let (mut out, mut back) = socket.split();
    let bytes = pattern(4 << 20);
    let sending = async {
        for part in bytes.chunks(300_000) {
            out.send(Message::binary(part.to_vec())).await.unwrap();
        }
    };
    let receiving = async {
        let mut all = Vec::new();
        while all.len() < bytes.len() {
            all.extend(back.next().await.unwrap().unwrap().into_data());
        }
        assert!(all == bytes);
    };
    tokio::join!(sending, receiving);
}

#[tokio::test]
async fn the_end_of_the_server_is_the_end_of_the_websocket() {
    let relay = open_relay().await;
    let server = server(|mut socket| async move {
        socket.write_all(b"twelve bytes").await.unwrap();
    })
    .await;
    for _ in 0..200 {
        let (bytes, end) = to_the_end(&mut connect(&relay, server).await).await;
        assert_eq!((bytes, end.unwrap().code), (b"twelve bytes".to_vec(), CloseCode::Normal));
    }
}

#[tokio::test]
async fn the_end_of_the_websocket_is_the_end_for_the_server() {
    let relay = open_relay().await;
    let (told, mut tell) = tokio::sync::mpsc::channel(1);
    let server = server(move |mut socket| {
        let told = told.clone();
        async move {
            let mut heard = Vec::new();
            socket.read_to_end(&mut heard).await.unwrap();
            told.send(heard).await.unwrap();
        }
    })
    .await;
    let mut socket = connect(&relay, server).await;
    socket.feed(Message::binary(pattern(900_000))).await.unwrap();
    socket.close(None).await.unwrap();
    assert!(told_by(&mut tell).await == pattern(900_000));
    assert_eq!(to_the_end(&mut socket).await.0, b"");
}

#[tokio::test]
async fn a_connection_that_fails_is_told_with_a_sentence() {
    let relay = open_relay().await;
    let nobody = tests::free_address();
    let own = SocketAddr::from(([127, 0, 0, 1], relay.address().port()));
    for (target, code, says) in [
        (nobody.to_string(), CloseCode::Error, "nothing listens on this port"),
        ("no-such-name.invalid:80".to_owned(), CloseCode::Error, "No address was found"),
        (own.to_string(), CloseCode::Policy, "the relay's own machine"),
        (
            format!("[::ffff:127.0.0.1]:{}", own.port()),
            CloseCode::Policy,
            "the relay's own machine",
        ),
    ] {
        let (bytes, end) = to_the_end(&mut connect(&relay, &target).await).await;
        let end = end.unwrap_or_else(|| panic!("{target}: no last words"));
        assert_eq!((bytes.len(), end.code), (0, code), "{target}: {}", end.reason);
        assert!(end.reason.contains(says), "{target}: {}", end.reason);
    }
}

#[tokio::test]
async fn what_names_no_host_and_port_is_refused_before_the_upgrade() {
    let relay = open_relay().await;
    for target in ["example.org", "example.org:0", "::1:80", "a/b:80"] {
        let refused = websocket(request(relay.address(), &format!("/wisp/{target}"))).await;
        let Err(Error::Http(answer)) = refused else { panic!("{target} was upgraded") };
        assert_eq!(answer.status(), 400, "{target}");
    }
}

#[tokio::test]
async fn binary_is_picked_if_it_is_offered() {
    let (relay, echo) = (open_relay().await, echo().await);
    let mut offer = request(relay.address(), &format!("/wisp/{echo}"));
    let headers = offer.headers_mut();
    headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("binary"));
    // The client fails if what it offered is not answered.
    let mut socket = websocket(offer).await.unwrap();
    socket.send(Message::binary(b"hello".to_vec())).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap().into_data(), b"hello".as_slice());
}
