//! Servers that are broken on purpose: on real ports, and in the page.

use std::net::SocketAddr;
use std::time::Duration;

use relay::{ChosenFault, Config, PolicyName, Relay};
use serde_json::{Value, json};
use shared::machine::{ClientConfig, Level};
use shared::protocols::{self, Protocol};
use shared::session::Session;
use shared::transcript::{Kind, render};
use tests::native::Native;
use tests::page::Page;
use tests::relayed::Relayed;

/// A relay whose practice servers have this fault where it fits, and the protocols that it fits.
async fn broken(fault: &str) -> (Relay, Vec<&'static Protocol>) {
    let chosen = protocols::ALL
        .iter()
        .filter_map(|protocol| format!("{}={fault}", protocol.id).parse::<ChosenFault>().ok());
    let faults: Vec<ChosenFault> = chosen.collect();
    let fit = faults.iter().map(|chosen| chosen.protocol).collect();
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    (relay::start(Config { listen, faults, ..Config::default() }).await.unwrap(), fit)
}

fn address(relay: &Relay, protocol: &Protocol) -> SocketAddr {
    let endpoint = relay.endpoints().iter().find(|e| e.protocol == protocol.id);
    endpoint.expect("every protocol has a practice server").address
}

/// Does over sockets what is suggested, to the end.
async fn walk(relay: &Relay, protocol: &'static Protocol) -> Session {
    // It has several connections at a time, which the tunnel's client can wait for at once.
    if protocol.id == "ftp" {
        let config = ClientConfig::practice(protocol.port);
        let mut relayed = Relayed::connect(protocol, relay.address(), &config).await;
        while let Some(next) = relayed.session.client().suggestion() {
            relayed.types(&next.text).await;
        }
        return relayed.session;
    }
    // The practice servers have a thread of their own, so this one may wait.
    let address = address(relay, protocol);
    let mut native = Native::connect(protocol, &address.ip().to_string(), address.port());
    while let Some(next) = native.session.client().suggestion() {
        native.types(&next.text);
    }
    native.session
}

#[tokio::test]
async fn how_octets_are_cut_or_put_together_on_a_socket_changes_nothing() {
    for fault in ["one-byte-segments", "coalesced"] {
        let (relay, fit) = broken(fault).await;
        assert!(fit.len() >= 7);
        for protocol in fit {
            let session = walk(&relay, protocol).await;
            let wrong = session.transcript().entries().iter().any(|entry| match &entry.kind {
                Kind::Note(note) => note.level > Level::Info,
                Kind::Reset { .. } | Kind::Failed { .. } => true,
                _ => false,
            });
            assert!(!wrong, "{fault} {}\n{}", protocol.id, render(session.transcript()));
            assert_eq!(session.client().state(), protocol.table.end(), "{}", protocol.id);
        }
        relay.stop().await;
    }
}

#[tokio::test]
async fn a_connection_that_a_fault_ends_ends_so_on_a_socket() {
    let (relay, fit) = broken("reset").await;
    assert_eq!(fit.len(), protocols::ALL.len());
    for protocol in fit {
        let session = walk(&relay, protocol).await;
        let entries = session.transcript().entries();
        let resets = entries.iter().any(|entry| matches!(entry.kind, Kind::Reset { .. }));
        assert!(resets, "{}\n{}", protocol.id, render(session.transcript()));
    }
    relay.stop().await;
    let (relay, fit) = broken("cut-content").await;
    for protocol in fit {
        let text = render(walk(&relay, protocol).await.transcript());
        let cut = text.contains("real protoc\\\n") || text.contains("100 of ");
        assert!(cut, "{}\n{text}", protocol.id);
    }
    relay.stop().await;
}

#[tokio::test]
async fn smtplib_meets_a_451_on_every_3rd_rcpt_of_nine() {
    let (relay, _) = broken("451-every-3rd-rcpt").await;
    let smtp = address(&relay, protocols::by_id("smtp").unwrap());
    let (host, port) = (smtp.ip().to_string(), smtp.port().to_string());
    let deadline = Duration::from_secs(60);
    let Some(run) = tests::python::run("smtp_451.py", &[&host, &port, "9"], deadline).await else {
        return;
    };
    assert!(run.ok, "{}", run.stderr);
    let lines: Vec<_> = run.stdout.lines().collect();
    let refused = |n| format!("{n} 451 4.3.0 local error, please try later");
    let expected: Vec<_> =
        (1..=9).map(|n| if n % 3 == 0 { refused(n) } else { format!("{n} sent") }).collect();
    assert_eq!(lines, expected);
    relay.stop().await;
}

#[tokio::test]
async fn a_fault_is_told_in_the_list_of_endpoints_and_nothing_where_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("practice.json");
    let config = Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        faults: vec!["smtp=greylist".parse().unwrap()],
        endpoints_file: Some(file.clone()),
        ..Config::default()
    };
    let relay = relay::start(config).await.unwrap();
    let told: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    for endpoint in told["endpoints"].as_array().unwrap() {
        let expected = (endpoint["protocol"] == "smtp").then_some("greylist");
        assert_eq!(endpoint.get("fault").and_then(Value::as_str), expected, "{endpoint}");
    }
    let faults: Vec<_> = relay.faults().map(|(name, _, fault)| (name, fault.id)).collect();
    assert_eq!(faults, [("SMTP", "greylist")]);
    relay.stop().await;
}

#[test]
fn a_wrong_name_on_the_command_line_gets_those_that_are_right() {
    let wrong = |text: &str| text.parse::<ChosenFault>().unwrap_err();
    assert!(wrong("smtp=breakfast").contains("451-every-3rd-rcpt"));
    assert!(wrong("smtp").contains("451-every-3rd-rcpt"));
    assert!(wrong("pop3=greylist").contains("drop-at-retr"));
    assert!(wrong("finger=delay").contains("smtp"));
}

#[tokio::test]
async fn an_address_with_a_fault_shows_it_in_words_and_in_the_dialogue() {
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp?fault=451-every-3rd-rcpt").await else {
        return;
    };
    page.browser.wait_for_text("#fault-mark", "fault: 451 on every 3rd RCPT").await;
    page.expect("EHLO you.lab", "250").await;
    page.expect("MAIL FROM:<>", "250").await;
    for user in ["you", "alice"] {
        page.expect(&format!("RCPT TO:<{user}@practice.lab>"), "250 2.1.5").await;
    }
    page.expect("RCPT TO:<bob@practice.lab>", "451 4.3.0").await;

    // Another one is chosen, the clock of the page wakes the server, and then none.
    let choose = async |id: &str| {
        let script = "const select = document.getElementById('fault');
            select.value = arguments[0];
            select.dispatchEvent(new Event('change', {bubbles: true}));
            return location.hash";
        page.browser.run(script, vec![json!(id)]).await;
    };
    choose("slow-loris").await;
    page.browser.wait_for_text("#fault-mark", "trickle").await;
    page.turn().await;
    page.browser.wait_for_text("#transcript", "220 practice.lab").await;
    page.expect("EHLO you.lab", "250 HELP").await;
    choose("").await;
    page.browser
        .wait_for("no fault", async || page.browser.texts("#fault-mark").await.is_empty())
        .await;
    let hash = page.browser.run("return location.hash", vec![]).await;
    assert_eq!(hash, "#/smtp");

    page.goto("#/pop3?fault=greylist").await;
    page.browser.wait_for_text(".notice", "drop-at-retr").await;
    page.browser.assert_no_errors().await;
}
