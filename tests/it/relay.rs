//! The relay's door: who gets in, what is served, and when a session ends.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use relay::{Config, Limits, Relay};
use shared::tunnel::{Frame, Hello, Reason, Target, VERSION};
use shared::world::{PASSWORD, USER};
use tests::tunnel::{Refused, TunnelClient, TunnelStream, request, websocket};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue, Request, header};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

async fn lab() -> Relay {
    lab_with(Limits::default()).await
}

async fn lab_with(limits: Limits) -> Relay {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    relay::start(Config { listen, limits, ..Config::default() }).await.unwrap()
}

/// The status and body with which the relay refuses a handshake.
async fn refusal(request: Request<()>) -> (u16, String) {
    match websocket(request).await {
        Err(Error::Http(response)) => {
            let body = response.body().clone().unwrap_or_default();
            (response.status().as_u16(), String::from_utf8(body).unwrap())
        }
        Ok(_) => panic!("upgraded"),
        Err(error) => panic!("{error}"),
    }
}

fn with(relay: &Relay, name: HeaderName, value: &str) -> Request<()> {
    let mut request = request(relay.address());
    request.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
    request
}

/// One plain HTTP exchange: head and body.
async fn http(relay: &Relay, head: &str) -> (String, Vec<u8>) {
    let mut socket = TcpStream::connect(relay.address()).await.unwrap();
    let request = format!("{head}\r\nconnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let body = answer.split_off(end + 4);
    (String::from_utf8(answer).unwrap().to_ascii_lowercase(), body)
}

/// Everything until the relay closes: the reason of its GOAWAY and the code of its close.
async fn farewell(mut socket: WebSocketStream<TcpStream>) -> (Option<Reason>, Option<CloseCode>) {
    let (mut reason, mut code) = (None, None);
    while let Some(Ok(message)) = socket.next().await {
        match message {
            Message::Binary(bytes) => {
                if let Ok(Frame::Goaway(goaway)) = Frame::decode(&bytes) {
                    reason = Some(goaway.reason);
                }
            }
            Message::Close(frame) => code = frame.map(|frame| frame.code),
            _ => {}
        }
    }
    (reason, code)
}

#[tokio::test]
async fn pages_of_other_sites_do_not_get_a_tunnel() {
    let relay = lab().await;
    let port = relay.address().port();
    for origin in ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1"] {
        let (status, text) = refusal(with(&relay, header::ORIGIN, origin)).await;
        assert_eq!(status, 403);
        assert!(text.contains("may not use the tunnel"), "{text}");
    }
    for host in ["evil.example", "127.0.0.1:1", &format!("evil.example:{port}")] {
        let (status, text) = refusal(with(&relay, header::HOST, host)).await;
        assert_eq!(status, 403);
        assert!(text.contains("does not answer to the name"), "{text}");
    }
    // A program on this machine sends no Origin; at a loopback address it may come in.
    let mut program = request(relay.address());
    program.headers_mut().remove(header::ORIGIN);
    assert!(websocket(program).await.is_ok());
    let mut by_name = with(&relay, header::HOST, &format!("localhost:{port}"));
    by_name.headers_mut().remove(header::ORIGIN);
    assert_eq!(refusal(by_name).await.0, 403);
}

#[tokio::test]
async fn the_name_of_the_relay_counts_for_pages_too() {
    let relay = lab().await;
    let (head, _) = http(&relay, "GET /endpoints.json HTTP/1.1\r\nhost: evil.example").await;
    assert!(head.starts_with("http/1.1 403"), "{head}");
    let (head, _) = http(&relay, "GET / HTTP/1.0").await;
    assert!(head.starts_with("http/1.0 403") || head.starts_with("http/1.1 403"), "{head}");
}

#[tokio::test]
async fn another_subprotocol_is_refused() {
    let relay = lab().await;
    let (status, text) =
        refusal(with(&relay, header::SEC_WEBSOCKET_PROTOCOL, "wirelab.0, chat")).await;
    assert_eq!(status, 400);
    assert!(text.contains("wirelab.1"), "{text}");
    let several = with(&relay, header::SEC_WEBSOCKET_PROTOCOL, "chat, wirelab.1");
    assert!(websocket(several).await.is_ok());
}

