//! Sockets that a page listens at: real programs connect, and the policy decides.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use relay::{Config, Limits, PolicyName, Relay};
use shared::tunnel::{
    Allow, BindAt, Listen, MAX_BACKLOG, MAX_LISTENERS, Phase, Reason, Reset, StreamId,
};
use tests::tunnel::{Refused, TunnelClient, TunnelListener};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const SOON: Duration = Duration::from_secs(10);

async fn relay(policy: PolicyName) -> Relay {
    let listen = SocketAddr::new(LOOPBACK, 0);
    relay::start(Config { listen, policy, ..Config::default() }).await.unwrap()
}

/// A page of a relay with the default policy.
async fn page() -> (Relay, TunnelClient) {
    let relay = relay(PolicyName::Lab).await;
    let client = TunnelClient::connect(relay.address()).await;
    (relay, client)
}

fn at(ip: IpAddr) -> Listen {
    Listen::new(BindAt::Address(ip))
}

async fn listen(client: &TunnelClient) -> TunnelListener {
    client.listen(at(LOOPBACK)).await.unwrap()
}

async fn refused(client: &TunnelClient, listen: Listen) -> Reset {
    match client.listen(listen).await {
        Err(Refused::Relay(reset)) => reset,
        Ok(listener) => panic!("listens at {}", listener.info.bound),
        Err(other) => panic!("{other:?}"),
    }
}

/// A connection from another address of the loopback.
async fn connect_from(from: &str, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(from.parse().unwrap()).unwrap();
    socket.connect(to).await
}

async fn is_reset(mut socket: TcpStream) -> bool {
    let end = timeout(SOON, socket.read(&mut [0; 1])).await.expect("an end");
    matches!(end, Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset)
}

/// The reset may come before the connection was seen to be there.
async fn is_turned_away(by: SocketAddr) -> bool {
    match TcpStream::connect(by).await {
        Ok(socket) => is_reset(socket).await,
        Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
    }
}

#[tokio::test]
async fn a_program_of_this_machine_talks_to_the_page_s_server() {
    let (_relay, client) = page().await;
    let listener = listen(&client).await;
    let address = listener.info.bound;
    assert_eq!((address.ip(), listener.info.advertised), (LOOPBACK, address));
    assert!(address.port() >= 1024);
    assert_eq!((listener.info.backlog, listener.info.accepts), (MAX_BACKLOG, 0));
    assert_eq!(listener.info.lifetime, Duration::from_secs(300));
    // A plain program with blocking sockets.
    let program = tokio::task::spawn_blocking(move || {
        let mut socket = std::net::TcpStream::connect(address).unwrap();
        socket.write_all(b"is anybody there?").unwrap();
        socket.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).unwrap();
        (socket.local_addr().unwrap(), answer)
    });
    let mut stream = listener.accept().await.unwrap();
    let (heard, reset) = stream.read_to_end().await;
    assert_eq!((&heard[..], reset), (&b"is anybody there?"[..], None));
    stream.write(&heard.repeat(10_000)).await.unwrap();
    stream.finish();
    let (own, answer) = program.await.unwrap();
    assert!(answer == heard.repeat(10_000));
    assert_eq!((stream.info.local, stream.info.peer), (address, own));
}

/// Server and client of the lecture, here as two pages of one relay.
#[tokio::test]
async fn two_pages_talk_to_each_other_under_the_default_policy() {
    let (relay, server) = page().await;
    let listener = listen(&server).await;
    let client = TunnelClient::connect(relay.address()).await;
    for host in ["127.0.0.1", "localhost"] {
        let mut ours = client.open(host, listener.info.bound.port()).await.unwrap();
        let mut theirs = listener.accept().await.unwrap();
        assert_eq!(theirs.info.peer, ours.info.local);
        theirs.write(b"Thank you for connecting").await.unwrap();
        theirs.finish();
        assert_eq!(ours.read_to_end().await, (b"Thank you for connecting".to_vec(), None));
        ours.finish();
        assert_eq!(theirs.read_to_end().await, (Vec::new(), None));
    }
    // Once it is closed, it is a port like any other.
    let address = listener.info.bound;
    listener.close();
    while client.open_address(address).await.is_ok() {}
    let Err(Refused::Relay(reset)) = client.open_address(address).await else { panic!("opened") };
    assert_eq!(reset.reason, Reason::NOT_ALLOWED);
    // What nobody opened for a page stays out of reach.
    let other = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let Err(Refused::Relay(reset)) = client.open_address(other).await else { panic!("opened") };
    assert_eq!(reset.reason, Reason::NOT_ALLOWED);
}

