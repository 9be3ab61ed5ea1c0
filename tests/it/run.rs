//! Running the relay for others: metrics, health, the orderly end, and who is behind a proxy.

use std::net::SocketAddr;
use std::time::Duration;

use relay::{Config, PolicyName, Relay};
use shared::tunnel::{BindAt, Listen, PAGE_WINDOW, Reason, UdpBind};
use shared::wisp::CloseReason;
use tests::tunnel::{Refused, TunnelClient, TunnelStream, request, websocket};
use tests::wirelab::Wirelab;
use tests::wisp::WispClient;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

const LONG: Duration = Duration::from_secs(600);

async fn lab() -> Relay {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let config =
        Config { listen: any, metrics: Some(any), policy: PolicyName::Open, ..Config::default() };
    relay::start(config).await.unwrap()
}

/// One plain HTTP exchange: the status, and everything that came.
async fn get(at: SocketAddr, host: &str, path: &str) -> (u16, String) {
    let mut socket = TcpStream::connect(at).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    (answer[9..12].parse().unwrap(), answer)
}

async fn get_own(at: SocketAddr, path: &str) -> (u16, String) {
    get(at, &at.to_string(), path).await
}

/// Waits until the metrics have all of these lines.
pub(crate) async fn metrics_show(relay: &Relay, lines: &[&str]) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    loop {
        let (_, text) = get_own(relay.metrics_address().unwrap(), "/metrics").await;
        let missing = lines.iter().find(|line| !text.lines().any(|have| have == **line));
        let Some(missing) = missing else { return };
        assert!(tokio::time::Instant::now() < deadline, "{missing} is not in\n{text}");
        tokio::task::yield_now().await;
    }
}

/// A server of the test, and a stream to it.
async fn connected(client: &TunnelClient) -> (TcpStream, TunnelStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stream = client.open_address(listener.local_addr().unwrap()).await.unwrap();
    (listener.accept().await.unwrap().0, stream)
}

#[tokio::test]
async fn the_metrics_count_what_happens() {
    let relay = lab().await;
    metrics_show(&relay, &["wirelab_websockets 0", "wirelab_streams 0", "# EOF"]).await;
    let client = TunnelClient::connect(relay.address()).await;
    let (mut server, mut stream) = connected(&client).await;
    stream.write(b"seven b").await.unwrap();
    server.read_exact(&mut [0; 7]).await.unwrap();
    server.write_all(b"eleven byte").await.unwrap();
    stream.read_exactly(11).await;
    let listen = Listen::new(BindAt::Address([127, 0, 0, 1].into()));
    let listener = client.listen(listen).await.unwrap();
    let udp = client.udp_bind(UdpBind::new(BindAt::Address([127, 0, 0, 1].into()))).await;
    let mut visit = client.open("practice.lab", 110).await.unwrap();
    visit.read().await.unwrap();
    let open = [
        "wirelab_websockets 1",
        "wirelab_websockets_opened_total 1",
        "wirelab_streams 2",
        "wirelab_listeners 1",
        "wirelab_udp_sockets 1",
        "wirelab_practice_visits 1",
        "wirelab_bytes_total{direction=\"from_page\"} 7",
        "wirelab_dial_seconds_count 2",
    ];
    metrics_show(&relay, &open).await;

    let nowhere = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert!(client.open_address(nowhere).await.is_err());
    assert!(client.open("", 1).await.is_err());
    stream.finish();
    drop(server);
    stream.read_to_end().await;
    visit.reset();
    listener.close();
    drop(udp);
    let over = [
        "wirelab_streams 0",
        "wirelab_listeners 0",
        "wirelab_practice_visits 0",
        "wirelab_practice_visits_begun_total 1",
        "wirelab_streams_ended_total{outcome=\"failed\"} 1",
        "wirelab_streams_ended_total{outcome=\"refused\"} 1",
        "wirelab_streams_ended_total{outcome=\"given_up\"} 1",
        "wirelab_streams_ended_total{outcome=\"finished\"} 1",
        "wirelab_refusals_total{asked=\"stream\",reason=\"BAD_TARGET\"} 1",
        "wirelab_dial_seconds_count 3",
    ];
    metrics_show(&relay, &over).await;
    drop(client);
    metrics_show(&relay, &["wirelab_websockets 0", "wirelab_udp_sockets 0"]).await;
    relay.stop().await;
}

