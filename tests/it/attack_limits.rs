//! Whoever takes more than a share, or takes nothing and so holds what others need: refused or ended
//! with a reason, and nobody else notices.

mod octets;
mod slow;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use futures_util::future::join_all;
use relay::{Config, Limits, PolicyName, Rate, Relay};
use shared::tunnel::{BindAt, Listen, Reason, Reset};
use shared::wisp::CloseReason;
use tests::tunnel::{Refused, TunnelClient, TunnelStream, dial_from, request};
use tests::wisp::WispClient;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Error;

const SOON: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(200);

/// The attacker's address; the others have 127.0.0.1.
const THERE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

async fn relay(limits: Limits) -> Relay {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    relay::start(Config { listen, policy: PolicyName::Open, limits, ..Config::default() })
        .await
        .unwrap()
}

/// A server that does `serve` with every connection.
async fn server<F, Fut>(serve: F) -> SocketAddr
where
    F: Fn(TcpStream) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(serve(socket));
        }
    });
    address
}

async fn echo() -> SocketAddr {
    server(|mut socket| async move {
        let (mut read, mut write) = socket.split();
        let _ = tokio::io::copy(&mut read, &mut write).await;
    })
    .await
}

/// Sends as long as anybody takes it.
async fn endless() -> SocketAddr {
    server(|mut socket| async move { while socket.write_all(&[7; 16 * 1024]).await.is_ok() {} })
        .await
}

async fn still_echoes(stream: &mut TunnelStream) {
    stream.write(b"still here?").await.unwrap();
    let answer = timeout(SOON, stream.read_exactly(11)).await.expect("an echo");
    assert_eq!(answer, b"still here?");
}

