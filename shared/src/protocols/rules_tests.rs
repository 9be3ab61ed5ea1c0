//! The rules ALL-01 to ALL-12, walked through a whole session of every protocol.
//!
//! Each session is the one that its suggestions lead through, against the practice server in
//! the same page; before each step the rules are tried.

use super::{ALL, Protocol};
use crate::link::Link;
use crate::machine::{
    Client, ClientConfig, Conn, Direction, Input, Level, Output, Refused, ServerConfig, Tick,
};
use crate::session::{Effect, Session};
use crate::table::Takes;
use crate::testing::{Bench, addr};
use crate::transcript::{Entry, Kind, render};
use crate::world::{EPOCH, PASSWORD, World};

const NOW: Tick = Tick(core::time::Duration::ZERO);

struct Walk {
    session: Session,
    link: Link,
    world: World,
    protocol: &'static Protocol,
}

impl Walk {
    fn new(protocol: &'static Protocol, chunk: usize) -> Walk {
        let server = (protocol.server)(&ServerConfig::practice(1));
        let mut walk = Walk {
            session: Session::new(client(protocol)),
            link: Link::new(server, protocol.port).with_chunk(chunk),
            world: World::new(EPOCH),
            protocol,
        };
        walk.session.connect(crate::world::HOST, protocol.port, NOW);
        walk.settle();
        walk
    }

    /// Sends what is suggested until the session is over, and calls `before` ahead of each.
    fn walked(mut self, mut before: impl FnMut(&mut Walk, &str)) -> Walk {
        for _ in 0..40 {
            let Some(suggestion) = self.session.client().suggestion() else {
                assert_eq!(self.session.client().state(), self.protocol.table.end());
                return self;
            };
            before(&mut self, &suggestion.text);
            if let Err(why) = self.session.command(&suggestion.text, NOW) {
                panic!(
                    "{}: {:?} is suggested and refused: {why}",
                    self.protocol.id, suggestion.text
                );
            }
            self.settle();
        }
        panic!("{}: the suggestions do not end\n{}", self.protocol.id, self.text());
    }

    fn settle(&mut self) {
        loop {
            while let Some(effect) = self.session.poll_effect() {
                self.link.effect(effect, NOW, &mut self.world);
            }
            match self.link.next_arrival(NOW, &mut self.world) {
                Some(arrival) => self.session.arrive(arrival, NOW),
                None => return,
            }
        }
    }

    fn entries(&self) -> &[Entry] {
        self.session.transcript().entries()
    }

    fn text(&self) -> String {
        render(self.session.transcript())
    }
}

fn client(protocol: &Protocol) -> Box<dyn Client> {
    (protocol.client)(&ClientConfig::practice(protocol.port))
}

/// A client whose connection is open, and what it put out until then.
fn opened(protocol: &Protocol) -> Box<dyn Client> {
    let mut client = client(protocol);
    let opened = Input::Opened { conn: Conn::MAIN, local: addr(40_000), peer: addr(1) };
    client.handle(opened, NOW).expect("opening is never refused");
    client
}

fn outputs(client: &mut dyn Client) -> Vec<Output> {
    core::iter::from_fn(|| client.poll()).collect()
}

fn speaks_first(protocol: &Protocol) -> bool {
    let mut client = opened(protocol);
    outputs(&mut *client);
    client.state().takes == Takes::Commands
}

/// ALL-01, ALL-02.
#[test]
fn all_01_and_02_reads_of_any_size_give_the_same_transcript_and_lose_nothing() {
    for protocol in ALL {
        let whole = Walk::new(protocol, usize::MAX).walked(|_, _| {});
        for entry in whole.entries() {
            assert!(entry.wire().is_none_or(|wire| wire.tiles()), "{entry:?}");
        }
        for chunk in [1, 3, 17] {
            let cut = Walk::new(protocol, chunk).walked(|_, _| {});
            assert_eq!(cut.entries(), whole.entries(), "{} in reads of {chunk}", protocol.id);
        }
    }
}

/// ALL-03: a command with a lone CR or a NUL in it leaves no octet behind and moves nothing.
#[test]
fn all_03_control_octets_in_a_command_are_refused_before_anything_is_sent() {
    for protocol in ALL {
        Walk::new(protocol, usize::MAX).walked(|walk, text| {
            if walk.session.client().state().takes != Takes::Commands {
                return;
            }
            let line = text.lines().next().unwrap_or_default();
            for hostile in [format!("{line}\rX"), format!("{line}\0"), format!("{line} \0x")] {
                let before = walk.entries().len();
                assert!(
                    walk.session.command(&hostile, NOW).is_err(),
                    "{}: {hostile:?} is taken",
                    protocol.id
                );
                assert_eq!(walk.entries().len(), before);
                assert!(walk.session.poll_effect().is_none());
            }
        });
    }
}

