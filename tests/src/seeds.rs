//! What a fuzzer begins with: the golden dialogues, the examples of the specification and the
//! lessons, written as its targets read them.

mod room;

use std::fs;
use std::path::PathBuf;

use shared::faults;
use shared::machine::{Conn, Direction};
use shared::protocols::{self, Protocol};
use shared::random::Random;
use shared::tape::Writer;
use shared::transcript::{Entry, Kind};
use shared::wisp::{CloseReason, Packet, Transport};

use crate::fuzz::SEPARATOR;
use crate::play::{Play, inputs};
use crate::workspace;

/// The seeds of a target, each with a name for its file.
pub fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    if let Some(id) = target.strip_prefix("client_") {
        return played(id, |play, script| conversation(play, script, Direction::Received));
    }
    if let Some(id) = target.strip_prefix("server_") {
        return played(id, |play, script| conversation(play, script, Direction::Sent));
    }
    let ids = || protocols::ALL.iter().map(|protocol| protocol.id);
    match target {
        "frames" => messages(),
        "mux_alone" => sessions_of_messages(),
        "mux_pair" => (1..9).map(|n| (format!("chance-{n}"), steps(n))).collect(),
        "session" => ids().flat_map(|id| played(id, typed)).collect(),
        "tape" => ids().flat_map(|id| played(id, journal)).collect(),
        "lesson" => files("lessons", "md"),
        "settings" => examples("docs/config.md"),
        "rooms" => room::seeds(),
        "wisp" => packets(),
        "text" => texts(),
        _ => panic!("there is no target {target}"),
    }
}

/// Every golden dialogue of a protocol, played.
fn played(id: &str, seed: impl Fn(&mut Play, &str) -> Vec<u8>) -> Vec<(String, Vec<u8>)> {
    let protocol = protocols::by_id(id).expect("a registered protocol");
    files(&format!("tests/dialogues/{id}"), "txt")
        .into_iter()
        .map(|(name, script)| {
            let script = String::from_utf8(script).expect("a dialogue is text");
            (format!("{id}-{name}"), seed(&mut Play::new(protocol), &script))
        })
        .collect()
}

fn push(seed: &mut Vec<u8>, what: u8, text: &[u8]) {
    if !seed.is_empty() {
        seed.push(SEPARATOR);
    }
    seed.push(what);
    seed.extend_from_slice(text);
}

/// What one side of a dialogue hears; for the client also what is typed.
fn conversation(play: &mut Play, script: &str, hears: Direction) -> Vec<u8> {
    let (mut seed, mut seen) = (Vec::new(), 0);
    take(&mut seed, play, &mut seen, hears);
    for (mark, text) in inputs(script) {
        if hears == Direction::Received {
            match mark {
                "!>" => push(&mut seed, b'!', format!("{text}\r\n").as_bytes()),
                ">>" => push(&mut seed, b'B', text.as_bytes()),
                _ => push(&mut seed, b'>', text.as_bytes()),
            }
        }
        play.input(mark, &text);
        take(&mut seed, play, &mut seen, hears);
    }
    seed
}

/// Writes the entries that have come since.
fn take(seed: &mut Vec<u8>, play: &Play, seen: &mut usize, hears: Direction) {
    let entries = play.session().transcript().entries();
    for Entry { conn, kind, .. } in &entries[*seen..] {
        let n = conn.0 as u8;
        let on = if *conn == Conn::MAIN { b'<' } else { b'0' + n.min(9) };
        match kind {
            Kind::Received(wire) if hears == Direction::Received => push(seed, on, &wire.bytes),
            Kind::Sent(wire) if hears == Direction::Sent => push(seed, on, &wire.bytes),
            Kind::Opened { .. } if *conn != Conn::MAIN => {
                push(seed, b'l', &[n]);
                push(seed, b'o', &[n]);
                if hears == Direction::Sent {
                    push(seed, b'v', &[]);
                }
            }
            Kind::Ended(way) if *way == hears => push(seed, b'e', &[n]),
            _ => {}
        }
    }
    *seen = entries.len();
}

fn number_of(play: &Play) -> u8 {
    let table = play.session().client().progress().table();
    let at = protocols::ALL.iter().position(|protocol| std::ptr::eq(protocol.table, table));
    at.expect("a registered protocol") as u8
}

fn typed(play: &mut Play, script: &str) -> Vec<u8> {
    let protocol: &Protocol = protocols::ALL[usize::from(number_of(play))];
    // Each dialogue has another fault, or none.
    let fault = script.len() % (faults::of(protocol).count() + 1);
    let mut seed = Vec::new();
    for (mark, text) in inputs(script) {
        let what = match mark {
            "!>" => b'!',
            ">>" => b'B',
            _ => b'>',
        };
        push(&mut seed, what, text.as_bytes());
    }
    [&[number_of(play), fault as u8, 0][..], &seed].concat()
}

fn journal(play: &mut Play, script: &str) -> Vec<u8> {
    play.script(script);
    let mut writer = Writer::default();
    play.tape.events().fold(&mut writer, |writer, (at, event)| writer.event(at, event));
    [&[number_of(play)][..], &writer.finish()].concat()
}

/// The examples of the specification.
/// The settings that a page of documentation shows.
fn examples(page: &str) -> Vec<(String, Vec<u8>)> {
    let text = fs::read_to_string(workspace().join(page)).expect("the page is there");
    let blocks = text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.enumerate().map(|(n, toml)| (format!("example-{n}"), toml.into())).collect()
}

