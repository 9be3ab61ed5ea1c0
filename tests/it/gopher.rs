//! Gopher between the client machine and its servers: in memory, through the tunnel, and a real one.

use std::time::Duration;

use relay::PolicyName;
use shared::machine::{ClientConfig, Conn, OwnedInput, Tick};
use shared::protocols::gopher;
use shared::session::{Effect, Session};
use shared::transcript::render;
use shared::world::files::Content;
use tests::native::Native;
use tests::page::start_relay;
use tests::play::Play;
use tests::servers::{Tls, lab};
use tests::tunnel::{TunnelClient, TunnelStream};

#[test]
fn whoever_only_presses_enter_gets_through_a_whole_session() {
    let mut play = Play::new(&gopher::PROTOCOL);
    let mut typed = Vec::new();
    while let Some(suggestion) = play.session().client().suggestion() {
        assert!(typed.len() < 8, "the suggestions do not end: {typed:?}");
        play.types(&suggestion.text);
        typed.push(suggestion.text);
    }
    let text = play.text();
    assert_eq!(
        typed,
        ["1", "1/pub", "0/readme.txt", "7/search\tgopher", "I/pub/pictures/dot.png", "."]
    );
    assert_eq!(play.session().client().state().id, "closed", "{text}");
    assert!(!text.contains("== error") && !text.contains("== warning"), "{text}");
    assert_eq!(play.delivered.len(), 67, "the picture went to a file");
}

#[test]
fn every_offer_of_every_menu_can_be_followed() {
    let mut play = Play::new(&gopher::PROTOCOL);
    play.types("1");
    let (mut open, mut seen) = (play.session().client().offers(), Vec::new());
    while let Some(offer) = open.pop() {
        let large = offer.text.ends_with("big.bin") || offer.text.ends_with("huge.bin");
        if seen.contains(&offer.text) || offer.text.contains("gopher.example") || large {
            continue;
        }
        let words = if offer.text.starts_with('7') { "dot" } else { "" };
        play.types(&format!("{}{words}", offer.text));
        open.extend(play.session().client().offers());
        seen.push(offer.text);
    }
    assert_eq!(seen.len(), 25, "{seen:?}");
    let text = play.text();
    assert!(!text.contains("== error") && !text.contains("== warning"), "{text}");
    assert!(seen.contains(&"0/pub/docs/\u{65e5}\u{672c}\u{8a9e}.txt".to_string()), "{seen:?}");
}

#[test]
fn a_large_file_arrives_whole() {
    let mut play = Play::new(&gopher::PROTOCOL);
    play.types("1/pub");
    play.types("9/pub/big.bin");
    assert!(play.delivered == Content::Pattern(20 << 20).read(0, 20 << 20));
    play.types("1");
    assert_eq!(play.session().client().state().id, "ready");
}

/// Each request is a stream of its own to the relay, and there the visit of another server.
#[tokio::test]
async fn a_session_of_many_requests_goes_through_the_tunnel() {
    let relay = start_relay(PolicyName::Lab, 0).await;
    let mut page = TunnelledSession::connect(TunnelClient::connect(relay.address()).await).await;
    while let Some(suggestion) = page.session.client().suggestion() {
        page.types(&suggestion.text).await;
    }
    let text = render(page.session.transcript());
    assert_eq!(page.session.client().state().id, "closed", "{text}");
    assert!(!text.contains("== error") && !text.contains("== warning"), "{text}");
    assert_eq!(page.delivered, 67);

    // More than the streams that a tunnel may have at a time.
    let mut page = TunnelledSession::connect(TunnelClient::connect(relay.address()).await).await;
    for _ in 0..100 {
        page.types("0/hello.txt").await;
    }
    let text = render(page.session.transcript());
    assert_eq!(text.matches(": Hello, world!").count(), 100, "{text}");
    relay.stop().await;
}

