//! Whom the relay lets in: requests as a foreign page, a foreign name, or somebody without the
//! token sends them, octet by octet.

use std::net::SocketAddr;

use relay::{Config, Limits, Rate, Relay};
use tests::log;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const TOKEN: &str = "correct-horse-battery-staple";

async fn relay(allowed: &[&str], limits: Limits) -> Relay {
    let allowed_hosts = allowed.iter().map(|name| (*name).to_owned()).collect();
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    relay::start(Config { listen, allowed_hosts, limits, ..Config::default() }).await.unwrap()
}

/// With a token, at the name `lab.example` too.
async fn locked(limits: Limits) -> Relay {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, format!("{TOKEN}\n").as_bytes()).unwrap();
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let token_file = Some(file.path().to_owned());
    let allowed_hosts = vec!["lab.example".to_owned()];
    let config = Config { listen, allowed_hosts, token_file, limits, ..Config::default() };
    relay::start(config).await.unwrap()
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

#[tokio::test]
async fn without_the_token_nobody_gets_in() {
    let relay = locked(Limits::default()).await;
    let own = relay.address();
    let page = format!("Host: {own}\r\nOrigin: http://{own}\r\n");
    let name = format!("wirelab-access-{}", own.port());
    for proof in [
        String::new(),
        format!("Cookie: {name}={TOKEN}\r\n"),
        format!("Cookie: {name}=99999999999.{}\r\n", "0".repeat(64)),
        format!("Cookie: {name}=\r\n"),
        format!("Authorization: Basic {TOKEN}\r\n"),
        format!("Authorization: {TOKEN}\r\n"),
        format!("Authorization: Bearer {TOKEN}\r\nAuthorization: Bearer {TOKEN}\r\n"),
    ] {
        refused(&shake(&relay, "/tunnel", &format!("{page}{proof}")).await, 401, "access token");
        let list = format!("GET /endpoints.json HTTP/1.1\r\nHost: {own}\r\n{proof}\r\n");
        let answer = ask(&relay, &list).await;
        refused(&answer, 401, "access token");
        assert!(answer.head.contains("www-authenticate: Bearer"));
        // A loopback address is no proof any more.
        refused(&shake(&relay, "/tunnel", &format!("Host: {own}\r\n{proof}")).await, 401, "token");
    }
    for wrong in ["", "x", &TOKEN[1..], &format!("{TOKEN}x"), &TOKEN.to_uppercase()] {
        let lines = format!("{page}Authorization: Bearer {wrong}\r\n");
        let answer = shake(&relay, "/tunnel", &lines).await;
        assert_eq!(answer.status, 401, "{wrong:?}: {}", answer.body);
    }
    // With it, programs may come from anywhere; pages of others may not.
    let bearer = format!("Authorization: Bearer {TOKEN}\r\n");
    for host in [own.to_string(), format!("localhost:{}", own.port()), "lab.example".to_owned()] {
        let lines = format!("Host: {host}\r\n{bearer}");
        assert_eq!(shake(&relay, "/tunnel", &lines).await.status, 101, "{host}");
    }
    let foreign = format!("Host: {own}\r\nOrigin: http://evil.example\r\n{bearer}");
    refused(&shake(&relay, "/tunnel", &foreign).await, 403, "may not use the tunnel");
    // The page itself is no secret.
    assert_eq!(ask(&relay, &format!("GET / HTTP/1.1\r\nHost: {own}\r\n\r\n")).await.status, 200);
}

async fn log_in(relay: &Relay, host: &str, origin: &str, token: &str) -> Answer {
    let length = token.len();
    let head = format!("POST /access HTTP/1.1\r\nHost: {host}\r\ncontent-length: {length}\r\n");
    ask(relay, &format!("{head}{origin}\r\n{token}")).await
}

#[tokio::test]
async fn the_page_says_the_token_once_and_gets_a_cookie() {
    let relay = locked(Limits::default()).await;
    let own = relay.address().to_string();
    let origin = format!("Origin: http://{own}\r\n");
    for foreign in ["", "Origin: null\r\n", "Origin: http://evil.example\r\n"] {
        let answer = log_in(&relay, &own, foreign, TOKEN).await;
        assert_eq!((answer.status, answer.head.contains("set-cookie")), (403, false), "{foreign}");
    }
    refused(&log_in(&relay, &own, &origin, "wrong").await, 401, "is wrong");
    refused(&log_in(&relay, &own, &origin, &"x".repeat(1000)).await, 401, "is wrong");
    let get = ask(&relay, &format!("GET /access HTTP/1.1\r\nHost: {own}\r\n{origin}\r\n")).await;
    refused(&get, 405, "use POST");

    let answer = log_in(&relay, &own, &origin, TOKEN).await;
    assert_eq!(answer.status, 200);
    let cookie = answer.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let (cookie, attributes) = cookie.split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/; Max-Age=43200; HttpOnly; SameSite=Strict");
    assert!(!answer.head.contains(TOKEN) && !answer.body.contains(TOKEN));

    let others = format!("Cookie: theme=dark; {cookie}; x=y\r\n");
    let page = format!("Host: {own}\r\n{origin}{others}");
    assert_eq!(shake(&relay, "/tunnel", &page).await.status, 101);
    let list = format!("GET /endpoints.json HTTP/1.1\r\nHost: {own}\r\n{others}\r\n");
    assert_eq!(ask(&relay, &list).await.status, 200);
    // The cookie goes to every port of this machine; a page from there still has a foreign Origin.
    let foreign = format!("Host: {own}\r\nOrigin: http://127.0.0.1:1\r\n{others}");
    refused(&shake(&relay, "/tunnel", &foreign).await, 403, "may not use the tunnel");
    let program = format!("Host: {own}\r\n{others}");
    refused(&shake(&relay, "/tunnel", &program).await, 401, "Authorization: Bearer");
    // Behind a proxy with TLS it never goes in the clear.
    let behind = log_in(&relay, "lab.example", "Origin: https://lab.example\r\n", TOKEN).await;
    assert!(behind.head.contains("SameSite=Strict; Secure"), "{}", behind.head);
}

