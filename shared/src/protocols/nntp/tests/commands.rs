//! What may be typed, and what leaves.

use super::{client, in_group, open, refuses, server};
use crate::machine::{Conn, Input, Output, Refused};
use crate::testing::{Step, notes, play, received, refused, sent, state};

#[test]
fn nntp_08_replies_of_a_batch_are_matched_in_order() {
    let outputs = play(
        &client,
        &open(&[
            Step::Batch("GROUP g\nSTAT\nNEXT"),
            server(b"211 3 1 3 g\r\n223 1 <a@b>\r\n223 2 <c@d>\r\n"),
        ]),
    );
    assert_eq!(sent(&outputs, Conn::MAIN), b"GROUP g\r\nSTAT\r\nNEXT\r\n");
    let says: Vec<String> = received(&outputs).into_iter().map(|unit| unit.1).collect();
    assert_eq!(
        says[1..],
        [
            "g has about 3 articles, numbered from 1 to 3.",
            "Article 1, <a@b> is there.",
            "Article 2, <c@d> is the current one now."
        ]
    );
}

#[test]
fn nntp_09_some_commands_must_end_a_batch() {
    for first in [
        "MODE READER",
        "POST",
        "IHAVE <a@b>",
        "AUTHINFO USER u",
        "AUTHINFO SASL PLAIN",
        "STARTTLS",
        "COMPRESS DEFLATE",
    ] {
        let batch = format!("{first}\nDATE");
        let why = refuses(Input::Batch(&batch));
        assert!(why.to_string().starts_with("DATE needs the reply"), "{why}");
        let last = format!("DATE\n{first}");
        let mut client = super::greeted(b"");
        client.handle(Input::Batch(&last), Default::default()).expect("it may stand last");
    }
    let takethis = Input::Batch("MODE STREAM\nTAKETHIS <a@b>");
    assert!(matches!(refuses(takethis), Refused::Malformed { .. }));
}

#[test]
fn nntp_15_takethis_carries_its_article() {
    let outputs = play(
        &client,
        &open(&[
            Step::Types("MODE STREAM"),
            server(b"203 ok\r\n"),
            Step::Types("TAKETHIS <i@h>\nFrom: a@b\n\n.\nend"),
            server(b"439 <i@h>\r\n"),
        ]),
    );
    assert_eq!(
        sent(&outputs, Conn::MAIN),
        b"MODE STREAM\r\nTAKETHIS <i@h>\r\nFrom: a@b\r\n\r\n..\r\nend\r\n.\r\n"
    );
    assert_eq!(state(&outputs), Some("open"));
    let streaming =
        open(&[Step::Types("CAPABILITIES"), server(b"101 x\r\nVERSION 2\r\nSTREAMING\r\n.\r\n")]);
    let why = refused(&client, &streaming, "TAKETHIS <i@h>");
    assert!(matches!(why, Refused::Malformed { .. }), "{why}");
    let why = refused(&client, &open(&[]), "CHECK <i@h>");
    assert!(why.to_string().contains("needs the capability STREAMING"), "{why}");
}

#[test]
fn all_03_a_second_command_cannot_hide_in_an_argument() {
    for text in ["GROUP a\r\nDATE", "GROUP a\nDATE", "GROUP a\0", "AUTHINFO USER a\rb", "\nDATE"] {
        let why = refused(&client, &open(&[]), text);
        assert!(matches!(why, Refused::Malformed { .. }), "{why}");
    }
}

#[test]
fn all_11_nothing_is_sent_before_the_greeting() {
    let why = refused(&client, &[Step::Opens(Conn::MAIN)], "CAPABILITIES");
    assert!(matches!(why, Refused::Illegal(_)), "{why}");
}

#[test]
fn arguments_that_no_server_takes_are_refused() {
    for text in [
        "GROUP",
        "GROUP comp.*",
        "GROUP a b",
        "ARTICLE x",
        "ARTICLE <a b>",
        "STAT 1-3",
        "OVER 3-x",
        "HDR",
        "HDR Subject: 1",
        "XPAT Subject 1-",
        "LIST ACTIVE a[bc]",
        "LIST HEADERS ALL",
        "NEWGROUPS 2024 000000",
        "NEWGROUPS 20240230 000000",
        "NEWNEWS * 20240101 250000",
        "NEWNEWS * 20240101 000000 CET",
        "IHAVE a@b",
        "POST now",
        "AUTHINFO SASL PLAIN !",
    ] {
        let why = refused(&client, &in_group(&[]), text);
        assert!(matches!(why, Refused::Malformed { .. }), "{text}: {why}");
    }
    for text in ["MODE", "MODE FAST", "LIST NONSENSE", "AUTHINFO GENERIC x"] {
        let why = refused(&client, &open(&[]), text);
        assert!(why.to_string().contains("no such variant"), "{text}: {why}");
    }
    for text in ["", " DATE", "FETCH 1", "(article)", "(other)"] {
        let why = refused(&client, &open(&[]), text);
        assert!(why.to_string().contains("There is no command"), "{text}: {why}");
    }
    let long = format!("GROUP {}", "g".repeat(498));
    let why = refused(&client, &open(&[]), &long);
    assert!(matches!(why, Refused::TooLong { limit: 497, .. }), "{why}");
}

