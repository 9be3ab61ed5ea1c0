//! What must hold for every protocol in the registry, in every state.

use proptest::prelude::*;

use super::{ALL, Protocol};
use crate::machine::{Client, ClientConfig, Conn, Input, Output, Refused, ServerConfig, Tick};
use crate::table::{Progress, Takes};
use crate::testing::{Bench, addr};
use crate::world::files::{Files, Node};

fn client(protocol: &Protocol) -> Box<dyn Client> {
    (protocol.client)(&ClientConfig::practice(protocol.port))
}

#[test]
fn every_state_can_be_reached_and_left() {
    for protocol in ALL {
        let table = protocol.table;
        let reachable = table.reachable();
        for state in table.states {
            assert!(reachable.contains(state), "{}: {} is never reached", protocol.id, state.id);
            let exits = table.edges().iter().filter(|edge| edge.from == *state).count();
            let ends = *state == table.end();
            assert!(ends || exits > 0, "{}: there is no way out of {}", protocol.id, state.id);
            assert!(
                ends || state.takes == Takes::Nothing || table.legal(state).next().is_some(),
                "{}: nothing is legal in {}",
                protocol.id,
                state.id
            );
        }
    }
}

/// What is assumed of unanswered commands is the same whether it was asked for after each of them or only now.
#[test]
fn what_is_assumed_does_not_depend_on_when_it_is_asked_for() {
    let stands = |progress: &Progress| {
        let assumed = progress.assumed();
        (assumed.state(), assumed.flags().to_vec())
    };
    for protocol in ALL {
        let table = protocol.table;
        for state in table.states {
            let mut often = Progress::new(table);
            often.enter(state);
            let mut once = often.clone();
            for verb in table.verbs.iter().chain(table.verbs) {
                stands(&often);
                for progress in [&mut often, &mut once] {
                    progress.sent(verb);
                }
                assert_eq!(stands(&often), stands(&once.clone()), "{}: {}", protocol.id, verb.name);
            }
        }
    }
}

#[test]
fn tables_and_glossaries_are_whole() {
    for protocol in ALL {
        for (at, verb) in protocol.table.verbs.iter().enumerate() {
            let id = protocol.id;
            assert!(!verb.legal.is_empty(), "{id}: {} is legal nowhere", verb.name);
            assert!(!verb.rules.is_empty(), "{id}: {} has no replies", verb.name);
            assert!(
                protocol.table.verbs[..at].iter().all(|other| other.name != verb.name),
                "{id}: {} is listed twice",
                verb.name
            );
            for flag in verb.needs {
                assert!(protocol.table.flags.contains(flag), "{id}: flag {}", flag.id);
            }
            assert!(protocol.terms.contains(&verb.term), "{id}: {} has no term", verb.name);
        }
        for term in protocol.terms {
            assert!(
                protocol.rfcs.contains(&term.rfc.number),
                "{}: RFC {} of {} is not listed",
                protocol.id,
                term.rfc.number,
                term.id
            );
        }
    }
}

/// A protocol, something that its practice server lacks, what asks for it, and the refusal.
type Lack = (&'static str, &'static str, &'static [u8], &'static str);

const LACKS: &[Lack] = &[
    ("http", "connect", b"CONNECT a.lab:80 HTTP/1.1\r\nHost: a.lab:80\r\n\r\n", "HTTP/1.1 501 "),
    ("nntp", "compress", b"COMPRESS DEFLATE\r\n", "503 "),
    ("nntp", "slave", b"SLAVE\r\n", "500 "),
    ("nntp", "starttls", b"STARTTLS\r\n", "503 "),
    ("nntp", "xgtitle", b"XGTITLE *\r\n", "500 "),
    ("nntp", "xpath", b"XPATH <a@b>\r\n", "500 "),
    ("nntp", "xrover", b"XROVER 1-\r\n", "500 "),
    ("ftp", "auth", b"AUTH TLS\r\n", "502 "),
    ("ftp", "mode-b", b"MODE B\r\n", "504 "),
    ("ftp", "mode-c", b"MODE C\r\n", "504 "),
    ("ftp", "smnt", b"SMNT /\r\n", "502 "),
    ("ftp", "stru-p", b"STRU P\r\n", "504 "),
    ("ftp", "stru-r", b"STRU R\r\n", "504 "),
    ("ftp", "type-e", b"TYPE E\r\n", "504 "),
    ("smtp", "binarymime", b"MAIL FROM:<> BODY=BINARYMIME\r\n", "555 "),
    ("smtp", "etrn", b"ETRN a.lab\r\n", "502 "),
    ("smtp", "starttls", b"STARTTLS\r\n", "502 "),
    ("imap", "starttls", b"a STARTTLS\r\n", "a BAD "),
    ("pop3", "lang", b"LANG\r\n", "-ERR unknown"),
    ("pop3", "stls", b"STLS\r\n", "-ERR unknown"),
    ("pop3", "utf8", b"UTF8\r\n", "-ERR unknown"),
];

