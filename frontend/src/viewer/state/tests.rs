use shared::explain::Outcome;
use shared::room::{
    Choice, FromRelay, Handle, Item, LineKind, Pane, Question, Refusal, Seen, ToRelay, Turn, Up,
    View,
};
use shared::transcript::Side;

use super::testing::{ME, begin, code, command, dialogue, reply, room, say, shows};
use super::{Announcer, Link, Room, Watch, ladder, lines, stage, tryout};

fn question(number: u32, closed: bool) -> Item {
    let choice = |text: &str, votes| Choice { text: text.into(), votes };
    let right = closed.then_some(0);
    let choices = vec![choice("2xx", 3), choice("5xx", 1)];
    Item::Question(Some(Question { number, text: "What comes?".into(), choices, closed, right }))
}

fn voted(question: u32, choice: u16) -> ToRelay {
    ToRelay::Up(Up::Vote { question, choice })
}

fn named() -> ToRelay {
    ToRelay::Up(Up::Name("Ada".into()))
}

#[test]
fn a_viewer_joins_and_goes_on_where_it_was() {
    let mut room = Room::new(code(), [3; 16], "Ada");
    let join = |seen| ToRelay::Join { code: code(), number: [3; 16], seen };
    assert_eq!((room.first(), &room.link), (join(None), &Link::Connecting));
    assert_eq!(room.hear(FromRelay::Joined(ME)), [named()]);
    let seen = Seen { born: 9, batch: 4 };
    room.hear(FromRelay::Whole { seen, items: dialogue(2) });
    assert_eq!((&room.link, room.shown.shown().len()), (&Link::Live, 4));
    say(&mut room, 5, vec![Item::Line(4, command("QUIT\r\n")), shows(5)]);
    room.lost();
    assert_eq!(room.link, Link::Lost);
    assert_eq!(room.first(), join(Some(Seen { born: 9, batch: 5 })));
    assert_eq!(room.shown.shown().len(), 5, "what was there stays");
    assert_eq!(room.hear(FromRelay::Joined(ME)), [named()]);
    assert_eq!(room.link, Link::Live, "nothing was missed, so nothing more comes");
    say(&mut room, 6, vec![Item::Line(5, reply("221 Bye\r\n")), shows(6)]);
    assert_eq!(room.shown.shown().len(), 6);
}

#[test]
fn a_gap_asks_for_everything_and_what_comes_before_it_is_not_taken() {
    let mut room = room(dialogue(1));
    assert_eq!(say(&mut room, 10, vec![Item::Cut(0)]), [], "it was here before");
    assert_eq!(room.shown.lines.len(), 2);
    assert_eq!(say(&mut room, 12, vec![Item::Cut(0)]), [ToRelay::Again]);
    assert_eq!(say(&mut room, 13, vec![Item::Cut(0)]), [], "it is asked for once");
    assert_eq!(room.shown.lines.len(), 2);
    let seen = Seen { born: 1, batch: 13 };
    let again = room.hear(FromRelay::Whole { seen, items: dialogue(3) });
    assert_eq!(again, [named()], "a presenter may have come in the gap");
    assert_eq!((room.shown.lines.len(), room.dialogues), (6, 1), "it is the same dialogue");
    // What does not fit is as if it had been missed.
    assert_eq!(
        say(&mut room, 14, vec![Item::Cut(1), Item::Line(9, reply("250 x\r\n"))]),
        [ToRelay::Again]
    );
    let wrong =
        room.hear(FromRelay::Whole { seen, items: vec![Item::Term(3, Default::default())] });
    assert_eq!((wrong, &room.link), (vec![], &Link::Broken));
}

