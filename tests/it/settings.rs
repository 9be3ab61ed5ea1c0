//! Settings that are read again while the relay runs.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use relay::{Config, PolicyName};
use shared::tunnel::{BindAt, Listen, Reason};
use tests::tunnel::{Refused, TunnelClient};
use tests::wirelab::Wirelab;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const SOON: Duration = Duration::from_secs(20);

async fn echo() -> SocketAddr {
    let listener = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = socket.split();
                let _ = tokio::io::copy(&mut from, &mut to).await;
            });
        }
    });
    address
}

#[cfg(unix)]
#[tokio::test]
async fn sighup_changes_what_is_opened_next_and_nothing_that_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wirelab.toml");
    let write = |text: &str| std::fs::write(&file, text).unwrap();
    write("[policy]\nname = 'open'");
    let mut wirelab = Wirelab::start(&["--config", file.to_str().unwrap()], "info").await;
    let url = url::Url::parse(&wirelab.url).unwrap();
    let relay = SocketAddr::from((Ipv4Addr::LOCALHOST, url.port().unwrap()));
    let client = TunnelClient::connect(relay).await;
    let echo = echo().await;
    let mut stream = client.open_address(echo).await.unwrap();
    let listener = client.listen(Listen::new(BindAt::Address(LOOPBACK))).await.unwrap();

    write("[policy]\nname = 'lab'\n[limits]\nstreams = 9");
    wirelab.signal("HUP");
    let reset = until_refused(&client, echo).await;
    assert!(reset.contains("of policy `lab`"), "{reset}");
    // What was open goes on, both ways.
    for round in [&b"still"[..], b"here"] {
        stream.write(round).await.unwrap();
        assert_eq!(stream.read_exactly(round.len()).await, round);
    }
    let mut visitor = TcpStream::connect(listener.info.bound).await.unwrap();
    let mut arrived = timeout(SOON, listener.accept()).await.unwrap().unwrap();
    arrived.write(b"hello").await.unwrap();
    let mut buffer = [0; 5];
    visitor.read_exact(&mut buffer).await.unwrap();
    assert_eq!(&buffer, b"hello");
    // A new page is told of the new policy.
    let second = TunnelClient::connect(relay).await;
    assert_eq!((second.welcome.policy.as_str(), second.welcome.max_streams), ("lab", 9));

    // A mistake changes nothing.
    write("[policy]\nname = 'opne'");
    wirelab.signal("HUP");
    wirelab.logs("the settings stay as they were").await;
    assert!(client.open_address(echo).await.is_err());

    write(&format!(
        "[[policy.rule]]\nname = 'echo'\nverdict = 'allow'\naddress = ['127.0.0.1']\nport = [{}]",
        echo.port()
    ));
    wirelab.signal("HUP");
    let allowed = async { while client.open_address(echo).await.is_err() {} };
    timeout(SOON, allowed).await.expect("the new rule allows it");

    wirelab.signal("INT");
    let (ended_well, log) = wirelab.end().await;
    assert!(ended_well, "{log}");
    assert!(log.contains("Is `open` meant?"), "{log}");
}

async fn until_refused(client: &TunnelClient, address: SocketAddr) -> String {
    let refused = async {
        loop {
            match client.open_address(address).await {
                Err(Refused::Relay(reset)) if reset.reason == Reason::NOT_ALLOWED => {
                    return reset.text;
                }
                Ok(mut stream) => stream.reset(),
                Err(other) => panic!("{other:?}"),
            }
        }
    };
    timeout(SOON, refused).await.expect("a refusal")
}

/// The part of the relay's public face that `wirelab check-config` shows.
#[test]
fn a_checked_file_is_shown_rule_by_rule() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wirelab.toml");
    std::fs::write(&file, "[policy]\nname = 'public'\n").unwrap();
    let checked = relay::check(&file).unwrap();
    assert_eq!(checked.config.policy, PolicyName::Public);
    let table = checked.to_string();
    assert!(table.starts_with("Policy `public`: This relay connects to "), "{table}");
    for (number, rule) in [(1, "nowhere"), (4, "no-smtp"), (7, "not-global")] {
        let line = table.lines().find(|line| line.contains(rule)).expect(rule);
        assert!(line.trim_start().starts_with(&format!("{number} ")), "{line}");
    }
    let wrong = relay::check(Path::new("/nowhere/wirelab.toml")).unwrap_err().to_string();
    assert!(wrong.starts_with("/nowhere/wirelab.toml: cannot read the settings"), "{wrong}");
    assert_eq!(Config::default().policy, PolicyName::Lab);
}
