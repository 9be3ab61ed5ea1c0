use core::hash::{Hash, Hasher};
use core::time::Duration;
use std::hash::DefaultHasher;

use super::*;
use crate::explain::Outcome;
use crate::link::Link;
use crate::machine::{ClientConfig, Conn, ServerConfig};
use crate::protocols::{self, Protocol};
use crate::session::{Breakpoint, Gate, Mode, Session};
use crate::transcript::render;
use crate::world::{EPOCH, World};

fn begin(protocol: &'static Protocol, limit: usize) -> Tape {
    let config = ClientConfig::practice(protocol.port);
    let session = Session::new((protocol.client)(&config));
    let link = Link::new((protocol.server)(&ServerConfig::practice(1)), protocol.port);
    let mut tape = Tape::with_limit(Dialogue::new(session, Some(link), World::new(EPOCH)), limit);
    act(&mut tape, Event::Connect { host: config.host, port: config.port });
    carry(&mut tape);
    tape
}

fn now(tape: &Tape) -> Tick {
    Tick(Duration::from_millis(tape.events().len() as u64))
}

fn act(tape: &mut Tape, event: Event) {
    let now = now(tape);
    tape.act(event, now).expect("legal");
}

fn carry(tape: &mut Tape) {
    while tape.act(Event::Carried, now(tape)).expect("never refused") {
        while tape.poll_effect().is_some() {}
    }
}

fn types(tape: &mut Tape, text: &str) {
    act(tape, Event::Typed(OwnedInput::Command(text.into())));
    carry(tape);
}

/// Follows the suggestions to the end.
fn walk(tape: &mut Tape) {
    for _ in 0..40 {
        let Some(next) = tape.live().session().client().suggestion() else { return };
        types(tape, &next.text);
    }
}

/// All that a view can see of machines and world.
fn seen(dialogue: &Dialogue) -> String {
    let client = dialogue.session().client();
    let link = dialogue.link().map(|link| link.server().state().id);
    let mut world = DefaultHasher::new();
    format!("{:?}", dialogue.world()).hash(&mut world);
    format!(
        "{} {:?} {:?} {:?} {link:?} {:x}",
        client.state().id,
        client.flags(),
        client.facts(),
        client.suggestion(),
        world.finish(),
    )
}

#[test]
fn every_step_of_every_protocol_is_shown_as_it_was() {
    for protocol in protocols::ALL {
        let mut tape = begin(protocol, LIMIT);
        let mut lived = vec![(tape.len(), seen(tape.live()))];
        for _ in 0..40 {
            let Some(next) = tape.live().session().client().suggestion() else { break };
            act(&mut tape, Event::Typed(OwnedInput::Command(next.text)));
            lived.push((tape.len(), seen(tape.live())));
            while tape.act(Event::Carried, now(&tape)).expect("never refused") {
                lived.push((tape.len(), seen(tape.live())));
            }
        }
        assert!(lived.len() > 8, "{}: only {} steps", protocol.id, lived.len());
        for (n, (entries, was)) in lived.iter().enumerate() {
            // Where nothing was shown for an event, the step is the one before it.
            if n == 0 || lived[n - 1].0 == *entries {
                continue;
            }
            let again = tape.at(*entries).expect("kept");
            assert_eq!(seen(&again), *was, "{} after {entries} entries", protocol.id);
        }
    }
}

#[test]
fn a_fork_that_repeats_the_same_inputs_is_identical() {
    for protocol in protocols::ALL {
        let mut tape = begin(protocol, LIMIT);
        walk(&mut tape);
        let text = render(tape.live().session().transcript());
        for entry in 0..tape.len() {
            let mut fork = tape.fork(entry).expect("kept");
            let so_far = render(fork.live().session().transcript());
            assert!(text.starts_with(&so_far), "{}: fork at {entry}", protocol.id);
            assert_eq!(Some(fork.len()), tape.fork_point(entry));
            let later: Vec<_> = tape.events().skip(fork.events().len()).collect();
            for (at, event) in later {
                fork.act(event.clone(), at).expect("as before");
                while fork.poll_effect().is_some() {}
            }
            assert_eq!(render(fork.live().session().transcript()), text);
            assert_eq!(seen(fork.live()), seen(tape.live()), "{}: fork at {entry}", protocol.id);
        }
    }
}

#[test]
fn a_fork_goes_another_way_and_leaves_the_first_as_it_was() {
    let mut tape = begin(protocols::by_id("smtp").expect("registered"), LIMIT);
    walk(&mut tape);
    let before = seen(tape.live());
    let entries = tape.live().session().transcript().entries();
    let at = entries.iter().position(|e| e.wire().is_some_and(|w| w.bytes.starts_with(b"MAIL")));
    let mut fork = tape.fork(at.expect("a mail was sent") - 1).expect("kept");
    types(&mut fork, "NOOP");
    assert!(render(fork.live().session().transcript()).contains("C: NOOP\nS: 250"));
    assert_eq!(seen(tape.live()), before);
    let mails = |tape: &Tape| {
        let inbox = tape.live().world().mail.mailbox("you").expect("there");
        inbox.messages().len()
    };
    assert_eq!(mails(&fork) + 1, mails(&tape), "the fork's world has no mail");
}

