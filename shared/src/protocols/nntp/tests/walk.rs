//! A learner who presses Enter only.

use crate::link::Link;
use crate::machine::{ClientConfig, ServerConfig, Tick};
use crate::session::Session;
use crate::transcript::{Kind, render};
use crate::world::{EPOCH, World};

#[test]
fn suggestions_lead_through_reading_and_posting_to_quit() {
    let protocol = &super::super::PROTOCOL;
    let mut session = Session::new((protocol.client)(&ClientConfig::practice(119)));
    let mut link = Link::new((protocol.server)(&ServerConfig::practice(1)), 119);
    let mut world = World::new(EPOCH);
    let now = Tick::default();
    session.connect(crate::world::HOST, 119, now);
    let mut typed = Vec::new();
    for _ in 0..20 {
        loop {
            while let Some(effect) = session.poll_effect() {
                link.effect(effect, now, &mut world);
            }
            match link.next_arrival(now, &mut world) {
                Some(arrival) => session.arrive(arrival, now),
                None => break,
            }
        }
        let Some(suggestion) = session.client().suggestion() else { break };
        session.command(&suggestion.text, now).expect("a suggestion is legal");
        typed.push(suggestion.text.lines().next().unwrap_or_default().to_string());
    }
    let text = render(session.transcript());
    assert_eq!(
        typed,
        [
            "CAPABILITIES",
            "GROUP comp.lang.python",
            "ARTICLE",
            "NEXT",
            "BODY",
            "GROUP misc.test",
            "POST",
            "From: student <student@practice.lab>",
            "HEAD <20260105090000.1@practice.lab>",
            "QUIT"
        ],
        "{text}"
    );
    assert!(!text.contains("S: 4") && !text.contains("S: 5"), "{text}");
    assert!(!session.transcript().entries().iter().any(|e| matches!(e.kind, Kind::Note(_))));
    assert_eq!(session.client().state().id, "closed");
}
