//! What the client reads, says and suggests.

use super::{after, client, fact, in_data, last, ready, server, suggested, terms};
use crate::machine::{Conn, Output, Refused};
use crate::testing::{Step, notes, play, received, refused, state};

#[test]
fn smtp_01_an_ehlo_reply_ends_at_the_line_with_a_space() {
    let outputs = play(
        &client,
        &[
            Step::Opens(Conn::MAIN),
            server(b"220 mx\r\n"),
            Step::Types("EHLO you.lab"),
            server(b"250-mx hi\r\n250-SIZE 1000\r\n250 AUTH PLAIN LOGIN\r\n250 ok\r\n"),
        ],
    );
    let units = received(&outputs);
    assert_eq!(units.len(), 3);
    assert_eq!(units[1].1, "Welcome. The server can do 2 things beyond the basic protocol.");
    assert_eq!(units[2].0, "250 ok\r\n");
    assert!(notes(&outputs).contains("unasked"));
    let ids = terms(&outputs);
    assert!(ids.contains(&"SIZE_KEYWORD") && ids.contains(&"AUTH_KEYWORD"));
}

#[test]
fn smtp_02_lines_that_disagree_are_said_and_the_last_counts() {
    let outputs = play(
        &client,
        &[
            Step::Opens(Conn::MAIN),
            server(b"220 mx\r\n"),
            Step::Types("EHLO you.lab"),
            server(b"250-a\r\n550 b\r\n"),
        ],
    );
    assert!(notes(&outputs).contains("say 250 and 550"));
    assert_eq!(state(&outputs), Some("connected"));
    assert_eq!(last(&outputs).1, "You are not welcome: a");
}

#[test]
fn smtp_15_what_follows_the_leave_for_tls_is_flagged() {
    let steps = ready(&[Step::Raw(b"STARTTLS\r\n"), server(b"220 go\r\n250 injected\r\n")]);
    let outputs = play(&client, &steps);
    assert_eq!(last(&outputs).0, "250 injected\r\n");
    assert!(notes(&outputs).contains("must not be trusted"));
    assert!(notes(&outputs).contains("Clear text came after 220"));
}

#[test]
fn smtp_22_enhanced_codes_are_read_on_every_line() {
    let outputs = play(
        &client,
        &ready(&[
            Step::Types("MAIL FROM:<a@b>"),
            server(b"250 2.1.0 ok\r\n"),
            Step::Types("RCPT TO:<c@d>"),
            server(b"550-5.1.1 a\r\n550 5.1.1 b\r\n"),
            Step::Types("RCPT TO:<e@f>"),
            server(b"550 2.1.5 contradiction\r\n"),
            Step::Types("RCPT TO:<g@h>"),
            server(b"550 5.1 is no code\r\n"),
        ]),
    );
    assert_eq!(terms(&outputs).iter().filter(|id| **id == "ENHANCED").count(), 4);
    let contradicted = outputs.iter().any(|output| match output {
        Output::Received { wire, .. } => {
            wire.spans.iter().any(|s| s.note.as_deref().is_some_and(|n| n.contains("contradicts")))
        }
        _ => false,
    });
    assert!(contradicted);
}

#[test]
fn smtp_23_nothing_is_sent_before_the_greeting_is_whole() {
    let early = [Step::Opens(Conn::MAIN), server(b"220-slow\r\n")];
    for typed in ["EHLO you.lab", "QUIT", "NOOP"] {
        assert!(matches!(refused(&client, &early, typed), Refused::Illegal(_)), "{typed}");
    }
    assert_eq!(suggested(&*after(&client, &early)), None);
    let outputs = play(&client, &[Step::Opens(Conn::MAIN), server(b"220-slow\r\n220 mx\r\n")]);
    assert_eq!(state(&outputs), Some("connected"));
    assert_eq!(received(&outputs).len(), 1);
}

#[test]
fn smtp_24_a_server_that_closes_delivers_nothing() {
    let outputs = play(
        &client,
        &ready(&[
            Step::Batch("MAIL FROM:<a@b>\nRCPT TO:<c@d>"),
            server(b"250 ok\r\n250 ok\r\n"),
            server(b"421 bye\r\n"),
            Step::Ends(Conn::MAIN),
        ]),
    );
    assert_eq!(state(&outputs), Some("closed"));
    assert!(notes(&outputs).contains("not delivered"));
}

#[test]
fn quit_within_a_transaction_gives_it_up() {
    let outputs = play(
        &client,
        &ready(&[
            Step::Batch("MAIL FROM:<a@b>\nRCPT TO:<c@d>\nQUIT"),
            server(b"250 ok\r\n250 ok\r\n221 bye\r\n"),
            Step::Ends(Conn::MAIN),
        ]),
    );
    assert_eq!(notes(&outputs), "The message under way was not delivered.");
}

#[test]
fn smtp_25_keywords_in_any_case_and_the_old_form_of_auth() {
    let steps = [
        Step::Opens(Conn::MAIN),
        server(b"220 mx\r\n"),
        Step::Types("EHLO you.lab"),
        server(b"250-mx\r\n250-sIzE 1000\r\n250-AUTH PLAIN\r\n250-AUTH=LOGIN PLAIN\r\n250 X-OWN a b\r\n"),
        Step::Types("MAIL FROM:<a@b> size=1000"),
    ];
    let client = after(&client, &steps);
    let list = fact(&*client, "extensions").expect("EHLO was answered");
    assert_eq!(list, "SIZE 1000, AUTH PLAIN LOGIN, X-OWN a b");
}