#[test]
fn replies_that_came_in_one_read_are_steps_of_their_own() {
    let protocol = protocols::by_id("smtp").expect("registered");
    let session = Session::new((protocol.client)(&ClientConfig::practice(25)));
    let mut tape = Tape::new(Dialogue::new(session, None, World::new(EPOCH)));
    act(&mut tape, Event::Connect { host: "a".into(), port: 25 });
    let (local, peer) = ("192.0.2.2:5000".parse(), "192.0.2.1:25".parse());
    let opened = OwnedInput::Opened {
        conn: Conn::MAIN,
        local: local.expect("an address"),
        peer: peer.expect("an address"),
    };
    act(&mut tape, Event::Arrived(opened));
    let bytes = b"220 a\r\n".to_vec();
    act(&mut tape, Event::Arrived(OwnedInput::Bytes { conn: Conn::MAIN, bytes }));
    act(&mut tape, Event::Typed(OwnedInput::Command("EHLO b".into())));
    let before = tape.len();
    let bytes = b"250-a\r\n250 SIZE\r\n421 going\r\n".to_vec();
    act(&mut tape, Event::Arrived(OwnedInput::Bytes { conn: Conn::MAIN, bytes }));
    let state = |entries| tape.at(entries).expect("kept").session().client().state().id;
    let last = tape.len();
    assert!(last >= before + 3, "two replies and what they did");
    assert_ne!(state(before + 1), state(last), "the second reply is not yet read");
}

#[test]
fn what_is_past_the_limit_is_not_shown_as_something_else() {
    let mut tape = begin(protocols::by_id("pop3").expect("registered"), 1000);
    walk(&mut tape);
    assert!(!tape.is_whole());
    assert!(tape.at(3).is_ok());
    assert!(tape.at(tape.len()).is_err() && tape.fork(tape.len() - 1).is_err());
}

#[test]
fn events_come_back_from_their_octets() {
    let mut tape = begin(protocols::by_id("ftp").expect("registered"), LIMIT);
    let points = vec![
        Breakpoint::Outcome(Outcome::Permanent),
        Breakpoint::Command("RETR".into()),
        Breakpoint::State("ready".into()),
        Breakpoint::Octets(vec![0xff, 0]),
    ];
    act(&mut tape, Event::Breakpoints(points));
    act(&mut tape, Event::Mode(Mode::Run));
    walk(&mut tape);
    act(&mut tape, Event::MailArrives("student".into()));
    act(&mut tape, Event::Left);
    let mut writer = Writer::default();
    for (at, event) in tape.events() {
        writer.event(at, event);
    }
    let octets = writer.finish();
    let mut reader = Reader::new(&octets);
    for (at, event) in tape.events() {
        assert_eq!(reader.event(), Some((at, event.clone())));
    }
    assert!(reader.is_at_end());
    for cut in 0..octets.len().min(400) {
        let mut reader = Reader::new(&octets[..cut]);
        while reader.event().is_some() {}
    }
}

#[test]
fn a_session_stops_at_each_kind_of_breakpoint_and_goes_on() {
    let stop = |point: Breakpoint| {
        let mut tape = begin(protocols::by_id("smtp").expect("registered"), LIMIT);
        act(&mut tape, Event::Breakpoints(vec![point.clone()]));
        for _ in 0..20 {
            let client = tape.live().session().client();
            let Some(next) = client.suggestion() else { break };
            types(&mut tape, &next.text);
            if tape.live().session().mode() == Mode::Step {
                break;
            }
        }
        assert_eq!(tape.live().session().stopped_at(), Some(&point), "{}", point.sentence());
        tape
    };
    let held = stop(Breakpoint::Command("rcpt".into()));
    assert!(matches!(held.live().session().gate(), Gate::Outgoing { .. }));
    assert!(!render(held.live().session().transcript()).contains("RCPT"), "it has not gone out");
    let shown = stop(Breakpoint::Outcome(Outcome::More));
    assert!(render(shown.live().session().transcript()).contains("S: 354"));
    stop(Breakpoint::State("data".into()));
    let mut tape = stop(Breakpoint::Octets(b"MAIL FROM".to_vec()));
    act(&mut tape, Event::Mode(Mode::Run));
    carry(&mut tape);
    assert_eq!(tape.live().session().stopped_at(), None);
    assert!(render(tape.live().session().transcript()).contains("C: MAIL FROM"));
    assert_eq!(tape.live().session().gate(), Gate::Open);
}
