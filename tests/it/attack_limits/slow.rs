//! Pages that do not read, do not speak, rest, stay for ever, or break the rules.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{SinkExt, StreamExt};
use relay::{Limits, Relay};
use shared::tunnel::{Frame, Goaway, MAX_WINDOW, Mux, Reason, StreamId, Target};
use tests::log;
use tests::tunnel::{TunnelClient, request, websocket};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::{SHORT, SOON, THERE, echo, endless, relay, server, still_echoes};

/// A page at the level of frames, which does only what it is told to.
struct Raw {
    socket: WebSocketStream<TcpStream>,
    mux: Mux,
    start: Instant,
}

impl Raw {
    async fn connect(relay: &Relay) -> Raw {
        let socket = websocket(request(relay.address())).await.unwrap();
        let mut raw = Raw { socket, mux: Mux::page("raw"), start: Instant::now() };
        while raw.mux.welcome().is_none() {
            raw.send().await;
            let Some(Ok(Message::Binary(bytes))) = raw.socket.next().await else {
                panic!("closed")
            };
            raw.mux.receive(&bytes, raw.start.elapsed()).unwrap();
        }
        raw
    }

    async fn send(&mut self) {
        while let Some(message) = self.mux.poll_message(self.start.elapsed()) {
            self.socket.send(Message::Binary(message.into())).await.unwrap();
        }
    }

    /// Asks for a stream with as much credit as there may be.
    async fn open(&mut self, address: SocketAddr) {
        let target = Target::new(address.ip().to_string(), address.port());
        self.mux.open(Target { window: MAX_WINDOW, ..target }).unwrap();
        self.send().await;
    }

    /// Reads on without a word, to the end.
    async fn farewell(mut self) -> Option<Goaway> {
        while let Some(Ok(message)) = self.socket.next().await {
            if let Message::Binary(bytes) = message
                && let Ok(Frame::Goaway(goaway)) = Frame::decode(&bytes)
            {
                return Some(goaway);
            }
        }
        None
    }
}

#[tokio::test]
async fn a_page_that_never_reads_is_ended_and_holds_only_its_windows() {
    log::keep();
    let relay = relay(Limits { unread: SHORT, ..Limits::default() }).await;
    let written = Arc::new(AtomicUsize::new(0));
    let (over, is_over) = oneshot::channel();
    let over = Arc::new(std::sync::Mutex::new(Some(over)));
    let count = Arc::clone(&written);
    let endless = server(move |mut socket| {
        let (count, over) = (Arc::clone(&count), over.lock().unwrap().take());
        async move {
            while let Ok(octets) = socket.write(&[7; 16 * 1024]).await {
                count.fetch_add(octets, Ordering::SeqCst);
            }
            let _ = over.expect("one connection").send(());
        }
    })
    .await;
    let other = TunnelClient::connect(relay.address()).await;
    let mut stream = other.open_address(echo().await).await.unwrap();

    let mut page = Raw::connect(&relay).await;
    let page_address = page.socket.get_ref().local_addr().unwrap();
    page.open(endless).await;
    // It goes on to speak, so it is not silent.
    let speaks = async {
        let ping = Frame::Pong(0).encode();
        let ignored = [&[0x80][..], &ping[1..]].concat();
        while page.socket.send(Message::binary(ignored.clone())).await.is_ok() {
            tokio::task::yield_now().await;
        }
        std::future::pending::<()>().await;
    };
    let others = async {
        loop {
            still_echoes(&mut stream).await;
        }
    };
    tokio::select! {
        ended = timeout(SOON, is_over) => ended.expect("it ends").unwrap(),
        () = speaks => unreachable!("it never ends"),
        () = others => unreachable!("it never ends"),
    }
    // The relay itself holds 128 KiB for the stream and as much for the WebSocket. The rest is what
    // the kernels of a fast server and of a page take, on one machine twice.
    let written = written.load(Ordering::SeqCst);
    assert!(written < 64 * 1024 * 1024, "{written}");
    still_echoes(&mut other.open_address(stream.info.peer).await.unwrap()).await;
    // The relay tells of the page when it has reset the server.
    let address = format!("page={page_address}");
    let why = "Nothing of what the relay sent was read for 200ms.";
    let told = async {
        while !log::kept_of(&address).contains(why) {
            tokio::task::yield_now().await;
        }
    };
    timeout(SOON, told).await.unwrap_or_else(|_| panic!("{}", log::kept_of(&address)));
}

