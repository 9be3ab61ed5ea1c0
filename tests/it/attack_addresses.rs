//! Attacks on the policy by address, through a real relay: spellings, names with several addresses,
//! names whose address changes between two lookups.
//!
//! 127.0.0.2 stands for a host on the internet: a rule allows it, and a server waits there. Its
//! port at 127.0.0.1 is the victim, which nobody may reach.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use relay::{Checked, Config, Limits, PolicyName, Relay, Resolver};
use shared::tunnel::{BindAt, Listen, Phase, Reason, Reset, UdpBind};
use tests::dns::NameServer;
use tests::tunnel::{Arrival, Refused, TunnelClient};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::time::timeout;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const ALLOWED: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
const SOON: Duration = Duration::from_secs(10);
const EACCES: u16 = 13;

/// A port with a server at the allowed address, and one at 127.0.0.1 that shall never be reached.
struct Street {
    port: u16,
    victim: TcpListener,
    _greeter: tokio::task::JoinHandle<()>,
}

impl Street {
    async fn new() -> Street {
        for _ in 0..100 {
            let victim = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
            let port = victim.local_addr().unwrap().port();
            // Another program may have this port at the other address.
            let Ok(host) = TcpListener::bind((ALLOWED, port)).await else { continue };
            let greeter = tokio::spawn(async move {
                while let Ok((mut socket, _)) = host.accept().await {
                    let _ = socket.write_all(b"welcome").await;
                }
            });
            return Street { port, victim, _greeter: greeter };
        }
        panic!("no port is free at both addresses");
    }

    /// The first that ever comes to the victim is this call.
    async fn nobody_came(&self) {
        let own = TcpStream::connect((LOOPBACK, self.port)).await.unwrap();
        let (_, first) = timeout(SOON, self.victim.accept()).await.unwrap().unwrap();
        assert_eq!(first, own.local_addr().unwrap(), "somebody reached the victim");
    }
}

async fn relay_with(policy: PolicyName, resolver: Resolver) -> (Relay, TunnelClient) {
    let settings = match policy {
        PolicyName::Classroom => "hosts = ['*.example']",
        _ => "",
    };
    relay_allowing("127.0.0.2", policy, settings, resolver).await
}

async fn relay_allowing(
    address: &str,
    policy: PolicyName,
    settings: &str,
    resolver: Resolver,
) -> (Relay, TunnelClient) {
    let text = format!(
        "listen = '127.0.0.1:0'\n[policy]\nname = '{}'\n{settings}\n[[policy.rule]]\n\
         name = 'standing-in'\nverdict = 'allow'\naddress = ['{address}']",
        policy.name()
    );
    let config = Checked::read(&text).unwrap_or_else(|error| panic!("{error}")).config;
    let relay = relay::start(Config { resolver, ..config }).await.unwrap();
    let client = TunnelClient::connect(relay.address()).await;
    (relay, client)
}

async fn refused(client: &TunnelClient, host: &str, port: u16) -> Reset {
    match timeout(SOON, client.open(host, port)).await.expect("an answer") {
        Err(Refused::Relay(reset)) => reset,
        Ok(stream) => panic!("{host:?} led to {}", stream.info.peer),
        Err(other) => panic!("{host:?}: {other:?}"),
    }
}

/// Names that everybody's resolver would know, and some that only this one knows.
async fn name_server() -> NameServer {
    NameServer::start(|name, before| {
        let addresses: &[&str] = match name {
            "mixed.example" => &["127.0.0.1", "127.0.0.2", "10.0.0.1", "::1"],
            "private.example" => &["127.0.0.1", "10.0.0.1", "fd00::1", "::ffff:127.0.0.1"],
            "hidden.example" => &["64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1"],
            "silent.example" => &["127.0.0.3", "127.0.0.1"],
            "intranet.example" => &["1.1.1.1", "10.0.0.1", "169.254.169.254", "fd00::1"],
            "behind.example" => &["192.168.0.10", "169.254.169.254"],
            "rebinding.example" if before == 0 => &["127.0.0.2"],
            "rebinding.example" => &["127.0.0.1"],
            "flipping.example" if before % 2 == 0 => &["127.0.0.2"],
            "flipping.example" => &["127.0.0.1", "::1"],
            _ => &[],
        };
        addresses.iter().map(|address| address.parse().unwrap()).collect()
    })
    .await
}