#[test]
fn whoever_presents_is_told_again_what_nobody_else_keeps() {
    let mut room = room([dialogue(1), vec![question(3, false)]].concat());
    assert_eq!(room.choose(1), Some(voted(3, 1)));
    assert_eq!(say(&mut room, 11, vec![Item::Presenter(false)]), []);
    assert!(!room.shown.presenter);
    assert_eq!(say(&mut room, 12, vec![Item::Presenter(true)]), [named(), voted(3, 1)]);
    assert_eq!(room.set_name("  Grace "), ToRelay::Up(Up::Name("Grace".into())));
    assert_eq!(room.set_name(&"\u{e9}".repeat(99)), ToRelay::Up(Up::Name("\u{e9}".repeat(32))));

    let mut stage = Room::for_stage(code(), [4; 16]);
    assert_eq!(stage.hear(FromRelay::Joined(ME)), [], "a projector is no member of the class");
    let seen = Seen { born: 1, batch: 1 };
    stage.hear(FromRelay::Whole { seen, items: dialogue(1) });
    assert_eq!(say(&mut stage, 2, vec![Item::Presenter(true)]), []);
}

#[test]
fn a_vote_can_be_changed_until_the_question_is_closed() {
    let mut voter = room([dialogue(1), vec![question(3, false)]].concat());
    assert_eq!(voter.vote(), None);
    assert_eq!((voter.choose(0), voter.choose(1)), (Some(voted(3, 0)), Some(voted(3, 1))));
    assert_eq!((voter.choose(2), voter.vote()), (None, Some(1)), "there is no such choice");
    let kept = voter.kept_vote();
    say(&mut voter, 11, vec![question(3, true)]);
    assert_eq!((voter.choose(0), voter.vote()), (None, Some(1)));
    say(&mut voter, 12, vec![question(4, false)]);
    assert_eq!(voter.vote(), None, "another question");

    let mut again = room([dialogue(1), vec![question(3, false)]].concat());
    again.restore_vote(&kept);
    assert_eq!(again.vote(), Some(1));
    for other in ["", "K7PQ4M", "K7PQ4M 3", "K7PQ4M 3 70000", "ABCDEF 3 0", "K7PQ4M x 0"] {
        let mut again = room([dialogue(1), vec![question(3, false)]].concat());
        again.restore_vote(other);
        assert_eq!(again.vote(), None, "{other:?}");
    }
}

#[test]
fn a_viewer_follows_until_it_chooses_and_follows_again_when_it_says_so() {
    let mut room = room(dialogue(3));
    let mut watch = Watch::default();
    let view = View { shown: 6, selected: Some(2), octet: 5, pane: Pane::Bytes, ..View::default() };
    say(&mut room, 11, vec![Item::View(view)]);
    assert_eq!((watch.at(&room), watch.pane(&room)), (Some((2, 5)), Pane::Bytes));
    // What is looked at already is no choice.
    watch.choose_pane(&room, Pane::Bytes);
    watch.choose_line(&room, 2, 5);
    assert!(watch.is_following(&room));

    watch.choose_pane(&room, Pane::Ladder);
    say(&mut room, 12, vec![Item::Line(6, command("QUIT\r\n")), shows(7)]);
    assert!(!watch.is_following(&room));
    assert_eq!((watch.at(&room), watch.pane(&room)), (Some((2, 5)), Pane::Ladder));
    assert_eq!(watch.news(&room), 1);
    watch.scroll_to_end(&room);
    assert!(!watch.is_following(&room), "a pane was chosen");
    watch.back_to_live();
    assert_eq!((watch.at(&room), watch.pane(&room)), (Some((6, 0)), Pane::Explain));
    assert_eq!(watch.news(&room), 0);

    watch.scroll_away(&room);
    assert!(!watch.is_following(&room));
    watch.scroll_to_end(&room);
    assert!(watch.is_following(&room), "it did nothing but scroll");
}

#[test]
fn nobody_looks_at_what_the_presenter_does_not_show() {
    let mut room = room(dialogue(3));
    let mut watch = Watch::default();
    watch.choose_line(&room, 5, 2);
    say(&mut room, 11, vec![shows(2)]);
    assert_eq!(watch.at(&room), Some((1, 0)));
    say(&mut room, 12, vec![shows(0)]);
    assert_eq!(watch.at(&room), None);
    // The lines of another dialogue are others.
    say(&mut room, 13, begin().into_iter().skip(1).collect());
    assert!(watch.is_following(&room));
}

