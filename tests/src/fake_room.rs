//! A relay with one room, and nobody who presents in it but the test: for what a viewer's page does when batches are lost,
//! connections drop and rooms come late.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use futures_util::{SinkExt, StreamExt};
use http::HeaderValue;
use shared::protocols::Protocol;
use shared::room::{
    Begin, Code, FromRelay, Handle, Item, Knows, Line, LineKind, Move, Refusal, SUBPROTOCOL, Seen,
    Shown, TheState, ToRelay, Token, Up, View,
};
use shared::transcript::{Entry, Kind};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::Message;

use crate::play::Play;

/// As strict as that of a relay.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";

pub struct FakeRoom {
    pub code: Code,
    origin: String,
    room: Arc<Mutex<Room>>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Room {
    open: bool,
    shown: Shown,
    batch: u64,
    viewers: Vec<mpsc::UnboundedSender<Option<Vec<u8>>>>,
    joins: Vec<Option<Seen>>,
    agains: usize,
    heard: Vec<(Handle, Up)>,
    handle: Option<Handle>,
}

const BORN: u64 = 77;

impl FakeRoom {
    /// Serves the built page and a room that is open, at a free port.
    pub async fn start(code: &str) -> FakeRoom {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on the loopback");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        let code = Code::parse(code).expect("a code");
        let room = Arc::new(Mutex::new(Room { open: true, ..Room::default() }));
        let this = room.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, this.clone(), code));
            }
        });
        FakeRoom { code, origin: format!("http://127.0.0.1:{port}"), room, task }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    pub fn set_open(&self, open: bool) {
        self.room().open = open;
    }

    /// The next batch, to everybody.
    pub fn say(&self, items: Vec<Item>) {
        let message = self.take(items);
        let message = message.encode();
        self.room().viewers.retain(|viewer| viewer.send(Some(message.clone())).is_ok());
    }

    /// The next batch, which nobody gets.
    pub fn swallow(&self, items: Vec<Item>) {
        self.take(items);
    }

    /// Every connection drops.
    pub fn drop_all(&self) {
        let viewers = std::mem::take(&mut self.room().viewers);
        for viewer in viewers {
            drop(viewer.send(None));
        }
    }

    /// What each viewer had seen when it joined.
    pub fn joins(&self) -> Vec<Option<Seen>> {
        self.room().joins.clone()
    }

    /// How often somebody asked for everything again.
    pub fn agains(&self) -> usize {
        self.room().agains
    }

    pub fn heard(&self) -> Vec<Up> {
        self.room().heard.iter().map(|(_, up)| up.clone()).collect()
    }

    /// Whoever joined last.
    pub fn viewer(&self) -> Option<Handle> {
        self.room().handle
    }

    fn take(&self, items: Vec<Item>) -> FromRelay {
        let mut room = self.room();
        for item in &items {
            room.shown.apply(item.clone()).expect("what the test says fits");
        }
        room.batch += 1;
        FromRelay::Batch { batch: room.batch, items }
    }

    fn room(&self) -> MutexGuard<'_, Room> {
        self.room.lock().expect("no task panics while it holds the room")
    }
}

