//! Native clients of rooms: what a presenter's page and a viewer's page do, without a page.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use shared::room::{
    Begin, Code, FromRelay, Handle, Item, Line, LineKind, Refusal, SUBPROTOCOL, Seen, Shown, Term,
    ToRelay, Token, Up, View,
};
use shared::transcript::Side;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, Request, header};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

const DEADLINE: Duration = Duration::from_secs(30);

/// What the relay said last, if it was no end of the WebSocket alone.
pub type Refused = (Refusal, String);

/// Of what came, for tests that look for a secret in it.
const MOST_OCTETS: usize = 64 * 1024;

/// The WebSocket of either, and what came over it first.
pub struct Wire {
    socket: WebSocketStream<TcpStream>,
    pub octets: Vec<u8>,
}

pub struct Viewer {
    line: Wire,
    pub handle: Handle,
    pub shown: Shown,
    pub seen: Option<Seen>,
    /// Snapshots and batches that came.
    pub wholes: u32,
    pub batches: u32,
}

pub struct Presenter {
    line: Wire,
    pub addresses: Vec<String>,
    pub viewers: u32,
    pub heard: Vec<(Handle, Up)>,
}

/// A handshake as the relay's own page makes it. Tests of refusals change its headers.
pub fn request(relay: SocketAddr) -> Request<()> {
    let mut request = format!("ws://{relay}/room").into_client_request().expect("an address");
    let origin = HeaderValue::from_str(&format!("http://{relay}")).expect("an origin");
    let headers = request.headers_mut();
    headers.insert(header::ORIGIN, origin);
    headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    request
}

impl Wire {
    pub async fn connect(request: Request<()>) -> Result<Wire, Error> {
        let authority = request.uri().authority().expect("a ws:// address").as_str();
        let socket = TcpStream::connect(authority).await.map_err(Error::Io)?;
        Wire::over(socket, request).await
    }

    pub async fn over(socket: TcpStream, request: Request<()>) -> Result<Wire, Error> {
        socket.set_nodelay(true).map_err(Error::Io)?;
        let (socket, _) = client_async(request, socket).await?;
        Ok(Wire { socket, octets: Vec::new() })
    }

    pub async fn say(&mut self, message: &ToRelay) {
        self.say_raw(Message::Binary(message.encode().into())).await;
    }

    /// The relay may have closed it already.
    pub async fn say_raw(&mut self, message: Message) {
        let _ = timeout(DEADLINE, self.socket.send(message)).await.expect("the relay reads");
    }

    /// `None` at the end.
    pub async fn next(&mut self) -> Option<FromRelay> {
        self.next_within(DEADLINE).await
    }

