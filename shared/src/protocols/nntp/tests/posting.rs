//! Articles on their way to the server.

use super::{admitted, bench, client, open, server};
use crate::machine::{Conn, Input, Output, Refused};
use crate::testing::{Bench, Step, play, refused, sent, state};

const ARTICLE: &str = "From: Sam <sam@practice.lab>\nNewsgroups: misc.test\nSubject: t\n\n";

#[test]
fn nntp_13_dots_are_doubled_and_the_end_is_sent_once() {
    for (body, wire) in [
        (".", &b"..\r\n.\r\n"[..]),
        (".\n", b"..\r\n.\r\n"),
        (".\r\n", b"..\r\n.\r\n"),
        ("", b"\r\n.\r\n"),
        ("a\n..b", b"a\r\n...b\r\n.\r\n"),
    ] {
        let text: &'static str = format!("{ARTICLE}{body}").leak();
        let outputs = play(
            &client,
            &open(&[
                Step::Types("POST"),
                server(b"340 go\r\n"),
                Step::Types(text),
                server(b"240 <x@y> ok\r\n"),
            ]),
        );
        assert_eq!(state(&outputs), Some("open"));
        let bytes = sent(&outputs, Conn::MAIN);
        assert!(bytes.ends_with(wire), "{body:?}");
        let ends = bytes.windows(5).filter(|w| *w == b"\r\n.\r\n").count();
        assert_eq!(ends, 1, "{body:?}");
    }
}

#[test]
fn nntp_14_after_440_no_article_leaves() {
    let outputs = play(&client, &open(&[Step::Types("POST"), server(b"440 no\r\n")]));
    assert_eq!(state(&outputs), Some("open"));
    let why = refused(&client, &open(&[Step::Types("POST"), server(b"440 no\r\n")]), ARTICLE);
    assert!(matches!(why, Refused::Malformed { .. }), "{why}");
    let mut client = super::greeted(b"");
    for input in [Input::Content(b"x"), Input::ContentEnd] {
        let why = client.handle(input, Default::default()).expect_err("nobody asked for it");
        assert!(matches!(why, Refused::Illegal(_)), "{why}");
    }
    assert_eq!(client.poll(), None);
}

#[test]
fn an_article_may_come_in_pieces_cut_anywhere() {
    let content = b"From: a@b\n\n.\r\n..x\nend";
    for at in 0..=content.len() {
        let mut client = super::greeted(b"");
        let now = Default::default();
        client.handle(Input::Command("POST"), now).expect("it is legal");
        let go = Input::Bytes { conn: Conn::MAIN, bytes: b"340 go\r\n" };
        client.handle(go, now).expect("bytes are never refused");
        client.handle(Input::Content(&content[..at]), now).expect("content is awaited");
        assert!(client.suggestion().is_none(), "an article is under way");
        assert!(client.handle(Input::Command("x"), now).is_err(), "its end comes first");
        client.handle(Input::Content(&content[at..]), now).expect("content is awaited");
        client.handle(Input::ContentEnd, now).expect("content is awaited");
        let outputs: Vec<Output> = core::iter::from_fn(|| client.poll()).collect();
        let bytes = sent(&outputs, Conn::MAIN);
        assert_eq!(bytes, b"POST\r\nFrom: a@b\r\n\r\n..\r\n...x\r\nend\r\n.\r\n", "cut at {at}");
        assert!(client.handle(Input::ContentEnd, now).is_err(), "it ends once");
    }
}

#[test]
fn an_article_holds_neither_nul_nor_a_lone_cr() {
    for text in ["From: a\0", "From: a\rb"] {
        let steps = open(&[Step::Types("POST"), server(b"340 go\r\n")]);
        let why = refused(&client, &steps, text);
        assert!(matches!(why, Refused::Malformed { .. }), "{why}");
    }
}

