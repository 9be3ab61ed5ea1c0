//! The journal as it comes out of a browser's store: any octets are events or none, and the events
//! can happen.

use shared::dialogue::{Dialogue, Event};
use shared::link::Link;
use shared::machine::{ClientConfig, OwnedInput, ServerConfig};
use shared::protocols;
use shared::session::Session;
use shared::tape::{Reader, Tape, Writer};
use shared::world::{EPOCH, World};

use super::records::Octets;
use super::session::check_replay;

/// The first octet chooses the protocol.
pub fn tape(octets: &[u8]) {
    let mut octets = Octets(octets);
    let protocol = protocols::ALL[octets.small() % protocols::ALL.len()];
    let mut reader = Reader::new(octets.0);
    let events: Vec<_> = core::iter::from_fn(|| reader.event()).collect();
    let mut writer = Writer::default();
    events.iter().fold(&mut writer, |writer, (at, event)| writer.event(*at, event));
    let written = writer.finish();
    let mut again = Reader::new(&written);
    for event in &events {
        assert_eq!(again.event().as_ref(), Some(event));
    }
    assert!(again.is_at_end());

    let session = Session::new((protocol.client)(&ClientConfig::practice(protocol.port)));
    let link = Link::new((protocol.server)(&ServerConfig::practice(1)), protocol.port);
    let mut tape = Tape::new(Dialogue::new(session, Some(link), World::new(EPOCH)));
    for (at, event) in events {
        // What a person does is `Typed`; nothing of that arrives from a wire.
        let arrives = !matches!(&event, Event::Arrived(input) if is_typed(input));
        if arrives {
            let _ = tape.act(event, at);
            tape.forget_effects();
        }
    }
    check_replay(&tape);
}

fn is_typed(input: &OwnedInput) -> bool {
    matches!(
        input,
        OwnedInput::Command(_)
            | OwnedInput::Batch(_)
            | OwnedInput::Content(_)
            | OwnedInput::ContentEnd
            | OwnedInput::Raw { .. }
    )
}
