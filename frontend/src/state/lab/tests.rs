use std::time::Duration;

use shared::machine::{Conn, OwnedInput, Tick};
use shared::session::{Breakpoint, Gate, Mode};
use shared::transcript::visible;

use super::{Lab, NoFork, Pace, Turn};
use crate::state::Route;

fn lab(fragment: &str) -> Lab {
    let route = Route::parse(fragment).expect("a good address");
    let mut lab = Lab::new(route.clone());
    lab.connect(route, Tick::default());
    settle(&mut lab);
    lab
}

fn now(lab: &Lab) -> Tick {
    Tick(Duration::from_millis(lab.len() as u64))
}

fn settle(lab: &mut Lab) {
    while lab.pump(now(lab)) {}
}

fn types(lab: &mut Lab, text: &str) {
    lab.send(text, now(lab));
    assert!(lab.refusal.is_none(), "{text}");
    settle(lab);
}

/// Follows the suggestions to the end.
fn walk(lab: &mut Lab) {
    for _ in 0..40 {
        let Some(next) = lab.session().client().suggestion() else { return };
        types(lab, &next.text);
    }
}

fn text(lab: &Lab) -> String {
    let lines = lab.entries().filter_map(|entry| Some(visible(&entry.wire()?.bytes)));
    lines.collect::<Vec<_>>().join("\n")
}

fn mails(lab: &Lab) -> usize {
    lab.world().mail.mailbox("you").map_or(0, |mailbox| mailbox.messages().len())
}

#[test]
fn back_shows_every_pane_as_it_was_and_changes_nothing() {
    let mut lab = lab("#/smtp");
    walk(&mut lab);
    let (all, end) = (text(&lab), lab.steps());
    assert_eq!((end.0, mails(&lab), lab.turn()), (end.1, 1, Turn::Over));
    let mut states = Vec::new();
    while lab.step_back() {
        let (step, of) = lab.steps();
        assert!(step < of && lab.shown_len() < lab.len());
        states.push(lab.client().state().id);
    }
    states.dedup();
    assert!(states.contains(&"recipients") && states.contains(&"ready"), "{states:?}");
    assert_eq!((lab.steps().0, mails(&lab)), (0, 0));
    for _ in 0..end.1 {
        lab.step_forward(now(&lab));
    }
    assert!(!lab.is_back());
    assert_eq!((text(&lab), mails(&lab)), (all, 1));
}

#[test]
fn what_is_sent_while_an_earlier_step_is_shown_goes_on_from_the_end() {
    let mut lab = lab("#/smtp");
    types(&mut lab, "EHLO you.lab");
    lab.step_back();
    types(&mut lab, "NOOP");
    assert!(!lab.is_back() && text(&lab).contains("NOOP"));
}

#[test]
fn a_fork_is_a_branch_that_can_be_left_and_come_back_to() {
    let mut lab = lab("#/smtp");
    walk(&mut lab);
    let first = text(&lab);
    let mail = lab.entries().position(|e| e.wire().is_some_and(|w| w.bytes.starts_with(b"MAIL")));
    lab.fork(mail.expect("sent")).expect("the server is in the page");
    settle(&mut lab);
    assert!(text(&lab).contains("MAIL FROM") && !text(&lab).contains("RCPT"));
    types(&mut lab, "RSET");
    let second = text(&lab);
    assert_eq!((mails(&lab), lab.branches().len(), lab.branch()), (0, 2, 1));
    lab.switch(0);
    assert_eq!((text(&lab), mails(&lab)), (first.clone(), 1));
    lab.switch(1);
    assert_eq!((text(&lab), mails(&lab)), (second, 0));
    assert!(lab.entries_of(0).len() > lab.entries_of(1).len());
}

#[test]
fn a_real_server_has_no_fork_and_says_why() {
    let real = lab("#/smtp?host=mail.example.org&port=25");
    assert_eq!(real.can_fork(0), Err(NoFork::RealServer));
    assert_eq!(lab("#/smtp?server=relay").can_fork(0), Err(NoFork::RelaysServer));
    assert!(NoFork::RealServer.to_string().contains("cannot be taken back"));
}