#[test]
fn the_end_of_the_stream_is_named_in_every_state() {
    for (steps, means) in [
        (vec![Step::Opens(Conn::MAIN)], "without QUIT"),
        (vec![Step::Opens(Conn::MAIN), server(b"220-a\r\n2")], "Truncated"),
        (ready(&[]), "without QUIT"),
        (ready(&[Step::Types("NOOP"), server(b"25")]), "Truncated"),
        (ready(&[Step::Types("AUTH PLAIN"), server(b"334 \r\n")]), "without QUIT"),
        (ready(&[Step::Types("MAIL FROM:<a@b>"), server(b"250 ok\r\n")]), "within a transaction"),
        (in_data(&[]), "within a transaction"),
        (in_data(&[Step::Types("x")]), "Nobody knows"),
        (in_data(&[Step::Types("x"), server(b"250-a\r\n")]), "Nobody knows"),
    ] {
        let steps = [&steps[..], &[Step::Ends(Conn::MAIN)]].concat();
        let outputs = play(&client, &steps);
        assert_eq!(state(&outputs), Some("closed"));
        assert!(notes(&outputs).contains(means), "{means}: {}", notes(&outputs));
    }
    let outputs = play(
        &client,
        &ready(&[Step::Types("QUIT"), server(b"221 bye\r\n"), Step::Ends(Conn::MAIN)]),
    );
    assert_eq!(notes(&outputs), "");
}

#[test]
fn strange_replies_are_shown_and_the_session_goes_on() {
    let outputs = play(
        &client,
        &ready(&[
            Step::Types("NOOP"),
            server(b"hello\r\n"),
            Step::Types("NOOP"),
            server(b"999 what\r\n"),
            Step::Types("NOOP"),
            server(b"250 a bare end\n"),
            Step::Types("MAIL FROM:<a@b>"),
            server(b"299 new code\r\n"),
        ]),
    );
    assert!(notes(&outputs).contains("three digits") && notes(&outputs).contains("bare LF"));
    assert_eq!(state(&outputs), Some("sender"));
    let mut long = b"250 ".to_vec();
    long.extend([b'x'; 600]);
    long.extend(b"\r\n");
    let outputs = play(&client, &ready(&[Step::Types("NOOP"), server(long.leak())]));
    assert!(notes(&outputs).contains("more than the 512 octets"));
}

#[test]
fn real_servers_say_it_in_other_ways() {
    // Exim, OpenSMTPD, Postfix, aiosmtpd.
    let outputs = play(
        &client,
        &ready(&[
            Step::Types("HELP"),
            server(
                b"214-Commands supported:\r\n214 AUTH HELO EHLO MAIL RCPT DATA NOOP QUIT RSET\r\n",
            ),
            Step::Types("VRFY student"),
            server(b"252 Administrative prohibition\r\n"),
            Step::Types("EHLO you.lab"),
            server(b"503 5.5.1 Invalid command: Already identified\r\n"),
            Step::Raw(b"XYZZY\r\n"),
            server(b"500-unrecognized command\r\n500 Too many syntax or protocol errors\r\n"),
            Step::Ends(Conn::MAIN),
        ]),
    );
    let says: Vec<String> = received(&outputs).into_iter().map(|(_, says)| says).collect();
    assert_eq!(
        says[2..],
        [
            "Help for people.",
            "The server does not tell, but would try to deliver.",
            "The command does not belong here: Invalid command: Already identified",
            "The command is not known, or too long: unrecognized command",
        ]
    );
    assert_eq!(state(&outputs), Some("closed"));
}

#[test]
fn a_refused_greeting_leaves_only_quit() {
    let steps = [Step::Opens(Conn::MAIN), server(b"554 no\r\n")];
    assert!(matches!(refused(&client, &steps, "EHLO you.lab"), Refused::Illegal(_)));
    assert_eq!(suggested(&*after(&client, &steps)).as_deref(), Some("QUIT"));
}

#[test]
fn an_old_server_is_greeted_with_helo() {
    let steps = [
        Step::Opens(Conn::MAIN),
        server(b"220 old\r\n"),
        Step::Types("EHLO you.lab"),
        server(b"502 what\r\n"),
    ];
    assert_eq!(suggested(&*after(&client, &steps)).as_deref(), Some("HELO you.lab"));
    let why = refused(&client, &steps, "AUTH PLAIN");
    assert!(matches!(why, Refused::Illegal(_)), "{why}");
}

#[test]
fn a_server_that_wants_a_login_is_given_one() {
    let mut steps = ready(&[Step::Types("MAIL FROM:<a@b>"), server(b"530 5.7.0 who are you\r\n")]);
    assert_eq!(suggested(&*after(&client, &steps)).as_deref(), Some("AUTH CRAM-MD5"));
    steps.extend([Step::Types("AUTH CRAM-MD5"), server(b"535 no\r\n")]);
    assert_eq!(suggested(&*after(&client, &steps)).as_deref(), Some("QUIT"));
}
