//! The practice server's rules, and what real servers do instead.

use super::{bench, client, fact, in_group, last, open, server};
use crate::machine::{Conn, Input, Output, PIECE};
use crate::testing::{Step, notes, play, received, state};

#[test]
fn answers_are_the_same_however_the_input_is_cut() {
    let script = b"CAPABILITIES\r\nGROUP misc.test\r\nARTICLE\r\nNEXT\r\nOVER 1-\r\nXHDR Subject 1-\r\nPOST\r\nFrom: a@b\r\n.\r\nLIST\r\nHELP\r\nTAKETHIS <a@b>\r\nx\r\n.\r\nAUTHINFO SASL LOGIN\r\n*\r\nBODY 3\r\nQUIT\r\n";
    assert_eq!(bench().ask(script), bench().ask_slowly(script));
}

#[test]
fn codes_tell_an_unknown_command_from_a_wrong_one() {
    let mut bench = bench();
    for (command, code) in [
        ("FETCH 1", "500"),
        ("XROVER 1-", "500"),
        ("SLAVE", "500"),
        ("LIST NONSENSE", "501"),
        ("MODE", "501"),
        ("GROUP", "501"),
        ("GROUP comp.[a-z]", "501"),
        ("ARTICLE one", "501"),
        ("NEWGROUPS 20260230 000000", "501"),
        ("STARTTLS", "503"),
        ("COMPRESS DEFLATE", "503"),
        ("HDR :size <test.1@practice.lab>", "503"),
        ("MODE READER", "200"),
        ("mode stream", "203"),
        ("list\theaders", "215"),
    ] {
        let answer = bench.ask(format!("{command}\r\n").as_bytes());
        assert!(answer.starts_with(code), "{command}: {answer}");
    }
}

#[test]
fn every_example_works_but_for_what_the_server_lacks() {
    let lacks = |name| super::super::server::LACKS.contains(&name) || name == "(response)";
    for verb in super::super::table::TABLE.verbs.iter().filter(|verb| !verb.syntax.is_empty()) {
        let mut bench = bench();
        match verb.name {
            "LAST" => bench.ask(b"GROUP misc.test\r\nNEXT\r\n"),
            "AUTHINFO PASS" => bench.ask(b"AUTHINFO USER student\r\n"),
            "(response)" => bench.ask(b"AUTHINFO SASL PLAIN\r\n"),
            "(article)" => bench.ask(b"POST\r\n"),
            _ => bench.ask(b"GROUP comp.lang.python\r\n"),
        };
        let content = verb.template.contains('\n');
        let end = if content { "\r\n.\r\n" } else { "\r\n" };
        let text = format!("{}{end}", verb.template.replace('\n', "\r\n"));
        let answer = bench.ask(text.as_bytes());
        let works = answer.starts_with(['1', '2', '3']);
        assert_eq!(works, !lacks(verb.name), "{}: {answer}", verb.template);
    }
}

#[test]
fn lines_over_the_limit_and_bare_line_feeds_are_refused() {
    let mut bench = bench();
    for n in [600, 20_000] {
        let long = format!("GROUP {}\r\n", "x".repeat(n));
        assert!(bench.ask(long.as_bytes()).starts_with("501 the "));
    }
    assert!(bench.ask(b"DATE\nDATE\r\n").starts_with("501 bare"));
    assert!(bench.ask(b"DATE\0\r\n").starts_with("501 bare"));
    assert!(bench.ask(b"DATE\r\n").starts_with("111 20260105090000"));
}