#[test]
fn the_keyboard_and_the_question_for_a_try_are_for_one() {
    let mut room = room(dialogue(1));
    assert!(!room.has_keyboard() && room.type_line("QUIT").is_none());
    say(&mut room, 11, vec![Item::Keyboard(Some(Handle(8))), Item::Asked(Some(Handle(8)))]);
    assert!(!room.has_keyboard() && !room.is_asked());
    say(&mut room, 12, vec![Item::Keyboard(Some(ME)), Item::Asked(Some(ME))]);
    assert_eq!(room.type_line("QUIT"), Some(ToRelay::Up(Up::Type("QUIT".into()))));
    assert_eq!(room.type_line(&"x".repeat(5000)), None);
    assert!(room.is_asked());
    assert_eq!(room.answer(None), ToRelay::Up(Up::Declined));
    assert!(!room.is_asked(), "it has answered");
    say(&mut room, 13, vec![Item::Asked(None), Item::Keyboard(None)]);
    say(&mut room, 14, vec![Item::Asked(Some(ME))]);
    assert!(room.is_asked() && !room.has_keyboard(), "it is asked anew");
    assert_eq!(room.answer(Some(vec![1])), ToRelay::Up(Up::Try(vec![1])));
    say(&mut room, 15, vec![Item::Keyboard(Some(ME))]);
    room.lost();
    assert!(!room.has_keyboard(), "nobody would hear it");
}

#[test]
fn a_refusal_is_told_and_may_pass() {
    let mut room = Room::new(code(), [3; 16], "");
    room.hear(FromRelay::Refused(Refusal::NoRoom, "There is none.".into()));
    room.lost();
    assert_eq!(room.link, Link::Refused(Refusal::NoRoom, "There is none.".into()));
    room.hear(FromRelay::Joined(ME));
    room.hear(FromRelay::Whole { seen: Seen { born: 1, batch: 1 }, items: dialogue(1) });
    assert!(room.is_open());
    say(&mut room, 2, vec![Item::Over("It is noon.".into())]);
    assert!(!room.is_open());
}

#[test]
fn each_reply_is_said_once() {
    let mut room = room(dialogue(2));
    let mut announcer = Announcer::default();
    let mut said = |room: &Room| {
        announcer.look(room);
        announcer.take()
    };
    assert_eq!(said(&room).as_deref(), Some("250: it says so."), "the last one");
    assert_eq!(said(&room), None);
    let waits = View { shown: 5, turn: Turn::Servers, ..View::default() };
    say(&mut room, 11, vec![Item::Line(4, command("QUIT\r\n")), Item::View(waits)]);
    assert_eq!(said(&room), None, "nothing was answered");
    let over = View { shown: 6, turn: Turn::Over, ..View::default() };
    say(&mut room, 12, vec![Item::Line(5, reply("221 Bye\r\n")), Item::View(over)]);
    assert_eq!(said(&room).as_deref(), Some("221: it says so. The session is over."));
    say(&mut room, 13, vec![shows(2)]);
    assert_eq!(said(&room), None, "a step back is no news");
    say(&mut room, 14, vec![question(1, false)]);
    assert_eq!(said(&room).as_deref(), Some("A question: What comes?"));
    say(&mut room, 15, vec![Item::View(View { held: Some(43), ..View::default() })]);
    assert!(said(&room).is_some_and(|words| words.contains("43 octets")));
    room.lost();
    assert!(said(&room).is_some_and(|words| words.contains("lost")));
}

