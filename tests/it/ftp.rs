//! FTP between the client machine and the practice server, and what only FTP needs of Python.

use std::net::{Ipv6Addr, SocketAddr};
use std::time::Duration;

use relay::Config;
use shared::protocols::ftp;
use shared::transcript::{HEAD, Kind};
use shared::world::files::Content;
use tests::play::Play;
use tests::python;

#[test]
fn whoever_only_presses_enter_gets_through_a_whole_session() {
    let mut play = Play::new(&ftp::PROTOCOL);
    let mut typed = Vec::new();
    while let Some(suggestion) = play.session.client().suggestion() {
        assert!(typed.len() < 20, "the suggestions do not end: {typed:?}");
        play.types(&suggestion.text);
        typed.push(suggestion.text);
    }
    let text = play.text();
    assert_eq!(play.session.client().state().id, "closed", "{text}");
    let verbs: Vec<_> = typed.iter().filter_map(|text| text.split(' ').next()).collect();
    assert_eq!(
        verbs,
        ["USER", "PASS", "PASV", "LIST", "PASV", "RETR", "EPSV", "STOR", "Hello", "QUIT"]
    );
    assert!(!text.contains("== error") && !text.contains("== warning"), "{text}");
    assert_eq!(text.matches("note: Complete").count(), 3, "{text}");
    let file = play.world.files.get("/upload/hello.txt").expect("it was stored");
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
        .session
        .transcript()
        .entries()
        .iter()
        .filter_map(|entry| match &entry.kind {
            Kind::Data { head, octets, .. } => Some((head.len(), *octets)),
            _ => None,
        })
        .collect();
    assert_eq!(runs, [(HEAD, 20 << 20)]);
    assert_eq!(play.session.client().state().id, "ready");
}

/// Over IPv6 ftplib uses EPSV and EPRT; IPv4 is tested with the other modules.
#[tokio::test]
async fn ftplib_works_over_ipv6() {
    let config = Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        practice_listen: Ipv6Addr::LOCALHOST.into(),
        ..Config::default()
    };
    let Ok(relay) = relay::start(config).await else {
        tests::skip("this machine has no IPv6");
        return;
    };
    let endpoint = relay.endpoints().iter().find(|e| e.protocol == "ftp").unwrap();
    let port = endpoint.address.port().to_string();
    let deadline = Duration::from_secs(120);
    let Some(run) = python::run("ftp_client.py", &["::1", &port], deadline).await else { return };
    assert!(run.ok, "{}{}", run.stdout, run.stderr);
    assert_eq!(run.stdout.lines().last(), Some("ok"));
}