#[test]
fn the_current_article_follows_the_rules() {
    let mut bench = bench();
    for (command, answer) in [
        ("NEXT", "412"),
        ("STAT", "412"),
        ("STAT 1", "412"),
        ("OVER 1-", "412"),
        ("LISTGROUP", "412"),
        ("GROUP lab.empty", "211 0 1 0 lab.empty"),
        ("STAT", "420"),
        ("NEXT", "420"),
        ("OVER", "420"),
        ("STAT 1", "423"),
        ("GROUP misc.test", "211 3 1 4 misc.test"),
        ("STAT", "223 1 <test.1@practice.lab>"),
        ("LAST", "422"),
        ("STAT 2", "423"),
        ("BODY 0", "423"),
        ("STAT", "223 1 <test.1@practice.lab>"),
        ("NEXT", "223 3 <test.3@practice.lab>"),
        ("STAT <python.1@practice.lab>", "223 0 <python.1@practice.lab>"),
        ("STAT", "223 3 <test.3@practice.lab>"),
        ("HEAD <no@where>", "430"),
        ("GROUP nowhere", "411"),
        ("NEXT", "223 4 <test.4@practice.lab>"),
        ("NEXT", "421"),
        ("STAT", "223 4 <test.4@practice.lab>"),
        ("LISTGROUP misc.test 4-", "211 3 1 4 misc.test\r\n4\r\n.\r\n"),
        ("STAT", "223 1 <test.1@practice.lab>"),
        ("LISTGROUP", "211 3 1 4 misc.test\r\n1\r\n3\r\n4\r\n.\r\n"),
        ("LISTGROUP misc.test 3-1", "211 3 1 4 misc.test\r\n.\r\n"),
    ] {
        let said = bench.ask(format!("{command}\r\n").as_bytes());
        assert!(said.starts_with(answer), "{command}: {said}");
    }
    bench.world.news.expire("<test.1@practice.lab>");
    assert!(bench.ask(b"STAT\r\n").starts_with("420 "), "it has expired");
    assert_eq!(bench.ask(b"GROUP misc.test\r\n"), "211 2 3 4 misc.test\r\n");
}

#[test]
fn over_and_hdr_unfold_and_count() {
    let mut bench = bench();
    bench.ask(b"GROUP misc.test\r\n");
    let over = bench.ask(b"OVER 3\r\n");
    assert!(over.starts_with("224 "));
    assert!(over.contains(
        "\r\n3\ttest 3, with a folded subject and a tab\tTest <test@practice.lab>\tSun, 28 Dec 2025 12:00:00 +0000\t<test.3@practice.lab>\t<test.1@practice.lab>\t"
    ));
    assert!(over.ends_with("\t1\tXref: practice.lab misc.test:3\r\n.\r\n"), "{over}");
    for (command, answer) in [
        (
            "HDR subject 3",
            "225 the fields follow\r\n3 test 3, with a folded subject and a tab\r\n.\r\n",
        ),
        ("HDR :lines 1-3", "225 the fields follow\r\n1 1\r\n3 1\r\n.\r\n"),
        ("HDR References 1-3", "225 the fields follow\r\n1 \r\n3 <test.1@practice.lab>\r\n.\r\n"),
        (
            "XHDR From <test.1@practice.lab>",
            "221 the fields follow\r\n0 Test <test@practice.lab>\r\n.\r\n",
        ),
        (
            "XPAT Subject 1- *tab *1",
            "221 the fields follow\r\n1 test 1\r\n3 test 3, with a folded subject and a tab\r\n.\r\n",
        ),
        ("OVER 9-", "423"),
        ("XOVER 9-", "420"),
        ("OVER <no@where>", "430"),
        ("HDR Subject 3-1", "423"),
    ] {
        let said = bench.ask(format!("{command}\r\n").as_bytes());
        assert!(said.starts_with(answer), "{command}: {said}");
    }
    let size = bench.world.news.by_id("<test.1@practice.lab>").map(|a| a.bytes.len());
    let bytes = bench.ask(b"HDR :bytes 1\r\n");
    assert!(bytes.contains(&format!("\r\n1 {}\r\n", size.expect("it is there"))), "{bytes}");
}