/// Streams that a client opens, fills and closes, with what an owner does between.
fn packets() -> Vec<(String, Vec<u8>)> {
    let host = || "host".to_owned();
    let sent = [
        Packet::Connect { id: 1, transport: Transport::Tcp, host: host(), port: 80 },
        Packet::Data(1, b"GET / HTTP/1.0"),
        Packet::Connect { id: 2, transport: Transport::Udp, host: host(), port: 53 },
        Packet::Data(2, b"a datagram"),
        Packet::Close(1, CloseReason::VOLUNTARY),
        Packet::Continue(1, 9),
    ];
    let seed = |first: u8| {
        let mut seed = vec![first];
        for (n, packet) in sent.iter().enumerate() {
            let message = packet.encode();
            seed.extend([0, message.len() as u8]);
            seed.extend(message);
            seed.extend([0x80 + n as u8, 1 + n as u8 % 2, 0, 9]);
        }
        seed
    };
    vec![("packets".into(), seed(0)), ("raw".into(), seed(3))]
}

fn messages() -> Vec<(String, Vec<u8>)> {
    let spec = fs::read_to_string(workspace().join("docs/tunnel.md")).expect("the specification");
    let codes = spec.split('`').skip(1).step_by(2);
    let messages = codes.filter_map(|code| {
        let octets: Option<Vec<u8>> =
            code.split(' ').map(|two| u8::from_str_radix(two, 16).ok()).collect();
        octets.filter(|octets| octets.len() >= 5)
    });
    messages.enumerate().map(|(n, octets)| (format!("example-{n}"), octets)).collect()
}

fn sessions_of_messages() -> Vec<(String, Vec<u8>)> {
    // Both ends hear both sides' frames; each refuses what it may not hear.
    let of_end = |end: u8| {
        let messages = messages().into_iter().filter(move |(_, message)| {
            let asks = matches!(message[0], 0x10 | 0x20 | 0x30 | 0x40);
            let answers =
                matches!(message[0], 0x02 | 0x11 | 0x21 | 0x22 | 0x31 | 0x33 | 0x34 | 0x41);
            message[0] != 0x01 && message[0] != 0x05 && if end == 0 { !asks } else { !answers }
        });
        let mut seed = vec![end, 0];
        for (_, message) in messages {
            // The page asks before it is answered; the relay answers what it was asked.
            seed.extend_from_slice(if end == 0 { &[0x82, 0, 1, 0] } else { &[0x80, 0, 0, 0] });
            seed.extend_from_slice(&[0x88, 1, 1, 0]);
            seed.extend_from_slice(&[0, message.len() as u8]);
            seed.extend_from_slice(&message);
        }
        (format!("end-{end}"), seed)
    };
    vec![of_end(0), of_end(1)]
}

fn steps(seed: u64) -> Vec<u8> {
    let mut random = Random::new(seed);
    // Opening and answering first, then anything.
    let mut steps =
        vec![0, 0, 40, 6, 0, 0, 9, 1, 0, 12, 1, 0, 1, 0, 40, 7, 1, 0, 10, 0, 0, 12, 0, 0];
    steps.extend((0..450).map(|_| random.next_u64() as u8));
    steps
}

fn texts() -> Vec<(String, Vec<u8>)> {
    let mail = "From: a@b\r\nSubject: =?utf-8?q?x=20y?=\r\nContent-Type: multipart/mixed;\r\n boundary=\"b\"\r\n\r\n\
        --b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\neHk=\r\n\
        --b\r\nContent-Type: message/rfc822\r\n\r\nSubject: z\r\n\r\nq\r\n--b--\r\n";
    let rpc = "<?xml version=\"1.0\"?><methodCall><methodName>add</methodName><params><param><value>\
        <array><data><value><int>1</int></value><value><string>&lt;x&#65;</string></value></data></array>\
        </value></param></params></methodCall>";
    let gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xcbH\xcd\xc9\xc9W\xc8@'\0\x8f\xb9\x9a\xba\x11\0\0\0";
    let python = "import socket\ns = socket.socket()\ns.connect(('lab', 7))\nfor i in range(3):\n    s.send(b'x\\x00')\n";
    let of = |kind: u8, text: &[u8]| [&[kind][..], text].concat();
    let list: Vec<(&str, Vec<u8>)> = vec![
        ("mail", of(0, mail.as_bytes())),
        ("words", of(1, b"=?utf-8?b?w7w=?= <\"a b\"@c>, Group: d@e, (x) f@g;")),
        ("base64", of(1, b"YWJj\r\nZGU=")),
        ("sasl", of(2, b"AHN0dWRlbnQAbGFi")),
        ("dots", of(3, b".a\r\n..b\n.\r\n")),
        ("screen", of(4, b"a\x1b[2J\x1b[5;7Hb\r\n\x08\x1b[1mc\x1b[K\x1b]0;t\x07\xc3\xbc\t")),
        ("gzip", of(5, gzip)),
        ("rpc", of(6, rpc.as_bytes())),
        ("pattern", of(7, b"*a?[b-d]\nxabc")),
        ("lines", of(8, b"a\r\nb\nc\r\r\n\n")),
        ("python", of(9, python.as_bytes())),
        ("uri", of(10, b"http://u@h:80/a/../b?c#d\n../e%20f")),
    ];
    list.into_iter().map(|(name, seed)| (name.to_owned(), seed)).collect()
}

/// The files of a folder and those below it, in order.
fn files(folder: &str, extension: &str) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    walk(workspace().join(folder), extension, &mut found);
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let name = path.file_stem().expect("a file").to_string_lossy().into_owned();
            (name, fs::read(&path).expect("a file of this repository"))
        })
        .collect()
}

fn walk(folder: PathBuf, extension: &str, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(&folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            walk(path, extension, found);
        } else if path.extension().is_some_and(|other| other == extension) {
            found.push(path);
        }
    }
}
