//! FTP between the client machine and the practice server, active mode through the relay, and what
//! only FTP needs of Python.

use std::net::{Ipv6Addr, SocketAddr};
use std::time::Duration;

use relay::{Config, PolicyName, Relay};
use shared::machine::ClientConfig;
use shared::protocols::ftp;
use shared::transcript::{HEAD, Kind};
use shared::tunnel::{BindAt, Listen};
use shared::world::files::Content;
use tests::page::start_relay;
use tests::play::Play;
use tests::python;
use tests::relayed::Relayed;
use tests::servers::{Tls, lab};
use tests::tunnel::TunnelClient;
use tokio::net::TcpListener;

#[test]
fn whoever_only_presses_enter_gets_through_a_whole_session() {
    let mut play = Play::new(&ftp::PROTOCOL);
    let mut typed = Vec::new();
    while let Some(suggestion) = play.session().client().suggestion() {
        assert!(typed.len() < 20, "the suggestions do not end: {typed:?}");
        play.types(&suggestion.text);
        typed.push(suggestion.text);
    }
    let text = play.text();
    assert_eq!(play.session().client().state().id, "closed", "{text}");
    let verbs: Vec<_> = typed.iter().filter_map(|text| text.split(' ').next()).collect();
    assert_eq!(
        verbs,
        ["USER", "PASS", "PASV", "LIST", "PASV", "RETR", "EPSV", "STOR", "Hello", "QUIT"]
    );
    assert!(!text.contains("== error") && !text.contains("== warning"), "{text}");
    assert_eq!(text.matches("note: Complete").count(), 3, "{text}");
    let file = play.world().files.get("/upload/hello.txt").expect("it was stored");
    let stored = file.content().map(|content| content.read(0, 100)).unwrap_or_default();
    assert_eq!(stored, b"Hello from the lab!\nThis file crossed its own connection.\n");
}

#[test]
fn a_large_file_arrives_whole_and_the_record_keeps_its_head() {
    let mut play = Play::new(&ftp::PROTOCOL);
    for text in ["USER student", "PASS lab-secret", "TYPE I", "PASV", "RETR pub/big.bin"] {
        play.types(text);
    }
    assert_eq!(play.delivered.len(), 20 << 20);
    assert!(play.delivered == Content::Pattern(20 << 20).read(0, 20 << 20));
    let runs: Vec<_> = play
        .session()
        .transcript()
        .entries()
        .iter()
        .filter_map(|entry| match &entry.kind {
            Kind::Data { head, octets, .. } => Some((head.len(), *octets)),
            _ => None,
        })
        .collect();
    assert_eq!(runs, [(HEAD, 20 << 20)]);
    assert_eq!(play.session().client().state().id, "ready");
}

/// Logged in at the relay's own practice server.
async fn logged_in(relay: &Relay) -> Relayed {
    let config = ClientConfig::practice(21);
    let mut session = Relayed::connect(&ftp::PROTOCOL, relay.address(), &config).await;
    for text in ["USER student", "PASS lab-secret"] {
        session.types(text).await;
    }
    assert_eq!(session.state(), "ready", "{}", session.text());
    session
}

/// Listing, download, upload and the way back, each with a connection from the server.
async fn active_transfers(session: &mut Relayed, big: &str, length: usize) {
    for text in ["PORT", "LIST", "TYPE I", "EPRT"] {
        session.types(text).await;
    }
    session.delivered.clear();
    session.types(&format!("RETR {big}")).await;
    let text = session.text();
    assert_eq!(session.delivered.len(), length, "{text}");
    assert!(session.delivered == Content::Pattern(length as u64).read(0, length));
    assert!(text.contains(&format!("Complete: {length} octets came")), "{text}");
    session.delivered.clear();
    for text in ["PORT", "STOR upload/active.txt", "sent to a server that connected", "PORT"] {
        session.types(text).await;
    }
    session.types("RETR upload/active.txt").await;
    assert_eq!(session.delivered, b"sent to a server that connected", "{}", session.text());
    for text in ["PORT", "RETR nothing", "EPRT", "DELE upload/active.txt", "QUIT"] {
        session.types(text).await;
    }
    let text = session.text();
    assert_eq!(session.state(), "closed", "{text}");
    assert!(!text.contains("== error") && !text.contains("== warning"), "{text}");
    assert_eq!(text.matches(" connecting to").count(), 1, "every other connection came in");
}

