//! Wisp between us and others: their client and our relay, our client and their servers.

use std::net::SocketAddr;

use shared::wisp::{CloseReason, Transport};
use tests::peers::{wisp_js_client, wisp_js_server, wisp_python_server};
use tests::wisp::WispClient;
use tokio::io::AsyncWriteExt;
use tokio::net::UdpSocket;

use crate::tunnel::{echo, open_relay, pattern, server};
use tests::free_address;

async fn early() -> SocketAddr {
    server(|mut socket| async move {
        socket.write_all(b"twelve bytes").await.unwrap();
    })
    .await
}

async fn udp_echo() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = vec![0; 65_536];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            socket.send_to(&buffer[..length], from).await.unwrap();
        }
    });
    address
}

/// More bytes than the server's credit, in both directions at once, and a datagram.
async fn echoes(client: &mut WispClient) {
    let (echo, udp) = (echo().await, udp_echo().await);
    let bytes = pattern(5 << 20);
    let ids = [client.tcp(echo), client.tcp(echo)];
    for part in bytes.chunks(1 << 20) {
        for id in ids {
            assert!(client.write(id, part).await);
        }
        for id in ids {
            assert!(client.read_exactly(id, part.len()).await == part);
        }
    }
    let id = client.open(Transport::Udp, "127.0.0.1", udp.port());
    assert!(client.write(id, b"a datagram").await);
    assert_eq!(client.read(id).await.unwrap(), b"a datagram");
}

#[tokio::test(flavor = "multi_thread")]
async fn wisp_js_is_a_client_of_our_relay() {
    let relay = open_relay().await;
    let servers = [echo().await, free_address(), early().await, udp_echo().await];
    let ports = servers.map(|server| server.port());
    let Some(report) = wisp_js_client(relay.address(), ports).await else { return };
    assert_eq!(report["version"], 1, "it asks for version 2, which the relay does not pick");
    let echo = &report["echo"];
    assert!(echo["length"].as_u64().unwrap() > 5_000_000, "{report}");
    assert_eq!(echo["length"], echo["back"]);
    assert_eq!(echo["sent"], echo["received"]);
    assert_eq!(report["plain"], echo["sent"]);
    assert_eq!(report["refused"], CloseReason::REFUSED.0);
    assert_eq!(report["early"], 200);
    assert_eq!(report["udp"], "a datagram");
}

/// Not asked here: what a server said that left at once. wisp-js drops it when it meets the end.
#[tokio::test]
async fn our_client_uses_wisp_js() {
    let Some(peer) = wisp_js_server().await else { return };
    let mut client = WispClient::connect(peer.address).await;
    echoes(&mut client).await;
    // Its reason for whatever fails.
    for (host, port) in [("127.0.0.1", free_address().port()), ("no-such-name.invalid", 80)] {
        let id = client.open(Transport::Tcp, host, port);
        assert_eq!(client.read(id).await, Err(CloseReason::NETWORK_ERROR), "{host}");
    }
}

#[tokio::test]
async fn our_client_uses_wisp_python() {
    let Some(peer) = wisp_python_server().await else { return };
    let mut client = WispClient::connect(peer.address).await;
    echoes(&mut client).await;
    let early = early().await;
    for round in 0..50 {
        let id = client.tcp(early);
        let end = client.read_to_end(id).await;
        assert_eq!(end, (b"twelve bytes".to_vec(), CloseReason::VOLUNTARY), "round {round}");
    }
    // Its reason for whatever fails.
    for (host, port) in [("127.0.0.1", free_address().port()), ("no-such-name.invalid", 80)] {
        let id = client.open(Transport::Tcp, host, port);
        assert_eq!(client.read(id).await, Err(CloseReason::UNREACHABLE), "{host}");
    }
}