#[test]
fn what_a_practice_server_is_said_to_lack_it_refuses() {
    for protocol in ALL {
        let id = protocol.id;
        assert!(protocol.lacks.is_sorted(), "{id}: {:?}", protocol.lacks);
        let told: Vec<_> = LACKS.iter().filter(|(of, ..)| *of == id).map(|lack| lack.1).collect();
        assert_eq!(told, protocol.lacks, "{id}");
    }
    for (id, lack, asks, refusal) in LACKS {
        let protocol = super::by_id(id).expect("it is registered");
        let mut bench = Bench::new((protocol.server)(&ServerConfig::practice(1)));
        match *id {
            "ftp" => bench.ask(b"USER student\r\nPASS lab-secret\r\n"),
            "smtp" => bench.ask(b"EHLO you.lab\r\n"),
            _ => String::new(),
        };
        let reply = bench.ask(asks);
        assert!(reply.starts_with(refusal), "{id}: {lack}: {reply}");
    }
}

/// What asks for a sample, and how the reply begins.
fn asks_for(id: &str, name: &str, value: &str) -> (String, &'static str) {
    match (id, name) {
        ("ftp", "upload") => (format!("CWD {value}"), "250 "),
        ("ftp", _) => (format!("SIZE {value}"), "213 "),
        ("http", "echo") => (format!("POST {value} HTTP/1.0\r\n"), "HTTP/1.1 200 "),
        ("http", "redirect") => (format!("GET {value} HTTP/1.0\r\n"), "HTTP/1.1 302 "),
        ("http", "private") => (format!("GET {value} HTTP/1.0\r\n"), "HTTP/1.1 401 "),
        ("http", _) => (format!("GET {value} HTTP/1.0\r\n"), "HTTP/1.1 200 "),
        ("gopher", "text") => (value.into(), "Welcome"),
        ("gopher", "menu") => (value.into(), "i"),
        ("gopher", "search") => (format!("{value}\tdots"), "iThese have all"),
        ("nntp", "auth" | "mode_reader") => ("CAPABILITIES".into(), "101 "),
        ("nntp", _) => (format!("GROUP {value}"), "211 "),
        ("smtp", "rcpt") => (format!("RCPT TO:<{value}>"), "250 "),
        _ => panic!("{id}: {name} has no test"),
    }
}

#[test]
fn what_a_practice_server_is_said_to_have_it_has() {
    for protocol in ALL {
        let id = protocol.id;
        for (name, value) in protocol.samples {
            let mut bench = Bench::new((protocol.server)(&ServerConfig::practice(1)));
            match (id, *name) {
                (_, "big_sha256") => continue,
                (_, "big") => {
                    let big = bench.world.files.get(&Files::resolve("/", value));
                    assert!(big.and_then(Node::content).is_some(), "{id}: {value}");
                    continue;
                }
                _ => {}
            }
            match id {
                "ftp" => bench.ask(b"USER anonymous\r\nPASS a@b\r\nTYPE I\r\n"),
                "smtp" => bench.ask(b"EHLO you.lab\r\nMAIL FROM:<>\r\n"),
                _ => String::new(),
            };
            let (asks, begins) = asks_for(id, name, value);
            let reply = bench.ask(format!("{asks}\r\n").as_bytes());
            assert!(reply.starts_with(begins), "{id}: {name}: {reply:.200}");
        }
    }
}

#[test]
fn what_is_illegal_at_the_start_is_refused_with_the_legal_moves() {
    for protocol in ALL {
        let mut client = client(protocol);
        for (verb, legal) in protocol.table.moves(client.state(), &client.flags()) {
            if legal.is_ok() {
                continue;
            }
            let before = client.state();
            let refused = client.handle(Input::Command(verb.template), Tick::default());
            assert!(refused.is_err(), "{}: {} before the connection", protocol.id, verb.name);
            assert_eq!(client.state(), before);
            assert!(client.poll().is_none());
        }
        assert_eq!(
            client.handle(Input::Command("NOOP"), Tick::default()),
            Err(Refused::NotConnected),
            "{}",
            protocol.id
        );
    }
}

/// Feeds a client whatever a server might send; it must neither panic nor lose an octet.
fn survives(protocol: &Protocol, typed: &[&str], chunks: &[Vec<u8>]) {
    let mut client = client(protocol);
    let now = Tick::default();
    let opened = Input::Opened { conn: Conn::MAIN, local: addr(40_000), peer: addr(1) };
    client.handle(opened, now).expect("opening is never refused");
    let (mut came, mut shown) = (0, 0);
    let mut count = |client: &mut Box<dyn Client>| {
        while let Some(output) = client.poll() {
            match output {
                Output::Received { conn: Conn::MAIN, wire } => {
                    assert!(wire.tiles(), "{wire:?}");
                    shown += wire.bytes.len();
                }
                Output::Data {
                    conn: Conn::MAIN,
                    direction: crate::machine::Direction::Received,
                    bytes,
                } => shown += bytes.len(),
                Output::Sent { wire, .. } => assert!(wire.tiles(), "{wire:?}"),
                _ => {}
            }
        }
    };
    for (at, chunk) in chunks.iter().enumerate() {
        came += chunk.len();
        let input = Input::Bytes { conn: Conn::MAIN, bytes: chunk };
        client.handle(input, now).expect("what the server sends is never refused");
        count(&mut client);
        if let Some(text) = typed.get(at) {
            drop(client.handle(Input::Command(text), now));
            count(&mut client);
        }
    }
    client.handle(Input::End { conn: Conn::MAIN }, now).expect("an end is never refused");
    count(&mut client);
    assert_eq!(shown, came, "{}: octets lost", protocol.id);
}

