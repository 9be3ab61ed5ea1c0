//! What counts, and what comes before what.

use proptest::prelude::*;

use super::*;
use crate::dialogue::{Dialogue, Event};
use crate::machine::{Conn, Input};
use crate::session::Effect;
use crate::tape::Tape;
use crate::testing::Bench;

fn fault(id: &str, of: &str) -> (&'static Protocol, Option<&'static Fault>) {
    let protocol = protocols::by_id(of).expect("registered");
    (protocol, Some(named(id, protocol).expect("it fits")))
}

fn begin(id: &str, of: &str) -> Walk {
    let (protocol, fault) = fault(id, of);
    Walk::new(protocol, fault, usize::MAX)
}

impl Walk {
    fn raw(&mut self, bytes: &[u8]) {
        self.session.raw(Conn::MAIN, bytes, self.now).expect("raw octets are never refused");
        self.settle();
    }

    /// Everything that came on the first connection.
    fn came(&self) -> String {
        let main = self.reads.iter().filter_map(|read| match read {
            OwnedInput::Bytes { conn: Conn::MAIN, bytes } => Some(&bytes[..]),
            _ => None,
        });
        String::from_utf8_lossy(&main.collect::<Vec<_>>().concat()).into_owned()
    }

    fn mails(&self) -> usize {
        self.world.mail.mailbox("you").expect("there").messages().len()
    }
}

#[test]
fn a_451_on_every_3rd_rcpt_is_exact_over_9_mails_on_one_connection_or_on_nine() {
    let mail = |walk: &mut Walk| {
        walk.types("MAIL FROM:<student@practice.lab>");
        walk.types("RCPT TO:<you@practice.lab>");
        let taken = walk.session.client().state().id == "recipients";
        if taken {
            walk.types("DATA");
            walk.types("Subject: RCPT\n\nRCPT TO:<you@practice.lab>\nRCPT TO:<you@practice.lab>");
        } else {
            walk.types("RSET");
        }
        taken
    };
    let expected = [true, true, false, true, true, false, true, true, false];

    let mut one = begin("451-every-3rd-rcpt", "smtp");
    let before = one.mails();
    one.types("EHLO you.lab");
    assert_eq!([(); 9].map(|()| mail(&mut one)), expected);
    assert_eq!(one.mails(), before + 6);

    let mut many = begin("451-every-3rd-rcpt", "smtp");
    let taken = [(); 9].map(|()| {
        many.types("EHLO you.lab");
        let taken = mail(&mut many);
        many.types("QUIT");
        let world = core::mem::replace(&mut many.world, World::new(EPOCH));
        many = Walk::again(many.protocol, many.fault, many.chunk, world, many.now);
        taken
    });
    assert_eq!(taken, expected);
    assert_eq!(many.mails(), before + 6);
}

#[test]
fn what_looks_like_a_command_and_is_content_does_not_count() {
    let mut chunks = begin("451-every-3rd-rcpt", "smtp");
    chunks.types("EHLO you.lab");
    chunks.raw(b"MAIL FROM:<>\r\nRCPT TO:<you@practice.lab>\r\nBDAT 34 LAST\r\n");
    chunks.raw(b"RCPT TO:<a@b>\r\nRCPT TO:<a@b>\r\nhi");
    chunks.raw(b"\r\nMAIL FROM:<>\r\nrcpt to:<you@practice.lab>\r\nRCPT TO:<you@practice.lab>\r\n");
    let came = chunks.came();
    assert_eq!(came.matches("451 ").count(), 1, "{came}");
    assert!(came.ends_with("is accepted\r\n451 4.3.0 local error, please try later\r\n"), "{came}");

    let mut bodies = begin("503-every-2nd-get", "http");
    let get = b"GET /hello.txt HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut request = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 36\r\n\r\n".to_vec();
    request.extend(&get[..36]);
    request.extend(b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    request.extend(b"24\r\nGET /hello.txt HTTP/1.1\r\nHost: a\r\n\r\n\r\n0\r\n\r\n");
    request.extend([&get[..], &get[..], &get[..]].concat());
    bodies.raw(&request);
    let came = bodies.came();
    let codes: Vec<_> = came.lines().filter_map(|line| line.strip_prefix("HTTP/1.1 ")).collect();
    let codes: Vec<_> = codes.iter().map(|code| &code[..3]).collect();
    assert_eq!(codes, ["200", "200", "200", "503", "200"], "{came}");

    let mut literals = begin("no-every-2nd-fetch", "imap");
    literals.raw(
        b"a LOGIN student lab-secret\r\nb APPEND INBOX {22+}\r\na FETCH 1\r\na FETCH 1\r\n\r\n",
    );
    literals
        .raw(b"c SELECT INBOX\r\nd FETCH 1 FLAGS\r\ne UID FETCH 1 FLAGS\r\nf FETCH 1 FLAGS\r\n");
    let came = literals.came();
    assert!(came.contains("\r\nb OK ") && came.contains("\r\nd OK "), "{came}");
    assert!(came.contains("\r\ne NO [UNAVAILABLE]") && came.contains("\r\nf OK "), "{came}");
}

#[test]
fn what_belongs_to_a_refused_command_is_not_taken_for_another() {
    let mut append = begin("full-mailbox", "imap");
    append.raw(b"a LOGIN student lab-secret\r\nb APPEND INBOX {10+}\r\nc LOGOUT\r\n\r\nd NOOP\r\n");
    let came = append.came();
    assert!(came.contains("b NO [OVERQUOTA]") && came.ends_with("d OK done\r\n"), "{came}");
    append.raw(b"e APPEND INBOX {10}\r\n");
    append.raw(b"f NOOP\r\n");
    assert!(append.came().ends_with("f OK done\r\n"), "{}", append.came());
}

#[test]
fn an_answer_waits_for_the_content_before_it() {
    let mut news = begin("403-every-2nd-group", "nntp");
    news.raw(b"GROUP misc.test\r\nARTICLE\r\nGROUP misc.test\r\nDATE\r\n");
    let came = news.came();
    let at = |words: &str| came.find(words).unwrap_or_else(|| panic!("no {words} in {came}"));
    assert!(at("211 ") < at("220 ") && at("220 ") < at("\r\n.\r\n"), "{came}");
    assert!(at("\r\n.\r\n") < at("403 ") && at("403 ") < at("111 "), "{came}");
}

#[test]
fn replies_to_a_batch_come_in_one_segment_when_coalesced() {
    let mut walk = begin("coalesced", "smtp");
    walk.types("EHLO you.lab");
    let before = walk.octets().count();
    let batch = "MAIL FROM:<>\nRCPT TO:<you@practice.lab>\nDATA";
    walk.session.batch(batch, walk.now).expect("pipelining is granted");
    walk.settle();
    let replies: Vec<_> = walk.octets().skip(before).collect();
    assert_eq!(replies.len(), 1);
    assert!(replies[0].starts_with(b"250 ") && replies[0].windows(5).any(|w| w == b"\n354 "));
}

/// POP3's server holds a lock that others wait for.
#[test]
fn a_server_lets_go_of_what_it_holds_when_a_fault_ends_the_connection() {
    for id in ["drop-at-retr", "truncated-reply", "no-final-dot", "shutting-down", "reset"] {
        for _ in 0..2 {
            let walk = begin(id, "pop3").walk();
            let mut next = Walk::again(walk.protocol, None, walk.chunk, walk.world, walk.now);
            next.types("USER student");
            next.types("PASS lab-secret");
            assert!(!next.text().contains("IN-USE"), "{id}\n{}", next.text());
        }
    }
}

#[test]
fn a_patient_server_never_asks_for_the_time_and_another_does() {
    let wakes = |protocol: &'static Protocol, config: ServerConfig| {
        let mut link = Link::new(server(protocol, &config, None), protocol.port);
        let connect = Effect::Connect { conn: Conn::MAIN, host: HOST.into(), port: protocol.port };
        link.effect(connect, Tick::default(), &mut World::new(EPOCH));
        link.wake_at()
    };
    for protocol in protocols::ALL {
        assert_eq!(wakes(protocol, ServerConfig::practice(1).patient()), None, "{}", protocol.id);
    }
    let imap = protocols::by_id("imap").expect("registered");
    assert!(wakes(imap, ServerConfig::practice(1)).is_some(), "half an hour of silence");
}

