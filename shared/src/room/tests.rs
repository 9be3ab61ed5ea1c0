use proptest::prelude::*;

use super::*;
use crate::explain::Outcome;
use crate::transcript::Side;

fn line(text: &str) -> Line {
    Line {
        at: 12,
        conn: 0,
        side: Side::Server,
        kind: LineKind::Unit,
        bytes: text.as_bytes().to_vec(),
        tokens: vec![
            Token { end: 3, term: 0, note: None, secret: false },
            Token { end: text.len() as u32, term: 1, note: Some("a note".into()), secret: true },
        ],
        says: "done".into(),
        outcome: Some(Outcome::Done),
        octets: 0,
    }
}

fn term(title: &str) -> Term {
    Term { title: title.into(), text: "a text".into(), rfc: "RFC 5321 section 4.2".into() }
}

/// Everything that a presenter can say, in an order that fits.
fn all_items() -> Vec<Item> {
    let state =
        TheState { title: "ready".into(), text: "waits".into(), exits: vec![("QUIT".into(), 1)] };
    let begin = Begin {
        protocol: "smtp".into(),
        name: "SMTP".into(),
        real: Some("mail.example:25".into()),
        fault: None,
        no_try: Some("it is a real server".into()),
        states: vec![state, TheState::default()],
    };
    let question = Question {
        number: 3,
        text: "What comes?".into(),
        choices: vec![Choice { text: "2xx".into(), votes: 7 }, Choice::default()],
        closed: true,
        right: Some(0),
    };
    vec![
        Item::Presenter(true),
        Item::Begin(begin),
        Item::Term(0, term("reply code")),
        Item::Term(1, term("text")),
        Item::Line(0, line("220 hello\r\n")),
        Item::Line(1, line("250 there\r\n")),
        Item::Line(1, line("250 there, more\r\n")),
        Item::Line(2, line("250 gone\r\n")),
        Item::Cut(2),
        Item::View(View {
            shown: 1,
            selected: Some(0),
            octet: 4,
            pane: Pane::Ladder,
            stage: Stage::Join,
            turn: Turn::Held,
            held: Some(43),
            draft: "NOOP".into(),
        }),
        Item::Knows(Knows {
            state: 1,
            path: vec![0, 1],
            facts: vec![("user".into(), "student".into())],
            moves: vec![Move { command: "QUIT".into(), why: "ends".into(), legal: true }],
            world: vec!["INBOX: 1 message".into()],
        }),
        Item::Script(Some(Script {
            lesson: "Mail".into(),
            step: 1,
            steps: 9,
            text: "*Go*".into(),
        })),
        Item::Question(Some(question)),
        Item::Keyboard(Some(Handle(9))),
        Item::Asked(Some(Handle(u64::MAX))),
        Item::Journal(b"octets".to_vec()),
        Item::Over("The lesson is over.".into()),
    ]
}

fn shown(items: Vec<Item>) -> Shown {
    let mut shown = Shown::default();
    for item in items {
        shown.apply(item).expect("it fits");
    }
    shown
}

#[test]
fn what_a_room_shows_can_be_told_again_at_every_moment() {
    let all = all_items();
    for n in 0..=all.len() {
        let whole = shown(all[..n].to_vec());
        let again = shown(whole.items().collect());
        assert_eq!(again, whole, "after {n} items");
        assert_eq!(again.octets(), whole.octets());
    }
}

#[test]
fn an_item_that_does_not_fit_changes_nothing() {
    let before = shown(all_items()[..6].to_vec());
    let mut torn = line("220 hello\r\n");
    torn.tokens[0].end = 0;
    let mut short = line("220 hello\r\n");
    short.bytes.push(b'x');
    let mut strange = line("220 hello\r\n");
    strange.tokens[0].term = 2;
    let large = Line { bytes: vec![b'x'; MAX_OCTETS], tokens: Vec::new(), ..line("220 hello\r\n") };
    for item in [
        Item::Term(1, term("twice")),
        Item::Term(3, term("too early")),
        Item::Line(5, line("220 too early\r\n")),
        Item::Line(2, torn),
        Item::Line(2, short),
        Item::Line(2, strange),
        Item::Line(2, large.clone()),
        Item::Line(1, large),
        Item::Journal(vec![0; MAX_JOURNAL + 1]),
    ] {
        let mut after = before.clone();
        let broken = after.apply(item).expect_err("it does not fit");
        assert!(!broken.0.is_empty());
        assert_eq!(after, before, "{broken}");
    }
    let mut over = shown(all_items());
    assert!(over.apply(Item::Cut(0)).is_err(), "nothing comes after the end");
}

