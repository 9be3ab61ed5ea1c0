//! UDP sockets of a page: datagrams are whole, their senders known, and the missing ones counted.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use relay::{Config, PolicyName, Relay};
use shared::tunnel::{BindAt, MAX_UDP_SOCKETS, Phase, Reason, Reset, UDP_QUEUE, UdpBind};
use tests::tunnel::{Arrival, Refused, TunnelClient, TunnelUdp};
use tokio::net::UdpSocket;
use tokio::time::timeout;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const SOON: Duration = Duration::from_secs(10);

async fn page(policy: PolicyName) -> (Relay, TunnelClient) {
    let listen = SocketAddr::new(LOOPBACK, 0);
    let relay = relay::start(Config { listen, policy, ..Config::default() }).await.unwrap();
    let client = TunnelClient::connect(relay.address()).await;
    (relay, client)
}

fn at(ip: IpAddr) -> UdpBind {
    UdpBind::new(BindAt::Address(ip))
}

async fn bind(client: &TunnelClient) -> TunnelUdp {
    client.udp_bind(at(LOOPBACK)).await.unwrap()
}

/// A program's socket, and its address.
async fn program() -> (UdpSocket, SocketAddr) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

async fn receive(udp: &TunnelUdp) -> Arrival {
    timeout(SOON, udp.receive()).await.expect("an arrival").unwrap()
}

async fn error(udp: &TunnelUdp) -> (SocketAddr, Reset) {
    match receive(udp).await {
        Arrival::Error(with, error) => (with, error),
        other => panic!("{other:?}"),
    }
}

