use shared::transcript::{Kind, render_entry};

use super::*;
use crate::state::Lab;
use crate::state::testing::{golden, session};

/// The text of the exchange in which this text stands.
fn exchange(lab: &Lab, text: &str) -> String {
    let rendered = |n: usize| {
        let mut out = String::new();
        render_entry(lab.entry(n).expect("an entry"), &mut out);
        out
    };
    let n = (0..lab.len()).find(|n| rendered(*n).contains(text)).expect(text);
    lab.exchange(n).into_iter().map(rendered).collect()
}

#[test]
fn replies_find_their_commands_when_several_were_sent_at_once() {
    let lab = session(
        "smtp",
        &["EHLO you.lab", "MAIL FROM:<a@x.lab>\nRCPT TO:<student@practice.lab>\nDATA"],
    );
    let rcpt = exchange(&lab, "RCPT TO");
    assert!(rcpt.contains("S: 250 2.1.5 recipient") && rcpt.lines().count() == 2, "{rcpt}");
    let data = exchange(&lab, "C: DATA");
    assert_eq!(data.lines().count(), 2, "{data}");
    assert!(data.contains("S: 354"), "{data}");
}

#[test]
fn content_and_the_reply_to_it_belong_to_the_command_that_announced_it() {
    let texts = ["EHLO you.lab", "MAIL FROM:<a@x.lab>", "RCPT TO:<student@practice.lab>", "DATA"];
    let mut lab = session("smtp", &texts);
    crate::state::testing::send(&mut lab, "Subject: x\n\ntext");
    let data = exchange(&lab, "C: DATA");
    assert!(data.contains("C: Subject: x") && data.contains("S: 250 2.0.0"), "{data}");
    let last = (0..lab.len()).rev().find(|n| code(lab.entry(*n).unwrap()).is_some()).unwrap();
    assert_eq!(lab.verb_of(last).map(|verb| verb.name), Some("(message)"));
    crate::state::testing::send(&mut lab, "NOOP");
    assert_eq!(exchange(&lab, "C: NOOP").lines().count(), 2);
}

#[test]
fn what_has_a_tag_is_found_by_it_and_what_has_none_is_of_the_command_under_way() {
    let lab =
        session("imap", &["LOGIN student lab-secret", "SELECT INBOX", "IDLE", "DONE", "NOOP"]);
    let select = exchange(&lab, "C: a2 SELECT");
    assert!(select.contains("* 5 EXISTS") && select.contains("OK [READ-WRITE]"), "{select}");
    let idle = exchange(&lab, "C: a3 IDLE");
    assert!(
        idle.contains("S: + ") && idle.contains("C: DONE") && idle.lines().count() == 4,
        "{idle}"
    );
    assert_eq!(exchange(&lab, "C: a4 NOOP").lines().count(), 2);
}

#[test]
fn what_crosses_another_connection_belongs_to_the_command_that_opened_it() {
    let lab = session("ftp", &["USER student", "PASS lab-secret", "EPSV", "LIST"]);
    let list = exchange(&lab, "C: LIST");
    assert!(list.contains("S: 150") && list.contains("S: 226") && list.contains("S1: "), "{list}");
}

/// The client machines pair replies with commands themselves and move by the table. Whoever reads only the record
/// must come to the same: so in sessions by the rules every code is one that the table has for its command.
#[test]
fn every_reply_of_the_golden_sessions_has_a_rule() {
    let mut replies = 0;
    for (name, lab) in golden() {
        for n in 0..lab.len() {
            let entry = lab.entry(n).expect("within the record");
            let Some(answered) = lab.answered(n) else { continue };
            if name.contains("off-script")
                || entry.wire().is_some_and(crate::state::text::is_strange)
            {
                continue;
            }
            replies += 1;
            let said = format!("{name}, line {}: {answered:?}\n{}", n + 1, exchange_at(&lab, n));
            // Leave to send a literal is no reply to the command.
            assert!(answered.rule.is_some() || answered.code == "+", "{said}");
        }
    }
    assert!(replies > 300, "{replies}");
}

fn exchange_at(lab: &Lab, n: usize) -> String {
    let mut out = String::new();
    for n in lab.exchange(n) {
        render_entry(lab.entry(n).expect("an entry"), &mut out);
    }
    out
}

/// Read as it grew, or whole: the same. And what is asked of an earlier step is what was known then.
#[test]
fn it_makes_no_difference_when_the_record_is_read() {
    for (name, lab) in golden() {
        let protocol = lab.route.protocol;
        let entry = |n: usize| lab.entry(n);
        let (mut grown, mut whole) = (Index::default(), Index::default());
        whole.update(lab.len(), entry, protocol);
        for len in 0..=lab.len() {
            grown.update(len, entry, protocol);
            let wires = (0..len).filter(|n| lab.entry(*n).is_some_and(|e| e.wire().is_some()));
            assert_eq!(whole.steps(len), wires.count(), "{name} at {len}");
            assert_eq!(grown.crossed(len), whole.crossed(len));
            assert_eq!(grown.said(len), whole.said(len));
        }
        for n in 0..lab.len() {
            assert_eq!(grown.exchange(n), whole.exchange(n), "{name}, line {}", n + 1);
            assert!(whole.exchange(n).contains(&n));
        }
        // Another record in its place.
        let other = session(protocol.id, &["NOOP"]);
        grown.update(other.len().min(2), |n| other.entry(n), protocol);
        assert!(grown.crossed(lab.len()).is_none_or(|n| n < 2));
    }
}

#[test]
fn classes_have_their_digit_or_their_word() {
    let lab = session("smtp", &["VRFY nobody", "NOPE"]);
    let classes: Vec<_> = (0..lab.len()).filter_map(|n| class(lab.entry(n)?)).collect();
    assert!(
        classes.contains(&"2xx".to_string()) && classes.contains(&"5xx".to_string()),
        "{classes:?}"
    );
    let lab = session("pop3", &["USER student"]);
    let classes: Vec<_> = (0..lab.len()).filter_map(|n| class(lab.entry(n)?)).collect();
    assert_eq!(classes, ["+OK", "+OK"]);
    assert!((0..lab.len()).all(|n| !matches!(lab.entry(n).unwrap().kind, Kind::Sent(_))
        || class(lab.entry(n).unwrap()).is_none()));
}
