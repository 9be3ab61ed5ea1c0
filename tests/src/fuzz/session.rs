//! A whole dialogue in the page, with a fault or without: what is typed, the gates, the clock.
//!
//! The first three octets choose protocol, fault and the longest read. Then records: `>` a command,
//! `B` a batch, `C` and `E` content and its end, `!` octets without checks; `t` seconds; `S` a gate
//! opened once, `M` step or run, `b` a breakpoint; `m` a mail arrives; `L` the person leaves.

use core::time::Duration;

use shared::dialogue::{Dialogue, Event};
use shared::explain::Outcome;
use shared::faults;
use shared::link::Link;
use shared::machine::{ClientConfig, Conn, OwnedInput, ServerConfig, Tick};
use shared::protocols;
use shared::python::{self, Dialect};
use shared::session::{Breakpoint, Effect, Mode, Session};
use shared::tape::{Reader, Tape, Writer};
use shared::transcript::{Kind, render};
use shared::world::{EPOCH, World};

use super::records::{Octets, number, records};

/// What one input may make the two sides carry; who goes beyond never stops.
const CARRIED: usize = 200_000;

/// Whatever happened happens again in the same way, from memory and from octets.
pub fn session(octets: &[u8]) {
    let mut first = Octets(octets);
    let protocol = protocols::ALL[first.small() % protocols::ALL.len()];
    let fits: Vec<_> = faults::of(protocol).collect();
    let fault = fits.get(first.small() % (fits.len() + 1)).copied();
    let chunk = match first.small() {
        0 => usize::MAX,
        chunk => chunk,
    };
    let config = ClientConfig::practice(protocol.port);
    let server = faults::server(protocol, &ServerConfig::practice(1), fault);
    let link = Link::new(server, protocol.port).with_chunk(chunk);
    let session = Session::new((protocol.client)(&config));
    let mut host = Host {
        tape: Tape::new(Dialogue::new(session, Some(link), World::new(EPOCH))),
        now: Tick::default(),
        wake_at: None,
    };
    host.happens(Event::Connect { host: config.host, port: config.port });
    for (what, text) in records(first.0) {
        host.does(what, text);
    }
    check_record(&host.tape, protocol);
    check_replay(&host.tape);
}

struct Host {
    tape: Tape,
    now: Tick,
    /// When the client wants to be told the time.
    wake_at: Option<Tick>,
}

impl Host {
    fn does(&mut self, what: u8, text: &[u8]) {
        let words = || String::from_utf8_lossy(text).into_owned();
        let n = number(text);
        match what {
            b'>' => self.happens(Event::Typed(OwnedInput::Command(words()))),
            b'B' => self.happens(Event::Typed(OwnedInput::Batch(words()))),
            b'C' => self.happens(Event::Typed(OwnedInput::Content(text.into()))),
            b'E' => self.happens(Event::Typed(OwnedInput::ContentEnd)),
            b'!' => {
                self.happens(Event::Typed(OwnedInput::Raw { conn: Conn::MAIN, bytes: text.into() }))
            }
            b't' => self.time_passes(n),
            b'S' => self.happens(Event::Step),
            b'M' => self.happens(Event::Mode([Mode::Run, Mode::Step][n % 2])),
            b'b' => self.happens(Event::Breakpoints(vec![match n % 4 {
                0 => Breakpoint::Outcome(Outcome::Permanent),
                1 => Breakpoint::Command(words()),
                2 => Breakpoint::State("transaction".into()),
                _ => Breakpoint::Octets(text.into()),
            }])),
            b'm' => self.happens(Event::MailArrives("student".into())),
            b'L' => self.happens(Event::Left),
            _ => {}
        }
    }

    fn time_passes(&mut self, seconds: usize) {
        self.now = self.now.after(Duration::from_secs(seconds as u64));
        if self.wake_at.is_some_and(|at| at <= self.now) {
            self.wake_at = None;
            self.happens(Event::Arrived(OwnedInput::Time));
        }
        let server = self.tape.live().link().and_then(Link::wake_at);
        if server.is_some_and(|at| at <= self.now) {
            self.happens(Event::ServerTime);
        }
    }

    /// Lets it happen, and carries what follows.
    fn happens(&mut self, event: Event) {
        if self.tape.act(event, self.now).is_err() {
            return;
        }
        for _ in 0..CARRIED {
            let carried = self.tape.act(Event::Carried, self.now).expect("it is nobody's command");
            while let Some(effect) = self.tape.poll_effect() {
                if let Effect::WakeAt(at) = effect {
                    self.wake_at = Some(at);
                }
            }
            if !carried {
                return;
            }
        }
        panic!("the two sides never stop:\n{}", render(self.tape.live().session().transcript()));
    }
}

fn check_record(tape: &Tape, protocol: &protocols::Protocol) {
    let entries = tape.live().session().transcript().entries();
    for entry in entries {
        if let Kind::Sent(wire) | Kind::Received(wire) = &entry.kind {
            assert!(wire.tiles(), "{wire:?}");
        }
    }
    if let Some(screen) = protocol.screen {
        screen(&mut entries.iter());
    }
    if let Some(module) = protocol.module {
        let calls = python::calls(module, entries, &[], false);
        for dialect in [Dialect::Python3, Dialect::Python2, Dialect::Sockets] {
            python::script(module, dialect, ("practice.lab", 1), &calls, entries, true);
        }
    }
    let client = tape.live().session().client();
    let _ = (client.suggestion(), client.offers(), client.facts());
}

pub(super) fn check_replay(tape: &Tape) {
    let text = render(tape.live().session().transcript());
    let again = tape.replay(tape.events().len());
    assert_eq!(render(again.live().session().transcript()), text, "it happened otherwise");
    let mut writer = Writer::default();
    tape.events().fold(&mut writer, |writer, (at, event)| writer.event(at, event));
    let octets = writer.finish();
    let mut reader = Reader::new(&octets);
    for (at, event) in tape.events() {
        assert_eq!(reader.event(), Some((at, event.clone())), "it was read otherwise");
    }
    assert!(reader.is_at_end());
    for part in [0, 1, 2, 3] {
        let entries = tape.len() * part / 3;
        assert!(tape.at(entries).is_ok(), "step {entries} is not shown");
    }
}