/// Wherever a batch breaks off, and however much it has changed before.
#[test]
fn a_batch_fits_as_a_whole_or_changes_nothing() {
    let all = all_items();
    let wrong = Item::Term(u16::MAX, term("too early"));
    for from in 0..all.len() {
        let before = shown(all[..from].to_vec());
        for to in from..=all.len() {
            // Once more, on top of what is there: lines change, a dialogue takes the place of another.
            let batch = [&all[from..to], &all[..to.min(6)]].concat();
            let mut checked = before.clone();
            let fits = checked.check_all(batch.clone());
            assert_eq!(checked, before, "a check of {from}..{to}");
            let mut after = before.clone();
            assert_eq!(after.apply_all(batch.clone()), fits);
            if fits.is_err() {
                assert_eq!(after, before, "{from}..{to} does not fit");
            }
            let mut broken = before.clone();
            assert!(broken.apply_all([batch, vec![wrong.clone()]].concat()).is_err());
            assert_eq!(broken, before, "{from}..{to} and what does not fit");
        }
    }
}

#[test]
fn a_list_within_an_item_is_bounded() {
    let world = |lines| Knows { world: vec![String::new(); lines], ..Knows::default() };
    let say = |lines| ToRelay::Say(vec![Item::Knows(world(lines))]).encode();
    assert!(ToRelay::decode(&say(MAX_LIST)).is_some());
    assert!(ToRelay::decode(&say(MAX_LIST + 1)).is_none());
}

#[test]
fn terms_are_no_more_than_their_numbers() {
    let mut room = Shown::default();
    for n in 0..u16::MAX {
        room.apply(Item::Term(n, Term::default())).expect("there is room");
    }
    assert!(room.apply(Item::Term(u16::MAX, Term::default())).is_err());
    assert_eq!(shown(room.items().collect()), room);
}

#[test]
fn a_room_is_bounded() {
    let mut room = shown(all_items()[..4].to_vec());
    for n in 0..MAX_LINES {
        room.apply(Item::Line(n as u32, line("250 x\r\n"))).expect("there is room");
    }
    let more = room.apply(Item::Line(MAX_LINES as u32, line("250 x\r\n")));
    assert_eq!(more, Err(Broken("more lines than a room keeps")));
    let octets = room.octets();
    room.apply(Item::Cut(10)).expect("fits");
    assert!(room.octets() < octets / 1000);
    room.apply(Item::Begin(Begin::default())).expect("fits");
    assert_eq!((room.octets(), room.lines.len(), room.presenter), (0, 0, true));
}

#[test]
fn the_shown_step_hides_what_comes_later() {
    let mut room = shown(all_items()[..16].to_vec());
    assert_eq!((room.lines.len(), room.shown().len(), room.looked_at()), (2, 1, Some(0)));
    room.apply(Item::View(View { shown: 9, ..View::default() })).expect("fits");
    assert_eq!((room.shown().len(), room.looked_at()), (2, Some(1)));
    let (start, token) = room.lines[1].token_at(3).expect("an octet of the line");
    assert_eq!((start, token.note.as_deref()), (3, Some("a note")));
    assert!(room.lines[1].token_at(99).is_none());
}

fn messages() -> (Vec<ToRelay>, Vec<FromRelay>) {
    let code = Code::of(7);
    let ups = vec![
        Up::Name("Ada".into()),
        Up::Vote { question: 3, choice: 1 },
        Up::Progress { protocol: "smtp".into(), state: "ready".into(), steps: 4, done: true },
        Up::Type("QUIT".into()),
        Up::Try(b"record".to_vec()),
        Up::Declined,
        Up::Gone,
    ];
    let seen = Seen { born: 1 << 40, batch: 300 };
    let mut to = vec![
        ToRelay::Present { code, secret: [7; 16] },
        ToRelay::Say(all_items()),
        ToRelay::Close,
        ToRelay::Join { code, number: [8; 16], seen: None },
        ToRelay::Join { code, number: [8; 16], seen: Some(seen) },
        ToRelay::Again,
    ];
    to.extend(ups.iter().cloned().map(ToRelay::Up));
    let from = vec![
        FromRelay::Presenting { addresses: vec!["http://192.0.2.1:8080".into()] },
        FromRelay::Joined(Handle(77)),
        FromRelay::Whole { seen, items: all_items() },
        FromRelay::Batch { batch: 301, items: all_items() },
        FromRelay::Heard(ups.into_iter().map(|up| (Handle(5), up)).collect()),
        FromRelay::Viewers(200),
        FromRelay::Refused(Refusal::Hub, "why".into()),
    ];
    (to, from)
}