/// Those of this machine first: up to `LOCALHOST.`.
const SPELLINGS: &str = "\
    127.0.0.1 127.0.0.1. 2130706433 0177.0.0.1 0x7f.1 0x7F000001 127.1 127.0.1 0177.1 \
    017700000001 00177.0x0.0.1 ::1 [::1] 0:0:0:0:0:0:0:1 ::ffff:127.0.0.1 [::ffff:127.0.0.1] \
    ::FFFF:7F00:1 ::127.0.0.1 64:ff9b::127.0.0.1 64:FF9B::7F00:1 64:ff9b:1::127.0.0.1 \
    2002:7f00:1:: 2002:7f00:1::1 2001:0:7f00:1:: ::ffff:0:127.0.0.1 2606:4700::5efe:127.0.0.1 \
    0.0.0.0 0 0x0 :: [::] localhost LOCALHOST. 10.0.0.1 167772161 012.1 172.16.0.1 192.168.0.1 \
    192.168.1 100.64.0.1 100.100.100.200 169.254.169.254 2852039166 0xa9.254.0xa9fe \
    ::ffff:169.254.169.254 fd00:ec2::254 fe80::1 fec0::1 fc00::1 224.0.0.1 ff02::1 \
    255.255.255.255 240.0.0.1 192.0.2.1 198.18.0.1 2001:db8::1 100::1 168.63.129.16";

/// Nothing that a resolver should ever see.
const NO_HOSTS: [&str; 22] = [
    "127.0.0.1\0",
    "127.0.0.1\0.example",
    "127.0.0.1 ",
    "\t127.0.0.1",
    "127.0.0.1\r\nx",
    "１２７.0.0.1",
    "127。0。0。1",
    "①②⑦.0.0.1",
    "loca\u{ad}lhost",
    "ⓛocalhost",
    "256.0.0.1",
    "1.2.3.4.5",
    "127.0.0.08",
    "127.0.0.1..",
    "[127.0.0.1]",
    "[::1",
    "fe80::1%lo",
    "[::1%25lo]",
    "127%2e0.0.1",
    "a@127.0.0.1",
    "127.0.0.1/8",
    "example.127",
];

#[tokio::test]
async fn no_spelling_passes_under_any_policy_but_open() {
    let street = Street::new().await;
    for policy in [PolicyName::Lab, PolicyName::Public, PolicyName::Classroom] {
        let (_relay, client) = relay_with(policy, Resolver::default()).await;
        for spelling in SPELLINGS.split(' ') {
            let reset = refused(&client, spelling, street.port).await;
            let seen = (reset.reason, reset.phase);
            assert_eq!(seen, (Reason::NOT_ALLOWED, Phase::Policy), "{spelling}: {reset}");
            let rule = format!("of policy `{}`", policy.name());
            assert!(reset.text.contains(&rule), "{spelling}: {reset}");
            assert!(reset.text.contains("Refused by rule "), "{spelling}: {reset}");
        }
        for spelling in NO_HOSTS {
            let reset = refused(&client, spelling, street.port).await;
            assert_eq!(reset.reason, Reason::BAD_TARGET, "{spelling:?}: {reset}");
            assert!(reset.text.starts_with("The host "), "{spelling:?}: {reset}");
        }
        let long = refused(&client, &["a"; 127].join("."), street.port).await;
        assert!(!long.text.is_empty(), "{long}");
        let longer = refused(&client, &"a.".repeat(127), street.port).await;
        assert!(!longer.text.is_empty(), "{longer}");
        // The session is none the worse.
        assert!(client.open("127.0.0.2", street.port).await.is_ok());
    }
    street.nobody_came().await;
}

/// Where loopback is allowed, an odd spelling is the address that a resolver would make of it.
#[tokio::test]
async fn open_takes_a_spelling_for_the_address_that_it_is() {
    let street = Street::new().await;
    let (_relay, client) = relay_with(PolicyName::Open, Resolver::default()).await;
    for spelling in
        ["2130706433", "0177.0.0.1", "0x7f.1", "127.1", "127.0.0.1.", "[::ffff:127.0.0.1]"]
    {
        let stream = client.open(spelling, street.port).await.unwrap();
        assert_eq!(stream.info.peer, SocketAddr::new(LOOPBACK, street.port), "{spelling}");
    }
}