/// Pieces that look like the real thing, so that random input gets past the first line.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let likely: &[&[u8]] = &[
        b"+OK\r\n",
        b"-ERR no\r\n",
        b"+ \r\n",
        b".\r\n",
        b"..\r\n",
        b"220 hi\r\n",
        b"220-a\r\n",
        b"250 ok\r\n",
        b"250-x\r\n",
        b"331 p\r\n",
        b"230 in\r\n",
        b"150 go\r\n",
        b"226 done\r\n",
        b"227 (127,0,0,1,4,1)\r\n",
        b"229 (|||5|)\r\n",
        b"354 go\r\n",
        b"211 1 1 1 g\r\n",
        b"220 1 <a@b>\r\n",
        b"340 send\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 100 C\r\n\r\n",
        b"Content-Length: 3\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"\r\n",
        b"3\r\nabc\r\n",
        b"0\r\n\r\n",
        b"\n",
        b"\r",
        b"\0",
        b"\xff\xf4",
        b"421 bye\r\n",
        b"334 \r\n",
        b"0A\ta\th\t70\r\n",
        b"3no\t\t\t1\r\n",
        b"+5\r\n",
    ];
    prop_oneof![
        3 => prop::sample::select(likely).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..20),
    ]
}

/// What a person may send without checks.
fn person() -> impl Strategy<Value = Vec<u8>> {
    let likely: &[&[u8]] = &[
        b"USER a\r\nPASS b\r\n",
        b"PASS ",
        b"AUTH PLAIN\r\nAHUAcA==\r\n",
        b"AUTHINFO PASS x\n",
        b"EHLO\r\n",
        b"MAIL FROM: <a@b>\r\nRCPT TO:<c>\r\nDATA\r\n",
        b"BDAT 5 LAST\r\nabcdefg\r\n",
        b".x\r\n.\r\nQUIT\r\n",
        b"a\n.\nb\r.\r\r\n",
        b"a LOGIN {3}\r\nabc {2+}\r\nde\r\n",
        b"a SELECT \xc3\xbc\r\n",
        b"a FETCH 9:* (BODY[",
        b"TAKETHIS <a@b>\r\n",
        b"POST\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"{",
        b"\xff\xf4",
    ];
    prop_oneof![
        3 => prop::sample::select(likely).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 1..20),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn clients_survive_any_server(
        chunks in prop::collection::vec(piece(), 0..24),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 24),
    ) {
        for protocol in ALL {
            let templates: Vec<&str> =
                picks.iter().map(|pick| pick.get(protocol.table.verbs).template).collect();
            survives(protocol, &templates, &chunks);
        }
    }

    #[test]
    fn octets_without_checks_go_out_as_they_are(
        pieces in prop::collection::vec((piece(), person()), 0..24),
    ) {
        for protocol in ALL {
            let mut client = client(protocol);
            let now = Tick::default();
            let opened = Input::Opened { conn: Conn::MAIN, local: addr(40_000), peer: addr(1) };
            client.handle(opened, now).expect("opening is never refused");
            for (said, raw) in &pieces {
                let input = Input::Bytes { conn: Conn::MAIN, bytes: said };
                client.handle(input, now).expect("what the server sends is never refused");
                while client.poll().is_some() {}
                let input = Input::Raw { conn: Conn::MAIN, bytes: raw };
                if client.handle(input, now).is_err() {
                    continue;
                }
                let sent = core::iter::from_fn(|| client.poll()).find_map(|output| match output {
                    Output::Sent { conn: Conn::MAIN, wire } => Some(wire),
                    _ => None,
                });
                let wire = sent.unwrap_or_default();
                assert!(wire.tiles(), "{wire:?}");
                assert_eq!(&wire.bytes, raw, "{}", protocol.id);
            }
        }
    }

    #[test]
    fn servers_survive_any_client(
        picks in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..24),
        noise in prop::collection::vec(piece(), 0..8),
    ) {
        for protocol in ALL {
            let mut bench = Bench::new((protocol.server)(&ServerConfig::practice(1)));
            let mut noise = noise.iter();
            for (pick, with_noise) in &picks {
                let mut line = pick.get(protocol.table.verbs).template.as_bytes().to_vec();
                line.extend_from_slice(b"\r\n");
                bench.ask(&line);
                if let (true, Some(noise)) = (*with_noise, noise.next()) {
                    bench.ask(noise);
                }
            }
            bench.input(Input::End { conn: Conn::MAIN });
        }
    }
}
