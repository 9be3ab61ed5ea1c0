use shared::machine::Tick;
use shared::room::{Code, FromRelay, Handle, Refusal, Shown, Stage, ToRelay, Up};
use shared::transcript::visible;

use super::*;
use crate::state::testing::{golden, lab, send, session};
use crate::state::{Lab, Target};

fn presenter() -> Presenter {
    let mut presenter = Presenter::new(Code::of(7), [9; 16]);
    presenter.hear(FromRelay::Presenting { addresses: Vec::new() });
    presenter
}

/// What a viewer makes of everything that was said.
fn follow(shown: &mut Shown, messages: Vec<ToRelay>) -> usize {
    let mut octets = 0;
    for message in messages {
        let sent = message.encode();
        assert!(sent.len() <= MAX_MESSAGE);
        octets += sent.len();
        let Some(ToRelay::Say(items)) = ToRelay::decode(&sent) else { panic!("{message:?}") };
        items.into_iter().for_each(|item| shown.apply(item).expect("it fits"));
    }
    octets
}

fn texts(shown: &Shown) -> Vec<String> {
    shown.lines.iter().map(|line| visible(&line.bytes)).collect()
}

#[test]
fn a_room_shows_what_the_lab_shows_step_by_step() {
    for (name, whole) in golden() {
        let (mut presenter, mut shown) = (presenter(), Shown::default());
        follow(&mut shown, presenter.say(&whole));
        assert_eq!(shown.lines.len(), whole.len(), "{name}");
        let mut lab = whole;
        for n in 0..lab.len() {
            let (line, entry) = (&shown.lines[n], lab.entry(n).expect("an entry"));
            assert_eq!(line.side, entry.side(), "{name} {n}");
            if let Some(wire) = entry.wire() {
                assert_eq!((&line.bytes, &line.says), (&wire.masked(), &wire.says), "{name} {n}");
                let terms = line.tokens.iter().map(|token| &shown.terms[usize::from(token.term)]);
                assert!(terms.zip(&wire.spans).all(|(told, span)| told.title == span.term.title));
            }
        }
        assert!(presenter.say(&lab).is_empty(), "{name}: nothing is said twice");
        for n in (1..=lab.len()).rev() {
            lab.go_to(n);
            follow(&mut shown, presenter.say(&lab));
            assert_eq!(shown.shown().len(), lab.shown_len(), "{name} {n}");
            let state = &shown.begin.states[usize::from(shown.knows.state)];
            assert_eq!(state.title, lab.client().state().title, "{name} {n}");
        }
    }
}

#[test]
fn no_secret_is_said_in_any_dialogue() {
    for (name, mut lab) in golden() {
        lab.begin_sharing();
        lab.show_secrets = true;
        let mut secrets: Vec<Vec<u8>> = Vec::new();
        for entry in (0..lab.len()).filter_map(|n| lab.entry(n)) {
            let Some(wire) = entry.wire() else { continue };
            let spans = wire.spans.iter().filter(|span| span.secret && span.end - span.start > 5);
            secrets.extend(spans.map(|span| wire.bytes[span.range()].to_vec()));
        }
        secrets.push(b"lab-secret".to_vec());
        let mut presenter = presenter();
        let said: Vec<u8> = presenter.say(&lab).iter().flat_map(ToRelay::encode).collect();
        for secret in secrets {
            let found = said.windows(secret.len()).any(|octets| octets == secret);
            assert!(!found, "{name}: {}", visible(&secret));
        }
    }
}

#[test]
fn a_fork_keeps_what_comes_before_it() {
    let mut lab = session("pop3", &["USER student", "PASS lab-secret", "STAT", "LIST"]);
    let (mut presenter, mut shown) = (presenter(), Shown::default());
    let all = follow(&mut shown, presenter.say(&lab));
    let before = texts(&shown);
    let place = before.iter().position(|text| text.starts_with("STAT")).expect("STAT was sent");
    lab.fork(place).expect("a fork");
    let fork = follow(&mut shown, presenter.say(&lab));
    assert!(shown.lines.len() < before.len() && fork < all / 2, "{fork} of {all} octets");
    send(&mut lab, "QUIT");
    follow(&mut shown, presenter.say(&lab));
    assert_eq!(texts(&shown)[..place], before[..place]);
    assert!(texts(&shown).iter().any(|text| text.starts_with("QUIT")));
    assert_eq!(shown.lines.len(), lab.len());
    // Another protocol is another dialogue.
    let route = crate::state::Route::practice(shared::protocols::by_id("smtp").expect("SMTP"));
    lab.connect(route, Tick::default());
    while lab.pump(Tick::default()) {}
    follow(&mut shown, presenter.say(&lab));
    assert_eq!((shown.begin.protocol.as_str(), shown.lines.len()), ("smtp", lab.len()));
}

#[test]
fn a_viewer_goes_on_from_what_the_room_was_told() {
    for (name, mut lab) in golden() {
        let (mut presenter, mut shown) = (presenter(), Shown::default());
        lab.begin_sharing();
        follow(&mut shown, presenter.say(&lab));
        if let Some(why) = shown.begin.no_try {
            // A digest was typed by hand: what it is made of stays here.
            assert!(
                why.contains("secret") && (name.contains("login") || name.contains("digest")),
                "{name}: {why}"
            );
            continue;
        }
        let (mut tried, _) = Lab::of_shared(&shown.journal).expect("a record");
        assert_eq!(tried.len(), lab.len(), "{name}");
        let octets = |lab: &Lab, n| Some(visible(&lab.entry(n)?.wire()?.bytes));
        let other = (0..lab.len()).find(|n| octets(&tried, *n) != octets(&lab, *n));
        // A password that is nobody's is asterisks, of which a server may say something else.
        let pair = other.map(|n| (octets(&tried, n), octets(&lab, n)));
        let is_masked = |text: &Option<String>| {
            text.as_ref().is_some_and(|text| text.contains("***") || text.contains("Kioq"))
        };
        assert!(pair.as_ref().is_none_or(|pair| is_masked(&pair.0)), "{name}: {pair:?}");
        assert!(tried.route == lab.route && tried.take_journal().is_some_and(|kept| kept.anew));
    }
}