/// ALL-04: what ends with a bare LF is never silently as good as CR LF.
#[test]
fn all_04_a_bare_line_feed_is_noted() {
    for protocol in ALL.iter().filter(|protocol| !speaks_first(protocol)) {
        let mut client = opened(protocol);
        outputs(&mut *client);
        let greeting = greeting(protocol);
        let bare = [greeting.trim_end().as_bytes(), b"\n", greeting.as_bytes()].concat();
        client.handle(Input::Bytes { conn: Conn::MAIN, bytes: &bare }, NOW).expect("bytes");
        let noted = outputs(&mut *client).into_iter().any(
            |output| matches!(output, Output::Note(note) if note.level >= Level::Warning && note.text.contains("LF")),
        );
        assert!(noted, "{}: a greeting with a bare LF", protocol.id);
    }
}

/// ALL-04: nor in a command, as netcat sends them; and what stands behind it is no command.
#[test]
fn all_04_a_server_answers_a_bare_line_feed_at_once_and_does_not_obey() {
    for protocol in ALL.iter().filter(|protocol| protocol.table.verb("QUIT").is_some()) {
        let id = protocol.id;
        let mut bench = Bench::new((protocol.server)(&ServerConfig::practice(1)));
        let refusal = bench.ask(b"QUIT\n");
        assert!(refusal.contains("bare LF"), "{id}: {refusal}");
        assert_eq!(bench.ask(b"QUIT\n"), refusal, "{id}");
        assert_eq!(bench.ask(b"QUIT\r\n"), "", "{id}: the end of that line");
        assert_ne!(bench.server.state(), protocol.table.end(), "{id}");
        bench.ask(b"QUIT\r\n");
        assert_eq!(bench.server.state(), protocol.table.end(), "{id}");
    }
}

/// ALL-05: the stream may end in every state; the session is then over and
/// says why.
#[test]
fn all_05_an_end_in_any_state_is_the_end_of_the_session() {
    for protocol in ALL {
        let mut steps = 0;
        loop {
            let mut walk = Walk::new(protocol, usize::MAX);
            let mut more = false;
            for _ in 0..steps {
                let Some(next) = walk.session.client().suggestion() else { break };
                walk.session.command(&next.text, NOW).expect("it was suggested");
                walk.settle();
                more = walk.session.client().suggestion().is_some();
            }
            // What it sends now is never answered.
            if let Some(next) = walk.session.client().suggestion() {
                walk.session.command(&next.text, NOW).expect("it was suggested");
            }
            let end = crate::machine::OwnedInput::Reset { conn: Conn::MAIN, why: "cable".into() };
            walk.session.arrive(end, NOW);
            let state = walk.session.client().state();
            assert!(
                state == protocol.table.end() || walk.session.client().suggestion().is_some(),
                "{}: stuck in {} after {steps} steps",
                protocol.id,
                state.id
            );
            let told = walk.entries().iter().any(|e| matches!(e.kind, Kind::Reset { .. }));
            assert!(told, "{}", protocol.id);
            if steps > 0 && !more {
                break;
            }
            steps += 1;
        }
    }
}

/// ALL-06: what never ends is given up with an error, and none of it is lost.
#[test]
fn all_06_a_line_without_end_is_cut_and_named() {
    for protocol in ALL {
        let mut client = opened(protocol);
        let mut out = outputs(&mut *client);
        if let Some(suggestion) = client.suggestion() {
            client.handle(Input::Command(&suggestion.text), NOW).expect("it was suggested");
        }
        let piece = [b'2'; 64 * 1024];
        for _ in 0..64 {
            let input = Input::Bytes { conn: Conn::MAIN, bytes: &piece };
            client.handle(input, NOW).expect("what comes in is never refused");
            out.extend(outputs(&mut *client));
        }
        let shown: usize = out
            .iter()
            .map(|output| match output {
                Output::Received { wire, .. } => wire.bytes.len(),
                Output::Data { direction: Direction::Received, bytes, .. } => bytes.len(),
                _ => 0,
            })
            .sum();
        assert!(
            shown >= 63 * piece.len(),
            "{}: {shown} of {} octets are shown, the rest is kept",
            protocol.id,
            64 * piece.len()
        );
    }
}

