//! What a page does with one socket, and what must have become of every octet.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use shared::random::Random;
use shared::tunnel::{BindAt, Listen, Reason, UdpBind};
use tokio::net::TcpStream;

use super::script::Script;
use super::server::{Saw, Server, act};
use super::within;
use crate::tunnel::{Arrival, Refused, TunnelClient, TunnelStream};

/// What the scenes play with.
pub(super) struct Stage {
    pub(super) server: Server,
    /// A UDP socket that sends everything back.
    pub(super) echo: SocketAddr,
}

/// What a scene was.
pub(super) struct Tally {
    pub(super) what: &'static str,
    pub(super) octets: u64,
}

impl Tally {
    pub(super) fn of(what: &'static str) -> Tally {
        Tally { what, octets: 0 }
    }
}

/// How the stream ended for the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    /// The server's FIN came after all octets.
    Whole,
    Torn,
    /// The page did not want any more.
    GivenUp {
        /// It had sent everything, so the server may have seen an orderly end.
        sent_all: bool,
    },
}

const HERE: BindAt = BindAt::Address(IpAddr::V4(Ipv4Addr::LOCALHOST));

pub(super) async fn play(client: &TunnelClient, mut random: Random, stage: &Stage) -> Tally {
    match random.next_u64() % 32 {
        0 => {
            pause(&mut random).await;
            within("the server, killed,", stage.server.kill()).await;
            Tally::of("server killed")
        }
        1..=3 => listen(client, &mut random).await,
        4..=6 => datagrams(client, &mut random, stage.echo).await,
        _ => stream(client, &mut random, &stage.server).await,
    }
}

/// A connection to the server.
async fn stream(client: &TunnelClient, random: &mut Random, server: &Server) -> Tally {
    let script = Script::random(random);
    let life = server.life();
    let stream = match within("an answer to OPEN", client.open_address(server.address())).await {
        Ok(stream) => stream,
        Err(Refused::Relay(reset)) => {
            assert!(server.life() != life || life.is_none(), "{reset} while the server is there");
            return Tally::of("stream refused: the server is down");
        }
        Err(other) => panic!("{other:?}"),
    };
    if stream.info.local == stream.info.peer {
        // TCP may connect a socket to itself where nobody listens (simultaneous open).
        return Tally::of("stream refused: the server is down");
    }
    let used = use_stream(stream, &script, true, random);
    let (end, octets) = within("the end of a stream", used).await;
    let saw = within("what the server saw", server.saw(&script, life)).await;
    let killed = server.life() != life || life.is_none();
    let what = judge(&script, end, saw, killed);
    Tally { what, octets }
}

/// A connection that somebody makes to a listener of the page.
async fn listen(client: &TunnelClient, random: &mut Random) -> Tally {
    let script = Script::random(random);
    let listener = match client.listen(Listen { accepts: 1, ..Listen::new(HERE) }).await {
        Ok(listener) => listener,
        Err(Refused::Relay(reset)) if reset.reason == Reason::TOO_MANY_SOCKETS => {
            return Tally::of("listener refused: too many");
        }
        Err(other) => panic!("{other:?}"),
    };
    let address = listener.info.bound;
    let visitor = tokio::spawn(async move {
        // A page that leaves takes its listener along.
        let Ok(mut socket) = TcpStream::connect(address).await else { return Saw::Torn };
        act(&mut socket, &script).await
    });
    let arrival = within("a listener's connection", listener.accept()).await;
    let stream = arrival.expect("the visitor connects");
    let used = use_stream(stream, &script, false, random);
    let (end, octets) = within("the end of a listener's stream", used).await;
    let saw = within("the end of the visitor", visitor).await.expect("the visitor ends");
    judge(&script, end, Some(saw), false);
    Tally { what: "connection to a listener", octets }
}