async fn refusal(client: &TunnelClient, address: SocketAddr) -> Option<Reset> {
    match client.open_address(address).await {
        Ok(mut stream) => {
            stream.reset();
            None
        }
        Err(Refused::Relay(reset)) => Some(reset),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn one_address_has_its_share_of_websockets() {
    let relay = relay(Limits { sessions_per_address: 3, ..Limits::default() }).await;
    let mut clients = Vec::new();
    for _ in 0..3 {
        clients.push(TunnelClient::connect_from(THERE, relay.address()).await);
    }
    let again = async || {
        let socket = dial_from(THERE, relay.address()).await;
        tokio_tungstenite::client_async(request(relay.address()), socket).await
    };
    for _ in 0..100 {
        let Err(Error::Http(response)) = again().await else { panic!("upgraded") };
        assert_eq!(response.status(), 429);
        let body = String::from_utf8(response.body().clone().unwrap()).unwrap();
        assert!(body.contains("`sessions-per-address` is reached: 3"), "{body}");
    }
    let other = TunnelClient::connect(relay.address()).await;
    still_echoes(&mut other.open_address(echo().await).await.unwrap()).await;
    // One goes, and there is room for one.
    drop(clients.pop());
    let room = async { while again().await.is_err() {} };
    timeout(SOON, room).await.expect("room for one");
}

#[tokio::test]
async fn thousands_of_opens_are_refused_until_the_bucket_has_filled() {
    let limits = Limits { opens: Rate::new(100, 50), ..Limits::default() };
    let relay = relay(limits).await;
    let echo = echo().await;
    let client = TunnelClient::connect_from(THERE, relay.address()).await;
    let mut opened = 0;
    let mut told = Vec::new();
    for _ in 0..100 {
        let answers = join_all((0..30).map(|_| refusal(&client, echo))).await;
        opened += answers.iter().filter(|answer| answer.is_none()).count();
        told.extend(answers.into_iter().flatten());
    }
    assert!(opened >= 49, "{opened}");
    assert!(told.len() > 1000, "{opened} opened, {} refused", told.len());
    for reset in &told {
        assert_eq!(reset.reason, Reason::TOO_FAST);
        assert!(
            reset.text.starts_with(
                "The relay's limit `opens` is used up: 100/s, 50 at once. Try again in "
            ),
            "{reset}"
        );
    }
    // The other address has its own.
    let other = TunnelClient::connect(relay.address()).await;
    still_echoes(&mut other.open_address(echo).await.unwrap()).await;
    // All that opens something costs the same.
    let ask = async || match client.listen(Listen::new(BindAt::Address(relay.address().ip()))).await
    {
        Err(Refused::Relay(reset)) => reset.reason == Reason::TOO_FAST,
        _ => false,
    };
    let throttled = async { while !ask().await {} };
    timeout(SOON, throttled).await.expect("listeners are throttled, too");
    let filled = async { while refusal(&client, echo).await.is_some() {} };
    timeout(SOON, filled).await.expect("the bucket fills");
}

#[tokio::test]
async fn clients_of_wisp_meet_the_same_limits() {
    let rate = Rate::new(1, 3);
    let relay =
        relay(Limits { opens: rate, bytes: Rate::new(1 << 20, 1 << 16), ..Limits::default() })
            .await;
    let echo = echo().await;
    let mut client = WispClient::connect(relay.address()).await;
    let sent = vec![7; 1 << 18];
    let id = client.tcp(echo);
    let start = Instant::now();
    for piece in sent.chunks(1 << 14) {
        assert!(client.write(id, piece).await);
        assert!(client.read_exactly(id, piece.len()).await == piece);
    }
    // Half a MiB at 1 MiB/s, of which 64 KiB may come at once.
    assert!(start.elapsed() > Duration::from_millis(400), "{:?}", start.elapsed());
    let ids: Vec<u32> = (0..10).map(|_| client.tcp(echo)).collect();
    let mut refused = 0;
    for id in ids {
        // Who is refused hears it before any octet; the others hear their echo.
        if client.write(id, b"!").await {
            match client.read(id).await {
                Ok(answer) => assert_eq!(answer, b"!"),
                Err(reason) => {
                    assert_eq!(reason, CloseReason::THROTTLED);
                    refused += 1;
                }
            }
        } else {
            refused += 1;
        }
    }
    assert!((5..10).contains(&refused), "{refused} of 10 were refused");
}

#[tokio::test]
async fn sockets_are_counted_over_all_websockets_of_an_address() {
    let relay = relay(Limits { sockets_per_address: 5, ..Limits::default() }).await;
    let echo = echo().await;
    let first = TunnelClient::connect_from(THERE, relay.address()).await;
    let second = TunnelClient::connect_from(THERE, relay.address()).await;
    let mut streams = Vec::new();
    for client in [&first, &first, &first, &second, &second] {
        streams.push(client.open_address(echo).await.unwrap());
    }
    for client in [&first, &second] {
        let reset = refusal(client, echo).await.expect("a refusal");
        assert_eq!(reset.reason, Reason::TOO_MANY_SOCKETS);
        assert!(reset.text.contains("`sockets-per-address` is reached: 5"), "{reset}");
    }
    let other = TunnelClient::connect(relay.address()).await;
    still_echoes(&mut other.open_address(echo).await.unwrap()).await;
    streams.remove(0).reset();
    let room = async { while refusal(&second, echo).await.is_some() {} };
    timeout(SOON, room).await.expect("room for one");
}

#[tokio::test]
async fn slow_requests_hold_neither_the_door_nor_a_place() {
    let limits = Limits { headers: SHORT, connections_per_address: 8, ..Limits::default() };
    let relay = relay(limits).await;
    let mut slow = Vec::new();
    for n in 0..64 {
        let mut socket = dial_from(THERE, relay.address()).await;
        let _ = socket.write_all(&b"GET /tunnel HTTP/1.1\r\nHost: x"[..n % 29]).await;
        slow.push(socket);
    }
    let other = TunnelClient::connect(relay.address()).await;
    still_echoes(&mut other.open_address(echo().await).await.unwrap()).await;
    // They go on, an octet at a time; their time is over all the same.
    let ended = join_all(slow.into_iter().map(|mut socket| async move {
        let mut answer = Vec::new();
        let (mut read, mut write) = socket.split();
        let dribble = async {
            while write.write_all(b"x").await.is_ok() {
                tokio::task::yield_now().await;
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            _ = read.read_to_end(&mut answer) => {}
            () = dribble => {}
        }
    }));
    timeout(SOON, ended).await.expect("all are closed");
}

#[tokio::test]
async fn a_connection_that_takes_its_answers_slowly_ends() {
    let relay = relay(Limits { connection: SHORT, ..Limits::default() }).await;
    let mut socket = TcpStream::connect(relay.address()).await.unwrap();
    let request = format!("GET /endpoints.json HTTP/1.1\r\nHost: {}\r\n\r\n", relay.address());
    // Nothing is read, so at some time nothing more can be written; and then it is over.
    let asks = async { while socket.write_all(request.as_bytes()).await.is_ok() {} };
    timeout(SOON, asks).await.expect("the relay hangs up");
}