/// ALL-09: a reply that no RFC knows is shown, and the session can be ended properly.
#[test]
fn all_07_and_09_any_octets_are_shown_as_they_came() {
    for protocol in ALL {
        let mut client = opened(protocol);
        outputs(&mut *client);
        let all: Vec<u8> = (0..=255u8).chain(*b"\r\n799 \xff\0?\r\n* X\r\n+ Y\r\n").collect();
        client.handle(Input::Bytes { conn: Conn::MAIN, bytes: &all }, NOW).expect("bytes");
        client.handle(Input::End { conn: Conn::MAIN }, NOW).expect("an end");
        let mut shown = Vec::new();
        for output in outputs(&mut *client) {
            match output {
                Output::Received { wire, .. } => shown.extend(wire.bytes),
                Output::Data { direction: Direction::Received, bytes, .. } => shown.extend(bytes),
                _ => {}
            }
        }
        assert_eq!(shown, all, "{}", protocol.id);
    }
}

/// ALL-10: wherever a session stands, an illegal command is refused with the legal ones, and can
/// be sent all the same.
#[test]
fn all_10_illegal_moves_are_explained_and_possible() {
    for protocol in ALL {
        let mut tried = 0;
        Walk::new(protocol, usize::MAX).walked(|walk, _| {
            let client = walk.session.client();
            if client.state().takes != Takes::Commands {
                return;
            }
            let moves = protocol.table.moves(client.state(), &client.flags());
            for (verb, legal) in moves {
                if legal.is_ok() || verb.template.is_empty() || verb.name.starts_with('(') {
                    continue;
                }
                match walk.session.command(verb.template, NOW) {
                    Err(Refused::Illegal(illegal)) => {
                        assert!(!illegal.legal.is_empty(), "{}: {illegal}", protocol.id);
                    }
                    Err(Refused::Malformed { .. }) => {}
                    other => panic!("{}: {} gave {other:?}", protocol.id, verb.name),
                }
                assert!(walk.session.poll_effect().is_none(), "nothing is sent");
                tried += 1;
            }
        });
        let (raw, bytes) = (&mut Walk::new(protocol, usize::MAX).session, b"NO-SUCH-VERB\r\n");
        while raw.poll_effect().is_some() {}
        raw.raw(Conn::MAIN, bytes, NOW).expect("octets can always be sent");
        let written = core::iter::from_fn(|| raw.poll_effect()).any(
            |effect| matches!(effect, Effect::Write { conn: Conn::MAIN, bytes: sent } if sent == bytes),
        );
        assert!(written, "{}", protocol.id);
        assert!(tried > 0 || speaks_first(protocol), "{}: nothing was ever illegal", protocol.id);
    }
}

/// ALL-11: where the server greets, nothing is sent before it has.
#[test]
fn all_11_nothing_is_sent_before_the_greeting() {
    let mut greeted = 0;
    for protocol in ALL.iter().filter(|protocol| !speaks_first(protocol)) {
        let mut client = opened(protocol);
        let sent = |outputs: Vec<Output>| {
            outputs.iter().any(|output| matches!(output, Output::Sent { .. }))
        };
        assert!(!sent(outputs(&mut *client)), "{}", protocol.id);
        for verb in protocol.table.verbs.iter().filter(|verb| !verb.template.is_empty()) {
            let done = client.handle(Input::Command(verb.template), NOW);
            assert!(done.is_err(), "{}: {} before the greeting", protocol.id, verb.name);
            assert!(!sent(outputs(&mut *client)));
        }
        greeted += 1;
    }
    assert!(greeted >= 4, "FTP, NNTP, POP3 and SMTP greet");
}

/// ALL-12: neither the password nor its base64 is in what a person sees.
#[test]
fn all_12_secrets_are_masked() {
    use base64::prelude::{BASE64_STANDARD, Engine};
    let plain = BASE64_STANDARD.encode(format!("\0{}\0{PASSWORD}", crate::world::USER));
    let basic = BASE64_STANDARD.encode(format!("{}:{PASSWORD}", crate::world::USER));
    let mut logins = 0;
    for protocol in ALL {
        let walk = Walk::new(protocol, usize::MAX).walked(|_, _| {});
        let text = walk.text();
        for secret in [PASSWORD, &plain, &basic, &BASE64_STANDARD.encode(PASSWORD)] {
            assert!(!text.contains(secret), "{}:\n{text}", protocol.id);
        }
        logins += usize::from(text.contains("********"));
    }
    assert!(logins >= 3, "several of these sessions log in");
}

/// The first line of the practice server.
fn greeting(protocol: &'static Protocol) -> String {
    let walk = Walk::new(protocol, usize::MAX);
    let first = walk.entries().iter().find_map(|entry| match &entry.kind {
        Kind::Received(wire) => Some(String::from_utf8_lossy(&wire.bytes).into_owned()),
        _ => None,
    });
    first.unwrap_or_else(|| panic!("{} does not greet", protocol.id))
}
