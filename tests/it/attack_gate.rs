//! Whom the relay lets in: requests as a foreign page, a foreign name, or somebody without the
//! token sends them, octet by octet.

mod token;

use std::net::SocketAddr;

use relay::{Config, Limits, Relay};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn relay(allowed: &[&str], limits: Limits) -> Relay {
    let allowed_hosts = allowed.iter().map(|name| (*name).to_owned()).collect();
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    relay::start(Config { listen, allowed_hosts, limits, ..Config::default() }).await.unwrap()
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

/// Sends a request as it stands; reads the answer's head, and as much of a body as it announces.
async fn ask(relay: &Relay, request: &str) -> Answer {
    let mut socket = TcpStream::connect(relay.address()).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let end = loop {
        if let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        assert_ne!(socket.read_buf(&mut answer).await.unwrap(), 0, "closed after {request:?}");
    };
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.map_or(0, |length| length.parse().unwrap());
    while answer.len() < end + length {
        assert_ne!(socket.read_buf(&mut answer).await.unwrap(), 0, "a short body");
    }
    let status = head[9..12].parse().unwrap();
    Answer { status, body: String::from_utf8(answer[end..].to_vec()).unwrap(), head }
}

const UPGRADE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: wirelab.1\r\n";

/// A WebSocket handshake with these lines in the place of Host and Origin.
async fn shake(relay: &Relay, target: &str, lines: &str) -> Answer {
    ask(relay, &format!("GET {target} HTTP/1.1\r\n{UPGRADE}{lines}\r\n")).await
}

/// A handshake with this Host, and the Origin that a browser sends with it.
async fn at_host(relay: &Relay, host: &str) -> Answer {
    shake(relay, "/tunnel", &format!("Host: {host}\r\nOrigin: http://{host}\r\n")).await
}

async fn from_origin(relay: &Relay, origin: &str) -> Answer {
    let host = relay.address();
    shake(relay, "/tunnel", &format!("Host: {host}\r\nOrigin: {origin}\r\n")).await
}

fn refused(answer: &Answer, status: u16, part: &str) {
    let Answer { status: got, body, .. } = answer;
    assert!(*got == status && body.contains(part), "{got} {body:?} instead of {status} {part:?}");
    assert!(body.ends_with(".\n") && body.len() < 400, "{body:?} is no sentence");
}

#[tokio::test]
async fn names_that_were_made_to_point_here_are_refused() {
    let relay = relay(&["lab.example"], Limits::default()).await;
    let port = relay.address().port();
    for own in ["127.0.0.1", "localhost", "LocalHost", "[::1]", "[0::1]"] {
        let host = format!("{own}:{port}");
        assert_eq!(at_host(&relay, &host).await.status, 101, "{host}");
    }
    for own in ["lab.example", "LAB.example", "lab.example:8443"] {
        assert_eq!(at_host(&relay, own).await.status, 101, "{own}");
    }
    for name in [
        "evil.example",
        "localhost.",
        "127.0.0.1.",
        "127.0.0.1.nip.io",
        "localhost.evil.example",
        "x.localhost",
        "lab.example.",
        "x.lab.example",
        "lab.example.evil.example",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "0.0.0.0",
        "127.0.0.2",
        "[::ffff:127.0.0.1]",
        "evil.example@127.0.0.1",
        "user:pass@localhost",
        "xn--lcalhost-54a",
    ] {
        let answer = at_host(&relay, &format!("{name}:{port}")).await;
        refused(&answer, 403, "does not answer to the name");
        // The same name gets no page and no list of servers either.
        for path in ["/", "/endpoints.json", "/access", "/nothing"] {
            let request = format!("GET {path} HTTP/1.1\r\nHost: {name}:{port}\r\n\r\n");
            refused(&ask(&relay, &request).await, 403, "does not answer to the name");
        }
    }
    for host in [
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:+0",
        "localhost:080",
        "lab.example:",
        "lab.example:65536",
        "lab.example:-1",
        &format!("127.0.0.1:{port}@evil.example"),
        &format!("127.0.0.1:0{port}"),
        &format!("127.0.0.1:{port}:{port}"),
        &format!("127.0.0.1:{port}, evil.example"),
    ] {
        refused(&at_host(&relay, host).await, 403, "does not answer to the name");
    }
}

#[tokio::test]
async fn a_request_has_one_host_and_is_for_it() {
    let relay = relay(&[], Limits::default()).await;
    let own = relay.address();
    let origin = format!("Origin: http://{own}\r\n");
    for hosts in [
        String::new(),
        format!("Host: {own}\r\nHost: evil.example\r\n"),
        format!("Host: evil.example\r\nHost: {own}\r\n"),
        format!("Host: {own}\r\nHost: {own}\r\n"),
    ] {
        let answer = shake(&relay, "/tunnel", &format!("{hosts}{origin}")).await;
        refused(&answer, 403, "one Host header");
    }
    let lines = format!("Host: {own}\r\n{origin}");
    for target in
        ["http://evil.example/tunnel", "http://localhost/tunnel", "http://u@127.0.0.1/tunnel"]
    {
        refused(&shake(&relay, target, &lines).await, 403, "is no proxy");
    }
    assert_eq!(shake(&relay, &format!("http://{own}/tunnel"), &lines).await.status, 101);
    let connect = format!("CONNECT evil.example:443 HTTP/1.1\r\nHost: {own}\r\n\r\n");
    refused(&ask(&relay, &connect).await, 403, "is no proxy");
}

#[tokio::test]
async fn pages_of_others_are_refused() {
    let relay = relay(&["lab.example"], Limits::default()).await;
    let own = relay.address();
    assert_eq!(from_origin(&relay, &format!("http://{own}")).await.status, 101);
    for origin in [
        "null",
        "http://evil.example",
        "https://evil.example",
        "file://",
        "chrome-extension://aaaabbbbccccddddeeeeffffgggghhhh",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        &format!("https://{own}"),
        &format!("ws://{own}"),
        &format!("http://localhost:{}", own.port()),
        &format!("http://lab.example:{}", own.port()),
        &format!("http://{own}.evil.example"),
        &format!("http://{own}@evil.example"),
        &format!("http://user@{own}"),
        &format!("http://{own}/"),
        &format!("http://{own} http://evil.example"),
        &format!("http://{own}, http://evil.example"),
        &own.to_string(),
    ] {
        refused(&from_origin(&relay, origin).await, 403, "may not use the tunnel");
    }
    // Two of them are not none.
    for second in ["http://evil.example", &format!("http://{own}")] {
        let lines = format!("Host: {own}\r\nOrigin: http://{own}\r\nOrigin: {second}\r\n");
        refused(&shake(&relay, "/tunnel", &lines).await, 403, "several Origin headers");
    }
    // Without a token, programs come from this machine, by its address.
    assert_eq!(shake(&relay, "/tunnel", &format!("Host: {own}\r\n")).await.status, 101);
    for host in [&format!("localhost:{}", own.port()), "lab.example"] {
        let answer = shake(&relay, "/tunnel", &format!("Host: {host}\r\n")).await;
        refused(&answer, 403, "without an Origin header");
    }
}

#[tokio::test]
async fn what_is_no_handshake_of_the_tunnel_is_refused() {
    let relay = relay(&[], Limits::default()).await;
    let own = relay.address();
    let lines = format!("Host: {own}\r\nOrigin: http://{own}\r\n");
    let offered = "Sec-WebSocket-Protocol: wirelab.1\r\n";
    for other in ["", "Sec-WebSocket-Protocol: wirelab.10\r\n", "Sec-WebSocket-Protocol: chat\r\n"]
    {
        let upgrade = UPGRADE.replace(offered, other);
        let request = format!("GET /tunnel HTTP/1.1\r\n{upgrade}{lines}\r\n");
        refused(&ask(&relay, &request).await, 400, "wirelab.1");
        // Whoever may not come in does not learn what is spoken.
        let foreign = request.replace("Origin: http://127", "Origin: http://128");
        refused(&ask(&relay, &foreign).await, 403, "may not use the tunnel");
    }
    for (from, to) in [
        ("GET", "POST"),
        ("Version: 13", "Version: 12"),
        ("Upgrade: websocket", "Upgrade: h2c"),
        ("Connection: Upgrade", "Connection: keep-alive"),
        ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", ""),
    ] {
        let request = format!("GET /tunnel HTTP/1.1\r\n{UPGRADE}{lines}\r\n").replace(from, to);
        refused(&ask(&relay, &request).await, 426, "is a WebSocket");
    }
}

#[tokio::test]
async fn foreign_pages_do_not_read_the_list_of_servers() {
    let relay = relay(&[], Limits::default()).await;
    let own = relay.address();
    for (lines, status) in [
        ("Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\n", 200),
        ("Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n", 403),
        // Another port of this machine is the same site.
        ("Sec-Fetch-Site: same-site\r\nSec-Fetch-Mode: cors\r\n", 403),
        ("Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n", 200),
        ("", 200),
    ] {
        let request = format!("GET /endpoints.json HTTP/1.1\r\nHost: {own}\r\n{lines}\r\n");
        let answer = ask(&relay, &request).await;
        assert_eq!(answer.status, status, "{lines}");
        assert!(answer.head.contains("cross-origin-resource-policy: same-origin"));
        assert!(!answer.head.contains("access-control-"), "{}", answer.head);
    }
}