#[tokio::test]
async fn the_page_is_served_and_unknown_addresses_are_not() {
    let relay = lab().await;
    let host = format!("host: {}", relay.address());
    let (head, body) = http(&relay, &format!("GET / HTTP/1.1\r\n{host}")).await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert!(head.contains("content-type: text/html"));
    assert!(head.contains("content-security-policy: default-src 'none';"));
    assert!(body.starts_with(b"<!") || body.starts_with(b"<html"));
    let (head, body) = http(&relay, &format!("GET /nothing HTTP/1.1\r\n{host}")).await;
    assert!(head.starts_with("http/1.1 404"), "{head}");
    assert!(body.starts_with(b"There is nothing at /nothing."));
    let (head, body) = http(&relay, &format!("HEAD / HTTP/1.1\r\n{host}")).await;
    assert!(head.starts_with("http/1.1 200") && body.is_empty(), "{head}");
    let (head, _) = http(&relay, &format!("GET /tunnel HTTP/1.1\r\n{host}")).await;
    assert!(head.starts_with("http/1.1 426"), "{head}");
}

#[tokio::test]
async fn a_connection_that_asks_nothing_is_closed() {
    let limits = Limits { headers: Duration::from_millis(50), ..Limits::default() };
    let relay = lab_with(limits).await;
    let ask = format!("GET /endpoints.json HTTP/1.1\r\nhost: {}\r\n\r\n", relay.address());
    for said in ["", "GET / HT", &ask] {
        let mut socket = TcpStream::connect(relay.address()).await.unwrap();
        socket.write_all(said.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let closed = tokio::time::timeout(Duration::from_secs(20), socket.read_to_end(&mut answer));
        assert!(closed.await.is_ok(), "still open after {said:?}");
    }
}

#[tokio::test]
async fn lab_policy_connects_to_nothing_but_the_practice_servers() {
    let relay = lab().await;
    let client = TunnelClient::connect(relay.address()).await;
    assert_eq!(client.welcome.policy, "lab");
    let elsewhere = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = elsewhere.local_addr().unwrap().port();
    for host in ["127.0.0.1", "localhost", "::ffff:127.0.0.1", "example.org", "practice.lab"] {
        let refused = client.open_target(Target::new(host, port)).await;
        let Err(Refused::Relay(reset)) = refused else { panic!("opened {host}") };
        assert_eq!(reset.reason, Reason::NOT_ALLOWED, "{host}");
        assert!(reset.text.contains("practice"), "{reset}");
    }
}

#[tokio::test]
async fn a_text_message_ends_the_session() {
    let relay = lab().await;
    let mut socket = websocket(request(relay.address())).await.unwrap();
    socket.send(Message::text("hello")).await.unwrap();
    assert_eq!(farewell(socket).await, (Some(Reason::TEXT_MESSAGE), Some(CloseCode::Unsupported)));
}

#[tokio::test]
async fn a_message_over_the_limit_ends_the_session() {
    let relay = lab().await;
    let mut socket = websocket(request(relay.address())).await.unwrap();
    socket.send(Message::binary(vec![0x80; 64 * 1024 + 1])).await.unwrap();
    assert_eq!(farewell(socket).await, (Some(Reason::MALFORMED), Some(CloseCode::Size)));
    // At the limit it is only a frame that this version does not know.
    let mut socket = websocket(request(relay.address())).await.unwrap();
    socket.send(Message::binary(vec![0x80; 64 * 1024])).await.unwrap();
    socket.send(Message::binary(vec![0x7f; 5])).await.unwrap();
    let end = farewell(socket).await;
    assert_eq!(end, (Some(Reason::UNKNOWN_FRAME), Some(CloseCode::Protocol)));
}

#[tokio::test]
async fn who_says_nothing_or_falls_silent_is_sent_away() {
    let short = Duration::from_millis(50);
    let relay = lab_with(Limits { hello: short, ..Limits::default() }).await;
    let socket = websocket(request(relay.address())).await.unwrap();
    assert_eq!(farewell(socket).await, (Some(Reason::HELLO_LATE), Some(CloseCode::Protocol)));

    let limits = Limits { ping_after: short, silence: 20 * short, ..Limits::default() };
    let relay = lab_with(limits).await;
    let mut socket = websocket(request(relay.address())).await.unwrap();
    let hello = Frame::Hello(Hello { version: VERSION, client: "silent".to_owned() });
    socket.send(Message::binary(hello.encode())).await.unwrap();
    let mut kinds = Vec::new();
    while let Some(Ok(Message::Binary(bytes))) = socket.next().await {
        kinds.extend(Frame::decode(&bytes).unwrap().kind().map(|kind| kind.name()));
    }
    assert_eq!(kinds, ["WELCOME", "PING", "GOAWAY"]);
}

#[tokio::test]
async fn sessions_over_the_limit_are_told_to_come_again() {
    let relay = lab_with(Limits { sessions: 1, ..Limits::default() }).await;
    let _first = TunnelClient::connect(relay.address()).await;
    assert_eq!(refusal(request(relay.address())).await.0, 503);
}

#[tokio::test]
async fn a_port_in_use_is_explained() {
    let relay = lab().await;
    let second = Config { listen: relay.address(), ..Config::default() };
    let Err(error) = relay::start(second).await else { panic!("started") };
    let text = error.to_string();
    assert!(text.contains(&relay.address().to_string()) && text.contains("--listen"), "{text}");
}

/// One line from a tunnel's stream.
async fn line(stream: &mut TunnelStream) -> String {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        line.extend(stream.read().await.unwrap().expect("a line"));
    }
    String::from_utf8(line).unwrap()
}

