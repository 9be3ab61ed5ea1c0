//! Both machines together: a learner who presses Enter only, and articles of any kind.

use proptest::prelude::*;

use crate::link::Link;
use crate::machine::{ClientConfig, Conn, Input, Output, ServerConfig, Tick};
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

/// Types to a client, hands what it sends to the server, and gives back what the client shows.
fn exchange(
    client: &mut dyn crate::machine::Client,
    bench: &mut crate::testing::Bench,
    text: &str,
) -> Vec<Output> {
    let now = Tick::default();
    client.handle(Input::Command(text), now).expect("it is legal");
    let mut outputs: Vec<Output> = core::iter::from_fn(|| client.poll()).collect();
    let sent = crate::testing::sent(&outputs, Conn::MAIN);
    let answer = bench.ask(&sent);
    let input = Input::Bytes { conn: Conn::MAIN, bytes: answer.as_bytes() };
    client.handle(input, now).expect("bytes are never refused");
    outputs.extend(core::iter::from_fn(|| client.poll()));
    outputs
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_posted_is_what_is_stored_and_read(
        lines in prop::collection::vec("[.]{0,3}[ -~\u{e4}]{0,12}", 0..12),
        last_line_ends in any::<bool>(),
    ) {
        let mut body = lines.join("\n");
        if last_line_ends || body.is_empty() {
            body.push('\n');
        }
        let (mut client, mut bench) = (super::greeted(b""), super::bench());
        exchange(&mut *client, &mut bench, "POST");
        let article = format!("From: a@b\nNewsgroups: misc.test\nSubject: s\n\n{body}");
        exchange(&mut *client, &mut bench, &article);
        prop_assert_eq!(client.state().id, "open");
        let id = "<20260105090000.1@practice.lab>";
        let stored = bench.world.news.by_id(id).expect("it was taken").bytes.clone();
        let whole = format!("{}\n", body.strip_suffix('\n').unwrap_or(&body));
        let whole = whole.replace('\n', "\r\n");
        let from = crate::text::message::body_start(&stored);
        prop_assert_eq!(&stored[from..], whole.as_bytes());

        let outputs = exchange(&mut *client, &mut bench, &format!("BODY {id}"));
        let mut read = Vec::new();
        for output in outputs {
            if let Output::Received { wire, .. } = output {
                let spans = wire.spans.iter();
                let content = spans.filter(|span| matches!(span.term.id, "BODY" | "CRLF"));
                content.for_each(|span| read.extend_from_slice(&wire.bytes[span.range()]));
            }
        }
        // The ends of the status line before the block and of the dot behind it count too.
        let read = read.strip_prefix(b"\r\n").and_then(|read| read.strip_suffix(b"\r\n"));
        prop_assert_eq!(read, Some(whole.as_bytes()));
    }
}