/// Datagrams there and back, one at a time, which the loopback does not lose.
async fn datagrams(client: &TunnelClient, random: &mut Random, echo: SocketAddr) -> Tally {
    let socket = match client.udp_bind(UdpBind::new(HERE)).await {
        Ok(socket) => socket,
        Err(Refused::Relay(reset)) if reset.reason == Reason::TOO_MANY_SOCKETS => {
            return Tally::of("UDP socket refused: too many");
        }
        Err(other) => panic!("{other:?}"),
    };
    let script = Script::random(random);
    let mut octets = 0;
    for _ in 0..1 + random.next_u64() % 20 {
        let mut content = vec![0; (random.next_u64() % 9000) as usize];
        script.up().fill(octets, &mut content);
        socket.send(echo, &content).await.expect("room for a datagram");
        match within("a datagram", socket.receive()).await {
            Ok(Arrival::Datagram(from, back)) => {
                assert!(from == echo && back == content, "another datagram came back");
            }
            other => panic!("{other:?}"),
        }
        octets += content.len() as u64;
    }
    if random.next_u64().is_multiple_of(2) {
        socket.close();
    }
    Tally { what: "UDP socket", octets: 2 * octets }
}

/// The page's side of a script, in one of many orders.
async fn use_stream(
    mut stream: TunnelStream,
    script: &Script,
    tells: bool,
    random: &mut Random,
) -> (End, u64) {
    let (up, down) = (u64::from(script.up), u64::from(script.down));
    let gives_up = random.next_u64().is_multiple_of(6) && down > 0;
    // Not before the first octet, or the server may never have heard of the script.
    let enough = if gives_up { 1 + random.next_u64() % down } else { u64::MAX };
    let stalls = random.next_u64().is_multiple_of(4);
    // First the one, then the other, or by turns.
    let order = random.next_u64() % 3;
    let (mut sent, mut received) = (0, 0);
    let mut end = None;
    if tells && stream.write(&script.encode()).await.is_err() {
        return (End::Torn, 0);
    }
    if up == 0 {
        stream.finish();
    }
    while end.is_none() || sent < up {
        if received >= enough {
            stream.reset();
            return (End::GivenUp { sent_all: sent == up }, received);
        }
        if stalls {
            pause(random).await;
        }
        let writes = sent < up && (order == 0 || end.is_some() || (order == 1 && flip(random)));
        if writes {
            let mut piece = vec![0; (1 + random.next_u64() % 40_000).min(up - sent) as usize];
            script.up().fill(sent, &mut piece);
            if stream.write(&piece).await.is_err() {
                return (End::Torn, received);
            }
            sent += piece.len() as u64;
            if sent == up {
                stream.finish();
            }
            continue;
        }
        match stream.read().await {
            Ok(Some(octets)) => {
                script.down().check(received, &octets);
                received += octets.len() as u64;
            }
            Ok(None) => end = Some(End::Whole),
            Err(_) => return (End::Torn, received),
        }
    }
    assert_eq!(received, down, "FIN came before all octets");
    (End::Whole, received + sent)
}

/// What both ends saw must fit together.
fn judge(script: &Script, end: End, saw: Option<Saw>, killed: bool) -> &'static str {
    let torn = script.tears || killed;
    match (end, saw) {
        (End::Whole, Some(Saw::Whole)) if !script.tears => "stream whole",
        (End::GivenUp { .. }, Some(Saw::Torn))
        | (End::GivenUp { sent_all: true }, Some(Saw::Whole)) => "stream given up by the page",
        (End::Torn, Some(Saw::Torn)) if torn => "stream torn by the server",
        (_, _) if killed => "stream hit by a kill",
        other => panic!("page and server saw {other:?} of {script:?}"),
    }
}

fn flip(random: &mut Random) -> bool {
    random.next_u64().is_multiple_of(2)
}

/// Others go on meanwhile.
async fn pause(random: &mut Random) {
    for _ in 0..random.next_u64() % 200 {
        tokio::task::yield_now().await;
    }
}