#[tokio::test]
async fn a_page_that_reads_and_never_answers_is_told_why_it_ends() {
    let relay = relay(Limits { unread: SHORT, ..Limits::default() }).await;
    let mut page = Raw::connect(&relay).await;
    page.open(endless().await).await;
    let goaway = timeout(SOON, page.farewell()).await.expect("it ends").expect("GOAWAY");
    assert_eq!(goaway.reason, Reason::NOT_READING);
    assert!(goaway.text.contains("200ms"), "{goaway:?}");
}

#[tokio::test]
async fn a_page_that_opens_and_never_speaks_is_sent_away() {
    let relay = relay(Limits { hello: SHORT, ..Limits::default() }).await;
    let silent = websocket(request(relay.address())).await.unwrap();
    // Half a frame, and ever more of it, is nothing said.
    let mut dribbling = websocket(request(relay.address())).await.unwrap();
    let raw = dribbling.get_mut();
    raw.write_all(&[0x82, 0xfe, 0x40, 0x00, 1, 2, 3, 4]).await.unwrap();
    for _ in 0..1000 {
        raw.write_all(b"x").await.unwrap();
        tokio::task::yield_now().await;
    }
    for mut socket in [silent, dribbling] {
        let message = timeout(SOON, socket.next()).await.expect("it ends");
        let Some(Ok(Message::Binary(bytes))) = message else { panic!("{message:?}") };
        let Ok(Frame::Goaway(goaway)) = Frame::decode(&bytes) else { panic!("{bytes:?}") };
        assert_eq!(goaway.reason, Reason::HELLO_LATE);
    }
}

#[tokio::test]
async fn a_connection_that_rests_is_reset_and_one_that_dribbles_is_not() {
    let relay = relay(Limits { idle: SHORT, ..Limits::default() }).await;
    let client = TunnelClient::connect(relay.address()).await;
    let mut rests = client.open_address(echo().await).await.unwrap();
    let mut dribbles = client.open_address(echo().await).await.unwrap();
    let reset = tokio::select! {
        read = timeout(SOON, rests.read()) => read.expect("it ends").unwrap_err(),
        () = async { loop { still_echoes(&mut dribbles).await } } => unreachable!("it never ends"),
    };
    assert_eq!(reset.reason, Reason::IDLE);
    assert!(reset.text.contains("200ms"), "{reset}");
    dribbles.finish();
    assert_eq!(dribbles.read_to_end().await.1, None);
}

#[tokio::test]
async fn sessions_without_a_socket_end_and_none_lasts_for_ever() {
    let unused = relay(Limits { unused: SHORT, ..Limits::default() }).await;
    let client = TunnelClient::connect(unused.address()).await;
    let over = timeout(SOON, client.over()).await.expect("it ends");
    assert!(over.contains("The session had no connection for 200ms"), "{over}");

    let old = relay(Limits { session: SHORT, unused: SHORT, ..Limits::default() }).await;
    let client = TunnelClient::connect(old.address()).await;
    let mut stream = client.open_address(echo().await).await.unwrap();
    let busy = async {
        while stream.write(b"x").await.is_ok() && stream.read().await.is_ok() {}
        client.over().await
    };
    let over = timeout(SOON, busy).await.expect("it ends");
    assert!(over.contains("A session lasts 200ms at most"), "{over}");
}

#[tokio::test]
async fn who_breaks_the_rules_ends_alone() {
    let relay = relay(Limits::default()).await;
    let echo = echo().await;
    let others = [
        TunnelClient::connect(relay.address()).await,
        TunnelClient::connect_from(THERE, relay.address()).await,
    ];
    let mut streams = Vec::new();
    for other in &others {
        streams.push(other.open_address(echo).await.unwrap());
    }
    for (frame, reason) in [
        (Frame::Fin(StreamId(99)).encode(), Reason::UNKNOWN_STREAM),
        (Frame::Window(StreamId(0), 1).encode(), Reason::MALFORMED),
        (vec![0x7f, 0, 0, 0, 0], Reason::UNKNOWN_FRAME),
        (vec![1], Reason::MALFORMED),
    ] {
        let mut page = Raw::connect(&relay).await;
        page.open(echo).await;
        page.socket.send(Message::binary(frame)).await.unwrap();
        let goaway = timeout(SOON, page.farewell()).await.expect("it ends").expect("GOAWAY");
        assert_eq!(goaway.reason, reason, "{}", goaway.text);
        assert!(!goaway.text.is_empty());
        for stream in &mut streams {
            still_echoes(stream).await;
        }
    }
}