#[test]
fn a_number_needs_a_group_and_a_message_id_does_not() {
    for text in ["ARTICLE 1", "NEXT", "OVER 1-", "XHDR Subject 1", "LISTGROUP", "STAT"] {
        let why = refused(&client, &open(&[]), text);
        assert!(why.to_string().contains("needs a selected group"), "{text}: {why}");
    }
    for text in ["ARTICLE <a@b>", "OVER <a@b>", "XHDR Subject <a@b>", "LISTGROUP g"] {
        play(&client, &open(&[Step::Types(text)]));
    }
}

#[test]
fn words_may_be_separated_by_any_spaces_and_tabs_in_any_case() {
    let outputs =
        play(&client, &open(&[Step::Types("list \t Active\tcomp.* "), server(b"215 ok\r\n.\r\n")]));
    assert_eq!(sent(&outputs, Conn::MAIN), b"list \t Active\tcomp.* \r\n");
    let Some(Output::Sent { wire, .. }) =
        outputs.iter().find(|output| matches!(output, Output::Sent { .. }))
    else {
        panic!("nothing was sent")
    };
    assert_eq!(wire.says, "List the groups that match comp.*.");
}

#[test]
fn an_illegal_command_names_the_legal_ones() {
    let why = refused(&client, &open(&[]), "AUTHINFO PASS x");
    let Refused::Illegal(illegal) = &why else { panic!("{why}") };
    assert!(illegal.legal.contains(&"AUTHINFO USER") && !illegal.legal.contains(&"AUTHINFO PASS"));
    assert!(why.to_string().contains("password wanted"), "{why}");
}

#[test]
fn nntp_19_a_server_that_closes_is_not_asked_again() {
    let outputs = play(
        &client,
        &in_group(&[Step::Batch("STAT\nNEXT"), server(b"400 closing\r\n"), Step::Ends(Conn::MAIN)]),
    );
    assert_eq!(state(&outputs), Some("closed"));
    assert_eq!(sent(&outputs, Conn::MAIN), b"GROUP g\r\nSTAT\r\nNEXT\r\n");
    assert!(notes(&outputs).contains("have no answer"), "{}", notes(&outputs));
    let idle = play(&client, &open(&[server(b"400 idle too long\r\n")]));
    assert_eq!((state(&idle), &notes(&idle)[..]), (Some("closed"), ""));
}

#[test]
fn nntp_22_tls_forgets_what_came_in_clear_text() {
    let steps = open(&[
        Step::Types("CAPABILITIES"),
        server(b"101 x\r\nVERSION 2\r\nSTARTTLS\r\n.\r\n"),
        Step::Types("STARTTLS"),
        server(b"382 go\r\n281 welcome\r\n"),
    ]);
    let outputs = play(&client, &steps);
    assert_eq!(state(&outputs), Some("tls"));
    assert!(outputs.contains(&Output::StartTls { conn: Conn::MAIN }));
    assert!(notes(&outputs).contains("slipped it in"));

    let mut client = super::greeted(b"");
    let now = Default::default();
    for (command, reply) in [
        ("CAPABILITIES", &b"101 x\r\nVERSION 2\r\nSTARTTLS\r\n.\r\n"[..]),
        ("STARTTLS", b"382 go\r\n"),
    ] {
        client.handle(Input::Command(command), now).expect("it is legal");
        let input = Input::Bytes { conn: Conn::MAIN, bytes: reply };
        client.handle(input, now).expect("bytes are never refused");
    }
    assert!(super::fact(&*client, "capabilities").is_some());
    client.handle(Input::TlsStarted { conn: Conn::MAIN }, now).expect("no command");
    assert_eq!(super::fact(&*client, "capabilities"), None);
    assert_eq!(super::fact(&*client, "encryption").as_deref(), Some("TLS"));
    assert_eq!(client.state().id, "open");
    client.handle(Input::Command("CAPABILITIES"), now).expect("ask again");
}