#[test]
fn any_reply_to_an_article_ends_the_posting() {
    for (reply, id) in [
        (&b"441 no\r\n"[..], "open"),
        (b"436 later\r\n", "open"),
        (b"503 no\r\n", "open"),
        (b"299 eh\r\n", "open"),
        (b"junk\r\n", "open"),
        (b"400 bye\r\n", "closed"),
    ] {
        let steps = open(&[
            Step::Types("POST"),
            server(b"340 go\r\n"),
            Step::Types("From: a@b\n\nx"),
            Step::Server(Conn::MAIN, reply),
        ]);
        assert_eq!(state(&play(&client, &steps)), Some(id), "{reply:?}");
    }
}

#[test]
fn an_article_sent_without_checks_is_followed_to_its_end() {
    let outputs = play(
        &client,
        &open(&[
            Step::Raw(b"POST\r\n"),
            server(b"340 go\r\n"),
            Step::Raw(b"From: a@b\r\nGROUP g\r\n"),
            Step::Raw(b".\r\n"),
            server(b"441 no\r\n"),
            Step::Raw(b"TAKETHIS <a@b>\r\nQUIT\r\n.\r\nDATE\r\n"),
            server(b"439 <a@b>\r\n111 20260105090000\r\n"),
        ]),
    );
    assert_eq!(state(&outputs), Some("open"));
    let notes = crate::testing::notes(&outputs);
    assert!(notes.starts_with("TAKETHIS needs") && notes.lines().count() == 1, "{notes}");
}

fn post(bench: &mut Bench, article: &str) -> String {
    assert!(bench.ask(b"POST\r\n").starts_with("340 "));
    assert_eq!(bench.server.state().id, "posting");
    let verdict = bench.ask(format!("{}\r\n.\r\n", article.replace('\n', "\r\n")).as_bytes());
    assert_eq!(bench.server.state().id, "open");
    verdict
}

#[test]
fn the_server_says_what_is_wrong_with_an_article() {
    for (article, why) in [
        ("", "no header"),
        ("From: a@b\nSubject: s\nNewsgroups: misc.test", "empty line"),
        ("Subject: s\nNewsgroups: misc.test\n\nx", "From is missing"),
        ("From: a@b\nNewsgroups: misc.test\n\nx", "Subject is missing"),
        ("From: a@b\nSubject: s\n\nx", "Newsgroups is missing"),
        ("From: nobody\nSubject: s\nNewsgroups: misc.test\n\nx", "mail address"),
        ("From: a@b\nFrom: a@b\nSubject: s\nNewsgroups: misc.test\n\nx", "twice"),
        ("From: a@b\nSubject:s\nNewsgroups: misc.test\n\nx", "space must follow"),
        ("From: a@b\nhello\nNewsgroups: misc.test\n\nx", "no header field"),
        (" From: a@b\n\nx", "first line"),
        ("From: a@b\nSubject: s\nNewsgroups: nowhere\n\nx", "no group nowhere"),
        ("From: a@b\nSubject: s\nNewsgroups: lab.announce\n\nx", "not allowed"),
        ("From: a@b\nSubject: s\nNewsgroups: lab.private\n\nx", "needs a login"),
        ("From: a@b\nSubject: s\nNewsgroups: misc.test\nMessage-ID: 1\n\nx", "no message-id"),
        (
            "From: a@b\nSubject: s\nNewsgroups: misc.test\nMessage-ID: <test.1@practice.lab>\n\nx",
            "I have it",
        ),
        ("From: a@b\nSubject: s\nNewsgroups: misc.test\nPath: a!.POSTED!b\n\nx", "posted before"),
        ("From: a@b\nSubject: s\nNewsgroups: misc.test\n\nx\0", "NUL"),
    ] {
        let verdict = post(&mut bench(), article);
        assert!(verdict.starts_with("441 ") && verdict.contains(why), "{article:?}: {verdict}");
    }
    let long = format!("{}{}", ARTICLE, "x\n".repeat(600_000));
    assert!(post(&mut bench(), &long).starts_with("441 the article has more than"));
    let private = "From: a@b\nSubject: s\nNewsgroups: lab.private\n\nx";
    assert!(post(&mut admitted(), private).starts_with("240 "));
}