#[test]
fn the_client_gets_along_with_a_real_gopher_server() {
    let Some(lab) = lab() else { return };
    let endpoint = lab.endpoint("gopher", Tls::None);
    let (host, port) = endpoint.address();
    let mut native = Native::connect(&gopher::PROTOCOL, host, port);

    native.types("1");
    let offers: Vec<String> =
        native.session.client().offers().into_iter().map(|offer| offer.text).collect();
    let (text, search) = (endpoint.text("text"), endpoint.text("search"));
    assert_eq!(offers[..4], [&format!("0{text}"), "1/deep", "9/big.bin", &format!("7{search}\t")]);
    assert_eq!(offers[4], "gopher://gopher.lab.test/1", "{offers:?}");

    native.types(&format!("0{text}"));
    assert_eq!(native.text().matches("Protocol lab, line ").count(), 20);
    assert!(native.text().contains("note: No lone dot at the end"), "it ends texts by closing");
    native.types("1/deep");
    assert_eq!(native.session.client().offers()[1].text, "1/deep/a/");
    native.types(&format!("7{search}\tred blue"));
    assert!(native.text().contains("iFor: red blue\\t"), "{}", native.text());
    native.types(&format!("9{}", endpoint.text("big")));
    assert!(native.delivered == Content::Pattern(20 << 20).read(0, 20 << 20));
    let so_far = native.text();
    assert!(!so_far.contains("== error") && !so_far.contains("== warning"), "{so_far}");

    // A file that begins with a lone dot is sent as it is.
    native.types("0/dots.txt");
    assert!(native.text().contains("15 octets come behind it"), "{}", native.text());
    native.types("0/zero.bin");
    assert!(native.text().contains("note: Empty answer"));
    native.types("1/no/such");
    assert!(native.text().contains("without a type and fields"), "it refuses in a text");
    native.types("0/readme.txt\t+");
    assert!(native.text().contains("does not speak it"), "it has no Gopher+");
    native.types(".");
    assert_eq!(native.state(), "closed");
    assert!(!native.text().contains("== error"), "{}", native.text());
}

/// What the page does with its relay, for a client with one connection at a time.
struct TunnelledSession {
    session: Session,
    client: TunnelClient,
    stream: Option<(Conn, TunnelStream)>,
    delivered: usize,
}

impl TunnelledSession {
    async fn connect(client: TunnelClient) -> TunnelledSession {
        let config = ClientConfig::practice(gopher::PROTOCOL.port);
        let mut session = Session::new((gopher::PROTOCOL.client)(&config));
        session.connect(&config.host, config.port, Tick::default());
        let mut page = TunnelledSession { session, client, stream: None, delivered: 0 };
        page.carry().await;
        page
    }

    async fn types(&mut self, text: &str) {
        self.session.command(text, Tick::default()).unwrap();
        self.carry().await;
        while self.session.client().state().id == "reading" {
            let Some((conn, stream)) = &mut self.stream else { panic!("no connection to read") };
            let conn = *conn;
            let next = tokio::time::timeout(Duration::from_secs(20), stream.read()).await.unwrap();
            let arrival = match next.unwrap() {
                Some(bytes) => OwnedInput::Bytes { conn, bytes },
                None => OwnedInput::End { conn },
            };
            self.session.arrive(arrival, Tick::default());
            self.carry().await;
        }
    }

    async fn carry(&mut self) {
        while let Some(effect) = self.session.poll_effect() {
            match (effect, &mut self.stream) {
                (Effect::Connect { conn, host, port }, _) => {
                    let stream = self.client.open(&host, port).await.unwrap();
                    let (local, peer) = (stream.info.local, stream.info.peer);
                    self.stream = Some((conn, stream));
                    self.session.arrive(OwnedInput::Opened { conn, local, peer }, Tick::default());
                }
                (Effect::Write { bytes, .. }, Some((_, stream))) => {
                    stream.write(&bytes).await.unwrap();
                }
                (Effect::Finish { .. }, Some((_, stream))) => stream.finish(),
                (Effect::Deliver { bytes, .. }, _) => self.delivered += bytes.len(),
                _ => {}
            }
        }
    }
}