#[tokio::test]
async fn guessing_tokens_ends_soon() {
    let limits = Limits { wrong_tokens: Rate::new(1, 5), ..Limits::default() };
    let relay = locked(limits).await;
    let own = relay.address().to_string();
    let origin = format!("Origin: http://{own}\r\n");
    let cookie = log_in(&relay, &own, &origin, TOKEN).await.head;
    let cookie = cookie.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let cookie = cookie.split(';').next().unwrap();
    let guess = async |n: usize| match n % 2 {
        0 => log_in(&relay, &own, &origin, &format!("guess-number-{n:04}")).await,
        _ => {
            let lines = format!("Host: {own}\r\nAuthorization: Bearer guess-number-{n:04}\r\n");
            shake(&relay, "/tunnel", &lines).await
        }
    };
    // The bucket may gain a token between two questions, but not each time.
    for _ in 0..1000 {
        let mut n = 0;
        let last = loop {
            let answer = guess(n).await;
            n += 1;
            match answer.status {
                401 => assert!(n < 1000, "{n} guesses"),
                _ => break answer,
            }
        };
        refused(&last, 429, "`wrong-tokens` is used up: 1/s, 5 at once. Try again in ");
        assert!(last.head.contains("retry-after: "), "{}", last.head);
        // Even the right one is not tried then, or it would be known by its answer.
        let right = log_in(&relay, &own, &origin, TOKEN).await;
        if right.status == 429 {
            // Whoever is in stays in.
            let lines = format!("Host: {own}\r\n{origin}Cookie: {cookie}\r\n");
            assert_eq!(shake(&relay, "/tunnel", &lines).await.status, 101);
            return;
        }
    }
    panic!("the right token was tried each time");
}

#[tokio::test]
async fn a_token_in_an_address_is_refused_and_not_logged() {
    log::keep();
    let relay = locked(Limits::default()).await;
    let own = relay.address();
    for path in ["/tunnel", "/", "/endpoints.json", "/access", "/nothing"] {
        for key in ["token", "Token", "access_token", "x=1&token"] {
            let target = format!("{path}?{key}={TOKEN}");
            let lines = format!("Host: {own}\r\nOrigin: http://{own}\r\n");
            let answer = shake(&relay, &target, &lines).await;
            refused(&answer, 400, "does not belong into an address");
            assert!(!answer.body.contains(TOKEN));
        }
    }
    let lines = format!("Host: {own}\r\nAuthorization: Bearer {TOKEN}\r\n");
    assert_eq!(shake(&relay, "/tunnel", &lines).await.status, 101);
    let wrong = format!("Host: {own}\r\nAuthorization: Bearer {TOKEN}-almost\r\n");
    assert_eq!(shake(&relay, "/tunnel", &wrong).await.status, 401);
    log_in(&relay, &own.to_string(), &format!("Origin: http://{own}\r\n"), TOKEN).await;
    relay.stop().await;
    let log = log::kept();
    assert!(log.contains("does not belong into an address") && log.contains("is wrong"), "{log}");
    assert!(log.contains("access by token"), "{log}");
    assert!(!log.contains(TOKEN), "{log}");
}

#[tokio::test]
async fn a_relay_without_its_token_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("short", Some("secret")), ("empty", Some("")), ("missing", None)] {
        let file = folder.path().join(name);
        if let Some(text) = text {
            std::fs::write(&file, text).unwrap();
        }
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let config = Config { listen, token_file: Some(file.clone()), ..Config::default() };
        let Err(error) = relay::start(config).await else { panic!("started with {name}") };
        let text = error.to_string();
        assert!(text.contains(&file.display().to_string()) && text.contains("openssl"), "{text}");
        assert!(!text.contains("secret"), "{text}");
    }
}

#[tokio::test]
async fn a_changed_token_counts_from_the_next_reload_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, TOKEN).unwrap();
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = Config { listen, token_file: Some(file.clone()), ..Config::default() };
    let relay = relay::start(config.clone()).await.unwrap();
    let own = relay.address();
    let origin = format!("Origin: http://{own}\r\n");
    let cookie = log_in(&relay, &own.to_string(), &origin, TOKEN).await.head;
    let cookie = cookie.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let cookie = format!("Cookie: {}\r\n", cookie.split(';').next().unwrap());
    let with = async |proof: &str| {
        shake(&relay, "/tunnel", &format!("Host: {own}\r\n{origin}{proof}")).await.status
    };
    let bearer = |token: &str| format!("Authorization: Bearer {token}\r\n");

    // A file that cannot be used changes nothing.
    std::fs::write(&file, "short").unwrap();
    relay.reload(&config, &config);
    assert_eq!((with(&cookie).await, with(&bearer(TOKEN)).await), (101, 101));
    std::fs::write(&file, "another-horse-another-battery").unwrap();
    relay.reload(&config, &config);
    assert_eq!((with(&cookie).await, with(&bearer(TOKEN)).await), (401, 401));
    assert_eq!(with(&bearer("another-horse-another-battery")).await, 101);
    let open = Config { token_file: None, ..config.clone() };
    relay.reload(&config, &open);
    assert_eq!(with("").await, 101);
}