#[test]
fn sessions_come_back_from_their_journal() {
    let mut first = lab("#/smtp");
    let mut journal = first.take_journal().expect("a session began").octets;
    types(&mut first, "EHLO you.lab");
    types(&mut first, "MAIL FROM:<you@practice.lab>");
    let entry = first.len() - 1;
    types(&mut first, "RSET");
    first.fork(entry).expect("in the page");
    types(&mut first, "RCPT TO:<you@practice.lab>");
    types(&mut first, "DATA");
    types(&mut first, "Subject: kept\n\nhere");
    first.connect(Route::parse("#/pop3").expect("good"), now(&first));
    settle(&mut first);
    types(&mut first, "USER you");
    journal.extend(first.take_journal().expect("it went on").octets);
    assert_eq!(first.take_journal(), None);

    let mut again = Lab::new(Route::landing());
    let restored = again.restore(&journal).expect("it can be read");
    assert_eq!(restored.octets, journal.len());
    assert_eq!((text(&again), mails(&again)), (text(&first), 1));
    assert_eq!(again.client().state(), first.client().state());
    for lab in [&mut again, &mut first] {
        types(lab, "PASS lab-secret");
        types(lab, "RETR 1");
    }
    assert_eq!(text(&again), text(&first));
    assert_eq!(again.take_journal(), first.take_journal());
    for cut in 0..journal.len() {
        let restored = Lab::new(Route::landing()).restore(&journal[..cut]);
        assert!(restored.is_none_or(|restored| restored.octets <= cut));
    }
    let beginning = Lab::new(Route::landing()).restore(&journal[40..]);
    assert_eq!(beginning, None, "without its beginning it is nothing");
}

#[test]
fn a_password_for_a_real_server_is_not_kept() {
    let mut lab = lab("#/pop3?host=mail.example.org&port=110");
    let main = Conn::MAIN;
    let address = || "192.0.2.1:110".parse().expect("an address");
    lab.arrive(OwnedInput::Opened { conn: main, local: address(), peer: address() }, now(&lab));
    let ok = || OwnedInput::Bytes { conn: main, bytes: b"+OK ready\r\n".to_vec() };
    lab.arrive(ok(), now(&lab));
    for text in ["USER me", "PASS correct horse"] {
        types(&mut lab, text);
        lab.arrive(ok(), now(&lab));
    }
    let kept = lab.take_journal().expect("something happened").octets;
    let kept_text = String::from_utf8_lossy(&kept);
    assert!(kept_text.contains("USER me") && !kept_text.contains("horse"), "{kept_text}");
    let mut again = Lab::new(Route::landing());
    again.restore(&kept).expect("it can be read");
    assert!(text(&again).contains("PASS *"), "{}", text(&again));
    let ended = again.entries().any(|entry| format!("{:?}", entry.kind).contains("loaded again"));
    assert!(ended && again.turn() == Turn::Over);
}

#[test]
fn a_pace_takes_the_steps_and_a_breakpoint_stops_them() {
    let mut lab = lab("#/smtp");
    lab.set_pace(Pace::Steps(200), now(&lab));
    assert_eq!((lab.mode(), lab.session().mode()), (Mode::Run, Mode::Step));
    lab.send("EHLO you.lab", now(&lab));
    settle(&mut lab);
    assert_eq!(lab.wants_tick(), Some(Duration::from_millis(500)));
    for _ in 0..2 {
        lab.tick(now(&lab));
        settle(&mut lab);
    }
    assert_eq!((lab.wants_tick(), lab.client().state().id), (None, "ready"));
    lab.set_pace(Pace::AtOnce, now(&lab));
    assert_eq!(lab.session().mode(), Mode::Run);
    let point = Breakpoint::Command("MAIL".into());
    lab.set_breakpoints(vec![point.clone()], now(&lab));
    types(&mut lab, "MAIL FROM:<you@practice.lab>");
    assert_eq!(lab.session().stopped_at(), Some(&point));
    assert!(matches!(lab.session().gate(), Gate::Outgoing { .. }));
    lab.set_mode(Mode::Run, now(&lab));
    settle(&mut lab);
    assert_eq!(lab.client().state().id, "sender");
    // In the record, too.
    lab.go_to(1);
    lab.set_playing(true);
    for _ in 0..20 {
        lab.tick(now(&lab));
    }
    assert!(lab.is_back() && !lab.is_playing());
    assert!(text(&lab).ends_with("MAIL FROM:<you@practice.lab>\\r\\n"), "{}", text(&lab));
}