async fn refused(client: &TunnelClient, bind: UdpBind) -> Reset {
    match client.udp_bind(bind).await {
        Err(Refused::Relay(reset)) => reset,
        Ok(udp) => panic!("bound to {}", udp.info.local),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_echo_with_the_address_of_the_sender() {
    let (_relay, client) = page(PolicyName::Lab).await;
    let udp = bind(&client).await;
    let (socket, address) = program().await;
    for octets in [&b"hello"[..], b"", b"again"] {
        socket.send_to(octets, udp.info.local).await.unwrap();
        assert_eq!(receive(&udp).await, Arrival::Datagram(address, octets.to_vec()));
        udp.send(address, octets).await.unwrap();
        let mut buffer = [0; 100];
        let (length, from) = socket.recv_from(&mut buffer).await.unwrap();
        assert_eq!((&buffer[..length], from), (octets, udp.info.local));
    }
}

#[tokio::test]
async fn two_pages_send_each_other_datagrams() {
    let (relay, one) = page(PolicyName::Lab).await;
    let other = TunnelClient::connect(relay.address()).await;
    let (ours, theirs) = (bind(&one).await, bind(&other).await);
    ours.send(theirs.info.local, b"ping").await.unwrap();
    assert_eq!(receive(&theirs).await, Arrival::Datagram(ours.info.local, b"ping".to_vec()));
    let connected = UdpBind { peer: Some(ours.info.local), ..at(LOOPBACK) };
    let connected = other.udp_bind(connected).await.unwrap();
    connected.send(ours.info.local, b"pong").await.unwrap();
    assert_eq!(receive(&ours).await, Arrival::Datagram(connected.info.local, b"pong".to_vec()));
}

#[tokio::test]
async fn the_longest_datagram_passes_and_a_longer_one_gets_emsgsize() {
    let (_relay, client) = page(PolicyName::Open).await;
    let udp = bind(&client).await;
    let (socket, address) = program().await;
    let longest = (0..65_507u32).map(|at| (at ^ (at >> 8)) as u8).collect::<Vec<_>>();
    udp.send(address, &longest).await.unwrap();
    let mut buffer = vec![0; 70_000];
    let (length, _) = socket.recv_from(&mut buffer).await.unwrap();
    assert!(buffer[..length] == longest);
    socket.send_to(&longest, udp.info.local).await.unwrap();
    assert_eq!(receive(&udp).await, Arrival::Datagram(address, longest.clone()));

    udp.send(address, &[&longest[..], b"x"].concat()).await.unwrap();
    let (with, error) = error(&udp).await;
    assert_eq!((with, error.reason, error.phase), (address, Reason::TOO_LONG, Phase::Write));
    assert_ne!(error.errno, 0);
    // The socket is none the worse.
    udp.send(address, b"short").await.unwrap();
    assert_eq!(socket.recv_from(&mut buffer).await.unwrap().0, 5);
}

#[tokio::test]
async fn nobody_there_is_an_error_of_a_connected_socket_only() {
    let (_relay, client) = page(PolicyName::Open).await;
    let (socket, nobody) = program().await;
    drop(socket);
    let connected = client.udp_bind(UdpBind { peer: Some(nobody), ..at(LOOPBACK) }).await.unwrap();
    connected.send(nobody, b"hello?").await.unwrap();
    let (with, refused) = error(&connected).await;
    assert_eq!((with, refused.reason, refused.phase), (nobody, Reason::REFUSED, Phase::Read));
    assert_ne!(refused.errno, 0);
    let elsewhere = SocketAddr::new(LOOPBACK, nobody.port().wrapping_add(1).max(1));
    connected.send(elsewhere, b"x").await.unwrap();
    assert_eq!(error(&connected).await.1.reason, Reason::BAD_TARGET);

    let udp = bind(&client).await;
    udp.send(nobody, b"hello?").await.unwrap();
    client.ping().await;
    assert!(timeout(Duration::from_millis(200), udp.receive()).await.is_err(), "silence");
}

#[tokio::test]
async fn what_the_page_has_no_room_for_is_dropped_and_counted() {
    let (_relay, client) = page(PolicyName::Lab).await;
    let udp = bind(&client).await;
    let (socket, address) = program().await;
    // The window and the queue take 512 KiB; the page reads nothing meanwhile.
    let total = 4 * UDP_QUEUE / 1000;
    for n in 0..total as u32 {
        let mut octets = vec![0; 1000];
        octets[..4].copy_from_slice(&n.to_be_bytes());
        socket.send_to(&octets, udp.info.local).await.unwrap();
        if n % 16 == 0 {
            // So that the kernel drops none itself.
            client.ping().await;
        }
    }
    let (mut heard, mut dropped, mut next) = (0, 0, 0);
    while heard + dropped < total {
        match receive(&udp).await {
            Arrival::Datagram(from, octets) => {
                assert_eq!(from, address);
                assert_eq!(octets[..4], u32::to_be_bytes(next), "in order");
                (heard, next) = (heard + 1, next + 1);
            }
            Arrival::Dropped(count) => (dropped, next) = (dropped + count as usize, next + count),
            other => panic!("{other:?}"),
        }
    }
    assert!(dropped > 0 && heard >= 2 * UDP_QUEUE / 1016 - 2, "{heard} heard, {dropped} dropped");
    // It goes on as before.
    socket.send_to(b"room again", udp.info.local).await.unwrap();
    assert_eq!(receive(&udp).await, Arrival::Datagram(address, b"room again".to_vec()));
}

#[tokio::test]
async fn a_socket_that_is_closed_has_sent_its_datagrams() {
    let (_relay, client) = page(PolicyName::Open).await;
    let udp = bind(&client).await;
    let (socket, address) = program().await;
    for n in 0..20u8 {
        udp.send(address, &[n]).await.unwrap();
    }
    udp.close();
    for n in 0..20u8 {
        let mut buffer = [0; 2];
        let (length, _) = timeout(SOON, socket.recv_from(&mut buffer)).await.unwrap().unwrap();
        assert_eq!(buffer[..length], [n]);
    }
    client.ping().await;
    assert!(UdpSocket::bind(udp.info.local).await.is_ok(), "the port is free");
}

#[tokio::test]
async fn each_destination_asks_the_policy() {
    let (relay, client) = page(PolicyName::Lab).await;
    let udp = bind(&client).await;
    let (socket, stranger) = program().await;
    let own = relay.address();
    for to in [stranger, own, "192.0.2.1:53".parse().unwrap(), "127.0.0.1:0".parse().unwrap()] {
        udp.send(to, b"x").await.unwrap();
        let (with, error) = error(&udp).await;
        assert_eq!((with, error.reason, error.phase), (to, Reason::NOT_ALLOWED, Phase::Policy));
    }
    // Whoever writes first may be answered.
    socket.send_to(b"hello", udp.info.local).await.unwrap();
    assert_eq!(receive(&udp).await, Arrival::Datagram(stranger, b"hello".to_vec()));
    udp.send(stranger, b"yes?").await.unwrap();
    let mut buffer = [0; 10];
    assert_eq!(socket.recv_from(&mut buffer).await.unwrap(), (4, udp.info.local));

    let (_open, open) = page(PolicyName::Open).await;
    let udp = bind(&open).await;
    udp.send(stranger, b"open").await.unwrap();
    assert_eq!(socket.recv_from(&mut buffer).await.unwrap(), (4, udp.info.local));
}

#[tokio::test]
async fn each_bind_asks_the_policy() {
    let (relay, client) = page(PolicyName::Lab).await;
    let (_socket, stranger) = program().await;
    let everywhere = "0.0.0.0".parse().unwrap();
    let connected = UdpBind { peer: Some(stranger), ..at(LOOPBACK) };
    let own = UdpBind { port: relay.address().port(), ..at(LOOPBACK) };
    let privileged = UdpBind { port: 53, ..at(LOOPBACK) };
    for bind in [at(everywhere), connected, own, privileged] {
        let reset = refused(&client, bind).await;
        assert_eq!((reset.reason, reset.phase), (Reason::NOT_ALLOWED, Phase::Policy), "{reset}");
    }
    let (_open, open) = page(PolicyName::Open).await;
    let reset = refused(&open, at(everywhere)).await;
    assert!(reset.text.contains("name the one address"), "{reset}");
    let to_one = UdpBind { peer: Some(stranger), ..at(everywhere) };
    assert!(open.udp_bind(to_one).await.is_ok());
}

#[tokio::test]
async fn a_port_in_use_and_a_fifth_socket_are_refused() {
    let (_relay, client) = page(PolicyName::Lab).await;
    let mut sockets = vec![bind(&client).await];
    let port = sockets[0].info.local.port();
    let reset = refused(&client, UdpBind { port, ..at(LOOPBACK) }).await;
    assert_eq!((reset.reason, reset.phase), (Reason::ADDRESS_IN_USE, Phase::Bind));
    assert_ne!(reset.errno, 0);
    while sockets.len() < MAX_UDP_SOCKETS {
        sockets.push(bind(&client).await);
    }
    assert_eq!(refused(&client, at(LOOPBACK)).await.reason, Reason::TOO_MANY_SOCKETS);
    sockets[1].send(sockets[0].info.local, b"still here").await.unwrap();
    let from = sockets[1].info.local;
    assert_eq!(receive(&sockets[0]).await, Arrival::Datagram(from, b"still here".to_vec()));
}

#[tokio::test]
async fn names_are_looked_up_as_far_as_the_policy_goes() {
    let (relay, client) = page(PolicyName::Lab).await;
    assert!(client.resolve("localhost").await.unwrap().addresses.contains(&LOOPBACK));
    let practice = relay.endpoints()[0].address.ip();
    assert_eq!(client.resolve("practice.lab").await.unwrap().addresses, [practice]);
    assert_eq!(client.resolve("::1").await.unwrap().addresses, ["::1".parse::<IpAddr>().unwrap()]);
    let Err(Refused::Relay(reset)) = client.resolve("example.org").await else { panic!("found") };
    assert_eq!((reset.reason, reset.phase), (Reason::NOT_ALLOWED, Phase::Policy));
    let (_open, open) = page(PolicyName::Open).await;
    let Err(Refused::Relay(reset)) = open.resolve("no-such-name.invalid").await else {
        panic!("found")
    };
    assert_eq!((reset.reason, reset.phase), (Reason::NAME_NOT_FOUND, Phase::Resolve));
}
