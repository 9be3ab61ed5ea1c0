//! The page over TLS: certificate and key from files, the tunnel as wss, and what goes wrong.

use std::fs;
use std::net::SocketAddr;
use std::time::Duration;

use rcgen::KeyPair;
use relay::{Config, Limits, PolicyName, Relay, TlsFiles};
use tests::https::{Identity, NAME, connect, handshake};
use tests::tunnel::TunnelClient;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Error;

fn files(identity: &Identity) -> TlsFiles {
    TlsFiles { certificate: identity.certificate(), key: identity.key() }
}

fn config(files: TlsFiles) -> Config {
    Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        allowed_hosts: vec![NAME.to_owned()],
        policy: PolicyName::Open,
        tls: Some(files),
        ..Config::default()
    }
}

async fn lab(identity: &Identity) -> Relay {
    relay::start(config(files(identity))).await.unwrap()
}

async fn get(mut line: impl AsyncReadExt + AsyncWriteExt + Unpin, host: &str) -> String {
    let request = format!("GET / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    line.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn page_and_tunnel_come_over_tls() {
    let identity = Identity::default();
    let relay = lab(&identity).await;
    assert!(relay.url().starts_with("https://127.0.0.1:"), "{}", relay.url());
    let host = format!("{NAME}:{}", relay.address().port());
    let page = get(connect(relay.address(), &identity.trust).await.unwrap(), &host).await;
    assert!(
        page.starts_with("HTTP/1.1 200") && page.to_lowercase().contains("<!doctype html>"),
        "{page}"
    );

    let echo = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = echo.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut socket, _) = echo.accept().await.unwrap();
        let (mut read, mut write) = socket.split();
        tokio::io::copy(&mut read, &mut write).await.unwrap();
        write.shutdown().await.unwrap();
    });
    let line = connect(relay.address(), &identity.trust).await.unwrap();
    let (socket, _) = client_async(handshake(relay.address(), "https"), line).await.unwrap();
    let client = TunnelClient::through(socket).await;
    let mut stream = client.open_address(target).await.unwrap();
    // More than all buffers and windows on the way, so that both directions run at once.
    let sent: Vec<u8> =
        (0..2_000_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let mut received = Vec::new();
    for piece in sent.chunks(50_000) {
        stream.write(piece).await.unwrap();
        received.extend(stream.read_exactly(piece.len()).await);
    }
    stream.finish();
    let (rest, reset) = stream.read_to_end().await;
    received.extend(rest);
    assert!(received == sent && reset.is_none());
    relay.stop().await;
}

#[tokio::test]
async fn with_tls_the_page_of_an_http_origin_is_a_foreign_one() {
    let identity = Identity::default();
    let relay = lab(&identity).await;
    for scheme in ["http", "https://evil.example, https"] {
        let line = connect(relay.address(), &identity.trust).await.unwrap();
        match client_async(handshake(relay.address(), scheme), line).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), 403),
            other => panic!("{:?}", other.map(|_| "upgraded")),
        }
    }
}

#[tokio::test]
async fn http_at_the_port_of_tls_is_told_what_to_do() {
    let identity = Identity::default();
    let relay = lab(&identity).await;
    let socket = TcpStream::connect(relay.address()).await.unwrap();
    let answer = get(socket, "127.0.0.1").await;
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("https://"), "{answer}");
}

#[tokio::test]
async fn who_does_not_shake_hands_is_closed_and_delays_no_end() {
    let identity = Identity::default();
    let limits = Limits { headers: Duration::from_millis(50), ..Limits::default() };
    let relay = relay::start(Config { limits, ..config(files(&identity)) }).await.unwrap();
    for said in [&b""[..], b"\x16", b"\x16\x03\x01\x00\x05half"] {
        let mut socket = TcpStream::connect(relay.address()).await.unwrap();
        socket.write_all(said).await.unwrap();
        let mut answer = Vec::new();
        let closed = tokio::time::timeout(Duration::from_secs(20), socket.read_to_end(&mut answer));
        assert!(closed.await.is_ok(), "still open after {said:?}");
    }
    let relay = lab(&identity).await;
    let silent = TcpStream::connect(relay.address()).await.unwrap();
    // Its turn has come when one that came later has been served.
    connect(relay.address(), &identity.trust).await.unwrap();
    relay.stop().await;
    drop(silent);
}

#[tokio::test]
async fn what_is_wrong_with_the_files_is_said() {
    let identity = Identity::default();
    let other = KeyPair::generate().unwrap().serialize_pem();
    let folder = identity.folder();
    for (name, text) in [
        ("empty.pem", ""),
        ("other.pem", &other),
        ("broken.pem", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    for (certificate, key, expected) in [
        ("nowhere.pem", "key.pem", "cannot read the certificate"),
        ("cert.pem", "nowhere.pem", "cannot read the key"),
        ("empty.pem", "key.pem", "there is no certificate in it"),
        ("key.pem", "key.pem", "there is no certificate in it"),
        ("broken.pem", "key.pem", "no readable PEM file"),
        ("cert.pem", "empty.pem", "there is no key in it"),
        ("cert.pem", "other.pem", "the key is not the one of the first certificate"),
    ] {
        let files = TlsFiles { certificate: folder.join(certificate), key: folder.join(key) };
        let Err(error) = relay::start(config(files)).await else { panic!("started") };
        let text = error.to_string();
        let names_it = text.contains(certificate) || text.contains(key);
        assert!(text.contains(expected) && names_it && text.contains("Please "), "{text}");
    }
}

#[tokio::test]
async fn a_renewed_certificate_is_used_from_then_on() {
    let identity = Identity::default();
    let relay = lab(&identity).await;
    let mut before = connect(relay.address(), &identity.trust).await.unwrap();
    let renewed = identity.renew();
    assert!(
        connect(relay.address(), &renewed).await.is_err(),
        "nobody has asked to read the files"
    );
    relay.reload_certificate().unwrap();
    connect(relay.address(), &renewed).await.unwrap();
    assert!(connect(relay.address(), &identity.trust).await.is_err());

    fs::write(identity.key(), "").unwrap();
    let text = relay.reload_certificate().unwrap_err().to_string();
    assert!(text.contains("there is no key in it"), "{text}");
    connect(relay.address(), &renewed).await.unwrap();
    // What was open goes on.
    let host = format!("{NAME}:{}", relay.address().port());
    let page = get(&mut before, &host).await;
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
}