async fn login(stream: &mut TunnelStream) -> String {
    line(stream).await;
    stream.write(format!("USER {USER}\r\n").as_bytes()).await.unwrap();
    line(stream).await;
    stream.write(format!("PASS {PASSWORD}\r\n").as_bytes()).await.unwrap();
    line(stream).await
}

#[tokio::test]
async fn the_page_finds_the_practice_servers_at_their_usual_ports() {
    let relay = lab().await;
    let client = TunnelClient::connect(relay.address()).await;
    let listed = relay.endpoints().iter().find(|endpoint| endpoint.protocol == "pop3").unwrap();
    for (host, port) in [
        ("practice.lab", 110),
        ("practice.lab", listed.address.port()),
        ("127.0.0.1", listed.address.port()),
    ] {
        let mut stream = client.open(host, port).await.unwrap();
        assert_eq!(stream.info.peer, listed.address);
        let greeting = line(&mut stream).await;
        assert!(greeting.starts_with("+OK practice.lab"), "{greeting}");
        stream.write(b"QUIT\r\n").await.unwrap();
        let (bye, reset) = stream.read_to_end().await;
        assert!(bye.starts_with(b"+OK") && reset.is_none());
        stream.finish();
    }
}

#[tokio::test]
async fn a_torn_visit_frees_the_mailbox() {
    let relay = lab().await;
    let client = TunnelClient::connect(relay.address()).await;
    let mut first = client.open("practice.lab", 110).await.unwrap();
    assert!(login(&mut first).await.starts_with("+OK"));
    let mut second = client.open("practice.lab", 110).await.unwrap();
    assert!(login(&mut second).await.starts_with("-ERR [IN-USE]"));
    first.reset();
    // The reset is on its way while the next visitor knocks.
    for _ in 0..1000 {
        let mut next = client.open("practice.lab", 110).await.unwrap();
        if login(&mut next).await.starts_with("+OK") {
            return;
        }
        next.reset();
    }
    panic!("the mailbox stayed locked");
}

#[tokio::test]
async fn programs_learn_the_practice_servers_from_a_file_as_the_page_does() {
    let file = std::env::temp_dir().join(format!("wirelab-{}.json", std::process::id()));
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = Config { listen, endpoints_file: Some(file.clone()), ..Config::default() };
    let relay = relay::start(config).await.unwrap();
    let request = format!("GET /endpoints.json HTTP/1.1\r\nhost: {}", relay.address());
    let (head, body) = http(&relay, &request).await;
    assert!(head.contains("content-type: application/json"), "{head}");
    assert_eq!(std::fs::read(&file).unwrap(), body);
    std::fs::remove_file(&file).unwrap();
    let text = String::from_utf8(body).unwrap();
    for endpoint in relay.endpoints() {
        let port = format!("\"port\": {}", endpoint.address.port());
        assert!(text.contains(&port), "{text}");
        let samples = endpoint.samples.iter().map(|(name, value)| match value.as_str() {
            "true" | "false" => format!("\"{name}\": {value}"),
            _ => format!("\"{name}\": \"{value}\""),
        });
        let lacks = endpoint.lacks.iter().map(|lack| format!("\"{lack}\""));
        for told in samples.chain(lacks) {
            assert!(text.contains(&told), "{told} is missing: {text}");
        }
        // Any program may come, not only the page.
        let mut program = TcpStream::connect(endpoint.address).await.unwrap();
        program.shutdown().await.unwrap();
        let mut heard = Vec::new();
        program.read_to_end(&mut heard).await.unwrap();
    }
    relay.stop().await;
}