/// Going back and forking play the events anew.
#[test]
fn a_dialogue_with_a_fault_is_the_same_when_it_is_played_again() {
    for protocol in protocols::ALL {
        for fault in of(protocol) {
            let server = server(protocol, &ServerConfig::practice(1).patient(), Some(fault));
            let config = ClientConfig::practice(protocol.port);
            let session = Session::new((protocol.client)(&config));
            let link = Link::new(server, protocol.port);
            let mut tape = Tape::new(Dialogue::new(session, Some(link), World::new(EPOCH)));
            let mut now = Tick::default();
            let connect = Event::Connect { host: config.host, port: config.port };
            tape.act(connect, now).expect("never refused");
            for _ in 0..60 {
                loop {
                    while tape.act(Event::Carried, now).expect("never refused") {
                        while tape.poll_effect().is_some() {}
                    }
                    let Some(at) = tape.live().link().and_then(Link::wake_at) else { break };
                    now = at;
                    tape.act(Event::ServerTime, now).expect("never refused");
                }
                let Some(next) = tape.live().session().client().suggestion() else { break };
                let typed = OwnedInput::Command(next.text);
                tape.act(Event::Typed(typed), now).expect("suggested");
            }
            let again = tape.replay(tape.events().len());
            let text = |tape: &Tape| render(tape.live().session().transcript());
            assert_eq!(text(&again), text(&tape), "{} {}", protocol.id, fault.id);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever a client sends, in whatever pieces, and however the clock goes.
    #[test]
    fn a_server_with_a_fault_survives_any_client(
        at in any::<prop::sample::Index>(),
        which in any::<prop::sample::Index>(),
        pieces in prop::collection::vec((any::<prop::sample::Index>(), noise(), 1..9usize), 0..16),
    ) {
        let protocol = *at.get(protocols::ALL);
        let faults: Vec<_> = of(protocol).collect();
        let mut bench = Bench::new(server(protocol, &ServerConfig::practice(1), Some(*which.get(&faults))));
        for (verb, noise, cut) in &pieces {
            let line = [verb.get(protocol.table.verbs).template.as_bytes(), b"\r\n", noise].concat();
            for piece in line.chunks(line.len() / cut + 1) {
                bench.ask(piece);
            }
            bench.input(Input::Time);
        }
        bench.input(Input::End { conn: Conn::MAIN });
    }
}

fn noise() -> impl Strategy<Value = Vec<u8>> {
    let likely: &[&[u8]] = &[
        b"",
        b"BDAT 9\r\n",
        b"a APPEND INBOX {9+}\r\n",
        b"\r\n",
        b".\r\n",
        b"\n",
        b"\r",
        b"9\r\n",
        b"\xff\xf4",
    ];
    prop_oneof![
        3 => prop::sample::select(likely).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..20),
    ]
}
