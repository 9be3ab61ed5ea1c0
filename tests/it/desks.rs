//! The bench's desks on real sockets: with each other, and with programs of others.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use relay::{Config, PolicyName, Relay};
use shared::machine::Tick;
use shared::sockets::{Bench, Outcome, Remote, Side, What, programs};
use tests::free_address;
use tests::python;
use tests::tunnel::{request, websocket};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

/// A bench whose sockets are a relay's.
struct Desks {
    bench: Bench,
    socket: WebSocketStream<TcpStream>,
    began: Instant,
    relay: Option<Relay>,
}

impl Desks {
    async fn new(policy: PolicyName) -> Desks {
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let relay =
            relay::start(Config { listen, policy, ..Config::default() }).await.expect("a relay");
        let socket = websocket(request(relay.address())).await.expect("its own page");
        let mut bench = Bench::new(1);
        bench.stand_on(Remote::new("tests"), Tick::default());
        Desks { bench, socket, began: Instant::now(), relay: Some(relay) }
    }

    /// Runs a statement to its end; gives what the prompt shows.
    async fn run(&mut self, side: Side, text: &str) -> String {
        self.begin(side, text).await;
        self.until(&format!("the end of {text}"), |bench| !bench.desk(side).is_blocked()).await;
        self.said(side)
    }

    async fn begin(&mut self, side: Side, text: &str) {
        if let Err(why) = self.bench.run(side, text) {
            panic!("{text}: {why}");
        }
        self.send().await;
    }

    /// How the last statement of this side ended.
    fn said(&self, side: Side) -> String {
        let last = self.bench.entries().rev().find_map(|(_, entry)| match &entry.what {
            What::Call { side: s, report, .. } if *s == side => report.outcome.clone(),
            _ => None,
        });
        match last {
            Some(Outcome::Value(value)) => value,
            Some(Outcome::Raised(exception)) => exception.to_string(),
            Some(Outcome::NotHere(why)) => why,
            Some(Outcome::Nothing) | None => String::new(),
        }
    }

    async fn until(&mut self, what: &str, done: impl Fn(&Bench) -> bool) {
        while !done(&self.bench) {
            let next = tokio::time::timeout(Duration::from_secs(20), self.socket.next()).await;
            let message = next.unwrap_or_else(|_| panic!("waited 20 s for {what}"));
            if let Some(Ok(Message::Binary(bytes))) = message {
                self.bench.receive(&bytes, Tick(self.began.elapsed()));
            }
            self.send().await;
        }
    }

    async fn send(&mut self) {
        while let Some(message) = self.bench.poll_message(Tick(self.began.elapsed())) {
            self.socket.send(Message::Binary(message.into())).await.expect("the relay reads");
        }
    }
}

#[tokio::test]
async fn the_lectures_pair_talks_over_real_sockets() {
    let mut desks = Desks::new(PolicyName::Lab).await;
    let port = free_address().port();
    for text in ["import socket", "s = socket.socket()"] {
        assert_eq!(desks.run(Side::Server, text).await, "");
        assert_eq!(desks.run(Side::Client, text).await, "");
    }
    let bind = format!("s.bind((socket.gethostname(), {port}))");
    assert_eq!(desks.run(Side::Server, &bind).await, "");
    assert_eq!(desks.run(Side::Server, "s.listen(5)").await, "");
    desks.begin(Side::Server, "c, addr = s.accept()").await;
    let connect = format!("s.connect((socket.gethostname(), {port}))");
    assert_eq!(desks.run(Side::Client, &connect).await, "");
    desks.until("accept()", |bench| !bench.desk(Side::Server).is_blocked()).await;
    let from = desks.run(Side::Server, "addr").await;
    let own = desks.run(Side::Client, "s.getsockname()").await;
    assert_eq!(from, own, "both ends agree on the client\u{2019}s address");
    assert_eq!(desks.run(Side::Server, "c.send(b'Thank you for connecting')").await, "24");
    assert_eq!(desks.run(Side::Client, "s.recv(1024)").await, "b'Thank you for connecting'");
    assert_eq!(desks.run(Side::Server, "c.close()").await, "");
    assert_eq!(desks.run(Side::Client, "s.recv(1024)").await, "b''");
    // A second socket at the same port.
    desks.run(Side::Client, "t = socket.socket()").await;
    desks.run(Side::Client, &format!("t.bind(('127.0.0.1', {port}))")).await;
    let used = desks.run(Side::Client, "t.listen()").await;
    assert_eq!(used, "OSError: [Errno 98] Address already in use");
    // The port of nobody.
    desks.run(Side::Server, "s.close()").await;
    desks.run(Side::Client, "u = socket.socket()").await;
    let refused = desks
        .run(Side::Client, &format!("u.connect(('localhost', {}))", free_address().port()))
        .await;
    assert!(
        refused.starts_with("PermissionError"),
        "the policy lab allows no such port: {refused}"
    );
}