#[test]
fn lists_take_wildmats_and_dates_of_both_lengths() {
    let mut bench = bench();
    for (command, lines) in [
        ("LIST ACTIVE *,!*.*", ""),
        ("LIST ACTIVE misc.*", "misc.test 4 1 y\r\n"),
        ("LIST COUNTS misc.*", "misc.test 4 1 3 y\r\n"),
        ("LIST NEWSGROUPS lab.e*", "lab.empty\tNobody has posted here yet.\r\n"),
        ("LIST ACTIVE.TIMES misc.*", "misc.test 1733043600 news@practice.lab\r\n"),
        ("LIST SUBSCRIPTIONS *.test", "misc.test\r\n"),
        ("NEWGROUPS 20241202 000000 GMT", ""),
        ("NEWGROUPS 241202 000000", ""),
        ("NEWNEWS misc.* 20251230 000000", "<test.4@practice.lab>\r\n"),
        ("NEWNEWS misc.* 251230 000000 GMT", "<test.4@practice.lab>\r\n"),
        ("NEWNEWS * 270101 000000,", "501"),
    ] {
        let said = bench.ask(format!("{command}\r\n").as_bytes());
        match lines {
            "501" => assert!(said.starts_with("501"), "{command}: {said}"),
            lines => {
                let (_, block) = said.split_once("\r\n").expect("a reply has a line");
                assert_eq!(block, format!("{lines}.\r\n"), "{command}");
            }
        }
    }
    assert_eq!(bench.ask(b"NEWGROUPS 700101 000000\r\n").lines().count(), 8, "1970");
}

#[test]
fn a_large_article_is_pulled_in_pieces_and_holds_back_what_follows() {
    let mut bench = bench();
    let article = format!(
        "From: a@b\r\nSubject: s\r\nNewsgroups: misc.test\r\n\r\n{}.\r\n",
        "..\r\n".repeat(30_000)
    );
    bench.ask(b"POST\r\n");
    assert!(bench.ask(article.as_bytes()).starts_with("240 "));
    bench.ask(b"GROUP misc.test\r\n");
    let script = b"BODY 5\r\nDATE\r\n";
    let input = Input::Bytes { conn: Conn::MAIN, bytes: script };
    bench.server.handle(input, Default::default(), &mut bench.world);
    let polled = |bench: &mut crate::testing::Bench| {
        let outputs = core::iter::from_fn(|| bench.server.poll());
        let sent = outputs.filter(|output| matches!(output, Output::Sent { .. }));
        sent.count()
    };
    assert_eq!(polled(&mut bench), 1, "222 and no more");
    let mut body = Vec::new();
    while let Some(piece) = bench.server.pull(Conn::MAIN) {
        assert!(piece.len() <= PIECE);
        body.extend(piece);
        if body.ends_with(b"\r\n.\r\n") {
            break;
        }
    }
    assert_eq!(body.len(), 30_000 * 4 + 3);
    assert_eq!(polled(&mut bench), 1, "111 comes behind it");
}

#[test]
fn the_end_of_the_connection_ends_the_server() {
    let mut bench = bench();
    bench.ask(b"POST\r\nFrom: a@b\r\n");
    bench.input(Input::End { conn: Conn::MAIN });
    assert_eq!(bench.server.state().id, "closed");
    assert!(bench.outputs.contains(&Output::Finish { conn: Conn::MAIN }));
    assert_eq!(bench.ask(b"DATE\r\n"), "", "it is over");
}

#[test]
fn oddity_32_a_transit_server_wants_mode_reader_first() {
    let mut reader = super::greeted(b"");
    let now = Default::default();
    reader.handle(Input::Command("CAPABILITIES"), now).expect("it is legal");
    let reply = b"101 list\r\nVERSION 2\r\nIHAVE\r\nMODE-READER\r\n.\r\n";
    reader.handle(Input::Bytes { conn: Conn::MAIN, bytes: reply }, now).expect("never refused");
    assert_eq!(reader.suggestion().map(|s| s.text).as_deref(), Some("MODE READER"));
    reader.handle(Input::Command("MODE READER"), now).expect("it is legal");
    let reply = b"201 read only\r\n";
    reader.handle(Input::Bytes { conn: Conn::MAIN, bytes: reply }, now).expect("never refused");
    assert_eq!(fact(&*reader, "posting").as_deref(), Some("not allowed"));

    let old =
        play(&client, &open(&[Step::Types("CAPABILITIES"), server(b"500 Unknown command\r\n")]));
    assert_eq!((state(&old), &notes(&old)[..]), (Some("open"), ""));
}

