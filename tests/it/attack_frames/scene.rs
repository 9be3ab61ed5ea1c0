//! The relay that is attacked, who must not notice, and frames written by hand.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use shared::tunnel::*;
use tests::alone::Alone;
use tests::tunnel::{TunnelClient, TunnelStream, request, websocket};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

/// Only fails.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// What the relay may need beside what it began with, at any moment of all attacks together: less than the 32 MiB of one
/// session with all its streams and their windows (docs/tunnel.md, "Limits").
pub(super) const MEMORY: u64 = 24 << 20;

pub(super) type Socket = WebSocketStream<TcpStream>;

/// What is attacked, and what must not notice.
pub(super) struct Scene {
    pub(super) relay: Alone,
    pub(super) echo: SocketAddr,
    /// Takes connections and never reads from them.
    pub(super) deaf: SocketAddr,
    _bystander: TunnelClient,
    stream: TunnelStream,
    began: Option<(u64, u64)>,
}

impl Scene {
    pub(super) async fn new() -> Scene {
        let relay = Alone::start(Path::new(env!("CARGO_BIN_EXE_relay_alone")));
        let (echo, deaf) = (server(true).await, server(false).await);
        let bystander = TunnelClient::connect(relay.address).await;
        let stream = bystander.open_address(echo).await.unwrap();
        let mut scene = Scene { began: None, relay, echo, deaf, _bystander: bystander, stream };
        scene.goes_on("the start").await;
        scene.began = scene.relay.memory();
        scene
    }

    /// A further WebSocket, with HELLO said and WELCOME heard.
    pub(super) async fn greeted(&self) -> Socket {
        let mut socket = websocket(request(self.relay.address)).await.unwrap();
        send(&mut socket, &hello()).await;
        assert!(matches!(frame_of(&mut socket).await.as_deref(), Some([0x02, ..])), "WELCOME");
        socket
    }

    /// The bystander's echo works.
    pub(super) async fn goes_on(&mut self, after: &str) {
        let echo = async {
            self.stream.write(after.as_bytes()).await.unwrap();
            self.stream.read_exactly(after.len()).await
        };
        let back = timeout(PATIENCE, echo).await.unwrap_or_else(|_| panic!("stalled by {after}"));
        assert_eq!(back, after.as_bytes());
    }

    /// These frames after the greeting end the WebSocket for this reason.
    pub(super) async fn ends(&mut self, what: &str, frames: &[Frame<'_>], reason: Reason) {
        let messages: Vec<Vec<u8>> = frames.iter().map(Frame::encode).collect();
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        self.ends_by(what, &messages, reason).await;
    }

    pub(super) async fn ends_by(&mut self, what: &str, messages: &[&[u8]], reason: Reason) {
        let mut socket = self.greeted().await;
        for message in messages {
            // It may be over before the last one.
            let _ = socket.send(Message::Binary(message.to_vec().into())).await;
        }
        assert_eq!(goaway(&mut socket).await, Some(reason), "{what}");
        self.goes_on(what).await;
    }

    pub(super) fn target(&self) -> Target {
        Target::new(self.echo.ip().to_string(), self.echo.port())
    }

    /// Nothing panicked, and the memory stayed within its bounds.
    pub(super) fn ends_well(self) {
        if let (Some((began, _)), Some((_, most))) = (self.began, self.relay.memory()) {
            let grown = most.saturating_sub(began);
            println!("{} KiB at first, {} KiB more at most", began >> 10, grown >> 10);
            assert!(grown < MEMORY, "{grown} octets more than at first");
        } else if cfg!(target_os = "linux") {
            panic!("the relay's memory is not told");
        }
        let words = self.relay.stop();
        assert!(!words.contains("panicked"), "{words}");
    }
}

/// Sends octet by octet until the other end closes; gives what it said.
pub(super) async fn drip(socket: &mut TcpStream, octets: impl Iterator<Item = u8>) -> Vec<u8> {
    let mut heard = Vec::new();
    for octet in octets {
        if socket.write_all(&[octet]).await.is_err() {
            break;
        }
        // The pause is the attack; an answer ends it.
        let pause = Duration::from_millis(5);
        if let Ok(Ok(0) | Err(_)) = timeout(pause, socket.read_buf(&mut heard)).await {
            return heard;
        }
    }
    timeout(PATIENCE, socket.read_to_end(&mut heard)).await.expect("the relay closes").ok();
    heard
}

/// Is there a GOAWAY of this reason among what the relay wrote?
pub(super) fn says(heard: &[u8], reason: Reason) -> bool {
    let mut goaway = vec![Kind::Goaway as u8, 0, 0, 0, 0];
    goaway.extend(reason.0.to_be_bytes());
    heard.windows(goaway.len()).any(|part| part == goaway)
}

pub(super) async fn server(answers: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut socket, _)) = listener.accept().await {
            if answers {
                tokio::spawn(async move {
                    let (mut read, mut write) = socket.split();
                    let _ = tokio::io::copy(&mut read, &mut write).await;
                });
            } else {
                kept.push(socket);
            }
        }
    });
    address
}

/// A WebSocket whose own frames are written by hand.
pub(super) async fn raw(relay: SocketAddr) -> TcpStream {
    websocket(request(relay)).await.unwrap().into_inner()
}

/// A WebSocket that takes in little.
pub(super) async fn narrow(scene: &Scene) -> Socket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut socket = socket.connect(scene.relay.address).await.unwrap();
    let at = scene.relay.address;
    let head = format!(
        "GET /tunnel HTTP/1.1\r\nHost: {at}\r\nOrigin: http://{at}\r\nConnection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: {SUBPROTOCOL}\r\n\
         Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(socket.read_u8().await.unwrap());
    }
    assert!(answer.starts_with(b"HTTP/1.1 101 "));
    WebSocketStream::from_raw_socket(socket, Role::Client, None).await
}

/// One frame of RFC 6455 as a client sends it, with a mask of zeros.
pub(super) fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        length @ 0..126 => frame.push(0x80 | length as u8),
        length => {
            frame.push(0x80 | 126);
            frame.extend((length as u16).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend_from_slice(payload);
    frame
}

pub(super) fn greeting() -> Hello {
    Hello { version: VERSION, client: "attack".into() }
}

pub(super) fn hello() -> Frame<'static> {
    Frame::Hello(greeting())
}

pub(super) fn opened() -> OpenedInfo {
    let at = SocketAddr::from(([127, 0, 0, 1], 1));
    OpenedInfo {
        local: at,
        peer: at,
        window: 1,
        dns: Duration::ZERO,
        connect: Duration::ZERO,
        resolved: Vec::new(),
        attempts: Vec::new(),
    }
}

pub(super) async fn send(socket: &mut Socket, frame: &Frame<'_>) {
    socket.send(Message::Binary(frame.encode().into())).await.unwrap();
}

/// The next frame of the tunnel; `None` if the WebSocket has ended.
pub(super) async fn frame_of(socket: &mut Socket) -> Option<Vec<u8>> {
    let next = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Binary(octets))) => return Some(octets.to_vec()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    };
    timeout(PATIENCE, next).await.expect("a frame or the end")
}

/// The reason with which the relay ends it.
pub(super) async fn goaway(socket: &mut Socket) -> Option<Reason> {
    let mut reason = None;
    while let Some(message) = frame_of(socket).await {
        if let Ok(Frame::Goaway(goaway)) = Frame::decode(&message) {
            reason = Some(goaway.reason);
        }
    }
    reason
}