#[test]
fn a_guess_is_compared_with_the_reply_that_comes() {
    let mut lab = lab("#/smtp");
    lab.set_predicting(true, now(&lab));
    lab.send("EHLO you.lab", now(&lab));
    settle(&mut lab);
    let (verb, classes, codes) = lab.question().expect("the reply is held");
    let names = |list: &[super::Choice]| list.iter().map(|c| c.code.clone()).collect::<Vec<_>>();
    assert_eq!(
        (verb.name, names(&classes)[..2].to_vec()),
        ("EHLO", vec!["2xx".into(), "3xx".into()])
    );
    assert!(names(&codes).contains(&"250".to_string()));
    assert!(!text(&lab).contains("250"), "it is not shown before the guess");
    lab.guess("2xx", now(&lab));
    settle(&mut lab);
    assert!(text(&lab).contains("250"));
    types(&mut lab, "MAIL FROM:<you@practice.lab>");
    lab.guess("550", now(&lab));
    settle(&mut lab);
    let score = lab.predictions().expect("it is on");
    assert_eq!((score.asked, score.right), (2, 1));
    let last = score.last.as_ref().expect("a guess was made");
    assert_eq!((last.code.as_deref(), last.right), (Some("250"), false));
    lab.set_predicting(false, now(&lab));
    walk(&mut lab);
    assert_eq!(lab.turn(), Turn::Over);
}

#[test]
fn replies_without_digits_are_guessed_by_their_word() {
    for (protocol, command, code) in [
        ("#/pop3", "USER student", "+OK"),
        ("#/pop3", "NOOP", "-ERR"),
        ("#/imap", "LOGIN student lab-secret", "OK"),
        ("#/http", "GET /readme.txt", "200"),
    ] {
        let mut lab = lab(protocol);
        lab.set_predicting(true, now(&lab));
        lab.send(command, now(&lab));
        if lab.refusal.is_some() {
            lab.send_anyway(command, now(&lab));
        }
        settle(&mut lab);
        lab.guess(code, now(&lab));
        let score = lab.predictions().expect("it is on");
        assert_eq!((score.asked, score.right), (1, 1), "{protocol} {command}: {:?}", score.last);
    }
}

#[test]
fn slow_motion_goes_through_the_octets_of_a_unit() {
    let mut lab = lab("#/smtp");
    lab.set_slow_motion(true);
    let octets = lab.shown().and_then(|n| lab.entry(n)?.wire()).expect("a greeting").bytes.len();
    for n in 1..octets {
        assert!(lab.wants_tick().is_some());
        lab.tick(now(&lab));
        assert_eq!(lab.octet, n);
    }
    lab.tick(now(&lab));
    assert!(!lab.is_slow_motion());
}

#[test]
fn a_fault_that_takes_time_goes_on_when_the_clock_says_so_and_comes_back_with_the_page() {
    let mut lab = lab("#/smtp?fault=delay");
    assert!(!text(&lab).contains("220 "), "the greeting is held");
    let at = lab.server_wakes_at().expect("the server waits for the time");
    lab.wake_server(Tick(at.0 - Duration::from_millis(1)));
    assert_eq!(lab.server_wakes_at(), Some(at), "it was too early");
    lab.wake_server(at);
    while lab.pump(at) {}
    assert!(text(&lab).contains("220 practice.lab") && lab.server_wakes_at().is_none());

    let journal = lab.take_journal().map(|kept| kept.octets).unwrap_or_default();
    let mut again = Lab::new(Route::landing());
    assert!(again.restore(&journal).is_some());
    assert!(again.route == lab.route && text(&again) == text(&lab));
}

#[test]
fn a_fault_counts_on_over_reconnecting_and_anew_when_another_is_chosen() {
    let refused = |lab: &mut Lab, fragment: &str| {
        lab.connect(Route::parse(fragment).expect("a good address"), now(lab));
        settle(lab);
        for command in ["EHLO a", "MAIL FROM:<>", "RCPT TO:<you@practice.lab>"] {
            types(lab, command);
        }
        lab.session().client().state().id == "sender"
    };
    let every_3rd = "#/smtp?fault=451-every-3rd-rcpt";
    let mut lab = lab(every_3rd);
    let first: Vec<bool> = (0..3).map(|_| refused(&mut lab, every_3rd)).collect();
    assert_eq!(first, [false, false, true]);
    let two: Vec<bool> = (0..2).map(|_| refused(&mut lab, every_3rd)).collect();
    assert!(!refused(&mut lab, "#/smtp"), "nothing is wrong");
    let anew: Vec<bool> = (0..3).map(|_| refused(&mut lab, every_3rd)).collect();
    assert_eq!((two, anew), (vec![false, false], vec![false, false, true]));
}
