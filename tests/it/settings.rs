//! Settings that are read again while the relay runs.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use relay::{Config, PolicyName};
use shared::tunnel::{BindAt, Listen, Reason};
use tests::tunnel::{Refused, TunnelClient};
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
    let write =
        |text: &str| std::fs::write(&file, format!("listen = '127.0.0.1:0'\n{text}")).unwrap();
    let loads = AtomicUsize::new(0);
    let load = || {
        let checked = relay::check(&file);
        loads.fetch_add(1, Ordering::SeqCst);
        checked.map(|checked| checked.config)
    };
    write("[policy]\nname = 'open'");
    let config = load().unwrap();
    let relay = relay::start(config.clone()).await.unwrap();
    let client = TunnelClient::connect(relay.address()).await;
    let echo = echo().await;

    let scenario = async {
        let mut stream = client.open_address(echo).await.unwrap();
        let listener = client.listen(Listen::new(BindAt::Address(LOOPBACK))).await.unwrap();

        write("[policy]\nname = 'lab'\n[limits]\nstreams = 9");
        hang_up(&loads).await;
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
        let second = TunnelClient::connect(relay.address()).await;
        assert_eq!((second.welcome.policy.as_str(), second.welcome.max_streams), ("lab", 9));

        // A mistake changes nothing.
        write("[policy]\nname = 'opne'");
        hang_up(&loads).await;
        assert!(client.open_address(echo).await.is_err());

        write(&format!(
            "[[policy.rule]]\nname = 'echo'\nverdict = 'allow'\naddress = ['127.0.0.1']\nport = [{}]",
            echo.port()
        ));
        hang_up(&loads).await;
        let allowed = async { while client.open_address(echo).await.is_err() {} };
        timeout(SOON, allowed).await.expect("the new rule allows it");
    };
    tokio::select! {
        () = scenario => {}
        () = relay::on_hangup(&relay, config.clone(), load) => unreachable!("it waits for ever"),
    }
}

/// Sends SIGHUP to this program until the settings were read once more: the first one may come
/// before anybody waits for it.
async fn hang_up(loads: &AtomicUsize) {
    // Whoever waits for a signal keeps it from ending the program.
    let _kept = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).unwrap();
    let before = loads.load(Ordering::SeqCst);
    let read = async {
        while loads.load(Ordering::SeqCst) == before {
            let kill = format!("kill -HUP {}", std::process::id());
            assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
            tokio::task::yield_now().await;
        }
    };
    timeout(SOON, read).await.expect("the settings are read again");
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