#[tokio::test]
async fn the_metrics_are_for_this_machine() {
    let relay = lab().await;
    let at = relay.metrics_address().unwrap();
    assert_eq!(get(at, "evil.example", "/metrics").await.0, 403);
    assert_eq!(get_own(at, "/").await.0, 404);
    assert_eq!(get_own(relay.address(), "/metrics").await.0, 404, "not at the page's port");
    let everywhere = SocketAddr::from(([0, 0, 0, 0], 0));
    let config = Config { metrics: Some(everywhere), listen: at, ..Config::default() };
    let config = Config { listen: SocketAddr::from(([127, 0, 0, 1], 0)), ..config };
    let Err(error) = relay::start(config.clone()).await else { panic!("started") };
    assert!(error.to_string().contains("--metrics-for-all"), "{error}");
    let open = relay::start(Config { metrics_for_all: true, ..config }).await.unwrap();
    let port = open.metrics_address().unwrap().port();
    let (status, _) = get(([127, 0, 0, 1], port).into(), "prometheus.example", "/metrics").await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_relay_that_drains_lets_streams_finish_and_begins_nothing() {
    let relay = lab().await;
    let metrics = relay.metrics_address().unwrap();
    for at in [metrics, relay.address()] {
        assert_eq!(get_own(at, "/healthz").await.0, 200);
        assert_eq!(get_own(at, "/readyz").await.0, 200);
    }
    let client = TunnelClient::connect(relay.address()).await;
    let idle = TunnelClient::connect(relay.address()).await;
    let (mut server, mut stream) = connected(&client).await;
    let listen = Listen::new(BindAt::Address([127, 0, 0, 1].into()));
    let listener = client.listen(listen).await.unwrap();
    let address = relay.address();

    let drained = async { relay.drain(LONG).await };
    let meanwhile = async {
        assert_eq!(client.draining().await, LONG);
        // A page without streams has nothing to wait for.
        assert!(idle.over().await.contains("stopped"), "not the relay's own word");
        for at in [metrics, address] {
            assert_eq!(get_own(at, "/healthz").await.0, 200);
            assert_eq!(get_own(at, "/readyz").await.0, 503);
        }
        match websocket(request(address)).await {
            Err(Error::Http(response)) => {
                assert_eq!(response.status(), 503);
                assert_eq!(response.headers()["retry-after"], "600");
            }
            other => panic!("{:?}", other.map(|_| "upgraded")),
        }
        let Err(Refused::Local(error)) = client.open("practice.lab", 110).await else {
            panic!("opened")
        };
        assert!(error.to_string().contains("about to stop"), "{error}");
        assert!(TcpStream::connect(listener.info.bound).await.is_err(), "still listens");

        // More than every buffer on the way, and the reader comes late.
        let whole = vec![7; 3_000_000];
        let (sent, received) = tokio::join!(
            async {
                server.write_all(&whole).await.unwrap();
                server.shutdown().await.unwrap();
                let mut said = Vec::new();
                server.read_to_end(&mut said).await.unwrap();
                said
            },
            async {
                stream.write(b"go on").await.unwrap();
                let (bytes, reset) = stream.read_to_end().await;
                assert!(reset.is_none());
                stream.finish();
                bytes
            }
        );
        assert_eq!((sent.as_slice(), received.len()), (&b"go on"[..], whole.len()));
        assert!(client.over().await.contains("stopped"));
    };
    tokio::join!(drained, meanwhile);
    relay.stop().await;
}

#[tokio::test]
async fn a_page_that_writes_before_it_reads_learns_that_the_server_is_gone() {
    let relay = lab().await;
    let client = TunnelClient::connect(relay.address()).await;
    let (mut server, mut stream) = connected(&client).await;
    // More than the window, so that the relay may not read on to the reset.
    const MUCH: usize = PAGE_WINDOW as usize * 3 / 2;
    server.write_all(&vec![7; MUCH]).await.unwrap();
    let window = format!("wirelab_bytes_total{{direction=\"to_page\"}} {PAGE_WINDOW}");
    metrics_show(&relay, &[&window]).await;
    server.set_zero_linger().unwrap();
    drop(server);
    let (written, (read, reset)) = tokio::time::timeout(Duration::from_secs(60), async {
        (stream.write(&[8; 1_000_000]).await, stream.read_to_end().await)
    })
    .await
    .expect("credit for what nobody takes any more");
    assert!(written.is_ok());
    assert!(read.iter().all(|octet| *octet == 7) && read.len() <= MUCH);
    let reset = reset.expect("no orderly end");
    assert!([Reason::PEER_RESET, Reason::BROKEN_PIPE].contains(&reset.reason), "{reset}");
}

#[tokio::test]
async fn a_drain_has_a_limit() {
    let relay = lab().await;
    let client = TunnelClient::connect(relay.address()).await;
    let (mut server, mut stream) = connected(&client).await;
    relay.drain(Duration::from_millis(20)).await;
    relay.stop().await;
    assert!(client.over().await.contains("stopped"));
    let reset = stream.read().await.unwrap_err();
    assert_eq!(reset.reason, Reason::GONE);
    let torn = server.read(&mut [0; 8]).await.unwrap_err();
    assert_eq!(torn.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_wisp_stream_may_finish_and_no_other_begins() {
    let relay = lab().await;
    let mut client = WispClient::connect(relay.address()).await;
    let mut idle = WispClient::connect(relay.address()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let id = client.tcp(at);
    assert!(client.write(id, b"begun").await);
    let mut server = listener.accept().await.unwrap().0;
    let drained = async { relay.drain(LONG).await };
    let meanwhile = async {
        let end = idle.over().await.expect("a last word");
        assert_eq!((end.code, end.reason.as_str()), (CloseCode::Away, "The relay was stopped."));
        let next = client.tcp(at);
        assert_eq!(client.read(next).await, Err(CloseReason::THROTTLED));
        let whole = vec![7; 3_000_000];
        let (sent, (received, reason)) = tokio::join!(
            async {
                server.write_all(&whole).await.unwrap();
                server.shutdown().await.unwrap();
                let mut said = [0; 5];
                server.read_exact(&mut said).await.unwrap();
                said
            },
            client.read_to_end(id),
        );
        assert_eq!(&sent, b"begun");
        assert!(received == whole && reason == CloseReason::VOLUNTARY);
        assert_eq!(client.over().await.expect("a last word").code, CloseCode::Away);
    };
    tokio::join!(drained, meanwhile);
    relay.stop().await;
}

#[tokio::test]
async fn what_crosses_the_drain_is_refused_as_stopping() {
    let relay = lab().await;
    let client = TunnelClient::connect(relay.address()).await;
    let (server, stream) = connected(&client).await;
    // The page asks without pause; the last request crosses DRAINING or is refused by the page.
    let asking = async {
        loop {
            match client.resolve("localhost").await {
                Ok(_) => {}
                Err(Refused::Relay(reset)) => return assert_eq!(reset.reason, Reason::STOPPING),
                Err(Refused::Local(_)) => return,
                Err(Refused::Over(over)) => panic!("{over}"),
            }
        }
    };
    tokio::select! {
        () = asking => {}
        () = relay.drain(LONG) => panic!("a stream is open"),
    }
    drop((server, stream));
}

#[tokio::test]
async fn only_a_trusted_proxy_says_who_the_page_is() {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    for (trusted, expected) in [("127.0.0.0/8", "192.0.2.7:0"), ("10.0.0.0/8", "127.0.0.1")] {
        let trusted_proxies = vec![trusted.parse().unwrap()];
        let config = Config { listen, trusted_proxies, ..Config::default() };
        let relay = relay::start(config).await.unwrap();
        let mut request = request(relay.address());
        let forwarded = HeaderValue::from_static("127.0.0.1, 192.0.2.7");
        request.headers_mut().insert("x-forwarded-for", forwarded);
        let client = TunnelClient::through(websocket(request).await.unwrap()).await;
        let peer = client.welcome.peer.to_string();
        assert!(peer.starts_with(expected), "{peer}");
    }
}

fn address(url: &str) -> SocketAddr {
    url.trim_start_matches("http://").trim_end_matches('/').parse().unwrap()
}

#[tokio::test]
async fn sigterm_drains_and_a_second_signal_ends_it() {
    let mut wirelab =
        Wirelab::start(&["--policy", "open", "--metrics", "127.0.0.1:0"], "info").await;
    let metrics = wirelab.says("Its metrics are at ").await;
    let metrics = address(metrics.trim_end_matches("metrics"));
    let client = TunnelClient::connect(address(&wirelab.url)).await;
    let (server, stream) = connected(&client).await;
    wirelab.signal("HUP");
    wirelab.signal("TERM");
    assert_eq!(client.draining().await, Duration::from_secs(30));
    assert_eq!(get_own(metrics, "/readyz").await.0, 503);
    wirelab.signal("TERM");
    assert!(client.over().await.contains("stopped"));
    let (well, log) = wirelab.end().await;
    assert!(well && log.contains("draining"), "{log}");
    assert!(log.contains("outcome=\"lost\""), "{log}");
    drop((server, stream));
}

#[tokio::test]
async fn sigint_and_a_sigterm_without_streams_end_it() {
    for signal in ["INT", "TERM"] {
        let wirelab = Wirelab::start(&[], "info").await;
        wirelab.signal(signal);
        let (well, log) = wirelab.end().await;
        assert!(well && log.contains("stopping"), "{log}");
    }
}