    pub async fn next_within(&mut self, limit: Duration) -> Option<FromRelay> {
        loop {
            let message = timeout(limit, self.socket.next()).await;
            match message.expect("the relay says something in time") {
                Some(Ok(Message::Binary(octets))) => {
                    if self.octets.len() < MOST_OCTETS {
                        self.octets.extend_from_slice(&octets);
                    }
                    return Some(FromRelay::decode(&octets).expect("a message of a relay"));
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }
}

impl Viewer {
    pub async fn join(relay: SocketAddr, code: Code, number: u8) -> Result<Viewer, Refused> {
        Viewer::come_back(relay, code, number, None).await
    }

    /// As one that has seen so much, of which it has this.
    pub async fn come_back(
        relay: SocketAddr,
        code: Code,
        number: u8,
        before: Option<(Seen, Shown)>,
    ) -> Result<Viewer, Refused> {
        let line = Wire::connect(request(relay)).await.expect("the relay upgrades its own page");
        Viewer::through(line, code, number, before).await
    }

    pub async fn through(
        mut line: Wire,
        code: Code,
        number: u8,
        before: Option<(Seen, Shown)>,
    ) -> Result<Viewer, Refused> {
        let (seen, shown) =
            before.map_or_else(Default::default, |(seen, shown)| (Some(seen), shown));
        line.say(&ToRelay::Join { code, number: [number; 16], seen }).await;
        match line.next().await {
            Some(FromRelay::Joined(handle)) => {
                Ok(Viewer { line, handle, shown, seen, wholes: 0, batches: 0 })
            }
            Some(FromRelay::Refused(why, text)) => Err((why, text)),
            other => panic!("{other:?} instead of an answer"),
        }
    }

    /// Takes one message; `Some` is the end, with what was said for it.
    pub async fn step(&mut self) -> Option<Option<Refused>> {
        match self.line.next().await {
            Some(FromRelay::Whole { seen, items }) => {
                self.shown = Shown::default();
                self.shown.apply_all(items).expect("a snapshot fits");
                (self.seen, self.wholes) = (Some(seen), self.wholes + 1);
            }
            Some(FromRelay::Batch { batch, items }) => {
                let seen = self.seen.as_mut().expect("a snapshot comes first");
                assert_eq!(batch, seen.batch + 1, "a batch is missing, or came twice");
                seen.batch = batch;
                self.shown.apply_all(items).expect("a batch fits");
                self.batches += 1;
            }
            Some(FromRelay::Refused(why, text)) => return Some(Some((why, text))),
            None => return Some(None),
            other => panic!("{other:?} is not for a viewer"),
        }
        None
    }

    /// Until the room shows this.
    pub async fn until(&mut self, what: &str, is: impl Fn(&Shown) -> bool) {
        while !is(&self.shown) {
            if let Some(end) = self.step().await {
                panic!("{end:?} before {what}");
            }
        }
    }

    pub async fn until_lines(&mut self, lines: usize) {
        self.until(&format!("{lines} lines"), |shown| shown.lines.len() >= lines).await;
    }

    /// Until the WebSocket ends; what was said for it.
    pub async fn end(&mut self) -> Option<Refused> {
        loop {
            if let Some(end) = self.step().await {
                return end;
            }
        }
    }

    pub async fn say(&mut self, up: Up) {
        self.line.say(&ToRelay::Up(up)).await;
    }

    pub async fn again(&mut self) {
        self.line.say(&ToRelay::Again).await;
    }

    pub fn line(&mut self) -> &mut Wire {
        &mut self.line
    }

    /// What it takes along to another relay.
    pub fn leave(self) -> (Seen, Shown, Vec<u8>) {
        (self.seen.expect("it has seen something"), self.shown, self.line.octets)
    }
}

impl Presenter {
    pub async fn open(relay: SocketAddr, code: Code, secret: u8) -> Result<Presenter, Refused> {
        Presenter::with(request(relay), code, [secret; 16]).await
    }

    pub async fn with(
        request: Request<()>,
        code: Code,
        secret: [u8; 16],
    ) -> Result<Presenter, Refused> {
        let mut line = Wire::connect(request).await.expect("the relay upgrades its own page");
        line.say(&ToRelay::Present { code, secret }).await;
        match line.next().await {
            Some(FromRelay::Presenting { addresses }) => {
                Ok(Presenter { line, addresses, viewers: 0, heard: Vec::new() })
            }
            Some(FromRelay::Refused(why, text)) => Err((why, text)),
            other => panic!("{other:?} instead of an answer"),
        }
    }

    pub async fn say(&mut self, items: Vec<Item>) {
        self.line.say(&ToRelay::Say(items)).await;
    }

    pub async fn close(&mut self) {
        self.line.say(&ToRelay::Close).await;
    }

    pub async fn step(&mut self) -> Option<Option<Refused>> {
        match self.line.next().await {
            Some(FromRelay::Heard(heard)) => self.heard.extend(heard),
            Some(FromRelay::Viewers(viewers)) => self.viewers = viewers,
            Some(FromRelay::Refused(why, text)) => return Some(Some((why, text))),
            None => return Some(None),
            other => panic!("{other:?} is not for a presenter"),
        }
        None
    }

    pub async fn until(&mut self, what: &str, is: impl Fn(&Presenter) -> bool) {
        while !is(self) {
            if let Some(end) = self.step().await {
                panic!("{end:?} before {what}: {} viewers, {:?}", self.viewers, self.heard);
            }
        }
    }

    pub async fn end(&mut self) -> Option<Refused> {
        loop {
            if let Some(end) = self.step().await {
                return end;
            }
        }
    }

    pub fn line(&mut self) -> &mut Wire {
        &mut self.line
    }
}

/// A dialogue begins, with the term that [`line`] needs.
pub fn begin() -> Vec<Item> {
    let begin = Begin { protocol: "smtp".into(), name: "SMTP".into(), ..Begin::default() };
    let term =
        Term { title: "reply".into(), text: "what a server says".into(), rfc: "RFC 5321".into() };
    vec![Item::Begin(begin), Item::Term(0, term)]
}

/// Line `n`, with this text, and a view that shows it.
pub fn line(n: u32, text: &str) -> Vec<Item> {
    let token = Token { end: text.len() as u32, term: 0, note: None, secret: false };
    let line = Line {
        at: n.into(),
        conn: 0,
        side: Side::Server,
        kind: LineKind::Unit,
        bytes: text.into(),
        tokens: vec![token],
        says: "done".into(),
        outcome: None,
        octets: 0,
    };
    vec![Item::Line(n, line), Item::View(View { shown: n + 1, ..View::default() })]
}