#[test]
fn messages_come_back_as_they_were_and_no_part_of_one_is_another() {
    let (to, from) = messages();
    for message in to {
        let octets = message.encode();
        assert_eq!(ToRelay::decode(&octets).as_ref(), Some(&message));
        for cut in 0..octets.len() {
            assert_eq!(ToRelay::decode(&octets[..cut]), None, "{message:?} cut at {cut}");
        }
        assert_eq!(ToRelay::decode(&[&octets[..], &[0]].concat()), None);
    }
    for message in from {
        let octets = message.encode();
        assert_eq!(FromRelay::decode(&octets).as_ref(), Some(&message));
        for cut in 0..octets.len() {
            assert_eq!(FromRelay::decode(&octets[..cut]), None, "{message:?} cut at {cut}");
        }
        assert_eq!(FromRelay::decode(&[&octets[..], &[0]].concat()), None);
    }
}

#[test]
fn codes_are_read_as_people_write_them() {
    let code = Code::of(0x1234_5678_9abc_def0);
    assert_eq!(Code::parse(code.as_str()), Ok(code));
    let typed = format!(" {}-{} ", &code.as_str()[..3].to_lowercase(), &code.as_str()[3..]);
    assert_eq!(Code::parse(&typed), Ok(code));
    assert_eq!(Code::parse("ABCDE"), Err(NotACode::Length(5)));
    assert_eq!(Code::parse("ABCDEFG"), Err(NotACode::Length(7)));
    for letter in "0O1IL\u{e9}?".chars() {
        assert_eq!(Code::parse(&format!("ABCDE{letter}")), Err(NotACode::Letter(letter)));
    }
    assert!(ALPHABET.iter().all(|letter| !b"0O1IL".contains(letter)));
}

/// `docs/rooms.md` has these octets, and a row for each reason and each kind of message.
#[test]
fn the_specification_is_right() {
    let page = include_str!("../../../docs/rooms.md");
    let hex = |octets: Vec<u8>| {
        octets.iter().map(|octet| format!("{octet:02x}")).collect::<Vec<_>>().join(" ")
    };
    let say = hex(ToRelay::Say(vec![Item::Cut(5)]).encode());
    let batch = hex(FromRelay::Batch { batch: 300, items: vec![Item::Cut(5)] }.encode());
    assert!(page.contains(&format!("`{say}`")) && page.contains(&format!("`{batch}`")), "{batch}");
    let row = |number: usize, name: &str| {
        assert!(page.contains(&format!("| {number} | {name}")), "no row {number} {name}");
    };
    let name = |debug: String| {
        let end = debug.find(|c: char| !c.is_alphanumeric()).unwrap_or(debug.len());
        debug[..end].to_owned()
    };
    let (to, from) = messages();
    for message in &to {
        row(usize::from(message.encode()[0]), &name(format!("{message:?}")));
    }
    for message in &from {
        row(usize::from(message.encode()[0]), &name(format!("{message:?}")));
    }
    for item in all_items() {
        row(ToRelay::Say(vec![item.clone()]).encode()[2].into(), &name(format!("{item:?}")));
    }
    for reason in 0..=11 {
        let octets = [6, reason, 0];
        let Some(FromRelay::Refused(refusal, _)) = FromRelay::decode(&octets) else {
            panic!("no reason {reason}")
        };
        row(reason.into(), &format!("{refusal:?}"));
    }
    assert_eq!(FromRelay::decode(&[6, 12, 0]), None, "a reason without a row");
}

proptest! {
    #[test]
    fn any_octets_are_a_message_or_none(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Some(message) = ToRelay::decode(&octets) {
            prop_assert_eq!(ToRelay::decode(&message.encode()), Some(message));
        }
        if let Some(message) = FromRelay::decode(&octets) {
            prop_assert_eq!(FromRelay::decode(&message.encode()), Some(message));
        }
    }
}