#[test]
fn a_real_server_is_shown_and_not_tried() {
    let mut lab = lab("pop3");
    lab.route.target = Target::Real { host: "mail.example".into(), port: 110 };
    lab.begin_sharing();
    let (mut presenter, mut shown) = (presenter(), Shown::default());
    follow(&mut shown, presenter.say(&lab));
    assert_eq!(shown.begin.real.as_deref(), Some("mail.example:110"));
    assert!(shown.begin.no_try.is_some() && shown.journal.is_empty());
}

#[test]
fn votes_are_counted_once_for_each_and_end_when_it_is_told() {
    let mut presenter = presenter();
    presenter.ask("What comes?".into(), vec!["2xx".into(), "5xx".into()], Some(1));
    let number = presenter.question.as_ref().expect("a question").number;
    let mut vote = |who, question, choice| {
        let heard = vec![(Handle(who), Up::Vote { question, choice })];
        presenter.hear(FromRelay::Heard(heard));
        let choices = &presenter.question.as_ref().expect("a question").choices;
        choices.iter().map(|choice| choice.votes).collect::<Vec<_>>()
    };
    assert_eq!(vote(1, number, 0), [1, 0]);
    assert_eq!(vote(2, number, 0), [2, 0]);
    assert_eq!(vote(1, number, 1), [1, 1], "a vote may be changed");
    assert_eq!(vote(3, number + 1, 1), [1, 1], "of another question");
    assert_eq!(vote(3, number, 9), [1, 1], "no such choice");
    presenter.reveal(None);
    let question = presenter.question.clone().expect("a question");
    assert!(question.closed && question.right == Some(1));
    presenter.hear(FromRelay::Heard(vec![(Handle(4), Up::Vote { question: number, choice: 0 })]));
    assert_eq!(presenter.question, Some(question));
}

#[test]
fn only_the_holder_types_and_only_who_was_asked_is_shown() {
    let mut presenter = presenter();
    let heard = |presenter: &mut Presenter, who, up| {
        presenter.hear(FromRelay::Heard(vec![(Handle(who), up)]))
    };
    assert!(heard(&mut presenter, 1, Up::Type("QUIT".into())).is_empty());
    presenter.keyboard = Some(Handle(1));
    let deeds = heard(&mut presenter, 1, Up::Type("QUIT".into()));
    assert_eq!(deeds, [Deed::Type("QUIT".into())]);
    assert!(heard(&mut presenter, 2, Up::Type("QUIT".into())).is_empty());
    heard(&mut presenter, 1, Up::Gone);
    assert_eq!(presenter.keyboard, None, "who leaves gives it back");
    assert!(heard(&mut presenter, 2, Up::Try(vec![1])).is_empty());
    presenter.asked = Some(Handle(2));
    assert_eq!(heard(&mut presenter, 2, Up::Try(vec![1])), [Deed::Play(Handle(2), vec![1])]);
    assert!(heard(&mut presenter, 2, Up::Try(vec![1])).is_empty(), "once");
    heard(&mut presenter, 3, Up::Name(" Ada ".into()));
    presenter.asked = Some(Handle(3));
    heard(&mut presenter, 3, Up::Declined);
    assert!(presenter.asked.is_none() && presenter.news.is_some_and(|news| news.contains("Ada")));
}

#[test]
fn a_room_is_kept_for_a_page_that_is_loaded_again_and_told_anew() {
    let lab = session("smtp", &["EHLO you.lab"]);
    let (mut presenter, mut shown) = (presenter(), Shown::default());
    presenter.ask("Well?".into(), vec!["yes".into()], None);
    presenter.stage = Stage::Join;
    follow(&mut shown, presenter.say(&lab));
    presenter.hear(FromRelay::Refused(Refusal::Stopping, "It stops.".into()));
    assert_eq!(presenter.reach, Reach::Lost);
    assert!(presenter.say(&lab).is_empty(), "nobody hears it");
    let mut again = Presenter::of_kept(&presenter.kept()).expect("it was kept");
    assert_eq!(again.first(), presenter.first());
    again.connected();
    again.hear(FromRelay::Presenting { addresses: Vec::new() });
    let mut restarted = Shown::default();
    follow(&mut restarted, again.say(&lab));
    assert_eq!(restarted.lines, shown.lines);
    again.ask("Again?".into(), vec!["no".into()], None);
    assert_eq!(again.question.map(|question| question.number), Some(2), "no number comes twice");
    assert!(Presenter::of_kept("ABC").is_none() && Presenter::of_kept("ABCDEF xyz 0").is_none());
}

#[test]
fn a_code_that_is_taken_is_drawn_anew_only_at_the_beginning() {
    let taken = || FromRelay::Refused(Refusal::Taken, "Another room has it.".into());
    let mut first = Presenter::new(Code::of(7), [9; 16]);
    assert_eq!(first.hear(taken()), [Deed::AnotherCode]);
    let mut later = presenter();
    later.say(&lab("smtp"));
    assert!(later.hear(taken()).is_empty());
    assert!(matches!(later.reach, Reach::Refused(Refusal::Taken, _)));
}
