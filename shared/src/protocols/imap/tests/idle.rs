//! Two sessions on one mailbox.

use core::time::Duration;

use super::*;
use crate::machine::Tick;

/// Another session does something in the first one's world.
fn meanwhile(first: &mut Bench, second: &mut Bench, lines: &[&str]) {
    core::mem::swap(&mut first.world, &mut second.world);
    for line in lines {
        let answer = second.ask(format!("{line}\r\n").as_bytes());
        assert!(answer.contains(" OK"), "{line}: {answer}");
    }
    core::mem::swap(&mut first.world, &mut second.world);
}

fn other(first: &mut Bench) -> Bench {
    let mut second = bench(2);
    meanwhile(first, &mut second, &["y LOGIN student lab-secret", "y SELECT INBOX"]);
    second
}

#[test]
fn who_idles_hears_at_once() {
    let mut first = inbox();
    let mut second = other(&mut first);
    assert_eq!(first.ask(b"x1 IDLE\r\n"), "+ idling\r\n");
    assert!(first.world.mail_arrives("student", Tick::default()));
    assert_eq!(first.input(Input::Time), "* 6 EXISTS\r\n* 6 RECENT\r\n");
    meanwhile(&mut first, &mut second, &["y STORE 1 +FLAGS.SILENT (\\Deleted)"]);
    assert_eq!(
        first.input(Input::Time),
        "* 1 FETCH (FLAGS (\\Answered \\Deleted \\Seen \\Recent))\r\n"
    );
    meanwhile(&mut first, &mut second, &["y EXPUNGE"]);
    assert_eq!(first.input(Input::Time), "* 1 EXPUNGE\r\n");
    assert_eq!(first.input(Input::Time), "", "once is enough");
    assert_eq!(first.ask(b"DONE\r\n"), "x1 OK IDLE is over\r\n");
    answers(&mut first, "x2 IDLE", "+ idling");
    answers(&mut first, "NOOP", "x2 BAD only DONE can end IDLE");
    answers(&mut first, "x3 NOOP", "x3 OK");
}

#[test]
fn who_does_not_idle_hears_with_the_next_answer_that_may_tell() {
    let mut first = inbox();
    let mut second = other(&mut first);
    meanwhile(&mut first, &mut second, &["y STORE 2 +FLAGS (\\Deleted)", "y EXPUNGE"]);
    assert!(first.world.mail_arrives("student", Tick::default()));
    assert_eq!(first.input(Input::Time), "", "no command is running");
    // Numbers stay during FETCH, STORE and SEARCH; a new message changes none.
    let answer = first.ask(b"x1 FETCH 1:3 UID\r\n");
    assert_eq!(
        answer,
        "* 1 FETCH (UID 1)\r\n* 3 FETCH (UID 3)\r\n* 6 EXISTS\r\n* 6 RECENT\r\nx1 NO [EXPUNGEISSUED] some of them are gone\r\n"
    );
    answers(&mut first, "x2 STORE 2 FLAGS ()", "x2 NO [EXPUNGEISSUED]");
    answers(&mut first, "x3 SEARCH ALL", "* SEARCH 1 3 4 5 6\r\nx3 OK");
    let answer = first.ask(b"x4 NOOP\r\n");
    assert_eq!(answer, "* 2 EXPUNGE\r\nx4 OK done\r\n");
    answers(&mut first, "x5 FETCH 2 UID", "* 2 FETCH (UID 3)");
}

#[test]
fn only_one_session_sees_a_message_as_recent() {
    let mut first = inbox();
    let mut second = other(&mut first);
    meanwhile(&mut first, &mut second, &["y NOOP"]);
    assert!(first.world.mail_arrives("student", Tick::default()));
    answers(&mut first, "x1 NOOP", "* 6 EXISTS\r\n* 6 RECENT\r\n");
    core::mem::swap(&mut first.world, &mut second.world);
    answers(&mut second, "y1 NOOP", "* 6 EXISTS\r\n* 0 RECENT\r\n");
    answers(&mut second, "y2 SEARCH NEW", "* SEARCH\r\n");
    answers(&mut second, "y3 EXAMINE INBOX", "* 0 RECENT\r\n");
}

#[test]
fn a_mailbox_that_is_removed_ends_the_sessions_in_it() {
    let mut first = inside();
    let mut second = other(&mut first);
    answers(&mut first, "x1 SELECT Drafts", "x1 OK");
    meanwhile(&mut first, &mut second, &["y RENAME Drafts Sketches"]);
    answers(&mut first, "x2 FETCH 1 FLAGS", "x2 OK");
    answers(&mut first, "x3 DELETE Sketches", "x3 NO [INUSE]");
    meanwhile(&mut first, &mut second, &["y DELETE Sketches"]);
    answers(&mut first, "x4 NOOP", "* BYE the mailbox was removed");
    assert_eq!(first.server.state().id, "closed");
}

#[test]
fn a_pop3_session_keeps_others_from_removing() {
    let mut first = inbox();
    assert!(first.world.mail.lock("student", 99));
    answers(&mut first, "x1 STORE 1 +FLAGS (\\Deleted)", "x1 OK");
    answers(&mut first, "x2 EXPUNGE", "x2 NO [INUSE]");
    answers(&mut first, "x3 MOVE 1 Archive", "x3 NO [INUSE]");
    answers(&mut first, "x4 COPY 1 Archive", "x4 OK");
    answers(&mut first, "x5 RENAME INBOX Old", "x5 NO [INUSE]");
    answers(&mut first, "x6 CLOSE", "x6 OK");
    answers(&mut first, "x7 STATUS INBOX (MESSAGES)", "(MESSAGES 5)");
    first.world.mail.unlock("student", 99);
    answers(&mut first, "x8 SELECT INBOX", "x8 OK");
    answers(&mut first, "x9 EXPUNGE", "* 1 EXPUNGE\r\nx9 OK");
}

#[test]
fn who_says_nothing_for_half_an_hour_is_logged_out() {
    let mut first = inbox();
    let alarm = first.outputs.iter().find_map(|output| match output {
        Output::WakeAt(at) => Some(*at),
        _ => None,
    });
    assert_eq!(alarm, Some(Tick(Duration::from_secs(1800))));
    let minute = |n: u64| Tick(Duration::from_secs(n * 60));
    let mut at = |n: u64, input: Input<'_>| {
        first.server.handle(input, minute(n), &mut first.world);
        let mut said = String::new();
        let mut woken = None;
        while let Some(output) = first.server.poll() {
            match output {
                Output::Sent { wire, .. } => said += &String::from_utf8_lossy(&wire.bytes),
                Output::WakeAt(at) => woken = Some(at),
                _ => {}
            }
        }
        (said, woken)
    };
    at(20, Input::Bytes { conn: Conn::MAIN, bytes: b"x1 NOOP\r\n" });
    assert_eq!(at(30, Input::Time), (String::new(), Some(minute(50))));
    let (said, _) = at(50, Input::Time);
    assert!(said.starts_with("* BYE"), "{said}");
}