#[test]
fn a_line_has_a_code_a_class_and_tokens() {
    for (text, code, class) in [
        ("250-a\r\n250 b\r\n", Some("250"), Some("2xx")),
        ("+OK ready\r\n", Some("+OK"), Some("+OK")),
        ("-ERR no\r\n", Some("-ERR"), Some("-ERR")),
        ("HTTP/1.1 404 Not Found\r\n", Some("404"), Some("4xx")),
        ("a1 NO not so\r\n", Some("NO"), Some("NO")),
        ("no code\r\n", None, None),
    ] {
        let mut line = reply("250 x\r\n");
        line.bytes = text.into();
        assert_eq!(lines::code(&line), code, "{text}");
        assert_eq!(lines::class(&line).as_deref(), class, "{text}");
    }
    let line = reply("250 Fine\r\n");
    let parts: Vec<_> = lines::parts(&line, &[]).map(|part| part.text(&line)).collect();
    assert_eq!(parts, ["250 ", "Fine CR LF"]);
    assert_eq!(lines::neighbour(&line, 0, true), Some(4));
    assert_eq!(
        (lines::neighbour(&line, 6, true), lines::neighbour(&line, 6, false)),
        (None, Some(4))
    );
    for outcome in [Outcome::Done, Outcome::More, Outcome::Transient, Outcome::Permanent] {
        assert_ne!(lines::shape(outcome).0, lines::shape(Outcome::Preliminary).1);
    }
}

#[test]
fn the_stage_shows_the_last_exchanges() {
    let mut room = room(dialogue(20));
    let long = "250-a\r\n".repeat(9);
    say(&mut room, 11, vec![Item::Line(39, reply(&long)), shows(40)]);
    let rows = stage::last_exchanges(&room.shown, 3);
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [34, 35, 36, 37, 38, 39]);
    assert_eq!((rows[5].lines.len(), rows[5].more), (4, 5));
    let strip = stage::strip(&room.shown, 5);
    assert_eq!((strip[0].number, strip.len()), (36, 5));
    assert!(strip[4].here && strip[3].side == Side::Client);
    assert_eq!(stage::explanation(&room.shown), Some(("it says so.", Some("a text"))));
}

#[test]
fn the_ladder_has_a_rung_for_each_line_and_a_lane_for_each_connection() {
    let mut room = room(dialogue(2));
    let mut data = command("x\r\n");
    (data.conn, data.kind, data.octets, data.tokens) = (1, LineKind::Data, 5000, Vec::new());
    let mut note = command("");
    (note.side, note.kind, note.bytes, note.tokens) = (Side::Lab, LineKind::Note, vec![], vec![]);
    say(&mut room, 11, vec![Item::Line(4, data), Item::Line(5, note), shows(6)]);
    let ladder = ladder::Ladder::of(&room.shown.shown()[1..], 1);
    assert_eq!(ladder.lanes, [0, 1]);
    let labels: Vec<String> = ladder.rungs().map(|(n, _, label)| format!("{n} {label}")).collect();
    assert_eq!(labels[0], "1 250 Fine");
    assert_eq!(labels[3..], ["4 5000 octets of content", "5 it says so."]);
    let scene = ladder.scene();
    assert_eq!(scene.groups.iter().filter(|group| group.entry.is_some()).count(), 5);
    assert_eq!(
        (ladder::window(3, 50), ladder::window(999, 1000), ladder::window(500, 1000)),
        (0, 880, 440)
    );
}

#[test]
fn a_try_begins_with_what_the_presenter_lets_out() {
    let mut room = room(dialogue(2));
    assert_eq!(tryout::can_begin(&room.shown), Err(None));
    say(&mut room, 11, vec![Item::Journal(b"record".to_vec()), shows(3)]);
    assert_eq!(tryout::can_begin(&room.shown), Ok(()));
    let number = "03".repeat(16);
    let lines = tryout::handed_over(&room, "cmVjb3Jk");
    assert_eq!(
        lines.lines().collect::<Vec<_>>(),
        ["K7PQ4M", &number, "Ada", "3", "smtp", "cmVjb3Jk"]
    );
    assert_eq!(tryout::address(&room.shown), "/#/smtp?try");
    let mut items = dialogue(1);
    if let Item::Begin(begin) = &mut items[1] {
        begin.no_try = Some("it is real".into());
    }
    let real = self::room(items);
    assert_eq!(tryout::can_begin(&real.shown), Err(Some("it is real")));
}