#[tokio::test]
async fn pythons_lecture_client_talks_to_the_server_desk() {
    let mut desks = Desks::new(PolicyName::Lab).await;
    let port = free_address().port();
    let server = programs::LECTURE.server.replace("12345", &port.to_string());
    desks.bench.load(Side::Server, &server).expect("the lecture\u{2019}s server is read");
    desks.bench.run_lines(Side::Server).expect("it runs");
    desks.send().await;
    desks
        .until("accept()", |bench| {
            bench.desk(Side::Server).blocked_in().is_some_and(|call| call.name() == "accept()")
        })
        .await;
    let client = programs::LECTURE
        .client
        .replace("12345", &port.to_string())
        .replace("'server.lab'", "'127.0.0.1'")
        .replace("socket.gethostname()", "'127.0.0.1'");
    let python =
        tokio::spawn(async move { python::run_code(&client, Duration::from_secs(20)).await });
    while !python.is_finished() {
        let next = tokio::time::timeout(Duration::from_millis(50), desks.socket.next()).await;
        if let Ok(Some(Ok(Message::Binary(bytes)))) = next {
            desks.bench.receive(&bytes, Tick(desks.began.elapsed()));
        }
        desks.send().await;
    }
    let Some(run) = python.await.expect("it ends") else { return };
    assert!(
        run.ok && run.stdout.contains("Thank you for connecting"),
        "{}{}",
        run.stdout,
        run.stderr
    );
}

#[tokio::test]
async fn the_client_desk_talks_to_a_server_of_python() {
    const SERVER: &str = "import socket\ns = socket.socket()\ns.bind(('127.0.0.1', PORT))\ns.listen(5)\n\
        c, addr = s.accept()\nc.send(b'Thank you for connecting')\nprint(c.recv(99))\nc.close()\n";
    let mut desks = Desks::new(PolicyName::Open).await;
    let port = free_address().port();
    let code = SERVER.replace("PORT", &port.to_string());
    let python =
        tokio::spawn(async move { python::run_code(&code, Duration::from_secs(20)).await });
    desks.run(Side::Client, "import socket").await;
    // Until it listens, the connection is refused.
    let patience = Instant::now() + Duration::from_secs(20);
    loop {
        desks.run(Side::Client, "s = socket.socket()").await;
        let done = desks.run(Side::Client, &format!("s.connect(('localhost', {port}))")).await;
        if done.is_empty() {
            break;
        }
        assert_eq!(done, "ConnectionRefusedError: [Errno 111] Connection refused");
        assert!(Instant::now() < patience && !python.is_finished(), "Python does not listen");
    }
    let mut got = String::new();
    while !got.contains("connecting") {
        got += &desks.run(Side::Client, "s.recv(1024)").await;
    }
    assert_eq!(desks.run(Side::Client, "s.send(b'You are welcome')").await, "15");
    assert_eq!(desks.run(Side::Client, "s.recv(1024)").await, "b''");
    let Some(run) = python.await.expect("it ends") else { return };
    assert_eq!(run.stdout.trim(), "b'You are welcome'");
    assert!(run.ok, "{}", run.stderr);
}

#[tokio::test]
async fn datagrams_come_with_the_address_of_their_sender() {
    let mut desks = Desks::new(PolicyName::Lab).await;
    for side in Side::BOTH {
        desks.run(side, "import socket").await;
        desks.run(side, "u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)").await;
    }
    let port = free_address().port();
    assert_eq!(desks.run(Side::Server, &format!("u.bind(('127.0.0.1', {port}))")).await, "");
    let sent = format!("u.sendto(b'hello world', ('127.0.0.1', {port}))");
    assert_eq!(desks.run(Side::Client, &sent).await, "11");
    let got = desks.run(Side::Server, "u.recvfrom(5)").await;
    assert!(got.starts_with("(b'hello', ('127.0.0.1', "), "the rest is lost: {got}");
    let own = desks.run(Side::Client, "u.getsockname()").await;
    assert!(got.contains(&own), "{got} comes from {own}");
    desks.run(Side::Server, "u.settimeout(0)").await;
    assert!(desks.run(Side::Server, "u.recvfrom(99)").await.starts_with("BlockingIOError"));
    desks.relay.take().expect("it runs").stop().await;
    desks
        .until("the end of the session", |bench| {
            bench.remote().is_some_and(|remote| remote.gone() == Some("The relay was stopped"))
        })
        .await;
    let after = desks.run(Side::Client, &sent).await;
    assert_eq!(after, "OSError: [Errno 100] Network is down");
}