#[test]
fn the_server_supplies_what_is_missing_and_no_more() {
    let mut plain = bench();
    let verdict = post(&mut plain, &format!("{ARTICLE}..two"));
    assert_eq!(verdict, "240 <20260105090000.1@practice.lab> posted\r\n");
    let article = plain.ask(b"ARTICLE <20260105090000.1@practice.lab>\r\n");
    assert_eq!(
        article,
        "220 0 <20260105090000.1@practice.lab>\r\n\
        Path: practice.lab!.POSTED!not-for-mail\r\n\
        From: Sam <sam@practice.lab>\r\n\
        Newsgroups: misc.test\r\n\
        Subject: t\r\n\
        Date: Mon, 05 Jan 2026 09:00:00 +0000\r\n\
        Message-ID: <20260105090000.1@practice.lab>\r\n\
        Injection-Date: Mon, 05 Jan 2026 09:00:00 +0000\r\n\
        Injection-Info: practice.lab\r\n\
        Xref: practice.lab misc.test:5\r\n\
        \r\n\
        ..two\r\n\
        .\r\n"
    );
    assert!(post(&mut plain, ARTICLE).starts_with("240 <20260105090000.2@practice.lab>"));

    let mut whole = bench();
    let given =
        "Path: me\nDate: Mon, 05 Jan 2026 08:00:00 +0000\nMessage-ID: <own@me>\nXref: x y:1\n";
    assert_eq!(post(&mut whole, &format!("{given}{ARTICLE}x")), "240 <own@me> posted\r\n");
    let head = whole.ask(b"HEAD <own@me>\r\n");
    assert!(head.contains("Path: practice.lab!.POSTED!me\r\n"));
    assert!(!head.contains("Injection-Date") && !head.contains("y:1"), "{head}");
}

#[test]
fn a_crosspost_is_stored_once_and_unknown_groups_are_left_out() {
    let mut bench = bench();
    let article = "From: a@b\nSubject: s\nNewsgroups: misc.test, lab.empty,nowhere\n\nx";
    assert!(post(&mut bench, article).starts_with("240 "));
    assert_eq!(bench.ask(b"GROUP lab.empty\r\n"), "211 1 1 1 lab.empty\r\n");
    assert!(bench.ask(b"HEAD\r\n").contains("Xref: practice.lab misc.test:5 lab.empty:1\r\n"));
}

#[test]
fn servers_offer_articles_one_by_one_or_as_a_stream() {
    let article = "Path: x\r\nFrom: e@x\r\nNewsgroups: misc.test\r\nSubject: s\r\nDate: Mon, 05 Jan 2026 08:00:00 +0000\r\nMessage-ID: <o@x>\r\n\r\nhi\r\n.\r\n";
    let mut bench = bench();
    assert!(bench.ask(b"IHAVE <test.1@practice.lab>\r\n").starts_with("435 "));
    assert!(bench.ask(b"IHAVE <o@x>\r\n").starts_with("335 "));
    assert!(bench.ask(b"From: e@x\r\n\r\n.\r\n").starts_with("437 "));
    assert!(bench.ask(b"IHAVE <other@x>\r\n").starts_with("335 "));
    assert!(bench.ask(article.as_bytes()).starts_with("437 its Message-ID"));
    let stream = format!(
        "CHECK <o@x>\r\nTAKETHIS <o@x>\r\n{article}TAKETHIS <o@x>\r\n{article}CHECK <o@x>\r\nDATE\r\n"
    );
    assert_eq!(
        bench.ask(stream.as_bytes()),
        "238 <o@x>\r\n239 <o@x>\r\n439 <o@x> I have it\r\n438 <o@x>\r\n111 20260105090000\r\n"
    );
}