#[test]
fn oddity_33_and_34_groups_of_other_servers() {
    let outputs =
        play(&client, &in_group(&[Step::Types("STAT"), server(b"420 No article selected\r\n")]));
    assert_eq!(state(&outputs), Some("open"));
    let steps = in_group(&[Step::Types("STAT"), server(b"420 No article selected\r\n")]);
    let why = crate::testing::refused(&client, &steps, "NEXT");
    assert!(why.to_string().contains("needs a current article"), "{why}");

    let pseudo = b"211 1 1 1 lab.empty group selected (pseudo article)\r\n";
    let outputs = play(&client, &open(&[Step::Types("GROUP lab.empty"), server(pseudo)]));
    assert_eq!(last(&outputs).1, "lab.empty has one article, number 1.");

    let bare = play(
        &client,
        &open(&[Step::Types("LISTGROUP g"), server(b"211 Article list follows\r\n1\r\n.\r\n")]),
    );
    assert_eq!(last(&bare).0, "1\r\n.\r\n");
    assert_eq!(last(&bare).1, "1 line, 3 octets.");
}

#[test]
fn oddity_35_fields_by_another_code_and_errors_inside_a_block() {
    let outputs = play(
        &client,
        &in_group(&[
            Step::Types("HDR Subject <a@b>"),
            server(b"221 Header follows\r\n<a@b> tab\there\r\n.\r\n"),
            Step::Types("NEWGROUPS 20240101 000000"),
            server(b"231 Bad date or time\r\n.\r\n"),
            Step::Types("QUIT"),
            server(b"205 .\r\n"),
        ]),
    );
    let units = received(&outputs);
    assert_eq!(units[units.len() - 2].1, "Nothing: the block is empty.");
    assert_eq!(units[units.len() - 4].0, "<a@b> tab\there\r\n.\r\n");
    assert_eq!(state(&outputs), Some("closed"));
}

#[test]
fn oddity_36_a_post_may_be_taken_in_any_words() {
    let outputs = play(
        &client,
        &open(&[
            Step::Types("POST"),
            server(b"340 Ok, recommended ID <1@h.example>\r\n"),
            Step::Types("From: a@b\n\nx"),
            server(b"240 Article posted, now be patient\r\n"),
        ]),
    );
    assert_eq!(last(&outputs).1, "The article is posted.");
}

#[test]
fn words_behind_the_arguments_are_left_to_people() {
    let outputs = play(
        &client,
        &in_group(&[
            Step::Types("NEXT"),
            server(b"223 2 <lab.2@h> Article retrieved; request text separately\r\n"),
            Step::Types("HEAD <lab.1@h>"),
            server(b"221 0 <lab.1@h> head\r\nInjection-Info: h; a=\"b\";\r\n\tc=\"d\"\r\n.\r\n"),
        ]),
    );
    let units = received(&outputs);
    assert_eq!(units[2].1, "Article 2, <lab.2@h> is the current one now.");
    assert_eq!(units[3].1, "The header of article <lab.1@h> follows.");
    let Some(Output::Received { wire, .. }) = outputs.last() else { panic!("no block") };
    let ids: Vec<_> = wire.spans.iter().map(|span| span.term.id).collect();
    assert!(ids.starts_with(&["INJECTION_INFO", "COLON"]) && ids.contains(&"FOLDED"), "{ids:?}");
}