#[tokio::test]
async fn connections_wait_in_order_and_early_bytes_are_kept() {
    let (_relay, client) = page().await;
    let listener = listen(&client).await;
    let mut sockets = Vec::new();
    for n in 0..3u8 {
        let mut socket = TcpStream::connect(listener.info.bound).await.unwrap();
        socket.write_all(&[n; 5]).await.unwrap();
        sockets.push(socket);
        while listener.waiting() <= usize::from(n) {
            client.ping().await;
        }
    }
    for n in 0..3u8 {
        let mut stream = listener.accept().await.unwrap();
        assert_eq!(stream.read_exactly(5).await, [n; 5]);
    }
}

#[tokio::test]
async fn fin_and_rst_stay_different_in_both_directions() {
    let (_relay, client) = page().await;
    let listener = listen(&client).await;
    let connect = async || {
        let socket = TcpStream::connect(listener.info.bound).await.unwrap();
        (socket, listener.accept().await.unwrap())
    };
    // The program ends in order, or tears it down.
    let (socket, mut stream) = connect().await;
    drop(socket);
    assert_eq!(stream.read_to_end().await, (Vec::new(), None));
    let (socket, mut stream) = connect().await;
    socket.set_zero_linger().unwrap();
    drop(socket);
    let (_, reset) = stream.read_to_end().await;
    let reset = reset.unwrap();
    assert_eq!((reset.reason, reset.phase), (Reason::PEER_RESET, Phase::Read));
    assert_ne!(reset.errno, 0);
    // And the page likewise.
    let (mut socket, mut stream) = connect().await;
    stream.finish();
    assert_eq!(socket.read(&mut [0; 1]).await.unwrap(), 0);
    let (socket, mut stream) = connect().await;
    stream.reset();
    assert!(is_reset(socket).await);
    // Refused before it was taken.
    let socket = TcpStream::connect(listener.info.bound).await.unwrap();
    listener.refuse().await.unwrap();
    assert!(is_reset(socket).await);
}

#[tokio::test]
async fn a_peer_filter_turns_others_away() {
    let (_relay, client) = page().await;
    let allow = Allow::Address("127.0.0.2".parse().unwrap());
    let listener = client.listen(Listen { allow, accepts: 1, ..at(LOOPBACK) }).await.unwrap();
    for _ in 0..40 {
        assert!(is_turned_away(listener.info.bound).await);
    }
    assert_eq!(listener.waiting(), 0);
    let mut friend = connect_from("127.0.0.2:0", listener.info.bound).await.unwrap();
    let mut stream = listener.accept().await.unwrap();
    assert_eq!(stream.info.peer.ip(), "127.0.0.2".parse::<IpAddr>().unwrap());
    stream.write(b"welcome").await.unwrap();
    let mut heard = [0; 7];
    friend.read_exact(&mut heard).await.unwrap();
    // It was the one connection, so the port is closed.
    assert_eq!(listener.accept().await.err().unwrap().reason, Reason::SERVED);
    assert!(connect_from("127.0.0.2:0", listener.info.bound).await.is_err());
}

#[tokio::test]
async fn the_peer_of_a_stream_is_a_filter_too() {
    let relay = relay(PolicyName::Open).await;
    let server = TcpListener::bind("127.0.0.9:0").await.unwrap();
    let client = TunnelClient::connect(relay.address()).await;
    let stream = client.open_address(server.local_addr().unwrap()).await.unwrap();
    let listener = client.listen(Listen::for_peer_of(stream.id)).await.unwrap();
    assert_eq!(listener.info.bound.ip(), stream.info.local.ip());
    assert!(is_turned_away(listener.info.bound).await);
    let _peer = connect_from("127.0.0.9:0", listener.info.bound).await.unwrap();
    let incoming = listener.accept().await.unwrap();
    assert_eq!(incoming.info.peer.ip(), stream.info.peer.ip());
    // Of no stream there is no peer.
    let unknown = refused(&client, Listen::for_peer_of(StreamId(9999))).await;
    assert_eq!(unknown.reason, Reason::BAD_BIND, "{unknown}");
}