#[tokio::test]
async fn the_relay_s_own_port_is_closed_to_every_spelling() {
    for listen in ["127.0.0.1:0", "0.0.0.0:0", "[::]:0"] {
        let config = Config {
            listen: listen.parse().unwrap(),
            policy: PolicyName::Open,
            ..Config::default()
        };
        let relay = relay::start(config).await.unwrap();
        let port = relay.address().port();
        let client = TunnelClient::connect(SocketAddr::new(LOOPBACK, port)).await;
        for spelling in SPELLINGS.split(' ').take(33) {
            // Another program may be at the IPv6 loopback if the relay is not.
            if listen.starts_with("127") && ["::1", "[::1]", "0:0:0:0:0:0:0:1"].contains(&spelling)
            {
                continue;
            }
            let reset = refused(&client, spelling, port).await;
            assert_eq!(reset.reason, Reason::NOT_ALLOWED, "{spelling} of {listen}: {reset}");
        }
        let own = std::net::UdpSocket::bind("0.0.0.0:0").unwrap();
        // The address of this machine in its network, if it has one; nothing is sent.
        if own.connect("192.0.2.1:9").is_ok() && !listen.starts_with("127") {
            let outside = own.local_addr().unwrap().ip().to_string();
            let reset = refused(&client, &outside, port).await;
            assert!(reset.text.contains("`relay-itself`"), "{outside} of {listen}: {reset}");
        }
    }
}

