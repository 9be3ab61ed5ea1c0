//! A room for tests, as a relay would tell it.

use shared::explain::Outcome;
use shared::room::{
    Begin, Code, FromRelay, Handle, Item, Line, LineKind, Seen, Term, TheState, ToRelay, Token,
    View,
};
use shared::transcript::Side;

use super::Room;

pub(super) const ME: Handle = Handle(7);

pub(super) fn code() -> Code {
    Code::parse("K7PQ4M").unwrap_or_else(|why| panic!("{why}"))
}

/// One that was joined, with these items in it.
pub(super) fn room(items: Vec<Item>) -> Room {
    let mut room = Room::new(code(), [3; 16], " Ada ");
    room.hear(FromRelay::Joined(ME));
    let answers = room.hear(FromRelay::Whole { seen: Seen { born: 1, batch: 10 }, items });
    assert_eq!(answers, []);
    room
}

/// The next batch.
pub(super) fn say(room: &mut Room, batch: u64, items: Vec<Item>) -> Vec<ToRelay> {
    room.hear(FromRelay::Batch { batch, items })
}

pub(super) fn begin() -> Vec<Item> {
    let states = vec![TheState { title: "ready".into(), ..TheState::default() }];
    let begin = Begin { protocol: "smtp".into(), name: "SMTP".into(), states, ..Begin::default() };
    let term =
        |title: &str| Term { title: title.into(), text: "a text".into(), rfc: String::new() };
    vec![
        Item::Presenter(true),
        Item::Begin(begin),
        Item::Term(0, term("reply code")),
        Item::Term(1, term("text")),
    ]
}

/// A dialogue of so many commands with their replies, all of them shown.
pub(super) fn dialogue(exchanges: u32) -> Vec<Item> {
    let lines = (0..exchanges).flat_map(|n| {
        [
            Item::Line(2 * n, command(&format!("NOOP {n}\r\n"))),
            Item::Line(2 * n + 1, reply("250 Fine\r\n")),
        ]
    });
    begin().into_iter().chain(lines).chain([shows(2 * exchanges)]).collect()
}

pub(super) fn shows(shown: u32) -> Item {
    Item::View(View { shown, ..View::default() })
}

pub(super) fn command(text: &str) -> Line {
    line(Side::Client, text, None)
}

pub(super) fn reply(text: &str) -> Line {
    line(Side::Server, text, Outcome::of_code(text[..3].parse().unwrap_or(0)))
}

fn line(side: Side, text: &str, outcome: Option<Outcome>) -> Line {
    let token = |end: usize, term| Token { end: end as u32, term, note: None, secret: false };
    Line {
        at: 0,
        conn: 0,
        side,
        kind: LineKind::Unit,
        bytes: text.as_bytes().to_vec(),
        tokens: vec![token(4, 0), token(text.len(), 1)],
        says: "it says so.".into(),
        outcome,
        octets: 0,
    }
}
