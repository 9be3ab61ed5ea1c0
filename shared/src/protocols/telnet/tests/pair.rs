//! Both machines together: a learner who presses Enter only, and what the terminal shows.

use super::*;
use crate::link::Link;
use crate::machine::Tick;
use crate::session::{Gate, Mode, Session};
use crate::transcript::{Kind, render};
use crate::world::{EPOCH, World};

struct Pair {
    session: Session,
    link: Link,
    world: World,
}

impl Pair {
    fn new(mode: Mode) -> Pair {
        let server = (super::super::PROTOCOL.server)(&ServerConfig::practice(1));
        let mut session = Session::new(client());
        session.set_mode(mode, Tick::default());
        let link = Link::new(server, 23);
        let mut pair = Pair { session, link, world: World::new(EPOCH) };
        pair.session.connect(crate::world::HOST, 23, Tick::default());
        pair.settle();
        pair
    }

    fn settle(&mut self) {
        let now = Tick::default();
        loop {
            while let Some(effect) = self.session.poll_effect() {
                self.link.effect(effect, now, &mut self.world);
            }
            match self.link.next_arrival(now, &mut self.world) {
                Some(arrival) => self.session.arrive(arrival, now),
                None => return,
            }
        }
    }

    fn types(&mut self, text: &str) {
        self.session.command(text, Tick::default()).expect("it is legal");
        self.settle();
    }

    fn text(&self) -> String {
        render(self.session.transcript())
    }

    fn screen(&self) -> Vec<String> {
        let draw = super::super::PROTOCOL.screen.expect("Telnet has a screen");
        draw(&mut self.session.transcript().entries().iter())
    }
}

#[test]
fn suggestions_lead_through_a_session() {
    let mut pair = Pair::new(Mode::Run);
    let mut typed = Vec::new();
    while let Some(suggestion) = pair.session.client().suggestion() {
        assert!(typed.len() < 12, "the suggestions do not end: {typed:?}");
        pair.types(&suggestion.text);
        typed.push(suggestion.text);
    }
    let text = pair.text();
    assert_eq!(
        typed,
        ["student", "lab-secret", "pwd", "ls", "cat hello.txt", "IAC AYT", "exit"],
        "{text}"
    );
    assert_eq!(pair.session.client().state().id, "closed", "{text}");
    assert!(!text.contains("== warning") && !text.contains("== error"), "{text}");
    assert!(!text.contains("lab-secret"), "{text}");
}

#[test]
fn the_screen_shows_what_a_terminal_would() {
    let mut pair = Pair::new(Mode::Run);
    for line in ["student", "lab-secret", "cat hello.txt", "progress"] {
        pair.types(line);
    }
    let screen = pair.screen();
    let text = screen.join("\n");
    assert_eq!(screen[0], "Welcome to practice.lab, the practice server for Telnet.");
    assert!(screen.contains(&"practice.lab login: student".into()), "{text}");
    assert!(screen.contains(&"Password:".into()), "the password is not shown: {text}");
    assert!(!text.contains("secret"), "{text}");
    assert!(screen.contains(&"student@practice:/$ cat hello.txt".into()), "{text}");
    assert!(screen.contains(&"100%".into()) && !text.contains("25%"), "{text}");
    assert_eq!(screen.last().map(String::as_str), Some("student@practice:/$"));

    pair.types("IAC DO ECHO");
    pair.types("echo twice?");
    let text = pair.screen().join("\n");
    assert_eq!(text.matches("echo twice?").count(), 1, "the server echoes: {text}");
}

#[test]
fn steps_let_text_through_whole() {
    let mut pair = Pair::new(Mode::Step);
    let mut steps = 0;
    while pair.session.gate() != Gate::Open {
        pair.session.step(Tick::default());
        pair.settle();
        steps += 1;
        assert!(steps < 60, "{}", pair.text());
    }
    assert!(pair.text().contains("S: practice.lab login: \\"), "{}", pair.text());
    let run = Pair::new(Mode::Run);
    let texts = |pair: &Pair| {
        let entries = pair.session.transcript().entries();
        let texts = entries.iter().filter_map(|entry| match &entry.kind {
            Kind::Received(wire) => Some(wire.bytes.clone()),
            _ => None,
        });
        texts.flatten().collect::<Vec<u8>>()
    };
    assert_eq!(texts(&pair), texts(&run), "the same octets, step by step");
}
