use shared::explain::{Composer, Outcome, common};
use shared::machine::{Conn, Note, Tick};

use super::*;

fn entry(kind: Kind) -> Entry {
    Entry { at: Tick::default(), conn: Conn::MAIN, offset: 0, kind }
}

fn login() -> Entry {
    let mut out = Composer::new();
    out.put(&common::TEXT, "PASS ").secret(&common::TEXT, "lab-secret").crlf();
    entry(Kind::Sent(out.finish("My password.")))
}

fn reply() -> Entry {
    let mut out = Composer::new();
    out.put(&common::TEXT, "550 No such Mailbox").crlf().outcome(Outcome::Permanent);
    entry(Kind::Received(out.finish("The address is not known.")))
}

fn fits(criteria: &Criteria, entry: &Entry, facts: Facts<'_>) -> bool {
    let pattern = match criteria.text.as_str() {
        "" => Pattern::Any,
        text => Pattern::Plain(text),
    };
    criteria.fits(entry, facts, &pattern, false)
}

#[test]
fn text_is_found_in_octets_and_words_but_not_behind_a_mask() {
    let looks = |text: &str, entry: &Entry| {
        fits(&Criteria { text: text.into(), ..Criteria::default() }, entry, Facts::default())
    };
    assert!(looks("no such mailbox", &reply()) && looks("NOT KNOWN", &reply()));
    assert!(looks("pass ****", &login()) && !looks("secret", &login()));
    assert!(!looks("mailboxes", &reply()));
    assert!(looks("late", &entry(Kind::Note(Note::warning("too late")))));
    let text = Criteria { text: "secret".into(), ..Criteria::default() };
    assert!(text.fits(&login(), Facts::default(), &Pattern::Plain("secret"), true));
}

#[test]
fn side_code_and_verb_must_all_fit() {
    let facts = Facts { code: Some("550"), verb: Some("RCPT") };
    let asked = |side, reply: &str, verb: &str| {
        let criteria =
            Criteria { side, reply: reply.into(), verb: verb.into(), ..Criteria::default() };
        fits(&criteria, &super::tests::reply(), facts)
    };
    assert!(asked(Some(Side::Server), "5xx", "rcpt"));
    assert!(asked(None, "55X", "") && asked(None, "550", ""));
    assert!(!asked(Some(Side::Client), "5xx", "RCPT"));
    assert!(!asked(None, "4xx", "") && !asked(None, "5x", "") && !asked(None, "", "MAIL"));
    assert!(fits_code("+ok", "+OK") && !fits_code("xx", "NO"));
}

#[test]
fn an_expression_stands_between_slashes() {
    let of = |text: &str| {
        let criteria = Criteria { text: text.into(), ..Criteria::default() };
        criteria.expression().map(|(pattern, flags)| (pattern.to_string(), flags.to_string()))
    };
    assert_eq!(of("/^2\\d/i"), Some(("^2\\d".into(), "i".into())));
    assert_eq!(of("/a/b/"), Some(("a/b".into(), String::new())));
    assert_eq!((of("/pub"), of("a/b"), of("//")), (None, None, None));
    let criteria = Criteria { text: "/x/".into(), ..Criteria::default() };
    let tested = |text: &str| text.ends_with("Mailbox");
    assert!(criteria.fits(&reply(), Facts::default(), &Pattern::Tested(&tested), false));
}

#[test]
fn what_was_found_is_gone_through_around_the_end() {
    let mut found = Found::default();
    found.sync(6, |n| n % 2 == 1);
    assert_eq!(
        (found.count(), found.place(3), found.place(2), found.has(5)),
        (3, Some(2), None, true)
    );
    let next = |found: &Found, from, down| found.next(from, down);
    assert_eq!((next(&found, Some(1), true), next(&found, Some(5), true)), (Some(3), Some(1)));
    assert_eq!((next(&found, Some(1), false), next(&found, Some(4), false)), (Some(5), Some(3)));
    assert_eq!((next(&found, None, true), next(&found, None, false)), (Some(1), Some(5)));
    found.sync(8, |n| n == 7);
    found.sync(4, |_| true);
    assert_eq!(found.count(), 2);
    found.clear();
    assert_eq!((next(&found, Some(3), true), next(&found, None, false)), (None, None));
}