impl Drop for FakeRoom {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(stream: TcpStream, room: Arc<Mutex<Room>>, code: Code) {
    let mut head = [0; 8192];
    loop {
        let Ok(len) = stream.peek(&mut head).await else { return };
        if len == 0 {
            return;
        }
        if head[..len].windows(4).any(|end| end == b"\r\n\r\n") {
            break;
        }
        tokio::task::yield_now().await;
    }
    let line = head.split(|octet| *octet == b'\r').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let path = line.split(' ').nth(1).unwrap_or("/").split('?').next().unwrap_or("/").to_owned();
    if path == "/room" { talk(stream, room, code).await } else { file(stream, &path).await }
}

async fn file(mut stream: TcpStream, path: &str) {
    let mut head = [0; 8192];
    // What was peeked at is read, or closing would reset the connection.
    let Ok(_) = stream.try_read(&mut head) else { return };
    let name = path.trim_start_matches('/');
    let name = match Code::parse(name).is_ok() || name == "join" {
        true => "viewer.html",
        false if name.is_empty() => "index.html",
        false => name,
    };
    let extension = Path::new(name).extension().and_then(|e| e.to_str()).unwrap_or_default();
    let kind = match extension {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript",
        "css" => "text/css",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let body = std::fs::read(crate::workspace().join("dist").join(name));
    let status = if body.is_ok() { "200 OK" } else { "404 Not Found" };
    let body = body.unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\
         Content-Security-Policy: {POLICY}\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(&body).await;
    let _ = stream.shutdown().await;
}

// What a callback of the handshake returns is not ours to choose.
#[allow(clippy::result_large_err)]
async fn talk(stream: TcpStream, room: Arc<Mutex<Room>>, code: Code) {
    let accept = |request: &Request, mut response: Response| {
        let offered = request.headers().get("sec-websocket-protocol");
        assert_eq!(offered.map(HeaderValue::as_bytes), Some(SUBPROTOCOL.as_bytes()));
        let chosen = HeaderValue::from_static(SUBPROTOCOL);
        response.headers_mut().insert("sec-websocket-protocol", chosen);
        Ok(response)
    };
    let Ok(socket) = tokio_tungstenite::accept_hdr_async(stream, accept).await else { return };
    let (mut out, mut into) = socket.split();
    let (sender, mut queue) = mpsc::unbounded_channel::<Option<Vec<u8>>>();
    loop {
        tokio::select! {
            message = queue.recv() => match message.flatten() {
                Some(octets) => {
                    if out.send(Message::Binary(octets.into())).await.is_err() {
                        return;
                    }
                }
                None => return,
            },
            message = into.next() => {
                let Some(Ok(message)) = message else { return };
                if let Message::Binary(octets) = message {
                    let message = ToRelay::decode(&octets).expect("a page says only messages");
                    answer(message, &room, code, &sender);
                }
            }
        }
    }
}

fn answer(
    message: ToRelay,
    room: &Mutex<Room>,
    code: Code,
    sender: &mpsc::UnboundedSender<Option<Vec<u8>>>,
) {
    let mut room = room.lock().expect("no task panics while it holds the room");
    let say = |message: FromRelay| drop(sender.send(Some(message.encode())));
    let seen = Seen { born: BORN, batch: room.batch };
    let whole = |shown: &Shown| FromRelay::Whole { seen, items: shown.items().collect() };
    match message {
        ToRelay::Join { code: asked, number, seen: had } if asked == code && room.open => {
            let handle = Handle(number[..8].iter().fold(0, |all, o| all << 8 | u64::from(*o)));
            room.handle = Some(handle);
            room.joins.push(had);
            room.viewers.push(sender.clone());
            say(FromRelay::Joined(handle));
            if had != Some(seen) {
                say(whole(&room.shown));
            }
        }
        ToRelay::Join { .. } => {
            say(FromRelay::Refused(Refusal::NoRoom, "There is no such room.".into()));
            drop(sender.send(None));
        }
        ToRelay::Again => {
            room.agains += 1;
            say(whole(&room.shown));
        }
        ToRelay::Up(up) => {
            let handle = room.handle.unwrap_or(Handle(0));
            room.heard.push((handle, up));
        }
        other => panic!("a viewer does not say {other:?}"),
    }
}

/// A dialogue as a presenter's page would tell it: how it begins, with every term, and its lines.
pub struct Told {
    pub begin: Vec<Item>,
    pub lines: Vec<Line>,
    pub knows: Knows,
}

impl Told {
    pub fn of(play: &Play, protocol: &Protocol) -> Told {
        let mut terms: Vec<&'static shared::explain::Term> = Vec::new();
        let entries = play.session().transcript().entries();
        let lines: Vec<Line> = entries.iter().map(|entry| line(entry, &mut terms)).collect();
        let table = protocol.table;
        let place = |state: &shared::table::State| {
            table.states.iter().position(|known| **known == *state).unwrap_or(0) as u16
        };
        let exits = |state: &'static shared::table::State| {
            let edges =
                table.edges().into_iter().filter(|edge| *edge.from == *state && *edge.to != *state);
            edges.map(|edge| (edge.verb.name.to_owned(), place(edge.to))).collect()
        };
        let states = table.states.iter().map(|state| TheState {
            title: state.title.into(),
            text: state.text.into(),
            exits: exits(state),
        });
        let begin = Begin {
            protocol: protocol.id.into(),
            name: protocol.name.into(),
            states: states.collect(),
            ..Begin::default()
        };
        let terms = terms.iter().zip(0..).map(|(term, n)| {
            let (title, text) = (term.title.into(), term.text.into());
            Item::Term(n, shared::room::Term { title, text, rfc: term.rfc.to_string() })
        });
        let client = play.session().client();
        let passed = entries.iter().filter_map(|entry| match entry.kind {
            Kind::State(state) => Some(place(state)),
            _ => None,
        });
        let flags = client.flags();
        let moves = table.verbs.iter().map(|verb| {
            let check = table.check(verb, client.state(), &flags);
            let why = check.as_ref().err().map_or(verb.term.text.into(), ToString::to_string);
            Move { command: verb.syntax.into(), why, legal: check.is_ok() }
        });
        let knows = Knows {
            state: place(client.state()),
            path: passed.collect(),
            facts: client
                .facts()
                .iter()
                .map(|fact| (fact.name.to_string(), fact.value.to_string()))
                .collect(),
            moves: moves.collect(),
            world: vec!["INBOX of student: 1 message".into(), "INBOX of tutor: empty".into()],
        };
        let begin = [Item::Presenter(true), Item::Begin(begin)].into_iter().chain(terms).collect();
        Told { begin, lines, knows }
    }

    /// Everything up to so many lines.
    pub fn up_to(&self, lines: usize) -> Vec<Item> {
        let told = (0..lines).map(|n| self.line(n));
        let knows = Item::Knows(self.knows.clone());
        self.begin.iter().cloned().chain(told).chain([shows(lines), knows]).collect()
    }

    pub fn line(&self, n: usize) -> Item {
        Item::Line(n as u32, self.lines[n].clone())
    }

    /// One line more, as the last one that is shown.
    pub fn step(&self, n: usize) -> Vec<Item> {
        vec![self.line(n), shows(n + 1)]
    }
}

pub fn shows(lines: usize) -> Item {
    Item::View(View { shown: lines as u32, ..View::default() })
}

fn line(entry: &Entry, terms: &mut Vec<&'static shared::explain::Term>) -> Line {
    let mut line = Line {
        at: entry.at.0.as_millis() as u64,
        conn: entry.conn.0,
        side: entry.side(),
        kind: LineKind::Note,
        bytes: Vec::new(),
        tokens: Vec::new(),
        says: String::new(),
        outcome: None,
        octets: 0,
    };
    match &entry.kind {
        Kind::Sent(wire) | Kind::Received(wire) => {
            (line.kind, line.says, line.outcome) =
                (LineKind::Unit, wire.says.clone(), wire.outcome);
            for span in &wire.spans {
                match span.secret {
                    true => line.bytes.extend(b"********"),
                    false => line.bytes.extend(&wire.bytes[span.range()]),
                }
                let known = terms.iter().position(|term| *term == span.term);
                let term = known.unwrap_or_else(|| {
                    terms.push(span.term);
                    terms.len() - 1
                });
                let note = span.note.as_ref().map(ToString::to_string);
                let (end, secret) = (line.bytes.len() as u32, span.secret);
                line.tokens.push(Token { end, term: term as u16, note, secret });
            }
        }
        Kind::Data { head, octets, .. } => {
            (line.kind, line.octets) = (LineKind::Data, *octets);
            line.bytes = head[..head.len().min(4096)].to_vec();
            line.says = format!("{octets} octets of content");
        }
        Kind::Connecting { host, port } => line.says = format!("Connecting to {host}:{port}"),
        Kind::Opened { peer, .. } => line.says = format!("Connected to {peer}"),
        Kind::Ended(_) => line.says = "One side ends".into(),
        Kind::Failed { why } | Kind::Reset { why } => line.says = why.clone(),
        Kind::State(state) => line.says = format!("state: {}", state.title),
        Kind::Note(note) => line.says = note.text.clone(),
    }
    line
}