#[tokio::test]
async fn active_mode_works_with_the_practice_server_under_the_default_policy() {
    let relay = start_relay(PolicyName::Lab, 0).await;
    active_transfers(&mut logged_in(&relay).await, "pub/big.bin", 20 << 20).await;
}

#[tokio::test]
async fn active_mode_works_with_vsftpd() {
    let Some(lab) = lab() else { return };
    let endpoint = lab.endpoint("ftp", Tls::StartTls);
    let relay = start_relay(PolicyName::Open, 0).await;
    let config =
        ClientConfig { host: endpoint.host.clone(), ..ClientConfig::practice(endpoint.port) };
    let mut session = Relayed::connect(&ftp::PROTOCOL, relay.address(), &config).await;
    for text in [format!("USER {}", endpoint.user), format!("PASS {}", endpoint.password)] {
        session.types(&text).await;
    }
    active_transfers(&mut session, endpoint.text("big"), 20 << 20).await;
}

#[tokio::test]
async fn a_practice_server_connects_to_a_page_only_where_it_listens_itself() {
    let relay = start_relay(PolicyName::Lab, 0).await;
    let other = TunnelClient::connect(relay.address()).await;
    let loopback = std::net::Ipv4Addr::LOCALHOST.into();
    let page = other.listen(Listen::new(BindAt::Address(loopback))).await.unwrap().info.bound;
    let program = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut session = logged_in(&relay).await;
    for address in [page, program.local_addr().unwrap()] {
        let [high, low] = address.port().to_be_bytes();
        session.types(&format!("PORT 127,0,0,1,{high},{low}")).await;
        session.types("LIST").await;
        let text = session.text();
        assert!(text.contains("S: 425 "), "{text}");
        assert!(text.contains(&format!("The server found nobody at {address}.")), "{text}");
    }
    // Its own socket works after that.
    session.types("PORT").await;
    session.types("LIST").await;
    assert!(session.text().contains("note: Complete"), "{}", session.text());
}

/// A relay whose practice servers are at ::1.
async fn ipv6_relay() -> Option<Relay> {
    let config = Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        practice_listen: Ipv6Addr::LOCALHOST.into(),
        ..Config::default()
    };
    let relay = relay::start(config).await.ok();
    if relay.is_none() {
        tests::skip("this machine has no IPv6");
    }
    relay
}

#[tokio::test]
async fn active_mode_over_ipv6_needs_eprt() {
    let Some(relay) = ipv6_relay().await else { return };
    let mut session = logged_in(&relay).await;
    session.types("PORT").await;
    assert!(session.text().contains("Use EPRT"), "{}", session.text());
    session.types("EPRT").await;
    session.types("LIST").await;
    let text = session.text();
    assert!(text.contains("C: EPRT |2|::1|") && text.contains("note: Complete"), "{text}");
}

/// Over IPv6 ftplib uses EPSV and EPRT; IPv4 is tested with the other modules.
#[tokio::test]
async fn ftplib_works_over_ipv6() {
    let Some(relay) = ipv6_relay().await else { return };
    let endpoint = relay.endpoints().iter().find(|e| e.protocol == "ftp").unwrap();
    let port = endpoint.address.port().to_string();
    let deadline = Duration::from_secs(120);
    let Some(run) = python::run("ftp_client.py", &["::1", &port], deadline).await else { return };
    assert!(run.ok, "{}{}", run.stdout, run.stderr);
    assert_eq!(run.stdout.lines().last(), Some("ok"));
}
