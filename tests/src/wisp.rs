//! A native client of Wisp: `shared::wisp::Client` over a WebSocket, for our relay and for others.
//!
//! Nothing runs beside the caller: the WebSocket is read only in calls that wait for something, so
//! who does not call reads nothing, as a page that is busy.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use shared::wisp::{Client, ClientEvent, CloseReason, Transport};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::Request;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use crate::tunnel::websocket;

/// A server that says nothing for so long has forgotten something.
const DEADLINE: Duration = Duration::from_secs(60);

pub struct WispClient {
    socket: WebSocketStream<TcpStream>,
    client: Client,
    inboxes: BTreeMap<u32, Inbox>,
    ready: bool,
    over: Option<Option<CloseFrame>>,
}

#[derive(Default)]
struct Inbox {
    packets: VecDeque<Vec<u8>>,
    closed: Option<CloseReason>,
    /// Bytes are dropped as they come.
    ignored: bool,
}

impl WispClient {
    /// Connects and waits for the first CONTINUE.
    pub async fn connect(server: SocketAddr) -> WispClient {
        let socket = websocket(request(server, "/wisp/")).await.expect("a Wisp server upgrades");
        let (client, inboxes) = (Client::new(), BTreeMap::new());
        let mut this = WispClient { socket, client, inboxes, ready: false, over: None };
        while !this.ready {
            assert!(this.receive().await, "the server closed before it greeted");
        }
        this
    }

    pub fn tcp(&mut self, to: SocketAddr) -> u32 {
        self.open(Transport::Tcp, &to.ip().to_string(), to.port())
    }

    /// Returns at once: Wisp confirms nothing. CONNECT goes with the next call that waits.
    pub fn open(&mut self, transport: Transport, host: &str, port: u16) -> u32 {
        let id = self.client.connect(transport, host, port).expect("the server has greeted");
        self.inboxes.insert(id, Inbox::default());
        id
    }

    /// The next packet, or why the stream was closed.
    pub async fn read(&mut self, id: u32) -> Result<Vec<u8>, CloseReason> {
        self.flush().await;
        loop {
            let inbox = self.inboxes.get_mut(&id).expect("a stream that was opened");
            if let Some(packet) = inbox.packets.pop_front() {
                return Ok(packet);
            }
            if let Some(reason) = inbox.closed {
                return Err(reason);
            }
            assert!(self.receive().await, "the server closed the WebSocket: {:?}", self.over);
        }
    }

    pub async fn read_to_end(&mut self, id: u32) -> (Vec<u8>, CloseReason) {
        let mut all = Vec::new();
        loop {
            match self.read(id).await {
                Ok(packet) => all.extend(packet),
                Err(reason) => return (all, reason),
            }
        }
    }

    /// Exactly so many bytes; less only if the stream ends before.
    pub async fn read_exactly(&mut self, id: u32, length: usize) -> Vec<u8> {
        let mut all = Vec::new();
        while all.len() < length {
            match self.read(id).await {
                Ok(packet) => all.extend(packet),
                Err(_) => break,
            }
        }
        all
    }

    /// Waits for credit; false if the stream ended before all was sent.
    pub async fn write(&mut self, id: u32, bytes: &[u8]) -> bool {
        let mut rest = bytes;
        loop {
            rest = &rest[self.client.send(id, rest)..];
            self.flush().await;
            if rest.is_empty() {
                return true;
            }
            if self.inboxes[&id].closed.is_some() || !self.receive().await {
                return false;
            }
        }
    }

    /// What there is credit for; does not wait for more.
    pub async fn try_write(&mut self, id: u32, bytes: &[u8]) -> usize {
        let sent = self.client.send(id, bytes);
        self.flush().await;
        sent
    }

    /// From now on this stream's bytes are read and forgotten.
    pub fn ignore(&mut self, id: u32) {
        let inbox = self.inboxes.entry(id).or_default();
        inbox.ignored = true;
        inbox.packets.clear();
    }

    pub async fn close(&mut self, id: u32) {
        self.client.close(id, CloseReason::VOLUNTARY);
        self.flush().await;
    }

    /// A message beside the rules.
    pub async fn send_raw(&mut self, message: Message) {
        self.socket.send(message).await.expect("the WebSocket takes a message");
    }

    /// The reason with which the server closes a stream that was opened by `send_raw`.
    pub fn expect(&mut self, id: u32) {
        self.inboxes.insert(id, Inbox::default());
    }

    /// Closes the WebSocket in good order.
    pub async fn leave(mut self) {
        self.flush().await;
        let _ = self.socket.close(None).await;
        while self.receive().await {}
    }

    /// Waits until the server closes the WebSocket; with its last words, if it had some.
    pub async fn over(&mut self) -> Option<CloseFrame> {
        while self.receive().await {}
        self.over.clone().flatten()
    }

    async fn flush(&mut self) {
        while let Some(message) = self.client.poll_message() {
            if self.socket.feed(Message::Binary(message.into())).await.is_err() {
                return;
            }
        }
        let _ = self.socket.flush().await;
    }

    /// Takes one message. False when the WebSocket is closed.
    async fn receive(&mut self) -> bool {
        let next = tokio::time::timeout(DEADLINE, self.socket.next()).await;
        match next.expect("the server sends something within the deadline") {
            Some(Ok(Message::Binary(message))) => {
                self.client.receive(&message).expect("a server sends packets");
            }
            Some(Ok(Message::Close(frame))) => self.over = Some(frame),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => {
                self.over.get_or_insert(None);
                return false;
            }
        }
        while let Some(event) = self.client.poll_event() {
            match event {
                ClientEvent::Ready => self.ready = true,
                ClientEvent::Data(id, bytes) => {
                    let inbox = self.inboxes.entry(id).or_default();
                    if !inbox.ignored {
                        inbox.packets.push_back(bytes);
                    }
                }
                ClientEvent::Closed(id, reason) => {
                    self.inboxes.entry(id).or_default().closed = Some(reason);
                }
                ClientEvent::Writable(_) => {}
            }
        }
        true
    }
}

/// A handshake as a program makes it: no Origin, no subprotocol.
pub fn request(server: SocketAddr, path: &str) -> Request<()> {
    format!("ws://{server}{path}").into_client_request().expect("an address")
}