#[tokio::test]
async fn of_several_addresses_only_the_allowed_ones_are_tried() {
    let street = Street::new().await;
    let names = name_server().await;
    for policy in [PolicyName::Public, PolicyName::Classroom] {
        let (_relay, client) = relay_with(policy, names.resolver()).await;
        let mut stream = client.open("Mixed.Example.", street.port).await.unwrap();
        assert_eq!(stream.info.peer, SocketAddr::new(ALLOWED, street.port));
        let welcome = timeout(SOON, stream.read_exactly(7)).await.expect("the greeter speaks");
        assert_eq!(welcome, b"welcome");
        let info = &stream.info;
        let tried = |errno: u16| {
            let tried = info.attempts.iter().filter(move |attempt| attempt.errno == errno);
            tried.map(|attempt| attempt.address.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(tried(0), ["127.0.0.2"]);
        assert_eq!(tried(EACCES), ["127.0.0.1", "10.0.0.1", "::1"], "the denied ones are named");
        assert_eq!(info.resolved.len(), 4);

        let none = refused(&client, "private.example", street.port).await;
        assert_eq!((none.reason, none.phase), (Reason::NOT_ALLOWED, Phase::Policy));
        for address in ["127.0.0.1:", "10.0.0.1:", "[fd00::1]:"] {
            assert!(none.text.contains(&format!("private.example at {address}")), "{none}");
        }
        let hidden = refused(&client, "hidden.example", street.port).await;
        assert_eq!(hidden.text.matches("Refused by rule").count(), 3, "{hidden}");
    }
    street.nobody_came().await;
}

#[tokio::test]
async fn a_failure_says_which_addresses_were_not_tried() {
    let street = Street::new().await;
    let names = name_server().await;
    let (_relay, client) =
        relay_allowing("127.0.0.3", PolicyName::Public, "", names.resolver()).await;
    let reset = refused(&client, "silent.example", street.port).await;
    assert_eq!((reset.reason, reset.phase), (Reason::REFUSED, Phase::Connect));
    let (tried, not_tried) = reset.text.split_once("Not tried: ").expect("both parts");
    assert!(tried.contains("127.0.0.3") && !tried.contains("127.0.0.1:"), "{reset}");
    assert!(not_tried.contains("silent.example at 127.0.0.1:"), "{reset}");
    street.nobody_came().await;
}

#[tokio::test]
async fn rebinding_between_two_lookups_finds_no_second_lookup() {
    let street = Street::new().await;
    let names = name_server().await;
    let (_relay, client) = relay_with(PolicyName::Public, names.resolver()).await;
    let stream = client.open("rebinding.example", street.port).await.unwrap();
    assert_eq!(
        stream.info.peer,
        SocketAddr::new(ALLOWED, street.port),
        "what was judged is dialled"
    );
    assert_eq!(names.lookups("rebinding.example"), 1);
    let reset = refused(&client, "rebinding.example", street.port).await;
    assert!(reset.text.contains("`this-machine` of policy `public`"), "{reset}");
    assert_eq!(names.lookups("rebinding.example"), 2);

    // A page that looks the name up itself gains nothing: its own lookup is judged, too.
    let mut came = 0;
    for opens in 1..=40 {
        match client.open("flipping.example", street.port).await {
            Ok(stream) => {
                assert_eq!(stream.info.peer.ip(), ALLOWED);
                came += 1;
            }
            Err(Refused::Relay(reset)) => assert_eq!(reset.reason, Reason::NOT_ALLOWED, "{reset}"),
            Err(other) => panic!("{other:?}"),
        }
        assert_eq!(names.lookups("flipping.example"), opens, "one lookup for each connection");
    }
    assert_eq!(came, 20);
    street.nobody_came().await;
}

#[tokio::test]
async fn a_lookup_tells_nothing_of_the_networks_behind_the_relay() {
    let names = name_server().await;
    let (_relay, client) = relay_with(PolicyName::Public, names.resolver()).await;
    let found = client.resolve("intranet.example").await.unwrap();
    assert_eq!(found.addresses, ["1.1.1.1".parse::<IpAddr>().unwrap()]);
    let Err(Refused::Relay(reset)) = client.resolve("behind.example").await else {
        panic!("a page knows what is behind the relay")
    };
    assert_eq!((reset.reason, reset.phase), (Reason::NOT_ALLOWED, Phase::Policy));
    for policy in [PolicyName::Lab, PolicyName::Classroom] {
        let names = name_server().await;
        let listen = SocketAddr::new(LOOPBACK, 0);
        let resolver = names.resolver();
        let relay = relay::start(Config { listen, policy, resolver, ..Config::default() });
        let relay = relay.await.unwrap();
        let client = TunnelClient::connect(relay.address()).await;
        let foreign = client.resolve("name.of.somebody").await;
        assert!(matches!(foreign, Err(Refused::Relay(_))));
        assert!(refused(&client, "name.of.somebody", 80).await.text.contains("`other-hosts`"));
        assert_eq!(names.lookups("name.of.somebody"), 0, "not even asked for");
    }
}

#[tokio::test]
async fn datagrams_and_sockets_are_judged_in_every_form() {
    let victim = UdpSocket::bind((LOOPBACK, 0)).await.unwrap();
    let port = victim.local_addr().unwrap().port();
    let (_relay, client) = relay_with(PolicyName::Lab, Resolver::default()).await;
    let udp = client.udp_bind(UdpBind::new(BindAt::Address(LOOPBACK))).await.unwrap();
    for form in [
        "127.0.0.1",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "::1",
        "0.0.0.0",
        "::",
        "10.0.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "255.255.255.255",
        "1.1.1.1",
    ] {
        let to = SocketAddr::new(form.parse().unwrap(), port);
        udp.send(to, b"attack").await.unwrap();
        let Arrival::Error(with, reset) = timeout(SOON, udp.receive()).await.unwrap().unwrap()
        else {
            panic!("{form} was sent to")
        };
        assert_eq!((with, reset.reason), (to, Reason::NOT_ALLOWED), "{form}");
        assert!(reset.text.contains("of policy `lab`"), "{reset}");
    }
    let own = UdpSocket::bind((LOOPBACK, 0)).await.unwrap();
    own.send_to(b"own", (LOOPBACK, port)).await.unwrap();
    let mut buffer = [0; 100];
    let (length, _) = victim.recv_from(&mut buffer).await.unwrap();
    assert_eq!(&buffer[..length], b"own", "nothing came before");

    for policy in [PolicyName::Lab, PolicyName::Public, PolicyName::Classroom] {
        let (_relay, client) = relay_with(policy, Resolver::default()).await;
        for form in ["0.0.0.0", "::", "::ffff:0.0.0.0", "1.1.1.1", "10.0.0.1", "224.0.0.1"] {
            let at = BindAt::Address(form.parse().unwrap());
            let Err(Refused::Relay(reset)) = client.listen(Listen::new(at)).await else {
                panic!("{form} under {policy:?}")
            };
            assert_eq!(reset.reason, Reason::NOT_ALLOWED, "{form}: {reset}");
            let Err(Refused::Relay(reset)) = client.udp_bind(UdpBind::new(at)).await else {
                panic!("{form} under {policy:?}")
            };
            assert_eq!(reset.reason, Reason::NOT_ALLOWED, "{form}: {reset}");
        }
    }
    let (_relay, client) = relay_with(PolicyName::Public, Resolver::default()).await;
    let loopback = client.listen(Listen::new(BindAt::Address(LOOPBACK))).await;
    assert!(matches!(loopback, Err(Refused::Relay(_))), "strangers listen nowhere");
}

/// A resolver that takes its time holds up its own connection and nothing else.
#[tokio::test]
async fn a_slow_lookup_ends_with_its_time() {
    let resolver = Resolver::new(|_| std::future::pending());
    let limits = Limits { connect: Duration::from_millis(50), ..Limits::default() };
    let listen = SocketAddr::new(LOOPBACK, 0);
    let policy = PolicyName::Open;
    let config = Config { listen, policy, resolver, limits, ..Config::default() };
    let relay = relay::start(config).await.unwrap();
    let client = TunnelClient::connect(relay.address()).await;
    let reset = refused(&client, "slow.example", 80).await;
    assert_eq!((reset.reason, reset.phase), (Reason::CONNECT_TIMEOUT, Phase::Resolve));
    assert!(client.open("practice.lab", 110).await.is_ok());
}
