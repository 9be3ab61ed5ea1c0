mod effects;
mod order;

use super::*;
use crate::link::Link;
use crate::machine::{ClientConfig, OwnedInput, Tick};
use crate::protocols;
use crate::session::Session;
use crate::transcript::render;
use crate::world::{EPOCH, HOST, World};

/// A session with a practice server that has a fault; the clock goes on when nothing else does.
struct Walk {
    protocol: &'static Protocol,
    fault: Option<&'static Fault>,
    chunk: usize,
    session: Session,
    link: Link,
    world: World,
    now: Tick,
    /// What came, read by read.
    reads: Vec<OwnedInput>,
}

impl Walk {
    fn new(protocol: &'static Protocol, fault: Option<&'static Fault>, chunk: usize) -> Walk {
        Walk::again(protocol, fault, chunk, World::new(EPOCH), Tick::default())
    }

    /// In a world where others have been.
    fn again(
        protocol: &'static Protocol,
        fault: Option<&'static Fault>,
        chunk: usize,
        world: World,
        now: Tick,
    ) -> Walk {
        let server = server(protocol, &ServerConfig::practice(1).patient(), fault);
        let config = ClientConfig::practice(protocol.port);
        let mut session = Session::new((protocol.client)(&config));
        session.connect(HOST, protocol.port, now);
        let link = Link::new(server, protocol.port).with_chunk(chunk);
        let reads = Vec::new();
        let mut walk = Walk { protocol, fault, chunk, session, link, world, now, reads };
        walk.settle();
        walk
    }

    fn types(&mut self, text: &str) {
        if let Err(why) = self.session.command(text, self.now) {
            panic!("{}: {text:?} is refused: {why}\n{}", self.name(), self.text());
        }
        self.settle();
    }

    /// Does what is suggested until nothing is.
    fn walk(mut self) -> Walk {
        for _ in 0..40 {
            let Some(next) = self.session.client().suggestion() else { return self };
            self.types(&next.text);
        }
        panic!("{}: the suggestions do not end\n{}", self.name(), self.text());
    }

    fn settle(&mut self) {
        for _ in 0..100_000 {
            while let Some(effect) = self.session.poll_effect() {
                self.link.effect(effect, self.now, &mut self.world);
            }
            if let Some(arrival) = self.link.next_arrival(self.now, &mut self.world) {
                self.reads.push(arrival.clone());
                self.session.arrive(arrival, self.now);
            } else if let Some(at) = self.link.wake_at() {
                assert!(at > self.now, "{}: woken for nothing", self.name());
                self.now = at;
                self.link.time(at, &mut self.world);
            } else {
                return;
            }
        }
        panic!("{}: it never ends", self.name());
    }

    /// The octets of each read.
    fn octets(&self) -> impl Iterator<Item = &[u8]> {
        self.reads.iter().filter_map(|read| match read {
            OwnedInput::Bytes { bytes, .. } => Some(&bytes[..]),
            _ => None,
        })
    }

    fn name(&self) -> String {
        format!("{} with {}", self.protocol.id, self.fault.map_or("no fault", |fault| fault.id))
    }

    fn text(&self) -> String {
        render(self.session.transcript())
    }
}

#[test]
fn each_protocol_has_faults_with_names_of_their_own() {
    for (at, fault) in ALL.iter().enumerate() {
        assert!(ALL[..at].iter().all(|other| other.id != fault.id), "{} is there twice", fault.id);
        assert!(fault.id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "{}", fault.id);
        assert!(!fault.title.ends_with('.') && fault.text.ends_with(['.', ')']), "{}", fault.id);
        assert!(fault.text.contains("good client"), "{} says what to do", fault.id);
        for case in fault.cases {
            assert!(case.of.iter().all(|id| protocols::by_id(id).is_some()), "{}", fault.id);
        }
    }
    for protocol in protocols::ALL {
        assert!(of(protocol).count() >= 6, "{}", protocol.id);
        let wrong = named("drop-at-breakfast", protocol).expect_err("no such fault");
        for fault in of(protocol) {
            assert_eq!(named(fault.id, protocol), Ok(fault));
            assert!(wrong.contains(fault.id), "{wrong}");
        }
    }
    let pop3 = protocols::by_id("pop3").expect("registered");
    assert!(named("greylist", pop3).is_err(), "a fault of SMTP alone");
}

#[test]
fn a_rule_names_only_commands_that_its_protocols_have() {
    for protocol in protocols::ALL {
        for fault in of(protocol) {
            let rules = fault.case(protocol).map_or(&[][..], |case| case.rules);
            for rule in rules {
                let (When::Command(verb) | When::Reply { to: verb, .. }) = rule.when else {
                    continue;
                };
                let known = verb.is_empty()
                    || verb == CONTENT
                    || protocol.table.verbs.iter().any(|known| known.name == verb);
                assert!(known, "{} {}: {verb}", protocol.id, fault.id);
            }
        }
    }
}