#[tokio::test]
async fn a_port_in_use_is_refused_with_its_errno() {
    let (_relay, client) = page().await;
    let first = listen(&client).await;
    let port = first.info.bound.port();
    for reuse in [false, true] {
        let reset = refused(&client, Listen { port, reuse, ..at(LOOPBACK) }).await;
        assert_eq!((reset.reason, reset.phase), (Reason::ADDRESS_IN_USE, Phase::Bind));
        assert_ne!(reset.errno, 0);
        assert!(reset.text.contains(&first.info.bound.to_string()), "{reset}");
    }
    // Its own address does not help either.
    let there = "127.0.0.77".parse().unwrap();
    assert!(client.listen(Listen { port, ..at(there) }).await.is_ok(), "another address");
    let nowhere = relay(PolicyName::Open).await;
    let client = TunnelClient::connect(nowhere.address()).await;
    let allow = Allow::Address(LOOPBACK);
    let reset = refused(&client, Listen { allow, ..at("192.0.2.1".parse().unwrap()) }).await;
    assert_eq!((reset.reason, reset.phase), (Reason::ADDRESS_NOT_HERE, Phase::Bind));
}

/// Who ends a connection first keeps its port in TIME-WAIT; `SO_REUSEADDR` is for that.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_server_that_starts_again_needs_so_reuseaddr() {
    let (_relay, client) = page().await;
    for reuse in [false, true] {
        let listener = client.listen(Listen { reuse, ..at(LOOPBACK) }).await.unwrap();
        let address = listener.info.bound;
        let mut socket = TcpStream::connect(address).await.unwrap();
        let mut stream = listener.accept().await.unwrap();
        stream.finish();
        assert_eq!(socket.read(&mut [0; 1]).await.unwrap(), 0);
        drop(socket);
        assert_eq!(stream.read_to_end().await, (Vec::new(), None));
        listener.close();
        let again = Listen { reuse, port: address.port(), ..at(LOOPBACK) };
        match client.listen(again).await {
            Ok(_) => assert!(reuse, "the port was in TIME-WAIT"),
            Err(Refused::Relay(reset)) => {
                assert!(!reuse, "{reset}");
                assert_eq!((reset.reason, reset.errno), (Reason::ADDRESS_IN_USE, 98));
            }
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn the_page_s_sockets_end_with_its_session() {
    let (relay, client) = page().await;
    let listener = listen(&client).await;
    let waiting = TcpStream::connect(listener.info.bound).await.unwrap();
    while listener.waiting() == 0 {
        client.ping().await;
    }
    let address = listener.info.bound;
    drop(client);
    assert!(is_reset(waiting).await);
    let closed = async { while TcpStream::connect(address).await.is_ok() {} };
    timeout(SOON, closed).await.expect("the port is closed");
    // So it does when the relay stops.
    let client = TunnelClient::connect(relay.address()).await;
    let address = listen(&client).await.info.bound;
    relay.stop().await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_listener_has_its_time() {
    let limits = Limits { listen: Duration::from_secs(2), ..Limits::default() };
    let config = Config { listen: SocketAddr::new(LOOPBACK, 0), limits, ..Config::default() };
    let relay = relay::start(config).await.unwrap();
    let client = TunnelClient::connect(relay.address()).await;
    let asked = Duration::from_secs(1);
    let short = client.listen(Listen { lifetime: asked, ..at(LOOPBACK) }).await.unwrap();
    let long = Duration::from_secs(1000);
    let longest = client.listen(Listen { lifetime: long, ..at(LOOPBACK) }).await.unwrap();
    assert_eq!((short.info.lifetime, longest.info.lifetime), (asked, 2 * asked));
    let _taken = TcpStream::connect(short.info.bound).await.unwrap();
    let mut stream = short.accept().await.unwrap();
    for listener in [&short, &longest] {
        let end = timeout(SOON, listener.accept()).await.expect("an end").err().unwrap();
        assert_eq!(end.reason, Reason::EXPIRED);
        assert!(TcpStream::connect(listener.info.bound).await.is_err());
    }
    // What it got lives on.
    assert!(stream.write(b"still here").await.is_ok());
}

#[tokio::test]
async fn a_full_backlog_makes_others_wait_and_harms_nobody() {
    let (relay, client) = page().await;
    let listener = client.listen(Listen { backlog: 2, ..at(LOOPBACK) }).await.unwrap();
    assert_eq!(listener.info.backlog, 2);
    let mut sockets = Vec::new();
    for _ in 0..4 {
        sockets.push(TcpStream::connect(listener.info.bound).await.unwrap());
    }
    for _ in 0..5 {
        client.ping().await;
        assert!(listener.waiting() <= 2, "the others wait in the kernel");
    }
    for _ in 0..4 {
        timeout(SOON, listener.accept()).await.expect("its turn").unwrap();
    }
    // And every other socket of the session goes on.
    let pop3 = relay.endpoints().iter().find(|e| e.protocol == "pop3").unwrap();
    let mut stream = client.open_address(pop3.address).await.unwrap();
    assert!(stream.read_exactly(3).await.starts_with(b"+OK"));
}

#[tokio::test]
async fn a_fifth_listener_is_refused_until_one_is_closed() {
    let (_relay, client) = page().await;
    let mut listeners = Vec::new();
    for _ in 0..MAX_LISTENERS {
        listeners.push(listen(&client).await);
    }
    let reset = refused(&client, at(LOOPBACK)).await;
    assert_eq!(reset.reason, Reason::TOO_MANY_SOCKETS);
    assert!(reset.text.contains("close one first"), "{reset}");
    let _socket = TcpStream::connect(listeners[0].info.bound).await.unwrap();
    assert!(listeners[0].accept().await.is_ok());
    listeners[1].close();
    client.ping().await;
    assert!(client.listen(at(LOOPBACK)).await.is_ok());
}

#[tokio::test]
async fn streams_over_the_limit_wait_in_the_kernel() {
    let limits = Limits { streams: 1, ..Limits::default() };
    let config = Config { listen: SocketAddr::new(LOOPBACK, 0), limits, ..Config::default() };
    let relay = relay::start(config).await.unwrap();
    let client = TunnelClient::connect(relay.address()).await;
    let listener = listen(&client).await;
    let _first = TcpStream::connect(listener.info.bound).await.unwrap();
    let _second = TcpStream::connect(listener.info.bound).await.unwrap();
    let mut stream = listener.accept().await.unwrap();
    for _ in 0..5 {
        client.ping().await;
        assert_eq!(listener.waiting(), 0);
    }
    stream.reset();
    timeout(SOON, listener.accept()).await.expect("its turn").unwrap();
}

#[tokio::test]
async fn the_policy_names_the_rule_that_it_keeps() {
    let (lab, page) = page().await;
    let practice = lab.endpoints()[0].address.port();
    for (ip, port, why) in [
        ("0.0.0.0", 0, "loopback only"),
        ("::", 0, "loopback only"),
        ("192.0.2.1", 12345, "loopback only"),
        ("127.0.0.1", 80, "from 1024 on"),
        ("127.0.0.1", lab.address().port(), "belongs to the relay"),
        ("127.0.0.2", practice, "belongs to the relay"),
    ] {
        let reset = refused(&page, Listen { port, ..at(ip.parse().unwrap()) }).await;
        assert_eq!((reset.reason, reset.phase), (Reason::NOT_ALLOWED, Phase::Policy), "{ip}");
        assert!(reset.text.contains(why), "{ip}: {reset}");
    }
    let open = relay(PolicyName::Open).await;
    let client = TunnelClient::connect(open.address()).await;
    let everywhere = at("0.0.0.0".parse().unwrap());
    let reset = refused(&client, everywhere.clone()).await;
    assert!(reset.text.contains("name the one address"), "{reset}");
    let allow = Allow::Address(LOOPBACK);
    let listener = client.listen(Listen { allow, ..everywhere }).await.unwrap();
    assert!(listener.info.bound.ip().is_unspecified());
    assert_eq!(listener.info.advertised, SocketAddr::new(LOOPBACK, listener.info.bound.port()));
    let _socket = TcpStream::connect(listener.info.advertised).await.unwrap();
    assert!(listener.accept().await.is_ok());
}
