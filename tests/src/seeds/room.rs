//! Messages of a room, as its target reads them.

use shared::room::{
    Choice, Code, FromRelay, Handle, Item, Knows, Question, Refusal, Script, Seen, ToRelay, Up,
};

use crate::room::{begin, line};

pub(super) fn seeds() -> Vec<(String, Vec<u8>)> {
    let code = Code::of(7);
    let question = Question {
        number: 3,
        text: "What comes?".into(),
        choices: vec![Choice { text: "2xx".into(), votes: 7 }, Choice::default()],
        closed: false,
        right: Some(0),
    };
    let knows = Knows {
        path: vec![0, 1],
        facts: vec![("user".into(), "student".into())],
        world: vec!["INBOX".into()],
        ..Knows::default()
    };
    let script = Script { lesson: "Mail".into(), step: 1, steps: 9, text: "*Go*".into() };
    let say = |items: Vec<Item>| ToRelay::Say(items).encode();
    let lesson = vec![
        say(begin()),
        say(line(0, "220 hello")),
        say([line(1, "250 there"), line(1, "250 there, more")].concat()),
        say(vec![Item::Knows(knows), Item::Script(Some(script)), Item::Question(Some(question))]),
        say(vec![Item::Keyboard(Some(Handle(9))), Item::Asked(None), Item::Cut(1)]),
        say([line(1, "250 fits"), line(5, "250 does not")].concat()),
        say(vec![Item::Journal(b"record".to_vec()), Item::Begin(Default::default())]),
        say(vec![Item::Over("The lesson is over.".into())]),
    ];
    let seen = Seen { born: 1 << 40, batch: 300 };
    let others = vec![
        ToRelay::Present { code, secret: [7; 16] }.encode(),
        ToRelay::Join { code, number: [8; 16], seen: Some(seen) }.encode(),
        ToRelay::Up(Up::Vote { question: 3, choice: 1 }).encode(),
        FromRelay::Presenting { addresses: vec!["http://192.0.2.1:8080".into()] }.encode(),
        FromRelay::Heard(vec![(Handle(5), Up::Name("Ada".into())), (Handle(6), Up::Gone)]).encode(),
        FromRelay::Whole { seen, items: begin() }.encode(),
        FromRelay::Refused(Refusal::Token, "why".into()).encode(),
    ];
    vec![("lesson".to_owned(), joined(&lesson)), ("messages".to_owned(), joined(&others))]
}

fn joined(messages: &[Vec<u8>]) -> Vec<u8> {
    let with_length = messages.iter().flat_map(|message| {
        let length = u16::try_from(message.len()).expect("a short message").to_be_bytes();
        [&length[..], message].concat()
    });
    with_length.collect()
}
